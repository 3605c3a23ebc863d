/* name_pattern.h - what the name of a recording's file tells, read by a mapping's template: "{extension}_{number}_{time:yyyymmdd}".
 * Floor: conversation. As many folders count as the template has slashes; sides (-agent, -customer) and the extension are cut
 * before. A place takes as little as possible; {number} takes digits and + * # - only, nothing takes a slash.
 * Memory: what is filled lives in the draft's arena. Threads: any.
 * Example: if (mapping) code = name_pattern_read(mapping, "a/1001_13812345678_20260214.wav", &draft, &message);
 */
#ifndef CS_CONVERSATION_NAME_PATTERN_H
#define CS_CONVERSATION_NAME_PATTERN_H

#include "conversation/draft.h"
#include "conversation/mapping.h"

/* Sets customer, queue, title, start, id and the fields number, account, agent_id, extension … of the conversation, and its
 * agent. A day without an hour is no start: it becomes the field "day". A name that does not fit leaves the conversation as
 * it is, but for the field recording.name_unread. Fails for want of memory only. */
cs_error name_pattern_read(const cs_mapping *mapping, const char *path, cs_draft *draft, cs_message *message);
/* The same of a conversation that is whole already, such as a recording's transcript: what it says itself stands. */
cs_error name_pattern_fill(const cs_mapping *mapping, const char *path, cs_conversation *conversation, cs_arena *arena,
                           cs_message *message);
/* Whether the name fits, for previews. */
bool name_pattern_fits(const cs_mapping *mapping, const char *path);

#endif
