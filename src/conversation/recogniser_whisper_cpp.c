/* whisper.cpp (https://github.com/ggml-org/whisper.cpp, -oj and -ojf): {"result": {"language"}, "transcription":
 * [{"offsets": {"from", "to"} in ms, "text", "speaker" with -di, "tokens" with -ojf}]}. */
#include "conversation/captions.h"
#include "conversation/recogniser.h"

#include <string.h>

static bool claims(const cs_json *tree) {
    if (json_kind(tree) != CS_JSON_OBJECT || !json_get(tree, "transcription")) return false;
    return json_get(tree, "systeminfo") || json_get(tree, "result") || json_get(tree, "params") ||
           json_get(tree, "model");
}

/* {"from": "00:00:01,250", "to": …}: older versions have only these. */
static cs_error read_clock(const cs_recogniser *r, const cs_json *stamps, const char *key, const cs_json_place *place,
                           int64_t *out) {
    const char *text = NULL;
    char plain[24];
    cs_error code = recogniser_string(r, stamps, key, place, &text);
    if (code != CS_OK || !text) return code;
    size_t bytes = strlen(text);
    const char *at = plain;
    if (bytes < sizeof plain) {
        memcpy(plain, text, bytes + 1);
        char *comma = strchr(plain, ',');
        if (comma) *comma = '.';
        if (caption_time_read(&at, plain + bytes, out) && !*at) return CS_OK;
    }
    return recogniser_refuse(r, place, key, "a time must be written as 00:00:01,250");
}

static cs_error read_times(const cs_recogniser *r, const cs_json *object, const cs_json_place *outer, int64_t *start,
                           int64_t *end) {
    const cs_json *offsets = json_get(object, "offsets"), *stamps = json_get(object, "timestamps");
    cs_json_place place = {offsets ? "offsets" : "timestamps", -1, outer};
    *start = *end = CS_NO_TIME;
    if (!offsets && !stamps) return CS_OK;
    cs_error code = recogniser_object(r, offsets ? offsets : stamps, &place);
    if (code != CS_OK) return code;
    if (!offsets) {
        code = read_clock(r, stamps, "from", &place, start);
        return code == CS_OK ? read_clock(r, stamps, "to", &place, end) : code;
    }
    code = recogniser_milliseconds(r, offsets, "from", &place, start);
    return code == CS_OK ? recogniser_milliseconds(r, offsets, "to", &place, end) : code;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'';
}

/* A token without a blank before it goes on with the word of letters before: " refund", "able". */
static bool extend_word(cs_recogniser_words *words, const char *text, size_t bytes, int64_t end, float confidence) {
    if (words->turn->word_count == 0 || words->at == 0 || bytes > words->turn->text_bytes - words->at) return false;
    const char *at = words->turn->text + words->at;
    if (!is_letter(at[-1]) || !is_letter(*text) || memcmp(at, text, bytes) != 0) return false;
    cs_word *word = &words->words[words->turn->word_count - 1];
    for (size_t i = 0; i < bytes; i++) {
        if (!is_letter(text[i])) return false;
    }
    word->length += (uint32_t)bytes;
    if (end != CS_NO_TIME && word->start_ms != CS_NO_TIME && end > word->end_ms) word->end_ms = end;
    if (confidence >= 0 && confidence < word->confidence) word->confidence = confidence;
    words->at += bytes;
    words->characters += (uint32_t)bytes;
    return true;
}

static cs_error read_token(const cs_recogniser *r, const cs_json *object, const cs_json_place *place,
                           cs_recogniser_words *words) {
    const char *text = NULL;
    int64_t start, end;
    float confidence = -1;
    cs_error code = recogniser_object(r, object, place);
    if (code == CS_OK) code = recogniser_string(r, object, "text", place, &text);
    if (code == CS_OK) code = read_times(r, object, place, &start, &end);
    if (code == CS_OK) code = recogniser_share(r, object, "p", place, &confidence);
    if (code != CS_OK || !text || strncmp(text, "[_", 2) == 0) return code; /* [_BEG_], [_TT_50] are no text */
    /* Its times of tokens are experimental and may run backwards: then the word has none. */
    if (end < start) start = end = CS_NO_TIME;
    size_t bytes = strlen(text);
    if (bytes == 0 || extend_word(words, text, bytes, end, confidence)) return CS_OK;
    recogniser_word_add(words, text, bytes, start, end, confidence, NULL);
    return CS_OK;
}

static cs_error read_tokens(const cs_recogniser *r, const cs_json *list, const cs_json_place *outer, cs_turn *turn) {
    cs_recogniser_words words;
    cs_error code = recogniser_words_begin(r, turn, json_length(list), &words);
    for (size_t i = 0; code == CS_OK && i < json_length(list); i++) {
        cs_json_place place = {"tokens", (int64_t)i, outer};
        code = read_token(r, json_at(list, i), &place, &words);
    }
    if (code == CS_OK) recogniser_words_end(&words);
    return code;
}

/* With -di: 0 and 1 are the channels, ? is undecided. */
static cs_error read_speaker(const cs_recogniser *r, const cs_json *segment, const cs_json_place *place,
                             uint32_t *out) {
    const char *speaker = NULL, *id = NULL;
    cs_error code = recogniser_string(r, segment, "speaker", place, &speaker);
    if (code != CS_OK) return code;
    if (speaker && *speaker && strcmp(speaker, "?") != 0) {
        id = arena_printf(r->draft->arena, "spk%s", speaker);
        if (!id) return recogniser_no_memory(r);
    }
    return recogniser_speaker(r, id, CS_ROLE_UNDECIDED, out);
}

static cs_error read_segment(const cs_recogniser *r, const cs_json *segment, const cs_json_place *place) {
    const char *text = NULL;
    int64_t start = CS_NO_TIME, end = CS_NO_TIME;
    uint32_t who = 0;
    const cs_json *tokens = NULL;
    cs_turn *turn = NULL;
    cs_error code = recogniser_object(r, segment, place);
    if (code == CS_OK) code = recogniser_string(r, segment, "text", place, &text);
    if (code == CS_OK && !text) return recogniser_refuse(r, place, "text", "\"text\" is missing");
    if (code == CS_OK) code = read_times(r, segment, place, &start, &end);
    if (code == CS_OK) code = recogniser_list(r, segment, "tokens", place, &tokens);
    if (code == CS_OK) code = read_speaker(r, segment, place, &who);
    if (code == CS_OK) code = recogniser_turn(r, place, who, start, end, text, strlen(text), &turn);
    return code == CS_OK && turn && json_length(tokens) ? read_tokens(r, tokens, place, turn) : code;
}

static cs_error read(const cs_json *tree, const cs_json_source *from, cs_draft *draft, cs_message *message) {
    cs_recogniser r = {"whisper.cpp", from, draft, message};
    const char *language = NULL;
    const cs_json *segments = NULL;
    cs_json_place result = {"result", -1, NULL};
    draft->c->channel = CS_CHANNEL_CALL;
    cs_error code = draft_text(draft, &draft->c->external_id, from->stem, message);
    if (code == CS_OK) code = recogniser_string(&r, json_get(tree, "result"), "language", &result, &language);
    if (code == CS_OK) code = draft_text(draft, &draft->c->language, language, message);
    if (code == CS_OK) code = recogniser_list(&r, tree, "transcription", NULL, &segments);
    for (size_t i = 0; code == CS_OK && i < json_length(segments); i++) {
        cs_json_place place = {"transcription", (int64_t)i, NULL};
        code = read_segment(&r, json_at(segments, i), &place);
    }
    return code;
}

const cs_json_dialect json_whisper_cpp = {"whisper.cpp", "whisper.cpp", "whisper.cpp 识别结果", claims, read};
