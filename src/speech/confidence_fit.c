#include "speech/confidence_fit.h"

#include "base/utf8.h"
#include "speech/alignment.h"
#include "speech/phrase_units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNS = 4, SWEEPS = 200, BINS = 5, DRAWS = 1000 };
static const double SHRINK = 1.0; /* as if a word or so spoke against each weight */
static const float LIMIT = 0.5f; /* rules/occurrence.h: CS_CONFIDENCE_LIMIT */

/* ---- right or wrong ---- */

typedef struct unit_list {
    uint32_t *units, *word; /* which word each unit is of */
    uint32_t count;
} unit_list;

static uint32_t hash_word(const char *text, uint32_t bytes) {
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        hash = (hash ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * 16777619u;
    }
    return hash | 0x80000000u; /* apart from characters */
}

static void add_units(unit_list *list, const char *text, uint32_t word) {
    cs_unit_text t = {.text = text, .bytes = (uint32_t)strlen(text)};
    uint32_t at = 0, from, to;
    unsigned length;
    while (word_next(&t, &at, &from, &to)) {
        uint32_t c = utf8_decode(text + from, &length);
        list->units[list->count] = is_wide_script(c) ? c : hash_word(text + from, to - from);
        list->word[list->count++] = word;
    }
}

static bool list_make(unit_list *list, size_t bytes, cs_arena *arena) {
    list->units = arena_array(arena, bytes + 1, sizeof *list->units);
    list->word = arena_array(arena, bytes + 1, sizeof *list->word);
    return list->units && list->word;
}

cs_error words_judge(const cs_heard_word *words, uint32_t count, const char *said, uint32_t recording, cs_arena *arena,
                     cs_judged_words *out, cs_message *message) {
    unit_list reference = {0}, heard = {0};
    uint8_t *steps = NULL;
    uint32_t step_count = 0, at = 0;
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) bytes += strlen(words[i].text);
    bool *is_wrong = arena_array(arena, (size_t)count + 1, sizeof *is_wrong);
    if (!is_wrong || !list_make(&reference, strlen(said), arena) || !list_make(&heard, bytes, arena))
        return message_set(message, CS_ERR_MEMORY, "no memory to judge words");
    add_units(&reference, said, 0);
    for (uint32_t i = 0; i < count; i++) add_units(&heard, words[i].text, i);
    cs_error code =
        alignment_make(reference.units, reference.count, heard.units, heard.count, arena, &steps, &step_count, message);
    if (code != CS_OK) return code;
    for (uint32_t i = 0; i < step_count; i++) {
        if (steps[i] == CS_STEP_DELETED) continue;
        if (steps[i] != CS_STEP_SAME) is_wrong[heard.word[at]] = true;
        at++;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!arena_room(arena, (void **)&out->items, &out->room, out->count, sizeof *out->items))
            return message_set(message, CS_ERR_MEMORY, "no memory to judge words");
        out->items[out->count++] =
            (cs_judged_word){.signs = words[i].signs, .recording = recording, .is_right = !is_wrong[i]};
    }
    return CS_OK;
}

/* ---- the fit ---- */

static void signs_of(const cs_word_signs *s, double out[SIGNS]) {
    double margin = s->margin > 8 ? 8 : (double)s->margin;
    out[0] = 1;
    out[1] = (double)s->mean;
    out[2] = (double)s->least;
    out[3] = margin > 0 ? margin : 0;
}

/* Newton's step for one weight after the other; a weight but the first stays 0 or more. left_out: UINT32_MAX none. */
static void fit(const cs_judged_word *words, uint32_t count, uint32_t left_out, double weights[SIGNS]) {
    memset(weights, 0, SIGNS * sizeof *weights);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double moved = 0;
        for (int k = 0; k < SIGNS; k++) {
            double slope = k ? -SHRINK * weights[k] : 0, curve = k ? SHRINK : 1e-6, x[SIGNS];
            for (uint32_t i = 0; i < count; i++) {
                if (words[i].recording == left_out) continue;
                signs_of(&words[i].signs, x);
                double evidence = 0;
                for (int j = 0; j < SIGNS; j++) evidence += weights[j] * x[j];
                double p = 1 / (1 + exp(-evidence));
                slope += ((words[i].is_right ? 1 : 0) - p) * x[k];
                curve += p * (1 - p) * x[k] * x[k];
            }
            double step = slope / curve, next = weights[k] + (step > 1 ? 1 : step < -1 ? -1 : step);
            if (k && next < 0) next = 0;
            moved += fabs(next - weights[k]);
            weights[k] = next;
        }
        if (moved < 1e-6) return;
    }
}

static cs_calibration calibration_of(const char *model, const double weights[SIGNS]) {
    cs_calibration made = {
        .bias = (float)weights[0], .mean = (float)weights[1], .least = (float)weights[2], .margin = (float)weights[3]};
    size_t length = strnlen(model, sizeof made.model - 1);
    memcpy(made.model, model, length);
    return made;
}

/* ---- how good it is ---- */

typedef struct guess {
    double p;
    uint32_t recording;
    bool is_right;
} guess;

static int compare_guesses(const void *left, const void *right) {
    const guess *a = left, *b = right;
    return a->p < b->p ? -1 : a->p > b->p;
}

/* times: how often each recording was drawn; NULL: once each. guesses are in the order of their confidence. */
static double error_of(const guess *guesses, uint32_t count, const uint32_t *times) {
    double all = 0, off = 0, weight = 0, sum = 0, right = 0;
    for (uint32_t i = 0; i < count; i++) all += times ? times[guesses[i].recording] : 1;
    for (uint32_t i = 0; i < count; i++) {
        double w = times ? times[guesses[i].recording] : 1;
        weight += w;
        sum += w * guesses[i].p;
        right += guesses[i].is_right ? w : 0;
        if (weight < all / BINS && i + 1 < count) continue;
        off += fabs(sum - right);
        weight = sum = right = 0;
    }
    return all > 0 ? off / all : 0;
}

/* How often a right word stands above a wrong one; ties count half. */
static double apart_of(const guess *guesses, uint32_t count) {
    double wrong_below = 0, wins = 0, right = 0;
    for (uint32_t i = 0; i < count;) {
        uint32_t end = i;
        double wrong_here = 0, right_here = 0;
        for (; end < count && !(guesses[end].p > guesses[i].p); end++)
            *(guesses[end].is_right ? &right_here : &wrong_here) += 1;
        wins += right_here * (wrong_below + wrong_here / 2);
        wrong_below += wrong_here;
        right += right_here;
        i = end;
    }
    return right > 0 && wrong_below > 0 ? wins / (right * wrong_below) : 0.5;
}

static int compare_doubles(const void *left, const void *right) {
    const double *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

/* xorshift64*: the same draws each time. */
static uint32_t draw(uint64_t *state, uint32_t below) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)((*state * UINT64_C(2685821657736338717) >> 32) % below);
}

static bool draw_interval(const guess *guesses, uint32_t count, uint32_t recordings, cs_arena *arena,
                          cs_calibration_report *report) {
    uint32_t *times = arena_array(arena, recordings, sizeof *times);
    double *errors = arena_array(arena, DRAWS, sizeof *errors);
    uint64_t state = 20261122;
    if (!times || !errors) return false;
    for (int d = 0; d < DRAWS; d++) {
        memset(times, 0, recordings * sizeof *times);
        for (uint32_t i = 0; i < recordings; i++) times[draw(&state, recordings)]++;
        errors[d] = error_of(guesses, count, times);
    }
    qsort(errors, DRAWS, sizeof *errors, compare_doubles);
    report->error_low = fmin(errors[DRAWS / 40], report->error); /* draws are rougher than all together */
    report->error_high = fmax(errors[DRAWS - 1 - DRAWS / 40], report->error);
    return true;
}

static void count_limit(const guess *guesses, uint32_t count, cs_calibration_report *report) {
    double of[2] = {0, 0}, right[2] = {0, 0};
    for (uint32_t i = 0; i < count; i++) {
        bool is_sure = guesses[i].p >= (double)LIMIT;
        of[is_sure]++;
        right[is_sure] += guesses[i].is_right;
    }
    report->unsure_right = of[0] > 0 ? right[0] / of[0] : -1;
    report->sure_right = of[1] > 0 ? right[1] / of[1] : -1;
}

static cs_error look(const cs_judged_word *words, uint32_t count, const char *model, cs_arena *arena,
                     cs_calibration_report *report, cs_message *message) {
    guess *guesses = arena_array(arena, count, sizeof *guesses);
    if (!guesses) return message_set(message, CS_ERR_MEMORY, "no memory for the calibration");
    for (uint32_t r = 0; r < report->recordings; r++) {
        double weights[SIGNS];
        fit(words, count, r, weights);
        cs_calibration without = calibration_of(model, weights);
        for (uint32_t i = 0; i < count; i++)
            if (words[i].recording == r)
                guesses[i] = (guess){(double)confidence_of(&without, &words[i].signs), r, words[i].is_right};
    }
    qsort(guesses, count, sizeof *guesses, compare_guesses);
    report->error = error_of(guesses, count, NULL);
    report->apart = apart_of(guesses, count);
    count_limit(guesses, count, report);
    if (!draw_interval(guesses, count, report->recordings, arena, report))
        return message_set(message, CS_ERR_MEMORY, "no memory for the calibration");
    for (uint32_t i = 0; i < count; i++)
        guesses[i] = (guess){exp((double)words[i].signs.mean), words[i].recording, words[i].is_right};
    qsort(guesses, count, sizeof *guesses, compare_guesses);
    report->before = error_of(guesses, count, NULL);
    return CS_OK;
}

cs_error calibration_fit(const char *model, const cs_judged_words *given, cs_arena *arena, cs_calibration *out,
                         cs_calibration_report *report, cs_message *message) {
    double weights[SIGNS];
    uint32_t count = 0;
    *report = (cs_calibration_report){0};
    if (given->count > CS_MAX_JUDGED_WORDS)
        return message_set(message, CS_ERR_LIMIT, "there are more than %d words to fit on", CS_MAX_JUDGED_WORDS);
    cs_judged_word *words = arena_array(arena, (size_t)given->count + 1, sizeof *words);
    if (!words) return message_set(message, CS_ERR_MEMORY, "no memory for the calibration");
    for (uint32_t i = 0, last = UINT32_MAX; i < given->count; i++) { /* recordings that say something, from 0 on */
        if (given->items[i].signs.mean > 0) continue;
        if (given->items[i].recording != last) report->recordings++;
        last = given->items[i].recording;
        words[count] = given->items[i];
        words[count].recording = report->recordings - 1;
        report->right += words[count++].is_right;
    }
    report->words = count;
    if (count < CS_LEAST_JUDGED_WORDS || report->recordings < CS_LEAST_JUDGED_RECORDINGS || report->right == 0 ||
        report->right == count) {
        message_set(message, CS_ERR_LIMIT,
                    "%u words with probabilities in %u recordings, %u of them right, are too few to fit confidence on",
                    count, report->recordings, report->right);
        message_remedy(message, "give at least %d words in %d recordings, right ones and wrong ones",
                       CS_LEAST_JUDGED_WORDS, CS_LEAST_JUDGED_RECORDINGS);
        return CS_ERR_LIMIT;
    }
    fit(words, count, UINT32_MAX, weights);
    *out = calibration_of(model, weights);
    return look(words, count, model, arena, report, message);
}

void calibration_write(cs_json_writer *out, const char *key, const cs_calibration *calibration,
                       const cs_calibration_report *report) {
    json_object_open(out, key);
    json_write_string(out, "model", calibration->model);
    json_write_double(out, "bias", (double)calibration->bias, 4);
    json_write_double(out, "mean", (double)calibration->mean, 4);
    json_write_double(out, "least", (double)calibration->least, 4);
    json_write_double(out, "margin", (double)calibration->margin, 4);
    if (report) {
        json_write_int(out, "words", report->words);
        json_write_int(out, "right", report->right);
        json_write_int(out, "recordings", report->recordings);
        json_write_double(out, "error", report->error, 4);
        json_write_double(out, "error_low", report->error_low, 4);
        json_write_double(out, "error_high", report->error_high, 4);
        json_write_double(out, "before", report->before, 4);
        json_write_double(out, "apart", report->apart, 4);
        json_write_double(out, "unsure_right", report->unsure_right, 4);
        json_write_double(out, "sure_right", report->sure_right, 4);
    }
    json_object_close(out);
}
