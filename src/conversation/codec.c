#include "conversation/codec.h"

#include <math.h>
#include <string.h>

/* Version 2 added annotations and the times of fields, version 3 what was heard, version 4 who recognised the words and how they
 * sounded. Only what has them is written so: the rest keeps its bytes, its hash. */
enum { PLAIN_VERSION = 1, NOTED_VERSION = 2, HEARD_VERSION = 3, RECOGNISED_VERSION = 4, LONGEST_VARINT = 10 };
enum { SHA256_CHARS = 64, MAX_RATE_HZ = 1000000 };

/* What a turn carries besides participant and text. */
enum { TURN_START = 1, TURN_END = 2, TURN_CONFIDENCE = 4, TURN_WORDS = 8, TURN_FLAGS = 15 };
enum { WORD_START = 1, WORD_END = 2, WORD_CONFIDENCE = 4, WORD_FLAGS = 7 };

/* Signed numbers alternate, so that small ones stay short: 0 -1 1 -2 2 … */
static uint64_t to_zigzag(int64_t value) {
    return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t from_zigzag(uint64_t value) {
    return (int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0));
}

static void put_number(cs_buffer *out, uint64_t value) {
    unsigned char bytes[LONGEST_VARINT];
    size_t count = 0;
    for (; value >= 0x80; value >>= 7) bytes[count++] = (unsigned char)(value | 0x80);
    bytes[count++] = (unsigned char)value;
    buffer_append(out, bytes, count);
}

/* Times are written as the difference to the one before; the arithmetic wraps and so loses nothing. */
static void put_time(cs_buffer *out, int64_t time, int64_t *before) {
    put_number(out, to_zigzag((int64_t)((uint64_t)time - (uint64_t)*before)));
    *before = time;
}

static void put_bytes(cs_buffer *out, const char *text, size_t bytes) {
    put_number(out, bytes);
    buffer_append(out, text, bytes);
}

/* 0 says absent, n + 1 says n bytes follow. */
static void put_optional(cs_buffer *out, const char *text) {
    if (!text) {
        put_number(out, 0);
        return;
    }
    size_t bytes = strlen(text);
    put_number(out, bytes + 1);
    buffer_append(out, text, bytes);
}

static void put_float(cs_buffer *out, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    unsigned char bytes[4] = {(unsigned char)bits, (unsigned char)(bits >> 8), (unsigned char)(bits >> 16),
                              (unsigned char)(bits >> 24)};
    buffer_append(out, bytes, sizeof bytes);
}

static void put_word(cs_buffer *out, const cs_word *word, uint32_t *offset, int64_t *time) {
    unsigned flags = (word->start_ms != CS_NO_TIME ? WORD_START : 0) | (word->end_ms != CS_NO_TIME ? WORD_END : 0) |
                     (word->confidence >= 0 ? WORD_CONFIDENCE : 0);
    put_number(out, flags);
    put_number(out, word->offset - *offset);
    put_number(out, word->length);
    if (flags & WORD_START) put_time(out, word->start_ms, time);
    if (flags & WORD_END) put_time(out, word->end_ms, time);
    if (flags & WORD_CONFIDENCE) put_float(out, word->confidence);
    *offset = word->offset + word->length;
}

static void put_turn(cs_buffer *out, const cs_turn *turn, int64_t *time) {
    unsigned flags = (turn->start_ms != CS_NO_TIME ? TURN_START : 0) | (turn->end_ms != CS_NO_TIME ? TURN_END : 0) |
                     (turn->confidence >= 0 ? TURN_CONFIDENCE : 0) | (turn->word_count > 0 ? TURN_WORDS : 0);
    put_number(out, (uint64_t)turn->participant << 4 | flags);
    put_bytes(out, turn->text, turn->text_bytes);
    if (flags & TURN_START) put_time(out, turn->start_ms, time);
    if (flags & TURN_END) put_time(out, turn->end_ms, time);
    if (flags & TURN_CONFIDENCE) put_float(out, turn->confidence);
    if (!(flags & TURN_WORDS)) return;
    put_number(out, turn->word_count);
    uint32_t offset = 0;
    int64_t word_time = turn->start_ms != CS_NO_TIME ? turn->start_ms : 0;
    for (uint32_t i = 0; i < turn->word_count; i++) put_word(out, &turn->words[i], &offset, &word_time);
}

static void put_head(cs_buffer *out, const cs_conversation *c) {
    put_bytes(out, c->external_id, strlen(c->external_id));
    put_optional(out, c->title);
    put_optional(out, c->queue);
    put_optional(out, c->customer);
    put_optional(out, c->language);
    put_number(out, (uint64_t)c->channel);
    put_number(out, c->started_ms == CS_NO_TIME ? 0 : (uint64_t)c->started_ms + 1);
    put_number(out, to_zigzag(c->zone_minutes));
}

static void put_annotation(cs_buffer *out, const cs_annotation *a) {
    uint64_t bits;
    memcpy(&bits, &a->value, sizeof bits);
    put_bytes(out, a->kind, strlen(a->kind));
    put_optional(out, a->label);
    put_optional(out, a->text);
    buffer_append(out, &bits, sizeof bits);
    put_number(out, a->confidence >= 0);
    if (a->confidence >= 0) put_float(out, a->confidence);
    put_number(out, a->from);
    put_number(out, a->to - a->from);
}

static bool has_extras(const cs_conversation *c) {
    bool has = c->annotated_count > 0;
    for (uint32_t i = 0; i < c->turn_count && !has; i++) has = c->turns[i].annotation_count > 0;
    for (uint32_t i = 0; i < c->field_count && !has; i++) has = c->fields[i].at_ms > 0;
    return has;
}

static void put_extras(cs_buffer *out, const cs_conversation *c) {
    put_number(out, c->annotated_count);
    for (uint32_t i = 0; i < c->annotated_count; i++) put_bytes(out, c->annotated[i], strlen(c->annotated[i]));
    for (uint32_t i = 0; i < c->turn_count; i++) {
        put_number(out, c->turns[i].annotation_count);
        for (uint32_t k = 0; k < c->turns[i].annotation_count; k++) put_annotation(out, &c->turns[i].annotations[k]);
    }
    for (uint32_t i = 0; i < c->field_count; i++)
        put_number(out, c->fields[i].at_ms > 0 ? (uint64_t)c->fields[i].at_ms : 0);
}

/* Levels in tenths of a decibel, pitch in tenths of a hertz: nobody measures more exactly. */
static void put_voices(cs_buffer *out, const cs_conversation *c) {
    int64_t time = 0;
    put_number(out, c->voice_count);
    for (uint32_t i = 0; i < c->voice_count; i++) {
        const cs_voice *voice = &c->voices[i];
        put_number(out, voice->participant);
        put_time(out, voice->start_ms, &time);
        put_number(out, (uint64_t)(voice->end_ms - voice->start_ms));
        put_number(out, to_zigzag((int64_t)lroundf(voice->level_db * 10)));
        put_number(out, to_zigzag((int64_t)lroundf(voice->pitch_hz * 10)));
    }
}

static bool has_sounds(const cs_turn *turn) {
    for (uint32_t i = 0; i < turn->word_count; i++)
        if (turn->words[i].sounds) return true;
    return false;
}

/* Whether it was heard; 0 or 1 and the recognition; of each turn 0, or 1 and the sounds of each word. */
static void put_recognised(cs_buffer *out, const cs_conversation *c) {
    const cs_recognition *r = c->recognition;
    put_number(out, r != NULL);
    if (r) {
        put_bytes(out, r->model, strlen(r->model));
        put_bytes(out, r->version, strlen(r->version));
        put_bytes(out, r->sha256, strlen(r->sha256));
        put_number(out, (uint64_t)r->rate_hz);
    }
    for (uint32_t i = 0; i < c->turn_count; i++) {
        bool has = has_sounds(&c->turns[i]);
        put_number(out, has);
        for (uint32_t k = 0; has && k < c->turns[i].word_count; k++) put_optional(out, c->turns[i].words[k].sounds);
    }
}

static uint64_t version_of(const cs_conversation *c) {
    bool is_recognised = c->recognition != NULL;
    for (uint32_t i = 0; i < c->turn_count && !is_recognised; i++) is_recognised = has_sounds(&c->turns[i]);
    if (is_recognised) return RECOGNISED_VERSION;
    return c->is_heard ? HEARD_VERSION : has_extras(c) ? NOTED_VERSION : PLAIN_VERSION;
}

cs_error codec_encode(const cs_conversation *conversation, cs_buffer *out) {
    const cs_conversation *c = conversation;
    size_t length_before = out->length;
    uint64_t version = version_of(c);
    put_number(out, version);
    put_head(out, c);
    put_number(out, c->participant_count);
    for (uint32_t i = 0; i < c->participant_count; i++) {
        put_number(out, (uint64_t)c->participants[i].role);
        put_bytes(out, c->participants[i].id, strlen(c->participants[i].id));
        put_optional(out, c->participants[i].name);
        put_optional(out, c->participants[i].team);
    }
    put_number(out, c->turn_count);
    int64_t time = 0;
    for (uint32_t i = 0; i < c->turn_count; i++) put_turn(out, &c->turns[i], &time);
    put_number(out, c->event_count);
    for (uint32_t i = 0; i < c->event_count; i++) {
        const cs_event *event = &c->events[i];
        put_bytes(out, event->kind, strlen(event->kind));
        put_number(out, event->at_ms == CS_NO_TIME ? 0 : (uint64_t)event->at_ms + 1);
        put_number(out, event->after_turn);
        put_number(out, event->participant == CS_NO_PARTICIPANT ? 0 : (uint64_t)event->participant + 1);
    }
    put_number(out, c->field_count);
    for (uint32_t i = 0; i < c->field_count; i++) {
        put_number(out, (uint64_t)c->fields[i].kind);
        put_bytes(out, c->fields[i].name, strlen(c->fields[i].name));
        put_bytes(out, c->fields[i].value, strlen(c->fields[i].value));
    }
    if (version >= NOTED_VERSION) put_extras(out, c);
    if (version >= RECOGNISED_VERSION) put_number(out, c->is_heard);
    if (version == HEARD_VERSION || (version > HEARD_VERSION && c->is_heard)) put_voices(out, c);
    if (version >= RECOGNISED_VERSION) put_recognised(out, c);
    if (!out->is_failed) return CS_OK;
    if (out->data) out->data[out->length = length_before] = 0;
    return CS_ERR_LIMIT;
}

/* Reading remembers the first failure and then gives zeros, so that callers check once a group. */
typedef struct source {
    const unsigned char *start, *at, *end;
    cs_arena *arena;
    const char *failure; /* NULL: none so far */
    cs_error code;
} source;

static void fail(source *s, cs_error code, const char *why) {
    if (s->failure) return;
    s->failure = why;
    s->code = code;
}

static uint64_t get_number(source *s) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && s->at < s->end; shift += 7) {
        unsigned char byte = *s->at++;
        if (shift == 63 && byte > 1) break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
    fail(s, CS_ERR_PARSE, "a number is cut or too large");
    s->at = s->end;
    return 0;
}

static uint32_t get_small(source *s, uint64_t most, const char *why) {
    uint64_t value = get_number(s);
    if (value <= most) return (uint32_t)value;
    fail(s, CS_ERR_PARSE, why);
    return 0;
}

/* A count of items that take at least least_bytes each can't exceed what is left: allocation stays in proportion. */
static uint32_t get_count(source *s, uint32_t most, size_t least_bytes) {
    uint64_t count = get_number(s);
    if (count <= most && count <= (size_t)(s->end - s->at) / least_bytes) return (uint32_t)count;
    fail(s, CS_ERR_PARSE, "a count is larger than what follows");
    return 0;
}

static int64_t get_time(source *s, int64_t *before) {
    *before = (int64_t)((uint64_t)*before + (uint64_t)from_zigzag(get_number(s)));
    if (*before == CS_NO_TIME) fail(s, CS_ERR_PARSE, "a time is out of range");
    return *before;
}

static const char *get_bytes(source *s, uint64_t bytes, bool may_hold_zero) {
    if (bytes > (size_t)(s->end - s->at)) {
        fail(s, CS_ERR_PARSE, "a text is longer than what follows");
        return "";
    }
    const char *text = (const char *)s->at;
    s->at += bytes;
    if (!may_hold_zero && memchr(text, 0, bytes)) {
        fail(s, CS_ERR_PARSE, "a name holds a zero byte");
        return "";
    }
    const char *copy = arena_copy(s->arena, text, bytes);
    if (copy) return copy;
    fail(s, CS_ERR_MEMORY, "no memory for a text");
    return "";
}

static const char *get_text(source *s) {
    return get_bytes(s, get_number(s), false);
}

static const char *get_optional(source *s) {
    uint64_t bytes = get_number(s);
    return bytes ? get_bytes(s, bytes - 1, false) : NULL;
}

static float get_confidence(source *s) {
    if (s->end - s->at < 4) {
        fail(s, CS_ERR_PARSE, "a number is cut");
        return -1;
    }
    uint32_t bits = s->at[0] | (uint32_t)s->at[1] << 8 | (uint32_t)s->at[2] << 16 | (uint32_t)s->at[3] << 24;
    s->at += 4;
    float value;
    memcpy(&value, &bits, sizeof value);
    if (!(value >= 0 && value <= 1)) fail(s, CS_ERR_PARSE, "a confidence is not between 0 and 1");
    return value;
}

static void *get_items(source *s, uint32_t count, size_t item_bytes) {
    void *items = arena_array(s->arena, count, item_bytes);
    if (!items) fail(s, CS_ERR_MEMORY, "no memory for the items");
    return items;
}

static void get_word(source *s, cs_word *word, uint32_t *offset, int64_t *time) {
    uint32_t flags = get_small(s, WORD_FLAGS, "a word has unknown flags");
    word->offset = *offset + get_small(s, CS_MAX_TURN_BYTES, "a word lies outside its text");
    word->length = get_small(s, CS_MAX_TURN_BYTES, "a word lies outside its text");
    word->start_ms = flags & WORD_START ? get_time(s, time) : CS_NO_TIME;
    word->end_ms = flags & WORD_END ? get_time(s, time) : CS_NO_TIME;
    word->confidence = flags & WORD_CONFIDENCE ? get_confidence(s) : -1;
    word->sounds = NULL;
    *offset = word->offset + word->length;
    if (*offset > CS_MAX_TURN_BYTES) {
        fail(s, CS_ERR_PARSE, "a word lies outside its text");
        *offset = 0;
    }
}

static void get_turn(source *s, cs_turn *turn, int64_t *time) {
    uint64_t head = get_number(s);
    unsigned flags = (unsigned)(head & TURN_FLAGS);
    if (head >> 4 >= CS_MAX_PARTICIPANTS) fail(s, CS_ERR_PARSE, "a turn belongs to nobody");
    turn->participant = (uint32_t)(head >> 4);
    turn->text_bytes = get_small(s, CS_MAX_TURN_BYTES, "a turn's text is too long");
    turn->text = get_bytes(s, turn->text_bytes, true);
    turn->start_ms = flags & TURN_START ? get_time(s, time) : CS_NO_TIME;
    turn->end_ms = flags & TURN_END ? get_time(s, time) : CS_NO_TIME;
    turn->confidence = flags & TURN_CONFIDENCE ? get_confidence(s) : -1;
    if (!(flags & TURN_WORDS)) return;
    turn->word_count = get_count(s, CS_MAX_TURN_BYTES, 3);
    cs_word *words = get_items(s, turn->word_count, sizeof *words);
    turn->words = words;
    uint32_t offset = 0;
    int64_t word_time = turn->start_ms != CS_NO_TIME ? turn->start_ms : 0;
    for (uint32_t i = 0; i < turn->word_count && !s->failure; i++) get_word(s, &words[i], &offset, &word_time);
}

static void get_head(source *s, cs_conversation *c) {
    c->external_id = get_text(s);
    c->title = get_optional(s);
    c->queue = get_optional(s);
    c->customer = get_optional(s);
    c->language = get_optional(s);
    c->channel = (cs_channel)get_small(s, CS_CHANNEL_COUNT - 1, "there is no such channel");
    uint64_t started = get_number(s);
    c->started_ms = started ? (int64_t)(started - 1) : CS_NO_TIME;
    int64_t zone = from_zigzag(get_number(s));
    if (zone < -24 * 60 || zone > 24 * 60)
        fail(s, CS_ERR_PARSE, "the time zone is out of range");
    else
        c->zone_minutes = (int)zone;
}

static void get_participants(source *s, cs_conversation *c) {
    uint32_t count = get_count(s, CS_MAX_PARTICIPANTS, 4);
    c->participants = get_items(s, count, sizeof *c->participants);
    for (uint32_t i = 0; i < count && !s->failure; i++) {
        c->participants[i].role = (cs_role)get_small(s, CS_ROLE_COUNT - 1, "there is no such role");
        c->participants[i].id = get_text(s);
        c->participants[i].name = get_optional(s);
        c->participants[i].team = get_optional(s);
    }
    c->participant_count = count;
}

static void get_turns(source *s, cs_conversation *c) {
    uint32_t count = get_count(s, CS_MAX_TURNS, 2);
    c->turns = get_items(s, count, sizeof *c->turns);
    int64_t time = 0;
    for (uint32_t i = 0; i < count && !s->failure; i++) get_turn(s, &c->turns[i], &time);
    c->turn_count = count;
}

static void get_events(source *s, cs_conversation *c) {
    uint32_t count = get_count(s, CS_MAX_EVENTS, 4);
    c->events = get_items(s, count, sizeof *c->events);
    for (uint32_t i = 0; i < count && !s->failure; i++) {
        cs_event *event = &c->events[i];
        event->kind = get_text(s);
        uint64_t at = get_number(s);
        event->at_ms = at ? (int64_t)(at - 1) : CS_NO_TIME;
        event->after_turn = get_small(s, CS_MAX_TURNS, "an event stands after the last turn");
        uint32_t who = get_small(s, CS_MAX_PARTICIPANTS, "an event belongs to nobody");
        event->participant = who ? who - 1 : CS_NO_PARTICIPANT;
    }
    c->event_count = count;
}

static void get_fields(source *s, cs_conversation *c) {
    uint32_t count = get_count(s, CS_MAX_FIELDS, 3);
    c->fields = get_items(s, count, sizeof *c->fields);
    for (uint32_t i = 0; i < count && !s->failure; i++) {
        c->fields[i].kind = (cs_field_kind)get_small(s, CS_FIELD_BOOL, "a field has no such kind");
        c->fields[i].name = get_text(s);
        c->fields[i].value = get_text(s);
    }
    c->field_count = count;
}

static double get_double(source *s) {
    double value = 0;
    if (s->end - s->at < (ptrdiff_t)sizeof value) {
        fail(s, CS_ERR_PARSE, "a number is cut");
        return 0;
    }
    memcpy(&value, s->at, sizeof value);
    s->at += sizeof value;
    if (isfinite(value)) return value;
    fail(s, CS_ERR_PARSE, "a value is no number");
    return 0;
}

static void get_annotations(source *s, cs_turn *turn) {
    uint32_t count = get_count(s, CS_MAX_ANNOTATIONS, 14);
    cs_annotation *all = count ? get_items(s, count, sizeof *all) : NULL;
    for (uint32_t i = 0; i < count && !s->failure; i++) {
        all[i].kind = get_text(s);
        all[i].label = get_optional(s);
        all[i].text = get_optional(s);
        all[i].value = get_double(s);
        all[i].confidence = get_small(s, 1, "a confidence is neither there nor absent") ? get_confidence(s) : -1;
        all[i].from = get_small(s, CS_MAX_TURN_BYTES, "an annotation lies outside its text");
        all[i].to = all[i].from + get_small(s, CS_MAX_TURN_BYTES, "an annotation lies outside its text");
    }
    turn->annotations = all;
    turn->annotation_count = count;
}

static void get_extras(source *s, cs_conversation *c) {
    uint32_t count = get_count(s, CS_MAX_ANNOTATED, 1);
    c->annotated = get_items(s, count, sizeof *c->annotated);
    for (uint32_t i = 0; i < count && !s->failure; i++) c->annotated[i] = get_text(s);
    c->annotated_count = count;
    for (uint32_t i = 0; i < c->turn_count && !s->failure; i++) get_annotations(s, &c->turns[i]);
    for (uint32_t i = 0; i < c->field_count && !s->failure; i++) {
        uint64_t at = get_number(s);
        if (at > (uint64_t)INT64_MAX / 2) fail(s, CS_ERR_PARSE, "a field's time is out of range");
        c->fields[i].at_ms = (int64_t)at;
    }
}

static float get_tenths(source *s) {
    int64_t tenths = from_zigzag(get_number(s));
    if (tenths < -1000000 || tenths > 1000000) {
        fail(s, CS_ERR_PARSE, "a level or pitch is out of range");
        return 0;
    }
    return (float)tenths / 10;
}

static void get_voices(source *s, cs_conversation *c) {
    uint32_t count = get_count(s, CS_MAX_VOICES, 5);
    cs_voice *voices = get_items(s, count, sizeof *voices);
    int64_t time = 0;
    for (uint32_t i = 0; i < count && !s->failure; i++) {
        voices[i].participant = get_small(s, CS_MAX_PARTICIPANTS, "a voice belongs to nobody");
        voices[i].start_ms = get_time(s, &time);
        voices[i].end_ms = (int64_t)((uint64_t)voices[i].start_ms + get_small(s, UINT32_MAX, "a voice is too long"));
        voices[i].level_db = get_tenths(s);
        voices[i].pitch_hz = get_tenths(s);
    }
    c->voices = voices;
    c->voice_count = count;
    c->is_heard = true;
}

static void get_recognition(source *s, cs_conversation *c) {
    cs_recognition *r = arena_alloc(s->arena, sizeof *r);
    if (!r) {
        fail(s, CS_ERR_MEMORY, "no memory for the recognition");
        return;
    }
    r->model = get_text(s);
    r->version = get_text(s);
    const char *sha256 = get_text(s);
    size_t bytes = strlen(sha256);
    if (bytes != 0 && bytes != SHA256_CHARS)
        fail(s, CS_ERR_PARSE, "a model's sum has no 64 digits");
    else
        memcpy(r->sha256, sha256, bytes + 1);
    r->rate_hz = (int)get_small(s, MAX_RATE_HZ, "a rate is out of range");
    r->recognised_ms = CS_NO_TIME;
    c->recognition = r;
}

static void get_sounds(source *s, cs_turn *turn) {
    cs_word *words = get_items(s, turn->word_count, sizeof *words);
    for (uint32_t i = 0; i < turn->word_count && !s->failure; i++) {
        words[i] = turn->words[i];
        words[i].sounds = get_optional(s);
    }
    turn->words = words;
}

static void get_recognised(source *s, cs_conversation *c) {
    if (get_small(s, 1, "a recognition is neither there nor absent")) get_recognition(s, c);
    for (uint32_t i = 0; i < c->turn_count && !s->failure; i++)
        if (get_small(s, 1, "sounds are neither there nor absent")) get_sounds(s, &c->turns[i]);
}

static bool is_heard(source *s, uint64_t version) {
    if (version < RECOGNISED_VERSION) return version == HEARD_VERSION;
    return get_small(s, 1, "it was neither heard nor not") == 1;
}

cs_error codec_decode(const void *bytes, size_t length, cs_arena *arena, cs_conversation **out, cs_message *message) {
    source s = {.start = bytes, .at = bytes, .end = (const unsigned char *)bytes + length, .arena = arena};
    cs_conversation *c = arena_alloc(arena, sizeof *c);
    if (!c) return message_set(message, CS_ERR_MEMORY, "no memory for a conversation");
    void (*const parts[])(source *, cs_conversation *) = {get_head, get_participants, get_turns, get_events,
                                                          get_fields};
    uint64_t version = get_number(&s);
    if (version < PLAIN_VERSION || version > RECOGNISED_VERSION)
        fail(&s, CS_ERR_PARSE, "it was written by another version");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && !s.failure; i++) parts[i](&s, c);
    if (version >= NOTED_VERSION && !s.failure) get_extras(&s, c);
    if (!s.failure && is_heard(&s, version) && !s.failure) get_voices(&s, c);
    if (version >= RECOGNISED_VERSION && !s.failure) get_recognised(&s, c);
    if (!s.failure && s.at != s.end) fail(&s, CS_ERR_PARSE, "more follows after the end");
    if (s.failure) {
        message_set(message, s.code, "the stored conversation can't be read: %s", s.failure);
        message_place(message, "byte %zu", (size_t)(s.at - s.start));
        return s.code;
    }
    cs_error code = conversation_finish(c, arena, message);
    if (code == CS_OK) *out = c;
    return code;
}
