/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcap_msg.c - TCAP messages and their dialogue portion (Q.773)
 *
 * A message is a sequence of elements with tags of their own in a fixed
 * order. What cannot be taken apart as BER is "badly formatted", what is
 * good BER but not the elements of Q.773 is "incorrect".
 */

#include "tcap_msg.h"

#include <string.h>

enum { WELL_FORMED = -1 };

enum {
    TAG_OTID = 0x48,
    TAG_DTID = 0x49,
    TAG_P_ABORT = 0x4a,
    TAG_DIALOGUE = 0x6b,
    TAG_COMPONENTS = 0x6c,
    TAG_EXTERNAL = 0x28,
    TAG_OID = 0x06,
    TAG_INTEGER = 0x02,
};

enum { TAG_AARQ = 0x60, TAG_AARE = 0x61, TAG_ABRT = 0x64 };

/* { itu-t recommendation q 773 as(1) dialogue-as(1) version1(1) } */
static const uint8_t dialogue_as[] = { 0x00, 0x11, 0x86, 0x05, 1, 1, 1 };
static const uint8_t unidialogue_as[] = { 0x00, 0x11, 0x86, 0x05, 1, 2, 1 };

/* { itu-t etsi mobile-domain gsm-network as-id(1) map-DialoguePDU(1) v1(1) } */
static const uint8_t map_dialogue_as[] = { 0x04, 0x00, 0x00, 0x01, 1, 1, 1 };

/* { itu-t etsi mobile-domain gsm-network ac-id(0) }, then AC and version */
static const uint8_t map_acn[] = { 0x04, 0x00, 0x00, 0x01, 0x00 };

static bool content_is(const struct rd *body, const uint8_t oid[7])
{
    return rd_left(body) == 7 && memcmp(body->p, oid, 7) == 0;
}

static int incorrect_unless_bad(const struct rd *r)
{
    return rd_ok(r) ? TCAP_P_INCORRECT : TCAP_P_BADLY_FORMATTED;
}

static struct tcap_acn acn_of(const uint8_t *oid, size_t n)
{
    struct tcap_acn a = { .oid_len = (uint8_t)n };

    memcpy(a.oid, oid, n);
    if (n == sizeof(map_acn) + 2 &&
        memcmp(oid, map_acn, sizeof(map_acn)) == 0 && oid[5] < 0x80 &&
        oid[6] < 0x80) {
        a.ac = oid[5];
        a.version = oid[6];
    }
    return a;
}

struct tcap_acn tcap_acn_map(uint8_t ac, uint8_t version)
{
    const uint8_t oid[] = { 0x04, 0x00, 0x00, 0x01, 0x00, ac, version };

    return acn_of(oid, sizeof(oid));
}

/* The application context name in its [1] wrapping. */
static bool read_acn(struct rd *wrapping, struct tcap_acn *acn)
{
    struct rd oid = ber_req(wrapping, TAG_OID, "application-context-name");
    size_t n = rd_left(&oid);

    if (n < 1 || n > sizeof(acn->oid))
        return false;
    *acn = acn_of(oid.p, n);
    return true;
}

/*
 * EXTERNAL (X.690 8.18), the way Q.773 uses it: direct reference, then the
 * value in one of three encodings, of which only [0] is a dialogue PDU.
 */
static bool read_external(struct rd *external, struct rd *as, struct ber_el *el)
{
    if (!ber_opt(external, TAG_OID, as))
        return false;
    while (ber_next(external, el))
        if (el->tag >= 0xa0 || el->tag == 0x81 || el->tag == 0x82)
            return true;
    return false;
}

/* user-information [30] IMPLICIT SEQUENCE OF EXTERNAL */
static void read_user_info(struct rd *list, struct tcap_dialogue *d)
{
    struct rd external, as;
    struct ber_el value;

    while (!d->map_dialogue && ber_opt(list, TAG_EXTERNAL, &external)) {
        if (!read_external(&external, &as, &value))
            continue;
        d->map_dialogue = value.tag == 0xa0 && content_is(&as, map_dialogue_as);
        if (d->map_dialogue || !d->has_user_info)
            d->user_info = value.body;
        d->has_user_info = true;
    }
}

/* result-source-diagnostic [3]: [1] or [2], an INTEGER inside */
static void read_diagnostic(struct rd *body, struct tcap_dialogue *d)
{
    struct rd source;

    if (ber_opt(body, 0xa1, &source))
        d->diag_source = TCAP_DIAG_USER;
    else if (ber_opt(body, 0xa2, &source))
        d->diag_source = TCAP_DIAG_PROVIDER;
    else
        return;
    source = ber_req(&source, TAG_INTEGER, "result-source-diagnostic");
    d->diag = (uint8_t)ber_int(&source, "result-source-diagnostic");
}

/* What only an AARE has; in an AARQ these tags are titles (X.227). */
static void read_response_field(struct ber_el *el, struct tcap_dialogue *d)
{
    struct rd body;

    if (el->tag == 0xa2) {
        body = ber_req(&el->body, TAG_INTEGER, "result");
        d->result = (uint8_t)ber_int(&body, "result");
    } else if (el->tag == 0xa3) {
        read_diagnostic(&el->body, d);
    }
}

/* One element of an AARQ, AARE or AUDT. */
static bool read_associate_field(struct ber_el *el, struct tcap_dialogue *d)
{
    switch (el->tag) {
    case 0x80:
        d->has_version = true;
        d->version1 = rd_left(&el->body) >= 2 && (el->body.p[1] & 0x80);
        break;
    case 0xa1:
        return read_acn(&el->body, &d->acn);
    case 0xbe:
        read_user_info(&el->body, d);
        break;
    default: /* or a field of X.227 that Q.773 has no use for */
        if (d->pdu == TCAP_DLG_AARE)
            read_response_field(el, d);
    }
    return true;
}

static bool read_associate(struct rd *pdu, struct tcap_dialogue *d)
{
    struct ber_el el;

    while (ber_next(pdu, &el))
        if (!read_associate_field(&el, d))
            return false;
    return d->acn.oid_len > 0;
}

static bool read_abrt(struct rd *pdu, struct tcap_dialogue *d)
{
    struct rd source, list;

    if (!ber_opt(pdu, 0x80, &source))
        return false;
    d->abort_source = (uint8_t)ber_int(&source, "abort-source");
    if (ber_opt(pdu, 0xbe, &list))
        read_user_info(&list, d);
    return true;
}

static bool read_dialogue_pdu(struct rd *value, struct tcap_dialogue *d)
{
    struct ber_el pdu;

    if (!ber_next(value, &pdu))
        return false;
    switch (pdu.tag) {
    case TAG_AARQ:
        d->pdu = TCAP_DLG_AARQ;
        return read_associate(&pdu.body, d);
    case TAG_AARE:
        d->pdu = TCAP_DLG_AARE;
        return read_associate(&pdu.body, d);
    case TAG_ABRT:
        d->pdu = TCAP_DLG_ABRT;
        return read_abrt(&pdu.body, d);
    default:
        return false;
    }
}

/*
 * The dialogue portion. Without one of the two dialogue abstract syntaxes of
 * Q.773 it is user information by itself, as an Abort may carry it.
 */
static bool read_dialogue(struct rd *portion, struct tcap_dialogue *d)
{
    struct rd external = ber_req(portion, TAG_EXTERNAL, "dialogue portion");
    struct rd as;
    struct ber_el value;
    bool good;

    d->version1 = true; /* the default */
    if (!read_external(&external, &as, &value))
        return false;
    if (content_is(&as, dialogue_as))
        return value.tag == 0xa0 && read_dialogue_pdu(&value.body, d);
    if (content_is(&as, unidialogue_as)) {
        good = value.tag == 0xa0 && read_dialogue_pdu(&value.body, d) &&
               d->pdu == TCAP_DLG_AARQ;
        d->pdu = TCAP_DLG_OTHER;
        d->unidirectional = true;
        return good;
    }
    d->pdu = TCAP_DLG_OTHER;
    d->has_user_info = true;
    d->map_dialogue = value.tag == 0xa0 && content_is(&as, map_dialogue_as);
    d->user_info = value.body;
    return true;
}

static bool read_tid(struct rd *r, uint32_t tag, struct tcap_tid *tid)
{
    struct rd body;
    size_t n;

    if (!ber_opt(r, tag, &body))
        return false;
    n = rd_left(&body);
    if (n < 1 || n > sizeof(tid->octet))
        return false;
    memcpy(tid->octet, body.p, n);
    tid->len = (uint8_t)n;
    return true;
}

/* What follows the transaction ids, up to the end of the message. */
static int read_portions(struct rd *r, struct tcap_msg *m)
{
    struct rd body;
    struct ber_el el;

    if (m->type == TCAP_ABORT && ber_opt(r, TAG_P_ABORT, &body)) {
        m->has_p_abort = true;
        m->p_abort = (uint8_t)ber_int(&body, "P-Abort cause");
    } else if (ber_opt(r, TAG_DIALOGUE, &body)) {
        if (!read_dialogue(&body, &m->dlg))
            return incorrect_unless_bad(r);
    }
    if (m->type != TCAP_ABORT && ber_opt(r, TAG_COMPONENTS, &m->components))
        m->has_components = true;
    if (ber_next(r, &el))
        return TCAP_P_INCORRECT;
    return rd_ok(r) ? WELL_FORMED : TCAP_P_BADLY_FORMATTED;
}

static int read_tids_and_portions(struct rd *r, struct tcap_msg *m)
{
    bool has_otid = m->type == TCAP_BEGIN || m->type == TCAP_CONTINUE;
    bool has_dtid = m->type == TCAP_END || m->type == TCAP_CONTINUE ||
                    m->type == TCAP_ABORT;

    if ((has_otid && !read_tid(r, TAG_OTID, &m->otid)) ||
        (has_dtid && !read_tid(r, TAG_DTID, &m->dtid)))
        return incorrect_unless_bad(r);
    return read_portions(r, m);
}

int tcap_msg_read(struct rd *r, struct tcap_msg *m)
{
    struct rd none = *r;
    struct ber_el el;

    none.end = none.p;
    *m = (struct tcap_msg){ .components = none, .dlg.user_info = none };
    if (!ber_next(r, &el))
        return TCAP_P_BADLY_FORMATTED;
    switch (el.tag) {
    case TCAP_BEGIN:
    case TCAP_END:
    case TCAP_CONTINUE:
    case TCAP_ABORT:
    case TCAP_UNIDIRECTIONAL:
        m->type = (uint8_t)el.tag;
        return read_tids_and_portions(&el.body, m);
    default:
        read_tid(&el.body, TAG_OTID, &m->otid);
        return TCAP_P_UNRECOGNIZED_MESSAGE;
    }
}

static void write_tid(struct wr *w, uint32_t tag, const struct tcap_tid *tid)
{
    if (tid != NULL && tid->len > 0)
        ber_put(w, tag, tid->octet, tid->len);
}

size_t tcap_open(struct wr *w, uint8_t type, const struct tcap_tid *otid,
                 const struct tcap_tid *dtid)
{
    size_t mark = ber_open(w, type);

    write_tid(w, TAG_OTID, otid);
    write_tid(w, TAG_DTID, dtid);
    return mark;
}

void tcap_close(struct wr *w, size_t mark)
{
    ber_close(w, mark);
}

void tcap_p_abort_write(struct wr *w, uint8_t cause)
{
    ber_put_int(w, TAG_P_ABORT, cause);
}

static void write_user_info(struct wr *w, const struct tcap_dialogue *d)
{
    size_t list, external;

    if (!d->has_user_info)
        return;
    list = ber_open(w, 0xbe);
    external = ber_open(w, TAG_EXTERNAL);
    ber_put(w, TAG_OID, map_dialogue_as, sizeof(map_dialogue_as));
    ber_put(w, 0xa0, d->user_info.p, rd_left(&d->user_info));
    ber_close(w, external);
    ber_close(w, list);
}

static void write_int_in(struct wr *w, uint32_t tag, uint8_t v)
{
    size_t mark = ber_open(w, tag);

    ber_put_int(w, TAG_INTEGER, v);
    ber_close(w, mark);
}

static void write_associate(struct wr *w, const struct tcap_dialogue *d)
{
    /* BIT STRING: unused bits, then version1 as the first bit */
    static const uint8_t version1[] = { 0x07, 0x80 };
    static const uint8_t no_version[] = { 0x07, 0x00 };
    size_t mark;

    if (d->has_version)
        ber_put(w, 0x80, d->version1 ? version1 : no_version, 2);
    mark = ber_open(w, 0xa1);
    ber_put(w, TAG_OID, d->acn.oid, d->acn.oid_len);
    ber_close(w, mark);
    if (d->pdu == TCAP_DLG_AARE) {
        write_int_in(w, 0xa2, d->result);
        mark = ber_open(w, 0xa3);
        write_int_in(w, d->diag_source == TCAP_DIAG_PROVIDER ? 0xa2 : 0xa1,
                     d->diag);
        ber_close(w, mark);
    }
    write_user_info(w, d);
}

static void write_dialogue_pdu(struct wr *w, const struct tcap_dialogue *d)
{
    size_t pdu;

    if (d->pdu == TCAP_DLG_ABRT) {
        pdu = ber_open(w, TAG_ABRT);
        ber_put_int(w, 0x80, d->abort_source);
        write_user_info(w, d);
    } else {
        pdu = ber_open(w, d->pdu == TCAP_DLG_AARE ? TAG_AARE : TAG_AARQ);
        write_associate(w, d);
    }
    ber_close(w, pdu);
}

void tcap_dialogue_write(struct wr *w, const struct tcap_dialogue *d)
{
    size_t portion, external, value;

    if (d->pdu == TCAP_DLG_NONE)
        return;
    portion = ber_open(w, TAG_DIALOGUE);
    external = ber_open(w, TAG_EXTERNAL);
    ber_put(w, TAG_OID, d->unidirectional ? unidialogue_as : dialogue_as,
            sizeof(dialogue_as));
    value = ber_open(w, 0xa0);
    write_dialogue_pdu(w, d);
    ber_close(w, value);
    ber_close(w, external);
    ber_close(w, portion);
}

size_t tcap_comps_open(struct wr *w)
{
    return ber_open(w, TAG_COMPONENTS);
}

void tcap_comps_close(struct wr *w, size_t mark)
{
    ber_close(w, mark);
}
