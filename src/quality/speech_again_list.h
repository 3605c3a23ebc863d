/* speech_again_list.h - which recordings a run is about, found by walking over them in the order of their rows. Private to speech_again*.c.
 * Floor: quality. Which model each is to get is asked once for each queue and language.
 * Memory: the walk's own arena, released with again_walk_end. Threads: whoever owns the cs_db.
 * Example: again_walk_begin(&walk, db, &filter, data, &m); again_walk_page(&walk, 0, last, take, context, &m); again_walk_end(&walk);
 */
#ifndef CS_QUALITY_SPEECH_AGAIN_LIST_H
#define CS_QUALITY_SPEECH_AGAIN_LIST_H

#include "quality/speech_again.h"

enum { CS_AGAIN_PAGE = 2000, CS_AGAIN_CHOICES = 64 };

typedef struct cs_again_walk {
    cs_db *db;
    const cs_speech_again_filter *filter;
    const char *data;
    cs_arena *arena;
    struct { /* what was chosen: asked once */
        const char *queue, *language, *model;
    } choices[CS_AGAIN_CHOICES];
    uint32_t choice_count;
} cs_again_walk;

typedef struct cs_again_found {
    int64_t seq, started_ms, duration_ms;
    bool is_risky, is_wordless;
    const char *model;
} cs_again_found;

cs_error again_walk_begin(cs_again_walk *walk, cs_db *db, const cs_speech_again_filter *filter, const char *data,
                          cs_message *message);
/* Of rows after…reached. take may not write to the same db. */
cs_error again_walk_page(cs_again_walk *walk, int64_t after, int64_t reached,
                         cs_error (*take)(void *context, const cs_again_found *found, cs_message *message),
                         void *context, cs_message *message);
void again_walk_end(cs_again_walk *walk);

#endif
