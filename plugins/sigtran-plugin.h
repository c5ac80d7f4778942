/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sigtran-plugin.h - what a plug-in of the sigtran-box may rely on
 *
 * A plug-in is a shared object that exports one object:
 *
 *     const struct plug sigtran_plugin = { PLUG_HEAD("blocklist", "1.0"),
 *                                          .open = ..., .on_sms = ... };
 *
 * It sees nothing of the box but this header and the struct plug_host that
 * open() receives: no gwlib, no symbol of the executable. sigtran-plugin(3)
 * tells the same at length.
 *
 * FILTERS AND REPORTS. A filter (on_sri, on_sms) is asked, and the network
 * waits for its verdict. A report (on_done, on_cdr) is told, and nobody waits.
 * A filter sees each message once: a retry of one that is out, or that was
 * decided, does not come again.
 *
 * THREADS. open() and close() run in the main thread, before and after all
 * else. All other hooks of one instance run in one worker thread, one at a
 * time; they may block for as long as the group's `timeout' says, and no
 * other traffic stands still meanwhile. Functions of struct plug_host may be
 * called from any thread, and never wait.
 *
 * OWNERSHIP. A struct plug_msg belongs to the host and may be used until the
 * hook returns, no longer; what get() returns, as long as that, or until set()
 * of the same field. After PLUG_HOLD a message is known by its id alone. set()
 * copies. A struct plug_cdr and its texts are lent for the call.
 *
 * ERRORS. A verdict outside the enum or a late one is dealt with as the
 * group's `on-failure' says: tempfail (the SMSC tries again) or bypass (as if
 * the plug-in were not there). A crash takes the box down; `isolate = yes' runs
 * the plug-in in a child process instead, at the price of a copy each way.
 */

#ifndef SIGTRAN_PLUGIN_H
#define SIGTRAN_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

/*
 * MAJOR changes when a member moves, goes or changes meaning: the host then
 * refuses older plug-ins. MINOR grows with each member added, always at the
 * end of a structure: the host takes any plug-in with a MINOR up to its own.
 *
 * 1.0  first
 */
#define PLUG_ABI_MAJOR 1
#define PLUG_ABI_MINOR 0

struct plug_msg;  /* a short message, or the question where to send one */
struct plug_conf; /* the plug-in's group in the configuration file */

enum plug_verdict {
    PLUG_NEXT,     /* nothing against it: ask the next plug-in */
    PLUG_DONE,     /* on_sms: delivered, confirm it to the SMSC */
    PLUG_TEMPFAIL, /* the SMSC shall try again later */
    PLUG_PERMFAIL, /* the SMSC shall give up */
    PLUG_HOLD      /* undecided: host->resume() will tell */
};

/*
 * Fields are octets; text has no NUL at its end when get() returns it. Those
 * marked w may be set in on_sms, until the verdict. What a message does not
 * have is empty. Numbers have a leading "+" if they are international.
 */
enum plug_field {
    PLUG_KIND,     /* "sri"; "sms"; "report", a status report */
    PLUG_ID,       /* sms: the same at every try, 32 hexadecimal digits */
    PLUG_NETWORK,  /* id of the group ss7-network it came from */
    PLUG_VERSION,  /* of MAP: "1", "2" or "3" */
    PLUG_SENDER,   /* sms, w: TP-OA, digits or letters; UTF-8 */
    PLUG_RECEIVER, /* the virtual number; w in sms */
    PLUG_OWNER,    /* of the number, decimal id in the register, or empty */
    PLUG_SC,       /* address of the service centre */
    PLUG_GT,       /* digits of the SCCP calling party's global title; a
                      national one is made international */
    PLUG_GT_PLAN,  /* its numbering plan: "1" E.164, "6" E.212, "7" E.214 */
    PLUG_IMSI,     /* sms: the one it came with; sri: the one it will get */
    PLUG_NODE,     /* sri: the MSC's number that will be answered */
    PLUG_TEXT,     /* sms, w: UTF-8; if PLUG_CODING is "1", octets */
    PLUG_UDH,      /* sms: user data header with its length octet */
    PLUG_CODING,   /* sms: "0" GSM 7 bit, "1" 8 bit, "2" UCS-2 */
    PLUG_DCS,      /* sms: TP-DCS, one octet */
    PLUG_PID,      /* sms: TP-PID, one octet */
    PLUG_ROUTE,    /* sms, w: id of the group route; sri: empty */
    PLUG_META,     /* sms, w: additional Kannel meta-data, key=value&... */
    PLUG_ERROR,    /* w, in sri too: MAP error of a refusal, by its name as in
                      a route's temporary-error; empty: the usual one */
    PLUG_NFIELDS
};

enum plug_want {
    PLUG_WANT_SRI = 1,
    PLUG_WANT_SMS = 2,
    PLUG_WANT_DONE = 4,
    PLUG_WANT_CDR = 8
};

enum plug_level {
    PLUG_LOG_DEBUG,
    PLUG_LOG_INFO,
    PLUG_LOG_WARNING,
    PLUG_LOG_ERROR
};

enum plug_cdr_kind { PLUG_CDR_SRI, PLUG_CDR_SMS };

enum plug_cdr_duplicate {
    PLUG_CDR_FIRST,   /* it went to the application */
    PLUG_CDR_JOINED,  /* a retry, answered with what was out already */
    PLUG_CDR_REPEATED /* a retry, answered as before */
};

/*
 * One for each message and each question, when the network has its answer.
 * Times are UTC in milliseconds, 0: that did not happen. Texts are never NULL.
 */
struct plug_cdr {
    uint32_t size; /* of this structure in the host */
    uint8_t kind;  /* enum plug_cdr_kind */
    uint8_t version;
    uint8_t report;    /* sms: 1 if it is a status report */
    uint8_t duplicate; /* sms: enum plug_cdr_duplicate */
    uint8_t answered;  /* 0: nobody was left to be answered */
    uint8_t verdict; /* that the network got: PLUG_DONE, _TEMPFAIL, _PERMFAIL */
    uint8_t parts, part, coding, dcs, pid; /* sms; parts 0: not concatenated */
    uint16_t ref;                          /* of the concatenation */
    uint16_t octets;                       /* sms: of user data, octets */
    int16_t error; /* MAP error code that was answered; 0: none */
    int16_t cause; /* and what it says in addition; -1: nothing */

    uint64_t dialogue; /* unique while the box runs */
    const char *id;    /* as PLUG_ID */
    const char *network, *sc, *gt, *imsi, *receiver, *sender, *node;
    const char *route; /* id of the group */
    const char *box;   /* the box that got it */
    const char *why;   /* in words, as in the log */
    const char *notes; /* what plug-ins noted, "; " between */
    const char *text;  /* NULL unless an instance has `text = yes' */

    uint64_t received_ms, filtered_ms, sent_ms, decided_ms, answered_ms;
};

struct plug_host {
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t size; /* of this structure in the host */

    /* Write one line to the log of the box, prefixed with the instance's id. */
    void (*log)(const struct plug_conf *conf, enum plug_level level,
                const char *fmt, ...) __attribute__((format(printf, 3, 4)));

    /* Add to a counter of the instance; name is a word, kept until close(). */
    void (*count)(const struct plug_conf *conf, const char *name, uint64_t n);

    /* Value of `key' in the instance's group, or NULL. Valid until close(). */
    const char *(*value)(const struct plug_conf *conf, const char *key);

    /* Octets of a field, their number in *len. Never NULL. */
    const void *(*get)(const struct plug_msg *m, enum plug_field f,
                       size_t *len);

    /* Replace a field by a copy. 0, or -1: read-only, too long, not valid. */
    int (*set)(struct plug_msg *m, enum plug_field f, const void *p,
               size_t len);

    /* Say in its CDR why; one short text without control characters. */
    void (*note)(struct plug_msg *m, const char *text);

    /* By this a held message is known; another one at every call of a hook. */
    uint64_t (*id)(const struct plug_msg *m);

    /* The same as set() and note() for one that is held. -1 also: it is gone. */
    int (*set_held)(uint64_t id, enum plug_field f, const void *p, size_t len);
    int (*note_held)(uint64_t id, const char *text);

    /*
     * The verdict on a message that is held, not PLUG_HOLD. Call exactly once
     * for each PLUG_HOLD, even before the hook has returned. Too late is no
     * error: the host has gone on without it.
     */
    void (*resume)(uint64_t id, enum plug_verdict v);
};

struct plug {
    /* These three protect the rest and will never move. */
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t size;

    const char *name;
    const char *version;

    /* The keys that its group may have beside the host's own; ends with NULL.
     * NULL: none. */
    const char *const *keys;

    /*
     * Make an instance for one `group = plugin'; conf is lent until close().
     * What it returns is `self' in all other hooks. On failure, NULL and a
     * sentence for the log in why. With `check' it must not reach out (connect,
     * write files): sigtran-box --check only asks whether it would start.
     */
    void *(*open)(const struct plug_host *host, const struct plug_conf *conf,
                  int check, char *why, size_t why_len);
    void (*close)(void *self);

    enum plug_verdict (*on_sri)(void *self, struct plug_msg *m);
    enum plug_verdict (*on_sms)(void *self, struct plug_msg *m);

    /* What became of a message that on_sms was asked about, by PLUG_ID: DONE,
     * TEMPFAIL or PERMFAIL. */
    void (*on_done)(void *self, const char *id, enum plug_verdict v);
    void (*on_cdr)(void *self, const struct plug_cdr *cdr);

    /* SIGHUP: open logs anew, read files again. */
    void (*on_reload)(void *self);
    /* About once a second, if there is nothing else to do or not. */
    void (*on_tick)(void *self);

    /* Which of its hooks this instance has a use for, enum plug_want or-ed;
     * asked once, after open(). NULL: all that it has. */
    unsigned (*wants)(void *self);
};

#define PLUG_HEAD(name_, version_)                                             \
    .abi_major = PLUG_ABI_MAJOR, .abi_minor = PLUG_ABI_MINOR,                  \
    .size = sizeof(struct plug), .name = (name_), .version = (version_)

/* The one symbol the box looks for; build with -fvisibility=hidden. */
extern const struct plug sigtran_plugin __attribute__((visibility("default")));

#endif
