/* The words of the rule language and the names that the rules define: what an editor completes and explains. */
#include "http/rule_desk.h"

#include "quality/rulebook_shape.h"
#include "rules/mutation_writing.h"
#include "rules/vocabulary_help.h"

enum { ARENA_BYTES = 256 << 20, MOST_USAGE_BYTES = 4096 };

static const char *const kinds[FAMILY_COUNT] = {
    [FAMILY_STATEMENT] = "statement", [FAMILY_CLAUSE] = "clause",   [FAMILY_ROLE] = "role",
    [FAMILY_OPERATOR] = "operator",   [FAMILY_WINDOW] = "operator", [FAMILY_EFFECT] = "value",
    [FAMILY_WORD] = "value",
};

/* Behind numbers. */
static const char *const units[][4] = {
    {"ms", "毫秒", "milliseconds", "毫秒"}, {"s", "秒", "seconds", "秒"}, {"m", "分钟", "minutes", "分钟"},
    {"h", "小时", "hours", "小时"},         {"d", "天", "days", "天"},    {"%", "%", "percent", "百分比"}};

static void pair_write(cs_json_writer *out, const char *key, const char *zh, const char *en) {
    json_object_open(out, key);
    json_write_string(out, "zh", zh);
    json_write_string(out, "en", en);
    json_object_close(out);
}

static void word_write(cs_json_writer *out, const cs_vocable *row) {
    cs_buffer usage;
    buffer_init(&usage, MOST_USAGE_BYTES);
    bool has_usage = row->usage && vocabulary_usage_chinese(row, &usage);
    json_object_open(out, NULL);
    json_write_string(out, "word", row->word);
    json_write_string(out, "zh", row->zh);
    json_write_string(out, "kind", kinds[row->family]);
    pair_write(out, "usage", has_usage ? buffer_string(&usage) : row->zh, row->usage ? row->usage : row->word);
    pair_write(out, "help", row->help ? vocabulary_help_chinese(row) : "", row->help ? row->help : "");
    json_write_string(out, "waits_for", row->waits_for);
    json_object_close(out);
    buffer_free(&usage);
}

static void words_of_language(cs_json_writer *out) {
    json_array_open(out, "words");
    for (const cs_vocable *row = vocabulary; row->word; row++) word_write(out, row);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        json_object_open(out, NULL);
        json_write_string(out, "word", units[i][0]);
        json_write_string(out, "zh", units[i][1]);
        json_write_string(out, "kind", "unit");
        pair_write(out, "usage", "", "");
        pair_write(out, "help", units[i][3], units[i][2]);
        json_write_null(out, "waits_for");
        json_object_close(out);
    }
    json_array_close(out);
}

static void name_write(cs_json_writer *out, const char *name, const char *kind) {
    json_object_open(out, NULL);
    json_write_string(out, "name", name);
    json_write_string(out, "kind", kind);
    json_object_close(out);
}

static const char *kind_of(const cs_written *s) {
    switch (s->kind) {
    case CS_WRITTEN_RULE: return "rule";
    case CS_WRITTEN_LET: return "let";
    case CS_WRITTEN_LIST: return s->lexeme_count && lexeme_is(&s->lexemes[0], "pairs", "对照") ? "pairs" : "list";
    default: return NULL;
    }
}

/* GET /api/v1/rules/vocabulary */
cs_error rules_vocabulary(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_writing *writing = NULL;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? writing_read(request->ruleset, arena, &writing, message)
                          : message_set(message, CS_ERR_MEMORY, "out of memory for the words");
    if (code == CS_OK) {
        json_object_open(out, NULL);
        words_of_language(out);
        json_array_open(out, "names");
        for (uint32_t i = 0; i < writing->count; i++) {
            const cs_written *s = &writing->statements[i];
            if (s->name && kind_of(s)) name_write(out, s->name, kind_of(s));
        }
        json_array_close(out);
        json_object_close(out);
    }
    arena_free(arena);
    return code;
}
