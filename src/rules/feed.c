#include "rules/feed.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- shared ---- */

bool feed_is_text(const cs_timeline *timeline) {
    cs_channel channel = timeline->head->channel;
    return channel == CS_CHANNEL_CHAT || channel == CS_CHANNEL_EMAIL || channel == CS_CHANNEL_TICKET ||
           channel == CS_CHANNEL_SURVEY;
}

bool feed_compares(cs_compare compare, double value, double limit) {
    switch (compare) {
    case COMPARE_EQ: return value >= limit && value <= limit;
    case COMPARE_NE: return value < limit || value > limit;
    case COMPARE_LT: return value < limit;
    case COMPARE_LE: return value <= limit;
    case COMPARE_GT: return value > limit;
    case COMPARE_GE: return value >= limit;
    }
    return false;
}

const char *feed_words(cs_feed *feed, const char *format, ...) {
    char words[120];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    const char *kept = arena_string(feed->table->arena, words);
    if (!kept) feed->is_out_of_memory = true;
    return kept ? kept : "";
}

/* The turn as a whole, at its first character. */
cs_occurrence feed_occurrence(const cs_feed *feed, uint32_t turn, const char *how) {
    const cs_turn *t = feed->timeline->turns[turn];
    return (cs_occurrence){.moment = timeline_moment(feed->timeline, turn, 0), /* as it opens */
                           .turn = turn,
                           .start_ms = feed->timeline->is_timed ? t->start_ms : CS_NO_TIME,
                           .end_ms = feed->timeline->is_timed ? (t->end_ms == CS_NO_TIME ? t->start_ms : t->end_ms)
                                                              : CS_NO_TIME,
                           .matched = "",
                           .how = how};
}

cs_occurrence feed_spoken_occurrence(const cs_spoken *spoken, const char *how) {
    return (cs_occurrence){.moment = spoken->moment,
                           .turn = spoken->turn,
                           .start_ms = spoken->start_ms,
                           .end_ms = spoken->end_ms == CS_NO_TIME ? spoken->start_ms : spoken->end_ms,
                           .matched = "",
                           .how = how};
}

static void add_of(cs_feed *feed, const cs_node *atom, uint32_t participant, cs_occurrence o) {
    cs_role role = timeline_role_of(feed->timeline, participant);
    if (atom->role != CS_ANYONE && role == CS_ROLE_UNDECIDED) {
        if (!o.is_possible) o.reason = CS_REASON_ROLE_UNKNOWN;
        o.is_possible = true;
    } else if (atom->role != CS_ANYONE &&
               (role != atom->role || (atom->is_first && participant != feed->timeline->first_agent))) {
        o.why = CS_WHY_WRONG_SIDE;
    }
    if (!table_add(feed->table, atom->atom, &o)) feed->is_out_of_memory = true;
}

void feed_add(cs_feed *feed, const cs_node *atom, cs_occurrence o) {
    add_of(feed, atom, feed->timeline->turns[o.turn]->participant, o);
}

void feed_add_spoken(cs_feed *feed, const cs_node *atom, const cs_spoken *spoken, cs_occurrence o) {
    add_of(feed, atom, spoken->participant, o);
}

uint32_t feed_last_turn(const cs_feed *feed) {
    return feed->timeline->head->is_heard && feed->last_participant != CS_NO_PARTICIPANT
               ? feed->speakers[feed->last_participant].last_turn
               : feed->last_turn;
}

static bool needs_times(const cs_node *atom) {
    switch (atom->operator) {
    case OPERATOR_SILENCE:
    case OPERATOR_RESPONSE:
    case OPERATOR_OVERLAP:
    case OPERATOR_INTERRUPTS:
    case OPERATOR_PACE: return true;
    case OPERATOR_HOLD:
    case OPERATOR_HANG_UP: return atom->has_compare;
    default: return false;
    }
}

static bool needs_words(const cs_node *atom) {
    switch (atom->operator) {
    case OPERATOR_SAYS:
    case OPERATOR_ASSERTS:
    case OPERATOR_SOUNDS:
    case OPERATOR_PLAIN:
    case OPERATOR_SIMILAR:
    case OPERATOR_FACT:
    case OPERATOR_REPEATS:
    case OPERATOR_ASKS:
    case OPERATOR_PACE: return true;
    case OPERATOR_INTENT: return atom->demand != 0;
    default: return false;
    }
}

static bool needs_annotations(const cs_node *atom) {
    switch (atom->operator) {
    case OPERATOR_ENTITY:
    case OPERATOR_TOPIC:
    case OPERATOR_EMOTION:
    case OPERATOR_ANSWERS:
    case OPERATOR_MODEL:
    case OPERATOR_LOUDNESS:
    case OPERATOR_PITCH: return true;
    case OPERATOR_INTENT: return atom->demand == 0;
    default: return false;
    }
}

static bool has_annotations(const cs_conversation *head, const char *kind) {
    for (uint32_t i = 0; i < head->annotated_count; i++)
        if (strcmp(head->annotated[i], kind) == 0) return true;
    return false;
}

bool feed_is_unknown(const cs_timeline *timeline, const cs_syntax *syntax, const cs_node *atom, cs_reason *reason) {
    if (timeline->head->is_wordless && needs_words(atom)) {
        *reason = CS_REASON_NO_WORDS;
        return true;
    }
    if (atom->operator== OPERATOR_FACT && !syntax->facts) {
        *reason = CS_REASON_NO_ENTRY;
        return true;
    }
    if (needs_times(atom) && !timeline->is_timed) {
        *reason = CS_REASON_NO_TIMES;
        return true;
    }
    if (!needs_annotations(atom)) return false;
    *reason = CS_REASON_WAITING;
    return !has_annotations(timeline->head, vocabulary_operator(atom->operator)->word);
}

/* ---- feeding ---- */

bool feed_init(cs_feed *feed, const cs_syntax *syntax, cs_timeline *timeline, cs_table *table, cs_arena *scratch) {
    *feed = (cs_feed){.syntax = syntax,
                      .timeline = timeline,
                      .table = table,
                      .arena = timeline->arena,
                      .scratch = scratch,
                      .checked_ms = INT64_MIN,
                      .spoken_ms = CS_NO_TIME,
                      .free_ms = CS_NO_TIME,
                      .held_ms = CS_NO_TIME,
                      .holder = CS_NO_PARTICIPANT,
                      .last_role = CS_ROLE_SYSTEM,
                      .last_turn = CS_NO_TURN,
                      .last_participant = CS_NO_PARTICIPANT};
    if (!syntax->feed_count) return true;
    for (int i = 0; i < CS_ROLE_COUNT; i++) {
        feed->role_end_ms[i] = CS_NO_TIME;
        feed->waiting[i].since_ms = CS_NO_TIME;
    }
    feed->speakers = arena_array(feed->arena, timeline->head->participant_count + 1, sizeof *feed->speakers);
    if (!feed->speakers) return false;
    for (uint32_t i = 0; i < timeline->head->participant_count; i++)
        feed->speakers[i] = (cs_speaker){.emotion = -1, .last_turn = CS_NO_TURN};
    return true;
}

void feed_until(cs_feed *feed, int64_t time_ms) {
    const cs_syntax *syntax = feed->syntax;
    if (!syntax->timer_count || !feed->timeline->is_timed) return;
    if (feed->timeline->is_ended && time_ms > feed->timeline->end_ms) time_ms = feed->timeline->end_ms;
    if (time_ms <= feed->checked_ms) return;
    for (uint32_t i = 0; i < syntax->timer_count && !feed->is_over; i++) {
        const cs_node *atom = syntax->atoms[syntax->timers[i]];
        if (atom->operator== OPERATOR_SILENCE) feed_silence_until(feed, atom, time_ms);
        if (atom->operator== OPERATOR_RESPONSE) feed_response_until(feed, atom, time_ms);
        if (atom->operator== OPERATOR_HOLD) feed_hold_until(feed, atom, time_ms);
    }
    feed->checked_ms = time_ms;
}

/* Every operator that looks at a turn as it becomes final. */
static void look(cs_feed *feed, const cs_node *atom, uint32_t index, const cs_folded *folded) {
    switch (atom->operator) {
    case OPERATOR_PACE:
    case OPERATOR_LOUDNESS:
    case OPERATOR_PITCH: feed_level_turn(feed, atom, index); break;
    case OPERATOR_ENTITY:
    case OPERATOR_INTENT:
    case OPERATOR_TOPIC:
    case OPERATOR_EMOTION:
    case OPERATOR_ANSWERS:
    case OPERATOR_EVENT:
    case OPERATOR_MODEL: feed_annotation_turn(feed, atom, index); break;
    case OPERATOR_SIMILAR: feed_similar_turn(feed, atom, index, folded); break;
    case OPERATOR_REPEATS: feed_repeats_turn(feed, atom, index); break;
    case OPERATOR_FACT: feed_fact_turn(feed, atom, index, folded); break;
    default: break;
    }
}

/* Who is waited for, now that this turn was spoken. */
static void wait_for_reply(cs_feed *feed, cs_role role, uint32_t index, int64_t end_ms, bool is_unknown) {
    bool is_customer = role == CS_ROLE_CUSTOMER, is_service = role == CS_ROLE_AGENT || role == CS_ROLE_BOT;
    for (int i = 0; i < CS_ROLE_COUNT; i++) {
        cs_waiting *w = &feed->waiting[i];
        bool is_other = i == CS_ROLE_CUSTOMER ? is_service : (i == CS_ROLE_AGENT || i == CS_ROLE_BOT) && is_customer;
        if ((cs_role)i == role) {
            w->since_ms = CS_NO_TIME;
            w->has_replied = true;
        } else if (is_other) {
            w->is_doubtful = false;
            if (w->since_ms != CS_NO_TIME && end_ms < w->since_ms) continue; /* said while others went on */
            w->since_ms = end_ms;
            w->turn = index;
            w->is_end_unknown = is_unknown;
        } else if (role == CS_ROLE_UNDECIDED) {
            w->is_doubtful = true;
        }
    }
}

static void remember(cs_feed *feed, const cs_spoken *spoken) {
    cs_role role = spoken->role;
    if (role == CS_ROLE_SYSTEM) return;
    bool is_unknown = spoken->end_ms == CS_NO_TIME;
    int64_t end_ms = is_unknown ? spoken->start_ms : spoken->end_ms;
    if (feed->spoken_ms == CS_NO_TIME || end_ms >= feed->spoken_ms) {
        feed->spoken_ms = end_ms;
        feed->is_spoken_unknown = is_unknown;
        feed->last_role = role;
        feed->last_turn = spoken->turn;
        feed->last_participant = spoken->participant;
    }
    if (feed->free_ms == CS_NO_TIME || end_ms > feed->free_ms) feed->free_ms = end_ms;
    if (feed->role_end_ms[role] == CS_NO_TIME || end_ms >= feed->role_end_ms[role]) {
        feed->role_end_ms[role] = end_ms;
        feed->role_start_ms[role] = spoken->start_ms;
        feed->is_role_end_unknown[role] = is_unknown;
    }
    wait_for_reply(feed, role, spoken->turn, end_ms, is_unknown);
}

static void feed_spoken(cs_feed *feed, const cs_spoken *spoken) {
    const cs_syntax *syntax = feed->syntax;
    for (uint32_t i = 0; i < syntax->feed_count; i++) {
        const cs_node *atom = syntax->atoms[syntax->feeds[i]];
        if (atom->operator== OPERATOR_RESPONSE) feed_response_spoken(feed, atom, spoken);
        if (atom->operator== OPERATOR_OVERLAP || atom->operator== OPERATOR_INTERRUPTS)
            feed_overlap_spoken(feed, atom, spoken);
    }
    remember(feed, spoken);
}

static cs_spoken spoken_of_turn(const cs_feed *feed, uint32_t index) {
    const cs_turn *turn = feed->timeline->turns[index];
    return (cs_spoken){.role = timeline_role(feed->timeline, index),
                       .participant = turn->participant,
                       .turn = index,
                       .start_ms = turn->start_ms,
                       .end_ms = feed_is_text(feed->timeline) ? turn->start_ms : turn->end_ms,
                       .moment = timeline_moment(feed->timeline, index, 0),
                       .characters = feed->speakers[turn->participant].characters};
}

void feed_turn(cs_feed *feed, uint32_t index, const cs_folded *folded) {
    const cs_syntax *syntax = feed->syntax;
    if (!syntax->feed_count) return;
    if (syntax->has_repeats) feed_said_turn(feed, index, folded);
    for (uint32_t i = 0; i < syntax->feed_count; i++) look(feed, syntax->atoms[syntax->feeds[i]], index, folded);
    feed_speaker_turn(feed, index, folded);
    if (feed->timeline->head->is_heard || !feed->timeline->is_timed) return;
    cs_spoken spoken = spoken_of_turn(feed, index);
    feed_spoken(feed, &spoken);
}

void feed_voice(cs_feed *feed, uint32_t index) {
    const cs_timeline *t = feed->timeline;
    const cs_voice *voice = t->voices[index];
    if (!feed->syntax->feed_count || !t->is_timed) return;
    const cs_speaker *speaker = &feed->speakers[voice->participant];
    cs_spoken spoken = {.role = timeline_role_of(t, voice->participant),
                        .participant = voice->participant,
                        .turn = speaker->last_turn,
                        .characters = speaker->characters,
                        .start_ms = voice->start_ms,
                        .end_ms = voice->end_ms,
                        .moment = {voice->start_ms, CS_VOICE_TURN, index},
                        .is_voice = true};
    feed_spoken(feed, &spoken);
}

void feed_event(cs_feed *feed, uint32_t index) {
    const cs_syntax *syntax = feed->syntax;
    if (!syntax->feed_count) return;
    const cs_event *event = feed->timeline->events[index];
    for (uint32_t i = 0; i < syntax->feed_count; i++) feed_event_of(feed, syntax->atoms[syntax->feeds[i]], index);
    if (strcmp(event->kind, "hold") == 0 && feed->held_ms == CS_NO_TIME) {
        feed->held_ms = event->at_ms == CS_NO_TIME ? 0 : event->at_ms;
        feed->holder = event->participant;
    } else if (strcmp(event->kind, "resume") == 0 && feed->held_ms != CS_NO_TIME) {
        feed->held_ms = CS_NO_TIME;
        if (feed->free_ms != CS_NO_TIME && event->at_ms > feed->free_ms) feed->free_ms = event->at_ms;
    } else if (strcmp(event->kind, "hang-up") == 0 || strcmp(event->kind, "close") == 0) {
        feed->is_over = true;
        feed->held_ms = CS_NO_TIME;
    }
}
