#include "rules/parse.h"

#include "rules/calendar.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- tools for the parse_*.c files ---- */

void parse_problem(cs_parser *parser, const cs_token *at, const char *hint, const char *format, ...) {
    char reason[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    parser->problem_count++;
    if (parser->problem_count > CS_MAX_PROBLEMS || !parser->on_problem) return;
    cs_rule_problem problem = {.file = parser->statement->file,
                               .line = at->line,
                               .column = at->column,
                               .reason = at->kind == TOKEN_BAD ? at->text : reason,
                               .hint = at->kind == TOKEN_BAD ? NULL : hint};
    parser->on_problem(parser->context, &problem);
}

void parse_unknown(cs_parser *parser, const cs_token *at, cs_family family, const char *otherwise, const char *what) {
    const char *nearest = at->kind == TOKEN_WORD ? vocabulary_nearest(at->word, family) : NULL;
    char hint[200];
    if (nearest) snprintf(hint, sizeof hint, "did you mean '%s'? %s", nearest, vocabulary_find(family, nearest)->usage);
    parse_problem(parser, at, nearest ? hint : otherwise, "'%s' %s", token_words(at), what);
}

void *parse_alloc(cs_parser *parser, size_t bytes) {
    void *memory = arena_alloc(parser->arena, bytes);
    if (!memory) parser->is_out_of_memory = true;
    return memory;
}

bool token_is(const cs_token *token, const char *word) {
    return (token->kind == TOKEN_WORD && strcmp(token->word, word) == 0) ||
           (token->kind == TOKEN_PUNCT && strcmp(token->text, word) == 0);
}

bool parse_take_as(cs_parser *parser, const char *word, cs_family family) {
    if (!token_is(parser->t, word)) return false;
    if (parser->t->kind == TOKEN_WORD) parser->t->twin = vocabulary_chinese(word, family);
    parser->t++;
    return true;
}

bool parse_take(cs_parser *parser, const char *word) {
    return parse_take_as(parser, word, FAMILY_COUNT);
}

bool parse_take_next(cs_parser *parser, const char *word) {
    cs_token *before = parser->t;
    parse_skip_newlines(parser);
    if (parse_take(parser, word)) return true;
    parser->t = before;
    return false;
}

bool parse_role(cs_parser *parser, cs_role *role) {
    const cs_token *t = parser->t;
    if (t->kind != TOKEN_WORD || !vocabulary_find(FAMILY_ROLE, t->word)) return false;
    *role = strcmp(t->word, "anyone") == 0 ? CS_ANYONE : role_parse(t->word);
    return parse_take_as(parser, t->word, FAMILY_ROLE);
}

bool parse_compare(cs_parser *parser, cs_compare *out) {
    static const struct {
        const char *sign;
        cs_compare compare;
    } signs[] = {{"=", COMPARE_EQ},  {"!=", COMPARE_NE}, {"<", COMPARE_LT},
                 {"<=", COMPARE_LE}, {">", COMPARE_GT},  {">=", COMPARE_GE}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!parse_take(parser, signs[i].sign)) continue;
        *out = signs[i].compare;
        return true;
    }
    return false;
}

const char *token_words(const cs_token *token) {
    if (token->kind == TOKEN_END) return "the end of the statement";
    if (token->kind == TOKEN_NEWLINE) return "the end of the line";
    return token->text;
}

bool parse_need(cs_parser *parser, const char *word) {
    if (parse_take(parser, word)) return true;
    parse_problem(parser, parser->t, NULL, "expected '%s', found '%s'", word, token_words(parser->t));
    return false;
}

void parse_skip_newlines(cs_parser *parser) {
    while (parser->t->kind == TOKEN_NEWLINE) parser->t++;
}

bool parse_duration(cs_parser *parser, int64_t *ms) {
    const cs_token *t = parser->t;
    for (size_t i = 0; i < SOURCE_UNITS; i++) {
        if (t->kind != TOKEN_NUMBER || !source_units[i].ms || strcmp(t->unit, source_units[i].unit) != 0) continue;
        if (t->value < 0 || t->value > 1e6) break;
        *ms = (int64_t)(t->value * (double)source_units[i].ms);
        parser->t++;
        return true;
    }
    parse_problem(parser, t, "write a time such as 30s, 2m, 24h or 3d", "expected a time, found '%s'", token_words(t));
    return false;
}

/* ---- the statements of all files ---- */

static bool begins_with(const char *text, const char *word) {
    size_t bytes = strlen(word);
    return strncmp(text, word, bytes) == 0 && (text[bytes] == 0 || strchr(" \t\"=", text[bytes]) || text[bytes] < 0);
}

static bool first_word_is(const cs_statement *statement, const char *word) {
    const char *text = statement->lines[0].text;
    return statement->lines[0].indent == 0 &&
           (begins_with(text, word) || begins_with(text, vocabulary_find(FAMILY_STATEMENT, word)->zh));
}

/* "words NAME = …", "let NAME = …": notes the name; what stands behind it is read when all names are known. */
static void declare(cs_parser *parser, const cs_statement *statement, cs_named *named, uint32_t *count,
                    cs_index *names) {
    cs_token *tokens = source_line_tokens(&statement->lines[0], parser->arena);
    if (!tokens) {
        parser->is_out_of_memory = true;
        return;
    }
    if (tokens[1].kind != TOKEN_WORD) {
        parse_problem(parser, &tokens[1], "a name has letters, digits, - and _", "expected a name, found '%s'",
                      token_words(&tokens[1]));
        return;
    }
    const char *name = tokens[1].text;
    uint32_t word = index_find(&parser->word_names, name, strlen(name));
    uint32_t let = index_find(&parser->let_names, name, strlen(name));
    if (word != CS_INDEX_NONE || let != CS_INDEX_NONE) {
        const cs_named *other = word != CS_INDEX_NONE ? &parser->words[word] : &parser->lets[let];
        parse_problem(parser, &tokens[1], "give one of them another name", "'%s' is defined already, in %s line %u",
                      name, other->statement->file, other->statement->lines[0].number);
        return;
    }
    if (!index_add(names, name, strlen(name), *count, parser->arena)) parser->is_out_of_memory = true;
    named[(*count)++] = (cs_named){.name = name, .statement = statement, .is_pairs = first_word_is(statement, "pairs")};
}

static void refuse(cs_parser *parser, const cs_statement *statement) {
    cs_token *tokens = source_line_tokens(&statement->lines[0], parser->arena);
    if (!tokens) {
        parser->is_out_of_memory = true;
        return;
    }
    if (statement->lines[0].indent > 0) {
        parse_problem(parser, tokens, "begin it at the margin with words, pairs, let, rule, flag, test or calendar",
                      "this line is indented but belongs to no statement");
        return;
    }
    parse_unknown(parser, tokens, FAMILY_STATEMENT,
                  "a statement begins with words, pairs, let, rule, flag, test or calendar", "begins no statement");
}

bool parse_statements(cs_parser *parser, const cs_statement *statements, uint32_t count) {
    cs_syntax *syntax = parser->syntax;
    size_t most = count ? count : 1;
    parser->words = parse_alloc(parser, most * sizeof *parser->words);
    parser->lets = parse_alloc(parser, most * sizeof *parser->lets);
    syntax->rules = parse_alloc(parser, most * sizeof *syntax->rules);
    syntax->bodies = parse_alloc(parser, most * sizeof *syntax->bodies);
    syntax->tests = parse_alloc(parser, most * sizeof *syntax->tests);
    syntax->atoms = parse_alloc(parser, CS_MAX_ATOMS * sizeof *syntax->atoms);
    parser->demands = parse_alloc(parser, CS_MAX_DEMANDS * sizeof *parser->demands);
    if (parser->is_out_of_memory) return false;

    for (uint32_t i = 0; i < count; i++) {
        const cs_statement *s = parser->statement = &statements[i];
        if (first_word_is(s, "words") || first_word_is(s, "pairs"))
            declare(parser, s, parser->words, &parser->word_count, &parser->word_names);
        else if (first_word_is(s, "let"))
            declare(parser, s, parser->lets, &parser->let_count, &parser->let_names);
        else if (parse_is_calendar(s))
            parse_calendar(parser, s);
        else if (!first_word_is(s, "rule") && !first_word_is(s, "flag") && !first_word_is(s, "test"))
            refuse(parser, s);
    }
    for (uint32_t i = 0; i < parser->word_count && !parser->is_out_of_memory; i++) {
        parser->statement = parser->words[i].statement;
        (void)(parser->words[i].is_pairs ? parse_pairs(parser, &parser->words[i])
                                         : parse_words(parser, &parser->words[i]));
    }
    for (uint32_t i = 0; i < parser->let_count && !parser->is_out_of_memory; i++) {
        cs_token at = {.kind = TOKEN_WORD,
                       .text = parser->lets[i].name,
                       .line = parser->lets[i].statement->lines[0].number,
                       .column = 5};
        parser->statement = parser->lets[i].statement;
        (void)parse_let(parser, parser->lets[i].name, &at);
    }
    for (uint32_t i = 0; i < count && !parser->is_out_of_memory; i++) {
        parser->statement = &statements[i];
        if (first_word_is(&statements[i], "rule") || first_word_is(&statements[i], "flag"))
            parse_rule(parser, &statements[i]);
    }
    for (uint32_t i = 0; i < count && !parser->is_out_of_memory; i++) { /* tests name rules: all must be known */
        parser->statement = &statements[i];
        if (first_word_is(&statements[i], "test")) parse_test(parser, &statements[i]);
    }
    return !parser->is_out_of_memory && parse_finish_all(parser);
}
