/* calendar: the centre's zone, working days and hours, holidays. */
#include "rules/calendar.h"

#include "rules/parse.h"

#include <stdio.h>
#include <string.h>

static const char list_hint[] = "write days such as 2026-01-01 | 2026-10-01 - 2026-10-07";
static const char hours_hint[] = "write hours 09:00 - 18:00, with blanks around the dash";
static const char workdays_hint[] = "write workdays mon - fri, with blanks around the dash";

const char *const calendar_weekdays[7][2] = {{"mon", "周一"}, {"tue", "周二"}, {"wed", "周三"}, {"thu", "周四"},
                                             {"fri", "周五"}, {"sat", "周六"}, {"sun", "周日"}};

/* A word of the language, or its Chinese twin. */
static bool take(cs_parser *parser, const char *word, const char *twin) {
    return parse_take(parser, word) || parse_take(parser, twin);
}

bool parse_is_calendar(const cs_statement *statement) {
    static const char *const words[] = {"calendar", "日历"};
    const cs_source_line *line = &statement->lines[0];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t bytes = strlen(words[i]);
        if (line->indent == 0 && strncmp(line->text, words[i], bytes) == 0 &&
            (!line->text[bytes] || strchr(" \t#", line->text[bytes])))
            return true;
    }
    return false;
}

static bool is_line_end(const cs_token *t) {
    return t->kind == TOKEN_NEWLINE || t->kind == TOKEN_END;
}

/* "09" ":" "00" as one text, up to the next blank-separated dash or the line's end. */
static void join(cs_parser *parser, char out[16]) {
    size_t used = 0;
    out[0] = 0;
    while (!is_line_end(parser->t) && !token_is(parser->t, "-") && parser->t->kind != TOKEN_STRING) {
        int wrote = snprintf(out + used, 16 - used, "%s", parser->t->text);
        if (wrote < 0 || (size_t)wrote >= 16 - used) break;
        used += (size_t)wrote;
        parser->t++;
    }
}

static bool parse_zone(cs_parser *parser, cs_calendar *calendar) {
    const cs_token *at = parser->t;
    char text[16];
    join(parser, text);
    if (clock_parse_zone(text, &calendar->zone_minutes)) return true;
    parse_problem(parser, at, "write zone +08:00", "'%s' is no zone", *text ? text : token_words(at));
    return false;
}

static bool parse_weekday(cs_parser *parser, int *out) {
    for (int i = 0; i < 7; i++) {
        if (!take(parser, calendar_weekdays[i][0], calendar_weekdays[i][1])) continue;
        *out = i;
        return true;
    }
    parse_problem(parser, parser->t, workdays_hint, "expected mon, tue, wed, thu, fri, sat or sun, found '%s'",
                  token_words(parser->t));
    return false;
}

static bool parse_workdays(cs_parser *parser, cs_calendar *calendar) {
    calendar->workdays = 0;
    do {
        int first, last;
        if (!parse_weekday(parser, &first)) return false;
        last = first;
        if (parse_take(parser, "-") && !parse_weekday(parser, &last)) return false;
        for (int day = first;; day = (day + 1) % 7) { /* sat - mon goes over the week's end */
            calendar->workdays |= 1u << day;
            if (day == last) break;
        }
    } while (parse_take(parser, "|") || parse_take(parser, ","));
    return true;
}

/* "09:00" to "24:00" */
static bool parse_minute(cs_parser *parser, int *out) {
    const cs_token *at = parser->t;
    char text[16];
    join(parser, text);
    if (strlen(text) == 5 && strspn(text, "0123456789") == 2 && text[2] == ':' && strspn(text + 3, "0123456789") == 2) {
        int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
        *out = hour * 60 + minute;
        if (minute < 60 && *out <= CS_DAY_MINUTES) return true;
    }
    parse_problem(parser, at, hours_hint, "'%s' is no time of the day", *text ? text : token_words(at));
    return false;
}

static bool parse_hours(cs_parser *parser, cs_calendar *calendar) {
    const cs_token *at = parser->t;
    if (!parse_minute(parser, &calendar->opens_minute)) return false;
    if (!parse_take(parser, "-")) {
        parse_problem(parser, parser->t, hours_hint, "the hour at which work ends is missing");
        return false;
    }
    if (!parse_minute(parser, &calendar->closes_minute)) return false;
    if (calendar->closes_minute > calendar->opens_minute) return true;
    parse_problem(parser, at, hours_hint, "work ends before it begins");
    return false;
}

static bool parse_date(cs_parser *parser, int64_t *day) {
    char text[32];
    int64_t ms;
    if (parser->t->kind == TOKEN_WORD) {
        int wrote = snprintf(text, sizeof text, "%sT00:00", parser->t->text);
        if (wrote == 16 && clock_parse_local(text, 0, &ms)) {
            *day = ms / ((int64_t)CS_DAY_MINUTES * 60000);
            parser->t++;
            return true;
        }
    }
    parse_problem(parser, parser->t, list_hint, "'%s' is no day", token_words(parser->t));
    return false;
}

static bool parse_days(cs_parser *parser, cs_day_range *ranges, uint32_t *count) {
    do {
        parse_skip_newlines(parser);
        const cs_token *at = parser->t;
        cs_day_range range;
        if (!parse_date(parser, &range.first)) return false;
        range.last = range.first;
        if (parse_take(parser, "-") && !parse_date(parser, &range.last)) return false;
        if (range.last < range.first || range.last - range.first >= CS_MAX_RANGE_DAYS) {
            parse_problem(parser, at, list_hint, "a range goes from its first to its last day, at most %d days",
                          CS_MAX_RANGE_DAYS);
            return false;
        }
        if (*count == CS_MAX_CALENDAR_RANGES) {
            parse_problem(parser, at, "leave out the years that are over", "more than %d ranges of days",
                          CS_MAX_CALENDAR_RANGES);
            return false;
        }
        ranges[(*count)++] = range;
    } while (parse_take(parser, "|") || parse_take(parser, ","));
    return true;
}

/* One line of the statement; *seen remembers what may stand once. */
static bool parse_line(cs_parser *parser, cs_calendar *calendar, unsigned *seen) {
    const cs_token *word = parser->t;
    unsigned which = take(parser, "zone", "时区")         ? 1
                     : take(parser, "workdays", "工作日") ? 2
                     : take(parser, "hours", "工作时间")  ? 4
                     : take(parser, "holiday", "节假日")  ? 8
                     : take(parser, "workday", "调休")    ? 16
                                                          : 0;
    if (which < 8 && (*seen & which)) {
        parse_problem(parser, word, "keep one of them", "'%s' stands twice in this calendar", word->text);
        return false;
    }
    *seen |= which;
    switch (which) {
    case 1: return parse_zone(parser, calendar);
    case 2: return parse_workdays(parser, calendar);
    case 4: return parse_hours(parser, calendar);
    case 8: return parse_days(parser, calendar->holidays, &calendar->holiday_count);
    case 16: return parse_days(parser, calendar->extra_workdays, &calendar->extra_count);
    default:
        parse_problem(parser, word, "a calendar has the lines zone, workdays, hours, holiday and workday",
                      "'%s' begins no line of a calendar", token_words(word));
        return false;
    }
}

static bool step_over_line_end(cs_parser *parser) {
    if (is_line_end(parser->t)) {
        parse_skip_newlines(parser);
        return true;
    }
    parse_problem(parser, parser->t, NULL, "'%s' is left over at the end of the line", token_words(parser->t));
    return false;
}

void parse_calendar(cs_parser *parser, const cs_statement *statement) {
    cs_token *tokens = source_tokens(statement, parser->arena);
    if (!tokens) {
        parser->is_out_of_memory = true;
        return;
    }
    if (parser->syntax->calendar) {
        parse_problem(parser, tokens, "join them into one", "a rule set has one calendar; this is the second");
        return;
    }
    cs_calendar *calendar = parse_alloc(parser, sizeof *calendar);
    if (!calendar) return;
    *calendar = (cs_calendar){.zone_minutes = calendar_zone(NULL), .workdays = 0x1f, .closes_minute = CS_DAY_MINUTES};
    parser->syntax->calendar = calendar;
    parser->t = tokens + 1;
    bool is_good = step_over_line_end(parser);
    for (unsigned seen = 0; is_good && parser->t->kind != TOKEN_END;)
        is_good = parse_line(parser, calendar, &seen) && step_over_line_end(parser);
}
