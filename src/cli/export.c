/* callscope export */
#include "cli/command.h"
#include "cli/report.h"
#include "quality/export_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PATH_BYTES = 4096 };
static const int64_t DAY_MS = 86400000;

/* ---- what is asked for ---- */

static int zone_of(time_t moment) {
    struct tm local;
    return localtime_r(&moment, &local) ? (int)(local.tm_gmtoff / 60) : 0;
}

/* A date is the whole day where this machine stands: as the end, the day itself is still inside. */
static bool parse_day(const char *text, bool is_end, int64_t *out) {
    char moment[32];
    int zone = 0;
    if (clock_parse(text, out, &zone)) return true;
    if (strlen(text) != strlen("2026-02-14")) return false;
    (void)snprintf(moment, sizeof moment, "%s 00:00:00", text);
    if (!clock_parse_local(moment, 0, out)) return false;
    if (is_end) *out += DAY_MS;
    zone = zone_of((time_t)(*out / 1000));
    *out -= (int64_t)zone * 60000;
    return true;
}

static cs_error take_day(const cs_arguments *arguments, const char *option, bool is_end, int64_t *out,
                         cs_message *message) {
    const char *text = argument(arguments, option);
    if (!text || parse_day(text, is_end, out)) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "\"%.60s\" is no date", text);
    message_place(message, "%s", option);
    message_remedy(message, "write 2026-02-14, or 2026-02-14T10:32:00+08:00");
    return CS_ERR_USAGE;
}

static cs_error take_filter(const cs_arguments *arguments, cs_filter *filter, cs_message *message) {
    static const char *const names[] = {"channel", "agent", "team", "queue", "rule", "verdict"};
    filter_init(filter);
    cs_error code = take_day(arguments, "--from", false, &filter->from_ms, message);
    if (code == CS_OK) code = take_day(arguments, "--to", true, &filter->to_ms, message);
    for (size_t i = 0; code == CS_OK && i < sizeof names / sizeof names[0]; i++) {
        char option[16];
        (void)snprintf(option, sizeof option, "--%s", names[i]);
        const char *value = argument(arguments, option);
        if (value) code = filter_set(filter, names[i], value, message);
    }
    return code;
}

static cs_error take_format(const cs_arguments *arguments, cs_export_format *out, cs_message *message) {
    const char *name = argument(arguments, "--format");
    *out = export_format_parse(name);
    if (*out < CS_EXPORT_FORMATS) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "there is no format \"%.40s\"", name);
    message_place(message, "--format");
    message_remedy(message, "use json, jsonl, vcon, csv or xlsx");
    return CS_ERR_USAGE;
}

/* ---- where it goes ---- */

static cs_error cannot_write(const char *path, cs_message *message) {
    int why = errno;
    (void)message_set(message, CS_ERR_IO, "%s can't be written: %s", path, strerror(why));
    message_remedy(message, why == ENOSPC ? "make room there, or give --out another place"
                                          : "give --out a place that can be written to");
    return CS_ERR_IO;
}

/* Under another name until it is whole, so that nobody takes a half one; only its owner may read it. */
typedef struct part {
    char path[MAX_PATH_BYTES], whole[MAX_PATH_BYTES];
    int descriptor;
} part;

static cs_error part_open(const char *path, part *out, cs_message *message) {
    int length = snprintf(out->whole, sizeof out->whole, "%s", path);
    if (length < 0 || (size_t)length + strlen(".part") >= sizeof out->path) {
        errno = ENAMETOOLONG;
        return cannot_write(path, message);
    }
    (void)snprintf(out->path, sizeof out->path, "%.*s.part", MAX_PATH_BYTES - 6, path);
    out->descriptor = open(out->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return out->descriptor < 0 ? cannot_write(out->path, message) : CS_OK;
}

static cs_error part_close(part *p, cs_error code, cs_message *message) {
    if (code == CS_OK && fsync(p->descriptor) != 0 && errno != EINVAL) code = cannot_write(p->path, message);
    if (close(p->descriptor) != 0 && code == CS_OK) code = cannot_write(p->path, message);
    if (code == CS_OK && rename(p->path, p->whole) != 0) code = cannot_write(p->whole, message);
    if (code != CS_OK) (void)unlink(p->path);
    return code;
}

/* ---- a folder of vCons ---- */

typedef struct folder {
    const char *path;
    int64_t count;
} folder;

/* The centre's own id where it can be a file's name, else ours. */
static const char *file_name(const cs_stored *stored) {
    const char *id = stored->conversation->external_id;
    bool is_good = *id != '.' && strlen(id) <= 200;
    for (const char *at = id; *at && is_good; at++) is_good = (unsigned char)*at > 0x20 && !strchr("/\\:*?\"<>|", *at);
    return is_good ? id : stored->id;
}

static cs_error put_vcon(void *context, const cs_stored *stored, const char *text, size_t bytes, cs_message *message) {
    folder *f = context;
    char path[MAX_PATH_BYTES];
    part p;
    (void)snprintf(path, sizeof path, "%s/%s.vcon", f->path, file_name(stored));
    cs_error code = part_open(path, &p, message);
    if (code != CS_OK) return code;
    for (size_t done = 0; code == CS_OK && done < bytes;) {
        ssize_t wrote = write(p.descriptor, text + done, bytes - done);
        if (wrote < 0 && errno != EINTR) code = cannot_write(path, message);
        if (wrote > 0) done += (size_t)wrote;
    }
    code = part_close(&p, code, message);
    if (code == CS_OK) f->count++;
    return code;
}

static bool is_folder(const char *path) {
    struct stat info;
    return path && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* A finished export takes the place of what was there: that may be a file, never a device or a pipe. */
static cs_error check_place(const char *path, cs_message *message) {
    struct stat info;
    if (stat(path, &info) != 0 || S_ISREG(info.st_mode)) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "%s is no file: a device or a pipe can't be written whole or not at all",
                      path);
    message_place(message, "--out");
    message_remedy(message, "give a file's name, or leave --out away: then it is printed, for > or |");
    return CS_ERR_USAGE;
}

/* ---- all of it ---- */

static cs_error write_out(const cs_export *export, const char *out, int64_t *count, cs_message *message) {
    if (is_folder(out) && export->format == CS_EXPORT_VCON) {
        folder f = {out, 0};
        cs_error code = export_each(export, put_vcon, &f, message);
        *count = f.count;
        return code;
    }
    if (is_folder(out)) {
        (void)message_set(message, CS_ERR_USAGE, "%s is a folder", out);
        message_place(message, "--out");
        message_remedy(message, "give a file's name; only vCons go into a folder, one file each");
        return CS_ERR_USAGE;
    }
    if (!out && export->format == CS_EXPORT_XLSX && isatty(STDOUT_FILENO)) {
        (void)message_set(message, CS_ERR_USAGE, "a workbook can't be shown here");
        message_remedy(message, "add --out FILE.xlsx");
        return CS_ERR_USAGE;
    }
    if (!out) return export_to_file(export, STDOUT_FILENO, count, message);
    part p;
    cs_error code = check_place(out, message);
    if (code == CS_OK) code = part_open(out, &p, message);
    if (code != CS_OK) return code;
    code = export_to_file(export, p.descriptor, count, message);
    return part_close(&p, code, message);
}

static cs_error run(const cs_arguments *arguments, cs_export *export, int64_t *count, cs_message *message) {
    const char *language = argument(arguments, "--lang");
    cs_hash current;
    export->language = language ? language : report_language() == CS_CHINESE ? "zh" : "en";
    export->folder = argument(arguments, "--data");
    if (access(export->folder, W_OK) != 0) export->folder = NULL; /* a store that may only be read */
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &export->db, message);
    if (code == CS_OK) code = packer_open(export->db, &export->packer, message);
    if (code == CS_OK) code = archive_current_ruleset(export->db, &current, message);
    if (code == CS_OK) code = archive_load_ruleset(export->db, current, &export->ruleset, message);
    if (code == CS_OK) code = write_out(export, argument(arguments, "--out"), count, message);
    ruleset_release(export->ruleset);
    packer_close(export->packer);
    db_close(export->db);
    return code;
}

int run_export(const cs_arguments *arguments) {
    cs_filter filter;
    cs_export export = {.filter = &filter, .is_revealed = true}; /* whoever may read the store's files may read this */
    cs_message message = {0};
    int64_t count = 0;
    cs_error code = take_format(arguments, &export.format, &message);
    if (code == CS_OK) code = take_filter(arguments, &filter, &message);
    if (code == CS_OK) code = run(arguments, &export, &count, &message);
    if (code != CS_OK) {
        trouble_print("export", &message);
        return code == CS_ERR_USAGE ? CS_EXIT_USAGE : CS_EXIT_REFUSED;
    }
    const char *out = argument(arguments, "--out");
    if (out)
        fprintf(stderr, "%lld %s -> %s\n", (long long)count,
                export_format_is_conversations(export.format) ? "conversations" : "findings", out);
    return CS_EXIT_DONE;
}
