/* callscope backup, backup verify, restore. */
#include "store/backup.h"
#include "base/clock.h"
#include "base/error.h"
#include "cli/command.h"
#include "cli/copy_progress.h"

#include <stdio.h>

enum { MAX_NAMED = 1000 }; /* of troubled files; the rest is counted */

typedef struct telling {
    cs_copy_progress progress;
    int64_t named;
} telling;

static bool watch(void *context, const cs_copy_state *state) {
    telling *t = context;
    return copy_progress_show(&t->progress, state);
}

static void on_trouble(void *context, const char *file, const cs_message *message) {
    telling *t = context;
    copy_progress_end(&t->progress);
    if (t->named++ < MAX_NAMED) trouble_print(file, message);
}

static int report_troubles(const telling *t) {
    if (t->named > MAX_NAMED) fprintf(stderr, "callscope: and %lld more\n", (long long)(t->named - MAX_NAMED));
    return t->named ? CS_EXIT_REFUSED : CS_EXIT_DONE;
}

static int refuse(const cs_message *message, cs_error code) {
    trouble_print(NULL, message);
    return code == CS_ERR_USAGE ? CS_EXIT_USAGE : CS_EXIT_REFUSED;
}

int run_backup(const cs_arguments *arguments) {
    telling t = {.progress = copy_progress_begin("copying")};
    const cs_backup_options options = {.data = argument(arguments, "--data"),
                                       .folder = arguments->paths[0],
                                       .watch = watch,
                                       .trouble = on_trouble,
                                       .context = &t};
    cs_backup made;
    cs_message message = {0};
    int64_t from = clock_steady_ms();
    cs_error code = backup_make(&options, &made, &message);
    copy_progress_end(&t.progress);
    if (code != CS_OK) return refuse(&message, code);
    printf(
        "%lld conversations and %lld files of recordings in %s: %lld files, %.1f MB; %lld of them are new (%.1f s)\n",
        (long long)made.conversations, (long long)made.recordings, options.folder, (long long)made.files,
        (double)made.bytes / 1e6, (long long)made.copied, (double)(clock_steady_ms() - from) / 1000);
    if (made.recordings > 0)
        printf("The key file of the recordings is not in it: %s\n"
               "Keep a copy of that in another place: without it nobody hears them again.\n",
               key_file(arguments));
    return report_troubles(&t);
}

int run_backup_verify(const cs_arguments *arguments) {
    telling t = {.progress = copy_progress_begin("reading")};
    cs_backup backup;
    cs_message message = {0};
    char made[32];
    cs_error code = backup_verify(arguments->paths[0], on_trouble, &t, &backup, &message);
    if (code != CS_OK) return refuse(&message, code);
    clock_format(backup.made_ms, 0, made);
    printf("backup of %s by callscope %s: %lld conversations, %lld files, %.1f MB\n", made, backup.version,
           (long long)backup.conversations, (long long)backup.files, (double)backup.bytes / 1e6);
    if (t.named)
        printf("%lld files are not as they were backed up\n", (long long)t.named);
    else
        puts("every file is as it was backed up");
    return report_troubles(&t);
}

int run_restore(const cs_arguments *arguments) {
    telling t = {.progress = copy_progress_begin("copying")};
    const cs_restore_options options = {.folder = arguments->paths[0],
                                        .data = argument(arguments, "--data"),
                                        .to = argument(arguments, "--to"),
                                        .watch = watch,
                                        .context = &t};
    cs_backup backup;
    cs_message message = {0};
    cs_error code = backup_restore(&options, &backup, &message);
    copy_progress_end(&t.progress);
    if (code != CS_OK) return refuse(&message, code);
    printf(
        "%lld conversations and %lld files of recordings are back, in %s. Every file was compared with the backup's.\n",
        (long long)backup.conversations, (long long)backup.recordings, options.data);
    if (backup.recordings > 0)
        printf("The recordings need the key file that they were backed up under: put its copy at %s.\n",
               key_file(arguments));
    return CS_EXIT_DONE;
}
