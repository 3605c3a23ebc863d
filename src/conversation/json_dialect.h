/* json_dialect.h - what another program wrote as JSON, recognised by its content: vCon, recognisers' outputs.
 * Floor: conversation, private to the JSON readers. One row of json_dialects a format; docs/formats.md describes each.
 * Memory: the tree is the caller's; all that is filled lives in the draft's arena. Threads: any.
 * Example: const cs_json_dialect *d = json_dialect_find(tree); if (d) code = d->read(tree, &from, &draft, &m);
 */
#ifndef CS_CONVERSATION_JSON_DIALECT_H
#define CS_CONVERSATION_JSON_DIALECT_H

#include "base/json.h"
#include "conversation/draft.h"

typedef struct cs_json_source {
    const char *path; /* of the file; its stem is the id where the content has none */
    const char *stem;
} cs_json_source;

typedef struct cs_json_dialect {
    const char *name; /* "vcon" */
    const char *title_en, *title_zh;
    bool (*claims)(const cs_json *tree); /* whether this is one, sound or not; looks at the top level only */
    /* Fills the draft but does not finish it: the caller calls conversation_finish. message: place inside the tree, remedy. */
    cs_error (*read)(const cs_json *tree, const cs_json_source *from, cs_draft *draft, cs_message *message);
} cs_json_dialect;

extern const cs_json_dialect *const json_dialects[]; /* NULL at the end */
const cs_json_dialect *json_dialect_find(const cs_json *tree); /* NULL: our own format */

extern const cs_json_dialect json_vcon; /* vcon.c */
extern const cs_json_dialect json_funasr, json_whisper, json_whisper_cpp, json_transcribe; /* recogniser_*.c */

#endif
