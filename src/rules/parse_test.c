/* test "…": a dialogue line by line, then the verdicts it must give. Its words may be Chinese, too.
 *   for chat where queue = 售后            channel (default call) and fields
 *   agent 您好  |  0:05 customer 喂         a turn, with its time or without (all or none)
 *   0:05-0:09 customer 喂                   from when to when; customer? for words that were hardly recognised
 *   0:05-0:09 customer …                   heard, and not written down: its time is all there is
 *   0:10 event hang-up by customer          a call event
 *   annotation loudness -12 in 3            what another part found in turn 3: KIND [LABEL] [NUMBER]
 *   → no-blame hit at 1                     rule, verdict, number of the turn where it opens
 */
#include "rules/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct building {
    cs_rule_test *test;
    cs_conversation *conversation;
    uint32_t participant_of[CS_ROLE_COUNT];
} building;

static cs_token place(const cs_source_line *line) {
    return (cs_token){.kind = TOKEN_WORD, .text = "", .line = line->number, .column = line->indent + 1};
}

/* The next word of *text, stepping over it and the blanks behind; empty at the end. */
static size_t next_word(const char **text, const char **word) {
    while (**text == ' ' || **text == '\t') (*text)++;
    *word = *text;
    while (**text && **text != ' ' && **text != '\t') (*text)++;
    size_t bytes = (size_t)(*text - *word);
    while (**text == ' ' || **text == '\t') (*text)++;
    return bytes;
}

/* m:ss, h:mm:ss, with .mmm allowed */
static bool parse_clock(const char *word, size_t bytes, int64_t *ms) {
    int64_t seconds = 0, part = 0, milli = 0;
    unsigned colons = 0, decimals = 0;
    for (size_t i = 0; i < bytes; i++) {
        char c = word[i];
        if (c == ':' && colons < 2 && !decimals) {
            seconds = (seconds + part) * 60;
            part = 0;
            colons++;
        } else if (c == '.' && !decimals) {
            decimals = 1;
        } else if (c >= '0' && c <= '9' && part < 100000) {
            if (!decimals)
                part = part * 10 + (c - '0');
            else if (decimals < 4)
                milli += (c - '0') * (decimals == 1 ? 100 : decimals == 2 ? 10 : 1), decimals++;
        } else {
            return false;
        }
    }
    *ms = (seconds + part) * 1000 + milli;
    return colons > 0;
}

/* m:ss or m:ss-m:ss */
static bool parse_span(const char *word, size_t bytes, int64_t *start_ms, int64_t *end_ms) {
    const char *dash = memchr(word, '-', bytes);
    size_t first = dash ? (size_t)(dash - word) : bytes;
    *end_ms = CS_NO_TIME;
    return parse_clock(word, first, start_ms) && (!dash || parse_clock(dash + 1, bytes - first - 1, end_ms));
}

/* The word in English. */
static const char *english(cs_parser *parser, const char *word, size_t bytes) {
    const char *own = arena_copy(parser->arena, word, bytes);
    if (!own) parser->is_out_of_memory = true;
    const char *keyword = own && *own ? vocabulary_english(own) : NULL;
    return keyword ? keyword : own ? own : "";
}

static uint32_t participant(cs_parser *parser, building *b, cs_role role) {
    if (b->participant_of[role] != CS_NO_PARTICIPANT) return b->participant_of[role];
    cs_conversation *c = b->conversation;
    c->participants[c->participant_count] =
        (cs_participant){.id = arena_string(parser->arena, role_name(role)), .role = role};
    return b->participant_of[role] = c->participant_count++;
}

static const char HEARD_ONLY[] = "…";

/* In a test in which something is only heard, all that has a time is heard. */
static bool add_voices(cs_parser *parser, cs_conversation *c) {
    cs_voice *voices = c->is_heard ? parse_alloc(parser, (c->turn_count + 1) * sizeof *voices) : NULL;
    if (!c->is_heard) return true;
    if (!voices) return false;
    for (uint32_t i = 0; i < c->turn_count; i++)
        if (c->turns[i].start_ms != CS_NO_TIME && c->turns[i].end_ms != CS_NO_TIME)
            voices[c->voice_count++] = (cs_voice){
                .participant = c->turns[i].participant, .start_ms = c->turns[i].start_ms, .end_ms = c->turns[i].end_ms};
    c->voices = voices;
    return true;
}

static void add_turn(cs_parser *parser, building *b, const cs_source_line *line, cs_role role, const char *text,
                     int64_t at_ms, int64_t end_ms, bool is_doubtful) {
    cs_token at = place(line);
    size_t bytes = strlen(text);
    if (!bytes) {
        parse_problem(parser, &at, "write … for what was heard and not written down", "nothing is said in this line");
        return;
    }
    if (strcmp(text, HEARD_ONLY) == 0) {
        if (end_ms == CS_NO_TIME) {
            parse_problem(parser, &at, "write 0:05-0:09 customer …", "what is only heard needs from when to when");
            return;
        }
        b->conversation->is_heard = true;
        text += bytes;
        bytes = 0;
    }
    b->conversation->turns[b->conversation->turn_count++] = (cs_turn){.participant = participant(parser, b, role),
                                                                      .start_ms = at_ms,
                                                                      .end_ms = end_ms,
                                                                      .text = text,
                                                                      .text_bytes = (uint32_t)bytes,
                                                                      .confidence = is_doubtful ? 0.3f : -1};
}

/* annotation KIND [LABEL] [NUMBER] in TURN */
static void add_annotation(cs_parser *parser, building *b, const cs_source_line *line, const char *rest) {
    cs_token at = place(line);
    cs_annotation a = {.confidence = -1};
    const char *word;
    size_t bytes = next_word(&rest, &word);
    a.kind = english(parser, word, bytes);
    while ((bytes = next_word(&rest, &word)) > 0 && strcmp(english(parser, word, bytes), "in") != 0) {
        char *end;
        double number = strtod(word, &end);
        if (end == word + bytes)
            a.value = number;
        else
            a.label = arena_copy(parser->arena, word, bytes);
    }
    unsigned long turn = strtoul(rest, NULL, 10);
    if (!*a.kind || turn == 0 || turn > b->conversation->turn_count) {
        parse_problem(parser, &at, "write annotation loudness -12 in 3",
                      "an annotation names its kind and a turn above it");
        return;
    }
    cs_turn *t = &b->conversation->turns[turn - 1];
    uint32_t count = t->annotation_count;
    cs_annotation *all = (cs_annotation *)t->annotations;
    if ((count & (count - 1)) == 0) { /* full: room for twice as many */
        all = parse_alloc(parser, (count ? count * 2 : 1) * sizeof *all);
        if (!all) return;
        if (count) memcpy(all, t->annotations, count * sizeof *all);
    }
    all[t->annotation_count++] = a;
    t->annotations = all;
}

static void add_event(cs_parser *parser, building *b, const cs_source_line *line, const char *rest, int64_t at_ms) {
    cs_token at = place(line);
    const char *kind, *word;
    size_t kind_bytes = next_word(&rest, &kind);
    cs_event event = {.at_ms = at_ms, .after_turn = b->conversation->turn_count, .participant = CS_NO_PARTICIPANT};
    event.kind = english(parser, kind, kind_bytes);
    size_t by = next_word(&rest, &word);
    if (by && strcmp(english(parser, word, by), "by") == 0) {
        size_t bytes = next_word(&rest, &word);
        cs_role role = role_parse(english(parser, word, bytes));
        if (role == CS_ROLE_COUNT) {
            parse_problem(parser, &at, "write event hang-up by customer", "there is no such role");
            return;
        }
        event.participant = participant(parser, b, role);
    }
    if (!kind_bytes || !event.kind) {
        parse_problem(parser, &at, "write event hang-up by customer", "the event has no name");
        return;
    }
    b->conversation->events[b->conversation->event_count++] = event;
}

static bool add_fields(cs_parser *parser, building *b, const cs_condition *condition) {
    if (condition->kind == CONDITION_AND)
        return add_fields(parser, b, condition->left) && add_fields(parser, b, condition->right);
    if (condition->kind != CONDITION_COMPARE || condition->compare != COMPARE_EQ) return false;
    cs_conversation *c = b->conversation;
    if (strcmp(condition->field, "queue") == 0)
        c->queue = condition->values[0];
    else if (strcmp(condition->field, "customer") == 0)
        c->customer = condition->values[0];
    else if (strcmp(condition->field, "language") == 0)
        c->language = condition->values[0];
    else if (strcmp(condition->field, "started") == 0)
        return clock_parse(condition->values[0], &c->started_ms, &c->zone_minutes);
    else if (c->field_count < 32)
        c->fields[c->field_count++] = (cs_field){.name = condition->field, .value = condition->values[0]};
    return true;
}

static void parse_setting(cs_parser *parser, building *b, const cs_source_line *line) {
    cs_token *tokens = source_line_tokens(line, parser->arena);
    if (!tokens) {
        parser->is_out_of_memory = true;
        return;
    }
    parser->t = tokens + 1;
    if (!token_is(parser->t, "where") && parser->t->kind == TOKEN_WORD) {
        b->conversation->channel = channel_parse(parser->t->word);
        if (b->conversation->channel == CS_CHANNEL_COUNT) {
            parse_problem(parser, parser->t, "channels: call, chat, email, ticket, survey, video",
                          "there is no channel '%s'", parser->t->text);
            return;
        }
        parser->t++;
    }
    if (!parse_take(parser, "where")) return;
    const cs_condition *condition = parse_condition(parser);
    if (condition && !add_fields(parser, b, condition))
        parse_problem(parser, tokens, "write for call where queue = 售后 and vip = true",
                      "a test states fields, joined by and");
}

static bool parse_verdict(cs_parser *parser, const char **rest, cs_verdict *verdict) {
    char name[32];
    const char *word;
    size_t bytes = next_word(rest, &word);
    if (bytes == 0 || bytes >= sizeof name) return false;
    snprintf(name, sizeof name, "%s", english(parser, word, bytes));
    for (char *c = name; *c; c++) *c = *c == '-' ? '_' : *c;
    *verdict = verdict_parse(name);
    return *verdict != CS_VERDICT_COUNT;
}

static void add_expectation(cs_parser *parser, building *b, const cs_source_line *line, const char *rest) {
    cs_token at = place(line);
    const char *word;
    size_t bytes = next_word(&rest, &word);
    cs_test_expectation e = {.line = line->number, .rule = arena_copy(parser->arena, word, bytes)};
    if (!e.rule) {
        parser->is_out_of_memory = true;
        return;
    }
    if (!parser->is_alone && index_find(&parser->rule_names, e.rule, bytes) == CS_INDEX_NONE) {
        if (!parser->has_faulty_rule) parse_problem(parser, &at, NULL, "there is no rule '%s'", e.rule);
        return;
    }
    if (!parse_verdict(parser, &rest, &e.verdict)) {
        parse_problem(parser, &at, "hit, missed, met, clean, undecided, noted, not-noted or not-applicable",
                      "expected a verdict behind '%s'", e.rule);
        return;
    }
    bytes = next_word(&rest, &word);
    if (bytes && strcmp(english(parser, word, bytes), "at") == 0) {
        e.at_turn = (uint32_t)strtoul(rest, NULL, 10);
        if (e.at_turn == 0 || e.at_turn > b->conversation->turn_count) {
            parse_problem(parser, &at, "count the lines of the dialogue from 1", "there is no turn %s", rest);
            return;
        }
    }
    b->test->expectations[b->test->expectation_count++] = e;
}

static void parse_line(cs_parser *parser, building *b, const cs_source_line *line) {
    const char *rest = line->text, *word;
    size_t bytes = next_word(&rest, &word);
    int64_t at_ms = CS_NO_TIME, end_ms = CS_NO_TIME;
    if (strcmp(english(parser, word, bytes), "for") == 0) return parse_setting(parser, b, line);
    if ((bytes == 2 && strncmp(word, "->", 2) == 0) || (bytes == 3 && strncmp(word, "\xE2\x86\x92", 3) == 0))
        return add_expectation(parser, b, line, rest);
    if (parse_span(word, bytes, &at_ms, &end_ms)) bytes = next_word(&rest, &word);
    bool is_doubtful = bytes > 1 && word[bytes - 1] == '?';
    const char *name = english(parser, word, bytes - is_doubtful);
    if (strcmp(name, "event") == 0) return add_event(parser, b, line, rest, at_ms);
    if (strcmp(name, "annotation") == 0) return add_annotation(parser, b, line, rest);
    cs_role role = role_parse(name);
    if (role != CS_ROLE_COUNT) return add_turn(parser, b, line, role, rest, at_ms, end_ms, is_doubtful);
    cs_token at = place(line);
    parse_problem(parser, &at, "a line begins with a role, a time and a role, event, annotation, for or →",
                  "'%s' begins no line of a test", name);
}

void parse_test(cs_parser *parser, const cs_statement *statement) {
    cs_token *tokens = source_line_tokens(&statement->lines[0], parser->arena);
    if (!tokens) {
        parser->is_out_of_memory = true;
        return;
    }
    if (tokens[1].kind != TOKEN_STRING) {
        parse_problem(parser, &tokens[1], "write test \"what it shows\"",
                      "expected the test's name in quotes, found '%s'", token_words(&tokens[1]));
        return;
    }
    cs_syntax *syntax = parser->syntax;
    cs_rule_test *test = &syntax->tests[syntax->test_count];
    *test = (cs_rule_test){.name = tokens[1].text, .file = statement->file, .line = tokens[1].line};
    cs_conversation *c = parse_alloc(parser, sizeof *c);
    test->expectations = parse_alloc(parser, statement->line_count * sizeof *test->expectations);
    if (!c || !test->expectations) return;
    *c =
        (cs_conversation){.external_id = "test", .title = "test", .channel = CS_CHANNEL_CALL, .started_ms = CS_NO_TIME};
    c->participants = parse_alloc(parser, CS_ROLE_COUNT * sizeof *c->participants);
    c->turns = parse_alloc(parser, statement->line_count * sizeof *c->turns);
    c->events = parse_alloc(parser, statement->line_count * sizeof *c->events);
    c->fields = parse_alloc(parser, 32 * sizeof *c->fields);
    if (parser->is_out_of_memory) return;
    building b = {.test = test, .conversation = c};
    for (int i = 0; i < CS_ROLE_COUNT; i++) b.participant_of[i] = CS_NO_PARTICIPANT;
    uint32_t before = parser->problem_count;
    for (uint32_t i = 1; i < statement->line_count && !parser->is_out_of_memory; i++)
        parse_line(parser, &b, &statement->lines[i]);
    if (parser->problem_count != before || !add_voices(parser, c)) return;
    cs_message message;
    if (conversation_finish(c, parser->arena, &message) != CS_OK) {
        parse_problem(parser, tokens, NULL, "this dialogue can't be read: %s", message.reason);
        return;
    }
    if (test->expectation_count == 0) {
        if (parser->has_faulty_rule) return;
        parse_problem(parser, tokens, "add a line: → RULE hit at 1", "the test expects nothing");
        return;
    }
    test->conversation = c;
    syntax->test_count++;
}
