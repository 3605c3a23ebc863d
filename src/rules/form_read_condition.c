/* Conditions: the tree as JSON, in the order in which parse_expression.c, parse_operator.c and parse_window.c ask. */
#include "rules/form_reader.h"
#include "rules/form_slot.h"

#include <stdio.h>
#include <string.h>

static bool read_or(cs_form_reader *r);
static bool read_primary(cs_form_reader *r);

static bool is_role(const cs_token *t) {
    return t->kind == TOKEN_WORD && vocabulary_find(FAMILY_ROLE, t->word);
}

/* ---- slots ---- */

static bool read_phrases(cs_form_reader *r) {
    form_comma(r->out);
    buffer_text(r->out, "[");
    do {
        form_skip_newlines(r);
        form_comma(r->out);
        const cs_token *t = form_next(r);
        if (t->kind == TOKEN_STRING) {
            form_text(r->out, t->text);
        } else if (t->kind == TOKEN_WORD || t->kind == TOKEN_REGEX) {
            buffer_text(r->out, "{");
            form_member(r->out, t->kind == TOKEN_WORD ? "list" : "expression", t->text);
            buffer_text(r->out, "}");
        } else {
            return form_refuse(r, t->line, "expected phrases");
        }
    } while (form_take_next(r, "|"));
    return buffer_text(r->out, "]");
}

static bool read_quorum(cs_form_reader *r) {
    static const char *const plain[] = {"any", "none", "all"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (form_take(r, plain[i])) return form_text(r->out, plain[i]), true;
    char number[CS_FORM_TEXT_BYTES], text[CS_FORM_TEXT_BYTES + 16];
    if (!form_need(r, "at") || !form_need(r, "least")) return false;
    form_number(form_next(r), number);
    snprintf(text, sizeof text, "at least %s", number);
    form_text(r->out, text);
    return true;
}

static bool read_number(cs_form_reader *r) {
    char text[CS_FORM_TEXT_BYTES];
    if (r->t->kind != TOKEN_NUMBER) return form_refuse(r, r->t->line, "expected a number");
    form_number(r->t, text);
    if (r->t->unit[0])
        form_text(r->out, text);
    else
        buffer_text(r->out, text);
    r->t++;
    return true;
}

static bool read_role(cs_form_reader *r) {
    if (!is_role(r->t)) return form_refuse(r, r->t->line, "expected a role");
    form_count_language(r, r->t->text);
    form_text(r->out, r->t->word);
    r->t++;
    return true;
}

static bool read_value(cs_form_reader *r) {
    if (form_is(r->t, "field") && r->t[1].kind == TOKEN_WORD) {
        form_take(r, "field");
        buffer_text(r->out, "{");
        form_member(r->out, "field", r->t->text);
        buffer_text(r->out, "}");
    } else {
        form_text(r->out, r->t->text);
    }
    r->t++;
    return true;
}

static bool read_mark(cs_form_reader *r) {
    if (++r->depth > CS_MAX_FORM_DEPTH) return form_refuse(r, r->t->line, "conditions nest too deep for a form");
    bool is_read = read_primary(r);
    r->depth--;
    return is_read;
}

static bool read_slot(cs_form_reader *r, const cs_form_part *part) {
    form_key(r->out, part->key);
    if (strcmp(part->text, "PHRASES") == 0 || strcmp(part->text, "EXCUSES") == 0) return read_phrases(r);
    if (strcmp(part->text, "QUORUM") == 0) return read_quorum(r);
    if (strcmp(part->text, "ROLE") == 0) return read_role(r);
    if (strcmp(part->text, "VALUE") == 0) return read_value(r);
    if (strcmp(part->text, "CONDITION") == 0) return read_mark(r);
    bool is_text = strcmp(part->text, "NAME") == 0 || strcmp(part->text, "PAIRS") == 0;
    if (!is_text && strcmp(part->text, "COMPARE") != 0) return read_number(r);
    if (r->t->kind == TOKEN_END) return form_refuse(r, r->t->line, "it ends too early");
    form_text(r->out, form_next(r)->text);
    return true;
}

/* ---- operators ---- */

static bool words_come(const cs_token *t, const char *words, uint32_t *count) {
    char word[CS_FORM_KEY_BYTES];
    *count = 0;
    while (*words) {
        size_t bytes = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)bytes, words);
        if (!form_is(t + *count, word)) return false;
        ++*count;
        words += bytes + strspn(words + bytes, " ");
    }
    return true;
}

static bool begins_slot(const cs_token *t, const char *slot) {
    if (strcmp(slot, "COMPARE") == 0) return t->kind == TOKEN_PUNCT && strchr("<>=!", t->text[0]);
    return strcmp(slot, "QUORUM") == 0 && (form_is(t, "any") || form_is(t, "all") || form_is(t, "none") ||
                                           (form_is(t, "at") && form_is(t + 1, "least")));
}

static bool begins_group(const cs_token *at, const cs_form_part *from, const cs_form_part *to) {
    const cs_token *t = at;
    uint32_t words;
    for (const cs_form_part *part = from; part < to; part++, t++) {
        if (part->kind == FORM_CHOICE) {
            for (; part < to && part->kind == FORM_CHOICE; part++)
                if (words_come(at, part->text, &words)) return true;
            return false;
        }
        if (part->kind == FORM_SLOT) {
            if (strcmp(part->text, "ROLE") == 0) return is_role(t);
            return part > from || begins_slot(t, part->text);
        }
        if (!form_is(t, part->text)) return false;
    }
    return true;
}

static bool opens_group(cs_form_reader *r, const cs_form_part *from, const cs_form_part *to) {
    const cs_token *before = r->t;
    form_skip_newlines(r);
    if (form_is(r->t, ",")) r->t++;
    if (begins_group(r->t, from, to)) return true;
    r->t = before;
    return false;
}

static bool take_words(cs_form_reader *r, const char *text) {
    uint32_t words;
    if (!words_come(r->t, text, &words)) return false;
    for (; words > 0; words--) form_count_language(r, form_next(r)->text);
    return true;
}

static bool read_parts(cs_form_reader *r, const cs_form_part *from, const cs_form_part *to) {
    if (from->kind == FORM_WORD && *from->key) form_flag(r->out, from->key);
    for (const cs_form_part *part = from; part < to; part++) {
        if (part->kind == FORM_SLOT) {
            if (!read_slot(r, part)) return false;
        } else if (part->kind == FORM_WORD) {
            if (!form_need(r, part->text)) return false;
        } else {
            const cs_form_part *taken = NULL;
            unsigned choice = part->choice;
            for (; part < to && part->choice == choice; part++)
                if (!taken && take_words(r, part->text)) taken = part;
            if (!taken) return form_refuse(r, r->t->line, "expected one of a choice");
            form_flag(r->out, taken->key);
            part--;
        }
    }
    return true;
}

static const cs_form_part *run_end(const cs_form_usage *usage, const cs_form_part *from) {
    const cs_form_part *to = from, *end = usage->parts + usage->count;
    while (to < end && to->group == from->group && (from->group || to->choice == from->choice)) to++;
    return to;
}

/* Groups behind all that must be there come in any order, as parse_operator.c reads them. */
static bool read_usage(cs_form_reader *r, const cs_form_usage *usage) {
    const cs_form_part *end = usage->parts + usage->count, *tail = usage->parts;
    for (const cs_form_part *part = usage->parts; part < end; part++)
        if (!part->group) tail = part + 1;
    uint32_t done = 0;
    bool has_read = true;
    for (bool is_first = true; has_read; is_first = false) {
        has_read = false;
        for (const cs_form_part *from = usage->parts, *to; from < end; from = to) {
            to = run_end(usage, from);
            if (!from->group) {
                if (is_first && !read_parts(r, from, to)) return false;
                continue;
            }
            if (done & 1u << from->group || (!is_first && from < tail) || !opens_group(r, from, to)) continue;
            done |= 1u << from->group;
            has_read = true;
            if (!read_parts(r, from, to)) return false;
        }
    }
    return true;
}

static bool read_operator(cs_form_reader *r, const char *role) {
    cs_form_usage usage;
    const cs_vocable *row = r->t->kind == TOKEN_WORD ? vocabulary_find(FAMILY_OPERATOR, r->t->word) : NULL;
    bool is_bare = role && (!row || row->operator== OPERATOR_NONE);
    if (is_bare)
        form_usage_bare(&usage);
    else
        form_usage(row, &usage);
    buffer_text(r->out, "{");
    if (!is_bare) form_member(r->out, "operator", row->word);
    if (role) form_member(r->out, "role", role);
    return read_usage(r, &usage) && buffer_text(r->out, "}");
}

/* ---- windows ---- */

static void append(char text[CS_FORM_TEXT_BYTES], const char *word) {
    size_t used = strlen(text);
    if (snprintf(text + used, CS_FORM_TEXT_BYTES - used, "%s%s", used ? " " : "", word) < 0) text[used] = 0;
}

static void append_taken(cs_form_reader *r, char text[CS_FORM_TEXT_BYTES], const char *const *words) {
    for (; *words; words++)
        if (form_take(r, *words)) {
            append(text, *words);
            return;
        }
}

/* "2 agent turns", "30s", "20%", "2 workdays" */
static bool read_extent(cs_form_reader *r, char text[CS_FORM_TEXT_BYTES]) {
    if (r->t->kind != TOKEN_NUMBER) return form_refuse(r, r->t->line, "expected a number");
    form_number(r->t, text);
    if (form_next(r)->unit[0]) return true;
    if (form_take(r, "workdays") || form_take(r, "workday")) return append(text, "workdays"), true;
    if (is_role(r->t)) {
        append(text, r->t->word);
        form_count_language(r, form_next(r)->text);
    }
    append(text, "turns");
    return form_take(r, "turns") || form_need(r, "turn");
}

static bool read_day(cs_form_reader *r, char text[CS_FORM_TEXT_BYTES]) {
    static const char *const days[] = {"workday", "day", NULL}, *const after[] = {"after", NULL};
    char number[CS_FORM_TEXT_BYTES];
    if (!form_take(r, "end")) return read_extent(r, text);
    if (!form_need(r, "of")) return false;
    snprintf(text, CS_FORM_TEXT_BYTES, "end of");
    append_taken(r, text, days);
    form_number(form_next(r), number);
    append(text, number);
    append_taken(r, text, after);
    return true;
}

static bool read_window(cs_form_reader *r) {
    static const char *const sides[] = {"after", "before", "around", NULL};
    char text[CS_FORM_TEXT_BYTES] = "";
    const char *word = r->t->word;
    form_take(r, word);
    buffer_text(r->out, "{");
    if (strcmp(word, "anywhere") == 0) return form_flag(r->out, word), buffer_text(r->out, "}");
    form_key(r->out, word);
    if (strcmp(word, "within") == 0) {
        if (!read_extent(r, text)) return false;
        append_taken(r, text, sides);
        form_text(r->out, text);
    } else if (strcmp(word, "first") == 0 || strcmp(word, "last") == 0) {
        if (!read_extent(r, text)) return false;
        form_text(r->out, text);
    } else if (strcmp(word, "by") == 0) {
        if (!read_day(r, text)) return false;
        form_text(r->out, text);
    } else if (strcmp(word, "between") == 0) {
        buffer_text(r->out, "[");
        if (!read_mark(r) || !form_need(r, "and")) return false;
        form_comma(r->out);
        if (!read_mark(r)) return false;
        buffer_text(r->out, "]");
    } else if (!read_mark(r)) {
        return false;
    }
    return buffer_text(r->out, "}");
}

static bool next_is_reply(cs_form_reader *r) {
    const cs_token *before = r->t;
    form_skip_newlines(r);
    if (form_is(r->t, "in") && form_is(r->t + 1, "reply")) {
        form_take(r, "in");
        form_take(r, "reply");
        return form_need(r, "to");
    }
    r->t = before;
    return false;
}

static bool next_is_window(cs_form_reader *r) {
    const cs_token *before = r->t;
    form_skip_newlines(r);
    if (r->t->kind == TOKEN_WORD && vocabulary_find(FAMILY_WINDOW, r->t->word)) return true;
    r->t = before;
    return false;
}

/* What was read from start on is followed by its windows. */
static bool read_windows(cs_form_reader *r, size_t start) {
    unsigned depth = r->depth;
    while (!r->trouble) {
        bool is_reply = next_is_reply(r);
        if (!is_reply && !next_is_window(r)) break;
        if (++r->depth > CS_MAX_FORM_DEPTH) return form_refuse(r, r->t->line, "conditions nest too deep for a form");
        form_insert(r->out, start, "{\"of\":");
        form_key(r->out, is_reply ? "in_reply_to" : "window");
        if (!(is_reply ? read_mark(r) : read_window(r))) return false;
        buffer_text(r->out, "}");
    }
    r->depth = depth;
    return !r->trouble;
}

/* ---- names, brackets, count, nth, in order ---- */

static bool read_brackets(cs_form_reader *r) {
    static const char mark[] = "{\"brackets\":true,";
    size_t start = r->out->length;
    if (!read_or(r)) return false;
    form_skip_newlines(r);
    if (!form_need(r, ")")) return false;
    if (strncmp(buffer_string(r->out) + start, mark, sizeof mark - 1) != 0) form_insert(r->out, start + 1, mark + 1);
    return true;
}

static bool read_count(cs_form_reader *r) {
    form_take(r, "count");
    form_take(r, "(");
    buffer_text(r->out, "{\"count\":");
    if (!read_or(r)) return false;
    form_skip_newlines(r);
    if (!form_need(r, ")")) return false;
    form_member(r->out, "compare", form_next(r)->text);
    form_key(r->out, "number");
    return read_number(r) && buffer_text(r->out, "}");
}

static bool read_nth(cs_form_reader *r) {
    form_take(r, "nth");
    form_take(r, "(");
    buffer_text(r->out, "{\"nth\":");
    if (!read_or(r)) return false;
    form_skip_newlines(r);
    if (!form_need(r, ",")) return false;
    form_key(r->out, "number");
    return read_number(r) && form_need(r, ")") && buffer_text(r->out, "}");
}

static bool read_order(cs_form_reader *r) {
    form_take(r, "in");
    form_take(r, "order");
    if (!form_need(r, "(")) return false;
    buffer_text(r->out, "{\"in_order\":[");
    do {
        form_comma(r->out);
        if (!read_or(r)) return false;
        form_skip_newlines(r);
    } while (form_take(r, ","));
    return form_need(r, ")") && buffer_text(r->out, "]}");
}

static bool read_name(cs_form_reader *r) {
    if (r->t->kind != TOKEN_WORD) return form_refuse(r, r->t->line, "expected a condition");
    buffer_text(r->out, "{");
    form_member(r->out, "name", form_next(r)->text);
    return buffer_text(r->out, "}");
}

static bool read_primary(cs_form_reader *r) {
    form_skip_newlines(r);
    if (form_take(r, "(")) return read_brackets(r);
    const cs_token *t = r->t;
    if (form_is(t, "first") && form_is(t + 1, "agent")) {
        form_take(r, "first");
        form_take(r, "agent");
        return read_operator(r, "first agent");
    }
    if (is_role(t)) {
        form_count_language(r, t->text);
        r->t++;
        return read_operator(r, t->word);
    }
    if (form_is(t, "count") && form_is(t + 1, "(")) return read_count(r);
    if (form_is(t, "nth") && form_is(t + 1, "(")) return read_nth(r);
    if (form_is(t, "in") && form_is(t + 1, "order")) return read_order(r);
    const cs_vocable *row = t->kind == TOKEN_WORD ? vocabulary_find(FAMILY_OPERATOR, t->word) : NULL;
    if (row && row->operator!= OPERATOR_NONE && strncmp(row->usage, "ROLE ", 5) != 0) return read_operator(r, NULL);
    return read_name(r);
}

/* ---- and, or, not ---- */

static bool read_unary(cs_form_reader *r) {
    form_skip_newlines(r);
    if (++r->depth > CS_MAX_FORM_DEPTH) return form_refuse(r, r->t->line, "conditions nest too deep for a form");
    size_t start = r->out->length;
    bool is_read;
    if (form_take(r, "not")) {
        buffer_text(r->out, "{\"not\":");
        is_read = read_unary(r) && buffer_text(r->out, "}");
    } else {
        is_read = read_primary(r) && read_windows(r, start);
    }
    r->depth--;
    return is_read;
}

static bool read_chain(cs_form_reader *r, const char *word, const char *opening, bool (*part)(cs_form_reader *)) {
    size_t start = r->out->length;
    if (!part(r)) return false;
    if (!form_take_next(r, word)) return true;
    form_insert(r->out, start, opening);
    do {
        form_comma(r->out);
        if (!part(r)) return false;
    } while (form_take_next(r, word));
    return buffer_text(r->out, "]}");
}

static bool read_and(cs_form_reader *r) {
    return read_chain(r, "and", "{\"and\":[", read_unary);
}

static bool read_or(cs_form_reader *r) {
    return read_chain(r, "or", "{\"or\":[", read_and);
}

/* ---- steps ---- */

static bool read_step(cs_form_reader *r, unsigned number) {
    char key[CS_FORM_TEXT_BYTES];
    const cs_token *name = r->t;
    r->t += 2;
    form_comma(r->out);
    buffer_text(r->out, "{");
    form_member(r->out, "name", name->text);
    form_key(r->out, "what");
    if (!read_or(r)) return false;
    if (form_take_next(r, "if")) {
        form_key(r->out, "if");
        if (!read_or(r)) return false;
    }
    snprintf(key, sizeof key, "steps.%u", number);
    form_take_notes(r, key, r->t[-1].line);
    return buffer_text(r->out, "}");
}

bool form_read_expression(cs_form_reader *r) {
    form_comma(r->out);
    if (!form_take(r, "steps")) return read_or(r);
    buffer_text(r->out, "{\"steps\":[");
    unsigned number = 0;
    for (form_skip_newlines(r); r->t->kind == TOKEN_WORD && form_is(r->t + 1, ":"); form_skip_newlines(r))
        if (!read_step(r, ++number)) return false;
    if (r->t[-1].kind == TOKEN_NEWLINE) r->t--;
    return buffer_text(r->out, "]}");
}

/* ---- conditions on fields ---- */

static bool read_any_field(cs_form_reader *r);

static bool read_field(cs_form_reader *r) {
    if (++r->depth > CS_MAX_FORM_DEPTH) return form_refuse(r, r->t->line, "conditions nest too deep for a form");
    if (form_take(r, "not")) {
        buffer_text(r->out, "{\"not\":");
        if (!read_field(r)) return false;
        r->depth--;
        return buffer_text(r->out, "}");
    }
    if (form_take(r, "(")) {
        static const char mark[] = "{\"brackets\":true,";
        size_t start = r->out->length;
        if (!read_any_field(r) || !form_need(r, ")")) return false;
        if (strncmp(buffer_string(r->out) + start, mark, sizeof mark - 1) != 0)
            form_insert(r->out, start + 1, mark + 1);
        r->depth--;
        return true;
    }
    r->depth--;
    buffer_text(r->out, "{");
    form_member(r->out, "field", form_next(r)->text);
    if (form_take(r, "in")) {
        if (!form_need(r, "(")) return false;
        form_key(r->out, "in");
        buffer_text(r->out, "[");
        do {
            form_comma(r->out);
            form_text(r->out, form_next(r)->text);
        } while (form_take(r, ","));
        return form_need(r, ")") && buffer_text(r->out, "]}");
    }
    form_member(r->out, "compare", form_next(r)->text);
    form_member(r->out, "value", form_next(r)->text);
    return buffer_text(r->out, "}");
}

static bool read_fields_chain(cs_form_reader *r, const char *word, const char *opening,
                              bool (*part)(cs_form_reader *)) {
    size_t start = r->out->length;
    if (!part(r)) return false;
    if (!form_take(r, word)) return true;
    form_insert(r->out, start, opening);
    do {
        form_comma(r->out);
        if (!part(r)) return false;
    } while (form_take(r, word));
    return buffer_text(r->out, "]}");
}

static bool read_all_fields(cs_form_reader *r) {
    return read_fields_chain(r, "and", "{\"and\":[", read_field);
}

static bool read_any_field(cs_form_reader *r) {
    return read_fields_chain(r, "or", "{\"or\":[", read_all_fields);
}

bool form_read_fields(cs_form_reader *r) {
    form_comma(r->out);
    return read_any_field(r);
}
