#include "conversation/preview.h"

#include "base/file.h"
#include "conversation/format.h"
#include "conversation/guess.h"
#include "conversation/json_dialect.h"
#include "conversation/preview_table.h"
#include "conversation/recording_name.h"
#include "conversation/table_json.h"
#include "text/mask_json.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const size_t MAX_MAPPING_BYTES = (size_t)1 << 20;

/* What was found out about the file before a word is written. */
typedef struct look {
    const cs_preview *preview;
    cs_guess guess;
    bool is_guessed; /* guess holds columns */
    cs_mapping *mapping; /* NULL: none, or none that can be used */
    const char *mapping_text; /* JSON to show; NULL: none */
    const char *saved;
    cs_buffer beside; /* a mapping that lies in the same folder */
    bool needs_mapping, has_problem;
    cs_message problem; /* of the file or the mapping as a whole */
} look;

void preview_write_problem(cs_json_writer *out, const cs_message *problem) {
    if (!problem) {
        json_write_null(out, "problem");
        return;
    }
    json_object_open(out, "problem");
    json_write_string(out, "reason", problem->reason);
    json_write_string(out, "place", problem->place);
    json_write_string(out, "remedy", problem->remedy);
    json_object_close(out);
}

static void note_problem(look *l, const cs_message *problem) {
    if (!l->has_problem) l->problem = *problem;
    l->has_problem = true;
}

static bool is_json_name(const char *path, bool *is_lines) {
    const char *extension = file_extension(path);
    *is_lines = strcasecmp(extension, ".jsonl") == 0 || strcasecmp(extension, ".ndjson") == 0;
    return *is_lines || strcasecmp(extension, ".json") == 0;
}

/* JSON that is read without a mapping: our own conversations, vCons, what recognisers write. */
static bool is_known_json(const char *path, bool is_lines) {
    cs_mapping any = {.format = is_lines ? CS_MAPPING_FORMAT_JSONL : CS_MAPPING_FORMAT_JSON};
    cs_json_rows *rows = NULL;
    cs_json_row row = {0};
    cs_message message;
    bool is_known = true; /* what can't be read at all needs no mapping either: its reader says what is wrong */
    if (json_rows_open(path, &any, &rows, &message) != CS_OK) return true;
    if (json_rows_next(rows, &row, &message) == CS_OK && row.tree) {
        bool is_own = json_kind(json_get(row.tree, "turns")) == CS_JSON_ARRAY &&
                      json_kind(json_get(row.tree, "participants")) == CS_JSON_ARRAY;
        is_known = is_own || json_dialect_find(row.tree) != NULL;
    }
    json_rows_close(rows);
    return is_known;
}

static bool needs_mapping(const char *path) {
    bool is_lines;
    if (is_json_name(path, &is_lines)) return !is_known_json(path, is_lines);
    const cs_format *format = format_find(path, NULL);
    return format ? format->needs_mapping : !recording_name_is(path);
}

/* By names in a header, not by mere numbers, which would fit nearly any file. */
static bool fits(const cs_mapping *mapping, const char *path) {
    cs_table *table = NULL;
    cs_message message;
    bool has_names =
        mapping->has_header || mapping->format == CS_MAPPING_FORMAT_JSON || mapping->format == CS_MAPPING_FORMAT_JSONL;
    if (!mapping_suits(mapping, path)) return false;
    if (mapping->file_count > 0) return true; /* it is for files of this name */
    if (!mapping_has_rows(mapping) || !has_names || table_open(path, mapping, &table, &message) != CS_OK) return false;
    bool is_fit = table_width(table) > 0 || preview_table_fits_json(table);
    table_close(table);
    return is_fit;
}

static void find_saved(look *l) {
    for (size_t i = 0; i < l->preview->saved_count && !l->mapping; i++) {
        const cs_preview_saved *saved = &l->preview->saved[i];
        cs_mapping *mapping = NULL;
        cs_message message;
        if (mapping_parse(saved->json, strlen(saved->json), &mapping, &message) != CS_OK) continue;
        if (!fits(mapping, l->preview->path)) {
            mapping_free(mapping);
            continue;
        }
        l->mapping = mapping;
        l->mapping_text = saved->json;
        l->saved = saved->name;
    }
}

/* The mapping of this name in the file's folder, when it is for the file. */
static void take_beside(look *l, const char *stem, size_t stem_bytes, const char *end) {
    char path[PATH_MAX];
    cs_mapping *mapping = NULL;
    cs_message message;
    int bytes = snprintf(path, sizeof path, "%.*s%s", (int)stem_bytes, stem, end);
    if (l->mapping || bytes < 0 || (size_t)bytes >= sizeof path || access(path, R_OK) != 0) return;
    buffer_free(&l->beside);
    if (file_read(path, MAX_MAPPING_BYTES, &l->beside, &message) != CS_OK ||
        mapping_parse(buffer_string(&l->beside), l->beside.length, &mapping, &message) != CS_OK ||
        !mapping_suits(mapping, l->preview->path)) {
        mapping_free(mapping);
        return;
    }
    l->mapping = mapping;
    l->mapping_text = buffer_string(&l->beside);
}

/* a.mapping.json, else mapping.json, as they count when the file is read in. */
static void find_beside(look *l) {
    const char *path = l->preview->path, *slash = strrchr(path, '/');
    take_beside(l, path, strlen(path) - strlen(file_extension(path)), ".mapping.json");
    take_beside(l, path, slash ? (size_t)(slash - path) + 1 : 0, "mapping.json");
}

/* CS_ERR_MEMORY, or CS_OK with a problem noted. */
static cs_error take_guess(look *l, cs_message *message) {
    cs_message trouble = {0};
    cs_error code = guess_file(l->preview->path, &l->guess, &trouble);
    l->is_guessed = code == CS_OK;
    if (code == CS_ERR_MEMORY) {
        *message = trouble;
        return code;
    }
    if (code != CS_OK) {
        note_problem(l, &trouble);
        return CS_OK;
    }
    if (l->mapping || l->preview->mapping) return CS_OK;
    if (l->guess.mapping.length == 0) {
        message_set(&trouble, CS_ERR_PARSE, "nobody can tell from the file which column means what");
        bool is_text = strcasecmp(file_extension(l->preview->path), ".txt") == 0;
        message_remedy(&trouble, is_text
                                     ? "a chat as text needs a mapping with \"line\", see docs/formats/chat-text.md; "
                                       "of a table choose for each column what it is"
                                     : "choose for each column what it is, or give a mapping");
        note_problem(l, &trouble);
        return CS_OK;
    }
    l->mapping_text = buffer_string(&l->guess.mapping);
    if (mapping_parse(l->mapping_text, l->guess.mapping.length, &l->mapping, &trouble) != CS_OK)
        note_problem(l, &trouble);
    return CS_OK;
}

static void take_given(look *l) {
    cs_json *json = NULL;
    cs_message trouble;
    size_t bytes = strlen(l->preview->mapping);
    if (json_parse(l->preview->mapping, bytes, MAX_MAPPING_BYTES, &json, &trouble) == CS_OK)
        l->mapping_text = l->preview->mapping;
    json_free(json);
    if (mapping_parse(l->preview->mapping, bytes, &l->mapping, &trouble) != CS_OK) note_problem(l, &trouble);
    if (l->mapping) l->mapping->file_count = 0; /* whoever chose it for this file knows better */
}

typedef struct conversations {
    cs_json_writer *out;
    int count;
    bool has_refusal;
    cs_message refusal;
} conversations;

static void write_turns(cs_json_writer *out, const cs_conversation *c) {
    json_array_open(out, "turns");
    for (uint32_t i = 0; i < c->turn_count && i < CS_PREVIEW_TURNS; i++) {
        const cs_turn *turn = &c->turns[i];
        char at[32] = "";
        json_object_open(out, NULL);
        json_write_string(out, "role", role_name(c->participants[turn->participant].role));
        preview_write_text(out, "text", turn->text);
        if (c->started_ms != CS_NO_TIME && turn->start_ms != CS_NO_TIME)
            clock_format(c->started_ms + turn->start_ms, c->zone_minutes, at);
        json_write_string(out, "at", *at ? at : NULL);
        json_object_close(out);
    }
    json_array_close(out);
}

static bool take(void *context, cs_conversation *c, cs_arena *arena) {
    conversations *all = context;
    const cs_participant *agent = conversation_agent(c);
    char started[32];
    clock_format(c->started_ms, c->zone_minutes, started);
    json_object_open(all->out, NULL);
    json_write_masked_title(all->out, "id", c->external_id, c->customer);
    json_write_masked_title(all->out, "title", c->title, c->customer);
    json_write_string(all->out, "started", *started ? started : NULL);
    json_write_string(all->out, "channel", channel_name(c->channel));
    json_write_masked_name(all->out, "customer", c->customer);
    json_write_string(all->out, "agent", agent ? agent->name : NULL);
    write_turns(all->out, c);
    json_write_int(all->out, "turn_count", c->turn_count);
    json_object_close(all->out);
    arena_free(arena);
    return ++all->count < CS_PREVIEW_ROWS;
}

static bool refuse(void *context, const char *id, cs_error code, const cs_message *message) {
    conversations *all = context;
    (void)id;
    (void)code;
    if (!all->has_refusal) all->refusal = *message;
    all->has_refusal = true;
    return true;
}

static void write_conversations(look *l, cs_json_writer *out) {
    conversations all = {.out = out};
    const cs_format *format = format_find(l->preview->path, l->mapping);
    if (!format && recording_name_is(l->preview->path)) format = format_of_recordings();
    bool is_due = format && (l->mapping || !l->needs_mapping) && !l->has_problem &&
                  (!l->mapping || l->mapping->kind == CS_MAPPING_CONVERSATIONS);
    json_array_open(out, "conversations");
    if (is_due) {
        cs_reader_sink sink = {&all, take, refuse, NULL};
        cs_read_counts counts;
        cs_message message = {0};
        if (l->mapping) l->mapping->is_unsorted_refused = true; /* to find that out, all of the file would be read */
        cs_error code = format_read(format, l->preview->path, l->mapping, &sink, &counts, &message);
        if (code != CS_OK && code != CS_ERR_STOPPED) note_problem(l, &message);
    }
    json_array_close(out);
    if (all.count == 0 && all.has_refusal) note_problem(l, &all.refusal);
}

/* The encoding of a text that needs no mapping; "" for what is no text. */
static const char *encoding_of(const look *l) {
    cs_line_reader *lines = NULL;
    cs_line line;
    cs_message message;
    const char *name = "";
    if (l->is_guessed) return l->guess.encoding;
    if (recording_name_is(l->preview->path) || line_reader_open(l->preview->path, 1 << 20, &lines, &message) != CS_OK)
        return "";
    if (line_reader_next(lines, &line, &message) == CS_OK) name = encoding_name(line_reader_encoding(lines));
    line_reader_close(lines);
    return name;
}

static void write_encoding(const look *l, cs_json_writer *out) {
    char small[32] = "";
    const char *name = encoding_of(l);
    for (size_t i = 0; name[i] && i + 1 < sizeof small; i++) small[i] = (char)tolower((unsigned char)name[i]);
    json_write_string(out, "encoding", *small ? small : NULL);
}

static const char *format_name(const look *l) {
    if (l->mapping) return mapping_format_name(l->mapping->format);
    if (l->is_guessed) return mapping_format_name(l->guess.format);
    const cs_format *format = format_find(l->preview->path, NULL);
    return format ? format->name : NULL;
}

static cs_error look_at(look *l, cs_message *message) {
    l->needs_mapping = needs_mapping(l->preview->path);
    if (l->preview->mapping) take_given(l);
    if (!l->preview->mapping) find_beside(l);
    if (!l->preview->mapping && !l->mapping) find_saved(l);
    bool is_of_rows = l->mapping ? mapping_has_rows(l->mapping) : l->needs_mapping;
    return is_of_rows ? take_guess(l, message) : CS_OK;
}

cs_error preview_write(const cs_preview *preview, cs_json_writer *out, cs_message *message) {
    look l = {.preview = preview};
    cs_error code = look_at(&l, message);
    if (code == CS_OK) {
        json_object_open(out, NULL);
        json_write_string(out, "file", preview->name);
        json_write_string(out, "format", format_name(&l));
        json_write_bool(out, "needs_mapping", l.needs_mapping);
        write_encoding(&l, out);
        json_write_string(out, "saved", l.saved);
        if (l.mapping_text)
            json_write_raw(out, "mapping", l.mapping_text);
        else
            json_write_null(out, "mapping");
        cs_message trouble = {0};
        const cs_mapping *of_rows = l.mapping && mapping_has_rows(l.mapping) ? l.mapping : NULL;
        bool is_own_guess = l.is_guessed && l.mapping_text == buffer_string(&l.guess.mapping);
        preview_table_columns(preview->path, of_rows, l.is_guessed ? &l.guess : NULL, is_own_guess, out);
        if (preview_table_rows(preview->path, of_rows, out, &trouble) != CS_OK) note_problem(&l, &trouble);
        write_conversations(&l, out);
        preview_write_problem(out, l.has_problem ? &l.problem : NULL);
        json_object_close(out);
    }
    mapping_free(l.mapping);
    buffer_free(&l.beside);
    guess_free(&l.guess);
    if (code == CS_OK && out->out->is_failed) code = message_set(message, CS_ERR_MEMORY, "the preview is too long");
    return code;
}
