/* rule and flag: their clauses and what they cost. */
#include "rules/parse.h"

#include "rules/across.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct building { /* the rule being read, and which clauses it had */
    cs_rule *rule;
    cs_rule_body *body;
    cs_across *across; /* NULL: about one conversation */
    bool is_flag, is_faulty;
    bool has_title, has_for, has_when, has_waived, has_effects;
} building;

/* ---- clauses ---- */

static bool parse_title(cs_parser *parser, building *b) {
    const cs_token *t = parser->t;
    if (t->kind != TOKEN_STRING) {
        parse_problem(parser, t, "write title \"中文\" | \"English\"", "expected a title in quotes, found '%s'",
                      token_words(t));
        return false;
    }
    b->rule->title_zh = b->rule->title_en = (parser->t++)->text;
    if (!parse_take(parser, "|")) return true;
    if (parser->t->kind != TOKEN_STRING) {
        parse_problem(parser, parser->t, "write title \"中文\" | \"English\"", "the English title is missing");
        return false;
    }
    b->rule->title_en = (parser->t++)->text;
    return true;
}

static bool parse_for(cs_parser *parser, building *b) {
    while (parser->t->kind == TOKEN_WORD && !token_is(parser->t, "where")) {
        cs_channel channel = channel_parse(parser->t->text);
        if (channel == CS_CHANNEL_COUNT || channel == CS_CHANNEL_UNKNOWN) {
            parse_problem(parser, parser->t, "channels: call, chat, email, ticket, survey, video",
                          "there is no channel '%s'", parser->t->text);
            return false;
        }
        b->body->channels |= 1u << channel;
        parser->t++;
        if (!parse_take(parser, ",")) break;
    }
    if (!parse_take(parser, "where")) return true;
    b->body->where = parse_condition(parser);
    return b->body->where != NULL;
}

/* ", once" behind when; ", strict" behind expect */
static bool take_manner(cs_parser *parser, const char *word) {
    if (!token_is(parser->t, ",") || !token_is(parser->t + 1, word)) return false;
    parser->t += 2;
    return true;
}

static bool parse_prompt(cs_parser *parser, building *b) {
    int64_t ms = 0;
    if (parse_take(parser, "at") && !parse_duration(parser, &ms)) return false;
    if (parser->t->kind != TOKEN_STRING) {
        parse_problem(parser, parser->t, "write prompt at 10s \"…\"", "expected the words to show, found '%s'",
                      token_words(parser->t));
        return false;
    }
    const char *words = (parser->t++)->text;
    if (b->rule->action_count < CS_MAX_TAGS)
        b->rule->actions[b->rule->action_count++] = arena_printf(parser->arena, "prompt: %s", words);
    return true;
}

static bool parse_points(cs_parser *parser, building *b, cs_score score) {
    cs_effect effect = {.score = score};
    const cs_token *t = parser->t;
    if (parse_take(parser, "fatal")) {
        effect.is_fatal = true;
        effect.points = score == CS_SCORE_RISK ? 100 : -100;
    } else if (t->kind == TOKEN_NUMBER && !t->unit[0] && t->value >= -100 && t->value <= 100 &&
               t->value == (double)(int)t->value) {
        effect.points = (int)t->value;
        parser->t++;
        if (effect.points == 0 || (score == CS_SCORE_RISK) != (effect.points > 0)) {
            parse_problem(parser, t, "compliance and experience start at 100 and lose, risk starts at 0 and gains",
                          "%s can't change by %s", score == CS_SCORE_RISK ? "risk" : "a score that starts at 100",
                          t->text);
            return false;
        }
    } else {
        parse_problem(parser, t, "write for example compliance -10, or fatal",
                      "expected whole points from -100 to +100, found '%s'", token_words(t));
        return false;
    }
    effect.is_each = parse_take(parser, "each");
    if (effect.is_each && token_is(parser->t, ",") && token_is(parser->t + 1, "max")) {
        parser->t += 2;
        double most = fabs(parser->t->value);
        if (parser->t->kind != TOKEN_NUMBER || most < 1 || most > 100 || most != (double)(int)most) {
            parse_problem(parser, parser->t, "write each, max -30", "expected the most it may add up to, found '%s'",
                          token_words(parser->t));
            return false;
        }
        effect.max = abs((int)(parser->t++)->value);
    }
    for (uint32_t i = 0; i < b->rule->effect_count; i++) {
        if (b->rule->effects[i].score != score) continue;
        parse_problem(parser, t, "write one amount a score", "this score is changed twice");
        return false;
    }
    b->rule->effects[b->rule->effect_count++] = effect;
    return true;
}

/* "alert supervisor", "open work-order team due 1d": kept as words up to the next comma. */
static bool parse_action(cs_parser *parser, building *b) {
    char words[160];
    size_t used = 0;
    while (parser->t->kind == TOKEN_WORD || parser->t->kind == TOKEN_NUMBER || parser->t->kind == TOKEN_STRING) {
        int wrote = snprintf(words + used, sizeof words - used, "%s%s", used ? " " : "", parser->t->text);
        if (wrote < 0 || (size_t)wrote >= sizeof words - used) {
            parse_problem(parser, parser->t, NULL, "an action is longer than %zu bytes", sizeof words);
            return false;
        }
        used += (size_t)wrote;
        parser->t++;
    }
    if (b->rule->action_count == CS_MAX_TAGS)
        return parse_problem(parser, parser->t, NULL, "more than %d actions", CS_MAX_TAGS), false;
    b->rule->actions[b->rule->action_count++] = arena_string(parser->arena, words);
    return true;
}

static bool parse_effect(cs_parser *parser, building *b) {
    static const char *const scores[] = {"compliance", "experience", "risk"};
    const cs_token *t = parser->t;
    for (int i = 0; i < CS_SCORE_COUNT; i++)
        if (parse_take(parser, scores[i])) return parse_points(parser, b, (cs_score)i);
    if (parse_take(parser, "mark")) {
        b->rule->is_high_risk = true;
        return parse_need(parser, "high-risk");
    }
    if (parse_take(parser, "tag")) {
        if (parser->t->kind != TOKEN_WORD && parser->t->kind != TOKEN_STRING) {
            parse_problem(parser, parser->t, "write tag WORD", "expected a tag, found '%s'", token_words(parser->t));
            return false;
        }
        if (b->rule->tag_count == CS_MAX_TAGS)
            return parse_problem(parser, t, NULL, "more than %d tags", CS_MAX_TAGS), false;
        b->rule->tags[b->rule->tag_count++] = (parser->t++)->text;
        return true;
    }
    if (token_is(t, "alert") || token_is(t, "list") || token_is(t, "open")) return parse_action(parser, b);
    parse_unknown(parser, t, FAMILY_EFFECT, "for example: compliance -10, risk +40, mark high-risk, tag WORD",
                  "is no effect");
    return false;
}

static bool parse_effects(cs_parser *parser, building *b) {
    do {
        parse_skip_newlines(parser);
        if (!parse_effect(parser, b)) return false;
    } while (parse_take(parser, ","));
    return true;
}

/* "else" and "otherwise" belong to rules, "then" to flags. */
static bool parse_clause_body(cs_parser *parser, building *b, const cs_token *word) {
    bool *seen = NULL;
    if (token_is(word, "title")) seen = &b->has_title;
    if (token_is(word, "for")) seen = &b->has_for;
    if (token_is(word, "when")) seen = &b->has_when;
    if (token_is(word, "waived")) seen = &b->has_waived;
    if (token_is(word, "else") || token_is(word, "then")) seen = &b->has_effects;
    if (seen && *seen)
        return parse_problem(parser, word, "join them into one", "'%s' stands twice in this rule", word->text), false;
    if (seen) *seen = true;

    if (token_is(word, "title")) return parse_title(parser, b);
    if (b->across && (token_is(word, "for") || token_is(word, "prompt")))
        return parse_problem(parser, word, "say it behind the event: event NAME where FIELD = VALUE",
                             "'%s' belongs to rules about one conversation", word->text),
               false;
    if (b->across && !token_is(word, "else") && !token_is(word, "then"))
        return parse_across_clause(parser, b->across, word);
    if (token_is(word, "for")) return parse_for(parser, b);
    if (token_is(word, "when")) {
        b->body->when = parse_expression(parser);
        b->body->is_once = take_manner(parser, "once");
        return b->body->when != NULL;
    }
    if (token_is(word, "expect") || token_is(word, "never")) {
        if (b->is_flag || b->body->expect || b->body->never)
            return parse_problem(parser, word, b->is_flag ? "a flag has when and then" : "make two rules of it",
                                 b->is_flag ? "a flag expects and forbids nothing" : "a rule has one expect or never"),
                   false;
        bool is_expect = token_is(word, "expect");
        parser->is_never = !is_expect;
        const cs_node *node = parse_expression(parser);
        parser->is_never = false;
        if (is_expect)
            b->body->expect = node;
        else
            b->body->never = node;
        b->body->is_strict = is_expect && take_manner(parser, "strict");
        return node != NULL;
    }
    if (b->is_flag && (token_is(word, "waived") || token_is(word, "prompt")))
        return parse_problem(parser, word, "a flag has when and then", "'%s' does not belong to a flag", word->text),
               false;
    if (token_is(word, "waived")) {
        if (!parse_need(parser, "by")) return false;
        b->body->waiver = parse_expression(parser);
        return b->body->waiver != NULL;
    }
    if (token_is(word, "prompt")) return parse_prompt(parser, b);
    if (token_is(word, "then") != b->is_flag)
        return parse_problem(parser, word, b->is_flag ? "write then" : "write else", "'%s' does not belong here",
                             word->text),
               false;
    return parse_effects(parser, b);
}

static void parse_clause(cs_parser *parser, building *b) {
    const cs_token *word = parser->t;
    if (word->kind != TOKEN_WORD || !vocabulary_find(FAMILY_CLAUSE, word->text)) {
        parse_unknown(parser, word, FAMILY_CLAUSE,
                      "clauses: title, for, when, expect, never, waived by, prompt, else, then", "begins no clause");
        b->is_faulty = true;
    } else {
        parser->t++;
        if (!parse_clause_body(parser, b, word)) {
            b->is_faulty = true;
        } else if (parser->t->kind != TOKEN_NEWLINE && parser->t->kind != TOKEN_END) {
            parse_problem(parser, parser->t, NULL, "'%s' is left over at the end of the clause",
                          token_words(parser->t));
            b->is_faulty = true;
        }
    }
    while (parser->t->kind != TOKEN_END) { /* to the next clause; what went wrong in this one was said */
        bool is_line = parser->t->kind == TOKEN_NEWLINE;
        parser->t++;
        if (is_line &&
            (!b->is_faulty || (parser->t->kind == TOKEN_WORD && vocabulary_find(FAMILY_CLAUSE, parser->t->text))))
            break;
    }
}

/* ---- what the evaluation needs to know of the whole rule ---- */

static void collect_atoms(const cs_node *node, const cs_node **out, uint32_t *count, uint32_t most) {
    if (!node || *count == most) return;
    if (node->kind == NODE_ATOM) out[(*count)++] = node;
    collect_atoms(node->left, out, count, most);
    collect_atoms(node->right, out, count, most);
    for (uint32_t i = 0; i < node->step_count; i++) collect_atoms(node->steps[i].what, out, count, most);
}

/* The atoms below a node, kept in the arena. */
static const cs_node **atoms_of(cs_parser *parser, const cs_node *node, uint32_t *count) {
    enum { MOST = 64 };
    const cs_node *atoms[MOST];
    *count = 0;
    collect_atoms(node, atoms, count, MOST);
    const cs_node **kept = parse_alloc(parser, (*count + 1) * sizeof *kept);
    if (kept)
        memcpy(kept, atoms, *count * sizeof *kept);
    else
        *count = 0;
    return kept;
}

/* Atoms and the `or` of atoms: without an occurrence they are false, whatever else holds. */
static bool is_plain(const cs_node *node) {
    return node->kind == NODE_ATOM || (node->kind == NODE_OR && is_plain(node->left) && is_plain(node->right));
}

static void finish_body(cs_parser *parser, cs_rule_body *body) {
    const cs_node *main = body->expect ? body->expect : body->never;
    body->atoms = atoms_of(parser, main ? main : body->when, &body->atom_count);
    const cs_node *waits = body->when ? body->when : body->never;
    if (main && waits && is_plain(waits)) body->triggers = atoms_of(parser, waits, &body->trigger_count);
    if (body->trigger_count == 64) body->trigger_count = 0; /* perhaps not all of them */
    body->expected = body->atom_count ? body->atoms[0]->role : CS_ANYONE;
    for (uint32_t i = 0; i < body->atom_count; i++) {
        cs_role role = body->atoms[i]->role;
        body->sides |= role == CS_ANYONE ? ~(1u << CS_ROLE_SYSTEM) : 1u << role;
        if (role != body->expected) body->expected = CS_ANYONE;
    }
}

static bool check_whole(cs_parser *parser, const building *b, const cs_token *name) {
    const cs_rule_body *body = b->body;
    if (b->across) return parse_across_whole(parser, b->across, name, b->is_flag);
    if (b->is_flag && !body->when) {
        parse_problem(parser, name, "add a line: when CONDITION", "flag '%s' has no when", name->text);
        return false;
    }
    if (!b->is_flag && !body->expect && !body->never) {
        parse_problem(parser, name, "add a line: expect CONDITION, or never CONDITION",
                      "rule '%s' expects and forbids nothing", name->text);
        return false;
    }
    return true;
}

void parse_rule(cs_parser *parser, const cs_statement *statement) {
    cs_syntax *syntax = parser->syntax;
    cs_token *tokens = source_tokens(statement, parser->arena);
    if (!tokens) {
        parser->is_out_of_memory = true;
        return;
    }
    const cs_token *name = &tokens[1];
    if (name->kind != TOKEN_WORD) {
        parse_problem(parser, name, "a name has letters, digits, - and _", "expected the rule's name, found '%s'",
                      token_words(name));
        return;
    }
    for (uint32_t i = 0; i < syntax->rule_count; i++) {
        if (strcmp(syntax->rules[i].name, name->text) != 0) continue;
        parse_problem(parser, name, "give one of them another name", "rule '%s' is defined already, in %s line %u",
                      name->text, syntax->rules[i].file, syntax->rules[i].line);
        return;
    }
    if (syntax->rule_count == CS_MAX_RULES) {
        parse_problem(parser, name, "split the rule set", "more than %d rules", CS_MAX_RULES);
        return;
    }
    building b = {.rule = &syntax->rules[syntax->rule_count],
                  .body = &syntax->bodies[syntax->rule_count],
                  .is_flag = token_is(&tokens[0], "flag")};
    *b.rule = (cs_rule){.name = name->text,
                        .file = statement->file,
                        .pack = statement->pack,
                        .line = name->line,
                        .text = statement->text};
    *b.body = (cs_rule_body){0};
    if (parse_is_across(tokens)) b.body->across = b.across = parse_alloc(parser, sizeof *b.across);
    parser->t = tokens + 2;
    if (parser->t->kind == TOKEN_NEWLINE) parser->t++;
    while (parser->t->kind != TOKEN_END && !parser->is_out_of_memory) parse_clause(parser, &b);
    if (b.is_faulty || !check_whole(parser, &b, name)) {
        parser->has_faulty_rule = true;
        return;
    }
    finish_body(parser, b.body);
    bool is_never = b.body->never || (b.across && b.across->is_never);
    b.rule->kind = b.is_flag ? CS_RULE_FLAG : is_never ? CS_RULE_NEVER : CS_RULE_EXPECT;
    if (!b.rule->title_zh || !*b.rule->title_zh)
        b.rule->title_zh = b.rule->title_en && *b.rule->title_en ? b.rule->title_en : b.rule->name;
    if (!b.rule->title_en || !*b.rule->title_en) b.rule->title_en = b.rule->title_zh;
    b.rule->index = syntax->rule_count++;
}
