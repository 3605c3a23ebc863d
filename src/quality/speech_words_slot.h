/* speech_words_slot.h - the words of this centre in force: gathered with the first recording, and anew when words.txt changed or
 * an hour went by in which people may have come. The rule set of a slot stays; another one is another slot.
 * Floor: quality. Who takes them holds them until he is done; while new ones are gathered others work with those before.
 * Memory: words_slot_take gives one more hold, to be released. Threads: any.
 * Example: words_slot_take(&slot, db, &words, &m); ... words_release(words);
 */
#ifndef CS_QUALITY_SPEECH_WORDS_SLOT_H
#define CS_QUALITY_SPEECH_WORDS_SLOT_H

#include "quality/speech_words.h"

typedef struct cs_words_slot {
    pthread_mutex_t lock;
    pthread_cond_t is_made;
    const cs_ruleset *ruleset; /* of the slot's owner; NULL: none */
    const char *file; /* words.txt; NULL: none */
    bool is_told; /* how many there are is logged with the first ones, too */
    int64_t look_ms; /* so often it is looked whether the file changed; 5 s unless the owner says otherwise */
    cs_speech_words *current; /* NULL: not yet */
    bool is_making;
    int64_t made_ms, looked_ms; /* steady */
    int64_t bytes, modified_ns; /* of the file, -1: it is not there */
} cs_words_slot;

void words_slot_init(cs_words_slot *slot, const cs_ruleset *ruleset, const char *file);
void words_slot_free(cs_words_slot *slot);
/* db: for reading, for the names of those who work there. */
cs_error words_slot_take(cs_words_slot *slot, cs_db *db, cs_speech_words **out, cs_message *message);
/* How many of each source there are now; 0 before the first recording. */
void words_slot_counts(cs_words_slot *slot, int64_t counts[CS_WORDS_SOURCES]);

#endif
