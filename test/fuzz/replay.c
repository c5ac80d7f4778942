/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay.c - feed files to a fuzz target, without a fuzzer
 *
 * usage: fuzz_NAME FILE...
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    static uint8_t buf[1 << 16];

    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");

        if (f == NULL) {
            perror(argv[i]);
            return 1;
        }
        LLVMFuzzerTestOneInput(buf, fread(buf, 1, sizeof(buf), f));
        fclose(f);
    }
    return 0;
}
