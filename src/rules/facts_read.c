/* Files of the book into rows: lines of cells between | or CSV, one problem for each thing that is wrong. */
#include "base/clock.h"
#include "base/utf8.h"
#include "rules/facts_book.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MOST_CELLS = 32, MOST_QUANTITIES = 8, SHOWN_BYTES = 60, MOST_SCRATCH = 4 << 20 };
static const int64_t DAY_MS = 86400000;

typedef enum column { SUBJECT, FACT, VALUE, VALID_FROM, VALID_TO, SOURCE, COLUMNS, UNNAMED = COLUMNS } column;

typedef struct cell {
    const char *text; /* trimmed, NUL-terminated */
    uint32_t line, column;
} cell;

typedef struct reader {
    const char *file, *text;
    size_t bytes, at, line_start;
    uint32_t line;
    cell cells[MOST_CELLS];
    uint32_t count;
    column column_of[MOST_CELLS];
    bool is_broken; /* a cell of this row could not be read, and that was said */
    bool has_row, is_out_of_memory;
    cs_facts *book;
    cs_arena *scratch; /* of one row: most of what is read is not kept */
    cs_on_problem on_problem;
    void *context;
    uint32_t problems;
} reader;

static void report(reader *r, uint32_t line, uint32_t at_column, const char *reason, const char *hint) {
    cs_rule_problem problem = {.file = r->file, .line = line, .column = at_column, .reason = reason, .hint = hint};
    r->problems++;
    if (!reason)
        r->is_out_of_memory = true;
    else if (r->on_problem)
        r->on_problem(r->context, &problem);
}

static void report_cell(reader *r, const cell *at, const char *reason, const char *hint) {
    report(r, at->line, at->column, reason, hint);
}

/* As much of a text as fits a message, cut between characters. */
static int shown_bytes(const char *text) {
    size_t bytes = strlen(text);
    if (bytes <= SHOWN_BYTES) return (int)bytes;
    for (bytes = SHOWN_BYTES; ((unsigned char)text[bytes] & 0xC0) == 0x80;) bytes--;
    return (int)bytes;
}

/* ---- rows ---- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* bytes lie in the file from `from` on; *out is not set when the cell was too much. */
static void add_cell(reader *r, const char *text, size_t bytes, size_t from, uint32_t line, size_t line_start) {
    uint32_t at_column = 1 + (uint32_t)utf8_count(r->text + line_start, from - line_start);
    while (bytes > 0 && is_blank(text[bytes - 1])) bytes--;
    for (; bytes > 0 && is_blank(*text); bytes--) text++;
    if (bytes > CS_MAX_FACT_CELL_BYTES) {
        report(r, line, at_column, "this cell is longer than 1,000 bytes",
               "keep the value short; put the rest in the source");
        r->is_broken = true;
        bytes = 0;
    }
    if (r->count == MOST_CELLS) {
        if (!r->is_broken) report(r, line, at_column, "this row has more than 32 cells", "is a line break missing?");
        r->is_broken = true;
        return;
    }
    char *copy = arena_copy(r->scratch, text, bytes);
    if (!copy) r->is_out_of_memory = true;
    r->cells[r->count++] = (cell){.text = copy ? copy : "", .line = line, .column = at_column};
}

/* The bytes of | or ｜ at this place, 0: none. */
static size_t bar_at(const char *at, const char *end) {
    if (*at == '|') return 1;
    return end - at >= 3 && memcmp(at, "\xEF\xBD\x9C", 3) == 0 ? 3 : 0;
}

static void clear_row(reader *r) {
    r->count = 0;
    r->is_broken = false;
    arena_reset(r->scratch);
}

/* false: the file has ended. A row without cells is a blank line or a comment. */
static bool next_line(reader *r) {
    clear_row(r);
    if (r->at >= r->bytes) return false;
    const char *line = r->text + r->at, *newline = memchr(line, '\n', r->bytes - r->at);
    const char *end = newline ? newline : r->text + r->bytes, *start = line;
    r->line++;
    r->line_start = r->at;
    r->at = (size_t)(end - r->text) + 1;
    while (start < end && is_blank(*start)) start++;
    if (start == end || *start == '#') return true;
    while (start <= end && !r->is_broken) {
        const char *stop = start;
        size_t bar = 0;
        while (stop < end && (bar = bar_at(stop, end)) == 0) stop++;
        const char *first = start;
        while (first < stop && is_blank(*first)) first++;
        add_cell(r, start, (size_t)(stop - start), (size_t)(first - r->text), r->line, r->line_start);
        if (stop == end) break;
        start = stop + bar;
    }
    return true;
}

/* One cell of a CSV row. false: it was the row's last. */
static bool next_csv_cell(reader *r, char *unquoted) {
    size_t from = r->at, length = 0, line_start = r->line_start;
    uint32_t line = r->line;
    bool is_quoted = r->at < r->bytes && r->text[r->at] == '"', is_open = is_quoted;
    if (is_quoted) r->at++;
    for (; r->at < r->bytes; r->at++) {
        char c = r->text[r->at];
        if (is_open && c == '"') {
            is_open = r->at + 1 < r->bytes && r->text[r->at + 1] == '"';
            if (!is_open) continue;
            r->at++;
        } else if (!is_open && (c == ',' || c == '\n')) {
            break;
        } else if (is_quoted && !is_open && !is_blank(c)) {
            report(r, r->line, 1 + (uint32_t)utf8_count(r->text + r->line_start, r->at - r->line_start),
                   "text follows a closing quote without a comma", "write a quote inside quotes twice: \"\"");
            is_quoted = false;
            r->is_broken = true;
        }
        if (c == '\n') {
            r->line++;
            r->line_start = r->at + 1;
        }
        if (length <= CS_MAX_FACT_CELL_BYTES) unquoted[length++] = c;
    }
    if (is_open) r->is_broken = true;
    if (is_open)
        report(r, line, 1, "a quote opened in this row is not closed",
               "close it, or write a quote inside quotes twice: \"\"");
    add_cell(r, unquoted, length, from, line, line_start);
    return r->at < r->bytes && r->text[r->at] == ',';
}

static bool next_csv_row(reader *r) {
    char unquoted[CS_MAX_FACT_CELL_BYTES + 8];
    clear_row(r);
    if (r->at >= r->bytes) return false;
    r->line++;
    r->line_start = r->at;
    if (r->text[r->at] == '#') {
        const char *newline = memchr(r->text + r->at, '\n', r->bytes - r->at);
        r->at = newline ? (size_t)(newline - r->text) + 1 : r->bytes;
        return true;
    }
    while (next_csv_cell(r, unquoted)) r->at++;
    r->at++; /* the line's end */
    if (r->count == 1 && !*r->cells[0].text) r->count = 0;
    return true;
}

/* ---- the header ---- */

static const struct {
    const char *name;
    column column;
} headers[] = {
    {"subject", SUBJECT},
    {"product", SUBJECT},
    {"主题", SUBJECT},
    {"产品", SUBJECT},
    {"对象", SUBJECT},
    {"fact", FACT},
    {"事项", FACT},
    {"事实", FACT},
    {"value", VALUE},
    {"值", VALUE},
    {"内容", VALUE},
    {"规定", VALUE},
    {"valid from", VALID_FROM},
    {"valid_from", VALID_FROM},
    {"生效", VALID_FROM},
    {"生效日", VALID_FROM},
    {"生效日期", VALID_FROM},
    {"valid to", VALID_TO},
    {"valid_to", VALID_TO},
    {"失效", VALID_TO},
    {"失效日", VALID_TO},
    {"失效日期", VALID_TO},
    {"截止", VALID_TO},
    {"source", SOURCE},
    {"来源", SOURCE},
    {"依据", SOURCE},
    {"出处", SOURCE},
};

static column column_named(const char *name) {
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (strcasecmp(headers[i].name, name) == 0) return headers[i].column;
    return UNNAMED;
}

/* Whether the row is the header; then it says which column is which. */
static bool take_header(reader *r) {
    bool has[COLUMNS + 1] = {false};
    for (uint32_t i = 0; i < r->count; i++) has[column_named(r->cells[i].text)] = true;
    if (!has[SUBJECT] || !has[FACT] || !has[VALUE]) return false;
    for (uint32_t i = 0; i < MOST_CELLS; i++) r->column_of[i] = UNNAMED;
    for (uint32_t i = 0; i < r->count; i++) {
        r->column_of[i] = column_named(r->cells[i].text);
        if (r->column_of[i] == UNNAMED && *r->cells[i].text)
            report_cell(r, &r->cells[i], "this column is unknown",
                        "columns are subject, fact, value, valid_from, valid_to, source");
    }
    return true;
}

/* ---- cells ---- */

/* The next part between slashes, trimmed. */
static bool next_part(const char **at, const char **from, size_t *bytes) {
    if (!*at) return false;
    const char *slash = strchr(*at, '/'), *wide = strstr(*at, "\xEF\xBC\x8F");
    const char *end = slash && (!wide || slash < wide) ? slash : wide;
    *from = *at;
    *bytes = end ? (size_t)(end - *at) : strlen(*at);
    *at = !end ? NULL : *end == '/' ? end + 1 : end + 3;
    while (*bytes > 0 && is_blank((*from)[*bytes - 1])) --*bytes;
    for (; *bytes > 0 && is_blank(**from); --*bytes) ++*from;
    return true;
}

/* What is kept of a row. NULL: out of memory. */
static const char *keep(reader *r, const char *text, size_t bytes) {
    const char *kept = arena_copy(r->book->arena, text, bytes);
    if (!kept) r->is_out_of_memory = true;
    return kept;
}

static bool fold(reader *r, const char *text, size_t bytes, cs_folded *out) {
    if (!fold_text(text, bytes, r->scratch, out)) r->is_out_of_memory = true;
    return !r->is_out_of_memory;
}

/* The folded words, kept; NULL after a report. Words of one character would be found everywhere. */
static const char *keep_words(reader *r, const cell *at, const cs_folded *folded) {
    if (utf8_count(folded->text, folded->bytes) >= 2) return keep(r, folded->text, folded->bytes);
    report_cell(r, at,
                folded->bytes ? "a name of one character would be found everywhere"
                              : "an empty name stands between slashes",
                folded->bytes ? "write at least two characters" : "remove the slash");
    return NULL;
}

/* Names joined by slashes. *shown: the first as written. Returns how many; 0 after a report. */
static uint32_t read_names(reader *r, const cell *at, const char *const **out, const char **shown) {
    const char *names[CS_MAX_FACT_NAMES], *rest = at->text, *from;
    size_t bytes;
    uint32_t count = 0;
    while (next_part(&rest, &from, &bytes)) {
        cs_folded folded;
        if (count == CS_MAX_FACT_NAMES) {
            report_cell(r, at, "more than 32 names in one cell", "split the row");
            return 0;
        }
        if (!fold(r, from, bytes, &folded) || !(names[count] = keep_words(r, at, &folded))) return 0;
        if (count++ == 0) *shown = keep(r, from, bytes);
    }
    const char **kept = arena_array(r->book->arena, count, sizeof *kept);
    if (!kept || !*shown) {
        r->is_out_of_memory = true;
        return 0;
    }
    memcpy(kept, names, count * sizeof *kept);
    *out = kept;
    return count;
}

/* 50元/次: what stands behind the slash is only the unit of it. */
static bool is_bare_unit(reader *r, const cs_folded *words) {
    cs_folded one;
    cs_quantity found[2];
    const char *text = arena_printf(r->scratch, "1%s", words->text);
    if (!text || !fold(r, text, strlen(text), &one)) return false;
    return quantity_find(&one, found, 2) == 1 && found[0].from == 0 && found[0].to == one.bytes;
}

static bool add_value(reader *r, const cell *at, cs_fact_entry *entry, cs_fact_value *values, cs_fact_value value) {
    if (entry->value_count == CS_MAX_FACT_NAMES) {
        report_cell(r, at, "more than 32 alternatives in one value", "split the fact into several");
        return false;
    }
    values[entry->value_count++] = value;
    return true;
}

/* One alternative: its quantities, or a phrase. */
static bool read_alternative(reader *r, const cell *at, const char *from, size_t bytes, cs_fact_entry *entry,
                             cs_fact_value *values) {
    cs_folded folded;
    cs_quantity found[MOST_QUANTITIES];
    bool is_wrong = bytes > 0 && (*from == '!' || (bytes >= 3 && memcmp(from, "\xEF\xBC\x81", 3) == 0));
    size_t mark = !is_wrong ? 0 : *from == '!' ? 1 : 3;
    if (!fold(r, from + mark, bytes - mark, &folded)) return false;
    uint32_t count = quantity_find(&folded, found, MOST_QUANTITIES);
    for (uint32_t i = 0; i < count; i++)
        if (!add_value(r, at, entry, values, (cs_fact_value){.quantity = found[i], .is_wrong = is_wrong})) return false;
    if (count > 0) return true;
    bool is_behind = entry->value_count > 0 && !values[entry->value_count - 1].phrase;
    if (is_behind && is_bare_unit(r, &folded)) return true;
    const char *phrase = keep_words(r, at, &folded);
    return phrase && add_value(r, at, entry, values, (cs_fact_value){.phrase = phrase, .is_wrong = is_wrong});
}

static bool read_value(reader *r, const cell *at, cs_fact_entry *entry) {
    const char *rest = at->text, *from;
    size_t bytes;
    cs_fact_value values[CS_MAX_FACT_NAMES];
    while (next_part(&rest, &from, &bytes))
        if (!read_alternative(r, at, from, bytes, entry, values)) return false;
    cs_fact_value *kept = arena_array(r->book->arena, entry->value_count, sizeof *kept);
    entry->value = keep(r, at->text, strlen(at->text));
    if (!kept || !entry->value) {
        r->is_out_of_memory = true;
        return false;
    }
    memcpy(kept, values, entry->value_count * sizeof *kept);
    entry->values = kept;
    entry->line = at->line;
    entry->column = at->column;
    return true;
}

/* An empty cell leaves the open day that *day holds. */
static bool read_day(reader *r, const cell *at, int32_t *day) {
    char moment[32];
    int64_t ms;
    if (!at || !*at->text) return true;
    if (strlen(at->text) == 10 && snprintf(moment, sizeof moment, "%sT00:00:00", at->text) > 0 &&
        clock_parse_local(moment, 0, &ms)) {
        *day = (int32_t)(ms / DAY_MS);
        return true;
    }
    report_cell(r, at, "this is no day between 1970 and 2199", "write it as 2026-03-15, or leave it empty");
    return false;
}

/* ---- entries ---- */

static bool is_filled(const cell *at) {
    return at && *at->text;
}

static void add_row(reader *r) {
    const cell *of[COLUMNS] = {NULL};
    cs_fact_entry entry = {.file = r->file, .from_day = CS_NO_DAY, .to_day = CS_LAST_DAY};
    for (uint32_t i = 0; i < r->count; i++) {
        if (r->column_of[i] != UNNAMED)
            of[r->column_of[i]] = &r->cells[i];
        else if (i >= COLUMNS && *r->cells[i].text)
            report_cell(r, &r->cells[i], "this row has more than six cells",
                        "put a value that holds a comma in quotes (CSV)");
    }
    uint32_t before = r->problems;
    static const char *const missing[] = {"the subject is empty", "the fact is empty", "the value is empty"};
    for (int i = SUBJECT; i <= VALUE; i++)
        if (!is_filled(of[i]))
            report_cell(r, of[i] ? of[i] : &r->cells[r->count - 1], missing[i],
                        i == SUBJECT ? "write * for a row that holds for any subject"
                                     : "a row is: subject | fact | value | valid from | valid to | source");
    (void)(read_day(r, of[VALID_FROM], &entry.from_day) && read_day(r, of[VALID_TO], &entry.to_day));
    if (entry.from_day > entry.to_day)
        report_cell(r, of[VALID_TO], "the last day lies before the first", "exchange them");
    if (r->problems != before) return;

    bool is_any = strcmp(of[SUBJECT]->text, "*") == 0;
    if (!is_any) entry.subject_name_count = read_names(r, of[SUBJECT], &entry.subject_names, &entry.subject);
    entry.fact_name_count = read_names(r, of[FACT], &entry.fact_names, &entry.fact);
    if ((!is_any && !entry.subject_name_count) || !entry.fact_name_count || !read_value(r, of[VALUE], &entry)) return;
    if (is_filled(of[SOURCE])) entry.source = keep(r, of[SOURCE]->text, strlen(of[SOURCE]->text));
    cs_facts *book = r->book;
    if (r->is_out_of_memory) return;
    if (!arena_room(book->arena, (void **)&book->entries, &book->entry_room, book->entry_count, sizeof entry))
        r->is_out_of_memory = true;
    else
        book->entries[book->entry_count++] = entry;
}

static void read_rows(reader *r, bool is_csv) {
    while (!r->is_out_of_memory && (is_csv ? next_csv_row(r) : next_line(r))) {
        if (r->count == 0 || r->is_broken) continue;
        bool is_first = !r->has_row;
        r->has_row = true;
        if (is_first && take_header(r)) continue;
        if (r->book->entry_count == CS_MAX_FACT_ROWS) {
            report(r, r->line, 1, "the book has more than 100,000 rows", "leave out rows that are no longer asked for");
            return;
        }
        add_row(r);
    }
}

/* Two rows in force on the same day must say the same. Sorted by their first day, each row is held against the one before
 * it that lasts longest: whatever overlaps, overlaps that one. */
static void check_overlaps(reader *r) {
    cs_facts *book = r->book;
    const cs_fact_place *longest = NULL;
    for (uint32_t i = 0; i < book->entry_count; i++) {
        const cs_fact_place *place = &book->places[i];
        const cs_fact_entry *entry = &book->entries[place->entry];
        const cs_fact_entry *other = longest ? &book->entries[longest->entry] : NULL;
        bool is_one = longest && longest->fact == place->fact && longest->subject == place->subject;
        if (is_one && entry->from_day <= other->to_day && !book_values_agree(entry, other)) {
            bool is_later = place->entry > longest->entry;
            cs_fact_entry *later = &book->entries[is_later ? place->entry : longest->entry];
            const cs_fact_entry *earlier = is_later ? other : entry;
            if (!later->is_reported)
                report(r, later->line, later->column,
                       arena_printf(
                           book->arena, "%.*s of %.*s is \"%.*s\" here and \"%.*s\" in %s, line %u, on the same days",
                           shown_bytes(later->fact), later->fact,
                           later->subject_name_count ? shown_bytes(later->subject_names[0]) : 1,
                           later->subject_name_count ? later->subject_names[0] : "*", shown_bytes(later->value),
                           later->value, shown_bytes(earlier->value), earlier->value, earlier->file, earlier->line),
                       "end the older row on the day before the newer one begins");
            later->is_reported = true;
        }
        if (!is_one || entry->to_day > other->to_day) longest = place;
    }
}

static bool check_text(reader *r) {
    if (r->bytes > CS_MAX_FACTS_BYTES) {
        report(r, 0, 0, "the file is larger than 8 MB", "split it");
        return false;
    }
    size_t bad = utf8_invalid_at(r->text, r->bytes);
    if (bad == r->bytes) return true;
    uint32_t line = 1;
    for (size_t i = 0; i < bad; i++) line += r->text[i] == '\n';
    report(r, line, 1, "the file is not UTF-8 text", "save it as UTF-8 (it may be GB18030 now)");
    return false;
}

bool facts_read(cs_facts **book, const char *file, const char *text, size_t bytes, bool is_csv, cs_arena *arena,
                cs_on_problem on_problem, void *context, uint32_t *problems) {
    cs_facts *made = *book ? *book : arena_alloc(arena, sizeof *made);
    if (!made) return false;
    if (!*book) made->arena = arena;
    bool has_mark = bytes >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    reader r = {.text = text + (has_mark ? 3 : 0),
                .bytes = bytes - (has_mark ? 3 : 0),
                .file = arena_string(made->arena, file),
                .book = made,
                .on_problem = on_problem,
                .context = context};
    if (!r.file || !(r.scratch = arena_create(MOST_SCRATCH))) return false;
    for (uint32_t i = 0; i < MOST_CELLS; i++) r.column_of[i] = i < COLUMNS ? (column)i : UNNAMED;
    if (check_text(&r)) read_rows(&r, is_csv);
    arena_free(r.scratch);
    if (r.is_out_of_memory || !book_build(made)) return false;
    check_overlaps(&r);
    *book = made;
    *problems += r.problems;
    return !r.is_out_of_memory;
}
