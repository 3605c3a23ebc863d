#include "rules/scan_state.h"

#include <stdlib.h>

cs_error scanner_create(cs_ruleset *ruleset, cs_scanner **out, cs_message *message) {
    cs_scanner *s = calloc(1, sizeof *s);
    const cs_patterns *p = ruleset_patterns(ruleset);
    uint32_t atoms = ruleset_syntax(ruleset)->atom_count + 1;
    if (!s) return message_set(message, CS_ERR_MEMORY, "out of memory for a scanner");
    ruleset_hold(ruleset);
    s->ruleset = ruleset;
    s->patterns = p;
    s->syntax = ruleset_syntax(ruleset);
    s->touched = calloc(atoms, sizeof *s->touched);
    s->first_match = malloc(atoms * sizeof *s->first_match);
    s->match_data = pcre2_match_data_create(1, NULL);
    s->match_context = pcre2_match_context_create(NULL);
    s->scratch_arena = arena_create(SCRATCH_BYTES);
    s->passing_arena = arena_create(SCRATCH_BYTES);
    s->fold_arena = arena_create(SCRATCH_BYTES);
    s->ahead_arena = arena_create(SCRATCH_BYTES);
    s->kept_arena = arena_create(SCRATCH_BYTES);
    bool is_ready = s->scratch_arena && s->passing_arena && s->fold_arena && s->ahead_arena && s->kept_arena &&
                    s->touched && s->first_match && s->match_data && s->match_context;
    const hs_database_t *databases[] = {p->literal_database, p->filter_database, p->sound_database};
    for (size_t i = 0; is_ready && i < sizeof databases / sizeof *databases; i++)
        if (databases[i]) is_ready = hs_alloc_scratch(databases[i], &s->scratch) == HS_SUCCESS;
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
    patterns_free(&s->doubts);
    arena_free(s->scratch_arena);
    arena_free(s->passing_arena);
    arena_free(s->fold_arena);
    arena_free(s->ahead_arena);
    arena_free(s->kept_arena);
    pcre2_match_data_free(s->match_data);
    pcre2_match_context_free(s->match_context);
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
cs_arena *scan_ahead(cs_scanner *scanner) {
    return scanner->ahead_arena;
}
cs_arena *scan_kept(cs_scanner *scanner) {
    return scanner->kept_arena;
}
cs_ruleset *scan_ruleset(const cs_scanner *scanner) {
    return scanner->ruleset;
}
cs_quiet *scan_quiet(cs_scanner *scanner, cs_channel channel, uint32_t spoke) {
    return &scanner->quiet[(uint32_t)channel << CS_ROLE_COUNT | (spoke & ((1u << CS_ROLE_COUNT) - 1))];
}

cs_error scan_turn(cs_scanner *s, cs_table *table, const cs_turn *turn, cs_role role, bool is_first, uint32_t index,
                   int64_t at_ms, const cs_folded **folded, cs_message *message) {
    arena_reset(s->fold_arena);
    s->table = table;
    if (!fold_text_only(turn->text, turn->text_bytes, s->fold_arena, &s->folded))
        return message_set(message, CS_ERR_MEMORY, "out of memory while reading turn %u", index + 1);
    scan_matches(s, turn, &s->folded);
    cs_turn_scan t = {
        .turn = turn, .folded = &s->folded, .role = role, .is_first = is_first, .index = index, .at_ms = at_ms};
    bool is_good = !s->is_out_of_memory;
    if (s->touched_count && is_good && !s->folded.origin)
        is_good = fold_origin(turn->text, turn->text_bytes, s->fold_arena, &s->folded);
    for (uint32_t i = 0; i < s->touched_count; i++) {
        if (is_good) is_good = scan_settle(s, s->touched[i], &t);
        s->first_match[s->touched[i]] = NO_MATCH;
    }
    s->touched_count = 0;
    s->is_out_of_memory = false;
    *folded = &s->folded;
    return is_good ? CS_OK : message_set(message, CS_ERR_MEMORY, "out of memory while inspecting turn %u", index + 1);
}
