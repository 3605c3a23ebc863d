#include "speech/openai_answer.h"

#include "base/json.h"
#include "base/utf8.h"
#include "speech/answer_text.h"
#include "speech/heard_sign.h"

#include <math.h>
#include <string.h>

enum { LONGEST_LANGUAGE = 3, MOST_TEXT_BYTES = 1 << 18 };
#define SURELY_SILENT 0.6 /* with a text that is unlikely itself: what Whisper makes of silence */
#define UNLIKELY (-1.0)

typedef struct answer_reader {
    const cs_sound_piece *piece;
    cs_arena *arena;
    int64_t at_ms; /* nothing is told before it */
    const char *language;
} answer_reader;

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for what the recogniser answered");
}

/* Seconds from the piece's start, within it, never before what was told. */
static int64_t place(answer_reader *r, const cs_json *seconds, int64_t otherwise) {
    double s = json_number(seconds, -1);
    int64_t ms = otherwise;
    if (s >= 0)
        ms = s * 1000 < (double)(r->piece->end_ms - r->piece->start_ms)
                 ? r->piece->start_ms + (int64_t)llround(s * 1000)
                 : r->piece->end_ms;
    return ms < r->at_ms ? r->at_ms : ms > r->piece->end_ms ? r->piece->end_ms : ms;
}

/* "zh", "chinese". */
static const char *language_of(const cs_json *root, cs_arena *arena) {
    static const char *const names[][2] = {
        {"chinese", "zh"}, {"mandarin", "zh"}, {"english", "en"}, {"cantonese", "yue"}, {"japanese", "ja"},
        {"korean", "ko"},  {"german", "de"},   {"french", "fr"},  {"spanish", "es"},    {"russian", "ru"}};
    size_t bytes = 0;
    const char *given = json_string(json_get(root, "language"), &bytes);
    if (!given || bytes < 2) return NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(given, names[i][0]) == 0) return names[i][1];
    for (size_t i = 0; i < bytes; i++)
        if (bytes > LONGEST_LANGUAGE || given[i] < 'a' || given[i] > 'z') return NULL;
    return arena_string(arena, given);
}

/* ---- words with times ---- */

static bool has_times(const cs_json *words) {
    if (json_kind(words) != CS_JSON_ARRAY || json_length(words) == 0) return false;
    const cs_json *first = json_at(words, 0);
    return json_string(json_get(first, "word"), NULL) && json_kind(json_get(first, "start")) == CS_JSON_NUMBER;
}

static float probability_of(const cs_json *word) {
    double p = json_number(json_get(word, "probability"), -1);
    return p > 0 && p <= 1 ? (float)log(p) : 1;
}

static cs_error read_word(answer_reader *r, const cs_json *word, cs_unit *out, int64_t *end_ms, cs_message *message) {
    size_t bytes = 0;
    const char *text = json_string(json_get(word, "word"), &bytes);
    if (!text) return message_set(message, CS_ERR_PARSE, "the recogniser answers with a word that is none");
    out->text = answer_text_clean(text, bytes, r->arena);
    out->start_ms = place(r, json_get(word, "start"), r->at_ms);
    out->log_probability = probability_of(word);
    r->at_ms = out->start_ms;
    *end_ms = place(r, json_get(word, "end"), out->start_ms);
    return out->text ? CS_OK : no_memory(message);
}

/* A server that runs SenseVoice sends its tags within the text. */
static void take_signs(answer_reader *r, char *text, cs_utterance *out) {
    *out = (cs_utterance){.text = text, .language = r->language, .is_final = true};
    sign_take(text, out);
}

static cs_error read_words(answer_reader *r, const cs_json *words, char *text, cs_utterance *out, cs_message *message) {
    size_t count = json_length(words);
    if (count > CS_MAX_UNITS)
        return message_set(message, CS_ERR_LIMIT, "the recogniser answers with more than %d words", (int)CS_MAX_UNITS);
    cs_unit *units = arena_array(r->arena, count, sizeof *units);
    if (!units) return no_memory(message);
    int64_t end_ms = r->at_ms;
    for (size_t i = 0; i < count; i++) {
        cs_error code = read_word(r, json_at(words, i), &units[i], &end_ms, message);
        if (code != CS_OK) return code;
    }
    take_signs(r, text, out);
    if (answer_text_is_blank(text)) out->text = NULL;
    out->start_ms = units[0].start_ms;
    out->end_ms = r->at_ms = end_ms;
    out->units = units;
    out->unit_count = (uint32_t)count;
    return CS_OK;
}

/* ---- segments with times ---- */

static bool is_of_silence(const cs_json *segment) {
    return json_number(json_get(segment, "no_speech_prob"), 0) > SURELY_SILENT &&
           json_number(json_get(segment, "avg_logprob"), 0) < UNLIKELY;
}

static cs_error read_segment(answer_reader *r, const cs_json *segment, cs_utterance *out, bool *is_said,
                             cs_message *message) {
    size_t bytes = 0;
    const char *text = json_string(json_get(segment, "text"), &bytes);
    const cs_json *words = json_get(segment, "words");
    *is_said = false;
    if (!text || bytes > MOST_TEXT_BYTES)
        return message_set(message, CS_ERR_PARSE, "the recogniser answers with a segment that has no proper text");
    char *own = answer_text_clean(text, bytes, r->arena);
    if (!own) return no_memory(message);
    if (answer_text_is_blank(own) || is_of_silence(segment)) return CS_OK;
    if (has_times(words)) return *is_said = true, read_words(r, words, own, out, message);
    take_signs(r, own, out);
    *is_said = !answer_text_is_blank(own) || sign_is_event(out->event);
    if (!*is_said) return CS_OK;
    out->start_ms = r->at_ms = place(r, json_get(segment, "start"), r->at_ms);
    out->end_ms = r->at_ms = place(r, json_get(segment, "end"), r->piece->end_ms);
    return CS_OK;
}

static cs_error read_segments(answer_reader *r, const cs_json *segments, cs_utterance **out, uint32_t *count,
                              cs_message *message) {
    size_t all = json_length(segments);
    if (all > CS_MAX_SEGMENTS)
        return message_set(message, CS_ERR_LIMIT, "the recogniser answers with more than %d segments",
                           (int)CS_MAX_SEGMENTS);
    cs_utterance *list = arena_array(r->arena, all, sizeof *list);
    if (!list) return no_memory(message);
    *out = list;
    for (size_t i = 0; i < all; i++) {
        bool is_said;
        cs_error code = read_segment(r, json_at(segments, i), &list[*count], &is_said, message);
        if (code != CS_OK) return code;
        *count += is_said;
    }
    return CS_OK;
}

/* ---- the whole ---- */

static cs_error read_plain(answer_reader *r, char *text, cs_utterance **out, uint32_t *count, cs_message *message) {
    cs_utterance *one = arena_alloc(r->arena, sizeof *one);
    if (!one) return no_memory(message);
    take_signs(r, text, one);
    one->start_ms = r->piece->start_ms;
    one->end_ms = r->piece->end_ms;
    *out = one;
    *count = !answer_text_is_blank(text) || sign_is_event(one->event);
    return CS_OK;
}

static cs_error read_json(answer_reader *r, const cs_json *root, cs_utterance **out, uint32_t *count,
                          cs_message *message) {
    size_t bytes = 0;
    const char *text = json_string(json_get(root, "text"), &bytes);
    const cs_json *words = json_get(root, "words"), *segments = json_get(root, "segments");
    if (!text) return message_set(message, CS_ERR_PARSE, "the recogniser's answer holds no text");
    if (bytes > MOST_TEXT_BYTES)
        return message_set(message, CS_ERR_LIMIT, "the recogniser answers with more than %d bytes of text",
                           (int)MOST_TEXT_BYTES);
    r->language = language_of(root, r->arena);
    char *own = answer_text_clean(text, bytes, r->arena);
    if (!own) return no_memory(message);
    if (has_times(words)) {
        *out = arena_alloc(r->arena, sizeof **out);
        if (!*out) return no_memory(message);
        *count = 1;
        return read_words(r, words, own, *out, message);
    }
    bool has_segments = json_kind(segments) == CS_JSON_ARRAY && json_length(segments) > 0;
    return has_segments ? read_segments(r, segments, out, count, message) : read_plain(r, own, out, count, message);
}

cs_error openai_answer_read(const char *text, size_t bytes, const char *format, const cs_sound_piece *piece,
                            cs_arena *arena, cs_utterance **out, uint32_t *count, cs_message *message) {
    answer_reader r = {.piece = piece, .arena = arena, .at_ms = piece->start_ms};
    cs_json *root = NULL;
    cs_utterance *list = NULL;
    uint32_t told = 0;
    cs_error code;
    if (strcmp(format, "text") == 0) {
        if (bytes > MOST_TEXT_BYTES)
            return message_set(message, CS_ERR_LIMIT, "the recogniser answers with more than %d bytes of text",
                               (int)MOST_TEXT_BYTES);
        if (utf8_invalid_at(text, bytes) != bytes)
            return message_set(message, CS_ERR_ENCODING, "the recogniser's answer is not UTF-8");
        char *own = answer_text_clean(text, bytes, arena);
        code = own ? read_plain(&r, own, &list, &told, message) : no_memory(message);
    } else {
        code = json_parse(text, bytes, CS_MAX_ANSWER_BYTES, &root, message);
        if (code == CS_OK) code = read_json(&r, root, &list, &told, message);
        json_free(root);
    }
    if (code != CS_OK) return code;
    *out = list;
    *count = told;
    return CS_OK;
}

void openai_error_read(const char *text, size_t bytes, char *out, size_t room) {
    cs_json *root = NULL;
    const char *words = text;
    if (json_parse(text, bytes, CS_MAX_ANSWER_BYTES, &root, NULL) == CS_OK) {
        const cs_json *error = json_get(root, "error"), *detail = json_get(root, "detail");
        const char *said = json_string(json_get(error, "message"), NULL);
        if (!said) said = json_string(error, NULL);
        if (!said) said = json_string(json_get(root, "message"), NULL);
        if (!said) said = json_string(detail, NULL);
        if (said) words = said, bytes = strlen(said);
    }
    size_t length = bytes < room - 1 ? bytes : room - 1;
    memcpy(out, words, length);
    size_t valid = utf8_invalid_at(out, length); /* what was cut in the middle, and what never was text */
    out[valid < length ? valid : length] = 0;
    for (char *at = out; *at; at++)
        if ((*at >= 0 && *at < ' ') || *at == 127) *at = ' ';
    json_free(root);
}
