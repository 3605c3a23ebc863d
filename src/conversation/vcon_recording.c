/* The recordings of a vCon: those that lie beside it are taken, nothing is fetched, and nothing is left out in silence. */
#include "base/file.h"
#include "conversation/vcon_base64.h"
#include "conversation/vcon_reader.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SHA512_BYTES = 64, READ_BYTES = 64 << 10, MAX_PATH_BYTES = 4096, MAX_HASHES = 16 };

/* A file's name without any folder, so that a vCon can't reach beyond its own. */
static bool is_plain_name(const char *name) {
    return name && *name && *name != '.' && strlen(name) <= CS_MAX_NAME_BYTES && !strpbrk(name, "/\\:?#");
}

/* ---- the content hash ---- */

static bool hash_file(const char *path, unsigned char out[SHA512_BYTES]) {
    FILE *file = fopen(path, "rbe");
    char *block = malloc(READ_BYTES);
    gnutls_hash_hd_t hash = NULL;
    bool is_good = file && block && gnutls_hash_init(&hash, GNUTLS_DIG_SHA512) == 0;
    size_t got = 0;
    while (is_good && (got = fread(block, 1, READ_BYTES, file)) > 0) is_good = gnutls_hash(hash, block, got) == 0;
    is_good = is_good && !ferror(file);
    if (hash) gnutls_hash_deinit(hash, out);
    free(block);
    if (file) (void)fclose(file);
    return is_good;
}

static bool is_same_hash(const char *said, const char *is) {
    size_t length = strlen("sha512-");
    if (strncasecmp(said, "sha512-", length) != 0) return false;
    const char *digest = said + length;
    return strncmp(digest, is, strlen(is)) == 0 && strspn(digest + strlen(is), "=") == strlen(digest) - strlen(is);
}

/* One of several hashes must fit; hashes of other kinds than SHA-512 say nothing here. */
static cs_error check_hash(const cs_vcon_reader *r, const cs_json *dialog, const cs_json_place *place,
                           const char *path) {
    const cs_json *said = json_get(dialog, "content_hash");
    unsigned char digest[SHA512_BYTES];
    size_t count = json_kind(said) == CS_JSON_ARRAY ? json_length(said) : 1;
    bool is_asked = false;
    for (size_t i = 0; i < count && i < MAX_HASHES; i++) {
        const char *text = json_string(json_kind(said) == CS_JSON_ARRAY ? json_at(said, i) : said, NULL);
        if (text && strncasecmp(text, "sha512-", strlen("sha512-")) == 0) is_asked = true;
    }
    if (!is_asked) return CS_OK;
    if (!hash_file(path, digest))
        return message_set(r->message, CS_ERR_IO, "the recording %.200s can't be read to check its hash", path);
    cs_buffer is;
    buffer_init(&is, 128);
    (void)base64url_encode(digest, sizeof digest, &is);
    bool is_same = false;
    for (size_t i = 0; i < count && i < MAX_HASHES && !is_same; i++) {
        const char *text = json_string(json_kind(said) == CS_JSON_ARRAY ? json_at(said, i) : said, NULL);
        is_same = text && is_same_hash(text, buffer_string(&is));
    }
    buffer_free(&is);
    if (is_same) return CS_OK;
    return vcon_refuse(r, place, "content_hash", "bring the recording that belongs to this vCon, or export both again",
                       "the recording beside it is not the one the vCon was made with");
}

/* ---- where it lies ---- */

static const char *path_beside(const cs_vcon_reader *r, const char *name) {
    const char *slash = strrchr(r->from->path, '/');
    int folder = slash ? (int)(slash - r->from->path) + 1 : 0;
    if (folder > MAX_PATH_BYTES) return NULL;
    return arena_printf(r->draft->arena, "%.*s%s", folder, r->from->path, name);
}

static bool is_beside(const cs_vcon_reader *r, const char *name) {
    cs_file_info info;
    const char *path = is_plain_name(name) ? path_beside(r, name) : NULL;
    return path && file_info(path, &info, NULL) == CS_OK && info.is_regular;
}

/* The name of the file beside the vCon; NULL: there is none, and why is noted. */
static const char *find_file(cs_vcon_reader *r, const cs_json *dialog, const cs_json_place *place) {
    const char *url = json_string(json_get(dialog, "url"), NULL);
    const char *name = json_string(json_get(dialog, "filename"), NULL);
    if (json_kind(json_get(dialog, "body")) != CS_JSON_NULL) {
        (void)vcon_field(r, "recording.inline", "true", CS_FIELD_BOOL);
        vcon_leave_out(r, place, "body", "save the recording as a file beside the vCon and write its name into \"url\"",
                       "the recording stands inside the vCon, which is not read");
        return NULL;
    }
    if (is_plain_name(url))
        return url; /* whether it is there is seen when it is opened, with the path in the message */
    if (is_beside(r, name)) return name;
    if (!url) {
        vcon_leave_out(r, place, NULL, "export it with its transcript, or with the recording as a file beside it",
                       "the vCon holds neither the recording nor what was said in it");
        return NULL;
    }
    (void)vcon_field(r, "recording.external", "true", CS_FIELD_BOOL);
    vcon_leave_out(r, place, "url",
                   "put the recording beside the vCon under the name in \"filename\", or in \"url\" without a folder",
                   "the recording lies elsewhere, and nothing is fetched");
    return NULL;
}

/* ---- taking it ---- */

static cs_error take(cs_vcon_reader *r, const cs_json *dialog, const cs_json_place *place, const char *name,
                     cs_recording *out) {
    cs_error code = CS_OK;
    if (is_beside(r, name)) {
        const char *path = path_beside(r, name);
        code = path ? check_hash(r, dialog, place, path) : vcon_no_memory(r);
    }
    if (code != CS_OK) return code;
    out->path = arena_string(r->draft->arena, name);
    if (!out->path) return vcon_no_memory(r);
    uint32_t only = vcon_dialog_party(r, dialog, -1);
    size_t count = json_length(json_get(dialog, "parties"));
    for (int k = 0; k < CS_MAX_RECORDING_CHANNELS; k++) {
        uint32_t who = only != UINT32_MAX                   ? (k == 0 ? only : UINT32_MAX)
                       : count == CS_MAX_RECORDING_CHANNELS ? vcon_dialog_party(r, dialog, k)
                                                            : UINT32_MAX;
        out->channels[k] = who < r->party_count ? who : CS_NO_PARTICIPANT;
    }
    return CS_OK;
}

static cs_error leave_parts(cs_vcon_reader *r, const cs_json_place *place, uint32_t parts) {
    char count[16];
    (void)snprintf(count, sizeof count, "%u", parts);
    vcon_leave_out(r, place, "start", "join the parts into one file that begins with the conversation",
                   "the recording comes in parts, or begins later than the conversation");
    return vcon_field(r, "recording.parts", count, CS_FIELD_NUMBER);
}

cs_error vcon_recordings_read(cs_vcon_reader *r) {
    cs_recording *all = arena_array(r->draft->arena, CS_MAX_RECORDINGS, sizeof *all);
    cs_json_place first = {"dialog", -1, NULL};
    uint32_t found = 0;
    bool is_whole = true; /* one for all, or one a side, from the beginning */
    cs_error code = all ? CS_OK : vcon_no_memory(r);
    size_t count = json_length(json_get(r->tree, "dialog"));
    for (size_t i = 0; code == CS_OK && i < count; i++) {
        const cs_json *dialog = vcon_dialog_at(r, i);
        cs_json_place place = {"dialog", (int64_t)i, NULL};
        if (!vcon_dialog_is(dialog, "recording")) continue;
        const char *name = find_file(r, dialog, &place);
        if (!name) continue;
        if (found == 0) first = place;
        if (vcon_dialog_offset(r, i) != 0) is_whole = false;
        if (found < CS_MAX_RECORDINGS) code = take(r, dialog, &place, name, &all[found]);
        found++;
    }
    if (code != CS_OK || found == 0) return code;
    if (found == 2 && (all[0].channels[0] == CS_NO_PARTICIPANT || all[1].channels[0] == CS_NO_PARTICIPANT ||
                       all[0].channels[0] == all[1].channels[0] || all[0].channels[1] != CS_NO_PARTICIPANT ||
                       all[1].channels[1] != CS_NO_PARTICIPANT))
        is_whole = false;
    if (found > CS_MAX_RECORDINGS || !is_whole) return leave_parts(r, &first, found);
    r->draft->c->recordings = all;
    r->draft->c->recording_count = found;
    return CS_OK;
}
