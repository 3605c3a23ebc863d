#include "rules/scan.h"

#include "base/utf8.h"
#include "rules/assertion.h"
#include "text/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_MATCHES = 1 << 18, /* of one turn; 64 kB of one phrase over and over stays below */
    SCRATCH_BYTES = 64 << 20,
    MAX_EXPRESSION_MATCHES = 256, /* of one expression in one turn */
    MATCH_LIMIT = 100000, /* steps of one PCRE2 call; beyond it the turn is undecided for the rule */
    NO_MATCH = -1,
};

typedef struct match {
    uint32_t from, to; /* bytes of the folded turn */
    int32_t next; /* of the same atom */
    bool is_excuse, is_expression, is_over_limit;
} match;

typedef struct hit { /* what Hyperscan reports: pattern and the end of its match */
    uint32_t pattern, to;
} hit;

struct cs_scanner {
    cs_ruleset *ruleset;
    const cs_patterns *patterns;
    const cs_syntax *syntax;
    hs_scratch_t *scratch;
    pcre2_match_data *match_data;
    pcre2_match_context *match_context;

    cs_arena *arena, *scratch_arena, *passing_arena, *fold_arena;
    cs_occurrences *atoms; /* by atom; those in dirty are not empty */
    uint32_t *dirty, dirty_count;

    /* of the turn being scanned */
    int32_t *first_match; /* by atom; those in touched are not NO_MATCH */
    uint32_t *touched, touched_count;
    match *matches;
    hit *hits;
    uint32_t *order; /* of the atom being settled: indexes of matches */
    struct sorted *keys;
    uint32_t order_capacity;
    bool has_excuse_over_limit; /* of the atom being settled: whether it is excused is not known */
    bool is_cut; /* more matches in this turn than are kept */
    uint32_t match_count, match_capacity, hit_count, hit_capacity;
    bool is_out_of_memory;
};

cs_error scanner_create(cs_ruleset *ruleset, cs_scanner **out, cs_message *message) {
    cs_scanner *s = calloc(1, sizeof *s);
    const cs_patterns *p = ruleset_patterns(ruleset);
    uint32_t atoms = ruleset_syntax(ruleset)->atom_count + 1;
    if (!s) return message_set(message, CS_ERR_MEMORY, "out of memory for a scanner");
    ruleset_hold(ruleset);
    s->ruleset = ruleset;
    s->patterns = p;
    s->syntax = ruleset_syntax(ruleset);
    s->atoms = calloc(atoms, sizeof *s->atoms);
    s->dirty = calloc(atoms, sizeof *s->dirty);
    s->touched = calloc(atoms, sizeof *s->touched);
    s->first_match = malloc(atoms * sizeof *s->first_match);
    s->match_data = pcre2_match_data_create(1, NULL);
    s->match_context = pcre2_match_context_create(NULL);
    s->scratch_arena = arena_create(SCRATCH_BYTES);
    s->passing_arena = arena_create(SCRATCH_BYTES);
    s->fold_arena = arena_create(SCRATCH_BYTES);
    bool is_ready = s->scratch_arena && s->passing_arena && s->fold_arena && s->atoms && s->dirty && s->touched &&
                    s->first_match && s->match_data && s->match_context;
    if (is_ready && p->literal_database) is_ready = hs_alloc_scratch(p->literal_database, &s->scratch) == HS_SUCCESS;
    if (is_ready && p->filter_database) is_ready = hs_alloc_scratch(p->filter_database, &s->scratch) == HS_SUCCESS;
    if (!is_ready) {
        scanner_free(s);
        return message_set(message, CS_ERR_MEMORY, "out of memory for a scanner");
    }
    pcre2_set_match_limit(s->match_context, MATCH_LIMIT);
    for (uint32_t i = 0; i < atoms; i++) s->first_match[i] = NO_MATCH;
    *out = s;
    return CS_OK;
}

void scanner_free(cs_scanner *s) {
    if (!s) return;
    hs_free_scratch(s->scratch);
    arena_free(s->scratch_arena);
    arena_free(s->passing_arena);
    arena_free(s->fold_arena);
    pcre2_match_data_free(s->match_data);
    pcre2_match_context_free(s->match_context);
    free(s->atoms);
    free(s->dirty);
    free(s->touched);
    free(s->first_match);
    free(s->matches);
    free(s->hits);
    free(s->order);
    free(s->keys);
    ruleset_release(s->ruleset);
    free(s);
}

cs_arena *scan_scratch(cs_scanner *scanner) {
    return scanner->scratch_arena;
}
cs_arena *scan_passing(cs_scanner *scanner) {
    return scanner->passing_arena;
}
cs_ruleset *scan_ruleset(const cs_scanner *scanner) {
    return scanner->ruleset;
}
const cs_occurrences *scan_occurrences(const cs_scanner *scanner, uint32_t atom) {
    return &scanner->atoms[atom];
}

void scan_begin(cs_scanner *s, cs_arena *arena) {
    for (uint32_t i = 0; i < s->dirty_count; i++) s->atoms[s->dirty[i]] = (cs_occurrences){0};
    s->dirty_count = 0;
    s->arena = arena;
}

/* ---- matches of one turn ---- */

static bool room_for(void **items, uint32_t *capacity, uint32_t count, size_t item_bytes) {
    if (count < *capacity) return true;
    uint32_t larger = *capacity ? *capacity * 2 : 256;
    void *grown = larger <= MAX_MATCHES * 2 ? realloc(*items, larger * item_bytes) : NULL;
    if (!grown) return false;
    *items = grown;
    *capacity = larger;
    return true;
}

static int on_hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
    cs_scanner *s = context;
    (void)from;
    (void)flags;
    if (s->hit_count == MAX_MATCHES) {
        return 1; /* what was found up to here stands; a turn of nothing but phrases needs no more */
    }
    if (!room_for((void **)&s->hits, &s->hit_capacity, s->hit_count, sizeof *s->hits)) {
        s->is_out_of_memory = true;
        return 1;
    }
    s->hits[s->hit_count++] = (hit){.pattern = id, .to = (uint32_t)to};
    return 0;
}

static void add_match(cs_scanner *s, const cs_pattern *pattern, match m) {
    for (uint32_t i = 0; i < pattern->use_count; i++) {
        const cs_use *use = &s->patterns->uses[pattern->use_from + i];
        if (s->match_count == MAX_MATCHES) {
            s->is_cut = true;
            return;
        }
        if (!room_for((void **)&s->matches, &s->match_capacity, s->match_count, sizeof *s->matches)) {
            s->is_out_of_memory = true;
            return;
        }
        if (s->first_match[use->atom] == NO_MATCH) s->touched[s->touched_count++] = use->atom;
        m.is_excuse = use->is_excuse;
        m.next = s->first_match[use->atom];
        s->first_match[use->atom] = (int32_t)s->match_count;
        s->matches[s->match_count++] = m;
    }
}

static void match_literals(cs_scanner *s, const cs_folded *f) {
    s->hit_count = 0;
    if (!s->patterns->literal_database) return;
    hs_error_t code = hs_scan(s->patterns->literal_database, f->text, f->bytes, 0, s->scratch, on_hit, s);
    if (code != HS_SUCCESS && code != HS_SCAN_TERMINATED) s->is_out_of_memory = true;
    for (uint32_t i = 0; i < s->hit_count; i++) {
        const cs_pattern *pattern = &s->patterns->literals[s->hits[i].pattern];
        uint32_t to = s->hits[i].to, from = to - pattern->bytes;
        if (fold_is_whole_word(f, from, to)) add_match(s, pattern, (match){.from = from, .to = to});
    }
}

static void match_expression(cs_scanner *s, const cs_pattern *pattern, const cs_folded *f) {
    PCRE2_SIZE at = 0;
    for (unsigned n = 0; n < MAX_EXPRESSION_MATCHES && at <= f->bytes; n++) {
        int code = pcre2_match(pattern->code, (PCRE2_SPTR)f->text, f->bytes, at, PCRE2_NO_UTF_CHECK, s->match_data,
                               s->match_context);
        if (code == PCRE2_ERROR_NOMATCH) return;
        if (code < 0) { /* its limit: the whole turn may or may not match */
            add_match(s, pattern, (match){.from = 0, .to = f->bytes, .is_expression = true, .is_over_limit = true});
            return;
        }
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(s->match_data);
        PCRE2_SIZE from = ends[0], to = ends[1];
        if (to > from && from >= at)
            add_match(s, pattern, (match){.from = (uint32_t)from, .to = (uint32_t)to, .is_expression = true});
        at = to > at ? to : at + 1; /* an empty match must not stand still */
        while (at < f->bytes && ((unsigned char)f->text[at] & 0xC0) == 0x80) at++;
    }
}

static void match_expressions(cs_scanner *s, const cs_folded *f) {
    const cs_patterns *p = s->patterns;
    s->hit_count = 0;
    if (p->filter_database) {
        hs_error_t code = hs_scan(p->filter_database, f->text, f->bytes, 0, s->scratch, on_hit, s);
        if (code != HS_SUCCESS && code != HS_SCAN_TERMINATED) s->is_out_of_memory = true;
        for (uint32_t i = 0; i < s->hit_count; i++) match_expression(s, &p->expressions[s->hits[i].pattern], f);
    }
    for (uint32_t i = 0; p->always_count && i < p->expression_count; i++)
        if (p->expressions[i].is_always) match_expression(s, &p->expressions[i], f);
}

/* ---- from matches to the atom's one occurrence in this turn ---- */

static float confidence_of(const cs_turn *turn, uint32_t from, uint32_t to) {
    float least = turn->confidence;
    bool has_word = false;
    for (uint32_t i = 0; i < turn->word_count; i++) {
        const cs_word *w = &turn->words[i];
        if (w->offset >= to || w->offset + w->length <= from || w->confidence < 0) continue;
        least = has_word && least < w->confidence ? least : w->confidence;
        has_word = true;
    }
    return least;
}

/* When the character is spoken: by its word's time, else interpolated through the turn. */
static int64_t time_of(const cs_turn *turn, uint32_t offset, uint32_t length, bool is_end, bool *is_interpolated) {
    if (turn->start_ms == CS_NO_TIME) return CS_NO_TIME;
    for (uint32_t i = 0; i < turn->word_count; i++) {
        const cs_word *w = &turn->words[i];
        if (is_end ? w->offset < offset && offset <= w->offset + w->length
                   : w->offset <= offset && offset < w->offset + w->length)
            return is_end ? w->end_ms : w->start_ms;
    }
    if (turn->end_ms == CS_NO_TIME || turn->end_ms <= turn->start_ms || length == 0) return turn->start_ms;
    *is_interpolated = true;
    return turn->start_ms + (turn->end_ms - turn->start_ms) * (int64_t)offset / (int64_t)length;
}

typedef struct turn_scan {
    const cs_turn *turn;
    const cs_folded *folded;
    cs_role role;
    uint32_t index;
    int64_t at_ms;
} turn_scan;

static bool is_wrong_side(const cs_node *atom, const turn_scan *t) {
    return atom->role != CS_ANYONE && t->role != atom->role && t->role != CS_ROLE_UNDECIDED;
}

/* The excuse that holds the match, NULL: none. Excuses are sorted by their beginning, and each knows which of those up to
 * it ends last: one search by halves answers. */
static const match *excuse_around(const cs_scanner *s, uint32_t excuse_count, const match *m) {
    uint32_t low = 0, high = excuse_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->matches[s->order[middle]].from <= m->from)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    const match *longest = &s->matches[s->matches[s->order[low - 1]].next];
    return longest->to >= m->to ? longest : NULL;
}

static cs_occurrence occurrence_of(const cs_scanner *s, const cs_node *atom, const turn_scan *t, const match *m,
                                   uint32_t excuse_count) {
    const cs_folded *f = t->folded;
    cs_occurrence o = {.turn = t->index,
                       .from = f->origin[m->from],
                       .to = m->to > m->from ? f->origin[m->to - 1] + 1 : f->origin[m->from]};
    o.moment = (cs_moment){t->at_ms, t->index, o.from + 1};
    o.how = m->is_expression ? "expression" : "text";
    float confidence = confidence_of(t->turn, o.from, o.to);
    if (m->is_over_limit || s->has_excuse_over_limit || s->is_cut) {
        o.is_possible = true;
        o.reason = CS_REASON_LIMIT;
    } else if (confidence >= 0 && confidence < CS_CONFIDENCE_LIMIT) {
        o.is_possible = true;
        o.reason = CS_REASON_LOW_CONFIDENCE;
    } else if (t->role == CS_ROLE_UNDECIDED && atom->role != CS_ANYONE) {
        o.is_possible = true;
        o.reason = CS_REASON_ROLE_UNKNOWN;
    }
    const match *excuse = excuse_around(s, excuse_count, m);
    if (excuse) {
        o.why = CS_WHY_EXCUSED;
        o.by = arena_copy(s->arena, f->text + excuse->from, excuse->to - excuse->from);
    } else if (atom->is_assertion) {
        o.why = assertion_excuse(f, m->from, m->to, &o.by);
    }
    if (o.why == CS_WHY_NONE && is_wrong_side(atom, t)) o.why = CS_WHY_WRONG_SIDE;
    return o;
}

/* Sure before possible before what does not count; then the earliest, then the longest. */
static bool is_better(const cs_occurrence *a, const cs_occurrence *b) {
    int rank_a = a->why ? 2 : a->is_possible, rank_b = b->why ? 2 : b->is_possible;
    if (rank_a != rank_b) return rank_a < rank_b;
    return a->from != b->from ? a->from < b->from : a->to > b->to;
}

static bool keep(cs_scanner *s, uint32_t atom, const turn_scan *t, cs_occurrence o) {
    cs_occurrences *list = &s->atoms[atom];
    size_t begin = utf8_offset(t->turn->text, t->turn->text_bytes, o.from);
    size_t end = utf8_offset(t->turn->text, t->turn->text_bytes, o.to);
    o.matched = arena_copy(s->arena, t->turn->text + begin, end - begin);
    uint32_t length = t->folded->origin[t->folded->bytes];
    o.start_ms = time_of(t->turn, o.from, length, false, &o.is_interpolated);
    o.end_ms = time_of(t->turn, o.to, length, true, &o.is_interpolated);
    if (list->count == list->capacity) {
        uint32_t larger = list->capacity ? list->capacity * 2 : 4;
        cs_occurrence *grown = arena_array(s->arena, larger, sizeof *grown);
        if (!grown) return false;
        if (list->count) memcpy(grown, list->items, list->count * sizeof *grown);
        list->items = grown;
        list->capacity = larger;
    }
    if (list->count == 0) s->dirty[s->dirty_count++] = atom;
    list->items[list->count++] = o;
    return o.matched != NULL;
}

/* qsort gets no context: what is sorted carries its keys. */
typedef struct sorted {
    uint32_t match, from, to;
    bool is_excuse;
} sorted;

/* Excuses first, then by place, the longer first. */
static int compare_sorted(const void *left, const void *right) {
    const sorted *a = left, *b = right;
    if (a->is_excuse != b->is_excuse) return a->is_excuse ? -1 : 1;
    if (a->from != b->from) return a->from < b->from ? -1 : 1;
    return a->to > b->to ? -1 : a->to < b->to;
}

/* Puts the atom's matches of this turn into s->order, excuses first; each excuse's next becomes the one up to it that ends
 * last. false: out of memory. */
static bool order_matches(cs_scanner *s, uint32_t atom, uint32_t *count, uint32_t *excuse_count) {
    uint32_t n = 0;
    *excuse_count = 0;
    s->has_excuse_over_limit = false;
    for (int32_t i = s->first_match[atom]; i != NO_MATCH; i = s->matches[i].next) n++;
    if (n > s->order_capacity) {
        uint32_t *order = realloc(s->order, n * 2 * sizeof *order);
        if (order) s->order = order;
        sorted *keys = realloc(s->keys, n * 2 * sizeof *keys);
        if (keys) s->keys = keys;
        if (!order || !keys) return false;
        s->order_capacity = n * 2;
    }
    uint32_t k = 0;
    for (int32_t i = s->first_match[atom]; i != NO_MATCH; i = s->matches[i].next)
        if (s->matches[i].is_excuse && s->matches[i].is_over_limit)
            s->has_excuse_over_limit = true;
        else
            s->keys[k++] = (sorted){(uint32_t)i, s->matches[i].from, s->matches[i].to, s->matches[i].is_excuse};
    n = k;
    if (n > 1) qsort(s->keys, n, sizeof *s->keys, compare_sorted);
    for (uint32_t i = 0; i < n; i++) {
        s->order[i] = s->keys[i].match;
        if (!s->keys[i].is_excuse) continue;
        int32_t before = i ? s->matches[s->order[i - 1]].next : NO_MATCH;
        bool is_longest = before == NO_MATCH || s->matches[before].to <= s->keys[i].to;
        s->matches[s->order[i]].next = is_longest ? (int32_t)s->order[i] : before;
        ++*excuse_count;
    }
    *count = n;
    return true;
}

static bool settle_atom(cs_scanner *s, uint32_t atom, const turn_scan *t) {
    const cs_node *node = s->syntax->atoms[atom];
    cs_occurrence best = {0};
    bool has_best = false;
    uint32_t count, excuse_count;
    if (!order_matches(s, atom, &count, &excuse_count)) return false;
    for (uint32_t i = excuse_count; i < count; i++) {
        cs_occurrence o = occurrence_of(s, node, t, &s->matches[s->order[i]], excuse_count);
        if (!has_best || is_better(&o, &best)) best = o;
        has_best = true;
        if ((o.why == CS_WHY_NONE && !o.is_possible) || is_wrong_side(node, t)) break; /* nothing behind it is better */
    }
    return !has_best || keep(s, atom, t, best);
}

cs_error scan_turn(cs_scanner *s, const cs_turn *turn, cs_role role, uint32_t index, int64_t at_ms,
                   cs_message *message) {
    cs_folded folded;
    arena_reset(s->fold_arena);
    if (!fold_text(turn->text, turn->text_bytes, s->fold_arena, &folded))
        return message_set(message, CS_ERR_MEMORY, "out of memory while reading turn %u", index + 1);
    s->match_count = 0;
    s->is_cut = false;
    match_literals(s, &folded);
    match_expressions(s, &folded);
    turn_scan t = {.turn = turn, .folded = &folded, .role = role, .index = index, .at_ms = at_ms};
    bool is_good = !s->is_out_of_memory;
    for (uint32_t i = 0; i < s->touched_count; i++) {
        if (is_good) is_good = settle_atom(s, s->touched[i], &t);
        s->first_match[s->touched[i]] = NO_MATCH;
    }
    s->touched_count = 0;
    s->is_out_of_memory = false;
    return is_good ? CS_OK : message_set(message, CS_ERR_MEMORY, "out of memory while inspecting turn %u", index + 1);
}
