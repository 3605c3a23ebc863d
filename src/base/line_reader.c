#include "base/file.h"

#include "base/file_open.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 * 1024 };
/* So many characters of three bytes, well formed as UTF-8, are no chance in a line of GB18030. */
enum { TELLING_CHARACTERS = 4 };

/* held[start..end) was read and not handed out yet; a line is handed out where it lies, or converted in text. */
struct cs_line_reader {
    int file;
    char *path, *held;
    size_t start, end, capacity;
    size_t max_line; /* of the text handed out */
    size_t max_raw; /* of the line in the file */
    size_t unit; /* bytes of a line break */
    int64_t number, consumed;
    bool is_at_end;
    cs_encoding encoding;
    cs_encoding_converter *converter; /* NULL: the file is UTF-8 */
    cs_buffer text;
};

/* Looks at the beginning of the file, and goes behind its mark. */
static cs_error settle_encoding(cs_line_reader *reader, cs_encoding said, cs_message *message) {
    char *sample = malloc(CS_ENCODING_SAMPLE);
    if (!sample) return message_set(message, CS_ERR_MEMORY, "no memory to read %s", reader->path);
    size_t count = 0, mark = 0;
    cs_error code = CS_OK;
    for (ssize_t got = 1; got != 0 && count < CS_ENCODING_SAMPLE; count += (size_t)got) {
        do got = pread(reader->file, sample + count, CS_ENCODING_SAMPLE - count, (off_t)count);
        while (got < 0 && errno == EINTR);
        if (got >= 0) continue;
        code = file_trouble(message, reader->path, errno);
        break;
    }
    if (code == CS_OK) code = encoding_settle(said, sample, count, &reader->encoding, &mark, message);
    free(sample);
    if (code != CS_OK) return code;
    bool is_utf16 = reader->encoding == CS_ENCODING_UTF16LE || reader->encoding == CS_ENCODING_UTF16BE;
    reader->unit = is_utf16 ? 2 : 1;
    reader->max_raw = reader->max_line * reader->unit;
    reader->consumed = (int64_t)mark;
    if (lseek(reader->file, (off_t)mark, SEEK_SET) < 0) return file_trouble(message, reader->path, errno);
    return reader->encoding == CS_ENCODING_UTF8 ? CS_OK : encoding_open(reader->encoding, &reader->converter, message);
}

cs_error line_reader_open_as(const char *path, cs_encoding said, size_t max_line_bytes, cs_line_reader **out,
                             cs_message *message) {
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
    buffer_init(&reader->text, 3 * 2 * max_line_bytes + 16);
    if (!reader->path || !reader->held)
        code = message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    else
        code = settle_encoding(reader, said, message);
    if (code == CS_OK)
        *out = reader;
    else
        line_reader_close(reader);
    return code;
}

cs_error line_reader_open(const char *path, size_t max_line_bytes, cs_line_reader **out, cs_message *message) {
    return line_reader_open_as(path, CS_ENCODING_ANY, max_line_bytes, out, message);
}

void line_reader_close(cs_line_reader *reader) {
    if (!reader) return;
    close(reader->file);
    free(reader->path);
    free(reader->held);
    encoding_close(reader->converter);
    buffer_free(&reader->text);
    free(reader);
}

cs_encoding line_reader_encoding(const cs_line_reader *reader) {
    return reader->encoding;
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

/* Half a unit at the end left out. */
static size_t whole_units(const cs_line_reader *reader, size_t bytes) {
    return reader->unit == 2 ? bytes - bytes % 2 : bytes;
}

/* The line break in from[searched..bytes), or NULL. In UTF-16 a byte 0A is one only as half of the unit 000A: U+4E0A has it
 * too. from stands at the beginning of a line, so of a unit. */
static const char *find_break(const cs_line_reader *reader, const char *from, size_t searched, size_t bytes) {
    const char *found = from + searched, *end = from + bytes;
    while (found < end && (found = memchr(found, '\n', (size_t)(end - found)))) {
        size_t at = (size_t)(found - from);
        if (reader->unit == 1) return found;
        if (reader->encoding == CS_ENCODING_UTF16LE && at % 2 == 0 && at + 1 < bytes && !found[1]) return found;
        if (reader->encoding == CS_ENCODING_UTF16BE && at % 2 == 1 && !found[-1]) return found - 1;
        found++;
    }
    return NULL;
}

/* Finds the line's end; length is what was found of it, at most max_raw and two units (a line break may be CRLF). */
static cs_error find_end(cs_line_reader *reader, size_t *length, bool *has_break, cs_message *message) {
    size_t searched = 0;
    for (;;) {
        const char *from = reader->held + reader->start;
        size_t held = reader->end - reader->start;
        const char *found = find_break(reader, from, searched, held);
        *has_break = found != NULL;
        *length = found ? (size_t)(found - from) : held;
        if (found || reader->is_at_end || held > reader->max_raw + reader->unit) return CS_OK;
        searched = whole_units(reader, held);
        cs_error code = fill(reader, message);
        if (code != CS_OK) return code;
    }
}

/* Skips the rest of a line that is too long, keeping its beginning at the front of held. kept is a whole number of units. */
static cs_error skip_rest(cs_line_reader *reader, size_t kept, bool *has_break, int64_t *skipped, cs_message *message) {
    move_to_front(reader);
    *skipped = 0;
    for (;;) {
        const char *found = find_break(reader, reader->held, kept, reader->end);
        *has_break = found != NULL;
        size_t behind = found ? (size_t)(found - reader->held) + reader->unit : reader->end;
        if (!found && !reader->is_at_end) behind = whole_units(reader, behind); /* half a unit waits */
        *skipped += (int64_t)(behind - kept);
        if (found || reader->is_at_end) {
            reader->start = behind;
            return CS_OK;
        }
        memmove(reader->held + kept, reader->held + behind, reader->end - behind);
        reader->end -= behind - kept;
        cs_error code = fill(reader, message);
        if (code != CS_OK) return code;
    }
}

/* Whether a line of a GB18030 file is UTF-8: read as GB18030 it would be other characters, but characters. */
static bool is_foreign(const char *raw, size_t bytes) {
    size_t telling = 0;
    for (size_t i = 0; i < bytes && telling < TELLING_CHARACTERS; i++)
        telling += ((unsigned char)raw[i] & 0xf0) == 0xe0;
    return telling == TELLING_CHARACTERS && utf8_invalid_at(raw, bytes) == bytes;
}

/* The line in the file as UTF-8. */
static cs_error convert_line(cs_line_reader *reader, const char *raw, size_t bytes, cs_line *line,
                             cs_message *message) {
    buffer_clear(&reader->text);
    bool is_other = reader->encoding == CS_ENCODING_GB18030 && is_foreign(raw, bytes);
    size_t sound = is_other ? 0 : encoding_convert(reader->converter, raw, bytes, &reader->text);
    line->is_undecodable =
        sound != bytes && !line->is_too_long; /* cut where it is too long, it may be in a character */
    if (line->is_undecodable) buffer_append(&reader->text, "\xff", 1);
    if (reader->text.is_failed) return message_set(message, CS_ERR_MEMORY, "no memory for a line of %s", reader->path);
    line->text = buffer_string(&reader->text);
    line->bytes = reader->text.length;
    if (line->bytes <= reader->max_line) return CS_OK;
    line->is_too_long = true;
    line->bytes = reader->max_line;
    return CS_OK;
}

/* Bytes of a carriage return at the end of the line, 0: none. */
static size_t return_bytes(const cs_line_reader *reader, const char *raw, size_t length) {
    if (length < reader->unit || length != whole_units(reader, length)) return 0;
    const char *last = raw + length - reader->unit;
    if (reader->unit == 1) return *last == '\r';
    bool is_big = reader->encoding == CS_ENCODING_UTF16BE;
    return last[is_big] == '\r' && !last[!is_big] ? reader->unit : 0;
}

cs_error line_reader_next(cs_line_reader *reader, cs_line *out, cs_message *message) {
    cs_line line = {.number = reader->number + 1, .offset = reader->consumed};
    size_t length = 0;
    bool has_break = false;
    cs_error code = find_end(reader, &length, &has_break, message);
    if (code != CS_OK) return code;
    if (length == 0 && !has_break) { /* the end; a file that ends in a line break has no empty last line */
        line.number = reader->number;
        *out = line;
        return CS_OK;
    }
    const char *raw = reader->held + reader->start;
    size_t whole = length + has_break * reader->unit;
    size_t bytes = length - return_bytes(reader, raw, length);
    if (bytes > reader->max_raw) {
        line.is_too_long = true;
        bytes = reader->max_raw;
        int64_t skipped = 0;
        code = skip_rest(reader, bytes, &has_break, &skipped, message);
        if (code != CS_OK) return code;
        raw = reader->held;
        reader->consumed += (int64_t)bytes + skipped;
    } else {
        reader->start += whole;
        reader->consumed += (int64_t)whole;
    }
    line.text = raw;
    line.bytes = bytes;
    if (reader->converter) code = convert_line(reader, raw, bytes, &line, message);
    if (code != CS_OK) return code;
    line.is_last_cut = !has_break;
    reader->number++;
    *out = line;
    return CS_OK;
}
