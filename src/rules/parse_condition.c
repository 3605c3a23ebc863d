/* for … where: conditions on fields, e.g. queue in (售后, 投诉) and vip = true */
#include "rules/parse.h"

#include <string.h>

static const cs_condition *parse_any(cs_parser *parser);

static bool is_value(const cs_token *t) {
    return t->kind == TOKEN_WORD || t->kind == TOKEN_STRING || t->kind == TOKEN_NUMBER;
}

static bool parse_values(cs_parser *parser, cs_condition *condition) {
    const char *values[256];
    do {
        if (!is_value(parser->t) || condition->value_count == 256) {
            parse_problem(parser, parser->t, "write in (one, two)", "expected a value, found '%s'",
                          token_words(parser->t));
            return false;
        }
        values[condition->value_count++] = (parser->t++)->text;
    } while (parse_take(parser, ","));
    condition->values = parse_alloc(parser, condition->value_count * sizeof *values);
    if (!condition->values) return false;
    memcpy(condition->values, values, condition->value_count * sizeof *values);
    return parse_need(parser, ")");
}

static const cs_condition *parse_one(cs_parser *parser) {
    cs_condition *condition = parse_alloc(parser, sizeof *condition);
    if (!condition) return NULL;
    if (++parser->depth > CS_MAX_EXPRESSION_DEPTH) {
        parse_problem(parser, parser->t, "simplify it", "conditions nest too deep");
        return NULL;
    }
    if (parse_take(parser, "not")) {
        condition->kind = CONDITION_NOT;
        condition->left = parse_one(parser);
        parser->depth--;
        return condition->left ? condition : NULL;
    }
    if (parse_take(parser, "(")) {
        const cs_condition *inner = parse_any(parser);
        parser->depth--;
        return inner && parse_need(parser, ")") ? inner : NULL;
    }
    parser->depth--;
    if (parser->t->kind != TOKEN_WORD) {
        parse_problem(parser, parser->t, "for example: queue in (售后, 投诉)",
                      "expected the name of a field, found '%s'", token_words(parser->t));
        return NULL;
    }
    condition->field = (parser->t++)->text;
    if (parse_take(parser, "in")) {
        condition->kind = CONDITION_IN;
        return parse_need(parser, "(") && parse_values(parser, condition) ? condition : NULL;
    }
    condition->kind = CONDITION_COMPARE;
    if (!parse_compare(parser, &condition->compare) || !is_value(parser->t)) {
        parse_problem(parser, parser->t, "write FIELD = value, or FIELD in (one, two)",
                      "field '%s' is compared with nothing", condition->field);
        return NULL;
    }
    condition->values = parse_alloc(parser, sizeof *condition->values);
    if (!condition->values) return NULL;
    condition->values[0] = (parser->t++)->text;
    condition->value_count = 1;
    return condition;
}

static const cs_condition *join(cs_parser *parser, cs_condition_kind kind, const cs_condition *left,
                                const cs_condition *right) {
    cs_condition *condition = parse_alloc(parser, sizeof *condition);
    if (!condition) return NULL;
    *condition = (cs_condition){.kind = kind, .left = left, .right = right};
    return condition;
}

static const cs_condition *parse_all(cs_parser *parser) {
    const cs_condition *left = parse_one(parser);
    while (left && parse_take(parser, "and")) {
        const cs_condition *right = parse_one(parser);
        left = right ? join(parser, CONDITION_AND, left, right) : NULL;
    }
    return left;
}

static const cs_condition *parse_any(cs_parser *parser) {
    const cs_condition *left = parse_all(parser);
    while (left && parse_take(parser, "or")) {
        const cs_condition *right = parse_all(parser);
        left = right ? join(parser, CONDITION_OR, left, right) : NULL;
    }
    return left;
}

const cs_condition *parse_condition(cs_parser *parser) {
    parser->depth = 0;
    return parse_any(parser);
}
