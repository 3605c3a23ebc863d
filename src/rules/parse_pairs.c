/* pairs NAME = TERM : PLAIN, PLAIN | TERM : PLAIN - terms of the trade with what a customer understands. The terms are a list
 * of words of that name; each term and its plain forms share a group, so that `plain` finds the plain form of that term. */
#include "rules/parse.h"

#include <string.h>

typedef struct pairing {
    cs_named *pairs;
    bool is_faulty;
} pairing;

/* The end of a piece that , or ： or the like closes; *step: how long the mark is. */
static size_t piece_end(const char *text, size_t bytes, const char *const marks[], size_t *step) {
    for (size_t at = 0; at < bytes; at++)
        for (unsigned i = 0; marks[i]; i++) {
            *step = strlen(marks[i]);
            if (*step <= bytes - at && strncmp(text + at, marks[i], *step) == 0) return at;
        }
    *step = 0;
    return bytes;
}

static bool on_pair(cs_parser *parser, const cs_source_line *line, const char *from, size_t bytes, void *context) {
    static const char *const colons[] = {":", "\xEF\xBC\x9A", NULL}, *const commas[] = {",", "\xEF\xBC\x8C", NULL};
    pairing *p = context;
    size_t step, colon = piece_end(from, bytes, colons, &step);
    if (strspn(from, " \t") >= bytes) return true; /* a bar at the end of a line */
    cs_token at = {.kind = TOKEN_WORD, .text = "", .word = "", .line = line->number, .column = line->indent + 1};
    if (colon == bytes || parser->term_count == UINT16_MAX - CS_FIRST_TERM) {
        parse_problem(parser, &at, "write pairs NAME = TERM : PLAIN, PLAIN | TERM : PLAIN",
                      colon == bytes ? "a term stands without its plain form" : "more terms than a rule set may hold");
        return false;
    }
    uint32_t group = CS_FIRST_TERM + parser->term_count++;
    if (!parse_add_item(parser, line, from, colon, &p->pairs->phrases, group)) return false;
    p->pairs->phrases.group_count++;
    for (const char *rest = from + colon + step; rest < from + bytes;) {
        size_t left = (size_t)(from + bytes - rest), end = piece_end(rest, left, commas, &step);
        if (!parse_add_item(parser, line, rest, end, &p->pairs->plain, group)) return false;
        rest += end + step;
    }
    return true;
}

bool parse_pairs(cs_parser *parser, cs_named *pairs) {
    const cs_statement *statement = pairs->statement;
    const char *first = strchr(statement->lines[0].text, '=');
    cs_token at = {.kind = TOKEN_WORD, .text = "", .word = "", .line = statement->lines[0].number, .column = 1};
    pairing p = {.pairs = pairs};
    if (!first) {
        parse_problem(parser, &at, "write pairs NAME = TERM : PLAIN, PLAIN", "'=' is missing");
        return false;
    }
    for (uint32_t i = 0; i < statement->line_count; i++) {
        const cs_source_line *line = &statement->lines[i];
        if (!parse_each_item(parser, line, i == 0 ? first + 1 : line->text, on_pair, &p)) return false;
    }
    if (pairs->phrases.literal_count && pairs->plain.literal_count) return true;
    parse_problem(parser, &at, "write pairs NAME = TERM : PLAIN, PLAIN", "'%s' holds no pair", pairs->name);
    return false;
}
