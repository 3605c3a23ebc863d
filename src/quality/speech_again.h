/* speech_again.h - recordings in the store are recognised again, by all workers of the queue: what somebody asked for, and how far it is.
 * Floor: quality. A run lists what fits its filter (speech_again_step, a page in each transaction), then gives it to the queue a few at a
 * time, the riskiest and newest first and behind all that comes in (store/work.h). One run is open at a time. Where it stands is
 * in the store: a killed process costs nothing but the piece in hand.
 * Memory: the arena given, or none. Threads: whoever owns the cs_db; what writes is called in the caller's transaction.
 * Example: speech_again_begin(db, &filter, &who, &number, &m); ... speech_again_step(db, data, &goes_on, &m);
 */
#ifndef CS_QUALITY_SPEECH_AGAIN_H
#define CS_QUALITY_SPEECH_AGAIN_H

#include "base/arena.h"
#include "base/json.h"
#include "store/db.h"

typedef struct cs_speech_again_filter {
    const char *queue, *language; /* NULL: any */
    const char *by; /* only what this model wrote down; NULL: whoever, and what has no words */
    const char *model; /* that recognises them; NULL: the one that is chosen for each */
    int64_t from_ms, to_ms; /* of their calls' starts; CS_NO_TIME: open */
    int64_t before_ms; /* only what was recognised before, or never; CS_NO_TIME: whenever */
    bool is_wordless_only;
} cs_speech_again_filter;

/* From the JSON of docs/api.md, into the arena; CS_ERR_USAGE says what is wrong with it. */
cs_error speech_again_read(const cs_json *body, cs_arena *arena, cs_speech_again_filter *out, cs_message *message);
/* How many recordings fit, and how long they are together. is_stopped is looked at now and then; may be NULL. */
typedef struct cs_speech_again_count {
    int64_t recordings, duration_ms, wordless;
} cs_speech_again_count;
cs_error speech_again_count(cs_db *db, const cs_speech_again_filter *filter, const char *data,
                            cs_speech_again_count *out, cs_message *message);

typedef struct cs_speech_again_who {
    int64_t account; /* 0: at this machine */
    const char *name;
} cs_speech_again_who;

/* CS_ERR_CONFLICT: one is open already. */
cs_error speech_again_begin(cs_db *db, const cs_speech_again_filter *filter, const cs_speech_again_who *who,
                            int64_t now_ms, int64_t *number, cs_message *message);
/* What a worker has in hand comes to its end. CS_ERR_NOT_FOUND: it is not open. */
cs_error speech_again_stop(cs_db *db, int64_t number, const cs_speech_again_who *who, int64_t now_ms,
                           cs_message *message);
/* The newest run as an object, or null: the member `key` of docs/api.md. */
cs_error speech_again_write(cs_db *db, const char *key, cs_json_writer *out, cs_message *message);

/* ---- for the workers ---- */

typedef struct cs_speech_again_due {
    int64_t number; /* of the open run; 0: none */
    bool must_step; /* something is to be listed, given, ended, or cleared away */
    char model[128]; /* that it names; empty: the chosen ones */
} cs_speech_again_due;
/* most: so many are given to the queue at once. */
cs_error speech_again_look(cs_db *db, int64_t most, cs_speech_again_due *out, cs_message *message);
/* *goes_on: another step is due at once. */
cs_error speech_again_step(cs_db *db, const char *data, int64_t most, bool *goes_on, cs_message *message);

typedef struct cs_speech_again_end { /* of one recording */
    int64_t again, seq;
    bool is_changed; /* other words than before, or the first ones */
    bool is_failed, is_passed; /* passed: it is gone, or came with a transcript, or was replaced meanwhile */
    int64_t spent_ms; /* of a worker */
} cs_speech_again_end;
cs_error speech_again_note(cs_db *db, const cs_speech_again_end *end, cs_message *message);
/* What is joined to the conversation is joined to its new words, too. */
cs_error speech_again_join(cs_db *db, int64_t seq, int64_t now_ms, cs_message *message);

#endif
