/* Conditions as text. Brackets stand where the meaning needs them, and where the form asks for them. */
#include "rules/form_layout.h"
#include "rules/form_slot.h"
#include "rules/form_writer.h"
#include "rules/source.h"

#include <stdio.h>
#include <string.h>

typedef enum cs_binding { BINDS_OR, BINDS_AND, BINDS_UNARY, BINDS_WINDOWED, BINDS_PRIMARY } cs_binding;

static bool write_bound(cs_form_writer *w, const cs_json *json, cs_binding least);

/* ---- slots ---- */

static bool write_phrase(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"list", "expression", NULL};
    if (json_kind(json) == CS_JSON_STRING) {
        const char *text = form_string(w, json);
        if (text) form_put_quoted(w, text);
        return text != NULL;
    }
    if (!form_is_object(w, json) || !form_only(w, json, keys)) return false;
    if (json_get(json, "list")) {
        const char *name = form_string_of(w, json, "list");
        return name && form_put_name(w, name);
    }
    const char *expression = form_string_of(w, json, "expression");
    if (!expression) return false;
    form_put(w, "/");
    for (const char *c = expression; *c; c++) buffer_printf(&w->line, *c == '/' ? "\\%c" : "%c", *c);
    return buffer_text(&w->line, "/");
}

static bool write_phrases(cs_form_writer *w, const cs_json *json) {
    if (!form_is_array(w, json, 1, 10000)) return false;
    for (size_t i = 0; i < json_length(json); i++) {
        size_t before = form_enter_at(w, i);
        if (i) form_break(w, CS_BREAK_FILL, 2);
        if (i) form_put(w, "|");
        if (!write_phrase(w, json_at(json, i))) return false;
        form_leave(w, before);
    }
    return true;
}

static bool write_quorum(cs_form_writer *w, const cs_json *json) {
    const char *text = form_string(w, json);
    if (!text) return false;
    if (strcmp(text, "any") == 0 || strcmp(text, "all") == 0 || strcmp(text, "none") == 0)
        return form_put_word(w, text), true;
    if (strncmp(text, "at least ", 9) != 0 || !text[9] || text[9 + strspn(text + 9, "0123456789")])
        return form_fail(w, "expected any, all, none or at least 2, found '%s'", text);
    form_put_word(w, "at");
    form_put_word(w, "least");
    form_put(w, text + 9);
    return true;
}

static bool write_number(cs_form_writer *w, const cs_json *json, bool is_percent) {
    char text[40];
    const char *share = json_kind(json) == CS_JSON_STRING ? form_string(w, json) : NULL;
    if (share) {
        size_t digits = strspn(share, "0123456789.-");
        if (!digits || strcmp(share + digits, "%") != 0)
            return form_fail(w, "expected a share such as \"80%%\", found '%s'", share);
        form_put(w, share);
        return true;
    }
    if (json_kind(json) != CS_JSON_NUMBER || is_percent)
        return w->code == CS_OK ? form_fail(w, is_percent ? "expected a share such as \"80%%\"" : "expected a number")
                                : false;
    snprintf(text, sizeof text, "%.12g", json_number(json, 0));
    form_put(w, text);
    return true;
}

static bool write_compare(cs_form_writer *w, const char *sign) {
    static const char *const signs[] = {"<", "<=", "=", "!=", ">", ">="};
    for (size_t i = 0; sign && i < sizeof signs / sizeof *signs; i++)
        if (strcmp(sign, signs[i]) == 0) return form_put(w, sign), true;
    return sign ? form_fail(w, "expected < <= = != > or >=, found '%s'", sign) : false;
}

static bool write_role(cs_form_writer *w, const char *role) {
    if (role && strcmp(role, "first agent") == 0) {
        form_put(w, form_word_of(w, "first", FAMILY_WINDOW));
        role = "agent";
    }
    if (role && !vocabulary_find(FAMILY_ROLE, role)) {
        const char *nearest = vocabulary_nearest(role, FAMILY_ROLE);
        return form_fail(w, nearest ? "there is no role '%s'; did you mean %s?" : "there is no role '%s'", role,
                         nearest);
    }
    if (role) form_put(w, form_word_of(w, role, FAMILY_ROLE));
    return role != NULL;
}

static bool write_value(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"field", NULL};
    if (json_kind(json) == CS_JSON_OBJECT) {
        const char *name = form_only(w, json, keys) ? form_string_of(w, json, "field") : NULL;
        if (!name) return false;
        form_put_word(w, "field");
        return form_put_name(w, name);
    }
    const char *text = form_string(w, json);
    return text && form_put_value(w, text);
}

static bool write_slot(cs_form_writer *w, const char *slot, const cs_json *json) {
    int64_t whole;
    char text[24];
    if (strcmp(slot, "PHRASES") == 0 || strcmp(slot, "EXCUSES") == 0) return write_phrases(w, json);
    if (strcmp(slot, "QUORUM") == 0) return write_quorum(w, json);
    if (strcmp(slot, "NUMBER") == 0) return write_number(w, json, false);
    if (strcmp(slot, "PERCENT") == 0) return write_number(w, json, true);
    if (strcmp(slot, "VALUE") == 0) return write_value(w, json);
    if (strcmp(slot, "CONDITION") == 0) return write_bound(w, json, BINDS_PRIMARY);
    if (strcmp(slot, "COUNT") == 0 || strcmp(slot, "CHARACTERS") == 0) {
        if (!form_whole(w, json, 1, 1000000, &whole)) return false;
        snprintf(text, sizeof text, "%lld", (long long)whole);
        form_put(w, text);
        return true;
    }
    const char *words = form_string(w, json);
    if (!words) return false;
    if (strcmp(slot, "COMPARE") == 0) return write_compare(w, words);
    if (strcmp(slot, "DURATION") == 0) return form_put_duration(w, words);
    if (strcmp(slot, "ROLE") == 0) return write_role(w, words);
    return strcmp(slot, "PAIRS") == 0 ? form_put_name(w, words) : form_put_value(w, words);
}

/* ---- operators ---- */

static bool check_keys(cs_form_writer *w, const cs_json *json, const cs_form_usage *usage) {
    const char *keys[CS_MAX_FORM_PARTS + 4];
    size_t count = 0;
    keys[count++] = "operator";
    keys[count++] = "brackets";
    if (usage->has_role) keys[count++] = "role";
    for (uint32_t i = 0; i < usage->count; i++)
        if (*usage->parts[i].key) keys[count++] = usage->parts[i].key;
    keys[count] = NULL;
    return form_only(w, json, keys);
}

/* Whether a group is wanted: one of its members is there and not false. */
static bool is_wanted(const cs_json *json, const cs_form_part *from, const cs_form_part *to) {
    for (; from < to; from++) {
        const cs_json *value = *from->key ? json_get(json, from->key) : NULL;
        if (value && (json_kind(value) != CS_JSON_BOOL || json_is_true(value))) return true;
    }
    return false;
}

static bool write_choice(cs_form_writer *w, const cs_json *json, const cs_form_part *from, const cs_form_part *to) {
    const cs_form_part *taken = NULL;
    for (const cs_form_part *part = from; part < to && part->choice == from->choice; part++) {
        bool is_set;
        if (!form_flag_of(w, json, part->key, &is_set)) return false;
        if (is_set && taken) return form_fail(w, "%s and %s exclude each other", taken->key, part->key);
        if (is_set) taken = part;
    }
    if (!taken) return form_fail(w, "one of the members such as \"%s\": true is missing", from->key);
    char word[CS_FORM_KEY_BYTES];
    for (const char *at = taken->text; *at; at += strcspn(at, " "), at += strspn(at, " ")) {
        snprintf(word, sizeof word, "%.*s", (int)strcspn(at, " "), at);
        form_put_word(w, word);
    }
    return true;
}

static bool write_parts(cs_form_writer *w, const cs_json *json, const cs_form_usage *usage, const cs_form_part *from,
                        const cs_form_part *to) {
    for (const cs_form_part *part = from; part < to; part++) {
        if (part->kind == FORM_WORD) {
            bool is_own = strcmp(part->text, usage->row->word) == 0, is_set;
            if (*part->key && !form_flag_of(w, json, part->key, &is_set)) return false;
            form_put(w, is_own ? form_word_of(w, part->text, FAMILY_OPERATOR) : form_word(w, part->text));
        } else if (part->kind == FORM_CHOICE) {
            unsigned choice = part->choice;
            if (!write_choice(w, json, part, to)) return false;
            while (part + 1 < to && part[1].choice == choice) part++;
        } else {
            const cs_json *value = json_get(json, part->key);
            if (!value) return form_fail(w, "'%s' is missing: %s", part->key, usage->row->usage);
            size_t before = form_enter(w, part->key);
            if (!write_slot(w, part->text, value)) return false;
            form_leave(w, before);
        }
    }
    return true;
}

static bool write_operator(cs_form_writer *w, const cs_json *json, const cs_form_usage *usage) {
    const cs_form_part *end = usage->parts + usage->count;
    if (!check_keys(w, json, usage)) return false;
    if (usage->needs_role || json_get(json, "role")) {
        const char *role = form_string_of(w, json, "role");
        size_t before = form_enter(w, "role");
        if (!role || !write_role(w, role)) return false;
        form_leave(w, before);
    }
    for (const cs_form_part *from = usage->parts, *to; from < end; from = to) {
        to = from + 1;
        while (to < end && to->group == from->group) to++;
        if (from->group && !is_wanted(json, from, to)) continue;
        bool is_excuse = from->kind == FORM_WORD && strcmp(from->text, "unless") == 0;
        bool is_apart = from->group && from->kind == FORM_WORD && strcmp(from->text, "not") == 0;
        if (is_excuse) form_break(w, CS_BREAK_FILL, 1);
        if (is_apart) form_put_tight(w, ","); /* silence > 4s, not on hold */
        if (!write_parts(w, json, usage, from, to)) return false;
    }
    return true;
}

static bool write_by_table(cs_form_writer *w, const cs_json *json) {
    cs_form_usage usage;
    if (!json_get(json, "operator")) {
        if (!json_get(json, "phrases"))
            return form_fail(
                w, "expected a condition: operator, name, and, or, not, count, nth, in_order, or of with window");
        form_usage_bare(&usage);
        return write_operator(w, json, &usage);
    }
    const char *name = form_string_of(w, json, "operator");
    if (!name) return false;
    const cs_vocable *row = vocabulary_find(FAMILY_OPERATOR, name);
    if (!row || row->operator== OPERATOR_NONE) {
        const char *nearest = vocabulary_nearest(name, FAMILY_OPERATOR);
        size_t before = form_enter(w, "operator");
        form_fail(w, nearest ? "there is no operator '%s'; did you mean %s?" : "there is no operator '%s'", name,
                  nearest);
        form_leave(w, before);
        return false;
    }
    form_usage(row, &usage);
    return write_operator(w, json, &usage);
}

/* ---- windows ---- */

static bool write_window_body(cs_form_writer *w, const char *word, const cs_json *value) {
    static const char *const within[] = {"agent",    "customer", "bot",   "system", "anyone", "turns", "turn",
                                         "workdays", "workday",  "after", "before", "around", NULL};
    static const char *const edge[] = {"agent", "customer", "bot", "system", "anyone", "turns", "turn", NULL};
    static const char *const due[] = {"end", "of", "day", "workday", "after", NULL};
    if (strcmp(word, "anywhere") == 0)
        return json_kind(value) == CS_JSON_BOOL && json_is_true(value) ? true : form_fail(w, "expected true");
    if (strcmp(word, "between") == 0) {
        if (!form_is_array(w, value, 2, 2)) return false;
        for (size_t i = 0; i < 2; i++) {
            size_t before = form_enter_at(w, i);
            if (i) form_put_word(w, "and");
            if (!write_bound(w, json_at(value, i), BINDS_PRIMARY)) return false;
            form_leave(w, before);
        }
        return true;
    }
    bool has_condition = strcmp(word, "before") == 0 || strcmp(word, "after") == 0 || strcmp(word, "until") == 0;
    if (has_condition) return write_bound(w, value, BINDS_PRIMARY);
    const char *text = form_string(w, value);
    return text && form_put_words(w, text, strcmp(word, "within") == 0 ? within : strcmp(word, "by") == 0 ? due : edge);
}

static bool write_window(cs_form_writer *w, const cs_json *window) {
    const char *keys[CS_MAX_FORM_PARTS];
    const cs_vocable *taken = NULL;
    size_t count = 0;
    if (!form_is_object(w, window)) return false;
    for (const cs_vocable *row = vocabulary; row->word; row++) {
        if (row->family != FAMILY_WINDOW) continue;
        keys[count++] = row->word;
        if (json_get(window, row->word)) taken = row;
    }
    keys[count] = NULL;
    if (!form_only(w, window, keys)) return false;
    if (json_length(window) != 1 || !taken)
        return form_fail(w, "expected one window such as \"within\": \"2 agent turns after\"");
    form_put(w, form_word_of(w, taken->word, FAMILY_WINDOW));
    size_t before = form_enter(w, taken->word);
    if (!write_window_body(w, taken->word, json_get(window, taken->word))) return false;
    form_leave(w, before);
    return true;
}

static bool write_windowed(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"of", "window", "in_reply_to", "brackets", NULL};
    const cs_json *window = json_get(json, "window"), *reply = json_get(json, "in_reply_to");
    if (!form_only(w, json, keys)) return false;
    if (!json_get(json, "of") || !window == !reply)
        return form_fail(w, "expected 'of' with one of 'window' and 'in_reply_to'");
    size_t before = form_enter(w, "of");
    if (!write_bound(w, json_get(json, "of"), BINDS_WINDOWED)) return false;
    form_leave(w, before);
    before = form_enter(w, window ? "window" : "in_reply_to");
    if (window) {
        if (!write_window(w, window)) return false;
    } else {
        form_put_word(w, "in");
        form_put(w, form_word_of(w, "reply", FAMILY_OPERATOR));
        form_put_word(w, "to");
        if (!write_bound(w, reply, BINDS_PRIMARY)) return false;
    }
    form_leave(w, before);
    return true;
}

/* ---- and, or, not, count, nth, in order ---- */

static bool write_chain(cs_form_writer *w, const cs_json *json, const char *word, cs_binding part) {
    const char *const keys[] = {word, "brackets", NULL};
    const cs_json *parts = json_get(json, word);
    if (!form_only(w, json, keys)) return false;
    size_t outer = form_enter(w, word);
    if (!form_is_array(w, parts, 2, 101)) return false;
    unsigned level = w->level;
    w->level += 3;
    for (size_t i = 0; i < json_length(parts); i++) {
        size_t before = form_enter_at(w, i);
        if (i) {
            w->level = level;
            form_break(w, CS_BREAK_EACH, 0);
            w->level += 3;
            form_put(w, form_word_of(w, word, FAMILY_OPERATOR));
        }
        if (!write_bound(w, json_at(parts, i), part)) return false;
        form_leave(w, before);
    }
    w->level = level;
    form_leave(w, outer);
    return true;
}

static bool write_inside(cs_form_writer *w, const cs_json *json, const char *key) {
    form_put(w, form_word_of(w, key, FAMILY_OPERATOR));
    form_put_tight(w, "(");
    size_t before = form_enter(w, key);
    if (!write_bound(w, json_get(json, key), BINDS_OR)) return false;
    form_leave(w, before);
    return true;
}

static bool write_number_of(cs_form_writer *w, const cs_json *json, int64_t least) {
    int64_t number;
    char text[24];
    size_t before = form_enter(w, "number");
    if (!form_whole(w, json_get(json, "number"), least, 1000000, &number)) return false;
    form_leave(w, before);
    snprintf(text, sizeof text, "%lld", (long long)number);
    form_put(w, text);
    return true;
}

static bool write_count(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"count", "compare", "number", "brackets", NULL};
    if (!form_only(w, json, keys) || !write_inside(w, json, "count")) return false;
    form_put_tight(w, ")");
    const char *sign = form_string_of(w, json, "compare");
    size_t before = form_enter(w, "compare");
    if (!sign || !write_compare(w, sign)) return false;
    form_leave(w, before);
    return write_number_of(w, json, 0);
}

static bool write_nth(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"nth", "number", "brackets", NULL};
    if (!form_only(w, json, keys) || !write_inside(w, json, "nth")) return false;
    form_put_tight(w, ",");
    if (!write_number_of(w, json, 1)) return false;
    form_put_tight(w, ")");
    return true;
}

static bool write_order(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"in_order", "brackets", NULL};
    const cs_json *parts = json_get(json, "in_order");
    if (!form_only(w, json, keys)) return false;
    form_put_word(w, "in");
    form_put(w, form_word_of(w, "order", FAMILY_OPERATOR));
    form_put(w, "(");
    size_t outer = form_enter(w, "in_order");
    if (!form_is_array(w, parts, 2, 16)) return false;
    for (size_t i = 0; i < json_length(parts); i++) {
        size_t before = form_enter_at(w, i);
        if (i) form_put_tight(w, ",");
        if (i) form_break(w, CS_BREAK_FILL, 0);
        w->level++;
        if (!write_bound(w, json_at(parts, i), BINDS_OR)) return false;
        w->level--;
        form_leave(w, before);
    }
    form_leave(w, outer);
    form_put_tight(w, ")");
    return true;
}

static bool write_not(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"not", "brackets", NULL};
    if (!form_only(w, json, keys)) return false;
    form_put(w, form_word_of(w, "not", FAMILY_OPERATOR));
    size_t before = form_enter(w, "not");
    if (!write_bound(w, json_get(json, "not"), BINDS_UNARY)) return false;
    form_leave(w, before);
    return true;
}

static bool write_name(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"name", "brackets", NULL};
    const char *name = form_only(w, json, keys) ? form_string_of(w, json, "name") : NULL;
    return name && form_put_name(w, name);
}

typedef struct shape {
    const char *key;
    cs_binding binds;
    bool (*write)(cs_form_writer *, const cs_json *);
} shape;

static bool write_and(cs_form_writer *w, const cs_json *json) {
    return write_chain(w, json, "and", BINDS_UNARY);
}

static bool write_or(cs_form_writer *w, const cs_json *json) {
    return write_chain(w, json, "or", BINDS_AND);
}

/* Operators first: their slots may be called count or name, too. */
static const shape shapes[] = {{"operator", BINDS_PRIMARY, write_by_table},
                               {"or", BINDS_OR, write_or},
                               {"and", BINDS_AND, write_and},
                               {"of", BINDS_WINDOWED, write_windowed},
                               {"count", BINDS_PRIMARY, write_count},
                               {"nth", BINDS_PRIMARY, write_nth},
                               {"in_order", BINDS_PRIMARY, write_order},
                               {"phrases", BINDS_PRIMARY, write_by_table},
                               {"name", BINDS_PRIMARY, write_name},
                               {"not", BINDS_UNARY, write_not}};

static const shape *shape_of(const cs_json *json) {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (json_get(json, shapes[i].key)) return &shapes[i];
    return NULL;
}

/* Text that binds at least that tightly: in brackets, when it does not by itself. */
static bool write_bound(cs_form_writer *w, const cs_json *json, cs_binding least) {
    bool has_brackets;
    if (!form_is_object(w, json)) return false;
    if (json_get(json, "steps")) return form_fail(w, "steps stand alone in when, expect or let");
    if (!form_flag_of(w, json, "brackets", &has_brackets)) return false;
    if (++w->depth > CS_MAX_WRITING_DEPTH) return form_fail(w, "conditions nest too deep");
    const shape *form = shape_of(json);
    bool needs = has_brackets || (form && form->binds < least);
    if (needs) form_put(w, "(");
    if (!(form ? form->write(w, json) : write_by_table(w, json))) return false;
    if (needs) form_put_tight(w, ")");
    w->depth--;
    return true;
}

bool form_write_expression(cs_form_writer *w, const cs_json *json) {
    w->depth = 0;
    w->level = 1;
    return write_bound(w, json, BINDS_OR);
}

/* ---- conditions on fields ---- */

static bool write_fields_bound(cs_form_writer *w, const cs_json *json, cs_binding least);

static bool write_fields_chain(cs_form_writer *w, const cs_json *json, const char *word, cs_binding part) {
    const char *const keys[] = {word, "brackets", NULL};
    const cs_json *parts = json_get(json, word);
    if (!form_only(w, json, keys)) return false;
    size_t outer = form_enter(w, word);
    if (!form_is_array(w, parts, 2, 1000)) return false;
    for (size_t i = 0; i < json_length(parts); i++) {
        size_t before = form_enter_at(w, i);
        if (i) form_put(w, form_word_of(w, word, FAMILY_OPERATOR));
        if (!write_fields_bound(w, json_at(parts, i), part)) return false;
        form_leave(w, before);
    }
    form_leave(w, outer);
    return true;
}

static bool write_field(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"field", "compare", "value", "in", "brackets", NULL};
    const char *name = form_only(w, json, keys) ? form_string_of(w, json, "field") : NULL;
    const cs_json *in = json_get(json, "in");
    if (!name || !form_put_name(w, name)) return false;
    if (!in) {
        const char *sign = form_string_of(w, json, "compare");
        const char *value = sign && write_compare(w, sign) ? form_string_of(w, json, "value") : NULL;
        return value && form_put_value(w, value);
    }
    size_t outer = form_enter(w, "in");
    if (!form_is_array(w, in, 1, 256)) return false;
    form_put_word(w, "in");
    form_put(w, "(");
    for (size_t i = 0; i < json_length(in); i++) {
        size_t before = form_enter_at(w, i);
        const char *value = form_string(w, json_at(in, i));
        if (i) form_put_tight(w, ",");
        if (!value || !form_put_value(w, value)) return false;
        form_leave(w, before);
    }
    form_leave(w, outer);
    form_put_tight(w, ")");
    return true;
}

static bool write_fields_not(cs_form_writer *w, const cs_json *json) {
    static const char *const keys[] = {"not", "brackets", NULL};
    if (!form_only(w, json, keys)) return false;
    form_put(w, form_word_of(w, "not", FAMILY_OPERATOR));
    size_t before = form_enter(w, "not");
    if (!write_fields_bound(w, json_get(json, "not"), BINDS_UNARY)) return false;
    form_leave(w, before);
    return true;
}

static bool write_fields_bound(cs_form_writer *w, const cs_json *json, cs_binding least) {
    bool has_brackets;
    if (!form_is_object(w, json) || !form_flag_of(w, json, "brackets", &has_brackets)) return false;
    if (++w->depth > CS_MAX_WRITING_DEPTH) return form_fail(w, "conditions nest too deep");
    bool is_or = json_get(json, "or"), is_and = json_get(json, "and"), is_not = json_get(json, "not");
    bool needs = has_brackets || (is_or && least > BINDS_OR) || (is_and && least > BINDS_AND);
    if (needs) form_put(w, "(");
    bool is_written = is_or    ? write_fields_chain(w, json, "or", BINDS_AND)
                      : is_and ? write_fields_chain(w, json, "and", BINDS_UNARY)
                      : is_not ? write_fields_not(w, json)
                               : write_field(w, json);
    if (!is_written) return false;
    if (needs) form_put_tight(w, ")");
    w->depth--;
    return true;
}

bool form_write_fields(cs_form_writer *w, const cs_json *json) {
    w->depth = 0;
    return write_fields_bound(w, json, BINDS_OR);
}
