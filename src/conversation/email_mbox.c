#include "conversation/email_mbox.h"

#include "base/buffer.h"
#include "base/file.h"
#include "conversation/email_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 * 1024, LONGEST_FROM_LINE = 1000 };

struct cs_mbox {
    FILE *file;
    const char *path;
    cs_buffer mail;
    char chunk[CHUNK_BYTES];
    size_t at, filled;
    int64_t offset; /* of chunk[at] in the file */
    int64_t line; /* of the line there */
    bool has_from; /* the line that begins the next message was read with the one before */
    int64_t from_offset, from_line;
};

cs_error mbox_open(const char *path, cs_mbox **out, cs_message *message) {
    cs_file_info info;
    cs_error code = file_info(path, &info, message);
    if (code != CS_OK) return code;
    if (!info.is_regular) return message_set(message, CS_ERR_IO, "%s is no file", path);
    cs_mbox *mbox = calloc(1, sizeof *mbox);
    if (!mbox) return message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    mbox->file = fopen(path, "rbe");
    mbox->path = path;
    mbox->line = 1;
    buffer_init(&mbox->mail, CS_EMAIL_MAX_BYTES);
    if (!mbox->file) {
        mbox_close(mbox);
        message_set(message, CS_ERR_IO, "%s can't be opened", path);
        message_remedy(message, "grant read permission, or run as a user who has it");
        return CS_ERR_IO;
    }
    *out = mbox;
    return CS_OK;
}

void mbox_close(cs_mbox *mbox) {
    if (!mbox) return;
    if (mbox->file) fclose(mbox->file);
    buffer_free(&mbox->mail);
    free(mbox);
}

cs_error mbox_seek(cs_mbox *mbox, int64_t offset, int64_t line, cs_message *message) {
    if (fseeko(mbox->file, (off_t)offset, SEEK_SET) != 0)
        return message_set(message, CS_ERR_IO, "%s can't be read again", mbox->path);
    mbox->at = mbox->filled = 0;
    mbox->offset = offset;
    mbox->line = line;
    mbox->has_from = false;
    return CS_OK;
}

/* A piece of a line, at most a chunk; *is_whole: the line break is in it. Length 0: the end of the file. */
static cs_error next_piece(cs_mbox *mbox, const char **piece, size_t *bytes, bool *is_whole, cs_message *message) {
    const char *end = memchr(mbox->chunk + mbox->at, '\n', mbox->filled - mbox->at);
    if (!end) {
        memmove(mbox->chunk, mbox->chunk + mbox->at, mbox->filled - mbox->at);
        mbox->filled -= mbox->at;
        mbox->at = 0;
        size_t from = mbox->filled;
        mbox->filled += fread(mbox->chunk + from, 1, CHUNK_BYTES - from, mbox->file);
        if (ferror(mbox->file)) {
            message_set(message, CS_ERR_IO, "%s can't be read to its end", mbox->path);
            message_remedy(message, "is the disk all right? Copy the file and try again");
            return CS_ERR_IO;
        }
        end = memchr(mbox->chunk + from, '\n', mbox->filled - from);
    }
    *piece = mbox->chunk + mbox->at;
    *bytes = end ? (size_t)(end - *piece) + 1 : mbox->filled - mbox->at;
    *is_whole = end != NULL;
    mbox->at += *bytes;
    mbox->offset += (int64_t)*bytes;
    mbox->line += end != NULL;
    return CS_OK;
}

/* "From li@example.com Sat Feb 14 10:32:05 2026": a time and a year, or it is the beginning of a sentence. */
static bool is_from_line(const char *line, size_t bytes) {
    if (bytes < 6 || memcmp(line, "From ", 5) != 0) return false;
    unsigned digits = 0;
    bool has_year = false, has_time = false;
    for (size_t i = 5; i < bytes && i < LONGEST_FROM_LINE; i++) {
        bool is_digit = line[i] >= '0' && line[i] <= '9';
        has_time = has_time || (line[i] == ':' && digits == 2);
        digits = is_digit ? digits + 1 : 0;
        has_year = has_year || digits == 4;
    }
    return has_year && has_time;
}

/* ">>From " → ">From " */
static size_t quoted_from(const char *line, size_t bytes) {
    size_t marks = 0;
    while (marks < bytes && line[marks] == '>') marks++;
    return marks > 0 && bytes - marks >= 5 && memcmp(line + marks, "From ", 5) == 0;
}

static void take_line(cs_mbox *mbox, const char *piece, size_t bytes, bool is_start, cs_mbox_mail *out) {
    size_t skip = is_start ? quoted_from(piece, bytes) : 0;
    if (out->is_too_long || buffer_append(&mbox->mail, piece + skip, bytes - skip)) return;
    out->is_too_long = true;
}

static cs_error find_first(cs_mbox *mbox, cs_mbox_mail *out, cs_message *message) {
    const char *piece;
    size_t bytes;
    bool is_whole;
    do {
        out->offset = mbox->offset;
        out->line = mbox->line;
        cs_error code = next_piece(mbox, &piece, &bytes, &is_whole, message);
        if (code != CS_OK) return code;
        if (out->line == 1 && bytes >= 3 && memcmp(piece, "\xef\xbb\xbf", 3) == 0) piece += 3, bytes -= 3;
    } while (bytes > 0 && (*piece == '\n' || *piece == '\r'));
    out->is_end = bytes == 0;
    if (out->is_end || is_from_line(piece, bytes)) return CS_OK;
    message_set(message, CS_ERR_PARSE, "the file does not begin with a \"From \" line, so it is no mbox");
    message_place(message, "line %lld", (long long)out->line);
    message_remedy(message, "a single message is named .eml");
    return CS_ERR_PARSE;
}

cs_error mbox_next(cs_mbox *mbox, cs_mbox_mail *out, cs_message *message) {
    *out = (cs_mbox_mail){.offset = mbox->from_offset, .line = mbox->from_line};
    buffer_clear(&mbox->mail);
    cs_error code = mbox->has_from ? CS_OK : find_first(mbox, out, message);
    mbox->has_from = false;
    bool is_start = true, is_after_empty = false;
    while (code == CS_OK && !out->is_end) {
        const char *piece;
        size_t bytes;
        bool is_whole;
        int64_t offset = mbox->offset, line = mbox->line;
        code = next_piece(mbox, &piece, &bytes, &is_whole, message);
        if (code != CS_OK || bytes == 0) break;
        if (is_start && is_after_empty && is_from_line(piece, bytes)) {
            mbox->has_from = true;
            mbox->from_offset = offset;
            mbox->from_line = line;
            break;
        }
        take_line(mbox, piece, bytes, is_start, out);
        is_after_empty = is_start && (bytes == 1 || (bytes == 2 && *piece == '\r')) && is_whole;
        is_start = is_whole;
    }
    out->bytes = buffer_string(&mbox->mail);
    out->count = mbox->mail.length;
    return code;
}
