#include "speech/funasr_answer.h"

#include "base/json.h"
#include "base/utf8.h"
#include "speech/answer_text.h"
#include "speech/heard_sign.h"
#include "speech/phrase_units.h"

#include <string.h>

enum { MOST_TEXT_BYTES = 1 << 18 };

typedef struct answer_reader {
    const cs_funasr_span *span;
    cs_arena *arena;
    int64_t at_ms; /* nothing is told before it */
} answer_reader;

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for what the recogniser answered");
}

static int64_t place(answer_reader *r, const cs_json *ms, int64_t otherwise) {
    double given = json_number(ms, -1);
    int64_t at = otherwise;
    if (given >= 0)
        at = given < (double)(r->span->end_ms - r->span->start_ms) ? r->span->start_ms + (int64_t)given
                                                                   : r->span->end_ms;
    return at < r->at_ms ? r->at_ms : at > r->span->end_ms ? r->span->end_ms : at;
}

/* ---- units ---- */

static uint32_t count_words(const char *text, size_t bytes) {
    const cs_unit_text whole = {.text = text, .bytes = (uint32_t)bytes};
    uint32_t at = 0, from, to, count = 0;
    while (word_next(&whole, &at, &from, &to)) count++;
    return count;
}

static cs_error make_units(answer_reader *r, const char *text, size_t bytes, const cs_json *times, cs_utterance *out,
                           cs_message *message) {
    const cs_unit_text whole = {.text = text, .bytes = (uint32_t)bytes};
    uint32_t at = 0, from, to, count = 0;
    size_t all = json_length(times);
    cs_unit *units = arena_array(r->arena, all, sizeof *units);
    if (!units) return no_memory(message);
    while (count < all && word_next(&whole, &at, &from, &to)) {
        const cs_json *pair = json_at(times, count);
        cs_unit *unit = &units[count++];
        unit->text = arena_copy(r->arena, text + from, to - from);
        if (!unit->text) return no_memory(message);
        unit->start_ms = r->at_ms = place(r, json_at(pair, 0), r->at_ms);
        unit->log_probability = 1;
        out->end_ms = place(r, json_at(pair, 1), r->at_ms);
    }
    out->start_ms = units[0].start_ms;
    r->at_ms = out->end_ms;
    out->units = units;
    out->unit_count = count;
    return CS_OK;
}

static bool has_a_time_each(const cs_json *times, const char *text, size_t bytes) {
    size_t count = json_kind(times) == CS_JSON_ARRAY ? json_length(times) : 0;
    return count > 0 && count <= CS_MAX_UNITS && count == count_words(text, bytes);
}

/* ---- sentences ---- */

static cs_error read_sentence(answer_reader *r, const cs_json *sentence, cs_utterance *out, bool *is_said,
                              cs_message *message) {
    size_t bytes = 0, mark_bytes = 0;
    const char *text = json_string(json_get(sentence, "text_seg"), &bytes);
    const char *mark = json_string(json_get(sentence, "punc"), &mark_bytes);
    const cs_json *times = json_get(sentence, "ts_list");
    *is_said = false;
    if (!text || bytes + mark_bytes > MOST_TEXT_BYTES)
        return message_set(message, CS_ERR_PARSE, "the recogniser answers with a sentence that has no proper text");
    char *own = answer_text_clean(text, bytes, r->arena);
    if (!own) return no_memory(message);
    *out = (cs_utterance){.is_final = true};
    sign_take(own, out);
    if (answer_text_is_blank(own) && !sign_is_event(out->event)) return CS_OK;
    *is_said = true;
    for (bytes = strlen(own); bytes > 0 && own[bytes - 1] == ' ';) own[--bytes] = 0;
    out->text = arena_printf(r->arena, "%s%s", own, mark && bytes > 0 ? mark : "");
    if (!out->text) return no_memory(message);
    if (has_a_time_each(times, own, bytes)) return make_units(r, own, bytes, times, out, message);
    out->start_ms = r->at_ms = place(r, json_get(sentence, "start"), r->at_ms);
    out->end_ms = r->at_ms = place(r, json_get(sentence, "end"), r->span->end_ms);
    return CS_OK;
}

static cs_error read_sentences(answer_reader *r, const cs_json *sentences, cs_funasr_answer *out, cs_message *message) {
    size_t all = json_length(sentences);
    if (all > CS_MAX_SENTENCES)
        return message_set(message, CS_ERR_LIMIT, "the recogniser answers with more than %d sentences",
                           (int)CS_MAX_SENTENCES);
    out->list = arena_array(r->arena, all, sizeof *out->list);
    if (!out->list) return no_memory(message);
    for (size_t i = 0; i < all; i++) {
        bool is_said;
        cs_error code = read_sentence(r, json_at(sentences, i), &out->list[out->count], &is_said, message);
        if (code != CS_OK) return code;
        out->count += is_said;
    }
    return CS_OK;
}

/* ---- the whole ---- */

static cs_error read_text(answer_reader *r, const cs_json *root, const cs_json *times, cs_funasr_answer *out,
                          cs_message *message) {
    size_t bytes = 0;
    const char *text = json_string(json_get(root, "text"), &bytes);
    const cs_json *sentences = json_get(root, "stamp_sents");
    bool has_sentences = json_kind(sentences) == CS_JSON_ARRAY && json_length(sentences) > 0 && !out->is_partial;
    if (!text) return message_set(message, CS_ERR_PARSE, "the recogniser's answer holds no text");
    if (bytes > MOST_TEXT_BYTES)
        return message_set(message, CS_ERR_LIMIT, "the recogniser answers with more than %d bytes of text",
                           (int)MOST_TEXT_BYTES);
    char *own = answer_text_clean(text, bytes, r->arena);
    if (!own) return no_memory(message);
    cs_utterance whole = {.text = own, .is_final = !out->is_partial};
    sign_take(own, &whole);
    if (answer_text_is_blank(own) && !sign_is_event(whole.event)) return CS_OK;
    bytes = strlen(own);
    bool has_times = !out->is_partial && has_a_time_each(times, own, bytes);
    if (!has_times && has_sentences) return read_sentences(r, sentences, out, message);
    out->list = arena_alloc(r->arena, sizeof *out->list);
    if (!out->list) return no_memory(message);
    out->count = 1;
    whole.start_ms = r->at_ms;
    whole.end_ms = r->span->end_ms;
    *out->list = whole;
    return has_times ? make_units(r, own, bytes, times, out->list, message) : CS_OK;
}

cs_error funasr_answer_read(const char *text, size_t bytes, const cs_funasr_span *span, cs_arena *arena,
                            cs_funasr_answer *out, cs_message *message) {
    answer_reader r = {.span = span, .arena = arena, .at_ms = span->told_ms};
    cs_funasr_answer answer = {0};
    cs_json *root = NULL, *own_times = NULL;
    size_t time_bytes = 0;
    cs_error code = json_parse(text, bytes, CS_MAX_FUNASR_BYTES, &root, message);
    if (code != CS_OK) return code;
    const char *mode = json_string(json_get(root, "mode"), NULL);
    const cs_json *times = json_get(root, "timestamp");
    const char *written = json_string(times, &time_bytes); /* its array comes as a text */
    answer.is_partial = mode && strcmp(mode, "2pass-online") == 0;
    answer.is_corrected = mode && strcmp(mode, "2pass-offline") == 0;
    answer.is_final = json_is_true(json_get(root, "is_final"));
    if (written && json_parse(written, time_bytes, CS_MAX_FUNASR_BYTES, &own_times, NULL) == CS_OK) times = own_times;
    code = read_text(&r, root, times, &answer, message);
    json_free(own_times);
    json_free(root);
    if (code == CS_OK) *out = answer;
    return code;
}
