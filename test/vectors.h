/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors.h - the parts of vectors_run
 *
 * What a codec of the product reads is written down as neutral JSON and
 * compared with what the vector says. Elements that the product skips on
 * purpose (extensions of TS 29.002) are dumped by a small reader of our own,
 * vectors_asn1.c; every element that has a place in a struct of the product
 * is taken from there.
 */

#ifndef VECTORS_H
#define VECTORS_H

#include <jansson.h>

#include "map_addr.h"

enum { VEC_OCTETS = 8192 };

/* One line of a file. */
struct vec {
    const char *id, *layer, *kind;
    json_t *line; /* all of it */
    bool canonical;
    size_t len;
    uint8_t octet[VEC_OCTETS]; /* its "hex" */
    unsigned reencoded;        /* comparisons of written octets, all lines */
    char why[400];             /* what was wrong */
};

/* Sets v->why; always false, so that it can be returned. */
bool vec_fail(struct vec *v, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* vectors_json.c */
json_t *vec_hex(const void *p, size_t n);
/* Octets of a string of hexadecimal digits, -1: it is none or too long. */
int vec_unhex(const char *hex, uint8_t *out, size_t size);
const char *vec_str(const json_t *o, const char *key); /* "" if absent */
int vec_int(const json_t *o, const char *key, int otherwise);
/*
 * `got' must say all that `want' says and no more; keys that are remarks of
 * the vectors' makers are not compared.
 */
bool vec_same(struct vec *v, const json_t *want, const json_t *got);
/* `want' may be silent about things, and a list may stand for a choice. */
bool vec_has(struct vec *v, const json_t *want, const json_t *got);
/* v->canonical: `w' must hold these octets. */
bool vec_written(struct vec *v, const struct wr *w, const uint8_t *p, size_t n);

/* Readers to JSON; NULL and v->why: they refuse it. */
json_t *vec_sccp_json(struct vec *v, const uint8_t *p, size_t n);
json_t *vec_tcap_json(struct vec *v, const uint8_t *p, size_t n,
                      const json_t *want, int version);
json_t *vec_tpdu_json(struct vec *v, const uint8_t *p, size_t n); /* MT */
/* Whatever `want' says that it is, either direction. */
json_t *vec_tpdu_typed_json(struct vec *v, const json_t *want, const uint8_t *p,
                            size_t n);

struct vec_map {
    const char *component; /* invoke, result, error */
    int code;              /* operation or error */
    int version;
};
json_t *vec_map_json(struct vec *v, const struct vec_map *m, struct rd param);
json_t *vec_dialogue_json(struct vec *v, struct rd pdu);
json_t *vec_addr(const struct map_addr *a);
/* The product's reader alone: does it refuse the parameter? */
bool vec_map_refused(struct vec *v, const struct vec_map *m, struct rd param);
const char *vec_map_name(const struct vec_map *m); /* NULL: not known */

/* vectors_asn1.c: all elements of a parameter, as its ASN.1 names them. */
json_t *vec_asn1(struct vec *v, const struct vec_map *m, struct rd param);
/* The first ExtensionContainer among these elements, or NULL. */
json_t *vec_extension(struct rd body);
/* The same elements with the shortest definite lengths. False: no BER. */
bool vec_ber_shortest(struct wr *w, struct rd r);
json_t *vec_oid(const uint8_t *p, size_t n);

/* One line each; false and v->why. */
bool vec_sccp(struct vec *v);
bool vec_tcap(struct vec *v);
bool vec_map(struct vec *v);
bool vec_dialogue(struct vec *v);
bool vec_tpdu(struct vec *v);
bool vec_tpdu_refused(struct vec *v); /* does its reader refuse it? */
bool vec_full(struct vec *v);
bool vec_negative(struct vec *v);
bool vec_scenario(struct vec *v);

/* A message of a recorded session: all its layers must be read. */
bool vec_session(struct vec *v, const char *text);

#endif
