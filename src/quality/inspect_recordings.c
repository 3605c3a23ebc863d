#include "quality/inspect_recordings.h"

#include "base/file.h"
#include "conversation/name_pattern.h"
#include "conversation/recording_name.h"

#include <stdlib.h>
#include <string.h>

/* ---- the same name ---- */

typedef struct named { /* a file by the name it shares */
    const char *path;
    size_t stem;
    cs_role side;
    cs_inspect_file *file;
} named;

static int compare_named(const void *left, const void *right) {
    const named *a = left, *b = right;
    size_t shorter = a->stem < b->stem ? a->stem : b->stem;
    int order = memcmp(a->path, b->path, shorter);
    if (order) return order;
    if (a->stem != b->stem) return a->stem < b->stem ? -1 : 1;
    if (a->file->is_recording != b->file->is_recording) return a->file->is_recording ? 1 : -1; /* transcripts first */
    if (a->side != b->side) return a->side < b->side ? -1 : 1; /* both sides, the agent's, the customer's */
    return strcmp(a->path, b->path);
}

static bool is_transcript(const cs_inspect_file *file) {
    return strcmp(file->format->name, "json") == 0 || strcmp(file->format->name, "webvtt") == 0;
}

static cs_hash hash_file(const cs_inspect_file *file) {
    int64_t what[2] = {file->bytes, file->modified_ns};
    return hash_pair(hash_bytes(file->real_path, strlen(file->real_path)), hash_bytes(what, sizeof what));
}

static void join(cs_inspect_file *owner, cs_inspect_file *recording) {
    if (owner->companion_count == CS_MAX_RECORDINGS || owner == recording) return;
    owner->companions[owner->companion_count++] = recording;
    owner->mapping_hash = hash_pair(owner->mapping_hash, hash_file(recording));
    recording->is_companion = true;
}

/* Those of one name: the transcript takes the recording of both sides, else one of each side. */
static void join_group(named *group, size_t count) {
    const named *agent = NULL, *customer = NULL, *both = NULL;
    cs_inspect_file *owner = NULL;
    for (size_t i = 0; i < count; i++) {
        const named *n = &group[i];
        if (!n->file->is_recording)
            owner = owner ? owner : n->file;
        else if (n->side == CS_ROLE_AGENT)
            agent = agent ? agent : n;
        else if (n->side == CS_ROLE_CUSTOMER)
            customer = customer ? customer : n;
        else
            both = both ? both : n;
    }
    if (owner && both) {
        join(owner, both->file);
        return;
    }
    if (both || (!owner && !(agent && customer))) return; /* each by itself */
    if (!owner) owner = agent->file;
    if (owner == (agent ? agent->file : NULL)) owner->companions[owner->companion_count++] = owner;
    if (agent) join(owner, agent->file);
    if (customer) join(owner, customer->file);
}

cs_error inspect_recordings_join(cs_inspect_files *files, cs_message *message) {
    named *all = calloc(files->count + 1, sizeof *all);
    size_t count = 0;
    if (!all) return message_set(message, CS_ERR_MEMORY, "no memory to join recordings");
    for (size_t i = 0; i < files->count; i++) {
        cs_inspect_file *file = &files->items[i];
        if (!file->is_recording && !is_transcript(file)) continue;
        named *n = &all[count++];
        *n = (named){.path = file->real_path, .file = file};
        if (file->is_recording)
            n->side = recording_name_side(file->real_path, &n->stem);
        else
            n->stem = strlen(file->real_path) - strlen(file_extension(file->real_path));
    }
    if (count) qsort(all, count, sizeof *all, compare_named);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1;
             to < count && all[to].stem == all[from].stem && memcmp(all[to].path, all[from].path, all[from].stem) == 0;)
            to++;
        join_group(&all[from], to - from);
    }
    free(all);
    return CS_OK;
}

/* ---- by what the conversation says ---- */

static cs_error attach_companions(const cs_inspect_file *file, cs_conversation *c, cs_arena *arena,
                                  cs_message *message) {
    cs_recording *recordings = arena_array(arena, file->companion_count, sizeof *recordings);
    if (!recordings) return message_set(message, CS_ERR_MEMORY, "no memory for the recordings");
    for (uint32_t i = 0; i < file->companion_count; i++)
        recordings[i] =
            (cs_recording){.path = file->companions[i]->real_path, .channels = {CS_NO_PARTICIPANT, CS_NO_PARTICIPANT}};
    c->recordings = recordings;
    c->recording_count = file->companion_count;
    const cs_inspect_file *first = file->companions[0];
    return first->mapping ? name_pattern_fill(first->mapping, first->real_path, c, arena, message) : CS_OK;
}

static void claim(cs_inspect_files *files, const char *real_path) {
    uint32_t item = index_find(&files->recordings, real_path, strlen(real_path));
    if (item != CS_INDEX_NONE) files->items[item].is_companion = true;
}

static cs_error resolve(cs_inspect_files *files, const cs_inspect_file *file, cs_recording *recording, cs_arena *arena,
                        cs_message *message) {
    const char *slash = strrchr(file->real_path, '/');
    const char *path = recording->path;
    if (path[0] != '/' && slash)
        path = arena_printf(arena, "%.*s/%s", (int)(slash - file->real_path), file->real_path, path);
    if (!path) return message_set(message, CS_ERR_MEMORY, "no memory for the recordings");
    char *real = realpath(path, NULL);
    if (!real) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "its recording %.200s is not there", path);
        message_place(message, "recordings");
        message_remedy(message, "put it there, or mend its path: it is read from the folder of this file");
        return CS_ERR_NOT_FOUND;
    }
    recording->path = arena_string(arena, real);
    claim(files, real);
    free(real);
    return recording->path ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the recordings");
}

cs_error inspect_recordings_attach(cs_inspect_files *files, const cs_inspect_file *file, cs_conversation *c,
                                   cs_arena *arena, cs_message *message) {
    if (c->recording_count == 0 || file->is_recording)
        return file->companion_count ? attach_companions(file, c, arena, message) : CS_OK;
    cs_recording *own = arena_array(arena, c->recording_count, sizeof *own);
    if (!own) return message_set(message, CS_ERR_MEMORY, "no memory for the recordings");
    memcpy(own, c->recordings, c->recording_count * sizeof *own);
    cs_error code = CS_OK;
    for (uint32_t i = 0; i < c->recording_count && code == CS_OK; i++)
        code = resolve(files, file, &own[i], arena, message);
    if (code == CS_OK) c->recordings = own;
    return code;
}
