/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_so.c - the shared object of a plug-in
 */

#include "plug_so.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum { NAME_OCTETS = 31 };

/* The shortest structure that a plug-in of this MAJOR can have: that of 1.0. */
static const uint32_t least =
    offsetof(struct plug, on_tick) + sizeof(((struct plug *)NULL)->on_tick);

static bool is_printable(const char *s)
{
    size_t n = 0;

    if (s == NULL)
        return false;
    for (; s[n] != '\0'; n++)
        if (n == NAME_OCTETS || !isgraph((unsigned char)s[n]))
            return false;
    return n > 0;
}

static bool is_ours(const struct plug *p, char *why, size_t why_len)
{
    if (p->abi_major != PLUG_ABI_MAJOR)
        snprintf(why, why_len,
                 "it was built for version %u.%u of sigtran-plugin.h, this is "
                 "%u.%u: build it again",
                 p->abi_major, p->abi_minor, PLUG_ABI_MAJOR, PLUG_ABI_MINOR);
    else if (p->abi_minor > PLUG_ABI_MINOR)
        snprintf(why, why_len,
                 "it needs version %u.%u of sigtran-plugin.h, this is %u.%u",
                 p->abi_major, p->abi_minor, PLUG_ABI_MAJOR, PLUG_ABI_MINOR);
    else if (p->size < least || p->size > sizeof(*p) ||
             (p->abi_minor == PLUG_ABI_MINOR && p->size != sizeof(*p)))
        snprintf(why, why_len,
                 "its sigtran_plugin has %u octets, which no version %u.%u has",
                 p->size, p->abi_major, p->abi_minor);
    else
        return true;
    return false;
}

bool plug_so_load(const char *path, struct plug *plug, char *why,
                  size_t why_len)
{
    const struct plug *p;
    void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (so == NULL) {
        snprintf(why, why_len, "it cannot be loaded: %s", dlerror());
        return false;
    }
    p = dlsym(so, "sigtran_plugin");
    if (p == NULL) {
        snprintf(why, why_len,
                 "it is not a plug-in: there is no symbol sigtran_plugin");
        return false;
    }
    if (!is_ours(p, why, why_len))
        return false;
    memset(plug, 0, sizeof(*plug));
    memcpy(plug, p, p->size);
    if (!is_printable(plug->name) || !is_printable(plug->version)) {
        snprintf(why, why_len,
                 "its name and version must be words of at most %d octets",
                 NAME_OCTETS);
        return false;
    }
    if (plug->open == NULL || plug->close == NULL) {
        snprintf(why, why_len, "it has no open() or no close()");
        return false;
    }
    return true;
}

bool plug_so_has_key(const struct plug *plug, const char *key)
{
    for (const char *const *k = plug->keys; k != NULL && *k != NULL; k++)
        if (strcmp(*k, key) == 0)
            return true;
    return false;
}
