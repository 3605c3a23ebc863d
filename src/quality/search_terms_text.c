/* What the index holds of a conversation. */
#include "base/hash.h"
#include "quality/search_match.h"
#include "quality/search_side.h"
#include "text/fold.h"

#include <stdio.h>
#include <string.h>

void search_filter_term(char what, const char *value, char out[20]) {
    cs_hash hash = hash_bytes(value, strlen(value));
    (void)snprintf(out, 20, "%c%02x%02x%02x%02x", what, hash.bytes[0], hash.bytes[1], hash.bytes[2], hash.bytes[3]);
}

static void add_filter(cs_search_set *set, char what, const char *value) {
    char term[20];
    if (!value) return;
    search_filter_term(what, value, term);
    (void)search_set_add(set, CS_SIDE_FILTER, term, strlen(term));
}

static void add_filters(cs_search_set *set, const cs_conversation *conversation) {
    const cs_participant *agent = conversation_agent(conversation);
    add_filter(set, 'a', agent ? agent->name : NULL);
    add_filter(set, 't', agent ? agent->team : NULL);
    add_filter(set, 'q', conversation->queue);
    add_filter(set, 'c', channel_name(conversation->channel));
}

static bool add_text(cs_search_set *set, char side, const char *text, size_t bytes, cs_arena *arena) {
    cs_folded folded;
    if (!text || bytes == 0) return true;
    return fold_text_only(text, bytes, arena, &folded) && search_set_text(set, side, folded.text, folded.bytes);
}

static bool fill(const cs_conversation *conversation, cs_arena *arena, cs_search_set *set) {
    const cs_participant *agent = conversation_agent(conversation);
    const char *known[] = {conversation->title, conversation->external_id, conversation->customer,
                           agent ? agent->name : NULL};
    bool is_whole = true;
    search_set_clear(set);
    add_filters(set, conversation);
    for (size_t i = 0; i < sizeof known / sizeof known[0] && is_whole; i++)
        is_whole = add_text(set, CS_SIDE_KNOWN, known[i], known[i] ? strlen(known[i]) : 0, arena);
    for (uint32_t i = 0; i < conversation->turn_count && is_whole; i++) {
        const cs_turn *turn = &conversation->turns[i];
        char side = search_side(conversation->participants[turn->participant].role);
        is_whole = add_text(set, side, turn->text, turn->text_bytes, arena);
    }
    if (is_whole || !set->is_full) return is_whole;
    search_set_clear(set);
    add_filters(set, conversation);
    return search_set_add(set, CS_SIDE_WHOLE, CS_WHOLE_TERM, strlen(CS_WHOLE_TERM));
}

const char *search_terms_text(const cs_conversation *conversation, cs_arena *arena, cs_search_set *set) {
    if (!fill(conversation, arena, set)) return NULL;
    size_t length = set->text.length;
    return arena_copy(arena, length ? set->text.data : "", length ? length - 1 : 0); /* the last space goes */
}
