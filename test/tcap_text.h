/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcap_text.h - TCAP messages as tests write and read them
 *
 * Written: hexadecimal digits, and after a tag its content in parentheses;
 * the length is put in between. Blanks are for people.
 *
 *     "62( 48(11223344) 6c( a1( 02(01) 02(2d) 30(...) ) ) )"
 *
 * Read: one line of words, see tcap_text().
 */

#ifndef TCAP_TEXT_H
#define TCAP_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Octets written to `out'; they must fit. */
size_t tcap_octets(const char *text, uint8_t *out, size_t size);

/*
 * "end aare0 result1", "abort p1", "abort aare1/user2=1403", "continue aare0",
 * "abort abrt0/a5:0", "end error1:34", "end reject-:80/0"; at
 * most `size' octets with the NUL. Returns `out'.
 */
const char *tcap_text(const uint8_t *p, size_t n, char *out, size_t size);

#endif
