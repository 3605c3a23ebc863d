/* recording_name.h - what the name of a recording's file tells: whose side it is, and the stem it shares with the rest.
 * Floor: conversation. X-agent.wav and X-customer.wav are the two sides of X; X.wav belongs to X.json, X.vtt.
 * Memory: nothing is kept. Threads: any.
 * Example: size_t stem; cs_role side = recording_name_side("a/17-agent.wav", &stem); // agent, stem of "a/17"
 */
#ifndef CS_CONVERSATION_RECORDING_NAME_H
#define CS_CONVERSATION_RECORDING_NAME_H

#include "conversation/conversation.h"

#include <stddef.h>

/* Extensions that may be recordings; the content decides. */
#define CS_RECORDING_EXTENSIONS                                                                                        \
    ".wav .wave .mp3 .ogg .oga .opus .flac .amr .awb .m4a .mp4 .aac .wma .asf .wmv .aif .aiff .au .snd .caf .w64 "     \
    ".rf64 .gsm .3gp .mkv .webm .mov .avi .flv .mpg .mpeg .ts"

bool recording_name_is(const char *path); /* by its extension */
/* CS_ROLE_UNDECIDED: the name tells no side. *stem_length: bytes of path up to the side or the extension. */
cs_role recording_name_side(const char *path, size_t *stem_length);

#endif
