/* Conditions over the timeline: ROLE says …, and or not, count, windows, steps, names of let. */
#include "rules/expression.h"
#include "rules/parse.h"

#include <string.h>

static cs_node *parse_or(cs_parser *parser);

/* What evaluating a node costs: names stand for their whole condition each time, so a few lines can name a mountain. */
static cs_node *measure(cs_parser *parser, cs_node *node) {
    const cs_node *parts[3] = {node->left, node->right, node->mark};
    node->weight = node->height = 1;
    for (uint32_t i = 0; i < 3 + node->step_count * 2; i++) {
        const cs_node *part = i < 3         ? parts[i]
                              : (i - 3) % 2 ? node->steps[(i - 3) / 2].condition
                                            : node->steps[(i - 3) / 2].what;
        if (!part) continue;
        node->weight += part->weight;
        if (part->height + 1 > node->height) node->height = part->height + 1;
    }
    if (node->weight <= CS_MAX_WEIGHT && node->height <= CS_MAX_HEIGHT) return node;
    parse_problem(parser, parser->t, "split the rule, or join phrases into a list with words",
                  "with what it names this condition has more than %d parts or %d levels", CS_MAX_WEIGHT,
                  CS_MAX_HEIGHT);
    return NULL;
}

/* Equal atoms are one: they are looked for once a turn, and have one list. */
static bool is_same_phrases(const cs_phrases *a, const cs_phrases *b) {
    if (a->literal_count != b->literal_count || a->expression_count != b->expression_count) return false;
    for (uint32_t i = 0; i < a->literal_count; i++)
        if (strcmp(a->literals[i], b->literals[i]) != 0) return false;
    for (uint32_t i = 0; i < a->expression_count; i++)
        if (strcmp(a->expressions[i], b->expressions[i]) != 0) return false;
    return true;
}

static bool is_same_atom(const cs_node *a, const cs_node *b) {
    return a->role == b->role && a->is_assertion == b->is_assertion && is_same_phrases(&a->phrases, &b->phrases) &&
           is_same_phrases(&a->excuses, &b->excuses);
}

static cs_node *new_node(cs_parser *parser, cs_node_kind kind) {
    cs_node *node = parse_alloc(parser, sizeof *node);
    if (!node) return NULL;
    node->kind = kind;
    node->file = parser->statement->file;
    node->line = parser->t->line;
    node->role = CS_ANYONE;
    return node;
}

static bool role_of_word(const cs_token *t, cs_role *role) {
    if (t->kind != TOKEN_WORD || !vocabulary_find(FAMILY_ROLE, t->text)) return false;
    *role = strcmp(t->text, "anyone") == 0 ? CS_ANYONE : role_parse(t->text);
    return true;
}

/* An operator may begin the next line. */
static bool take_joint(cs_parser *parser, const char *word) {
    const cs_token *before = parser->t;
    parse_skip_newlines(parser);
    if (parse_take(parser, word)) return true;
    parser->t = before;
    return false;
}

/* ---- atoms ---- */

static void unknown_operator(cs_parser *parser, const cs_token *t) {
    const cs_vocable *known = t->kind == TOKEN_WORD ? vocabulary_find(FAMILY_OPERATOR, t->text) : NULL;
    if (known && !known->is_live) {
        parse_problem(parser, t, NULL, "'%s' (%s) is not available yet in this version", known->word, known->help);
        return;
    }
    parse_unknown(parser, t, FAMILY_OPERATOR, "write says or asserts", "is no operator");
}

static cs_node *parse_atom(cs_parser *parser, cs_role role) {
    cs_node *node = new_node(parser, NODE_ATOM);
    if (!node) return NULL;
    node->role = role;
    if (parse_take(parser, "asserts"))
        node->is_assertion = true;
    else if (parse_is_phrase(parser, parser->t))
        node->is_assertion = parser->is_never;
    else if (!parse_take(parser, "says"))
        return unknown_operator(parser, parser->t), NULL;
    if (!parse_phrases(parser, &node->phrases)) return NULL;
    if (take_joint(parser, "unless")) {
        if (!parse_need(parser, "in")) return NULL;
        if (!parse_phrases(parser, &node->excuses)) return NULL;
    }
    cs_syntax *syntax = parser->syntax;
    for (uint32_t i = 0; i < syntax->atom_count; i++) {
        if (!is_same_atom(syntax->atoms[i], node)) continue;
        node->atom = i;
        return measure(parser, node);
    }
    if (syntax->atom_count == CS_MAX_ATOMS) {
        parse_problem(parser, parser->t, "split the rule set", "more than %d conditions", CS_MAX_ATOMS);
        return NULL;
    }
    node->atom = syntax->atom_count;
    syntax->atoms[syntax->atom_count++] = node;
    return measure(parser, node);
}

/* ---- windows ---- */

/* The role that all atoms below share, or CS_ANYONE. */
static cs_role common_role(const cs_node *node) {
    if (!node) return CS_ANYONE;
    if (node->kind == NODE_ATOM) return node->role;
    if (node->kind == NODE_STEPS) {
        cs_role role = common_role(node->steps[0].what);
        for (uint32_t i = 1; i < node->step_count; i++)
            if (common_role(node->steps[i].what) != role) return CS_ANYONE;
        return role;
    }
    cs_role left = common_role(node->left);
    return node->right && common_role(node->right) != left ? CS_ANYONE : left;
}

/* "2 agent turns" or "30s". */
static bool parse_extent(cs_parser *parser, cs_node *window) {
    const cs_token *t = parser->t;
    if (t->kind != TOKEN_NUMBER || t->unit[0]) return parse_duration(parser, &window->window_ms);
    if (t->value < 1 || t->value > 10000 || t->value != (double)(uint32_t)t->value) {
        parse_problem(parser, t, NULL, "expected a whole number of turns from 1 to 10000, found '%s'", t->text);
        return false;
    }
    window->window_turns = (uint32_t)t->value;
    parser->t++;
    if (!role_of_word(parser->t, &window->role))
        window->role = common_role(window->left);
    else
        parser->t++;
    if (parse_take(parser, "turns") || parse_take(parser, "turn")) return true;
    parse_problem(parser, parser->t, "write 2 agent turns, or a time such as 30s", "expected 'turns', found '%s'",
                  token_words(parser->t));
    return false;
}

static cs_node *parse_mark(cs_parser *parser);

static bool parse_window(cs_parser *parser, cs_node *window) {
    if (parse_take(parser, "within")) {
        if (!parse_extent(parser, window)) return false;
        if (parse_take(parser, "before"))
            window->window = WINDOW_WITHIN_BEFORE;
        else if (parse_take(parser, "around"))
            window->window = WINDOW_WITHIN_AROUND;
        else if (parse_take(parser, "after"))
            window->window = WINDOW_WITHIN_AFTER;
        else
            return parse_problem(parser, parser->t, "write within 2 agent turns after",
                                 "expected after, before or around, found '%s'", token_words(parser->t)),
                   false;
        return true;
    }
    if (parse_take(parser, "first") || token_is(parser->t, "last")) {
        window->window = parse_take(parser, "last") ? WINDOW_LAST : WINDOW_FIRST;
        return parse_extent(parser, window);
    }
    if (parse_take(parser, "by")) {
        window->window = WINDOW_BY;
        return parse_duration(parser, &window->window_ms);
    }
    if (parse_take(parser, "anywhere")) {
        window->window = WINDOW_ANYWHERE;
        return true;
    }
    if (parse_take(parser, "before"))
        window->window = WINDOW_BEFORE;
    else if (parse_take(parser, "after"))
        window->window = WINDOW_AFTER;
    else if (parse_take(parser, "until"))
        window->window = WINDOW_UNTIL;
    else
        return false;
    window->mark = parse_mark(parser);
    return window->mark != NULL;
}

static bool is_window_word(const cs_token *t) {
    return t->kind == TOKEN_WORD && vocabulary_find(FAMILY_WINDOW, t->text) != NULL;
}

/* A window may begin the next line. */
static bool next_is_window(cs_parser *parser) {
    const cs_token *before = parser->t;
    parse_skip_newlines(parser);
    if (is_window_word(parser->t)) return true;
    parser->t = before;
    return false;
}

static cs_node *parse_windows(cs_parser *parser, cs_node *inner) {
    while (inner && next_is_window(parser)) {
        const cs_vocable *known = vocabulary_find(FAMILY_WINDOW, parser->t->text);
        if (!known->is_live) {
            parse_problem(parser, parser->t, NULL, "'%s' is not available yet in this version", known->word);
            return NULL;
        }
        cs_node *window = new_node(parser, NODE_WINDOW);
        if (!window) return NULL;
        window->left = inner;
        if (!parse_window(parser, window)) return NULL;
        inner = measure(parser, window);
    }
    return inner;
}

/* ---- names, brackets, count ---- */

cs_node *parse_let(cs_parser *parser, const char *name, const cs_token *at) {
    for (uint32_t i = 0; i < parser->let_count; i++) {
        cs_named *let = &parser->lets[i];
        if (strcmp(let->name, name) != 0) continue;
        if (let->progress == PROGRESS_RUNNING) {
            parse_problem(parser, at, "a let may not lead back to itself", "'%s' is defined by itself", name);
            return NULL;
        }
        if (let->progress == PROGRESS_DONE) return let->node;
        if (parser->let_depth == CS_MAX_HEIGHT) {
            parse_problem(parser, at, "define it by fewer steps", "names lead to names more than %d deep",
                          CS_MAX_HEIGHT);
            return NULL;
        }
        let->progress = PROGRESS_RUNNING;
        cs_parser inner = *parser; /* its own statement and place; counts are handed back below */
        inner.statement = let->statement;
        inner.steps = NULL;
        inner.step_count = 0;
        cs_token *tokens = source_tokens(let->statement, parser->arena);
        if (!tokens) return parser->is_out_of_memory = true, NULL;
        inner.t = tokens + 2;
        inner.depth = 0;
        inner.let_depth++;
        inner.is_never = false; /* a name means the same wherever it is used */
        if (parse_need(&inner, "=")) let->node = parse_expression(&inner);
        if (let->node && inner.t->kind != TOKEN_END) {
            parse_problem(&inner, inner.t, NULL, "'%s' is left over at the end", token_words(inner.t));
            let->node = NULL;
        }
        parser->problem_count = inner.problem_count;
        parser->phrase_count = inner.phrase_count;
        parser->is_out_of_memory = inner.is_out_of_memory;
        let->progress = PROGRESS_DONE;
        return let->node;
    }
    parse_problem(parser, at, "define it: let NAME = customer says \"…\"; or write agent says \"…\"",
                  "there is no let '%s'", name);
    return NULL;
}

static cs_node *parse_name(cs_parser *parser) {
    const cs_token *at = parser->t;
    for (uint32_t i = 0; i < parser->step_count; i++) {
        if (!token_is(at, parser->steps[i].name)) continue;
        parser->t++;
        return (cs_node *)parser->steps[i].what;
    }
    const cs_vocable *waiting = vocabulary_find(FAMILY_OPERATOR, at->text);
    if (waiting && !waiting->is_live) return unknown_operator(parser, at), NULL;
    parser->t++;
    return parse_let(parser, at->text, at);
}

static cs_node *parse_count(cs_parser *parser) {
    static const struct {
        const char *sign;
        cs_compare compare;
    } signs[] = {{"=", COMPARE_EQ}, {"<", COMPARE_LT}, {"<=", COMPARE_LE}, {">", COMPARE_GT}, {">=", COMPARE_GE}};
    cs_node *node = new_node(parser, NODE_COUNT);
    const cs_token *at = parser->t++;
    if (!node || !parse_need(parser, "(")) return NULL;
    node->left = parse_or(parser);
    if (!node->left || !parse_need(parser, ")")) return NULL;
    if (!node_has_occurrences(node->left)) {
        parse_problem(parser, at, "count says or asserts, joined by or",
                      "only what has a place in the dialogue can be counted");
        return NULL;
    }
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!parse_take(parser, signs[i].sign)) continue;
        const cs_token *t = parser->t;
        if (t->kind != TOKEN_NUMBER || t->unit[0] || t->value < 0 || t->value > 1e6) break;
        node->compare = signs[i].compare;
        node->number = (uint32_t)t->value;
        parser->t++;
        return measure(parser, node);
    }
    parse_problem(parser, parser->t, "write count(…) >= 3", "a count is compared with a whole number, found '%s'",
                  token_words(parser->t));
    return NULL;
}

static cs_node *parse_primary(cs_parser *parser) {
    cs_role role;
    parse_skip_newlines(parser);
    if (parse_take(parser, "(")) {
        cs_node *inner = parse_or(parser);
        parse_skip_newlines(parser);
        return inner && parse_need(parser, ")") ? inner : NULL;
    }
    if (role_of_word(parser->t, &role)) {
        parser->t++;
        return parse_atom(parser, role);
    }
    if (token_is(parser->t, "count")) return parse_count(parser);
    if (parser->t->kind == TOKEN_WORD) return parse_name(parser);
    parse_problem(parser, parser->t, "for example: agent says \"抱歉\"", "expected a condition, found '%s'",
                  token_words(parser->t));
    return NULL;
}

/* What before, after and until name: one condition, without windows of its own unless in brackets. */
static cs_node *parse_mark(cs_parser *parser) {
    cs_node *mark = parse_primary(parser);
    if (mark && !node_has_occurrences(mark)) {
        parse_problem(parser, parser->t, NULL,
                      "before, after and until need something that has a place in the dialogue");
        return NULL;
    }
    return mark;
}

static cs_node *parse_unary(cs_parser *parser) {
    parse_skip_newlines(parser);
    if (++parser->depth > CS_MAX_EXPRESSION_DEPTH) {
        parse_problem(parser, parser->t, "give a part a name with let", "conditions nest deeper than %d",
                      CS_MAX_EXPRESSION_DEPTH);
        return NULL;
    }
    cs_node *node;
    if (token_is(parser->t, "not")) {
        node = new_node(parser, NODE_NOT);
        parser->t++;
        if (node) node->left = parse_unary(parser);
        node = node && node->left ? measure(parser, node) : NULL;
    } else {
        node = parse_windows(parser, parse_primary(parser));
    }
    parser->depth--;
    return node;
}

static cs_node *join(cs_parser *parser, cs_node_kind kind, cs_node *left, cs_node *right) {
    cs_node *node = right ? new_node(parser, kind) : NULL;
    if (!node) return NULL;
    node->left = left;
    node->right = right;
    return measure(parser, node);
}

/* Chains lean to the left and are walked by recursion: their length is bounded like depth. */
static cs_node *parse_chain(cs_parser *parser, cs_node_kind kind, const char *word, cs_node *(*part)(cs_parser *)) {
    cs_node *left = part(parser);
    for (unsigned links = 0; left && take_joint(parser, word); links++) {
        if (links == CS_MAX_CHAIN) {
            parse_problem(parser, parser->t, "put the phrases into one list with words",
                          "more than %d conditions in a row", CS_MAX_CHAIN);
            return NULL;
        }
        left = join(parser, kind, left, part(parser));
    }
    return left;
}

static cs_node *parse_and(cs_parser *parser) {
    return parse_chain(parser, NODE_AND, "and", parse_unary);
}

static cs_node *parse_or(cs_parser *parser) {
    return parse_chain(parser, NODE_OR, "or", parse_and);
}

/* ---- steps ---- */

static cs_node *parse_steps(cs_parser *parser) {
    cs_node *node = new_node(parser, NODE_STEPS);
    cs_step *steps = parse_alloc(parser, CS_MAX_STEPS * sizeof *steps);
    if (!node || !steps) return NULL;
    node->steps = steps;
    parser->steps = steps;
    for (parse_skip_newlines(parser); parser->t->kind == TOKEN_WORD && token_is(parser->t + 1, ":");
         parse_skip_newlines(parser)) {
        if (node->step_count == CS_MAX_STEPS) {
            parse_problem(parser, parser->t, NULL, "more than %d steps", CS_MAX_STEPS);
            return NULL;
        }
        cs_step step = {.name = parser->t->text};
        parser->t += 2;
        step.what = parse_or(parser);
        if (!step.what) return NULL;
        if (!node_has_occurrences(step.what)) {
            parse_problem(parser, parser->t, NULL, "step '%s' needs something that has a place in the dialogue",
                          step.name);
            return NULL;
        }
        if (parse_take(parser, "if") && !(step.condition = parse_or(parser))) return NULL;
        steps[node->step_count] = step;
        parser->step_count = ++node->step_count; /* later steps may name it */
    }
    if (parser->t[-1].kind == TOKEN_NEWLINE) parser->t--; /* the next clause begins behind it */
    if (node->step_count >= 2) return measure(parser, node);
    parse_problem(parser, parser->t, "write at least two lines NAME : CONDITION", "steps has fewer than two steps");
    return NULL;
}

cs_node *parse_expression(cs_parser *parser) {
    parser->depth = 0;
    parser->steps = NULL; /* names of steps end with their steps, also with faulty ones */
    parser->step_count = 0;
    if (!parse_take(parser, "steps")) return parse_or(parser);
    cs_node *steps = parse_steps(parser);
    parser->steps = NULL;
    parser->step_count = 0;
    return parse_windows(parser, steps);
}
