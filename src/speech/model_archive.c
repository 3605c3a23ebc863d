#include "speech/model_archive.h"

#include "base/child.h"
#include "speech/model_file_write.h"
#include "speech/model_tar.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zip.h>

enum { UNPACKER_MEMORY = 256 << 20, UNPACKER_SECONDS = 1800, MAX_ZIP_MEMBERS = 100000 };

/* Which of the entry's files were found so far, and why one was not taken. */
typedef struct unpacking {
    const cs_model_entry *entry;
    const char *folder, *archive;
    const cs_model_watch *watch;
    bool is_found[CS_MAX_MODEL_FILES];
    cs_message refused; /* a file of the right name and wrong content */
} unpacking;

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), last = strlen(end);
    return length >= last && strcasecmp(text + length - last, end) == 0;
}

typedef enum packing { PACKED_NOT, PACKED_BZIP2, PACKED_GZIP, PACKED_PLAIN, PACKED_ZIP } packing;

static packing packing_of(const char *path) {
    static const struct {
        const char *end;
        packing how;
    } ends[] = {{".tar.bz2", PACKED_BZIP2}, {".tbz2", PACKED_BZIP2}, {".tar.gz", PACKED_GZIP}, {".tgz", PACKED_GZIP},
                {".tar", PACKED_PLAIN},     {".whl", PACKED_ZIP},    {".zip", PACKED_ZIP}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends_with(path, ends[i].end)) return ends[i].how;
    return PACKED_NOT;
}

bool archive_is(const char *path) {
    return packing_of(path) != PACKED_NOT;
}

static int file_wanted(const unpacking *u, const char *name) {
    const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;
    for (uint32_t i = 0; i < u->entry->model.file_count; i++)
        if (!u->is_found[i] && strcmp(last, u->entry->model.files[i].path) == 0) return (int)i;
    return -1;
}

/* One of the right name may be another's (tokens.txt of a second model in the archive): the rest is looked through, too. */
static cs_error file_take(unpacking *u, int index, cs_model_read read, void *context, cs_message *message) {
    cs_error code = model_file_write(&u->entry->model.files[index], u->folder, read, context, u->watch, message);
    if (code == CS_OK) u->is_found[index] = true;
    if (code != CS_ERR_CONFLICT) return code;
    if (message) u->refused = *message;
    return CS_OK;
}

static bool is_all_found(const unpacking *u) {
    for (uint32_t i = 0; i < u->entry->model.file_count; i++)
        if (!u->is_found[i]) return false;
    return true;
}

/* ---- tar ---- */

typedef struct unpack_child {
    pid_t child; /* 0: none is needed */
    int output; /* where the tar archive is read from */
} unpack_child;

static bool program_find(const char *name, char out[PATH_MAX]) {
    static const char *const folders[] = {"/usr/bin", "/bin", "/usr/local/bin"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/%s", folders[i], name);
        if (access(path, X_OK) == 0 && realpath(path, out)) return true;
    }
    return false;
}

static int raised(int descriptor) {
    int high = fcntl(descriptor, F_DUPFD_CLOEXEC, CS_CHILD_FIRST_DESCRIPTOR);
    close(descriptor);
    return high;
}

static cs_error unpacker_start(unpack_child *unpacker, const char *name, int archive, cs_message *message) {
    char program[PATH_MAX], *arguments[] = {(char *)(uintptr_t)name, (char *)"-dc", NULL};
    int pipes[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (!program_find(name, program)) {
        if (null >= 0) close(null);
        cs_error code = message_set(message, CS_ERR_NOT_FOUND, "the program %s is not installed", name);
        message_remedy(message, "apt-get install %s; or unpack the archive elsewhere and give the folder with --from",
                       name);
        return code;
    }
    if (null < 0 || pipe2(pipes, O_CLOEXEC) != 0) {
        if (null >= 0) close(null);
        return message_set(message, CS_ERR_IO, "%s can't be started: %s", name, strerror(errno));
    }
    int errors = raised(null), output = raised(pipes[1]);
    cs_child_plan plan = {.program = program,
                          .arguments = arguments,
                          .input = archive,
                          .null = archive,
                          .output = output,
                          .errors = errors,
                          .wall = child_make_wall(program, archive, NULL),
                          .memory_bytes = UNPACKER_MEMORY,
                          .processor_seconds = UNPACKER_SECONDS,
                          .parent = getpid()};
    unpacker->child = errors < 0 || output < 0 ? -1 : child_start(&plan);
    unpacker->output = pipes[0];
    if (errors >= 0) close(errors);
    if (output >= 0) close(output);
    if (plan.wall >= 0) close(plan.wall);
    if (unpacker->child > 0) return CS_OK;
    close(pipes[0]);
    return message_set(message, CS_ERR_IO, "%s can't be started", name);
}

/* tar fills its last block: who doesn't read that breaks the pipe, and the program is ended by it. 4 MB is more than any block. */
static void rest_read(int output) {
    char bytes[4096];
    for (int i = 0; i < 1024; i++) {
        ssize_t got = read(output, bytes, sizeof bytes);
        if (got == 0 || (got < 0 && errno != EINTR)) return;
    }
}

/* The archive's own damage is what its program says by its status; that it was ended by us is none. */
static cs_error unpacker_end(unpack_child *unpacker, bool is_ended_early, cs_message *message) {
    int status = 0;
    if (unpacker->child > 0 && !is_ended_early) rest_read(unpacker->output);
    close(unpacker->output);
    if (unpacker->child <= 0) return CS_OK;
    if (is_ended_early) (void)kill(unpacker->child, SIGKILL);
    while (waitpid(unpacker->child, &status, 0) < 0 && errno == EINTR) continue;
    if (is_ended_early || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) return CS_OK;
    return message_set(message, CS_ERR_PARSE, "the archive is damaged or cut");
}

static ssize_t from_pipe(void *context, void *bytes, size_t most) {
    return read(*(const int *)context, bytes, most);
}

static cs_error from_tar(void *context, void *bytes, size_t most, size_t *got, cs_message *message) {
    return tar_read(context, bytes, most, got, message);
}

static cs_error members_take(unpacking *u, int output, cs_message *message) {
    cs_tar tar = {.read = from_pipe, .context = &output};
    cs_tar_member member;
    for (;;) {
        cs_error code = tar_next(&tar, &member, message);
        if (code != CS_OK || !member.name) return code;
        if (u->watch->on_progress) u->watch->on_progress(u->watch->context, "unpacking", member.name, 0, 0);
        if (u->watch->is_stopped && *u->watch->is_stopped) return message_set(message, CS_ERR_STOPPED, "stopped");
        int index = member.is_file ? file_wanted(u, member.name) : -1;
        if (index >= 0) code = file_take(u, index, from_tar, &tar, message);
        if (code != CS_OK || is_all_found(u)) return code;
    }
}

static cs_error tar_unpack(unpacking *u, packing how, cs_message *message) {
    unpack_child unpacker = {0};
    int archive = open(u->archive, O_RDONLY | O_CLOEXEC);
    if (archive >= 0) archive = raised(archive);
    if (archive < 0) return message_set(message, CS_ERR_IO, "%.200s can't be opened: %s", u->archive, strerror(errno));
    cs_error code = CS_OK;
    if (how == PACKED_PLAIN)
        unpacker.output = dup(archive);
    else
        code = unpacker_start(&unpacker, how == PACKED_BZIP2 ? "bzip2" : "gzip", archive, message);
    close(archive);
    if (code != CS_OK) return code;
    code = members_take(u, unpacker.output, message);
    bool is_early = code != CS_OK || is_all_found(u);
    cs_error ended = unpacker_end(&unpacker, is_early, message);
    return code != CS_OK ? code : ended;
}

/* ---- zip ---- */

static cs_error from_zip(void *context, void *bytes, size_t most, size_t *got, cs_message *message) {
    zip_int64_t more = zip_fread(context, bytes, most);
    if (more < 0) return message_set(message, CS_ERR_PARSE, "the archive is damaged: %s", zip_file_strerror(context));
    *got = (size_t)more;
    return CS_OK;
}

static cs_error zip_unpack(unpacking *u, cs_message *message) {
    int trouble = 0;
    cs_error code = CS_OK;
    zip_t *zip = zip_open(u->archive, ZIP_RDONLY, &trouble);
    if (!zip) return message_set(message, CS_ERR_PARSE, "%.200s is no zip archive, or it is cut", u->archive);
    zip_int64_t count = zip_get_num_entries(zip, 0);
    if (count > MAX_ZIP_MEMBERS) code = message_set(message, CS_ERR_LIMIT, "the archive holds too many members");
    for (zip_int64_t i = 0; i < count && code == CS_OK && !is_all_found(u); i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        int index = name ? file_wanted(u, name) : -1;
        zip_file_t *file = index >= 0 ? zip_fopen_index(zip, (zip_uint64_t)i, 0) : NULL;
        if (index >= 0 && !file)
            code = message_set(message, CS_ERR_PARSE, "the archive is damaged: %s", zip_strerror(zip));
        if (file) code = file_take(u, index, from_zip, file, message);
        if (file) zip_fclose(file);
    }
    zip_discard(zip);
    return code;
}

cs_error archive_unpack(const char *path, const cs_model_entry *entry, const char *folder, const cs_model_watch *watch,
                        cs_message *message) {
    unpacking u = {.entry = entry, .folder = folder, .archive = path, .watch = watch};
    packing how = packing_of(path);
    if (how == PACKED_NOT)
        return message_set(message, CS_ERR_USAGE, "%.200s is no .tar.bz2, .tar.gz, .tar or .whl", path);
    cs_error code = how == PACKED_ZIP ? zip_unpack(&u, message) : tar_unpack(&u, how, message);
    if (code != CS_OK || is_all_found(&u)) return code;
    if (u.refused.reason[0]) {
        if (message) *message = u.refused;
        return CS_ERR_CONFLICT;
    }
    const char *missing = "";
    for (uint32_t i = entry->model.file_count; i > 0; i--)
        if (!u.is_found[i - 1]) missing = entry->model.files[i - 1].path;
    return message_set(message, CS_ERR_NOT_FOUND, "%.150s holds no %.100s", path, missing);
}
