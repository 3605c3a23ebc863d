#include "quality/deferred_chain.h"

#include "quality/deferred_verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SUBJECT_BYTES = CS_MAX_NAME_BYTES + 32, PAGE = 64 };

/* The subject as the store has it: "=T-77", or "?1234" for the obligation of row 1234, whose ticket nobody knows. */
typedef struct cs_chain_key {
    char text[MAX_SUBJECT_BYTES];
} cs_chain_key;

/* A place in the order of the log: time, then id; "" stands before all of its time. */
typedef struct cs_place {
    int64_t at_ms;
    char event_id[CS_MAX_EVENT_ID_BYTES + 1];
} cs_place;

static cs_place place_at(int64_t at_ms, const char *event_id) {
    cs_place place = {.at_ms = at_ms};
    (void)snprintf(place.event_id, sizeof place.event_id, "%s", event_id);
    return place;
}

static int place_compare(const cs_place *a, const cs_place *b) {
    if (a->at_ms != b->at_ms) return a->at_ms < b->at_ms ? -1 : 1;
    return strcmp(a->event_id, b->event_id);
}

/* The first place behind this one. */
static cs_place place_behind(const cs_place *place) {
    cs_place behind = *place;
    size_t length = strlen(behind.event_id);
    if (length + 1 < sizeof behind.event_id) behind.event_id[length] = 1; /* the rest is zero already */
    return behind;
}

static cs_chain_key key_of(const cs_deferral *d, const cs_log_row *row) {
    cs_chain_key key;
    const char *value = subject_of(&row->event, d->across->expect.subject);
    if (value)
        (void)snprintf(key.text, sizeof key.text, "=%s", value);
    else
        (void)snprintf(key.text, sizeof key.text, "?%lld", (long long)row->seq);
    return key;
}

/* ---- triggers ---- */

#define NEXT                                                                                                           \
    " = :value AND kind IN (:kind1, :kind2) AND at_ms >= :at AND (at_ms > :at OR event_id >= :id) AND seq <= :upto "   \
    "AND is_withdrawn = 0 ORDER BY at_ms, event_id"
static const char *const next_by_subject[] = {"SELECT " CS_LOG_COLUMNS " FROM event_log WHERE ticket" NEXT,
                                              "SELECT " CS_LOG_COLUMNS " FROM event_log WHERE customer" NEXT};
static const char next_by_row[] = "SELECT " CS_LOG_COLUMNS " FROM event_log WHERE seq" NEXT;

static cs_error read_trigger(cs_deferral *d, cs_stmt *stmt, bool *is_found, cs_log_row *out, cs_message *message) {
    cs_log_row row;
    arena_reset(d->scratch);
    cs_error code = event_log_read(stmt, d->scratch, &row, message);
    if (code != CS_OK || across_fits(&d->across->when, &row.event, NULL) != CS_FIT_YES) return code;
    *is_found = event_log_keep(d->arena, &row, out);
    return *is_found ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for an event");
}

/* The first trigger of the chain at or behind a place. */
static cs_error next_trigger(cs_deferral *d, const cs_chain_key *key, const cs_place *from, bool *is_found,
                             cs_log_row *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = true, is_alone = key->text[0] == '?';
    cs_error code =
        db_query(d->db, is_alone ? next_by_row : next_by_subject[d->across->expect.subject], &stmt, message);
    if (code != CS_OK) return code;
    if (is_alone)
        db_bind_int64(stmt, "value", strtoll(key->text + 1, NULL, 10));
    else
        db_bind_text(stmt, "value", key->text + 1);
    db_bind_text(stmt, "kind1", d->across->when.kinds[0]);
    db_bind_text(stmt, "kind2", d->across->when.kinds[1]);
    db_bind_int64(stmt, "at", from->at_ms);
    db_bind_text(stmt, "id", from->event_id);
    db_bind_int64(stmt, "upto", d->upto);
    *is_found = false;
    while (code == CS_OK && has_row && !*is_found) {
        code = db_step(stmt, &has_row, message);
        if (code == CS_OK && has_row) code = read_trigger(d, stmt, is_found, out, message);
    }
    db_done(stmt);
    return code;
}

/* ---- the chain ---- */

/* Where to begin: what stands before the first obligation whose window holds the moment is as it was. */
static cs_error chain_start(cs_deferral *d, const cs_chain_key *key, const cs_place *moment, cs_place *start,
                            cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(d->db,
                             "SELECT opened_ms, opened_event FROM deferred_obligation WHERE rule = :rule AND "
                             "subject = :subject AND is_current = 1 AND opened_ms <= :at AND due_ms >= :at "
                             "ORDER BY opened_ms, opened_event LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", d->rule->name);
    db_bind_text(stmt, "subject", key->text);
    db_bind_int64(stmt, "at", moment->at_ms);
    code = db_step(stmt, &has_row, message);
    *start = *moment;
    if (code == CS_OK && has_row) {
        cs_place first = place_at(db_int64(stmt, 0), db_text(stmt, 1));
        if (place_compare(&first, moment) < 0) *start = first;
    }
    db_done(stmt);
    return code;
}

/* Stored obligations from one place up to before another that the chain no longer has; to NULL: up to its end. */
static cs_error retire_between(cs_deferral *d, const cs_chain_key *key, const cs_place *from, const cs_place *to,
                               cs_message *message) {
    for (;;) { /* what is retired is found no more */
        cs_stored_obligation stored;
        bool is_found = false;
        cs_error code = obligation_from(d, key->text, from->at_ms, from->event_id, &is_found, &stored, message);
        if (code != CS_OK || !is_found) return code;
        cs_place there = place_at(stored.opened_ms, stored.opened_event);
        if (to && place_compare(&there, to) >= 0) return CS_OK;
        code = obligation_retire(d, &stored, message);
        if (code != CS_OK) return code;
    }
}

/* What closes an obligation may open the next; what comes while it is open joins it. */
static cs_place behind_obligation(const cs_judged *judged, const cs_place *opened) {
    cs_place next =
        judged->closed_event ? place_at(judged->closed_ms, judged->closed_event) : place_at(judged->closed_ms + 1, "");
    cs_place least = place_behind(opened);
    return place_compare(&next, &least) < 0 ? least : next;
}

/* Judges the chain again from where a moment touches it. */
static cs_error rejudge(cs_deferral *d, const cs_chain_key *key, const cs_place *moment, cs_message *message) {
    cs_place from; /* where the next trigger is looked for */
    cs_error code = chain_start(d, key, moment, &from, message);
    cs_place open = from; /* stored obligations from here on are not settled yet */
    while (code == CS_OK) {
        bool is_found = false, is_as_it_was = false;
        cs_log_row opening;
        cs_judged judged;
        arena_reset(d->arena);
        code = next_trigger(d, key, &from, &is_found, &opening, message);
        if (code != CS_OK) break;
        cs_place here = is_found ? place_at(opening.event.at_ms, opening.event.id) : from;
        code = retire_between(d, key, &open, is_found ? &here : NULL, message);
        if (code != CS_OK || !is_found) break;
        if (here.at_ms > moment->at_ms) code = obligation_is_stored(d, opening.seq, &is_as_it_was, message);
        if (code != CS_OK || is_as_it_was) break;
        code = deferred_judge(d, &opening, &judged, message);
        if (code == CS_OK) code = obligation_save(d, key->text, &opening, &judged, message);
        if (code != CS_OK) break;
        from = behind_obligation(&judged, &here);
        open = place_behind(&here);
    }
    return code;
}

/* ---- whom an event concerns ---- */

#define OPEN                                                                                                           \
    " = :value AND is_current = 1 AND opened_ms <= :at AND due_ms >= :at AND subject > :last AND (:all = 1 OR "        \
    "(subject >= '?' AND subject < '@')) ORDER BY subject LIMIT 64"
static const char *const open_by_subject[] = {
    "SELECT DISTINCT subject FROM deferred_obligation WHERE rule = :rule AND ticket" OPEN,
    "SELECT DISTINCT subject FROM deferred_obligation WHERE rule = :rule AND customer" OPEN};

static cs_error read_open(cs_deferral *d, const cs_log_event *event, cs_subject by, bool all, const char *last,
                          cs_chain_key *out, uint32_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(d->db, open_by_subject[by], &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", d->rule->name);
    db_bind_text(stmt, "value", subject_of(event, by));
    db_bind_int64(stmt, "at", event->at_ms);
    db_bind_text(stmt, "last", last);
    db_bind_int64(stmt, "all", all);
    *count = 0;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && *count < PAGE)
        (void)snprintf(out[(*count)++].text, MAX_SUBJECT_BYTES, "%s", db_text(stmt, 0));
    db_done(stmt);
    return code;
}

/* Open obligations that know the event only by the other subject: a call of the customer without a ticket's number may be
 * about any open ticket, and one with a number about a ticket whose number nobody knows. */
static cs_error rejudge_others(cs_deferral *d, const cs_log_event *event, cs_message *message) {
    cs_subject own = d->across->expect.subject;
    cs_subject other = own == CS_SUBJECT_TICKET ? CS_SUBJECT_CUSTOMER : CS_SUBJECT_TICKET;
    if (!subject_of(event, other)) return CS_OK;
    bool all = !subject_of(event, own) || (d->across->waiver.kinds[0] && d->across->waiver.subject == other);
    cs_place moment = place_at(event->at_ms, event->id);
    cs_chain_key page[PAGE], last = {""};
    for (;;) {
        uint32_t count = 0;
        cs_error code = read_open(d, event, other, all, last.text, page, &count, message);
        for (uint32_t i = 0; code == CS_OK && i < count; i++) code = rejudge(d, &page[i], &moment, message);
        if (code != CS_OK || count < PAGE) return code;
        last = page[count - 1];
    }
}

static cs_error take_event(cs_deferral *d, const cs_log_row *row, bool is_corrected, cs_message *message) {
    const cs_across *a = d->across;
    cs_error code = CS_OK;
    bool is_trigger = is_corrected || across_fits(&a->when, &row->event, NULL) == CS_FIT_YES;
    bool is_answer = is_corrected || across_fits(&a->expect, &row->event, NULL) != CS_FIT_NO ||
                     across_fits(&a->waiver, &row->event, NULL) != CS_FIT_NO;
    if (subject_of(&row->event, a->expect.subject) || is_trigger) {
        cs_chain_key key = key_of(d, row);
        cs_place moment = place_at(row->event.at_ms, row->event.id);
        code = rejudge(d, &key, &moment, message);
    }
    return code == CS_OK && is_answer ? rejudge_others(d, &row->event, message) : code;
}

static const char *field(const cs_log_event *event, const char *name) {
    for (uint32_t i = 0; i < event->field_count; i++)
        if (strcmp(event->fields[i].name, name) == 0) return event->fields[i].value;
    return "";
}

cs_error chain_take(cs_deferral *d, const cs_log_row *row, cs_arena *arena, cs_message *message) {
    bool is_due = strcmp(row->event.kind, CS_EVENT_DUE) == 0;
    bool is_corrected = strcmp(row->event.kind, CS_EVENT_CORRECTED) == 0;
    if (!is_due && !is_corrected) return take_event(d, row, false, message);
    if (is_due && (!row->event.by || strcmp(row->event.by, d->rule->name) != 0))
        return CS_OK; /* another rule's timer */
    cs_log_row told;
    cs_error code = event_log_find(d->db, field(&row->event, is_due ? "opened" : "event"), arena, &told, message);
    if (code != CS_OK) return code;
    if (is_corrected) return take_event(d, &told, true, message);
    cs_chain_key key = key_of(d, &told);
    cs_place moment = place_at(row->event.at_ms, "");
    return rejudge(d, &key, &moment, message);
}
