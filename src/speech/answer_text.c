#include "speech/answer_text.h"

#include <string.h>

char *answer_text_clean(const char *text, size_t bytes, cs_arena *arena) {
    char *copy = arena_copy(arena, text, bytes);
    for (size_t i = 0; copy && i < bytes; i++)
        if ((copy[i] >= 0 && copy[i] < ' ') || copy[i] == 127) copy[i] = ' ';
    return copy;
}

bool answer_text_is_blank(const char *text) {
    return text[strspn(text, " ")] == 0;
}
