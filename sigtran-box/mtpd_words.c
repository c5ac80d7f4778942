/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtpd_words.c - an ERR of the peer in words, with the key to change
 *
 * The operator has sigtran-box.conf before him, not RFC 4666: each line says
 * what the peer did not like and where in group = ss7-association to look.
 */

#include "mtpd_guard.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const mode_names[] = {
    [MTP_MODE_NONE] = "not set",
    [MTP_MODE_OVERRIDE] = "override",
    [MTP_MODE_LOADSHARE] = "loadshare",
    [MTP_MODE_BROADCAST] = "broadcast",
};

static const struct words {
    uint8_t code;
    enum { KEY_NONE, KEY_RC, KEY_MODE, KEY_ASP_ID, KEY_NA } key;
    const char *text;
} words[] = {
    { M3UA_E_VERSION, KEY_NONE,
      "it does not speak version 1 of M3UA: is remote-port the port of an "
      "M3UA signalling gateway?" },
    { M3UA_E_CLASS, KEY_NONE, "it does not know a class of our messages" },
    { M3UA_E_TYPE, KEY_NONE, "it does not know a type of our messages" },
    { M3UA_E_TRAFFIC_MODE, KEY_MODE,
      "it does not support our traffic mode: set traffic-mode as its "
      "operator says, or leave it out" },
    { M3UA_E_UNEXPECTED, KEY_NONE,
      "it did not expect our message in its state; harmless after a restart, "
      "if it lasts compare asp-id and routing-context with its operator" },
    { M3UA_E_PROTOCOL, KEY_NONE, "it found a protocol error" },
    { M3UA_E_STREAM, KEY_NONE, "it does not accept the SCTP stream we used" },
    { M3UA_E_BLOCKED, KEY_NONE,
      "its management has blocked us: its operator must unblock this ASP" },
    { M3UA_E_ASP_ID_REQUIRED, KEY_ASP_ID,
      "it requires an ASP identifier: set asp-id" },
    { M3UA_E_ASP_ID, KEY_ASP_ID,
      "our ASP identifier is wrong or used twice: change asp-id" },
    { M3UA_E_PARAM_VALUE, KEY_NONE, "it found a wrong parameter value" },
    { M3UA_E_PARAM_FIELD, KEY_NONE, "it found a malformed parameter" },
    { M3UA_E_PARAM_UNEXPECTED, KEY_NONE,
      "it did not expect a parameter: try without traffic-mode, asp-id and "
      "network-appearance" },
    { M3UA_E_DEST_UNKNOWN, KEY_NONE,
      "it does not tell the state of a destination" },
    { M3UA_E_APPEARANCE, KEY_NA,
      "our network appearance is wrong: set network-appearance as its "
      "operator says, or leave it out" },
    { M3UA_E_MISSING, KEY_RC,
      "it misses a parameter, most often the routing context: set "
      "routing-context as its operator says" },
    { M3UA_E_CONTEXT, KEY_RC,
      "our routing context is wrong: set routing-context as its operator "
      "says" },
    { M3UA_E_NO_AS, KEY_RC,
      "it has no application server configured for us: compare "
      "routing-context, the addresses and point codes with its operator" },
};

static void now_set(const struct words *w, const struct mtp_assoc_conf *c,
                    char *out, size_t size)
{
    switch (w->key) {
    case KEY_RC:
        if (c->has_rc)
            snprintf(out, size, " (now %" PRIu32 ")", c->rc);
        else
            snprintf(out, size, " (now not set)");
        break;
    case KEY_MODE:
        snprintf(out, size, " (now %s)", mode_names[c->mode]);
        break;
    case KEY_ASP_ID:
        if (c->has_asp_id)
            snprintf(out, size, " (now %" PRIu32 ")", c->asp_id);
        else
            snprintf(out, size, " (now not set)");
        break;
    case KEY_NA:
        if (c->has_na)
            snprintf(out, size, " (now %" PRIu32 ")", c->na);
        else
            snprintf(out, size, " (now not set)");
        break;
    default:
        out[0] = '\0';
    }
}

void mtpd_error_text(uint32_t code, const struct mtp_assoc_conf *c, char *out,
                     size_t size)
{
    char set[48];

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (words[i].code != code)
            continue;
        now_set(&words[i], c, set, sizeof(set));
        snprintf(out, size, "the peer answers ERR 0x%02x: %s%s.",
                 (unsigned)code, words[i].text, set);
        return;
    }
    snprintf(out, size, "the peer answers ERR with the unknown code 0x%x.",
             (unsigned)code);
}
