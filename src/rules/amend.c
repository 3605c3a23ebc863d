#include "rules/amend.h"

#include "base/index.h"
#include "rules/passage.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 256 << 20, MOST_KEY_BYTES = 4096 };
static const char own_folder[] = "own", ending[] = ".store.rules";

typedef struct laid_page {
    const cs_amended_page *given;
    const char *home; /* file that holds the rule, not terminated; NULL: none does */
    size_t home_bytes;
    cs_buffer text; /* its file */
    bool is_laid;
} laid_page;

typedef struct amending {
    const char *source, *end;
    laid_page *pages;
    uint32_t count;
    cs_index names; /* what the pages state: "rule no-blame" */
    cs_arena *arena;
} amending;

/* ---- what a passage is called ---- */

/* Lists and lets are named alike where they are used: what is one of them replaces the other. */
static char key_kind(cs_written_kind kind) {
    return kind == CS_WRITTEN_RULE ? 'r' : kind == CS_WRITTEN_LIST || kind == CS_WRITTEN_LET ? 'l' : 0;
}

static bool is_taken(const amending *a, const cs_passage *p, char *room, size_t size) {
    char kind = p->kind == CS_WRITTEN_TEST ? 'r' : key_kind(p->kind);
    const char *name = p->kind == CS_WRITTEN_TEST ? p->rule : p->name;
    if (!kind || !*name) return false;
    int length = snprintf(room, size, "%c %s", kind, name);
    return length > 0 && (size_t)length < size && index_find(&a->names, room, (size_t)length) != CS_INDEX_NONE;
}

static bool take(amending *a, char kind, const char *name, uint32_t page) {
    const char *key = arena_printf(a->arena, "%c %s", kind, name);
    if (!key) return false;
    if (index_find(&a->names, key, strlen(key)) != CS_INDEX_NONE) return true;
    return index_add(&a->names, key, strlen(key), page, a->arena);
}

static uint32_t owner_of(const amending *a, char kind, const char *name) {
    char key[MOST_KEY_BYTES];
    int length = snprintf(key, sizeof key, "%c %s", kind, name);
    return length > 0 && (size_t)length < sizeof key ? index_find(&a->names, key, (size_t)length) : CS_INDEX_NONE;
}

/* ---- what the pages state ---- */

static bool collect_text(amending *a, uint32_t number, const char *text) {
    cs_passage *passages;
    uint32_t count;
    if (!text || !*text) return true;
    if (!passages_read(text, strlen(text), a->arena, &passages, &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        char kind = key_kind(passages[i].kind);
        if (kind == 'l' && *passages[i].name && !take(a, kind, passages[i].name, number)) return false;
    }
    return true;
}

static bool collect(amending *a) {
    for (uint32_t i = 0; i < a->count; i++)
        if (!take(a, 'r', a->pages[i].given->rule, i)) return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!a->pages[i].given->is_retired && !collect_text(a, i, a->pages[i].given->text)) return false;
    for (uint32_t i = 0; i < a->count; i++) /* what is kept gives way to what any page states */
        if (!collect_text(a, i, a->pages[i].given->kept)) return false;
    return true;
}

/* Lists that another page states as well stand there. Lines keep their numbers: what is left out leaves blank ones. */
static bool lay_text(amending *a, uint32_t number, const char *text, cs_buffer *out) {
    cs_passage *passages;
    uint32_t count;
    const char *at = text;
    if (!text || !*text) return true;
    if (!passages_read(text, strlen(text), a->arena, &passages, &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        char kind = key_kind(passages[i].kind);
        if (kind != 'l' || owner_of(a, kind, passages[i].name) == number) continue;
        if (!buffer_append(out, at, (size_t)(passages[i].from - at))) return false;
        for (const char *c = passages[i].from; c < passages[i].to; c++)
            if (*c == '\n' && !buffer_text(out, "\n")) return false;
        at = passages[i].to;
    }
    return buffer_text(out, at) && (out->length == 0 || out->data[out->length - 1] == '\n' || buffer_text(out, "\n"));
}

/* Of what is kept only lists and lets that stand nowhere else. */
static bool lay_kept(amending *a, uint32_t number, const char *kept, cs_buffer *out) {
    cs_passage *passages;
    uint32_t count;
    if (!kept || !*kept) return true;
    if (!passages_read(kept, strlen(kept), a->arena, &passages, &count)) return false;
    cs_passage *own;
    uint32_t own_count = 0;
    const char *text = a->pages[number].given->is_retired ? NULL : a->pages[number].given->text;
    if (text && *text && !passages_read(text, strlen(text), a->arena, &own, &own_count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        bool is_wanted = key_kind(passages[i].kind) == 'l' && owner_of(a, 'l', passages[i].name) == number;
        for (uint32_t k = 0; k < own_count; k++)
            if (key_kind(own[k].kind) == 'l' && strcmp(own[k].name, passages[i].name) == 0) is_wanted = false;
        if (!is_wanted) continue;
        if (!buffer_text(out, "\n") ||
            !buffer_append(out, passages[i].head, (size_t)(passages[i].to - passages[i].head)) ||
            !buffer_text(out, "\n"))
            return false;
    }
    return true;
}

static bool lay_pages(amending *a) {
    for (uint32_t i = 0; i < a->count; i++) {
        const cs_amended_page *given = a->pages[i].given;
        if (!given->is_retired && !lay_text(a, i, given->text, &a->pages[i].text)) return false;
        if (!lay_kept(a, i, given->kept, &a->pages[i].text)) return false;
    }
    return true;
}

/* ---- the files ---- */

static bool append_file(cs_buffer *out, const char *name, size_t name_bytes, const cs_buffer *text) {
    return buffer_text(out, "%%file ") && buffer_append(out, name, name_bytes) &&
           buffer_printf(out, " %zu\n", text->length) && buffer_append(out, buffer_string(text), text->length) &&
           buffer_text(out, "\n");
}

static const char *page_file(const char *home, size_t home_bytes, const char *rule, cs_arena *arena) {
    size_t folder = home_bytes;
    while (home && folder > 0 && home[folder - 1] != '/') folder--;
    if (!home) return arena_printf(arena, "%s/%s%s", own_folder, rule, ending);
    return arena_printf(arena, "%.*s%s%s", (int)folder, home, rule, ending);
}

static bool lay_page(amending *a, laid_page *one, cs_buffer *out) {
    one->is_laid = true;
    if (one->text.length == 0) return true;
    const char *name = page_file(one->home, one->home_bytes, one->given->rule, a->arena);
    return name && append_file(out, name, strlen(name), &one->text);
}

/* One file without what the pages state; its pages behind it. */
static bool lay_file(amending *a, const cs_source_file *file, cs_buffer *out) {
    cs_passage *passages;
    uint32_t count;
    cs_buffer text;
    const char *at = file->text;
    char room[MOST_KEY_BYTES];
    buffer_init(&text, out->max);
    bool is_good = passages_read(file->text, file->bytes, a->arena, &passages, &count);
    for (uint32_t i = 0; is_good && i < count; i++) {
        if (!is_taken(a, &passages[i], room, sizeof room)) continue;
        uint32_t owner = passages[i].kind == CS_WRITTEN_RULE ? owner_of(a, 'r', passages[i].name) : CS_INDEX_NONE;
        if (owner != CS_INDEX_NONE && !a->pages[owner].home) {
            a->pages[owner].home = file->name;
            a->pages[owner].home_bytes = file->name_bytes;
        }
        is_good = buffer_append(&text, at, (size_t)(passages[i].head - at));
        at = passages[i].to;
    }
    is_good = is_good && buffer_append(&text, at, (size_t)(file->text + file->bytes - at)) &&
              append_file(out, file->name, file->name_bytes, &text);
    buffer_free(&text);
    for (uint32_t i = 0; is_good && i < a->count; i++)
        if (a->pages[i].home == file->name && !a->pages[i].is_laid) is_good = lay_page(a, &a->pages[i], out);
    return is_good;
}

static cs_error lay_files(amending *a, cs_buffer *out, cs_message *message) {
    cs_source_file file;
    const char *at = a->source;
    bool is_good = collect(a) && lay_pages(a);
    while (is_good && source_file_next(&at, a->end, &file)) {
        cs_buffer whole = {.data = (char *)(uintptr_t)file.text, .length = file.bytes};
        is_good = source_file_is_rules(&file) ? lay_file(a, &file, out)
                                              : append_file(out, file.name, file.name_bytes, &whole);
    }
    if (is_good && at != a->end)
        return message_set(message, CS_ERR_PARSE, "the rule set is damaged at byte %zu", (size_t)(at - a->source));
    for (uint32_t i = 0; is_good && i < a->count; i++)
        if (!a->pages[i].is_laid) is_good = lay_page(a, &a->pages[i], out);
    if (is_good) return CS_OK;
    (void)message_set(message, CS_ERR_LIMIT, "the rules with what was published are larger than %d bytes",
                      CS_MAX_AMENDED_BYTES);
    message_remedy(message, "take rules out that nobody needs");
    return CS_ERR_LIMIT;
}

cs_error amend(const char *source, size_t bytes, const cs_amended_page *pages, uint32_t count, cs_buffer *out,
               cs_message *message) {
    amending a = {.source = source, .end = source + bytes, .count = count, .arena = arena_create(ARENA_BYTES)};
    buffer_init(out, CS_MAX_AMENDED_BYTES);
    a.pages = a.arena ? arena_array(a.arena, (size_t)count + 1, sizeof *a.pages) : NULL;
    if (!a.pages) {
        arena_free(a.arena);
        return message_set(message, CS_ERR_MEMORY, "out of memory for the rules");
    }
    for (uint32_t i = 0; i < count; i++) {
        a.pages[i].given = &pages[i];
        buffer_init(&a.pages[i].text, CS_MAX_AMENDED_BYTES);
    }
    cs_error code = lay_files(&a, out, message);
    for (uint32_t i = 0; i < count; i++) buffer_free(&a.pages[i].text);
    arena_free(a.arena);
    return code;
}

const char *amend_file(const char *source, size_t bytes, const char *rule, cs_arena *arena) {
    cs_source_file file;
    cs_passage *passages;
    uint32_t count;
    for (const char *at = source, *end = source + bytes; source_file_next(&at, end, &file);) {
        if (!source_file_is_rules(&file)) continue;
        if (!passages_read(file.text, file.bytes, arena, &passages, &count)) return NULL;
        for (uint32_t i = 0; i < count; i++)
            if (passages[i].kind == CS_WRITTEN_RULE && strcmp(passages[i].name, rule) == 0)
                return page_file(file.name, file.name_bytes, rule, arena);
    }
    return page_file(NULL, 0, rule, arena);
}
