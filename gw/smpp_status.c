/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_status.c - command_status, and what it means for a message
 */

#include "smpp_status.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * For good is what says that this message will never be taken: its address,
 * its coding, its length, or the application's own permanent refusal.
 */
static const struct known {
    uint32_t status;
    enum verdict verdict;
    const char *name;
} known[] = {
    { SMPP_ROK, VERDICT_OK, "ESME_ROK" },
    { SMPP_RINVMSGLEN, VERDICT_PERMFAIL, "ESME_RINVMSGLEN" },
    { SMPP_RINVCMDLEN, VERDICT_TEMPFAIL, "ESME_RINVCMDLEN" },
    { SMPP_RINVCMDID, VERDICT_TEMPFAIL, "ESME_RINVCMDID" },
    { SMPP_RINVBNDSTS, VERDICT_TEMPFAIL, "ESME_RINVBNDSTS" },
    { SMPP_RALYBND, VERDICT_TEMPFAIL, "ESME_RALYBND" },
    { SMPP_RINVREGDLVFLG, VERDICT_TEMPFAIL, "ESME_RINVREGDLVFLG" },
    { SMPP_RSYSERR, VERDICT_TEMPFAIL, "ESME_RSYSERR" },
    { SMPP_RINVSRCADR, VERDICT_PERMFAIL, "ESME_RINVSRCADR" },
    { SMPP_RINVDSTADR, VERDICT_PERMFAIL, "ESME_RINVDSTADR" },
    { SMPP_RBINDFAIL, VERDICT_TEMPFAIL, "ESME_RBINDFAIL" },
    { SMPP_RINVPASWD, VERDICT_TEMPFAIL, "ESME_RINVPASWD" },
    { SMPP_RINVSYSID, VERDICT_TEMPFAIL, "ESME_RINVSYSID" },
    { SMPP_RMSGQFUL, VERDICT_TEMPFAIL, "ESME_RMSGQFUL" },
    { SMPP_RINVSERTYP, VERDICT_TEMPFAIL, "ESME_RINVSERTYP" },
    { SMPP_RINVESMCLASS, VERDICT_PERMFAIL, "ESME_RINVESMCLASS" },
    { SMPP_RSUBMITFAIL, VERDICT_TEMPFAIL, "ESME_RSUBMITFAIL" },
    { SMPP_RINVSRCTON, VERDICT_PERMFAIL, "ESME_RINVSRCTON" },
    { SMPP_RINVSRCNPI, VERDICT_PERMFAIL, "ESME_RINVSRCNPI" },
    { SMPP_RINVDSTTON, VERDICT_PERMFAIL, "ESME_RINVDSTTON" },
    { SMPP_RINVDSTNPI, VERDICT_PERMFAIL, "ESME_RINVDSTNPI" },
    { SMPP_RINVSYSTYP, VERDICT_TEMPFAIL, "ESME_RINVSYSTYP" },
    { SMPP_RTHROTTLED, VERDICT_TEMPFAIL, "ESME_RTHROTTLED" },
    { SMPP_RINVSCHED, VERDICT_TEMPFAIL, "ESME_RINVSCHED" },
    { SMPP_RINVEXPIRY, VERDICT_TEMPFAIL, "ESME_RINVEXPIRY" },
    { SMPP_RX_T_APPN, VERDICT_TEMPFAIL, "ESME_RX_T_APPN" },
    { SMPP_RX_P_APPN, VERDICT_PERMFAIL, "ESME_RX_P_APPN" },
    { SMPP_RX_R_APPN, VERDICT_PERMFAIL, "ESME_RX_R_APPN" },
    { SMPP_RINVOPTPARSTREAM, VERDICT_TEMPFAIL, "ESME_RINVOPTPARSTREAM" },
    { SMPP_RINVPARLEN, VERDICT_TEMPFAIL, "ESME_RINVPARLEN" },
    { SMPP_RUNKNOWNERR, VERDICT_TEMPFAIL, "ESME_RUNKNOWNERR" },
    { SMPP_RINVDCS, VERDICT_PERMFAIL, "ESME_RINVDCS" },
};

enum { KNOWN = sizeof(known) / sizeof(known[0]) };

static const struct known *find(uint32_t status)
{
    for (int i = 0; i < KNOWN; i++)
        if (known[i].status == status)
            return &known[i];
    return NULL;
}

enum verdict smpp_verdict(const struct smpp_rules *rules, uint32_t status)
{
    const struct known *k;

    for (unsigned i = 0; i < rules->n; i++)
        if (rules->rule[i].status == status)
            return rules->rule[i].verdict;
    k = find(status);
    return k != NULL ? k->verdict : VERDICT_TEMPFAIL;
}

const char *smpp_status_str(uint32_t status)
{
    const struct known *k = find(status);

    return k != NULL ? k->name : "";
}

bool smpp_status_read(const char *text, uint32_t *status)
{
    enum { PREFIX = sizeof("ESME_") - 1 };
    unsigned long n;
    char *end;

    for (int i = 0; i < KNOWN; i++) {
        if (strcasecmp(known[i].name, text) == 0 ||
            strcasecmp(known[i].name + PREFIX, text) == 0) {
            *status = known[i].status;
            return true;
        }
    }
    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    n = strtoul(text, &end, 0);
    if (errno != 0 || *end != '\0' || n > UINT32_MAX)
        return false;
    *status = (uint32_t)n;
    return true;
}

static bool verdict_read(const char *text, enum verdict *v)
{
    static const char *const word[] = {
        [VERDICT_OK] = "ok",
        [VERDICT_TEMPFAIL] = "temporary",
        [VERDICT_PERMFAIL] = "permanent",
    };

    for (unsigned i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
        if (strcmp(word[i], text) == 0) {
            *v = (enum verdict)i;
            return true;
        }
    }
    return false;
}

const char *smpp_rules_read(const char *text, struct smpp_rules *rules)
{
    char copy[1024], status[32], verdict[16], *save = NULL, *part;
    struct smpp_rule *r;

    if (strlen(text) >= sizeof(copy))
        return "is too long";
    strcpy(copy, text);
    rules->n = 0;
    for (part = strtok_r(copy, ";", &save); part != NULL;
         part = strtok_r(NULL, ";", &save)) {
        if (rules->n == SMPP_RULES)
            return "may name at most 32 statuses";
        r = &rules->rule[rules->n++];
        if (sscanf(part, " %31[^ =] = %15[a-z]", status, verdict) != 2)
            return "must be STATUS=VERDICT, \";\" between";
        if (!smpp_status_read(status, &r->status))
            return "has a status that is no name or number";
        if (!verdict_read(verdict, &r->verdict))
            return "has a verdict that is not ok, temporary or permanent";
        if (r->status == SMPP_ROK && r->verdict != VERDICT_OK)
            return "cannot make a failure of status 0";
    }
    return NULL;
}
