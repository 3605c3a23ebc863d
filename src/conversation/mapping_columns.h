/* mapping_columns.h - the inside of a mapping, for the reader of rows.
 * Floor: conversation, private. Memory: all in the mapping's arena. Threads: read-only, then any.
 * Example: const cs_speaker *s = mapping_speaker(mapping, "0"); if (s) role = s->role;
 */
#ifndef CS_CONVERSATION_MAPPING_COLUMNS_H
#define CS_CONVERSATION_MAPPING_COLUMNS_H

#include "base/arena.h"
#include "base/encoding.h"
#include "conversation/conversation.h"
#include "conversation/mapping.h"

enum { CS_MAX_COLUMNS = 1000 };

/* Kinds of rows, as bits of CS_COLUMN_TABLE. */
#define CS_OF(kind) (1u << CS_MAPPING_##kind)
#define CS_OF_ALL (CS_OF(CONVERSATIONS) | CS_OF(CALLS) | CS_OF(TICKETS) | CS_OF(ROSTER) | CS_OF(SATISFACTION) | CS_OF(CUSTOMERS))
#define CS_OF_CONTACT (CS_OF(CONVERSATIONS) | CS_OF(CALLS) | CS_OF(TICKETS) | CS_OF(SATISFACTION) | CS_OF(CUSTOMERS))

/* C name, key in "columns", kinds that may have it, kinds that need it */
#define CS_COLUMN_TABLE(X)                                                                                             \
    X(CONVERSATION, "conversation", CS_OF_CONTACT, 0) /* the centre's id of it */                                      \
    X(SPEAKER, "speaker", CS_OF(CONVERSATIONS), 0)                                                                     \
    X(TEXT, "text", CS_OF(CONVERSATIONS), 0)                                                                           \
    X(TIME, "time", CS_OF_CONTACT, 0) /* of the turn; when it happened, began, was said */                             \
    X(ENDED, "ended", CS_OF(CALLS), 0)                                                                                 \
    X(ANSWERED, "answered", CS_OF(CALLS), 0) /* when; empty: nobody did */                                             \
    X(DURATION, "duration", CS_OF(CALLS), 0) /* seconds, or h:mm:ss */                                                 \
    X(RECORDING, "recording", CS_OF(CALLS), 0) /* its file's name */                                                   \
    X(CUSTOMER, "customer", CS_OF_CONTACT, 0) /* the centre's id of the person */                                      \
    X(CUSTOMER_NAME, "customer_name", CS_OF_CONTACT, 0)                                                                \
    X(NUMBER, "number", CS_OF_CONTACT, 0) /* the customer's phone */                                                   \
    X(ACCOUNT, "account", CS_OF_CONTACT, 0)                                                                            \
    X(OPENID, "openid", CS_OF_CONTACT, 0)                                                                              \
    X(AGENT, "agent", CS_OF_ALL & ~CS_OF(CUSTOMERS), 0) /* name */                                                     \
    X(AGENT_ID, "agent_id", CS_OF_ALL & ~CS_OF(CUSTOMERS), 0) /* staff number */                                       \
    X(EXTENSION, "extension", CS_OF(CONVERSATIONS) | CS_OF(CALLS) | CS_OF(ROSTER), 0)                                  \
    X(TEAM, "team", CS_OF_ALL & ~CS_OF(CUSTOMERS), 0)                                                                  \
    X(QUEUE, "queue", CS_OF_ALL & ~CS_OF(CUSTOMERS), 0)                                                                \
    X(FROM, "from", CS_OF(ROSTER), 0) /* first day, inclusive */                                                       \
    X(TO, "to", CS_OF(ROSTER), 0) /* last day, inclusive */                                                            \
    X(DIRECTION, "direction", CS_OF(CALLS) | CS_OF(CONVERSATIONS), 0) /* in, out, and the words of "directions" */     \
    X(HANG_UP, "hang_up", CS_OF(CALLS), 0) /* who: a value of "speakers" */                                            \
    X(TICKET, "ticket", CS_OF_CONTACT & ~CS_OF(CUSTOMERS), CS_OF(TICKETS))                                             \
    X(EVENT, "event", CS_OF(TICKETS), 0) /* what happened to it, a value of "events"; absent: opened */                \
    X(STATUS, "status", CS_OF(TICKETS), 0)                                                                             \
    X(TICKET_KIND, "kind", CS_OF(TICKETS), 0)                                                                          \
    X(CLOSED, "closed", CS_OF(TICKETS), 0) /* when; a ticket in one row */                                             \
    X(SCORE, "score", CS_OF(SATISFACTION), CS_OF(SATISFACTION))                                                        \
    X(COMMENT, "comment", CS_OF(SATISFACTION), 0)                                                                      \
    X(TITLE, "title", CS_OF(CONVERSATIONS) | CS_OF(TICKETS), 0)

typedef enum cs_column_use {
#define X(code, key, kinds, needed) CS_COLUMN_##code,
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
    cs_mapping_kind kind;
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
    char delimiter; /* of a CSV: , ; |; 0: a comma */
    const char *sheet; /* of a workbook; NULL: its first one that is not hidden */
    uint32_t skip_rows; /* "skip": rows above the header, or lines above the first message of a text */
    cs_encoding encoding; /* CS_ENCODING_ANY: found out */
    /* format "text": how a message begins. {time}, {speaker} and {text} once each, {*} anything; all else stands for itself;
     * \n: the next line. "[{time}] {speaker}: {text}", "{time} {speaker}\n{text}" */
    const char *line_template;
    int64_t new_after_ms; /* "new_after_minutes": a longer pause begins another conversation, STEM-2; 0: never */
};

cs_error mapping_parse(const char *text, size_t bytes, cs_mapping **out, cs_message *message);
const cs_speaker *mapping_speaker(const cs_mapping *mapping, const char *value); /* NULL: not listed */
bool mapping_time(const cs_mapping *mapping, const char *text, int64_t *epoch_ms, int *zone_minutes);
const char *mapping_time_example(const cs_mapping *mapping);

#endif
