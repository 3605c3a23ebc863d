/* recogniser.h - what the readers of recognisers' outputs share: values with their places, speakers, turns, timed words.
 * Floor: conversation, private to them. These are other programs' formats: unknown keys are passed over, what is needed
 * must be there and of its kind.
 * Memory: all in the draft's arena; texts are copied. Threads: one at a time.
 * Example: code = recogniser_seconds(&r, segment, "start", &place, &start_ms); turn: recogniser_turn(&r, &place, who, …)
 */
#ifndef CS_CONVERSATION_RECOGNISER_H
#define CS_CONVERSATION_RECOGNISER_H

#include "conversation/json_dialect.h"
#include "conversation/json_object.h"

typedef struct cs_recogniser {
    const char *name; /* "Whisper", for remedies */
    const cs_json_source *from;
    cs_draft *draft;
    cs_message *message;
} cs_recogniser;

cs_error recogniser_no_memory(const cs_recogniser *r);
/* CS_ERR_PARSE at place.key (either may be NULL). */
cs_error recogniser_refuse(const cs_recogniser *r, const cs_json_place *place, const char *key, const char *reason);

/* Values. Absent and null give NULL, CS_NO_TIME or -1; another kind is refused. */
cs_error recogniser_list(const cs_recogniser *r, const cs_json *object, const char *key, const cs_json_place *place,
                         const cs_json **out);
cs_error recogniser_string(const cs_recogniser *r, const cs_json *object, const char *key, const cs_json_place *place,
                           const char **out);
cs_error recogniser_object(const cs_recogniser *r, const cs_json *value, const cs_json_place *place);
/* A number, or one written as a text ("4.87"), in the unit given, as milliseconds of a conversation. */
cs_error recogniser_seconds(const cs_recogniser *r, const cs_json *object, const char *key, const cs_json_place *place,
                            int64_t *out_ms);
cs_error recogniser_milliseconds(const cs_recogniser *r, const cs_json *object, const char *key,
                                 const cs_json_place *place, int64_t *out_ms);
/* 0 to 1, a number or a text. */
cs_error recogniser_share(const cs_recogniser *r, const cs_json *object, const char *key, const cs_json_place *place,
                          float *out);

/* The participant with this id, made when it is new; NULL: nobody was told apart, "unknown". */
cs_error recogniser_speaker(const cs_recogniser *r, const char *id, cs_role role, uint32_t *out);
/* text without the blanks at both ends; *out NULL when nothing is left. An end before the start is refused. */
cs_error recogniser_turn(const cs_recogniser *r, const cs_json_place *place, uint32_t who, int64_t start_ms,
                         int64_t end_ms, const char *text, size_t bytes, cs_turn **out);

/* The words of a turn, found one after the other in its text; between them only blanks and marks may stand. */
typedef struct cs_recogniser_words {
    const cs_recogniser *r;
    cs_turn *turn;
    cs_word *words;
    uint32_t room;
    size_t at; /* byte behind the last word */
    uint32_t characters; /* code points before at */
} cs_recogniser_words;

cs_error recogniser_words_begin(const cs_recogniser *r, cs_turn *turn, size_t most, cs_recogniser_words *out);
/* A word that does not come next in the text is passed over. *added (may be NULL) tells. */
void recogniser_word_add(cs_recogniser_words *words, const char *text, size_t bytes, int64_t start_ms, int64_t end_ms,
                         float confidence, bool *added);
/* Puts the words into the turn; without a confidence of its own the turn gets the mean of theirs. */
void recogniser_words_end(cs_recogniser_words *words);
/* A mark or a blank: no part of a word. */
bool recogniser_is_mark(uint32_t code_point);
bool recogniser_is_ideograph(uint32_t code_point); /* written without blanks: Chinese, Japanese */
/* Whether two pieces of text are joined by a space: not beside Chinese, nor before a mark. */
bool recogniser_needs_space(const char *before, size_t before_bytes, const char *next, size_t next_bytes);

/* Refuses a word that ends before it starts. */
cs_error recogniser_span(const cs_recogniser *r, const cs_json_place *place, int64_t start_ms, int64_t end_ms);

#endif
