/* The words that recognisers leave in a vCon. Their shapes, by what they hold, not by who wrote them:
 * segments or utterances with start, end, text and perhaps a speaker; words with times; a list of speaker and message. */
#include "base/utf8.h"
#include "conversation/vcon_reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum { MAX_WORDS = 2000000, SPEAKER_BYTES = 64, TURN_WORDS = 2000 };
static const double MOST_SECONDS = 100.0 * 366 * 86400;
static const int64_t PAUSE_MS = 1000; /* a longer silence between two words begins a new turn */

static const cs_json *first_of(const cs_json *object, const char *const *keys, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const cs_json *value = json_get(object, keys[i]);
        if (json_kind(value) != CS_JSON_NULL) return value;
    }
    return NULL;
}

static int64_t time_of(const cs_json *object, const char *key, const cs_vcon_span *span) {
    double seconds = json_number(json_get(object, key), -1);
    if (!span->has_time || !(seconds >= 0 && seconds <= MOST_SECONDS)) return CS_NO_TIME;
    return span->offset_ms + (int64_t)llround(seconds * 1000);
}

static float confidence_of(const cs_json *object) {
    double value = json_number(json_get(object, "confidence"), -1);
    return value >= 0 && value <= 1 ? (float)value : -1;
}

/* ---- who speaks ---- */

static cs_error find_or_add(cs_vcon_reader *r, const char *id, const char *name, uint32_t *who) {
    cs_conversation *c = r->draft->c;
    for (uint32_t i = r->party_count; i < c->participant_count; i++) {
        *who = i;
        if (strcmp(c->participants[i].id, id) == 0) return CS_OK;
    }
    cs_participant *added = draft_participant(r->draft);
    if (!added) return draft_why(r->draft, r->message);
    *who = c->participant_count - 1;
    added->id = arena_string(r->draft->arena, id);
    if (!added->id) return vcon_no_memory(r);
    return draft_text(r->draft, &added->name, name, r->message);
}

/* A label that is nobody's name is somebody undecided; a number is a voice told apart by a recogniser, not a party. */
static cs_error find_speaker(cs_vcon_reader *r, const cs_json *item, const cs_vcon_span *span, int channel,
                             uint32_t *who) {
    static const char *const keys[] = {"speaker", "speaker_label", "speaker_id", "role"};
    const cs_json *speaker = first_of(item, keys, COUNT(keys));
    const char *label = json_string(speaker, NULL);
    char id[SPEAKER_BYTES + 16];
    int64_t number = 0;
    if (channel >= 0) {
        *who = vcon_dialog_party(r, span->dialog, channel);
        if (*who != UINT32_MAX) return CS_OK;
        (void)snprintf(id, sizeof id, "channel-%d", channel + 1);
        return find_or_add(r, id, NULL, who);
    }
    *who = label && *label ? vcon_party_find(r, label) : vcon_dialog_party(r, span->dialog, -1);
    if (*who != UINT32_MAX) return CS_OK;
    if (label && *label && strlen(label) < SPEAKER_BYTES)
        (void)snprintf(id, sizeof id, "speaker-%s", label);
    else if (json_int64(speaker, &number))
        (void)snprintf(id, sizeof id, "speaker-%lld", (long long)number);
    else
        (void)snprintf(id, sizeof id, "speaker");
    return find_or_add(r, id, label && *label && strlen(label) < SPEAKER_BYTES ? label : NULL, who);
}

/* ---- segments ---- */

static const char *const text_keys[] = {"text", "transcript", "message", "sentence", "content"};

static cs_error read_segment(cs_vcon_reader *r, const cs_json *item, const cs_vcon_span *span, int channel,
                             const cs_json_place *place) {
    size_t bytes = 0;
    const cs_json *said = json_kind(item) == CS_JSON_STRING ? item : first_of(item, text_keys, COUNT(text_keys));
    const char *text = json_string(said, &bytes);
    if (!text) return vcon_refuse(r, place, NULL, "a part needs \"text\"", "a part of the transcript has no text");
    while (bytes > 0 && *text == ' ') text++, bytes--;
    if (bytes == 0) return CS_OK;
    if (bytes > CS_MAX_TURN_BYTES)
        return vcon_refuse(r, place, NULL, "split it", "the text has %zu bytes; at most %d are read", bytes,
                           CS_MAX_TURN_BYTES);
    cs_turn *turn = draft_turn(r->draft);
    if (!turn) return draft_why(r->draft, r->message);
    turn->start_ms = time_of(item, "start", span);
    turn->end_ms = turn->start_ms == CS_NO_TIME ? CS_NO_TIME : time_of(item, "end", span);
    if (turn->end_ms != CS_NO_TIME && turn->end_ms < turn->start_ms) turn->end_ms = turn->start_ms;
    turn->confidence = confidence_of(item);
    turn->text = arena_copy(r->draft->arena, text, bytes);
    turn->text_bytes = (uint32_t)bytes;
    return turn->text ? find_speaker(r, item, span, channel, &turn->participant) : vcon_no_memory(r);
}

static cs_error read_segments(cs_vcon_reader *r, const cs_json *list, const cs_vcon_span *span, bool has_channels,
                              const cs_json_place *outer) {
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < json_length(list); i++) {
        const cs_json *item = json_at(list, i);
        cs_json_place place = {"body", (int64_t)i, outer};
        int64_t channel = -1;
        if (has_channels && (!json_int64(json_get(item, "channel"), &channel) || channel < 0 || channel > 1000))
            channel = -1;
        code = read_segment(r, item, span, (int)channel, &place);
    }
    return code;
}

static bool are_segments(const cs_json *list) {
    const cs_json *first = json_at(list, 0);
    return json_kind(list) == CS_JSON_ARRAY && json_kind(first) == CS_JSON_OBJECT &&
           json_kind(first_of(first, text_keys, COUNT(text_keys))) == CS_JSON_STRING;
}

/* ---- words ---- */

typedef struct run {
    cs_vcon_reader *r;
    const cs_vcon_span *span;
    int channel;
    cs_buffer text;
    cs_word words[TURN_WORDS];
    uint32_t word_count, characters;
    const cs_json *first; /* whose speaker the run has */
    double confidence;
    uint32_t confident; /* words that have one */
} run;

static const char *word_text(const cs_json *word) {
    static const char *const keys[] = {"punctuated_word", "word", "text"};
    return json_string(first_of(word, keys, COUNT(keys)), NULL);
}

static cs_error end_run(run *u) {
    if (u->word_count == 0) return CS_OK;
    cs_arena *arena = u->r->draft->arena;
    cs_turn *turn = draft_turn(u->r->draft);
    if (!turn) return draft_why(u->r->draft, u->r->message);
    cs_word *words = arena_array(arena, u->word_count, sizeof *words);
    turn->text = arena_copy(arena, buffer_string(&u->text), u->text.length);
    if (!words || !turn->text || u->text.is_failed) return vcon_no_memory(u->r);
    memcpy(words, u->words, u->word_count * sizeof *words);
    turn->text_bytes = (uint32_t)u->text.length;
    turn->words = words;
    turn->word_count = u->word_count;
    turn->start_ms = words[0].start_ms;
    turn->end_ms = turn->start_ms == CS_NO_TIME ? CS_NO_TIME : words[u->word_count - 1].end_ms;
    if (turn->end_ms != CS_NO_TIME && turn->end_ms < turn->start_ms) turn->end_ms = turn->start_ms;
    if (u->confident > 0) turn->confidence = (float)(u->confidence / u->confident);
    cs_error code = find_speaker(u->r, u->first, u->span, u->channel, &turn->participant);
    buffer_clear(&u->text);
    u->word_count = u->characters = u->confident = 0;
    u->confidence = 0;
    return code;
}

static bool is_same_speaker(const cs_json *a, const cs_json *b) {
    const cs_json *x = json_get(a, "speaker"), *y = json_get(b, "speaker");
    int64_t m = 0, n = 0;
    if (json_kind(x) != json_kind(y)) return false;
    if (json_int64(x, &m) && json_int64(y, &n)) return m == n;
    const char *s = json_string(x, NULL), *t = json_string(y, NULL);
    return (!s && !t) || (s && t && strcmp(s, t) == 0);
}

/* Chinese stands without spaces between the words. */
static bool needs_space(const cs_buffer *before, const char *next) {
    if (before->length == 0) return false;
    return !((unsigned char)before->data[before->length - 1] >= 0x80 && (unsigned char)*next >= 0x80);
}

static cs_error add_word(run *u, const cs_json *word, const char *text) {
    size_t bytes = strlen(text);
    int64_t start = time_of(word, "start", u->span),
            end = start == CS_NO_TIME ? CS_NO_TIME : time_of(word, "end", u->span);
    if (end != CS_NO_TIME && end < start) end = start;
    bool is_full = u->word_count == TURN_WORDS || u->text.length + bytes + 1 > CS_MAX_TURN_BYTES;
    if (u->word_count > 0) {
        int64_t last = u->words[u->word_count - 1].end_ms;
        bool is_pause = start != CS_NO_TIME && last != CS_NO_TIME && start - last > PAUSE_MS;
        if (is_full || is_pause || !is_same_speaker(u->first, word)) {
            cs_error code = end_run(u);
            if (code != CS_OK) return code;
        }
    }
    if (u->word_count == 0) u->first = word;
    if (needs_space(&u->text, text)) {
        (void)buffer_append(&u->text, " ", 1);
        u->characters++;
    }
    uint32_t length = (uint32_t)utf8_count(text, bytes);
    cs_word *out = &u->words[u->word_count++];
    *out = (cs_word){u->characters, length, start, end, confidence_of(word), NULL};
    if (out->confidence >= 0) {
        u->confidence += (double)out->confidence;
        u->confident++;
    }
    u->characters += length;
    return buffer_append(&u->text, text, bytes) ? CS_OK : vcon_no_memory(u->r);
}

static cs_error read_words(cs_vcon_reader *r, const cs_json *list, const cs_vcon_span *span, int channel) {
    run *u = arena_alloc(r->draft->arena, sizeof *u);
    if (!u || json_length(list) > MAX_WORDS) return vcon_no_memory(r);
    *u = (run){.r = r, .span = span, .channel = channel};
    buffer_init(&u->text, CS_MAX_TURN_BYTES + 1);
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < json_length(list); i++) {
        const char *text = word_text(json_at(list, i));
        if (text && *text && strlen(text) <= CS_MAX_NAME_BYTES) code = add_word(u, json_at(list, i), text);
    }
    if (code == CS_OK) code = end_run(u);
    buffer_free(&u->text);
    return code;
}

static bool are_words(const cs_json *list) {
    return json_kind(list) == CS_JSON_ARRAY && json_length(list) > 0 && word_text(json_at(list, 0));
}

/* ---- the shapes ---- */

/* {"channels": [{"alternatives": [{"transcript": …, "words": […]}]}]}: a channel a party when there are several. */
static cs_error read_channels(cs_vcon_reader *r, const cs_json *channels, const cs_vcon_span *span, bool *is_known) {
    size_t count = json_length(channels);
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < count && i < CS_MAX_PARTICIPANTS; i++) {
        const cs_json *words = json_get(json_at(json_get(json_at(channels, i), "alternatives"), 0), "words");
        if (!are_words(words)) continue;
        *is_known = true;
        code = read_words(r, words, span, count > 1 ? (int)i : -1);
    }
    return code;
}

static cs_error read_plain(cs_vcon_reader *r, const cs_json *body, const cs_vcon_span *span, const cs_json_place *place,
                           bool *is_known) {
    cs_vcon_span untimed = *span;
    *is_known = true;
    untimed.has_time = false;
    return read_segment(r, body, &untimed, -1, place);
}

cs_error vcon_transcript_read(cs_vcon_reader *r, const cs_json *body, const cs_vcon_span *span,
                              const cs_json_place *place, bool *is_known) {
    const cs_json *results = json_get(body, "results");
    const cs_json *segments = json_kind(body) == CS_JSON_ARRAY ? body : json_get(body, "segments");
    const cs_json *language = json_get(body, "language"), *inner = json_get(body, "transcript");
    *is_known = false;
    if (json_kind(language) == CS_JSON_NULL) language = json_get(inner, "language");
    cs_error code = draft_text(r->draft, &r->draft->c->language, json_string(language, NULL), r->message);
    if (code != CS_OK) return code;
    bool has_utterances = are_segments(json_get(results, "utterances"));
    if (has_utterances || are_segments(segments)) {
        *is_known = true;
        bool has_channels = has_utterances && json_length(json_get(results, "channels")) > 1;
        return read_segments(r, has_utterances ? json_get(results, "utterances") : segments, span, has_channels, place);
    }
    code = read_channels(r, json_get(results, "channels"), span, is_known);
    if (code != CS_OK || *is_known) return code;
    if (are_words(json_get(body, "words"))) {
        *is_known = true;
        return read_words(r, json_get(body, "words"), span, -1);
    }
    bool is_text = json_kind(inner) == CS_JSON_STRING || json_kind(body) == CS_JSON_STRING;
    return is_text ? read_plain(r, body, span, place, is_known) : CS_OK;
}
