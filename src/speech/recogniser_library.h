/* recogniser_library.h - where the library is that runs speech models.
 * Floor: speech. Looked for in $CALLSCOPE_SPEECH_LIBRARY (the file, or its folder), ../lib/callscope beside the program, and
 * speech-lib beside it (a build's folder). Nothing is loaded: only the child process does. Memory: the caller's. Threads: any.
 * Example: recogniser_library_find(NULL, path, &m);
 */
#ifndef CS_SPEECH_RECOGNISER_LIBRARY_H
#define CS_SPEECH_RECOGNISER_LIBRARY_H

#include "base/error.h"

#include <limits.h>

#define CS_RECOGNISER_LIBRARY "libsherpa-onnx-c-api.so"

/* program: of the child; NULL: this one. out: an absolute path without links. CS_ERR_NOT_FOUND with what to do. */
cs_error recogniser_library_find(const char *program, char out[PATH_MAX], cs_message *message);

#endif
