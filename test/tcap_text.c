/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcap_text.c - TCAP messages as tests write and read them
 */

#include "tcap_text.h"

#include "map_dlg.h"
#include "tcap_msg.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void put_length(struct wr *w, size_t n)
{
    if (n >= 0x100)
        wr_u8(w, 0x82);
    else if (n >= 0x80)
        wr_u8(w, 0x81);
    if (n >= 0x100)
        wr_u8(w, (uint8_t)(n >> 8));
    wr_u8(w, (uint8_t)n);
}

/* Up to the parenthesis that closes, or the end. */
static void assemble(const char **s, struct wr *w)
{
    while (**s != '\0' && **s != ')') {
        uint8_t buf[2048];
        struct wr content = wr_init(buf, sizeof(buf));

        if (**s == ' ') {
            ++*s;
        } else if (**s == '(') {
            ++*s;
            assemble(s, &content);
            ++*s;
            put_length(w, content.len);
            wr_bytes(w, buf, content.len);
        } else {
            wr_u8(w, (uint8_t)(digit((*s)[0]) << 4 | digit((*s)[1])));
            *s += 2;
        }
    }
}

size_t tcap_octets(const char *text, uint8_t *out, size_t size)
{
    struct wr w = wr_init(out, size);

    assemble(&text, &w);
    if (!wr_ok(&w) || *text != '\0') {
        printf("cannot be written: <%s>\n", text);
        abort();
    }
    return w.len;
}

struct line {
    char *p;
    size_t size, len;
};

static void say(struct line *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void say(struct line *l, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(l->p + l->len, l->size - l->len, fmt, ap);
    va_end(ap);
    if (n > 0)
        l->len += (size_t)n < l->size - l->len ? (size_t)n : 0;
}

static void say_dialogue(struct line *l, const struct tcap_dialogue *d)
{
    struct map_dlg pdu;

    if (d->pdu == TCAP_DLG_AARE) {
        say(l, " aare%u", d->result);
        if (d->result != 0)
            say(l, "/%s%u=%02x%02x",
                d->diag_source == TCAP_DIAG_USER ? "user" : "provider", d->diag,
                d->acn.ac, d->acn.version);
    } else if (d->pdu == TCAP_DLG_ABRT) {
        say(l, " abrt%u", d->abort_source);
        if (d->has_user_info && map_dlg_read(d->user_info, &pdu))
            say(l, "/%02x:%u", pdu.type, pdu.reason);
    } else if (d->pdu == TCAP_DLG_AARQ) {
        say(l, " aarq=%02x%02x", d->acn.ac, d->acn.version);
    } else if (d->pdu != TCAP_DLG_NONE) {
        say(l, " dialogue?");
    }
}

static void say_id(struct line *l, const char *what, const struct tcap_comp *c)
{
    if (c->has_id)
        say(l, " %s%d", what, c->id);
    else
        say(l, " %s-", what);
}

static void say_component(struct line *l, const struct tcap_comp *c)
{
    switch (c->type) {
    case TCAP_INVOKE:
        say_id(l, "invoke", c);
        say(l, ":%d", (int)c->op);
        break;
    case TCAP_RESULT_LAST:
        say_id(l, "result", c);
        break;
    case TCAP_ERROR:
        say_id(l, "error", c);
        say(l, ":%d", (int)c->error);
        break;
    case TCAP_REJECT:
        say_id(l, "reject", c);
        say(l, ":%02x/%u", c->problem, c->problem_code);
        break;
    default:
        say(l, " component?");
    }
}

const char *tcap_text(const uint8_t *p, size_t n, char *out, size_t size)
{
    struct line l = { .p = out, .size = size };
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);
    struct tcap_msg m;
    struct tcap_comp c;
    int got = tcap_msg_read(&r, &m);

    if (got >= 0) {
        say(&l, "broken:%d", got);
        return out;
    }
    say(&l, "%s",
        m.type == TCAP_BEGIN      ? "begin"
        : m.type == TCAP_END      ? "end"
        : m.type == TCAP_CONTINUE ? "continue"
        : m.type == TCAP_ABORT    ? "abort"
                                  : "type?");
    if (m.has_p_abort)
        say(&l, " p%u", m.p_abort);
    say_dialogue(&l, &m.dlg);
    while ((got = tcap_comp_next(&m.components, &c)) > 0)
        say_component(&l, &c);
    if (got < 0)
        say(&l, " broken");
    return out;
}
