#include "speech/written.h"

#include "base/buffer.h"
#include "conversation/conversation.h"
#include "speech/written_edits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TEXT_BYTES = 1 << 20 };

void written_push(cs_written_edits *edits, uint32_t from, uint32_t to, const char *text) {
    const char *copy = arena_string(edits->arena, text);
    if (edits->has_failed || !copy ||
        !arena_room(edits->arena, (void **)&edits->items, &edits->room, edits->count, sizeof *edits->items)) {
        edits->has_failed = true;
        return;
    }
    edits->items[edits->count++] = (cs_written_edit){from, to, copy};
}

static int compare(const void *left, const void *right) {
    const cs_written_edit *a = left, *b = right;
    return a->from < b->from ? -1 : a->from > b->from;
}

bool written_find(const char *text, uint32_t bytes, cs_arena *arena, cs_written_edit **out, uint32_t *count) {
    cs_written_edits edits = {.arena = arena};
    written_chinese(text, bytes, &edits);
    written_english(text, bytes, &edits);
    if (edits.count > 1) qsort(edits.items, edits.count, sizeof *edits.items, compare);
    *out = edits.items;
    *count = edits.count;
    return !edits.has_failed;
}

const char *written_text(const char *text, uint32_t bytes, cs_arena *arena) {
    cs_written_edit *edits;
    uint32_t count, at = 0;
    cs_buffer whole;
    if (!written_find(text, bytes, arena, &edits, &count)) return NULL;
    buffer_init(&whole, MOST_TEXT_BYTES);
    for (uint32_t i = 0; i < count; i++) {
        buffer_append(&whole, text + at, edits[i].from - at);
        buffer_text(&whole, edits[i].text);
        at = edits[i].to;
    }
    buffer_append(&whole, text + at, bytes - at);
    const char *copy = whole.is_failed ? NULL : arena_copy(arena, whole.data ? whole.data : "", whole.length);
    buffer_free(&whole);
    return copy;
}

/* ---- words ---- */

bool words_have_blank(const cs_heard_word *before, const cs_heard_word *word) {
    if (!before) return false;
    if (before->mark) return (unsigned char)before->mark[strlen(before->mark) - 1] < 0x80;
    return !word->is_joined;
}

/* The words as one text, and where each begins in it. */
static bool join(const cs_heard_word *words, uint32_t count, cs_buffer *text, uint32_t *from) {
    for (uint32_t i = 0; i < count; i++) {
        if (words_have_blank(i ? &words[i - 1] : NULL, &words[i])) buffer_append(text, " ", 1);
        from[i] = (uint32_t)text->length;
        buffer_text(text, words[i].text);
        if (words[i].mark) buffer_text(text, words[i].mark);
    }
    return !text->is_failed;
}

static const char *join_sounds(const cs_heard_word *words, uint32_t count, cs_arena *arena) {
    const char *sounds = words[0].sounds;
    for (uint32_t i = 1; i < count && sounds; i++)
        sounds = words[i].sounds ? arena_printf(arena, "%s %s", sounds, words[i].sounds) : NULL;
    return sounds && strlen(sounds) < CS_MAX_SOUNDS_BYTES ? sounds : NULL;
}

/* words[0..count) with the edits that touch them become one word. */
static bool merge(const cs_heard_word *words, uint32_t count, const uint32_t *from, const char *text,
                  const cs_written_edit *edits, uint32_t edit_count, cs_arena *arena, cs_heard_word *out) {
    const cs_heard_word *last = &words[count - 1];
    uint32_t at = from[0], end = from[count - 1] + (uint32_t)strlen(last->text);
    const char *made = "";
    for (uint32_t i = 0; made && i < edit_count; i++) {
        made = arena_printf(arena, "%s%.*s%s", made, (int)(edits[i].from - at), text + at, edits[i].text);
        at = edits[i].to;
    }
    if (made && at < end) made = arena_printf(arena, "%s%.*s", made, (int)(end - at), text + at);
    *out = words[0];
    out->text = made;
    out->mark = last->mark;
    out->is_tied = last->is_tied;
    out->end_ms = last->end_ms;
    out->sounds = join_sounds(words, count, arena);
    for (uint32_t i = 1; i < count; i++)
        if (words[i].confidence < out->confidence) out->confidence = words[i].confidence;
    return made != NULL;
}

static bool apply(const cs_heard_word *words, uint32_t count, const uint32_t *from, const char *text,
                  const cs_written_edit *edits, uint32_t edit_count, cs_arena *arena, cs_heard_word *out,
                  uint32_t *out_count) {
    uint32_t e = 0, made = 0;
    for (uint32_t i = 0; i < count;) {
        uint32_t end = i + 1, first = e;
        while (e < edit_count && edits[e].from < from[end - 1] + strlen(words[end - 1].text)) {
            while (end < count && from[end] < edits[e].to) end++;
            e++;
        }
        if (first == e)
            out[made++] = words[i];
        else if (!merge(words + i, end - i, from + i, text, edits + first, e - first, arena, &out[made++]))
            return false;
        i = end;
    }
    *out_count = made;
    return true;
}

bool written_words(const cs_heard_word *words, uint32_t count, cs_arena *arena, cs_heard_word **out,
                   uint32_t *out_count) {
    cs_buffer text;
    cs_written_edit *edits = NULL;
    uint32_t edit_count = 0, *from = arena_array(arena, (size_t)count + 1, sizeof *from);
    cs_heard_word *made = arena_array(arena, (size_t)count + 1, sizeof *made);
    buffer_init(&text, MOST_TEXT_BYTES);
    bool is_good = from && made && join(words, count, &text, from);
    is_good = is_good && written_find(text.data ? text.data : "", (uint32_t)text.length, arena, &edits, &edit_count);
    is_good = is_good && apply(words, count, from, text.data, edits, edit_count, arena, made, out_count);
    buffer_free(&text);
    *out = made;
    return is_good;
}
