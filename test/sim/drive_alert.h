/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_alert.h - alerts that an HLR sends to our SMSC, taken and answered
 */

#ifndef DRIVE_ALERT_H
#define DRIVE_ALERT_H

#include "drive_smsc.h"
#include "map_alert.h"
#include "tcap_msg.h"

/*
 * A Begin for the SMSC. True: it was an alert that we know, *arg says of whom,
 * and *version is its own. It was answered as the configuration has it.
 */
bool alert_take(const struct alert_conf *conf, struct stack *s,
                const struct sccp_ind *ind, struct tcap_msg *msg,
                struct map_alert_arg *arg, uint8_t *version);

#endif
