#include "conversation/xlsx_book.h"

#include "base/buffer.h"

#include <string.h>
#include <strings.h>

enum { MAX_TABS = 1000, MAX_RELATIONS = 10000 };
static const uint64_t MAX_PART_BYTES = (uint64_t)16 << 20;

typedef struct reader {
    cs_xlsx_xml xml;
    cs_arena *arena;
    cs_xlsx_book *book;
    const char *folder; /* of the part whose relations are read, "" or "xl/" */
    const char *workbook; /* its part, found among the relations of the package */
    uint32_t tab_room, relation_count;
} reader;

static void end_nothing(void *context, const char *name) {
    (void)context, (void)name;
}

static void lack_memory(reader *r) {
    xlsx_xml_fail(&r->xml, CS_ERR_LIMIT, "its names take too much memory", "open it in Excel and save it again");
}

static bool ends_with(const char *text, const char *tail) {
    size_t length = strlen(text), wanted = strlen(tail);
    return length >= wanted && strcmp(text + length - wanted, tail) == 0;
}

/* A target as a part's name: "worksheets/sheet1.xml" in xl/, "/xl/styles.xml", "../x.xml". */
static const char *part_name(const reader *r, const char *target) {
    if (*target == '/') return arena_string(r->arena, target + 1);
    const char *folder = r->folder;
    size_t length = strlen(folder);
    for (; strncmp(target, "../", 3) == 0; target += 3) {
        if (length > 0) length--;
        while (length > 0 && folder[length - 1] != '/') length--;
    }
    return arena_printf(r->arena, "%.*s%s", (int)length, folder, target);
}

static bool is_true(const char *value) {
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "on") == 0);
}

static void add_tab(reader *r, const char **attributes) {
    cs_xlsx_book *book = r->book;
    const char *name = xlsx_xml_attribute(attributes, "name"), *state = xlsx_xml_attribute(attributes, "state");
    const char *relation = NULL;
    for (const char **at = attributes; at[0]; at += 2) {
        if (ends_with(at[0], ":id")) relation = at[1];
    }
    if (!name || !relation) return;
    if (book->tab_count == MAX_TABS) {
        xlsx_xml_fail(&r->xml, CS_ERR_LIMIT, "it has more than 1000 sheets", "save the sheet as a workbook of its own");
        return;
    }
    void *items = book->tabs;
    bool has_room = arena_room(r->arena, &items, &r->tab_room, book->tab_count, sizeof *book->tabs);
    book->tabs = items;
    if (!has_room) {
        lack_memory(r);
        return;
    }
    cs_xlsx_tab *tab = &book->tabs[book->tab_count];
    *tab = (cs_xlsx_tab){.name = arena_string(r->arena, name),
                         .relation = arena_string(r->arena, relation),
                         .is_hidden = state && strcmp(state, "visible") != 0};
    if (tab->name && tab->relation)
        book->tab_count++;
    else
        lack_memory(r);
}

static void start_workbook(void *context, const char *name, const char **attributes) {
    reader *r = context;
    if (strcmp(name, "sheet") == 0)
        add_tab(r, attributes);
    else if (strcmp(name, "workbookPr") == 0)
        r->book->is_1904 = is_true(xlsx_xml_attribute(attributes, "date1904"));
}

static void take_relation(reader *r, const char *id, const char *type, const char *target) {
    const char **slot = NULL;
    if (ends_with(type, "/officeDocument")) slot = &r->workbook;
    if (ends_with(type, "/sharedStrings")) slot = &r->book->strings;
    if (ends_with(type, "/styles")) slot = &r->book->styles;
    if (slot && !*slot && !(*slot = part_name(r, target))) lack_memory(r);
    if (!ends_with(type, "/worksheet")) return;
    for (uint32_t i = 0; i < r->book->tab_count; i++) {
        cs_xlsx_tab *tab = &r->book->tabs[i];
        if (!tab->part && strcmp(tab->relation, id) == 0 && !(tab->part = part_name(r, target))) lack_memory(r);
    }
}

static void start_relation(void *context, const char *name, const char **attributes) {
    reader *r = context;
    if (strcmp(name, "Relationship") != 0) return;
    const char *id = xlsx_xml_attribute(attributes, "Id"), *type = xlsx_xml_attribute(attributes, "Type");
    const char *target = xlsx_xml_attribute(attributes, "Target"), *mode = xlsx_xml_attribute(attributes, "TargetMode");
    if (!id || !type || !target || (mode && strcmp(mode, "External") == 0)) return;
    if (++r->relation_count > MAX_RELATIONS)
        xlsx_xml_fail(&r->xml, CS_ERR_LIMIT, "it has more than 10,000 parts", "open it in Excel and save it again");
    else
        take_relation(r, id, type, target);
}

static cs_error read_part(reader *r, cs_xlsx_package *package, const char *name, const cs_xlsx_events *events,
                          cs_message *message) {
    cs_xlsx_part *part = NULL;
    cs_error code = xlsx_part_open(package, name, MAX_PART_BYTES, &part, message);
    if (code != CS_OK) return code;
    code = xlsx_xml_open(&r->xml, events, r, name, xlsx_part_read, part, message);
    if (code == CS_OK) code = xlsx_xml_go(&r->xml, message);
    xlsx_xml_close(&r->xml);
    xlsx_part_close(part);
    return code;
}

cs_error xlsx_book_read(cs_xlsx_package *package, cs_arena *arena, cs_xlsx_book *out, cs_message *message) {
    static const cs_xlsx_events relations = {start_relation, end_nothing, NULL};
    static const cs_xlsx_events workbook = {start_workbook, end_nothing, NULL};
    *out = (cs_xlsx_book){0};
    reader r = {.arena = arena, .book = out, .folder = ""};
    cs_error code = read_part(&r, package, "_rels/.rels", &relations, message);
    if (code != CS_OK) return code;
    const char *name = r.workbook ? r.workbook : "xl/workbook.xml";
    code = read_part(&r, package, name, &workbook, message);
    if (code != CS_OK) return code;
    const char *slash = strrchr(name, '/');
    int folder = slash ? (int)(slash - name) + 1 : 0;
    r.folder = arena_printf(arena, "%.*s", folder, name);
    const char *rels = arena_printf(arena, "%.*s_rels/%s.rels", folder, name, name + folder);
    if (!r.folder || !rels) return message_set(message, CS_ERR_LIMIT, "the workbook's names take too much memory");
    return read_part(&r, package, rels, &relations, message);
}

static cs_error refuse_sheet(const cs_xlsx_book *book, const char *name, cs_message *message) {
    cs_buffer names;
    buffer_init(&names, 240);
    for (uint32_t i = 0; i < book->tab_count; i++) {
        if (!buffer_printf(&names, "%s%s", i ? ", " : "", book->tabs[i].name)) {
            names.is_failed = false;
            buffer_text(&names, ", …");
            break;
        }
    }
    message_set(message, CS_ERR_USAGE, "the workbook has no sheet \"%.100s\"; it has: %s", name, buffer_string(&names));
    message_remedy(message, "name one of them as \"sheet\" in the mapping, or none for the first");
    buffer_free(&names);
    return CS_ERR_USAGE;
}

cs_error xlsx_book_find(const cs_xlsx_book *book, const char *name, const cs_xlsx_tab **out, cs_message *message) {
    for (uint32_t i = 0; i < book->tab_count; i++) {
        const cs_xlsx_tab *tab = &book->tabs[i];
        bool is_it = name ? strcasecmp(tab->name, name) == 0 : tab->part && !tab->is_hidden;
        if (!is_it) continue;
        if (!tab->part) {
            message_set(message, CS_ERR_USAGE, "the sheet \"%.100s\" is a chart, not a table", tab->name);
            message_remedy(message, "name another one as \"sheet\" in the mapping");
            return CS_ERR_USAGE;
        }
        *out = tab;
        return CS_OK;
    }
    if (name && book->tab_count > 0) return refuse_sheet(book, name, message);
    message_set(message, CS_ERR_PARSE, "the workbook has no sheet that is shown");
    message_remedy(message, "%s",
                   book->tab_count ? "name the hidden one as \"sheet\" in the mapping" : "export it again");
    return CS_ERR_PARSE;
}
