#include "store/migrations.h"

#include "base/buffer.h"
#include "base/clock.h"

#include <string.h>

enum { MAX_STATEMENTS = 60, MAX_STATEMENT_BYTES = 8192 };

typedef struct cs_migration {
    const char *title;
    const char *statements[MAX_STATEMENTS]; /* NULL at the end */
} cs_migration;

/* Words that differ between databases stand in braces. */
static const struct {
    const char *word, *sqlite;
} dialect[] = {
    {"{int64}", "INTEGER"},
    {"{real}", "REAL"},
    {"{text}", "TEXT"},
    {"{bytes}", "BLOB"},
    {"{key}", "INTEGER PRIMARY KEY"}, /* a number that the database gives */
    {"{key_once}", "INTEGER PRIMARY KEY AUTOINCREMENT"}, /* never given again, though its row is gone */
    {"{clustered}", "WITHOUT ROWID"}, /* rows lie in the order of the primary key */
};

/* Version n is row n-1. Never edit a released row: add one. docs/store.md explains the tables. */
static const cs_migration migrations[] = {
    {"conversations, timelines, inspections and findings",
     {
         "CREATE TABLE setting (name {text} NOT NULL PRIMARY KEY, value {text} NOT NULL)",
         "CREATE TABLE dictionary (id {int64} NOT NULL PRIMARY KEY, body {bytes} NOT NULL, created_ms {int64} NOT "
         "NULL)",

         /* One row per rule set and version of the scorecard: whatever changes a score changes the number. */
         "CREATE TABLE ruleset (number {key}, id {bytes} NOT NULL, scorecard {int64} NOT NULL, engine {text} NOT NULL, "
         "source {bytes} NOT NULL, created_ms {int64} NOT NULL, UNIQUE (id, scorecard))",

         "CREATE TABLE source (path {text} NOT NULL PRIMARY KEY, bytes {int64} NOT NULL, modified_ns {int64} NOT NULL, "
         "mapping {bytes} NOT NULL, conversations {int64} NOT NULL, read_ms {int64} NOT NULL) {clustered}",

         "CREATE TABLE conversation (seq {key}, external_id {text} NOT NULL, timeline_hash {bytes} NOT NULL, "
         "timeline_version {int64} NOT NULL, ruleset {int64} NOT NULL REFERENCES ruleset (number), "
         "inspection {int64} NOT NULL, run_ms {int64} NOT NULL, id {text} NOT NULL, started_ms {int64}, "
         "zone_minutes {int64} NOT NULL, duration_ms {int64}, channel {text} NOT NULL, language {text}, title {text}, "
         "agent {text}, team {text}, queue {text}, customer {text}, turns {int64} NOT NULL, compliance {int64}, "
         "experience {int64}, risk {int64}, decided_share {real}, high_risk {int64} NOT NULL, hit {int64} NOT NULL, "
         "missed {int64} NOT NULL, undecided {int64} NOT NULL, noted {int64} NOT NULL, met {int64} NOT NULL, "
         "clean {int64} NOT NULL, worst {text} NOT NULL, tags {text} NOT NULL, source {text})",
         "CREATE UNIQUE INDEX conversation_external_id ON conversation (external_id)",
         "CREATE UNIQUE INDEX conversation_id ON conversation (id)",
         "CREATE INDEX conversation_ruleset ON conversation (ruleset)",
         "CREATE INDEX conversation_started ON conversation (started_ms, seq)",
         "CREATE INDEX conversation_channel ON conversation (channel, started_ms, seq)",
         "CREATE INDEX conversation_agent ON conversation (agent, started_ms, seq)",
         "CREATE INDEX conversation_team ON conversation (team, started_ms, seq)",
         "CREATE INDEX conversation_queue ON conversation (queue, started_ms, seq)",
         "CREATE INDEX conversation_high_risk ON conversation (started_ms, seq) WHERE high_risk = 1",
         "CREATE INDEX conversation_compliance ON conversation (compliance, seq)",
         "CREATE INDEX conversation_experience ON conversation (experience, seq)",
         "CREATE INDEX conversation_risk ON conversation (risk, seq)",

         "CREATE TABLE timeline (seq {int64} NOT NULL REFERENCES conversation (seq), version {int64} NOT NULL, "
         "hash {bytes} NOT NULL, body {bytes} NOT NULL, PRIMARY KEY (seq, version))",

         "CREATE TABLE inspection (seq {int64} NOT NULL REFERENCES conversation (seq), number {int64} NOT NULL, "
         "timeline_version {int64} NOT NULL, ruleset {int64} NOT NULL REFERENCES ruleset (number), "
         "inspected_ms {int64} NOT NULL, verdicts {bytes} NOT NULL, PRIMARY KEY (seq, number)) {clustered}",

         /* Of current inspections only: the verdict bytes of older ones stay, and evaluating again explains them. */
         "CREATE TABLE finding (seq {int64} NOT NULL REFERENCES conversation (seq), number {int64} NOT NULL, "
         "inspection {int64} NOT NULL, rule {text} NOT NULL, ordinal {int64} NOT NULL, verdict {int64} NOT NULL, "
         "reason {text} NOT NULL, started_ms {int64}, agent {text}, turn {int64}, at_ms {int64}, "
         "evidence {text} NOT NULL, PRIMARY KEY (seq, number)) {clustered}",
         "CREATE INDEX finding_rule ON finding (rule, verdict, started_ms, seq)",
         NULL,
     }},
    {"the event log, and obligations across conversations",
     {
         /* Append-only. event_id begins with where it is from: e: a file of events, c: a conversation, t: a timer, x: the
          * correction of another. is_withdrawn: a newer text of its conversation doesn't hold it any more. */
         "CREATE TABLE event_log (seq {key}, event_id {text} NOT NULL, kind {text} NOT NULL, at_ms {int64} NOT NULL, "
         "ticket {text}, customer {text}, conversation {text}, by_whom {text}, direction {text}, "
         "fields {text} NOT NULL, source {text}, arrived_ms {int64} NOT NULL, is_withdrawn {int64} NOT NULL)",
         "CREATE UNIQUE INDEX event_log_id ON event_log (event_id)",
         "CREATE INDEX event_log_ticket ON event_log (ticket, kind, at_ms) WHERE ticket IS NOT NULL",
         "CREATE INDEX event_log_customer ON event_log (customer, kind, at_ms) WHERE customer IS NOT NULL",

         /* How far each rule has read the log, and what it meant then. */
         "CREATE TABLE deferred_rule (rule {text} NOT NULL PRIMARY KEY, definition {bytes} NOT NULL, "
         "cursor {int64} NOT NULL)",

         /* A verdict that changed stays, is_current 0; the new row names it in supersedes. */
         "CREATE TABLE deferred_obligation (number {key}, rule {text} NOT NULL, ruleset {int64} NOT NULL REFERENCES "
         "ruleset (number), subject {text} NOT NULL, ticket {text}, customer {text}, opened_seq {int64} NOT NULL "
         "REFERENCES event_log (seq), opened_event {text} NOT NULL, opened_ms {int64} NOT NULL, due_ms {int64} NOT "
         "NULL, closed_ms {int64} NOT NULL, state {text} NOT NULL, reason {text} NOT NULL, decided_ms {int64}, "
         "evidence {text} NOT NULL, supersedes {int64} REFERENCES deferred_obligation (number), "
         "is_current {int64} NOT NULL)",
         "CREATE INDEX deferred_obligation_subject ON deferred_obligation (rule, subject, opened_ms) WHERE is_current "
         "= 1",
         "CREATE INDEX deferred_obligation_ticket ON deferred_obligation (rule, ticket, opened_ms) WHERE is_current = "
         "1",
         "CREATE INDEX deferred_obligation_customer ON deferred_obligation (rule, customer, opened_ms) WHERE "
         "is_current = 1",
         "CREATE INDEX deferred_obligation_opened ON deferred_obligation (rule, opened_seq)",
         "CREATE INDEX deferred_obligation_due ON deferred_obligation (rule, due_ms) WHERE is_current = 1 AND state = "
         "'pending'",
         NULL,
     }},
    {"recordings",
     {
         /* report: the JSON of the API. waveform, blob: names of files in recordings/. */
         "CREATE TABLE recording (seq {int64} NOT NULL PRIMARY KEY REFERENCES conversation (seq), "
         "rate_hz {int64} NOT NULL, channels {int64} NOT NULL, duration_ms {int64} NOT NULL, waveform {text} NOT NULL, "
         "report {text} NOT NULL)",

         /* A file of it: one, or one a side. path, bytes, modified_ns: where it came from, as it was then. */
         "CREATE TABLE recording_part (seq {int64} NOT NULL REFERENCES conversation (seq), number {int64} NOT NULL, "
         "path {text} NOT NULL, bytes {int64} NOT NULL, modified_ns {int64} NOT NULL, blob {text} NOT NULL, "
         "frames {int64} NOT NULL, PRIMARY KEY (seq, number)) {clustered}",
         "CREATE INDEX recording_part_path ON recording_part (path)",
         "CREATE INDEX conversation_source ON conversation (source)",
         NULL,
     }},
    {"imports, records and what is joined, people",
     {
         /* What one run, upload or watched folder brought. how: command, upload, api, watch. state: open, waiting, running,
          * done, failed, cancelled, undoing, undone. counts: JSON. folder: where its files lie under the store's uploads/.
          * An import that brought nothing is forgotten, but rows that it saw keep its number: no other may have it. */
         "CREATE TABLE import (number {key_once}, how {text} NOT NULL, name {text} NOT NULL, mapping {text}, state "
         "{text} "
         "NOT "
         "NULL, created_ms {int64} NOT NULL, started_ms {int64}, ended_ms {int64}, folder {text}, counts {text}, "
         "trouble {text}, idempotency_key {text}, request {bytes})",
         "CREATE UNIQUE INDEX import_idempotency_key ON import (idempotency_key) WHERE idempotency_key IS NOT NULL",
         "CREATE INDEX import_state ON import (state)",
         "CREATE TABLE import_refusal (import {int64} NOT NULL REFERENCES import (number), number {int64} NOT NULL, "
         "file "
         "{text} NOT NULL, conversation {text}, place {text} NOT NULL, reason {text} NOT NULL, remedy {text} NOT NULL, "
         "PRIMARY KEY (import, number)) {clustered}",
         /* A conversation that an import made or changed. was_version: its timeline before; NULL: it was not there. */
         "CREATE TABLE import_item (import {int64} NOT NULL REFERENCES import (number), seq {int64} NOT NULL, "
         "was_version {int64}, PRIMARY KEY (import, seq)) {clustered}",
         "CREATE INDEX import_item_seq ON import_item (seq, import)",
         "CREATE TABLE mapping (name {text} NOT NULL PRIMARY KEY, body {text} NOT NULL, saved_ms {int64} NOT NULL)",
         "ALTER TABLE source ADD COLUMN import {int64}",

         /* A timeline as it was read, where the one in timeline has something joined to it. */
         "CREATE TABLE as_read (seq {int64} NOT NULL REFERENCES conversation (seq), version {int64} NOT NULL, "
         "hash {bytes} NOT NULL, body {bytes} NOT NULL, PRIMARY KEY (seq, version)) {clustered}",
         "ALTER TABLE conversation ADD COLUMN read_hash {bytes}", /* of the timeline as read; NULL: timeline_hash */
         "ALTER TABLE conversation ADD COLUMN seen_import {int64}", /* the last one that held it unchanged */
         /* What a conversation as read can be found by. kind: phone, ticket, agent_id, extension, recording;
          * phone_day where only the day is known: started_ms is its midnight. */
         "CREATE TABLE conversation_key (kind {text} NOT NULL, value {text} NOT NULL, started_ms {int64} NOT NULL, seq "
         "{int64} NOT NULL REFERENCES conversation (seq), PRIMARY KEY (kind, value, started_ms, seq)) {clustered}",
         "CREATE INDEX conversation_key_seq ON conversation_key (seq)",
         "CREATE INDEX conversation_customer ON conversation (customer, started_ms)",

         /* A row of a call list, ticket export, roster, satisfaction list or customer list. key: what it is about, so that a
          * row that comes again replaces it. seen_import: the last one in which it stood; retired_import: the one since which
          * it counts no more. path, source: the file, its name. from_ms, to_ms: the span it is about. body: JSON of the row. */
         "CREATE TABLE record (number {key}, kind {text} NOT NULL, key {text} NOT NULL, import {int64}, seen_import "
         "{int64}, "
         "retired_import {int64}, is_current {int64} NOT NULL, path {text} NOT NULL, source {text} NOT NULL, line "
         "{int64} NOT NULL, from_ms {int64}, to_ms {int64}, phone {text}, "
         "conversation {text}, recording {text}, ticket {text}, agent {text}, agent_id {text}, extension {text}, hash "
         "{bytes} NOT NULL, body {text} NOT NULL)",
         "CREATE UNIQUE INDEX record_key ON record (kind, key) WHERE is_current = 1",
         "CREATE INDEX record_history ON record (kind, key, number)",
         "CREATE INDEX record_retired ON record (retired_import) WHERE retired_import IS NOT NULL",
         "CREATE INDEX record_path ON record (path, from_ms) WHERE is_current = 1",
         "CREATE INDEX record_import ON record (import)",
         "CREATE INDEX record_phone ON record (phone, from_ms) WHERE is_current = 1 AND phone IS NOT NULL",
         "CREATE INDEX record_conversation ON record (conversation) WHERE is_current = 1 AND conversation IS NOT NULL",
         "CREATE INDEX record_recording ON record (recording) WHERE is_current = 1 AND recording IS NOT NULL",
         "CREATE INDEX record_ticket ON record (ticket, from_ms) WHERE is_current = 1 AND ticket IS NOT NULL",
         "CREATE INDEX record_agent ON record (agent, kind) WHERE is_current = 1 AND agent IS NOT NULL",
         "CREATE INDEX record_agent_id ON record (agent_id, kind) WHERE is_current = 1 AND agent_id IS NOT NULL",
         "CREATE INDEX record_extension ON record (extension, kind) WHERE is_current = 1 AND extension IS NOT NULL",
         /* What a record belongs to. state: matched, doubtful, unmatched; candidates: JSON, of doubtful ones. */
         "CREATE TABLE record_match (record {int64} NOT NULL PRIMARY KEY REFERENCES record (number), state {text} NOT "
         "NULL, seq {int64} REFERENCES conversation (seq), reason {text} NOT NULL, candidates {text})",
         "CREATE INDEX record_match_seq ON record_match (seq) WHERE seq IS NOT NULL",
         "CREATE INDEX record_match_state ON record_match (state, record)",
         "CREATE TABLE match_due (record {int64} NOT NULL PRIMARY KEY)", /* records to be matched again */
         /* Conversations to be joined again; must_inspect: also when that changes nothing. marks: how often it became due,
          * so that what became due while it was joined is not lost. */
         "CREATE TABLE join_due (seq {int64} NOT NULL PRIMARY KEY, must_inspect {int64} NOT NULL DEFAULT 0, marks "
         "{int64} NOT NULL DEFAULT 1)",

         /* kind: customer, agent. A person is what its identities say. merged_into: the person that it was found to be, so
          * that its old address still opens. */
         "CREATE TABLE person (number {key}, kind {text} NOT NULL, created_ms {int64} NOT NULL, merged_into {int64} "
         "REFERENCES person (number))",
         "CREATE INDEX person_kind ON person (kind, number) WHERE merged_into IS NULL",
         "CREATE INDEX person_merged ON person (merged_into) WHERE merged_into IS NOT NULL",
         /* import: one that names it; 0: none in particular. name: as it came with it. */
         "CREATE TABLE person_identity (kind {text} NOT NULL, value {text} NOT NULL, person {int64} NOT NULL "
         "REFERENCES "
         "person (number), name {text}, import {int64} NOT NULL, PRIMARY KEY (kind, value)) {clustered}",
         "CREATE INDEX person_identity_person ON person_identity (person)",
         /* Why two identities are one person. import, source, place: where it was said, -1: nobody says it any more.
          * is_undone: somebody said that they are not, whatever is imported later. */
         "CREATE TABLE person_link (number {key}, kind_a {text} NOT NULL, value_a {text} NOT NULL, kind_b {text} NOT "
         "NULL, "
         "value_b {text} NOT NULL, import {int64} NOT NULL, source {text} NOT NULL, place {text} NOT NULL, made_ms "
         "{int64} "
         "NOT NULL, is_undone {int64} NOT NULL, undone_ms {int64})",
         "CREATE UNIQUE INDEX person_link_pair ON person_link (kind_a, value_a, kind_b, value_b)",
         "CREATE INDEX person_link_b ON person_link (kind_b, value_b, kind_a)",
         /* Further imports that say a link, or name an identity alone (kind_b and value_b empty). */
         "CREATE TABLE person_naming (kind_a {text} NOT NULL, value_a {text} NOT NULL, kind_b {text} NOT NULL, value_b "
         "{text} NOT NULL, import {int64} NOT NULL, source {text} NOT NULL, place {text} NOT NULL, PRIMARY KEY "
         "(kind_a, "
         "value_a, kind_b, value_b, import)) {clustered}",
         NULL,
     }},
};

int migrations_newest(void) {
    return (int)(sizeof migrations / sizeof migrations[0]);
}

static cs_error number(cs_db *db, const char *sql, int64_t *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *out = has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

static cs_error run(cs_db *db, const char *sql, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    return code == CS_OK ? db_run(stmt, message) : code;
}

/* 0: an empty file. */
static cs_error version_of(cs_db *db, int64_t *version, cs_message *message) {
    int64_t tables = 0, has_version = 0;
    cs_error code = number(db, "SELECT count(*) FROM sqlite_master", &tables, message);
    if (code == CS_OK)
        code = number(db, "SELECT count(*) FROM sqlite_master WHERE name='schema_version'", &has_version, message);
    if (code != CS_OK) return code;
    if (has_version) return number(db, "SELECT max(version) FROM schema_version", version, message);
    if (tables > 0) {
        (void)message_set(message, CS_ERR_STORE, "the file callscope.db is a database of another program");
        message_remedy(message, "choose another folder");
        return CS_ERR_STORE;
    }
    *version = 0;
    return CS_OK;
}

static cs_error refuse_newer(int64_t version, cs_message *message) {
    if (version <= migrations_newest()) return CS_OK;
    (void)message_set(message, CS_ERR_STORE,
                      "the store was made by a newer program (its shape is %lld, this program knows %d)",
                      (long long)version, migrations_newest());
    message_remedy(message, "use that newer version of the program");
    return CS_ERR_STORE;
}

static cs_error apply_statement(cs_db *db, const char *statement, cs_message *message) {
    cs_buffer sql;
    buffer_init(&sql, MAX_STATEMENT_BYTES);
    for (const char *at = statement; *at;) {
        size_t plain = strcspn(at, "{");
        (void)buffer_append(&sql, at, plain);
        at += plain;
        if (!*at) break;
        size_t i = 0;
        while (i < sizeof dialect / sizeof dialect[0] && strncmp(at, dialect[i].word, strlen(dialect[i].word)) != 0)
            i++;
        if (i == sizeof dialect / sizeof dialect[0]) {
            buffer_free(&sql);
            return message_set(message, CS_ERR_STORE, "a migration holds the unknown word %.20s", at);
        }
        (void)buffer_text(&sql, dialect[i].sqlite);
        at += strlen(dialect[i].word);
    }
    cs_error code = sql.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory to bring the store up to date")
                                  : run(db, buffer_string(&sql), message);
    buffer_free(&sql);
    return code;
}

static cs_error record(cs_db *db, int64_t version, const char *title, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(
        db, "INSERT INTO schema_version (version, title, applied_ms) VALUES (:version, :title, :now)", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "version", version);
    db_bind_text(stmt, "title", title);
    db_bind_int64(stmt, "now", clock_now_ms());
    return db_run(stmt, message);
}

/* One step in its own transaction; the version is read inside it, since another process may have been faster. */
static cs_error step(cs_db *db, int64_t *version, cs_message *message) {
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    code = version_of(db, version, message);
    if (code == CS_OK && *version < migrations_newest()) {
        if (*version == 0)
            code = apply_statement(db,
                                   "CREATE TABLE schema_version (version {int64} NOT NULL PRIMARY KEY, "
                                   "title {text} NOT NULL, applied_ms {int64} NOT NULL)",
                                   message);
        const cs_migration *migration = &migrations[*version];
        for (size_t i = 0; code == CS_OK && migration->statements[i]; i++)
            code = apply_statement(db, migration->statements[i], message);
        if (code == CS_OK) code = record(db, *version + 1, migration->title, message);
    }
    if (code != CS_OK) {
        db_rollback(db);
        return code;
    }
    code = db_commit(db, message);
    if (code == CS_OK && *version < migrations_newest()) *version += 1;
    return code;
}

cs_error migrations_apply(cs_db *db, cs_message *message) {
    int64_t version = 0;
    cs_error code = version_of(db, &version, message);
    while (code == CS_OK && version < migrations_newest()) code = step(db, &version, message);
    return code == CS_OK ? refuse_newer(version, message) : code;
}

cs_error migrations_check(cs_db *db, cs_message *message) {
    int64_t version = 0;
    cs_error code = version_of(db, &version, message);
    if (code == CS_OK) code = refuse_newer(version, message);
    if (code != CS_OK || version == migrations_newest()) return code;
    (void)message_set(message, version ? CS_ERR_STORE : CS_ERR_NOT_FOUND,
                      version ? "the store is of an older program (its shape is %lld, this program needs %d)"
                              : "the store is empty (its shape is %lld, this program needs %d)",
                      (long long)version, migrations_newest());
    message_remedy(message, "let this program write to it once: that brings it up to date");
    return version ? CS_ERR_STORE : CS_ERR_NOT_FOUND;
}
