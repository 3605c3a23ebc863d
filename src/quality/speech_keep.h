/* speech_keep.h - a recording that is read again keeps the words it has, when nobody recognises it now: speech is off, the model is
 * missing, or the recogniser failed. Floor: quality. Only where the sound is the same, and words of ours stand in the store.
 * Memory: the conversation's arena. Threads: whoever owns the cs_db and the packer.
 * Both are the reader's: nothing is written.
 * Example: speech_keep_words(db, packer, conversation, &row, NULL, arena, &is_kept, &m);
 */
#ifndef CS_QUALITY_SPEECH_KEEP_H
#define CS_QUALITY_SPEECH_KEEP_H

#include "quality/archive.h"

/* now: the conversation's recording as it was just heard. model: words of that model alone, and only where the sides are told as
 * before; NULL: whoever wrote them down. */
cs_error speech_keep_words(cs_db *db, cs_packer *packer, cs_conversation *conversation, const cs_recording_row *now,
                           const char *model, cs_arena *arena, bool *is_kept, cs_message *message);

#endif
