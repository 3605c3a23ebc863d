#include "conversation/recording_name.h"

#include "base/file.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *word;
    cs_role role;
} sides[] = {
    {"agent", CS_ROLE_AGENT},   {"客服", CS_ROLE_AGENT},        {"坐席", CS_ROLE_AGENT},
    {"客户", CS_ROLE_CUSTOMER}, {"customer", CS_ROLE_CUSTOMER}, {"caller", CS_ROLE_CUSTOMER},
};

bool recording_name_is(const char *path) {
    const char *extension = file_extension(path);
    size_t length = strlen(extension);
    for (const char *at = CS_RECORDING_EXTENSIONS; length && *at;) {
        size_t word = strcspn(at, " ");
        if (word == length && strncasecmp(at, extension, length) == 0) return true;
        at += word + (at[word] == ' ');
    }
    return false;
}

cs_role recording_name_side(const char *path, size_t *stem_length) {
    size_t length = strlen(path) - strlen(file_extension(path));
    const char *slash = strrchr(path, '/');
    size_t name = slash ? (size_t)(slash - path) + 1 : 0;
    *stem_length = length;
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        size_t word = strlen(sides[i].word);
        if (length < name + word + 2 || strncasecmp(path + length - word, sides[i].word, word) != 0) continue;
        if (!strchr("-_. ", path[length - word - 1])) continue;
        *stem_length = length - word - 1;
        return sides[i].role;
    }
    return CS_ROLE_UNDECIDED;
}
