/* captions.h - what WebVTT and SRT share: lines, times, who speaks, the file's name as id.
 * Floor: conversation, private to the readers of captions.
 * Memory: lines point into the text; participants and ids live in the draft's arena. Threads: any.
 * Example: cs_caption_lines l = {text, bytes, 0, 1}; while (caption_line_next(&l, &line)) puts("a line");
 */
#ifndef CS_CONVERSATION_CAPTIONS_H
#define CS_CONVERSATION_CAPTIONS_H

#include "conversation/draft.h"

typedef struct cs_caption_line {
    const char *text; /* without its line break */
    size_t bytes;
    int64_t number; /* from 1 */
} cs_caption_line;

typedef struct cs_caption_lines {
    const char *text;
    size_t bytes, at;
    int64_t line; /* of the line that comes next */
} cs_caption_lines;

bool caption_line_next(cs_caption_lines *lines, cs_caption_line *out);
bool caption_has_arrow(const cs_caption_line *line); /* --> */
/* Line breaks may be CRLF, LF or CR: all become LF, in place. */
void caption_breaks_unify(char *text, size_t *bytes);
/* least to most digits at *at. */
bool caption_number_read(const char **at, const char *end, unsigned least, unsigned most, int64_t *out);
/* [hours:]mm:ss.mmm, the way WebVTT writes it. */
bool caption_time_read(const char **at, const char *end, int64_t *out);
/* The participant of this role and name (NULL: none given), made when it is new; ids count within the role: a1, a2, c1 … */
cs_error caption_voice_find(cs_draft *draft, cs_role role, const char *name, uint32_t *out, cs_message *message);
/* "calls/17.srt" → "17" */
cs_error caption_id_of_path(cs_draft *draft, const char *path, const char **out, cs_message *message);

#endif
