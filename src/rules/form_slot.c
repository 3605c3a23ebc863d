#include "rules/form_slot.h"

#include "rules/usage.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void add(cs_form_usage *out, cs_form_part_kind kind, const char *text, unsigned group, unsigned choice) {
    if (out->count == CS_MAX_FORM_PARTS) return;
    cs_form_part *part = &out->parts[out->count++];
    *part = (cs_form_part){.kind = kind, .group = (uint8_t)group, .choice = (uint8_t)choice};
    if (snprintf(part->text, sizeof part->text, "%s", text) < 0) out->count--;
}

static void add_alternatives(cs_form_usage *out, const cs_piece *piece, unsigned group, unsigned choice) {
    char words[CS_FORM_KEY_BYTES];
    for (unsigned i = 0; usage_alternative(piece, i, words, sizeof words); i++)
        add(out, FORM_CHOICE, words, group, choice);
}

/* "not on hold" as "not_on_hold", "DURATION" as "duration". */
static void append_key(char key[CS_FORM_KEY_BYTES], const char *text) {
    size_t used = strlen(key);
    if (used && used + 1 < CS_FORM_KEY_BYTES) key[used++] = '_';
    for (; *text && used + 1 < CS_FORM_KEY_BYTES; text++)
        key[used++] = *text == ' ' || *text == '-' ? '_' : (char)tolower((unsigned char)*text);
    key[used] = 0;
}

/* The parts from…to are one group. */
static void name_group(cs_form_usage *out, uint32_t from, uint32_t to) {
    char words[CS_FORM_KEY_BYTES] = "";
    uint32_t slots = 0;
    for (uint32_t i = from; i < to; i++) slots += out->parts[i].kind != FORM_WORD;
    for (uint32_t i = from; i < to && out->parts[i].kind == FORM_WORD; i++) append_key(words, out->parts[i].text);
    if (slots == 0) memcpy(out->parts[from].key, words, sizeof words);
    for (uint32_t i = from; i < to; i++) {
        cs_form_part *part = &out->parts[i];
        if (part->kind == FORM_SLOT && slots == 1 && *words)
            memcpy(part->key, words, sizeof words);
        else if (part->kind != FORM_WORD)
            append_key(part->key, part->text);
    }
}

static void read_usage(const char *at, cs_form_usage *out) {
    cs_piece piece;
    unsigned group = 0, groups = 0, choices = 0;
    uint32_t opened = 0;
    while (usage_next(&at, &piece)) {
        if (piece.kind == PIECE_OPEN) {
            group = ++groups;
            opened = out->count;
        } else if (piece.kind == PIECE_CLOSE) {
            name_group(out, opened, out->count);
            group = 0;
        } else if (piece.kind == PIECE_CHOICE) {
            add_alternatives(out, &piece, group, ++choices);
        } else {
            add(out, piece.kind == PIECE_WORD ? FORM_WORD : FORM_SLOT, piece.text, group, 0);
        }
    }
    for (uint32_t i = 0; i < out->count; i++)
        if (!out->parts[i].group && out->parts[i].kind != FORM_WORD) append_key(out->parts[i].key, out->parts[i].text);
}

void form_usage(const cs_vocable *row, cs_form_usage *out) {
    const char *at = row->usage;
    *out = (cs_form_usage){.row = row};
    out->needs_role = strncmp(at, "ROLE ", 5) == 0;
    out->has_role = out->needs_role || strncmp(at, "[ROLE] ", 7) == 0;
    read_usage(at + (out->needs_role ? 5 : out->has_role ? 7 : 0), out);
}

void form_usage_bare(cs_form_usage *out) {
    const cs_vocable *row = vocabulary_operator(OPERATOR_SAYS);
    *out = (cs_form_usage){.row = row, .has_role = true, .needs_role = true};
    read_usage(strstr(row->usage, "[QUORUM"), out);
}
