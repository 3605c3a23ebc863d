/* Much the same: sentences like an example, and turns that repeat. */
#include "rules/feed.h"

#include "base/utf8.h"

#include <string.h>

enum { IN_A_ROW = 1, LEAST_CHARACTERS = 4, MOST_PASSED = 10 * CS_REPEAT_REACH };
static const double LIKE_EXAMPLE = 0.6, LIKE_BEFORE = 0.8;

/* How long the mark is that ends a sentence; 0: none stands here. */
static uint32_t ends_sentence(const char *text) {
    static const char *const marks[] = {"。", "!", "?", ";", "\n"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncmp(text, marks[i], strlen(marks[i])) == 0) return (uint32_t)strlen(marks[i]);
    return 0;
}

/* The likeness of the best example to one sentence. */
static double best_likeness(cs_feed *feed, const cs_node *atom, const char *text, size_t bytes) {
    cs_likeness here;
    double best = 0;
    arena_reset(feed->scratch);
    if (!likeness_read(text, bytes, feed->scratch, &here)) feed->is_out_of_memory = true;
    for (uint32_t i = 0; i < atom->phrases.literal_count && !feed->is_out_of_memory; i++) {
        double likeness = likeness_of(&here, &atom->examples[i]);
        if (likeness > best) best = likeness;
    }
    return best;
}

/* The sentence most like an example; of equals the first. */
void feed_similar_turn(cs_feed *feed, const cs_node *atom, uint32_t index, const cs_folded *folded) {
    const cs_turn *turn = feed->timeline->turns[index];
    double best = 0, limit = atom->limit > 0 ? atom->limit / 100 : LIKE_EXAMPLE;
    uint32_t from = 0, to = 0;
    for (uint32_t start = 0; start < folded->bytes && !feed->is_out_of_memory;) {
        uint32_t end = start;
        while (end < folded->bytes && !ends_sentence(folded->text + end)) end++;
        double likeness = best_likeness(feed, atom, folded->text + start, end - start);
        if (likeness > best) best = likeness, from = start, to = end;
        start = end < folded->bytes ? end + ends_sentence(folded->text + end) : end;
    }
    if (best < limit || feed->is_out_of_memory) return;
    cs_folded whole = *folded;
    if (!fold_origin(turn->text, turn->text_bytes, feed->arena, &whole)) {
        feed->is_out_of_memory = true;
        return;
    }
    cs_occurrence o = feed_occurrence(feed, index, "likeness");
    o.from = whole.origin[from];
    o.to = to > from ? whole.origin[to - 1] + 1 : o.from;
    o.moment.offset = o.from + 1;
    size_t begin = utf8_offset(turn->text, turn->text_bytes, o.from);
    o.matched =
        arena_copy(feed->table->arena, turn->text + begin, utf8_offset(turn->text, turn->text_bytes, o.to) - begin);
    if (!o.matched) feed->is_out_of_memory = true;
    o.measured = feed_words(feed, "%.0f %%", best * 100);
    if (!feed->is_out_of_memory) feed_add(feed, atom, o);
}

/* ---- repeats ---- */

void feed_said_turn(cs_feed *feed, uint32_t index, const cs_folded *folded) {
    cs_said said = {.turn = index};
    if (!likeness_read(folded->text, folded->bytes, feed->arena, &said.likeness) ||
        !arena_room(feed->arena, (void **)&feed->said, &feed->said_room, feed->said_count, sizeof *feed->said)) {
        feed->is_out_of_memory = true;
        return;
    }
    feed->said[feed->said_count++] = said;
}

/* Occurrences are in the order of their turns. */
static bool is_excepted(const cs_feed *feed, const cs_node *atom, uint32_t turn) {
    const cs_occurrences *all = atom->mark_end ? table_of(feed->table, atom->mark_end->atom) : NULL;
    uint32_t low = 0, high = all ? all->count : 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (all->items[middle].turn < turn)
            low = middle + 1;
        else
            high = middle;
    }
    return all && low < all->count && all->items[low].turn == turn;
}

/* The last turn before this one that ends a row; CS_NO_TURN: none. */
static uint32_t barrier_before(const cs_feed *feed, const cs_node *mark, uint32_t index) {
    if (!mark) return CS_NO_TURN;
    if (mark->kind == NODE_OR) {
        uint32_t left = barrier_before(feed, mark->left, index), right = barrier_before(feed, mark->right, index);
        return left == CS_NO_TURN ? right : right == CS_NO_TURN || left > right ? left : right;
    }
    const cs_occurrences *all = table_of(feed->table, mark->atom);
    uint32_t passed = 0;
    for (uint32_t i = all->count; i-- > 0 && passed < MOST_PASSED; passed++)
        if (all->items[i].turn < index && all->items[i].why == CS_WHY_NONE) return all->items[i].turn;
    return CS_NO_TURN;
}

/* The n-th time: n - 1 turns of the same role before it are like this one. */
void feed_repeats_turn(cs_feed *feed, const cs_node *atom, uint32_t index) {
    const cs_timeline *t = feed->timeline;
    const cs_said *now = &feed->said[feed->said_count - 1];
    cs_role role = timeline_role(t, index);
    uint32_t least = atom->characters ? atom->characters : LEAST_CHARACTERS, like = 1, looked = 0, passed = 0;
    double limit = atom->limit > 0 ? atom->limit / 100 : LIKE_BEFORE;
    if (now->likeness.characters < least || is_excepted(feed, atom, index) || role == CS_ROLE_SYSTEM) return;
    if (atom->role != CS_ANYONE && role != atom->role) return;
    uint32_t barrier = barrier_before(feed, atom->mark, index);
    for (uint32_t i = feed->said_count - 1; i-- > 0 && looked < CS_REPEAT_REACH && like < atom->number;) {
        const cs_said *before = &feed->said[i];
        if ((barrier != CS_NO_TURN && before->turn < barrier) || passed++ == MOST_PASSED) break;
        if (timeline_role(t, before->turn) != role || is_excepted(feed, atom, before->turn)) continue; /* passed over */
        looked++;
        bool is_like = before->likeness.characters >= least && likeness_of(&now->likeness, &before->likeness) >= limit;
        if (!is_like && atom->options & IN_A_ROW) break;
        like += is_like;
    }
    if (like < atom->number) return;
    cs_occurrence o = feed_occurrence(feed, index, "likeness");
    o.measured = feed_words(feed, "%u times", like);
    feed_add(feed, atom, o);
}
