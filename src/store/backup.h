/* backup.h - a store as it was at one moment, in a folder, made while others write; and the store brought back from it.
 * Floor: store. The folder holds backup.json, which names the newest run; the run's folder with the database as SQLite's file,
 * the uploads that waited, and the list of all files with their hashes; and recordings/, encrypted as they are, each copied
 * once. The newest run takes the place of the one before at once or not at all. The key file is never in it.
 * Memory: about 100 bytes a recording. Threads: one; two at once in one folder refuse each other.
 * Example: backup_make(&options, &made, &m); ... backup_verify(folder, trouble, context, &made, &m);
 */
#ifndef CS_STORE_BACKUP_H
#define CS_STORE_BACKUP_H

#include "base/hash.h"
#include "store/copy.h"

/* What can't be helped, and does not end it: a recording that is lost, a file that was changed. */
typedef void (*cs_backup_trouble)(void *context, const char *file, const cs_message *message);

typedef struct cs_backup_options {
    const char *data, *folder;
    cs_copy_watch watch; /* of a database that is copied row by row; may be NULL */
    cs_backup_trouble trouble;
    void *context;
} cs_backup_options;

typedef struct cs_backup {
    char version[24], run[48],
        database[16]; /* of callscope; the run's folder; sqlite, postgresql: where the store was */
    int64_t made_ms;
    int64_t conversations, recordings, files, bytes;
    int64_t copied; /* files that were not in the backup before */
    int64_t troubles;
    cs_hash list;
} cs_backup;

cs_error backup_make(const cs_backup_options *options, cs_backup *out, cs_message *message);
/* Every file is there with its length and hash. troubles counts those that are not. CS_ERR_NOT_FOUND: no backup is in that
 * folder, or none that was finished. */
cs_error backup_verify(const char *folder, cs_backup_trouble trouble, void *context, cs_backup *out,
                       cs_message *message);

typedef struct cs_restore_options {
    const char *folder, *data;
    const char *to; /* "sqlite" or an address of PostgreSQL */
    cs_copy_watch watch;
    void *context;
} cs_restore_options;

/* data must be empty or not be there, or hold what an interrupted restore of the same backup left: then it goes on. Nothing is
 * a store before everything is there and compared. */
cs_error backup_restore(const cs_restore_options *options, cs_backup *out, cs_message *message);

#endif
