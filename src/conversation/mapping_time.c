#include "conversation/mapping_time.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_PATTERN_BYTES = 64, EXAMPLE_BYTES = 96, FIRST_SERIAL = 25569, LAST_SERIAL = 109574 };
static const int64_t LAST_MOMENT_MS = INT64_C(230) * 366 * 86400 * 1000; /* about the year 2200 */

static const struct {
    const char *word, *example;
    cs_time_kind kind;
    bool needs_zone;
} named[] = {
    {"iso8601", "2026-02-14T10:32:00+08:00", CS_TIME_ISO8601, false},
    {"epoch_ms", "1771036320000", CS_TIME_EPOCH_MS, false},
    {"epoch_s", "1771036320", CS_TIME_EPOCH_S, false},
    {"excel", "46067.4389", CS_TIME_EXCEL, true},
};
static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                          "jul", "aug", "sep", "oct", "nov", "dec"};
static const struct {
    const char *word;
    int half;
} halves[] = {{"am", 1}, {"pm", 2}, {"a.m.", 1}, {"p.m.", 2}, {"上午", 1}, {"下午", 2}};

/* The moment as it is read off, before anybody checks it. */
typedef struct moment {
    int year, month, day, hour, minute, second, ms, half; /* half: 0 none, 1 am, 2 pm */
    int zone;
    bool has_zone;
} moment;

static cs_error refuse(cs_message *message, const char *reason, const char *remedy) {
    message_set(message, CS_ERR_PARSE, "%s", reason);
    message_remedy(message, "%s", remedy);
    return CS_ERR_PARSE;
}

static bool takes_digits(cs_time_token_kind kind) {
    return kind == CS_TIME_YEAR || kind == CS_TIME_SHORT_YEAR || kind == CS_TIME_MONTH || kind == CS_TIME_DAY ||
           kind == CS_TIME_HOUR || kind == CS_TIME_MINUTE || kind == CS_TIME_SECOND;
}

/* The first letter of the next run of letters after at, in lower case; 0: none. */
static char next_letter(const char *at) {
    while (*at && !isalpha((unsigned char)*at)) at++;
    return (char)tolower((unsigned char)*at);
}

static size_t same_letters(const char *at) {
    size_t count = 1;
    while (tolower((unsigned char)at[count]) == tolower((unsigned char)*at)) count++;
    return count;
}

/* One run of letters as a token; false: they mean nothing. */
static bool read_letters(const char **at, cs_time_token_kind last_unit, cs_time_token *out) {
    if (strncasecmp(*at, "zone", 4) == 0 || strncasecmp(*at, "am", 2) == 0) {
        bool is_zone = tolower((unsigned char)**at) == 'z';
        out->kind = is_zone ? CS_TIME_ZONE : CS_TIME_HALF;
        *at += is_zone ? 4 : 2;
        return true;
    }
    char letter = (char)tolower((unsigned char)**at);
    size_t count = same_letters(*at);
    out->letters = (unsigned char)count;
    if (letter == 't' && count == 1) {
        out->kind = CS_TIME_BLANK;
    } else if (letter == 'y' && (count == 4 || count == 2)) {
        out->kind = count == 4 ? CS_TIME_YEAR : CS_TIME_SHORT_YEAR;
    } else if (letter == 'm' && count <= 2) {
        bool is_minute = last_unit == CS_TIME_HOUR || next_letter(*at + count) == 's';
        out->kind = is_minute ? CS_TIME_MINUTE : CS_TIME_MONTH;
    } else if (letter == 'm' && count == 3) {
        out->kind = CS_TIME_MONTH_NAME;
    } else if (letter == 'd' && count <= 2) {
        out->kind = CS_TIME_DAY;
    } else if (letter == 'h' && count <= 2) {
        out->kind = CS_TIME_HOUR;
    } else if (letter == 's' && count <= 2) {
        out->kind = CS_TIME_SECOND;
    } else {
        return false;
    }
    *at += count;
    return true;
}

static cs_error read_tokens(const char *text, cs_time_token *tokens, uint32_t *count, cs_message *message) {
    cs_time_token_kind last_unit = CS_TIME_LITERAL;
    for (const char *at = text; *at;) {
        if (*count == CS_TIME_PATTERN_TOKENS)
            return refuse(message, "the format of time has too many parts", "write it like yyyy-mm-dd hh:mm:ss");
        cs_time_token *token = &tokens[(*count)++];
        if (*at == ' ') {
            token->kind = CS_TIME_BLANK;
            at += strspn(at, " ");
        } else if (!isalpha((unsigned char)*at)) {
            token->kind = CS_TIME_LITERAL;
            token->literal = *at++;
        } else if (!read_letters(&at, last_unit, token)) {
            return refuse(message, "this format of time is not known",
                          "iso8601, epoch_ms, epoch_s, excel, or letters: yyyy m mm d dd h hh mm ss am zone, as in "
                          "yyyy-mm-dd hh:mm:ss");
        } else if (takes_digits(token->kind)) {
            last_unit = token->kind;
        }
    }
    return CS_OK;
}

/* Where digits touch digits, each part has exactly its letters; elsewhere one digit does as well as two. */
static bool settle_digits(cs_time_token *tokens, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (!takes_digits(tokens[i].kind)) continue;
        bool touches =
            (i > 0 && takes_digits(tokens[i - 1].kind)) || (i + 1 < count && takes_digits(tokens[i + 1].kind));
        if (touches && tokens[i].letters == 1) return false;
        if (!touches) tokens[i].letters = 1;
    }
    return true;
}

static char *write_example(const cs_time_token *tokens, uint32_t count, cs_arena *arena) {
    char text[EXAMPLE_BYTES] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < count && used < sizeof text - 8; i++) {
        char *at = text + used;
        size_t room = sizeof text - used;
        switch (tokens[i].kind) {
        case CS_TIME_LITERAL: snprintf(at, room, "%c", tokens[i].literal); break;
        case CS_TIME_BLANK: snprintf(at, room, " "); break;
        case CS_TIME_YEAR: snprintf(at, room, "2026"); break;
        case CS_TIME_SHORT_YEAR: snprintf(at, room, "26"); break;
        case CS_TIME_MONTH: snprintf(at, room, "02"); break;
        case CS_TIME_MONTH_NAME: snprintf(at, room, "Feb"); break;
        case CS_TIME_DAY: snprintf(at, room, "14"); break;
        case CS_TIME_HOUR: snprintf(at, room, "10"); break;
        case CS_TIME_MINUTE: snprintf(at, room, "32"); break;
        case CS_TIME_SECOND: snprintf(at, room, "00"); break;
        case CS_TIME_HALF: snprintf(at, room, "am"); break;
        case CS_TIME_ZONE: snprintf(at, room, "+08:00"); break;
        }
        used += strlen(at);
    }
    return arena_string(arena, text);
}

static bool has_token(const cs_time_token *tokens, uint32_t count, cs_time_token_kind kind) {
    for (uint32_t i = 0; i < count; i++) {
        if (tokens[i].kind == kind) return true;
    }
    return false;
}

static cs_error check_parts(const cs_time_token *tokens, uint32_t count, cs_message *message) {
    bool has_year = has_token(tokens, count, CS_TIME_YEAR) || has_token(tokens, count, CS_TIME_SHORT_YEAR);
    bool has_month = has_token(tokens, count, CS_TIME_MONTH) || has_token(tokens, count, CS_TIME_MONTH_NAME);
    if (!has_year || !has_month || !has_token(tokens, count, CS_TIME_DAY))
        return refuse(message, "the format of time needs a year, a month and a day", "as in yyyy-mm-dd hh:mm:ss");
    bool has_hour = has_token(tokens, count, CS_TIME_HOUR), has_minute = has_token(tokens, count, CS_TIME_MINUTE);
    if (has_minute != has_hour || (has_token(tokens, count, CS_TIME_SECOND) && !has_minute))
        return refuse(message, "the format of time has minutes or seconds without hours, or hours without minutes",
                      "as in yyyy-mm-dd hh:mm:ss");
    return CS_OK;
}

cs_error time_pattern_parse(const char *text, cs_arena *arena, cs_time_pattern *out, cs_message *message) {
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        if (strcasecmp(named[i].word, text) != 0) continue;
        *out = (cs_time_pattern){
            .kind = named[i].kind, .has_hour = true, .needs_zone = named[i].needs_zone, .example = named[i].example};
        return CS_OK;
    }
    size_t bytes = strnlen(text, MAX_PATTERN_BYTES + 1);
    if (bytes == 0 || bytes > MAX_PATTERN_BYTES)
        return refuse(message, "the format of time is empty or longer than 64 bytes", "as in yyyy-mm-dd hh:mm:ss");
    cs_time_token *tokens = arena_array(arena, CS_TIME_PATTERN_TOKENS, sizeof *tokens);
    if (!tokens) return message_set(message, CS_ERR_MEMORY, "no memory for the format of time");
    uint32_t count = 0;
    cs_error code = read_tokens(text, tokens, &count, message);
    if (code == CS_OK) code = check_parts(tokens, count, message);
    if (code != CS_OK) return code;
    if (!settle_digits(tokens, count))
        return refuse(message, "digits that touch need two letters each", "write yyyymmddhhmmss");
    bool has_zone = has_token(tokens, count, CS_TIME_ZONE);
    *out = (cs_time_pattern){.kind = CS_TIME_PATTERN,
                             .has_hour = has_token(tokens, count, CS_TIME_HOUR),
                             .has_zone = has_zone,
                             .needs_zone = !has_zone,
                             .tokens = tokens,
                             .token_count = count,
                             .example = write_example(tokens, count, arena)};
    return out->example ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the format of time");
}

/* From least to most digits, as many as there are. */
static bool read_digits(const char **at, const char *end, int least, int most, int *out) {
    int value = 0, count = 0;
    while (count < most && *at < end && isdigit((unsigned char)**at)) {
        value = value * 10 + (*(*at)++ - '0');
        count++;
    }
    *out = value;
    return count >= least;
}

static bool read_second(const char **at, const char *end, const cs_time_token *token, bool takes_fraction, moment *m) {
    if (!read_digits(at, end, token->letters == 2 ? 2 : 1, 2, &m->second)) return false;
    if (!takes_fraction || *at + 1 >= end || (**at != '.' && **at != ',') || !isdigit((unsigned char)(*at)[1]))
        return true;
    (*at)++;
    for (int place = 100, digits = 0; *at < end && isdigit((unsigned char)**at) && digits < 9; (*at)++, digits++) {
        m->ms += (**at - '0') * place;
        place /= 10;
    }
    return true;
}

static bool read_month_name(const char **at, const char *end, moment *m) {
    for (int i = 0; i < 12 && end - *at >= 3; i++) {
        if (strncasecmp(*at, month_names[i], 3) != 0) continue;
        m->month = i + 1;
        for (int letters = 0; letters < 9 && *at < end && isalpha((unsigned char)**at); letters++) (*at)++;
        return true;
    }
    return false;
}

static bool read_half(const char **at, const char *end, moment *m) {
    for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++) {
        size_t bytes = strlen(halves[i].word);
        if ((size_t)(end - *at) < bytes || strncasecmp(*at, halves[i].word, bytes) != 0) continue;
        m->half = halves[i].half;
        *at += bytes;
        return true;
    }
    return false;
}

static bool read_zone(const char **at, const char *end, moment *m) {
    char word[8] = "";
    size_t bytes = 0;
    while (bytes < sizeof word - 1 && *at + bytes < end && (*at)[bytes] && strchr("+-:Zz0123456789", (*at)[bytes])) {
        word[bytes] = (*at)[bytes];
        bytes++;
    }
    for (; bytes > 0; bytes--) { /* the longest part that is one */
        word[bytes] = 0;
        if (!clock_parse_zone(word, &m->zone)) continue;
        m->has_zone = true;
        *at += bytes;
        return true;
    }
    return false;
}

static bool read_blank(const char **at, const char *end) {
    const char *from = *at;
    if (*at < end && (**at == 'T' || **at == 't')) {
        (*at)++;
        return true;
    }
    while (*at < end && (**at == ' ' || **at == '\t')) (*at)++;
    return *at > from;
}

static bool read_token(const cs_time_pattern *p, uint32_t i, const char **at, const char *end, moment *m) {
    const cs_time_token *token = &p->tokens[i];
    int least = token->letters == 2 ? 2 : 1;
    switch (token->kind) {
    case CS_TIME_LITERAL: return *at < end && *(*at)++ == token->literal;
    case CS_TIME_BLANK: return read_blank(at, end);
    case CS_TIME_YEAR: return read_digits(at, end, 4, 4, &m->year);
    case CS_TIME_SHORT_YEAR:
        if (!read_digits(at, end, 2, 2, &m->year)) return false;
        m->year += 2000;
        return true;
    case CS_TIME_MONTH: return read_digits(at, end, least, 2, &m->month);
    case CS_TIME_MONTH_NAME: return read_month_name(at, end, m);
    case CS_TIME_DAY: return read_digits(at, end, least, 2, &m->day);
    case CS_TIME_HOUR: return read_digits(at, end, least, 2, &m->hour);
    case CS_TIME_MINUTE: return read_digits(at, end, least, 2, &m->minute);
    case CS_TIME_SECOND: {
        bool is_last = i + 1 == p->token_count || p->tokens[i + 1].kind != CS_TIME_LITERAL;
        return read_second(at, end, token, is_last, m);
    }
    case CS_TIME_HALF: return read_half(at, end, m);
    case CS_TIME_ZONE: return read_zone(at, end, m);
    }
    return false;
}

/* Behind minutes the text may end, though the pattern has ":ss" left. */
static bool may_end(const cs_time_pattern *p, uint32_t i) {
    return i + 2 == p->token_count && i > 0 && p->tokens[i - 1].kind == CS_TIME_MINUTE &&
           p->tokens[i].kind == CS_TIME_LITERAL && p->tokens[i].literal == ':' &&
           p->tokens[i + 1].kind == CS_TIME_SECOND;
}

static size_t fit(const cs_time_pattern *p, const char *text, size_t bytes, moment *m) {
    const char *at = text, *end = text + bytes;
    *m = (moment){0};
    for (uint32_t i = 0; i < p->token_count; i++) {
        if (at == end && may_end(p, i)) break;
        if (!read_token(p, i, &at, end, m)) return 0;
    }
    return (size_t)(at - text);
}

/* Refuses 2026-02-30, 25:00 and 13 pm; a moment outside 1970 to 2199. */
static bool settle(moment *m, int zone, int64_t *epoch_ms) {
    char iso[64];
    if (m->half) {
        if (m->hour < 1 || m->hour > 12) return false;
        m->hour = m->hour % 12 + (m->half == 2 ? 12 : 0);
    }
    snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02d.%03d", m->year, m->month, m->day, m->hour, m->minute,
             m->second, m->ms);
    return clock_parse_local(iso, zone, epoch_ms);
}

/* Whole units since 1970, with up to three decimals when they are seconds. */
static bool read_epoch(const char *text, int64_t unit_ms, int64_t *epoch_ms) {
    int64_t value = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 15) return false;
    for (size_t i = 0; i < digits; i++) value = value * 10 + (text[i] - '0');
    if (value > LAST_MOMENT_MS / unit_ms) return false;
    value *= unit_ms;
    text += digits;
    if (*text == '.') {
        text++;
        size_t decimals = strspn(text, "0123456789");
        if (decimals == 0) return false;
        int64_t place = unit_ms / 10;
        for (size_t i = 0; i < decimals && place > 0; i++, place /= 10) value += (text[i] - '0') * place;
        text += decimals;
    }
    if (*text) return false;
    *epoch_ms = value;
    return true;
}

static bool read_serial(const char *text, int zone, int64_t *epoch_ms) {
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 6) return false;
    int64_t days = 0;
    for (size_t i = 0; i < digits; i++) days = days * 10 + (text[i] - '0');
    double part = 0, place = 0.1;
    text += digits;
    if (*text == '.') {
        for (text++; isdigit((unsigned char)*text); text++) {
            part += (*text - '0') * place;
            place /= 10;
        }
    }
    if (*text || days < FIRST_SERIAL || days > LAST_SERIAL) return false;
    *epoch_ms = (days - FIRST_SERIAL) * 86400000 + (int64_t)llround(part * 86400) * 1000 - (int64_t)zone * 60000;
    return *epoch_ms >= 0;
}

bool time_pattern_read(const cs_time_pattern *pattern, const char *text, bool has_zone_given, int given_zone,
                       int64_t *epoch_ms, int *zone_minutes) {
    moment m;
    *zone_minutes = given_zone;
    switch (pattern->kind) {
    case CS_TIME_ISO8601:
        return clock_parse(text, epoch_ms, zone_minutes) ||
               (has_zone_given && clock_parse_local(text, given_zone, epoch_ms));
    case CS_TIME_EPOCH_MS: return read_epoch(text, 1, epoch_ms);
    case CS_TIME_EPOCH_S: return read_epoch(text, 1000, epoch_ms);
    case CS_TIME_EXCEL: return read_serial(text, given_zone, epoch_ms);
    case CS_TIME_PATTERN: break;
    }
    size_t bytes = strlen(text);
    if (bytes == 0 || fit(pattern, text, bytes, &m) != bytes) return false;
    if (m.has_zone) *zone_minutes = m.zone;
    return settle(&m, *zone_minutes, epoch_ms);
}

size_t time_pattern_fit(const cs_time_pattern *pattern, const char *text, size_t bytes) {
    moment m;
    if (pattern->kind == CS_TIME_PATTERN) return fit(pattern, text, bytes, &m);
    size_t digits = 0;
    if (pattern->kind != CS_TIME_EPOCH_MS && pattern->kind != CS_TIME_EPOCH_S) return 0;
    while (digits < bytes && isdigit((unsigned char)text[digits])) digits++;
    return digits;
}
