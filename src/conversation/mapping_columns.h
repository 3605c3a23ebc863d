/* mapping_columns.h - the inside of a mapping, for the reader of rows.
 * Floor: conversation, private. Memory: all in the mapping's arena. Threads: read-only, then any.
 * Example: const cs_speaker *s = mapping_speaker(mapping, "0"); if (s) role = s->role;
 */
#ifndef CS_CONVERSATION_MAPPING_COLUMNS_H
#define CS_CONVERSATION_MAPPING_COLUMNS_H

#include "base/arena.h"
#include "conversation/conversation.h"
#include "conversation/mapping.h"

enum { CS_MAX_COLUMNS = 1000 };

/* C name, key in "columns", needed */
#define CS_COLUMN_TABLE(X)                                                                                             \
    X(CONVERSATION, "conversation", true)                                                                              \
    X(SPEAKER, "speaker", true)                                                                                        \
    X(TEXT, "text", true)                                                                                              \
    X(TIME, "time", false)                                                                                             \
    X(CUSTOMER, "customer", false)                                                                                     \
    X(AGENT, "agent", false)                                                                                           \
    X(TEAM, "team", false)                                                                                             \
    X(QUEUE, "queue", false)                                                                                           \
    X(TITLE, "title", false)

typedef enum cs_column_use {
#define X(code, key, is_needed) CS_COLUMN_##code,
    CS_COLUMN_TABLE(X)
#undef X
        CS_COLUMN_USES
} cs_column_use;

typedef enum cs_time_format {
    CS_TIME_NONE,
    CS_TIME_ISO8601,
    CS_TIME_EPOCH_MS,
    CS_TIME_EPOCH_S,
    CS_TIME_LOCAL
} cs_time_format;

typedef struct cs_column {
    const char *name; /* of the header; NULL: by number */
    uint32_t number; /* from 1; 0 with name NULL: not mapped */
} cs_column;

typedef struct cs_field_column {
    const char *field;
    cs_column column;
} cs_field_column;

typedef struct cs_speaker {
    const char *value;
    cs_role role;
} cs_speaker;

struct cs_mapping {
    cs_arena *arena;
    cs_hash hash;
    bool is_csv, has_header, takes_other_speakers, has_zone;
    cs_column columns[CS_COLUMN_USES];
    cs_field_column *fields;
    cs_speaker *speakers;
    uint32_t field_count, speaker_count;
    cs_channel channel;
    const char *queue, *language;
    cs_time_format time_format;
    int zone_minutes;
};

cs_error mapping_parse(const char *text, size_t bytes, cs_mapping **out, cs_message *message);
const cs_speaker *mapping_speaker(const cs_mapping *mapping, const char *value); /* NULL: not listed */
bool mapping_time(const cs_mapping *mapping, const char *text, int64_t *epoch_ms, int *zone_minutes);
const char *mapping_time_example(const cs_mapping *mapping);

#endif
