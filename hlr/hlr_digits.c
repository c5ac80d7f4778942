/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_digits.c - digits of numbers and IMSIs, packed into 64 bits
 */

#include "hlr_table_in.h"

const uint64_t hlr_power[HLR_MSISDN_MAX + 1] = {
    1ull,
    10ull,
    100ull,
    1000ull,
    10000ull,
    100000ull,
    1000000ull,
    10000000ull,
    100000000ull,
    1000000000ull,
    10000000000ull,
    100000000000ull,
    1000000000000ull,
    10000000000000ull,
    100000000000000ull,
    1000000000000000ull,
};

uint64_t hlr_pack(const char *digits)
{
    uint64_t n = 1;
    size_t i;

    for (i = 0; digits[i] >= '0' && digits[i] <= '9'; i++) {
        if (i == HLR_MSISDN_MAX)
            return 0;
        n = n * 10 + (uint64_t)(digits[i] - '0');
    }
    return digits[i] == '\0' && i > 0 ? n : 0;
}

unsigned hlr_key_length(uint64_t key)
{
    unsigned n = HLR_MSISDN_MAX;

    while (n > 1 && key < hlr_power[n])
        n--;
    return n;
}

void hlr_unpack(uint64_t key, char out[HLR_MSISDN_MAX + 1])
{
    unsigned n = hlr_key_length(key);

    out[n] = '\0';
    while (n > 0) {
        out[--n] = (char)('0' + key % 10);
        key /= 10;
    }
}
