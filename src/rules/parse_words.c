/* Word lists and phrase lists: words NAME = a | "b" | /c/, and what stands after says and asserts. */
#include "base/utf8.h"
#include "rules/parse.h"
#include "text/fold.h"

#include <stdio.h>
#include <string.h>

static bool phrase_fold(cs_parser *parser, const char *text, const char **out) {
    cs_folded folded;
    if (!fold_text(text, strlen(text), parser->arena, &folded)) {
        parser->is_out_of_memory = true;
        return false;
    }
    *out = folded.text;
    return true;
}

bool parse_add_phrase(cs_parser *parser, const cs_token *at, const char *text, cs_phrases *out, uint32_t room) {
    const char *folded;
    if (!phrase_fold(parser, text, &folded)) return false;
    if (!*folded) {
        parse_problem(parser, at, "write the words between | and |", "a phrase is empty");
        return false;
    }
    if (++parser->phrase_count > CS_MAX_PHRASES || out->literal_count >= room) {
        parse_problem(parser, at, "split the rule set", "more than %d phrases", CS_MAX_PHRASES);
        return false;
    }
    out->literals[out->literal_count++] = folded;
    return true;
}

/* ---- words NAME = … : raw text between bars, so that phrases need no quotes ---- */

/* Cuts a trailing comment: # outside quotes, after a blank. */
static size_t without_comment(const char *text) {
    bool is_quoted = false;
    for (size_t i = 0; text[i]; i++) {
        if (text[i] == '"') is_quoted = !is_quoted;
        if (text[i] == '#' && !is_quoted && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\t')) return i;
    }
    return strlen(text);
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

static bool add_item(cs_parser *parser, const cs_source_line *line, const char *from, size_t bytes, cs_phrases *out,
                     uint32_t room) {
    while (bytes && (*from == ' ' || *from == '\t')) from++, bytes--;
    while (bytes && (from[bytes - 1] == ' ' || from[bytes - 1] == '\t')) bytes--;
    cs_token at = {.kind = TOKEN_WORD, .text = "", .line = line->number, .column = line->indent + 1};
    if (!bytes) return true; /* a bar at the end of a line goes on in the next */
    bool is_regex = bytes > 2 && from[0] == '/' && from[bytes - 1] == '/';
    bool is_quoted = bytes >= 2 && from[0] == '"' && from[bytes - 1] == '"';
    char *text =
        is_regex || is_quoted ? arena_copy(parser->arena, from + 1, bytes - 2) : arena_copy(parser->arena, from, bytes);
    if (!text) {
        parser->is_out_of_memory = true;
        return false;
    }
    if (!is_regex) return parse_add_phrase(parser, &at, text, out, room);
    if (out->expression_count >= room) return false;
    text = (char *)fold_expression(parser, text);
    if (!text) return false;
    out->expressions[out->expression_count++] = text;
    return true;
}

static uint32_t count_bars(const char *text) {
    uint32_t bars = 0;
    for (; *text; text++) bars += *text == '|';
    return bars;
}

/* One line's items; a | inside quotes or slashes is part of the phrase. */
static bool add_items(cs_parser *parser, const cs_source_line *line, const char *text, cs_phrases *out, uint32_t room) {
    size_t bytes = without_comment(text), from = 0;
    char open = 0;
    bool is_start = true;
    for (size_t i = 0; i <= bytes; i++) {
        char c = i < bytes ? text[i] : '|';
        if (i < bytes && open) {
            if (c == open) open = 0;
        } else if (c == '|') {
            if (!add_item(parser, line, text + from, i - from, out, room)) return false;
            from = i + 1;
            is_start = true;
        } else if (is_start && (c == '"' || c == '/')) {
            open = c;
            is_start = false;
        } else if (c != ' ' && c != '\t') {
            is_start = false;
        }
    }
    return true;
}

bool parse_words(cs_parser *parser, cs_named *words) {
    const cs_statement *statement = words->statement;
    const char *first = strchr(statement->lines[0].text, '=');
    cs_token at = {.kind = TOKEN_WORD, .text = "", .line = statement->lines[0].number, .column = 1};
    if (!first) {
        parse_problem(parser, &at, "write words NAME = phrase | phrase", "'=' is missing");
        return false;
    }
    uint32_t room = 1;
    for (uint32_t i = 0; i < statement->line_count; i++) room += count_bars(statement->lines[i].text) + 1;
    words->phrases.literals = parse_alloc(parser, room * sizeof(char *));
    words->phrases.expressions = parse_alloc(parser, room * sizeof(char *));
    if (parser->is_out_of_memory) return false;
    for (uint32_t i = 0; i < statement->line_count; i++) {
        const cs_source_line *line = &statement->lines[i];
        if (!add_items(parser, line, i == 0 ? first + 1 : line->text, &words->phrases, room)) return false;
    }
    if (words->phrases.literal_count + words->phrases.expression_count == 0) {
        parse_problem(parser, &at, "write words NAME = phrase | phrase", "the list '%s' is empty", words->name);
        return false;
    }
    return true;
}

/* ---- the phrases of an operator: "…" | list | /…/ ---- */

static const cs_named *find_words(const cs_parser *parser, const char *name) {
    for (uint32_t i = 0; i < parser->word_count; i++)
        if (strcmp(parser->words[i].name, name) == 0) return &parser->words[i];
    return NULL;
}

/* Room for more texts behind count; doubles, since what the arena gave it keeps. */
static bool grow(cs_parser *parser, const char ***texts, uint32_t count, uint32_t *room, uint32_t more) {
    if (count + more <= *room) return true;
    uint32_t larger = (count + more) * 2;
    const char **grown = parse_alloc(parser, larger * sizeof *grown);
    if (!grown) return false;
    if (count) memcpy(grown, *texts, count * sizeof *grown);
    *texts = grown;
    *room = larger;
    return true;
}

static bool grow_both(cs_parser *parser, cs_phrases *out, uint32_t literals, uint32_t expressions) {
    return grow(parser, &out->literals, out->literal_count, &out->literal_room, literals) &&
           grow(parser, &out->expressions, out->expression_count, &out->expression_room, expressions);
}

bool parse_is_phrase(const cs_parser *parser, const cs_token *t) {
    return t->kind == TOKEN_STRING || t->kind == TOKEN_REGEX ||
           (t->kind == TOKEN_WORD && find_words(parser, t->text) != NULL);
}

static bool parse_phrase(cs_parser *parser, cs_phrases *out) {
    const cs_token *t = parser->t;
    if (t->kind == TOKEN_STRING) {
        parser->t++;
        return grow_both(parser, out, 1, 0) && parse_add_phrase(parser, t, t->text, out, UINT32_MAX);
    }
    if (t->kind == TOKEN_REGEX) {
        parser->t++;
        if (!grow_both(parser, out, 0, 1)) return false;
        const char *folded = fold_expression(parser, t->text);
        if (!folded) return false;
        out->expressions[out->expression_count++] = folded;
        return true;
    }
    const cs_named *words = t->kind == TOKEN_WORD ? find_words(parser, t->text) : NULL;
    if (!words) {
        parse_problem(parser, t, "write \"the words\" in quotes, or define them: words NAME = …",
                      t->kind == TOKEN_WORD ? "there is no list of words '%s'" : "expected phrases, found '%s'",
                      token_words(t));
        return false;
    }
    parser->t++;
    const cs_phrases *from = &words->phrases;
    if (!grow_both(parser, out, from->literal_count, from->expression_count)) return false;
    for (uint32_t i = 0; i < from->literal_count; i++) out->literals[out->literal_count++] = from->literals[i];
    for (uint32_t i = 0; i < from->expression_count; i++)
        out->expressions[out->expression_count++] = from->expressions[i];
    return true;
}

bool parse_phrases(cs_parser *parser, cs_phrases *out) {
    do {
        parse_skip_newlines(parser);
        if (!parse_phrase(parser, out)) return false;
        const cs_token *before = parser->t; /* a list may go on in the next line, with | at its beginning */
        parse_skip_newlines(parser);
        if (!token_is(parser->t, "|")) {
            parser->t = before;
            return true;
        }
    } while (parse_take(parser, "|"));
    return true;
}
