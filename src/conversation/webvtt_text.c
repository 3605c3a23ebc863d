#include "conversation/webvtt_text.h"

#include "base/buffer.h"

#include <string.h>
#include <strings.h>

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

cs_role webvtt_role(const char *word, size_t bytes) {
    static const struct {
        const char *word;
        cs_role role;
    } words[] = {
#define X(code, name, zh) {name, CS_ROLE_##code}, {zh, CS_ROLE_##code},
        CS_ROLE_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].word) == bytes && strncasecmp(words[i].word, word, bytes) == 0) return words[i].role;
    }
    return CS_ROLE_COUNT;
}

/* Decodes the entity at text (which begins with &) into out; gives its length, 0 when it is none that WebVTT knows. */
static size_t decode_entity(const char *text, size_t bytes, cs_buffer *out) {
    static const struct {
        const char *entity, *text;
    } entities[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&nbsp;", "\xc2\xa0"}, {"&lrm;", ""}, {"&rlm;", ""}};
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        size_t length = strlen(entities[i].entity);
        if (length > bytes || memcmp(text, entities[i].entity, length) != 0) continue;
        buffer_text(out, entities[i].text);
        return length;
    }
    return 0;
}

/* Captions wrap lines for the screen: between Chinese characters a break means nothing, else it is a space. */
static void append_break(cs_buffer *out, char next) {
    bool is_plain_before = out->length > 0 && (unsigned char)out->data[out->length - 1] < 0x80;
    if (is_plain_before && (unsigned char)next < 0x80) buffer_append(out, " ", 1);
}

static void append_text(const char *text, size_t bytes, cs_buffer *out) {
    for (size_t i = 0; i < bytes;) {
        size_t entity = text[i] == '&' ? decode_entity(text + i, bytes - i, out) : 0;
        if (entity == 0 && text[i] == '\n')
            append_break(out, i + 1 < bytes ? text[i + 1] : ' ');
        else if (entity == 0)
            buffer_append(out, text + i, 1);
        i += entity ? entity : 1;
    }
}

/* Length of the tag's name at tag (behind the < and /), when WebVTT knows it (W3C WebVTT 4.2.2), else 0. */
static size_t known_tag(const char *tag, size_t bytes) {
    static const char *const names[] = {"c", "i", "b", "u", "ruby", "rt", "v", "lang"};
    size_t length = 0;
    while (length < bytes && !strchr(". \t\n>", tag[length]) && tag[length]) length++;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == length && memcmp(names[i], tag, length) == 0) return length;
    }
    size_t time = 0; /* <00:00:07.500> inside a cue */
    while (time < bytes && tag[time] && strchr("0123456789:.", tag[time])) time++;
    return time > 0 && time < bytes && tag[time] == '>' ? time : 0;
}

typedef struct cue_reader {
    cs_arena *arena;
    cs_buffer text; /* of the voice that speaks now */
    cs_cue_voice voice;
    cs_error (*on_voice)(void *context, const cs_cue_voice *voice, cs_message *message);
    void *context;
    cs_message *message;
} cue_reader;

static cs_error no_memory(const cue_reader *r) {
    return message_set(r->message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}

static cs_error end_voice(cue_reader *r) {
    if (r->text.is_failed) return no_memory(r);
    const char *from = buffer_string(&r->text), *end = from + r->text.length;
    while (from < end && is_blank(*from)) from++;
    while (end > from && is_blank(end[-1])) end--;
    cs_error code = CS_OK;
    if (from < end) {
        r->voice.text = arena_copy(r->arena, from, (size_t)(end - from));
        r->voice.bytes = (size_t)(end - from);
        code = r->voice.text ? r->on_voice(r->context, &r->voice, r->message) : no_memory(r);
    }
    buffer_clear(&r->text);
    r->voice = (cs_cue_voice){0};
    return code;
}

/* Behind <v: classes (.loud), then the annotation: a role, a name, or both. */
static cs_error begin_voice(cue_reader *r, const char *tag, size_t bytes) {
    cs_error code = end_voice(r);
    if (code != CS_OK) return code;
    size_t at = 0;
    while (at < bytes && !is_blank(tag[at])) at++;
    cs_buffer name;
    buffer_init(&name, bytes * 2 + 1);
    append_text(tag + at, bytes - at, &name);
    const char *from = buffer_string(&name), *end = from + name.length;
    while (from < end && is_blank(*from)) from++;
    while (end > from && is_blank(end[-1])) end--;
    size_t word = 0;
    while (from + word < end && !is_blank(from[word])) word++;
    cs_role role = webvtt_role(from, word);
    if (role != CS_ROLE_COUNT) {
        r->voice.role = role;
        from += word;
        while (from < end && is_blank(*from)) from++;
    }
    if (from < end) r->voice.name = arena_copy(r->arena, from, (size_t)(end - from));
    bool is_done = !name.is_failed && (from == end || r->voice.name);
    buffer_free(&name);
    return is_done ? CS_OK : no_memory(r);
}

/* One tag at text (which begins with <); *length is what it takes, 0 when it is only text. */
static cs_error read_tag(cue_reader *r, const char *text, size_t bytes, size_t *length) {
    *length = 0;
    bool is_closing = bytes > 1 && text[1] == '/';
    const char *tag = text + 1 + is_closing;
    size_t rest = bytes - 1 - is_closing;
    size_t name = known_tag(tag, rest);
    if (name == 0) return CS_OK;
    const char *close = memchr(tag, '>', rest);
    if (!close) {
        message_set(r->message, CS_ERR_PARSE, "the tag <%.*s is not closed by >", (int)(name < 20 ? name : 20), tag);
        message_remedy(r->message, "close the tag, or write &lt; for a < in the text; the file may be cut off");
        return CS_ERR_PARSE;
    }
    *length = (size_t)(close - text) + 1;
    if (name != 1 || *tag != 'v') return CS_OK;
    return is_closing ? end_voice(r) : begin_voice(r, tag + name, (size_t)(close - tag) - name);
}

cs_error webvtt_cue_text(const char *text, size_t bytes, cs_arena *arena,
                         cs_error (*on_voice)(void *context, const cs_cue_voice *voice, cs_message *message),
                         void *context, cs_message *message) {
    cue_reader r = {.arena = arena, .on_voice = on_voice, .context = context, .message = message};
    buffer_init(&r.text, bytes * 2 + 1);
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < bytes;) {
        size_t tag = 0;
        if (text[i] == '<') code = read_tag(&r, text + i, bytes - i, &tag);
        if (code != CS_OK) break;
        size_t plain = 0;
        if (tag == 0) {
            const char *next = memchr(text + i + 1, '<', bytes - i - 1);
            plain = next ? (size_t)(next - (text + i)) : bytes - i;
            append_text(text + i, plain, &r.text);
        }
        i += tag + plain;
    }
    if (code == CS_OK) code = end_voice(&r);
    buffer_free(&r.text);
    return code;
}
