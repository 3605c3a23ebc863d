#include "cli/evaluate_report.h"

#include "cli/printable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct summed {
    cs_error_counts counts;
    uint32_t utterances;
    bool has_interval;
    double low, high;
} summed;

static summed sum_up(const cs_evaluated_report *report, cs_evaluated what) {
    summed s = {0};
    cs_error_counts *all = calloc(report->count + 1, sizeof *all);
    for (uint32_t i = 0; i < report->count; i++) {
        const cs_evaluation *e = &report->files[i].evaluation;
        if (!e->has[what]) continue;
        error_counts_sum(&s.counts, &e->counts[what]);
        if (all) all[s.utterances] = e->counts[what];
        s.utterances++;
    }
    s.has_interval = all && error_rate_interval(all, s.utterances, CS_EVALUATE_SEED, &s.low, &s.high);
    free(all);
    return s;
}

static int64_t sum_audio_ms(const cs_evaluated_report *report) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < report->count; i++) sum += report->files[i].audio_ms;
    return sum;
}

static int64_t sum_spent_us(const cs_evaluated_report *report) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < report->count; i++) sum += report->files[i].spent_us;
    return sum;
}

/* Hours of sound that one core does in an hour; 0: not known. */
static double audio_hours(const cs_evaluated_report *report) {
    double seconds = report->recogniser.processor_seconds;
    return seconds > 0 ? (double)sum_audio_ms(report) / 1000 / seconds : 0;
}

static double real_time(const cs_evaluated_report *report) {
    int64_t audio_ms = sum_audio_ms(report);
    return audio_ms ? (double)sum_spent_us(report) / 1000 / (double)audio_ms : 0;
}

/* ---- for people ---- */

static const char *unit_words(cs_evaluated what, cs_language language) {
    static const char *const words[][2] = {
        {"syllables", "音节"}, {"bare sounds", "声学音节"}, {"characters", "字"}, {"words", "词"}};
    return words[what][language == CS_CHINESE];
}

static void print_counts(const cs_error_counts *c, cs_evaluated what, cs_language language) {
    printf(language == CS_CHINESE ? "  %6.2f %%  %s %lld:替换 %lld,漏 %lld,多 %lld"
                                  : "  %6.2f %%  of %s %lld: %lld misheard, %lld missed, %lld made up",
           error_rate(c), unit_words(what, language), (long long)c->reference, (long long)c->substitutions,
           (long long)c->deletions, (long long)c->insertions);
}

static void print_file(const cs_evaluated_file *file, cs_language language) {
    char name[512];
    snprintf(name, sizeof name, "%s", file->said->file);
    printable_text(name);
    printf("%s\n", name);
    for (cs_evaluated what = 0; what < CS_EVALUATED_COUNT; what++) {
        if (!file->evaluation.has[what]) continue;
        print_counts(&file->evaluation.counts[what], what, language);
        putchar('\n');
    }
}

static void print_sum(const cs_evaluated_report *report, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    printf(is_zh ? "合计 %u 个文件" : "in sum, %u files", report->count);
    if (report->refused) printf(is_zh ? ",%u 个不能评测" : ", %u could not be evaluated", report->refused);
    putchar('\n');
    for (cs_evaluated what = 0; what < CS_EVALUATED_COUNT; what++) {
        summed s = sum_up(report, what);
        if (!s.utterances) continue;
        print_counts(&s.counts, what, language);
        if (s.has_interval)
            printf(is_zh ? "(95 %% 区间 %.2f-%.2f %%)" : " (95 %% interval %.2f-%.2f %%)", s.low, s.high);
        putchar('\n');
    }
}

static void print_speed(const cs_evaluated_report *report, cs_language language) {
    const cs_evaluated_recogniser *r = &report->recogniser;
    bool is_zh = language == CS_CHINESE;
    if (!r->model) return;
    printf(is_zh ? "模型 %s,sherpa-onnx %s,sha256 %s\n" : "model %s, sherpa-onnx %s, sha256 %s\n", r->model, r->version,
           r->sha256);
    printf(is_zh ? "语音 %.1f 秒;实时率 %.4f;每核每小时 %.1f 小时语音(含载入模型);进程内存 %.0f MB\n"
                 : "%.1f s of sound; real-time factor %.4f; %.1f hours of sound a core-hour, loading the model "
                   "included; memory of its process %.0f MB\n",
           (double)sum_audio_ms(report) / 1000, real_time(report), audio_hours(report),
           (double)r->memory_bytes / 1048576);
}

void evaluate_print(const cs_evaluated_report *report, cs_language language) {
    for (uint32_t i = 0; i < report->count; i++) print_file(&report->files[i], language);
    print_sum(report, language);
    print_speed(report, language);
}

/* ---- as JSON ---- */

static void write_counts(cs_json_writer *out, const char *key, const cs_error_counts *c, const summed *s) {
    json_object_open(out, key);
    json_write_int(out, "reference", c->reference);
    json_write_int(out, "substitutions", c->substitutions);
    json_write_int(out, "deletions", c->deletions);
    json_write_int(out, "insertions", c->insertions);
    json_write_double(out, "error_percent", error_rate(c), 3);
    if (s && s->has_interval) {
        json_write_double(out, "low_percent", s->low, 3);
        json_write_double(out, "high_percent", s->high, 3);
    }
    json_object_close(out);
}

static void write_file(cs_json_writer *out, const cs_evaluated_file *file) {
    json_object_open(out, NULL);
    json_write_string(out, "file", file->said->file);
    json_write_string(out, "said", file->said->text);
    json_write_string(out, "heard", file->heard->text);
    if (file->heard->pinyin) json_write_string(out, "heard_pinyin", file->heard->pinyin);
    if (file->heard->sounds) json_write_string(out, "heard_sounds", file->heard->sounds);
    if (file->evaluation.is_read) json_write_bool(out, "is_read", true);
    for (cs_evaluated what = 0; what < CS_EVALUATED_COUNT; what++)
        if (file->evaluation.has[what]) write_counts(out, evaluated_name(what), &file->evaluation.counts[what], NULL);
    if (file->audio_ms) {
        json_write_int(out, "audio_ms", file->audio_ms);
        json_write_double(out, "seconds", (double)file->spent_us / 1e6, 4);
    }
    json_object_close(out);
}

static void write_recogniser(cs_json_writer *out, const cs_evaluated_report *report) {
    const cs_evaluated_recogniser *r = &report->recogniser;
    json_object_open(out, "recogniser");
    json_write_string(out, "model", r->model);
    json_write_string(out, "version", r->version);
    json_write_string(out, "sha256", r->sha256);
    json_write_int(out, "rate_hz", r->rate_hz);
    json_write_string(out, "codec", r->codec);
    json_write_double(out, "audio_seconds", (double)sum_audio_ms(report) / 1000, 3);
    json_write_double(out, "seconds", (double)sum_spent_us(report) / 1e6, 3);
    json_write_double(out, "processor_seconds", r->processor_seconds, 3);
    json_write_double(out, "real_time_factor", real_time(report), 5);
    json_write_double(out, "audio_hours_per_core_hour", audio_hours(report), 2);
    json_write_int(out, "memory_bytes", r->memory_bytes);
    json_object_close(out);
}

void evaluate_write(const cs_evaluated_report *report, cs_json_writer *out) {
    out->is_revealed = true; /* the texts are the caller's own */
    json_object_open(out, NULL);
    json_write_int(out, "files", report->count);
    json_write_int(out, "refused", report->refused);
    json_write_int(out, "seed", CS_EVALUATE_SEED);
    for (cs_evaluated what = 0; what < CS_EVALUATED_COUNT; what++) {
        summed s = sum_up(report, what);
        if (s.utterances) write_counts(out, evaluated_name(what), &s.counts, &s);
    }
    if (report->recogniser.model) write_recogniser(out, report);
    json_array_open(out, "results");
    for (uint32_t i = 0; i < report->count; i++) write_file(out, &report->files[i]);
    json_array_close(out);
    json_object_close(out);
}
