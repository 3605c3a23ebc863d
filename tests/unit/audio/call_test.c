#include "sound_stage.h"

#include <sndfile.h>

/* A real call, against what was read off its pictures (tests/cases/audio/auto-repairs.txt), as it is and spoilt in the ways
 * that recordings are. Other real recordings: their words are found, and nothing but words. */

#define FOLDER SOURCE "/../shared/data/audio/"
#define AGENT FOLDER "en/aws_Auto_Repairs_49_agent.wav"
#define CALLER FOLDER "en/aws_Auto_Repairs_49_caller.wav"

enum { MOST = 128 };
static const double joined_under = 0.6, unsure_margin = 0.25;

typedef struct cs_stretch {
    double from, to;
} cs_stretch;

typedef struct cs_stretches {
    cs_stretch at[MOST];
    int count;
} cs_stretches;

typedef struct cs_case {
    cs_stretches voice[2], pause[2], unsure[2], silence, maybe, overlap;
    double start_within, end_within[2];
} cs_case;

static void push(cs_stretches *list, double from, double to) {
    assert_true(list->count < MOST);
    list->at[list->count++] = (cs_stretch){from, to};
}

static int channel_of(const char *who) {
    assert_true(strcmp(who, "agent") == 0 || strcmp(who, "caller") == 0);
    return strcmp(who, "caller") == 0;
}

static void read_line(cs_case *out, const char *line, const char *word) {
    char who[16];
    double from = 0, to = 0;
    if (strcmp(word, "start_within") == 0)
        assert_int_equal(sscanf(line, "%*s %lf", &out->start_within), 1);
    else if (sscanf(line, "end_within %15s %lf", who, &to) == 2)
        out->end_within[channel_of(who)] = to;
    else if (sscanf(line, "pause %15s %lf %lf", who, &from, &to) == 3)
        push(&out->pause[channel_of(who)], from, to);
    else if (sscanf(line, "unsure %15s %lf %lf", who, &from, &to) == 3)
        push(&out->unsure[channel_of(who)], from, to);
    else if (sscanf(line, "%*s %lf %lf", &from, &to) != 2)
        fail_msg("not understood: %s", line);
    else if (strcmp(word, "silence") == 0)
        push(&out->silence, from, to);
    else if (strcmp(word, "maybe") == 0)
        push(&out->maybe, from, to);
    else if (strcmp(word, "overlap") == 0)
        push(&out->overlap, from, to);
    else
        push(&out->voice[channel_of(word)], from, to);
}

static void case_read(cs_case *out) {
    FILE *file = fopen(CASES "/audio/auto-repairs.txt", "r");
    assert_non_null(file);
    char line[256], word[16];
    while (fgets(line, sizeof line, file))
        if (sscanf(line, " %15s", word) == 1 && word[0] != '#') read_line(out, line, word);
    fclose(file);
    assert_true(out->voice[0].count > 20 && out->voice[1].count > 30 && out->overlap.count > 30);
}

/* Reads a file into the channel of the stage, which is made as long as the first. False: it is not there. */
static bool read_channel(const char *path, cs_stage *stage, int channels, int channel) {
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file) return false;
    assert_int_equal(info.channels, 1);
    if (!stage->samples) *stage = stage_open(info.samplerate, channels, (double)info.frames / info.samplerate);
    float *line = calloc((size_t)info.frames, sizeof *line);
    assert_true(sf_readf_float(file, line, info.frames) == info.frames && info.frames == stage->frames);
    for (int64_t i = 0; i < info.frames; i++) *stage_at(stage, channel, i) = line[i];
    free(line);
    sf_close(file);
    return true;
}

static cs_stage call;

static bool call_is_there(void) {
    if (call.samples) return true;
    if (read_channel(AGENT, &call, 2, 0) && read_channel(CALLER, &call, 2, 1)) return true;
    printf("  SKIPPED: %s is not here\n", AGENT);
    skip();
    return false;
}

static cs_stage call_copy(void) {
    cs_stage stage = stage_open(call.rate, 2, 1);
    free(stage.samples);
    stage.frames = call.frames;
    stage.samples = malloc((size_t)call.frames * 2 * sizeof *stage.samples);
    assert_non_null(stage.samples);
    memcpy(stage.samples, call.samples, (size_t)call.frames * 2 * sizeof *stage.samples);
    return stage;
}

static bool meets(const cs_stretches *list, double from, double to) {
    for (int i = 0; i < list->count; i++)
        if (list->at[i].from - unsure_margin < to && list->at[i].to + unsure_margin > from) return true;
    return false;
}

static bool lies_in(const cs_stretches *list, double from, double to) {
    for (int i = 0; i < list->count; i++)
        if (from >= list->at[i].from - unsure_margin && to <= list->at[i].to + unsure_margin) return true;
    return false;
}

/* The voices of a channel; short pauses and those that may part a voice are bridged. */
static cs_stretches voices_of(const cs_result *result, int channel, const cs_case *c, int side) {
    cs_stretches out = {.count = 0};
    for (int i = 0; i < result->count; i++) {
        const cs_sound *s = &result->sounds[i];
        if (s->channel != channel || s->kind != CS_SOUND_VOICE) continue;
        double from = (double)s->start_ms / 1000, to = (double)s->end_ms / 1000;
        if (lies_in(&c->unsure[side], from, to)) continue;
        cs_stretch *last = out.count ? &out.at[out.count - 1] : NULL;
        if (last && (from - last->to < joined_under || lies_in(&c->pause[side], last->to, from)))
            last->to = to;
        else
            push(&out, from, to);
    }
    return out;
}

static int compare_voices(const cs_stretches *expected, const cs_stretches *found, const cs_case *c, int side) {
    int wrong = 0;
    for (int list = 0; list < 2; list++) {
        const cs_stretches *one = list ? found : expected, *other = list ? expected : found;
        for (int i = 0; i < one->count; i++) {
            bool is_there = false;
            for (int k = 0; k < other->count; k++)
                is_there |= fabs(one->at[i].from - other->at[k].from) <= c->start_within &&
                            fabs(one->at[i].to - other->at[k].to) <= c->end_within[side];
            if (is_there) continue;
            printf("    %s: %s %.2f %.2f\n", list ? "found, not there" : "not found", side ? "caller" : "agent",
                   one->at[i].from, one->at[i].to);
            wrong++;
        }
    }
    return wrong;
}

static void test_voices(void **state) {
    (void)state;
    if (!call_is_there()) return;
    cs_case expected = {.start_within = 0};
    case_read(&expected);
    cs_result *result = stage_hear(&call, 4096);
    int wrong = 0;
    for (int c = 0; c < 2; c++) {
        cs_stretches found = voices_of(result, c, &expected, c);
        wrong += compare_voices(&expected.voice[c], &found, &expected, c);
    }
    assert_int_equal(wrong, 0);
    for (int i = 0; i < result->count; i++) assert_int_equal(result->sounds[i].kind, CS_SOUND_VOICE);
    assert_int_equal(result->report.relation, CS_CHANNELS_TWO);
    assert_true(result->report.likeness < 0.1F);
    result_free(result);
}

/* What both lists of voices share, or what neither has (is_shared: false), longer than least. */
static cs_stretches combine(const cs_stretches *voices, bool is_shared, double length, double least) {
    cs_stretches out = {.count = 0};
    int steps = (int)(length * 100), since = -1;
    for (int t = 0; t <= steps; t++) {
        double at = (t + 0.5) / 100;
        bool speaks[2] = {false, false};
        for (int c = 0; c < 2; c++)
            for (int i = 0; i < voices[c].count; i++) speaks[c] |= at > voices[c].at[i].from && at < voices[c].at[i].to;
        bool is_on = t < steps && (is_shared ? speaks[0] && speaks[1] : !speaks[0] && !speaks[1]);
        if (is_on && since < 0) since = t;
        if (is_on || since < 0) continue;
        if ((t - since) / 100.0 > least) push(&out, since / 100.0, t / 100.0);
        since = -1;
    }
    return out;
}

static cs_stretches plain_voices(const cs_result *result, int channel, const cs_case *c) {
    cs_stretches out = {.count = 0};
    for (int i = 0; i < result->count; i++) {
        const cs_sound *s = &result->sounds[i];
        if (s->channel != channel || s->kind != CS_SOUND_VOICE) continue;
        if (lies_in(&c->unsure[channel], (double)s->start_ms / 1000, (double)s->end_ms / 1000)) continue;
        push(&out, (double)s->start_ms / 1000, (double)s->end_ms / 1000);
    }
    return out;
}

static bool covers(const cs_stretches *list, const cs_stretch *one, double within_start, double within_end) {
    for (int i = 0; i < list->count; i++)
        if (fabs(list->at[i].from - one->from) <= within_start && fabs(list->at[i].to - one->to) <= within_end)
            return true;
    return false;
}

static void test_silences_and_overlaps(void **state) {
    (void)state;
    if (!call_is_there()) return;
    cs_case expected = {.start_within = 0};
    case_read(&expected);
    cs_result *result = stage_hear(&call, 4096);
    cs_stretches voices[2] = {plain_voices(result, 0, &expected), plain_voices(result, 1, &expected)};
    double length = (double)result->report.duration_ms / 1000;
    int wrong = 0;

    cs_stretches silences = combine(voices, false, length, 1);
    for (int i = 0; i < expected.silence.count; i++)
        if (!covers(&silences, &expected.silence.at[i], 0.4, 0.15) && ++wrong)
            printf("    no silence %.2f %.2f\n", expected.silence.at[i].from, expected.silence.at[i].to);
    for (int i = 0; i < silences.count; i++)
        if (!covers(&expected.silence, &silences.at[i], 0.4, 0.15) &&
            !meets(&expected.maybe, silences.at[i].from, silences.at[i].to) && ++wrong)
            printf("    silence %.2f %.2f\n", silences.at[i].from, silences.at[i].to);

    cs_stretches overlaps = combine(voices, true, length, 0.2), shorter = combine(voices, true, length, 0.1);
    for (int i = 0; i < expected.overlap.count; i++)
        if (!meets(&shorter, expected.overlap.at[i].from + 0.2, expected.overlap.at[i].to - 0.2) && ++wrong)
            printf("    no overlap %.2f %.2f\n", expected.overlap.at[i].from, expected.overlap.at[i].to);
    for (int i = 0; i < overlaps.count; i++)
        if (!lies_in(&expected.overlap, overlaps.at[i].from, overlaps.at[i].to) && ++wrong)
            printf("    overlap %.2f %.2f\n", overlaps.at[i].from, overlaps.at[i].to);
    assert_int_equal(wrong, 0);
    result_free(result);
}

static int64_t length_of(const cs_result *result, cs_sound_kind kind, int channel) {
    int64_t length = 0;
    for (int i = 0; i < result->count; i++)
        if (result->sounds[i].kind == kind && result->sounds[i].channel == channel)
            length += result->sounds[i].end_ms - result->sounds[i].start_ms;
    return length;
}

static cs_result *hear_mixed(float left_to_left, float right_to_left, float left_to_right, float right_to_right) {
    cs_stage stage = call_copy();
    for (int64_t i = 0; i < stage.frames; i++) {
        float left = *stage_at(&stage, 0, i), right = *stage_at(&stage, 1, i);
        *stage_at(&stage, 0, i) = left * left_to_left + right * right_to_left;
        *stage_at(&stage, 1, i) = left * left_to_right + right * right_to_right;
    }
    cs_result *result = stage_hear(&stage, 4096);
    stage_free(&stage);
    return result;
}

/* Swapped, one side on both, the mix on both, one fainter, one silent: said for what it is. */
static void test_sides(void **state) {
    (void)state;
    if (!call_is_there()) return;
    cs_result *plain = stage_hear(&call, 4096);
    static const struct {
        float mix[4];
        cs_channels relation;
        const char *what;
    } kinds[] = {{{0, 1, 1, 0}, CS_CHANNELS_TWO, "swapped"},
                 {{1, 0, 1, 0}, CS_CHANNELS_SAME, "one side on both"},
                 {{0.5F, 0.5F, 0.5F, 0.5F}, CS_CHANNELS_SAME, "the mix on both"},
                 {{1, 0, 0.3F, 0}, CS_CHANNELS_SAME, "one side on both, fainter"},
                 {{1, 0, 0, 0}, CS_CHANNELS_FIRST_ONLY, "the second silent"},
                 {{0, 0, 0, 1}, CS_CHANNELS_SECOND_ONLY, "the first silent"},
                 {{0, 0, 0, 0}, CS_CHANNELS_SILENT, "both silent"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        printf("  %s\n", kinds[i].what);
        const float *m = kinds[i].mix;
        cs_result *result = hear_mixed(m[0], m[1], m[2], m[3]);
        assert_int_equal(result->report.relation, kinds[i].relation);
        assert_true((result->report.likeness > 0.97F) == (kinds[i].relation == CS_CHANNELS_SAME));
        for (int c = 0; c < 2 && i < 3; c++) assert_int_equal(length_of(result, CS_SOUND_ECHO, c), 0);
        if (i == 0)
            for (int c = 0; c < 2; c++)
                assert_memory_equal(&result->report.sides[c], &plain->report.sides[1 - c],
                                    sizeof result->report.sides[c]);
        result_free(result);
    }
    result_free(plain);
}

static void test_mono(void **state) {
    (void)state;
    if (!call_is_there()) return;
    cs_stage mono = stage_open(call.rate, 1, 1);
    free(mono.samples);
    mono.frames = call.frames;
    mono.samples = malloc((size_t)call.frames * sizeof *mono.samples);
    assert_non_null(mono.samples);
    for (int64_t i = 0; i < call.frames; i++) mono.samples[i] = 0.5F * (call.samples[2 * i] + call.samples[2 * i + 1]);
    cs_result *result = stage_hear(&mono, 4096);
    assert_int_equal(result->report.relation, CS_CHANNELS_ONE);
    assert_true(llabs(result->report.sides[0].voiced_ms - 213000) < 5000);
    assert_int_equal(length_of(result, CS_SOUND_VOICE, 0), result->report.sides[0].voiced_ms);
    result_free(result);
    stage_free(&mono);
}

/* The agent's echo on the caller's side: found, and not taken for the caller, whose own voice stays. */
static void test_echo(void **state) {
    (void)state;
    if (!call_is_there()) return;
    cs_case expected = {.start_within = 0};
    case_read(&expected);
    static const struct { double lag_ms, loss_db; } cases[] = {{120, 12}, {30, 25}, {400, 16}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cs_stage stage = call_copy();
        put_echo(&stage, 1, cases[i].lag_ms, cases[i].loss_db);
        cs_result *result = stage_hear(&stage, 4096);
        const cs_side_report *side = &result->report.sides[1];
        double alone = 0; /* the caller's voice where the case has none, in seconds */
        for (int k = 0; k < result->count; k++) {
            const cs_sound *s = &result->sounds[k];
            if (s->channel != 1 || s->kind != CS_SOUND_VOICE) continue;
            for (int64_t t = s->start_ms; t < s->end_ms; t += 10) {
                double at = (double)t / 1000;
                alone += meets(&expected.voice[1], at, at) || meets(&expected.unsure[1], at, at) ? 0 : 0.01;
            }
        }
        printf("  %.0f ms late, %.0f dB fainter: found %d ms, %.1f dB; %.1f s of echo, voice %.1f s, taken for the "
               "caller %.2f s\n",
               cases[i].lag_ms, cases[i].loss_db, side->echo_lag_ms, (double)side->echo_loss_db,
               (double)length_of(result, CS_SOUND_ECHO, 1) / 1000, (double)side->voiced_ms / 1000, alone);
        assert_true(fabs(side->echo_lag_ms - cases[i].lag_ms) <= 10 &&
                    fabs((double)side->echo_loss_db - cases[i].loss_db) < 1);
        assert_true(alone < 1.5 && side->voiced_ms > 80000 && side->voiced_ms < 105000);
        assert_int_equal(length_of(result, CS_SOUND_ECHO, 0), 0);
        assert_int_equal(result->report.relation, CS_CHANNELS_TWO);
        result_free(result);
        stage_free(&stage);
    }
    /* Nobody on the caller's side: all that is heard there is echo. */
    cs_stage stage = call_copy();
    for (int64_t i = 0; i < stage.frames; i++) *stage_at(&stage, 1, i) = 0;
    put_echo(&stage, 1, 120, 12);
    cs_result *result = stage_hear(&stage, 4096);
    assert_int_equal(result->report.relation, CS_CHANNELS_FIRST_ONLY);
    assert_true(result->report.sides[1].echo_percent > 99);
    result_free(result);
    stage_free(&stage);
}

static void test_other_recordings(void **state) {
    (void)state;
    static const struct {
        const char *path;
        double least_share, most_share; /* of it that is voice */
    } files[] = {
        {"en/aws_Auto0_mono.wav", 0.45, 0.65},   {"en/giga_0.wav", 0.8, 0.95},
        {"zh/pf_vad_example.wav", 0.7, 0.85},    {"zh/masr_test.wav", 0.75, 0.95},
        {"zh/wenet_TEST_MEETING.wav", 0.6, 0.9}, {"zh/wenet_long.wav", 0.75, 0.95},
        {"zh/aliyun_test3.wav", 0.75, 0.95},     {"zh/wenetspeech_0.wav", 0.85, 1},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s%s", FOLDER, files[i].path);
        cs_stage stage = {0};
        if (!read_channel(path, &stage, 1, 0)) {
            printf("  SKIPPED: %s is not here\n", path);
            skip();
        }
        cs_result *result = stage_hear(&stage, 4096);
        double share = (double)result->report.sides[0].voiced_ms / (double)result->report.duration_ms;
        printf("  %-28s %4.1f %% voice, noise %.0f dB, speech %.0f dB\n", files[i].path, 100 * share,
               (double)result->report.sides[0].noise_db, (double)result->report.sides[0].speech_db);
        assert_true(share >= files[i].least_share && share <= files[i].most_share);
        for (int k = 0; k < result->count; k++) assert_int_equal(result->sounds[k].kind, CS_SOUND_VOICE);
        result_free(result);
        stage_free(&stage);
    }
}

static int leave(void **state) {
    (void)state;
    free(call.samples);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_voices), cmocka_unit_test(test_silences_and_overlaps),
        cmocka_unit_test(test_sides),  cmocka_unit_test(test_mono),
        cmocka_unit_test(test_echo),   cmocka_unit_test(test_other_recordings),
    };
    return cmocka_run_group_tests_name("call", tests, NULL, leave);
}
