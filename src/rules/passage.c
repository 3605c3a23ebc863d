#include "rules/passage.h"

#include "rules/mutation_lexeme.h"

#include <stdlib.h>
#include <string.h>

static const char file_mark[] = "%%file ";
static const char *const arrows[] = {"→", "->"};

static const struct {
    const char *english, *chinese;
    cs_written_kind kind;
} statement_words[] = {{"rule", "规则", CS_WRITTEN_RULE},      {"flag", "标记", CS_WRITTEN_RULE},
                       {"test", "测试", CS_WRITTEN_TEST},      {"words", "词表", CS_WRITTEN_LIST},
                       {"pairs", "对照", CS_WRITTEN_LIST},     {"let", "定义", CS_WRITTEN_LET},
                       {"calendar", "日历", CS_WRITTEN_GLOBAL}};

/* ---- files of a source ---- */

bool source_file_next(const char **at, const char *end, cs_source_file *out) {
    const char *from = *at, *line_end = from < end ? memchr(from, '\n', (size_t)(end - from)) : NULL;
    const size_t mark = sizeof file_mark - 1;
    if (!line_end || (size_t)(line_end - from) <= mark || memcmp(from, file_mark, mark) != 0) return false;
    const char *space = line_end;
    while (space > from + mark && *space != ' ') space--;
    if (*space != ' ' || space[1] < '0' || space[1] > '9') return false;
    size_t bytes = strtoul(space + 1, NULL, 10);
    if (bytes >= (size_t)(end - line_end)) return false;
    *out = (cs_source_file){
        .name = from + mark, .name_bytes = (size_t)(space - from) - mark, .text = line_end + 1, .bytes = bytes};
    *at = line_end + 1 + bytes;
    if (*at < end) (*at)++;
    return true;
}

bool source_file_is_rules(const cs_source_file *file) {
    static const char ending[] = ".rules";
    const size_t bytes = sizeof ending - 1;
    return file->name_bytes >= bytes && memcmp(file->name + file->name_bytes - bytes, ending, bytes) == 0;
}

/* ---- passages ---- */

const char *passage_head(const char *text, const char *from) {
    const char *head = from;
    while (head > text) {
        const char *line = head - 1; /* the line's end */
        while (line > text && line[-1] != '\n') line--;
        if (*line != '#') break;
        head = line;
    }
    return head;
}

bool passage_expects(const char *from, const char *to, const char **rule, size_t *bytes) {
    for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++) {
        size_t arrow = strlen(arrows[i]);
        if ((size_t)(to - from) <= arrow || memcmp(from, arrows[i], arrow) != 0 || !is_blank_byte(from[arrow]))
            continue;
        for (from += arrow; from < to && is_blank_byte(*from);) from++;
        *rule = from;
        while (from < to && !is_blank_byte(*from)) from++;
        *bytes = (size_t)(from - *rule);
        return *bytes > 0;
    }
    return false;
}

static const char *expected_rule(const cs_passage *test, cs_arena *arena) {
    const char *from, *to, *next, *rule;
    size_t bytes;
    for (const char *at = test->from; at; at = next) {
        line_read(at, test->to, &from, &to, &next);
        if (passage_expects(from, to, &rule, &bytes)) return arena_copy(arena, rule, bytes);
    }
    return "";
}

/* Without the quotes, typographic ones too. */
static const char *unquoted(const cs_lexeme *lexeme, cs_arena *arena) {
    const char *from = lexeme->at, *to = lexeme->at + lexeme->bytes;
    size_t open = lexeme->bytes >= 2 && *from == '"' ? 1 : lexeme->bytes >= 6 && (unsigned char)*from == 0xe2 ? 3 : 0;
    return arena_copy(arena, from + open, (size_t)(to - from) - 2 * open);
}

static bool recognise(cs_passage *p, cs_arena *arena) {
    const char *from, *to, *next;
    const cs_lexeme *lexemes;
    uint32_t count;
    p->word = p->name = p->rule = "";
    line_read(p->from, p->to, &from, &to, &next);
    if (!lexemes_read(from, to, p->line, arena, &lexemes, &count)) return false;
    for (size_t i = 0; count && i < sizeof statement_words / sizeof *statement_words; i++)
        if (lexeme_is(&lexemes[0], statement_words[i].english, statement_words[i].chinese)) {
            p->kind = statement_words[i].kind;
            p->word = statement_words[i].english;
        }
    if (p->kind == CS_WRITTEN_GLOBAL || count < 2) return true;
    p->name =
        p->kind == CS_WRITTEN_TEST ? unquoted(&lexemes[1], arena) : arena_copy(arena, lexemes[1].at, lexemes[1].bytes);
    if (p->name && p->kind == CS_WRITTEN_TEST) p->rule = expected_rule(p, arena);
    return p->name && p->rule;
}

bool passages_read(const char *text, size_t bytes, cs_arena *arena, cs_passage **out, uint32_t *count) {
    cs_passage *made = NULL;
    uint32_t used = 0, room = 0, line = 1;
    const char *from, *to, *next, *end = text + bytes;
    for (const char *at = bytes ? text : NULL; at && at < end; at = next, line++) {
        line_read(at, end, &from, &to, &next);
        if (from == to || *from == '#') continue;
        if (from == at || used == 0) {
            if (!arena_room(arena, (void **)&made, &room, used, sizeof *made)) return false;
            made[used++] =
                (cs_passage){.kind = CS_WRITTEN_GLOBAL, .from = at, .head = passage_head(text, at), .line = line};
        }
        made[used - 1].to = to;
    }
    for (uint32_t i = 0; i < used; i++)
        if (!recognise(&made[i], arena)) return false;
    *out = made;
    *count = used;
    return true;
}
