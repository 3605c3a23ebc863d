/* recogniser_transcribe.h - the parts of the reader of Amazon Transcribe's outputs.
 * Floor: conversation, private to it. Memory: the draft's arena. Threads: any.
 * Example: if (transcribe_is_analytics(tree)) code = transcribe_analytics_read(&r, tree);
 */
#ifndef CS_CONVERSATION_RECOGNISER_TRANSCRIBE_H
#define CS_CONVERSATION_RECOGNISER_TRANSCRIBE_H

#include "conversation/recogniser.h"

/* Call analytics (and Connect's Contact Lens, which writes the same). */
bool transcribe_is_analytics(const cs_json *tree);
cs_error transcribe_analytics_read(const cs_recogniser *r, const cs_json *tree);
/* "items" of a plain transcription: words that become turns. */
cs_error transcribe_items_read(const cs_recogniser *r, const cs_json *results);

#endif
