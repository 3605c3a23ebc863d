/* What stands in a turn: phrases by Hyperscan, expressions by PCRE2 behind a prefilter, phrases by sound. */
#include "rules/scan_state.h"

#include "text/pinyin.h"

#include <stdlib.h>

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
        s->is_cut = true; /* a turn of nothing but phrases: what excuses them may be among the rest */
        return 1;
    }
    if (!room_for((void **)&s->hits, &s->hit_capacity, s->hit_count, sizeof *s->hits)) {
        s->is_out_of_memory = true;
        return 1;
    }
    s->hits[s->hit_count++] = (cs_hit){.pattern = id, .to = (uint32_t)to};
    return 0;
}

static void add_match(cs_scanner *s, const cs_pattern *pattern, cs_match m) {
    const cs_use *uses = m.is_doubt ? s->doubts.uses : s->patterns->uses;
    for (uint32_t i = 0; i < pattern->use_count; i++) {
        const cs_use *use = &uses[pattern->use_from + i];
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
        m.group = use->group;
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
        if (fold_is_whole_word(f, from, to)) add_match(s, pattern, (cs_match){.from = from, .to = to});
    }
}

static void match_expression(cs_scanner *s, const cs_pattern *pattern, const cs_folded *f) {
    PCRE2_SIZE at = 0;
    for (unsigned n = 0; n < MAX_EXPRESSION_MATCHES && at <= f->bytes; n++) {
        int code = pcre2_match(pattern->code, (PCRE2_SPTR)f->text, f->bytes, at, PCRE2_NO_UTF_CHECK, s->match_data,
                               s->match_context);
        if (code == PCRE2_ERROR_NOMATCH) return;
        if (code < 0) { /* its limit: the whole turn may or may not match */
            add_match(s, pattern, (cs_match){.from = 0, .to = f->bytes, .is_expression = true, .is_over_limit = true});
            return;
        }
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(s->match_data);
        PCRE2_SIZE from = ends[0], to = ends[1];
        if (to > from && from >= at)
            add_match(s, pattern, (cs_match){.from = (uint32_t)from, .to = (uint32_t)to, .is_expression = true});
        at = to > at ? to : at + 1; /* an empty match must not stand still */
        while (at < f->bytes && ((unsigned char)f->text[at] & 0xC0) == 0x80) at++;
        if (n + 1 == MAX_EXPRESSION_MATCHES && at <= f->bytes) s->is_cut = true;
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

static void match_sounds(cs_scanner *s, const cs_patterns *patterns, const cs_turn *turn, const cs_folded *f,
                         bool is_doubt) {
    cs_sounds sounds;
    s->hit_count = 0;
    if (!patterns->sound_database) return;
    if (!scan_sounds(s, turn, &sounds)) {
        s->is_out_of_memory = true;
        return;
    }
    hs_error_t code = hs_scan(patterns->sound_database, sounds.bytes, sounds.length, 0, s->scratch, on_hit, s);
    if (code != HS_SUCCESS && code != HS_SCAN_TERMINATED) s->is_out_of_memory = true;
    for (uint32_t i = 0; i < s->hit_count; i++) {
        const cs_pattern *pattern = &patterns->sounds[s->hits[i].pattern];
        uint32_t end = s->hits[i].to, start = end - pattern->bytes, from = sounds.origin[start];
        uint32_t to = sounds.origin[end - 1] + 1;
        while (to < f->bytes && ((unsigned char)f->text[to] & 0xC0) == 0x80) to++;
        if (fold_is_whole_word(f, from, to))
            add_match(s, pattern, (cs_match){.from = from, .to = to, .is_sound = true, .is_doubt = is_doubt});
    }
}

static bool is_hardly_recognised(const cs_turn *turn) {
    bool is_doubtful = turn->confidence >= 0 && turn->confidence < CS_CONFIDENCE_LIMIT;
    for (uint32_t i = 0; i < turn->word_count && !is_doubtful; i++)
        is_doubtful = turn->words[i].confidence >= 0 && turn->words[i].confidence < CS_CONFIDENCE_LIMIT;
    return is_doubtful;
}

/* What was hardly recognised may have been what it sounds like. Made once, where such a turn comes. */
static void match_doubts(cs_scanner *s, const cs_turn *turn, const cs_folded *f) {
    if (!s->has_doubts) {
        cs_message message;
        s->has_doubts = true;
        bool is_good = patterns_compile_doubts(s->syntax, s->kept_arena, &s->doubts, &message) == CS_OK;
        if (is_good && s->doubts.sound_database)
            is_good = hs_alloc_scratch(s->doubts.sound_database, &s->scratch) == HS_SUCCESS;
        if (!is_good) s->is_out_of_memory = true;
    }
    if (!s->is_out_of_memory) match_sounds(s, &s->doubts, turn, f, true);
}

void scan_matches(cs_scanner *s, const cs_turn *turn, const cs_folded *f) {
    s->match_count = 0;
    s->is_cut = false;
    match_literals(s, f);
    match_expressions(s, f);
    match_sounds(s, s->patterns, turn, f, false); /* only where a rule asks for it */
    if (is_hardly_recognised(turn)) match_doubts(s, turn, f);
}
