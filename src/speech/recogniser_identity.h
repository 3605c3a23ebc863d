/* recogniser_identity.h - which model it was, as one hash over its files.
 * Floor: speech, private to recogniser*.c. Memory: the caller's. Threads: any.
 * SHA-256 over the files' own SHA-256 as 64 hexadecimal digits each, in the manifest's order. A file whose hash is not given
 * is read. Example: recogniser_identify(model, sha256, &m);
 */
#ifndef CS_SPEECH_RECOGNISER_IDENTITY_H
#define CS_SPEECH_RECOGNISER_IDENTITY_H

#include "speech/model.h"

cs_error recogniser_identify(const cs_speech_model *model, char out[65], cs_message *message);

#endif
