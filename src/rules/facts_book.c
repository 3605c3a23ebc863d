#include "rules/facts_book.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- building ---- */

static int compare_names(const void *left, const void *right) {
    const cs_fact_name *a = left, *b = right;
    int order = strcmp(a->text, b->text);
    if (order != 0) return order;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    return a->id == b->id ? 0 : a->id < b->id ? -1 : 1;
}

static bool is_same_name(const cs_fact_name *a, const cs_fact_name *b) {
    return a->kind == b->kind && a->bytes == b->bytes && memcmp(a->text, b->text, a->bytes) == 0;
}

static bool add_name(cs_facts *book, const char *text, cs_name_kind kind, uint32_t id) {
    if (!arena_room(book->arena, (void **)&book->names, &book->name_room, book->name_count, sizeof *book->names))
        return false;
    book->names[book->name_count++] =
        (cs_fact_name){.text = text, .bytes = (uint32_t)strlen(text), .kind = kind, .id = id};
    return true;
}

static uint32_t *group_of(cs_fact_entry *entry, cs_name_kind kind) {
    return kind == CS_NAME_FACT ? &entry->fact_group : &entry->subject_group;
}

/* The first entry of the group; the way there is halved. */
static uint32_t first_of(cs_facts *book, uint32_t id, cs_name_kind kind) {
    for (uint32_t *up = group_of(&book->entries[id], kind); *up != id; up = group_of(&book->entries[id], kind)) {
        *up = *group_of(&book->entries[*up], kind);
        id = *up;
    }
    return id;
}

/* Names of facts and subjects. Entries that share one become a group, whose first entry stands for it. */
static bool group_names(cs_facts *book) {
    book->name_count = 0;
    for (uint32_t i = 0; i < book->entry_count; i++) {
        cs_fact_entry *entry = &book->entries[i];
        entry->fact_group = entry->subject_group = i;
        entry->kinds = 0;
        for (uint32_t n = 0; n < entry->fact_name_count; n++)
            if (!add_name(book, entry->fact_names[n], CS_NAME_FACT, i)) return false;
        for (uint32_t n = 0; n < entry->subject_name_count; n++)
            if (!add_name(book, entry->subject_names[n], CS_NAME_SUBJECT, i)) return false;
    }
    qsort(book->names, book->name_count, sizeof *book->names, compare_names);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < book->name_count; i++) {
        cs_fact_name *name = &book->names[i];
        if (kept == 0 || !is_same_name(&book->names[kept - 1], name)) {
            book->names[kept++] = *name;
            continue;
        }
        uint32_t a = first_of(book, book->names[kept - 1].id, name->kind), b = first_of(book, name->id, name->kind);
        *group_of(&book->entries[a > b ? a : b], name->kind) = a < b ? a : b;
    }
    book->name_count = kept;
    for (uint32_t i = 0; i < kept; i++) book->names[i].id = first_of(book, book->names[i].id, book->names[i].kind);
    for (uint32_t i = 0; i < book->entry_count; i++) {
        cs_fact_entry *entry = &book->entries[i];
        entry->fact_group = first_of(book, i, CS_NAME_FACT);
        entry->subject_group = entry->subject_name_count ? first_of(book, i, CS_NAME_SUBJECT) : CS_ANY_SUBJECT;
    }
    return true;
}

/* The phrases of values, each once a fact; the kinds of quantities that a fact has. */
static bool add_values(cs_facts *book) {
    for (uint32_t i = 0; i < book->entry_count; i++) {
        const cs_fact_entry *entry = &book->entries[i];
        for (uint32_t v = 0; v < entry->value_count; v++) {
            const cs_fact_value *value = &entry->values[v];
            if (!value->phrase)
                book->entries[entry->fact_group].kinds |= 1U << value->quantity.kind;
            else if (!add_name(book, value->phrase, CS_NAME_VALUE, entry->fact_group))
                return false;
        }
    }
    qsort(book->names, book->name_count, sizeof *book->names, compare_names);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < book->name_count; i++)
        if (kept == 0 || compare_names(&book->names[kept - 1], &book->names[i]) != 0)
            book->names[kept++] = book->names[i];
    book->name_count = kept;
    return true;
}

/* The first two characters of a text that has them, 0: it is shorter. *bytes: their length. */
static uint64_t key_of(const char *text, uint32_t *bytes) {
    unsigned first, second;
    if (!*text) return 0;
    uint64_t key = (uint64_t)utf8_decode(text, &first) << 32;
    if (!text[first]) return 0;
    key |= utf8_decode(text + first, &second);
    *bytes = first + second;
    return key;
}

static cs_name_bucket *bucket_of(const cs_facts *book, uint64_t key) {
    uint64_t mixed = key * 0x9E3779B97F4A7C15U;
    uint32_t at = (uint32_t)(mixed >> 32) & (book->bucket_room - 1);
    while (book->buckets[at].key && book->buckets[at].key != key) at = (at + 1) & (book->bucket_room - 1);
    return &book->buckets[at];
}

static bool fill_buckets(cs_facts *book) {
    uint32_t room = 64;
    while (room < book->name_count * 2) room *= 2;
    if (room > book->bucket_room) {
        book->buckets = arena_array(book->arena, room, sizeof *book->buckets);
        if (!book->buckets) return false;
        book->bucket_room = room;
    } else {
        memset(book->buckets, 0, book->bucket_room * sizeof *book->buckets);
    }
    for (uint32_t i = 0; i < book->name_count; i++) {
        uint32_t bytes;
        uint64_t key = key_of(book->names[i].text, &bytes);
        cs_name_bucket *bucket = bucket_of(book, key);
        if (bucket->count++ == 0) *bucket = (cs_name_bucket){.key = key, .first = i, .count = 1};
    }
    return true;
}

static int compare_places(const void *left, const void *right) {
    const cs_fact_place *a = left, *b = right;
    if (a->fact != b->fact) return a->fact < b->fact ? -1 : 1;
    if (a->subject != b->subject) return a->subject < b->subject ? -1 : 1;
    if (a->from_day != b->from_day) return a->from_day < b->from_day ? -1 : 1;
    return a->entry == b->entry ? 0 : a->entry < b->entry ? -1 : 1;
}

static bool fill_places(cs_facts *book) {
    if (book->place_room < book->entry_room) {
        book->places = arena_array(book->arena, book->entry_room, sizeof *book->places);
        if (!book->places) return false;
        book->place_room = book->entry_room;
    }
    for (uint32_t i = 0; i < book->entry_count; i++) {
        const cs_fact_entry *entry = &book->entries[i];
        book->places[i] = (cs_fact_place){
            .fact = entry->fact_group, .subject = entry->subject_group, .from_day = entry->from_day, .entry = i};
    }
    if (book->entry_count) qsort(book->places, book->entry_count, sizeof *book->places, compare_places);
    return true;
}

bool book_build(cs_facts *book) {
    if (book->entry_count == 0) return true;
    return group_names(book) && add_values(book) && fill_buckets(book) && fill_places(book);
}

/* ---- looking up ---- */

/* The names of names[low..high) whose byte at this depth is not below wanted begin here. */
static uint32_t lower_bound(const cs_fact_name *names, uint32_t low, uint32_t high, uint32_t depth, unsigned wanted) {
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if ((unsigned char)names[middle].text[depth] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void book_names_at(const cs_facts *book, const cs_folded *text, uint32_t at, cs_found_name found[CS_NAME_KINDS]) {
    uint32_t depth = 0;
    memset(found, 0, CS_NAME_KINDS * sizeof *found);
    uint64_t key = book->bucket_room ? key_of(text->text + at, &depth) : 0;
    const cs_name_bucket *bucket = key ? bucket_of(book, key) : NULL;
    if (!bucket || !bucket->key) return;
    uint32_t low = bucket->first, high = low + bucket->count;
    while (low < high) { /* names[low..high) agree with the text up to depth; the shortest come first */
        bool is_whole = book->names[low].bytes == depth && fold_is_whole_word(text, at, at + depth);
        for (; low < high && book->names[low].bytes == depth; low++) {
            cs_found_name *of_kind = &found[book->names[low].kind];
            if (!is_whole) continue;
            if (of_kind->to != at + depth) *of_kind = (cs_found_name){.to = at + depth, .first = low};
            of_kind->count++;
        }
        unsigned next = (unsigned char)text->text[at + depth];
        if (next == 0) return;
        low = lower_bound(book->names, low, high, depth, next);
        high = lower_bound(book->names, low, high, depth, next + 1);
        depth++;
    }
}

/* The first place that is not before this one. */
static uint32_t place_bound(const cs_facts *book, uint32_t fact, uint32_t subject) {
    uint32_t low = 0, high = book->entry_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const cs_fact_place *place = &book->places[middle];
        if (place->fact < fact || (place->fact == fact && place->subject < subject))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t book_fact_places(const cs_facts *book, uint32_t fact, uint32_t *first) {
    *first = place_bound(book, fact, 0);
    return place_bound(book, fact + 1, 0) - *first;
}

uint32_t book_subject_places(const cs_facts *book, uint32_t fact, uint32_t subject, uint32_t *first) {
    *first = place_bound(book, fact, subject);
    uint32_t end = subject == UINT32_MAX ? place_bound(book, fact + 1, 0) : place_bound(book, fact, subject + 1);
    return end - *first;
}

bool book_value_equal(const cs_fact_value *a, const cs_fact_value *b) {
    if (!a->phrase != !b->phrase) return false;
    return a->phrase ? strcmp(a->phrase, b->phrase) == 0 : quantity_compare(&a->quantity, &b->quantity) == 0;
}

static bool has_all(const cs_fact_entry *of, const cs_fact_entry *in) {
    for (uint32_t i = 0; i < of->value_count; i++) {
        bool is_there = of->values[i].is_wrong;
        for (uint32_t k = 0; k < in->value_count && !is_there; k++)
            is_there = !in->values[k].is_wrong && book_value_equal(&of->values[i], &in->values[k]);
        if (!is_there) return false;
    }
    return true;
}

bool book_values_agree(const cs_fact_entry *a, const cs_fact_entry *b) {
    return has_all(a, b) && has_all(b, a);
}
