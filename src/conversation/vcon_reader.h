/* vcon_reader.h - what the parts of the vCon reader share: the tree, the draft, the moment that times count from.
 * Floor: conversation, private to vcon*.c. Parties and participants have the same numbers; more participants may follow.
 * Memory: what is read lives in the draft's arena. Threads: one at a time.
 * Example: code = vcon_parties_read(&r); if (code == CS_OK) code = vcon_dialog_read(&r);
 */
#ifndef CS_CONVERSATION_VCON_READER_H
#define CS_CONVERSATION_VCON_READER_H

#include "conversation/json_dialect.h"
#include "conversation/json_object.h"

enum { CS_MAX_VCON_DIALOGS = CS_MAX_TURNS, CS_MAX_VCON_BYTES = 64 << 20 };

typedef struct cs_vcon_reader {
    const cs_json *tree;
    const cs_json_source *from;
    cs_draft *draft;
    cs_message *message;
    int64_t base_ms; /* the earliest start; CS_NO_TIME: none */
    uint32_t party_count;
    uint32_t text_count, recording_count; /* dialogs of the kind, empty ones too */
    bool is_video, is_mail, is_redacted; /* seen in the dialogs; a dialog without its content */
    const char *interaction; /* of the contact-centre extension; NULL: none */
    cs_message left_out; /* the first thing that could not be taken along; reason empty: nothing */
} cs_vcon_reader;

/* vcon_party.c */
cs_error vcon_parties_read(cs_vcon_reader *r);
/* The party that a transcript calls so: by name, role, number, address; UINT32_MAX: none, or more than one. */
uint32_t vcon_party_find(const cs_vcon_reader *r, const char *label);

/* vcon_dialog.c */
cs_error vcon_base_find(cs_vcon_reader *r);
cs_error vcon_dialog_read(cs_vcon_reader *r);
/* The start of a dialog from base_ms; 0: unknown. */
int64_t vcon_dialog_offset(const cs_vcon_reader *r, size_t index);
const cs_json *vcon_dialog_at(const cs_vcon_reader *r, size_t index); /* NULL: none */
bool vcon_dialog_is(const cs_json *dialog, const char *type);
/* The only party of a channel (from 0), or of the whole when channel is -1; UINT32_MAX: none, or several. */
uint32_t vcon_dialog_party(const cs_vcon_reader *r, const cs_json *dialog, int channel);

/* vcon_recording.c: the recordings that lie beside the vCon. */
cs_error vcon_recordings_read(cs_vcon_reader *r);

/* vcon_analysis.c */
cs_error vcon_analysis_read(cs_vcon_reader *r);
/* Our own conversation, when the vCon carries it and its dialogs still say the same: *is_taken, and the draft holds it. */
cs_error vcon_own_read(cs_vcon_reader *r, bool *is_taken);

/* vcon_transcript.c: *is_known false: a shape that is not read, nothing was added. */
typedef struct cs_vcon_span {
    const cs_json *dialog; /* NULL: of the whole */
    int64_t offset_ms;
    bool has_time;
} cs_vcon_span;
cs_error vcon_transcript_read(cs_vcon_reader *r, const cs_json *body, const cs_vcon_span *span,
                              const cs_json_place *place, bool *is_known);

/* vcon_signed.c: checks the signatures; *payload is the vCon inside, to be freed with json_free. */
typedef struct cs_vcon_seal {
    const char *state; /* "valid", "unchecked" */
    char signer[256]; /* who signed, by the certificate; "" unknown */
} cs_vcon_seal;
cs_error vcon_signed_open(const cs_json *tree, cs_json **payload, cs_vcon_seal *seal, cs_message *message);

/* What every part says. */
cs_error vcon_refuse(const cs_vcon_reader *r, const cs_json_place *place, const char *key, const char *remedy,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));
cs_error vcon_no_memory(const cs_vcon_reader *r);
void vcon_leave_out(cs_vcon_reader *r, const cs_json_place *place, const char *key, const char *remedy,
                    const char *format, ...) __attribute__((format(printf, 5, 6)));
cs_error vcon_field(cs_vcon_reader *r, const char *name, const char *value, cs_field_kind kind); /* not when "" */

#endif
