/* file.h - walking folders, reading files within limits, reading lines of any length safely.
 * Floor: base. A folder reached twice (by link) is reported and not entered again; unreadable entries are reported.
 * Memory: callers own buffers; a walk's strings live during the callback. Threads: any; one walk or reader a thread.
 * Example: cs_line_reader *r; line_reader_open("a.jsonl", 64 << 20, &r, &m); while (line_reader_next(r, &line, &m) == CS_OK && line.text) ...
 */
#ifndef CS_BASE_FILE_H
#define CS_BASE_FILE_H

#include "base/buffer.h"
#include "base/encoding.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_file_info {
    int64_t bytes, modified_ns;
    bool is_folder, is_regular;
} cs_file_info;

cs_error file_info(const char *path, cs_file_info *out, cs_message *message);
cs_error file_read(const char *path, size_t max_bytes, cs_buffer *out,
                   cs_message *message); /* out is initialised here */
/* The same as UTF-8 without its mark; found may be NULL. CS_ERR_ENCODING with the line: it does not go through as what it is.
 * What is found to be UTF-8 is not looked through: that is its reader's. max_bytes counts the file's bytes. */
cs_error file_read_text(const char *path, size_t max_bytes, cs_encoding said, cs_buffer *out, cs_encoding *found,
                        cs_message *message);
cs_error file_make_folder(const char *path, cs_message *message); /* with its parents; mode 0700 */
char *file_join(const char *folder, const char *name); /* malloc; NULL when out of memory */
/* ".json" as written (compare without case), at most 15 bytes, pointing into path; "" when there is none. */
const char *file_extension(const char *path);

/* Walks path in name order (so runs are reproducible): calls on_file for each regular file, on_trouble for what can't be
 * entered or read. Hidden entries (.x) are skipped. Either callback returning false stops the walk (CS_ERR_STOPPED).
 * When path itself can't be entered, the words go to on_trouble and the code is returned too. Pipes, sockets and devices
 * are reported, never opened. */
typedef bool (*cs_file_visit)(void *context, const char *path, const cs_file_info *info);
typedef bool (*cs_file_trouble)(void *context, const char *path, cs_error code, const cs_message *message);
cs_error file_walk(const char *path, cs_file_visit on_file, cs_file_trouble on_trouble, void *context);

typedef struct cs_line {
    const char *text; /* NULL at the end of the file; without the line break; valid until the next call */
    size_t bytes;
    int64_t number; /* from 1 */
    int64_t offset; /* of its first byte in the file */
    bool is_too_long; /* longer than the maximum: text holds its beginning, the rest was skipped */
    bool is_last_cut; /* the file ends without a line break after it */
    /* Not of the file's encoding: text ends in a byte that is no UTF-8. A file of UTF-8 is not looked through. */
    bool is_undecodable;
} cs_line;

/* Lines come as UTF-8, whatever the file is written in; CRLF and LF; a byte order mark is dropped. The maximum holds for
 * characters of one byte as much as for the line in UTF-8. */
typedef struct cs_line_reader cs_line_reader;
cs_error line_reader_open(const char *path, size_t max_line_bytes, cs_line_reader **out, cs_message *message);
/* said: CS_ENCODING_ANY finds it out, as line_reader_open does. */
cs_error line_reader_open_as(const char *path, cs_encoding said, size_t max_line_bytes, cs_line_reader **out,
                             cs_message *message);
cs_error line_reader_next(cs_line_reader *reader, cs_line *out, cs_message *message);
cs_encoding line_reader_encoding(const cs_line_reader *reader);
int64_t line_reader_offset(const cs_line_reader *reader); /* bytes consumed, for progress */
int64_t line_reader_number(const cs_line_reader *reader); /* of the last line given */
void line_reader_close(cs_line_reader *reader);

#endif
