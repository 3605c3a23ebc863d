/* What the values of a column are: moments, numbers, words that come again. */
#include "conversation/guess_parts.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "conversation/seen_ids.h"
#include "text/phone.h"

#include <ctype.h>
#include <string.h>

/* Tried in this order; of two that read the same value the first counts. */
static const char *const formats[] = {
    "yyyy-mm-dd hh:mm:ss",
    "iso8601",
    "yyyy/m/d h:mm:ss",
    "yyyy年m月d日 h:mm:ss",
    "yyyymmddhhmmss",
    "yyyy-mm-dd hh:mm",
    "yyyy/m/d h:mm",
    "yyyy年m月d日 h:mm",
    "yyyy年m月d日h:mm:ss",
    "yyyy年m月d日h:mm",
    "dd.mm.yyyy hh:mm:ss",
    "dd.mm.yyyy hh:mm",
    "dd/mm/yyyy hh:mm:ss am",
    "mm/dd/yyyy hh:mm:ss am",
    "dd/mm/yyyy hh:mm am",
    "mm/dd/yyyy hh:mm am",
    "dd/mm/yyyy hh:mm:ss",
    "mm/dd/yyyy hh:mm:ss",
    "dd/mm/yyyy hh:mm",
    "mm/dd/yyyy hh:mm",
    "yyyy.m.d h:mm:ss",
    "yyyy.m.d h:mm",
    "yyyy-mm-dd",
    "yyyy/m/d",
    "yyyy年m月d日",
    "yyyy.m.d",
    "dd.mm.yyyy",
    "dd/mm/yyyy",
    "mm/dd/yyyy",
    "yyyymmdd",
    "d mmm yyyy hh:mm:ss",
    "mmm d yyyy hh:mm:ss",
    "epoch_ms",
    "epoch_s",
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

struct cs_guess_formats {
    cs_time_pattern patterns[FORMATS];
};

const cs_guess_formats *guess_formats_create(cs_arena *arena) {
    cs_guess_formats *out = arena_alloc(arena, sizeof *out);
    cs_message message;
    for (size_t i = 0; out && i < FORMATS; i++) {
        if (time_pattern_parse(formats[i], arena, &out->patterns[i], &message) != CS_OK) return NULL;
    }
    return out;
}

/* false: it is none, or so written that any number would do. */
static bool reads(const cs_guess_formats *known, size_t which, const char *text) {
    const char *format = formats[which];
    int64_t ms;
    int zone;
    size_t digits = strspn(text, "0123456789");
    bool is_bare = text[digits] == 0 || text[digits] == '.';
    /* 2001 to 2033: 4008001234 is a telephone number */
    if (strncmp(format, "epoch", 5) == 0 && (!is_bare || *text != '1' || digits != (format[6] == 'm' ? 13 : 10)))
        return false;
    if (strcmp(format, "yyyymmdd") == 0 && (!is_bare || (strncmp(text, "19", 2) != 0 && strncmp(text, "20", 2) != 0)))
        return false;
    return time_pattern_read(&known->patterns[which], text, false, 480, &ms, &zone);
}

bool guess_is_time(const cs_guess_formats *known, const char *text) {
    size_t digits = 0;
    for (const char *at = text; *at; at++) digits += isdigit((unsigned char)*at) != 0;
    if (digits < 5 || strlen(text) > 40) return false;
    for (size_t i = 0; i < FORMATS; i++) {
        if (reads(known, i, text)) return true;
    }
    return false;
}

void guess_times_add(const cs_guess_formats *known, cs_guess_times *times, const char *text) {
    if (!*text || times->count == CS_MAX_TIME_PATTERNS) return;
    for (uint32_t i = 0; i < times->count; i++) {
        if (reads(known, times->which[i], text)) return;
    }
    for (uint32_t i = 0; i < FORMATS; i++) {
        if (!reads(known, i, text)) continue;
        times->is_month_first |= strncmp(formats[i], "mm/", 3) == 0;
        times->which[times->count] = i;
        times->formats[times->count++] = formats[i];
        return;
    }
}

static bool is_duration(const char *text) {
    int colons = 0;
    for (const char *at = text; *at; at++) {
        colons += *at == ':';
        if (!isdigit((unsigned char)*at) && *at != ':' && *at != '.') return false;
    }
    return colons == 1 || colons == 2;
}

static void count_value(const cs_guess_formats *known, const char *text, cs_guess_values *out, double *letters) {
    char phone[CS_PHONE_BYTES];
    size_t digits = strspn(text, "0123456789"), bytes = strlen(text);
    uint32_t length = (uint32_t)utf8_count(text, bytes);
    bool is_whole = text[digits] == 0 || (text[digits] == '.' && bytes - digits < 5);
    out->count++;
    *letters += length;
    if (length > out->longest) out->longest = length;
    bool is_masked = digits == 3 && strncmp(text + 3, "****", 4) == 0; /* 138****1234 */
    bool is_long = is_whole && digits >= (*text == '0' ? 14 : 12); /* 013812345678 is a number with its prefix */
    if (!is_long && (is_masked || (phone_normalise(text, phone) && strlen(phone) >= 7 && !guess_is_time(known, text))))
        out->phones++;
    else if (guess_is_time(known, text))
        out->times++;
    out->numbers += is_whole && digits > 0;
    out->durations += is_duration(text);
    out->roles += guess_role(text) != CS_ROLE_COUNT;
}

void guess_values(const cs_guess_table *table, uint32_t column, cs_guess_values *out) {
    cs_seen_ids seen = {0};
    double letters = 0;
    const char *last = NULL;
    *out = (cs_guess_values){0};
    for (uint32_t i = 0; i < table->row_count; i++) {
        const char *text = table->rows[i][column];
        bool is_new = false;
        if (!*text) continue;
        count_value(table->known, text, out, &letters);
        if (seen_ids_add(&seen, hash_bytes(text, strlen(text)), &is_new) && is_new) out->distinct++;
        if (!last || strcmp(last, text) != 0) out->runs++;
        last = text;
    }
    if (out->count > 0) out->mean_letters = letters / out->count;
    seen_ids_free(&seen);
}

static bool wants_time(uint32_t use) {
    return use == CS_COLUMN_TIME || use == CS_COLUMN_ENDED || use == CS_COLUMN_ANSWERED || use == CS_COLUMN_CLOSED ||
           use == CS_COLUMN_FROM || use == CS_COLUMN_TO || use == CS_GUESS_ANSWER_TIME;
}

double guess_value_score(const cs_guess_values *values, uint32_t use, uint32_t row_count) {
    if (values->count == 0) return 0.9; /* an empty column says nothing against its name */
    double count = values->count, times = values->times / count, phones = values->phones / count;
    double numbers = values->numbers / count;
    bool comes_again = values->distinct * 2 <= values->count;
    if (wants_time(use)) return times;
    switch (use) {
    case CS_COLUMN_CALLER:
    case CS_COLUMN_CALLED: return 1; /* one of them is an extension or a hotline */
    case CS_COLUMN_NUMBER: return phones > 0.5 ? 1 : 0.3;
    case CS_COLUMN_DURATION: return numbers + values->durations / count > 0.7 ? 1 : 0.2;
    case CS_COLUMN_TEXT:
    case CS_GUESS_ANSWER:
        return times > 0.5 || phones > 0.5 ? 0.1 : values->mean_letters >= 4 || !comes_again ? 1 : 0.5;
    case CS_COLUMN_SPEAKER:
        if (values->distinct > CS_GUESS_SPEAKERS || times > 0.5) return 0.2;
        return values->roles * 2 > values->count ? 1.02 : 0.9;
    case CS_COLUMN_SCORE: return values->mean_letters <= 6 ? 1 : 0.3;
    case CS_COLUMN_DIRECTION:
    case CS_COLUMN_STATUS:
    case CS_COLUMN_HANG_UP: return values->distinct <= 30 && times < 0.5 ? 1 : 0.3;
    case CS_COLUMN_CONVERSATION:
    case CS_COLUMN_TICKET: return times > 0.5 ? 0.6 : values->mean_letters > 80 ? 0.2 : 1;
    case CS_COLUMN_COMMENT:
    case CS_COLUMN_TITLE: return times > 0.5 || (phones > 0.5 && row_count > 1) ? 0.3 : 1;
    default: return times > 0.5 ? 0.2 : values->mean_letters > 60 ? 0.3 : 1;
    }
}
