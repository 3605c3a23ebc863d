/* The list of operators: for the terminal, for programs, as a page of the documentation, and as words for editors. */
#include "rules/schema.h"

#include "base/json.h"
#include "base/utf8.h"
#include "rules/form_slot.h"

#include <string.h>

enum { LIST_BYTES = 1 << 20 };

typedef struct family {
    cs_family family;
    const char *key, *en, *zh;
} family;

static const family families[] = {{FAMILY_STATEMENT, "statement", "Statements", "语句"},
                                  {FAMILY_CLAUSE, "clause", "Clauses of rules and flags", "规则和标记的子句"},
                                  {FAMILY_ROLE, "role", "Roles", "角色"},
                                  {FAMILY_OPERATOR, "operator", "Operators", "算子"},
                                  {FAMILY_WINDOW, "window", "Windows", "窗口"},
                                  {FAMILY_EFFECT, "effect", "Effects", "结果"},
                                  {FAMILY_WORD, "word", "Words inside the others", "其余的词"}};
enum { FAMILIES = sizeof families / sizeof *families };

/* ---- terminal ---- */

static void put_padded(cs_buffer *out, const char *text, unsigned columns) {
    unsigned width = 0;
    for (const char *at = text; *at;) {
        unsigned bytes;
        width += utf8_width(utf8_decode(at, &bytes));
        at += bytes;
    }
    buffer_text(out, text);
    for (; width < columns; width++) buffer_text(out, " ");
}

bool schema_operators_text(cs_buffer *out, bool is_zh) {
    buffer_init(out, LIST_BYTES);
    for (size_t i = 0; i < FAMILIES && families[i].family != FAMILY_WORD; i++) {
        buffer_printf(out, "%s%s\n", i ? "\n" : "", is_zh ? families[i].zh : families[i].en);
        for (const cs_vocable *row = vocabulary; row->word; row++) {
            if (row->family != families[i].family) continue;
            buffer_text(out, "  ");
            put_padded(out, is_zh ? row->zh : row->word, 12);
            put_padded(out, is_zh ? row->word : row->zh, 12);
            buffer_printf(out, "%s\n", row->help);
            buffer_printf(out, "  %24s%s\n", "", row->usage);
            if (row->waits_for)
                buffer_printf(out, "  %24s%s%s\n", "", is_zh ? "还在等:" : "waits for: ", row->waits_for);
        }
    }
    return !out->is_failed;
}

/* ---- programs ---- */

static void write_keys(cs_json_writer *w, const cs_vocable *row) {
    cs_form_usage usage;
    if (row->operator== OPERATOR_NONE) return;
    form_usage(row, &usage);
    json_array_open(w, "members");
    if (usage.has_role) {
        json_object_open(w, NULL);
        json_write_string(w, "key", "role");
        json_write_string(w, "slot", "ROLE");
        json_write_bool(w, "required", usage.needs_role);
        json_object_close(w);
    }
    for (uint32_t i = 0; i < usage.count; i++) {
        const cs_form_part *part = &usage.parts[i];
        if (!*part->key) continue;
        json_object_open(w, NULL);
        json_write_string(w, "key", part->key);
        if (part->kind == FORM_SLOT) json_write_string(w, "slot", part->text);
        json_write_bool(w, "required", !part->group && part->kind == FORM_SLOT);
        json_object_close(w);
    }
    json_array_close(w);
}

bool schema_operators_json(cs_buffer *out) {
    cs_json_writer w;
    buffer_init(out, LIST_BYTES);
    json_writer_init(&w, out);
    json_array_open(&w, NULL);
    for (size_t i = 0; i < FAMILIES; i++)
        for (const cs_vocable *row = vocabulary; row->word; row++) {
            if (row->family != families[i].family) continue;
            json_object_open(&w, NULL);
            json_write_string(&w, "family", families[i].key);
            json_write_string(&w, "word", row->word);
            json_write_string(&w, "zh", row->zh);
            if (row->usage) json_write_string(&w, "usage", row->usage);
            if (row->help) json_write_string(&w, "help", row->help);
            json_write_bool(&w, "live", row->waits_for == NULL);
            if (row->waits_for) json_write_string(&w, "waits_for", row->waits_for);
            write_keys(&w, row);
            json_object_close(&w);
        }
    json_array_close(&w);
    buffer_text(out, "\n");
    return !out->is_failed;
}

/* ---- documentation ---- */

/* A | inside a cell would end it, also inside backticks. */
static void put_cell(cs_buffer *out, const char *text) {
    for (; *text; text++) {
        if (*text == '|') buffer_text(out, "\\");
        buffer_append(out, text, 1);
    }
}

static void put_row(cs_buffer *out, const cs_vocable *row, bool is_zh) {
    buffer_printf(out, "| `%s` | `%s` | `", is_zh ? row->zh : row->word, is_zh ? row->word : row->zh);
    put_cell(out, row->usage);
    buffer_text(out, "` | ");
    put_cell(out, row->help);
    if (row->waits_for) buffer_text(out, is_zh ? "。**还在等:**" : "; **waits for** ");
    if (row->waits_for) put_cell(out, row->waits_for);
    buffer_text(out, " |\n");
}

bool schema_operators_markdown(cs_buffer *out, bool is_zh) {
    buffer_init(out, LIST_BYTES);
    buffer_text(
        out,
        is_zh ? "# 规则语言的词\n\n由 `callscope rules operators --markdown --lang zh` 生成。大写是要填的,`[ ]` 可以省,"
                "`{ | }` 选一个。\n"
              : "# The words of the rule language\n\nWritten by `callscope rules operators --markdown`. CAPITALS are "
                "filled in, `[ ]` may be left out, `{ | }` is a choice.\nEvery word has a Chinese twin; `callscope "
                "rules format --lang zh` turns one into the other.\n");
    for (size_t i = 0; i < FAMILIES && families[i].family != FAMILY_WORD; i++) {
        buffer_printf(out, "\n## %s\n\n", is_zh ? families[i].zh : families[i].en);
        buffer_text(out, is_zh ? "| 中文 | 英文 | 写法 | 意思 |\n|---|---|---|---|\n"
                               : "| word | 中文 | written | meaning |\n|---|---|---|---|\n");
        for (const cs_vocable *row = vocabulary; row->word; row++)
            if (row->family == families[i].family) put_row(out, row, is_zh);
    }
    buffer_printf(out, "\n## %s\n\n", is_zh ? families[FAMILIES - 1].zh : families[FAMILIES - 1].en);
    bool is_first = true;
    for (const cs_vocable *row = vocabulary; row->word; row++) {
        if (row->family != FAMILY_WORD) continue;
        buffer_printf(out, "%s`%s` %s", is_first ? "" : ", ", is_zh ? row->zh : row->word, is_zh ? row->word : row->zh);
        is_first = false;
    }
    buffer_text(out, "\n");
    return !out->is_failed;
}

/* ---- editors ---- */

/* Whether an earlier row has this word already. */
static bool is_repeated(const cs_vocable *row, bool is_zh) {
    for (const cs_vocable *other = vocabulary; other < row; other++)
        if (strcmp(is_zh ? other->zh : other->word, is_zh ? row->zh : row->word) == 0) return true;
    return false;
}

bool schema_words(cs_buffer *out) {
    buffer_init(out, LIST_BYTES);
    for (int is_zh = 0; is_zh < 2; is_zh++)
        for (const cs_vocable *row = vocabulary; row->word; row++)
            if (!is_repeated(row, is_zh)) buffer_printf(out, "%s\n", is_zh ? row->zh : row->word);
    return !out->is_failed;
}
