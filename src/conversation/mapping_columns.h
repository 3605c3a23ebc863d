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
#include "conversation/mapping_template.h"
#include "conversation/mapping_time.h"

enum { CS_MAX_COLUMNS = 1000 };

/* Kinds of rows, as bits of CS_COLUMN_TABLE. */
#define CS_OF(kind) (1u << CS_MAPPING_##kind)
#define CS_OF_ALL                                                                                                      \
    (CS_OF(CONVERSATIONS) | CS_OF(CALLS) | CS_OF(TICKETS) | CS_OF(ROSTER) | CS_OF(SATISFACTION) | CS_OF(CUSTOMERS))
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
    X(CALLER, "caller", CS_OF(CALLS), 0) /* with called instead of number: the direction tells who is the customer */  \
    X(CALLED, "called", CS_OF(CALLS), 0)                                                                               \
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

/* C name, word in "format", whether its rows have numbered columns */
#define CS_MAPPING_FORMAT_TABLE(X)                                                                                     \
    X(CSV, "csv", true)                                                                                                \
    X(TSV, "tsv", true)                                                                                                \
    X(XLSX, "xlsx", true)                                                                                              \
    X(JSONL, "jsonl", false) /* an object a line; a column is a path: "customer.phone" */                              \
    X(JSON, "json", false) /* objects anywhere in one tree, see "each" */                                              \
    X(TEXT, "text", false) /* chats exported as text, see line_template */                                             \
    X(RECORDING, "recording", false) /* what the name of a recording's file tells, see name_template */                \
    X(EMAIL, "email", false) /* whose addresses are the centre's, see "agents" */
typedef enum cs_mapping_format {
#define X(code, name, has_columns) CS_MAPPING_FORMAT_##code,
    CS_MAPPING_FORMAT_TABLE(X)
#undef X
        CS_MAPPING_FORMATS
} cs_mapping_format;

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

typedef struct cs_word_pair { /* of "directions", "events": what the file says, what it means */
    const char *value, *meaning;
} cs_word_pair;

/* One turn among several in a row: whose it is, and its columns as indexes of mapping->extras (CS_NO_EXTRA: none). */
typedef struct cs_turn_columns {
    const char *speaker;
    uint32_t text, time, agent;
} cs_turn_columns;
#define CS_NO_EXTRA UINT32_MAX

/* How the turns stand when they don't stand one a row. */
typedef enum cs_turns_kind {
    CS_TURNS_ROWS, /* one a row */
    CS_TURNS_COLUMNS, /* several columns of one row */
    CS_TURNS_LIST, /* a list of texts inside one cell */
    CS_TURNS_EACH /* objects of a list inside the JSON object */
} cs_turns_kind;
typedef struct cs_mapping_turns {
    cs_turns_kind kind;
    cs_turn_columns *columns; /* COLUMNS */
    uint32_t column_count;
    uint32_t list; /* LIST: index of mapping->extras */
    const char *between; /* cuts each text into the parts of the speakers; NULL: each text is one part */
    const char **speakers; /* in turn */
    uint32_t speaker_count;
    const char *each, *speaker, *text, *time, *agent; /* EACH: paths; the last four inside the list's objects */
} cs_mapping_turns;

struct cs_mapping {
    cs_mapping_kind kind;
    cs_mapping_format format;
    cs_arena *arena;
    cs_hash hash;
    bool has_header, takes_other_speakers, has_zone;
    bool is_unsorted_refused; /* "interleaved": false: a conversation that goes on after another one began is refused */
    cs_column columns[CS_COLUMN_USES];
    cs_field_column *fields;
    cs_column *extras; /* columns that only "turns" names */
    cs_speaker *speakers;
    cs_word_pair *directions, *events;
    uint32_t field_count, extra_count, speaker_count, direction_count, event_count;
    cs_mapping_turns turns;
    const cs_template *id, *name; /* NULL: none. id: of a conversation; name: of a recording's file */
    const char **files; /* names of the files it is for, with * and ?; none: any */
    uint32_t file_count;
    const char *each; /* of JSON: where its objects stand; NULL: the top */
    cs_channel channel;
    const char *queue, *language, *number_prefix; /* NULL: none */
    cs_time_pattern *times; /* each is tried */
    uint32_t time_count;
    int zone_minutes;
    int64_t tolerance_s; /* how far times may differ when this is joined with conversations */
    /* How the text of the file is read. */
    cs_encoding encoding; /* CS_ENCODING_ANY: found out */
    char delimiter; /* of csv; a tab for tsv */
    const char *sheet; /* of xlsx; NULL: the first */
    uint32_t skip_rows; /* rows above the header */
    const char *line_template; /* of text: "[{time}] {speaker}: {text}" */
    int64_t new_after_ms; /* of text: a pause that begins a new conversation; 0: none does */
};

cs_error mapping_parse(const char *text, size_t bytes, cs_mapping **out, cs_message *message);
const char *mapping_format_name(cs_mapping_format format);
bool mapping_has_rows(const cs_mapping *mapping); /* csv, tsv, xlsx, jsonl, json: table.h reads it */
/* Whether it is meant for a file of this name: one of "files" when there are any, else by the extension. */
bool mapping_suits(const cs_mapping *mapping, const char *path);
const cs_speaker *mapping_speaker(const cs_mapping *mapping, const char *value); /* NULL: not listed */
/* "in", "out", "internal", "" for an empty word; NULL: not known, here and by itself (呼入 呼出 inbound outbound …). */
const char *mapping_direction(const cs_mapping *mapping, const char *word);
/* "ticket.closed" for 结单; "" for an empty word; NULL: neither listed nor known by itself. */
const char *mapping_event(const cs_mapping *mapping, const char *word);
bool mapping_time(const cs_mapping *mapping, const char *text, int64_t *epoch_ms, int *zone_minutes);
/* The same; is_day: the text names a day without an hour, and the moment is its midnight. */
bool mapping_moment(const cs_mapping *mapping, const char *text, int64_t *epoch_ms, int *zone_minutes, bool *is_day);
const char *mapping_time_example(const cs_mapping *mapping);
const char *mapping_column_key(cs_column_use use);
/* The number without the digits dialled before outside numbers. */
const char *mapping_number(const cs_mapping *mapping, const char *number);

#endif
