/* import_counts.h - what an import came to, in numbers: kept as JSON in its row and shown as the same JSON.
 * Floor: imports. Memory: plain values. Threads: any.
 * Example: import_counts_take(&counts, &inspected); import_counts_write(&out, "counts", &counts);
 */
#ifndef CS_IMPORTS_IMPORT_COUNTS_H
#define CS_IMPORTS_IMPORT_COUNTS_H

#include "base/json.h"
#include "quality/inspect.h"

/* C name, group in JSON ("" stands beside the groups), name in JSON */
#define CS_IMPORT_COUNT_TABLE(X)                                                                                       \
    X(files, "", "files")                                                                                              \
    X(files_skipped, "", "files_skipped")                                                                              \
    X(expected, "", "expected")                                                                                        \
    X(read, "", "read")                                                                                                \
    X(inspected, "", "inspected")                                                                                      \
    X(unchanged, "", "unchanged")                                                                                      \
    X(duplicates, "", "duplicates")                                                                                    \
    X(refused, "", "refused")                                                                                          \
    X(reinspected, "", "reinspected")                                                                                  \
    X(joined, "", "joined")                                                                                            \
    X(recordings, "", "recordings")                                                                                    \
    X(recordings_failed, "", "recordings_failed")                                                                      \
    X(recognised, "", "recognised")                                                                                    \
    X(unrecognised, "", "unrecognised") /* heard without their words: no model is chosen */                            \
    X(speech_ms, "", "speech_ms")                                                                                      \
    X(records_read, "records", "read")                                                                                 \
    X(records_new, "records", "new")                                                                                   \
    X(records_changed, "records", "changed")                                                                           \
    X(records_unchanged, "records", "unchanged")                                                                       \
    X(records_refused, "records", "refused")                                                                           \
    X(records_retired, "records", "retired") /* stood in the file before, and not now */                               \
    X(joins_matched, "joins", "matched")                                                                               \
    X(joins_doubtful, "joins", "doubtful")                                                                             \
    X(joins_unmatched, "joins", "unmatched")                                                                           \
    X(undo_removed, "undo", "removed")                                                                                 \
    X(undo_restored, "undo", "restored")                                                                               \
    X(undo_records, "undo", "records")                                                                                 \
    X(undo_kept, "undo", "kept")

typedef struct cs_import_counts {
#define X(name, group, key) int64_t name;
    CS_IMPORT_COUNT_TABLE(X)
#undef X
    bool has_undo; /* it was taken back, or is being */
} cs_import_counts;

void import_counts_take(cs_import_counts *out, const cs_inspect_counts *counts); /* leaves those of undo */
/* What workers of the queue did beside. */
void import_counts_add(cs_import_counts *counts, const cs_work_sums *now, const cs_work_sums *before);
void import_counts_write(cs_json_writer *out, const char *key, const cs_import_counts *counts);
void import_counts_read(const char *json, cs_import_counts *out); /* NULL or damaged: zeros */
/* Whether the store is another than before, or something was refused: an import that is worth a row. */
bool import_counts_has_news(const cs_import_counts *counts);

#endif
