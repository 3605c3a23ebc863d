#include "conversation/captions.h"

#include "base/file.h"

#include <string.h>

bool caption_line_next(cs_caption_lines *lines, cs_caption_line *out) {
    if (lines->at >= lines->bytes) return false;
    const char *from = lines->text + lines->at;
    const char *end = memchr(from, '\n', lines->bytes - lines->at);
    *out = (cs_caption_line){from, end ? (size_t)(end - from) : lines->bytes - lines->at, lines->line++};
    lines->at += out->bytes + (end != NULL);
    return true;
}

bool caption_has_arrow(const cs_caption_line *line) {
    return memmem(line->text, line->bytes, "-->", 3) != NULL;
}

void caption_breaks_unify(char *text, size_t *bytes) {
    size_t kept = 0;
    for (size_t i = 0; i < *bytes; i++) {
        bool is_pair = text[i] == '\r' && i + 1 < *bytes && text[i + 1] == '\n';
        if (!is_pair) text[kept++] = text[i] == '\r' ? '\n' : text[i];
    }
    *bytes = kept;
}

bool caption_number_read(const char **at, const char *end, unsigned least, unsigned most, int64_t *out) {
    unsigned digits = 0;
    *out = 0;
    while (*at < end && **at >= '0' && **at <= '9' && digits < most) {
        *out = *out * 10 + (*(*at)++ - '0');
        digits++;
    }
    return digits >= least;
}

static bool read_char(const char **at, const char *end, char expected) {
    if (*at >= end || **at != expected) return false;
    (*at)++;
    return true;
}

/* Hours have two to five digits. */
bool caption_time_read(const char **at, const char *end, int64_t *out) {
    int64_t first, second, third = 0, ms;
    if (!caption_number_read(at, end, 2, 5, &first) || !read_char(at, end, ':') ||
        !caption_number_read(at, end, 2, 2, &second))
        return false;
    bool has_hours = read_char(at, end, ':');
    if (has_hours && !caption_number_read(at, end, 2, 2, &third)) return false;
    if (!read_char(at, end, '.') || !caption_number_read(at, end, 3, 3, &ms)) return false;
    int64_t hours = has_hours ? first : 0, minutes = has_hours ? second : first, seconds = has_hours ? third : second;
    if (minutes > 59 || seconds > 59) return false;
    *out = ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms;
    return true;
}

cs_error caption_voice_find(cs_draft *draft, cs_role role, const char *name, uint32_t *out, cs_message *message) {
    static const char letters[] = {'u', 'a', 'c', 'b', 's'};
    _Static_assert(sizeof letters == CS_ROLE_COUNT, "one letter a role");
    cs_conversation *c = draft->c;
    uint32_t of_role = 0;
    for (uint32_t i = 0; i < c->participant_count; i++) {
        const cs_participant *who = &c->participants[i];
        if (who->role != role) continue;
        of_role++;
        bool is_same = name && who->name ? strcmp(name, who->name) == 0 : name == who->name;
        if (!is_same) continue;
        *out = i;
        return CS_OK;
    }
    cs_participant *who = draft_participant(draft);
    if (!who) return draft_why(draft, message);
    *out = c->participant_count - 1;
    who->role = role;
    who->name = name;
    who->id = arena_printf(draft->arena, "%c%u", letters[role], of_role + 1);
    return who->id ? CS_OK : message_set(message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}

cs_error caption_id_of_path(cs_draft *draft, const char *path, const char **out, cs_message *message) {
    const char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    *out = arena_copy(draft->arena, name, strlen(name) - strlen(file_extension(name)));
    return *out ? CS_OK : message_set(message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}
