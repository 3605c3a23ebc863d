/* backup_manifest.h - backup.json: which run of a backup counts.
 * Floor: store, private to backup.c and restore.c. Written last and by renaming, so it names a whole backup or the one before.
 * Memory: none kept. Threads: one.
 * Example: manifest_read("/backup", &backup, &list, &m); ... manifest_write("/backup", &backup, &m);
 */
#ifndef CS_STORE_BACKUP_MANIFEST_H
#define CS_STORE_BACKUP_MANIFEST_H

#include "store/backup.h"
#include "store/backup_file.h"

#define CS_BACKUP_RECORDINGS "recordings/"
#define CS_BACKUP_LIST "files.jsonl"
#define CS_BACKUP_DATABASE "callscope.db"

/* With its list, sorted, which the caller opened. */
cs_error manifest_read(const char *folder, cs_backup *out, cs_backup_list *list, cs_message *message);
cs_error manifest_write(const char *folder, const cs_backup *backup, cs_message *message);
/* Where a file of the list is: PATH_MAX bytes. false: the name is too long. */
bool backup_path(const char *folder, const cs_backup *backup, const char *file, char *out);

#endif
