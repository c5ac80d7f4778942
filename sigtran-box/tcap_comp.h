/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcap_comp.h - TCAP components: invoke, results, error, reject (Q.773)
 */

#ifndef TCAP_COMP_H
#define TCAP_COMP_H

#include "ber.h"

enum tcap_comp_type {
    TCAP_INVOKE = 0xa1,
    TCAP_RESULT_LAST = 0xa2,
    TCAP_ERROR = 0xa3,
    TCAP_REJECT = 0xa4,
    TCAP_RESULT_NOT_LAST = 0xa7,
};

/* Problem classes of a reject, as their tags on the wire. */
enum tcap_problem {
    TCAP_PROBLEM_GENERAL = 0x80,
    TCAP_PROBLEM_INVOKE = 0x81,
    TCAP_PROBLEM_RESULT = 0x82,
    TCAP_PROBLEM_ERROR = 0x83,
};

struct tcap_comp {
    uint8_t type; /* enum tcap_comp_type */
    bool has_id;  /* only a reject may have none */
    int8_t id;
    bool has_linked;
    int8_t linked;
    bool has_op;      /* invoke, or result with a parameter */
    bool global_op;   /* the operation code is an OBJECT IDENTIFIER */
    int32_t op;       /* if it is not */
    struct rd op_oid; /* its content, if it is */
    int32_t error;    /* of TCAP_ERROR; -1: an OBJECT IDENTIFIER */
    uint8_t problem, problem_code; /* of TCAP_REJECT */
    bool has_param;
    struct rd param; /* the parameter with its tag; empty: there is none */

    /* Of `param' alone: a bad parameter spoils no other component. So `param'
     * is good only as long as this struct stays where it was filled. */
    struct rd_err param_err;
};

/*
 * The next component of m->components. 1: *c is filled; 0: no more; -1: it
 * cannot be read: c->problem and c->problem_code are what to reject it with,
 * c->has_id and c->id whom, and nothing after it will be read. c->type tells
 * what it was meant to be, 0 if that is not known: a TCAP_REJECT is never
 * rejected.
 */
int tcap_comp_next(struct rd *components, struct tcap_comp *c);

/* The parameter, with its tag, is `n' octets at `param'; NULL: none. */
void tcap_invoke_write(struct wr *w, int8_t id, int32_t op,
                       const uint8_t *param, size_t n);
void tcap_result_write(struct wr *w, int8_t id, int32_t op,
                       const uint8_t *param, size_t n);
void tcap_error_write(struct wr *w, int8_t id, int32_t error,
                      const uint8_t *param, size_t n);
void tcap_reject_write(struct wr *w, bool has_id, int8_t id, uint8_t problem,
                       uint8_t code);

/* Any component, as tcap_comp_next() fills it: also linked, not last, ... */
void tcap_comp_write(struct wr *w, const struct tcap_comp *c);

#endif
