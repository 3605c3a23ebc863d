#include "speech/transcript_turns.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "speech/punctuation.h"
#include "speech/transcript_side.h"
#include "speech/transcript_signs.h"
#include "speech/written.h"

#include <string.h>

/* A turn whose text grows beyond this is cut; CS_MAX_TURN_BYTES is what a conversation bears. */
enum { MOST_TEXT_BYTES = CS_MAX_TURN_BYTES - 1024, MOST_JOINED_BYTES = 1 << 20 };

/* ---- a piece as a turn ---- */

static float confidence_of_turn(const cs_word *words, uint32_t count) {
    double sum = 0;
    uint64_t weight = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (words[i].confidence < 0) continue;
        sum += (double)words[i].confidence * words[i].length;
        weight += words[i].length;
    }
    return weight ? (float)(sum / (double)weight) : -1;
}

/* The text with its words; what would not fit is left for the next turn: *end moves back. */
static bool write_text(const cs_said_side *side, uint32_t first, uint32_t *end, cs_arena *arena, cs_turn *turn) {
    cs_buffer text;
    cs_word *words = arena_array(arena, (size_t)(*end - first) + 1, sizeof *words);
    uint32_t characters = 0, count = 0;
    buffer_init(&text, CS_MAX_TURN_BYTES);
    for (uint32_t i = first; words && i < *end; i++) {
        const cs_heard_word *word = &side->words[i];
        size_t bytes = strlen(word->text), mark = word->mark ? strlen(word->mark) : 0;
        if (text.length + bytes + mark + 1 > MOST_TEXT_BYTES && i > first) {
            *end = i;
            break;
        }
        if (words_have_blank(i > first ? &side->words[i - 1] : NULL, word)) buffer_append(&text, " ", 1), characters++;
        uint32_t length = (uint32_t)utf8_count(word->text, bytes);
        words[count++] = (cs_word){characters, length, word->start_ms, word->end_ms, word->confidence, word->sounds};
        buffer_append(&text, word->text, bytes);
        buffer_append(&text, word->mark ? word->mark : "", mark);
        characters += length + (uint32_t)utf8_count(word->mark ? word->mark : "", mark);
    }
    turn->text = words && !text.is_failed ? arena_copy(arena, text.data ? text.data : "", text.length) : NULL;
    turn->text_bytes = (uint32_t)text.length;
    turn->words = words;
    turn->word_count = count;
    turn->confidence = words ? confidence_of_turn(words, count) : -1;
    buffer_free(&text);
    return turn->text != NULL;
}

/* ---- both sides ---- */

typedef struct turn_list {
    cs_transcript_turns *out;
    uint8_t *sides; /* beside them */
    uint32_t room, side_room;
    cs_arena *arena;
} turn_list;

/* The words as one text, for a model that puts marks into it. */
static const char *join(const cs_said_side *side, cs_arena *arena) {
    cs_buffer text;
    buffer_init(&text, MOST_JOINED_BYTES);
    for (uint32_t i = 0; i < side->word_count; i++) {
        if (words_have_blank(i ? &side->words[i - 1] : NULL, &side->words[i])) buffer_append(&text, " ", 1);
        buffer_text(&text, side->words[i].text);
    }
    const char *copy = text.is_failed ? NULL : arena_copy(arena, text.data ? text.data : "", text.length);
    buffer_free(&text);
    return copy;
}

/* The piece's words as people write them: numbers in figures, marks. */
static bool write_words(const cs_said_side *side, const cs_said_piece *piece, const cs_transcript_making *making,
                        cs_arena *arena, cs_said_side *out) {
    const char *marked = NULL, *plain = NULL;
    bool has_marks = false;
    *out = (cs_said_side){0};
    if (!written_words(side->words + piece->first, piece->end - piece->first, arena, &out->words, &out->word_count))
        return false;
    for (uint32_t i = 0; i < out->word_count; i++) has_marks = has_marks || out->words[i].mark;
    if (making->punctuate && !has_marks && !(plain = join(out, arena))) return false;
    if (plain && making->punctuate(making->punctuate_context, plain, arena, &marked) && marked &&
        !punctuation_take(out->words, out->word_count, marked, arena))
        return false;
    return punctuation_add(out->words, out->word_count, arena);
}

static bool push_turns(turn_list *list, const cs_said_side *side, const cs_said_piece *piece,
                       const cs_transcript_making *making, uint8_t number) {
    cs_said_side said;
    if (!write_words(side, piece, making, list->arena, &said)) return false;
    for (uint32_t first = 0; first < said.word_count && list->out->count < CS_MAX_TURNS;) {
        uint32_t end = said.word_count;
        cs_turn turn = {.participant = making->participants[number], .start_ms = said.words[first].start_ms};
        if (!write_text(&said, first, &end, list->arena, &turn)) return false;
        turn.end_ms = turn.start_ms;
        for (uint32_t i = first; i < end; i++)
            if (said.words[i].end_ms > turn.end_ms) turn.end_ms = said.words[i].end_ms;
        if (!arena_room(list->arena, (void **)&list->out->items, &list->room, list->out->count,
                        sizeof *list->out->items) ||
            !arena_room(list->arena, (void **)&list->sides, &list->side_room, list->out->count, sizeof *list->sides))
            return false;
        list->sides[list->out->count] = number;
        list->out->items[list->out->count++] = turn;
        first = end;
    }
    return true;
}

bool transcript_turns_make(const cs_phrase *phrases, uint32_t count, const cs_transcript_making *making,
                           cs_arena *arena, cs_transcript_turns *out) {
    cs_said_side sides[2], uncut[2];
    *out = (cs_transcript_turns){0};
    turn_list list = {.out = out, .arena = arena};
    for (uint32_t k = 0; k < 2; k++)
        if (!transcript_side_gather(phrases, count, k, arena, &sides[k])) return false;
    memcpy(uncut, sides, sizeof uncut);
    for (uint32_t k = 0; k < 2; k++)
        if (!transcript_side_cut(&sides[k], &uncut[!k], arena)) return false;
    uint32_t at[2] = {0, 0};
    while (at[0] < sides[0].piece_count || at[1] < sides[1].piece_count) {
        bool is_second =
            at[0] == sides[0].piece_count ||
            (at[1] < sides[1].piece_count && sides[1].pieces[at[1]].start_ms < sides[0].pieces[at[0]].start_ms);
        const cs_said_side *side = &sides[is_second];
        if (!push_turns(&list, side, &side->pieces[at[is_second]++], making, is_second)) return false;
    }
    return transcript_signs_annotate(phrases, count, out->items, list.sides, out->count, arena);
}
