#include "quality/speech_marks.h"

bool marks_put(void *context, const char *text, cs_arena *arena, const char **out) {
    const cs_speech_marks *marks = context;
    cs_message message = {0};
    if (!*text) return false;
    cs_recogniser *r = second_take(marks->shop, marks->second, marks->language);
    if (!r) return false;
    cs_error code = recogniser_punctuate(r, text, arena, out, &message);
    if (code == CS_ERR_IO || code == CS_ERR_MEMORY) second_failed(marks->shop, marks->second, &message);
    return code == CS_OK;
}
