/* Pieces on their way through streams of the recogniser (speech_stream.h), and what came of them on its way back. */
#include "quality/speech_desk_state.h"

enum { SILENCE = 1024 }; /* samples pushed at once */

cs_error run_judge(cs_speech_run *run, cs_error code, cs_message *message) {
    if (code == CS_OK || code == CS_ERR_MEMORY) return code;
    if (run->is_short) return message_set(message, CS_ERR_MEMORY, "no memory for what is recognised");
    if (code == CS_ERR_STOPPED) return code;
    run->has_failed = true;
    run->trouble = *message;
    return code;
}

static bool add(cs_run_piece *result, const cs_utterance *utterance, cs_arena *arena) {
    if (!arena_room(arena, (void **)&result->utterances, &result->room, result->count, sizeof *result->utterances))
        return false;
    result->utterances[result->count++] = *utterance;
    return true;
}

static bool on_utterance(void *context, const cs_utterance *utterance) {
    cs_run_stream *s = context;
    cs_speech_run *run = s->run;
    uint32_t from = 0;
    if (!utterance->is_final) return true;
    for (uint32_t i = 0; i < s->part_count && !run->is_short; i++) {
        const uint32_t piece = s->parts[i].piece;
        const int64_t next_ms = i + 1 < s->part_count ? s->parts[i + 1].from_ms : INT64_MAX;
        cs_utterance own;
        run->is_short = !speech_stream_take(utterance, &run->pieces[piece], s->parts[i].from_ms, next_ms, &from,
                                            run->work->arena, &own);
        bool is_whole =
            utterance->unit_count == 0 && next_ms > utterance->start_ms; /* of a model that tells no units */
        if (run->is_short || (own.unit_count == 0 && !is_whole)) continue;
        run->is_short = !add(&run->results[piece], &own, run->work->arena);
        if (is_whole) break;
    }
    return !run->is_short;
}

static cs_error push_gap(cs_run_stream *s, int rate_hz, cs_message *message) {
    static const float silence[SILENCE];
    cs_error code = CS_OK;
    for (uint32_t left = (uint32_t)rate_hz / 1000 * CS_STREAM_GAP_MS; left > 0 && code == CS_OK;) {
        const uint32_t count = left < SILENCE ? left : SILENCE;
        code = run_judge(s->run, recogniser_push(s->stream, silence, count, message), message);
        s->given += count;
        left -= count;
    }
    return code;
}

cs_error run_stream_begin(cs_speech_run *run, uint32_t piece, cs_message *message) {
    const int rate_hz = run->work->sound->rate_hz;
    cs_run_stream *s = &run->streams[run->pieces[piece].side];
    const cs_utterance_sink sink = {s, on_utterance};
    cs_error code;
    if (s->stream) {
        code = push_gap(s, rate_hz, message);
    } else {
        *s = (cs_run_stream){.run = run};
        code = run_judge(run, recogniser_begin(run->desk->recogniser, rate_hz, 0, &sink, &s->stream, message), message);
    }
    s->parts[s->part_count++] = (cs_run_part){piece, s->given * 1000 / rate_hz};
    run->results[piece].count = 0;
    return code;
}

cs_error run_stream_push(cs_speech_run *run, int side, const float *samples, uint32_t count, cs_message *message) {
    cs_run_stream *s = &run->streams[side];
    s->given += count;
    return run_judge(run, recogniser_push(s->stream, samples, count, message), message);
}

cs_error run_stream_finish(cs_speech_run *run, int side, cs_message *message) {
    cs_run_stream *s = &run->streams[side];
    cs_recogniser_stream *stream = s->stream;
    s->stream = NULL;
    cs_error code = run_judge(run, recogniser_finish(stream, message), message);
    for (uint32_t i = 0; i < s->part_count && code == CS_OK; i++) {
        const cs_speech_piece *piece = &run->pieces[s->parts[i].piece];
        run->results[s->parts[i].piece].is_done = true;
        run->unkept_ms += piece->to_ms - piece->from_ms;
    }
    return code;
}
