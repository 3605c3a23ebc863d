/* live.h - one call while it is spoken: sound of its sides goes in, text comes out as it is known.
 * Floor: speech. Each side has a gate (live_gate.h) that says when somebody speaks; each piece between two pauses is a stream of the
 * recogniser, which several calls share. Silence is never sent. A piece's end gives its final text; text before is partial.
 * What a recogniser had in hand when it died goes to the next child, once: what kills that, too, is told as lost.
 * Memory: fixed, however long the call, but for the samples of pieces that are not told; what the sink is told lives until it returns. Threads: that of the recogniser.
 * Example: live_open(&options, &sink, &l, &m); live_push(l, samples, 160, &m); recogniser_poll(r, 0, &m); live_finish(l, &m);
 */
#ifndef CS_SPEECH_LIVE_H
#define CS_SPEECH_LIVE_H

#include "speech/phrase.h"
#include "speech/recogniser.h"

typedef struct cs_live_options {
    cs_recogniser *recogniser; /* opened with is_live */
    cs_phrase_making making; /* its side is filled in */
    int rate_hz, channels; /* 1 or 2 */
    bool is_patient; /* the sound does not come at the speed of time: it waits for the text of each piece */
} cs_live_options;

typedef struct cs_live_sink {
    void *context;
    /* The piece in hand so far; the next one of the side replaces it. false from any of these: no memory, the call stops. */
    bool (*on_partial)(void *context, const cs_phrase *phrase);
    bool (*on_phrase)(void *context, const cs_phrase *phrase); /* final; never empty */
    bool (*on_voice)(void *context, uint32_t side, int64_t start_ms, int64_t end_ms, float level_db);
    bool (*on_lost)(void *context, uint32_t side, int64_t from_ms, int64_t to_ms, const cs_message *why);
} cs_live_sink;

typedef struct cs_live cs_live;

/* CS_ERR_USAGE: a rate or a number of channels that can't be. */
cs_error live_open(const cs_live_options *options, const cs_live_sink *sink, cs_live **out, cs_message *message);
/* frames samples of each channel, interleaved, -1 to 1; in blocks of any size. The last text of a piece that ended in it comes when it is
 * known: by recogniser_poll, or whatever else hears the recogniser. */
cs_error live_push(cs_live *live, const float *samples, uint32_t frames, cs_message *message);
/* Sound that could not be taken in, since the machine is behind: it is told as lost where somebody was speaking, and passed over. */
cs_error live_skip(cs_live *live, int64_t frames, cs_message *message);
void live_want_partials(cs_live *live, bool is_wanted); /* at first they are */
int64_t live_now_ms(const cs_live *live); /* of sound taken in */
int64_t
live_behind_ms(const cs_live *live); /* so long ago a piece ended whose text is not known yet; 0: there is none */
int64_t live_settled_ms(const cs_live *live); /* nothing that is told from now on starts earlier */
int64_t live_sent_ms(const cs_live *live); /* of sound that went to the recogniser, of all sides */
cs_error live_finish(cs_live *live, cs_message *message); /* the call is over: what is open is told */
void live_close(cs_live *live); /* NULL is allowed */

#endif
