/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_admin.c - owners, nodes, keys, the schema, and the check of it all
 */

#include "vmnctl.h"

#include "hlr_batch.h"
#include "hlr_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIVE_MS = 5000, WEIGHT_MAX = 1000 };

/* ---- check ---- */

struct checking {
    struct vmnctl *v;
    struct hlr_build *build;
    struct hlr_table *table;
    uint64_t rows, wrong;
};

static bool check_row(void *ctx, const struct hlr_stored *s)
{
    struct checking *c = ctx;
    struct hlr_row row;
    const char *why = NULL, *odd = "", *name, *no;
    char text[40];

    name = vmnctl_odd_name(c->v, s, &why);
    odd = hlr_build_row(c->build, s, &row);
    no = hlr_put(c->table, &row);
    if (name == NULL)
        why = odd != NULL ? odd : no;
    c->rows++;
    if (c->rows % 1000 == 0)
        progress_tell("checking", c->rows, 0);
    if (why == NULL)
        return true;
    progress_end();
    c->wrong++;
    vmnctl_say("%s: %s%s%s%s", hlr_row_str(&s->row, text, sizeof(text)), why,
               name != NULL || s->row.imsi[0] != '\0' ? " <" : "",
               name != NULL ? name : s->row.imsi,
               name != NULL || s->row.imsi[0] != '\0' ? ">" : "");
    return true;
}

/* An import that was broken off has put in a part of its rows. */
static int check_imports(struct vmnctl *v)
{
    struct reg_import_state s;

    if (reg_import_state(v->reg, &s) != DB_OK)
        return vmnctl_failed(v);
    if (!s.merging || s.alive)
        return EXIT_OK;
    vmnctl_say("an import was broken off, %llu of its %llu rows are in the "
               "register: `vmnctl import --resume' or `--abort'",
               (unsigned long long)s.done, (unsigned long long)s.of);
    return EXIT_FAILED;
}

int vmnctl_check(struct vmnctl *v)
{
    static const struct reg_filter all = { .status = 0 };
    struct checking c = { .v = v };
    enum db_rc rc;

    if (check_imports(v) != EXIT_OK)
        return EXIT_FAILED;
    c.build = hlr_build_new(&v->hlr);
    c.table = hlr_table_new(v->hlr.mccmnc, v->hlr.networks, 1000);
    rc = reg_list(v->reg, &all, check_row, &c);
    progress_end();
    if (rc == DB_OK && c.wrong == 0)
        printf("%llu rows, %zu KiB in memory: good%s\n",
               (unsigned long long)c.rows, hlr_table_octets(c.table) / 1024,
               v->named ? ""
                        : " (networks and routes were not checked: no -f)");
    hlr_table_free(c.table);
    hlr_build_free(c.build);
    if (rc != DB_OK)
        return vmnctl_failed(v);
    if (c.wrong == 0)
        return vmnctl_end_output();
    vmnctl_say("%llu of %llu rows cannot be used", (unsigned long long)c.wrong,
               (unsigned long long)c.rows);
    return EXIT_FAILED;
}

/* ---- owners ---- */

int vmnctl_owner_name(struct vmnctl *v)
{
    const char *why =
        row_set_text(v->row.owner, sizeof(v->row.owner), v->arg[0]);

    if (why == NULL && v->arg[0][0] == '\0')
        why = "an owner must have a name";
    return why != NULL ? vmnctl_usage("%s: <%s>", why, v->arg[0]) : 0;
}

int vmnctl_owner_add(struct vmnctl *v)
{
    if (reg_owner_put(v->reg, v->row.owner, v->row.note, v->who) != DB_OK)
        return vmnctl_failed(v);
    return EXIT_OK;
}

static int was_there(const struct vmnctl *v, enum db_rc rc, int64_t n,
                     const char *what)
{
    if (rc != DB_OK)
        return vmnctl_failed(v);
    if (n == 0)
        vmnctl_say("there is no %s <%s>", what, v->arg[0]);
    return n > 0 ? EXIT_OK : EXIT_FAILED;
}

int vmnctl_owner_del(struct vmnctl *v)
{
    int64_t n = 0;
    enum db_rc rc = reg_owner_del(v->reg, v->row.owner, v->who, &n);

    return was_there(v, rc, n, "owner");
}

struct listing {
    const struct vmnctl *v;
    unsigned n;
    char id[REG_NAME_MAX + 1]; /* of the node that is being written */
};

static bool put_owner(void *ctx, uint32_t id, const char *name,
                      const char *note)
{
    struct listing *l = ctx;

    l->n++;
    if (l->v->form != FORM_JSON) {
        printf("%u  %s%s%s\n", (unsigned)id, name, note[0] != '\0' ? "  " : "",
               note);
        return true;
    }
    printf("%s  { \"id\": %u, \"name\": ", l->n == 1 ? "[\n" : ",\n",
           (unsigned)id);
    vmnctl_put_json(name);
    fputs(", \"note\": ", stdout);
    vmnctl_put_json(note);
    fputs(" }", stdout);
    return true;
}

static int end_list(const struct listing *l)
{
    if (l->v->form == FORM_JSON)
        puts(l->n == 0 ? "[]" : "\n]");
    return vmnctl_end_output();
}

int vmnctl_owner_list(struct vmnctl *v)
{
    struct listing l = { .v = v };

    if (reg_owner_list(v->reg, put_owner, &l) != DB_OK)
        return vmnctl_failed(v);
    return end_list(&l);
}

/* ---- nodes ---- */

int vmnctl_node_name(struct vmnctl *v)
{
    char name[REG_NAME_MAX + 1];
    const char *why = row_set_name(name, v->arg[0]);
    size_t n;

    if (why != NULL)
        return vmnctl_usage("%s: <%s>", why, v->arg[0]);
    if (v->args < 2)
        return 0;
    n = strspn(v->arg[1], "0123456789");
    if (n == 0 || n > 4 || v->arg[1][n] != '\0' ||
        strtoul(v->arg[1], NULL, 10) > WEIGHT_MAX)
        return vmnctl_usage("a weight must be a number from 0 to %d: <%s>",
                            WEIGHT_MAX, v->arg[1]);
    return 0;
}

static const char *state_of(const struct reg_node *n)
{
    if (n->beat_age_ms < 0 || n->beat_age_ms >= ALIVE_MS)
        return "dead";
    return n->drain ? "drained" : "alive";
}

static void put_node_text(struct listing *l, const struct reg_node *n)
{
    if (l->n++ == 0)
        printf("%-16s  %-8s  %6s  %-12s  %-10s  %s\n", "NODE", "STATE",
               "WEIGHT", "NETWORK", "POINT-CODE", "MSC-GT");
    printf("%-16s  %-8s  %6u  %-12s  %u-%u-%-6u  %s\n", n->id, state_of(n),
           n->weight, n->network, n->point_code >> 11 & 7,
           n->point_code >> 3 & 0xff, n->point_code & 7, n->msc_gt);
}

/* There is an entry for each network, those of a node side by side. */
static bool put_node(void *ctx, const struct reg_node *n)
{
    struct listing *l = ctx;

    if (l->v->form != FORM_JSON) {
        put_node_text(l, n);
        return true;
    }
    if (l->n == 0 || strcmp(l->id, n->id) != 0) {
        printf("%s\n  { \"id\": \"%s\", \"state\": \"%s\", \"drain\": %s, "
               "\"weight\": %u, \"beat-age-ms\": %lld, \"networks\": [",
               l->n == 0 ? "[" : " ] },", n->id, state_of(n),
               n->drain ? "true" : "false", n->weight,
               (long long)n->beat_age_ms);
        memcpy(l->id, n->id, sizeof(l->id));
        l->n++;
    } else {
        fputs(",", stdout);
    }
    if (n->network[0] != '\0')
        printf(" { \"network\": \"%s\", \"point-code\": %u, "
               "\"msc-gt\": \"%s\" }",
               n->network, n->point_code, n->msc_gt);
    return true;
}

int vmnctl_node_list(struct vmnctl *v)
{
    struct listing l = { .v = v };

    if (reg_node_list(v->reg, put_node, &l) != DB_OK)
        return vmnctl_failed(v);
    if (v->form == FORM_JSON)
        puts(l.n == 0 ? "[]" : " ] }\n]");
    return vmnctl_end_output();
}

int vmnctl_node_drain(struct vmnctl *v)
{
    int64_t n = 0;
    enum db_rc rc = reg_node_drain(v->reg, v->arg[0],
                                   strcmp(v->word, "drain") == 0, v->who, &n);

    return was_there(v, rc, n, "node");
}

int vmnctl_node_weight(struct vmnctl *v)
{
    int64_t n = 0;
    enum db_rc rc = reg_node_weight(
        v->reg, v->arg[0], (uint16_t)strtoul(v->arg[1], NULL, 10), v->who, &n);

    return was_there(v, rc, n, "node");
}

int vmnctl_node_del(struct vmnctl *v)
{
    int64_t n = 0;
    enum db_rc rc = reg_node_del(v->reg, v->arg[0], v->who, &n);

    return was_there(v, rc, n, "node");
}

/* ---- keys ---- */

enum { KEYS = 8 };

int vmnctl_key_roll(struct vmnctl *v)
{
    if (reg_key_roll(v->reg, v->who) != DB_OK)
        return vmnctl_failed(v);
    return EXIT_OK;
}

int vmnctl_key_list(struct vmnctl *v)
{
    struct reg_key key[KEYS];
    char text[ROW_TIME_STR];
    unsigned n;
    enum db_rc rc = reg_key_list(v->reg, key, KEYS, &n);

    for (unsigned i = 0; rc == DB_OK && i < n; i++) {
        row_time_str((uint32_t)(key[i].created_ms / 1000), text);
        if (v->form == FORM_JSON)
            printf("%s\n  { \"id\": %u, \"created\": \"%s\", \"makes\": %s }",
                   i == 0 ? "[" : ",", key[i].id, text,
                   i == 0 ? "true" : "false");
        else
            printf("%u  %s  %s\n", key[i].id, text,
                   i == 0 ? "makes and reads" : "reads");
    }
    if (rc == DB_OK && v->form == FORM_JSON)
        puts("\n]");
    explicit_bzero(key, sizeof(key));
    return rc == DB_OK ? vmnctl_end_output() : vmnctl_failed(v);
}

/* ---- the schema ---- */

static void put_line(void *ctx, const char *line)
{
    (void)ctx;
    puts(line);
}

static int migrate(struct vmnctl *v, struct db *db)
{
    int version = db_schema(db);

    if (version < 0 || version > DB_SCHEMA) {
        if (version < 0)
            vmnctl_say("%s", db_why(db));
        else
            vmnctl_say("the register has schema %d, which a newer program "
                       "made; this one understands %d",
                       version, DB_SCHEMA);
        return EXIT_FAILED;
    }
    if (version == DB_SCHEMA) {
        printf("the register has schema %d: there is nothing to do\n", version);
        return vmnctl_end_output();
    }
    if (v->dry_run) {
        printf("the register has schema %d and would get %d\n", version,
               DB_SCHEMA);
        return vmnctl_end_output();
    }
    if (db_migrate(db, put_line, NULL) != DB_OK) {
        vmnctl_say("%s", db_why(db));
        return EXIT_FAILED;
    }
    return vmnctl_end_output();
}

int vmnctl_migrate(struct vmnctl *v)
{
    struct db *db = vmnctl_open(v, !v->dry_run);
    int rc = db != NULL ? migrate(v, db) : EXIT_FAILED;

    db_close(db);
    return rc;
}
