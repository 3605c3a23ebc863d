/* Conditions over the timeline: operators, and or not, count, nth, in order, steps, names of let. */
#include "rules/expression.h"
#include "rules/parse.h"

#include <string.h>

static cs_node *parse_or(cs_parser *parser);

/* What evaluating a node costs: names stand for their whole condition each time, so a few lines can name a mountain. */
static void add_part(cs_node *node, const cs_node *part) {
    if (!part) return;
    node->weight += part->weight;
    if (part->height + 1 > node->height) node->height = part->height + 1;
}

cs_node *parse_measured(cs_parser *parser, cs_node *node) {
    node->weight = node->height = 1;
    add_part(node, node->left);
    add_part(node, node->right);
    add_part(node, node->mark);
    add_part(node, node->mark_end);
    for (uint32_t i = 0; i < node->part_count; i++) add_part(node, node->parts[i]);
    for (uint32_t i = 0; i < node->step_count; i++) {
        add_part(node, node->steps[i].what);
        add_part(node, node->steps[i].condition);
    }
    if (node->weight <= CS_MAX_WEIGHT && node->height <= CS_MAX_HEIGHT) return node;
    parse_problem(parser, parser->t, "split the rule, or join phrases into a list with words",
                  "with what it names this condition has more than %d parts or %d levels", CS_MAX_WEIGHT,
                  CS_MAX_HEIGHT);
    return NULL;
}

cs_node *parse_new_node(cs_parser *parser, cs_node_kind kind) {
    cs_node *node = parse_alloc(parser, sizeof *node);
    if (!node) return NULL;
    node->kind = kind;
    node->file = parser->statement->file;
    node->line = parser->t->line;
    node->from = parser->t;
    node->role = node->by = CS_ANYONE;
    node->atom = CS_NO_ATOM;
    return node;
}

/* ---- names, brackets, count, nth, in order ---- */

static cs_node *let_of(cs_parser *parser, cs_named *let) {
    cs_parser inner = *parser; /* its own statement and place; what it counts is handed back below */
    inner.statement = let->statement;
    inner.steps = NULL;
    inner.step_count = 0;
    cs_token *tokens = source_tokens(let->statement, parser->arena);
    if (!tokens) return parser->is_out_of_memory = true, NULL;
    inner.t = tokens + 2;
    inner.depth = 0;
    inner.let_depth++;
    inner.is_never = false; /* a name means the same wherever it is used */
    cs_node *node = parse_need(&inner, "=") ? parse_expression(&inner) : NULL;
    if (node && inner.t->kind != TOKEN_END) {
        parse_problem(&inner, inner.t, NULL, "'%s' is left over at the end", token_words(inner.t));
        node = NULL;
    }
    parser->problem_count = inner.problem_count;
    parser->phrase_count = inner.phrase_count;
    parser->atom_keys = inner.atom_keys;
    parser->is_out_of_memory = inner.is_out_of_memory;
    return node;
}

/* A let of another file: what it is is not known here. */
static cs_node *let_elsewhere(cs_parser *parser) {
    cs_node *node = parse_new_node(parser, NODE_ATOM);
    if (!node) return NULL;
    node->operator= OPERATOR_SAYS;
    node->quorum = 1;
    return parse_kept_atom(parser, node) ? parse_measured(parser, node) : NULL;
}

cs_node *parse_let(cs_parser *parser, const char *name, const cs_token *at) {
    uint32_t found = index_find(&parser->let_names, name, strlen(name));
    if (found == CS_INDEX_NONE && parser->is_alone) return let_elsewhere(parser);
    if (found == CS_INDEX_NONE) {
        parse_problem(parser, at, "define it: let NAME = customer says \"…\"; or write agent says \"…\"",
                      "there is no let '%s'", name);
        return NULL;
    }
    cs_named *let = &parser->lets[found];
    if (let->progress == PROGRESS_RUNNING) {
        parse_problem(parser, at, "a let may not lead back to itself", "'%s' is defined by itself", name);
        return NULL;
    }
    if (let->progress == PROGRESS_DONE) return let->node;
    if (parser->let_depth == CS_MAX_HEIGHT) {
        parse_problem(parser, at, "define it by fewer steps", "names lead to names more than %d deep", CS_MAX_HEIGHT);
        return NULL;
    }
    let->progress = PROGRESS_RUNNING;
    let->node = let_of(parser, let);
    let->progress = PROGRESS_DONE;
    return let->node;
}

static cs_node *parse_name(cs_parser *parser) {
    const cs_token *at = parser->t;
    for (uint32_t i = 0; i < parser->step_count; i++) {
        if (strcmp(at->text, parser->steps[i].name) != 0) continue;
        parser->t++;
        return (cs_node *)parser->steps[i].what;
    }
    parser->t++;
    return parse_let(parser, at->text, at);
}

static bool needs_places(cs_parser *parser, const cs_node *node, const char *what) {
    if (!node || node_has_occurrences(node)) return node != NULL;
    parse_problem(parser, node->from,
                  "says, asserts, silence, event and the like have places; not, and, steps have none",
                  "%s something that has a place in the dialogue", what);
    return false;
}

static cs_node *parse_count(cs_parser *parser) {
    cs_node *node = parse_new_node(parser, NODE_COUNT);
    parse_take(parser, "count");
    if (!node || !parse_need(parser, "(")) return NULL;
    node->left = parse_or(parser);
    parse_skip_newlines(parser);
    if (!node->left || !parse_need(parser, ")")) return NULL;
    if (!needs_places(parser, node->left, "count needs")) return NULL;
    const cs_token *sign = parser->t;
    if (!parse_compare(parser, &node->compare) || node->compare == COMPARE_NE) {
        parse_problem(parser, sign, "write count(…) >= 3", "a count is compared with a whole number, found '%s'",
                      token_words(sign));
        return NULL;
    }
    const cs_token *t = parser->t;
    if (t->kind != TOKEN_NUMBER || t->unit[0] || t->value < 0 || t->value > 1e6 ||
        t->value != (double)(uint32_t)t->value) {
        parse_problem(parser, t, "write count(…) >= 3", "a count is compared with a whole number, found '%s'",
                      token_words(t));
        return NULL;
    }
    node->number = (uint32_t)t->value;
    parser->t++;
    node->to = parser->t;
    return parse_measured(parser, node);
}

static cs_node *parse_nth(cs_parser *parser) {
    cs_node *node = parse_new_node(parser, NODE_NTH);
    parse_take(parser, "nth");
    if (!node || !parse_need(parser, "(")) return NULL;
    node->left = parse_or(parser);
    parse_skip_newlines(parser);
    if (!needs_places(parser, node->left, "nth needs") || !parse_need(parser, ",")) return NULL;
    const cs_token *t = parser->t;
    if (t->kind != TOKEN_NUMBER || t->unit[0] || t->value < 1 || t->value > 1e6 ||
        t->value != (double)(uint32_t)t->value) {
        parse_problem(parser, t, "write nth(…, 2)", "expected a whole number from 1, found '%s'", token_words(t));
        return NULL;
    }
    node->number = (uint32_t)t->value;
    parser->t++;
    if (!parse_need(parser, ")")) return NULL;
    node->to = parser->t;
    return parse_measured(parser, node);
}

static cs_node *parse_order(cs_parser *parser) {
    cs_node *node = parse_new_node(parser, NODE_ORDER);
    const cs_node **parts = parse_alloc(parser, CS_MAX_PARTS * sizeof *parts);
    if (!node || !parts) return NULL;
    node->parts = parts;
    parse_take(parser, "in");
    parse_take(parser, "order");
    if (!parse_need(parser, "(")) return NULL;
    do {
        if (node->part_count == CS_MAX_PARTS) {
            parse_problem(parser, parser->t, NULL, "more than %d parts in order", CS_MAX_PARTS);
            return NULL;
        }
        const cs_node *part = parse_or(parser);
        if (!needs_places(parser, part, "in order needs")) return NULL;
        parts[node->part_count++] = part;
        parse_skip_newlines(parser);
    } while (parse_take(parser, ","));
    if (!parse_need(parser, ")")) return NULL;
    node->to = parser->t;
    if (node->part_count >= 2) return parse_measured(parser, node);
    parse_problem(parser, parser->t, "write in order (A, B)", "in order has fewer than two parts");
    return NULL;
}

cs_node *parse_primary(cs_parser *parser) {
    cs_role role = CS_ANYONE;
    parse_skip_newlines(parser);
    cs_token *from = parser->t;
    if (parse_take(parser, "(")) {
        cs_node *inner = parse_or(parser);
        parse_skip_newlines(parser);
        return inner && parse_need(parser, ")") ? inner : NULL;
    }
    bool is_first = token_is(parser->t, "first") && token_is(parser->t + 1, "agent");
    if (is_first) parse_take_as(parser, "first", FAMILY_WINDOW);
    if (parse_role(parser, &role)) return parse_operator(parser, role, is_first, true, from);
    if (token_is(parser->t, "count") && token_is(parser->t + 1, "(")) return parse_count(parser);
    if (token_is(parser->t, "nth") && token_is(parser->t + 1, "(")) return parse_nth(parser);
    if (token_is(parser->t, "in") && token_is(parser->t + 1, "order")) return parse_order(parser);
    if (parse_begins_operator(parser->t)) return parse_operator(parser, CS_ANYONE, false, false, from);
    if (parser->t->kind == TOKEN_WORD) return parse_name(parser);
    parse_problem(parser, parser->t, "for example: agent says \"抱歉\"", "expected a condition, found '%s'",
                  token_words(parser->t));
    return NULL;
}

cs_node *parse_mark(cs_parser *parser) {
    if (++parser->depth > CS_MAX_EXPRESSION_DEPTH) {
        parse_problem(parser, parser->t, "give a part a name with let", "conditions nest deeper than %d",
                      CS_MAX_EXPRESSION_DEPTH);
        return NULL;
    }
    cs_node *mark = parse_primary(parser);
    parser->depth--;
    return needs_places(parser, mark, "before, after, until, between and in reply to need") ? mark : NULL;
}

/* ---- and, or, not ---- */

static cs_node *parse_unary(cs_parser *parser) {
    parse_skip_newlines(parser);
    if (++parser->depth > CS_MAX_EXPRESSION_DEPTH) {
        parse_problem(parser, parser->t, "give a part a name with let", "conditions nest deeper than %d",
                      CS_MAX_EXPRESSION_DEPTH);
        return NULL;
    }
    cs_node *node;
    if (token_is(parser->t, "not")) {
        node = parse_new_node(parser, NODE_NOT);
        parse_take(parser, "not");
        if (node) node->left = parse_unary(parser);
        if (node) node->to = parser->t;
        node = node && node->left ? parse_measured(parser, node) : NULL;
    } else {
        node = parse_windowed(parser, parse_primary(parser));
    }
    parser->depth--;
    return node;
}

static cs_node *join(cs_parser *parser, cs_node_kind kind, cs_node *left, cs_node *right) {
    cs_node *node = right ? parse_new_node(parser, kind) : NULL;
    if (!node) return NULL;
    node->from = left->from;
    node->to = parser->t;
    node->left = left;
    node->right = right;
    return parse_measured(parser, node);
}

/* Chains lean to the left and are walked by recursion: their length is bounded like depth. */
static cs_node *parse_chain(cs_parser *parser, cs_node_kind kind, const char *word, cs_node *(*part)(cs_parser *)) {
    cs_node *left = part(parser);
    for (unsigned links = 0; left && parse_take_next(parser, word); links++) {
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
    cs_node *node = parse_new_node(parser, NODE_STEPS);
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
        if (!needs_places(parser, step.what, "a step needs")) return NULL;
        if (parse_take_next(parser, "if") && !(step.condition = parse_or(parser))) return NULL;
        steps[node->step_count] = step;
        parser->step_count = ++node->step_count; /* later steps may name it */
    }
    if (parser->t[-1].kind == TOKEN_NEWLINE) parser->t--; /* the next clause begins behind it */
    node->to = parser->t;
    if (node->step_count >= 2) return parse_measured(parser, node);
    parse_problem(parser, parser->t, "write at least two lines NAME : CONDITION", "steps has fewer than two steps");
    return NULL;
}

cs_node *parse_expression(cs_parser *parser) {
    parser->depth = 0;
    parser->steps = NULL; /* names of steps end with their steps, also with faulty ones */
    parser->step_count = 0;
    if (!parse_take(parser, "steps")) return parse_or(parser);
    parser->t--; /* its place */
    cs_token *at = parser->t++;
    cs_node *steps = parse_steps(parser);
    if (steps) steps->from = at;
    parser->steps = NULL;
    parser->step_count = 0;
    return parse_windowed(parser, steps);
}
