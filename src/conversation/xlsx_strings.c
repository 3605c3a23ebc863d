#include "conversation/xlsx_strings.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_STRINGS = 32 << 20, MAX_STRING_BYTES = 256 * 1024 };
static const size_t MAX_BYTES = (size_t)512 << 20;

typedef struct reader {
    cs_xlsx_xml xml;
    cs_xlsx_strings *strings;
    size_t start; /* of the text at hand */
    bool is_in_item, is_in_text;
    unsigned phonetic; /* how the text is spoken: no part of it */
} reader;

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* _xHHHH_ (ECMA-376 part 1, 22.9.2.19): characters that XML can't hold, and the underscore of what only looks like one. */
static bool read_escape(const char *text, size_t bytes, uint32_t *out) {
    if (bytes < 7 || text[0] != '_' || (text[1] | 0x20) != 'x' || text[6] != '_') return false;
    *out = 0;
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0) return false;
        *out = *out << 4 | (uint32_t)digit;
    }
    return *out < 0xd800 || *out > 0xdfff;
}

size_t xlsx_text_unescape(char *text, size_t bytes) {
    size_t to = 0;
    for (size_t from = 0; from < bytes;) {
        uint32_t character = 0;
        bool is_escaped = read_escape(text + from, bytes - from, &character);
        size_t taken = is_escaped ? 7 : 1;
        if (!is_escaped) character = (unsigned char)text[from];
        if (character == '\r') {
            uint32_t next = 0;
            bool is_pair = from + taken < bytes &&
                           (text[from + taken] == '\n' ||
                            (read_escape(text + from + taken, bytes - from - taken, &next) && next == '\n'));
            if (!is_pair) text[to++] = '\n';
        } else if (!is_escaped) {
            text[to++] = text[from];
        } else if (character >= 0x20 || character == '\n' || character == '\t') {
            to += utf8_encode(character, text + to);
        }
        from += taken;
    }
    text[to] = 0;
    return to;
}

static void begin(reader *r) {
    cs_xlsx_strings *s = r->strings;
    r->is_in_item = true;
    r->start = s->bytes.length;
    if (s->count == MAX_STRINGS) {
        xlsx_xml_fail(&r->xml, CS_ERR_LIMIT, "it has more than 32 million texts", "export it as .csv, or in parts");
        return;
    }
    if (s->count < s->room) return;
    uint32_t room = s->room ? s->room * 2 : 4096;
    uint32_t *grown = realloc(s->starts, room * sizeof *grown);
    if (!grown) {
        xlsx_xml_fail(&r->xml, CS_ERR_MEMORY, "no memory for its texts", "export it as .csv, or in parts");
        return;
    }
    s->starts = grown;
    s->room = room;
}

static void finish(reader *r) {
    cs_xlsx_strings *s = r->strings;
    r->is_in_item = r->is_in_text = false;
    if (s->bytes.length > r->start) {
        size_t bytes = xlsx_text_unescape(s->bytes.data + r->start, s->bytes.length - r->start);
        s->bytes.length = r->start + bytes;
    }
    if (!buffer_append(&s->bytes, "", 1)) {
        xlsx_xml_fail(&r->xml, CS_ERR_LIMIT, "it has more than 512 MB of texts", "export it as .csv, or in parts");
        return;
    }
    s->starts[s->count++] = (uint32_t)r->start;
}

static void on_start(void *context, const char *name, const char **attributes) {
    reader *r = context;
    (void)attributes;
    if (strcmp(name, "si") == 0 && !r->is_in_item) begin(r);
    if (strcmp(name, "rPh") == 0) r->phonetic++;
    if (strcmp(name, "t") == 0) r->is_in_text = r->is_in_item && r->phonetic == 0;
}

static void on_end(void *context, const char *name) {
    reader *r = context;
    if (strcmp(name, "t") == 0) r->is_in_text = false;
    if (strcmp(name, "rPh") == 0 && r->phonetic > 0) r->phonetic--;
    if (strcmp(name, "si") == 0 && r->is_in_item) finish(r);
}

static void on_text(void *context, const char *text, size_t bytes) {
    reader *r = context;
    if (!r->is_in_text) return;
    if (!buffer_append(&r->strings->bytes, text, bytes))
        xlsx_xml_fail(&r->xml, CS_ERR_LIMIT, "it has more than 512 MB of texts", "export it as .csv, or in parts");
    else if (r->strings->bytes.length - r->start > MAX_STRING_BYTES)
        xlsx_xml_fail(&r->xml, CS_ERR_LIMIT, "one of its texts is longer than 256 kB",
                      "no cell of Excel holds that much");
}

cs_error xlsx_strings_read(const char *name, cs_xlsx_source source, void *source_context, cs_xlsx_strings *out,
                           cs_message *message) {
    static const cs_xlsx_events events = {on_start, on_end, on_text};
    reader r = {.strings = out};
    *out = (cs_xlsx_strings){0};
    buffer_init(&out->bytes, MAX_BYTES);
    cs_error code = xlsx_xml_open(&r.xml, &events, &r, name, source, source_context, message);
    if (code == CS_OK) code = xlsx_xml_go(&r.xml, message);
    xlsx_xml_close(&r.xml);
    if (code != CS_OK) xlsx_strings_free(out);
    return code;
}

const char *xlsx_strings_get(const cs_xlsx_strings *strings, uint32_t index) {
    return index < strings->count ? strings->bytes.data + strings->starts[index] : NULL;
}

void xlsx_strings_free(cs_xlsx_strings *strings) {
    buffer_free(&strings->bytes);
    free(strings->starts);
    *strings = (cs_xlsx_strings){0};
}
