#include "imports/import_counts.h"

#include <string.h>

enum { MAX_COUNTS_BYTES = 4096 };

void import_counts_take(cs_import_counts *out, const cs_inspect_counts *c) {
    out->files = c->files;
    out->files_skipped = c->files_skipped;
    out->expected = c->expected;
    out->read = inspect_read(c);
    out->inspected = c->inspected;
    out->unchanged = c->unchanged;
    out->duplicates = c->duplicates;
    out->refused = c->refused;
    out->reinspected = c->reinspected;
    out->recordings = c->recordings;
    out->recordings_failed = c->recordings_failed;
    out->recognised = c->recognised;
    out->unrecognised = c->unrecognised;
    out->speech_ms = c->speech_ms;
    out->records_read = inspect_records(&c->records);
    out->records_new = c->records.added;
    out->records_changed = c->records.changed;
    out->records_unchanged = c->records.unchanged;
    out->records_refused = c->records.refused;
    out->records_retired = c->records.retired;
    out->joined = c->joined;
}

void import_counts_add(cs_import_counts *counts, const cs_work_sums *now, const cs_work_sums *before) {
    int64_t inspected = now->inspected - before->inspected, unchanged = now->unchanged - before->unchanged;
    int64_t duplicates = now->duplicates - before->duplicates, refused = now->refused - before->refused;
    counts->inspected += inspected;
    counts->unchanged += unchanged;
    counts->duplicates += duplicates;
    counts->refused += refused;
    counts->read += inspected + unchanged + duplicates + refused;
    counts->reinspected += now->reinspected - before->reinspected;
    counts->joined += now->joined - before->joined;
    counts->recordings += now->recordings - before->recordings;
    counts->recordings_failed += now->recordings_failed - before->recordings_failed;
    counts->recognised += now->recognised - before->recognised;
    counts->unrecognised += now->unrecognised - before->unrecognised;
    counts->speech_ms += now->speech_ms - before->speech_ms;
}

bool import_counts_has_news(const cs_import_counts *c) {
    return c->inspected || c->refused || c->recordings || c->recordings_failed || c->records_new ||
           c->records_changed || c->records_refused || c->records_retired;
}

static void write_group(cs_json_writer *out, const cs_import_counts *counts, const char *group) {
#define X(name, of, key)                                                                                               \
    if (strcmp(of, group) == 0) json_write_int(out, key, counts->name);
    CS_IMPORT_COUNT_TABLE(X)
#undef X
}

void import_counts_write(cs_json_writer *out, const char *key, const cs_import_counts *counts) {
    static const char *const groups[] = {"records", "joins", "undo"};
    json_object_open(out, key);
    write_group(out, counts, "");
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (strcmp(groups[i], "undo") == 0 && !counts->has_undo) continue;
        json_object_open(out, groups[i]);
        write_group(out, counts, groups[i]);
        json_object_close(out);
    }
    json_object_close(out);
}

static int64_t number_of(const cs_json *all, const char *group, const char *key) {
    int64_t value = 0;
    const cs_json *of = *group ? json_get(all, group) : all;
    return json_int64(json_get(of, key), &value) ? value : 0;
}

void import_counts_read(const char *json, cs_import_counts *out) {
    cs_json *all = NULL;
    cs_message message;
    *out = (cs_import_counts){0};
    if (!json || json_parse(json, strlen(json), MAX_COUNTS_BYTES, &all, &message) != CS_OK) return;
#define X(name, group, key) out->name = number_of(all, group, key);
    CS_IMPORT_COUNT_TABLE(X)
#undef X
    out->has_undo = json_get(all, "undo") != NULL;
    json_free(all);
}
