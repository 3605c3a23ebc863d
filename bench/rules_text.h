/* rules_text.h - what bench_rules measures with: a rule set of many phrases, and chats from a file, plain or full of them.
 * Memory: texts_free. Threads: one. Example: texts_read("chats.jsonl", 10000, &chats); texts_thicken(&chats, phrases, 10000)
 */
#ifndef CS_BENCH_RULES_TEXT_H
#define CS_BENCH_RULES_TEXT_H

#include "conversation/conversation.h"
#include "rules/ruleset.h"

enum { RULES = 1000, PHRASES_A_RULE = 10, PHRASES = RULES * PHRASES_A_RULE, PHRASE_BYTES = 32 };

typedef struct cs_texts {
    cs_arena **arenas;
    cs_conversation **chats;
    size_t count, turns, bytes; /* bytes of text */
} cs_texts;

void phrases_make(char phrases[PHRASES][PHRASE_BYTES]); /* pairs and triples of service words, all different */
bool rules_write(const char *path, char phrases[PHRASES][PHRASE_BYTES]); /* 1,000 rules over them */

bool rules_write_unrelated(const char *path, char phrases[PHRASES][PHRASE_BYTES], unsigned own, unsigned others);

bool texts_read(const char *path, size_t most, cs_texts *out); /* prints why not */
bool texts_thicken(cs_texts *texts, char phrases[PHRASES][PHRASE_BYTES]); /* puts one to three phrases into each turn */
cs_conversation *texts_hour(const cs_texts *texts, cs_arena *arena); /* one call of an hour from many chats' turns */
void texts_free(cs_texts *texts);

#endif
