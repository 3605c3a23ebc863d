/* Word lists and phrase lists: words NAME = a | "b" | /c/, and what stands after says and asserts. */
#include "base/utf8.h"
#include "rules/parse.h"
#include "text/fold.h"

#include <stdio.h>
#include <string.h>

/* Room for more texts with their groups; doubles, since what the arena gave it keeps. */
static bool grow(cs_parser *parser, const char ***texts, uint16_t **groups, uint32_t count, uint32_t *room,
                 uint32_t more) {
    if (count + more <= *room) return true;
    uint32_t larger = (count + more) * 2;
    const char **grown = parse_alloc(parser, larger * sizeof *grown);
    uint16_t *numbers = parse_alloc(parser, larger * sizeof *numbers);
    if (!grown || !numbers) return false;
    if (count) memcpy(grown, *texts, count * sizeof *grown);
    if (count) memcpy(numbers, *groups, count * sizeof *numbers);
    *texts = grown;
    *groups = numbers;
    *room = larger;
    return true;
}

bool parse_grow_phrases(cs_parser *parser, cs_phrases *out, uint32_t literals, uint32_t expressions) {
    return grow(parser, &out->literals, &out->literal_groups, out->literal_count, &out->literal_room, literals) &&
           grow(parser, &out->expressions, &out->expression_groups, out->expression_count, &out->expression_room,
                expressions);
}

static bool add_phrase(cs_parser *parser, const cs_token *at, const char *text, cs_phrases *out, uint32_t group) {
    cs_folded folded;
    if (!fold_text(text, strlen(text), parser->arena, &folded)) {
        parser->is_out_of_memory = true;
        return false;
    }
    if (!folded.bytes) {
        parse_problem(parser, at, "write the words between | and |", "a phrase is empty");
        return false;
    }
    if (folded.bytes > CS_MAX_PHRASE_BYTES) {
        parse_problem(parser, at, "a phrase is what people say in one breath", "a phrase is longer than %d bytes",
                      CS_MAX_PHRASE_BYTES);
        return false;
    }
    if (++parser->phrase_count > CS_MAX_PHRASES) {
        parse_problem(parser, at, "split the rule set", "more than %d phrases", CS_MAX_PHRASES);
        return false;
    }
    if (!parse_grow_phrases(parser, out, 1, 0)) return false;
    out->literal_groups[out->literal_count] = (uint16_t)group;
    out->literals[out->literal_count++] = folded.text;
    return true;
}

/* Expressions run over folded text: full-width marks in them become the plain marks they are folded to. */
static const char *fold_expression(cs_parser *parser, const char *text) {
    char *folded = parse_alloc(parser, strlen(text) * 2 + 1); /* three bytes become four */
    size_t length = 0;
    while (folded && *text) {
        unsigned bytes;
        uint32_t c = utf8_decode(text, &bytes);
        if (c >= 0xFF01 && c <= 0xFF5E) {
            char plain = (char)(c - 0xFEE0);
            bool is_letter =
                (plain >= '0' && plain <= '9') || (plain >= 'A' && plain <= 'Z') || (plain >= 'a' && plain <= 'z');
            if (is_letter)
                folded[length++] = plain;
            else
                length += (size_t)sprintf(folded + length, "\\x%02x", (unsigned char)plain);
        } else {
            memcpy(folded + length, text, bytes);
            length += bytes;
        }
        text += bytes;
    }
    return folded;
}

static bool add_expression(cs_parser *parser, const char *text, cs_phrases *out, uint32_t group) {
    const char *folded = fold_expression(parser, text);
    if (!folded || !parse_grow_phrases(parser, out, 0, 1)) return false;
    out->expression_groups[out->expression_count] = (uint16_t)group;
    out->expressions[out->expression_count++] = folded;
    return true;
}

static uint32_t next_group(cs_phrases *phrases) {
    return phrases->group_count < CS_FIRST_TERM - 1 ? phrases->group_count++ : phrases->group_count;
}

/* ---- words NAME = … : raw text between bars, so that phrases need no quotes ---- */

bool parse_add_item(cs_parser *parser, const cs_source_line *line, const char *from, size_t bytes, cs_phrases *out,
                    uint32_t group) {
    while (bytes && (*from == ' ' || *from == '\t')) from++, bytes--;
    while (bytes && (from[bytes - 1] == ' ' || from[bytes - 1] == '\t')) bytes--;
    cs_token at = {.kind = TOKEN_WORD, .text = "", .word = "", .line = line->number, .column = line->indent + 1};
    if (!bytes) return true; /* a bar at the end of a line goes on in the next */
    bool is_regex = bytes > 2 && from[0] == '/' && from[bytes - 1] == '/';
    bool is_quoted = bytes >= 2 && from[0] == '"' && from[bytes - 1] == '"';
    char *text =
        is_regex || is_quoted ? arena_copy(parser->arena, from + 1, bytes - 2) : arena_copy(parser->arena, from, bytes);
    if (!text) {
        parser->is_out_of_memory = true;
        return false;
    }
    return is_regex ? add_expression(parser, text, out, group) : add_phrase(parser, &at, text, out, group);
}

/* Cuts a trailing comment: # outside quotes, after a blank. */
static size_t without_comment(const char *text) {
    bool is_quoted = false;
    for (size_t i = 0; text[i]; i++) {
        if (text[i] == '"') is_quoted = !is_quoted;
        if (text[i] == '#' && !is_quoted && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t')) return i;
    }
    return strlen(text);
}

bool parse_each_item(cs_parser *parser, const cs_source_line *line, const char *text, cs_on_item on_item,
                     void *context) {
    size_t bytes = without_comment(text), from = 0;
    char open = 0;
    bool is_start = true;
    for (size_t i = 0; i <= bytes; i++) {
        char c = i < bytes ? text[i] : '|';
        if (i < bytes && open) {
            if (open == '/' && c == '\\' && i + 1 < bytes) i++; /* \/ is no end */
            if (c == open) open = 0;
        } else if (c == '|') {
            if (!on_item(parser, line, text + from, i - from, context)) return false;
            from = i + 1;
            is_start = true;
        } else if (is_start && (c == '"' || c == '/')) {
            open = c;
            is_start = false;
        } else if (c != ' ' && c != '\t') {
            is_start = false;
        }
    }
    if (!open || !parser) return true;
    cs_token at = {.kind = TOKEN_WORD, .text = "", .word = "", .line = line->number, .column = line->indent + 1};
    parse_problem(parser, &at, "close it, or write the phrase without it",
                  open == '/' ? "the expression's / is not closed on its line" : "the quote is not closed on its line");
    return false;
}

static bool on_item(cs_parser *parser, const cs_source_line *line, const char *from, size_t bytes, void *context) {
    cs_phrases *out = context;
    return parse_add_item(parser, line, from, bytes, out, next_group(out));
}

bool parse_words(cs_parser *parser, cs_named *words) {
    const cs_statement *statement = words->statement;
    const char *first = strchr(statement->lines[0].text, '=');
    cs_token at = {.kind = TOKEN_WORD, .text = "", .word = "", .line = statement->lines[0].number, .column = 1};
    if (!first) {
        parse_problem(parser, &at, "write words NAME = phrase | phrase", "'=' is missing");
        return false;
    }
    for (uint32_t i = 0; i < statement->line_count; i++) {
        const cs_source_line *line = &statement->lines[i];
        if (!parse_each_item(parser, line, i == 0 ? first + 1 : line->text, on_item, &words->phrases)) return false;
    }
    if (words->phrases.literal_count + words->phrases.expression_count == 0) {
        parse_problem(parser, &at, "write words NAME = phrase | phrase", "the list '%s' is empty", words->name);
        return false;
    }
    return true;
}

/* ---- the phrases of an operator: "…" | list | /…/ ---- */

const cs_named *parse_find_words(const cs_parser *parser, const char *name) {
    uint32_t at = index_find(&parser->word_names, name, strlen(name));
    return at == CS_INDEX_NONE ? NULL : &parser->words[at];
}

bool parse_is_phrase(const cs_parser *parser, const cs_token *t) {
    return t->kind == TOKEN_STRING || t->kind == TOKEN_REGEX ||
           (t->kind == TOKEN_WORD && (parser->is_alone || parse_find_words(parser, t->text)));
}

static uint16_t group_in(uint16_t own, uint32_t group, bool is_alone) {
    return is_alone || own >= CS_FIRST_TERM ? own : (uint16_t)group;
}

/* All of a list. What stands between the same bars is one group; terms of pairs keep their own number. */
bool parse_add_list(cs_parser *parser, const cs_phrases *from, cs_phrases *out, uint32_t group, bool is_alone) {
    if (!parse_grow_phrases(parser, out, from->literal_count, from->expression_count)) return false;
    for (uint32_t i = 0; i < from->literal_count; i++) {
        out->literal_groups[out->literal_count] = group_in(from->literal_groups[i], group, is_alone);
        out->literals[out->literal_count++] = from->literals[i];
    }
    for (uint32_t i = 0; i < from->expression_count; i++) {
        out->expression_groups[out->expression_count] = group_in(from->expression_groups[i], group, is_alone);
        out->expressions[out->expression_count++] = from->expressions[i];
    }
    return true;
}

static bool parse_phrase(cs_parser *parser, cs_phrases *out, bool is_alone) {
    const cs_token *t = parser->t;
    const cs_named *words = t->kind == TOKEN_WORD ? parse_find_words(parser, t->text) : NULL;
    if (t->kind == TOKEN_WORD && !words && parser->is_alone) { /* a list of another file */
        parser->t++;
        return next_group(out) < UINT32_MAX;
    }
    if (t->kind != TOKEN_STRING && t->kind != TOKEN_REGEX && !words) {
        parse_problem(parser, t, "write \"the words\" in quotes, or define them: words NAME = …",
                      t->kind == TOKEN_WORD ? "there is no list of words '%s'" : "expected phrases, found '%s'",
                      token_words(t));
        return false;
    }
    uint32_t group = next_group(out);
    parser->t++;
    if (t->kind == TOKEN_STRING) return add_phrase(parser, t, t->text, out, group);
    if (t->kind == TOKEN_REGEX) return add_expression(parser, t->text, out, group);
    if (is_alone) out->group_count = words->phrases.group_count;
    return parse_add_list(parser, &words->phrases, out, group, is_alone);
}

/* A list may go on in the next line, with | at the end of one or at the beginning of the next. */
bool parse_phrases(cs_parser *parser, cs_phrases *out) {
    parse_skip_newlines(parser);
    const cs_token *behind = parser->t->kind == TOKEN_END ? parser->t : parser->t + 1;
    while (behind->kind == TOKEN_NEWLINE) behind++;
    bool is_alone = !token_is(behind, "|"); /* a list that stands alone counts by its phrases */
    do {
        parse_skip_newlines(parser);
        if (!parse_phrase(parser, out, is_alone)) return false;
    } while (parse_take_next(parser, "|"));
    return true;
}
