#include "store/backup_manifest.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "store/blob_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_MANIFEST = 64 * 1024, FORMAT = 1 };
static const char name[] = "backup.json";

bool backup_path(const char *folder, const cs_backup *backup, const char *file, char *out) {
    bool is_recording = strncmp(file, CS_BACKUP_RECORDINGS, sizeof CS_BACKUP_RECORDINGS - 1) == 0;
    int length = is_recording ? snprintf(out, PATH_MAX, "%s/%s", folder, file)
                              : snprintf(out, PATH_MAX, "%s/%s/%s", folder, backup->run, file);
    return length > 0 && length < PATH_MAX;
}

static bool take_text(const cs_json *json, const char *key, char *out, size_t size) {
    const char *text = json_string(json_get(json, key), NULL);
    return text && snprintf(out, size, "%s", text) < (int)size;
}

static bool take(const cs_json *json, cs_backup *out) {
    int64_t format = 0;
    size_t bytes = 0;
    const char *hash = json_string(json_get(json, "list"), NULL);
    return json_int64(json_get(json, "format"), &format) && format == FORMAT &&
           take_text(json, "version", out->version, sizeof out->version) &&
           take_text(json, "database", out->database, sizeof out->database) &&
           take_text(json, "run", out->run, sizeof out->run) && strncmp(out->run, "run-", 4) == 0 &&
           !strchr(out->run, '/') && json_int64(json_get(json, "made_ms"), &out->made_ms) &&
           json_int64(json_get(json, "conversations"), &out->conversations) &&
           json_int64(json_get(json, "recordings"), &out->recordings) &&
           json_int64(json_get(json, "files"), &out->files) && json_int64(json_get(json, "bytes"), &out->bytes) &&
           hash && strlen(hash) == CS_HASH_CHARS &&
           sodium_hex2bin(out->list.bytes, CS_HASH_BYTES, hash, CS_HASH_CHARS, NULL, &bytes, NULL) == 0;
}

cs_error manifest_read(const char *folder, cs_backup *out, cs_backup_list *list, cs_message *message) {
    char path[PATH_MAX];
    cs_buffer text = {0};
    cs_json *json = NULL;
    *out = (cs_backup){0};
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return disk_trouble(message, folder, "read", ENAMETOOLONG);
    cs_error code = file_read(path, MAX_MANIFEST, &text, message);
    if (code == CS_ERR_NOT_FOUND || (code == CS_ERR_IO && access(path, F_OK) != 0)) {
        code = message_set(message, CS_ERR_NOT_FOUND, "there is no finished backup in the folder %.250s", folder);
        message_remedy(message, "check the name of the folder; callscope backup makes one");
    }
    if (code == CS_OK) code = json_parse(text.data, text.length, MAX_MANIFEST, &json, message);
    if (code == CS_OK && !take(json, out)) {
        code = message_set(message, CS_ERR_STORE, "%.250s is not of a backup that this program knows", path);
        message_remedy(message, "use the version of callscope that made it, or a newer one");
    }
    json_free(json);
    buffer_free(&text);
    if (code == CS_OK && !backup_path(folder, out, CS_BACKUP_LIST, path))
        code = disk_trouble(message, folder, "read", ENAMETOOLONG);
    return code == CS_OK ? list_read(list, path, out->list, message) : code;
}

static void write_members(cs_json_writer *out, const cs_backup *backup) {
    char hex[CS_HASH_CHARS + 1], made[32];
    hash_hex(backup->list, hex);
    clock_format(backup->made_ms, 0, made);
    json_object_open(out, NULL);
    json_write_int(out, "format", FORMAT);
    json_write_string(out, "version", backup->version);
    json_write_string(out, "made", made);
    json_write_int(out, "made_ms", backup->made_ms);
    json_write_string(out, "run", backup->run);
    json_write_string(out, "database", backup->database);
    json_write_int(out, "conversations", backup->conversations);
    json_write_int(out, "recordings", backup->recordings);
    json_write_int(out, "files", backup->files);
    json_write_int(out, "bytes", backup->bytes);
    json_write_string(out, "list", hex);
    json_object_close(out);
}

cs_error manifest_write(const char *folder, const cs_backup *backup, cs_message *message) {
    char path[PATH_MAX], making[PATH_MAX];
    cs_json_writer out;
    cs_buffer text;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path ||
        snprintf(making, sizeof making, "%s/%s.new", folder, name) >= (int)sizeof making)
        return disk_trouble(message, folder, "written", ENAMETOOLONG);
    buffer_init(&text, MAX_MANIFEST);
    json_writer_init(&out, &text);
    write_members(&out, backup);
    (void)buffer_text(&text, "\n");
    int file = open(making, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    cs_error code = file < 0 ? disk_trouble(message, making, "made", errno) : CS_OK;
    if (code == CS_OK) code = disk_write(file, making, 0, text.data, text.length, message);
    if (code == CS_OK && fsync(file) != 0) code = disk_trouble(message, making, "written", errno);
    if (file >= 0) (void)close(file);
    if (code == CS_OK && rename(making, path) != 0) code = disk_trouble(message, path, "made", errno);
    buffer_free(&text);
    return code == CS_OK ? disk_sync_folder(folder, message) : code;
}
