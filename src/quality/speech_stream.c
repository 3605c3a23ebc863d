#include "quality/speech_stream.h"

#include "base/clock.h"

void speech_streams_share(const cs_speech_piece *pieces, uint32_t count, uint32_t *stream) {
    struct {
        uint32_t first, count;
        int64_t voice_ms;
    } open[2] = {{0}, {0}};
    for (uint32_t i = 0; i < count; i++) {
        const int side = pieces[i].side;
        const int64_t voice_ms = pieces[i].to_ms - pieces[i].from_ms;
        bool is_full = open[side].count == CS_STREAM_PIECES || open[side].voice_ms + voice_ms > CS_PIECE_MOST_MS ||
                       !open[side].count;
        if (is_full) open[side].first = i, open[side].count = 0, open[side].voice_ms = 0;
        stream[i] = open[side].first;
        open[side].count++;
        open[side].voice_ms += voice_ms;
    }
}

static int64_t between(int64_t value, int64_t least, int64_t most) {
    return value < least ? least : value > most ? most : value;
}

static bool copy_text(const char **text, cs_arena *arena) {
    if (!*text) return true;
    *text = arena_string(arena, *text);
    return *text != NULL;
}

bool speech_stream_take(const cs_utterance *u, const cs_speech_piece *piece, int64_t from_ms, int64_t next_ms,
                        uint32_t *from, cs_arena *arena, cs_utterance *out) {
    const uint32_t first = *from;
    const int64_t shift_ms = piece->from_ms - from_ms;
    while (*from < u->unit_count && (u->units[*from].start_ms == CS_NO_TIME || u->units[*from].start_ms < next_ms))
        ++*from;
    *out = *u;
    out->unit_count = *from - first;
    cs_unit *units = arena_array(arena, (size_t)out->unit_count + 1, sizeof *units);
    if (!units) return false;
    for (uint32_t i = 0; i < out->unit_count; i++) {
        units[i] = u->units[first + i];
        if (units[i].start_ms != CS_NO_TIME) units[i].start_ms += shift_ms;
        if (!copy_text(&units[i].text, arena)) return false;
    }
    out->units = units;
    out->start_ms = between(u->start_ms + shift_ms, piece->from_ms, piece->to_ms);
    out->end_ms = between(u->end_ms + shift_ms, piece->from_ms, piece->to_ms);
    if (out->unit_count < u->unit_count) out->text = NULL; /* its units say it */
    return copy_text(&out->text, arena) && copy_text(&out->language, arena) && copy_text(&out->emotion, arena) &&
           copy_text(&out->event, arena);
}
