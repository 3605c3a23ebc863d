#include "quality/speech_piece.h"

#include <stdlib.h>

/* Of two channels with the same signal the louder one; of two of which one is silent, the other. */
bool speech_side_is_sent(const cs_audio_report *report, int side) {
    switch (report->relation) {
    case CS_CHANNELS_ONE:
    case CS_CHANNELS_FIRST_ONLY: return side == 0;
    case CS_CHANNELS_SECOND_ONLY: return side == 1;
    case CS_CHANNELS_SAME: return side == (report->sides[1].speech_db > report->sides[0].speech_db);
    case CS_CHANNELS_TWO: return true;
    case CS_CHANNELS_SILENT: break;
    }
    return false;
}

/* The bare voices of one side as pieces, one after another; *count grows. */
static void join_side(const cs_heard *heard, int side, cs_speech_piece *pieces, uint32_t *count) {
    cs_speech_piece *open = NULL;
    for (uint32_t i = 0; i < heard->sound_count; i++) {
        const cs_sound *s = &heard->sounds[i];
        if (s->channel != side || s->kind != CS_SOUND_VOICE || s->end_ms <= s->start_ms) continue;
        bool is_near =
            open && s->start_ms - open->to_ms < CS_PIECE_GAP_MS && s->end_ms - open->from_ms <= CS_PIECE_MOST_MS;
        if (!is_near) {
            open = &pieces[(*count)++];
            *open = (cs_speech_piece){.side = side, .from_ms = s->start_ms, .to_ms = s->end_ms};
        } else if (s->end_ms > open->to_ms) {
            open->to_ms = s->end_ms;
        }
    }
}

static int64_t at_most(int64_t value, int64_t most) {
    return value < most ? value : most;
}

/* Sound around them, as far as there is any that no neighbour takes, and as far as the longest piece goes. */
static void widen(cs_speech_piece *pieces, uint32_t count, int64_t duration_ms) {
    int64_t free_from = 0;
    for (uint32_t i = 0; i < count; i++) {
        cs_speech_piece *p = &pieces[i];
        int64_t room = CS_PIECE_MOST_MS - (p->to_ms - p->from_ms);
        int64_t next = i + 1 < count ? pieces[i + 1].from_ms : duration_ms;
        int64_t before = at_most(at_most(p->from_ms - free_from, CS_PIECE_AROUND_MS), room);
        if (before > 0) p->from_ms -= before;
        room -= before > 0 ? before : 0;
        int64_t gap = i + 1 < count ? (next - p->to_ms) / 2 : next - p->to_ms;
        int64_t after = at_most(at_most(gap, CS_PIECE_AROUND_MS), room);
        if (after > 0) p->to_ms += after;
        free_from = p->to_ms;
    }
}

static int compare_pieces(const void *left, const void *right) {
    const cs_speech_piece *a = left, *b = right;
    if (a->from_ms != b->from_ms) return a->from_ms < b->from_ms ? -1 : 1;
    return a->side - b->side;
}

cs_error speech_pieces_of(const cs_heard *heard, cs_arena *arena, cs_speech_piece **out, uint32_t *count,
                          cs_message *message) {
    *count = 0;
    *out = arena_array(arena, heard->sound_count + 1, sizeof **out);
    if (!*out) return message_set(message, CS_ERR_MEMORY, "no memory for what is to be recognised");
    for (int side = 0; side < 2; side++) {
        uint32_t from = *count;
        if (!speech_side_is_sent(&heard->report, side)) continue;
        join_side(heard, side, *out, count);
        widen(*out + from, *count - from, heard->report.duration_ms);
    }
    if (*count) qsort(*out, *count, sizeof **out, compare_pieces);
    return CS_OK;
}

int64_t speech_pieces_ms(const cs_speech_piece *pieces, uint32_t count) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) sum += pieces[i].to_ms - pieces[i].from_ms;
    return sum;
}
