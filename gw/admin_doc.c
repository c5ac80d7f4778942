/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_doc.c - one description, written as XML or as JSON
 */

#include "admin_doc.h"

static void indent(struct doc *d)
{
    text_put(&d->out, "\n");
    for (unsigned i = 0; i < d->depth; i++)
        text_put(&d->out, d->form == DOC_XML ? "\t" : "  ");
}

/* What stands before a value, or before what it holds. */
static void name_it(struct doc *d, const char *name)
{
    bool in_list = false;

    if (d->depth > 0) {
        in_list = d->level[d->depth - 1].list;
        if (d->form == DOC_JSON && d->level[d->depth - 1].any)
            text_put(&d->out, ",");
        d->level[d->depth - 1].any = true;
        indent(d);
    }
    if (d->form == DOC_XML)
        text_fmt(&d->out, "<%s>", name);
    else if (d->depth > 0 && !in_list)
        text_fmt(&d->out, "\"%s\": ", name);
}

static void go_in(struct doc *d, const char *name, bool list)
{
    name_it(d, name);
    if (d->form == DOC_JSON)
        text_put(&d->out, list ? "[" : "{");
    if (d->depth == DOC_DEPTH)
        return; /* not with what is written here */
    d->level[d->depth].name = name;
    d->level[d->depth].list = list;
    d->level[d->depth].any = false;
    d->depth++;
}

void doc_begin(struct doc *d, enum doc_form form, const char *name)
{
    *d = (struct doc){ .form = form };
    if (form == DOC_XML)
        text_put(&d->out, "<?xml version=\"1.0\"?>\n");
    go_in(d, name, false);
}

void doc_open(struct doc *d, const char *name)
{
    go_in(d, name, false);
}

void doc_list(struct doc *d, const char *name)
{
    go_in(d, name, true);
}

void doc_close(struct doc *d)
{
    bool any, list;

    if (d->depth == 0)
        return;
    d->depth--;
    any = d->level[d->depth].any;
    list = d->level[d->depth].list;
    if (any)
        indent(d);
    if (d->form == DOC_XML)
        text_fmt(&d->out, "</%s>", d->level[d->depth].name);
    else
        text_put(&d->out, list ? "]" : "}");
}

void doc_end(struct doc *d)
{
    while (d->depth > 0)
        doc_close(d);
    text_put(&d->out, "\n");
}

static void end_value(struct doc *d, const char *name)
{
    if (d->form == DOC_XML)
        text_fmt(&d->out, "</%s>", name);
}

void doc_str(struct doc *d, const char *name, const char *value)
{
    name_it(d, name);
    if (d->form == DOC_XML)
        text_xml(&d->out, value);
    else
        text_json(&d->out, value);
    end_value(d, name);
}

void doc_num(struct doc *d, const char *name, uint64_t value)
{
    name_it(d, name);
    text_fmt(&d->out, "%llu", (unsigned long long)value);
    end_value(d, name);
}

void doc_bool(struct doc *d, const char *name, bool value)
{
    name_it(d, name);
    if (d->form == DOC_XML)
        text_put(&d->out, value ? "yes" : "no");
    else
        text_put(&d->out, value ? "true" : "false");
    end_value(d, name);
}
