#include "conversation/hearing_voices.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_BACK = 64, /* turns that are looked at for one voice */
    LEAST_PIECE_MS = 100,
    NEAR_MS = 1000, /* a voice so near to a turn belongs to it */
    ONE_TURN_GAP_MS = 1000, /* a shorter pause does not end a turn */
    LEAST_TURN_MS = 200,
};

/* ---- participants ---- */

/* CS_NO_PARTICIPANT: no memory, or too many. */
static uint32_t add_participant(cs_conversation *c, cs_arena *arena, const char *id, cs_role role) {
    if (c->participant_count == CS_MAX_PARTICIPANTS) return CS_NO_PARTICIPANT;
    cs_participant *all = arena_array(arena, (size_t)c->participant_count + 1, sizeof *all);
    const char *own = arena_string(arena, id);
    for (uint32_t i = 0; own && i < c->participant_count; i++) /* somebody may be called so */
        if (strcmp(c->participants[i].id, own) == 0) own = arena_printf(arena, "%s'", own), i = UINT32_MAX;
    if (!all || !own) return CS_NO_PARTICIPANT;
    if (c->participant_count) memcpy(all, c->participants, c->participant_count * sizeof *all);
    all[c->participant_count] = (cs_participant){.id = own, .role = role};
    c->participants = all;
    return c->participant_count++;
}

static uint32_t of_role(const cs_conversation *c, cs_role role) {
    for (uint32_t i = 0; i < c->participant_count; i++)
        if (c->participants[i].role == role) return i;
    return CS_NO_PARTICIPANT;
}

static bool fill_participants(cs_conversation *c, const cs_heard *heard, cs_sides *sides, cs_arena *arena) {
    static const char *const ids[] = {"channel-1", "channel-2"};
    for (int k = 0; k < (sides->is_one ? 1 : 2); k++) {
        if (sides->participants[k] != CS_NO_PARTICIPANT) continue;
        if (heard->report.sides[k].voiced_ms == 0 && !sides->is_one) continue; /* nobody there */
        cs_role role = sides->roles[k];
        const char *id = role == CS_ROLE_UNDECIDED ? ids[k] : role_name(role);
        sides->participants[k] = add_participant(c, arena, id, role);
        if (sides->participants[k] == CS_NO_PARTICIPANT) return false;
    }
    return true;
}

/* ---- voices ---- */

static bool push(cs_voices *out, cs_arena *arena, const cs_sound *s, uint32_t participant, int64_t from, int64_t to) {
    if (to <= from || out->count == CS_MAX_VOICES) return true;
    if (!arena_room(arena, (void **)&out->items, &out->room, out->count, sizeof *out->items)) return false;
    out->items[out->count++] = (cs_voice){
        .participant = participant, .start_ms = from, .end_ms = to, .level_db = s->level_db, .pitch_hz = s->pitch_hz};
    return true;
}

static int64_t end_of(const cs_turn *turn) {
    return turn->end_ms == CS_NO_TIME ? turn->start_ms : turn->end_ms;
}

static bool is_same_side(cs_role a, cs_role b) {
    bool is_service = a == CS_ROLE_AGENT || a == CS_ROLE_BOT || a == CS_ROLE_SYSTEM;
    return is_service ? b == CS_ROLE_AGENT || b == CS_ROLE_BOT || b == CS_ROLE_SYSTEM : a == b;
}

/* On one side there may be several: a bot, then an agent, then another. Of those on this side whose turn shares most time
 * with the voice; else who had the last turn; else whoever stands for the side. */
static uint32_t who_on_side(const cs_conversation *c, const cs_sound *s, cs_role role, uint32_t otherwise) {
    int64_t most = 0;
    uint32_t best = CS_NO_PARTICIPANT, last = CS_NO_PARTICIPANT;
    uint32_t behind = c->is_timed ? conversation_turns_before(c, s->end_ms) : 0;
    for (uint32_t k = behind; k-- > 0 && behind - k <= MOST_BACK;) {
        const cs_turn *turn = &c->turns[k];
        if (!is_same_side(role, c->participants[turn->participant].role)) continue;
        int64_t from = s->start_ms > turn->start_ms ? s->start_ms : turn->start_ms;
        int64_t to = s->end_ms < end_of(turn) ? s->end_ms : end_of(turn);
        if (to - from > most) most = to - from, best = turn->participant;
        if (last == CS_NO_PARTICIPANT && c->participants[turn->participant].role != CS_ROLE_SYSTEM)
            last = turn->participant;
    }
    return best != CS_NO_PARTICIPANT ? best : last != CS_NO_PARTICIPANT ? last : otherwise;
}

/* Whose turn is nearest, within a second; else the channel's own, undecided. */
static uint32_t who_is_near(const cs_conversation *c, int64_t from, int64_t to, uint32_t otherwise) {
    int64_t least = NEAR_MS;
    uint32_t best = otherwise, behind = conversation_turns_before(c, to + NEAR_MS);
    for (uint32_t k = behind; k-- > 0 && behind - k <= MOST_BACK;) {
        const cs_turn *turn = &c->turns[k];
        int64_t distance = turn->start_ms >= to ? turn->start_ms - to : from - end_of(turn);
        if (distance < least) least = distance, best = turn->participant;
    }
    return best;
}

/* Both sides on one channel: the turns tell who it is, piece by piece. */
static bool push_by_turns(cs_conversation *c, const cs_sound *s, uint32_t otherwise, cs_arena *arena, cs_voices *out) {
    uint32_t behind = conversation_turns_before(c, s->end_ms);
    uint32_t first = behind > MOST_BACK ? behind - MOST_BACK : 0;
    int64_t covered = s->start_ms; /* so far somebody's */
    bool is_good = true;
    for (uint32_t k = first; k < behind && is_good; k++) {
        const cs_turn *turn = &c->turns[k];
        int64_t from = s->start_ms > turn->start_ms ? s->start_ms : turn->start_ms;
        int64_t to = s->end_ms < end_of(turn) ? s->end_ms : end_of(turn);
        if (to - from < LEAST_PIECE_MS) continue;
        if (from - covered >= LEAST_PIECE_MS)
            is_good = push(out, arena, s, who_is_near(c, covered, from, otherwise), covered, from);
        else if (from > covered)
            from = covered;
        is_good = is_good && push(out, arena, s, turn->participant, from, to);
        if (to > covered) covered = to;
    }
    if (s->end_ms - covered >= LEAST_PIECE_MS || covered == s->start_ms)
        is_good = is_good && push(out, arena, s, who_is_near(c, covered, s->end_ms, otherwise), covered, s->end_ms);
    return is_good;
}

static int compare_voices(const void *left, const void *right) {
    const cs_voice *a = left, *b = right;
    if (a->start_ms != b->start_ms) return a->start_ms < b->start_ms ? -1 : 1;
    if (a->participant != b->participant) return a->participant < b->participant ? -1 : 1;
    return a->end_ms < b->end_ms ? -1 : a->end_ms > b->end_ms;
}

/* Nobody unknown was heard after all. */
static void drop_unheard(cs_conversation *c, const cs_voices *voices, cs_sides *sides) {
    uint32_t who = sides->participants[0];
    if (who == CS_NO_PARTICIPANT || who + 1 != c->participant_count || c->participants[who].role != CS_ROLE_UNDECIDED)
        return;
    for (uint32_t i = 0; i < voices->count; i++)
        if (voices->items[i].participant == who) return;
    for (uint32_t i = 0; i < c->turn_count; i++)
        if (c->turns[i].participant == who) return;
    for (uint32_t i = 0; i < c->event_count; i++)
        if (c->events[i].participant == who) return;
    c->participant_count--;
    sides->participants[0] = CS_NO_PARTICIPANT;
}

/* Behind the end of the recording, and of a side that was not recorded, the transcript is all there is: who speaks when is read from
 * its turns, as it would be without a recording. */
static bool push_unrecorded(const cs_conversation *c, const cs_heard *heard, const cs_sides *sides, cs_arena *arena,
                            cs_voices *out) {
    bool is_recorded[2] = {sides->is_one, sides->is_one}; /* service, customer */
    bool is_good = true, is_half = sides->is_one && sides->roles[0] != CS_ROLE_UNDECIDED;
    for (int k = 0; k < 2 && !sides->is_one; k++)
        if (heard->report.sides[k].voiced_ms > 0 || sides->roles[k] == CS_ROLE_UNDECIDED)
            is_recorded[sides->roles[k] == CS_ROLE_CUSTOMER] = true;
    if (is_half) is_recorded[sides->roles[0] != CS_ROLE_CUSTOMER] = false;
    if (!sides->is_one && sides->roles[0] == CS_ROLE_UNDECIDED) is_recorded[0] = is_recorded[1] = true;
    for (uint32_t i = 0; i < c->turn_count && is_good; i++) {
        const cs_turn *turn = &c->turns[i];
        bool is_customer = c->participants[turn->participant].role == CS_ROLE_CUSTOMER;
        int64_t from = turn->start_ms, end = end_of(turn), heard_ms = heard->report.duration_ms;
        if (is_recorded[is_customer] && from < heard_ms) from = heard_ms;
        cs_sound none = {.kind = CS_SOUND_VOICE};
        is_good = push(out, arena, &none, turn->participant, from, end);
    }
    return is_good;
}

bool voices_attribute(cs_conversation *c, const cs_heard *heard, cs_sides *sides, cs_arena *arena, cs_voices *out) {
    *out = (cs_voices){0};
    uint32_t system = of_role(c, CS_ROLE_SYSTEM);
    bool has_turns = c->turn_count > 0 && c->is_timed;
    if (!(sides->is_one && has_turns) && !fill_participants(c, heard, sides, arena)) return false;
    bool is_good = true;
    for (uint32_t i = 0; i < heard->sound_count && is_good; i++) {
        const cs_sound *s = &heard->sounds[i];
        int channel = s->channel > 0;
        if (sides->is_one && channel > 0) continue; /* the same again */
        if (s->kind == CS_SOUND_ANNOUNCEMENT && system == CS_NO_PARTICIPANT)
            system = add_participant(c, arena, "announcement", CS_ROLE_SYSTEM);
        if (s->kind == CS_SOUND_ANNOUNCEMENT && system != CS_NO_PARTICIPANT) {
            is_good = push(out, arena, s, system, s->start_ms, s->end_ms);
        } else if (s->kind == CS_SOUND_VOICE && sides->is_one && has_turns) {
            if (sides->participants[0] == CS_NO_PARTICIPANT)
                sides->participants[0] = add_participant(c, arena, "unknown", CS_ROLE_UNDECIDED);
            is_good =
                sides->participants[0] != CS_NO_PARTICIPANT && push_by_turns(c, s, sides->participants[0], arena, out);
        } else if (s->kind == CS_SOUND_VOICE && sides->participants[channel] != CS_NO_PARTICIPANT) {
            uint32_t who = who_on_side(c, s, sides->roles[channel], sides->participants[channel]);
            is_good = push(out, arena, s, who, s->start_ms, s->end_ms);
        }
    }
    if (has_turns) is_good = is_good && push_unrecorded(c, heard, sides, arena, out);
    if (out->count) qsort(out->items, out->count, sizeof *out->items, compare_voices);
    if (sides->is_one && has_turns) drop_unheard(c, out, sides);
    return is_good;
}

/* ---- turns without words ---- */

static bool push_turn(cs_conversation *c, uint32_t *room, const cs_turn *turn, cs_arena *arena) {
    if (turn->end_ms - turn->start_ms < LEAST_TURN_MS || c->turn_count == CS_MAX_TURNS) return true;
    if (!arena_room(arena, (void **)&c->turns, room, c->turn_count, sizeof *c->turns)) return false;
    c->turns[c->turn_count++] = *turn;
    return true;
}

/* Voices of one participant with short pauses, and nobody else's beginning between them, are one turn. */
bool voices_make_turns(cs_conversation *c, cs_arena *arena) {
    uint32_t room = 0;
    cs_turn turn = {.end_ms = CS_NO_TIME};
    bool has_turn = false, is_good = true;
    c->turns = NULL;
    for (uint32_t i = 0; i < c->voice_count && is_good; i++) {
        const cs_voice *v = &c->voices[i];
        if (has_turn && v->participant == turn.participant && v->start_ms - turn.end_ms < ONE_TURN_GAP_MS) {
            if (v->end_ms > turn.end_ms) turn.end_ms = v->end_ms;
            continue;
        }
        if (has_turn) is_good = push_turn(c, &room, &turn, arena);
        has_turn = true;
        turn = (cs_turn){
            .participant = v->participant, .start_ms = v->start_ms, .end_ms = v->end_ms, .text = "", .confidence = -1};
    }
    return is_good && (!has_turn || push_turn(c, &room, &turn, arena));
}
