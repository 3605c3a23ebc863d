#include "audio/converter.h"

#include "audio/sniff.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    OUTPUT_BLOCK = 64 * 1024,
    KEPT_ERRORS = 4096,
    LOOK_MS = 50, /* so often the stop flag, the clock and the child are looked at */
};

typedef struct run {
    cs_converter_limits limits;
    char program[PATH_MAX];
    char kind[16], demuxer[24], bit_rate[8];
    pid_t child;
    int output, errors; /* our ends; -1: closed */
    int64_t bytes, started_ms, heard_ms;
    char said[KEPT_ERRORS + 1]; /* the end of standard error */
    size_t said_length;
    int status;
    struct rusage used;
} run;

/* ffmpeg guesses what a file is, and some of what it may guess are lists of other files. It is told instead. */
static const struct {
    const char *kind, *demuxer, *bit_rate;
} DEMUXERS[] = {
    {"amr", "amr", "32k"},       {"m4a", "mov", "64k"},   {"mp4", "mov", "64k"}, {"3gp", "mov", "64k"},
    {"mov", "mov", "64k"},       {"aac", "aac", "64k"},   {"wma", "asf", "64k"}, {"mkv", "matroska", "64k"},
    {"webm", "matroska", "64k"}, {"avi", "avi", "64k"},   {"flv", "flv", "64k"}, {"mpeg", "mpeg", "64k"},
    {"mpegts", "mpegts", "64k"}, {"wav", "wav", "64k"},   {"w64", "w64", "64k"}, {"ogg", "ogg", "64k"},
    {"caf", "caf", "64k"},       {"aiff", "aiff", "64k"}, {"au", "au", "64k"},   {"flac", "flac", "64k"},
    {"mp3", "mp3", "64k"},
};

/* Only decoders of sound are opened, not even to look at a video's pictures; they are where the holes are found. */
#define SOUND_DECODERS                                                                                                 \
    "amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,aac,aac_fixed,aac_latm,libfdk_aac,mp1,mp1float,mp2,mp2float,mp3," \
    "mp3float,wmav1,wmav2,wmapro,wmalossless,wmavoice,opus,libopus,vorbis,libvorbis,flac,alac,ac3,ac3_fixed,eac3,"     \
    "g722,"                                                                                                            \
    "g723_1,g726,g726le,g729,gsm,gsm_ms,libgsm,libgsm_ms,speex,libspeex,truespeech,siren,msnsiren,nellymoser,qcelp,"   \
    "evrc,ilbc,libilbc,adpcm_g722,adpcm_g726,adpcm_g726le,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,adpcm_swf,adpcm_yamaha," \
    "adpcm_ct,pcm_alaw,pcm_mulaw,pcm_u8,pcm_s8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,"           \
    "pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be"

/* Where a recording pauses between its packets, or begins late, silence stands: every second keeps its place. */
#define FILTERS "aresample=async=1:first_pts=0,aformat=channel_layouts=mono|stereo"

static const char OGG[4] = {'O', 'g', 'g', 'S'}; /* what the child writes begins so */

static bool is_program(const char *path, char out[PATH_MAX]) {
    struct stat status;
    return realpath(path, out) && stat(out, &status) == 0 && S_ISREG(status.st_mode) && access(out, X_OK) == 0;
}

static bool find_in_path(const char *name, char out[PATH_MAX]) {
    const char *path = getenv("PATH");
    if (strchr(name, '/')) return is_program(name, out);
    for (const char *from = path ? path : "/usr/local/bin:/usr/bin:/bin"; *from;) {
        char candidate[PATH_MAX];
        size_t length = strcspn(from, ":");
        int written = snprintf(candidate, sizeof candidate, "%.*s/%s", (int)length, from, name);
        if (length > 0 && written > 0 && (size_t)written < sizeof candidate && is_program(candidate, out)) return true;
        from += length + (from[length] == ':');
    }
    return false;
}

bool converter_is_installed(void) {
    char program[PATH_MAX];
    return find_in_path("ffmpeg", program);
}

static cs_error refuse_program(const char *name, cs_message *message) {
    message_set(message, CS_ERR_NOT_FOUND, "the converter is missing: there is no program %s that can be run", name);
    message_remedy(message, "install ffmpeg (Debian: apt install ffmpeg), or convert the recordings to wav before");
    return CS_ERR_NOT_FOUND;
}

/* The descriptor, moved high so that the child can place it without overwriting another. -1: failed. */
static int move_high(int file) {
    if (file < 0) return -1;
    int high = fcntl(file, F_DUPFD_CLOEXEC, CS_CHILD_FIRST_DESCRIPTOR);
    close(file);
    return high;
}

static int open_input(const char *path, run *r, cs_error *code, cs_message *message) {
    unsigned char first[CS_SNIFF_BYTES];
    cs_file_info info;
    const char *kind = NULL;
    *code = file_info(path, &info, message);
    if (*code == CS_ERR_NOT_FOUND) *code = CS_ERR_IO; /* NOT_FOUND is the program's */
    if (*code != CS_OK) return -1;
    struct stat status;
    int file = move_high(open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    ssize_t got = -1;
    if (file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode)) got = pread(file, first, sizeof first, 0);
    if (got >= 0) (void)sniff_audio(first, (size_t)got, &kind);
    for (size_t i = 0; kind && i < sizeof DEMUXERS / sizeof *DEMUXERS; i++) {
        if (strcmp(kind, DEMUXERS[i].kind) != 0) continue;
        (void)snprintf(r->kind, sizeof r->kind, "%s", kind);
        (void)snprintf(r->demuxer, sizeof r->demuxer, "%s", DEMUXERS[i].demuxer);
        (void)snprintf(r->bit_rate, sizeof r->bit_rate, "%s", DEMUXERS[i].bit_rate);
        return file;
    }
    if (file >= 0) close(file);
    if (got < 0) {
        *code = message_set(message, CS_ERR_IO, "%s is no file that can be read", path);
        message_remedy(message, "name a file, and see that this user may read it");
    } else {
        *code = message_set(message, CS_ERR_PARSE, "this is no recording of a kind that is known");
        message_remedy(message, "recordings are wav, mp3, opus, flac, amr, m4a, wma and video with sound");
    }
    return -1;
}

/* Becomes a process; the pipes' other ends are closed again. */
static bool start(run *r, int input) {
    char input_path[32];
    (void)snprintf(input_path, sizeof input_path, "file:/proc/self/fd/%d", (int)CS_CHILD_INPUT);
    const char *arguments[] = {"ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "repeat+error",
                               /* in: this file by this demuxer, nothing that it names */
                               "-protocol_whitelist", "file", "-format_whitelist", r->demuxer, "-codec_whitelist",
                               SOUND_DECODERS, "-threads", "1", "-vn", "-sn", "-dn", "-f", r->demuxer, "-i", input_path,
                               /* out: its first sound */
                               "-map", "0:a:0", "-map_metadata", "-1", "-map_chapters", "-1", "-af", FILTERS, "-c:a",
                               "libopus", "-b:a", r->bit_rate, "-threads", "1", "-flags:a", "+bitexact", "-fflags",
                               "+bitexact", "-f", "ogg", "pipe:1", NULL};
    int output[2] = {-1, -1}, errors[2] = {-1, -1};
    bool is_ready = pipe2(output, O_CLOEXEC) == 0 && pipe2(errors, O_CLOEXEC) == 0;
    cs_child_plan plan = {.program = r->program,
                          .arguments = (char *const *)arguments,
                          .input = input,
                          .null = move_high(open("/dev/null", O_RDWR | O_CLOEXEC)),
                          .output = move_high(output[1]),
                          .errors = move_high(errors[1]),
                          .wall = child_make_wall(r->program, input, NULL),
                          .memory_bytes = r->limits.memory_bytes,
                          .processor_seconds = r->limits.processor_seconds,
                          .parent = getpid()};
    r->output = output[0];
    r->errors = errors[0];
    if (is_ready && plan.null >= 0 && plan.output >= 0 && plan.errors >= 0 &&
        fcntl(r->output, F_SETFL, O_NONBLOCK) == 0 && fcntl(r->errors, F_SETFL, O_NONBLOCK) == 0)
        r->child = child_start(&plan);
    int theirs[] = {plan.null, plan.output, plan.errors, plan.wall};
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        if (theirs[i] >= 0) close(theirs[i]);
    return r->child > 0;
}

static void close_pipe(int *file) {
    if (*file >= 0) close(*file);
    *file = -1;
}

/* Keeps the end of what was said: the last line names the reason. */
static void keep_words(run *r, const char *words, size_t length) {
    if (length > KEPT_ERRORS) {
        words += length - KEPT_ERRORS;
        length = KEPT_ERRORS;
    }
    size_t kept = r->said_length + length > KEPT_ERRORS ? KEPT_ERRORS - length : r->said_length;
    memmove(r->said, r->said + r->said_length - kept, kept);
    memcpy(r->said + kept, words, length);
    r->said_length = kept + length;
    r->said[r->said_length] = 0;
}

static void drain_errors(run *r) {
    char block[4096];
    ssize_t got = read(r->errors, block, sizeof block);
    if (got > 0)
        keep_words(r, block, (size_t)got);
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        close_pipe(&r->errors);
}

static cs_error too_much(const char *what, int64_t value, const char *unit, cs_message *message) {
    message_set(message, CS_ERR_LIMIT, "the conversion was ended: it %s %lld %s", what, (long long)value, unit);
    message_remedy(message, "convert this recording to wav by hand; if that fails too, it is damaged");
    return CS_ERR_LIMIT;
}

static cs_error refuse_rubbish(const run *r, cs_message *message) {
    message_set(message, CS_ERR_PARSE, "the %s recording can't be converted: %s wrote something else than Ogg", r->kind,
                r->program);
    message_remedy(message, "see that this program is ffmpeg, and that it can write opus (ffmpeg -encoders)");
    return CS_ERR_PARSE;
}

typedef struct outlet {
    bool (*on_bytes)(void *context, const void *bytes, size_t length);
    void *context;
    const volatile sig_atomic_t *is_stopped;
    char block[OUTPUT_BLOCK];
} outlet;

static cs_error pass_output(run *r, outlet *to, cs_message *message) {
    ssize_t got = read(r->output, to->block, sizeof to->block);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) close_pipe(&r->output);
    if (got <= 0) return CS_OK;
    for (int64_t i = r->bytes; i < (int64_t)sizeof OGG && i < r->bytes + got; i++)
        if (to->block[i - r->bytes] != OGG[i]) return refuse_rubbish(r, message);
    r->bytes += got;
    if (r->bytes > r->limits.output_bytes) return too_much("wrote more than", r->limits.output_bytes, "bytes", message);
    if (!to->on_bytes(to->context, to->block, (size_t)got))
        return message_set(message, CS_ERR_STOPPED, "the conversion was stopped");
    r->heard_ms = clock_steady_ms(); /* after on_bytes: a slow disk is not the child's silence */
    return CS_OK;
}

/* Is the child gone? It stays a zombie until finish, so that its group's number can't become another's. */
static bool is_gone(const run *r) {
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)r->child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == r->child;
}

static cs_error check_clock(const run *r, const outlet *to, cs_message *message) {
    int64_t now = clock_steady_ms(), idle = r->limits.idle_seconds;
    /* One who writes a byte now and then, and sleeps, is ended too. */
    int64_t longest = r->limits.processor_seconds * 4 + idle;
    if (to->is_stopped && *to->is_stopped) return message_set(message, CS_ERR_STOPPED, "the conversion was stopped");
    if (now - r->heard_ms >= idle * 1000) return too_much("gave no sound for", idle, "seconds", message);
    if (now - r->started_ms >= longest * 1000) return too_much("took longer than", longest, "seconds", message);
    return CS_OK;
}

/* Until the child has gone and what it wrote is passed on; a grandchild that keeps a pipe open is not waited for. */
static cs_error attend(run *r, outlet *to, cs_message *message) {
    for (;;) {
        bool was_gone = is_gone(r);
        if (was_gone) (void)kill(-r->child, SIGKILL); /* what it left behind writes no more; the pipes are emptied */
        struct pollfd files[2] = {{.fd = r->output, .events = POLLIN}, {.fd = r->errors, .events = POLLIN}};
        bool is_open = r->output >= 0 || r->errors >= 0;
        if (was_gone && !is_open) return CS_OK;
        int ready = poll(files, 2, was_gone ? 0 : is_open ? LOOK_MS : 5);
        if (ready < 0 && errno != EINTR) return message_set(message, CS_ERR_IO, "the converter can't be attended");
        if (ready <= 0 && was_gone) return CS_OK;
        if (ready > 0 && files[1].revents) drain_errors(r);
        cs_error code = ready > 0 && files[0].revents ? pass_output(r, to, message) : CS_OK;
        if (code == CS_OK) code = check_clock(r, to, message);
        if (code != CS_OK) return code;
    }
}

static void finish(run *r) {
    (void)kill(-r->child, SIGKILL); /* the group's number is still its own: the leader is not reaped yet */
    (void)kill(r->child, SIGKILL); /* in case that it did not come as far as setsid */
    while (wait4(r->child, &r->status, 0, &r->used) < 0 && errno == EINTR) continue;
    close_pipe(&r->output);
    close_pipe(&r->errors);
}

/* The last line that was said, without the file's name and addresses: "[mov @ 0x55d0] moov atom not found". */
static const char *last_words(run *r) {
    char *end = r->said + r->said_length;
    while (end > r->said && (end[-1] == '\n' || end[-1] == '\r' || end[-1] == ' ')) *--end = 0;
    char *line = end;
    while (line > r->said && line[-1] != '\n' && line[-1] != '\r') line--;
    static const char INPUT[] = "file:/proc/self/fd/3: ";
    if (strncmp(line, INPUT, sizeof INPUT - 1) == 0) line += sizeof INPUT - 1;
    char *list = strstr(line, " on whitelist");
    if (list) list[13] = 0;
    char *bracket = *line == '[' ? strstr(line, "] ") : NULL;
    return bracket ? bracket + 2 : line;
}

static bool ran_out_of_memory(const run *r) {
    static const char *const WORDS[] = {"annot allocate memory", "ut of memory",   "ut of space", "bad_alloc",
                                        "failed to map segment", "emory exhausted"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strstr(r->said, WORDS[i])) return true;
    return (int64_t)r->used.ru_maxrss * 1024 > r->limits.memory_bytes / 10 * 9;
}

/* As last_words, but for the pictures' decoders, which we forbid ourselves; "": there was no complaint. */
static const char *last_complaint(run *r) {
    bool is_cut = r->said_length == KEPT_ERRORS; /* of the first line only the end is there */
    for (;;) {
        const char *words = last_words(r);
        size_t line = (size_t)(words - r->said);
        while (line > 0 && r->said[line - 1] != '\n') line--;
        if (!*words || (line == 0 && is_cut)) return "";
        if (!strstr(words, "not on whitelist")) return words;
        r->said_length = line;
        r->said[line] = 0;
    }
}

/* It was converted; what the converter complained of meanwhile is damage. */
static cs_error tell_damage(run *r, cs_message *message) {
    if (!r->limits.is_damaged) return CS_OK;
    const char *words = last_complaint(r);
    *r->limits.is_damaged = *words;
    if (!*words) return CS_OK;
    message_set(message, CS_ERR_PARSE, "the %s recording is damaged: %.200s", r->kind, words);
    message_remedy(message, "what could be read is used; fetch it again from where it was made for the rest");
    return CS_OK;
}

static cs_error judge(run *r, cs_message *message) {
    bool is_signal = WIFSIGNALED(r->status);
    int number = is_signal ? WTERMSIG(r->status) : WEXITSTATUS(r->status);
    int64_t spent = r->used.ru_utime.tv_sec + r->used.ru_stime.tv_sec;
    if (!is_signal && number == 0 && r->bytes >= (int64_t)sizeof OGG) return tell_damage(r, message);
    if (is_signal && (number == SIGXCPU || (number == SIGKILL && spent >= r->limits.processor_seconds)))
        return too_much("used more processor time than", r->limits.processor_seconds, "seconds", message);
    if ((is_signal || number != 0) && ran_out_of_memory(r))
        return too_much("wanted more memory than", r->limits.memory_bytes, "bytes", message);
    if (!is_signal && number == CS_CHILD_CAN_NOT_START) return refuse_program(r->program, message);
    bool is_mute = strstr(r->said, "matches no streams") != NULL;
    const char *words = is_mute ? "there is no sound in it" : last_words(r);
    if (is_signal)
        message_set(message, CS_ERR_PARSE, "the converter crashed (signal %d) on the %s recording", number, r->kind);
    else if (*words)
        message_set(message, CS_ERR_PARSE, "the %s recording can't be converted: %.200s", r->kind, words);
    else
        message_set(message, CS_ERR_PARSE, "the %s recording can't be converted: no sound came out", r->kind);
    message_remedy(message, "see whether it plays anywhere; if it does not, fetch it again from where it was made");
    return CS_ERR_PARSE;
}

static void set_limits(run *r, const cs_converter_limits *limits) {
    r->limits = limits ? *limits : (cs_converter_limits){0};
    if (!r->limits.program) r->limits.program = "ffmpeg";
    if (r->limits.memory_bytes <= 0) r->limits.memory_bytes = (int64_t)512 << 20;
    if (r->limits.processor_seconds <= 0) r->limits.processor_seconds = 30 * 60;
    if (r->limits.idle_seconds <= 0) r->limits.idle_seconds = 60;
    if (r->limits.output_bytes <= 0) r->limits.output_bytes = (int64_t)1 << 30;
}

cs_error converter_run(const char *path, const cs_converter_limits *limits,
                       bool (*on_bytes)(void *context, const void *bytes, size_t length), void *context,
                       const volatile sig_atomic_t *is_stopped, cs_message *message) {
    run *r = calloc(1, sizeof *r);
    outlet *to = malloc(sizeof *to);
    cs_error code = CS_OK;
    int input = -1;
    if (!r || !to) {
        code = message_set(message, CS_ERR_MEMORY, "no memory to convert the recording");
        goto done;
    }
    to->on_bytes = on_bytes;
    to->context = context;
    to->is_stopped = is_stopped;
    set_limits(r, limits);
    if (r->limits.is_damaged) *r->limits.is_damaged = false;
    r->output = r->errors = -1;
    input = open_input(path, r, &code, message);
    if (input < 0) goto done;
    if (!find_in_path(r->limits.program, r->program)) {
        code = refuse_program(r->limits.program, message);
        goto done;
    }
    r->started_ms = r->heard_ms = clock_steady_ms();
    if (!start(r, input)) {
        close_pipe(&r->output);
        close_pipe(&r->errors);
        code = message_set(message, CS_ERR_IO, "the system gives no process for the converter");
        message_remedy(message, "try again when fewer programs run");
        goto done;
    }
    code = attend(r, to, message);
    finish(r);
    if (code == CS_OK) code = judge(r, message);
done:
    if (input >= 0) close(input);
    free(to);
    free(r);
    return code;
}
