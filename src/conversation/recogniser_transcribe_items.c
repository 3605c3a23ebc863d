/* The words of a plain transcription job become turns: a new one begins where the speaker (or channel) changes, and after
 * a pause of a second. Punctuation has no times and goes with the word before it. */
#include "conversation/recogniser_transcribe.h"

#include <string.h>

enum { PAUSE_MS = 1000 };

typedef struct item {
    const char *content, *speaker; /* in the tree */
    bool is_mark;
    int64_t start_ms, end_ms;
    float confidence;
} item;

typedef struct items {
    const cs_recogniser *r;
    const cs_json *segments; /* of speaker_labels: who spoke when, where the items don't say it */
    size_t segment;
    cs_buffer text; /* of the turn that grows */
    item *words; /* of it */
    uint32_t word_count, word_room;
    uint32_t who;
    int64_t start_ms, end_ms;
    int64_t first; /* item with which the turn began */
    bool is_open;
    cs_json_place outer; /* results, or channel_labels.channels[i] inside it */
} items;

static cs_error add_words(items *s, cs_turn *turn) {
    cs_recogniser_words words;
    cs_error code = recogniser_words_begin(s->r, turn, s->word_count, &words);
    if (code != CS_OK) return code;
    for (uint32_t i = 0; i < s->word_count; i++) {
        const item *word = &s->words[i];
        recogniser_word_add(&words, word->content, strlen(word->content), word->start_ms, word->end_ms,
                            word->confidence, NULL);
    }
    recogniser_words_end(&words);
    return CS_OK;
}

static cs_error end_turn(items *s) {
    if (!s->is_open) return CS_OK;
    const cs_recogniser *r = s->r;
    cs_json_place place = {"items", s->first, &s->outer};
    cs_turn *turn = NULL;
    s->is_open = false;
    cs_error code =
        recogniser_turn(r, &place, s->who, s->start_ms, s->end_ms, buffer_string(&s->text), s->text.length, &turn);
    if (code == CS_OK && turn) code = add_words(s, turn);
    s->word_count = 0;
    buffer_clear(&s->text);
    return code;
}

static cs_error append(items *s, const item *i) {
    size_t bytes = strlen(i->content);
    if (!i->is_mark && recogniser_needs_space(buffer_string(&s->text), s->text.length, i->content, bytes))
        buffer_append(&s->text, " ", 1);
    return buffer_append(&s->text, i->content, bytes) ? CS_OK : recogniser_no_memory(s->r);
}

static cs_error add_word(items *s, const item *i) {
    void *words = s->words;
    cs_error code = append(s, i);
    if (code == CS_OK && !arena_room(s->r->draft->arena, &words, &s->word_room, s->word_count, sizeof *s->words))
        code = recogniser_no_memory(s->r);
    if (code != CS_OK) return code;
    s->words = words;
    s->words[s->word_count++] = *i;
    if (i->end_ms != CS_NO_TIME && (s->end_ms == CS_NO_TIME || i->end_ms > s->end_ms)) s->end_ms = i->end_ms;
    return CS_OK;
}

/* The segment that holds the moment; segments and items both stand in the order of time. */
static const char *speaker_at(items *s, int64_t time_ms) {
    size_t count = json_length(s->segments);
    for (; s->segment < count; s->segment++) {
        const cs_json *segment = json_at(s->segments, s->segment);
        cs_message ignored;
        cs_recogniser quiet = *s->r;
        quiet.message = &ignored;
        int64_t end = CS_NO_TIME;
        if (recogniser_seconds(&quiet, segment, "end_time", NULL, &end) != CS_OK || end <= time_ms) continue;
        return json_string(json_get(segment, "speaker_label"), NULL);
    }
    return NULL;
}

static cs_error read_item(items *s, const cs_json *object, const cs_json_place *place, const char *channel, item *out) {
    const cs_recogniser *r = s->r;
    const char *type = NULL;
    const cs_json *alternatives = NULL;
    cs_json_place best = {"alternatives", 0, place};
    *out = (item){.start_ms = CS_NO_TIME, .end_ms = CS_NO_TIME, .confidence = -1};
    cs_error code = recogniser_object(r, object, place);
    if (code == CS_OK) code = recogniser_string(r, object, "type", place, &type);
    if (code == CS_OK) code = recogniser_list(r, object, "alternatives", place, &alternatives);
    if (code == CS_OK) code = recogniser_string(r, json_at(alternatives, 0), "content", &best, &out->content);
    if (code == CS_OK) code = recogniser_share(r, json_at(alternatives, 0), "confidence", &best, &out->confidence);
    if (code == CS_OK) code = recogniser_seconds(r, object, "start_time", place, &out->start_ms);
    if (code == CS_OK) code = recogniser_seconds(r, object, "end_time", place, &out->end_ms);
    if (code == CS_OK) code = recogniser_span(r, place, out->start_ms, out->end_ms);
    if (code == CS_OK) code = recogniser_string(r, object, "speaker_label", place, &out->speaker);
    if (code == CS_OK && !out->speaker) code = recogniser_string(r, object, "channel_label", place, &out->speaker);
    out->is_mark = type && strcmp(type, "punctuation") == 0;
    if (channel) out->speaker = channel;
    if (code == CS_OK && !out->is_mark && !out->speaker && out->start_ms != CS_NO_TIME)
        out->speaker = speaker_at(s, out->start_ms);
    if (code == CS_OK && !out->content) code = recogniser_refuse(r, &best, "content", "\"content\" is missing");
    return code;
}

static cs_error take_item(items *s, const item *i, int64_t number) {
    if (i->is_mark) return s->is_open ? append(s, i) : CS_OK;
    uint32_t who = 0;
    cs_error code = recogniser_speaker(s->r, i->speaker, CS_ROLE_UNDECIDED, &who);
    bool is_pause =
        s->is_open && i->start_ms != CS_NO_TIME && s->end_ms != CS_NO_TIME && i->start_ms >= s->end_ms + PAUSE_MS;
    if (code == CS_OK && s->is_open && (who != s->who || is_pause)) code = end_turn(s);
    if (code != CS_OK) return code;
    if (!s->is_open) {
        s->is_open = true;
        s->who = who;
        s->start_ms = i->start_ms;
        s->end_ms = CS_NO_TIME;
        s->first = number;
    }
    return add_word(s, i);
}

static cs_error read_list(items *s, const cs_json *list, const char *channel) {
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < json_length(list); i++) {
        cs_json_place place = {"items", (int64_t)i, &s->outer};
        item one;
        code = read_item(s, json_at(list, i), &place, channel, &one);
        if (code == CS_OK) code = take_item(s, &one, (int64_t)i);
    }
    return code == CS_OK ? end_turn(s) : code;
}

/* Each channel's words by themselves: who speaks meanwhile on the other one does not cut a turn. */
static cs_error read_channels(items *s, const cs_json *channels, const cs_json_place *results) {
    cs_json_place labels = {"channel_labels", -1, results};
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < json_length(channels); i++) {
        const cs_json *channel = json_at(channels, i), *list = NULL;
        const char *label = NULL;
        s->outer = (cs_json_place){"channels", (int64_t)i, &labels};
        code = recogniser_object(s->r, channel, &s->outer);
        if (code == CS_OK) code = recogniser_string(s->r, channel, "channel_label", &s->outer, &label);
        if (code == CS_OK) code = recogniser_list(s->r, channel, "items", &s->outer, &list);
        if (code == CS_OK) code = read_list(s, list, label);
    }
    return code;
}

/* No words with times: the text alone. */
static cs_error read_transcript(const cs_recogniser *r, const cs_json *results, const cs_json_place *outer) {
    const cs_json *transcripts = NULL;
    const char *text = NULL;
    uint32_t who = 0;
    cs_turn *turn = NULL;
    cs_json_place place = {"transcripts", 0, outer};
    cs_error code = recogniser_list(r, results, "transcripts", outer, &transcripts);
    if (code == CS_OK) code = recogniser_string(r, json_at(transcripts, 0), "transcript", &place, &text);
    if (code != CS_OK || !text || !*text) return code;
    code = recogniser_speaker(r, NULL, CS_ROLE_UNDECIDED, &who);
    return code == CS_OK ? recogniser_turn(r, &place, who, CS_NO_TIME, CS_NO_TIME, text, strlen(text), &turn) : code;
}

cs_error transcribe_items_read(const cs_recogniser *r, const cs_json *results) {
    const cs_json *list = NULL, *channels = NULL;
    cs_json_place place = {"results", -1, NULL}, labels = {"speaker_labels", -1, &place};
    items s = {.r = r, .outer = place};
    cs_error code = recogniser_list(r, results, "items", &place, &list);
    if (code == CS_OK) code = recogniser_list(r, json_get(results, "speaker_labels"), "segments", &labels, &s.segments);
    if (code == CS_OK) code = recogniser_list(r, json_get(results, "channel_labels"), "channels", &labels, &channels);
    if (code != CS_OK) return code;
    buffer_init(&s.text, (size_t)64 << 20);
    bool has_channels = json_length(channels) && json_get(json_at(channels, 0), "items");
    if (has_channels)
        code = read_channels(&s, channels, &place);
    else if (json_length(list) == 0)
        code = read_transcript(r, results, &place);
    else
        code = read_list(&s, list, NULL);
    buffer_free(&s.text);
    return code;
}
