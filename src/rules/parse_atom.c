/* Equal atoms are one: they are looked for once, and have one list of occurrences. */
#include "base/buffer.h"
#include "rules/parse.h"

#include <string.h>

enum { KEY_BYTES = 4 << 20 };

static void add_text(cs_buffer *key, const char *text) {
    (void)buffer_append(key, text ? text : "\1", strlen(text ? text : "\1") + 1);
}

static void add_phrases(cs_buffer *key, const cs_phrases *phrases, bool has_groups) {
    (void)buffer_printf(key, "%u,%u;", phrases->literal_count, phrases->expression_count);
    for (uint32_t i = 0; i < phrases->literal_count; i++) {
        add_text(key, phrases->literals[i]);
        if (has_groups) (void)buffer_append(key, &phrases->literal_groups[i], sizeof phrases->literal_groups[i]);
    }
    for (uint32_t i = 0; i < phrases->expression_count; i++) {
        add_text(key, phrases->expressions[i]);
        if (has_groups) (void)buffer_append(key, &phrases->expression_groups[i], sizeof phrases->expression_groups[i]);
    }
}

/* All that makes a difference to where the atom occurs. */
static void write_key(cs_buffer *key, const cs_node *n) {
    bool is_term = n->phrases.literal_count && n->phrases.literal_groups[0] >= CS_FIRST_TERM;
    (void)buffer_printf(key, "%d,%d,%d,%u,%u,%d,%lld,%.17g,%u,%u,%d,%u,%u,%d,%d,%d;", n->operator, n->role, n->is_first,
                        n->quorum, n->near, n->compare, (long long)n->limit_ms, n->limit, n->characters, n->number,
                        n->by, n->options, n->choice, n->is_field, n->is_percent, n->has_compare);
    add_text(key, n->name);
    add_text(key, n->value);
    add_phrases(key, &n->phrases, n->quorum > 1 || is_term);
    add_phrases(key, &n->excuses, false);
    if (n->mark) (void)buffer_append(key, &n->mark, sizeof n->mark); /* what stands between: never joined */
    if (n->mark_end) (void)buffer_append(key, &n->mark_end, sizeof n->mark_end);
}

bool parse_kept_atom(cs_parser *parser, cs_node *node) {
    cs_syntax *syntax = parser->syntax;
    cs_buffer key;
    buffer_init(&key, KEY_BYTES);
    write_key(&key, node);
    uint32_t known = key.is_failed ? CS_INDEX_NONE : index_find(&parser->atom_keys, key.data, key.length);
    bool is_good = true;
    if (known != CS_INDEX_NONE) {
        node->atom = known;
    } else if (syntax->atom_count == CS_MAX_ATOMS) {
        parse_problem(parser, parser->t, "split the rule set", "more than %d conditions", CS_MAX_ATOMS);
        is_good = false;
    } else {
        const char *kept = key.is_failed ? NULL : arena_copy(parser->arena, key.data, key.length);
        node->atom = syntax->atom_count;
        syntax->atoms[syntax->atom_count++] = node;
        if (!key.is_failed && (!kept || !index_add(&parser->atom_keys, kept, key.length, node->atom, parser->arena)))
            is_good = false, parser->is_out_of_memory = true;
    }
    buffer_free(&key);
    return is_good;
}
