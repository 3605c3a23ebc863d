#include "rules/patterns.h"

#include "rules/pattern_cache.h"
#include "text/fold.h"
#include "text/pinyin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct wanted { /* one phrase of one atom, before equal ones are joined */
    const char *text;
    const cs_node *atom;
    uint16_t group;
    bool is_excuse;
} wanted;

typedef enum cs_kind_of_pattern { LITERALS, EXPRESSIONS, SOUNDS, DOUBTS } cs_kind_of_pattern;

static int compare_wanted(const void *left, const void *right) {
    const wanted *a = left, *b = right;
    int by_text = strcmp(a->text, b->text);
    if (by_text) return by_text;
    if (a->atom->atom != b->atom->atom) return a->atom->atom < b->atom->atom ? -1 : 1;
    if (a->is_excuse != b->is_excuse) return (int)a->is_excuse - (int)b->is_excuse;
    return (int)a->group - (int)b->group;
}

static size_t add_wanted(wanted *out, const cs_phrases *phrases, cs_kind_of_pattern kind, const cs_node *atom,
                         bool is_excuse) {
    if (kind == SOUNDS && (atom->operator!= OPERATOR_SOUNDS || is_excuse))
        return 0; /* excuses are read by their text */
    if (kind == DOUBTS && (atom->operator== OPERATOR_SOUNDS || is_excuse)) return 0;
    uint32_t count = kind == EXPRESSIONS ? phrases->expression_count : phrases->literal_count;
    const char **texts = kind == EXPRESSIONS ? phrases->expressions : phrases->literals;
    const uint16_t *groups = kind == EXPRESSIONS ? phrases->expression_groups : phrases->literal_groups;
    for (uint32_t i = 0; out && i < count; i++)
        out[i] = (wanted){.text = texts[i], .atom = atom, .group = groups[i], .is_excuse = is_excuse};
    return count;
}

/* Phrases are searched for in the text by these; of the others they say something else. */
static bool is_searched(const cs_node *atom) {
    return (atom->operator>= OPERATOR_SAYS && atom->operator<= OPERATOR_PLAIN) ||
           atom->operator== OPERATOR_ASKS || atom->operator== OPERATOR_INTENT;
}

/* All phrases (or expressions) of all atoms, sorted, equal texts side by side. Excuses of operators that are not searched
 * for by phrases are looked for all the same: they say which turns are excepted. */
static wanted *gather(const cs_syntax *syntax, cs_kind_of_pattern kind, size_t *count) {
    wanted *all = NULL;
    for (int pass = 0; pass < 2; pass++) {
        size_t n = 0;
        for (uint32_t i = 0; i < syntax->atom_count; i++) {
            const cs_node *atom = syntax->atoms[i];
            if (!is_searched(atom)) continue;
            n += add_wanted(all ? all + n : NULL, &atom->phrases, kind, atom, false);
            n += add_wanted(all ? all + n : NULL, &atom->excuses, kind, atom, true);
        }
        *count = n;
        if (!all && !(all = calloc(n + 1, sizeof *all))) return NULL;
    }
    return all;
}

static void sort(wanted *all, size_t count) {
    qsort(all, count, sizeof *all, compare_wanted);
}

/* Phrases become their syllables. One syllable alone sounds like too much, and other scripts are found by their text. */
static bool turn_into_sounds(wanted *all, size_t *count, cs_arena *arena) {
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        cs_folded folded;
        cs_sounds sounds;
        if (!fold_text(all[i].text, strlen(all[i].text), arena, &folded) || !pinyin_sounds(&folded, arena, &sounds))
            return false;
        uint32_t halves = 0;
        for (uint32_t k = 0; k < sounds.length; k++) halves += (unsigned char)sounds.bytes[k] >= 0x80;
        if (halves < 4) continue;
        const char *bytes = arena_copy(arena, sounds.bytes, sounds.length);
        if (!bytes) return false;
        all[kept] = all[i];
        all[kept++].text = bytes;
    }
    *count = kept;
    return true;
}

/* Joins equal texts into patterns with their uses behind those that are there already. */
static bool join_equal(const wanted *all, size_t count, cs_arena *arena, cs_pattern **patterns, uint32_t *pattern_count,
                       cs_patterns *out, uint32_t *use_count) {
    *patterns = arena_array(arena, count + 1, sizeof **patterns);
    if (!*patterns) return false;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(all[i].text, all[i - 1].text) != 0)
            (*patterns)[(*pattern_count)++] =
                (cs_pattern){.text = all[i].text, .bytes = (uint32_t)strlen(all[i].text), .use_from = *use_count};
        if (i > 0 && strcmp(all[i].text, all[i - 1].text) == 0 && all[i].atom->atom == all[i - 1].atom->atom &&
            all[i].is_excuse == all[i - 1].is_excuse &&
            ((all[i].atom->quorum <= 1 && all[i].atom->operator!= OPERATOR_PLAIN) || all[i].group == all[i - 1].group))
            continue; /* said twice */
        out->uses[(*use_count)++] =
            (cs_use){.atom = all[i].atom->atom, .group = all[i].group, .is_excuse = all[i].is_excuse};
        (*patterns)[*pattern_count - 1].use_count++;
    }
    return true;
}

static cs_error compile_literals(const cs_pattern *literals, uint32_t n, hs_database_t **database,
                                 cs_message *message) {
    if (n == 0) return CS_OK;
    const char **texts = calloc(n, sizeof *texts);
    size_t *lengths = calloc(n, sizeof *lengths);
    unsigned *ids = calloc(n, sizeof *ids), *flags = calloc(n, sizeof *flags);
    hs_compile_error_t *fault = NULL;
    cs_error code = CS_ERR_MEMORY;
    if (texts && lengths && ids && flags) {
        for (uint32_t i = 0; i < n; i++) {
            texts[i] = literals[i].text;
            lengths[i] = literals[i].bytes;
            ids[i] = i;
        }
        code = hs_compile_lit_multi(texts, flags, ids, lengths, n, HS_MODE_BLOCK, NULL, database, &fault) == HS_SUCCESS
                   ? CS_OK
                   : message_set(message, CS_ERR_PARSE, "the phrases can't be compiled: %s",
                                 fault ? fault->message : "no reason given");
    }
    hs_free_compile_error(fault);
    free(texts);
    free(lengths);
    free(ids);
    free(flags);
    return code == CS_ERR_MEMORY ? message_set(message, code, "out of memory while compiling phrases") : code;
}

enum { FILTER_FLAGS = HS_FLAG_PREFILTER | HS_FLAG_UTF8 | HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY };

static bool can_be_foreseen(const char *expression) {
    hs_expr_info_t *info = NULL;
    hs_compile_error_t *fault = NULL;
    bool can = hs_expression_info(expression, FILTER_FLAGS, &info, &fault) == HS_SUCCESS;
    free(info);
    hs_free_compile_error(fault);
    return can;
}

static cs_error compile_filters(cs_patterns *patterns, cs_message *message) {
    uint32_t n = patterns->expression_count, used = 0;
    const char **texts = calloc(n + 1, sizeof *texts);
    unsigned *ids = calloc(n + 1, sizeof *ids), *flags = calloc(n + 1, sizeof *flags);
    hs_compile_error_t *fault = NULL;
    cs_error code = texts && ids && flags
                        ? CS_OK
                        : message_set(message, CS_ERR_MEMORY, "out of memory while compiling expressions");
    for (uint32_t i = 0; code == CS_OK && i < n; i++) {
        cs_pattern *p = &patterns->expressions[i];
        p->is_always = !can_be_foreseen(p->text);
        patterns->always_count += p->is_always;
        if (p->is_always) continue;
        texts[used] = p->text;
        flags[used] = FILTER_FLAGS;
        ids[used++] = i;
    }
    if (code == CS_OK && used > 0 &&
        hs_compile_multi(texts, flags, ids, used, HS_MODE_BLOCK, NULL, &patterns->filter_database, &fault) !=
            HS_SUCCESS) {
        patterns->filter_database = NULL; /* together they are too much: try each on every turn, slower but right */
        for (uint32_t i = 0; i < n; i++) patterns->expressions[i].is_always = true;
        patterns->always_count = n;
    }
    hs_free_compile_error(fault);
    free(texts);
    free(ids);
    free(flags);
    return code;
}

static cs_error compile_expressions(cs_patterns *patterns, const cs_syntax *syntax, cs_on_problem on_problem,
                                    void *context, cs_message *message) {
    cs_error code = CS_OK;
    for (uint32_t i = 0; i < patterns->expression_count; i++) {
        cs_pattern *p = &patterns->expressions[i];
        const cs_node *atom = syntax->atoms[patterns->uses[p->use_from].atom];
        int fault;
        PCRE2_SIZE where;
        p->code = pcre2_compile((PCRE2_SPTR)p->text, p->bytes, PCRE2_UTF | PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C,
                                &fault, &where, NULL);
        if (p->code) {
            (void)pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* without it matching is slower, not wrong */
        } else {
            char words[120], reason[320];
            pcre2_get_error_message(fault, (PCRE2_UCHAR *)words, sizeof words);
            snprintf(reason, sizeof reason, "the expression /%.60s/ is faulty at character %zu: %s", p->text,
                     (size_t)where + 1, words);
            cs_rule_problem problem = {.file = atom->file, .line = atom->line, .column = 1, .reason = reason};
            if (on_problem) on_problem(context, &problem);
            code = message_set(message, CS_ERR_PARSE, "%s line %u: %s", atom->file, atom->line, reason);
        }
    }
    return code;
}

static cs_error compile_databases(cs_patterns *out, const char *cache, cs_message *message) {
    if (pattern_cache_load(cache, out)) return CS_OK;
    cs_error code = compile_literals(out->literals, out->literal_count, &out->literal_database, message);
    if (code == CS_OK) code = compile_literals(out->sounds, out->sound_count, &out->sound_database, message);
    if (code == CS_OK) code = compile_filters(out, message);
    if (code == CS_OK) pattern_cache_save(cache, out);
    return code;
}

cs_error patterns_compile(const cs_syntax *syntax, const char *cache, cs_arena *arena, cs_on_problem on_problem,
                          void *context, cs_patterns *out, cs_message *message) {
    *out = (cs_patterns){0};
    size_t literal_uses, expression_uses, sound_uses;
    uint32_t use_count = 0;
    cs_error code = CS_ERR_MEMORY;
    wanted *literals = gather(syntax, LITERALS, &literal_uses);
    wanted *expressions = gather(syntax, EXPRESSIONS, &expression_uses);
    wanted *sounds = gather(syntax, SOUNDS, &sound_uses);
    if (!literals || !expressions || !sounds || !turn_into_sounds(sounds, &sound_uses, arena)) goto done;
    sort(literals, literal_uses);
    sort(expressions, expression_uses);
    sort(sounds, sound_uses);
    out->uses = arena_array(arena, literal_uses + expression_uses + sound_uses + 1, sizeof *out->uses);
    if (!out->uses ||
        !join_equal(literals, literal_uses, arena, &out->literals, &out->literal_count, out, &use_count) ||
        !join_equal(expressions, expression_uses, arena, &out->expressions, &out->expression_count, out, &use_count) ||
        !join_equal(sounds, sound_uses, arena, &out->sounds, &out->sound_count, out, &use_count))
        goto done;
    code = compile_expressions(out, syntax, on_problem, context, message);
    if (code == CS_OK) code = compile_databases(out, cache, message);
done:
    free(literals);
    free(expressions);
    free(sounds);
    if (code == CS_ERR_MEMORY) message_set(message, code, "out of memory while compiling the rules");
    if (code != CS_OK) patterns_free(out);
    return code;
}

cs_error patterns_compile_doubts(const cs_syntax *syntax, cs_arena *arena, cs_patterns *out, cs_message *message) {
    size_t count;
    uint32_t use_count = 0;
    *out = (cs_patterns){0};
    wanted *doubts = gather(syntax, DOUBTS, &count);
    bool is_good = doubts && turn_into_sounds(doubts, &count, arena);
    if (is_good) {
        sort(doubts, count);
        out->uses = arena_array(arena, count + 1, sizeof *out->uses);
        is_good = out->uses && join_equal(doubts, count, arena, &out->sounds, &out->sound_count, out, &use_count);
    }
    free(doubts);
    if (!is_good) return message_set(message, CS_ERR_MEMORY, "out of memory for the sounds of the rules");
    return compile_literals(out->sounds, out->sound_count, &out->sound_database, message);
}

void patterns_free(cs_patterns *patterns) {
    hs_free_database(patterns->literal_database);
    hs_free_database(patterns->filter_database);
    hs_free_database(patterns->sound_database);
    for (uint32_t i = 0; i < patterns->expression_count; i++) pcre2_code_free(patterns->expressions[i].code);
    *patterns = (cs_patterns){0};
}
