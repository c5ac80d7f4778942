/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_mtpd_guard.c - any octets as an M3UA message
 *
 * What the guard finds well formed must be safe for all that follows: every
 * parameter inside the message, DATA that can be read, a context that can be
 * left out.
 */

#include "mtpd_guard.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void inside(struct m3ua_par v, const uint8_t *p, size_t n)
{
    if (v.p && (v.p < p || v.p + v.len > p + n))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct mtp_assoc_conf none = { .rc = 0 };
    struct mtp_assoc_conf c = { .has_rc = true, .rc = 11 };
    struct mtp_conf conf = { .pc = { 1 }, .n_pc = 1 };
    struct m3ua_msg m;
    const char *why = NULL;
    uint8_t out[2048];

    if (mtpd_guard_read(p, n, &m, &why) != M3UA_E_NONE) {
        if (!why)
            abort();
        return 0;
    }
    inside(m.rc, p, n);
    inside(m.data, p, n);
    inside(m.pcs, p, n);
    inside(m.beat, p, n);
    inside(m.info, p, n);
    mtpd_guard_fits(&m, &c, &why);
    mtpd_guard_ours(&m, &conf);
    if (m.kind == M3UA_DATA && m.mtp.len > MTP_RX_MAX)
        abort();
    for (size_t i = 0; i < m.pcs.len / 4; i++)
        m3ua_u32(m.pcs, i);
    m3ua_strip_context(p, n, &none, out, sizeof(out));
    m3ua_write_beat(M3UA_BEAT_ACK, m.beat, out, sizeof(out));
    m3ua_write_error(M3UA_E_PROTOCOL, p, n, out, sizeof(out));
    return 0;
}
