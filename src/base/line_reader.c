#include "base/file.h"

#include "base/file_open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 * 1024 };

/* held[start..end) was read and not handed out yet; a line is handed out where it lies. */
struct cs_line_reader {
    int file;
    char *path, *held;
    size_t start, end, capacity, max_line;
    int64_t number, consumed;
    bool is_at_end;
};

cs_error line_reader_open(const char *path, size_t max_line_bytes, cs_line_reader **out, cs_message *message) {
    struct stat status;
    cs_error code = CS_OK;
    int file = file_open_regular(path, &status, &code, message);
    if (file < 0) return code;
    cs_line_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        close(file);
        return message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    }
    reader->file = file;
    reader->max_line = max_line_bytes;
    reader->capacity = CHUNK_BYTES;
    reader->path = strdup(path);
    reader->held = malloc(reader->capacity);
    if (!reader->path || !reader->held) {
        line_reader_close(reader);
        return message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    }
    *out = reader;
    return CS_OK;
}

void line_reader_close(cs_line_reader *reader) {
    if (!reader) return;
    close(reader->file);
    free(reader->path);
    free(reader->held);
    free(reader);
}

int64_t line_reader_offset(const cs_line_reader *reader) {
    return reader->consumed;
}

int64_t line_reader_number(const cs_line_reader *reader) {
    return reader->number;
}

static void move_to_front(cs_line_reader *reader) {
    if (reader->start == 0) return;
    memmove(reader->held, reader->held + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
}

/* Makes room behind what is held: moves it to the front, then grows. */
static bool make_room(cs_line_reader *reader) {
    move_to_front(reader);
    if (reader->capacity - reader->end >= CHUNK_BYTES / 2) return true;
    char *grown = realloc(reader->held, reader->capacity * 2);
    if (!grown) return false;
    reader->held = grown;
    reader->capacity *= 2;
    return true;
}

/* Reads on behind what is held; sets is_at_end when nothing more comes. */
static cs_error fill(cs_line_reader *reader, cs_message *message) {
    if (!make_room(reader)) return message_set(message, CS_ERR_MEMORY, "no memory for a line of %s", reader->path);
    for (;;) {
        ssize_t got = read(reader->file, reader->held + reader->end, reader->capacity - reader->end);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file_trouble(message, reader->path, errno);
        reader->end += (size_t)got;
        reader->is_at_end = got == 0;
        return CS_OK;
    }
}

/* Finds the line's end; length is what was found of it, at most max_line + 2 bytes (a line break may be CRLF). */
static cs_error find_end(cs_line_reader *reader, size_t *length, bool *has_break, cs_message *message) {
    size_t searched = 0;
    for (;;) {
        const char *from = reader->held + reader->start;
        size_t held = reader->end - reader->start;
        const char *found = memchr(from + searched, '\n', held - searched);
        *has_break = found != NULL;
        *length = found ? (size_t)(found - from) : held;
        if (found || reader->is_at_end || held > reader->max_line + 1) return CS_OK;
        searched = held;
        cs_error code = fill(reader, message);
        if (code != CS_OK) return code;
    }
}

/* Skips the rest of a line that is too long, keeping its beginning at the front of held. */
static cs_error skip_rest(cs_line_reader *reader, size_t kept, bool *has_break, int64_t *skipped, cs_message *message) {
    move_to_front(reader);
    size_t from = kept;
    *skipped = 0;
    for (;;) {
        char *found = memchr(reader->held + from, '\n', reader->end - from);
        *has_break = found != NULL;
        if (found) {
            size_t behind = (size_t)(found - reader->held) + 1;
            *skipped += (int64_t)(behind - from);
            reader->start = behind;
            return CS_OK;
        }
        *skipped += (int64_t)(reader->end - from);
        reader->end = from;
        if (reader->is_at_end) {
            reader->start = from;
            return CS_OK;
        }
        cs_error code = fill(reader, message);
        if (code != CS_OK) return code;
    }
}

cs_error line_reader_next(cs_line_reader *reader, cs_line *out, cs_message *message) {
    cs_line line = {.number = reader->number + 1};
    size_t length = 0;
    bool has_break = false;
    cs_error code = find_end(reader, &length, &has_break, message);
    if (code != CS_OK) return code;
    if (reader->number == 0 && length >= 3 && memcmp(reader->held + reader->start, "\xef\xbb\xbf", 3) == 0) {
        reader->start += 3;
        reader->consumed += 3;
        length -= 3;
    }
    line.offset = reader->consumed;
    if (length == 0 && !has_break) { /* the end; a file that ends in a line break has no empty last line */
        line.number = reader->number;
        *out = line;
        return CS_OK;
    }
    size_t whole = length + has_break;
    size_t text = length - (length > 0 && reader->held[reader->start + length - 1] == '\r');
    if (text > reader->max_line) {
        line.is_too_long = true;
        text = reader->max_line;
        int64_t skipped = 0;
        code = skip_rest(reader, text, &has_break, &skipped, message);
        if (code != CS_OK) return code;
        line.text = reader->held;
        reader->consumed += (int64_t)text + skipped;
    } else {
        line.text = reader->held + reader->start;
        reader->start += whole;
        reader->consumed += (int64_t)whole;
    }
    line.bytes = text;
    line.is_last_cut = !has_break;
    reader->number++;
    *out = line;
    return CS_OK;
}
