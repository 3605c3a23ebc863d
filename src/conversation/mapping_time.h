/* mapping_time.h - how times are written: iso8601, epoch_ms, epoch_s, excel, or a pattern such as "yyyy/m/d h:mm:ss am".
 * Floor: conversation, private to mappings. Letters of a pattern: yyyy yy, m mm mmm (month; after an hour or before
 * seconds: minute), d dd, h hh, ss, am (also 上午 下午), zone; anything else stands for itself. Zones are fixed offsets.
 * Memory: the arena given. Threads: read-only, then any.
 * Example: time_pattern_parse("dd.mm.yyyy hh:mm", arena, &p, &m); time_pattern_read(&p, "14.02.2026 10:32", 480, &ms, &zone)
 */
#ifndef CS_CONVERSATION_MAPPING_TIME_H
#define CS_CONVERSATION_MAPPING_TIME_H

#include "base/arena.h"
#include "base/clock.h"

#include <stddef.h>

enum { CS_MAX_TIME_PATTERNS = 16, CS_TIME_PATTERN_TOKENS = 24 };

typedef enum cs_time_token_kind {
    CS_TIME_LITERAL,
    CS_TIME_BLANK,
    CS_TIME_YEAR,
    CS_TIME_SHORT_YEAR,
    CS_TIME_MONTH,
    CS_TIME_MONTH_NAME,
    CS_TIME_DAY,
    CS_TIME_HOUR,
    CS_TIME_MINUTE,
    CS_TIME_SECOND,
    CS_TIME_HALF, /* am or pm */
    CS_TIME_ZONE
} cs_time_token_kind;

typedef struct cs_time_token {
    cs_time_token_kind kind;
    unsigned char letters; /* 1: one or two digits; 2: two, or one where no digit can follow */
    char literal;
} cs_time_token;

typedef enum cs_time_kind {
    CS_TIME_ISO8601,
    CS_TIME_EPOCH_MS,
    CS_TIME_EPOCH_S,
    CS_TIME_EXCEL, /* days since 1899-12-30 */
    CS_TIME_PATTERN
} cs_time_kind;

typedef struct cs_time_pattern {
    cs_time_kind kind;
    bool has_hour, has_zone, needs_zone; /* needs_zone: only a zone from elsewhere makes it a moment */
    const cs_time_token *tokens;
    uint32_t token_count;
    const char *example;
} cs_time_pattern;

cs_error time_pattern_parse(const char *text, cs_arena *arena, cs_time_pattern *out, cs_message *message);
/* zone_minutes is of the mapping; has_zone_given false: iso8601 then needs a zone in the text. */
bool time_pattern_read(const cs_time_pattern *pattern, const char *text, bool has_zone_given, int given_zone,
                       int64_t *epoch_ms, int *zone_minutes);
/* The bytes at the beginning of text that the pattern takes, at most bytes; 0: it does not fit. For names of files. */
size_t time_pattern_fit(const cs_time_pattern *pattern, const char *text, size_t bytes);

#endif
