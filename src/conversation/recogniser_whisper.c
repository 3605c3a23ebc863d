/* Whisper (https://github.com/openai/whisper): {"text", "segments": [{"start", "end", "text", "avg_logprob", "words"}],
 * "language"}, times in seconds. What faster-whisper, WhisperX (speaker, score) and OpenAI's verbose_json write is the same. */
#include "conversation/recogniser.h"

#include <math.h>
#include <string.h>

static bool claims(const cs_json *tree) {
    if (json_kind(tree) != CS_JSON_OBJECT || json_get(tree, "turns") || json_get(tree, "participants")) return false;
    return json_get(tree, "segments") &&
           (json_get(tree, "text") || json_get(tree, "language") || json_get(tree, "word_segments"));
}

static cs_error read_word(const cs_recogniser *r, const cs_json *object, const cs_json_place *place,
                          cs_recogniser_words *words) {
    const char *text = NULL;
    int64_t start = CS_NO_TIME, end = CS_NO_TIME;
    float confidence = -1;
    cs_error code = recogniser_object(r, object, place);
    if (code == CS_OK) code = recogniser_string(r, object, "word", place, &text);
    if (code == CS_OK) code = recogniser_seconds(r, object, "start", place, &start);
    if (code == CS_OK) code = recogniser_seconds(r, object, "end", place, &end);
    if (code == CS_OK) code = recogniser_span(r, place, start, end);
    if (code == CS_OK) code = recogniser_share(r, object, "probability", place, &confidence);
    if (code == CS_OK && confidence < 0) code = recogniser_share(r, object, "score", place, &confidence);
    if (code == CS_OK && text) recogniser_word_add(words, text, strlen(text), start, end, confidence, NULL);
    return code;
}

static cs_error read_words(const cs_recogniser *r, const cs_json *list, const cs_json_place *outer, cs_turn *turn) {
    cs_recogniser_words words;
    cs_error code = recogniser_words_begin(r, turn, json_length(list), &words);
    for (size_t i = 0; code == CS_OK && i < json_length(list); i++) {
        cs_json_place place = {"words", (int64_t)i, outer};
        code = read_word(r, json_at(list, i), &place, &words);
    }
    if (code == CS_OK) recogniser_words_end(&words);
    return code;
}

/* The mean logarithm of the tokens' probabilities: its exponential is their geometric mean. */
static cs_error read_confidence(const cs_recogniser *r, const cs_json *segment, const cs_json_place *place,
                                float *out) {
    const cs_json *value = json_get(segment, "avg_logprob");
    *out = -1;
    if (json_kind(value) == CS_JSON_NULL) return CS_OK;
    double mean = json_number(value, 1);
    if (json_kind(value) != CS_JSON_NUMBER || mean > 0.001)
        return recogniser_refuse(r, place, "avg_logprob", "\"avg_logprob\" must be a number not above 0");
    *out = (float)fmin(exp(mean), 1);
    return CS_OK;
}

static cs_error read_segment(const cs_recogniser *r, const cs_json *segment, const cs_json_place *place) {
    const char *text = NULL, *speaker = NULL;
    int64_t start = CS_NO_TIME, end = CS_NO_TIME;
    float confidence = -1;
    uint32_t who = 0;
    const cs_json *words = NULL;
    cs_turn *turn = NULL;
    cs_error code = recogniser_object(r, segment, place);
    if (code == CS_OK) code = recogniser_string(r, segment, "text", place, &text);
    if (code == CS_OK && !text) return recogniser_refuse(r, place, "text", "\"text\" is missing");
    if (code == CS_OK) code = recogniser_seconds(r, segment, "start", place, &start);
    if (code == CS_OK) code = recogniser_seconds(r, segment, "end", place, &end);
    if (code == CS_OK) code = read_confidence(r, segment, place, &confidence);
    if (code == CS_OK) code = recogniser_list(r, segment, "words", place, &words);
    if (code == CS_OK) code = recogniser_string(r, segment, "speaker", place, &speaker);
    if (code == CS_OK) code = recogniser_speaker(r, speaker, CS_ROLE_UNDECIDED, &who);
    if (code == CS_OK) code = recogniser_turn(r, place, who, start, end, text, strlen(text), &turn);
    if (code != CS_OK || !turn) return code;
    turn->confidence = confidence;
    return json_length(words) ? read_words(r, words, place, turn) : CS_OK;
}

/* No segments: some servers give the text alone. */
static cs_error read_text(const cs_recogniser *r, const cs_json *tree) {
    const char *text = NULL;
    uint32_t who = 0;
    cs_turn *turn = NULL;
    cs_error code = recogniser_string(r, tree, "text", NULL, &text);
    if (code != CS_OK || !text || !*text) return code;
    code = recogniser_speaker(r, NULL, CS_ROLE_UNDECIDED, &who);
    return code == CS_OK ? recogniser_turn(r, NULL, who, CS_NO_TIME, CS_NO_TIME, text, strlen(text), &turn) : code;
}

static cs_error read(const cs_json *tree, const cs_json_source *from, cs_draft *draft, cs_message *message) {
    cs_recogniser r = {"Whisper", from, draft, message};
    const char *language = NULL;
    const cs_json *segments = NULL;
    draft->c->channel = CS_CHANNEL_CALL;
    cs_error code = draft_text(draft, &draft->c->external_id, from->stem, message);
    if (code == CS_OK) code = recogniser_string(&r, tree, "language", NULL, &language);
    if (code == CS_OK) code = draft_text(draft, &draft->c->language, language, message);
    if (code == CS_OK) code = recogniser_list(&r, tree, "segments", NULL, &segments);
    if (code == CS_OK && json_length(segments) == 0) return read_text(&r, tree);
    for (size_t i = 0; code == CS_OK && i < json_length(segments); i++) {
        cs_json_place place = {"segments", (int64_t)i, NULL};
        code = read_segment(&r, json_at(segments, i), &place);
    }
    return code;
}

const cs_json_dialect json_whisper = {"whisper", "Whisper", "Whisper 识别结果", claims, read};
