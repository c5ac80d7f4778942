/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cdr.c - one record for each message and each question, for plug-ins
 */

#include "cdr.h"

#include "dlv_msg.h"
#include "plug.h"
#include "stat.h"

#include <gwlib/gwlib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum {
    BUCKETS = 16384,
    WHY_MAX = 96,
    BOX_MAX = 64,
    TEXT_MAX = 160 * 3 + 1,
};

/* What a record's texts point to. */
struct texts {
    char id[DLV_FOREIGN_ID_OCTETS];
    char sc[NUM_MAX + 2], gt[SCCP_GT_DIGITS + 1], imsi[HLR_IMSI_MAX + 1];
    char receiver[NUM_MAX + 2], node[NUM_MAX + 2];
    char sender[DLV_SENDER_MAX + 1], route[32], box[BOX_MAX], why[WHY_MAX];
    char notes[PLUG_NOTES_MAX], text[TEXT_MAX];
};

struct record {
    struct record *next; /* of its bucket */
    uint64_t ss7_id;
    bool told, answered;
    struct plug_cdr c;
    struct texts t;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct record *bucket[BUCKETS];
static uint32_t open_records, open_max;
static uint64_t next_dialogue;
static const struct ss7_network *networks;
static unsigned n_networks;
static atomic_bool on; /* read by whoever tells something */

static uint64_t utc_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- the table ---- */

static struct record **place_of(uint64_t ss7_id)
{
    struct record **at = &bucket[(uint32_t)ss7_id % BUCKETS];

    while (*at != NULL && (*at)->ss7_id != ss7_id)
        at = &(*at)->next;
    return at;
}

static void clear(struct record *r, enum plug_cdr_kind kind)
{
    memset(r, 0, offsetof(struct record, t));
    memset(&r->t, 0, offsetof(struct texts, text) + 1);
    r->c = (struct plug_cdr){
        .size = sizeof(r->c),
        .kind = (uint8_t)kind,
        .verdict = PLUG_TEMPFAIL,
        .cause = -1,
        .dialogue = ++next_dialogue,
        .network = "",
        .id = r->t.id,
        .sc = r->t.sc,
        .gt = r->t.gt,
        .imsi = r->t.imsi,
        .receiver = r->t.receiver,
        .sender = r->t.sender,
        .node = r->t.node,
        .route = r->t.route,
        .box = r->t.box,
        .why = r->t.why,
        .notes = r->t.notes,
    };
}

/* NULL: too many are open. Locked. */
static struct record *add(uint64_t ss7_id, enum plug_cdr_kind kind)
{
    struct record **at = place_of(ss7_id), *r;

    if (*at != NULL || open_records == open_max) {
        stat_inc(STAT_cdr_lost);
        return NULL;
    }
    r = gw_malloc(sizeof(*r));
    clear(r, kind);
    r->ss7_id = ss7_id;
    *at = r;
    open_records++;
    return r;
}

static void emit(struct record **at)
{
    struct record *r = *at;

    *at = r->next;
    open_records--;
    plug_cdr(&r->c);
    gw_free(r);
}

/* ---- filling in ---- */

static void copy(char *out, size_t size, const char *text)
{
    size_t n = 0;

    for (; n < size - 1 && text[n] != '\0'; n++)
        out[n] = text[n];
    out[n] = '\0';
}
#define COPY(out, text) copy((out), sizeof(out), (text))

static void copy_number(char out[NUM_MAX + 2], const char *digits)
{
    if (digits[0] != '\0')
        snprintf(out, NUM_MAX + 2, "+%s", digits);
}

static void fill_sms(struct record *r, const struct ss7_sms *m)
{
    if (m->network < n_networks)
        r->c.network = networks[m->network].id;
    r->c.version = m->version;
    r->c.received_ms = m->received_ms;
    copy_number(r->t.sc, m->sc);
    copy_number(r->t.receiver, m->vmn);
    COPY(r->t.gt, m->smsc_gt);
    COPY(r->t.imsi, m->imsi);
}

static void fill_sri(struct record *r, const struct ss7_sri *q)
{
    if (q->network < n_networks)
        r->c.network = networks[q->network].id;
    r->c.version = q->version;
    r->c.received_ms = q->received_ms;
    copy_number(r->t.sc, q->sc);
    copy_number(r->t.receiver, q->msisdn);
    copy_number(r->t.node, q->node);
    COPY(r->t.gt, q->smsc_gt);
    COPY(r->t.imsi, q->imsi);
}

static void fill_text(struct record *r, const struct tpdu_deliver *d)
{
    if (!plug_wants_text() || d->enc.compressed || d->enc.alphabet == TPDU_8BIT)
        return;
    tpdu_text(d, r->t.text, sizeof(r->t.text));
    r->c.text = r->t.text;
}

static void fill_tpdu(struct record *r, const struct tpdu_deliver *d)
{
    static const uint8_t coding[] = {
        [TPDU_GSM7] = 0, [TPDU_8BIT] = 1, [TPDU_UCS2] = 2
    };

    r->c.coding = coding[d->enc.alphabet];
    r->c.dcs = d->dcs;
    r->c.pid = d->pid;
    r->c.octets =
        tpdu_has_septets(d) ? (uint16_t)((d->udl * 7 + 7) / 8) : d->udl;
    if (d->concat.present) {
        r->c.parts = d->concat.max;
        r->c.part = d->concat.seq;
        r->c.ref = d->concat.ref;
    }
    fill_text(r, d);
}

static void set_answer(struct record *r, enum verdict v, struct map_err err)
{
    static const uint8_t as[] = {
        [VERDICT_OK] = PLUG_DONE,
        [VERDICT_TEMPFAIL] = PLUG_TEMPFAIL,
        [VERDICT_PERMFAIL] = PLUG_PERMFAIL,
    };

    err = map_err_for_version(err, r->c.version);
    r->c.verdict = as[v];
    r->c.error = v == VERDICT_OK ? 0 : (int16_t)err.code;
    r->c.cause = v == VERDICT_OK ? -1 : err.cause;
    r->c.answered = 1;
    r->c.answered_ms = utc_ms();
}

/* What an error says about trying again, for one that no verdict led to. */
static enum verdict verdict_of(struct map_err err)
{
    switch (err.code) {
    case MAP_ERR_NONE:
        return VERDICT_OK;
    case MAP_ERR_UNKNOWN_SUBSCRIBER:
    case MAP_ERR_UNIDENTIFIED_SUBSCRIBER:
    case MAP_ERR_ILLEGAL_SUBSCRIBER:
    case MAP_ERR_TELESERVICE_NOT_PROVISIONED:
    case MAP_ERR_CALL_BARRED:
    case MAP_ERR_FACILITY_NOT_SUPPORTED:
    case MAP_ERR_DATA_MISSING:
    case MAP_ERR_UNEXPECTED_DATA_VALUE:
        return VERDICT_PERMFAIL;
    default:
        return VERDICT_TEMPFAIL;
    }
}

/* ---- messages ---- */

void cdr_open(const struct ss7_sms *m)
{
    struct record *r;

    if (!on)
        return;
    pthread_mutex_lock(&lock);
    r = add(m->id, PLUG_CDR_SMS);
    if (r != NULL)
        fill_sms(r, m);
    pthread_mutex_unlock(&lock);
}

void cdr_tpdu(uint64_t id, const struct tpdu_status *t, bool report)
{
    struct record *r;

    if (!on)
        return;
    pthread_mutex_lock(&lock);
    r = *place_of(id);
    if (r != NULL) {
        r->c.report = report;
        if (!report)
            fill_tpdu(r, &t->sm);
    }
    pthread_mutex_unlock(&lock);
}

static void fill_line(struct record *r, const struct dlv_line *line)
{
    if (line->key != NULL)
        dlv_msg_foreign_id(line->key, r->t.id);
    r->c.duplicate = (uint8_t)line->duplicate;
    r->c.filtered_ms = line->filtered_ms;
    r->c.sent_ms = line->sent_ms;
    r->c.decided_ms = utc_ms();
    COPY(r->t.sender, line->sender);
    dlv_log_printable(r->t.sender);
    COPY(r->t.route, line->route);
    COPY(r->t.box, line->box);
    COPY(r->t.why, line->how);
    COPY(r->t.notes, line->notes != NULL ? line->notes : "");
}

void cdr_told(const struct dlv_line *line)
{
    struct record **at;

    if (!on || line->ss7_id == 0)
        return;
    pthread_mutex_lock(&lock);
    at = place_of(line->ss7_id);
    if (*at != NULL) {
        fill_line(*at, line);
        (*at)->told = true;
        if ((*at)->answered)
            emit(at);
    }
    pthread_mutex_unlock(&lock);
}

void cdr_refused(const struct ss7_sms *m, struct map_err err)
{
    struct record r;
    struct rd_err bad;
    struct rd rd = rd_init(m->tpdu, m->tpdu_len, &bad);
    struct tpdu_deliver d;
    enum tpdu_mti mti;

    if (!on)
        return;
    pthread_mutex_lock(&lock);
    clear(&r, PLUG_CDR_SMS);
    fill_sms(&r, m);
    if (tpdu_mt_read(&rd, &mti, &d) && mti == TPDU_DELIVER) {
        dlv_msg_sender(&d.oa, NULL, r.t.sender);
        dlv_log_printable(r.t.sender);
        fill_tpdu(&r, &d);
    }
    COPY(r.t.why, map_err_str(err.code));
    set_answer(&r, verdict_of(err), err);
    plug_cdr(&r.c);
    pthread_mutex_unlock(&lock);
}

/* ---- questions ---- */

void cdr_question(const struct ss7_sri *q)
{
    struct record *r;

    if (!on)
        return;
    pthread_mutex_lock(&lock);
    r = add(q->id, PLUG_CDR_SRI);
    if (r != NULL) {
        fill_sri(r, q);
        r->c.error = (int16_t)q->err.code; /* what it will be, if it may */
        r->c.cause = q->err.cause;
    }
    pthread_mutex_unlock(&lock);
}

void cdr_noted(uint64_t id, const char *notes)
{
    struct record **at;

    if (!on)
        return;
    pthread_mutex_lock(&lock);
    at = place_of(id);
    if (*at != NULL) {
        COPY((*at)->t.notes, notes);
        (*at)->c.filtered_ms = (*at)->c.decided_ms = utc_ms();
        (*at)->told = true;
        if ((*at)->answered)
            emit(at);
    }
    pthread_mutex_unlock(&lock);
}

void cdr_question_done(const struct ss7_sri *q)
{
    struct record r;

    if (!on)
        return;
    pthread_mutex_lock(&lock);
    clear(&r, PLUG_CDR_SRI);
    fill_sri(&r, q);
    set_answer(&r, verdict_of(q->err), q->err);
    COPY(r.t.why, q->relayed                    ? "relayed"
                  : q->err.code == MAP_ERR_NONE ? "answered"
                                                : map_err_str(q->err.code));
    if (q->relayed)
        r.c.answered = 0;
    plug_cdr(&r.c);
    pthread_mutex_unlock(&lock);
}

/* ---- answers ---- */

/* A question that was let pass is answered as the register has it. */
static void answer_question(struct record *r, enum verdict v,
                            struct map_err err)
{
    const struct map_err own = { .code = (enum map_error)r->c.error,
                                 .cause = r->c.cause };

    if (v == VERDICT_OK)
        err = own;
    set_answer(r, v == VERDICT_OK ? verdict_of(own) : v, err);
    COPY(r->t.why, v != VERDICT_OK              ? "refused by a plug-in"
                   : r->c.error == MAP_ERR_NONE ? "answered"
                                                : map_err_str(own.code));
}

static void answered(struct record **at)
{
    (*at)->answered = true;
    if ((*at)->told)
        emit(at);
}

void cdr_answered(uint64_t id, enum verdict v, struct map_err err)
{
    struct record **at;

    if (!on)
        return;
    pthread_mutex_lock(&lock);
    at = place_of(id);
    if (*at != NULL) {
        if ((*at)->c.kind == PLUG_CDR_SRI)
            answer_question(*at, v, err);
        else
            set_answer(*at, v, err);
        answered(at);
    }
    pthread_mutex_unlock(&lock);
}

void cdr_gone(uint64_t id, enum map_gone why)
{
    const struct map_err late = { .code = MAP_ERR_SYSTEM_FAILURE, .cause = -1 };
    struct record **at;

    if (!on)
        return;
    pthread_mutex_lock(&lock);
    at = place_of(id);
    if (*at != NULL) {
        set_answer(*at, VERDICT_TEMPFAIL, late);
        if (why == MAP_GONE_ABORT) {
            (*at)->c.answered = 0;
            (*at)->c.error = 0;
        }
        if ((*at)->c.kind == PLUG_CDR_SRI)
            COPY((*at)->t.why, why == MAP_GONE_ABORT ? "the network gave up"
                                                     : "no answer in time");
        answered(at);
    }
    pthread_mutex_unlock(&lock);
}

/* ---- time ---- */

static void sweep_bucket(struct record **at, uint64_t utc)
{
    while (*at != NULL)
        if ((*at)->c.received_ms + CDR_LATE_MS <= utc) {
            stat_inc(STAT_cdr_late);
            emit(at);
        } else {
            at = &(*at)->next;
        }
}

void cdr_sweep(uint64_t utc)
{
    if (!on)
        return;
    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < BUCKETS && open_records > 0; i++)
        sweep_bucket(&bucket[i], utc);
    pthread_mutex_unlock(&lock);
}

void cdr_start(const struct ss7_network *network, unsigned n, uint32_t max_held)
{
    networks = network;
    n_networks = n;
    open_max = 2 * max_held + BUCKETS;
    next_dialogue = 0;
    on = plug_wants_cdr();
}

void cdr_stop(void)
{
    cdr_sweep(UINT64_MAX);
    on = false;
}
