/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu.c - SMS-DELIVER as it comes in a MAP message (TS 23.040 9.2.2.1)
 */

#include "tpdu.h"

#include <string.h>

#include "gsm7.h"
#include "tpdu_ud.h"
#include "utf8.h"

bool tpdu_mt_read(struct rd *r, enum tpdu_mti *mti, struct tpdu_deliver *d)
{
    uint8_t first = rd_u8(r, "TP-MTI");

    *mti = TPDU_DELIVER;
    if ((first & TPDU_BIT_MTI) == 2) {
        *mti = TPDU_STATUS_REPORT;
        return rd_ok(r);
    }
    /* An SMS-SUBMIT-REPORT answers nothing of ours. */
    if ((first & TPDU_BIT_MTI) == 1)
        rd_fail(r, "TP-MTI");
    *d = (struct tpdu_deliver){ .more = !(first & TPDU_BIT_MMS),
                                .lp = first & TPDU_BIT_LP,
                                .sri = first & TPDU_BIT_SRI,
                                .rp = first & TPDU_BIT_RP };
    tpdu_addr_read(r, &d->oa);
    d->pid = rd_u8(r, "TP-PID");
    d->dcs = rd_u8(r, "TP-DCS");
    tpdu_dcs_read(d->dcs, &d->enc);
    tpdu_scts_read(r, &d->scts);
    tpdu_ud_read(r, first & TPDU_BIT_UDHI, TPDU_UD_OCTETS, d);
    return rd_ok(r);
}

bool tpdu_has_septets(const struct tpdu_deliver *d)
{
    return d->enc.alphabet == TPDU_GSM7 && !d->enc.compressed;
}

size_t tpdu_text(const struct tpdu_deliver *d, char *out, size_t size)
{
    size_t n = d->ud_len;

    if (tpdu_has_septets(d)) {
        struct gsm7_text text = { .septets = d->ud,
                                  .n = n,
                                  .locking = d->lock_shift,
                                  .single = d->single_shift };

        return gsm7_national_to_utf8(&text, out, size);
    }
    if (d->enc.alphabet == TPDU_UCS2 && !d->enc.compressed)
        return utf8_of_utf16(d->ud, n, out, size);
    if (size == 0)
        return 0;
    if (n > size - 1)
        n = size - 1;
    memcpy(out, d->ud, n);
    out[n] = '\0';
    return n;
}

void tpdu_deliver_write(struct wr *w, const struct tpdu_deliver *d)
{
    uint8_t first =
        (uint8_t)((d->more ? 0 : TPDU_BIT_MMS) | (d->lp ? TPDU_BIT_LP : 0) |
                  (d->sri ? TPDU_BIT_SRI : 0) |
                  (d->udh_len > 0 ? TPDU_BIT_UDHI : 0) |
                  (d->rp ? TPDU_BIT_RP : 0));

    wr_u8(w, first);
    tpdu_addr_write(w, &d->oa);
    wr_u8(w, d->pid);
    wr_u8(w, d->dcs);
    wr_bytes(w, d->scts.octet, sizeof(d->scts.octet));
    tpdu_ud_write(w, TPDU_UD_OCTETS, d);
}
