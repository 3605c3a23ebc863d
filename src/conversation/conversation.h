/* conversation.h - the spine of the product: one call, chat, thread or ticket, with its timeline.
 * Floor: conversation. Plain values, filled by the readers, read by everything above; after conversation_finish nothing
 * changes. Times inside are milliseconds from started_ms; CS_NO_TIME where unknown. Text is valid UTF-8.
 * Memory: everything lives in the arena given to the reader. Threads: read-only after conversation_finish, then any.
 * Example: for (uint32_t i = 0; i < c->turn_count; i++) puts(c->turns[i].text);
 */
#ifndef CS_CONVERSATION_CONVERSATION_H
#define CS_CONVERSATION_CONVERSATION_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    CS_MAX_TURNS = 100000,
    CS_MAX_TURN_BYTES = 64 * 1024,
    CS_MAX_PARTICIPANTS = 1000,
    CS_MAX_EVENTS = 100000,
    CS_MAX_FIELDS = 1000,
    CS_MAX_ANNOTATIONS = 200, /* of a turn */
    CS_MAX_ANNOTATED = 32, /* kinds */
    CS_MAX_VOICES = 200000, /* spans in which somebody is heard */
    CS_MAX_RECORDINGS = 2, /* files of one conversation: one for all, or one a side */
    CS_MAX_RECORDING_CHANNELS = 2,
    CS_MAX_SOUNDS_BYTES = 400, /* of a word */
    CS_MAX_NAME_BYTES = 200, /* ids, names, teams, queues, field names; titles and field values: 2000 */
};
#define CS_NO_PARTICIPANT UINT32_MAX

/* C name, word in JSON and rules, 中文 */
#define CS_ROLE_TABLE(X)                                                                                               \
    X(UNDECIDED, "undecided", "未定")                                                                                  \
    X(AGENT, "agent", "坐席")                                                                                          \
    X(CUSTOMER, "customer", "客户")                                                                                    \
    X(BOT, "bot", "机器人")                                                                                            \
    X(SYSTEM, "system", "系统")
#define CS_CHANNEL_TABLE(X)                                                                                            \
    X(UNKNOWN, "unknown", "未知")                                                                                      \
    X(CALL, "call", "电话")                                                                                            \
    X(CHAT, "chat", "在线")                                                                                            \
    X(EMAIL, "email", "邮件")                                                                                          \
    X(TICKET, "ticket", "工单")                                                                                        \
    X(SURVEY, "survey", "问卷")                                                                                        \
    X(VIDEO, "video", "视频")

typedef enum cs_role {
#define X(code, name, zh) CS_ROLE_##code,
    CS_ROLE_TABLE(X)
#undef X
        CS_ROLE_COUNT
} cs_role;
typedef enum cs_channel {
#define X(code, name, zh) CS_CHANNEL_##code,
    CS_CHANNEL_TABLE(X)
#undef X
        CS_CHANNEL_COUNT
} cs_channel;

typedef struct cs_participant {
    const char *id, *name, *team; /* name and team may be NULL */
    cs_role role;
} cs_participant;

typedef struct cs_word {
    uint32_t offset, length; /* code points of the turn's text */
    int64_t start_ms, end_ms;
    float confidence; /* 0-1; below 0: unknown */
    const char *sounds; /* "tui4 kuan3": the syllables that were heard, tone 0 unknown; NULL: unknown */
} cs_word;

/* What another part found in a turn: a recogniser's loudness, a model's intent. */
typedef struct cs_annotation {
    const char *kind; /* "intent", "topic", "emotion", "entity", "loudness" (dB), "pitch" (Hz), "answers", "model" */
    const char *label, *text; /* "repair", "order"; text: an entity's value. Either may be NULL */
    double value; /* loudness, pitch, strength, an entity's number */
    float confidence; /* 0-1; below 0: unknown */
    uint32_t from, to; /* code points, to exclusive; 0, 0: the turn as a whole */
} cs_annotation;

typedef struct cs_turn {
    uint32_t participant; /* index into participants */
    int64_t start_ms, end_ms; /* either may be CS_NO_TIME */
    const char *text;
    uint32_t text_bytes;
    float confidence; /* 0-1; below 0: unknown */
    const cs_word *words;
    uint32_t word_count;
    const cs_annotation *annotations;
    uint32_t annotation_count;
} cs_turn;

typedef struct cs_event {
    const char *kind;
    int64_t at_ms;
    uint32_t after_turn; /* number of turns that stand before it: filled by conversation_finish when timed */
    uint32_t participant; /* CS_NO_PARTICIPANT: nobody's */
} cs_event;

/* Somebody is heard, without a word being understood. */
typedef struct cs_voice {
    uint32_t participant;
    int64_t start_ms, end_ms;
    float level_db, pitch_hz; /* dBFS; 0: none */
} cs_voice;

/* A file of the conversation's sound, as its reader named it. Who stands behind a channel: CS_NO_PARTICIPANT unknown. */
typedef struct cs_recording {
    const char *path;
    uint32_t channels[CS_MAX_RECORDING_CHANNELS];
} cs_recording;

/* Who wrote the words down, where a recogniser of ours did. */
typedef struct cs_recognition {
    const char *model, *version; /* of the library; "" of an address */
    char sha256[65]; /* of the model's files; "" of an address */
    int rate_hz; /* of the sound that it heard */
    int64_t recognised_ms; /* epoch; not part of the hash, the store keeps it beside; CS_NO_TIME: unknown */
} cs_recognition;

typedef enum cs_field_kind { CS_FIELD_TEXT, CS_FIELD_NUMBER, CS_FIELD_BOOL } cs_field_kind;
typedef struct cs_field {
    const char *name, *value; /* numbers and "true"/"false" as text */
    cs_field_kind kind;
    int64_t at_ms; /* known from then on; CS_NO_TIME or 0 or less: at the end */
} cs_field;

typedef struct cs_conversation {
    const char *external_id; /* the centre's own */
    const char *title, *queue, *customer, *language; /* NULL: unknown */
    const char *source, *place; /* file and place it was read from; not part of the hash */
    cs_channel channel;
    int64_t started_ms; /* epoch, CS_NO_TIME: unknown */
    int zone_minutes; /* east of UTC */
    cs_participant *participants;
    cs_turn *turns;
    cs_event *events;
    cs_field *fields;
    uint32_t participant_count, turn_count, event_count, field_count;
    const cs_voice *voices; /* in the order of their starts */
    uint32_t voice_count;
    bool is_heard; /* its recording was listened to: voices, not turns, say who speaks when */
    bool is_wordless; /* heard, and not one turn was written down; filled by conversation_finish */
    const cs_recognition *recognition; /* NULL: the words came with it, or there are none */
    const cs_recording *recordings; /* not part of the hash */
    uint32_t recording_count;
    const char *
        *annotated; /* kinds that were looked for, found or not; conversation_finish adds those that were found */
    uint32_t annotated_count;
    bool is_timed; /* every turn has a start; filled by conversation_finish */
} cs_conversation;

const char *role_name(cs_role role);
cs_role role_parse(const char *name); /* CS_ROLE_COUNT: no such role */
const char *channel_name(cs_channel channel);
cs_channel channel_parse(const char *name); /* CS_CHANNEL_COUNT: no such channel */

/* Checks limits and references, orders turns and events by (start, listed order) when timed, sets is_timed, after_turn
 * and, when absent, the title (the customer's first words, at most 40 characters). Fails with the place. */
cs_error conversation_finish(cs_conversation *conversation, cs_arena *arena, cs_message *message);

/* First agent participant who speaks (for lists), else the first listed; NULL when there is none. */
const cs_participant *conversation_agent(const cs_conversation *conversation);
int64_t
conversation_duration_ms(const cs_conversation *conversation); /* last turn's end or event; CS_NO_TIME: untimed */
/* How many turns of a timed conversation start before it: they are in order. */
uint32_t conversation_turns_before(const cs_conversation *conversation, int64_t time_ms);
const char *conversation_field(const cs_conversation *conversation,
                               const char *name); /* NULL: absent; also queue, customer, language, title */

#endif
