#include "quality/rule_draft_case.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "conversation/conversation_mask.h"
#include "text/mask.h"

#include <string.h>

enum { NEAR = 3, WIDER = 8, MOST_BLOCK_BYTES = 512 << 10, MOST_SECONDS = 99999 };

typedef struct piece {
    uint32_t first, end; /* turns, end exclusive */
    bool has_times, has_rest; /* rest: fields, start, events */
} piece;

typedef struct making {
    const cs_case_wish *wish;
    const cs_conversation *shown; /* as anybody may read it: a test is read by all who read the rule */
    cs_arena *arena;
    cs_scanner *scanner;
    uint32_t rule;
} making;

/* ---- pieces ---- */

static const char *one_line(const char *text, size_t bytes, const char *customer, cs_arena *arena) {
    char *copy = arena_copy(arena, text, bytes);
    size_t length = 0;
    for (size_t i = 0; copy && i < bytes; i++) {
        char c = copy[i] == '\n' || copy[i] == '\r' || copy[i] == '\t' ? ' ' : copy[i];
        if (c == ' ' && (length == 0 || copy[length - 1] == ' ')) continue;
        copy[length++] = c;
    }
    while (copy && length > 0 && copy[length - 1] == ' ') length--;
    if (!copy) return NULL;
    copy[length] = 0;
    char *shown = arena_alloc(arena, length + 1);
    if (shown) (void)mask_said(copy, length, customer, shown);
    return shown;
}

/* The conversation that the test will be. NULL: out of memory, or a turn has no words. */
static cs_conversation *cut(const making *m, const piece *p) {
    const cs_conversation *from = m->wish->conversation;
    cs_conversation *c = arena_alloc(m->arena, sizeof *c);
    if (!c) return NULL;
    *c = (cs_conversation){.external_id = "test",
                           .title = "test",
                           .channel = from->channel,
                           .started_ms = CS_NO_TIME,
                           .participants = from->participants,
                           .participant_count = from->participant_count};
    if (p->has_rest) {
        c->queue = from->queue;
        c->customer = from->customer;
        c->language = from->language;
        c->started_ms = from->started_ms;
        c->zone_minutes = from->zone_minutes;
        c->fields = m->shown->fields;
        c->field_count = from->field_count;
    }
    c->turns = arena_array(m->arena, (size_t)(p->end - p->first) + 1, sizeof *c->turns);
    c->events = arena_array(m->arena, (size_t)from->event_count + 1, sizeof *c->events);
    if (!c->turns || !c->events) return NULL;
    for (uint32_t i = p->first; i < p->end; i++) {
        const cs_turn *turn = &from->turns[i];
        const char *text = one_line(turn->text, turn->text_bytes, conversation_customer_name(from), m->arena);
        if (!text) return NULL;
        if (!*text) continue;
        c->turns[c->turn_count++] = (cs_turn){.participant = turn->participant,
                                              .start_ms = p->has_times ? turn->start_ms : CS_NO_TIME,
                                              .end_ms = p->has_times ? turn->end_ms : CS_NO_TIME,
                                              .text = text,
                                              .text_bytes = (uint32_t)strlen(text),
                                              .confidence = -1};
    }
    for (uint32_t i = 0; p->has_rest && p->has_times && i < from->event_count; i++)
        if (from->events[i].at_ms != CS_NO_TIME) c->events[c->event_count++] = from->events[i];
    return c;
}

/* Verdict of the rule, and its finding's turn from 1; 0: none. */
static cs_error judge(const making *m, const cs_conversation *c, cs_verdict *verdict, uint32_t *turn,
                      cs_message *message) {
    cs_verdicts verdicts;
    cs_error code = evaluation_run(m->scanner, c, m->arena, &verdicts, message);
    if (code != CS_OK) return code;
    *verdict = verdicts.verdicts[m->rule];
    *turn = 0;
    for (uint32_t i = 0; *turn == 0 && i < verdicts.finding_count; i++) {
        const cs_finding *f = &verdicts.findings[i];
        if (f->rule == m->rule && f->verdict == *verdict && f->turn != CS_NO_TURN) *turn = f->turn + 1;
    }
    return CS_OK;
}

/* ---- the text ---- */

static void clock_write(cs_buffer *out, int64_t ms) {
    int64_t seconds = ms / 1000;
    (void)buffer_printf(out, "%lld:%02lld", (long long)(seconds / 60), (long long)(seconds % 60));
    if (ms % 1000) (void)buffer_printf(out, ".%03lld", (long long)(ms % 1000));
}

static bool is_time(int64_t ms) {
    return ms != CS_NO_TIME && ms >= 0 && ms / 60000 < MOST_SECONDS;
}

static void quoted(cs_buffer *out, const char *text) {
    (void)buffer_text(out, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') (void)buffer_text(out, "\\");
        (void)buffer_append(out, *text == '\n' || *text == '\r' ? " " : text, 1);
    }
    (void)buffer_text(out, "\"");
}

static bool is_word(const char *name) {
    return *name && !strpbrk(name, " \t\r\n\"\\/()|,:=<>!#") && !(*name >= '0' && *name <= '9');
}

static void field_write(cs_buffer *out, const char *name, const char *value, bool *is_first) {
    if (!value || !is_word(name)) return;
    (void)buffer_printf(out, "%s%s = ", *is_first ? " where " : " and ", name);
    quoted(out, value);
    *is_first = false;
}

static void setting_write(const cs_conversation *c, cs_buffer *out) {
    bool is_first = true;
    char started[32];
    (void)buffer_printf(out, "  for %s", channel_name(c->channel));
    field_write(out, "queue", c->queue, &is_first);
    field_write(out, "language", c->language, &is_first);
    if (c->started_ms != CS_NO_TIME) {
        clock_format(c->started_ms, c->zone_minutes, started);
        field_write(out, "started", started, &is_first);
    }
    for (uint32_t i = 0; i < c->field_count && i < 30; i++)
        field_write(out, c->fields[i].name, c->fields[i].value, &is_first);
    (void)buffer_text(out, "\n");
}

static void event_write(const cs_conversation *c, const cs_event *event, cs_buffer *out) {
    (void)buffer_text(out, "  ");
    if (is_time(event->at_ms)) {
        clock_write(out, event->at_ms);
        (void)buffer_text(out, " ");
    }
    (void)buffer_printf(out, "event %s", event->kind);
    if (event->participant != CS_NO_PARTICIPANT)
        (void)buffer_printf(out, " by %s", role_name(c->participants[event->participant].role));
    (void)buffer_text(out, "\n");
}

static void turn_write(const cs_conversation *c, const cs_turn *turn, cs_buffer *out) {
    (void)buffer_text(out, "  ");
    if (is_time(turn->start_ms)) {
        clock_write(out, turn->start_ms);
        if (is_time(turn->end_ms)) {
            (void)buffer_text(out, "-");
            clock_write(out, turn->end_ms);
        }
        (void)buffer_text(out, " ");
    }
    (void)buffer_printf(out, "%s %s\n", role_name(c->participants[turn->participant].role), turn->text);
}

static const char *name_of(const making *m) {
    const cs_case_wish *w = m->wish;
    char *id = arena_string(m->arena, m->shown->external_id);
    for (char *c = id; c && *c; c++) *c = *c == '"' || *c == '\\' ? '\'' : *c;
    const char *name = !id       ? NULL
                       : w->turn ? arena_printf(m->arena, "%s #%u", id, (unsigned)w->turn)
                                 : arena_string(m->arena, id);
    for (int i = 2; name && i < 1000; i++) {
        const char *head = arena_printf(m->arena, "\"%s\"", name);
        if (!head || !strstr(w->text, head)) break;
        name = w->turn ? arena_printf(m->arena, "%s #%u (%d)", id, (unsigned)w->turn, i)
                       : arena_printf(m->arena, "%s (%d)", id, i);
    }
    return name;
}

static bool write_block(const making *m, const cs_conversation *c, cs_case *out) {
    char verdict[32];
    cs_buffer block;
    size_t length = 0;
    for (const char *at = verdict_name(m->wish->expected); *at && length + 1 < sizeof verdict; at++)
        verdict[length++] = *at == '_' ? '-' : *at;
    verdict[length] = 0;
    buffer_init(&block, MOST_BLOCK_BYTES);
    out->name = name_of(m);
    if (!out->name) return false;
    (void)buffer_printf(&block, "test \"%s\"\n", out->name);
    setting_write(c, &block);
    uint32_t event = 0;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        while (event < c->event_count && is_time(c->turns[i].start_ms) && c->events[event].at_ms < c->turns[i].start_ms)
            event_write(c, &c->events[event++], &block);
        turn_write(c, &c->turns[i], &block);
    }
    while (event < c->event_count) event_write(c, &c->events[event++], &block);
    (void)buffer_printf(&block, "  → %s %s\n", m->wish->rule, verdict);
    out->block = block.is_failed ? NULL : arena_string(m->arena, buffer_string(&block));
    buffer_free(&block);
    return out->block != NULL;
}

/* ---- the smallest piece that says the same ---- */

static piece around(const cs_case_wish *w, uint32_t turns, bool has_times) {
    uint32_t place = w->turn ? w->turn - 1 : 0, count = w->conversation->turn_count;
    piece p = {.first = place > turns ? place - turns : 0, .has_times = has_times};
    p.end = count - place > turns + 1 ? place + turns + 1 : count;
    return p;
}

static uint32_t pieces_of(const cs_case_wish *w, piece out[8]) {
    uint32_t count = 0, turns = w->conversation->turn_count;
    bool is_timed = w->conversation->is_timed;
    for (uint32_t i = 0; w->turn && i < 2; i++) {
        out[count++] = around(w, i ? WIDER : NEAR, false);
        if (is_timed) out[count++] = around(w, i ? WIDER : NEAR, true);
    }
    out[count++] = (piece){0, turns, false, false};
    if (is_timed) out[count++] = (piece){0, turns, true, false};
    out[count++] = (piece){0, turns, is_timed, true};
    return count;
}

static cs_error find_piece(const making *m, cs_verdict whole, cs_conversation **out, cs_message *message) {
    piece pieces[8];
    uint32_t count = pieces_of(m->wish, pieces);
    for (uint32_t i = 0; i < count; i++) {
        cs_verdict verdict = CS_VERDICT_COUNT;
        uint32_t turn = 0;
        cs_message unused;
        cs_conversation *c = cut(m, &pieces[i]);
        if (!c) return message_set(message, CS_ERR_MEMORY, "out of memory for the test");
        if (c->turn_count == 0 || conversation_finish(c, m->arena, &unused) != CS_OK) continue;
        cs_error code = judge(m, c, &verdict, &turn, message);
        if (code != CS_OK) return code;
        if (verdict != whole) continue;
        *out = c;
        return CS_OK;
    }
    (void)message_set(message, CS_ERR_USAGE,
                      "of the words alone the rule says something else than of the whole conversation");
    message_remedy(message, "it may depend on the recording: write the test by hand");
    return CS_ERR_USAGE;
}

static cs_error make(making *m, cs_case *out, cs_message *message) {
    cs_conversation *c = NULL;
    uint32_t turn = 0;
    cs_error code = judge(m, m->wish->conversation, &out->says, &turn, message);
    if (code == CS_OK) code = find_piece(m, out->says, &c, message);
    if (code == CS_OK && !write_block(m, c, out))
        code = message_set(message, CS_ERR_MEMORY, "out of memory for the test");
    out->is_needed = out->says != m->wish->expected;
    return code;
}

cs_error case_make(const cs_case_wish *wish, cs_arena *arena, cs_case *out, cs_message *message) {
    making m = {.wish = wish, .arena = arena};
    const cs_rule *rule = ruleset_find(wish->rules, wish->rule);
    *out = (cs_case){0};
    if (!rule) return message_set(message, CS_ERR_NOT_FOUND, "there is no rule \"%.100s\"", wish->rule);
    if (wish->turn > wish->conversation->turn_count) {
        (void)message_set(message, CS_ERR_USAGE, "the conversation has no turn %u", (unsigned)wish->turn);
        message_place(message, "turn");
        message_remedy(message, "turns count from 1; 0 is the whole conversation");
        return CS_ERR_USAGE;
    }
    m.rule = rule->index;
    cs_masked_conversation shown;
    if (!conversation_mask(wish->conversation, arena, &shown))
        return message_set(message, CS_ERR_MEMORY, "out of memory for the test");
    m.shown = shown.conversation;
    cs_error code = scanner_create(wish->rules, &m.scanner, message);
    if (code == CS_OK) code = make(&m, out, message);
    scanner_free(m.scanner);
    return code;
}
