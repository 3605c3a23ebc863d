#include "conversation/chat_text_line.h"

#include <string.h>

enum { LONGEST_TIME = 64, LONGEST_ANY = 200, MOST_ANY = 2, MOST_STEPS = 20000 };

static cs_error refuse(cs_message *message, const char *reason, const char *remedy) {
    message_set(message, CS_ERR_USAGE, "%s", reason);
    message_place(message, "line");
    message_remedy(message, "%s", remedy);
    return CS_ERR_USAGE;
}

static const char example[] = "for example \"[{time}] {speaker}: {text}\"";

/* {name} at text; its bytes, 0: none, or no such. */
static size_t read_place(const char *text, cs_chat_part_kind *out) {
    static const struct {
        const char *name;
        cs_chat_part_kind kind;
    } places[] = {
        {"{time}", CS_CHAT_TIME}, {"{speaker}", CS_CHAT_SPEAKER}, {"{text}", CS_CHAT_TEXT}, {"{*}", CS_CHAT_ANY}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        size_t bytes = strlen(places[i].name);
        if (strncmp(text, places[i].name, bytes) != 0) continue;
        *out = places[i].kind;
        return bytes;
    }
    return 0;
}

/* What stands for itself up to the next place; two braces are one. Its bytes, 0: a lone brace, or it is too long. */
static size_t read_literal(const char *text, char out[64]) {
    size_t at = 0, length = 0;
    while (text[at]) {
        bool is_brace = text[at] == '{' || text[at] == '}';
        bool is_double = is_brace && text[at + 1] == text[at];
        if (text[at] == '{' && !is_double) break;
        if ((is_brace && !is_double) || length + 1 == 64) return 0;
        out[length++] = text[at];
        at += is_double ? 2 : 1;
    }
    out[length] = 0;
    return at;
}

static cs_error check_parts(const cs_chat_line *line, const unsigned counts[], cs_message *message) {
    if (counts[CS_CHAT_SPEAKER] != 1 || counts[CS_CHAT_TEXT] != 1 || counts[CS_CHAT_TIME] > 1)
        return refuse(message, "the mapping's \"line\" needs {speaker} and {text} once each, and {time} at most once",
                      example);
    if (counts[CS_CHAT_ANY] > MOST_ANY) return refuse(message, "the mapping's \"line\" has more than two {*}", example);
    if (line->parts[line->count - 1].kind != CS_CHAT_TEXT)
        return refuse(message, "the mapping's \"line\" does not end with {text}", example);
    for (uint32_t i = 0; i + 1 < line->count; i++) {
        const cs_chat_part *part = &line->parts[i];
        if (part->kind == CS_CHAT_LITERAL) {
            if (strchr(part->literal, '\n'))
                return refuse(message, "in the mapping's \"line\" a line break may stand directly before {text} alone",
                              example);
        } else if (line->parts[i + 1].kind != CS_CHAT_LITERAL && !(line->is_text_below && i + 2 == line->count)) {
            return refuse(message, "in the mapping's \"line\" two places touch: nobody can tell where one ends",
                          example);
        }
    }
    return CS_OK;
}

/* "…\n{text}": the line break goes, and with it a literal that was nothing else. */
static void lower_text(cs_chat_line *line) {
    if (line->count < 2 || line->parts[line->count - 2].kind != CS_CHAT_LITERAL) return;
    char *literal = line->parts[line->count - 2].literal;
    size_t length = strlen(literal);
    if (length == 0 || literal[length - 1] != '\n') return;
    literal[length - 1] = 0;
    line->is_text_below = true;
    if (length > 1) return;
    line->parts[line->count - 2] = line->parts[line->count - 1];
    line->count--;
}

cs_error chat_text_line_parse(const char *line_template, cs_chat_line *out, cs_message *message) {
    cs_chat_line line = {0};
    unsigned counts[CS_CHAT_ANY + 1] = {0};
    for (const char *at = line_template; *at;) {
        if (line.count == CS_CHAT_PARTS)
            return refuse(message, "the mapping's \"line\" has more than 12 parts", example);
        cs_chat_part *part = &line.parts[line.count++];
        size_t bytes = read_place(at, &part->kind);
        if (!bytes) {
            part->kind = CS_CHAT_LITERAL;
            bytes = read_literal(at, part->literal);
        }
        if (!bytes)
            return refuse(message,
                          "in the mapping's \"line\" a brace begins none of {time} {speaker} {text} {*}, or text is "
                          "longer than 63 bytes",
                          "write {{ for a brace itself");
        counts[part->kind]++;
        at += bytes;
    }
    if (line.count == 0) return refuse(message, "the mapping's \"line\" is empty", example);
    lower_text(&line);
    cs_error code = check_parts(&line, counts, message);
    if (code != CS_OK) return code;
    line.has_time = counts[CS_CHAT_TIME] > 0;
    *out = line;
    return CS_OK;
}

typedef struct matcher {
    const cs_chat_line *line;
    const cs_mapping *mapping;
    cs_chat_head *head;
    const char *behind_time; /* where the last time that is one ended, in text; NULL: none yet */
    unsigned steps;
} matcher;

/* Blanks that programs put into times and beside names so that lines don't break there. */
static size_t wide_blank(const char *at) {
    if (strncmp(at, "\xe2\x80\xaf", 3) == 0 || strncmp(at, "\xe3\x80\x80", 3) == 0) return 3;
    return strncmp(at, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

static bool take_time(matcher *m, const char *from, size_t bytes) {
    char text[LONGEST_TIME + 1];
    size_t length = 0;
    bool is_day = false;
    for (size_t i = 0; i < bytes;) {
        size_t blank = wide_blank(from + i);
        text[length++] = blank ? ' ' : from[i];
        i += blank ? blank : 1;
    }
    text[length] = 0;
    int64_t time = 0;
    int zone = 0;
    if (!mapping_moment(m->mapping, text, &time, &zone, &is_day)) return false;
    m->head->time_ms = is_day ? CS_NO_TIME : time;
    m->head->zone_minutes = zone;
    m->behind_time = from + bytes;
    return true;
}

static bool take_speaker(matcher *m, const char *from, size_t bytes) {
    while (bytes > 0 && *from == ' ') from++, bytes--;
    while (bytes > 0 && from[bytes - 1] == ' ') bytes--;
    if (bytes == 0 || bytes > CS_MAX_NAME_BYTES) return false;
    memcpy(m->head->speaker, from, bytes);
    m->head->speaker[bytes] = 0;
    return true;
}

static bool take(matcher *m, cs_chat_part_kind kind, const char *from, size_t bytes) {
    if (kind == CS_CHAT_TIME) return bytes <= LONGEST_TIME && take_time(m, from, bytes);
    if (kind == CS_CHAT_SPEAKER) return take_speaker(m, from, bytes);
    return bytes <= LONGEST_ANY;
}

/* Bounded by the longest value of a place: a time may hold what stands behind it, so each end of it is tried. */
static bool match(matcher *m, uint32_t index, const char *at) { // NOLINT(misc-no-recursion): at most CS_CHAT_PARTS deep
    const cs_chat_part *part = &m->line->parts[index];
    if (++m->steps > MOST_STEPS) return false;
    bool is_last = index + 1 == m->line->count;
    if (part->kind == CS_CHAT_TEXT) {
        m->head->text = at;
        return !m->line->is_text_below || !*at;
    }
    if (part->kind == CS_CHAT_LITERAL) {
        size_t bytes = strlen(part->literal);
        return !is_last && strncmp(at, part->literal, bytes) == 0 && match(m, index + 1, at + bytes);
    }
    const cs_chat_part *next = &m->line->parts[index + 1];
    size_t rest = strnlen(at, LONGEST_ANY + 1 + sizeof next->literal);
    if (next->kind != CS_CHAT_LITERAL) /* the text below: the place goes to the end of the line */
        return take(m, part->kind, at, strlen(at)) && match(m, index + 1, at + strlen(at));
    size_t literal = strlen(next->literal);
    for (size_t end = 1; end + literal <= rest; end++) {
        if (memcmp(at + end, next->literal, literal) != 0) continue;
        if (take(m, part->kind, at, end) && match(m, index + 1, at + end)) return true;
    }
    return false;
}

bool chat_text_line_read(const cs_chat_line *line, const cs_mapping *mapping, const char *text, cs_chat_head *out) {
    cs_chat_head head = {.time_ms = CS_NO_TIME};
    matcher m = {.line = line, .mapping = mapping, .head = &head};
    bool is_message = match(&m, 0, text);
    if (!is_message && !m.behind_time) return false;
    if (!is_message) { /* its time and no name; the time found last is the longest one */
        *head.speaker = 0;
        head.text = m.behind_time;
        uint32_t time = 0;
        while (line->parts[time].kind != CS_CHAT_TIME) time++;
        for (uint32_t i = 0; i < time; i++) {
            if (line->parts[i].kind != CS_CHAT_LITERAL) return false; /* who knows what stood before it */
        }
        const cs_chat_part *next = &line->parts[time + 1];
        if (next->kind == CS_CHAT_LITERAL && strncmp(head.text, next->literal, strlen(next->literal)) == 0)
            head.text += strlen(next->literal);
    }
    *out = head;
    return true;
}
