/* crew.h - the workers of a process: threads that claim conversations from the queue, inspect them, and save what comes of it.
 * Floor: quality. A save and the end of its job are one transaction; what the process had in hand when it is killed others
 * take over. Idle it looks once a second and writes nothing. A store that is not there yet, or is exchanged, is waited for.
 * Memory: crew_start gives a crew to end with crew_stop; it keeps the wake. Threads: all functions from any.
 * Example: crew_start(&(cs_crew_options){.data = data, .workers = 2, .wake = wake}, &crew, &m);
 */
#ifndef CS_QUALITY_CREW_H
#define CS_QUALITY_CREW_H

#include "base/error.h"
#include "store/wake.h"

typedef struct cs_crew_options {
    const char *data;
    const char *key_file; /* of recordings */
    const char *speech; /* the model that recognises, or "off"; NULL: as the store says */
    bool by_silero; /* a model finds the voices that it hears (speech_voices.h) */
    const char *words; /* words.txt, which need not be there; NULL: none */
    unsigned workers; /* at least 1 */
    cs_wake *wake;
    /* A thread has been at one conversation for twice its lease, without progress. May be NULL: it is only logged. */
    void (*on_stuck)(void *context);
    void *context;
} cs_crew_options;

typedef struct cs_crew cs_crew;

typedef struct cs_crew_counts {
    int64_t done, failed; /* since it began: saved; refused or set aside */
    int64_t in_hand;
} cs_crew_counts;

cs_error crew_start(const cs_crew_options *options, cs_crew **out, cs_message *message);
void crew_counts(cs_crew *crew, cs_crew_counts *out);
/* Gives back what nobody has begun, ends what is being listened to and gives it back, and finishes the rest. NULL is allowed. */
void crew_stop(cs_crew *crew);
unsigned crew_cores(void); /* one a core */

#endif
