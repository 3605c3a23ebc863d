/* parse.h - from statements to the tree of syntax.h. Private to rules/.
 * Floor: rules. Every problem is reported with file, line, column and a hint; parsing goes on behind it.
 * Memory: the arena. Threads: one. Example: parse_statements(&p, statements, count)
 */
#ifndef CS_RULES_PARSE_H
#define CS_RULES_PARSE_H

#include "base/index.h"
#include "rules/source.h"
#include "rules/syntax.h"
#include "rules/vocabulary.h"

enum {
    CS_MAX_PROBLEMS = 200,
    CS_MAX_PHRASES = 50000,
    CS_MAX_PHRASE_BYTES = 1000,
    CS_MAX_ATOMS = 20000,
    CS_MAX_EXPRESSION_DEPTH = 40,
    CS_MAX_CHAIN = 100,
    CS_MAX_WEIGHT = 5000,
    CS_MAX_HEIGHT = 120,
    CS_MAX_DEMANDS = 60
};

typedef enum cs_progress { PROGRESS_NEW, PROGRESS_RUNNING, PROGRESS_DONE } cs_progress;

typedef struct cs_named { /* words and let */
    const char *name;
    const cs_statement *statement;
    cs_progress progress;
    cs_phrases phrases; /* words; of pairs the terms */
    cs_phrases plain; /* of pairs */
    bool is_pairs;
    cs_node *node; /* let; NULL when it is faulty */
} cs_named;

typedef struct cs_parser {
    cs_arena *arena;
    cs_syntax *syntax;
    cs_on_problem on_problem;
    void *context;
    uint32_t problem_count;
    bool is_alone; /* one file of several: names that it does not define are taken on trust */
    bool is_out_of_memory, has_faulty_rule; /* then a test that names an unknown rule is no news */

    const cs_statement *statement; /* that is being parsed */
    cs_token *t; /* the next token */
    uint32_t depth, let_depth;
    bool is_never; /* words without an operator are asserted there, and said elsewhere */
    const cs_step *steps; /* names that `after` may use inside steps */
    uint32_t step_count;

    cs_named *words, *lets; /* words and pairs */
    uint32_t word_count, let_count;
    cs_index word_names, let_names, rule_names, atom_keys;
    uint32_t *demands; /* atoms of intents, in order of their first mention */
    uint32_t phrase_count, term_count;
} cs_parser;

extern const char *const calendar_weekdays[7][2]; /* "mon", "周一" */

/* false: out of memory. What is wrong with the text shows in problem_count. */
bool parse_statements(cs_parser *parser, const cs_statement *statements, uint32_t count);

/* ---- shared by the parse_*.c files ---- */

void parse_problem(cs_parser *parser, const cs_token *at, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void *parse_alloc(cs_parser *parser, size_t bytes); /* NULL sets is_out_of_memory */

/* A problem with a word that the family does not know: says which one was meant and how it is used, else otherwise. */
void parse_unknown(cs_parser *parser, const cs_token *at, cs_family family, const char *otherwise, const char *what);

bool token_is(const cs_token *token, const char *word); /* a WORD or PUNCT of this text */
bool parse_take(cs_parser *parser, const char *word); /* steps over it when it comes next: it is a keyword here */
bool parse_take_as(cs_parser *parser, const char *word,
                   cs_family family); /* of the family whose Chinese word is meant */
bool parse_take_next(cs_parser *parser, const char *word); /* also at the beginning of the next line */
bool parse_need(cs_parser *parser, const char *word); /* the same, and a problem when not */
void parse_skip_newlines(cs_parser *parser);
const char *token_words(const cs_token *token); /* how to name it in a message */

bool parse_words(cs_parser *parser, cs_named *words); /* parse_words.c */
bool parse_phrases(cs_parser *parser, cs_phrases *out); /* "…" | list | /…/ */
bool parse_is_phrase(const cs_parser *parser, const cs_token *t); /* whether phrases begin here */
cs_node *parse_expression(cs_parser *parser); /* parse_expression.c; NULL after a problem */
cs_node *parse_let(cs_parser *parser, const char *name, const cs_token *at);
void parse_rule(cs_parser *parser, const cs_statement *statement); /* parse_rule.c */
void parse_test(cs_parser *parser, const cs_statement *statement); /* parse_test.c */
const cs_condition *parse_condition(cs_parser *parser); /* parse_condition.c; NULL after a problem */
bool parse_duration(cs_parser *parser, int64_t *ms); /* 30s, 2m */
bool parse_compare(cs_parser *parser, cs_compare *out); /* < <= = != > >=; no problem when there is none */
bool parse_role(cs_parser *parser, cs_role *role); /* steps over a role; false: there is none */
/* parse_operator.c: what stands behind the role (CS_ANYONE: there was none) by the usage in the vocabulary. */
cs_node *parse_operator(cs_parser *parser, cs_role role, bool is_first, bool has_role, cs_token *from);
bool parse_begins_operator(const cs_token *t); /* whether an operator without a role begins here */
cs_node *parse_primary(cs_parser *parser); /* parse_expression.c: one condition without windows */
cs_node *parse_new_node(cs_parser *parser, cs_node_kind kind);
cs_node *parse_measured(cs_parser *parser, cs_node *node); /* bounds what evaluating it costs; NULL after a problem */
cs_node *parse_windowed(cs_parser *parser, cs_node *inner); /* parse_window.c: windows and in reply to, if any */
cs_node *parse_mark(cs_parser *parser); /* a condition that has places, without windows of its own */
bool parse_kept_atom(cs_parser *parser, cs_node *node); /* parse_atom.c: equal atoms are one */
void parse_finish_rule(cs_parser *parser, cs_rule_body *body); /* parse_finish.c */
bool parse_finish_all(cs_parser *parser); /* which atom wakes which rule; false: out of memory */
const cs_named *parse_find_words(const cs_parser *parser, const char *name); /* NULL: none */
bool parse_pairs(cs_parser *parser, cs_named *pairs); /* parse_pairs.c */
bool parse_grow_phrases(cs_parser *parser, cs_phrases *out, uint32_t literals, uint32_t expressions);
/* parse_words.c: raw text between bars; | inside quotes or slashes is part of the item. */
typedef bool (*cs_on_item)(cs_parser *parser, const cs_source_line *line, const char *from, size_t bytes,
                           void *context);
bool parse_each_item(cs_parser *parser, const cs_source_line *line, const char *text, cs_on_item on_item,
                     void *context);
bool parse_add_item(cs_parser *parser, const cs_source_line *line, const char *from, size_t bytes, cs_phrases *out,
                    uint32_t group);
bool parse_add_list(cs_parser *parser, const cs_phrases *from, cs_phrases *out, uint32_t group, bool is_alone);

#endif
