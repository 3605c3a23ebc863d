#include "quality/deferred_judge.h"

#include <stdio.h>
#include <string.h>

enum { MAX_SHOWN = 5, MAX_EVIDENCE_BYTES = 1 << 20 };

typedef struct cs_near {
    cs_log_row row;
    const char *why;
} cs_near;

/* What a search found. possible: may be it, may be not. near: isn't, and shows what was tried. */
typedef struct cs_search {
    bool has_sure;
    cs_log_row sure;
    cs_near possible[MAX_SHOWN], near[MAX_SHOWN];
    uint32_t possible_count, near_count;
} cs_search;

const char *subject_of(const cs_log_event *event, cs_subject subject) {
    return subject == CS_SUBJECT_TICKET ? event->ticket : event->customer;
}

void deferred_timer_id(const char *rule, const char *opened_event, int64_t due_ms, char out[CS_HASH_CHARS + 1]) {
    hash_hex(hash_pair(hash_pair(hash_bytes(rule, strlen(rule)), hash_bytes(opened_event, strlen(opened_event))),
                       hash_bytes(&due_ms, sizeof due_ms)),
             out);
}

/* ---- searching the log ---- */

#define WINDOW                                                                                                         \
    " AND kind IN (:kind1, :kind2, :kind3) AND at_ms >= :from AND at_ms <= :to AND seq <= :upto AND seq <> :opened "   \
    "AND is_withdrawn = 0 "
#define ORDER "ORDER BY at_ms, event_id"
/* By subject; with the other one unknown or not asked. */
static const char *const searches[2][2] = {
    {"SELECT " CS_LOG_COLUMNS " FROM event_log WHERE ticket = :value" WINDOW ORDER,
     "SELECT " CS_LOG_COLUMNS " FROM event_log WHERE ticket = :value AND customer IS NULL" WINDOW ORDER},
    {"SELECT " CS_LOG_COLUMNS " FROM event_log WHERE customer = :value" WINDOW ORDER,
     "SELECT " CS_LOG_COLUMNS " FROM event_log WHERE customer = :value AND ticket IS NULL" WINDOW ORDER},
};

static bool add_near(cs_deferral *d, cs_near *list, uint32_t *count, const cs_log_row *row, const char *why) {
    if (*count == MAX_SHOWN) return true;
    list[*count].why = why;
    return event_log_keep(d->arena, row, &list[(*count)++].row);
}

/* false: the search may end. */
static bool take(cs_deferral *d, const cs_event_pattern *pattern, const cs_log_row *row, bool is_keyed, cs_search *out,
                 cs_error *code, cs_message *message) {
    const char *why = "";
    cs_fit fit = across_fits(pattern, &row->event, &why);
    bool is_good = true;
    if (fit == CS_FIT_YES && is_keyed) {
        out->has_sure = is_good = event_log_keep(d->arena, row, &out->sure);
        if (is_good) return false;
    } else if (fit != CS_FIT_NO) {
        if (fit == CS_FIT_YES) why = pattern->subject == CS_SUBJECT_TICKET ? "ticket_unknown" : "customer_unknown";
        is_good = add_near(d, out->possible, &out->possible_count, row, why);
    } else if (is_keyed && strcmp(why, "kind") != 0) {
        is_good = add_near(d, out->near, &out->near_count, row, why);
    }
    if (!is_good) *code = message_set(message, CS_ERR_MEMORY, "no memory for the evidence of an obligation");
    return is_good && (is_keyed || out->possible_count < MAX_SHOWN);
}

/* is_keyed: by the subject itself; else by what else is known of the opening event. */
static cs_error search(cs_deferral *d, const cs_event_pattern *pattern, const cs_log_row *opening, int64_t to_ms,
                       bool is_keyed, cs_search *out, cs_message *message) {
    cs_subject other = pattern->subject == CS_SUBJECT_TICKET ? CS_SUBJECT_CUSTOMER : CS_SUBJECT_TICKET;
    cs_subject column = is_keyed ? pattern->subject : other;
    const char *value = subject_of(&opening->event, column);
    if (!value || !pattern->kinds[0]) return CS_OK;
    /* An event of another ticket is none of ours; whose ticket we don't know, any may be. */
    bool must_be_unknown = !is_keyed && subject_of(&opening->event, pattern->subject);
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(d->db, searches[column][must_be_unknown], &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "value", value);
    db_bind_text(stmt, "kind1", pattern->kinds[0]);
    db_bind_text(stmt, "kind2", pattern->kinds[1]);
    db_bind_text(stmt, "kind3", strcmp(pattern->kinds[0], "call.answered") == 0 ? "call.offered" : NULL);
    db_bind_int64(stmt, "from", opening->event.at_ms);
    db_bind_int64(stmt, "to", to_ms);
    db_bind_int64(stmt, "upto", d->upto);
    db_bind_int64(stmt, "opened", opening->seq);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_log_row row;
        arena_reset(d->scratch);
        code = event_log_read(stmt, d->scratch, &row, message);
        if (code != CS_OK || !take(d, pattern, &row, is_keyed, out, &code, message)) break;
    }
    db_done(stmt);
    return code;
}

/* Whether the log's watermark is past the window: its timer went off. */
static cs_error is_past_due(cs_deferral *d, const cs_log_row *opening, int64_t due_ms, bool *out, cs_message *message) {
    char hex[CS_HASH_CHARS + 1], id[CS_HASH_CHARS + 3];
    cs_stmt *stmt = NULL;
    deferred_timer_id(d->rule->name, opening->event.id, due_ms, hex);
    (void)snprintf(id, sizeof id, "%c:%s", (char)CS_FROM_TIMER, hex);
    cs_error code = db_query(d->db, "SELECT 1 FROM event_log WHERE event_id = :id AND seq <= :upto", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "id", id);
    db_bind_int64(stmt, "upto", d->upto);
    code = db_step(stmt, out, message);
    db_done(stmt);
    return code;
}

/* ---- evidence ---- */

static void event_write(cs_json_writer *out, const char *key, const cs_log_row *row, const char *why) {
    const cs_log_event *e = &row->event;
    json_object_open(out, key);
    json_write_string(out, "id", e->id + 2); /* without its letter */
    json_write_string(out, "event", e->kind);
    json_write_int(out, "at_ms", e->at_ms);
    json_write_string(out, "ticket", e->ticket);
    json_write_string(out, "customer", e->customer);
    json_write_string(out, "conversation", e->conversation);
    json_write_string(out, "by", e->by);
    json_write_string(out, "direction", e->direction);
    if (why) json_write_string(out, "why", why);
    json_object_close(out);
}

static void near_write(cs_json_writer *out, const char *key, const cs_near *list, uint32_t count) {
    if (count == 0) return;
    json_array_open(out, key);
    for (uint32_t i = 0; i < count; i++) event_write(out, NULL, &list[i].row, list[i].why);
    json_array_close(out);
}

/* The opening event, the window that is searched, and what was found in it. */
static cs_error write_evidence(cs_deferral *d, const cs_log_row *opening, const cs_search *match,
                               const cs_search *waiver, bool is_waived, cs_judged *out, cs_message *message) {
    cs_buffer text;
    cs_json_writer w;
    buffer_init(&text, MAX_EVIDENCE_BYTES);
    json_writer_init(&w, &text);
    json_object_open(&w, NULL);
    event_write(&w, "opened", opening, NULL);
    json_object_open(&w, "window");
    json_write_int(&w, "from_ms", opening->event.at_ms);
    json_write_int(&w, "to_ms", out->due_ms);
    json_object_close(&w);
    if (is_waived)
        event_write(&w, "waiver", &waiver->sure, NULL);
    else if (match->has_sure)
        event_write(&w, "match", &match->sure, NULL);
    if (out->state == CS_DEFERRED_UNDECIDED || out->state == CS_DEFERRED_PENDING) {
        near_write(&w, "possible", match->possible, match->possible_count);
        near_write(&w, "possible_waivers", waiver->possible, waiver->possible_count);
    }
    if (out->state != CS_DEFERRED_MET) near_write(&w, "near", match->near, match->near_count);
    json_object_close(&w);
    out->evidence = text.is_failed ? NULL : arena_copy(d->arena, buffer_string(&text), text.length);
    buffer_free(&text);
    return out->evidence ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the evidence of an obligation");
}

/* ---- judging ---- */

static void decide(cs_judged *out, cs_deferred_state state, const char *reason, const cs_log_row *by) {
    out->state = state;
    out->reason = reason;
    if (!by) return;
    out->closed_ms = by->event.at_ms;
    out->closed_event = by->event.id;
}

/* Nothing sure stands in the window. Until its timer goes off something may still come; then what is only possible makes it
 * undecided, never missed. */
static void decide_without(const cs_deferral *d, const cs_log_row *opening, const cs_search *match,
                           const cs_search *waiver, bool is_past, cs_judged *out) {
    bool is_never = d->across->is_never;
    bool can_be_followed = opening->event.ticket || opening->event.customer;
    if (!is_past)
        decide(out, CS_DEFERRED_PENDING, "waiting", NULL);
    else if (!can_be_followed)
        decide(out, CS_DEFERRED_UNDECIDED, "no_ticket_nor_customer", NULL);
    else if (match->possible_count)
        decide(out, CS_DEFERRED_UNDECIDED, match->possible[0].why, NULL);
    else if (waiver->possible_count && !is_never)
        decide(out, CS_DEFERRED_UNDECIDED, waiver->possible[0].why, NULL);
    else
        decide(out, is_never ? CS_DEFERRED_MET : CS_DEFERRED_MISSED, "absent", NULL);
}

cs_error deferred_judge(cs_deferral *d, const cs_log_row *opening, cs_judged *out, cs_message *message) {
    const cs_across *a = d->across;
    cs_search match = {0}, waiver = {0};
    int64_t due_ms = across_due(a, d->calendar, opening->event.at_ms);
    bool is_past = false;
    *out = (cs_judged){.due_ms = due_ms, .closed_ms = due_ms};
    cs_error code = search(d, &a->expect, opening, due_ms, true, &match, message);
    if (code == CS_OK) code = search(d, &a->waiver, opening, due_ms, true, &waiver, message);
    bool is_waived = waiver.has_sure && (!match.has_sure || waiver.sure.event.at_ms < match.sure.event.at_ms);
    if (code == CS_OK && !match.has_sure && !is_waived) {
        code = is_past_due(d, opening, due_ms, &is_past, message);
        if (code == CS_OK) code = search(d, &a->expect, opening, due_ms, false, &match, message);
        if (code == CS_OK) code = search(d, &a->waiver, opening, due_ms, false, &waiver, message);
    }
    if (code != CS_OK) return code;
    if (is_waived)
        decide(out, CS_DEFERRED_WAIVED, "waived", &waiver.sure);
    else if (match.has_sure)
        decide(out, a->is_never ? CS_DEFERRED_MISSED : CS_DEFERRED_MET, "present", &match.sure);
    else
        decide_without(d, opening, &match, &waiver, is_past, out);
    return write_evidence(d, opening, &match, &waiver, is_waived, out, message);
}
