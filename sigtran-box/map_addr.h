/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_addr.h - MAP address strings, IMSI, and the number plan of a network
 *
 * TS 29.002 17.7.8 (MAP-CommonDataTypes). An address keeps its octets, so
 * that what came can be sent back; digits are what people and tables use.
 */

#ifndef MAP_ADDR_H
#define MAP_ADDR_H

#include "octets.h"

enum { MAP_ADDR_DIGITS = 38 }; /* AddressString: 20 octets */
enum { MAP_IMSI_DIGITS = 16 };
enum { MAP_E164_INTERNATIONAL = 0x91 }; /* nature and plan of a number */

enum map_noa {
    MAP_NOA_UNKNOWN = 0,
    MAP_NOA_INTERNATIONAL = 1,
    MAP_NOA_NATIONAL = 2
};

/* AddressString: one octet of nature and plan, then TBCD digits. */
struct map_addr {
    uint8_t nai_npi; /* as on the wire: 0x91 international, E.164 */
    char digits[MAP_ADDR_DIGITS + 1]; /* "0".."9", "*#abc", NUL */
};

/* nature of address of nai_npi, enum map_noa or another */
uint8_t map_addr_noa(const struct map_addr *a);

/* All of `r' is one AddressString, 1 to 20 octets. */
void map_addr_read(struct rd *r, struct map_addr *a);
void map_addr_write(struct wr *w, uint32_t tag, const struct map_addr *a);

/* All of `r' is TBCD, 3 to 8 octets; digits get a NUL. */
void map_imsi_read(struct rd *r, char digits[MAP_IMSI_DIGITS + 1]);
void map_imsi_write(struct wr *w, uint32_t tag, const char *digits);

/* How numbers are dialled in a network. */
struct num_plan {
    char cc[4];   /* country code, "44" */
    char intl[6]; /* international prefix, "00" */
    char natl[4]; /* national (trunk) prefix, "0"; may be "" */
};

enum { NUM_MAX = 20 }; /* digits of an international number we keep */

/*
 * Digits of the international number, without "+", of `digits' with nature
 * `noa': international as is, national behind the country code, any other by
 * its prefix: international prefix, else national prefix, else it is taken
 * for international. A leading "+" says international whatever `noa' is.
 * False, and out "", if there is a letter, nothing, or too much.
 */
bool num_international(const struct num_plan *p, uint8_t noa,
                       const char *digits, char out[NUM_MAX + 1]);

#endif
