/* speech_voices.h - voices as a model finds them (Silero), in place of the listener's, for what is sent to a recogniser.
 * Floor: quality, private to speech_*.c. Who speaks when in the conversation stays the listener's, who also knows what no such model
 * does: echo and repeated announcements are taken out here, too.
 * Memory: the conversation's arena. Threads: the desk's.
 * Example: voices_find(desk, work, &heard, &m); speech_pieces_of(&heard, ...);
 */
#ifndef CS_QUALITY_SPEECH_VOICES_H
#define CS_QUALITY_SPEECH_VOICES_H

#include "quality/speech_desk.h"

/* out: as work->heard, with the model's voices where a model is here and does not fail. CS_ERR_STOPPED, CS_ERR_MEMORY, and what
 * is wrong with the sound. */
cs_error voices_find(cs_speech_desk *desk, const cs_speech_work *work, cs_heard *out, cs_message *message);
/* What is left of the voices of one side, in the order of their starts, without what the listener calls echo or announcement;
 * out has room for count and one more for each of its sounds. The number of them. */
uint32_t voices_without(const cs_sound *voices, uint32_t count, const cs_heard *heard, int side, cs_sound *out);

#endif
