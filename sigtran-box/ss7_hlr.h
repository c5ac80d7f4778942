/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_hlr.h - what MAP asks of the register, put into its terms and back
 *
 * Between map_srv, which speaks of addresses as they stand on the wire, and
 * hlr_srv, which speaks of international numbers. There is one register in
 * a process. SS7 thread only, but for ss7_hlr_conf(); nothing waits.
 */

#ifndef SS7_HLR_H
#define SS7_HLR_H

#include "hlr/hlr_srv.h"
#include "ss7.h"

/* What the register is to know of the configuration. Any thread. */
void ss7_hlr_conf(const struct ss7_conf *conf, struct hlr_srv_conf *out);

/* conf is lent for life. -1: no memory. */
int ss7_hlr_init(const struct ss7_conf *conf);
void ss7_hlr_fini(void); /* and its table */

/* Tables, batches, nodes, keys and the drain go to it directly. */
struct hlr_srv *ss7_hlr_srv(void);

/* True: the number's application is away, and `w' goes on the list. `q', if it
 * is not NULL: the question for whoever is asked or told, without its id. */
bool ss7_hlr_sri(const struct map_sri_ind *ind, struct map_sri_rsp *rsp,
                 struct ss7_waiting *w, struct ss7_sri *q);

/*
 * `ind' as it is passed on to the network's relay-gt: other digits in the
 * called address, the same calling address, so that whoever asked gets the
 * answer from there. Data and addresses are lent by `ind'. False: it was
 * passed on before and came back, so nobody knows the number.
 */
bool ss7_hlr_relay(uint8_t network, const struct sccp_ind *ind, uint64_t now_ms,
                   struct sccp_req *req);

/* MAP_ERR_NONE: `s' says whom the message is for, and from whom; id and TPDU
 * are left to the caller. */
struct map_err ss7_hlr_sms(const struct map_sms_ind *ind, struct ss7_sms *s);

/* The half of it that needs no register: IMSI, and from whom. */
void ss7_hlr_who(const struct map_sms_ind *ind, struct ss7_sms *s);

#endif
