#include "quality/search_match.h"

#include "base/utf8.h"
#include "conversation/conversation_mask.h"
#include "text/fold.h"

#include <string.h>

enum { AROUND = 40, MAX_SPANS = 64 }; /* characters shown on each side; matches marked in a turn */

/* ---- a piece in a text ---- */

static bool stands_alone(const cs_folded *folded, const cs_search_piece *piece, uint32_t from) {
    uint32_t to = from + piece->bytes;
    if (!piece->is_beginning) return fold_is_whole_word(folded, from, to);
    const cs_folded until = {.text = folded->text, .bytes = to}; /* whatever follows */
    return fold_is_whole_word(&until, from, to);
}

/* Where the piece stands from at on; UINT32_MAX: nowhere. */
static uint32_t find_piece(const cs_folded *folded, const cs_search_piece *piece, uint32_t at) {
    while (at + piece->bytes <= folded->bytes) {
        const char *hit = memmem(folded->text + at, folded->bytes - at, piece->text, piece->bytes);
        if (!hit) break;
        uint32_t from = (uint32_t)(hit - folded->text);
        if (stands_alone(folded, piece, from)) return from;
        at = from + 1;
    }
    return UINT32_MAX;
}

/* ---- a conversation ---- */

typedef struct matching {
    const cs_search_query *query;
    const cs_conversation *conversation;
    cs_arena *arena;
    bool has[CS_MAX_SEARCH_PIECES];
    unsigned char *turns[CS_MAX_SEARCH_PIECES]; /* of near pieces: in which turns */
    uint32_t best[CS_MAX_SHOWN_TURNS], weights[CS_MAX_SHOWN_TURNS], best_count;
} matching;

/* Keeps the turns with the most pieces; of equal ones the earlier. */
static void note_turn(matching *m, uint32_t turn, uint32_t weight) {
    uint32_t at = m->best_count;
    while (at > 0 && m->weights[at - 1] < weight) at--;
    if (at == CS_MAX_SHOWN_TURNS) return;
    if (m->best_count < CS_MAX_SHOWN_TURNS) m->best_count++;
    for (uint32_t i = m->best_count - 1; i > at; i--) {
        m->best[i] = m->best[i - 1];
        m->weights[i] = m->weights[i - 1];
    }
    m->best[at] = turn;
    m->weights[at] = weight;
}

static bool look_in_turn(matching *m, uint32_t number) {
    const cs_turn *turn = &m->conversation->turns[number];
    cs_role role = m->conversation->participants[turn->participant].role;
    cs_folded folded;
    uint32_t weight = 0;
    if (turn->text_bytes == 0) return true;
    if (!fold_text_only(turn->text, turn->text_bytes, m->arena, &folded)) return false;
    for (uint32_t i = 0; i < m->query->count; i++) {
        const cs_search_piece *piece = &m->query->pieces[i];
        if (piece->role != CS_ROLE_COUNT && piece->role != role) continue;
        if (find_piece(&folded, piece, 0) == UINT32_MAX) continue;
        m->has[i] = true;
        weight += !piece->is_excluded;
        if (!piece->is_near) continue;
        if (!m->turns[i]) m->turns[i] = arena_alloc(m->arena, m->conversation->turn_count);
        if (!m->turns[i]) return false;
        m->turns[i][number] = 1;
    }
    if (weight) note_turn(m, number, weight);
    return true;
}

static bool look_in_known(matching *m, const char *text) {
    cs_folded folded;
    if (!text || !*text) return true;
    if (!fold_text_only(text, strlen(text), m->arena, &folded)) return false;
    for (uint32_t i = 0; i < m->query->count; i++) {
        const cs_search_piece *piece = &m->query->pieces[i];
        if (piece->role != CS_ROLE_COUNT || piece->is_near || m->has[i]) continue;
        if (find_piece(&folded, piece, 0) != UINT32_MAX) m->has[i] = true;
    }
    return true;
}

/* Leaves of reached the turns of the next piece that are at most within from one that was reached. */
static void step_near(unsigned char *reached, const unsigned char *next, uint32_t turns, int within) {
    int64_t last = -1000;
    for (uint32_t i = 0; i < turns; i++) { /* bit 1: reached before, bit 2: near to it */
        if (reached[i] & 1) last = i;
        if (i - last <= within) reached[i] |= 2;
    }
    last = (int64_t)turns + 1000;
    for (uint32_t i = turns; i-- > 0;) {
        if (reached[i] & 1) last = i;
        if (last - i <= within) reached[i] |= 2;
    }
    for (uint32_t i = 0; i < turns; i++) reached[i] = (reached[i] & 2) != 0 && next[i];
}

/* Of the alternative that begins with piece from. */
static bool alternative_holds(matching *m, uint32_t from, uint32_t to, bool *holds) {
    uint32_t turns = m->conversation->turn_count;
    *holds = true;
    for (uint32_t i = from; i < to; i++) *holds = *holds && m->has[i];
    if (!*holds || to - from == 1) return true;
    unsigned char *reached = (unsigned char *)arena_copy(m->arena, (const char *)m->turns[from], turns);
    if (!reached) return false;
    for (uint32_t i = from + 1; i < to; i++) step_near(reached, m->turns[i], turns, m->query->pieces[i].within);
    *holds = memchr(reached, 1, turns) != NULL;
    return true;
}

static bool all_hold(matching *m, bool *holds) {
    const cs_search_query *query = m->query;
    *holds = true;
    for (uint32_t i = 0; i < query->count && *holds;) {
        uint32_t clause = query->pieces[i].clause;
        bool is_excluded = query->pieces[i].is_excluded, has_one = false;
        while (i < query->count && query->pieces[i].clause == clause) {
            uint32_t from = i;
            bool holds_one;
            while (i < query->count && query->pieces[i].alternative == query->pieces[from].alternative) i++;
            if (!alternative_holds(m, from, i, &holds_one)) return false;
            has_one = has_one || holds_one;
        }
        *holds = has_one != is_excluded;
    }
    return true;
}

bool search_match(const cs_search_query *query, const cs_conversation *conversation, cs_arena *arena,
                  cs_search_found *found) {
    matching m = {.query = query, .conversation = conversation, .arena = arena};
    const cs_participant *agent = conversation_agent(conversation);
    const char *known[] = {conversation->title, conversation->external_id, conversation->customer,
                           agent ? agent->name : NULL};
    *found = (cs_search_found){.holds = false};
    for (uint32_t i = 0; i < conversation->turn_count; i++)
        if (!look_in_turn(&m, i)) return false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (!look_in_known(&m, known[i])) return false;
    if (!all_hold(&m, &found->holds)) return false;
    for (uint32_t i = 0; i < m.best_count; i++) { /* in their order again */
        uint32_t at = found->turn_count++;
        for (; at > 0 && found->turns[at - 1] > m.best[i]; at--) found->turns[at] = found->turns[at - 1];
        found->turns[at] = m.best[i];
    }
    return true;
}

/* ---- what is shown ---- */

typedef struct span {
    uint32_t from, to; /* code points of the original */
} span;

/* In order and apart from each other. */
static uint32_t find_spans(const cs_search_query *query, cs_role role, const cs_folded *folded, span *spans) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < query->count; i++) {
        const cs_search_piece *piece = &query->pieces[i];
        if (piece->is_excluded || (piece->role != CS_ROLE_COUNT && piece->role != role)) continue;
        uint32_t at = 0;
        while (count < MAX_SPANS && (at = find_piece(folded, piece, at)) != UINT32_MAX) {
            const span one = {folded->origin[at], folded->origin[at + piece->bytes - 1] + 1};
            uint32_t place = count++;
            for (; place > 0 && spans[place - 1].from > one.from; place--) spans[place] = spans[place - 1];
            spans[place] = one;
            at += piece->bytes;
        }
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kept && spans[i].from <= spans[kept - 1].to) {
            if (spans[i].to > spans[kept - 1].to) spans[kept - 1].to = spans[i].to;
        } else
            spans[kept++] = spans[i];
    }
    return kept;
}

static void part_write(cs_json_writer *out, const cs_turn *turn, span part, bool is_match) {
    if (part.from >= part.to) return;
    size_t from = utf8_offset(turn->text, turn->text_bytes, part.from);
    size_t to = from + utf8_offset(turn->text + from, turn->text_bytes - from, part.to - part.from);
    json_object_open(out, NULL);
    json_write_bytes(out, "text", turn->text + from, to - from);
    json_write_bool(out, "is_match", is_match);
    json_object_close(out);
}

static void cut_write(cs_json_writer *out) {
    json_object_open(out, NULL);
    json_write_string(out, "text", "…");
    json_write_bool(out, "is_match", false);
    json_object_close(out);
}

static bool turn_write(cs_json_writer *out, const cs_search_query *query, const cs_conversation *conversation,
                       uint32_t number, cs_arena *arena) {
    const cs_turn *turn = &conversation->turns[number];
    cs_role role = conversation->participants[turn->participant].role;
    cs_folded folded;
    span spans[MAX_SPANS];
    if (!fold_text(turn->text, turn->text_bytes, arena, &folded)) return false;
    uint32_t count = find_spans(query, role, &folded, spans), length = folded.origin[folded.bytes];
    if (count == 0) return true;
    cs_turn shown = *turn; /* what was looked for is found; what is shown is covered, in the same places */
    if (!out->is_revealed) {
        size_t bytes = 0;
        shown.text = conversation_mask_turn(conversation, number, arena, &bytes);
        if (!shown.text) return false;
        shown.text_bytes = (uint32_t)bytes;
    }
    uint32_t from = spans[0].from > AROUND ? spans[0].from - AROUND : 0;
    uint32_t to = spans[0].to + AROUND < length ? spans[0].to + AROUND : length;
    json_object_open(out, NULL);
    json_write_int(out, "turn", (int64_t)number + 1);
    json_write_string(out, "role", role_name(role));
    json_array_open(out, "parts");
    if (from > 0) cut_write(out);
    for (uint32_t i = 0; i < count && spans[i].from < to; i++) {
        span part = {spans[i].from, spans[i].to < to ? spans[i].to : to};
        part_write(out, &shown, (span){from, part.from}, false);
        part_write(out, &shown, part, true);
        from = part.to;
    }
    part_write(out, &shown, (span){from, to}, false);
    if (to < length) cut_write(out);
    json_array_close(out);
    json_object_close(out);
    return true;
}

bool matches_write(cs_json_writer *out, const cs_search_query *query, const cs_conversation *conversation,
                   const cs_search_found *found, cs_arena *arena) {
    bool is_whole = true;
    json_array_open(out, "matches");
    for (uint32_t i = 0; i < found->turn_count && is_whole; i++)
        is_whole = turn_write(out, query, conversation, found->turns[i], arena);
    json_array_close(out);
    return is_whole;
}
