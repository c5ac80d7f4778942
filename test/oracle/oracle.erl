%% SPDX-License-Identifier: BSD-2-Clause
%%
%% oracle - the other half of the differential test: MAP and TCAP by a codec
%% that Erlang's compiler makes of the ASN.1 modules of 3GPP and ITU-T
%%
%% erl ... -run oracle make SEED N    N values of each row, in many forms
%% erl ... -run oracle check          values from standard input, compared
%%
%% Lines are as asn1_diff.c says. What our code wrote must decode to what it
%% meant, and encode again to the same octets, the shortest there are. What is
%% made here is decoded here first: so a value that ours reads otherwise is
%% not one that was spoiled when it was put into another form.

-module(oracle).
-export([make/1, check/0]).

-define(SHOWN, 3).

rows() -> oracle_map:rows() ++ oracle_tcap:rows().

make([Seed, N]) ->
    try make(list_to_integer(Seed), list_to_integer(N)) of
        ok -> halt(0)
    catch
        _:Why ->
            io:format(standard_error, "cannot be made: ~0p~n", [Why]),
            halt(1)
    end.

make(Seed, Count) ->
    {ok, Out} = file:open("/dev/stdout", [append, raw, delayed_write]),
    [make_row(Out, Row, {Seed, I, 0}, Count) ||
        {I, Row} <- lists:enumerate(rows())],
    file:close(Out).

make_row(Out, {Name, Version} = Row, Seed, Count) ->
    rand:seed(exsss, Seed),
    repeat(Count, fun() ->
        {Octets, Text} = value(Row),
        ok = file:write(Out, [Name, $\s, $0 + Version, $\s, octets_text(Octets),
                              $\s, Text, $\n])
    end).

repeat(0, _) -> ok;
repeat(N, Do) -> Do(), repeat(N - 1, Do).

octets_text(<<>>) -> "-";
octets_text(Octets) -> oracle_ber:hex(Octets).

value({Name, 0} = Row) ->
    other_form(Row, oracle_tcap:octets(oracle_tcap:make(Name)), []);
value({Name, Version} = Row) ->
    case oracle_map:make(Name, Version) of
        none -> {<<>>, text(Row, none)};
        Value ->
            {Module, Type} = oracle_map:type(Name, Version),
            {ok, Octets} = Module:encode(Type, Value),
            other_form(Row, Octets, oracle_map:paths(Name, Version))
    end.

text({Name, 0}, Message) ->
    iolist_to_binary(oracle_tcap:text(Name, Message));
text({Name, Version}, Value) ->
    iolist_to_binary(oracle_map:text(Name, Version, Value)).

other_form(Row, Octets, Paths) ->
    Tree = oracle_ber:strange(oracle_ber:parse(Octets), Paths),
    Shortest = oracle_ber:join(Tree),
    Other = oracle_ber:wrap(Tree, Paths),
    Text = text(Row, decode(Row, Shortest)),
    try text(Row, decode(Row, Other)) of
        Text -> {Other, Text}
    catch
        _:Why -> exit({Row, oracle_ber:hex(Shortest), oracle_ber:hex(Other),
                       Why})
    end.

decode({_, 0}, Octets) -> oracle_tcap:decode(Octets);
decode({Name, Version}, Octets) ->
    {Module, Type} = oracle_map:type(Name, Version),
    {ok, Value} = Module:decode(Type, Octets),
    Value.

check() ->
    {ok, In} = file:open("/dev/stdin", [read, raw, binary, read_ahead]),
    Tally = check_lines(In, #{}),
    Rows = [{Row, maps:get(Row, Tally)} ||
            Row <- rows(), maps:is_key(Row, Tally)],
    [io:format("~s oracle, it reads ~s ~b: ~b values, ~b wrong~n",
               [case Wrong of 0 -> "ok   "; _ -> "FAIL " end,
                Name, Version, Values, Wrong]) ||
        {{Name, Version}, {Values, Wrong}} <- Rows],
    Bad = lists:sum([Wrong || {_, {_, Wrong}} <- Rows]),
    halt(case Bad of 0 when Rows =/= [] -> 0; _ -> 1 end).

check_lines(In, Tally) ->
    case file:read_line(In) of
        eof -> Tally;
        {ok, Line} ->
            [Name, Version, Hex, Meant] = fields(Line),
            Row = {binary_to_list(Name), binary_to_integer(Version)},
            {Values, Wrong} = maps:get(Row, Tally, {0, 0}),
            Bad = case wrong(Row, Hex, Meant) of
                false -> 0;
                Got when Wrong < ?SHOWN ->
                    io:format("      ~s ~s ~s~n        meant ~s~n"
                              "        read  ~s~n",
                              [Name, Version, Hex, Meant, Got]),
                    1;
                _ -> 1
            end,
            check_lines(In, Tally#{Row => {Values + 1, Wrong + Bad}})
    end.

fields(Line) ->
    [Name, Rest] = binary:split(Line, <<" ">>),
    [Version, Rest1] = binary:split(Rest, <<" ">>),
    [Hex, Text] = binary:split(Rest1, <<" ">>),
    [Name, Version, Hex, binary:part(Text, 0, byte_size(Text) - 1)].

%% False, or how it was read.
wrong({Name, Version} = Row, <<"-">>, Meant) ->
    None = Version > 0 andalso
           (oracle_map:type(Name, Version) =:= none orelse
            oracle_map:optional(Name, Version)),
    case None andalso text(Row, none) of
        Meant -> false;
        false -> "nothing, but it must be there";
        Got -> Got
    end;
wrong(Row, Hex, Meant) ->
    Octets = binary:decode_hex(Hex),
    try
        Value = decode(Row, Octets),
        case text(Row, Value) of
            Meant -> same_octets(Row, Octets, encode(Row, Value));
            Got -> Got
        end
    catch
        _:Why -> io_lib:format("refused, ~0p", [Why])
    end.

%% Of a BIT STRING whose bits have names the ones behind the last that is set
%% may be there or not (X.680 22.7), and the two sides differ in that.
same_octets({"inform-arg", _}, _, _) -> false;
same_octets(_, Octets, Octets) -> false;
same_octets(_, _, Shortest) ->
    ["the same, but shortest is ", oracle_ber:hex(Shortest)].

%% A dialogue portion is opaque here, so a default that is said in it, which
%% BER allows, does not show.
encode({_, 0}, Message) -> oracle_tcap:octets(Message);
encode({Name, Version}, Value) ->
    {Module, Type} = oracle_map:type(Name, Version),
    {ok, Octets} = Module:encode(Type, Value),
    Octets.
