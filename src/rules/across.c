#include "rules/across.h"

#include "rules/obligation.h"
#include "rules/scan.h"

#include <string.h>

/* ---- what a rule set holds ---- */

const cs_across *across_of(const cs_ruleset *ruleset, uint32_t rule) {
    return ruleset_syntax(ruleset)->bodies[rule].across;
}

const cs_calendar *across_calendar(const cs_ruleset *ruleset) {
    return ruleset_syntax(ruleset)->calendar;
}

static cs_hash add_numbers(cs_hash hash, const int64_t *numbers, size_t count) {
    return hash_pair(hash, hash_bytes(numbers, count * sizeof *numbers));
}

static cs_hash add_ranges(cs_hash hash, const cs_day_range *ranges, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) hash = add_numbers(hash, (int64_t[]){ranges[i].first, ranges[i].last}, 2);
    return add_numbers(hash, (int64_t[]){count}, 1);
}

cs_hash across_definition(const cs_ruleset *ruleset, uint32_t rule) {
    const cs_across *across = across_of(ruleset, rule);
    const cs_calendar *calendar = across_calendar(ruleset);
    cs_hash hash = hash_pair(across->meaning, hash_bytes(ruleset_engine(), strlen(ruleset_engine())));
    if (across->due == CS_DUE_AFTER) return hash;
    hash = add_numbers(hash, (int64_t[]){calendar_zone(calendar)}, 1);
    if (across->due == CS_DUE_END_OF_DAY || !calendar) return hash;
    hash = add_numbers(hash, (int64_t[]){calendar->workdays, calendar->closes_minute}, 2);
    hash = add_ranges(hash, calendar->holidays, calendar->holiday_count);
    return add_ranges(hash, calendar->extra_workdays, calendar->extra_count);
}

static uint32_t add_kinds(const cs_event_pattern *pattern, const char **out, uint32_t count, uint32_t most) {
    for (uint32_t i = 0; i < CS_PATTERN_KINDS && pattern->kinds[i]; i++) {
        uint32_t at = 0;
        while (at < count && strcmp(out[at], pattern->kinds[i]) != 0) at++;
        if (at == count && count < most) out[count++] = pattern->kinds[i];
    }
    return count;
}

uint32_t across_kinds(const cs_ruleset *ruleset, const char **out, uint32_t most) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < ruleset_rule_count(ruleset); i++) {
        const cs_across *across = across_of(ruleset, i);
        if (!across) continue;
        count = add_kinds(&across->when, out, count, most);
        count = add_kinds(&across->expect, out, count, most);
        count = add_kinds(&across->waiver, out, count, most);
    }
    return count;
}

int64_t across_due(const cs_across *across, const cs_calendar *calendar, int64_t opened_ms) {
    switch (across->due) {
    case CS_DUE_AFTER: return opened_ms + across->due_ms;
    case CS_DUE_WORKDAYS: return calendar_workday_later(calendar, opened_ms, across->due_days);
    case CS_DUE_END_OF_DAY: return calendar_end_of_day(calendar, opened_ms, across->due_days);
    case CS_DUE_END_OF_WORKDAY: return calendar_end_of_workday(calendar, opened_ms, across->due_days);
    }
    return opened_ms;
}

/* ---- what an event means to a pattern ---- */

static bool is_kind(const cs_event_pattern *pattern, const char *kind) {
    for (uint32_t i = 0; i < CS_PATTERN_KINDS && pattern->kinds[i]; i++)
        if (strcmp(pattern->kinds[i], kind) == 0) return true;
    return false;
}

static const char *field(const cs_log_event *event, const char *name) {
    for (uint32_t i = 0; i < event->field_count; i++)
        if (strcmp(event->fields[i].name, name) == 0) return event->fields[i].value;
    return NULL;
}

/* where reads an event like the record of a conversation: one meaning for both. */
static cs_fit fits_where(const struct cs_condition *where, const cs_log_event *event, const char **why) {
    cs_field fields[CS_MAX_EVENT_FIELDS + 3];
    uint32_t count = 0;
    const cs_field own[] = {{"ticket", event->ticket, CS_FIELD_TEXT, 0},
                            {"by", event->by, CS_FIELD_TEXT, 0},
                            {"direction", event->direction, CS_FIELD_TEXT, 0}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i].value) fields[count++] = own[i];
    for (uint32_t i = 0; i < event->field_count && i < CS_MAX_EVENT_FIELDS; i++) fields[count++] = event->fields[i];
    cs_participant agent = {
        .id = "", .name = field(event, "agent"), .team = field(event, "team"), .role = CS_ROLE_AGENT};
    const char *channel = field(event, "channel");
    cs_conversation record = {.customer = event->customer,
                              .channel = channel ? channel_parse(channel) : CS_CHANNEL_UNKNOWN,
                              .participants = &agent,
                              .participant_count = 1,
                              .fields = fields,
                              .field_count = count};
    if (record.channel == CS_CHANNEL_COUNT) record.channel = CS_CHANNEL_UNKNOWN;
    cs_rule_body body = {.where = where};
    cs_outcome outcome = condition_value(&body, &record, &record);
    if (outcome.value == VALUE_TRUE) return CS_FIT_YES;
    bool is_unknown = outcome.value == VALUE_UNKNOWN || outcome.reason == CS_REASON_FIELD_UNKNOWN;
    *why = is_unknown ? "field_unknown" : "condition";
    return is_unknown ? CS_FIT_PERHAPS : CS_FIT_NO;
}

static cs_fit fits_direction(cs_direction wanted, const char *direction, const char **why) {
    if (wanted == CS_DIRECTION_ANY) return CS_FIT_YES;
    if (!direction) {
        *why = "direction_unknown";
        return CS_FIT_PERHAPS;
    }
    if (strcmp(direction, wanted == CS_DIRECTION_OUT ? "out" : "in") == 0) return CS_FIT_YES;
    *why = "direction";
    return CS_FIT_NO;
}

static cs_fit fits_person(bool by_person, const char *by, const char **why) {
    if (!by_person || !by) return CS_FIT_YES;
    if (strcmp(by, role_name(CS_ROLE_BOT)) == 0 || strcmp(by, role_name(CS_ROLE_SYSTEM)) == 0) {
        *why = "not_a_person";
        return CS_FIT_NO;
    }
    if (strcmp(by, role_name(CS_ROLE_UNDECIDED)) != 0) return CS_FIT_YES;
    *why = "person_unknown";
    return CS_FIT_PERHAPS;
}

cs_fit across_fits(const cs_event_pattern *pattern, const cs_log_event *event, const char **why) {
    const char *reason = "", **told = why ? why : &reason;
    if (!is_kind(pattern, event->kind)) {
        *told = strcmp(event->kind, "call.offered") == 0 && is_kind(pattern, "call.answered") ? "not_answered" : "kind";
        return CS_FIT_NO;
    }
    cs_fit direction = fits_direction(pattern->direction, event->direction, told);
    if (direction == CS_FIT_NO) return CS_FIT_NO;
    cs_fit person = fits_person(pattern->by_person, event->by, told);
    if (person == CS_FIT_NO) return CS_FIT_NO;
    cs_fit where = pattern->where ? fits_where(pattern->where, event, told) : CS_FIT_YES;
    if (where == CS_FIT_NO) return CS_FIT_NO;
    bool is_sure = direction == CS_FIT_YES && person == CS_FIT_YES && where == CS_FIT_YES;
    return is_sure ? CS_FIT_YES : CS_FIT_PERHAPS;
}
