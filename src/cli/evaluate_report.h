/* evaluate_report.h - how well a recogniser did, as a table for people or as JSON.
 * Floor: cli. Memory: none kept. Threads: main. The order of the files is that of the references.
 * Example: evaluate_print(&report, report_language());
 */
#ifndef CS_CLI_EVALUATE_REPORT_H
#define CS_CLI_EVALUATE_REPORT_H

#include "base/json.h"
#include "cli/report.h"
#include "speech/evaluation.h"

enum { CS_EVALUATE_SEED = 1 }; /* of the intervals */

typedef struct cs_evaluated_file {
    const cs_evaluation_line *said, *heard;
    cs_evaluation evaluation;
    int64_t audio_ms, spent_us; /* 0 when it was not recognised here */
} cs_evaluated_file;

typedef struct cs_evaluated_recogniser { /* empty when hypotheses were given */
    const char *model, *version, *sha256; /* NULL: hypotheses were given */
    int rate_hz; /* that the recordings were brought to; 0: as they are */
    const char *codec; /* "mulaw", "alaw"; NULL: none */
    double processor_seconds; /* of everything, the loading of the model too */
    int64_t memory_bytes; /* the most the child held */
} cs_evaluated_recogniser;

typedef struct cs_evaluated_report {
    const cs_evaluated_file *files;
    uint32_t count, refused;
    cs_evaluated_recogniser recogniser;
} cs_evaluated_report;

void evaluate_print(const cs_evaluated_report *report, cs_language language);
void evaluate_write(const cs_evaluated_report *report, cs_json_writer *out);

#endif
