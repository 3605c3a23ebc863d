/* Operators: what stands behind a role is read by the usage in the vocabulary, slot by slot. */
#include "rules/parse.h"
#include "rules/usage.h"

#include <string.h>

typedef struct reading {
    cs_parser *parser;
    cs_node *node;
    const cs_vocable *row;
    bool is_none; /* none of PHRASES: the whole is negated */
} reading;

/* ---- slots ---- */

static bool is_compare(const cs_token *t) {
    return t->kind == TOKEN_PUNCT && strchr("<>=!", t->text[0]) != NULL;
}

/* Whether what comes next can fill the slot; only slots that open a group need an answer. */
static bool begins_slot(const cs_token *t, const char *slot) {
    if (strcmp(slot, "COMPARE") == 0) return is_compare(t);
    return strcmp(slot, "QUORUM") == 0 && (token_is(t, "any") || token_is(t, "all") || token_is(t, "none") ||
                                           (token_is(t, "at") && token_is(t + 1, "least")));
}

static bool read_whole(reading *r, uint32_t *out, const char *what) {
    const cs_token *t = r->parser->t;
    if (t->kind != TOKEN_NUMBER || t->unit[0] || t->value < 1 || t->value > 1e6 ||
        t->value != (double)(uint32_t)t->value) {
        parse_problem(r->parser, t, r->row->usage, "expected %s, a whole number from 1, found '%s'", what,
                      token_words(t));
        return false;
    }
    *out = (uint32_t)t->value;
    r->parser->t++;
    return true;
}

static bool read_quorum(reading *r) {
    cs_parser *parser = r->parser;
    r->node->quorum = 1;
    if (parse_take(parser, "any")) return true;
    if (parse_take(parser, "none")) return r->is_none = true;
    if (parse_take(parser, "all")) return r->node->quorum = UINT32_MAX, true;
    parse_take(parser, "at");
    parse_take(parser, "least");
    return read_whole(r, &r->node->quorum, "how many of them");
}

static bool read_number(reading *r, bool is_percent) {
    const cs_token *t = r->parser->t;
    bool has_percent = strcmp(t->unit, "%") == 0;
    if (t->kind != TOKEN_NUMBER || (t->unit[0] && !has_percent) || (is_percent && !has_percent)) {
        parse_problem(r->parser, t, r->row->usage, "expected %s, found '%s'",
                      is_percent ? "a share such as 80%" : "a number", token_words(t));
        return false;
    }
    r->node->limit = t->value;
    r->node->is_percent = has_percent;
    r->parser->t++;
    return true;
}

static bool read_name(reading *r, const char **out) {
    const cs_token *t = r->parser->t;
    if (t->kind != TOKEN_WORD && t->kind != TOKEN_STRING) {
        parse_problem(r->parser, t, r->row->usage, "expected a name, found '%s'", token_words(t));
        return false;
    }
    *out = t->text;
    r->parser->t++;
    return true;
}

static bool read_value(reading *r) {
    const cs_token *t = r->parser->t;
    if (token_is(t, "field") && t[1].kind == TOKEN_WORD) {
        parse_take(r->parser, "field");
        r->node->is_field = true;
        return read_name(r, &r->node->value);
    }
    if (t->kind != TOKEN_WORD && t->kind != TOKEN_STRING && t->kind != TOKEN_NUMBER) {
        parse_problem(r->parser, t, r->row->usage, "expected a value, found '%s'", token_words(t));
        return false;
    }
    r->node->value = t->text;
    r->parser->t++;
    return true;
}

static bool read_pairs(reading *r) {
    const cs_token *t = r->parser->t;
    const cs_named *pairs = t->kind == TOKEN_WORD ? parse_find_words(r->parser, t->text) : NULL;
    if (t->kind == TOKEN_WORD && !pairs && r->parser->is_alone) return r->parser->t++, true;
    if (!pairs || !pairs->is_pairs) {
        parse_problem(r->parser, t, "define them: pairs NAME = TERM : PLAIN, PLAIN", "there are no pairs '%s'",
                      token_words(t));
        return false;
    }
    r->parser->t++;
    r->node->phrases.group_count = pairs->plain.group_count;
    return parse_add_list(r->parser, &pairs->plain, &r->node->phrases, 0, true);
}

/* Between two sayings: says and asserts, joined by or, without windows. */
static bool read_condition(reading *r) {
    r->node->mark = parse_mark(r->parser);
    return r->node->mark != NULL;
}

static bool read_by(reading *r) {
    if (parse_role(r->parser, &r->node->by)) return true;
    parse_problem(r->parser, r->parser->t, r->row->usage, "expected agent, customer, bot or anyone, found '%s'",
                  token_words(r->parser->t));
    return false;
}

static bool read_compare(reading *r) {
    r->node->has_compare = parse_compare(r->parser, &r->node->compare);
    if (r->node->has_compare) return true;
    parse_problem(r->parser, r->parser->t, r->row->usage, "expected < <= = != > or >=, found '%s'",
                  token_words(r->parser->t));
    return false;
}

static bool read_slot(reading *r, const char *slot) {
    if (strcmp(slot, "PHRASES") == 0) return parse_phrases(r->parser, &r->node->phrases);
    if (strcmp(slot, "EXCUSES") == 0) return parse_phrases(r->parser, &r->node->excuses);
    if (strcmp(slot, "QUORUM") == 0) return read_quorum(r);
    if (strcmp(slot, "CHARACTERS") == 0) return read_whole(r, &r->node->characters, "a number of characters");
    if (strcmp(slot, "COUNT") == 0) return read_whole(r, &r->node->number, "how many");
    if (strcmp(slot, "NUMBER") == 0) return read_number(r, false);
    if (strcmp(slot, "PERCENT") == 0) return read_number(r, true);
    if (strcmp(slot, "DURATION") == 0) return parse_duration(r->parser, &r->node->limit_ms);
    if (strcmp(slot, "COMPARE") == 0) return read_compare(r);
    if (strcmp(slot, "NAME") == 0) return read_name(r, &r->node->name);
    if (strcmp(slot, "VALUE") == 0) return read_value(r);
    if (strcmp(slot, "PAIRS") == 0) return read_pairs(r);
    if (strcmp(slot, "CONDITION") == 0) return read_condition(r);
    return read_by(r); /* ROLE */
}

/* ---- pieces ---- */

/* Takes a word of the usage, of the operator's own first word in its own Chinese. */
static bool take_word(reading *r, const char *word) {
    bool is_own = strcmp(word, r->row->word) == 0;
    return parse_take_as(r->parser, word, is_own ? FAMILY_OPERATOR : FAMILY_COUNT);
}

/* "over own start": all words of it, or none. */
static bool take_words(reading *r, const char *words) {
    cs_token *before = r->parser->t;
    char word[32];
    for (const char *at = words; *at;) {
        size_t bytes = strcspn(at, " ");
        if (bytes >= sizeof word) return false;
        memcpy(word, at, bytes);
        word[bytes] = 0;
        if (!take_word(r, word)) {
            r->parser->t = before;
            return false;
        }
        at += bytes + strspn(at + bytes, " ");
    }
    return true;
}

static bool take_choice(reading *r, const cs_piece *choice) {
    char words[40];
    for (unsigned i = 0; usage_alternative(choice, i, words, sizeof words); i++) {
        if (!take_words(r, words)) continue;
        r->node->choice = i + 1;
        return true;
    }
    return false;
}

/* Whether the group that opens at `at` comes next: all its leading words, or its first slot. */
static bool begins_group(reading *r, const char *at) {
    cs_piece piece;
    const cs_token *t = r->parser->t;
    for (bool is_first = true; usage_next(&at, &piece); is_first = false, t++) {
        if (piece.kind == PIECE_WORD) {
            if (!token_is(t, piece.text)) return false;
            continue;
        }
        if (piece.kind == PIECE_SLOT && strcmp(piece.text, "ROLE") == 0) /* hold by agent, but hold by 2m */
            return t->kind == TOKEN_WORD && vocabulary_find(FAMILY_ROLE, t->word);
        if (piece.kind != PIECE_CHOICE) return !is_first || (piece.kind == PIECE_SLOT && begins_slot(t, piece.text));
        cs_token *before = r->parser->t;
        bool is_here = take_choice(r, &piece);
        r->node->choice = 0;
        r->parser->t = before;
        return is_here;
    }
    return true;
}

static void skip_group(const char **at) {
    cs_piece piece;
    while (usage_next(at, &piece) && piece.kind != PIECE_CLOSE) {
    }
}

/* A group may stand in the next line. */
static bool open_group(reading *r, const char *at) {
    cs_token *before = r->parser->t;
    parse_skip_newlines(r->parser);
    if (token_is(r->parser->t, ",")) r->parser->t++; /* silence > 4s owed by customer, not on hold */
    if (begins_group(r, at)) return true;
    r->parser->t = before;
    return false;
}

static bool read_piece(reading *r, const cs_piece *piece) {
    if (piece->kind == PIECE_SLOT) return read_slot(r, piece->text);
    if (piece->kind == PIECE_CHOICE ? take_choice(r, piece) : take_word(r, piece->text)) return true;
    parse_problem(r->parser, r->parser->t, r->row->usage, "expected '%s' behind '%s', found '%s'", piece->text,
                  r->row->word, token_words(r->parser->t));
    return false;
}

/* One way through the usage. Groups before the last thing that must be there are only looked for the first time. */
static bool read_once(reading *r, const char *at, const char *tail, bool is_first, bool *has_read) {
    cs_piece piece;
    uint32_t group = 0;
    while (usage_next(&at, &piece)) {
        if (piece.kind == PIECE_CLOSE) continue;
        if (piece.kind == PIECE_OPEN) {
            uint32_t bit = 1u << group++;
            if (r->node->options & bit || (!is_first && at < tail) || !open_group(r, at)) {
                skip_group(&at);
                continue;
            }
            r->node->options |= bit;
            *has_read = true;
            while (usage_next(&at, &piece) && piece.kind != PIECE_CLOSE)
                if (!read_piece(r, &piece)) return false;
        } else if (is_first && !read_piece(r, &piece)) {
            return false;
        }
    }
    return true;
}

/* Where the groups behind all that must be there begin. */
static const char *tail_of(const char *at) {
    const char *tail = at;
    cs_piece piece;
    while (usage_next(&at, &piece)) {
        if (piece.kind == PIECE_OPEN)
            skip_group(&at);
        else
            tail = at;
    }
    return tail;
}

/* What may be left out may come in any order behind what may not. */
static bool read_usage(reading *r, const char *at) {
    const char *tail = tail_of(at);
    bool has_read = true;
    for (bool is_first = true; has_read; is_first = false) {
        has_read = false;
        if (!read_once(r, at, tail, is_first, &has_read)) return false;
    }
    return true;
}

/* ---- what each operator makes of its slots ---- */

static bool is_measure(cs_operator operator) {
    return operator== OPERATOR_DURATION || operator== OPERATOR_TURNS || operator== OPERATOR_TALK || operator==
        OPERATOR_FIELD;
}

static cs_node *negated(cs_parser *parser, cs_node *node) {
    cs_node *not = node ? parse_new_node(parser, NODE_NOT) : NULL;
    if (!not ) return NULL;
    not ->left = node;
    return parse_measured(parser, not );
}

static cs_node *text_atom(cs_parser *parser, cs_operator operator, cs_role role, const cs_phrases *phrases) {
    cs_node *node = parse_new_node(parser, NODE_ATOM);
    if (!node) return NULL;
    node->operator= operator;
    node->role = role;
    node->quorum = 1;
    node->phrases = *phrases;
    return parse_kept_atom(parser, node) ? node : NULL;
}

/* agent asks again ASKS given GIVEN: says ASKS after somebody else said GIVEN, or when the record holds it. */
static cs_node *asks_again(cs_parser *parser, cs_node *node) {
    cs_phrases given = node->excuses;
    static const char number[] = "/\\d{4,}/";
    cs_source_line line = {.text = number, .number = node->line};
    if (!given.group_count && !parse_add_item(parser, &line, number, sizeof number - 1, &given, given.group_count++))
        return NULL;
    cs_role other = node->role == CS_ROLE_CUSTOMER ? CS_ROLE_AGENT : CS_ROLE_CUSTOMER;
    cs_node *asks = text_atom(parser, OPERATOR_ASKS, node->role, &node->phrases);
    cs_node *gives = asks ? text_atom(parser, OPERATOR_SAYS, other, &given) : NULL;
    cs_node *after = gives ? parse_new_node(parser, NODE_WINDOW) : NULL;
    if (!after) return NULL;
    after->window = WINDOW_AFTER;
    after->left = asks;
    after->mark = gives;
    after->name = node->name; /* or field: known before the conversation began */
    return parse_measured(parser, after);
}

/* A list of words of that name is the intent, and opens a demand. */
static bool intent_by_words(cs_parser *parser, cs_node *node, const cs_named *words) {
    node->phrases = words->phrases;
    node->quorum = 1;
    if (!parse_kept_atom(parser, node)) return false;
    uint32_t n = 0, count = parser->syntax->demand_count;
    while (n < count && parser->demands[n] != node->atom) n++;
    if (n == CS_MAX_DEMANDS) {
        parse_problem(parser, parser->t, NULL, "more than %d intents", CS_MAX_DEMANDS);
        return false;
    }
    if (n == count) parser->demands[parser->syntax->demand_count++] = node->atom;
    node->demand = n + 1;
    return true;
}

static bool read_examples(cs_parser *parser, cs_node *node) {
    node->examples = parse_alloc(parser, (node->phrases.literal_count + 1) * sizeof *node->examples);
    for (uint32_t i = 0; node->examples && i < node->phrases.literal_count; i++) {
        const char *words = node->phrases.literals[i];
        if (likeness_read(words, strlen(words), parser->arena, &node->examples[i])) continue;
        parser->is_out_of_memory = true;
        return false;
    }
    return node->examples != NULL;
}

static cs_node *finish(reading *r) {
    cs_parser *parser = r->parser;
    cs_node *node = r->node;
    if (node->operator== OPERATOR_ASKS) return asks_again(parser, node);
    if (node->quorum == UINT32_MAX) node->quorum = node->phrases.group_count;
    if (!node->quorum) node->quorum = 1;
    if (node->quorum > node->phrases.group_count && node->phrases.group_count) {
        parse_problem(parser, node->from, NULL, "%u of %u phrases can't be", node->quorum, node->phrases.group_count);
        return NULL;
    }
    bool is_text = node->operator<= OPERATOR_PLAIN;
    if (is_text) node->near = node->characters;
    if (is_measure(node->operator) ||
        ((node->operator== OPERATOR_PACE || node->operator== OPERATOR_LOUDNESS || node->operator== OPERATOR_PITCH) &&
         node->choice == 1)) {
        node->kind = NODE_MEASURE;
        return parse_measured(parser, node);
    }
    const cs_named *words = node->operator== OPERATOR_INTENT ? parse_find_words(parser, node->name) : NULL;
    if (words) {
        if (!intent_by_words(parser, node, words)) return NULL;
    } else {
        if (node->operator== OPERATOR_SILENCE && node->phrases.group_count && /* the turn before it may excuse it */
            !(node->mark = text_atom(parser, OPERATOR_SAYS, CS_ANYONE, &node->phrases)))
            return NULL;
        if (node->operator== OPERATOR_REPEATS && node->excuses.group_count && /* turns that don't count */
            !(node->mark_end = text_atom(parser, OPERATOR_SAYS, CS_ANYONE, &node->excuses)))
            return NULL;
        if (node->operator== OPERATOR_SIMILAR && !read_examples(parser, node)) return NULL;
        if (!parse_kept_atom(parser, node)) return NULL;
    }
    node = parse_measured(parser, node);
    return r->is_none ? negated(parser, node) : node;
}

/* Whether the usage begins with a role: 2 it must, 1 it may, 0 it has none. */
static int takes_role(const cs_vocable *row) {
    return strncmp(row->usage, "ROLE ", 5) == 0 ? 2 : strncmp(row->usage, "[ROLE] ", 7) == 0;
}

static const cs_vocable *row_of(const cs_token *t) {
    const cs_vocable *row = t->kind == TOKEN_WORD ? vocabulary_find(FAMILY_OPERATOR, t->word) : NULL;
    return row && row->operator!= OPERATOR_NONE ? row : NULL;
}

bool parse_begins_operator(const cs_token *t) {
    const cs_vocable *row = row_of(t);
    return row && takes_role(row) < 2;
}

cs_node *parse_operator(cs_parser *parser, cs_role role, bool is_first, bool has_role, cs_token *from) {
    const cs_vocable *row = row_of(parser->t);
    bool is_bare = has_role && !row && parse_is_phrase(parser, parser->t);
    if (is_bare) row = vocabulary_operator(parser->is_never ? OPERATOR_ASSERTS : OPERATOR_SAYS);
    if (!row || (!has_role && takes_role(row) == 2) || (has_role && takes_role(row) == 0)) {
        parse_unknown(parser, parser->t, FAMILY_OPERATOR, row ? row->usage : "write says or asserts",
                      row ? "is not written so" : "is no operator");
        return NULL;
    }
    reading r = {.parser = parser, .row = row, .node = parse_new_node(parser, NODE_ATOM)};
    if (!r.node) return NULL;
    r.node->from = from;
    r.node->operator= row->operator;
    r.node->role = role;
    r.node->is_first = is_first;
    r.node->by = CS_ANYONE;
    const char *at = row->usage + (takes_role(row) == 2 ? 5 : takes_role(row) == 1 ? 7 : 0);
    if (is_bare) at = strstr(at, "[QUORUM");
    if (!read_usage(&r, at)) return NULL;
    r.node->to = parser->t;
    return finish(&r);
}
