/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_ud.c - what the TPDUs have in common behind their own fields
 */

#include "tpdu_ud.h"

#include <string.h>

enum { PI_EXTENSION = 0x80 };

/* Information element identifiers, 9.2.3.24. */
enum {
    IE_CONCAT_8 = 0x00,
    IE_CONCAT_16 = 0x08,
    IE_SINGLE_SHIFT = 0x24,
    IE_LOCKING_SHIFT = 0x25,
};

uint8_t tpdu_first_read(struct rd *r, uint8_t mti)
{
    uint8_t first = rd_u8(r, "TP-MTI");

    if ((first & TPDU_BIT_MTI) != mti)
        rd_fail(r, "TP-MTI");
    return first;
}

static void concat_ie(struct tpdu_deliver *d, uint16_t ref, bool ref16,
                      const uint8_t *max_seq)
{
    uint8_t max = max_seq[0], seq = max_seq[1];

    /* 9.2.3.24.1: what makes no sense is as if it were not there. */
    if (max == 0 || seq == 0 || seq > max)
        return;
    d->concat = (struct tpdu_concat){
        .present = true, .ref = ref, .ref16 = ref16, .max = max, .seq = seq
    };
}

static void ie_read(struct tpdu_deliver *d, uint8_t iei, const uint8_t *p,
                    uint8_t len)
{
    if (iei == IE_CONCAT_8 && len == 3)
        concat_ie(d, p[0], false, p + 1);
    else if (iei == IE_CONCAT_16 && len == 4)
        concat_ie(d, (uint16_t)(p[0] << 8 | p[1]), true, p + 2);
    else if (iei == IE_SINGLE_SHIFT && len == 1)
        d->single_shift = p[0];
    else if (iei == IE_LOCKING_SHIFT && len == 1)
        d->lock_shift = p[0];
}

/*
 * Go through the elements of the header; the last one of a kind counts. If
 * the last one does not fit, none of them counts (9.2.3.24).
 */
static void udh_read(struct tpdu_deliver *d)
{
    struct rd_err err;
    struct rd r = rd_init(d->udh + 1, d->udh_len - 1U, &err);

    while (rd_left(&r) > 0) {
        uint8_t iei = rd_u8(&r, "IEI");
        uint8_t len = rd_u8(&r, "IEDL");
        const uint8_t *p = rd_take(&r, len, "IED");

        if (p != NULL)
            ie_read(d, iei, p, len);
    }
    if (rd_ok(&r))
        return;
    d->concat = (struct tpdu_concat){ .present = false };
    d->single_shift = d->lock_shift = 0;
}

/* Septets that `octets' of user data header take, fill bits included. */
static size_t header_septets(size_t octets)
{
    return (octets * 8 + 6) / 7;
}

static unsigned header_fill(size_t octets)
{
    return (unsigned)(header_septets(octets) * 7 - octets * 8);
}

/* Of TP-UDL, where `max' octets may follow. */
static size_t udl_max(const struct tpdu_deliver *d, size_t max)
{
    return tpdu_has_septets(d) ? TPDU_UD_SEPTETS : max;
}

void tpdu_ud_read(struct rd *r, bool udhi, size_t max, struct tpdu_deliver *d)
{
    bool septets = tpdu_has_septets(d);
    size_t octets, skip = 0;
    const uint8_t *p;

    d->udl = rd_u8(r, "TP-UDL");
    octets = septets ? (d->udl * 7U + 7) / 8 : d->udl;
    if (d->udl > udl_max(d, max)) {
        rd_fail(r, "TP-UDL");
        return;
    }
    p = rd_take(r, octets, "TP-UD");
    if (p == NULL)
        return;
    if (udhi) {
        if (octets == 0 || p[0] + 1U > octets || p[0] >= sizeof(d->udh)) {
            rd_fail(r, "TP-UDHL");
            return;
        }
        d->udh_len = (uint8_t)(p[0] + 1);
        memcpy(d->udh, p, d->udh_len);
        udh_read(d);
        skip = septets ? header_septets(d->udh_len) : d->udh_len;
    }
    d->ud_len = (uint16_t)(skip < d->udl ? d->udl - skip : 0);
    p += d->udh_len;
    if (septets)
        gsm7_unpack(p, header_fill(d->udh_len), d->ud_len, d->ud);
    else
        memcpy(d->ud, p, d->ud_len);
}

void tpdu_ud_write(struct wr *w, size_t max, const struct tpdu_deliver *d)
{
    uint8_t packed[TPDU_UD_OCTETS];
    bool septets = tpdu_has_septets(d);
    size_t header = d->udh_len;
    size_t udl = (septets ? header_septets(header) : header) + d->ud_len;

    if (udl > udl_max(d, max) || header > sizeof(d->udh)) {
        w->full = true;
        return;
    }
    wr_u8(w, (uint8_t)udl);
    wr_bytes(w, d->udh, header);
    if (septets)
        wr_bytes(w, packed,
                 gsm7_pack(d->ud, d->ud_len, header_fill(header), packed));
    else
        wr_bytes(w, d->ud, d->ud_len);
}

uint8_t tpdu_pi_read(struct rd *r)
{
    uint8_t pi = rd_u8(r, "TP-PI");
    uint8_t more = pi;

    while (more & PI_EXTENSION)
        more = rd_u8(r, "TP-PI");
    return pi & (uint8_t)~PI_EXTENSION;
}

void tpdu_announced_read(struct rd *r, uint8_t pi, bool udhi,
                         struct tpdu_deliver *d)
{
    if (pi & TPDU_PI_PID)
        d->pid = rd_u8(r, "TP-PID");
    if (pi & TPDU_PI_DCS)
        d->dcs = rd_u8(r, "TP-DCS");
    tpdu_dcs_read(d->dcs, &d->enc);
    if (pi & TPDU_PI_UDL)
        tpdu_ud_read(r, udhi, TPDU_REPORT_UD_OCTETS, d);
}

void tpdu_announced_write(struct wr *w, uint8_t pi,
                          const struct tpdu_deliver *d)
{
    if (pi & TPDU_PI_PID)
        wr_u8(w, d->pid);
    if (pi & TPDU_PI_DCS)
        wr_u8(w, d->dcs);
    if (pi & TPDU_PI_UDL)
        tpdu_ud_write(w, TPDU_REPORT_UD_OCTETS, d);
}

uint8_t tpdu_announced_udhi(uint8_t pi, const struct tpdu_deliver *d)
{
    return (pi & TPDU_PI_UDL) && d->udh_len > 0 ? TPDU_BIT_UDHI : 0;
}
