/* A stratified random sample to be looked at by people, and what their answers say. */
#include "quality/interval.h"
#include "quality/rule_stats.h"

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

enum { ID_BYTES = 40 };

typedef struct drawn {
    uint64_t key; /* the smallest are taken: the same ones for the same seed */
    cs_review_stratum stratum;
    char id[ID_BYTES];
} drawn;

typedef struct drawing {
    int64_t population;
    drawn *items; /* a heap, the greatest key on top */
    uint32_t count, take;
} drawing;

/* The finaliser of SplitMix64. */
static uint64_t mixed(uint64_t x) {
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* FNV-1a over the id, mixed: an order that has nothing to do with the conversation. */
static uint64_t key_of(const char *id, uint64_t seed) {
    uint64_t x = UINT64_C(14695981039346656037) ^ (seed * UINT64_C(0x9e3779b97f4a7c15));
    for (; *id; id++) x = (x ^ (unsigned char)*id) * UINT64_C(1099511628211);
    return mixed(x);
}

static cs_review_stratum stratum_of(cs_verdict verdict) {
    switch (verdict) {
    case CS_VERDICT_HIT:
    case CS_VERDICT_MISSED:
    case CS_VERDICT_NOTED: return CS_REVIEW_FOUND;
    case CS_VERDICT_UNDECIDED: return CS_REVIEW_UNDECIDED;
    case CS_VERDICT_NOT_APPLICABLE: return CS_REVIEW_NOT_APPLICABLE;
    default: return CS_REVIEW_PASSED;
    }
}

static void sink(drawn *items, uint32_t count, uint32_t at) {
    for (uint32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && items[child + 1].key > items[child].key) child++;
        if (items[at].key >= items[child].key) return;
        drawn held = items[at];
        items[at] = items[child];
        items[child] = held;
        at = child;
    }
}

static void rise(drawn *items, uint32_t at) {
    while (at > 0 && items[(at - 1) / 2].key < items[at].key) {
        drawn held = items[at];
        items[at] = items[(at - 1) / 2];
        items[(at - 1) / 2] = held;
        at = (at - 1) / 2;
    }
}

static void offer(drawing *d, uint32_t most, const drawn *item) {
    d->population++;
    if (d->count < most) {
        d->items[d->count] = *item;
        rise(d->items, d->count++);
    } else if (item->key < d->items[0].key) {
        d->items[0] = *item;
        sink(d->items, d->count, 0);
    }
}

static int compare_keys(const void *left, const void *right) {
    const drawn *a = left, *b = right;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return strcmp(a->id, b->id);
}

static cs_error draw_rows(cs_db *db, uint32_t rule, uint64_t seed, uint32_t take, drawing strata[CS_REVIEW_COUNT],
                          cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = true;
    cs_error code = db_query(db,
                             "SELECT c.id, i.verdicts FROM conversation c JOIN inspection i ON i.seq = c.seq AND "
                             "i.number = c.inspection WHERE c.ruleset = "
                             "(SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'ruleset')",
                             &stmt, message);
    if (code != CS_OK) return code;
    while (code == CS_OK && has_row) {
        code = db_step(stmt, &has_row, message);
        if (code != CS_OK || !has_row) break;
        size_t count = 0;
        const char *id = db_text(stmt, 0);
        const unsigned char *verdicts = db_bytes(stmt, 1, &count);
        if (!id || strlen(id) >= ID_BYTES || rule >= count) continue;
        drawn item = {.key = key_of(id, seed), .stratum = stratum_of((cs_verdict)verdicts[rule])};
        memcpy(item.id, id, strlen(id) + 1);
        offer(&strata[item.stratum], take, &item);
    }
    db_done(stmt);
    return code;
}

/* take for all strata but the first: each at least a fifth, where it has as many, the rest in proportion. */
static void allot(drawing strata[CS_REVIEW_COUNT], uint32_t take) {
    int64_t all = 0, left = take;
    strata[CS_REVIEW_FOUND].take = strata[CS_REVIEW_FOUND].count;
    for (int i = CS_REVIEW_PASSED; i < CS_REVIEW_COUNT; i++) {
        uint32_t least = (take + 4) / 5;
        strata[i].take = strata[i].count < least ? strata[i].count : least;
        left -= strata[i].take;
        all += strata[i].population;
    }
    int64_t rest = left;
    for (int i = CS_REVIEW_PASSED; i < CS_REVIEW_COUNT && all > 0 && rest > 0; i++) {
        int64_t more = rest * strata[i].population / all, room = (int64_t)strata[i].count - strata[i].take;
        more = more < room ? more : room;
        strata[i].take += (uint32_t)more;
        left -= more;
    }
    for (int i = CS_REVIEW_PASSED; i < CS_REVIEW_COUNT && left > 0; i++) { /* what rounding left */
        int64_t room = (int64_t)strata[i].count - strata[i].take, more = left < room ? left : room;
        strata[i].take += (uint32_t)more;
        left -= more;
    }
}

static cs_error write_list(drawing strata[CS_REVIEW_COUNT], const char *rule, cs_buffer *out, cs_message *message) {
    uint32_t count = 0, all = 0;
    for (int i = 0; i < CS_REVIEW_COUNT; i++) all += strata[i].take;
    drawn *list = calloc((size_t)all + 1, sizeof *list);
    if (!list) return message_set(message, CS_ERR_MEMORY, "out of memory for the sample");
    for (int i = 0; i < CS_REVIEW_COUNT; i++) {
        if (strata[i].count) qsort(strata[i].items, strata[i].count, sizeof(drawn), compare_keys);
        for (uint32_t k = 0; k < strata[i].take; k++) list[count++] = strata[i].items[k];
    }
    /* Of a large stratum the keys are small: mixed once more, nobody sees which stratum comes next. */
    for (uint32_t i = 0; i < count; i++) list[i].key = mixed(list[i].key + 1);
    if (count) qsort(list, count, sizeof *list, compare_keys);
    (void)buffer_text(out, "id,rule,stratum,weight,answer\n");
    for (uint32_t i = 0; i < count; i++) {
        const drawing *d = &strata[list[i].stratum];
        (void)buffer_printf(out, "%s,%s,%s,%.6f,\n", list[i].id, rule, review_stratum_name(list[i].stratum),
                            (double)d->population / d->take);
    }
    free(list);
    return out->is_failed ? message_set(message, CS_ERR_LIMIT, "the sample is too large") : CS_OK;
}

cs_error review_draw(cs_db *db, const cs_rule *rule, uint64_t seed, uint32_t take, cs_buffer *out,
                     cs_message *message) {
    drawing strata[CS_REVIEW_COUNT] = {0};
    cs_error code = CS_OK;
    if (take == 0 || take > CS_MAX_REVIEW)
        return message_set(message, CS_ERR_USAGE, "a review takes 1 to %d conversations", CS_MAX_REVIEW);
    for (int i = 0; i < CS_REVIEW_COUNT && code == CS_OK; i++)
        if (!(strata[i].items = calloc(take, sizeof *strata[i].items)))
            code = message_set(message, CS_ERR_MEMORY, "out of memory for the sample");
    if (code == CS_OK) code = draw_rows(db, rule->index, seed, take, strata, message);
    if (code == CS_OK) {
        allot(strata, take);
        code = write_list(strata, rule->name, out, message);
    }
    for (int i = 0; i < CS_REVIEW_COUNT; i++) free(strata[i].items);
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
