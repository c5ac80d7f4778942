/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_msg.c - the connectionless SCCP messages (Q.713 4.10 to 4.21)
 */

#include "sccp_msg.h"

/* Names of optional parameters, Q.713 3. */
enum {
    P_END = 0x00,
    P_SEGMENTATION = 0x10,
    P_IMPORTANCE = 0x12,
};

/* Protocol class octet, Q.713 3.6. */
enum { CLASS_MASK = 0x0f, CLASS_OPTIONS = 0xf0, CLASS_RETURN = 0x80 };

/* How the messages differ from one another. */
struct shape {
    uint8_t type;
    bool service;  /* a return cause in the place of the class */
    bool extended; /* hop counter and optional part */
    bool wide;     /* pointers and data length of two octets */
    char name[8];
};

static const struct shape shapes[] = {
    { .type = SCCP_UDT, .name = "UDT" },
    { .type = SCCP_UDTS, .service = true, .name = "UDTS" },
    { .type = SCCP_XUDT, .extended = true, .name = "XUDT" },
    { .type = SCCP_XUDTS, .service = true, .extended = true, .name = "XUDTS" },
    { .type = SCCP_LUDT, .extended = true, .wide = true, .name = "LUDT" },
    { .type = SCCP_LUDTS,
      .service = true,
      .extended = true,
      .wide = true,
      .name = "LUDTS" },
};

static const struct shape *shape_of(uint8_t type)
{
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
        if (shapes[i].type == type)
            return &shapes[i];
    return NULL;
}

bool sccp_msg_is_service(const struct sccp_msg *m)
{
    return m->type == SCCP_UDTS || m->type == SCCP_XUDTS ||
           m->type == SCCP_LUDTS;
}

const char *sccp_type_str(uint8_t type)
{
    const struct shape *s = shape_of(type);

    return s != NULL ? s->name : "connection-oriented or unknown message";
}

const char *sccp_cause_str(uint8_t cause)
{
    static const char *const text[] = {
        "no translation for an address of such nature",
        "no translation for this specific address",
        "subsystem congestion",
        "subsystem failure",
        "unequipped user",
        "MTP failure",
        "network congestion",
        "unqualified",
        "error in message transport",
        "error in local processing",
        "destination cannot perform reassembly",
        "SCCP failure",
        "hop counter violation",
        "segmentation not supported",
        "segmentation failure",
    };

    return cause < sizeof(text) / sizeof(text[0]) ? text[cause] : "reserved";
}

/* One octet, or two with the least significant first (Q.713 2.3). */
static size_t read_len(struct rd *r, bool wide, const char *what)
{
    size_t v = rd_u8(r, what);

    if (wide)
        v |= (size_t)rd_u8(r, what) << 8;
    return v;
}

/*
 * Follow a pointer, which counts from its own last octet: everything from
 * there to the end of the message. Empty if the pointer is 0.
 */
static struct rd follow(struct rd *r, bool wide, const char *what)
{
    struct rd there = *r;
    size_t n = read_len(r, wide, what);

    if (n == 0) {
        there.p = there.end;
        return there;
    }
    rd_take(&there, n + wide, what);
    if (rd_left(&there) == 0)
        rd_fail(&there, what);
    return there;
}

static void read_addr(struct rd at, struct sccp_addr *a, const char *what)
{
    struct rd body = rd_sub(&at, rd_u8(&at, what), what);

    sccp_addr_read(&body, a);
}

static void read_segmentation(struct rd *body, struct sccp_msg *m)
{
    uint8_t o = rd_u8(body, "segmentation");
    const uint8_t *ref = rd_take(body, sizeof(m->seg_ref), "segmentation");

    rd_end(body, "segmentation");
    if (!rd_ok(body) || ref == NULL)
        return;
    m->has_seg = true;
    m->seg_first = o & 0x80;
    m->seg_class1 = o & 0x40;
    m->seg_left = o & 0x0f;
    for (size_t i = 0; i < sizeof(m->seg_ref); i++)
        m->seg_ref[i] = ref[i];
}

/* Up to the end-of-optional-parameters octet, or of the message without it. */
static void read_optional(struct rd at, struct sccp_msg *m)
{
    static const char what[] = "optional part";

    if (rd_left(&at) == 0)
        return;
    m->opt = at.p;
    while (rd_left(&at) > 0) {
        uint8_t name = rd_u8(&at, what);
        struct rd body;

        if (name == P_END)
            break;
        body = rd_sub(&at, rd_u8(&at, what), what);
        if (name == P_SEGMENTATION)
            read_segmentation(&body, m);
        else if (name == P_IMPORTANCE)
            m->importance = (int8_t)(rd_u8(&body, "importance") & 0x07);
        m->opt_len = (size_t)(at.p - m->opt);
    }
}

static void read_class(struct rd *r, struct sccp_msg *m)
{
    uint8_t o = rd_u8(r, "protocol class");

    m->pclass = o & CLASS_MASK;
    m->return_opt = (o & CLASS_OPTIONS) == CLASS_RETURN;
    if (m->pclass > 1)
        rd_fail(r, "protocol class");
}

bool sccp_msg_read(struct rd *r, struct sccp_msg *m)
{
    uint8_t type = rd_u8(r, "message type");
    const struct shape *s = shape_of(type);
    struct rd called, calling, data;

    m->type = type;
    if (s == NULL)
        return false;
    m->pclass = m->cause = m->hops = 0;
    m->return_opt = m->has_seg = false;
    m->importance = -1;
    m->opt = NULL;
    m->opt_len = 0;

    if (s->service)
        m->cause = rd_u8(r, "return cause");
    else
        read_class(r, m);
    if (s->extended)
        m->hops = rd_u8(r, "hop counter");
    called = follow(r, s->wide, "called party pointer");
    calling = follow(r, s->wide, "calling party pointer");
    data = follow(r, s->wide, "data pointer");
    if (s->extended)
        read_optional(follow(r, s->wide, "optional pointer"), m);

    read_addr(called, &m->called, "called party address");
    read_addr(calling, &m->calling, "calling party address");
    m->data_len = read_len(&data, s->wide, "data length");
    m->data = rd_take(&data, m->data_len, "data");
    return rd_ok(r);
}

/* Make the pointer in the octets at `at' point to what is written next. */
static void point_here(struct wr *w, size_t at, bool wide)
{
    size_t n = w->len - at - wide;

    if (n > (wide ? 0xffff : 0xff))
        w->full = true;
    if (w->full)
        return;
    w->buf[at] = (uint8_t)n;
    if (wide)
        w->buf[at + 1] = (uint8_t)(n >> 8);
}

static void write_data(struct wr *w, const struct sccp_msg *m, bool wide)
{
    if (m->data_len > (wide ? 0xffff : 0xff))
        w->full = true;
    wr_u8(w, (uint8_t)m->data_len);
    if (wide)
        wr_u8(w, (uint8_t)(m->data_len >> 8));
    wr_bytes(w, m->data, m->data_len);
}

static void write_optional(struct wr *w, const struct sccp_msg *m)
{
    if (m->opt != NULL) {
        wr_bytes(w, m->opt, m->opt_len);
    } else {
        if (m->has_seg) {
            wr_u8(w, P_SEGMENTATION);
            wr_u8(w, 1 + sizeof(m->seg_ref));
            wr_u8(w,
                  (uint8_t)((m->seg_first ? 0x80 : 0) |
                            (m->seg_class1 ? 0x40 : 0) | (m->seg_left & 0x0f)));
            wr_bytes(w, m->seg_ref, sizeof(m->seg_ref));
        }
        if (m->importance >= 0) {
            wr_u8(w, P_IMPORTANCE);
            wr_u8(w, 1);
            wr_u8(w, (uint8_t)m->importance);
        }
    }
    wr_u8(w, P_END);
}

void sccp_msg_write(struct wr *w, const struct sccp_msg *m)
{
    static const uint8_t room[8];
    const struct shape *s = shape_of((uint8_t)m->type);
    size_t ptr, width;

    if (s == NULL) {
        w->full = true;
        return;
    }
    width = s->wide ? 2 : 1;
    wr_u8(w, s->type);
    if (s->service)
        wr_u8(w, m->cause);
    else
        wr_u8(w, (uint8_t)(m->pclass | (m->return_opt ? CLASS_RETURN : 0)));
    if (s->extended)
        wr_u8(w, m->hops);
    ptr = w->len;
    wr_bytes(w, room, width * (s->extended ? 4 : 3));

    point_here(w, ptr, s->wide);
    sccp_addr_write(w, &m->called);
    point_here(w, ptr + width, s->wide);
    sccp_addr_write(w, &m->calling);
    point_here(w, ptr + 2 * width, s->wide);
    write_data(w, m, s->wide);
    if (s->extended && (m->has_seg || m->importance >= 0 || m->opt_len > 0)) {
        point_here(w, ptr + 3 * width, s->wide);
        write_optional(w, m);
    }
}
