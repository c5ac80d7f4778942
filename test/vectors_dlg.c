/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_dlg.c - MAP dialogue PDUs: struct map_dlg to JSON
 */

#include "vectors.h"

#include <string.h>

#include "ber.h"
#include "map_dlg.h"

static const char *const names[] = { "map-open",      "map-accept",
                                     "map-close",     "map-refuse",
                                     "map-userAbort", "map-providerAbort" };

static json_t *enum_json(const char *const *values, size_t n, uint8_t value)
{
    return value < n ? json_string(values[value]) : json_integer(value);
}

#define ENUM_JSON(values, value)                                               \
    enum_json(values, sizeof(values) / sizeof(values[0]), value)

static void set_open(json_t *o, const struct map_dlg *d)
{
    if (d->has_dest)
        json_object_set_new(o, "destinationReference", vec_addr(&d->dest));
    if (d->has_orig)
        json_object_set_new(o, "originationReference", vec_addr(&d->orig));
}

static void set_refuse(json_t *o, const struct map_dlg *d)
{
    static const char *const reasons[] = { "noReasonGiven",
                                           "invalidDestinationReference",
                                           "invalidOriginatingReference" };

    json_object_set_new(o, "reason", ENUM_JSON(reasons, d->reason));
    if (d->alternative_len > 0)
        json_object_set_new(o, "alternativeApplicationContext",
                            vec_oid(d->alternative, d->alternative_len));
}

static void set_user_abort(json_t *o, const struct map_dlg *d)
{
    static const char *const choices[] = { "userSpecificReason",
                                           "userResourceLimitation",
                                           "resourceUnavailable",
                                           "applicationProcedureCancellation" };
    static const char *const terms[] = { "shortTermResourceLimitation",
                                         "longTermResourceLimitation" };
    static const char *const procedures[] = {
        "handoverCancellation",       "radioChannelRelease",
        "networkPathRelease",         "callRelease",
        "associatedProcedureFailure", "tandemDialogueRelease",
        "remoteOperationsFailure",
    };
    json_t *value;

    if (d->abort == MAP_ABORT_RESOURCE_UNAVAILABLE)
        value = ENUM_JSON(terms, d->reason);
    else if (d->abort == MAP_ABORT_PROCEDURE_CANCELLED)
        value = ENUM_JSON(procedures, d->reason);
    else
        value = json_integer(0); /* NULL */
    json_object_set_new(o, "map-UserAbortChoice",
                        json_pack("{s:o}", choices[d->abort & 3], value));
}

static void set_provider_abort(json_t *o, const struct map_dlg *d)
{
    static const char *const reasons[] = { "abnormalDialogue", "invalidPDU" };

    json_object_set_new(o, "map-ProviderAbortReason",
                        ENUM_JSON(reasons, d->reason));
}

static json_t *info_json(const struct map_dlg *d)
{
    json_t *o = json_object();

    switch (d->type) {
    case MAP_DLG_OPEN:
        set_open(o, d);
        break;
    case MAP_DLG_REFUSE:
        set_refuse(o, d);
        break;
    case MAP_DLG_USER_ABORT:
        set_user_abort(o, d);
        break;
    case MAP_DLG_PROVIDER_ABORT:
        set_provider_abort(o, d);
        break;
    case MAP_DLG_ACCEPT:
    case MAP_DLG_CLOSE:
        break;
    }
    return o;
}

/* The product skips it; that it is there is seen here. */
static bool set_extension(json_t *o, struct rd pdu)
{
    struct rd_err err;
    struct rd r = rd_init(pdu.p, rd_left(&pdu), &err);
    struct ber_el el;
    json_t *extension;

    if (!ber_next(&r, &el))
        return false;
    extension = vec_extension(el.body);
    if (extension != NULL)
        json_object_set_new(o, "extensionContainer", extension);
    return extension != NULL;
}

json_t *vec_dialogue_json(struct vec *v, struct rd pdu)
{
    struct map_dlg d;
    uint8_t buf[256];
    struct wr w = wr_init(buf, sizeof(buf));
    json_t *o, *info;

    if (!map_dlg_read(pdu, &d)) {
        vec_fail(v, "MAP dialogue PDU refused");
        return NULL;
    }
    info = info_json(&d);
    o = json_pack("{s:o}", names[(unsigned)d.type - MAP_DLG_OPEN], info);
    if (set_extension(info, pdu))
        return o;
    map_dlg_write(&w, &d);
    if (vec_written(v, &w, pdu.p, rd_left(&pdu)))
        return o;
    json_decref(o);
    return NULL;
}

bool vec_dialogue(struct vec *v)
{
    const json_t *want = json_object_get(v->line, "decoded");
    struct rd_err err;
    json_t *got = vec_dialogue_json(v, rd_init(v->octet, v->len, &err));
    bool ok = got != NULL && vec_same(v, want, got);

    json_decref(got);
    return ok;
}
