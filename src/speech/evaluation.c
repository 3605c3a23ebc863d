#include "speech/evaluation.h"

#include "base/file.h"
#include "base/utf8.h"
#include "speech/alignment.h"
#include "speech/evaluation_text.h"

#include <string.h>

/* ---- the lines of a file ---- */

static cs_error split_line(const cs_line *line, cs_arena *arena, cs_evaluation_line *out, cs_message *message) {
    if (line->is_too_long) {
        message_set(message, CS_ERR_LIMIT, "the line has more than %d bytes", CS_MAX_EVALUATION_LINE);
        message_remedy(message, "cut the recording and its reference into shorter ones");
        return CS_ERR_LIMIT;
    }
    if (line->is_undecodable || utf8_invalid_at(line->text, line->bytes) != line->bytes) {
        message_set(message, CS_ERR_ENCODING, "the line is not text in the encoding of the file");
        message_remedy(message, "save the file as UTF-8");
        return CS_ERR_ENCODING;
    }
    char *text = arena_copy(arena, line->text, line->bytes), *columns[3] = {text};
    if (!text) {
        (void)message_set(message, CS_ERR_MEMORY, "no memory for the references");
        return CS_ERR_MEMORY;
    }
    int count = 1;
    for (char *c = text; *c; c++) {
        if (*c != '\t') continue;
        *c = '\0';
        if (count < 3) columns[count] = c + 1;
        count++;
    }
    if (count < 2 || count > 3 || !*columns[0]) {
        message_set(message, CS_ERR_PARSE, "the line has %d column%s, not file, text and perhaps pinyin", count,
                    count == 1 ? "" : "s");
        message_remedy(message, "put one tab between file and text, and one before the pinyin");
        return CS_ERR_PARSE;
    }
    *out = (cs_evaluation_line){.file = columns[0], .text = columns[1], .line = line->number};
    if (count == 3 && *columns[2]) out->pinyin = columns[2];
    return CS_OK;
}

static cs_error add_line(cs_evaluation_lines *lines, uint32_t *room, const cs_evaluation_line *line, cs_arena *arena,
                         cs_message *message) {
    size_t bytes = strlen(line->file);
    uint32_t known = index_find(&lines->by_file, line->file, bytes);
    if (known != CS_INDEX_NONE) {
        message_set(message, CS_ERR_CONFLICT, "%.200s stands in line %lld already", line->file,
                    (long long)lines->items[known].line);
        message_remedy(message, "leave one line a file");
        return CS_ERR_CONFLICT;
    }
    if (lines->count == CS_MAX_EVALUATION_LINES) {
        message_set(message, CS_ERR_LIMIT, "more than %d files are not evaluated at once", CS_MAX_EVALUATION_LINES);
        message_remedy(message, "divide the file");
        return CS_ERR_LIMIT;
    }
    if (!arena_room(arena, (void **)&lines->items, room, lines->count, sizeof *lines->items) ||
        !index_add(&lines->by_file, line->file, bytes, lines->count, arena))
        return message_set(message, CS_ERR_MEMORY, "no memory for the references");
    lines->items[lines->count++] = *line;
    return CS_OK;
}

cs_error evaluation_lines_read(const char *path, const cs_evaluation_sink *sink, cs_arena *arena,
                               cs_evaluation_lines *out, cs_message *message) {
    cs_line_reader *reader = NULL;
    cs_evaluation_lines lines = {0};
    uint32_t room = 0;
    cs_line line;
    cs_error code = line_reader_open(path, CS_MAX_EVALUATION_LINE, &reader, message);
    while (code == CS_OK && (code = line_reader_next(reader, &line, message)) == CS_OK && line.text) {
        cs_evaluation_line split;
        cs_message trouble = {0};
        if (!line.bytes || *line.text == '#') continue;
        cs_error wrong = split_line(&line, arena, &split, &trouble);
        if (wrong == CS_OK) wrong = add_line(&lines, &room, &split, arena, &trouble);
        bool is_end = wrong == CS_ERR_MEMORY || lines.count == CS_MAX_EVALUATION_LINES;
        if (wrong != CS_OK && is_end) {
            if (message) *message = trouble;
            code = wrong;
        } else if (wrong != CS_OK) {
            message_place(&trouble, "line %lld", (long long)line.number);
            sink->on_trouble(sink->context, line.number, &trouble);
        }
    }
    line_reader_close(reader);
    if (code == CS_OK) *out = lines;
    return code;
}

const cs_evaluation_line *evaluation_lines_find(const cs_evaluation_lines *lines, const char *file) {
    uint32_t at = index_find(&lines->by_file, file, strlen(file));
    return at == CS_INDEX_NONE ? NULL : &lines->items[at];
}

/* ---- one of them ---- */

const char *evaluated_name(cs_evaluated what) {
    static const char *const names[] = {"syllables", "sounds", "characters", "words"};
    return names[what];
}

static uint32_t *number_units(const cs_evaluated_units *units, cs_index *known, cs_arena *arena) {
    uint32_t *numbers = arena_array(arena, units->count + 1, sizeof *numbers);
    for (uint32_t i = 0; numbers && i < units->count; i++) {
        size_t bytes = strlen(units->texts[i]);
        numbers[i] = index_find(known, units->texts[i], bytes);
        if (numbers[i] != CS_INDEX_NONE) continue;
        numbers[i] = known->count;
        if (!index_add(known, units->texts[i], bytes, numbers[i], arena)) return NULL;
    }
    return numbers;
}

static cs_error count_errors(const cs_evaluated_units *said, const cs_evaluated_units *heard, cs_arena *arena,
                             cs_error_counts *out, cs_message *message) {
    cs_index known = {0};
    uint8_t *steps;
    uint32_t count, *one = number_units(said, &known, arena), *other = number_units(heard, &known, arena);
    if (!one || !other) return message_set(message, CS_ERR_MEMORY, "no memory to compare what was heard");
    cs_error code = alignment_make(one, said->count, other, heard->count, arena, &steps, &count, message);
    if (code == CS_OK) error_counts_add(out, steps, count);
    return code;
}

static cs_error count_sounds(const cs_evaluated_units *said, const char *sounds, cs_arena *arena, cs_evaluation *out,
                             cs_message *message) {
    cs_evaluated_units heard;
    if (!sounds) return CS_OK;
    cs_error code = evaluation_syllables(sounds, arena, &heard, message);
    if (code != CS_OK) return code;
    out->has[CS_EVALUATED_SOUNDS] = true;
    return count_errors(said, &heard, arena, &out->counts[CS_EVALUATED_SOUNDS], message);
}

static cs_error syllables_of_side(const cs_evaluation_line *line, const cs_evaluated_units *units, cs_arena *arena,
                                  cs_evaluated_units *out, cs_message *message) {
    if (line->pinyin) return evaluation_syllables(line->pinyin, arena, out, message);
    return evaluation_reading(units, arena, out, message);
}

cs_error evaluation_compare(const cs_evaluation_line *said, const cs_evaluation_line *heard, cs_arena *arena,
                            cs_evaluation *out, cs_message *message) {
    cs_evaluated_units said_units, heard_units, said_sounds, heard_sounds;
    cs_evaluation result = {0};
    cs_error code = evaluation_units(said->text, heard->text, arena, &said_units, &heard_units, message);
    if (code != CS_OK) return code;
    bool is_chinese = evaluation_is_chinese(said->text) || said->pinyin;
    cs_evaluated whole = is_chinese ? CS_EVALUATED_CHARACTERS : CS_EVALUATED_WORDS;
    result.has[whole] = *said->text != '\0';
    if (result.has[whole]) code = count_errors(&said_units, &heard_units, arena, &result.counts[whole], message);
    if (code == CS_OK && is_chinese) {
        result.has[CS_EVALUATED_SYLLABLES] = true;
        result.is_read = !said->pinyin;
        code = syllables_of_side(said, &said_units, arena, &said_sounds, message);
        if (code == CS_OK) code = syllables_of_side(heard, &heard_units, arena, &heard_sounds, message);
        if (code == CS_OK)
            code = count_errors(&said_sounds, &heard_sounds, arena, &result.counts[CS_EVALUATED_SYLLABLES], message);
        if (code == CS_OK) code = count_sounds(&said_sounds, heard->sounds, arena, &result, message);
    }
    if (code == CS_OK) *out = result;
    return code;
}
