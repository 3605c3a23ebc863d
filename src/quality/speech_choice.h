/* speech_choice.h - which model recognises what comes in: by queue and language, as the centre said; else the best that is here.
 * Floor: quality. Rows of table speech_choice; an empty queue or language is any. Memory: the arena given.
 * Threads: whoever owns the cs_db; choices_put on a handle for writing, inside a transaction of the caller.
 * Example: choice_find(db, "售后", "zh", data, arena, &model, &m); if (model) ...
 */
#ifndef CS_QUALITY_SPEECH_CHOICE_H
#define CS_QUALITY_SPEECH_CHOICE_H

#include "base/json.h"
#include "speech/model.h"
#include "store/db.h"

#define CS_SPEECH_OFF "off" /* instead of a model: what comes in is not recognised */

enum { CS_MAX_CHOICES = 500 };

typedef struct cs_speech_choice {
    const char *queue, *language; /* "": any */
    const char *model; /* its name in the manifest, or "off"; "": as if nobody had said anything */
    int64_t changes; /* counts what was saved */
    int64_t changed_ms;
    const char *changed_name; /* who; "": at this machine */
} cs_speech_choice;

/* The name of the model for a conversation; NULL: none, since it is off, or none is here. *is_off: somebody said so.
 * queue and language may be NULL. That a model named by somebody is here is not looked at. */
cs_error choice_find(cs_db *db, const char *queue, const char *language, const char *data, cs_arena *arena,
                     const char **model, bool *is_off, cs_message *message);
/* The best one here for a language (NULL: not known), by what models are for; NULL: none is here. */
cs_error choice_best(const char *language, const char *data, cs_arena *arena, const char **model, cs_message *message);

/* In the order of queues and languages. */
cs_error choices_list(cs_db *db, cs_arena *arena, cs_speech_choice **out, uint32_t *count, cs_message *message);
/* choice->changes is what the writer has seen, 0: no row yet. CS_ERR_CONFLICT: another one wrote meanwhile. CS_ERR_USAGE: no such model, or one that is for something else. */
cs_error choices_put(cs_db *db, const cs_speech_choice *choice, int64_t account, int64_t now_ms, cs_message *message);

#endif
