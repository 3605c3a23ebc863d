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
    bool has_title, has_for, has_when, has_waived, has_prompt, has_effects;
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
        cs_channel channel = channel_parse(parser->t->word);
        if (channel == CS_CHANNEL_COUNT || channel == CS_CHANNEL_UNKNOWN) {
            parse_problem(parser, parser->t, "channels: call, chat, email, ticket, survey, video",
                          "there is no channel '%s'", parser->t->text);
            return false;
        }
        b->body->channels |= 1u << channel;
        parse_take(parser, parser->t->word);
        if (!parse_take(parser, ",")) break;
    }
    if (!parse_take(parser, "where")) return true;
    b->body->where = parse_condition(parser);
    return b->body->where != NULL;
}

/* ", once" behind when; ", strict" behind expect */
static bool take_manner(cs_parser *parser, const char *word) {
    if (!token_is(parser->t, ",") || !token_is(parser->t + 1, word)) return false;
    parser->t++;
    return parse_take(parser, word);
}

static bool parse_prompt(cs_parser *parser, building *b) {
    if (parse_take(parser, "at") && !parse_duration(parser, &b->body->prompt_ms)) return false;
    if (parser->t->kind != TOKEN_STRING) {
        parse_problem(parser, parser->t, "write prompt at 10s \"…\"", "expected the words to show, found '%s'",
                      token_words(parser->t));
        return false;
    }
    const char *words = b->body->prompt = (parser->t++)->text;
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
        parser->t++;
        parse_take(parser, "max");
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
        int wrote = snprintf(words + used, sizeof words - used, "%s%s", used ? " " : "",
                             used ? parser->t->text : parser->t->word);
        if (wrote < 0 || (size_t)wrote >= sizeof words - used) {
            parse_problem(parser, parser->t, NULL, "an action is longer than %zu bytes", sizeof words);
            return false;
        }
        if (used == 0) parser->t->twin = vocabulary_chinese(parser->t->word, FAMILY_EFFECT);
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
        if (parse_take_as(parser, scores[i], FAMILY_EFFECT)) return parse_points(parser, b, (cs_score)i);
    if (parse_take_as(parser, "mark", FAMILY_EFFECT)) {
        b->rule->is_high_risk = true;
        return parse_need(parser, "high-risk");
    }
    if (parse_take_as(parser, "tag", FAMILY_EFFECT)) {
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
    if (token_is(word, "prompt")) seen = &b->has_prompt;
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
        if (b->body->is_once && parse_take(parser, "per")) {
            b->body->is_once = false;
            b->body->is_per_demand = true;
            if (!parse_need(parser, "demand")) return false;
        }
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
    if (word->kind != TOKEN_WORD || !vocabulary_find(FAMILY_CLAUSE, word->word)) {
        parse_unknown(parser, word, FAMILY_CLAUSE,
                      "clauses: title, for, when, expect, never, waived by, prompt, else, then", "begins no clause");
        b->is_faulty = true;
    } else {
        parse_take_as(parser, word->word, FAMILY_CLAUSE);
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
            (!b->is_faulty || (parser->t->kind == TOKEN_WORD && vocabulary_find(FAMILY_CLAUSE, parser->t->word))))
            break;
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
    uint32_t known = index_find(&parser->rule_names, name->text, strlen(name->text));
    if (known != CS_INDEX_NONE) {
        parse_problem(parser, name, "give one of them another name", "rule '%s' is defined already, in %s line %u",
                      name->text, syntax->rules[known].file, syntax->rules[known].line);
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
    parse_finish_rule(parser, b.body);
    bool is_never = b.body->never || (b.across && b.across->is_never);
    b.rule->kind = b.is_flag ? CS_RULE_FLAG : is_never ? CS_RULE_NEVER : CS_RULE_EXPECT;
    if (!b.rule->title_zh || !*b.rule->title_zh)
        b.rule->title_zh = b.rule->title_en && *b.rule->title_en ? b.rule->title_en : b.rule->name;
    if (!b.rule->title_en || !*b.rule->title_en) b.rule->title_en = b.rule->title_zh;
    if (!index_add(&parser->rule_names, name->text, strlen(name->text), syntax->rule_count, parser->arena))
        parser->is_out_of_memory = true;
    b.rule->index = syntax->rule_count++;
}
