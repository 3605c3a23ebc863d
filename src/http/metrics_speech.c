/* What /metrics says about recognised speech, on all machines that work on the store. */
#include "http/metrics.h"
#include "quality/speech_sum.h"

#include <stdio.h>

enum { ARENA_BYTES = 1 << 20, LABEL_BYTES = 240 };

typedef enum figure { VOICE, SPENT, RECORDINGS, LOST, FAILURES, FIGURES } figure;

static void write_figure(cs_buffer *out, const cs_speech_sum *sums, uint32_t count, figure which) {
    static const char *const names[FIGURES][2] = {
        {"callscope_speech_seconds_total", "Voices that were recognised, by model."},
        {"callscope_speech_spent_seconds_total", "How long workers took for that."},
        {"callscope_speech_recordings_total", "Recordings that were recognised."},
        {"callscope_speech_lost_total", "Recordings that could not be recognised, after a second try."},
        {"callscope_speech_restarts_total", "Recognisers that failed, and were started again with the next recording."},
    };
    metric_head(out, names[which][0], "counter", names[which][1]);
    for (uint32_t i = 0; i < count; i++) {
        const int64_t values[FIGURES] = {sums[i].voice_ms / 1000, sums[i].spent_ms / 1000, sums[i].recordings,
                                         sums[i].lost, sums[i].failures};
        char label[LABEL_BYTES];
        (void)snprintf(label, sizeof label, "model=\"%.200s\"", sums[i].model);
        metric_int(out, names[which][0], label, values[which]);
    }
}

void metrics_write_speech(cs_buffer *out, cs_db *db) {
    cs_speech_sum *sums = NULL;
    uint32_t count = 0;
    int64_t parts = 0;
    cs_message message;
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (arena && speech_sums_list(db, arena, &sums, &count, &message) == CS_OK)
        for (int i = 0; i < FIGURES; i++) write_figure(out, sums, count, (figure)i);
    if (speech_parts_count(db, &parts, &message) == CS_OK) {
        metric_head(out, "callscope_speech_parts", "gauge",
                    "Recognised pieces of recordings that are not finished yet.");
        metric_int(out, "callscope_speech_parts", NULL, parts);
    }
    arena_free(arena);
}
