/* heard_sign.h - what a recogniser tells beside words: the language, how somebody sounds, laughter, applause.
 * Floor: speech. SenseVoice writes them as "<|zh|><|ANGRY|><|Laughter|><|withitn|>" into its text; servers that run it send them so.
 * Here they become the words that utterances, annotations and rules use.
 * Memory: words are constants; sign_take works in the text given. Threads: any.
 * Example: sign_emotion("<|ANGRY|>") is "angry"; sign_take(text, &utterance);
 */
#ifndef CS_SPEECH_HEARD_SIGN_H
#define CS_SPEECH_HEARD_SIGN_H

#include "speech/utterance.h"

/* "angry", "happy", "sad", "fearful", "disgusted", "surprised"; "neutral", "unknown"; NULL: it is no emotion. With its brackets or
 * without, in any case. */
const char *sign_emotion(const char *tag);
/* "laughter", "applause", "crying", "coughing", "sneezing", "music"; "speech", which is what else is heard; NULL: no event. */
const char *sign_event(const char *tag);
const char *sign_language(const char *tag); /* "zh", "en", "yue", "ja", "ko"; NULL: none of these */

/* Whether they are worth a word: not "neutral", "unknown", "speech", NULL. */
bool sign_is_emotion(const char *emotion);
bool sign_is_event(const char *event);

/* Takes the tags out of the text, in place, and puts the first of each sort into the utterance. */
void sign_take(char *text, cs_utterance *out);

#endif
