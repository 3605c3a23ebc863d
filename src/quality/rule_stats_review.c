/* A stratified random sample to be looked at by people, and what their answers say. */
#include "quality/interval.h"
#include "quality/review_sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *review_stratum_name(cs_review_stratum stratum) {
    static const char *const names[] = {
#define X(code, name) name,
        CS_REVIEW_TABLE(X)
#undef X
    };
    return stratum < CS_REVIEW_COUNT ? names[stratum] : "";
}

/* ---- drawing ---- */

static cs_error write_list(const cs_review_sample *sample, const char *rule, cs_buffer *out, cs_message *message) {
    (void)buffer_text(out, "id,rule,stratum,weight,answer\n");
    for (uint32_t i = 0; i < sample->count; i++) {
        cs_review_stratum stratum = sample->items[i].stratum;
        (void)buffer_printf(out, "%s,%s,%s,%.6f,\n", sample->items[i].id, rule, review_stratum_name(stratum),
                            (double)sample->populations[stratum] / sample->takes[stratum]);
    }
    return out->is_failed ? message_set(message, CS_ERR_LIMIT, "the sample is too large") : CS_OK;
}

cs_error review_draw(cs_db *db, const cs_rule *rule, uint64_t seed, uint32_t take, cs_buffer *out,
                     cs_message *message) {
    cs_review_sample sample;
    if (take == 0 || take > CS_MAX_REVIEW)
        return message_set(message, CS_ERR_USAGE, "a review takes 1 to %d conversations", CS_MAX_REVIEW);
    cs_error code = review_sample_draw(db, rule, seed, (cs_review_take){take, take, 0}, &sample, message);
    if (code != CS_OK) return code;
    code = write_list(&sample, rule->name, out, message);
    review_sample_free(&sample);
    return code;
}

/* ---- reading it back ---- */

enum { COLUMN_ID, COLUMN_RULE, COLUMN_STRATUM, COLUMN_WEIGHT, COLUMN_ANSWER, COLUMN_COUNT, MAX_CELLS = 32 };

typedef struct cell {
    const char *from;
    size_t bytes;
} cell;

typedef struct reviewing {
    char separator;
    int columns[COLUMN_COUNT]; /* -1: absent */
    double weights[CS_REVIEW_COUNT];
    cs_stratum strata[CS_REVIEW_COUNT];
    int64_t rows, unanswered;
    char rule[256];
} reviewing;

static bool cell_is(cell c, const char *text) {
    return c.bytes == strlen(text) && memcmp(c.from, text, c.bytes) == 0;
}

/* Cells of a line without quotes and blanks around them; spreadsheets write , ; or tabs. */
static int split(const char *line, size_t bytes, char separator, cell cells[MAX_CELLS]) {
    int count = 0;
    const char *at = line, *end = line + bytes;
    while (count < MAX_CELLS) {
        const char *stop = memchr(at, separator, (size_t)(end - at));
        const char *from = at, *to = stop ? stop : end;
        while (from < to && strchr(" \t\"\r", *from)) from++;
        while (to > from && strchr(" \t\"\r", to[-1])) to--;
        cells[count++] = (cell){from, (size_t)(to - from)};
        if (!stop) break;
        at = stop + 1;
    }
    return count;
}

static cs_error read_head(reviewing *r, const char *line, size_t bytes, cs_message *message) {
    static const char *const names[COLUMN_COUNT] = {"id", "rule", "stratum", "weight", "answer"};
    cell cells[MAX_CELLS];
    if (bytes >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) line += 3, bytes -= 3;
    r->separator = memchr(line, '\t', bytes) ? '\t' : memchr(line, ';', bytes) ? ';' : ',';
    int count = split(line, bytes, r->separator, cells);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        r->columns[i] = -1;
        for (int k = 0; k < count; k++)
            if (cell_is(cells[k], names[i])) r->columns[i] = k;
        if (r->columns[i] >= 0 || i == COLUMN_RULE) continue;
        (void)message_set(message, CS_ERR_PARSE, "there is no column '%s'", names[i]);
        message_place(message, "line 1");
        message_remedy(message, "keep the columns that rules stats --sample wrote, and fill in answer");
        return CS_ERR_PARSE;
    }
    return CS_OK;
}

/* 1: yes, 0: no, -1: not looked at, -2: unknown word. */
static int answer_of(cell c) {
    static const char *const yes[] = {"yes", "Yes", "YES", "y", "Y", "1", "true", "TRUE", "是", "对", "有"};
    static const char *const no[] = {"no", "No", "NO", "n", "N", "0", "false", "FALSE", "否", "不是", "没有", "无"};
    if (c.bytes == 0) return -1;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (cell_is(c, yes[i])) return 1;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (cell_is(c, no[i])) return 0;
    return -2;
}

static cs_error refuse(cs_message *message, int64_t line, const char *column, cell c, const char *remedy) {
    (void)message_set(message, CS_ERR_PARSE, "'%.*s' is no %s", (int)(c.bytes < 60 ? c.bytes : 60), c.from, column);
    message_place(message, "line %lld", (long long)line);
    message_remedy(message, "%s", remedy);
    return CS_ERR_PARSE;
}

static cs_error read_row(reviewing *r, const char *line, size_t bytes, int64_t number, cs_message *message) {
    cell cells[MAX_CELLS] = {0};
    (void)split(line, bytes, r->separator, cells);
    cell stratum = cells[r->columns[COLUMN_STRATUM]], weight = cells[r->columns[COLUMN_WEIGHT]];
    int which = 0, answer = answer_of(cells[r->columns[COLUMN_ANSWER]]);
    while (which < CS_REVIEW_COUNT && !cell_is(stratum, review_stratum_name((cs_review_stratum)which))) which++;
    if (which == CS_REVIEW_COUNT)
        return refuse(message, number, "stratum", stratum, "found, passed, undecided or not_applicable");
    char text[32] = "", *end = text;
    if (weight.bytes < sizeof text) memcpy(text, weight.from, weight.bytes);
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= 1 && value < 1e12))
        return refuse(message, number, "weight", weight, "leave the weights as they were written");
    if (answer == -2)
        return refuse(message, number, "answer", cells[r->columns[COLUMN_ANSWER]], "yes, no, or empty; 是 or 否");
    r->rows++;
    r->weights[which] += value;
    r->unanswered += answer < 0;
    r->strata[which].trials += answer >= 0;
    r->strata[which].successes += answer == 1;
    if (r->columns[COLUMN_RULE] < 0 || r->rule[0]) return CS_OK;
    cell rule = cells[r->columns[COLUMN_RULE]];
    if (rule.bytes < sizeof r->rule) memcpy(r->rule, rule.from, rule.bytes);
    return CS_OK;
}

/* ---- what it says ---- */

static void interval_write(cs_json_writer *out, const char *key, const cs_interval *interval) {
    if (!interval->is_known) {
        json_write_null(out, key);
        return;
    }
    json_object_open(out, key);
    json_write_double(out, "share", interval->share, 4);
    json_write_double(out, "low", interval->low, 4);
    json_write_double(out, "high", interval->high, 4);
    json_object_close(out);
}

static void strata_write(const reviewing *r, cs_json_writer *out) {
    json_array_open(out, "strata");
    for (int i = 0; i < CS_REVIEW_COUNT; i++) {
        if (r->strata[i].population == 0) continue;
        json_object_open(out, NULL);
        json_write_string(out, "stratum", review_stratum_name((cs_review_stratum)i));
        json_write_int(out, "conversations", r->strata[i].population);
        json_write_int(out, "answered", r->strata[i].trials);
        json_write_int(out, "yes", r->strata[i].successes);
        json_object_close(out);
    }
    json_array_close(out);
}

static void review_write(const reviewing *r, cs_json_writer *out) {
    const cs_stratum *found = &r->strata[CS_REVIEW_FOUND];
    cs_interval precision = interval_sampled(found->successes, found->trials, found->population);
    cs_interval right = interval_total(found, 1);
    cs_interval passed_by = interval_total(&r->strata[CS_REVIEW_PASSED], CS_REVIEW_COUNT - CS_REVIEW_PASSED);
    cs_interval recall = interval_recall(right, passed_by);
    json_object_open(out, NULL);
    json_write_string(out, "rule", r->rule);
    json_write_int(out, "rows", r->rows);
    json_write_int(out, "unanswered", r->unanswered);
    strata_write(r, out);
    interval_write(out, "precision", &precision);
    interval_write(out, "recall", &recall);
    json_object_close(out);
}

cs_error review_read(const char *text, size_t bytes, cs_json_writer *out, cs_message *message) {
    reviewing r = {0};
    int64_t number = 0;
    cs_error code = CS_OK;
    for (const char *at = text, *end = text + bytes; at < end && code == CS_OK;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t length = stop ? (size_t)(stop - at) : (size_t)(end - at);
        bool is_blank = strspn(at, " \t\r,;\"") >= length;
        number++;
        if (number == 1)
            code = read_head(&r, at, length, message);
        else if (!is_blank)
            code = read_row(&r, at, length, number, message);
        at += length + 1;
    }
    if (code != CS_OK) return code;
    if (r.rows == 0) {
        (void)message_set(message, CS_ERR_PARSE, "there is no line to read");
        message_remedy(message, "draw a list first: callscope rules stats --sample RULE > list.csv");
        return CS_ERR_PARSE;
    }
    for (int i = 0; i < CS_REVIEW_COUNT; i++) r.strata[i].population = llround(r.weights[i]);
    review_write(&r, out);
    return CS_OK;
}
