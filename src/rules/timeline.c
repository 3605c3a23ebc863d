#include "rules/timeline.h"

#include "rules/syntax.h"

#include <string.h>

void timeline_init(cs_timeline *timeline, const cs_conversation *head, cs_arena *arena) {
    *timeline = (cs_timeline){.head = head,
                              .arena = arena,
                              .is_timed = head->is_timed,
                              .watermark_ms = INT64_MIN,
                              .end_ms = CS_NO_TIME,
                              .first_agent = CS_NO_PARTICIPANT};
}

cs_role timeline_role_of(const cs_timeline *timeline, uint32_t participant) {
    return timeline->head->participants[participant].role;
}

cs_role timeline_role(const cs_timeline *timeline, uint32_t turn) {
    return timeline_role_of(timeline, timeline->turns[turn]->participant);
}

cs_moment timeline_moment(const cs_timeline *timeline, uint32_t turn, uint32_t offset) {
    return (cs_moment){timeline->is_timed ? timeline->turns[turn]->start_ms : 0, turn, offset};
}

bool timeline_add_turn(cs_timeline *t, const cs_turn *turn) {
    if (!arena_room(t->arena, (void **)&t->turns, &t->turn_room, t->turn_count, sizeof *t->turns) ||
        !arena_room(t->arena, (void **)&t->runs, &t->run_room, t->run_count, sizeof *t->runs))
        return false;
    uint32_t index = t->turn_count++;
    t->turns[index] = turn;
    cs_role role = timeline_role(t, index);
    if (role == CS_ROLE_AGENT && t->first_agent == CS_NO_PARTICIPANT) t->first_agent = turn->participant;
    if (role == CS_ROLE_SYSTEM) return true;
    cs_run *last = t->run_count ? &t->runs[t->run_count - 1] : NULL;
    if (last && last->role == role) {
        last->last = index;
        return true;
    }
    if (last) {
        last->is_closed = true;
        last->closed_at = timeline_moment(t, index, 0);
    }
    t->runs[t->run_count++] = (cs_run){.role = role, .first = index, .last = index};
    return true;
}

bool timeline_add_event(cs_timeline *t, const cs_event *event) {
    if (!arena_room(t->arena, (void **)&t->events, &t->event_room, t->event_count, sizeof *t->events)) return false;
    t->events[t->event_count++] = event;
    return true;
}

bool timeline_add_voice(cs_timeline *t, const cs_voice *voice) {
    if (!arena_room(t->arena, (void **)&t->voices, &t->voice_room, t->voice_count, sizeof *t->voices)) return false;
    t->voices[t->voice_count++] = voice;
    return true;
}

void timeline_end(cs_timeline *t) {
    t->is_ended = true;
    t->watermark_ms = INT64_MAX;
    if (t->run_count && !t->runs[t->run_count - 1].is_closed) {
        t->runs[t->run_count - 1].is_closed = true;
        t->runs[t->run_count - 1].closed_at = CS_MOMENT_END;
    }
    if (!t->is_timed) return;
    for (uint32_t i = 0; i < t->turn_count; i++) {
        int64_t end = t->turns[i]->end_ms != CS_NO_TIME ? t->turns[i]->end_ms : t->turns[i]->start_ms;
        if (end > t->end_ms) t->end_ms = end;
    }
    for (uint32_t i = 0; i < t->event_count; i++)
        if (t->events[i]->at_ms > t->end_ms) t->end_ms = t->events[i]->at_ms;
    for (uint32_t i = 0; i < t->voice_count; i++)
        if (t->voices[i]->end_ms > t->end_ms) t->end_ms = t->voices[i]->end_ms;
}

static bool is_of(const cs_run *run, cs_role role) {
    return role == CS_ANYONE || run->role == role;
}

/* Index of the first run that begins behind the turn: runs are in order, so a search by halves finds it. */
static uint32_t first_run_behind(const cs_timeline *t, uint32_t turn) {
    uint32_t low = 0, high = t->run_count;
    if (turn == CS_NO_TURN) return 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (t->runs[middle].first > turn)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

const cs_run *timeline_run_after(const cs_timeline *t, cs_role role, uint32_t turn, uint32_t n) {
    for (uint32_t i = first_run_behind(t, turn); i < t->run_count; i++)
        if (is_of(&t->runs[i], role) && --n == 0) return &t->runs[i];
    return NULL;
}

cs_moment timeline_run_start(const cs_timeline *t, uint32_t turn) {
    uint32_t behind = first_run_behind(t, turn);
    bool is_in_none = timeline_role(t, turn) == CS_ROLE_SYSTEM || behind == 0;
    return timeline_moment(t, is_in_none ? turn : t->runs[behind - 1].first, 0);
}

const cs_run *timeline_run_before(const cs_timeline *t, cs_role role, uint32_t turn, uint32_t n) {
    const cs_run *found = NULL;
    bool has_own = turn != CS_NO_TURN && timeline_role(t, turn) != CS_ROLE_SYSTEM; /* announcements stand in none */
    for (uint32_t i = turn == CS_NO_TURN ? t->run_count : first_run_behind(t, turn); i-- > 0 && n > 0;) {
        if (has_own && t->runs[i].last >= turn) continue; /* the run that the turn itself is in */
        if (!is_of(&t->runs[i], role)) continue;
        found = &t->runs[i];
        n--;
    }
    return found;
}

bool timeline_is_first_agent(const cs_timeline *t, uint32_t turn) {
    return t->turns[turn]->participant == t->first_agent;
}

uint32_t timeline_run_count(const cs_timeline *t, cs_role role) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < t->run_count; i++) count += is_of(&t->runs[i], role);
    return count;
}

uint32_t timeline_who_hung_up(const cs_timeline *t, cs_role role) {
    for (uint32_t i = 0; i < t->event_count; i++) {
        const cs_event *event = t->events[i];
        if (event->participant == CS_NO_PARTICIPANT || strcmp(event->kind, "hang-up") != 0) continue;
        if (t->head->participants[event->participant].role == role) return event->participant;
    }
    return CS_NO_PARTICIPANT;
}

uint32_t timeline_first_at(const cs_timeline *t, cs_moment moment) {
    uint32_t low = 0, high = t->turn_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (moment_compare(timeline_moment(t, middle, 0), moment) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
