/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pending.h - message id -> the dialogue that waits for its verdict
 *
 * A slab of fixed size. An id is generation << 32 | slot: an answer that
 * comes after its message was settled finds another generation and misses.
 * Ids are never 0. SS7 thread only.
 */

#ifndef PENDING_H
#define PENDING_H

#include <stddef.h>
#include <stdint.h>

struct pending;

struct pending *pending_new(uint32_t slots);
void pending_free(struct pending *p);

/* A new id for `owner'; 0: all slots are taken. */
uint64_t pending_add(struct pending *p, void *owner);

/* The owner, or NULL if the id is stale. */
void *pending_find(const struct pending *p, uint64_t id);

/* Forget the id; a stale one is ignored. */
void pending_del(struct pending *p, uint64_t id);

uint32_t pending_count(const struct pending *p);

#endif
