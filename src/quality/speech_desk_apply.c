/* From what was recognised to turns: words by phrase.h, the order of both sides by transcript.h. */
#include "base/clock.h"
#include "quality/speech_desk_state.h"
#include "quality/speech_marks.h"
#include "speech/calibration.h"
#include "speech/transcript.h"

typedef struct phrases {
    cs_phrase *items;
    uint32_t count, room;
} phrases;

static cs_error add_phrases(const cs_speech_run *run, uint32_t piece, bool is_phonetic,
                            const cs_calibration *calibration, phrases *out, cs_message *message) {
    const cs_run_piece *result = &run->results[piece];
    cs_arena *arena = run->work->arena;
    const cs_phrase_making making = {.side = (uint32_t)run->pieces[piece].side,
                                     .is_phonetic = is_phonetic,
                                     .speller = run->desk->speller,
                                     .calibration = calibration,
                                     .ties = &run->desk->words->ties};
    for (uint32_t i = 0; i < result->count; i++) {
        cs_phrase *phrase = NULL;
        cs_error code = phrase_make(&result->utterances[i], &making, arena, &phrase, message);
        if (code != CS_OK) return code;
        if (!arena_room(arena, (void **)&out->items, &out->room, out->count, sizeof *out->items))
            return message_set(message, CS_ERR_MEMORY, "no memory for what is recognised");
        out->items[out->count++] = *phrase;
    }
    return CS_OK;
}

cs_error run_apply(cs_speech_run *run, cs_message *message) {
    const cs_speech_work *work = run->work;
    const cs_recogniser_identity *identity = recogniser_identity(run->desk->recogniser);
    phrases all = {0};
    cs_calibration calibration;
    bool has_calibration = calibration_of_model(identity->model, &calibration, message) == CS_OK; /* else: unknown */
    cs_error code = CS_OK;
    for (uint32_t i = 0; i < run->count && code == CS_OK; i++)
        code = add_phrases(run, i, identity->is_phonetic, has_calibration ? &calibration : NULL, &all, message);
    if (code != CS_OK) return code;
    cs_transcript_making making = {.recognition = {.model = identity->model,
                                                   .version = identity->version,
                                                   .rate_hz = work->sound->rate_hz,
                                                   .recognised_ms = clock_now_ms()},
                                   .participants = {work->participants[0], work->participants[1]},
                                   .may_replace = work->may_replace};
    for (size_t i = 0; i < sizeof making.recognition.sha256 && identity->sha256[i]; i++)
        making.recognition.sha256[i] = identity->sha256[i];
    cs_speech_marks marks = {run->desk->shop, &run->desk->marks, work->conversation->language};
    making.punctuate = marks_put;
    making.punctuate_context = &marks;
    for (int k = 0; k < 2; k++) /* one signal on both channels, sent from the other one */
        if (making.participants[k] == CS_NO_PARTICIPANT) making.participants[k] = making.participants[1 - k];
    return transcript_apply(work->conversation, all.items, all.count, &making, work->arena, message);
}
