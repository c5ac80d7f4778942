/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smppbox_follow.c - the accounts of the register, as they are now
 */

#include "smppbox_follow.h"

#include <gwlib/gwlib.h>
#include <stdatomic.h>
#include <string.h>

enum { LOOK_S = 1 };

static struct smppbox_conf *conf;
static struct smpp_inbox *inbox;
static bool (*begin_box)(uint8_t no);
static long thread = -1;
static atomic_bool stop;
static struct reg *reg;
static bool sure; /* the database answered the last time */
static bool told; /* that it did not */
static bool read_once;
static int64_t seen; /* changes */

/* Accounts while they are read. */
struct reading {
    struct smpp_acct_conf *acct;
    unsigned n, wrong;
};

static void tell(void *ctx, const char *line)
{
    error(0, "Account <%s>: %s", (const char *)ctx, line);
}

/* The connection to the box server that it names. */
static bool find_box(struct smpp_acct_conf *a)
{
    unsigned before = conf->n_boxes;
    int no = smppbox_conf_box(conf, a->box_id);

    if (no < 0) {
        error(0, "Account <%s>: smsbox-id is one too many, %d may be used.",
              a->system_id, SMPP_BOXES);
        return false;
    }
    if (conf->n_boxes > before && !begin_box((uint8_t)no)) {
        conf->n_boxes--;
        return false;
    }
    a->box = (uint8_t)no;
    return true;
}

static bool take_account(void *ctx, const struct reg_smpp *row)
{
    struct reading *r = ctx;
    struct smpp_acct_conf *a = &r->acct[r->n];
    char id[REG_SMPP_ID_MAX + 1];

    memcpy(id, row->system_id, sizeof(id));
    if (r->n == SMPP_ACCOUNTS) {
        error(0,
              "Account <%s> and those behind it are too many, %d may be "
              "used.",
              id, SMPP_ACCOUNTS);
        r->wrong++;
        return false;
    }
    if (smppbox_acct_row(row, &conf->tags, conf->client[0].boxc_id, a, tell,
                         id) &&
        find_box(a))
        r->n++;
    else
        r->wrong++;
    return true;
}

static void put(enum smpp_item_kind kind, bool yes, const void *p, size_t n)
{
    const struct smpp_item item = { .kind = kind,
                                    .yes = yes,
                                    .n = (uint32_t)n };

    smpp_inbox_put(inbox, &item, p);
    smpp_inbox_wake(inbox);
}

static enum db_rc read_all(void)
{
    struct reading r = { .n = 0 };
    enum db_rc rc;

    r.acct = gw_malloc(SMPP_ACCOUNTS * sizeof(*r.acct));
    rc = reg_smpp_list(reg, "", take_account, &r);
    if (rc == DB_OK) {
        put(SMPP_ITEM_ACCOUNTS, true, r.acct, r.n * sizeof(*r.acct));
        info(0, "The register has %u accounts; %u more cannot be used.", r.n,
             r.wrong);
    }
    gw_free(r.acct);
    return rc;
}

static void close_it(void)
{
    reg_free(reg);
    reg = NULL;
}

/* False, and why: the database is away. */
static bool look(char *why, size_t size)
{
    struct db *db;
    int64_t count;
    enum db_rc rc;

    if (reg == NULL) {
        if (db_try_open(&conf->db, false, &db, why, size) != DB_OK)
            return false;
        reg = reg_new(db, why, size);
        if (reg == NULL)
            return false;
    }
    rc = reg_smpp_changes(reg, &count);
    if (rc == DB_OK && (!read_once || count != seen)) {
        rc = read_all();
        if (rc == DB_OK) {
            read_once = true;
            seen = count;
        }
    }
    if (rc == DB_OK)
        return true;
    snprintf(why, size, "%s", reg_why(reg));
    if (rc == DB_FAILED)
        close_it();
    return false;
}

static void turn(void)
{
    char why[500];
    bool is = look(why, sizeof(why));

    if (is && !sure)
        info(0, "Accounts: the register can be read.");
    else if (!is && (sure || !told))
        warning(0,
                "Accounts: those that are known go on, others are refused "
                "for now: %s",
                why);
    told = !is;
    if (is != sure)
        put(SMPP_ITEM_SURE, is, NULL, 0);
    sure = is;
}

static void run(void *arg)
{
    (void)arg;
    while (!atomic_load(&stop)) {
        turn();
        if (!atomic_load(&stop))
            gwthread_sleep(LOOK_S);
    }
    close_it();
}

int smppbox_follow_start(struct smppbox_conf *c, struct smpp_inbox *to,
                         bool (*begin)(uint8_t no))
{
    conf = c;
    inbox = to;
    begin_box = begin;
    atomic_store(&stop, false);
    sure = told = read_once = false;
    thread = gwthread_create(run, NULL);
    return thread == -1 ? -1 : 0;
}

void smppbox_follow_stop(void)
{
    if (thread == -1)
        return;
    atomic_store(&stop, true);
    gwthread_wakeup(thread);
    gwthread_join(thread);
    thread = -1;
}
