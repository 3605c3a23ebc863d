/* A recording by itself: a conversation of which nothing is known but its sound. What can be heard is put in later
 * (hearing.h); its times, its people and its number come with its name, where a mapping reads that, and with call lists. */
#include "conversation/draft.h"
#include "conversation/name_pattern.h"
#include "conversation/reading.h"
#include "conversation/recording_name.h"

#include <string.h>

cs_error recording_read(const cs_reading *reading, cs_message *message) {
    cs_draft draft;
    size_t stem;
    const char *slash = strrchr(reading->path, '/');
    const char *name = slash ? slash + 1 : reading->path;
    (void)recording_name_side(reading->path, &stem);
    reading->counts->expected++;
    if (!draft_start(&draft)) return message_set(message, CS_ERR_MEMORY, "no memory for the conversation");
    cs_recording *recording = arena_alloc(draft.arena, sizeof *recording);
    draft.c->external_id = arena_copy(draft.arena, name, stem - (size_t)(name - reading->path));
    draft.c->channel = CS_CHANNEL_CALL;
    cs_error code = CS_OK;
    if (!recording || !draft.c->external_id || !(recording->path = arena_string(draft.arena, reading->path)))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the conversation");
    if (code == CS_OK) {
        for (int i = 0; i < CS_MAX_RECORDING_CHANNELS; i++) recording->channels[i] = CS_NO_PARTICIPANT;
        draft.c->recordings = recording;
        draft.c->recording_count = 1;
        if (reading->mapping) code = name_pattern_read(reading->mapping, reading->path, &draft, message);
    }
    if (code == CS_OK) code = conversation_finish(draft.c, draft.arena, message);
    if (code != CS_OK) {
        draft_drop(&draft);
        return code;
    }
    return reading_give(reading, draft.c, draft.arena, "");
}
