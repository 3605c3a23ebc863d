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
    if (!run->results || !run->key.model) return no_memory(message);
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

static bool copy_units(const cs_utterance *from, cs_arena *arena, cs_utterance *to) {
    cs_unit *units = arena_array(arena, from->unit_count + 1, sizeof *units);
    if (!units) return false;
    for (uint32_t i = 0; i < from->unit_count; i++) {
        units[i] = from->units[i];
        units[i].text = arena_string(arena, from->units[i].text);
        if (!units[i].text) return false;
    }
    to->units = units;
    return true;
}

static bool copy_text(const char **text, cs_arena *arena) {
    if (!*text) return true;
    *text = arena_string(arena, *text);
    return *text != NULL;
}

static bool on_utterance(void *context, const cs_utterance *utterance) {
    cs_run_stream *s = context;
    cs_arena *arena = s->run->work->arena;
    cs_run_piece *result = &s->run->results[s->piece];
    cs_utterance copy = *utterance;
    if (!utterance->is_final) return true;
    bool is_good =
        arena_room(arena, (void **)&result->utterances, &result->room, result->count, sizeof *result->utterances) &&
        copy_units(utterance, arena, &copy) && copy_text(&copy.text, arena) && copy_text(&copy.language, arena) &&
        copy_text(&copy.emotion, arena) && copy_text(&copy.event, arena);
    if (is_good) result->utterances[result->count++] = copy;
    s->run->is_short = !is_good;
    return is_good;
}

/* Trouble of the recogniser ends the feeding, and is told apart from that of the sound. */
static cs_error judge(cs_speech_run *run, cs_error code, cs_message *message) {
    if (code == CS_OK || code == CS_ERR_MEMORY) return code;
    if (run->is_short) return no_memory(message);
    if (code == CS_ERR_STOPPED) return code;
    run->has_failed = true;
    run->trouble = *message;
    return code;
}

static cs_error tell_progress(const cs_speech_run *run, cs_message *message) {
    const cs_speech_work *work = run->work;
    bool is_stopped = run->desk->shop->is_stopped && *run->desk->shop->is_stopped;
    if (!is_stopped && work->on_progress) is_stopped = !work->on_progress(work->context);
    return is_stopped ? message_set(message, CS_ERR_STOPPED, "stopped") : CS_OK;
}

static cs_error begin(void *context, uint32_t fed, cs_message *message) {
    cs_speech_run *run = context;
    const cs_speech_piece *piece = &run->pieces[run->left[fed]];
    cs_run_stream *s = &run->streams[piece->side];
    *s = (cs_run_stream){.run = run, .piece = run->left[fed]};
    run->results[s->piece].count = 0;
    const cs_utterance_sink sink = {s, on_utterance};
    return judge(
        run,
        recogniser_begin(run->desk->recogniser, run->work->sound->rate_hz, piece->from_ms, &sink, &s->stream, message),
        message);
}

static cs_error push(void *context, uint32_t fed, const float *samples, uint32_t count, cs_message *message) {
    cs_speech_run *run = context;
    cs_run_stream *s = &run->streams[run->pieces[run->left[fed]].side];
    const int64_t before_ms = s->pushed * 1000 / run->work->sound->rate_hz;
    s->pushed += count;
    const int64_t more_ms = s->pushed * 1000 / run->work->sound->rate_hz - before_ms;
    run->outcome->pushed_ms += more_ms;
    (void)atomic_fetch_add(&run->desk->shop->heard_ms, more_ms);
    cs_error code = judge(run, recogniser_push(s->stream, samples, count, message), message);
    return code == CS_OK ? tell_progress(run, message) : code;
}

static cs_error finish(void *context, uint32_t fed, cs_message *message) {
    cs_speech_run *run = context;
    const cs_speech_piece *piece = &run->pieces[run->left[fed]];
    cs_run_stream *s = &run->streams[piece->side];
    cs_recogniser_stream *stream = s->stream;
    s->stream = NULL;
    cs_error code = judge(run, recogniser_finish(stream, message), message);
    if (code != CS_OK) return code;
    run->results[s->piece].is_done = true;
    run->unkept_ms += piece->to_ms - piece->from_ms;
    return keep_some(run, false, message);
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
    const cs_speech_taker taker = {run, begin, push, finish};
    uint32_t count = list_left(run, left, pieces);
    cs_error code = speech_feed(run->work->sound, pieces, count, &taker, message);
    drop_streams(run);
    if (run->has_failed || (code != CS_OK && code != CS_ERR_MEMORY)) { /* what is done stays done */
        cs_message late;
        (void)keep_some(run, run->outcome->has_parts, &late);
    }
    return run->has_failed ? CS_OK : code;
}
