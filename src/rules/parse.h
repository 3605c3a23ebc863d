/* parse.h - from statements to the tree of syntax.h. Private to rules/.
 * Floor: rules. Every problem is reported with file, line, column and a hint; parsing goes on behind it.
 * Memory: the arena. Threads: one. Example: parse_statements(&p, statements, count)
 */
#ifndef CS_RULES_PARSE_H
#define CS_RULES_PARSE_H

#include "rules/source.h"
#include "rules/syntax.h"
#include "rules/vocabulary.h"

enum {
    CS_MAX_PROBLEMS = 200,
    CS_MAX_PHRASES = 50000,
    CS_MAX_ATOMS = 20000,
    CS_MAX_EXPRESSION_DEPTH = 40,
    CS_MAX_CHAIN = 100,
    CS_MAX_WEIGHT = 5000,
    CS_MAX_HEIGHT = 120
};

typedef enum cs_progress { PROGRESS_NEW, PROGRESS_RUNNING, PROGRESS_DONE } cs_progress;

typedef struct cs_named { /* words and let */
    const char *name;
    const cs_statement *statement;
    cs_progress progress;
    cs_phrases phrases; /* words */
    cs_node *node; /* let; NULL when it is faulty */
} cs_named;

typedef struct cs_parser {
    cs_arena *arena;
    cs_syntax *syntax;
    cs_on_problem on_problem;
    void *context;
    uint32_t problem_count;
    bool is_out_of_memory, has_faulty_rule; /* then a test that names an unknown rule is no news */

    const cs_statement *statement; /* that is being parsed */
    const cs_token *t; /* the next token */
    uint32_t depth, let_depth;
    bool is_never; /* words without an operator are asserted there, and said elsewhere */
    const cs_step *steps; /* names that `after` may use inside steps */
    uint32_t step_count;

    cs_named *words, *lets;
    uint32_t word_count, let_count;
    uint32_t phrase_count;
} cs_parser;

/* false: out of memory. What is wrong with the text shows in problem_count. */
bool parse_statements(cs_parser *parser, const cs_statement *statements, uint32_t count);

/* ---- shared by the parse_*.c files ---- */

void parse_problem(cs_parser *parser, const cs_token *at, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void *parse_alloc(cs_parser *parser, size_t bytes); /* NULL sets is_out_of_memory */

/* A problem with a word that the family does not know: says which one was meant and how it is used, else otherwise. */
void parse_unknown(cs_parser *parser, const cs_token *at, cs_family family, const char *otherwise, const char *what);

bool token_is(const cs_token *token, const char *word); /* a WORD or PUNCT of this text */
bool parse_take(cs_parser *parser, const char *word); /* steps over it when it comes next */
bool parse_need(cs_parser *parser, const char *word); /* the same, and a problem when not */
void parse_skip_newlines(cs_parser *parser);
const char *token_words(const cs_token *token); /* how to name it in a message */

bool parse_words(cs_parser *parser, cs_named *words); /* parse_words.c */
bool parse_phrases(cs_parser *parser, cs_phrases *out); /* "…" | list | /…/ */
bool parse_is_phrase(const cs_parser *parser, const cs_token *t); /* whether phrases begin here */
bool parse_add_phrase(cs_parser *parser, const cs_token *at, const char *text, cs_phrases *out, uint32_t room);
cs_node *parse_expression(cs_parser *parser); /* parse_expression.c; NULL after a problem */
cs_node *parse_let(cs_parser *parser, const char *name, const cs_token *at);
void parse_rule(cs_parser *parser, const cs_statement *statement); /* parse_rule.c */
void parse_test(cs_parser *parser, const cs_statement *statement); /* parse_test.c */
const cs_condition *parse_condition(cs_parser *parser); /* parse_condition.c; NULL after a problem */
bool parse_duration(cs_parser *parser, int64_t *ms); /* 30s, 2m */

#endif
