/* backup_file.h - files of a backup: copied with their hash, listed, found again.
 * Floor: store, private to backup*.c and restore.c. A list has a line of JSON a file: its path, length and hash (BLAKE2b, 128
 * bits). Paths that begin with recordings/ are in the backup's folder, all others in the folder of its newest run.
 * Memory: a list's paths live in its arena; about 100 bytes a file. Threads: one.
 * Example: file_copy(from, to, &entry, &m); list_add(&list, &entry); ... list_write(&list, path, &hash, &m);
 */
#ifndef CS_STORE_BACKUP_FILE_H
#define CS_STORE_BACKUP_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum { CS_MAX_BACKUP_FILES = 16 << 20 };

typedef struct cs_backup_file {
    const char *path;
    int64_t bytes;
    cs_hash hash;
} cs_backup_file;

typedef struct cs_backup_list {
    cs_arena *arena;
    cs_backup_file *files;
    uint32_t count, room;
    int64_t bytes;
} cs_backup_list;

/* Whole or not at all, mode 0600, its folder made when it is missing. It is on the disk after disk_settle. CS_ERR_NOT_FOUND:
 * there is no such file. *bytes and *hash are of what was written. */
cs_error file_copy(const char *from, const char *to, int64_t *bytes, cs_hash *hash, cs_message *message);
cs_error file_measure(const char *path, int64_t *bytes, cs_hash *hash, cs_message *message);
/* Everything that was written to the disk of that folder is there for sure. */
cs_error disk_settle(const char *folder, cs_message *message);

bool list_open(cs_backup_list *list); /* false: no memory */
void list_close(cs_backup_list *list);
bool list_add(cs_backup_list *list, const char *path, int64_t bytes, cs_hash hash); /* the path is copied */
void list_sort(cs_backup_list *list); /* by path */
const cs_backup_file *list_find(const cs_backup_list *sorted, const char *path); /* NULL: not in it */
cs_error list_write(const cs_backup_list *list, const char *path, cs_hash *hash, cs_message *message);
/* CS_ERR_STORE: it is not the list that has this hash. */
cs_error list_read(cs_backup_list *list, const char *path, cs_hash hash, cs_message *message);

/* Every plain file under folder, hidden ones too: path is relative to it. Links and what is no file are passed over; a folder
 * that is not there is empty. */
typedef cs_error (*cs_backup_visit)(void *context, const char *path, cs_message *message);
cs_error folder_each(const char *folder, cs_backup_visit visit, void *context, cs_message *message);
void folder_remove_tree(const char *folder); /* as far as it can be */

#endif
