/* What the evaluation needs to know of whole rules: whose turn it is, where near-misses are looked for, what wakes them. */
#include "rules/parse.h"

#include <string.h>

enum { MOST_ATOMS = 64 };

static void collect_atoms(const cs_node *node, const cs_node **out, uint32_t *count) {
    if (!node || *count == MOST_ATOMS) return;
    if (node->kind == NODE_ATOM) out[(*count)++] = node;
    collect_atoms(node->left, out, count);
    collect_atoms(node->right, out, count);
    for (uint32_t i = 0; i < node->part_count; i++) collect_atoms(node->parts[i], out, count);
    for (uint32_t i = 0; i < node->step_count; i++) collect_atoms(node->steps[i].what, out, count);
}

static void collect_sides(const cs_node *node, cs_rule_body *body, uint32_t *found) {
    if (!node) return;
    if (node->kind == NODE_ATOM || node->kind == NODE_MEASURE) {
        cs_role role = node->operator== OPERATOR_SILENCE ? node->by : node->role;
        if (*found == 0)
            body->expected = role;
        else if (role != body->expected)
            body->expected = CS_ANYONE;
        body->sides |= role == CS_ANYONE ? ~(1u << CS_ROLE_SYSTEM) : 1u << role;
        ++*found;
    }
    collect_sides(node->left, body, found);
    collect_sides(node->right, body, found);
    for (uint32_t i = 0; i < node->part_count; i++) collect_sides(node->parts[i], body, found);
    for (uint32_t i = 0; i < node->step_count; i++) collect_sides(node->steps[i].what, body, found);
}

/* ---- what wakes a rule ---- */

/* Not found by words alone: it can be unknown as a whole. */
static bool is_asked_of_others(const cs_node *atom) {
    return atom->operator>= OPERATOR_FACT && !(atom->operator== OPERATOR_INTENT && atom->demand) &&
           atom->operator!= OPERATOR_ASKS && atom->operator!= OPERATOR_REPEATS;
}

typedef struct wakers {
    uint32_t atoms[MOST_ATOMS];
    uint32_t count;
    bool is_known; /* with none of them anywhere the condition is false, whatever else holds */
} wakers;

static void unite(wakers *into, const wakers *other) {
    for (uint32_t i = 0; i < other->count && into->is_known; i++) {
        if (into->count == MOST_ATOMS)
            into->is_known = false;
        else
            into->atoms[into->count++] = other->atoms[i];
    }
}

/* Whether it can be unknown without a word: a time in an untimed timeline, what was not looked for. */
static bool may_be_in_doubt(const cs_node *node) {
    if (!node) return false;
    if (node->kind == NODE_ATOM) return is_asked_of_others(node);
    if (node->kind == NODE_WINDOW && node->window == WINDOW_BEFORE) return true; /* before what was perhaps said */
    if (node->kind == NODE_WINDOW && node->extent != EXTENT_TURNS && node->extent != EXTENT_PERCENT &&
        (node->window_ms || node->extent != EXTENT_TIME))
        return true;
    for (uint32_t i = 0; i < node->part_count; i++)
        if (may_be_in_doubt(node->parts[i])) return true;
    return may_be_in_doubt(node->left) || may_be_in_doubt(node->right) || may_be_in_doubt(node->mark) ||
           may_be_in_doubt(node->mark_end);
}

static wakers wakers_of(const cs_node *node) {
    wakers none = {0}, left, right;
    switch (node->kind) {
    case NODE_ATOM: return (wakers){.atoms = {node->atom}, .count = 1, .is_known = true};
    case NODE_OR:
        left = wakers_of(node->left);
        right = wakers_of(node->right);
        if (!right.is_known) return none;
        unite(&left, &right);
        return left;
    case NODE_AND:
        left = wakers_of(node->left);
        right = wakers_of(node->right);
        return !left.is_known || (right.is_known && right.count < left.count) ? right : left;
    case NODE_COUNT: {
        bool needs_some = (node->compare == COMPARE_GE || node->compare == COMPARE_EQ) ? node->number >= 1
                                                                                       : node->compare == COMPARE_GT;
        return needs_some ? wakers_of(node->left) : none;
    }
    case NODE_NTH:
    case NODE_REPLY: return wakers_of(node->left);
    case NODE_ORDER:
        for (uint32_t i = 0; i < node->part_count; i++)
            if (may_be_in_doubt(node->parts[i])) return none;
        return wakers_of(node->parts[0]);
    case NODE_WINDOW:
        /* Windows of time are unknown in an untimed timeline, whatever was said. */
        if (node->extent == EXTENT_TIME && node->window_ms && node->window != WINDOW_ANYWHERE) return none;
        if (node->extent == EXTENT_DAY || node->extent == EXTENT_WORKDAY) return none;
        if (may_be_in_doubt(node->mark) || may_be_in_doubt(node->mark_end)) return none;
        if (node->window != WINDOW_BEFORE) return wakers_of(node->left);
        left = wakers_of(node->left); /* before what was only perhaps said nobody knows what was owed */
        right = wakers_of(node->mark);
        if (!right.is_known) return none;
        unite(&left, &right);
        return left;
    case NODE_MEASURE:
    case NODE_NOT:
    case NODE_STEPS: return none;
    }
    return none;
}

/* Operators that can be unknown as a whole (no times, no annotations) must be looked at. */
static bool may_be_unknown(const cs_syntax *syntax, const wakers *w) {
    for (uint32_t i = 0; i < w->count; i++) {
        if (is_asked_of_others(syntax->atoms[w->atoms[i]])) return true;
    }
    return false;
}

static bool is_plain(const cs_node *node) {
    return node->kind == NODE_ATOM || (node->kind == NODE_OR && is_plain(node->left) && is_plain(node->right));
}

void parse_finish_rule(cs_parser *parser, cs_rule_body *body) {
    const cs_node *main = body->expect ? body->expect : body->never, *atoms[MOST_ATOMS];
    uint32_t count = 0, found = 0;
    if (!main) main = body->when;
    if (!main) return; /* across conversations */
    collect_atoms(main, atoms, &count);
    const cs_node **kept = parse_alloc(parser, (count + 1) * sizeof *kept);
    if (!kept) return;
    memcpy(kept, atoms, count * sizeof *kept);
    body->atoms = kept;
    body->atom_count = count;
    body->expected = CS_ANYONE;
    collect_sides(main, body, &found);
    if (body->waiver && !body->when) return; /* a waiver makes a clean rule not applicable */
    if (body->never && !body->when && !is_plain(body->never)) return;
    const cs_node *waits = body->when ? body->when : body->never;
    wakers w = waits ? wakers_of(waits) : (wakers){0};
    if (!w.is_known || may_be_unknown(parser->syntax, &w)) return;
    uint32_t *wakes = parse_alloc(parser, (w.count + 1) * sizeof *wakes);
    if (!wakes) return;
    memcpy(wakes, w.atoms, w.count * sizeof *wakes);
    body->wakers = wakes;
    body->waker_count = w.count;
    body->is_quiet_able = true;
}

/* Found by their words: all others are fed. */
static bool is_fed(const cs_node *atom) {
    return !((atom->operator>= OPERATOR_SAYS && atom->operator<= OPERATOR_PLAIN) ||
             atom->operator== OPERATOR_ASKS ||(atom->operator== OPERATOR_INTENT && atom->demand));
}

static bool list_feeds(cs_parser *parser) {
    cs_syntax *syntax = parser->syntax;
    uint32_t *feeds = parse_alloc(parser, (syntax->atom_count + 1) * sizeof *feeds);
    uint32_t *timers = parse_alloc(parser, (syntax->atom_count + 1) * sizeof *timers);
    if (!feeds || !timers) return false;
    for (uint32_t i = 0; i < syntax->atom_count; i++) {
        const cs_node *atom = syntax->atoms[i];
        if (!is_fed(atom)) continue;
        feeds[syntax->feed_count++] = i;
        syntax->has_repeats |= atom->operator== OPERATOR_REPEATS;
        bool is_timer = atom->operator== OPERATOR_SILENCE || atom->operator==
                        OPERATOR_RESPONSE ||(atom->operator== OPERATOR_HOLD && atom->has_compare);
        if (is_timer) timers[syntax->timer_count++] = i;
    }
    syntax->feeds = feeds;
    syntax->timers = timers;
    return true;
}

static bool list_rules(cs_parser *parser) {
    cs_syntax *syntax = parser->syntax;
    uint32_t *restless = parse_alloc(parser, (syntax->rule_count + 1) * sizeof *restless);
    uint32_t *choosy = parse_alloc(parser, (syntax->rule_count + 1) * sizeof *choosy);
    if (!restless || !choosy) return false;
    for (uint32_t r = 0; r < syntax->rule_count; r++) {
        const cs_rule_body *body = &syntax->bodies[r];
        if (body->across) continue;
        if (!body->is_quiet_able)
            restless[syntax->restless_count++] = r;
        else if (body->where)
            choosy[syntax->choosy_count++] = r;
    }
    syntax->restless = restless;
    syntax->choosy = choosy;
    return true;
}

bool parse_finish_all(cs_parser *parser) {
    cs_syntax *syntax = parser->syntax;
    syntax->demands = parser->demands;
    if (!list_feeds(parser) || !list_rules(parser)) return false;
    uint32_t *counts = parse_alloc(parser, (syntax->atom_count + 1) * sizeof *counts);
    uint32_t **woken = parse_alloc(parser, (syntax->atom_count + 1) * sizeof *woken);
    if (!counts || !woken) return false;
    for (uint32_t r = 0; r < syntax->rule_count; r++)
        for (uint32_t i = 0; i < syntax->bodies[r].waker_count; i++) counts[syntax->bodies[r].wakers[i]]++;
    for (uint32_t a = 0; a < syntax->atom_count; a++) {
        if (!counts[a]) continue;
        woken[a] = parse_alloc(parser, (counts[a] + 1) * sizeof **woken);
        if (!woken[a]) return false;
        woken[a][counts[a]] = CS_NO_ATOM;
        counts[a] = 0;
    }
    for (uint32_t r = 0; r < syntax->rule_count; r++)
        for (uint32_t i = 0; i < syntax->bodies[r].waker_count; i++) {
            uint32_t atom = syntax->bodies[r].wakers[i];
            woken[atom][counts[atom]++] = r;
        }
    syntax->woken = (const uint32_t **)woken;
    return true;
}
