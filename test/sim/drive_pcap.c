/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_pcap.c - a capture file of MTP level 3 messages
 */

#include "drive_pcap.h"

#include <time.h>

enum { LINKTYPE_MTP3 = 141, LABEL = 5 };

struct file_header {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zone, accuracy, longest, linktype;
};

struct packet_header {
    uint32_t seconds, microseconds, captured, length;
};

FILE *pcap_open(const char *path)
{
    const struct file_header h = {
        .magic = 0xa1b2c3d4,
        .major = 2,
        .minor = 4,
        .longest = 65535,
        .linktype = LINKTYPE_MTP3,
    };
    FILE *f = fopen(path, "wb");

    if (f != NULL)
        fwrite(&h, sizeof(h), 1, f);
    return f;
}

void pcap_write(FILE *f, const struct mtp_transfer *t)
{
    /* Q.704 2.2: 14 bits DPC, 14 bits OPC, 4 bits SLS, low octet first */
    uint32_t label = (t->dpc & 0x3fff) | (t->opc & 0x3fff) << 14 |
                     (uint32_t)(t->sls & 0xf) << 28;
    const uint8_t octet[LABEL] = {
        (uint8_t)(t->ni << 6 | (t->mp & 3) << 4 | (t->si & 0xf)),
        (uint8_t)label,
        (uint8_t)(label >> 8),
        (uint8_t)(label >> 16),
        (uint8_t)(label >> 24),
    };
    struct timespec now;
    struct packet_header h;

    clock_gettime(CLOCK_REALTIME, &now);
    h = (struct packet_header){
        .seconds = (uint32_t)now.tv_sec,
        .microseconds = (uint32_t)(now.tv_nsec / 1000),
        .captured = LABEL + (uint32_t)t->len,
        .length = LABEL + (uint32_t)t->len,
    };
    fwrite(&h, sizeof(h), 1, f);
    fwrite(octet, sizeof(octet), 1, f);
    fwrite(t->data, t->len, 1, f);
}
