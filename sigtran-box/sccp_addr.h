/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_addr.h - called and calling party addresses (Q.713 3.4, 3.5)
 *
 * An address read from the wire keeps its octets beside its meaning, so that
 * an answer can go to exactly the address the question came from. Who changes
 * a field sets wire_len to 0; the writer then encodes the fields.
 */

#ifndef SCCP_ADDR_H
#define SCCP_ADDR_H

#include "octets.h"

enum { SCCP_GT_DIGITS = 32 };   /* longer ones are refused */
enum { SCCP_ADDR_OCTETS = 24 }; /* indicator to last digit */

enum sccp_ssn {
    SCCP_SSN_MANAGEMENT = 1,
    SCCP_SSN_HLR = 6,
    SCCP_SSN_VLR = 7,
    SCCP_SSN_MSC = 8,
};

/* A global title; which fields count is told by `gti' (Q.713 3.4.2.3). */
struct sccp_gt {
    uint8_t gti; /* 0: there is none; 1: nai; 2: tt; 3: tt np es; 4: all */
    uint8_t tt;  /* translation type */
    uint8_t np;  /* numbering plan: 1 E.164, 6 E.212, 7 E.214 */
    uint8_t es;  /* encoding scheme: 1 odd BCD, 2 even BCD */
    uint8_t nai; /* nature of address: 3 national, 4 international */
    char digits[SCCP_GT_DIGITS + 1]; /* ASCII "0".."9" "a".."f", NUL */
};

struct sccp_addr {
    bool on_ssn;   /* routing indicator: on SSN; else on global title */
    bool national; /* indicator bit 8 */
    bool has_pc, has_ssn;
    uint16_t pc; /* 14 bit */
    uint8_t ssn;
    struct sccp_gt gt;
    uint8_t wire_len; /* 0: encode the fields */
    uint8_t wire[SCCP_ADDR_OCTETS];
};

/* All of `r' is one address, without its length octet. */
void sccp_addr_read(struct rd *r, struct sccp_addr *a);

/* Write the length octet and the address. */
void sccp_addr_write(struct wr *w, const struct sccp_addr *a);

/* An E.164 international address routed on GT: GTI 4, TT 0, NP 1, NAI 4. */
struct sccp_addr sccp_addr_e164(const char *digits, uint8_t ssn);

/* For log lines: "GT 447700900123 SSN 6", "PC 3-8-1 SSN 8". Returns buf. */
const char *sccp_addr_str(const struct sccp_addr *a, char *buf, size_t size);

/* Same routing, point code, SSN and global title, whatever the octets. */
bool sccp_addr_equal(const struct sccp_addr *a, const struct sccp_addr *b);

#endif
