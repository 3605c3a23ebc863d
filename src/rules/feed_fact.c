/* What is said held against the facts book on the day of the conversation. */
#include "rules/feed.h"

#include "rules/calendar.h"
#include "rules/facts.h"

#include "base/utf8.h"

enum { MOST_STATEMENTS = 16, DIFFERS = 1 };

/* What the conversation is about: what the turn names, else what was named last, else the product of the record. */
static const char *subject_of(cs_feed *feed, const cs_folded *folded) {
    const char *named = facts_subject(feed->syntax->facts, folded);
    if (named) feed->subject = named;
    return feed->subject ? feed->subject : conversation_field(feed->timeline->head, "product");
}

static int32_t day_of(const cs_feed *feed) {
    int64_t started = feed->timeline->head->started_ms;
    return started == CS_NO_TIME ? INT32_MIN : (int32_t)calendar_day(feed->syntax->calendar, started);
}

static void add(cs_feed *feed, const cs_node *atom, uint32_t index, const cs_folded *whole,
                const cs_fact_check *check) {
    const cs_turn *turn = feed->timeline->turns[index];
    cs_occurrence o = feed_occurrence(feed, index, "fact");
    o.from = whole->origin[check->from];
    o.to = check->to > check->from ? whole->origin[check->to - 1] + 1 : o.from;
    o.moment.offset = o.from + 1;
    size_t begin = utf8_offset(turn->text, turn->text_bytes, o.from);
    o.matched =
        arena_copy(feed->table->arena, turn->text + begin, utf8_offset(turn->text, turn->text_bytes, o.to) - begin);
    if (!o.matched) feed->is_out_of_memory = true;
    if (check->answer == CS_FACT_NO_ENTRY) {
        o.is_possible = true;
        o.reason = CS_REASON_NO_ENTRY;
        o.measured = feed_words(feed, "%.60s: not in the book", check->fact ? check->fact : "");
    } else {
        o.measured = feed_words(feed, "book: %.60s (%.40s)", check->book_value, check->source ? check->source : "");
    }
    if (!feed->is_out_of_memory) feed_add(feed, atom, o);
}

/* One a turn: what differs (or agrees) surely, else the first that can't be told. */
void feed_fact_turn(cs_feed *feed, const cs_node *atom, uint32_t index, const cs_folded *folded) {
    const cs_facts *book = feed->syntax->facts;
    const cs_turn *turn = feed->timeline->turns[index];
    cs_fact_check checks[MOST_STATEMENTS];
    if (!book) return;
    const char *subject = subject_of(feed, folded);
    uint32_t count = facts_check(book, folded, atom->phrases.literals, atom->phrases.literal_count, subject,
                                 day_of(feed), feed->arena, checks, MOST_STATEMENTS);
    const cs_fact_check *best = NULL;
    for (uint32_t i = 0; i < count; i++) {
        bool is_wanted = checks[i].answer == (atom->choice == DIFFERS ? CS_FACT_DIFFERS : CS_FACT_AGREES);
        if (is_wanted && (!best || best->answer == CS_FACT_NO_ENTRY)) best = &checks[i];
        if (checks[i].answer == CS_FACT_NO_ENTRY && !best) best = &checks[i];
    }
    if (!best) return;
    cs_folded whole = *folded;
    if (!fold_origin(turn->text, turn->text_bytes, feed->arena, &whole))
        feed->is_out_of_memory = true;
    else
        add(feed, atom, index, &whole, best);
}
