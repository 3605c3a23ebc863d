#include "speech/heard_sign.h"

#include <string.h>
#include <strings.h>

enum { LONGEST_TAG = 24 };

typedef struct sign_name {
    const char *tag, *word;
} sign_name;

static const sign_name emotions[] = {{"angry", "angry"},
                                     {"happy", "happy"},
                                     {"sad", "sad"},
                                     {"fearful", "fearful"},
                                     {"disgusted", "disgusted"},
                                     {"surprised", "surprised"},
                                     {"neutral", "neutral"},
                                     {"emo_unknown", "unknown"},
                                     {"emo_unk", "unknown"},
                                     {"unknown", "unknown"},
                                     {NULL, NULL}};
static const sign_name events[] = {
    {"laughter", "laughter"}, {"applause", "applause"},   {"cry", "crying"},       {"crying", "crying"},
    {"cough", "coughing"},    {"coughing", "coughing"},   {"sneeze", "sneezing"},  {"sneezing", "sneezing"},
    {"bgm", "music"},         {"sing", "music"},          {"music", "music"},      {"speech", "speech"},
    {"breath", "speech"},     {"speech_noise", "speech"}, {"event_unk", "speech"}, {NULL, NULL}};
static const sign_name languages[] = {{"zh", "zh"}, {"en", "en"}, {"yue", "yue"},
                                      {"ja", "ja"}, {"ko", "ko"}, {NULL, NULL}};

static const char *find(const sign_name *names, const char *tag) {
    if (!tag) return NULL;
    if (strncmp(tag, "<|", 2) == 0) tag += 2;
    size_t bytes = strcspn(tag, "|>");
    for (; names->tag; names++)
        if (strlen(names->tag) == bytes && strncasecmp(names->tag, tag, bytes) == 0) return names->word;
    return NULL;
}

const char *sign_emotion(const char *tag) {
    return find(emotions, tag);
}

const char *sign_event(const char *tag) {
    return find(events, tag);
}

const char *sign_language(const char *tag) {
    return find(languages, tag);
}

bool sign_is_emotion(const char *emotion) {
    return emotion && *emotion && strcmp(emotion, "neutral") != 0 && strcmp(emotion, "unknown") != 0;
}

bool sign_is_event(const char *event) {
    return event && *event && strcmp(event, "speech") != 0;
}

/* The bytes of a tag that begins here; 0: none does. */
static size_t tag_bytes(const char *at) {
    if (strncmp(at, "<|", 2) != 0) return 0;
    size_t inner = strspn(at + 2, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    return inner > 0 && inner <= LONGEST_TAG && strncmp(at + 2 + inner, "|>", 2) == 0 ? inner + 4 : 0;
}

/* What says something goes before what says that there is nothing. */
static void note(const char *tag, cs_utterance *out) {
    const char *emotion = sign_emotion(tag), *event = sign_event(tag), *language = sign_language(tag);
    if (emotion && !sign_is_emotion(out->emotion)) out->emotion = emotion;
    if (event && !sign_is_event(out->event)) out->event = event;
    if (language && !out->language) out->language = language;
}

void sign_take(char *text, cs_utterance *out) {
    char *to = text;
    for (const char *at = text; *at;) {
        size_t bytes = tag_bytes(at);
        if (bytes) {
            note(at, out);
            at += bytes;
        } else {
            *to++ = *at++;
        }
    }
    *to = 0;
}
