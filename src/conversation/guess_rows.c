/* The shape of a file of rows: what separates its cells, where its header stands. */
#include "conversation/guess_parts.h"

#include "base/file.h"
#include "base/utf8.h"
#include "conversation/rows.h"

#include <string.h>

enum { SHAPE_LINES = 30, HEADER_ROWS = 6, MAX_SAMPLE_BYTES = 2000, MAX_LINE = 1 << 20, MOST_COUNTED = 400 };

static const char delimiters[] = ",;\t|";

typedef struct shape {
    uint32_t counts[sizeof delimiters - 1][SHAPE_LINES];
    uint32_t lines;
} shape;

/* Separators outside of quotes, of one line. */
static void count_line(shape *s, const cs_line *line) {
    bool is_quoted = false;
    for (size_t i = 0; i < line->bytes; i++) {
        is_quoted ^= line->text[i] == '"';
        const char *found = is_quoted || !line->text[i] ? NULL : strchr(delimiters, line->text[i]);
        if (found) s->counts[found - delimiters][s->lines]++;
    }
    s->lines++;
}

/* How many lines have as many of it as most lines that have any. */
static uint32_t count_alike(const shape *s, size_t which, uint32_t *mode) {
    uint32_t best = 0;
    *mode = 0;
    for (uint32_t i = 0; i < s->lines; i++) {
        uint32_t alike = 0;
        for (uint32_t j = 0; j < s->lines; j++) alike += s->counts[which][j] == s->counts[which][i];
        if (s->counts[which][i] == 0 || alike <= best) continue;
        best = alike;
        *mode = s->counts[which][i];
    }
    return best;
}

static cs_error find_delimiter(const char *path, cs_guess *guess, char *out, cs_message *message) {
    cs_line_reader *lines = NULL;
    cs_error code = line_reader_open(path, MAX_LINE, &lines, message);
    if (code != CS_OK) return code;
    shape s = {0};
    cs_line line = {0};
    while (s.lines < SHAPE_LINES && (code = line_reader_next(lines, &line, message)) == CS_OK && line.text) {
        if (line.bytes > 0) count_line(&s, &line);
    }
    guess->encoding = encoding_name(line_reader_encoding(lines));
    line_reader_close(lines);
    uint32_t best = 0, most = 0;
    *out = ',';
    for (size_t i = 0; i < sizeof delimiters - 1; i++) {
        uint32_t mode, alike = count_alike(&s, i, &mode);
        if (alike < best || (alike == best && mode <= most)) continue;
        best = alike;
        most = mode;
        *out = delimiters[i];
    }
    return code;
}

static const char *copy_cell(cs_guess *guess, const char *text) {
    size_t bytes;
    while (*text && (unsigned char)*text <= 0x20) text++;
    bytes = strnlen(text, MAX_SAMPLE_BYTES);
    while (bytes > 0 && text[bytes] && ((unsigned char)text[bytes] & 0xc0) == 0x80)
        bytes--; /* not inside a character */
    while (bytes > 0 && (unsigned char)text[bytes - 1] <= 0x20) bytes--;
    if (bytes >= 3 && strncmp(text, "=\"", 2) == 0 && text[bytes - 1] == '"')
        return arena_copy(guess->arena, text + 2, bytes - 3);
    return arena_copy(guess->arena, text, bytes);
}

typedef struct raw_rows {
    const char **cells[CS_GUESS_ROWS + HEADER_ROWS];
    uint32_t counts[CS_GUESS_ROWS + HEADER_ROWS];
    int64_t lines[CS_GUESS_ROWS + HEADER_ROWS];
    uint32_t count;
} raw_rows;

static cs_error read_raw(cs_rows *rows, cs_guess *guess, raw_rows *out, cs_message *message) {
    cs_row row = {0};
    while (out->count < CS_GUESS_ROWS + HEADER_ROWS) {
        cs_message trouble;
        cs_error code = rows_next(rows, &row, &trouble);
        if (code != CS_OK && out->count == 0) *message = trouble;
        if (code != CS_OK) return out->count == 0 ? code : CS_OK;
        if (row.is_end || row.is_lost) break;
        if (row.trouble || row.count == 0) continue;
        const char **cells = arena_array(guess->arena, row.count, sizeof *cells);
        if (!cells) return message_set(message, CS_ERR_MEMORY, "no memory for the first rows");
        for (uint32_t i = 0; i < row.count; i++) {
            cells[i] = copy_cell(guess, row.cells[i]);
            if (!cells[i]) return message_set(message, CS_ERR_MEMORY, "no memory for the first rows");
        }
        out->cells[out->count] = cells;
        out->counts[out->count] = row.count;
        out->lines[out->count++] = row.line;
    }
    if (out->count > 0) return CS_OK;
    message_set(message, CS_ERR_PARSE, row.trouble ? "%s" : "the file is empty%.0s", row.trouble ? row.trouble : "");
    message_remedy(message, "%s", row.trouble ? row.remedy : "export it again");
    return CS_ERR_PARSE;
}

/* A value of the column stands there, no name of it. */
static bool comes_again(const raw_rows *raw, uint32_t row, uint32_t column) {
    for (uint32_t i = 0; i < raw->count; i++) {
        if (i != row && column < raw->counts[i] && strcmp(raw->cells[i][column], raw->cells[row][column]) == 0)
            return true;
    }
    return false;
}

static uint32_t count_known(const raw_rows *raw, uint32_t row) {
    uint32_t known = 0;
    for (uint32_t i = 0; i < raw->counts[row]; i++)
        known += guess_is_known_name(raw->cells[row][i]) && !comes_again(raw, row, i);
    return known;
}

static bool is_figure(const cs_guess_formats *known, const char *text) {
    return *text && (guess_is_time(known, text) || text[strspn(text, "0123456789.+-:")] == 0);
}

/* Short words that differ, above a column of figures. */
static bool looks_like_header(const raw_rows *raw, const cs_guess_formats *known) {
    bool is_above_figures = false;
    for (uint32_t i = 0; i < raw->counts[0]; i++) {
        const char *name = raw->cells[0][i];
        if (!*name || is_figure(known, name) || utf8_count(name, strlen(name)) > 30) return false;
        for (uint32_t j = 0; j < i; j++) {
            if (strcmp(raw->cells[0][j], name) == 0) return false;
        }
        for (uint32_t j = 1; j < raw->count && j < 4; j++)
            is_above_figures |= i < raw->counts[j] && is_figure(known, raw->cells[j][i]);
    }
    return is_above_figures;
}

/* The row of the header; UINT32_MAX: none. */
static uint32_t find_header(const raw_rows *raw, const cs_guess_formats *known) {
    uint32_t best = UINT32_MAX, most = 0;
    for (uint32_t i = 0; i < raw->count && i < HEADER_ROWS; i++) {
        uint32_t names = count_known(raw, i);
        if (names <= most || names < (raw->counts[i] > 3 ? 2u : 1u)) continue;
        best = i;
        most = names;
    }
    return best == UINT32_MAX && looks_like_header(raw, known) ? 0 : best;
}

cs_error guess_rows_read(const char *path, cs_guess *guess, cs_guess_table *out, cs_message *message) {
    cs_rows *rows = NULL;
    char delimiter = ',';
    cs_rows_options options = {.path = path, .is_csv = true};
    cs_error code = rows_open_as(&options, &rows, message);
    if (code != CS_OK) return code;
    guess->format = CS_MAPPING_FORMAT_XLSX;
    guess->encoding = "";
    if (!rows_are_of_sheet(rows)) {
        rows_close(rows);
        rows = NULL;
        code = find_delimiter(path, guess, &delimiter, message);
        guess->format = delimiter == '\t' ? CS_MAPPING_FORMAT_TSV : CS_MAPPING_FORMAT_CSV;
        options.is_csv = delimiter != '\t';
        options.delimiter = delimiter;
        if (code == CS_OK) code = rows_open_as(&options, &rows, message);
        if (code != CS_OK) return code;
    }
    raw_rows *raw = arena_alloc(guess->arena, sizeof *raw);
    code =
        raw ? read_raw(rows, guess, raw, message) : message_set(message, CS_ERR_MEMORY, "no memory for the first rows");
    rows_close(rows);
    if (code != CS_OK) return code;
    uint32_t header = find_header(raw, out->known), first = header == UINT32_MAX ? 0 : header + 1;
    uint32_t widest = header == UINT32_MAX ? 0 : header;
    out->delimiter = delimiter;
    out->width = raw->counts[widest];
    out->header = header == UINT32_MAX ? NULL : raw->cells[header];
    out->skip = header == UINT32_MAX || header == 0 ? 0 : (uint32_t)raw->lines[header] - 1;
    out->rows = arena_array(guess->arena, raw->count + 1, sizeof *out->rows);
    if (!out->rows) return message_set(message, CS_ERR_MEMORY, "no memory for the first rows");
    for (uint32_t i = first; i < raw->count && out->row_count < CS_GUESS_ROWS; i++) {
        if (raw->counts[i] == out->width) out->rows[out->row_count++] = raw->cells[i];
    }
    return CS_OK;
}
