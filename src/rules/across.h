/* across.h - rules across conversations: what a rule waits for in the event log, and until when.
 * Floor: rules. Here is only what one event means to one rule; the log, its order and its timers are quality/'s.
 * Memory: rules live in the rule set's arena; events are borrowed. Threads: any, nothing changes.
 * Example: const cs_across *a = across_of(rules, 3);
 *          if (a && across_fits(&a->when, &event, NULL) == CS_FIT_YES) due = across_due(a, across_calendar(rules), event.at_ms);
 */
#ifndef CS_RULES_ACROSS_H
#define CS_RULES_ACROSS_H

#include "base/hash.h"
#include "conversation/conversation.h"
#include "rules/calendar.h"
#include "rules/ruleset.h"

#include <stdbool.h>
#include <stdint.h>

enum { CS_MAX_EVENT_FIELDS = 100, CS_PATTERN_KINDS = 2, CS_MAX_WINDOW_DAYS = 366 };

/* What happened, as the log tells it. Everything but kind and at_ms may be NULL. */
typedef struct cs_log_event {
    const char *id, *kind, *ticket, *customer;
    const char *conversation; /* the centre's id of the conversation it was read from */
    const char *by; /* who; "bot", "system" and "undecided" are nobody's name */
    const char *direction; /* "in", "out" */
    int64_t at_ms; /* epoch */
    const cs_field *fields;
    uint32_t field_count; /* at most CS_MAX_EVENT_FIELDS */
} cs_log_event;

typedef enum cs_subject { CS_SUBJECT_TICKET, CS_SUBJECT_CUSTOMER } cs_subject;
typedef enum cs_direction { CS_DIRECTION_ANY, CS_DIRECTION_OUT, CS_DIRECTION_IN } cs_direction;

struct cs_condition;
typedef struct cs_event_pattern {
    const char *kinds[CS_PATTERN_KINDS]; /* any of them; NULL: nothing */
    const struct cs_condition *where; /* NULL: always */
    cs_direction direction;
    bool by_person; /* bots and announcements don't count */
    cs_subject subject; /* about this … */
} cs_event_pattern;

typedef enum cs_due_kind {
    CS_DUE_AFTER, /* due_ms later */
    CS_DUE_WORKDAYS, /* at the same time of the day, due_days workdays later */
    CS_DUE_END_OF_DAY,
    CS_DUE_END_OF_WORKDAY /* due_days after */
} cs_due_kind;

typedef struct cs_across {
    cs_event_pattern when, expect, waiver; /* expect: what must come, or with is_never must not */
    bool is_never, has_window;
    cs_due_kind due;
    int64_t due_ms;
    uint32_t due_days;
    cs_hash meaning; /* of its clauses */
} cs_across;

const cs_across *across_of(const cs_ruleset *ruleset, uint32_t rule); /* NULL: a rule about one conversation */
const cs_calendar *across_calendar(const cs_ruleset *ruleset); /* NULL: none stated */
/* What the rule and the calendar it counts by mean: changes only when a verdict could change. */
cs_hash across_definition(const cs_ruleset *ruleset, uint32_t rule);
/* The kinds of events that any rule waits for, each once, at most `most`; gives how many. */
uint32_t across_kinds(const cs_ruleset *ruleset, const char **out, uint32_t most);

/* The last moment that counts for what was opened at opened_ms. */
int64_t across_due(const cs_across *across, const cs_calendar *calendar, int64_t opened_ms);

typedef enum cs_fit { CS_FIT_NO, CS_FIT_PERHAPS, CS_FIT_YES } cs_fit;
/* Kind, direction, person and where; not whose ticket it is. why (may be NULL) gets a word when it is not YES: "kind",
 * "not_answered", "direction", "direction_unknown", "not_a_person", "person_unknown", "condition", "field_unknown". */
cs_fit across_fits(const cs_event_pattern *pattern, const cs_log_event *event, const char **why);

/* ---- private to rules/: parse_across.c ---- */

struct cs_parser;
struct cs_token;
bool parse_is_across(const struct cs_token *tokens); /* "about this ticket" or "about this customer" stands in it */
/* when, expect, never, waived: the clause behind its word. false: a problem was told. */
bool parse_across_clause(struct cs_parser *parser, cs_across *across, const struct cs_token *word);
bool parse_across_whole(struct cs_parser *parser, const cs_across *across, const struct cs_token *name, bool is_flag);

#endif
