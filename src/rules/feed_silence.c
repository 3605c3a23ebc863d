/* Silence and response time: they occur at the moment when the limit is passed, so a live call knows them at once. */
#include "rules/feed.h"

enum { NOT_ON_HOLD = 2 }; /* the second group of the usage; owed by ROLE is the first */

/* The deadline as a whole millisecond that nothing may have started at: > 4s passes at 4 s, >= 4s a millisecond before. */
static int64_t deadline_of(const cs_node *atom, int64_t since_ms) {
    return since_ms + atom->limit_ms - (atom->compare == COMPARE_GE);
}

static bool is_timer(const cs_node *atom) {
    return atom->compare == COMPARE_GT || atom->compare == COMPARE_GE;
}

static cs_occurrence timer(uint32_t turn, int64_t since_ms, int64_t deadline_ms) {
    return (cs_occurrence){.moment = {deadline_ms, UINT32_MAX, UINT32_MAX - 2},
                           .turn = turn,
                           .start_ms = since_ms,
                           .end_ms = deadline_ms,
                           .matched = "",
                           .how = "time"};
}

/* Who owes the next word, seen from who spoke last. */
static bool is_owed_by(cs_role owing, cs_role last) {
    if (owing == CS_ANYONE) return true;
    if (owing == CS_ROLE_CUSTOMER) return last == CS_ROLE_AGENT || last == CS_ROLE_BOT;
    return last == CS_ROLE_CUSTOMER;
}

/* What the turn holds of the words, as it stands there; NULL: nothing. */
static const char *words_in_turn(const cs_feed *feed, const cs_node *words, uint32_t turn) {
    const cs_occurrences *all = table_of(feed->table, words->atom);
    for (uint32_t i = all->count; i-- > 0 && all->items[i].turn >= turn;)
        if (all->items[i].turn == turn && all->items[i].why == CS_WHY_NONE) return all->items[i].matched;
    return NULL;
}

void feed_silence_until(cs_feed *feed, const cs_node *atom, int64_t time_ms) {
    bool is_free = atom->options & NOT_ON_HOLD;
    int64_t since = is_free ? feed->free_ms : feed->spoken_ms;
    if (since == CS_NO_TIME || !is_timer(atom) || (is_free && feed->held_ms != CS_NO_TIME)) return;
    int64_t deadline = deadline_of(atom, since);
    if (deadline < feed->checked_ms || deadline >= time_ms) return;
    bool is_undecided = feed->last_role == CS_ROLE_UNDECIDED && atom->by != CS_ANYONE;
    if (!is_undecided && !is_owed_by(atom->by, feed->last_role)) return;
    uint32_t turn = feed_last_turn(feed);
    bool may_be_excused = atom->mark && feed->timeline->head->is_wordless;
    cs_occurrence o = timer(turn, since, deadline);
    o.measured = feed_words(feed, "> %.1f s", (double)atom->limit_ms / 1000);
    o.is_possible = is_undecided || feed->is_spoken_unknown || may_be_excused;
    o.reason = is_undecided              ? CS_REASON_ROLE_UNKNOWN
               : feed->is_spoken_unknown ? CS_REASON_NO_TIMES
                                         : CS_REASON_NO_WORDS;
    if (atom->mark && turn != CS_NO_TURN && (o.by = words_in_turn(feed, atom->mark, turn)) != NULL)
        o.why = CS_WHY_EXCUSED;
    if (!table_add(feed->table, atom->atom, &o)) feed->is_out_of_memory = true;
}

void feed_response_until(cs_feed *feed, const cs_node *atom, int64_t time_ms) {
    if (atom->role == CS_ANYONE || !is_timer(atom)) return;
    const cs_waiting *w = &feed->waiting[atom->role];
    if (w->since_ms == CS_NO_TIME || (atom->options && w->has_replied)) return;
    int64_t deadline = deadline_of(atom, w->since_ms);
    if (deadline < feed->checked_ms || deadline >= time_ms) return;
    cs_occurrence o = timer(w->turn, w->since_ms, deadline);
    o.measured = feed_words(feed, "> %.1f s", (double)atom->limit_ms / 1000);
    o.is_possible = w->is_doubtful || w->is_end_unknown;
    o.reason = w->is_doubtful ? CS_REASON_ROLE_UNKNOWN : CS_REASON_NO_TIMES;
    if (!table_add(feed->table, atom->atom, &o)) feed->is_out_of_memory = true;
}

/* < and <= are known when the reply begins. */
void feed_response_spoken(cs_feed *feed, const cs_node *atom, const cs_spoken *spoken) {
    if (is_timer(atom) || spoken->role != atom->role || atom->role == CS_ANYONE) return;
    const cs_waiting *w = &feed->waiting[atom->role];
    if (w->since_ms == CS_NO_TIME || (atom->options && w->has_replied)) return;
    int64_t took = spoken->start_ms - w->since_ms;
    if (!feed_compares(atom->compare, (double)took, (double)atom->limit_ms)) return;
    cs_occurrence o = feed_spoken_occurrence(spoken, "time");
    o.measured = feed_words(feed, "%.1f s", (double)took / 1000);
    o.is_possible = w->is_doubtful || w->is_end_unknown;
    o.reason = w->is_doubtful ? CS_REASON_ROLE_UNKNOWN : CS_REASON_NO_TIMES;
    feed_add_spoken(feed, atom, spoken, o);
}
