/* when, expect, never and waived of a rule across conversations: events, whose ticket, until when. */
#include "rules/across.h"

#include "rules/parse.h"

#include <string.h>

static const char event_hint[] = "write event ticket.closed where kind = 投诉, or call answered to customer";
static const char window_hint[] =
    "write within 72h after, within 3 workdays after, by end of day 3 after, or by end of workday 2 after";

bool parse_is_across(const cs_token *tokens) {
    for (const cs_token *t = tokens; t->kind != TOKEN_END; t++)
        if (token_is(t, "about") && token_is(t + 1, "this") &&
            (token_is(t + 2, "ticket") || token_is(t + 2, "customer")))
            return true;
    return false;
}

/* A line may begin with it. */
static bool take_next(cs_parser *parser, const char *word) {
    if (parser->t->kind == TOKEN_NEWLINE && token_is(parser->t + 1, word)) parser->t++;
    return parse_take(parser, word);
}

/* ---- what happens ---- */

/* A call that was answered was offered, too. */
static bool parse_call(cs_parser *parser, cs_event_pattern *out) {
    out->by_person = true;
    out->kinds[0] = "call.answered";
    if (parse_take(parser, "offered")) {
        out->kinds[1] = "call.offered";
    } else if (!parse_take(parser, "answered")) {
        parse_problem(parser, parser->t, "write call answered, or call offered", "a call can't be '%s'",
                      token_words(parser->t));
        return false;
    }
    if (parse_take(parser, "to"))
        out->direction = CS_DIRECTION_OUT;
    else if (parse_take(parser, "from"))
        out->direction = CS_DIRECTION_IN;
    return out->direction == CS_DIRECTION_ANY || parse_need(parser, "customer");
}

static bool parse_pattern(cs_parser *parser, cs_event_pattern *out) {
    if (parse_take(parser, "call")) {
        if (!parse_call(parser, out)) return false;
    } else if (parse_take(parser, "event")) {
        const cs_token *name = parser->t;
        if ((name->kind != TOKEN_WORD && name->kind != TOKEN_STRING) || !*name->text ||
            strlen(name->text) > CS_MAX_NAME_BYTES) {
            parse_problem(parser, name, event_hint, "expected the name of an event, found '%s'", token_words(name));
            return false;
        }
        out->kinds[0] = name->text;
        parser->t++;
    } else {
        parse_problem(parser, parser->t, event_hint, "a rule across conversations waits for events, not for '%s'",
                      token_words(parser->t));
        return false;
    }
    if (!take_next(parser, "where")) return true;
    out->where = parse_condition(parser);
    return out->where != NULL;
}

static bool parse_about(cs_parser *parser, cs_event_pattern *out) {
    if (!parse_need(parser, "this")) return false;
    if (parse_take(parser, "ticket"))
        out->subject = CS_SUBJECT_TICKET;
    else if (parse_take(parser, "customer"))
        out->subject = CS_SUBJECT_CUSTOMER;
    else {
        parse_problem(parser, parser->t, "write about this ticket, or about this customer",
                      "it can't be about this '%s'", token_words(parser->t));
        return false;
    }
    return true;
}

/* ---- until when ---- */

static bool parse_count(cs_parser *parser, uint32_t *out) {
    const cs_token *t = parser->t;
    if (t->kind == TOKEN_NUMBER && !t->unit[0] && t->value >= 0 && t->value <= CS_MAX_DAYS_LATER &&
        t->value == (double)(uint32_t)t->value) {
        *out = (uint32_t)t->value;
        parser->t++;
        return true;
    }
    parse_problem(parser, t, window_hint, "expected a whole number of days up to %d, found '%s'", CS_MAX_DAYS_LATER,
                  token_words(t));
    return false;
}

static bool parse_within(cs_parser *parser, cs_across *out) {
    const cs_token *t = parser->t;
    if (t->kind == TOKEN_NUMBER && t->unit[0]) {
        out->due = CS_DUE_AFTER;
        if (!parse_duration(parser, &out->due_ms)) return false;
        if (out->due_ms > 0 && out->due_ms <= (int64_t)CS_MAX_WINDOW_DAYS * CS_DAY_MINUTES * 60000) return true;
        parse_problem(parser, t, window_hint, "a window is longer than nothing and at most %dd", CS_MAX_WINDOW_DAYS);
        return false;
    }
    out->due = CS_DUE_WORKDAYS;
    if (!parse_count(parser, &out->due_days)) return false;
    if (parse_take(parser, "workdays") || parse_take(parser, "workday")) {
        if (out->due_days > 0) return true;
        parse_problem(parser, t, window_hint, "a window is longer than nothing");
        return false;
    }
    parse_problem(parser, parser->t, "write 3d for 72 hours, 3 workdays, or by end of day 3 after",
                  "expected workdays, found '%s'", token_words(parser->t));
    return false;
}

static bool parse_window(cs_parser *parser, cs_across *out) {
    const cs_token *at = parser->t;
    if (take_next(parser, "within")) {
        if (!parse_within(parser, out)) return false;
    } else if (take_next(parser, "by")) {
        if (!parse_need(parser, "end") || !parse_need(parser, "of")) return false;
        bool is_workday = parse_take(parser, "workday");
        if (!is_workday && !parse_need(parser, "day")) return false;
        out->due = is_workday ? CS_DUE_END_OF_WORKDAY : CS_DUE_END_OF_DAY;
        if (!parse_count(parser, &out->due_days)) return false;
    } else {
        parse_problem(parser, at, window_hint, "until when is missing: found '%s'", token_words(at));
        return false;
    }
    out->has_window = true;
    return parse_need(parser, "after");
}

/* ---- clauses ---- */

/* The clause's words without blanks and comments, so that a rule means the same however it is laid out. */
static void add_meaning(cs_across *across, const cs_token *from, const cs_token *to) {
    for (const cs_token *t = from; t < to; t++) {
        if (t->kind == TOKEN_NEWLINE) continue;
        char kind = (char)t->kind;
        across->meaning =
            hash_pair(across->meaning, hash_pair(hash_bytes(&kind, 1), hash_bytes(t->text, strlen(t->text))));
    }
}

static bool parse_when(cs_parser *parser, cs_across *across) {
    if (!parse_pattern(parser, &across->when)) return false;
    if (!token_is(parser->t, "about")) return true;
    parse_problem(parser, parser->t, "leave it out: expect says what it is about",
                  "when takes no 'about': its event opens the obligation");
    return false;
}

static bool parse_owed(cs_parser *parser, cs_across *across, bool is_never, const cs_token *word) {
    if (across->expect.kinds[0]) {
        parse_problem(parser, word, "make two rules of it", "a rule has one expect or never");
        return false;
    }
    across->is_never = is_never;
    if (!parse_pattern(parser, &across->expect)) return false;
    if (!take_next(parser, "about")) {
        parse_problem(parser, parser->t, "write about this ticket, or about this customer",
                      "whose event it is is missing: found '%s'", token_words(parser->t));
        return false;
    }
    return parse_about(parser, &across->expect) && parse_window(parser, across);
}

static bool parse_waiver(cs_parser *parser, cs_across *across) {
    if (!parse_need(parser, "by") || !parse_pattern(parser, &across->waiver)) return false;
    if (take_next(parser, "about")) return parse_about(parser, &across->waiver);
    parse_problem(parser, parser->t, "write about this ticket, or about this customer",
                  "whose event waives it is missing: found '%s'", token_words(parser->t));
    return false;
}

bool parse_across_clause(cs_parser *parser, cs_across *across, const cs_token *word) {
    bool is_good = token_is(word, "when")     ? parse_when(parser, across)
                   : token_is(word, "waived") ? parse_waiver(parser, across)
                                              : parse_owed(parser, across, token_is(word, "never"), word);
    if (is_good) add_meaning(across, word, parser->t);
    return is_good;
}

bool parse_across_whole(cs_parser *parser, const cs_across *across, const cs_token *name, bool is_flag) {
    if (is_flag) {
        parse_problem(parser, name, "write rule instead of flag", "flag '%s' looks at one conversation, not across",
                      name->text);
        return false;
    }
    if (strlen(name->text) > CS_MAX_NAME_BYTES) {
        parse_problem(parser, name, "choose a shorter one", "the name is longer than %d bytes", CS_MAX_NAME_BYTES);
        return false;
    }
    if (!across->when.kinds[0]) {
        parse_problem(parser, name, "add a line: when event ticket.closed", "rule '%s' waits for no event", name->text);
        return false;
    }
    if (!across->expect.kinds[0] || !across->has_window) {
        parse_problem(parser, name, "add a line: expect EVENT about this ticket by end of day 3 after",
                      "rule '%s' expects and forbids nothing", name->text);
        return false;
    }
    return true;
}
