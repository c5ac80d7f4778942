/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest_run.c - /api/v1: what was asked is done with the register
 */

#include "rest.h"

#include "rest_part.h"

#include <stdio.h>
#include <string.h>

void rest_failed(struct rest_reply *reply, struct reg *r, enum db_rc rc)
{
    switch (rc) {
    case DB_TAKEN:
        rest_refuse(reply, 409, NULL, reg_why(r));
        break;
    case DB_AGAIN:
    case DB_LOST:
        rest_refuse(reply, 503, NULL, reg_why(r));
        break;
    default:
        rest_refuse(reply, 500, NULL, reg_why(r));
        break;
    }
}

void rest_done(struct rest_reply *reply, unsigned status)
{
    reply->status = status;
    reply->type = status == 204 ? NULL : "application/json";
    if (status != 204)
        text_put(&reply->body, "\n");
}

void rest_member(struct text *t, const char *name, const char *value)
{
    text_fmt(t, "\"%s\": ", name);
    if (value[0] != '\0')
        text_json(t, value);
    else
        text_put(t, "null");
}

/* ---- numbers ---- */

static void put_row(struct text *t, const struct hlr_stored *s)
{
    char buf[ROW_TEXT_MAX], time[TEXT_TIME];

    text_put(t, "{");
    for (enum row_column c = ROW_FIRST; c < ROW_COLUMNS; c++) {
        if (c == ROW_RATE)
            text_fmt(t, "\"rate\": %u", (unsigned)s->row.rate);
        else
            rest_member(t, row_column_name[c], row_get(s, c, buf));
        text_put(t, ", ");
    }
    text_fmt(t, "\"changed\": ");
    text_json(t, text_time(time, s->changed_ms));
    text_put(t, "}");
}

struct page {
    struct text *out;
    unsigned n, limit;
    bool more;
    char first[HLR_MSISDN_MAX + 1], last[HLR_MSISDN_MAX + 1];
};

static bool page_row(void *ctx, const struct hlr_stored *s)
{
    struct page *p = ctx;

    p->more = p->n == p->limit;
    if (p->more)
        return false;
    text_put(p->out, p->n++ > 0 ? ",\n  " : "\n  ");
    put_row(p->out, s);
    memcpy(p->first, s->row.first, sizeof(p->first));
    memcpy(p->last, s->row.last, sizeof(p->last));
    return true;
}

static void vmn_list(struct reg *r, const struct rest_ask *ask,
                     struct rest_reply *reply)
{
    struct page p = { .out = &reply->body, .limit = ask->limit };
    struct reg_filter f = ask->filter;
    enum db_rc rc;

    f.limit = ask->limit + 1;
    text_put(&reply->body, "{\"vmns\": [");
    rc = reg_list(r, &f, page_row, &p);
    if (rc != DB_OK) {
        rest_failed(reply, r, rc);
        return;
    }
    text_put(&reply->body, "], \"next\": ");
    if (p.more)
        text_fmt(&reply->body, "\"%s-%s\"}", p.first, p.last);
    else
        text_put(&reply->body, "null}");
    rest_done(reply, 200);
}

struct found {
    const struct hlr_row *want;
    struct hlr_stored row;
    bool is, in_range;
};

static bool found_row(void *ctx, const struct hlr_stored *s)
{
    struct found *f = ctx;

    if (strcmp(s->row.first, f->want->first) == 0 &&
        strcmp(s->row.last, f->want->last) == 0) {
        f->row = *s;
        f->is = true;
        return false;
    }
    f->in_range = true;
    if (!f->is)
        f->row = *s;
    return true;
}

/* The row with these numbers. False: it was answered. */
static bool find(struct reg *r, const struct hlr_row *want, struct found *f,
                 struct rest_reply *reply)
{
    struct reg_filter filter = { .status = 0 };
    enum db_rc rc;

    *f = (struct found){ .want = want };
    memcpy(filter.number, want->first, sizeof(filter.number));
    rc = reg_list(r, &filter, found_row, f);
    if (rc != DB_OK)
        rest_failed(reply, r, rc);
    return rc == DB_OK;
}

static void not_there(const struct found *f, struct rest_reply *reply)
{
    char why[120];

    if (f->in_range)
        snprintf(why, sizeof(why),
                 "it is not there by itself, but in the range %s-%s",
                 f->row.row.first, f->row.row.last);
    else
        snprintf(why, sizeof(why), "it is not there");
    rest_refuse(reply, 404, NULL, why);
}

static void answer_row(struct reg *r, const struct hlr_row *want,
                       unsigned status, struct rest_reply *reply)
{
    struct found f;

    if (!find(r, want, &f, reply))
        return;
    if (!f.is) {
        not_there(&f, reply);
        return;
    }
    put_row(&reply->body, &f.row);
    rest_done(reply, status);
    if (status != 201)
        return;
    if (strcmp(want->first, want->last) == 0)
        snprintf(reply->location, sizeof(reply->location), "/api/v1/vmns/%s",
                 want->first);
    else
        snprintf(reply->location, sizeof(reply->location), "/api/v1/vmns/%s-%s",
                 want->first, want->last);
}

static void write_row(struct reg *r, const struct hlr_stored *row,
                      enum reg_how how, unsigned status,
                      const struct rest_ask *ask, struct rest_reply *reply)
{
    bool there = true;
    enum db_rc rc = DB_OK;

    if (row->owner[0] != '\0')
        rc = rest_owner_is(r, row->owner, &there);
    if (rc == DB_OK && !there) {
        rest_refuse(reply, 422, "owner", "there is no such owner");
        return;
    }
    if (rc == DB_OK)
        rc = reg_put(r, row, how, ask->who);
    if (rc == DB_OK)
        answer_row(r, &row->row, status, reply);
    else
        rest_failed(reply, r, rc);
}

static void vmn_put(struct reg *r, const struct rest_ask *ask,
                    struct rest_reply *reply)
{
    struct found f;

    if (find(r, &ask->row.row, &f, reply))
        write_row(r, &ask->row, REG_REPLACE, f.is ? 200 : 201, ask, reply);
}

static void vmn_patch(struct reg *r, const struct rest_ask *ask,
                      struct rest_reply *reply)
{
    char buf[ROW_TEXT_MAX];
    const char *why = NULL;
    struct found f;

    if (!find(r, &ask->row.row, &f, reply))
        return;
    if (!f.is) {
        not_there(&f, reply);
        return;
    }
    for (enum row_column c = ROW_IMSI; c < ROW_COLUMNS; c++)
        if (ask->columns & 1u << c)
            row_set(&f.row, c, row_get(&ask->row, c, buf));
    why = row_check(&f.row);
    if (why != NULL)
        rest_refuse(reply, 422, NULL, why);
    else
        write_row(r, &f.row, REG_CHANGE, 200, ask, reply);
}

static void vmn_delete(struct reg *r, const struct rest_ask *ask,
                       struct rest_reply *reply)
{
    const struct hlr_row *row = &ask->row.row;
    struct found f;
    int64_t n;
    enum db_rc rc = reg_del(r, row->first, row->last, ask->who, &n);

    if (rc != DB_OK)
        rest_failed(reply, r, rc);
    else if (n > 0)
        rest_done(reply, 204);
    else if (find(r, row, &f, reply))
        not_there(&f, reply);
}

void rest_run(const struct hlr_conf *conf, struct reg *r,
              const struct rest_ask *ask, struct rest_reply *reply)
{
    *reply = (struct rest_reply){ .status = 500 };
    switch (ask->what) {
    case REST_VMN_LIST:
        vmn_list(r, ask, reply);
        break;
    case REST_VMN_ADD:
        write_row(r, &ask->row, REG_ADD, 201, ask, reply);
        break;
    case REST_VMN_GET:
        answer_row(r, &ask->row.row, 200, reply);
        break;
    case REST_VMN_PUT:
        vmn_put(r, ask, reply);
        break;
    case REST_VMN_PATCH:
        vmn_patch(r, ask, reply);
        break;
    case REST_VMN_DELETE:
        vmn_delete(r, ask, reply);
        break;
    case REST_IMPORT:
        rest_import(conf, r, ask, reply);
        break;
    default:
        rest_run_names(r, ask, reply);
        break;
    }
}
