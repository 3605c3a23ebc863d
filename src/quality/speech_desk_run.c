#include "base/clock.h"
#include "quality/speech_desk_state.h"
#include "quality/speech_voices.h"

#include <string.h>

/* ---- what is known from before ---- */

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for what is recognised");
}

static cs_error load_parts(cs_speech_run *run, cs_message *message) {
    cs_speech_outcome *outcome = run->outcome;
    cs_speech_part *parts;
    uint32_t count;
    cs_error code = speech_parts_load(run->work->db, &run->key, run->work->arena, &parts, &count, message);
    if (code != CS_OK) return code;
    outcome->has_parts = count > 0;
    for (uint32_t i = 0; i < run->count; i++) {
        const cs_speech_part *part = speech_part_of(parts, count, run->pieces[i]);
        cs_run_piece *result = &run->results[i];
        if (!part) continue;
        result->utterances = arena_array(run->work->arena, part->count + 1, sizeof *result->utterances);
        if (!result->utterances) return no_memory(message);
        memcpy(result->utterances, part->utterances, part->count * sizeof *result->utterances);
        result->count = part->count;
        result->is_done = result->is_kept = true;
        outcome->kept_ms += speech_pieces_ms(&run->pieces[i], 1);
    }
    return CS_OK;
}

cs_error run_prepare(cs_speech_run *run, cs_message *message) {
    const cs_speech_work *work = run->work;
    const cs_recogniser_identity *identity = recogniser_identity(run->desk->recogniser);
    const char *model = *identity->sha256 ? identity->sha256 : identity->model;
    const cs_speech_words *hot = run->desk->hot; /* the same sound is other units with other hot words */
    run->key = (cs_speech_key){work->recording, hot ? arena_printf(work->arena, "%s+%s", model, hot->hot_digest)
                                                    : arena_string(work->arena, model)};
    cs_heard heard = *work->heard;
    cs_error code = run->desk->shop->by_silero ? voices_find(run->desk, work, &heard, message) : CS_OK;
    if (code == CS_OK) code = speech_pieces_of(&heard, work->arena, &run->pieces, &run->count, message);
    if (code != CS_OK) return code;
    run->outcome->voice_ms = speech_pieces_ms(run->pieces, run->count);
    run->results = arena_array(work->arena, run->count + 1, sizeof *run->results);
    run->stream = arena_array(work->arena, (size_t)run->count + 1, sizeof *run->stream);
    if (!run->results || !run->stream || !run->key.model) return no_memory(message);
    for (uint32_t i = 0; i < run->count; i++) run->stream[i] = i;
    if (identity->is_streaming) speech_streams_share(run->pieces, run->count, run->stream);
    run->kept_at_ms = clock_steady_ms();
    code = load_parts(run, message);
    (void)atomic_fetch_add(&run->desk->shop->heard_ms, run->outcome->kept_ms);
    return code;
}

/* ---- keeping ---- */

typedef struct keeping {
    const cs_speech_key *key;
    cs_speech_part *parts;
    uint32_t count;
} keeping;

static cs_error keep(void *context, cs_db *db, cs_message *message) {
    const keeping *k = context;
    return speech_parts_save(db, k->key, k->parts, k->count, clock_now_ms(), message);
}

/* Finished pieces that are not in the store yet. A short recording is never kept in pieces: it is soon done as a whole. */
static cs_error keep_some(cs_speech_run *run, bool is_all, cs_message *message) {
    int64_t now = clock_steady_ms();
    bool is_due = run->unkept_ms >= CS_RUN_KEEP_MS ||
                  (run->unkept_ms > 0 && (is_all || now - run->kept_at_ms > CS_RUN_KEEP_SPENT_MS));
    if (!is_due || !run->desk->shop->writer) return CS_OK;
    keeping k = {&run->key, arena_array(run->work->arena, run->count, sizeof *k.parts), 0};
    if (!k.parts) return no_memory(message);
    for (uint32_t i = 0; i < run->count; i++) {
        cs_run_piece *r = &run->results[i];
        if (!r->is_done || r->is_kept) continue;
        k.parts[k.count++] = (cs_speech_part){run->pieces[i], r->utterances, r->count};
        r->is_kept = true;
    }
    run->unkept_ms = 0;
    run->kept_at_ms = now;
    run->outcome->has_parts = true;
    return writer_run_now(run->desk->shop->writer, keep, &k, message);
}

/* ---- a piece ---- */

static cs_error tell_progress(const cs_speech_run *run, cs_message *message) {
    const cs_speech_work *work = run->work;
    bool is_stopped = run->desk->shop->is_stopped && *run->desk->shop->is_stopped;
    if (!is_stopped && work->on_progress) is_stopped = !work->on_progress(work->context);
    return is_stopped ? message_set(message, CS_ERR_STOPPED, "stopped") : CS_OK;
}

static cs_error begin(void *context, uint32_t fed, cs_message *message) {
    cs_speech_run *run = context;
    return run_stream_begin(run, run->left[fed], message);
}

static cs_error push(void *context, uint32_t fed, const float *samples, uint32_t count, cs_message *message) {
    cs_speech_run *run = context;
    const int side = run->pieces[run->left[fed]].side, rate_hz = run->work->sound->rate_hz;
    cs_run_stream *s = &run->streams[side];
    const int64_t before_ms = s->pushed * 1000 / rate_hz;
    s->pushed += count;
    const int64_t more_ms = s->pushed * 1000 / rate_hz - before_ms;
    run->outcome->pushed_ms += more_ms;
    (void)atomic_fetch_add(&run->desk->shop->heard_ms, more_ms);
    cs_error code = run_stream_push(run, side, samples, count, message);
    return code == CS_OK ? tell_progress(run, message) : code;
}

/* Whether the side's next piece comes in the same stream. */
static bool goes_on(const cs_speech_run *run, uint32_t fed) {
    const uint32_t piece = run->left[fed];
    for (uint32_t i = fed + 1; i < run->left_count; i++)
        if (run->pieces[run->left[i]].side == run->pieces[piece].side)
            return run->stream[run->left[i]] == run->stream[piece];
    return false;
}

static cs_error finish_side(cs_speech_run *run, int side, cs_message *message) {
    cs_error code = run_stream_finish(run, side, message);
    return code == CS_OK ? keep_some(run, false, message) : code;
}

static cs_error finish(void *context, uint32_t fed, cs_message *message) {
    cs_speech_run *run = context;
    return goes_on(run, fed) ? CS_OK : finish_side(run, run->pieces[run->left[fed]].side, message);
}

/* ---- all of them ---- */

static uint32_t list_left(const cs_speech_run *run, uint32_t *left, cs_speech_piece *pieces) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < run->count; i++) {
        if (run->results[i].is_done) continue;
        left[count] = i;
        pieces[count++] = run->pieces[i];
    }
    return count;
}

/* Streams that are still open are let go, and what they had been given counts no more. */
static void drop_streams(cs_speech_run *run) {
    for (int side = 0; side < 2; side++) {
        cs_run_stream *s = &run->streams[side];
        cs_message message;
        if (!s->stream) continue;
        (void)recogniser_finish(s->stream, &message);
        s->stream = NULL;
        (void)atomic_fetch_sub(&run->desk->shop->heard_ms, s->pushed * 1000 / run->work->sound->rate_hz);
    }
}

cs_error run_feed(cs_speech_run *run, cs_message *message) {
    uint32_t *left = arena_array(run->work->arena, run->count + 1, sizeof *left);
    cs_speech_piece *pieces = arena_array(run->work->arena, run->count + 1, sizeof *pieces);
    if (!left || !pieces) return no_memory(message);
    run->has_failed = false;
    run->left = left;
    run->left_count = list_left(run, left, pieces);
    const cs_speech_taker taker = {run, begin, push, finish};
    cs_error code = speech_feed(run->work->sound, pieces, run->left_count, &taker, message);
    for (int side = 0; side < 2 && code == CS_OK; side++) /* the sound ended before their next piece */
        if (run->streams[side].stream) code = finish_side(run, side, message);
    drop_streams(run);
    if (run->has_failed || (code != CS_OK && code != CS_ERR_MEMORY)) { /* what is done stays done */
        cs_message late;
        (void)keep_some(run, run->outcome->has_parts, &late);
    }
    return run->has_failed ? CS_OK : code;
}
