/* What an OpenAI-compatible address answers; the first byte says in which format it was asked. */
#include "base/utf8.h"
#include "speech/openai_answer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const cs_utterance *list, uint32_t count, const cs_sound_piece *piece) {
    int64_t at = piece->start_ms;
    for (uint32_t i = 0; i < count; i++) {
        const cs_utterance *u = &list[i];
        if (u->start_ms < at || u->end_ms < u->start_ms || u->end_ms > piece->end_ms) abort();
        if (!u->text && u->unit_count == 0) abort();
        if (u->text && utf8_invalid_at(u->text, strlen(u->text)) != strlen(u->text)) abort();
        for (uint32_t k = 0; k < u->unit_count; k++) {
            if (u->units[k].start_ms < at || !u->units[k].text) abort();
            at = u->units[k].start_ms;
        }
        at = u->end_ms;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const formats[] = {"verbose_json", "json", "text"};
    const cs_sound_piece piece = {60000, 90000};
    cs_message message = {0};
    cs_utterance *list = NULL;
    uint32_t count = 0;
    char words[33];
    if (size == 0 || size > 1 << 20) return 0;
    cs_arena *arena = arena_create(64 << 20);
    const char *text = (const char *)data + 1;
    cs_error code = openai_answer_read(text, size - 1, formats[*data % 3], &piece, arena, &list, &count, &message);
    if (code == CS_OK) look_at(list, count, &piece);
    if (code != CS_OK && (!*message.reason || count > 0)) abort();
    openai_error_read(text, size - 1, words, sizeof words);
    if (utf8_invalid_at(words, strlen(words)) != strlen(words)) abort();
    arena_free(arena);
    return 0;
}
