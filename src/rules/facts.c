#include "rules/facts.h"

#include "rules/facts_statement.h"

#include <string.h>

enum { MOST_ASKED = 64, FAR_OFF = 100 };

uint32_t facts_row_count(const cs_facts *book) {
    return book ? book->entry_count : 0;
}

/* ---- names that the caller gives ---- */

/* The group of a name that is the whole text, false: the book has none. */
static bool find_name(const cs_facts *book, const char *name, cs_name_kind kind, cs_arena *arena, uint32_t *id) {
    cs_folded folded;
    cs_found_name found[CS_NAME_KINDS];
    if (!fold_text(name, strlen(name), arena, &folded)) return false;
    book_names_at(book, &folded, 0, found);
    if (found[kind].count == 0 || found[kind].to != folded.bytes) return false;
    *id = book->names[found[kind].first].id;
    return true;
}

bool facts_has(const cs_facts *book, const char *fact) {
    uint32_t id;
    cs_arena *arena = arena_create(1 << 16);
    bool has = book && arena && find_name(book, fact, CS_NAME_FACT, arena, &id);
    arena_free(arena);
    return has;
}

/* A subject that the book does not know has only the rows that hold for any. */
static uint32_t find_subject(const cs_facts *book, const char *subject, cs_arena *arena) {
    uint32_t id;
    cs_folded folded;
    if (!subject || !*subject) return CS_UNKNOWN_SUBJECT;
    if (find_name(book, subject, CS_NAME_SUBJECT, arena, &id)) return id;
    id = fold_text(subject, strlen(subject), arena, &folded) ? statement_subject(book, &folded) : CS_UNKNOWN_SUBJECT;
    return id == CS_UNKNOWN_SUBJECT ? CS_ANY_SUBJECT : id;
}

const char *facts_subject(const cs_facts *book, const cs_folded *text) {
    uint32_t subject = book ? statement_subject(book, text) : CS_UNKNOWN_SUBJECT;
    return subject == CS_UNKNOWN_SUBJECT ? NULL : book->entries[subject].subject;
}

/* ---- what the book says ---- */

/* The row in force that day among the places given; NULL: none, or several that say different things. */
static const cs_fact_entry *in_force(const cs_facts *book, uint32_t first, uint32_t count, int32_t day,
                                     bool *is_split) {
    const cs_fact_entry *chosen = NULL;
    for (uint32_t i = first; i < first + count; i++) {
        const cs_fact_entry *entry = &book->entries[book->places[i].entry];
        if (day < entry->from_day || day > entry->to_day) continue;
        if (chosen && !book_values_agree(chosen, entry)) {
            *is_split = true;
            return NULL;
        }
        if (!chosen) chosen = entry;
    }
    return chosen;
}

/* A subject's own rows come before those for any; without a subject all rows of the fact must say the same. */
static const cs_fact_entry *entry_for(const cs_facts *book, uint32_t fact, uint32_t subject, int32_t day) {
    uint32_t first, count;
    bool is_split = false;
    if (day == CS_NO_DAY) return NULL;
    if (subject == CS_UNKNOWN_SUBJECT) {
        count = book_fact_places(book, fact, &first);
        return in_force(book, first, count, day, &is_split);
    }
    count = book_subject_places(book, fact, subject, &first);
    const cs_fact_entry *own = in_force(book, first, count, day, &is_split);
    if (own || is_split) return own;
    count = book_subject_places(book, fact, CS_ANY_SUBJECT, &first);
    return in_force(book, first, count, day, &is_split);
}

/* ---- holding one against the other ---- */

static bool is_met(const cs_statement_of_fact *said, const cs_fact_value *value) {
    if (said->phrase) return value->phrase && strcmp(said->phrase, value->phrase) == 0;
    if (value->phrase) return false;
    if (said->is_least && !value->is_wrong) return quantity_is_at_least(&value->quantity, &said->quantity);
    return quantity_is_within(&said->quantity, &value->quantity);
}

static bool shares_phrase(const cs_fact_entry *a, const cs_fact_entry *b) {
    for (uint32_t i = 0; i < a->value_count; i++)
        for (uint32_t k = 0; k < b->value_count; k++)
            if (a->values[i].phrase && !a->values[i].is_wrong && !b->values[k].is_wrong &&
                book_value_equal(&a->values[i], &b->values[k]))
                return true;
    return false;
}

/* A phrase that another row lists beside one of this row's may be a second way of saying it: then nobody is accused. */
static bool may_mean_the_same(const cs_facts *book, const cs_fact_entry *entry, const cs_statement_of_fact *said) {
    uint32_t first, count = book_fact_places(book, said->fact, &first);
    for (uint32_t i = first; i < first + count; i++) {
        const cs_fact_entry *other = &book->entries[book->places[i].entry];
        for (uint32_t v = 0; v < other->value_count; v++)
            if (!other->values[v].is_wrong && is_met(said, &other->values[v]) && shares_phrase(entry, other))
                return true;
    }
    return false;
}

/* 保修的事我24小时内回复您: nobody promises a hundredth of six years; the duration belongs to something else. */
static bool is_far_off(const cs_quantity *said, const cs_quantity *held) {
    cs_quantity more_said = *said, more_held = *held;
    if (said->kind != CS_QUANTITY_DURATION || said->is_forever || held->is_forever) return false;
    more_said.value *= FAR_OFF;
    more_held.value *= FAR_OFF;
    return !quantity_is_at_least(&more_said, held) || !quantity_is_at_least(&more_held, said);
}

static cs_fact_answer judge(const cs_facts *book, const cs_fact_entry *entry, const cs_statement_of_fact *said) {
    bool has_right = false, has_kind = false, is_comparable = false;
    for (uint32_t i = 0; i < entry->value_count; i++) {
        const cs_fact_value *value = &entry->values[i];
        if (is_met(said, value)) return value->is_wrong ? CS_FACT_DIFFERS : CS_FACT_AGREES;
        if (value->is_wrong) continue;
        has_right = true;
        if (said->phrase || value->phrase) continue;
        has_kind = has_kind || value->quantity.kind == said->quantity.kind;
        is_comparable = is_comparable || (quantity_compare(&value->quantity, &said->quantity) >= 0 &&
                                          !is_far_off(&said->quantity, &value->quantity));
    }
    if (!has_right || (has_kind && !is_comparable)) return CS_FACT_NO_ENTRY; /* 3天 against 3个工作日 */
    if (said->phrase && may_mean_the_same(book, entry, said)) return CS_FACT_NO_ENTRY;
    return CS_FACT_DIFFERS;
}

static bool is_asked(const uint32_t *asked, uint32_t count, uint32_t fact) {
    for (uint32_t i = 0; i < count; i++)
        if (asked[i] == fact) return true;
    return false;
}

static cs_fact_check check(const cs_facts *book, const cs_folded *text, const cs_statement_of_fact *said,
                           uint32_t subject, int32_t day, cs_arena *arena) {
    const cs_fact_entry *entry = entry_for(book, said->fact, subject, day);
    cs_fact_check result = {.answer = entry ? judge(book, entry, said) : CS_FACT_NO_ENTRY,
                            .from = said->from,
                            .to = said->to,
                            .said = arena_copy(arena, text->text + said->from, said->to - said->from),
                            .fact = book->entries[said->fact].fact,
                            .valid_from_day = CS_NO_DAY,
                            .valid_to_day = CS_LAST_DAY};
    if (!result.said) result.said = "";
    if (subject < book->entry_count) result.subject = book->entries[subject].subject;
    if (!entry) return result;
    result.book_value = entry->value;
    result.source = entry->source;
    result.valid_from_day = entry->from_day;
    result.valid_to_day = entry->to_day;
    return result;
}

uint32_t facts_check(const cs_facts *book, const cs_folded *text, const char *const *facts, uint32_t fact_count,
                     const char *subject, int32_t day, cs_arena *arena, cs_fact_check *out, uint32_t most) {
    cs_statement_of_fact said[CS_MAX_FACT_STATEMENTS];
    uint32_t asked[MOST_ASKED], asked_count = 0, count = 0;
    if (!book) return 0;
    uint32_t said_count = statement_find(book, text, said, CS_MAX_FACT_STATEMENTS);
    if (said_count == 0) return 0;
    for (uint32_t i = 0; facts && i < fact_count && asked_count < MOST_ASKED; i++)
        asked_count += find_name(book, facts[i], CS_NAME_FACT, arena, &asked[asked_count]);
    uint32_t about = find_subject(book, subject, arena);
    for (uint32_t i = 0; i < said_count && count < most; i++) {
        if (facts && !is_asked(asked, asked_count, said[i].fact)) continue;
        uint32_t of = said[i].subject == CS_UNKNOWN_SUBJECT ? about : said[i].subject;
        out[count++] = check(book, text, &said[i], of, day, arena);
    }
    return count;
}
