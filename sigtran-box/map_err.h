/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_err.h - MAP errors and what they mean (TS 29.002 17.6.6, 17.7.7)
 */

#ifndef MAP_ERR_H
#define MAP_ERR_H

#include "ber.h"
#include "verdict.h"

enum map_error {
    MAP_ERR_NONE = 0,
    MAP_ERR_UNKNOWN_SUBSCRIBER = 1,
    MAP_ERR_UNIDENTIFIED_SUBSCRIBER = 5,
    MAP_ERR_ABSENT_SUBSCRIBER_SM = 6,
    MAP_ERR_ILLEGAL_SUBSCRIBER = 9,
    MAP_ERR_TELESERVICE_NOT_PROVISIONED = 11,
    MAP_ERR_ILLEGAL_EQUIPMENT = 12,
    MAP_ERR_CALL_BARRED = 13,
    MAP_ERR_FACILITY_NOT_SUPPORTED = 21,
    MAP_ERR_ABSENT_SUBSCRIBER = 27,
    MAP_ERR_SUBSCRIBER_BUSY = 31,
    MAP_ERR_SM_DELIVERY_FAILURE = 32,
    MAP_ERR_MESSAGE_WAITING_LIST_FULL = 33,
    MAP_ERR_SYSTEM_FAILURE = 34,
    MAP_ERR_DATA_MISSING = 35,
    MAP_ERR_UNEXPECTED_DATA_VALUE = 36,
};

/* sm-DeliveryFailure causes, SM-EnumeratedDeliveryFailureCause. */
enum map_sm_cause {
    MAP_SM_MEMORY_CAPACITY_EXCEEDED = 0,
    MAP_SM_EQUIPMENT_PROTOCOL_ERROR = 1,
    MAP_SM_EQUIPMENT_NOT_SM_EQUIPPED = 2,
    MAP_SM_UNKNOWN_SERVICE_CENTRE = 3,
    MAP_SM_SC_CONGESTION = 4,
    MAP_SM_INVALID_SME_ADDRESS = 5,
    MAP_SM_NOT_SC_SUBSCRIBER = 6,
};

/* An error with what its parameter says, independent of version. */
struct map_err {
    enum map_error code;
    int16_t cause; /* 32: enum map_sm_cause; 13: callBarringCause; 6: absent
                      diagnostic; 34: networkResource; -1: none */
};

const char *map_err_str(enum map_error code);

/*
 * An error that an operator may ask for, by its name in TS 29.002; causes of
 * sm-DeliveryFailure by theirs. Those of sendRoutingInfoForSM if `sri', else
 * those of mt-forwardSM (12.9, 23.2 and 23.3). False: there is none.
 */
bool map_err_named(const char *name, bool sri, struct map_err *err);
/* The i-th of these names, NULL behind the last. */
const char *map_err_name(unsigned i, bool sri);

/* The error that exists in `version' and says nearest the same (6 <-> 27). */
struct map_err map_err_for_version(struct map_err e, uint8_t version);

/* The error a verdict becomes unless a route says otherwise (DESIGN 3). */
struct map_err map_err_of_verdict(enum verdict v);

/*
 * The parameter of `e' in this version, with its tag; writes nothing if that
 * version gives it none, or if it would say nothing. sm-DeliveryFailure gets
 * a diagnosticInfo where a mobile would have sent one.
 */
void map_err_write(struct wr *w, const struct map_err *e, uint8_t version);

/*
 * The other way, for our SMSC: r is the parameter, possibly empty. It may be
 * of another version's form: peers mix them up. Meaningful if rd_ok(r).
 */
void map_err_read(struct rd *r, enum map_error code, uint8_t version,
                  struct map_err *e);

#endif
