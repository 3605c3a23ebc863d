/* written_edits.h - what the two languages share in writing numbers. Private to written*.c.
 * Floor: speech. Memory: the arena given. Threads: any. Example: written_push(&edits, from, to, "%d%%", 30);
 */
#ifndef CS_SPEECH_WRITTEN_EDITS_H
#define CS_SPEECH_WRITTEN_EDITS_H

#include "speech/written.h"

typedef struct cs_written_edits {
    cs_arena *arena;
    cs_written_edit *items;
    uint32_t count, room;
    bool has_failed; /* no memory */
} cs_written_edits;

void written_push(cs_written_edits *edits, uint32_t from, uint32_t to, const char *text);
/* Each finds what stands in its own script; both leave the other's alone. */
void written_chinese(const char *text, uint32_t bytes, cs_written_edits *edits);
void written_english(const char *text, uint32_t bytes, cs_written_edits *edits);

#endif
