/* Timelines drawn at random: five roles, overlapping times, missing ends, equal starts, doubts, events, fields. */
#include "random.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

static const char *const words[] = {"投诉",   "太差了",   "抱歉",   "致歉",         "致谦",        "好了",
                                    "好了吗", "退款",     "核实",   "漏水",         "您好",        "不知道",
                                    "嗯",     "不是退款", "refund", "refunds",      "主板",        "开不了机",
                                    "压缩机", "不制冷",   "维修",   "抱歉让您久等", "漏水了怎么办"};
enum { WORDS = sizeof words / sizeof *words };

static int64_t some_time(uint32_t most) { /* mostly whole and half seconds: bounds meet */
    return roll(4) ? (int64_t)roll(most / 500 + 1) * 500 : (int64_t)roll(most);
}

static void draw_annotation(timeline *t, uint32_t turn) {
    static const char *const kinds[] = {"emotion", "topic",   "intent", "entity", "loudness",
                                        "pitch",   "answers", "model",  "event"};
    static const char *const labels[] = {"angry", "price", "praise", "order", "laughter"};
    cs_turn *own = &t->turns[turn];
    uint32_t kind = roll(9);
    cs_annotation *a = &t->annotations[turn][own->annotation_count++];
    *a =
        (cs_annotation){.kind = kinds[kind], .confidence = roll(5) ? roll(2) ? 0.9f : -1 : 0.3f, .value = 10 * roll(6)};
    if (kind < 4) a->label = labels[roll(6) ? kind : roll(4)];
    if (kind >= 6) a->label = labels[kind == 6 ? 1 : kind == 7 ? 0 : 4];
    if (kind == 3) a->value = 50 * roll(6);
    if (!roll(3)) a->to = 1;
}

static void draw_turn(timeline *t, uint32_t i, int64_t *now, bool is_timed) {
    uint32_t who = roll(24);
    cs_turn *turn = &t->turns[i];
    if (roll(4)) *now += some_time(3500);
    *turn = (cs_turn){.participant = who < 9    ? 0
                                     : who < 18 ? 1
                                     : who < 19 ? 2
                                     : who < 20 ? 3
                                     : who < 21 ? 4
                                     : who < 22 ? 5
                                                : roll(2),
                      .start_ms = is_timed ? *now : CS_NO_TIME,
                      .end_ms = is_timed && roll(5) ? *now + some_time(roll(3) ? 2500 : 6000) : CS_NO_TIME,
                      .confidence = roll(12) ? 0.9f : 0.3f};
    t->pieces[i][0] = words[roll(WORDS)];
    if (!roll(3)) t->pieces[i][1] = words[roll(WORDS)];
    if (!roll(6)) t->pieces[i][2] = words[roll(WORDS)];
    if (i > 0 && !roll(5)) memcpy(t->pieces[i], t->pieces[roll(i)], sizeof t->pieces[i]); /* said again */
    for (int k = 0; k < 2 && !roll(4); k++) draw_annotation(t, i);
    if (!roll(10)) t->words[i][0] = (cs_word){.offset = 0, .length = 2, .confidence = roll(2) ? 0.2f : 0.8f};
}

static void draw_events(timeline *t, int64_t last, bool is_timed) {
    static const char *const kinds[] = {"hold", "resume", "transfer", "ticket.closed", "hang-up", "hold", "resume"};
    cs_conversation *c = &t->conversation;
    uint32_t count = roll(2) ? 0 : 1 + roll(TIMELINE_EVENTS - 1);
    for (uint32_t i = 0; i < count; i++)
        t->events[c->event_count++] = (cs_event){.kind = kinds[roll(7)],
                                                 .at_ms = is_timed ? some_time((uint32_t)last + 4000) : CS_NO_TIME,
                                                 .after_turn = is_timed ? UINT32_MAX : roll(c->turn_count + 1),
                                                 .participant = roll(5) ? roll(3) : CS_NO_PARTICIPANT};
    if (roll(3)) return;
    t->events[c->event_count++] = (cs_event){.kind = roll(4) ? "hang-up" : "close",
                                             .at_ms = is_timed ? last + some_time(6000) : CS_NO_TIME,
                                             .after_turn = is_timed ? UINT32_MAX : c->turn_count,
                                             .participant = roll(5) ? roll(2) : CS_NO_PARTICIPANT};
}

/* What was heard: mostly beside the turns, so that bounds meet; every sixth time nothing was written down. */
static void draw_voices(timeline *t, int64_t last) {
    cs_conversation *c = &t->conversation;
    uint32_t count = roll(TIMELINE_VOICES + 1);
    c->is_heard = true;
    t->is_wordless = !roll(6);
    for (uint32_t i = 0; i < count; i++) {
        const cs_turn *beside = &t->turns[roll(c->turn_count)];
        int64_t start = roll(3) ? beside->start_ms : some_time((uint32_t)last + 3000);
        uint32_t who = roll(4) ? beside->participant : roll(TIMELINE_PARTICIPANTS);
        t->voices[c->voice_count++] =
            (cs_voice){.participant = who, .start_ms = start, .end_ms = start + some_time(roll(3) ? 1500 : 6000)};
    }
}

static void draw_fields(timeline *t, int64_t last, bool is_timed) {
    cs_conversation *c = &t->conversation;
    static const char *const names[] = {"vip", "amount", "promised", "booked"};
    static const char *const values[][3] = {
        {"true", "false", "true"}, {"50", "150", "many"}, {"1", "2", "x"}, {"1", "x", "2"}};
    for (uint32_t i = 0; i < 4; i++) {
        if (roll(3)) continue;
        int64_t at = is_timed && !roll(3) ? some_time((uint32_t)last + 2000) : CS_NO_TIME;
        t->fields[c->field_count++] = (cs_field){.name = names[i], .value = values[i][roll(3)], .at_ms = at};
    }
    c->queue = roll(2) ? roll(2) ? "a" : "c" : NULL;
}

void random_timeline(timeline *t) {
    static const cs_role roles[] = {CS_ROLE_AGENT,  CS_ROLE_CUSTOMER,  CS_ROLE_BOT,
                                    CS_ROLE_SYSTEM, CS_ROLE_UNDECIDED, CS_ROLE_AGENT};
    static const char *const ids[] = {"a", "c", "b", "s", "u", "d"};
    static const cs_channel channels[] = {CS_CHANNEL_CALL, CS_CHANNEL_CALL, CS_CHANNEL_CALL, CS_CHANNEL_CHAT,
                                          CS_CHANNEL_UNKNOWN};
    static const char *const kinds[] = {"emotion",  "topic", "intent",  "entity",
                                        "loudness", "pitch", "answers", "model"};
    bool is_timed = roll(7);
    int64_t now = 0;
    memset(t, 0, sizeof *t);
    cs_conversation *c = &t->conversation;
    *c = (cs_conversation){.external_id = "x",
                           .title = "x",
                           .channel = channels[roll(roll(3) ? 3 : 5)],
                           .started_ms = roll(3) ? 1800000000000 + (int64_t)roll(200) * 3600000 : CS_NO_TIME,
                           .participant_count = TIMELINE_PARTICIPANTS,
                           .turn_count = 1 + roll(TIMELINE_TURNS)};
    for (uint32_t i = 0; i < TIMELINE_PARTICIPANTS; i++)
        t->participants[i] = (cs_participant){.id = ids[i], .role = roles[i]};
    for (uint32_t i = 0; i < c->turn_count; i++) draw_turn(t, i, &now, is_timed);
    draw_events(t, now, is_timed);
    draw_fields(t, now, is_timed);
    if (is_timed && !roll(3)) draw_voices(t, now);
    for (uint32_t i = 0; i < 8; i++)
        if (roll(2)) t->annotated[c->annotated_count++] = kinds[i];
}

bool timeline_finish(timeline *t, cs_arena *arena) {
    cs_conversation *c = &t->conversation;
    cs_message m;
    c->participants = t->participants;
    c->turns = t->turns;
    c->events = t->events;
    c->fields = t->fields;
    c->annotated = t->annotated;
    c->voices = t->voices;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        cs_turn *turn = &t->turns[i];
        const char *const *p = t->pieces[i];
        snprintf(t->texts[i], sizeof t->texts[i], "%s%s%s%s%s", p[0], p[1] ? "，" : "", p[1] ? p[1] : "",
                 p[2] ? "。" : "", p[2] ? p[2] : "");
        if (t->is_wordless) t->texts[i][0] = 0;
        turn->text = t->texts[i];
        turn->text_bytes = (uint32_t)strlen(turn->text);
        turn->annotations = t->annotations[i];
        turn->words = t->words[i];
        for (uint32_t a = 0; t->is_wordless && a < turn->annotation_count; a++) t->annotations[i][a].to = 0;
        turn->word_count =
            !t->is_wordless && t->words[i][0].length && strlen(p[0]) >= 6 && (unsigned char)p[0][0] >= 0x80 ? 1 : 0;
        t->words[i][0].start_ms = turn->start_ms == CS_NO_TIME ? CS_NO_TIME : turn->start_ms + 200;
        t->words[i][0].end_ms = turn->start_ms == CS_NO_TIME ? CS_NO_TIME : turn->start_ms + 700;
    }
    return conversation_finish(c, arena, &m) == CS_OK;
}

/* ---- smaller ---- */

static void drop_turn(timeline *t, uint32_t at) {
    cs_conversation *c = &t->conversation;
    uint32_t rest = --c->turn_count - at;
    memmove(t->turns + at, t->turns + at + 1, rest * sizeof *t->turns);
    memmove(t->pieces + at, t->pieces + at + 1, rest * sizeof *t->pieces);
    memmove(t->annotations + at, t->annotations + at + 1, rest * sizeof *t->annotations);
    memmove(t->words + at, t->words + at + 1, rest * sizeof *t->words);
    for (uint32_t i = 0; i < c->event_count; i++)
        if (t->events[i].after_turn != UINT32_MAX && t->events[i].after_turn > at) t->events[i].after_turn--;
}

static bool simplify_turn(timeline *t, uint32_t at, unsigned way) {
    cs_turn *turn = &t->turns[at];
    const char **p = t->pieces[at];
    switch (way) {
    case 0: return t->conversation.turn_count > 1 ? (drop_turn(t, at), true) : false;
    case 1: return p[2] ? (p[2] = NULL, true) : false;
    case 2: return p[1] ? (p[1] = p[2], p[2] = NULL, true) : false;
    case 3: return p[1] ? (p[0] = p[1], p[1] = p[2], p[2] = NULL, true) : false;
    case 4: return turn->annotation_count ? (turn->annotation_count--, true) : false;
    case 5: return turn->confidence < 0.5f ? (turn->confidence = 0.9f, true) : false;
    case 6: return t->words[at][0].length ? (t->words[at][0].length = 0, true) : false;
    case 7: return turn->end_ms > turn->start_ms + 1000 ? (turn->end_ms = turn->start_ms + 1000, true) : false;
    case 8:
        return turn->end_ms == CS_NO_TIME && turn->start_ms != CS_NO_TIME ? (turn->end_ms = turn->start_ms, true)
                                                                          : false;
    case 9: return turn->start_ms % 1000 > 0 ? (turn->start_ms -= turn->start_ms % 1000, true) : false;
    case 10: return strcmp(p[0], "嗯") != 0 ? (p[0] = "嗯", true) : false;
    case 11: return turn->participant > 1 ? (turn->participant = 0, true) : false;
    default: return false;
    }
}

static bool drop_event(timeline *t, uint32_t at) {
    uint32_t rest = --t->conversation.event_count - at;
    memmove(t->events + at, t->events + at + 1, rest * sizeof *t->events);
    return true;
}

static bool drop_field(timeline *t, uint32_t at) {
    uint32_t rest = --t->conversation.field_count - at;
    memmove(t->fields + at, t->fields + at + 1, rest * sizeof *t->fields);
    return true;
}

static bool drop_voice(timeline *t, uint32_t at) {
    uint32_t rest = --t->conversation.voice_count - at;
    memmove(t->voices + at, t->voices + at + 1, rest * sizeof *t->voices);
    return true;
}

bool timeline_simpler(const timeline *t, unsigned n, timeline *out) {
    enum { WAYS = 12 };
    cs_conversation *c = &out->conversation;
    *out = *t;
    unsigned turns = c->turn_count * WAYS;
    bool is_good = true;
    if (n < turns)
        is_good = simplify_turn(out, n / WAYS, n % WAYS);
    else if (n < turns + c->event_count)
        is_good = drop_event(out, n - turns);
    else if (n < turns + c->event_count + c->field_count)
        is_good = drop_field(out, n - turns - c->event_count);
    else if (n == turns + c->event_count + c->field_count)
        is_good = c->queue != NULL, c->queue = NULL;
    else if (n == turns + c->event_count + c->field_count + 1)
        is_good = c->channel != CS_CHANNEL_CALL, c->channel = CS_CHANNEL_CALL;
    else if (n == turns + c->event_count + c->field_count + 2)
        is_good = t->is_wordless, out->is_wordless = false;
    else if (n <= turns + c->event_count + c->field_count + 2 + t->conversation.voice_count)
        is_good = drop_voice(out, n - turns - c->event_count - c->field_count - 3);
    else
        return false;
    if (!is_good) c->turn_count = 0; /* not simpler */
    return true;
}

void timeline_print(const timeline *t) {
    const cs_conversation *c = &t->conversation;
    printf("  %s, %s%s", channel_name(c->channel), c->is_timed ? "timed" : "untimed", c->is_heard ? ", heard" : "");
    if (c->queue) printf(", queue %s", c->queue);
    for (uint32_t i = 0; i < c->annotated_count; i++) printf("%s%s", i ? " " : ", annotated: ", c->annotated[i]);
    printf("\n");
    for (uint32_t i = 0; i < c->turn_count; i++) {
        const cs_turn *turn = &c->turns[i];
        printf("  %2u ", i + 1);
        if (turn->start_ms != CS_NO_TIME) printf("%6lld", (long long)turn->start_ms);
        if (turn->end_ms != CS_NO_TIME) printf("-%-6lld", (long long)turn->end_ms);
        printf(" %-9s %s", role_name(c->participants[turn->participant].role), turn->text);
        if (turn->confidence < 0.5f) printf("  (confidence %.1f)", (double)turn->confidence);
        if (turn->word_count) printf("  (first word %.1f)", (double)turn->words[0].confidence);
        for (uint32_t a = 0; a < turn->annotation_count; a++)
            printf("  [%s %s %.0f, %.1f]", turn->annotations[a].kind,
                   turn->annotations[a].label ? turn->annotations[a].label : "-", turn->annotations[a].value,
                   (double)turn->annotations[a].confidence);
        printf("\n");
    }
    for (uint32_t i = 0; i < c->voice_count; i++)
        printf("  voice %lld-%lld %s\n", (long long)c->voices[i].start_ms, (long long)c->voices[i].end_ms,
               c->participants[c->voices[i].participant].id);
    for (uint32_t i = 0; i < c->event_count; i++) {
        const cs_event *e = &c->events[i];
        printf("  event %s behind turn %u", e->kind, e->after_turn);
        if (e->at_ms != CS_NO_TIME) printf(" at %lld", (long long)e->at_ms);
        printf(" by %s\n",
               e->participant == CS_NO_PARTICIPANT ? "nobody" : role_name(c->participants[e->participant].role));
    }
    for (uint32_t i = 0; i < c->field_count; i++)
        printf("  field %s = %s, from %lld\n", c->fields[i].name, c->fields[i].value,
               c->fields[i].at_ms == CS_NO_TIME ? -1 : (long long)c->fields[i].at_ms);
}
