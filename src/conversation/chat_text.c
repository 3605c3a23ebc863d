/* Chats exported as text: a message has its time and speaker before it and may go over several lines. One file is one
 * conversation, or one after each long pause. */
#include "conversation/chat_text_line.h"
#include "conversation/draft.h"
#include "conversation/reading.h"

#include "base/file.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { PROGRESS_EVERY = 4096, MAX_LINE_BYTES = 1 << 20, MAX_ID_BYTES = 4 * CS_MAX_NAME_BYTES };
static const char notice_id[] = "system";

typedef struct chat {
    const cs_reading *reading;
    const cs_mapping *mapping;
    cs_chat_line line;
    cs_encoding encoding; /* of the file */
    cs_draft draft; /* arena NULL: none is open */
    int64_t first_line; /* of the conversation at hand */
    int64_t earliest_ms, latest_ms; /* of its turns; CS_NO_TIME: none has one */
    bool lacks_time;
    cs_error refusal;
    cs_message why;
    int64_t number; /* of conversations begun */
    cs_chat_head head; /* of the message at hand */
    int64_t head_line;
    bool has_message;
    cs_buffer text; /* of the message at hand */
    cs_buffer clean; /* the line without invisible marks */
} chat;

static void refuse_chat(chat *c, cs_error code, const cs_message *why) {
    if (c->refusal != CS_OK) return;
    c->refusal = code;
    c->why = *why;
}

static cs_error lack_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}

typedef struct id_source {
    const chat *c;
    char file[CS_MAX_NAME_BYTES + 1], folder[CS_MAX_NAME_BYTES + 1], conversation[CS_MAX_NAME_BYTES + 32], line[24];
} id_source;

static const char *id_part(void *context, const cs_template_part *part) {
    id_source *from = context;
    switch (part->kind) {
    case CS_PART_FILE: return from->file;
    case CS_PART_FOLDER: return from->folder;
    case CS_PART_LINE: return from->line;
    case CS_PART_USE: return part->use == CS_COLUMN_CONVERSATION ? from->conversation : "";
    default: return "";
    }
}

/* The file's name without its extension, and its folder's name. */
static void name_source(const chat *c, id_source *out) {
    const char *path = c->reading->path, *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path, *extension = file_extension(path);
    snprintf(out->file, sizeof out->file, "%.*s", (int)(strlen(name) - strlen(extension)), name);
    const char *folder = slash;
    while (folder && folder > path && folder[-1] != '/') folder--;
    snprintf(out->folder, sizeof out->folder, "%.*s", folder ? (int)(slash - folder) : 0, folder ? folder : "");
    snprintf(out->line, sizeof out->line, "%lld", (long long)c->head_line);
    if (c->mapping->new_after_ms > 0)
        snprintf(out->conversation, sizeof out->conversation, "%s-%lld", out->file, (long long)c->number);
    else
        snprintf(out->conversation, sizeof out->conversation, "%s", out->file);
}

static const char *make_id(const chat *c, cs_arena *arena) {
    id_source from = {.c = c};
    name_source(c, &from);
    if (!c->mapping->id) return arena_string(arena, from.conversation);
    cs_buffer id;
    buffer_init(&id, MAX_ID_BYTES);
    const char *made =
        template_write(c->mapping->id, id_part, &from, &id) ? arena_string(arena, buffer_string(&id)) : NULL;
    buffer_free(&id);
    return made;
}

static cs_error begin(chat *c, cs_message *message) {
    if (!draft_start(&c->draft)) return lack_memory(message);
    cs_conversation *now = c->draft.c;
    cs_arena *arena = c->draft.arena;
    c->number++;
    c->reading->counts->expected++;
    c->first_line = c->head_line;
    c->earliest_ms = c->latest_ms = CS_NO_TIME;
    c->lacks_time = false;
    now->external_id = make_id(c, arena);
    now->channel = c->mapping->channel == CS_CHANNEL_UNKNOWN ? CS_CHANNEL_CHAT : c->mapping->channel;
    now->queue = arena_string(arena, c->mapping->queue);
    now->language = arena_string(arena, c->mapping->language);
    now->zone_minutes = c->head.zone_minutes;
    return now->external_id ? CS_OK : lack_memory(message);
}

static cs_error find_speaker(chat *c, uint32_t *out, cs_message *message) {
    cs_conversation *now = c->draft.c;
    const char *name = c->head.speaker;
    const cs_speaker *known = *name ? mapping_speaker(c->mapping, name) : NULL;
    if (*name && !known && !c->mapping->takes_other_speakers) {
        message_set(message, CS_ERR_PARSE, "the mapping does not say who the speaker \"%.80s\" is", name);
        message_remedy(message,
                       "add \"%.40s\": \"agent\" (or customer, bot, system) to \"speakers\", or \"other_speakers\"",
                       name);
        return CS_ERR_PARSE;
    }
    cs_role role = !*name ? CS_ROLE_SYSTEM : known ? known->role : CS_ROLE_UNDECIDED;
    const char *id = *name ? name : notice_id;
    for (uint32_t i = 0; i < now->participant_count; i++) {
        if (strcmp(now->participants[i].id, id) != 0 || now->participants[i].role != role) continue;
        *out = i;
        return CS_OK;
    }
    cs_participant *who = draft_participant(&c->draft);
    if (!who) return draft_why(&c->draft, message);
    *out = now->participant_count - 1;
    who->role = role;
    who->id = arena_string(c->draft.arena, id);
    if (!who->id) return draft_why(&c->draft, message);
    return draft_text(&c->draft, &who->name, name, message);
}

static void trim(const char **text, size_t *bytes) {
    while (*bytes > 0 && strchr(" \t\r\n", **text)) (*text)++, (*bytes)--;
    while (*bytes > 0 && strchr(" \t\r\n", (*text)[*bytes - 1])) (*bytes)--;
}

static cs_error add_turn(chat *c, const char *text, size_t bytes, cs_message *message) {
    uint32_t speaker = 0;
    cs_error code = find_speaker(c, &speaker, message);
    if (code != CS_OK) return code;
    if (bytes > CS_MAX_TURN_BYTES) {
        message_set(message, CS_ERR_LIMIT, "the message has %zu bytes; at most %d are read", bytes, CS_MAX_TURN_BYTES);
        message_remedy(message,
                       "does the mapping's \"line\" fit the lines behind it? They were all taken for its text");
        return CS_ERR_LIMIT;
    }
    cs_turn *turn = draft_turn(&c->draft);
    if (!turn) return draft_why(&c->draft, message);
    turn->participant = speaker;
    turn->start_ms = c->head.time_ms; /* of the epoch until the conversation is closed */
    turn->text = arena_copy(c->draft.arena, text, bytes);
    turn->text_bytes = (uint32_t)bytes;
    if (c->head.time_ms == CS_NO_TIME)
        c->lacks_time = true;
    else if (c->earliest_ms == CS_NO_TIME || c->head.time_ms < c->earliest_ms)
        c->earliest_ms = c->head.time_ms;
    return turn->text ? CS_OK : draft_why(&c->draft, message);
}

/* The message at hand is whole. */
static void end_message(chat *c) {
    cs_message message = {0};
    const char *text = buffer_string(&c->text);
    size_t bytes = c->text.length;
    if (!c->has_message) return;
    c->has_message = false;
    trim(&text, &bytes);
    cs_error code = CS_OK;
    if (c->text.is_failed)
        code = message_set(&message, CS_ERR_LIMIT, "the message is longer than 1 MB");
    else if (bytes > 0)
        code = add_turn(c, text, bytes, &message);
    if (code == CS_OK) return;
    message_place(&message, "line %lld", (long long)c->head_line);
    refuse_chat(c, code, &message);
}

static cs_error end_chat(chat *c) {
    if (!c->draft.arena) return CS_OK;
    end_message(c);
    cs_conversation *now = c->draft.c;
    cs_message message = {0};
    if (c->refusal == CS_OK) {
        now->started_ms = c->earliest_ms;
        for (uint32_t i = 0; i < now->turn_count; i++)
            now->turns[i].start_ms = c->lacks_time ? CS_NO_TIME : now->turns[i].start_ms - c->earliest_ms;
        cs_error code = conversation_finish(now, c->draft.arena, &message);
        message_within(&message, "line %lld", (long long)c->first_line);
        if (code != CS_OK) refuse_chat(c, code, &message);
    }
    if (c->refusal != CS_OK) {
        cs_error code = reading_refuse(c->reading, now->external_id, c->refusal, &c->why);
        c->refusal = CS_OK;
        draft_drop(&c->draft);
        return code;
    }
    char place[48];
    snprintf(place, sizeof place, "line %lld", (long long)c->first_line);
    cs_arena *arena = c->draft.arena;
    c->draft = (cs_draft){0};
    return reading_give(c->reading, now, arena, place);
}

/* Marks of writing direction and byte order, which programs strew about names and times. */
static size_t invisible_bytes(const char *at) {
    if (strncmp(at, "\xef\xbb\xbf", 3) == 0) return 3;
    if (strncmp(at, "\xe2\x80", 2) == 0) {
        unsigned char last = (unsigned char)at[2];
        return last == 0x8e || last == 0x8f || (last >= 0xaa && last <= 0xae) ? 3 : 0;
    }
    return strncmp(at, "\xe2\x81", 2) == 0 && (unsigned char)at[2] >= 0xa6 && (unsigned char)at[2] <= 0xa9 ? 3 : 0;
}

static bool clean_line(chat *c, const cs_line *line) {
    buffer_clear(&c->clean);
    const char *from = line->text, *end = line->text + line->bytes;
    while (from < end) {
        const char *at = from;
        while (at < end && !((unsigned char)*at >= 0xe2 && end - at >= 3 && invisible_bytes(at))) at++;
        buffer_append(&c->clean, from, (size_t)(at - from));
        from = at < end ? at + 3 : end;
    }
    return !c->clean.is_failed;
}

static bool is_after_pause(const chat *c, const cs_chat_head *head) {
    return c->mapping->new_after_ms > 0 && c->latest_ms != CS_NO_TIME && head->time_ms != CS_NO_TIME &&
           head->time_ms - c->latest_ms > c->mapping->new_after_ms;
}

static cs_error take_head(chat *c, const cs_chat_head *head, int64_t line, cs_message *message) {
    cs_error code = CS_OK;
    end_message(c);
    if (c->draft.arena && is_after_pause(c, head)) code = end_chat(c);
    if (code != CS_OK) return code;
    bool is_new = !c->draft.arena;
    /* What stood above the first message is a notice of the moment when it was said. */
    bool has_preamble = is_new && c->number == 0 && c->text.length > 0;
    c->head = *head;
    c->head_line = has_preamble ? 1 : line;
    if (is_new) code = begin(c, message);
    if (code != CS_OK) return code;
    if (has_preamble) {
        *c->head.speaker = 0;
        c->has_message = true;
        end_message(c);
        c->head = *head;
        c->head_line = line;
    }
    if (head->time_ms != CS_NO_TIME && (c->latest_ms == CS_NO_TIME || head->time_ms > c->latest_ms))
        c->latest_ms = head->time_ms;
    c->has_message = true;
    buffer_clear(&c->text);
    buffer_text(&c->text, head->text);
    return CS_OK;
}

/* A line that can't be read may have begun a message, so it spoils the conversation at hand. */
static bool check_line(chat *c, const cs_line *line) {
    cs_message message;
    bool is_utf8 = !line->is_undecodable && utf8_invalid_at(line->text, line->bytes) == line->bytes;
    if (is_utf8 && !line->is_too_long) return true;
    if (line->is_too_long) {
        message_set(&message, CS_ERR_LIMIT, "the line is longer than 1 MB");
        message_remedy(&message, "is it a text a chat program exported?");
    } else if (memchr(line->text, 0, line->bytes)) {
        message_set(&message, CS_ERR_ENCODING, "the line holds a zero byte");
        message_remedy(&message, "it is no text: was the file damaged on its way? Export it again");
    } else {
        message_set(&message, CS_ERR_ENCODING, "the line is not %s text like the rest of the file",
                    encoding_name(c->encoding));
        message_remedy(&message, "save the whole file as UTF-8");
    }
    message_place(&message, "line %lld", (long long)line->number);
    refuse_chat(c, line->is_too_long ? CS_ERR_LIMIT : CS_ERR_ENCODING, &message);
    return false;
}

static cs_error take_line(chat *c, const cs_line *line, cs_message *message) {
    cs_chat_head head;
    if (!check_line(c, line)) return CS_OK;
    if (!clean_line(c, line)) return lack_memory(message);
    if (chat_text_line_read(&c->line, c->mapping, buffer_string(&c->clean), &head))
        return take_head(c, &head, line->number, message);
    bool was_too_long = c->text.is_failed; /* told when the message ends */
    if (c->text.length > 0 || c->has_message) buffer_text(&c->text, "\n");
    buffer_append(&c->text, buffer_string(&c->clean), c->clean.length);
    bool has_room = c->text.length + c->clean.length < c->text.max;
    return c->text.is_failed && !was_too_long && has_room ? lack_memory(message) : CS_OK;
}

static cs_error refuse_none(const chat *c, bool has_lines, cs_message *message) {
    if (c->refusal != CS_OK) {
        *message = c->why;
        return c->refusal;
    }
    message_set(message, CS_ERR_PARSE,
                has_lines ? "no line begins a message as the mapping's \"line\" says: %.200s%s" : "%s%s",
                has_lines ? c->mapping->line_template : "the file is empty", "");
    if (has_lines)
        message_remedy(
            message,
            "compare it with the file, sign by sign, and \"time_format\" with its times, which look like %.40s",
            mapping_time_example(c->mapping));
    else
        message_remedy(message, "export it again");
    return CS_ERR_PARSE;
}

static cs_error read_lines(chat *c, cs_line_reader *lines, cs_message *message) {
    cs_error code = CS_OK;
    cs_line line = {0};
    bool has_lines = false;
    c->encoding = line_reader_encoding(lines);
    while (code == CS_OK) {
        code = line_reader_next(lines, &line, message);
        if (code != CS_OK && c->draft.arena) { /* what came before stands; the conversation at hand lacks its end */
            message_within(message, "after line %lld", (long long)line.number);
            refuse_chat(c, code, message);
            return end_chat(c);
        }
        if (code != CS_OK || !line.text) break;
        if (line.number <= c->mapping->skip_rows) continue;
        has_lines = has_lines || line.bytes > 0;
        code = take_line(c, &line, message);
        if (code == CS_OK && line.number % PROGRESS_EVERY == 0)
            code = reading_progress(c->reading, line_reader_offset(lines));
    }
    if (code != CS_OK) return code;
    if (c->number == 0) return refuse_none(c, has_lines, message);
    return end_chat(c);
}

cs_error chat_text_read(const cs_reading *reading, cs_message *message) {
    chat c = {.reading = reading, .mapping = reading->mapping};
    if (!c.mapping->line_template) {
        message_set(message, CS_ERR_USAGE, "the mapping has no \"line\", which says how a message begins");
        message_remedy(message, "add \"line\": \"[{time}] {speaker}: {text}\"");
        return CS_ERR_USAGE;
    }
    cs_line_reader *lines = NULL;
    buffer_init(&c.text, MAX_LINE_BYTES);
    buffer_init(&c.clean, MAX_LINE_BYTES);
    cs_error code = chat_text_line_parse(c.mapping->line_template, &c.line, message);
    if (code == CS_OK) code = line_reader_open_as(reading->path, c.mapping->encoding, MAX_LINE_BYTES, &lines, message);
    if (code == CS_OK) code = read_lines(&c, lines, message);
    line_reader_close(lines);
    draft_drop(&c.draft);
    buffer_free(&c.text);
    buffer_free(&c.clean);
    return code;
}
