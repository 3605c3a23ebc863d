/* for … where: which conversations a rule is for. */
#include "rules/obligation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *field_value(const cs_conversation *end, const char *field) {
    if (strcmp(field, "agent") == 0 || strcmp(field, "team") == 0) {
        const cs_participant *agent = conversation_agent(end);
        return !agent ? NULL : strcmp(field, "agent") == 0 ? agent->name : agent->team;
    }
    if (strcmp(field, "channel") == 0) return end->channel == CS_CHANNEL_UNKNOWN ? NULL : channel_name(end->channel);
    return conversation_field(end, field);
}

static bool as_number(const char *text, double *out) {
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == 0 && isfinite(*out);
}

/* Numbers compare as numbers, other values as text; which of two texts is larger is no question, so that is unknown. */
static cs_value compare(cs_compare how, const char *value, const char *wanted) {
    double a, b;
    bool are_numbers = as_number(value, &a) && as_number(wanted, &b);
    int order = are_numbers ? (a > b) - (a < b) : strcmp(value, wanted);
    if (!are_numbers && how != COMPARE_EQ && how != COMPARE_NE) return VALUE_UNKNOWN;
    switch (how) {
    case COMPARE_EQ: return order == 0 ? VALUE_TRUE : VALUE_FALSE;
    case COMPARE_NE: return order != 0 ? VALUE_TRUE : VALUE_FALSE;
    case COMPARE_LT: return order < 0 ? VALUE_TRUE : VALUE_FALSE;
    case COMPARE_LE: return order <= 0 ? VALUE_TRUE : VALUE_FALSE;
    case COMPARE_GT: return order > 0 ? VALUE_TRUE : VALUE_FALSE;
    case COMPARE_GE: return order >= 0 ? VALUE_TRUE : VALUE_FALSE;
    }
    return VALUE_UNKNOWN;
}

cs_value field_compare(const cs_conversation *end, const char *field, cs_compare how, const char *value) {
    const char *held = field_value(end, field);
    return held ? compare(how, held, value) : VALUE_UNKNOWN;
}

static cs_value value_of(const cs_condition *c, const cs_conversation *end) {
    if (c->kind == CONDITION_AND || c->kind == CONDITION_OR) {
        cs_value deciding = c->kind == CONDITION_AND ? VALUE_FALSE : VALUE_TRUE;
        cs_value left = value_of(c->left, end), right = value_of(c->right, end);
        if (left == deciding || right == deciding) return deciding;
        return left == VALUE_UNKNOWN ? left : right;
    }
    if (c->kind == CONDITION_NOT) {
        cs_value inner = value_of(c->left, end);
        return inner == VALUE_UNKNOWN ? inner : inner == VALUE_TRUE ? VALUE_FALSE : VALUE_TRUE;
    }
    const char *value = field_value(end, c->field);
    if (!value) return VALUE_UNKNOWN;
    if (c->kind == CONDITION_COMPARE) return compare(c->compare, value, c->values[0]);
    for (uint32_t i = 0; i < c->value_count; i++)
        if (compare(COMPARE_EQ, value, c->values[i]) == VALUE_TRUE) return VALUE_TRUE;
    return VALUE_FALSE;
}

cs_outcome condition_value(const cs_rule_body *body, const cs_conversation *head, const cs_conversation *end) {
    cs_outcome out = {.value = VALUE_TRUE, .decided = CS_MOMENT_BEGIN};
    bool is_channel_unknown = body->channels && head->channel == CS_CHANNEL_UNKNOWN;
    if (body->channels && !is_channel_unknown && !(body->channels >> head->channel & 1)) {
        out.value = VALUE_FALSE;
        out.reason = CS_REASON_CHANNEL;
        return out;
    }
    if (!body->where) {
        out.value = is_channel_unknown ? VALUE_UNKNOWN : VALUE_TRUE;
        out.reason = CS_REASON_CHANNEL;
        return out;
    }
    if (!end) return (cs_outcome){.value = VALUE_PENDING};
    cs_value value = value_of(body->where, end);
    out.decided = CS_MOMENT_END;
    if (value == VALUE_TRUE && is_channel_unknown) {
        out.value = VALUE_UNKNOWN;
        out.reason = CS_REASON_CHANNEL;
        return out;
    }
    out.value = value == VALUE_TRUE ? VALUE_TRUE : VALUE_FALSE; /* an absent field: not applicable, never a fault */
    out.reason = value == VALUE_UNKNOWN ? CS_REASON_FIELD_UNKNOWN : CS_REASON_CONDITION;
    return out;
}
