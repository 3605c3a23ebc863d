/* Windows behind a condition, and `in reply to`. */
#include "rules/expression.h"
#include "rules/parse.h"

#include <string.h>

/* The role that all atoms below share, or CS_ANYONE. */
static cs_role common_role(const cs_node *node) {
    if (!node) return CS_ANYONE;
    if (node->kind == NODE_ATOM || node->kind == NODE_MEASURE) return node->role;
    if (node->kind == NODE_STEPS || node->kind == NODE_ORDER) {
        bool is_steps = node->kind == NODE_STEPS;
        uint32_t count = is_steps ? node->step_count : node->part_count;
        cs_role role = common_role(is_steps ? node->steps[0].what : node->parts[0]);
        for (uint32_t i = 1; i < count; i++)
            if (common_role(is_steps ? node->steps[i].what : node->parts[i]) != role) return CS_ANYONE;
        return role;
    }
    cs_role left = common_role(node->left);
    return node->right && common_role(node->right) != left ? CS_ANYONE : left;
}

static bool read_count(cs_parser *parser, cs_node *window, double most, const char *what) {
    const cs_token *t = parser->t;
    if (t->kind != TOKEN_NUMBER || t->value < 1 || t->value > most || t->value != (double)(uint32_t)t->value) {
        parse_problem(parser, t, NULL, "expected a whole number of %s from 1 to %.0f, found '%s'", what, most,
                      token_words(t));
        return false;
    }
    window->window_count = (uint32_t)t->value;
    parser->t++;
    return true;
}

/* "2 agent turns", "30s", "20%", "2 workdays". */
static bool parse_extent(cs_parser *parser, cs_node *window) {
    const cs_token *t = parser->t;
    if (t->kind == TOKEN_NUMBER && strcmp(t->unit, "%") == 0) {
        window->extent = EXTENT_PERCENT;
        return read_count(parser, window, 100, "percent");
    }
    window->extent = EXTENT_TIME;
    if (t->kind != TOKEN_NUMBER || t->unit[0]) return parse_duration(parser, &window->window_ms);
    window->extent = EXTENT_TURNS;
    if (!read_count(parser, window, 10000, "turns")) return false;
    if (parse_take(parser, "workdays") || parse_take(parser, "workday")) {
        window->extent = EXTENT_WORKDAY;
        return true;
    }
    if (!parse_role(parser, &window->role)) window->role = common_role(window->left);
    if (parse_take(parser, "turns") || parse_take(parser, "turn")) return true;
    parse_problem(parser, parser->t, "write 2 agent turns, or a time such as 30s", "expected 'turns', found '%s'",
                  token_words(parser->t));
    return false;
}

static bool parse_within(cs_parser *parser, cs_node *window) {
    const cs_token *at = parser->t;
    if (!parse_extent(parser, window)) return false;
    if (window->extent == EXTENT_PERCENT)
        return parse_problem(parser, at, "write first 20% or last 20%", "a share of the conversation has no trigger"),
               false;
    if (parse_take(parser, "after"))
        window->window = WINDOW_WITHIN_AFTER;
    else if (window->extent != EXTENT_WORKDAY && parse_take(parser, "before"))
        window->window = WINDOW_WITHIN_BEFORE;
    else if (window->extent != EXTENT_WORKDAY && parse_take(parser, "around"))
        window->window = WINDOW_WITHIN_AROUND;
    else
        return parse_problem(parser, parser->t, "write within 2 agent turns after",
                             "expected after, before or around, found '%s'", token_words(parser->t)),
               false;
    return true;
}

/* by 2m | by end of day 3 after | by end of workday 2 after */
static bool parse_by(cs_parser *parser, cs_node *window) {
    window->window = WINDOW_BY;
    window->extent = EXTENT_TIME;
    if (!token_is(parser->t, "end")) return parse_duration(parser, &window->window_ms);
    parse_take(parser, "end");
    if (!parse_need(parser, "of")) return false;
    window->extent = token_is(parser->t, "workday") ? EXTENT_WORKDAY : EXTENT_DAY;
    if (!parse_take(parser, "workday") && !parse_need(parser, "day")) return false;
    const cs_token *t = parser->t;
    if (t->kind == TOKEN_NUMBER && t->value == 0 && !t->unit[0])
        parser->t++; /* the same day */
    else if (!read_count(parser, window, 1000, "days"))
        return false;
    return parse_need(parser, "after");
}

static bool parse_window(cs_parser *parser, cs_node *window) {
    if (parse_take(parser, "within")) return parse_within(parser, window);
    if (parse_take_as(parser, "first", FAMILY_WINDOW)) {
        window->window = WINDOW_FIRST;
        return parse_extent(parser, window);
    }
    if (parse_take_as(parser, "last", FAMILY_WINDOW)) {
        window->window = WINDOW_LAST;
        return parse_extent(parser, window);
    }
    if (parse_take_as(parser, "by", FAMILY_WINDOW)) return parse_by(parser, window);
    if (parse_take(parser, "anywhere")) {
        window->window = WINDOW_ANYWHERE;
        return true;
    }
    if (parse_take(parser, "between")) {
        window->window = WINDOW_BETWEEN;
        window->mark = parse_mark(parser);
        if (!window->mark || !parse_need(parser, "and")) return false;
        window->mark_end = parse_mark(parser);
        return window->mark_end != NULL;
    }
    window->window = token_is(parser->t, "before")  ? WINDOW_BEFORE
                     : token_is(parser->t, "after") ? WINDOW_AFTER
                                                    : WINDOW_UNTIL;
    parse_take(parser, parser->t->word);
    window->mark = parse_mark(parser);
    return window->mark != NULL;
}

static bool next_is_window(cs_parser *parser) {
    cs_token *before = parser->t;
    parse_skip_newlines(parser);
    const cs_token *t = parser->t;
    if (t->kind == TOKEN_WORD && vocabulary_find(FAMILY_WINDOW, t->word)) return true;
    parser->t = before;
    return false;
}

static bool next_is_reply(cs_parser *parser) {
    cs_token *before = parser->t;
    parse_skip_newlines(parser);
    if (token_is(parser->t, "in") && token_is(parser->t + 1, "reply") && parse_take(parser, "in") &&
        parse_take(parser, "reply"))
        return parse_need(parser, "to");
    parser->t = before;
    return false;
}

static cs_node *parse_reply(cs_parser *parser, cs_node *inner) {
    cs_node *reply = parse_new_node(parser, NODE_REPLY);
    if (!reply) return NULL;
    reply->from = inner->from;
    reply->left = inner;
    if (!node_has_occurrences(inner)) {
        parse_problem(parser, parser->t, NULL, "only what has a place in the dialogue can be a reply");
        return NULL;
    }
    reply->mark = parse_mark(parser);
    reply->to = parser->t;
    return reply->mark ? parse_measured(parser, reply) : NULL;
}

cs_node *parse_windowed(cs_parser *parser, cs_node *inner) {
    while (inner) {
        if (next_is_reply(parser)) {
            inner = parse_reply(parser, inner);
            continue;
        }
        if (!next_is_window(parser)) break;
        cs_node *window = parse_new_node(parser, NODE_WINDOW);
        if (!window) return NULL;
        window->from = inner->from;
        window->left = inner;
        if (!parse_window(parser, window)) return NULL;
        window->to = parser->t;
        inner = parse_measured(parser, window);
    }
    return inner;
}
