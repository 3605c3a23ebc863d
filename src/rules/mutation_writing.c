#include "rules/mutation_writing.h"

#include "rules/mutation_lexeme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char file_mark[] = "%%file ";
static const char *const arrows[] = {"→", "->"};

static const struct {
    const char *english, *chinese;
    cs_written_kind kind;
} statement_words[] = {{"rule", "规则", CS_WRITTEN_RULE},  {"flag", "标记", CS_WRITTEN_RULE},
                       {"test", "测试", CS_WRITTEN_TEST},  {"words", "词表", CS_WRITTEN_LIST},
                       {"pairs", "对照", CS_WRITTEN_LIST}, {"let", "定义", CS_WRITTEN_LET}};

bool lexeme_is(const cs_lexeme *lexeme, const char *english, const char *chinese) {
    if (lexeme->kind != CS_LEXEME_WORD && lexeme->kind != CS_LEXEME_MARK) return false;
    return (strlen(english) == lexeme->bytes && memcmp(lexeme->at, english, lexeme->bytes) == 0) ||
           (strlen(chinese) == lexeme->bytes && memcmp(lexeme->at, chinese, lexeme->bytes) == 0);
}

/* ---- from the source to statements ---- */

typedef struct reading {
    cs_arena *arena;
    cs_written *statements;
    uint32_t count, room;
} reading;

static cs_written *add(reading *r, cs_written_kind kind, const char *file, uint32_t line, const char *from,
                       const char *to) {
    if (!arena_room(r->arena, (void **)&r->statements, &r->room, r->count, sizeof *r->statements)) return NULL;
    cs_written *made = &r->statements[r->count++];
    *made = (cs_written){.kind = kind, .file = file, .line = line, .from = from, .to = to};
    return made;
}

/* Kind and name, and of a list only the head: what stands behind = is raw text. */
static bool recognise(cs_written *statement, cs_arena *arena) {
    if (!lexemes_read(statement->from, statement->to, statement->line, arena, &statement->lexemes,
                      &statement->lexeme_count))
        return false;
    statement->kind = CS_WRITTEN_GLOBAL;
    if (statement->lexeme_count == 0) return true;
    for (size_t i = 0; i < sizeof statement_words / sizeof *statement_words; i++)
        if (lexeme_is(statement->lexemes, statement_words[i].english, statement_words[i].chinese))
            statement->kind = statement_words[i].kind;
    if (statement->kind == CS_WRITTEN_GLOBAL || statement->kind == CS_WRITTEN_TEST) return true;
    if (statement->lexeme_count > 1) {
        const cs_lexeme *name = &statement->lexemes[1];
        statement->name = arena_copy(arena, name->at, name->bytes);
        if (!statement->name) return false;
    }
    for (uint32_t i = 0; statement->kind == CS_WRITTEN_LIST && i < statement->lexeme_count; i++)
        if (lexeme_is(&statement->lexemes[i], "=", "＝")) statement->lexeme_count = i + 1;
    return true;
}

static bool read_statements(reading *r, const char *file, const char *text, const char *end) {
    uint32_t line = 1, first = r->count;
    const char *from, *to, *next;
    for (const char *at = text; at && at < end; at = next, line++) {
        line_read(at, end, &from, &to, &next);
        if (from == to || *from == '#') continue;
        if ((from == at || r->count == first) && !add(r, CS_WRITTEN_GLOBAL, file, line, from, to)) return false;
        r->statements[r->count - 1].to = to;
    }
    for (uint32_t i = first; i < r->count; i++)
        if (!recognise(&r->statements[i], r->arena)) return false;
    return true;
}

static bool is_rule_file(const char *name) {
    size_t bytes = strlen(name);
    return bytes >= 6 && strcmp(name + bytes - 6, ".rules") == 0;
}

static cs_error read_files(reading *r, const cs_ruleset *ruleset, cs_message *message) {
    size_t length;
    const char *source = ruleset_source(ruleset, &length), *at = source, *end = source + length;
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at)), *space = line_end;
        while (space && space > at && *space != ' ') space--;
        if (!line_end || strncmp(at, file_mark, sizeof file_mark - 1) != 0 || space < at + sizeof file_mark - 1)
            return message_set(message, CS_ERR_PARSE, "the rule set is damaged at byte %zu", (size_t)(at - source));
        size_t bytes = strtoul(space + 1, NULL, 10);
        if (bytes > (size_t)(end - line_end) - 1)
            return message_set(message, CS_ERR_PARSE, "the rule set is cut short");
        const char *name = arena_copy(r->arena, at + sizeof file_mark - 1, (size_t)(space - at) - sizeof file_mark + 1);
        const char *text = line_end + 1, *stop = text + bytes;
        bool is_read = name && (is_rule_file(name) ? read_statements(r, name, text, stop)
                                                   : add(r, CS_WRITTEN_BOOK, name, 1, text, stop) != NULL);
        if (!is_read) return message_set(message, CS_ERR_MEMORY, "out of memory while reading rules");
        at = stop + 1;
    }
    return CS_OK;
}

static int compare_names(const void *left, const void *right) {
    return strcmp((*(const cs_written *const *)left)->name, (*(const cs_written *const *)right)->name);
}

static cs_error index_names(cs_writing *writing, cs_arena *arena, cs_message *message) {
    uint32_t rules = ruleset_rule_count(writing->ruleset), found = 0;
    uint32_t *of_rule = arena_array(arena, rules + 1, sizeof *of_rule);
    writing->named = arena_array(arena, writing->count + 1, sizeof *writing->named);
    if (!of_rule || !writing->named) return message_set(message, CS_ERR_MEMORY, "out of memory while reading rules");
    writing->of_rule = of_rule;
    for (uint32_t i = 0; i < writing->count; i++) {
        const cs_written *s = &writing->statements[i];
        const cs_rule *rule = s->kind == CS_WRITTEN_RULE && s->name ? ruleset_find(writing->ruleset, s->name) : NULL;
        if (rule) of_rule[rule->index] = i, found++;
        if (s->name && (s->kind == CS_WRITTEN_LIST || s->kind == CS_WRITTEN_LET))
            writing->named[writing->named_count++] = s;
    }
    if (writing->named_count) qsort(writing->named, writing->named_count, sizeof(const cs_written *), compare_names);
    return found == rules
               ? CS_OK
               : message_set(message, CS_ERR_PARSE, "only %u of %u rules were found in their text", found, rules);
}

cs_error writing_read(const cs_ruleset *ruleset, cs_arena *arena, cs_writing **out, cs_message *message) {
    reading r = {.arena = arena};
    cs_writing *writing = arena_alloc(arena, sizeof *writing);
    if (!writing) return message_set(message, CS_ERR_MEMORY, "out of memory while reading rules");
    cs_error code = read_files(&r, ruleset, message);
    *writing = (cs_writing){.ruleset = ruleset, .statements = r.statements, .count = r.count};
    if (code == CS_OK) code = index_names(writing, arena, message);
    if (code == CS_OK) *out = writing;
    return code;
}

/* ---- what a rule names ---- */

static const cs_written *find_named(const cs_writing *writing, const cs_lexeme *lexeme) {
    uint32_t low = 0, high = writing->named_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *name = writing->named[middle]->name;
        int order = strncmp(name, lexeme->at, lexeme->bytes);
        if (order == 0 && name[lexeme->bytes] == 0) return writing->named[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* true: something new was marked. A tag of a list's name names no list. */
static bool mark_names(const cs_writing *writing, const cs_written *statement, bool *wanted, bool *has_facts) {
    bool is_new = false;
    for (uint32_t i = 2; i < statement->lexeme_count; i++) {
        const cs_lexeme *lexeme = &statement->lexemes[i];
        if (lexeme->kind != CS_LEXEME_WORD || lexeme_is(&lexeme[-1], "tag", "标签")) continue;
        *has_facts = *has_facts || lexeme_is(lexeme, "fact", "事实");
        const cs_written *named = find_named(writing, lexeme);
        if (!named || wanted[named - writing->statements]) continue;
        wanted[named - writing->statements] = is_new = true;
    }
    return is_new;
}

void writing_mark(const cs_writing *writing, uint32_t rule, bool *wanted) {
    bool has_facts = false, is_new = true;
    wanted[writing->of_rule[rule]] = true;
    (void)mark_names(writing, &writing->statements[writing->of_rule[rule]], wanted, &has_facts);
    while (is_new) { /* each time round marks at least one let more */
        is_new = false;
        for (uint32_t i = 0; i < writing->named_count; i++) {
            const cs_written *named = writing->named[i];
            if (named->kind == CS_WRITTEN_LET && wanted[named - writing->statements] &&
                mark_names(writing, named, wanted, &has_facts))
                is_new = true;
        }
    }
    for (uint32_t i = 0; i < writing->count; i++) {
        cs_written_kind kind = writing->statements[i].kind;
        if (kind == CS_WRITTEN_GLOBAL || (kind == CS_WRITTEN_BOOK && has_facts)) wanted[i] = true;
    }
}

/* Whether the line expects something, and of which rule. */
static bool expectation_of(const char *from, const char *to, const char **name, size_t *bytes) {
    for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++) {
        size_t arrow = strlen(arrows[i]);
        if ((size_t)(to - from) <= arrow || memcmp(from, arrows[i], arrow) != 0 || !is_blank_byte(from[arrow]))
            continue;
        for (from += arrow; from < to && is_blank_byte(*from);) from++;
        *name = from;
        while (from < to && !is_blank_byte(*from)) from++;
        *bytes = (size_t)(from - *name);
        return true;
    }
    return false;
}

static bool expects_of(const cs_written *test, const char *rule) {
    const char *from, *to, *next, *name;
    size_t bytes;
    for (const char *at = test->from; at; at = next) {
        line_read(at, test->to, &from, &to, &next);
        if (expectation_of(from, to, &name, &bytes) && strlen(rule) == bytes && memcmp(name, rule, bytes) == 0)
            return true;
    }
    return false;
}

uint32_t writing_mark_tests(const cs_writing *writing, uint32_t rule, bool *wanted) {
    uint32_t count = 0;
    const char *name = ruleset_rule(writing->ruleset, rule)->name;
    for (uint32_t i = 0; i < writing->count; i++)
        if (writing->statements[i].kind == CS_WRITTEN_TEST && expects_of(&writing->statements[i], name))
            wanted[i] = true, count++;
    return count;
}

/* ---- meaning ---- */

static cs_hash meaning_of(const cs_written *statement) {
    cs_hash hash = hash_bytes(&statement->kind, sizeof statement->kind);
    bool is_raw = statement->kind == CS_WRITTEN_LIST || statement->kind == CS_WRITTEN_GLOBAL;
    if (statement->kind == CS_WRITTEN_BOOK)
        return hash_pair(hash, hash_bytes(statement->from, (size_t)(statement->to - statement->from)));
    const char *from, *to, *next;
    for (const char *at = is_raw ? statement->from : NULL; at; at = next) {
        line_read(at, statement->to, &from, &to, &next);
        to = line_comment(from, to);
        if (to > from) hash = hash_pair(hash, hash_bytes(from, (size_t)(to - from)));
    }
    for (uint32_t i = 0; !is_raw && i < statement->lexeme_count; i++)
        if (statement->lexemes[i].kind != CS_LEXEME_LINE)
            hash = hash_pair(hash, hash_bytes(statement->lexemes[i].at, statement->lexemes[i].bytes));
    return hash;
}

cs_hash writing_meaning(const cs_writing *writing, uint32_t rule, bool *scratch) {
    memset(scratch, 0, writing->count * sizeof *scratch);
    writing_mark(writing, rule, scratch);
    cs_hash hash = meaning_of(&writing->statements[writing->of_rule[rule]]);
    for (uint32_t i = 0; i < writing->named_count; i++)
        if (scratch[writing->named[i] - writing->statements]) hash = hash_pair(hash, meaning_of(writing->named[i]));
    for (uint32_t i = 0; i < writing->count; i++) {
        cs_written_kind kind = writing->statements[i].kind;
        if (scratch[i] && (kind == CS_WRITTEN_GLOBAL || kind == CS_WRITTEN_BOOK))
            hash = hash_pair(hash, meaning_of(&writing->statements[i]));
    }
    return hash;
}

/* ---- excerpts ---- */

static bool within(const cs_edit *edit, const cs_written *statement) {
    return edit && edit->from >= statement->from && edit->to <= statement->to;
}

static bool append_statement(const cs_written *statement, const cs_edit *edit, cs_buffer *out) {
    if (!within(edit, statement)) {
        return buffer_append(out, statement->from, (size_t)(statement->to - statement->from)) && buffer_text(out, "\n");
    }
    return buffer_append(out, statement->from, (size_t)(edit->from - statement->from)) &&
           buffer_text(out, edit->text) && buffer_append(out, edit->to, (size_t)(statement->to - edit->to)) &&
           buffer_text(out, "\n");
}

static bool append_test(const cs_written *test, const char *tested, cs_buffer *out) {
    const char *from, *to, *next, *name;
    size_t bytes;
    for (const char *at = test->from; at; at = next) {
        line_read(at, test->to, &from, &to, &next);
        if (expectation_of(from, to, &name, &bytes) && (strlen(tested) != bytes || memcmp(name, tested, bytes) != 0))
            continue;
        if (!buffer_append(out, at, (size_t)(to - at)) || !buffer_text(out, "\n")) return false;
    }
    return true;
}

static bool append_file(cs_buffer *out, const char *name, const char *text, size_t bytes) {
    return buffer_printf(out, "%s%s %zu\n", file_mark, name, bytes) && buffer_append(out, text, bytes) &&
           buffer_text(out, "\n");
}

cs_error writing_excerpt(const cs_writing *writing, const bool *wanted, const cs_edit *edit, const char *tested,
                         cs_buffer *out, cs_message *message) {
    cs_buffer text;
    buffer_clear(out);
    buffer_init(&text, out->max);
    bool is_good = true;
    for (uint32_t i = 0; is_good && i < writing->count; i++) {
        const cs_written *statement = &writing->statements[i];
        if (!wanted[i]) continue;
        if (statement->kind == CS_WRITTEN_BOOK)
            is_good = append_file(out, statement->file, statement->from, (size_t)(statement->to - statement->from));
        else if (statement->kind != CS_WRITTEN_TEST)
            is_good = append_statement(statement, edit, &text);
        else if (tested)
            is_good = append_test(statement, tested, &text);
    }
    is_good = is_good && append_file(out, "excerpt.rules", buffer_string(&text), text.length);
    buffer_free(&text);
    return is_good ? CS_OK : message_set(message, CS_ERR_LIMIT, "the rules are larger than %zu bytes", out->max);
}
