#include "audio/converter.h"

#include "../store/folder.h"
#include "audio/decoder.h"
#include "base/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static cs_folder folder;

static const char *at(const char *name) {
    static _Thread_local char paths[4][200];
    static _Thread_local unsigned next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", folder.path, name);
    return path;
}

static void write_bytes(const char *name, const void *bytes, size_t length) {
    FILE *file = fopen(at(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* One second of AMR narrow band: 50 frames of 12.2 kbit/s (mode 7, 31 bytes) whose bits are nought. */
static void write_amr(const char *name) {
    static unsigned char bytes[6 + 50 * 32];
    memcpy(bytes, "#!AMR\n", 6);
    for (size_t i = 0; i < 50; i++) bytes[6 + i * 32] = 7 << 3 | 4;
    write_bytes(name, bytes, sizeof bytes);
}

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    write_amr("call.amr");
    return 0;
}

static int end(void **state) {
    (void)state;
    folder_remove(&folder);
    return 0;
}

typedef struct sink {
    FILE *file;
    int64_t bytes, stop_after;
} sink;

static bool take(void *context, const void *bytes, size_t length) {
    sink *s = context;
    s->bytes += (int64_t)length;
    if (s->file) (void)fwrite(bytes, 1, length, s->file);
    return s->stop_after == 0 || s->bytes < s->stop_after;
}

/* Children of this process that are there, dead or alive: none may be left behind. */
static int count_children(void) {
    char path[64], line[4096] = "";
    int count = 0;
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    size_t got = fread(line, 1, sizeof line - 1, file);
    (void)fclose(file);
    for (size_t i = 0; i < got; i++) count += line[i] == ' ';
    return count;
}

static int count_descriptors(void) {
    DIR *files = opendir("/proc/self/fd");
    int count = 0;
    while (readdir(files)) count++;
    closedir(files);
    return count;
}

/* Is a process alive whose command line holds these words? */
static bool is_running(const char *words) {
    FILE *file = popen("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '", "r");
    static char all[1 << 20];
    size_t got = file ? fread(all, 1, sizeof all - 1, file) : 0;
    if (file) (void)pclose(file);
    all[got] = 0;
    return strstr(all, words) != NULL;
}

/* What was killed is gone as soon as the kernel comes to it. */
static bool goes_on_running(const char *words) {
    for (int looks = 0; looks < 250; looks++) {
        if (!is_running(words)) return false;
        (void)poll(NULL, 0, 20);
    }
    return true;
}

static const char *fake(const char *name, const char *script) {
    char text[1000];
    int length = snprintf(text, sizeof text, "#!/bin/sh\n%s\n", script);
    write_bytes(name, text, (size_t)length);
    assert_int_equal(chmod(at(name), 0700), 0);
    return at(name);
}

typedef struct trial {
    const char *name, *script;
    cs_error code;
    const char *words; /* of the reason */
    cs_converter_limits limits;
} trial;

/* "sleep 98765" is looked for afterwards. */
static const trial TRIALS[] = {
    {"hangs", "sleep 98765", CS_ERR_LIMIT, "gave no sound for 1 seconds", {.idle_seconds = 1}},
    {"ignores",
     "trap '' TERM INT HUP; while :; do sleep 98765; done",
     CS_ERR_LIMIT,
     "gave no sound for 1 seconds",
     {.idle_seconds = 1}},
    {"closes", "exec >&- 2>&-; sleep 98765", CS_ERR_LIMIT, "gave no sound for 1 seconds", {.idle_seconds = 1}},
    {"floods",
     "printf OggS; while :; do echo 0123456789012345678901234567890123456789; done",
     CS_ERR_LIMIT,
     "wrote more than 100000 bytes",
     {.output_bytes = 100000}},
    {"complains",
     "while :; do echo 0123456789012345678901234567890123456789 >&2; done",
     CS_ERR_LIMIT,
     "gave no sound for 1 seconds",
     {.idle_seconds = 1}},
    {"burns",
     "while :; do :; done",
     CS_ERR_LIMIT,
     "more processor time than 1 seconds",
     {.processor_seconds = 1, .idle_seconds = 60}},
    {"eats",
     "yes | tr -d '\\n' | tail -n 1",
     CS_ERR_LIMIT,
     "more memory than 67108864 bytes",
     {.memory_bytes = 64 << 20}},
    {"leaves", "echo OggSsound; (sleep 98765) & exit 0", CS_OK, "", {.idle_seconds = 60}},
    {"leaves-loud", "printf OggS; (while :; do echo noise; done) & sleep 0.2; exit 0", CS_OK, "", {.idle_seconds = 60}},
    {"leaves-failing",
     "(sleep 98765) & echo '[mov @ 0x5566] moov atom not found' >&2; exit 1",
     CS_ERR_PARSE,
     "can't be converted: moov atom not found",
     {.idle_seconds = 60}},
    {"drips", "while :; do printf x; sleep 0.1; done", CS_ERR_PARSE, "something else than Ogg", {0}},
    {"drips-slyly", "printf Ogg; while :; do sleep 0.1; printf x; done", CS_ERR_PARSE, "something else than Ogg", {0}},
    {"stops-short", "printf Ogg", CS_ERR_PARSE, "no sound came out", {0}},
    {"fails", "exit 1", CS_ERR_PARSE, "no sound came out", {0}},
    {"gives-nothing", "exit 0", CS_ERR_PARSE, "no sound came out", {0}},
    {"says",
     "echo 'file:/proc/self/fd/3: Invalid data found' >&2; exit 1",
     CS_ERR_PARSE,
     "the amr recording can't be converted: Invalid data found",
     {0}},
    {"dies", "kill -SEGV $$", CS_ERR_PARSE, "crashed (signal 11)", {0}},
    {"is-killed", "kill -KILL $$", CS_ERR_PARSE, "crashed (signal 9)", {0}},
    {"writes",
     "echo x >/tmp/callscope-converter-test; [ -e /tmp/callscope-converter-test ] && echo sound; exit 1",
     CS_ERR_PARSE,
     "can't be converted",
     {0}},
    {"looks-around",
     "cat /etc/hostname /proc/1/environ $HOME/* >/dev/null && exit 0; env | grep -c SECRET; exit 1",
     CS_ERR_PARSE,
     "can't be converted",
     {0}},
};

static void every_misdeed_costs_one_try(void **state) {
    (void)state;
    int descriptors = count_descriptors(), children = count_children();
    assert_int_equal(setenv("SECRET", "1", 1), 0);
    for (size_t i = 0; i < sizeof TRIALS / sizeof *TRIALS; i++) {
        const trial *t = &TRIALS[i];
        cs_converter_limits limits = t->limits;
        cs_message m = {0};
        sink s = {0};
        int64_t began = clock_steady_ms();
        limits.program = fake(t->name, t->script);
        cs_error code = converter_run(at("call.amr"), &limits, take, &s, NULL, &m);
        if (code != t->code || !strstr(m.reason, t->words)) fail_msg("%s: %s, %s", t->name, error_name(code), m.reason);
        assert_true(code == CS_OK || *m.remedy);
        if (clock_steady_ms() - began > 30000) fail_msg("%s was waited for", t->name);
        assert_int_equal(count_children(), children);
        assert_int_equal(count_descriptors(), descriptors);
    }
    assert_int_not_equal(access("/tmp/callscope-converter-test", F_OK), 0);
    assert_false(goes_on_running("sleep 98765"));
}

static void the_child_finds_nothing_but_its_input(void **state) {
    (void)state;
    cs_converter_limits limits = {.idle_seconds = 20};
    cs_message m = {0};
    char script[400], found[200] = "";
    write_bytes("secret", "secret", 6);
    (void)snprintf(
        script, sizeof script,
        "printf OggS; head -c 5 /proc/self/fd/3; head -c 6 %s; ls /proc/self/fd | wc -l; pwd; echo ${SECRET:-none}",
        at("secret"));
    limits.program = fake("looks", script);
    sink s = {.file = fopen(at("found"), "wb")};
    assert_non_null(s.file);
    int extra = open("/dev/null", O_RDONLY); /* without O_CLOEXEC, as a careless library would */
    assert_int_equal(converter_run(at("call.amr"), &limits, take, &s, NULL, &m), CS_OK);
    close(extra);
    (void)fclose(s.file);
    FILE *file = fopen(at("found"), "rb");
    (void)fread(found, 1, sizeof found - 1, file);
    (void)fclose(file);
    assert_int_equal(strncmp(found, "OggS#!AMR", 9), 0);
    assert_non_null(strstr(found, "\n/\nnone\n"));
    if (strstr(found, "secret")) print_message("this kernel has no Landlock: the child may read other files\n");
}

static void it_can_be_stopped(void **state) {
    (void)state;
    static volatile sig_atomic_t stopped = 1;
    cs_converter_limits limits = {.program = fake("endless", "printf OggS; while :; do echo 0123456789; done")};
    cs_message m = {0};
    sink s = {.stop_after = 1000};
    assert_int_equal(converter_run(at("call.amr"), &limits, take, &s, NULL, &m), CS_ERR_STOPPED);
    s = (sink){0};
    limits.program = fake("sleeper", "sleep 98765");
    assert_int_equal(converter_run(at("call.amr"), &limits, take, &s, &stopped, &m), CS_ERR_STOPPED);
    assert_false(goes_on_running("sleep 98765"));
}

static void what_can_not_begin_says_why(void **state) {
    (void)state;
    cs_message m = {0};
    sink s = {0};
    cs_converter_limits limits = {.program = at("not-there")};
    assert_int_equal(converter_run(at("call.amr"), &limits, take, &s, NULL, &m), CS_ERR_NOT_FOUND);
    assert_non_null(strstr(m.remedy, "install ffmpeg"));
    limits.program = folder.path;
    assert_int_equal(converter_run(at("call.amr"), &limits, take, &s, NULL, &m), CS_ERR_NOT_FOUND);
    write_bytes("rubbish",
                "\x7F"
                "ELF",
                4);
    assert_int_equal(chmod(at("rubbish"), 0700), 0);
    limits.program = at("rubbish");
    assert_int_equal(converter_run(at("call.amr"), &limits, take, &s, NULL, &m), CS_ERR_NOT_FOUND);
    limits.program = fake("never", "echo sound");
    write_bytes("list.amr", "#EXTM3U\nfile:///etc/passwd\n", 27);
    assert_int_equal(converter_run(at("list.amr"), &limits, take, &s, NULL, &m), CS_ERR_PARSE);
    assert_int_equal(converter_run(at("missing.amr"), &limits, take, &s, NULL, &m), CS_ERR_IO);
    assert_int_equal(converter_run(folder.path, &limits, take, &s, NULL, &m), CS_ERR_IO);
    assert_int_equal(converter_run("/dev/zero", &limits, take, &s, NULL, &m), CS_ERR_IO);
    assert_int_equal(mkfifo(at("pipe"), 0600), 0);
    assert_int_equal(converter_run(at("pipe"), &limits, take, &s, NULL, &m), CS_ERR_IO);
    assert_int_equal(s.bytes, 0);
}

static void *run_in_thread(void *unused) {
    (void)unused;
    for (int i = 0; i < 10; i++) {
        cs_converter_limits limits = {.program = at("works"), .idle_seconds = 60};
        cs_message m = {0};
        sink s = {0};
        if (converter_run(at("call.amr"), &limits, take, &s, NULL, &m) != CS_OK || s.bytes != 10000) return (void *)1;
    }
    return NULL;
}

static void threads_convert_beside_each_other(void **state) {
    (void)state;
    pthread_t threads[6];
    (void)fake("works", "head -c 10000 /proc/self/fd/3 >/dev/null; printf 'OggS%09996d' 1");
    for (int i = 0; i < 6; i++) assert_int_equal(pthread_create(&threads[i], NULL, run_in_thread, NULL), 0);
    for (int i = 0; i < 6; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(count_children(), 0);
}

static void complaints_are_told(void **state) {
    (void)state;
    bool is_damaged = false;
    cs_converter_limits limits = {.is_damaged = &is_damaged};
    cs_message m = {0};
    sink s = {0};
    limits.program = fake("complainer", "echo OggS; echo first >&2; echo '[aac @ 0x55] Number of bands' >&2");
    assert_int_equal(converter_run(at("call.amr"), &limits, take, &s, NULL, &m), CS_OK);
    assert_true(is_damaged);
    assert_string_equal(m.reason, "the amr recording is damaged: Number of bands");
    assert_true(*m.remedy);
    limits.program = fake("content", "echo OggS");
    m = (cs_message){0};
    assert_int_equal(converter_run(at("call.amr"), &limits, take, &s, NULL, &m), CS_OK);
    assert_false(is_damaged);
    assert_string_equal(m.reason, "");
}

/* Converts a file and reads what came out; the seconds of sound in it, and its part at 440 Hz. */
static double convert(const char *name, double *part_of_tone) {
    static float samples[48000 * 2 * 32];
    cs_message m = {0};
    sink s = {.file = fopen(at("out.opus"), "wb")};
    bool is_damaged = true;
    cs_converter_limits limits = {.is_damaged = &is_damaged};
    cs_error code = converter_run(at(name), &limits, take, &s, NULL, &m);
    (void)fclose(s.file);
    if (code != CS_OK || is_damaged) fail_msg("%s: %s", name, m.reason);
    cs_audio_bytes bytes;
    cs_decoder *d = NULL;
    uint32_t got = 0;
    assert_int_equal(bytes_of_file(at("out.opus"), &bytes, &m), CS_OK);
    if (decoder_open(&bytes, &d, &m) != CS_OK) fail_msg("%s became %s", name, m.reason);
    const cs_audio_format *format = decoder_format(d);
    assert_string_equal(format->encoding, "opus");
    assert_int_equal(decoder_read(d, samples, sizeof samples / sizeof *samples / 2, &got, &m), CS_OK);
    double re = 0, im = 0, all = 0, seconds = (double)got / format->rate_hz;
    for (uint32_t i = 0; i < got; i++) {
        double sample = samples[i * (uint32_t)format->channels], turn = 2 * M_PI * 440 * i / format->rate_hz;
        re += sample * cos(turn), im += sample * sin(turn), all += sample * sample;
    }
    *part_of_tone = all > 0 ? (re * re + im * im) * 2 / got / all : 0;
    decoder_close(d);
    bytes_close(&bytes);
    return seconds;
}

static void real_recordings_become_opus(void **state) {
    (void)state;
    static const struct {
        const char *name, *arguments;
    } FILES[] = {
        {"a.m4a", ""},
        {"a.aac", ""},
        {"a.wma", ""},
        {"a.mp4", "-f lavfi -i testsrc=d=2:s=160x120:r=25"},
        {"a.mov", "-f lavfi -i testsrc=d=2:s=160x120:r=25"},
        {"a.mkv", "-f lavfi -i testsrc=d=2:s=160x120:r=25"},
        {"a.webm", "-f lavfi -i testsrc=d=2:s=160x120:r=5"},
        {"a.avi", "-f lavfi -i testsrc=d=2:s=160x120:r=25"},
        {"a.flv", "-ar 44100"},
        {"a.ts", ""},
        {"a.mpg", ""},
        {"vorbis.ogg", "-c:a libvorbis"},
        {"mp3.wav", "-c:a libmp3lame"},
        {"surround.mp4", "-ac 6"},
    };
    if (!converter_is_installed()) {
        print_message("skipped: ffmpeg is not installed\n");
        skip();
    }
    double tone = 0, seconds = convert("call.amr", &tone);
    assert_true(seconds > 0.9 && seconds < 1.1);
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        char command[600];
        (void)snprintf(command, sizeof command,
                       "ffmpeg -nostdin -hide_banner -loglevel error -f lavfi -i sine=440:d=2 %s -y %s 2>/dev/null",
                       FILES[i].arguments, at(FILES[i].name));
        if (system(command) != 0) {
            print_message("not tried: this ffmpeg writes no %s\n", FILES[i].name);
            continue;
        }
        seconds = convert(FILES[i].name, &tone);
        if (seconds < 1.85 || seconds > 2.2 || tone < 0.9) fail_msg("%s: %.3f s, %.3f", FILES[i].name, seconds, tone);
    }
}

static void every_second_keeps_its_place(void **state) {
    (void)state;
    static const struct {
        const char *name, *arguments;
        double seconds;
    } FILES[] = {
        {"gap.mkv", "-af \"asetpts=if(gte(T\\,4)\\,PTS+20/TB\\,PTS)\" -c:a aac", 28},
        {"gap.m4a", "-af \"asetpts=if(gte(T\\,4)\\,PTS+20/TB\\,PTS)\" -c:a aac", 28},
        {"late.mp4", "-f lavfi -i testsrc=d=18:s=160x120:r=5 -map 0:a -map 1:v -af asetpts=PTS+10/TB -c:a aac", 18},
        {"plain.m4a", "-c:a aac -ar 16000", 8},
    };
    if (!converter_is_installed()) {
        print_message("skipped: ffmpeg is not installed\n");
        skip();
    }
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        char command[600];
        double tone = 0;
        (void)snprintf(command, sizeof command, "ffmpeg -nostdin -loglevel error -f lavfi -i sine=440:d=8 %s -y %s",
                       FILES[i].arguments, at(FILES[i].name));
        assert_int_equal(system(command), 0);
        double seconds = convert(FILES[i].name, &tone);
        if (fabs(seconds - FILES[i].seconds) > 0.2) fail_msg("%s: %.3f s", FILES[i].name, seconds);
    }
}

static void damage_in_what_is_converted_is_told(void **state) {
    (void)state;
    static unsigned char bytes[256 * 1024];
    bool is_damaged = false;
    cs_converter_limits limits = {.is_damaged = &is_damaged};
    cs_message m = {0};
    sink s = {0};
    char command[600];
    if (!converter_is_installed()) {
        print_message("skipped: ffmpeg is not installed\n");
        skip();
    }
    (void)snprintf(command, sizeof command,
                   "ffmpeg -nostdin -loglevel error -f lavfi -i anoisesrc=d=8:a=0.3:seed=1 -c:a aac -y %s",
                   at("whole.m4a"));
    assert_int_equal(system(command), 0);
    FILE *file = fopen(at("whole.m4a"), "rb");
    assert_non_null(file);
    size_t length = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    assert_true(length > 40000);
    for (size_t i = 0; i < 4000; i++) bytes[20000 + i] = (unsigned char)(i * 2654435761U >> 13);
    write_bytes("damaged.m4a", bytes, length);
    assert_int_equal(converter_run(at("damaged.m4a"), &limits, take, &s, NULL, &m), CS_OK);
    assert_true(is_damaged);
    assert_non_null(strstr(m.reason, "the m4a recording is damaged: "));
    assert_null(strstr(m.reason, "/proc"));
}

static void broken_recordings_say_so(void **state) {
    (void)state;
    cs_message m = {0};
    sink s = {0};
    if (!converter_is_installed()) {
        print_message("skipped: ffmpeg is not installed\n");
        skip();
    }
    char command[600];
    (void)snprintf(
        command, sizeof command,
        "ffmpeg -nostdin -loglevel error -f lavfi -i testsrc=d=1:s=160x120:r=5 -y %s && head -c 3000 %s > %s",
        at("mute.mkv"), at("mute.mkv"), at("cut.mkv"));
    assert_int_equal(system(command), 0);
    assert_int_equal(converter_run(at("mute.mkv"), NULL, take, &s, NULL, &m), CS_ERR_PARSE);
    assert_non_null(strstr(m.reason, "there is no sound in it"));
    assert_int_equal(converter_run(at("cut.mkv"), NULL, take, &s, NULL, &m), CS_ERR_PARSE);
    write_bytes("cut.m4a",
                "\0\0\0\x1C"
                "ftypM4A \0\0\2\0M4A isomiso2\0\0\0\x08mdat",
                36);
    assert_int_equal(converter_run(at("cut.m4a"), NULL, take, &s, NULL, &m), CS_ERR_PARSE);
    assert_null(strstr(m.reason, "/proc"));
    assert_int_equal(s.bytes, 0);
    assert_int_equal(count_children(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_misdeed_costs_one_try),
        cmocka_unit_test(the_child_finds_nothing_but_its_input),
        cmocka_unit_test(it_can_be_stopped),
        cmocka_unit_test(what_can_not_begin_says_why),
        cmocka_unit_test(threads_convert_beside_each_other),
        cmocka_unit_test(complaints_are_told),
        cmocka_unit_test(real_recordings_become_opus),
        cmocka_unit_test(every_second_keeps_its_place),
        cmocka_unit_test(damage_in_what_is_converted_is_told),
        cmocka_unit_test(broken_recordings_say_so),
    };
    return cmocka_run_group_tests(tests, start, end);
}
