/* speech_part.h - what was recognised of a recording that is not finished yet: kept, so that a killed worker's successor does not
 * begin anew. Rows of table speech_part, a piece each; they go in the transaction that saves the conversation.
 * Floor: quality. A recording is known by its files' places, sizes and times; a part counts only for the same model and
 * the same piece. Memory: the arena given. Threads: whoever owns the cs_db; writing on the writer's.
 * Example: speech_parts_load(db, &key, arena, &parts, &count, &m); const cs_speech_part *p = speech_part_of(parts, count, piece);
 */
#ifndef CS_QUALITY_SPEECH_PART_H
#define CS_QUALITY_SPEECH_PART_H

#include "base/hash.h"
#include "quality/recording.h"
#include "quality/speech_piece.h"
#include "speech/utterance.h"
#include "store/db.h"

enum { CS_PART_BYTES = 8 << 20, CS_PART_KEPT_MS = 7 * 24 * 3600 * 1000 };

typedef struct cs_speech_key {
    cs_hash recording;
    const char *model; /* sha256 of its files, or its name where it has none */
} cs_speech_key;

typedef struct cs_speech_part {
    cs_speech_piece piece;
    const cs_utterance *utterances;
    uint32_t count;
} cs_speech_part;

cs_hash speech_recording_hash(const cs_recording_part *files, uint32_t count);
/* In the order of speech_pieces_of. A row that can't be read is left out: its piece is recognised again. */
cs_error speech_parts_load(cs_db *db, const cs_speech_key *key, cs_arena *arena, cs_speech_part **out, uint32_t *count,
                           cs_message *message);
const cs_speech_part *speech_part_of(const cs_speech_part *parts, uint32_t count, cs_speech_piece piece);
cs_error speech_parts_save(cs_db *db, const cs_speech_key *key, const cs_speech_part *parts, uint32_t count,
                           int64_t now_ms, cs_message *message);
cs_error speech_parts_drop(cs_db *db, cs_hash recording, cs_message *message);
cs_error speech_parts_count(cs_db *db, int64_t *count, cs_message *message);
/* Those of recordings that nobody came back to. */
cs_error speech_parts_sweep(cs_db *db, int64_t before_ms, cs_message *message);

#endif
