/* Whether a backup is what its list says. */
#include "store/backup_manifest.h"
#include "store/blob_disk.h"

#include <errno.h>
#include <limits.h>

static cs_error look(const char *folder, const cs_backup *backup, const cs_backup_file *file, cs_message *message) {
    char path[PATH_MAX];
    int64_t bytes = 0;
    cs_hash hash;
    if (!backup_path(folder, backup, file->path, path)) return disk_trouble(message, file->path, "read", ENAMETOOLONG);
    cs_error code = file_measure(path, &bytes, &hash, message);
    if (code != CS_OK || (bytes == file->bytes && hash_equal(hash, file->hash))) return code;
    if (bytes == file->bytes)
        (void)message_set(message, CS_ERR_STORE, "its content is not what was backed up");
    else
        (void)message_set(message, CS_ERR_STORE, "its content is not what was backed up: %lld bytes of %lld",
                          (long long)bytes, (long long)file->bytes);
    message_remedy(message, "use another backup for it, and look at the disk of this one");
    return CS_ERR_STORE;
}

cs_error backup_verify(const char *folder, cs_backup_trouble trouble, void *context, cs_backup *out,
                       cs_message *message) {
    cs_backup_list list;
    if (!list_open(&list)) return message_set(message, CS_ERR_MEMORY, "no memory to look at a backup");
    cs_error code = manifest_read(folder, out, &list, message);
    for (uint32_t i = 0; code == CS_OK && i < list.count; i++) {
        cs_message why;
        if (look(folder, out, &list.files[i], &why) == CS_OK) continue;
        out->troubles++;
        if (trouble) trouble(context, list.files[i].path, &why);
    }
    list_close(&list);
    return code;
}
