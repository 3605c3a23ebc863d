/* recording_speech.h - what became of one recording's words: recognised, given, waiting, being recognised, failed, off, no model.
 * Floor: quality. Rows of table recording_speech are kept of recordings without words; what was recognised stands in table
 * transcript. Memory: the arena given. Threads: whoever owns the cs_db; noting on the writer's, in the transaction of the save.
 * The model that is chosen for it now is told beside it, and whether that stands on this machine.
 * Example: recording_speech_note(db, conversation, &spoken, &m); recording_speech_write(db, &asked, &out, &m);
 */
#ifndef CS_QUALITY_RECORDING_SPEECH_H
#define CS_QUALITY_RECORDING_SPEECH_H

#include "base/json.h"
#include "quality/speech_desk.h"

/* After the conversation was saved. One that has words has no row. */
cs_error recording_speech_note(cs_db *db, const cs_conversation *conversation, const cs_speech_outcome *spoken,
                               cs_message *message);
cs_error recording_speech_forget(cs_db *db, int64_t seq, cs_message *message); /* it has words, whosever */

typedef struct cs_recording_speech_asked {
    const char *id; /* the conversation's, ours or the centre's */
    const char *data; /* folder of the store */
    const char *speech; /* --speech of this server; NULL: as the store says */
    bool is_told_why; /* reasons name files: of managers alone */
} cs_recording_speech_asked;

/* {"state", "model", …} of docs/api.md; CS_ERR_NOT_FOUND: there is no such conversation, or it has no recording. */
cs_error recording_speech_write(cs_db *db, const cs_recording_speech_asked *asked, cs_json_writer *out,
                                cs_message *message);

enum { CS_MOST_UNRECOGNISED = 100000 };
/* How many recordings have no words, whyever; counted up to CS_MOST_UNRECOGNISED. */
cs_error recording_speech_count(cs_db *db, int64_t *unrecognised, int64_t *failed, cs_message *message);
/* {"items": [...], "next"}: those that failed, the newest first. after NULL: from the beginning. */
cs_error recording_speech_list_failed(cs_db *db, int limit, const char *after, cs_json_writer *out,
                                      cs_message *message);
/* Whether a model stands on this machine, by its name in the list of models; false where it is not known. */
bool speech_model_is_here(const char *model, const char *data);
/* CS_ERR_USAGE: no such model is listed, or it is for something else. That it is here is not looked at. */
cs_error speech_model_check(const char *model, const char *data, cs_message *message);

#endif
