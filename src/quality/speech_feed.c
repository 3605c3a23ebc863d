#include "quality/speech_feed.h"

typedef struct feeding {
    const cs_speech_sound *sound;
    const cs_speech_taker *taker;
    const cs_speech_piece *pieces;
    uint32_t count;
    uint32_t at[2]; /* of each side: the piece in hand, or the next; count: no more */
    bool is_open[2];
    int64_t frame; /* of the next block */
    float block[2 * CS_FEED_FRAMES], one[CS_FEED_FRAMES];
} feeding;

static int64_t frame_of(const feeding *f, int64_t ms) {
    return ms * f->sound->rate_hz / 1000;
}

static void advance(feeding *f, int side, uint32_t from) {
    uint32_t i = from;
    while (i < f->count && f->pieces[i].side != side) i++;
    f->at[side] = i;
}

static cs_error push(feeding *f, int side, uint32_t from, uint32_t to, cs_message *message) {
    const uint32_t channels = (uint32_t)f->sound->channels;
    if (from >= to) return CS_OK;
    if (channels == 1) return f->taker->push(f->taker->context, f->at[side], f->block + from, to - from, message);
    for (uint32_t i = from; i < to; i++) f->one[i - from] = f->block[i * channels + (uint32_t)side];
    return f->taker->push(f->taker->context, f->at[side], f->one, to - from, message);
}

/* What of a block belongs to a side's pieces. */
static cs_error give(feeding *f, int side, uint32_t got, cs_message *message) {
    cs_error code = CS_OK;
    const int64_t end = f->frame + got;
    while (code == CS_OK && f->at[side] < f->count) {
        const cs_speech_piece *p = &f->pieces[f->at[side]];
        int64_t from = frame_of(f, p->from_ms), to = frame_of(f, p->to_ms);
        if (from >= end) return CS_OK;
        if (!f->is_open[side]) {
            code = f->taker->begin(f->taker->context, f->at[side], message);
            f->is_open[side] = code == CS_OK;
        }
        uint32_t first = from > f->frame ? (uint32_t)(from - f->frame) : 0;
        uint32_t last = to < end ? to > f->frame ? (uint32_t)(to - f->frame) : 0 : got;
        if (code == CS_OK) code = push(f, side, first, last, message);
        if (code != CS_OK || to > end) return code;
        f->is_open[side] = false;
        code = f->taker->finish(f->taker->context, f->at[side], message);
        advance(f, side, f->at[side] + 1);
    }
    return code;
}

/* To where the next piece begins, if that is far. */
static cs_error pass_over(feeding *f, cs_message *message) {
    int64_t next = INT64_MAX;
    for (int side = 0; side < 2; side++) {
        if (f->is_open[side]) return CS_OK;
        if (f->at[side] == f->count) continue;
        int64_t from = frame_of(f, f->pieces[f->at[side]].from_ms);
        next = from < next ? from : next;
    }
    if (next - f->frame < frame_of(f, CS_FEED_PASS_MS)) return CS_OK;
    f->frame = next;
    return f->sound->seek(f->sound->context, next, message);
}

static bool is_over(const feeding *f) {
    return f->at[0] == f->count && f->at[1] == f->count;
}

cs_error speech_feed(const cs_speech_sound *sound, const cs_speech_piece *pieces, uint32_t count,
                     const cs_speech_taker *taker, cs_message *message) {
    feeding f = {.sound = sound, .taker = taker, .pieces = pieces, .count = count};
    if (count == 0) return CS_OK;
    for (int side = 0; side < 2; side++) advance(&f, side, 0);
    f.frame = frame_of(&f, pieces[0].from_ms);
    cs_error code = sound->seek(sound->context, f.frame, message);
    while (code == CS_OK && !is_over(&f)) {
        uint32_t got = 0;
        code = pass_over(&f, message);
        if (code == CS_OK) code = sound->read(sound->context, f.block, CS_FEED_FRAMES, &got, message);
        if (code != CS_OK || got == 0) break;
        for (int side = 0; side < sound->channels && code == CS_OK; side++) code = give(&f, side, got, message);
        f.frame += got;
    }
    for (int side = 0; side < 2 && code == CS_OK; side++)
        if (f.is_open[side]) code = taker->finish(taker->context, f.at[side], message);
    return code;
}
