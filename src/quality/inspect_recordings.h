/* inspect_recordings.h - which recordings belong to which transcripts. Private to inspect*.c.
 * Floor: quality. X.wav beside X.json or X.vtt is its recording; X-agent.wav and X-customer.wav are its two sides.
 * Memory: inspect_files_free. Threads: the reader's.
 * Example: inspect_recordings_join(&files, &m); inspect_recordings_attach(file, conversation, arena);
 */
#ifndef CS_QUALITY_INSPECT_RECORDINGS_H
#define CS_QUALITY_INSPECT_RECORDINGS_H

#include "quality/inspect_files.h"

/* Recordings of the same name become companions of their transcript, or of each other; what decides how the file is read
 * (mapping_hash) then covers them. */
cs_error inspect_recordings_join(cs_inspect_files *files, cs_message *message);
/* The conversation that was read from the file gets its companions; paths that it names itself are read from the file's
 * folder, and those recordings are no conversations of their own. CS_ERR_NOT_FOUND: it names one that is not there. */
cs_error inspect_recordings_attach(cs_inspect_files *files, const cs_inspect_file *file, cs_conversation *conversation,
                                   cs_arena *arena, cs_message *message);

#endif
