/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smppbox_acct.c - what an account of smppbox says
 */

#include "smppbox_acct.h"

#include "crypto.h"

#include <stdlib.h>
#include <string.h>

enum { MILLION = 1000000 };

static const struct conf_word mode_words[] = {
    { "transmitter", SMPP_MODE_TX },
    { "receiver", SMPP_MODE_RX },
    { "transceiver", SMPP_MODE_TRX },
    { NULL, 0 },
};

static const struct conf_word charset_words[] = {
    { "gsm7", SMPP_GSM7 },
    { "latin1", SMPP_LATIN1 },
    { "default-latin1", SMPP_DEFAULT_LATIN1 },
    { "default-utf8", SMPP_DEFAULT_UTF8 },
    { "ucs2", SMPP_UCS2 },
    { NULL, 0 },
};

static const struct conf_word concat_words[] = {
    { "udh", 0 },
    { "sar", 1 },
    { NULL, 0 },
};

static const struct conf_word payload_words[] = {
    { "long", 0 },
    { "always", 1 },
    { NULL, 0 },
};

static const struct conf_word tlv_words[] = {
    { "none", 0 },
    { "sc", SMPP_WITH_SC },
    { "imsi", SMPP_WITH_IMSI },
    { "id", SMPP_WITH_ID },
    { "reference", SMPP_WITH_REFERENCE },
    { NULL, 0 },
};

static void read_login(struct conf_group *g, struct smpp_acct_conf *a)
{
    int modes = SMPP_MODE_TRX;

    if (!conf_has(g, "system-id"))
        conf_missing(g, "system-id", "it is how the ESME binds");
    conf_get_text(g, "system-id", a->system_id, sizeof(a->system_id));
    conf_get_text(g, "system-type", a->system_type, sizeof(a->system_type));
    if (conf_get_text(g, "allow-ip", a->allow_ip, sizeof(a->allow_ip)) &&
        a->allow_ip[strspn(a->allow_ip, "0123456789abcdefABCDEF.:*; ,")] !=
            '\0')
        conf_bad(g, "allow-ip",
                 "must be IP addresses, \"*\" for any number, \";\" between");
    conf_get_flags(g, "bind-modes", mode_words, &modes);
    a->modes = (enum smpp_mode)modes;
}

static void read_u16(struct conf_group *g, const char *key, uint16_t *out,
                     uint32_t max)
{
    uint32_t n = *out;

    if (conf_get_uint(g, key, &n, 1, max))
        *out = (uint16_t)n;
}

static void read_limits(struct conf_group *g, struct smpp_acct_conf *a)
{
    a->max_binds = 10;
    a->window = 10;
    a->submit_window = 100;
    a->max_queue = 1000;
    read_u16(g, "max-binds", &a->max_binds, SMPP_BINDS_MAX);
    read_u16(g, "window", &a->window, SMPP_WINDOW_MAX);
    read_u16(g, "submit-window", &a->submit_window, 10000);
    conf_get_uint(g, "max-queue", &a->max_queue, 1, MILLION);
    conf_get_uint(g, "throughput", &a->throughput, 0, MILLION);
    conf_get_uint(g, "submit-throughput", &a->submit_throughput, 0, MILLION);
}

static void read_smscs(struct conf_group *g, struct smpp_acct_conf *a)
{
    char text[512], *save = NULL, *id;

    if (!conf_get_text(g, "accepted-smsc", text, sizeof(text)))
        return;
    for (id = strtok_r(text, "; ", &save); id != NULL;
         id = strtok_r(NULL, "; ", &save)) {
        if (a->n_smsc == SMPP_NAMES || strlen(id) >= sizeof(a->smsc[0])) {
            conf_bad(g, "accepted-smsc",
                     "may have at most 8 ids, of at most 63 characters");
            return;
        }
        conf_copy(a->smsc[a->n_smsc++], sizeof(a->smsc[0]), id);
    }
}

static void read_target(struct conf_group *g, const char *box_id,
                        struct smpp_acct_conf *a)
{
    conf_copy(a->box_id, sizeof(a->box_id), box_id);
    conf_get_name(g, "smsbox-id", a->box_id, sizeof(a->box_id));
    read_smscs(g, a);
    conf_get_text(g, "accepted-account", a->account, sizeof(a->account));
    conf_get_digits(g, "vmn-prefix", a->prefix, 1, sizeof(a->prefix) - 1);
    conf_get_text(g, "submit-smsc-id", a->submit_smsc, sizeof(a->submit_smsc));
}

static void read_ton(struct conf_group *g, const char *key, int16_t *out)
{
    uint8_t n;

    *out = SMPP_BY_NUMBER;
    if (conf_get_u8(g, key, &n, 0, 255))
        *out = n;
}

static void read_style(struct conf_group *g, const struct smppbox_tags *tags,
                       struct smpp_style *s)
{
    int charset = SMPP_GSM7, sar = 0, payload = 0, with = SMPP_WITH_ALL;

    conf_get_word(g, "charset", charset_words, &charset);
    conf_get_word(g, "concatenation", concat_words, &sar);
    conf_get_word(g, "message-payload", payload_words, &payload);
    conf_get_flags(g, "tlvs", tlv_words, &with);
    s->charset = (enum smpp_charset)charset;
    s->sar = sar != 0;
    s->payload = payload != 0;
    s->with = (uint8_t)with;
    s->tag_sc = tags->sc;
    s->tag_imsi = tags->imsi;
    s->tag_id = tags->id;
    read_ton(g, "source-addr-ton", &s->source_ton);
    read_ton(g, "source-addr-npi", &s->source_npi);
    read_ton(g, "dest-addr-ton", &s->dest_ton);
    read_ton(g, "dest-addr-npi", &s->dest_npi);
}

static void read_verdicts(struct conf_group *g, struct smpp_rules *rules)
{
    char text[1024];
    const char *wrong;

    if (!conf_get_text(g, "status-verdicts", text, sizeof(text)))
        return;
    wrong = smpp_rules_read(text, rules);
    if (wrong != NULL)
        conf_bad(g, "status-verdicts", "%s", wrong);
}

void smppbox_acct_read(struct conf_group *g, const struct smppbox_tags *tags,
                       const char *box_id, struct smpp_acct_conf *a)
{
    memset(a, 0, sizeof(*a));
    read_login(g, a);
    read_limits(g, a);
    read_target(g, box_id, a);
    read_style(g, tags, &a->style);
    read_verdicts(g, &a->rules);
}

/* ---- of the register ---- */

bool smppbox_acct_row(const struct reg_smpp *r, const struct smppbox_tags *tags,
                      const char *box_id, struct smpp_acct_conf *a,
                      void (*tell)(void *ctx, const char *line), void *ctx)
{
    enum { NAME = 24, COLUMNS = REG_SMPP_SETTINGS + 1 };
    struct reg_smpp text = *r;
    char name[COLUMNS][NAME] = { "system-id" };
    char *names[COLUMNS] = { name[0] }, *values[COLUMNS] = { text.system_id };
    struct conf_row row = { .columns = COLUMNS,
                            .name = names,
                            .value = values,
                            .tell = tell,
                            .ctx = ctx };
    struct conf_in in = { .errors = 0 };
    struct conf_group g = { .in = &in, .name = "smpp-account", .row = &row };

    for (unsigned i = 1; i < COLUMNS; i++) {
        conf_copy(name[i], NAME, reg_smpp_setting[i - 1]);
        names[i] = name[i];
        values[i] = text.value[i - 1];
    }
    smppbox_acct_read(&g, tags, box_id, a);
    conf_copy(a->hash, sizeof(a->hash), r->password);
    if (!crypto_password_text(a->hash))
        conf_wrong(&g, "its password is not kept as `vmnctl account' does");
    return in.errors == 0;
}
