#include "store/migration_rows.h"

#include <stddef.h>

const cs_migration migration_rows[] = {
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
    {"work that waits for a worker",
     {
         /* A process whose threads work: machine, pid and born tell whether it still lives. seen_ms: when it last claimed. */
         "CREATE TABLE worker (number {key_once}, name {text} NOT NULL, machine {text} NOT NULL, pid {int64} NOT NULL, "
         "born {int64} NOT NULL, started_ms {int64} NOT NULL, seen_ms {int64} NOT NULL, ended_ms {int64}, done {int64} "
         "NOT NULL)",

         /* kind: read (body, origin: what was read, and from where), joined and rules (seq: inspected again). state: waiting,
          * running, aside. attempts: how often it was claimed; worker, lease_ms: by whom, until when. reason, remedy: why it
          * was set aside. A row goes in the transaction that saves what came of it. */
         "CREATE TABLE job (number {key_once}, kind {text} NOT NULL, import {int64} NOT NULL, seq {int64}, external_id "
         "{text}, hash {bytes}, body {bytes}, origin {text}, urgency {int64} NOT NULL, started_ms {int64} NOT NULL, "
         "made_ms {int64} NOT NULL, run_ms {int64} NOT NULL, state {text} NOT NULL, attempts {int64} NOT NULL, worker "
         "{int64}, lease_ms {int64}, reason {text}, remedy {text})",
         "CREATE INDEX job_import ON job (import, state)",
         "CREATE INDEX job_external_id ON job (external_id, number) WHERE external_id IS NOT NULL",
         "CREATE UNIQUE INDEX job_seq ON job (seq, kind) WHERE seq IS NOT NULL",
         /* What is claimed: urgent ones, the newest of each import, those whose worker was lost. */
         "CREATE INDEX job_urgent ON job (started_ms, number) WHERE state = 'waiting' AND attempts = 0 AND urgency = 1",
         "CREATE INDEX job_newest ON job (import, started_ms, number) WHERE state = 'waiting' AND attempts = 0 AND "
         "urgency = 0",
         "CREATE INDEX job_suspect ON job (number) WHERE state = 'waiting' AND attempts > 0",
         "CREATE INDEX job_lease ON job (worker, lease_ms) WHERE state = 'running'",
         "CREATE INDEX job_aside ON job (number) WHERE state = 'aside'",

         /* What the work of an import has come to since its row was written: in the transaction of each save. */
         "CREATE TABLE import_work (import {int64} NOT NULL PRIMARY KEY, done {int64} NOT NULL DEFAULT 0, inspected "
         "{int64} NOT NULL DEFAULT 0, unchanged {int64} NOT NULL DEFAULT 0, duplicates {int64} NOT NULL DEFAULT 0, "
         "refused {int64} NOT NULL DEFAULT 0, left_stale {int64} NOT NULL DEFAULT 0, reinspected {int64} NOT NULL "
         "DEFAULT 0, joined {int64} NOT NULL DEFAULT 0, recordings {int64} NOT NULL DEFAULT 0, recordings_failed "
         "{int64} NOT NULL DEFAULT 0, arrived {int64} NOT NULL DEFAULT 0)",
         /* Files of an import that must be read again next time, for a conversation of theirs was refused. */
         "CREATE TABLE import_unread (import {int64} NOT NULL, path {text} NOT NULL, PRIMARY KEY (import, path)) "
         "{clustered}",
         /* Jobs done and failed in a minute, for the rate. */
         "CREATE TABLE work_minute (minute {int64} NOT NULL PRIMARY KEY, done {int64} NOT NULL, failed {int64} NOT "
         "NULL)",
         /* Who reads an import in, and until when nobody else may. */
         "ALTER TABLE import ADD COLUMN reader {int64}",
         "ALTER TABLE import ADD COLUMN reader_lease_ms {int64}",
         "ALTER TABLE import ADD COLUMN wants_cancel {int64}",
         NULL,
     }},
    {"search",
     {
         /* The document of its current text in search_index, NULL: not yet made. */
         "ALTER TABLE conversation ADD COLUMN search_document {int64}",
         "CREATE UNIQUE INDEX conversation_search_document ON conversation (search_document) WHERE search_document IS "
         "NOT NULL",
         "CREATE INDEX conversation_unsearched ON conversation (seq) WHERE search_document IS NULL",
         /* src/store/search_index.c */
         "sqlite:CREATE TABLE search_state (last {int64} NOT NULL)",
         "sqlite:INSERT INTO search_state (last) VALUES (0)",
         "sqlite:CREATE TABLE search_waiting (document {int64} NOT NULL PRIMARY KEY, terms {text} NOT NULL)",
         "sqlite:CREATE VIRTUAL TABLE search_index USING fts5 (terms, content = '', detail = none, columnsize = 0, "
         "tokenize = 'ascii')",
         "postgres:CREATE SEQUENCE search_number",
         "postgres:CREATE TABLE search_index (document {int64} NOT NULL PRIMARY KEY, terms tsvector NOT NULL)",
         "postgres:CREATE INDEX search_index_terms ON search_index USING gin (terms)",
         NULL,
     }},
    {"figures",
     {
         /* What is counted of a day (grain 0: start is its number since 1970-01-01, -200000000 for conversations without a
          * time) or a month (grain 1: start is year * 12 + month from 0, summed from its days). Due while marks > counted.
          * taken: the marks when somebody began to count, so that a day is marked once and not at every conversation.
          * ruleset: whose verdicts were counted. zone_least, zone_most: of the day's conversations. */
         "CREATE TABLE figure_span (grain {int64} NOT NULL, start {int64} NOT NULL, marks {int64} NOT NULL, "
         "taken {int64} NOT NULL, counted {int64} NOT NULL, counted_ms {int64}, ruleset {int64}, "
         "conversations {int64} NOT NULL, zone_least {int64}, zone_most {int64}, PRIMARY KEY (grain, start)) "
         "{clustered}",
         /* part: 0 all, 1 by agent, 2 team, 3 queue, 4 channel, 5 by all four. body: src/insight/figure_block.h */
         "CREATE TABLE figure (grain {int64} NOT NULL, part {int64} NOT NULL, start {int64} NOT NULL, body {bytes} NOT "
         "NULL, PRIMARY KEY (grain, part, start))",
         "INSERT INTO figure_span (grain, start, marks, taken, counted, conversations) SELECT DISTINCT 0, "
         "coalesce((started_ms + zone_minutes * 60000 - ((started_ms + zone_minutes * 60000) % 86400000 + 86400000) % "
         "86400000) / 86400000, -200000000), 1, 0, 0, 0 FROM conversation",
         /* src/quality/figure_mark.h */
         "CREATE INDEX conversation_day ON conversation (coalesce((started_ms + zone_minutes * 60000 - ((started_ms + "
         "zone_minutes * 60000) % 86400000 + 86400000) % 86400000) / 86400000, -200000000), seq)",
         /* The worst conversations of the summary, from the first on. */
         "CREATE INDEX conversation_worst ON conversation (high_risk DESC, coalesce(risk, -1) DESC, "
         "coalesce(compliance, 101), coalesce(experience, 101), seq DESC) WHERE hit + missed + noted > 0",
         "CREATE INDEX deferred_obligation_figures ON deferred_obligation (rule, opened_ms, state) WHERE is_current = "
         "1",
         NULL,
     }},
    {"lists of a million",
     {
         /* What lists are sorted by, and what picks the fewest, holds all that lists are filtered by: a row that is looked
          * at and left out costs no way to the table (quality/archive_walk.h). */
         "DROP INDEX conversation_started",
         "DROP INDEX conversation_agent",
         "DROP INDEX conversation_compliance",
         "DROP INDEX conversation_experience",
         "DROP INDEX conversation_risk",
         "CREATE INDEX conversation_started ON conversation (started_ms, seq, agent, team, queue, channel, high_risk, "
         "compliance, experience, risk, hit, missed, undecided, noted)",
         "CREATE INDEX conversation_agent ON conversation (agent, started_ms, seq, team, queue, channel, high_risk, "
         "compliance, experience, risk, hit, missed, undecided, noted)",
         "CREATE INDEX conversation_compliance ON conversation (compliance, started_ms, seq, agent, team, queue, "
         "channel, "
         "high_risk, experience, risk, hit, missed, undecided, noted)",
         "CREATE INDEX conversation_experience ON conversation (experience, started_ms, seq, agent, team, queue, "
         "channel, "
         "high_risk, compliance, risk, hit, missed, undecided, noted)",
         "CREATE INDEX conversation_risk ON conversation (risk, started_ms, seq, agent, team, queue, channel, "
         "high_risk, "
         "compliance, experience, hit, missed, undecided, noted)",
         "CREATE INDEX conversation_hit ON conversation (started_ms, seq) WHERE hit > 0",
         "CREATE INDEX conversation_missed ON conversation (started_ms, seq) WHERE missed > 0",
         "CREATE INDEX conversation_undecided ON conversation (started_ms, seq) WHERE undecided > 0",
         "CREATE INDEX conversation_noted ON conversation (started_ms, seq) WHERE noted > 0",
         NULL,
     }},
    {"accounts, sessions and who saw what",
     {
         "CREATE TABLE account (number {key_once}, name {text} NOT NULL, name_key {text} NOT NULL, role {text} NOT "
         "NULL, "
         "agent {text} NOT NULL, password {text} NOT NULL, is_disabled {int64} NOT NULL, changes {int64} NOT NULL, "
         "created_ms {int64} NOT NULL, changed_ms {int64} NOT NULL)",
         "CREATE UNIQUE INDEX account_name ON account (name_key)",
         /* kind: browser, key. ends_ms null: never. hash: of the token, which is kept nowhere. */
         "CREATE TABLE session (number {key_once}, hash {bytes} NOT NULL, account {int64} NOT NULL REFERENCES account "
         "(number), kind {text} NOT NULL, name {text} NOT NULL, address {text} NOT NULL, created_ms {int64} NOT NULL, "
         "seen_ms {int64} NOT NULL, ends_ms {int64})",
         "CREATE UNIQUE INDEX session_hash ON session (hash)",
         "CREATE INDEX session_account ON session (account, number)",
         /* hash: of this row and the hash of the one before (access/audit.h). account 0: at this machine, -1: nobody. */
         "CREATE TABLE audit (number {int64} NOT NULL PRIMARY KEY, at_ms {int64} NOT NULL, account {int64} NOT NULL, "
         "name {text} NOT NULL, action {text} NOT NULL, subject {text} NOT NULL, detail {text} NOT NULL, hash {bytes} "
         "NOT NULL)",
         "CREATE INDEX audit_action ON audit (action, number)",
         "CREATE INDEX audit_account ON audit (account, number)",
         NULL,
     }},
    {"judgements, comments and what was seen",
     {
         /* Kept by the centre's id, not by seq: what people said outlives an import that is taken back and comes again. */
         /* A random draw that somebody judged from. rule empty: of all rules' findings. found and its like: how many
          * conversations each stratum held (of all rules: findings). definition: of the rule's text then. */
         "CREATE TABLE review (number {key_once}, rule {text} NOT NULL, definition {bytes} NOT NULL, seed {int64} NOT "
         "NULL, take {int64} NOT NULL, found {int64} NOT NULL, passed {int64} NOT NULL, undecided {int64} NOT NULL, "
         "not_applicable {int64} NOT NULL, account {int64} NOT NULL, name {text} NOT NULL, made_ms {int64} NOT NULL)",
         "CREATE UNIQUE INDEX review_draw ON review (rule, definition, seed, take)",
         /* turn from 1, 0: the whole conversation. answer: agree, wrong, missed. verdict: of the machine there and then,
          * stratum: of the rule in the whole conversation; both empty when unknown. supersedes: what it stands instead of. */
         "CREATE TABLE judgement (number {key_once}, conversation {text} NOT NULL, rule {text} NOT NULL, turn {int64} "
         "NOT NULL, answer {text} NOT NULL, reason {text}, note {text}, verdict {text} NOT NULL, stratum {text} NOT "
         "NULL, ruleset {int64} NOT NULL, definition {bytes} NOT NULL, review {int64} REFERENCES review (number), "
         "account {int64} NOT NULL, name {text} NOT NULL, judged_ms {int64} NOT NULL, supersedes {int64} REFERENCES "
         "judgement (number), is_current {int64} NOT NULL, withdrawn_ms {int64}, withdrawn_by {text})",
         "CREATE UNIQUE INDEX judgement_current ON judgement (conversation, rule, turn) WHERE is_current = 1",
         "CREATE INDEX judgement_history ON judgement (conversation, number)",
         "CREATE INDEX judgement_rule ON judgement (rule, number) WHERE is_current = 1",
         /* from_point, to_point: code points of the turn, NULL: all of it. changes: how often it was written. */
         "CREATE TABLE comment (number {key_once}, conversation {text} NOT NULL, turn {int64} NOT NULL, from_point "
         "{int64}, to_point {int64}, body {text} NOT NULL, account {int64} NOT NULL, name {text} NOT NULL, made_ms "
         "{int64} NOT NULL, changed_ms {int64}, changes {int64} NOT NULL)",
         "CREATE INDEX comment_conversation ON comment (conversation, number)",
         "CREATE TABLE seen (account {int64} NOT NULL, conversation {text} NOT NULL, seen_ms {int64} NOT NULL, PRIMARY "
         "KEY (account, conversation)) {clustered}",
         NULL,
     }},
    {"the rule book",
     {
         /* Versions of a rule, as they were published: rows are only added (quality/rulebook.h). text: the rule, its lists,
          * lets and tests. account, by_name: who; 0 and empty: at this machine. backtest: JSON, what it was published on. */
         "CREATE TABLE rule_version (rule {text} NOT NULL, version {int64} NOT NULL, is_retired {int64} NOT NULL, text "
         "{text} NOT NULL, reason {text} NOT NULL, account {int64} NOT NULL, by_name {text} NOT NULL, at_ms {int64} "
         "NOT "
         "NULL, backtest {text}, PRIMARY KEY (rule, version)) {clustered}",
         /* The version that stands over the rule files; kept: lists and lets of earlier ones. */
         "CREATE TABLE rule_page (rule {text} NOT NULL PRIMARY KEY, version {int64} NOT NULL, kept {text} NOT NULL, "
         "at_ms "
         "{int64} NOT NULL)",
         /* state: draft, tested. tests: JSON, what they came to on this text. changes: counts what was saved. */
         "CREATE TABLE rule_draft (rule {text} NOT NULL PRIMARY KEY, text {text} NOT NULL, changes {int64} NOT NULL, "
         "state "
         "{text} NOT NULL, tests {text}, reason {text} NOT NULL, account {int64} NOT NULL, by_name {text} NOT NULL, "
         "at_ms "
         "{int64} NOT NULL)",
         /* A back-test of a draft (quality/rule_trial.h). state: waiting, running, done, cancelled, failed. text_hash: of the
          * draft it was made for. beat_ms: when it last told how far it is. */
         "CREATE TABLE rule_trial (rule {text} NOT NULL PRIMARY KEY, state {text} NOT NULL, text {text} NOT NULL, "
         "text_hash {bytes} NOT NULL, wanted {int64} NOT NULL, done {int64} NOT NULL, total {int64} NOT NULL, asked_ms "
         "{int64} NOT NULL, started_ms {int64}, took_ms {int64}, beat_ms {int64}, reason {text}, result {text})",
         "CREATE INDEX rule_trial_waiting ON rule_trial (asked_ms) WHERE state IN ('waiting', 'running')",
         NULL,
     }},
    {"work orders",
     {
         /* A finding that a person is to answer: one order a finding, for ever (turn 0: the conversation as a whole). What was
          * found is kept as it was then; conversation is its id, which a conversation that is imported again has again.
          * state: open, answered, appealed, closed; outcome of a closed one: done, granted. before_appeal: the state that an
          * upheld appeal goes back to. appeals: 0 none, 1 not decided or upheld since it was opened. assignee 0: a name alone.
          * recheck: the step since the last answer, NULL none. changes counts every step. */
         "CREATE TABLE work_order (number {key_once}, conversation {text} NOT NULL, external_id {text} NOT NULL, "
         "conversation_title {text}, started_ms {int64}, channel {text} NOT NULL, customer {text}, agent {text}, team "
         "{text}, rule "
         "{text} "
         "NOT NULL, rule_zh {text} NOT NULL, rule_en {text} NOT NULL, turn {int64} NOT NULL, at_ms {int64}, verdict "
         "{text} NOT NULL, reason {text} NOT NULL, evidence {text} NOT NULL, quote {text}, effects {text} NOT NULL, "
         "high_risk {int64} NOT NULL, assignee {int64} NOT NULL, assignee_name {text} NOT NULL, state {text} NOT NULL, "
         "outcome {text}, before_appeal {text}, appeals {int64} NOT NULL, recheck {int64}, due_ms {int64} NOT NULL, "
         "note "
         "{text} NOT NULL, opened_by {int64} NOT NULL, opened_by_name {text} NOT NULL, opened_ms {int64} NOT NULL, "
         "answered_by {int64}, answered_ms {int64}, appealed_by {int64}, closed_ms {int64}, changes {int64} NOT NULL)",
         "CREATE UNIQUE INDEX work_order_finding ON work_order (conversation, rule, turn)",
         "CREATE INDEX work_order_due ON work_order (due_ms, number) WHERE closed_ms IS NULL",
         "CREATE INDEX work_order_assignee ON work_order (assignee, due_ms, number) WHERE closed_ms IS NULL",
         "CREATE INDEX work_order_agent ON work_order (agent, number)",
         "CREATE INDEX work_order_assigned ON work_order (assignee, number)",
         "CREATE INDEX work_order_rule ON work_order (rule, number)",
         "CREATE INDEX work_order_team ON work_order (team, number)",
         "CREATE INDEX work_order_state ON work_order (state, number)",
         /* What was done, never changed. kind: opened, assigned, answered, rechecked, closed, reopened, appealed, upheld,
          * granted, commented. detail: JSON. */
         "CREATE TABLE work_order_step (work_order {int64} NOT NULL REFERENCES work_order (number), number {int64} NOT "
         "NULL, kind {text} NOT NULL, at_ms {int64} NOT NULL, account {int64} NOT NULL, account_name {text} NOT NULL, "
         "words {text} NOT NULL, detail {text} NOT NULL, PRIMARY KEY (work_order, number)) {clustered}",
         NULL,
     }},
    {"saved filters",
     {
         /* filter: JSON, the list's own parameters. days: that roll along, 0: none. account 0: of this machine, from before
          * there were accounts. changes: how often it was, so that nobody replaces what he has not seen. */
         "CREATE TABLE saved_filter (number {key_once}, account {int64} NOT NULL, owner {text} NOT NULL, is_shared "
         "{int64} NOT NULL, name {text} NOT NULL, filter {text} NOT NULL, days {int64} NOT NULL, changes {int64} NOT "
         "NULL, created_ms {int64} NOT NULL, changed_ms {int64} NOT NULL, changed_by {int64} NOT NULL, changed_name "
         "{text} NOT NULL)",
         "CREATE UNIQUE INDEX saved_filter_name ON saved_filter (account, name)",
         "CREATE INDEX saved_filter_shared ON saved_filter (name) WHERE is_shared = 1",
         NULL,
     }},
    {"what a draft stands on",
     {
         /* version: the published one that the draft was begun on; 0: there was none. */
         "ALTER TABLE rule_draft ADD COLUMN version {int64} NOT NULL DEFAULT 1",
         "UPDATE rule_draft SET version = (SELECT p.version FROM rule_page p WHERE p.rule = rule_draft.rule) WHERE "
         "EXISTS (SELECT 1 FROM rule_page p WHERE p.rule = rule_draft.rule)",
         /* How often earlier drafts of a rule were changed: a new one counts on, so that no number comes twice. */
         "CREATE TABLE rule_draft_past (rule {text} NOT NULL PRIMARY KEY, changes {int64} NOT NULL)",
         /* tries: how often a server began the back-test. */
         "ALTER TABLE rule_trial ADD COLUMN tries {int64} NOT NULL DEFAULT 0",
         NULL,
     }},
    {"speech that is recognised",
     {
         /* What was recognised of a recording that is not finished (quality/speech_part.h): a piece of one side's voices.
          * recording: hash of its files' places, sizes and times; model: sha256 of its files. utterances: JSON. */
         "CREATE TABLE speech_part (recording {bytes} NOT NULL, model {text} NOT NULL, side {int64} NOT NULL, from_ms "
         "{int64} NOT NULL, to_ms {int64} NOT NULL, utterances {text} NOT NULL, made_ms {int64} NOT NULL, PRIMARY KEY "
         "(recording, model, side, from_ms, to_ms)) {clustered}",
         "CREATE INDEX speech_part_made ON speech_part (made_ms)",
         /* Which model recognises what comes in. queue, language: empty is any; model: a name, off, or empty: as if there
          * was no row. changes: how often it was, so that nobody replaces what he has not seen. */
         "CREATE TABLE speech_choice (queue {text} NOT NULL, language {text} NOT NULL, model {text} NOT NULL, changes "
         "{int64} NOT NULL, changed_ms {int64} NOT NULL, changed_by {int64} NOT NULL, changed_name {text} NOT NULL, "
         "PRIMARY KEY (queue, language)) {clustered}",
         /* How much was recognised by each model. */
         "CREATE TABLE speech_sum (model {text} NOT NULL PRIMARY KEY, recordings {int64} NOT NULL, lost {int64} NOT "
         "NULL, voice_ms {int64} NOT NULL, spent_ms {int64} NOT NULL, failures {int64} NOT NULL)",
         "ALTER TABLE import_work ADD COLUMN recognised {int64} NOT NULL DEFAULT 0",
         "ALTER TABLE import_work ADD COLUMN unrecognised {int64} NOT NULL DEFAULT 0",
         "ALTER TABLE import_work ADD COLUMN speech_ms {int64} NOT NULL DEFAULT 0",
         NULL,
     }},
    {"who wrote transcripts down",
     {
         /* A version of a timeline whose words a recogniser wrote: the newest is the current one where version is
          * conversation.timeline_version. recognised_ms NULL: unknown. confidence: of its words, NULL unknown. placed,
          * nearest: decisions of people that moved from the version before (quality/transcript_move.h). */
         "CREATE TABLE transcript (seq {int64} NOT NULL REFERENCES conversation (seq), version {int64} NOT NULL, model "
         "{text} NOT NULL, model_version {text} NOT NULL, sha256 {text} NOT NULL, rate_hz {int64} NOT NULL, "
         "recognised_ms {int64}, turns {int64} NOT NULL, words {int64} NOT NULL, unsure {int64} NOT NULL, confidence "
         "{real}, placed {int64} NOT NULL, nearest {int64} NOT NULL, PRIMARY KEY (seq, version)) {clustered}",
         "CREATE INDEX transcript_model ON transcript (model, sha256, seq)",
         NULL,
     }},
    {"recordings that are recognised again",
     {
         /* What became of a recording that has no words: off, none (no model was here), failed, unknown (it came before
          * this was kept). One without a row was recognised, or came with a transcript. tries: how often it failed. */
         "CREATE TABLE recording_speech (seq {int64} NOT NULL PRIMARY KEY REFERENCES conversation (seq), state {text} "
         "NOT NULL, model {text} NOT NULL, reason {text} NOT NULL, remedy {text} NOT NULL, tries {int64} NOT NULL, "
         "at_ms {int64} NOT NULL)",
         "CREATE INDEX recording_speech_state ON recording_speech (state, at_ms, seq)",
         "INSERT INTO recording_speech (seq, state, model, reason, remedy, tries, at_ms) SELECT r.seq, 'unknown', '', "
         "'', '', 0, 0 FROM recording r JOIN conversation c ON c.seq = r.seq WHERE NOT EXISTS (SELECT 1 FROM "
         "transcript "
         "t WHERE t.seq = c.seq AND t.version = c.timeline_version)",
         /* Recordings that somebody wants recognised again (quality/speech_again.h). filter: JSON. state: running, stopped,
          * done. reached, last: recordings up to there are listed, and are to be. */
         "CREATE TABLE speech_again (number {key_once}, filter {text} NOT NULL, state {text} NOT NULL, reached {int64} "
         "NOT NULL, last {int64} NOT NULL, found {int64} NOT NULL, found_ms {int64} NOT NULL, done {int64} NOT NULL, "
         "changed {int64} NOT NULL, failed {int64} NOT NULL, passed {int64} NOT NULL, done_ms {int64} NOT NULL, "
         "spent_ms {int64} NOT NULL, made_ms {int64} NOT NULL, made_by {int64} NOT NULL, made_name {text} NOT NULL, "
         "ended_ms {int64}, ended_name {text})",
         "CREATE INDEX speech_again_running ON speech_again (number) WHERE state = 'running'",
         /* Those of them that no worker was given yet. risk: 1 high. model: that is to recognise it. */
         "CREATE TABLE speech_again_item (again {int64} NOT NULL, seq {int64} NOT NULL, risk {int64} NOT NULL, "
         "started_ms {int64} NOT NULL, model {text} NOT NULL, PRIMARY KEY (again, seq)) {clustered}",
         "CREATE INDEX speech_again_next ON speech_again_item (again, risk, started_ms, seq)",
         NULL,
     }},
};

const size_t migration_count = sizeof migration_rows / sizeof migration_rows[0];
