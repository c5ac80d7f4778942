/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_pcap.h - a capture file of MTP level 3 messages
 *
 * Link type 141 (MTP3): service information octet, routing label of ITU
 * networks, user data. What tshark reads without being told anything.
 */

#ifndef DRIVE_PCAP_H
#define DRIVE_PCAP_H

#include <stdio.h>

#include "mtp.h"

/* NULL, and errno. */
FILE *pcap_open(const char *path);
void pcap_write(FILE *f, const struct mtp_transfer *t);

#endif
