#include "insight/measure.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char SETTING[] = "measures";
enum { ARENA_BYTES = 64 << 20 };

/* ---- from the packs ---- */

typedef struct search {
    cs_arena *arena;
    cs_measure *list;
    uint32_t *count;
    cs_error code;
    cs_message *message;
} search;

static bool on_file(void *context, const char *path, const cs_file_info *info) {
    search *s = context;
    const char *slash = strrchr(path, '/');
    cs_buffer text;
    (void)info;
    if (strcmp(slash ? slash + 1 : path, "measures.json") != 0) return true;
    s->code = file_read_text(path, CS_MAX_MEASURE_FILE_BYTES, CS_ENCODING_ANY, &text, NULL, s->message);
    if (s->code == CS_OK)
        s->code = measures_parse(buffer_string(&text), text.length, s->arena, s->list, s->count, s->message);
    if (s->code != CS_OK) message_within(s->message, "%s", path);
    buffer_free(&text);
    return s->code == CS_OK;
}

static bool on_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    search *s = context;
    (void)path;
    *s->message = *message;
    s->code = code;
    return false;
}

cs_error measures_read(const char *path, cs_arena *arena, cs_measure *list, uint32_t *count, cs_message *message) {
    search s = {.arena = arena, .list = list, .count = count, .message = message};
    cs_error code = file_walk(path, on_file, on_trouble, &s);
    return s.code != CS_OK ? s.code : code;
}

/* ---- in the store ---- */

/* *out "" where there is none. */
static cs_error read_setting(cs_db *db, const char *name, cs_buffer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT value FROM setting WHERE name = :name", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "name", name);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row && !buffer_text(out, db_text(stmt, 0)))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the measures");
    db_done(stmt);
    return code;
}

static cs_error write_setting(cs_db *db, const char *name, const char *value, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             value ? "INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO "
                                     "UPDATE SET value = excluded.value"
                                   : "DELETE FROM setting WHERE name = :name",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "name", name);
    if (value) db_bind_text(stmt, "value", value);
    return db_run(stmt, message);
}

static cs_error keep(const char *data, const char *text, bool replaces, cs_message *message) {
    cs_db *db = NULL;
    cs_buffer kept;
    buffer_init(&kept, CS_MAX_MEASURES_BYTES);
    cs_error code = db_open(data, CS_DB_READ, &db, message);
    if (code == CS_OK) code = read_setting(db, SETTING, &kept, message);
    db_close(db);
    db = NULL;
    bool is_other = strcmp(buffer_string(&kept), text) != 0;
    if (code == CS_OK && is_other && (replaces || kept.length == 0)) {
        code = db_open(data, CS_DB_WRITE, &db, message);
        if (code == CS_OK) code = write_setting(db, SETTING, text, message);
        db_close(db);
    }
    buffer_free(&kept);
    return code;
}

cs_error measures_keep(const char *data, const char *path, bool replaces, cs_message *message) {
    uint32_t count = 0;
    cs_buffer text;
    cs_json_writer writer;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_measure *list = arena ? arena_array(arena, CS_MAX_MEASURES, sizeof *list) : NULL;
    buffer_init(&text, CS_MAX_MEASURES_BYTES);
    json_writer_init(&writer, &text);
    cs_error code = list ? measures_read(path, arena, list, &count, message)
                         : message_set(message, CS_ERR_MEMORY, "no memory for the measures");
    if (code == CS_OK) measures_write(list, count, &writer);
    if (code == CS_OK && text.is_failed)
        code = message_set(message, CS_ERR_LIMIT, "the measures take more than %d MB", CS_MAX_MEASURES_BYTES >> 20);
    if (code == CS_OK) code = keep(data, buffer_string(&text), replaces, message);
    buffer_free(&text);
    arena_free(arena);
    return code;
}

/* ---- the catalogue ---- */

static void add_own(cs_measures *c) {
    c->list[c->count++] = (cs_measure){
        .id = "high-risk",
        .title = {"高风险率", "High-risk rate"},
        .formula = {"高风险会话数 ÷ 会话数", "high-risk conversations ÷ conversations"},
        .numerator = {"被标为高风险的会话", "conversations marked high-risk"},
        .denominator = {"全部会话", "all conversations"},
        .kind = CS_MEASURE_HIGH_RISK,
        .counts_missed = true,
    };
    static const cs_words titles[CS_SCORE_COUNT] = {{"平均合规分", "Mean compliance score"},
                                                    {"平均体验分", "Mean experience score"},
                                                    {"平均风险分", "Mean risk score"}};
    for (cs_score score = 0; score < CS_SCORE_COUNT; score++)
        c->list[c->count++] = (cs_measure){
            .id = score_name(score),
            .title = titles[score],
            .formula = {"得分之和 ÷ 有得分的会话数", "sum of the scores ÷ conversations with a score"},
            .numerator = {"得分之和", "sum of the scores"},
            .denominator = {"有得分的会话", "conversations with a score"},
            .kind = CS_MEASURE_SCORE,
            .score = score,
            .is_up = score != CS_SCORE_RISK,
        };
}

static cs_error add_rules(cs_measures *c, cs_arena *arena, cs_message *message) {
    uint32_t count = ruleset_rule_count(c->ruleset);
    uint32_t *places = arena_array(arena, count + 1, sizeof *places);
    for (uint32_t i = 0; places && i < count; i++) {
        const cs_rule *rule = ruleset_rule(c->ruleset, i);
        bool is_expect = rule->kind == CS_RULE_EXPECT;
        const char *id = arena_printf(arena, "rule:%s", rule->name);
        if (!id) break;
        places[i] = i;
        c->list[c->count++] = (cs_measure){
            .id = id,
            .title = {rule->title_zh ? rule->title_zh : rule->name, rule->title_en ? rule->title_en : rule->name},
            .formula = is_expect ? (cs_words){"做到 ÷（做到 + 未做到）", "met ÷ (met + missed)"}
                                 : (cs_words){"发现 ÷ 已判定", "found ÷ judged"},
            .numerator = is_expect ? (cs_words){"做到的会话", "conversations in which it was met"}
                                   : (cs_words){"发现了的会话", "conversations in which it was found"},
            .denominator = {"适用且已判定的会话", "conversations to which it applies and that are decided"},
            .is_rule = true,
            .counts_missed = !is_expect,
            .is_up = is_expect,
            .places = &places[i],
            .place_count = 1,
        };
    }
    return c->count == c->named + count ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the measures");
}

static bool is_listed(const cs_word_list *list, const char *word) {
    for (uint32_t i = 0; i < list->count; i++)
        if (strcmp(list->words[i], word) == 0) return true;
    return false;
}

static bool is_meant(const cs_measure *measure, const cs_rule *rule) {
    if (is_listed(&measure->rules, rule->name) || is_listed(&measure->packs, rule->pack)) return true;
    for (uint32_t i = 0; i < rule->tag_count; i++)
        if (is_listed(&measure->tags, rule->tags[i])) return true;
    return false;
}

static void sort(cs_measures *c) {
    for (uint32_t i = 1; i < c->count; i++) {
        cs_measure one = c->list[i];
        uint32_t at = i;
        for (; at > 0 && c->list[at - 1].order > one.order; at--) c->list[at] = c->list[at - 1];
        c->list[at] = one;
    }
}

/* Those none of whose rules are in the rule set are left out. */
static cs_error resolve(cs_measures *c, cs_arena *arena, cs_message *message) {
    uint32_t kept = 0, rules = ruleset_rule_count(c->ruleset);
    for (uint32_t i = 0; i < c->count; i++) {
        cs_measure *one = &c->list[i];
        one->places = arena_array(arena, rules + 1, sizeof *one->places);
        if (!one->places) return message_set(message, CS_ERR_MEMORY, "no memory for the measures");
        for (uint32_t rule = 0; rule < rules; rule++)
            if (is_meant(one, ruleset_rule(c->ruleset, rule))) one->places[one->place_count++] = rule;
        if (one->place_count > 0) c->list[kept++] = *one;
    }
    c->count = kept;
    return CS_OK;
}

static const char AIM[] = "target:";

static cs_error read_targets(cs_db *db, cs_measures *c, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT name, value FROM setting WHERE name >= 'target:' AND name < 'target;' ORDER BY "
                             "name LIMIT 5000",
                             &stmt, message);
    if (code != CS_OK) return code;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        const char *id = db_text(stmt, 0) + strlen(AIM);
        for (uint32_t i = 0; i < c->count; i++) {
            cs_measure *one = &c->list[i];
            if (strcmp(one->id, id) != 0) continue;
            one->has_target = one->has_own_target = true;
            one->target = strtod(db_text(stmt, 1), NULL);
        }
    }
    db_done(stmt);
    return code;
}

cs_error measures_open(cs_db *db, const cs_ruleset *ruleset, cs_arena *arena, cs_measures *out, cs_message *message) {
    cs_buffer text;
    *out = (cs_measures){.ruleset = ruleset};
    out->list =
        arena_array(arena, CS_MAX_MEASURES + 1 + CS_SCORE_COUNT + ruleset_rule_count(ruleset), sizeof *out->list);
    if (!out->list) return message_set(message, CS_ERR_MEMORY, "no memory for the measures");
    buffer_init(&text, CS_MAX_MEASURES_BYTES);
    cs_error code = read_setting(db, SETTING, &text, message);
    if (code == CS_OK && text.length > 0)
        code = measures_parse(buffer_string(&text), text.length, arena, out->list, &out->count, message);
    buffer_free(&text);
    sort(out);
    if (code == CS_OK) code = resolve(out, arena, message);
    if (code != CS_OK) return code;
    add_own(out);
    out->named = out->count;
    code = add_rules(out, arena, message);
    return code == CS_OK ? read_targets(db, out, message) : code;
}

const cs_measure *measures_find(const cs_measures *catalogue, const char *id) {
    for (uint32_t i = 0; i < catalogue->count; i++)
        if (strcmp(catalogue->list[i].id, id) == 0) return &catalogue->list[i];
    return NULL;
}

cs_error measure_aim(cs_db *db, const cs_measure *measure, bool has_target, double target, cs_message *message) {
    double most = measure->kind == CS_MEASURE_SCORE ? 100 : 1;
    char name[512], value[64];
    if (has_target && !(target >= 0 && target <= most)) {
        (void)message_set(message, CS_ERR_USAGE, "the target of %s is out of range", measure->id);
        message_place(message, "target");
        message_remedy(message, "it takes a number from 0 to %d, or null for the pack's own", (int)most);
        return CS_ERR_USAGE;
    }
    (void)snprintf(name, sizeof name, "%s%s", AIM, measure->id);
    (void)snprintf(value, sizeof value, "%.6f", target);
    return write_setting(db, name, has_target ? value : NULL, message);
}
