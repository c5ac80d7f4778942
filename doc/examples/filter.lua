-- filter.lua - an example for the plug-in lua
--
-- Senders that ask for a code more often than conf.limit times in a minute are
-- told to try again later; words that are not wanted end a message for good.

local limit = tonumber(conf.limit or 5)
local unwanted = { "casino", "lottery" }
local seen, minute = {}, 0

function on_sms(m)
    if m.kind ~= "sms" or m.coding == "8bit" then
        return "next"
    end
    local text = m.text:lower()
    for _, word in ipairs(unwanted) do
        if text:find(word, 1, true) then
            m:note("unwanted: " .. word)
            count("unwanted")
            return "permfail"
        end
    end
    seen[m.sender] = (seen[m.sender] or 0) + 1
    if seen[m.sender] > limit then
        m:note("more than " .. limit .. " a minute")
        count("too-many")
        return "tempfail"
    end
    m.meta = "tries=" .. seen[m.sender]
end

-- About once a second.
function on_tick()
    local now = time() // 60
    if now ~= minute then
        seen, minute = {}, now
    end
end

function on_done(id, verdict)
    count("done-" .. verdict)
end
