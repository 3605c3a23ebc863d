#include "cli/printable.h"

#include <stdio.h>
#include <string.h>

enum { MAX_NAME = 4096 };

/* U+0080 to U+009F (C2 80 … C2 9F) become · (C2 B7); LRE … RLO and LRI … PDI (E2 80 AA … AE, E2 81 A6 … A9) become ․ (E2 80 A4). */
static void soften(char *at) {
    unsigned char *c = (unsigned char *)at;
    if (c[0] == 0x7f) c[0] = '?';
    if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f) c[1] = 0xb7;
    if (c[0] != 0xe2) return;
    bool is_turn = (c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae) || (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9);
    if (is_turn) c[1] = 0x80, c[2] = 0xa4;
}

void printable_json(const cs_buffer *json) {
    for (size_t i = 0; i < json->length; i++) {
        char *at = json->data + i;
        soften(at);
        if (*at != '\\' || i + 1 >= json->length) continue;
        if (at[1] == 'r') at[1] = 'n';
        if (at[1] == 'b' || at[1] == 'f') at[1] = 't';
        if (at[1] == 'u' && i + 5 < json->length && (memcmp(at + 2, "000", 3) == 0 || memcmp(at + 2, "001", 3) == 0))
            memcpy(at + 2, "fffd", 4);
        i++; /* what an escape escapes is no escape */
    }
}

void printable_text(char *text) {
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20) *text = *text == '\n' || *text == '\r' || *text == '\t' ? ' ' : '?';
        soften(text);
    }
}

void printable_refusal(const char *file, const char *id, const cs_message *message) {
    char name[MAX_NAME], conversation[MAX_NAME];
    cs_message shown = *message;
    (void)snprintf(name, sizeof name, "%s", file);
    (void)snprintf(conversation, sizeof conversation, "%s", id ? id : "");
    printable_text(name);
    printable_text(conversation);
    printable_text(shown.place);
    printable_text(shown.reason);
    printable_text(shown.remedy);
    fprintf(stderr, "refused: %s%s%s%s%s\n    %s\n", name, id ? ", conversation " : "", conversation,
            shown.place[0] ? ", " : "", shown.place, shown.reason);
    if (shown.remedy[0]) fprintf(stderr, "    %s\n", shown.remedy);
}
