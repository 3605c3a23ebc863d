#include "conversation/xlsx_styles.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_STYLES = 65536 };

typedef struct format {
    uint32_t number;
    cs_number_kind kind;
} format;

typedef struct reader {
    cs_xlsx_xml xml;
    cs_arena *arena;
    cs_xlsx_styles *styles;
    format *formats; /* those of the workbook itself */
    uint32_t format_count, format_room;
    bool is_in_cells; /* in cellXfs: cellStyleXfs has entries of the same name */
} reader;

/* [h], [mm], [ss] count on beyond a day; other brackets are colours, languages and conditions. */
static bool is_elapsed(const char *bracket) {
    size_t i = 1;
    while (strchr("hms", bracket[i] | 0x20) && bracket[i] && bracket[i] != ']') i++;
    return i > 1 && bracket[i] == ']';
}

static size_t skip_to(const char *from, char closing) {
    const char *found = strchr(from + 1, closing);
    return found ? (size_t)(found - from) + 1 : strlen(from);
}

static const char *const passed_words[] = {"General", "AM/PM", "A/P", "E+", "E-"};

/* What means nothing for a date: quoted and escaped text, brackets, and words with letters of their own. 0: none of it. */
static size_t passed_bytes(const char *at) {
    if (*at == '"') return skip_to(at, '"');
    if (*at == '[') return skip_to(at, ']');
    if (*at == '\\' || *at == '_' || *at == '*') return at[1] ? 2 : 1;
    for (size_t i = 0; i < sizeof passed_words / sizeof passed_words[0]; i++) {
        size_t length = strlen(passed_words[i]);
        if (strncasecmp(at, passed_words[i], length) == 0) return length;
    }
    return 0;
}

cs_number_kind xlsx_format_kind(const char *code) {
    bool has_day = false, has_month = false, has_clock = false, has_elapsed = false, has_fraction = false;
    char before = 0; /* the last letter that means something */
    for (const char *at = code; *at && *at != ';';) {
        if (*at == '[' && is_elapsed(at)) {
            has_elapsed = true;
            before = 's';
        }
        size_t passed = passed_bytes(at);
        if (passed) {
            at += passed;
            continue;
        }
        char letter = (char)(*at | 0x20);
        if (letter == 'y' || letter == 'd' || letter == 'e') has_day = true;
        if (letter == 'h' || letter == 's') has_clock = true;
        if (letter == 'm') has_month = true;
        if (*at == '.' && before == 's' && at[1] == '0') has_fraction = true;
        if (letter >= 'a' && letter <= 'z') before = letter;
        at++;
    }
    bool is_time = has_clock || has_elapsed;
    return (cs_number_kind){has_day || (has_month && !is_time), is_time, has_fraction && is_time};
}

/* Formats that every workbook has without saying (ECMA-376 part 1, 18.8.30), those of Chinese editions too. */
static cs_number_kind builtin_kind(uint32_t number) {
    static const cs_number_kind plain = {0}, day = {true, false, false}, clock = {false, true, false};
    if (number == 22) return (cs_number_kind){true, true, false};
    if (number == 47) return (cs_number_kind){false, true, true};
    if ((number >= 14 && number <= 17) || (number >= 27 && number <= 31) || number == 36) return day;
    if ((number >= 50 && number <= 54) || number == 57 || number == 58) return day;
    if ((number >= 18 && number <= 21) || (number >= 32 && number <= 35) || number == 45 || number == 46) return clock;
    return number == 55 || number == 56 ? clock : plain;
}

static uint32_t read_number(const char *text) {
    return text ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

static void lack_memory(reader *r) {
    xlsx_xml_fail(&r->xml, CS_ERR_LIMIT, "it has too many styles", "copy the sheet into a new workbook and save that");
}

static void add_format(reader *r, const char **attributes) {
    const char *code = xlsx_xml_attribute(attributes, "formatCode");
    void *items = r->formats;
    if (!code) return;
    bool has_room = r->format_count < MAX_STYLES &&
                    arena_room(r->arena, &items, &r->format_room, r->format_count, sizeof *r->formats);
    r->formats = items;
    if (!has_room)
        lack_memory(r);
    else
        r->formats[r->format_count++] =
            (format){read_number(xlsx_xml_attribute(attributes, "numFmtId")), xlsx_format_kind(code)};
}

static void add_style(reader *r, const char **attributes) {
    cs_xlsx_styles *s = r->styles;
    uint32_t number = read_number(xlsx_xml_attribute(attributes, "numFmtId"));
    void *items = s->kinds;
    bool has_room = s->count < MAX_STYLES && arena_room(r->arena, &items, &s->room, s->count, sizeof *s->kinds);
    s->kinds = items;
    if (!has_room) {
        lack_memory(r);
        return;
    }
    cs_number_kind kind = builtin_kind(number);
    for (uint32_t i = 0; i < r->format_count; i++) {
        if (r->formats[i].number == number) kind = r->formats[i].kind;
    }
    s->kinds[s->count++] = kind;
}

static void on_start(void *context, const char *name, const char **attributes) {
    reader *r = context;
    if (strcmp(name, "cellXfs") == 0) r->is_in_cells = true;
    if (strcmp(name, "numFmt") == 0) add_format(r, attributes);
    if (strcmp(name, "xf") == 0 && r->is_in_cells) add_style(r, attributes);
}

static void on_end(void *context, const char *name) {
    reader *r = context;
    if (strcmp(name, "cellXfs") == 0) r->is_in_cells = false;
}

cs_error xlsx_styles_read(const char *name, cs_xlsx_source source, void *source_context, cs_arena *arena,
                          cs_xlsx_styles *out, cs_message *message) {
    static const cs_xlsx_events events = {on_start, on_end, NULL};
    *out = (cs_xlsx_styles){0};
    reader r = {.arena = arena, .styles = out};
    cs_error code = xlsx_xml_open(&r.xml, &events, &r, name, source, source_context, message);
    if (code == CS_OK) code = xlsx_xml_go(&r.xml, message);
    xlsx_xml_close(&r.xml);
    return code;
}

cs_number_kind xlsx_styles_kind(const cs_xlsx_styles *styles, uint32_t style) {
    return style < styles->count ? styles->kinds[style] : (cs_number_kind){0};
}
