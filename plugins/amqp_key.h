/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp_key.h - routing keys made of a message: "sms.%r.%P"
 *
 * A field becomes one word of the key: letters, digits, "-" and "_" stay, the
 * "+" of a number goes, all else, dots too, becomes "_". An empty field is "-".
 */

#ifndef AMQP_KEY_H
#define AMQP_KEY_H

#include <stdbool.h>
#include <stddef.h>

enum { AMQP_KEY_SIZE = 256 }; /* a short string of AMQP, and a NUL */

/* Has it no other escapes than these letters, and "%%"? */
bool amqp_key_valid(const char *template, const char *letters);

/* `value' tells what stands for a letter. What is too long is cut. */
void amqp_key_make(char out[AMQP_KEY_SIZE], const char *template,
                   const char *(*value)(const void *of, char letter,
                                        size_t *len),
                   const void *of);

#endif
