/* FunASR (https://github.com/modelscope/FunASR): what AutoModel.generate returns, {"key", "text", "timestamp",
 * "sentence_info"}, and what the runtime's server sends for a file, {"mode", "wav_name", "text", "timestamp", "stamp_sents"}.
 * Times are milliseconds. A timestamp stands for each Chinese character and each word of other scripts, none for a mark. */
#include "base/utf8.h"
#include "conversation/recogniser.h"

#include <stdio.h>
#include <string.h>

static const size_t MAX_TIMESTAMP_BYTES = (size_t)64 << 20;
/* Where the sentences stand: of AutoModel, of the runtime's server, of ModelScope's older pipelines. */
static const char *const sentence_keys[] = {"sentence_info", "stamp_sents", "sentences"};
enum { SENTENCE_KEYS = sizeof sentence_keys / sizeof sentence_keys[0] };

static bool has_text(const cs_json *object, const char *key) {
    return json_string(json_get(object, key), NULL) != NULL;
}

static bool claims(const cs_json *tree) {
    if (json_kind(tree) != CS_JSON_OBJECT || json_get(tree, "turns") || json_get(tree, "participants")) return false;
    if (json_get(tree, "sentence_info") || json_get(tree, "stamp_sents")) return true;
    bool is_server = has_text(tree, "mode") && (json_get(tree, "wav_name") || json_get(tree, "is_final"));
    bool is_result = has_text(tree, "key") || json_get(tree, "timestamp") || json_get(tree, "sentences");
    return json_get(tree, "text") && (is_server || is_result);
}

/* SenseVoice writes <|zh|><|NEUTRAL|><|Speech|> into its texts: they go, the language is kept. */
static char *strip_tags(const cs_recogniser *r, const char *text) {
    static const char *const languages[] = {"zh", "en", "yue", "ja", "ko"};
    char *out = arena_alloc(r->draft->arena, strlen(text) + 1);
    if (!out) return NULL;
    size_t used = 0;
    while (*text) {
        const char *end = text[0] == '<' && text[1] == '|' ? strstr(text, "|>") : NULL;
        if (!end || end - text > 40) {
            out[used++] = *text++;
            continue;
        }
        for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
            size_t length = strlen(languages[i]);
            if ((size_t)(end - text) == length + 2 && memcmp(text + 2, languages[i], length) == 0 &&
                !r->draft->c->language)
                r->draft->c->language = languages[i];
        }
        text = end + 2;
    }
    return out;
}

/* "正 是 因 为" → 正是因为, "hello world" stays; then the mark behind it. */
static const char *join_pieces(const cs_recogniser *r, const char *pieces, const char *mark) {
    char *out = arena_alloc(r->draft->arena, strlen(pieces) + strlen(mark) + 1);
    if (!out) return NULL;
    size_t used = 0;
    while (*pieces) {
        size_t blanks = strspn(pieces, " "), length = strcspn(pieces + blanks, " ");
        pieces += blanks;
        if (length && recogniser_needs_space(out, used, pieces, length)) out[used++] = ' ';
        memcpy(out + used, pieces, length);
        used += length;
        pieces += length;
    }
    memcpy(out + used, mark, strlen(mark));
    return out;
}

/* The next word of text at *at: an ideograph, or a run of other letters. 0: none is left. */
static size_t next_unit(const char *text, size_t bytes, size_t *at) {
    unsigned length = 0;
    size_t from = *at, run = 0;
    for (; from < bytes && recogniser_is_mark(utf8_decode(text + from, &length)); from += length) continue;
    *at = from;
    while (from + run < bytes) {
        uint32_t c = utf8_decode(text + from + run, &length);
        bool is_inside = run > 0 && c == '\'' && from + run + 1 < bytes && text[from + run + 1] != ' ';
        if (recogniser_is_ideograph(c)) return run > 0 ? run : length;
        if (recogniser_is_mark(c) && !is_inside) break;
        run += length;
    }
    return run;
}

static size_t count_units(const char *text, size_t bytes) {
    size_t units = 0, length;
    for (size_t at = 0; (length = next_unit(text, bytes, &at)) > 0; at += length) units++;
    return units;
}

static cs_error read_pair(const cs_recogniser *r, const cs_json *pair, const cs_json_place *place, int64_t *start,
                          int64_t *end) {
    *start = *end = CS_NO_TIME;
    bool is_pair = json_kind(pair) == CS_JSON_ARRAY && json_length(pair) == 2 &&
                   json_kind(json_at(pair, 0)) == CS_JSON_NUMBER && json_kind(json_at(pair, 1)) == CS_JSON_NUMBER;
    double first = json_number(json_at(pair, 0), -1), second = json_number(json_at(pair, 1), -1);
    if (!is_pair || first < 0 || first > 4e12 || second < 0 || second > 4e12)
        return recogniser_refuse(r, place, NULL, "a timestamp must be [start, end] in milliseconds");
    *start = (int64_t)(first + 0.5);
    *end = (int64_t)(second + 0.5);
    return recogniser_span(r, place, *start, *end);
}

/* Words only where every one has its time: numbers written as digits are fewer than what was spoken. */
static cs_error add_words(const cs_recogniser *r, cs_turn *turn, const cs_json *stamps, const char *key,
                          const cs_json_place *outer) {
    size_t count = json_length(stamps);
    if (count == 0 || count != count_units(turn->text, turn->text_bytes)) return CS_OK;
    cs_recogniser_words words;
    cs_error code = recogniser_words_begin(r, turn, count, &words);
    size_t at = 0, length;
    for (size_t i = 0; code == CS_OK && (length = next_unit(turn->text, turn->text_bytes, &at)) > 0; i++) {
        cs_json_place place = {key, (int64_t)i, outer};
        int64_t start, end;
        code = read_pair(r, json_at(stamps, i), &place, &start, &end);
        if (code == CS_OK) recogniser_word_add(&words, turn->text + at, length, start, end, -1, NULL);
        at += length;
    }
    if (code == CS_OK) recogniser_words_end(&words);
    return code;
}

static cs_error read_speaker(const cs_recogniser *r, const cs_json *sentence, const cs_json_place *place,
                             uint32_t *out) {
    const cs_json *speaker = json_get(sentence, "spk");
    int64_t number;
    char id[32];
    if (json_int64(speaker, &number)) {
        snprintf(id, sizeof id, "spk%lld", (long long)number);
        return recogniser_speaker(r, id, CS_ROLE_UNDECIDED, out);
    }
    const char *name = NULL;
    cs_error code = recogniser_string(r, sentence, "spk", place, &name);
    return code == CS_OK ? recogniser_speaker(r, name, CS_ROLE_UNDECIDED, out) : code;
}

/* -1 stands for a time that is not known. */
static cs_error read_time(const cs_recogniser *r, const cs_json *sentence, const char *key, const cs_json_place *place,
                          int64_t *out) {
    int64_t number;
    *out = CS_NO_TIME;
    if (json_int64(json_get(sentence, key), &number) && number == -1) return CS_OK;
    return recogniser_milliseconds(r, sentence, key, place, out);
}

static cs_error read_sentence_text(const cs_recogniser *r, const cs_json *sentence, const cs_json_place *place,
                                   const char **out) {
    const char *text = NULL, *pieces = NULL, *mark = NULL;
    cs_error code = recogniser_string(r, sentence, "text", place, &text);
    if (code == CS_OK && !text) code = recogniser_string(r, sentence, "sentence", place, &text);
    if (code == CS_OK && !text) code = recogniser_string(r, sentence, "text_seg", place, &pieces);
    if (code == CS_OK && pieces) code = recogniser_string(r, sentence, "punc", place, &mark);
    if (code != CS_OK) return code;
    if (!text && !pieces) return recogniser_refuse(r, place, "text", "\"text\" is missing");
    const char *joined = text ? text : join_pieces(r, pieces, mark ? mark : "");
    const char *plain = joined ? strip_tags(r, joined) : NULL;
    if (!plain) return recogniser_no_memory(r);
    *out = plain;
    return CS_OK;
}

static cs_error read_sentence(const cs_recogniser *r, const cs_json *sentence, const cs_json_place *place) {
    const char *text = "", *key = "timestamp";
    int64_t start = CS_NO_TIME, end = CS_NO_TIME;
    uint32_t who = 0;
    const cs_json *stamps = NULL;
    cs_turn *turn = NULL;
    cs_error code = recogniser_object(r, sentence, place);
    if (code == CS_OK) code = read_sentence_text(r, sentence, place, &text);
    if (code == CS_OK) code = read_time(r, sentence, "start", place, &start);
    if (code == CS_OK) code = read_time(r, sentence, "end", place, &end);
    if (code == CS_OK) code = read_speaker(r, sentence, place, &who);
    if (code == CS_OK) code = recogniser_list(r, sentence, key, place, &stamps);
    if (code == CS_OK && !stamps) code = recogniser_list(r, sentence, key = "ts_list", place, &stamps);
    if (code == CS_OK) code = recogniser_turn(r, place, who, start, end, text, strlen(text), &turn);
    return code == CS_OK && turn ? add_words(r, turn, stamps, key, place) : code;
}

/* One text for all: from the first timestamp to the last. */
static cs_error read_whole(const cs_recogniser *r, const char *text, const cs_json *stamps) {
    int64_t start = CS_NO_TIME, end = CS_NO_TIME, between;
    uint32_t who = 0;
    cs_turn *turn = NULL;
    size_t count = json_length(stamps);
    cs_json_place first = {"timestamp", 0, NULL}, last = {"timestamp", (int64_t)count - 1, NULL};
    cs_error code = count ? read_pair(r, json_at(stamps, 0), &first, &start, &between) : CS_OK;
    if (code == CS_OK && count) code = read_pair(r, json_at(stamps, count - 1), &last, &between, &end);
    const char *plain = strip_tags(r, text);
    if (!plain) return recogniser_no_memory(r);
    if (code == CS_OK) code = recogniser_speaker(r, NULL, CS_ROLE_UNDECIDED, &who);
    if (code == CS_OK) code = recogniser_turn(r, NULL, who, start, end, plain, strlen(plain), &turn);
    return code == CS_OK && turn ? add_words(r, turn, stamps, "timestamp", NULL) : code;
}

static cs_error read_text(const cs_recogniser *r, const cs_json *tree) {
    const char *text = NULL;
    const cs_json *stamps = json_get(tree, "timestamp");
    cs_error code = recogniser_string(r, tree, "text", NULL, &text);
    if (code == CS_OK && !text) return recogniser_refuse(r, NULL, "text", "\"text\" is missing");
    if (code != CS_OK) return code;
    size_t bytes = 0;
    const char *written = json_string(stamps, &bytes); /* the server sends its list as a text */
    if (!written) {
        code = recogniser_list(r, tree, "timestamp", NULL, &stamps);
        return code == CS_OK ? read_whole(r, text, stamps) : code;
    }
    if (bytes == 0) return read_whole(r, text, NULL);
    cs_json *list = NULL;
    code = json_parse(written, bytes, MAX_TIMESTAMP_BYTES, &list, r->message);
    if (code == CS_OK && json_kind(list) == CS_JSON_ARRAY)
        code = read_whole(r, text, list);
    else
        code = recogniser_refuse(r, NULL, "timestamp", "\"timestamp\" must be a list [[start, end], …]");
    json_free(list);
    return code;
}

static cs_error read_id(const cs_recogniser *r, const cs_json *tree) {
    const char *id = NULL;
    cs_error code = recogniser_string(r, tree, "key", NULL, &id);
    if (code == CS_OK && (!id || !*id)) code = recogniser_string(r, tree, "wav_name", NULL, &id);
    if (code != CS_OK) return code;
    code = draft_text(r->draft, &r->draft->c->external_id, id, r->message);
    return code == CS_OK ? draft_text(r->draft, &r->draft->c->external_id, r->from->stem, r->message) : code;
}

static cs_error read(const cs_json *tree, const cs_json_source *from, cs_draft *draft, cs_message *message) {
    cs_recogniser r = {"FunASR", from, draft, message};
    draft->c->channel = CS_CHANNEL_CALL;
    cs_error code = read_id(&r, tree);
    const char *mode = json_string(json_get(tree, "mode"), NULL);
    if (code == CS_OK && mode && strstr(mode, "online")) {
        recogniser_refuse(&r, NULL, "mode", "this is a part of a live stream, not a whole recording");
        message_remedy(message, "keep the server's answer with \"mode\": \"offline\"");
        return CS_ERR_PARSE;
    }
    const cs_json *sentences = NULL;
    const char *key = "";
    for (size_t i = 0; code == CS_OK && i < SENTENCE_KEYS && json_length(sentences) == 0; i++)
        code = recogniser_list(&r, tree, key = sentence_keys[i], NULL, &sentences);
    if (code == CS_OK && json_length(sentences) == 0) return read_text(&r, tree);
    for (size_t i = 0; code == CS_OK && i < json_length(sentences); i++) {
        cs_json_place place = {key, (int64_t)i, NULL};
        code = read_sentence(&r, json_at(sentences, i), &place);
    }
    return code;
}

const cs_json_dialect json_funasr = {"funasr", "FunASR", "FunASR 识别结果", claims, read};
