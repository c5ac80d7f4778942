/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_opts.c - the table of drive_map's options, and --help made of it
 */

#include "drive_opts.h"

#include <stdio.h>

/* Where a field is; does not compile unless it has the type its setter sets. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type takes none */
#define AT(type, field)                                                        \
    _Generic(((struct drive_conf *)0)->field, type                             \
             : offsetof(struct drive_conf, field))
/* NOLINTEND(bugprone-macro-parentheses) */

/* clang-format off */
const struct drive_opt drive_opts[] = {
    { .help = "M3UA" },
    { "connect", "HOST[:PORT]", "dial (2905); several: one association each",
      drive_opt_peer, 0, 0, 0 },
    { "listen", "[HOST]:PORT", "wait for the peer to dial; then be an SG",
      drive_opt_peer, 0, 0, 0 },
    { "local", "HOST[:PORT]", "our own end when dialling",
      drive_opt_peer, 0, 0, 0 },
    { "tcp", NULL, "M3UA over TCP instead of SCTP",
      drive_opt_flag, AT(bool, stack.m3ua.tcp), 0, 1 },
    { "asp", NULL, "be an ASP (when dialling this is so anyway)",
      drive_opt_const, AT(uint32_t, role), 0, DRIVE_ROLE_ASP },
    { "sg", NULL, "be a signalling gateway, also when dialling",
      drive_opt_const, AT(uint32_t, role), 0, DRIVE_ROLE_SG },
    { "rc", "N", "routing context in ASPAC and DATA; default: none",
      drive_opt_maybe, AT(struct m3ua_u32, stack.m3ua.rc), 0, UINT32_MAX },
    { "mode", "override|loadshare|broadcast",
      "traffic mode in ASPAC; default: none",
      drive_opt_word, AT(int, mode), 1, 0 },
    { "asp-id", "N", "ASP identifier in ASPUP; default: none",
      drive_opt_maybe, AT(struct m3ua_u32, stack.m3ua.asp_id), 0, UINT32_MAX },
    { "na", "N", "network appearance in DATA; default: none",
      drive_opt_maybe, AT(struct m3ua_u32, stack.m3ua.na), 0, UINT32_MAX },
    { "connect-timeout", "MS", "give up if no association is active (10000)",
      drive_opt_u32, AT(uint32_t, connect_ms), 1, 3600000 },

    { .help = "MTP and SCCP" },
    { "opc", "PC", "own point code, 2 or 0-0-2 (2)",
      drive_opt_pc, AT(uint32_t, stack.opc), 0, 16383 },
    { "dpc", "PC", "where messages go: the STP or the box (1)",
      drive_opt_pc, AT(uint32_t, stack.dpc), 0, 16383 },
    { "ni", "N", "network indicator (2)",
      drive_opt_u8, AT(uint8_t, stack.ni), 0, 3 },
    { "sls", "N", "signalling link selection; default: another per dialogue",
      drive_opt_int, AT(int, smsc.sls), 0, 15 },
    { "gt", "DIGITS", "own global title (447700900002)",
      drive_opt_str, AT(const char *, gt), 0, 0 },
    { "gt-np", "N", "its numbering plan: 6 E.212, 7 E.214 (1, E.164)",
      drive_opt_u8, AT(uint8_t, gt_np), 0, 15 },
    { "gt-nai", "N", "its nature of address (4, international)",
      drive_opt_u8, AT(uint8_t, gt_nai), 0, 127 },
    { "sri-gt", "DIGITS", "own title in SRI-SM and reports; default: --gt",
      drive_opt_str, AT(const char *, sri_gt), 0, 0 },
    { "ssn", "N", "own subsystem (8)",
      drive_opt_u8, AT(uint8_t, ssn), 2, 254 },
    { "hlr-gt", "DIGITS", "called title of SRI-SM; default: the number",
      drive_opt_str, AT(const char *, hlr_gt), 0, 0 },
    { "hlr-ssn", "N", "its subsystem (6)",
      drive_opt_u8, AT(uint8_t, hlr_ssn), 2, 254 },
    { "msc-ssn", "N", "subsystem of the called title of messages (8)",
      drive_opt_u8, AT(uint8_t, msc_ssn), 2, 254 },
    { "tt", "N", "translation type of called titles (0)",
      drive_opt_u8, AT(uint8_t, tt), 0, 255 },
    { "np", "N", "their numbering plan (1, E.164)",
      drive_opt_u8, AT(uint8_t, np), 0, 15 },
    { "nai", "N", "their nature of address (4, international)",
      drive_opt_u8, AT(uint8_t, nai), 0, 127 },
    { "route-on-ssn", NULL, "route on DPC and SSN, title left in place",
      drive_opt_flag, AT(bool, route_on_ssn), 0, 1 },
    { "sccp-class", "N", "protocol class 0 or 1 (0)",
      drive_opt_u8, AT(uint8_t, smsc.pclass), 0, 1 },
    { "no-return", NULL, "do not ask for return on error",
      drive_opt_flag, AT(bool, smsc.return_opt), 0, 0 },

    { .help = "MAP" },
    { "map-version", "N", "1, 2 or 3 (3)",
      drive_opt_u8, AT(uint8_t, smsc.version), 1, 3 },
    { "sri-only", NULL, "ask for routing information only",
      drive_opt_kind, 0, 0, DRIVE_SRI },
    { "fsm-only", NULL, "send the message to --imsi at --msc without asking",
      drive_opt_kind, 0, 0, DRIVE_FSM },
    { "msisdn", "NUMBER", "as NUMBER above", drive_opt_number, 0, 0, 0 },
    { "number-nai", "N", "nature and plan octet of the number (0x91)",
      drive_opt_u8, AT(uint8_t, number_nai), 0, 255 },
    { "sc", "DIGITS[..DIGITS]", "service centre address; default: own title",
      drive_opt_sc, 0, 0, 0 },
    { "sc-nai", "N", "nature and plan octet of service centres (0x91)",
      drive_opt_u8, AT(uint8_t, sc_nai), 0, 255 },
    { "sri-sc", "DIGITS", "service centre in SRI-SM and reports; default: --sc",
      drive_opt_str, AT(const char *, sri_sc), 0, 0 },
    { "report", "memory|absent|success",
      "say so of the number to its HLR (reportSM-DeliveryStatus), send nothing",
      drive_opt_report, AT(int, outcome), 0, 0 },
    { "imsi", "DIGITS[..DIGITS]", "subscriber of messages, with --fsm-only",
      drive_opt_imsi, 0, 0, 0 },
    { "msc", "DIGITS", "node that messages go to instead of SRI-SM's",
      drive_opt_str, AT(const char *, msc), 0, 0 },
    { "priority", NULL, "sm-RP-PRI true",
      drive_opt_flag, AT(bool, priority), 0, 1 },
    { "gprs", NULL, "gprsSupportIndicator",
      drive_opt_flag, AT(bool, gprs), 0, 1 },
    { "delivery-not-intended", NULL, "only the IMSI is wanted",
      drive_opt_not_intended, 0, 0, 0 },
    { "mcc-mnc-only", NULL, "delivery not intended, only MCC and MNC wanted",
      drive_opt_not_intended, 0, 0, 1 },
    { "more-messages", NULL,
      "all parts of a text in one dialogue, moreMessagesToSend",
      drive_opt_flag, AT(bool, more), 0, 1 },
    { "more-delay", "MS", "wait between the messages of a dialogue (0)",
      drive_opt_u32, AT(uint32_t, more_delay_ms), 0, 600000 },
    { "handshake", NULL, "begin message dialogues with an empty Begin",
      drive_opt_flag, AT(bool, smsc.handshake), 0, 1 },
    { "big", NULL, "extension container of 200 octets: segmented XUDT",
      drive_opt_const, AT(uint32_t, smsc.pad), 0, 200 },
    { "pad", "N", "the same with N octets",
      drive_opt_u32, AT(uint32_t, smsc.pad), 0, 600 },
    { "delivery-timer", "S", "smDeliveryTimer, version 3",
      drive_opt_u32, AT(uint32_t, delivery_timer_s), 30, 600 },
    { "sri-timeout", "MS", "wait for an SRI-SM's answer (30000)",
      drive_opt_u32, AT(uint32_t, smsc.sri_ms), 1, 3600000 },
    { "fsm-timeout", "MS", "wait for a message's answer (60000)",
      drive_opt_u32, AT(uint32_t, smsc.fsm_ms), 1, 3600000 },
    { "abort-after", "MS", "abort a message; the peer is told with --handshake",
      drive_opt_u32, AT(uint32_t, abort_after_ms), 1, 3600000 },

    { .help = "The message" },
    { "text", "TEXT", "UTF-8; {n} becomes the number of the message (hello)",
      drive_opt_str, AT(const char *, text.text), 0, 0 },
    { "ud-hex", "HEX", "user data as octets, 8bit unless --alphabet ucs2",
      drive_opt_str, AT(const char *, text.ud_hex), 0, 0 },
    { "udh-hex", "HEX", "information elements for the user data header",
      drive_opt_str, AT(const char *, text.udh_hex), 0, 0 },
    { "tpdu", "HEX", "the whole TPDU, whatever it is",
      drive_opt_str, AT(const char *, text.tpdu_hex), 0, 0 },
    { "alphabet", "gsm7|8bit|ucs2", "default: gsm7, or ucs2 if it must be",
      drive_opt_word, AT(int, text.alphabet), 0, 0 },
    { "from", "SENDER", "+digits, digits or up to 11 letters (+447700900001)",
      drive_opt_str, AT(const char *, text.from), 0, 0 },
    { "scts", "TIME", "2024-01-31T12:00:00 or 14 digits; default: now",
      drive_opt_str, AT(const char *, scts), 0, 0 },
    { "ref", "N", "concatenation reference; default: at random for each text",
      drive_opt_int, AT(int, text.ref), 0, 65535 },
    { "ref16", NULL, "16 bits of it instead of 8",
      drive_opt_flag, AT(bool, text.ref16), 0, 1 },
    { "lp", NULL, "TP-LP: it was forwarded or made by a machine",
      drive_opt_flag, AT(bool, text.lp), 0, 1 },
    { "pid", "N", "TP-PID (0)",
      drive_opt_u8, AT(uint8_t, text.pid), 0, 255 },
    { "dcs", "N", "TP-DCS; default: that of the alphabet",
      drive_opt_int, AT(int, text.dcs), 0, 255 },

    { .help = "What to do, and what to expect" },
    { "window", "N", "messages at once (1; load: 50)",
      drive_opt_u32, AT(uint32_t, window), 1, 65535 },
    { "repeat", "N", "send each message N times, the same TPDU (1)",
      drive_opt_u32, AT(uint32_t, repeat), 1, 1000000 },
    { "retry-on-error", "N", "try a part again up to N times if it failed",
      drive_opt_u32, AT(uint32_t, retries), 0, 1000000 },
    { "retry-delay", "MS", "before it is repeated or tried again (1000)",
      drive_opt_u32, AT(uint32_t, retry_delay_ms), 0, 3600000 },
    { "retry-delay-max", "MS", "twice as long each time, up to this",
      drive_opt_u32, AT(uint32_t, retry_delay_max_ms), 1, 3600000 },
    { "final-error", "CODE", "a MAP error after which it is not tried again",
      drive_opt_u32, AT(uint32_t, final_error), 1, 255 },
    { "lose", "PERCENT", "of results as if the network had: tried again",
      drive_opt_u32, AT(uint32_t, lose_percent), 0, 99 },
    { "expect", "ok|any|error[:CODE[:CAUSE]]|reject|abort|udts[:CAUSE]|timeout",
      "what every message must come to (ok)",
      drive_opt_expect, 0, 0, 0 },
    { "expect-after", "MS", "a message's answer must not come before",
      drive_opt_u32, AT(uint32_t, expect.after_ms), 0, 3600000 },
    { "expect-before", "MS", "a message's answer must not come after",
      drive_opt_u32, AT(uint32_t, expect.before_ms), 0, 3600000 },
    { "seconds", "S", "stop after so long (none; load: 60)",
      drive_opt_u32, AT(uint32_t, seconds), 1, 86400 },

    { .help = "Alerts of an HLR" },
    { "alerts", "N", "wait until N have come, besides the messages (0)",
      drive_opt_u32, AT(uint32_t, alerts), 1, 1000000 },
    { "titles", "DIGITS", "titles that begin so are ours as well",
      drive_opt_str, AT(const char *, titles), 0, 0 },
    { "alert-v1", NULL, "be an SMSC that knows version 1 only",
      drive_opt_flag, AT(bool, smsc.alert.v1), 0, 1 },
    { "alert-error", "N", "answer them with an error",
      drive_opt_u32, AT(uint32_t, smsc.alert.error), 1, 255 },
    { "alert-silent", NULL, "do not answer them",
      drive_opt_flag, AT(bool, smsc.alert.silent), 0, 1 },

    { .help = "Load (sri, fsm or both; default both)" },
    { "load", "N", "measure N dialogues, with both N messages",
      drive_opt_u64, AT(uint64_t, load), 1, UINT64_C(1) << 40 },
    { "warmup", "N", "N more before, not measured (0)",
      drive_opt_u64, AT(uint64_t, warmup), 0, UINT64_C(1) << 40 },
    { "rate", "N", "begin at most N a second; default: as the window allows",
      drive_opt_u32, AT(uint32_t, rate), 1, 10000000 },

    { .help = "Output" },
    { "json", "FILE", "one JSON object a line for each event",
      drive_opt_str, AT(const char *, json), 0, 0 },
    { "pcap", "FILE", "capture what is sent and received, as MTP3",
      drive_opt_str, AT(const char *, stack.pcap), 0, 0 },
    { "quiet", NULL, "no lines but errors and the summary",
      drive_opt_flag, AT(bool, quiet), 0, 1 },
    { .name = NULL },
};
/* clang-format on */

void drive_help(void)
{
    char left[80];

    printf("drive_map - an SMSC for tests, demonstrations and load\n\n"
           "usage: drive_map --connect HOST:PORT [option].. NUMBER..\n"
           "       drive_map --listen :PORT [option].. NUMBER..\n"
           "       drive_map .. --load N [--window W] sri|fsm|both "
           "FIRST..LAST\n\n"
           "Asks with SRI-SM where each NUMBER (or range of numbers) is and "
           "sends it a message\nthere. Exit status: 0 all came to what was "
           "expected, 1 not so, 2 it could not be tried.\n\n"
           "A text that is too long for one message is cut into concatenated "
           "parts. Each goes\nin a dialogue of its own when the one before "
           "is done with; with --more-messages\nall of them go in one "
           "dialogue, and each but the last says that more will come.\n");
    for (const struct drive_opt *o = drive_opts; o->help != NULL; o++) {
        if (o->name == NULL) {
            printf("\n%s:\n", o->help);
            continue;
        }
        snprintf(left, sizeof(left), "--%s%s%s", o->name, o->arg ? " " : "",
                 o->arg ? o->arg : "");
        printf("  %-28s%s%s\n", left,
               snprintf(NULL, 0, "%s", left) >= 28
                   ? "\n                              "
                   : "",
               o->help);
    }
}
