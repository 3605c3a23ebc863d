#include "speech/transcript.h"

#include "conversation/hearing.h"
#include "speech/transcript_signs.h"
#include "speech/transcript_turns.h"

#include <string.h>

enum { MOST_LANGUAGES = 8 }; /* that are counted */

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for the transcript");
}

static bool has_words(const cs_conversation *c) {
    for (uint32_t i = 0; i < c->turn_count; i++)
        if (c->turns[i].text_bytes > 0) return true;
    return false;
}

/* Whether the title was made of the words that go (conversation_finish): then it is made anew. */
static bool is_title_of_words(const cs_conversation *c) {
    size_t bytes = c->title ? strlen(c->title) : 0;
    for (uint32_t i = 0; i < c->turn_count && bytes; i++)
        if (c->turns[i].text_bytes >= bytes && memcmp(c->turns[i].text, c->title, bytes) == 0) return true;
    return false;
}

/* Events without a time stand behind so many turns: of other turns that says no more than first or last. */
static void place_events(cs_conversation *c, uint32_t turn_count) {
    for (uint32_t i = 0; i < c->event_count; i++) {
        cs_event *event = &c->events[i];
        if (event->after_turn >= c->turn_count || event->after_turn > turn_count) event->after_turn = UINT32_MAX;
    }
}

static bool copy_recognition(const cs_recognition *from, cs_arena *arena, const cs_recognition **out) {
    cs_recognition *r = arena_alloc(arena, sizeof *r);
    if (!r) return false;
    *r = *from;
    r->model = arena_string(arena, from->model ? from->model : "");
    r->version = arena_string(arena, from->version ? from->version : "");
    *out = r;
    return r->model && r->version;
}

static cs_error check(const cs_conversation *c, const cs_phrase *phrases, uint32_t count,
                      const cs_transcript_making *making, cs_message *message) {
    if (has_words(c) && !c->recognition && !making->may_replace) {
        message_set(message, CS_ERR_CONFLICT, "the conversation has a transcript that was given");
        message_remedy(message, "recognise it again only when ours is to stand in its place");
        return CS_ERR_CONFLICT;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (phrases[i].word_count == 0) continue;
        if (phrases[i].side > 1 || making->participants[phrases[i].side] >= c->participant_count)
            return message_set(message, CS_ERR_USAGE, "a phrase is on channel %u, where nobody stands",
                               phrases[i].side + 1);
    }
    return CS_OK;
}

/* In which most phrases are; NULL: the model doesn't say. */
static const char *language_of(const cs_phrase *phrases, uint32_t count, cs_arena *arena) {
    const char *best = NULL;
    uint32_t most = 0;
    for (uint32_t i = 0, looked = 0; i < count && looked < MOST_LANGUAGES; i++) {
        uint32_t same = 0;
        if (!phrases[i].language || !*phrases[i].language || (best && strcmp(best, phrases[i].language) == 0)) continue;
        for (uint32_t k = i; k < count; k++)
            same += phrases[k].language && strcmp(phrases[k].language, phrases[i].language) == 0;
        looked++;
        if (same > most) most = same, best = phrases[i].language;
    }
    return arena_string(arena, best);
}

cs_error transcript_apply(cs_conversation *c, const cs_phrase *phrases, uint32_t count,
                          const cs_transcript_making *making, cs_arena *arena, cs_message *message) {
    cs_error code = check(c, phrases, count, making, message);
    if (code != CS_OK) return code;
    cs_transcript_turns turns;
    if (!transcript_turns_make(phrases, count, making, arena, &turns)) return no_memory(message);
    if (!copy_recognition(&making->recognition, arena, &c->recognition)) return no_memory(message);
    if (turns.count == 0) return conversation_finish(c, arena, message);
    if (is_title_of_words(c)) c->title = NULL;
    place_events(c, turns.count);
    if (!c->language) c->language = language_of(phrases, count, arena);
    c->turns = turns.items;
    c->turn_count = turns.count;
    if (!transcript_signs_list(phrases, count, c, arena) || !hearing_measure(c, arena)) return no_memory(message);
    float by_words = -1;
    sides_roles_by_words(c, arena, &by_words);
    return conversation_finish(c, arena, message);
}
