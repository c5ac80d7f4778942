/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_map.c - an SMSC for tests, demonstrations and load
 *
 * What a remote SMSC does to us: asks with SRI-SM where a number is and sends
 * the message there, over M3UA of its own and the product's SCCP, TCAP and
 * MAP codecs from their other side. --help tells all it can do.
 */

#include "drive_map.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
    stopped = 1;
    signal(sig, SIG_DFL); /* the second one ends it at once */
}

bool drive_stopped(void)
{
    return stopped != 0;
}

struct sccp_addr drive_called(const struct drive_conf *c, const char *digits,
                              uint8_t ssn)
{
    struct sccp_addr a = sccp_addr_e164(digits, ssn);

    a.gt.tt = c->tt;
    a.gt.np = c->np;
    a.gt.nai = c->nai;
    if (c->route_on_ssn) {
        a.on_ssn = true;
        a.has_pc = true;
        a.pc = (uint16_t)c->stack.dpc;
    }
    a.wire_len = 0;
    return a;
}

struct sccp_addr drive_sri_to(const struct drive_conf *c, const char *msisdn)
{
    return drive_called(c, c->hlr_gt ? c->hlr_gt : msisdn, c->hlr_ssn);
}

static void set_address(struct map_addr *a, uint8_t nai_npi, const char *digits)
{
    a->nai_npi = nai_npi;
    snprintf(a->digits, sizeof(a->digits), "%s", digits);
}

/* As an HLR, or a node that takes messages, is told it. */
static void set_sc(const struct drive_conf *c, uint64_t n, bool hlr,
                   struct map_addr *a)
{
    char sc[DRIVE_DIGITS + 1];

    drive_sc(c, n, sc);
    set_address(a, c->sc_nai, hlr && c->sri_sc != NULL ? c->sri_sc : sc);
}

void drive_sri_arg(const struct drive_conf *c, uint64_t n, const char *msisdn,
                   struct map_sri_sm_arg *arg)
{
    arg->priority = c->priority;
    arg->gprs_support = c->gprs;
    arg->delivery_not_intended = c->not_intended;
    arg->not_intended = c->not_intended_value;
    set_address(&arg->msisdn, c->number_nai, msisdn);
    set_sc(c, n, true, &arg->sc_addr);
}

void drive_report_arg(const struct drive_conf *c, uint64_t n,
                      const char *msisdn, struct map_status_arg *arg)
{
    *arg = (struct map_status_arg){ .has_outcome = true,
                                    .outcome = (uint8_t)c->outcome,
                                    .diagnostic = -1 };
    set_address(&arg->msisdn, c->number_nai, msisdn);
    set_sc(c, n, true, &arg->sc_addr);
}

void drive_fsm_later(struct map_mt_sm_arg *arg)
{
    arg->da = MAP_DA_NONE;
    arg->oa = MAP_OA_NONE;
}

void drive_fsm_arg(const struct drive_conf *c, uint64_t n, const char *imsi,
                   const struct text_part *part, bool more,
                   struct map_mt_sm_arg *arg)
{
    arg->da = MAP_DA_IMSI;
    arg->oa = MAP_OA_SERVICE_CENTRE;
    snprintf(arg->imsi, sizeof(arg->imsi), "%.*s", MAP_IMSI_DIGITS, imsi);
    set_sc(c, n, false, &arg->oa_addr);
    arg->more = more;
    arg->delivery_timer_s = c->delivery_timer_s;
    arg->tpdu_len = part->len;
    memcpy(arg->tpdu, part->tpdu, part->len);
}

static void on_active(void *ctx, unsigned conn, bool active)
{
    struct drive *d = ctx;

    out_line(&d->out, "association %u is %s", conn + 1,
             active ? "active" : "not active any more");
    out_event(&d->out, &(struct out_event){
                           .ev = active ? "link-up" : "link-down",
                           .error = -1,
                           .cause = -1,
                           .part = (int)conn + 1,
                           .us = -1,
                       });
}

static void on_note(void *ctx, unsigned conn, bool trouble, const char *line)
{
    struct drive *d = ctx;

    out_line(&d->out, "association %u: %s", conn + 1, line);
    if (trouble && (d->out.quiet || d->out.json == stdout))
        fprintf(stderr, "drive_map: association %u: %s\n", conn + 1, line);
    out_event(&d->out, &(struct out_event){
                           .ev = "note",
                           .error = -1,
                           .cause = -1,
                           .us = -1,
                           .detail = line,
                       });
}

static const struct stack_ops told = { .active = on_active, .note = on_note };

static void on_answer(void *ctx, void *user, const struct smsc_answer *a)
{
    struct drive *d = ctx;

    d->answered(d->ctx, user, a);
}

static void on_alert(void *ctx, const struct map_alert_arg *arg,
                     uint8_t version)
{
    struct drive *d = ctx;
    char line[160];

    d->alerts++;
    snprintf(line, sizeof(line),
             "\"msisdn\":\"%s\",\"sc\":\"%s\",\"version\":%u",
             arg->msisdn.digits, arg->sc_addr.digits, version);
    out_json(&d->out, "alert", line);
    out_line(&d->out, "%s alert v%u, for %s", arg->msisdn.digits, version,
             arg->sc_addr.digits);
}

/* Until an association is active; false: in vain. */
static bool wait_for_link(struct drive *d)
{
    uint64_t end = stack_now_us() + d->conf.connect_ms * UINT64_C(1000);

    while (!stack_ready(d->stack) && stack_now_us() < end && !drive_stopped())
        stack_turn(d->stack, 50);
    if (stack_ready(d->stack))
        return true;
    fprintf(stderr, "drive_map: no association became active in %u ms\n",
            d->conf.connect_ms);
    return false;
}

static int start(struct drive *d)
{
    d->smsc = smsc_new(&d->conf.smsc, on_answer, on_alert, d);
    if (d->smsc == NULL)
        return -1;
    d->stack = stack_new(&d->conf.stack, &smsc_sccp_user, d->smsc, &told, d);
    if (d->stack == NULL)
        return -1;
    smsc_attach(d->smsc, d->stack);
    return stack_start(d->stack);
}

int main(int argc, char **argv)
{
    static struct drive d;
    int status = 2;

    if (drive_conf_read(&d.conf, argc, argv, &status) < 0)
        return status;
    if (out_open(&d.out, d.conf.json, d.conf.quiet) < 0)
        return 2;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    if (start(&d) == 0 && wait_for_link(&d))
        status = d.conf.load > 0 ? drive_load(&d) : drive_run(&d);
    else
        status = 2;
    if (d.stack != NULL)
        stack_stop(d.stack);
    stack_free(d.stack);
    smsc_free(d.smsc);
    out_close(&d.out);
    return status;
}
