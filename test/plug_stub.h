/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_stub.h - a host for the test of one plug-in, without the box
 *
 * The plug-in is loaded as the box does it, its hooks are called by the test
 * in the test's thread, and what it does through struct plug_host is recorded.
 * resume() may come from other threads. The shared object is plugins/NAME.so of
 * the working directory, or of what PLUGINS in the environment names.
 */

#ifndef PLUG_STUB_H
#define PLUG_STUB_H

#include "gw/plug_msg.h"

struct stub;

/*
 * Load NAME.so and open it with these keys, each a
 * "key=value", NULL at the end. NULL and why[] (if not NULL): it refused.
 */
struct stub *stub_open(const char *name, const char *const *keys, char *why,
                       size_t why_len);
/* The same as sigtran-box --check does it: opened with `check', closed. */
bool stub_check(const char *name, const char *const *keys, char *why,
                size_t why_len);
void stub_close(struct stub *s);

/* A message with its fields: FIELD, text, .. , -1 */
struct plug_msg *stub_msg(int field, const char *text, ...);

/* The hooks; m stays the test's and may be looked at afterwards. What is held
 * and was changed by set_held() is changed in it; so it must be there until
 * stub_wait() or stub_close(). */
enum plug_verdict stub_sri(struct stub *s, struct plug_msg *m);
enum plug_verdict stub_sms(struct stub *s, struct plug_msg *m);
void stub_done(struct stub *s, const char *id, enum plug_verdict v);
void stub_cdr(struct stub *s, const struct plug_cdr *cdr);
void stub_reload(struct stub *s);
void stub_tick(struct stub *s);

/* Wait for resume() of this message; PLUG_HOLD: it did not come. */
enum plug_verdict stub_wait(struct stub *s, const struct plug_msg *m,
                            int wait_ms);

uint64_t stub_counter(struct stub *s, const char *name);
bool stub_logged(struct stub *s, const char *text); /* is it in any line? */

/* An empty record with texts "", to be filled in. */
struct plug_cdr stub_record(enum plug_cdr_kind kind);

#endif
