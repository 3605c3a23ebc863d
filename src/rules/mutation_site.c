#include "rules/mutation_site.h"

#include "rules/mutation_lexeme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_BYTES = 90 };

typedef struct finding {
    cs_arena *arena;
    const cs_written *statement;
    cs_mutation_site *sites;
    uint32_t count, room;
    bool is_out_of_memory;
} finding;

/* ---- one site ---- */

/* The text on one line, cut where it is long. */
static const char *shown(finding *f, const char *from, const char *to) {
    char text[SHOWN_BYTES + 8];
    size_t used = 0;
    bool is_blank = false;
    for (; from < to; from++) {
        bool is_space = is_blank_byte(*from) || *from == '\n';
        if (is_space && is_blank) continue;
        is_blank = is_space;
        bool is_start = ((unsigned char)*from & 0xC0) != 0x80;
        if (used >= SHOWN_BYTES - 4 && is_start) {
            memcpy(text + used, "…", 3);
            used += 3;
            break;
        }
        text[used++] = is_space ? ' ' : *from;
    }
    while (used > 0 && text[used - 1] == ' ') used--;
    return arena_copy(f->arena, text, used);
}

static const char *end_of(const cs_lexeme *lexeme) {
    return lexeme->at + lexeme->bytes;
}

static void add(finding *f, uint32_t line, cs_edit edit, const char *was, const char *now, bool is_phrase) {
    if (f->count >= CS_MAX_SITES || f->is_out_of_memory) return;
    if (!was || !edit.text || !arena_room(f->arena, (void **)&f->sites, &f->room, f->count, sizeof *f->sites)) {
        f->is_out_of_memory = true;
        return;
    }
    f->sites[f->count++] = (cs_mutation_site){
        .edit = edit, .file = f->statement->file, .line = line, .was = was, .now = now, .is_phrase = is_phrase};
}

/* item: what people read as left out, which may be less than what the edit takes away. */
static void leave_out(finding *f, const cs_lexeme *item, const char *from, const char *to, bool is_phrase) {
    const char *was = is_phrase ? shown(f, item->at, end_of(item)) : shown(f, from, to);
    add(f, item->line, (cs_edit){from, to, ""}, was, NULL, is_phrase);
}

/* Shown with the words beside it, so that one of many numbers or roles is recognised. */
static void replace(finding *f, const cs_lexeme *lexeme, const char *text) {
    const cs_lexeme *first = lexeme, *last = lexeme, *all = f->statement->lexemes;
    if (lexeme > all && lexeme[-1].kind != CS_LEXEME_LINE) first--;
    if (lexeme + 1 < all + f->statement->lexeme_count && lexeme[1].kind != CS_LEXEME_LINE) last++;
    const char *was = shown(f, first->at, end_of(last)), *now = NULL;
    const char *whole = text ? arena_printf(f->arena, "%.*s%s%.*s", (int)(lexeme->at - first->at), first->at, text,
                                            (int)(end_of(last) - end_of(lexeme)), end_of(lexeme))
                             : NULL;
    if (whole) now = shown(f, whole, whole + strlen(whole));
    add(f, lexeme->line, (cs_edit){lexeme->at, end_of(lexeme), now ? text : NULL}, was, now, false);
}

/* ---- lists: raw text between bars ---- */

/* One line's items; a bar inside quotes or slashes is part of the phrase. */
static void add_line_items(finding *f, const char *from, const char *to, uint32_t line) {
    const char *start = from;
    char open = 0;
    bool is_start = true;
    for (const char *at = from; at <= to; at++) {
        bool is_end = at == to;
        if (!is_end && open) {
            open = *at == open ? 0 : open;
        } else if (is_end || *at == '|') {
            const char *first = start, *last = at;
            while (first < last && is_blank_byte(*first)) first++;
            while (last > first && is_blank_byte(last[-1])) last--;
            /* With the bar behind it; a bar at the line's end may stay, the item before it ends there too. */
            if (last > first)
                add(f, line, (cs_edit){first, is_end ? last : at + 1, ""}, shown(f, first, last), NULL, true);
            start = at + 1;
            is_start = true;
        } else if (is_start && (*at == '"' || *at == '/')) {
            open = *at;
            is_start = false;
        } else if (!is_blank_byte(*at)) {
            is_start = false;
        }
    }
}

static void list_sites(finding *f) {
    const cs_written *list = f->statement;
    const cs_lexeme *equals = list->lexeme_count ? &list->lexemes[list->lexeme_count - 1] : NULL;
    uint32_t line = equals ? equals->line : 0, before = f->count;
    const char *from, *to, *next;
    for (const char *at = equals ? end_of(equals) : NULL; at; at = next, line++) {
        line_read(at, list->to, &from, &to, &next);
        add_line_items(f, from, line_comment(from, to), line);
    }
    if (f->count == before + 1) f->count = before; /* without its only phrase there is no list */
}

/* ---- rules and lets: lexeme by lexeme ---- */

static bool is_role(const cs_lexeme *lexeme) {
    static const char *const roles[][2] = {{"agent", "客服"}, {"agent", "坐席"},  {"customer", "客户"},
                                           {"bot", "机器人"}, {"system", "系统"}, {"anyone", "任何人"}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (lexeme_is(lexeme, roles[i][0], roles[i][1])) return true;
    return false;
}

static bool is_chinese(const cs_lexeme *lexeme) {
    return (unsigned char)*lexeme->at >= 0x80;
}

static void swap_role(finding *f, const cs_lexeme *lexeme) {
    if (lexeme_is(lexeme, "agent", "客服") || lexeme_is(lexeme, "agent", "坐席"))
        replace(f, lexeme, is_chinese(lexeme) ? "客户" : "customer");
    if (lexeme_is(lexeme, "customer", "客户")) replace(f, lexeme, is_chinese(lexeme) ? "客服" : "agent");
}

/* One step up and one down, of the last digit that is written. */
static void shift_number(finding *f, const cs_lexeme *lexeme) {
    const char *at = lexeme->at, *stop = end_of(lexeme), *unit = at;
    while (unit < stop && ((*unit >= '0' && *unit <= '9') || (*unit && strchr("+-.", *unit)))) unit++;
    char digits[32];
    size_t length = (size_t)(unit - at);
    if (length == 0 || length >= sizeof digits) return;
    memcpy(digits, at, length);
    digits[length] = 0;
    const char *point = strchr(digits, '.');
    int decimals = point ? (int)strlen(point + 1) : 0;
    double step = 1, value = strtod(digits, NULL);
    for (int i = 0; i < decimals; i++) step /= 10;
    for (int up = 0; up < 2; up++) {
        double shifted = up ? value + step : value - step;
        if (value >= 0 && shifted < 0) continue;
        replace(f, lexeme,
                arena_printf(f->arena, "%s%.*f%.*s", *digits == '+' ? "+" : "", decimals, shifted, (int)(stop - unit),
                             unit));
    }
}

/* first: where an item could begin. Gives the last lexeme of "a" | list | /b/. */
static uint32_t phrases_end(const cs_written *s, uint32_t first) {
    uint32_t at = first, last = first;
    for (; at < s->lexeme_count; at++) {
        while (at < s->lexeme_count && s->lexemes[at].kind == CS_LEXEME_LINE) at++;
        if (at >= s->lexeme_count || s->lexemes[at].kind == CS_LEXEME_MARK) break;
        last = at++;
        uint32_t bar = at;
        while (bar < s->lexeme_count && s->lexemes[bar].kind == CS_LEXEME_LINE) bar++;
        if (bar >= s->lexeme_count || !lexeme_is(&s->lexemes[bar], "|", "｜")) break;
        at = bar;
    }
    return last;
}

static void drop_excuse(finding *f, uint32_t unless) {
    const cs_written *s = f->statement;
    if (unless + 2 >= s->lexeme_count || !lexeme_is(&s->lexemes[unless + 1], "in", "在")) return;
    leave_out(f, &s->lexemes[unless], s->lexemes[unless].at, end_of(&s->lexemes[phrases_end(s, unless + 2)]), false);
}

/* ", once", ", once per demand", ", strict" */
static void drop_manner(finding *f, uint32_t comma) {
    const cs_written *s = f->statement;
    uint32_t last = comma + 1;
    if (last >= s->lexeme_count) return;
    bool is_once = lexeme_is(&s->lexemes[last], "once", "一次");
    if (!is_once && !lexeme_is(&s->lexemes[last], "strict", "严格")) return;
    if (is_once && last + 2 < s->lexeme_count && lexeme_is(&s->lexemes[last + 1], "per", "每")) last += 2;
    leave_out(f, &s->lexemes[comma], s->lexemes[comma].at, end_of(&s->lexemes[last]), false);
}

/* One of several phrases, with a bar. */
static void drop_phrase(finding *f, uint32_t at) {
    const cs_written *s = f->statement;
    uint32_t before = at, behind = at + 1;
    while (before > 0 && s->lexemes[before - 1].kind == CS_LEXEME_LINE) before--;
    while (behind < s->lexeme_count && s->lexemes[behind].kind == CS_LEXEME_LINE) behind++;
    bool has_bar_behind = behind < s->lexeme_count && lexeme_is(&s->lexemes[behind], "|", "｜");
    bool has_bar_before = before > 0 && lexeme_is(&s->lexemes[before - 1], "|", "｜");
    const cs_lexeme *item = &s->lexemes[at];
    if (has_bar_behind)
        leave_out(f, item, item->at, end_of(&s->lexemes[behind]), true);
    else if (has_bar_before)
        leave_out(f, item, s->lexemes[before - 1].at, end_of(item), true);
}

/* Turns the condition that begins here round, or takes away the `not` before it. */
static void negate(finding *f, uint32_t at, uint32_t clause) {
    const cs_written *s = f->statement;
    if (at > clause && lexeme_is(&s->lexemes[at - 1], "not", "非")) {
        replace(f, &s->lexemes[at - 1], "");
        return;
    }
    const cs_lexeme *first = &s->lexemes[at];
    replace(f, first,
            arena_printf(f->arena, "%s %.*s", is_chinese(first) ? "非" : "not", (int)first->bytes, first->at));
}

/* A role that begins a condition, not the one that says whose turns a window counts. */
static void role_sites(finding *f, uint32_t at, uint32_t clause) {
    const cs_lexeme *l = f->statement->lexemes;
    bool is_first = at > clause && lexeme_is(&l[at - 1], "first", "最初");
    swap_role(f, &l[at]);
    if (at > clause && (l[at - 1].kind == CS_LEXEME_NUMBER || lexeme_is(&l[at - 1], "by", "由"))) return;
    if (lexeme_is(&l[at + 1], "turns", "轮") || lexeme_is(&l[at + 1], "turn", "轮次")) return;
    negate(f, is_first ? at - 1 : at, clause);
}

/* What stands from `from` up to `to`: a condition of a rule or a let. */
static void condition_sites(finding *f, uint32_t from, uint32_t to) {
    const cs_written *s = f->statement;
    for (uint32_t i = from; i < to; i++) {
        const cs_lexeme *lexeme = &s->lexemes[i];
        if (lexeme->kind == CS_LEXEME_NUMBER) shift_number(f, lexeme);
        if (lexeme->kind == CS_LEXEME_PHRASE || lexeme->kind == CS_LEXEME_WORD) drop_phrase(f, i);
        if (is_role(lexeme) && i + 1 < to) role_sites(f, i, from);
        if (lexeme_is(lexeme, "unless", "除非")) drop_excuse(f, i);
        if (lexeme_is(lexeme, ",", "，")) drop_manner(f, i);
    }
    uint32_t first = from;
    while (first < to && s->lexemes[first].kind == CS_LEXEME_LINE) first++;
    bool is_word = first < to && s->lexemes[first].kind == CS_LEXEME_WORD;
    if (is_word && !is_role(&s->lexemes[first]) && !lexeme_is(&s->lexemes[first], "first", "最初") &&
        !lexeme_is(&s->lexemes[first], "not", "非") && !lexeme_is(&s->lexemes[first], "steps", "步骤"))
        negate(f, first, from);
}

typedef enum clause_kind { CLAUSE_NONE, CLAUSE_JUDGES, CLAUSE_WAIVES, CLAUSE_OTHER } clause_kind;

static clause_kind clause_of(const cs_lexeme *lexeme) {
    static const struct {
        const char *english, *chinese;
        clause_kind kind;
    } clauses[] = {
        {"when", "当", CLAUSE_JUDGES},     {"expect", "应当", CLAUSE_JUDGES}, {"never", "不得", CLAUSE_JUDGES},
        {"waived", "豁免", CLAUSE_WAIVES}, {"title", "标题", CLAUSE_OTHER},   {"for", "适用", CLAUSE_OTHER},
        {"prompt", "提示", CLAUSE_OTHER},  {"else", "否则", CLAUSE_OTHER},    {"then", "则", CLAUSE_OTHER}};
    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++)
        if (lexeme_is(lexeme, clauses[i].english, clauses[i].chinese)) return clauses[i].kind;
    return CLAUSE_NONE;
}

static void clause_sites(finding *f, uint32_t from, uint32_t to) {
    const cs_lexeme *word = &f->statement->lexemes[from];
    clause_kind kind = clause_of(word);
    if (kind != CLAUSE_JUDGES && kind != CLAUSE_WAIVES) return;
    if (lexeme_is(word, "expect", "应当")) replace(f, word, is_chinese(word) ? "不得" : "never");
    if (lexeme_is(word, "never", "不得")) replace(f, word, is_chinese(word) ? "应当" : "expect");
    if (kind == CLAUSE_WAIVES) leave_out(f, word, word->at, end_of(&f->statement->lexemes[to - 1]), false);
    condition_sites(f, from + (kind == CLAUSE_WAIVES ? 2 : 1), to);
}

/* A clause begins a line; steps and further lines of a condition don't begin with a clause's word. */
static void rule_sites(finding *f) {
    const cs_written *s = f->statement;
    uint32_t clause = 0;
    for (uint32_t i = 0; i <= s->lexeme_count; i++) {
        bool is_end = i == s->lexeme_count;
        bool is_clause =
            !is_end && i > 0 && s->lexemes[i - 1].kind == CS_LEXEME_LINE && clause_of(&s->lexemes[i]) != CLAUSE_NONE;
        if (!is_end && !is_clause) continue;
        uint32_t stop = is_end ? i : i - 1;
        if (clause > 0 && stop > clause) clause_sites(f, clause, stop);
        clause = i;
    }
}

bool mutation_sites(const cs_writing *writing, const bool *wanted, cs_arena *arena, cs_mutation_site **out,
                    uint32_t *count) {
    finding f = {.arena = arena};
    for (uint32_t i = 0; i < writing->count && !f.is_out_of_memory; i++) {
        f.statement = &writing->statements[i];
        if (!wanted[i]) continue;
        if (f.statement->kind == CS_WRITTEN_RULE) rule_sites(&f);
        if (f.statement->kind == CS_WRITTEN_LIST) list_sites(&f);
        if (f.statement->kind == CS_WRITTEN_LET && f.statement->lexeme_count > 3)
            condition_sites(&f, 3, f.statement->lexeme_count);
    }
    *out = f.sites;
    *count = f.count;
    return !f.is_out_of_memory;
}
