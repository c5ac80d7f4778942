/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_doc.h - one description, written as XML or as JSON
 *
 * Objects and lists of objects are opened and closed; in a list the names of
 * its objects are those of XML's elements, and JSON has none. Plain.
 */

#ifndef ADMIN_DOC_H
#define ADMIN_DOC_H

#include "admin_text.h"

enum doc_form { DOC_XML, DOC_JSON };
enum { DOC_DEPTH = 8 };

struct doc {
    struct text out; /* the caller's in the end */
    enum doc_form form;
    unsigned depth;
    struct {
        const char *name;
        bool list, any;
    } level[DOC_DEPTH];
};

/* The outermost object has a name in XML. Names are literals. */
void doc_begin(struct doc *d, enum doc_form form, const char *name);
void doc_end(struct doc *d);

void doc_open(struct doc *d, const char *name);
void doc_list(struct doc *d, const char *name);
void doc_close(struct doc *d);

void doc_str(struct doc *d, const char *name, const char *value);
void doc_num(struct doc *d, const char *name, uint64_t value);
/* yes and no in XML, as in Kannel's */
void doc_bool(struct doc *d, const char *name, bool value);

#endif
