#include "quality/export_findings.h"

#include "conversation/conversation_mask.h"
#include "quality/archive_each.h"
#include "quality/archive_findings.h"
#include "quality/export_findings_table.h"
#include "quality/export_findings_words.h"
#include "text/mask.h"

#include <stdlib.h>
#include <string.h>

enum { FINDINGS, CONVERSATIONS, FORMS, MOST_OLDER = 4, MAX_WORDS_BYTES = 1 << 20, MAX_TAGS_BYTES = 1 << 20 };

static const cs_table_column finding_columns[] = {
    {"会话编号", "Conversation", 22},
    {"开始时间", "Started", 20},
    {"渠道", "Channel", 8},
    {"坐席", "Agent", 12},
    {"班组", "Team", 12},
    {"队列", "Queue", 12},
    {"客户", "Customer", 16},
    {"合规分", "Compliance", 8},
    {"体验分", "Experience", 8},
    {"风险分", "Risk", 8},
    {"规则", "Rule", 30},
    {"判定", "Verdict", 8},
    {"合规扣分", "Compliance points", 10},
    {"体验扣分", "Experience points", 10},
    {"风险加分", "Risk points", 10},
    {"扣分说明", "Why", 44},
    {"时间点", "At", 10},
    {"第几句", "Turn", 8},
    {"原话", "Words", 50},
    {"证据说明", "Evidence", 60},
    {"规则名", "Rule name", 24},
    {NULL, NULL, 0},
};
static const cs_table_column conversation_columns[] = {
    {"会话编号", "Conversation", 22},
    {"标题", "Title", 36},
    {"开始时间", "Started", 20},
    {"时区", "Zone", 8},
    {"时长", "Duration", 10},
    {"渠道", "Channel", 8},
    {"坐席", "Agent", 12},
    {"班组", "Team", 12},
    {"队列", "Queue", 12},
    {"客户", "Customer", 16},
    {"句数", "Turns", 8},
    {"合规分", "Compliance", 8},
    {"体验分", "Experience", 8},
    {"风险分", "Risk", 8},
    {"高风险", "High risk", 8},
    {"已判定", "Decided", 8},
    {"命中", "Hit", 6},
    {"未达", "Missed", 6},
    {"提示", "Noted", 6},
    {"待定", "Undecided", 6},
    {"合规分怎么来的", "Compliance in words", 60},
    {"体验分怎么来的", "Experience in words", 60},
    {"风险分怎么来的", "Risk in words", 60},
    {"标签", "Tags", 20},
    {NULL, NULL, 0},
};
static const cs_table_form forms[FORMS] = {{"发现", "Findings", finding_columns},
                                           {"会话", "Conversations", conversation_columns}};

typedef struct cs_older {
    cs_hash id;
    cs_ruleset *ruleset;
} cs_older;

typedef struct cs_exporting {
    cs_db *db;
    cs_ruleset *ruleset;
    const cs_export_findings *options;
    cs_table_out *table;
    bool is_english;
    cs_older older[MOST_OLDER]; /* rule sets of conversations that were not inspected again; the next to go first */
    unsigned next_older;
    const char *customer; /* of the conversation, as far as the name is known */
    cs_buffer words, shown; /* shown: a text while it is covered */
    cs_export_counts counts;
} cs_exporting;

/* ---- rule sets ---- */

static cs_error find_ruleset(cs_exporting *export, cs_hash id, const cs_ruleset **out, cs_message *message) {
    *out = export->ruleset;
    if (hash_equal(id, ruleset_id(export->ruleset))) return CS_OK;
    for (unsigned i = 0; i < MOST_OLDER; i++)
        if (export->older[i].ruleset && hash_equal(export->older[i].id, id)) {
            *out = export->older[i].ruleset;
            return CS_OK;
        }
    cs_older *older = &export->older[export->next_older];
    cs_ruleset *loaded = NULL;
    cs_error code = archive_load_ruleset(export->db, id, &loaded, message);
    if (code != CS_OK) {
        message_remedy(message, "inspect the conversations again with today's rules");
        return code;
    }
    ruleset_release(older->ruleset);
    *older = (cs_older){.id = id, .ruleset = loaded};
    export->next_older = (export->next_older + 1) % MOST_OLDER;
    *out = loaded;
    return CS_OK;
}

/* ---- what a finding moved ---- */

static bool is_charged(cs_verdict verdict) {
    return verdict == CS_VERDICT_HIT || verdict == CS_VERDICT_MISSED || verdict == CS_VERDICT_NOTED;
}

/* The points of the rule's term go to its findings in their order, so that a column's sum is what the score lost. */
static int share_of(const cs_effect *effect, uint32_t before, uint32_t units, cs_moved *moved) {
    if (!effect->is_each || effect->is_fatal) {
        moved->is_repeated = before > 0;
        return before > 0 ? 0 : effect->points;
    }
    int64_t most = effect->max ? effect->max : 100, one = llabs((int64_t)effect->points);
    int64_t had = one * before > most ? most : one * before, whole = one * (before + units);
    int64_t now = whole > most ? most : whole;
    moved->is_capped = whole > most;
    return (int)(effect->points < 0 ? had - now : now - had);
}

/* units: of each rule, what its findings before this one counted. */
static cs_moved moved_by(const cs_kept_finding *finding, uint32_t *units) {
    cs_moved moved = {.rule = finding->rule, .verdict = finding->verdict};
    uint32_t before = units[finding->rule->index];
    units[finding->rule->index] += finding->units;
    for (uint32_t i = 0; i < finding->rule->effect_count; i++) {
        const cs_effect *effect = &finding->rule->effects[i];
        moved.is_counted[effect->score] = true;
        moved.is_fatal = moved.is_fatal || effect->is_fatal;
        moved.points[effect->score] += share_of(effect, before, finding->units, &moved);
    }
    return moved;
}

/* ---- rows ---- */

static void put_score(cs_table_out *table, int total) {
    if (total == CS_NO_SCORE)
        table_out_text(table, NULL);
    else
        table_out_number(table, total);
}

static void put_points(cs_table_out *table, int points) {
    if (points)
        table_out_number(table, points);
    else
        table_out_text(table, NULL);
}

static const char *team_of(const cs_conversation *conversation, const char *agent) {
    for (uint32_t i = 0; i < conversation->participant_count; i++) {
        const cs_participant *one = &conversation->participants[i];
        if (one->role == CS_ROLE_AGENT && one->name && strcmp(one->name, agent) == 0) return one->team;
    }
    return NULL;
}

/* Who is responsible for it; of one that is nobody's, the conversation's agent. */
static void put_agent(cs_table_out *table, const cs_conversation *conversation, const char *agent) {
    const cs_participant *usual = conversation_agent(conversation);
    const char *team = agent ? team_of(conversation, agent) : usual ? usual->team : NULL;
    table_out_text(table, agent ? agent : usual ? usual->name : NULL);
    table_out_text(table, team);
}

typedef enum cs_text_kind { TEXT, TITLE, NAME } cs_text_kind;

/* A text of people, as it is shown. */
static void put_text(cs_exporting *export, cs_text_kind kind, const char *text, const char *customer) {
    size_t bytes = text ? strlen(text) : 0;
    if (!bytes || export->options->is_revealed) {
        table_out_text(export->table, text);
        return;
    }
    buffer_clear(&export->shown);
    if (!buffer_append(&export->shown, text, bytes)) return; /* is noticed at the end of the conversation */
    if (kind == TEXT)
        (void)mask_said(text, bytes, customer, export->shown.data);
    else if (kind == TITLE)
        (void)mask_title(text, bytes, customer, export->shown.data);
    else
        (void)mask_name(text, bytes, export->shown.data);
    table_out_text(export->table, export->shown.data);
}

static void put_words(cs_exporting *export) {
    put_text(export, TEXT, buffer_string(&export->words), export->customer);
    buffer_clear(&export->words);
}

/* The turn as it was said, with who said it. */
static void put_turn(cs_exporting *export, const cs_conversation *conversation, int64_t turn) {
    if (turn < 1 || turn > conversation->turn_count) {
        table_out_text(export->table, NULL);
        table_out_text(export->table, NULL);
        return;
    }
    const cs_turn *said = &conversation->turns[turn - 1];
    cs_role role = conversation->participants[said->participant].role;
    table_out_number(export->table, turn);
    (void)buffer_printf(&export->words, export->is_english ? "%s: " : "%s：", word_of_role(role, export->is_english));
    (void)buffer_append(&export->words, said->text, said->text_bytes);
    put_words(export);
}

static void put_finding(cs_exporting *export, const cs_conversation *conversation, const cs_kept_inspection *kept,
                        const cs_kept_finding *finding, uint32_t *units) {
    cs_moved moved = moved_by(finding, units);
    cs_table_out *table = export->table;
    table_out_row(table, FINDINGS);
    put_text(export, TITLE, conversation->external_id, export->customer);
    table_out_time(table, conversation->started_ms, conversation->zone_minutes);
    table_out_text(table, word_of_channel(channel_name(conversation->channel), export->is_english));
    put_agent(table, conversation, finding->agent);
    table_out_text(table, conversation->queue);
    put_text(export, NAME, conversation->customer, NULL);
    for (int i = 0; i < CS_SCORE_COUNT; i++) put_score(table, kept->totals[i]);
    table_out_text(table, word_of_title(finding->rule, export->is_english));
    table_out_text(table, word_of_verdict(finding->verdict, export->is_english));
    for (int i = 0; i < CS_SCORE_COUNT; i++) put_points(table, moved.points[i]);
    words_of_moved(&export->words, &moved, export->is_english);
    put_words(export);
    table_out_span(table, finding->at_ms);
    put_turn(export, conversation, finding->turn);
    words_of_evidence(&export->words, finding->evidence, export->is_english);
    put_words(export);
    table_out_text(table, finding->rule->name);
    export->counts.findings++;
}

static void put_tags(cs_exporting *export, const char *json) {
    cs_json *tags = NULL;
    if (json_parse(json, strlen(json), MAX_TAGS_BYTES, &tags, NULL) == CS_OK)
        for (size_t i = 0; i < json_length(tags); i++) {
            const char *tag = json_string(json_at(tags, i), NULL);
            (void)buffer_printf(&export->words, "%s%s", !i ? "" : export->is_english ? ", " : "、", tag ? tag : "");
        }
    json_free(tags);
    put_words(export);
}

static void put_zone(cs_exporting *export, const cs_conversation *conversation) {
    int zone = conversation->zone_minutes;
    if (conversation->started_ms != CS_NO_TIME)
        (void)buffer_printf(&export->words, "UTC%c%02d:%02d", zone < 0 ? '-' : '+', abs(zone) / 60, abs(zone) % 60);
    put_words(export);
}

static void put_conversation(cs_exporting *export, const cs_stored *stored, const cs_ruleset *ruleset,
                             const cs_kept_inspection *kept) {
    const cs_conversation *conversation = stored->conversation;
    cs_table_out *table = export->table;
    bool is_english = export->is_english;
    table_out_row(table, CONVERSATIONS);
    put_text(export, TITLE, conversation->external_id, export->customer);
    put_text(export, TITLE, conversation->title, export->customer);
    table_out_time(table, conversation->started_ms, conversation->zone_minutes);
    put_zone(export, conversation);
    table_out_span(table, conversation_duration_ms(conversation));
    table_out_text(table, word_of_channel(channel_name(conversation->channel), is_english));
    put_agent(table, conversation, NULL);
    table_out_text(table, conversation->queue);
    put_text(export, NAME, conversation->customer, NULL);
    table_out_number(table, conversation->turn_count);
    for (int i = 0; i < CS_SCORE_COUNT; i++) put_score(table, kept->totals[i]);
    table_out_text(table, is_english ? (kept->is_high_risk ? "yes" : "no") : kept->is_high_risk ? "是" : "否");
    table_out_share(table, kept->decided_share);
    const int64_t counts[] = {kept->hit, kept->missed, kept->noted, kept->undecided};
    for (int i = 0; i < 4; i++) table_out_number(table, counts[i]);
    for (cs_score score = 0; score < CS_SCORE_COUNT; score++) {
        const cs_score_line *line = kept->has_scores ? &kept->scores.lines[score] : NULL;
        words_of_score(&export->words, score, ruleset, line, kept->totals[score], is_english);
        put_words(export);
    }
    put_tags(export, kept->tags);
    export->counts.conversations++;
}

static cs_error export_one(void *context, const cs_stored *stored, cs_arena *arena, cs_message *message) {
    cs_exporting *export = context;
    const cs_ruleset *ruleset = NULL;
    cs_kept_inspection kept;
    if (export->options->is_stopped && export->options->is_stopped(export->options->context))
        return message_set(message, CS_ERR_STOPPED, "the export was stopped");
    cs_error code = find_ruleset(export, stored->ruleset, &ruleset, message);
    if (code == CS_OK) code = archive_findings(export->db, stored, ruleset, arena, &kept, message);
    if (code != CS_OK) return code;
    uint32_t *units = arena_array(arena, (size_t)ruleset_rule_count(ruleset) + 1, sizeof *units);
    if (!units) return message_set(message, CS_ERR_MEMORY, "no memory for the findings of a conversation");
    export->customer = conversation_customer_name(stored->conversation);
    put_conversation(export, stored, ruleset, &kept);
    for (uint32_t i = 0; i < kept.count; i++)
        if (kept.findings[i].rule && is_charged(kept.findings[i].verdict))
            put_finding(export, stored->conversation, &kept, &kept.findings[i], units);
    if (export->words.is_failed || export->shown.is_failed)
        return message_set(message, CS_ERR_MEMORY, "no memory for the words of a finding");
    return table_out_state(export->table, message);
}

/* ---- the whole ---- */

cs_error export_findings(cs_db *db, cs_packer *packer, cs_ruleset *ruleset, const cs_export_findings *options,
                         cs_export_counts *counts, cs_message *message) {
    cs_exporting export = {.db = db,
                           .ruleset = ruleset,
                           .options = options,
                           .is_english = options->language && strcmp(options->language, "en") == 0};
    cs_table_options table = {.is_xlsx = options->is_xlsx,
                              .is_english = export.is_english,
                              .fd = options->fd,
                              .folder = options->folder,
                              .sheet_rows = options->sheet_rows};
    cs_message closing = {.reason = ""};
    buffer_init(&export.words, MAX_WORDS_BYTES);
    buffer_init(&export.shown, MAX_WORDS_BYTES);
    cs_error code = table_out_open(&table, forms, FORMS, &export.table, message);
    if (code == CS_OK) {
        code = archive_each(db, packer, ruleset, options->filter, export_one, &export, message);
        if (code != CS_OK) table_out_abandon(export.table);
        cs_error closed = table_out_close(export.table, &closing);
        if (code == CS_OK && closed != CS_OK) {
            code = closed;
            if (message) *message = closing;
        }
    }
    for (unsigned i = 0; i < MOST_OLDER; i++) ruleset_release(export.older[i].ruleset);
    buffer_free(&export.words);
    buffer_free(&export.shown);
    if (code == CS_OK && counts) *counts = export.counts;
    return code;
}
