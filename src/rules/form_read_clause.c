/* The clauses of rules and flags as members of their object. */
#include "rules/form_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool take_manner(cs_form_reader *r, const char *word) {
    if (!form_is(r->t, ",") || !form_is(r->t + 1, word)) return false;
    r->t++;
    return form_take(r, word);
}

static bool read_title(cs_form_reader *r) {
    form_member(r->out, "zh", form_next(r)->text);
    if (form_take(r, "|")) form_member(r->out, "en", form_next(r)->text);
    return true;
}

bool form_read_for(cs_form_reader *r) {
    bool has_channels = false;
    while (r->t->kind == TOKEN_WORD && !form_is(r->t, "where")) {
        if (!has_channels) {
            form_key(r->out, "channels");
            buffer_text(r->out, "[");
        }
        has_channels = true;
        form_count_language(r, r->t->text);
        form_text(r->out, form_next(r)->word);
        if (!form_take(r, ",")) break;
    }
    if (has_channels) buffer_text(r->out, "]");
    if (!form_take(r, "where")) return true;
    form_key(r->out, "where");
    return form_read_fields(r);
}

static bool read_condition(cs_form_reader *r) {
    form_key(r->out, "condition");
    return form_read_expression(r);
}

static bool read_when(cs_form_reader *r) {
    if (!read_condition(r)) return false;
    if (!take_manner(r, "once")) return true;
    if (!form_take(r, "per")) return form_flag(r->out, "once"), true;
    form_member(r->out, "once", "per demand");
    return form_need(r, "demand");
}

static bool read_prompt(cs_form_reader *r) {
    char at[CS_FORM_TEXT_BYTES];
    if (form_take(r, "at")) {
        form_number(form_next(r), at);
        form_member(r->out, "at", at);
    }
    form_member(r->out, "text", form_next(r)->text);
    return true;
}

/* ---- effects ---- */

static void put_number(cs_form_reader *r, const char *key, bool is_positive) {
    char number[CS_FORM_TEXT_BYTES];
    form_number(form_next(r), number);
    form_key(r->out, key);
    buffer_text(r->out, number + (is_positive && *number == '-'));
}

static bool read_points(cs_form_reader *r) {
    if (form_take(r, "fatal"))
        form_flag(r->out, "fatal");
    else
        put_number(r, "points", false);
    if (!form_take(r, "each")) return true;
    form_flag(r->out, "each");
    if (!form_is(r->t, ",") || !form_is(r->t + 1, "max")) return true;
    r->t++;
    form_take(r, "max");
    put_number(r, "max", true);
    return true;
}

static bool read_effect(cs_form_reader *r) {
    const cs_token *t = r->t;
    const cs_vocable *row = t->kind == TOKEN_WORD ? vocabulary_find(FAMILY_EFFECT, t->word) : NULL;
    if (!row) return form_refuse(r, t->line, "expected an effect");
    form_take(r, row->word);
    form_comma(r->out);
    buffer_text(r->out, "{");
    form_member(r->out, "effect", row->word);
    bool is_score = r->t->kind == TOKEN_NUMBER && strpbrk(row->usage, "+-0123456789") != NULL;
    if (is_score || form_is(r->t, "fatal")) return read_points(r) && buffer_text(r->out, "}");
    char words[CS_FORM_TEXT_BYTES] = "";
    for (size_t used = 0; r->t->kind == TOKEN_WORD || r->t->kind == TOKEN_NUMBER || r->t->kind == TOKEN_STRING;) {
        bool is_keyword = form_is(r->t, "high-risk") && strcmp(row->word, "mark") == 0;
        const char *word = is_keyword ? r->t->word : r->t->text;
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s", used ? " " : "", word);
        if (used >= sizeof words) return form_refuse(r, t->line, "an effect is too long for a form");
        r->t++;
    }
    form_member(r->out, "words", words);
    return buffer_text(r->out, "}");
}

static bool read_effects(cs_form_reader *r) {
    do {
        form_skip_newlines(r);
        if (!read_effect(r)) return false;
    } while (form_take(r, ","));
    return true;
}

/* ---- rules across conversations: an event, about what, until when ---- */

static bool read_due(cs_form_reader *r) {
    static const char *const words[] = {"end", "of", "workday", "day", "workdays", "after"};
    char text[CS_FORM_TEXT_BYTES] = "", number[CS_FORM_TEXT_BYTES];
    const char *window = form_take_next(r, "within") ? "within" : form_take_next(r, "by") ? "by" : NULL;
    if (!window) return true;
    for (bool is_taken = true; is_taken;) {
        is_taken = r->t->kind == TOKEN_NUMBER;
        size_t used = strlen(text);
        if (is_taken) {
            form_number(form_next(r), number);
            if (snprintf(text + used, sizeof text - used, "%s%s", used ? " " : "", number) < 0) text[used] = 0;
            continue;
        }
        for (size_t i = 0; i < sizeof words / sizeof *words && !is_taken; i++) {
            is_taken = form_take(r, words[i]);
            bool is_plural = is_taken && strcmp(words[i], "workday") == 0 && strcmp(window, "within") == 0;
            if (is_taken)
                snprintf(text + used, sizeof text - used, "%s%s%s", used ? " " : "", words[i], is_plural ? "s" : "");
        }
    }
    form_key(r->out, "window");
    buffer_text(r->out, "{");
    form_member(r->out, window, text);
    return buffer_text(r->out, "}");
}

static bool read_pattern(cs_form_reader *r) {
    if (form_take(r, "call")) {
        form_count_language(r, r->t->text);
        form_member(r->out, "call", form_next(r)->word);
        const char *side = form_take(r, "to") ? "to" : form_take(r, "from") ? "from" : NULL;
        if (side) form_member(r->out, side, "customer");
        if (side && !form_need(r, "customer")) return false;
    } else if (form_need(r, "event")) {
        form_member(r->out, "event", form_next(r)->text);
    }
    if (r->trouble) return false;
    if (form_take_next(r, "where")) {
        form_key(r->out, "where");
        if (!form_read_fields(r)) return false;
    }
    if (form_take_next(r, "about")) {
        if (!form_need(r, "this")) return false;
        form_count_language(r, r->t->text);
        form_member(r->out, "about", form_next(r)->word);
    }
    return read_due(r);
}

/* ---- the clause ---- */

static bool read_body(cs_form_reader *r, const char *word, bool is_across) {
    if (strcmp(word, "title") == 0) return read_title(r);
    if (strcmp(word, "for") == 0) return form_read_for(r);
    if (strcmp(word, "prompt") == 0) return read_prompt(r);
    if (strcmp(word, "waived") == 0 && !form_need(r, "by")) return false;
    if (is_across) return read_pattern(r);
    if (strcmp(word, "when") == 0) return read_when(r);
    if (!read_condition(r)) return false;
    if (strcmp(word, "expect") == 0 && take_manner(r, "strict")) form_flag(r->out, "strict");
    return true;
}

bool form_read_clause(cs_form_reader *r, bool is_across) {
    const cs_token *word = r->t;
    if (word->kind != TOKEN_WORD || !vocabulary_find(FAMILY_CLAUSE, word->word))
        return form_refuse(r, word->line, "expected a clause");
    form_take(r, word->word);
    const char *key = strcmp(word->word, "waived") == 0 ? "waived_by" : word->word;
    bool is_effects = strcmp(key, "else") == 0 || strcmp(key, "then") == 0;
    form_key(r->out, key);
    buffer_text(r->out, is_effects ? "[" : "{");
    if (form_is(r->t, "steps") && !is_effects) /* comments above the clause, before those of its steps */
        form_take_notes(r, key, word->line);
    if (!(is_effects ? read_effects(r) : read_body(r, word->word, is_across))) return false;
    buffer_text(r->out, is_effects ? "]" : "}");
    form_take_notes(r, key, r->t[-1].line);
    if (r->t->kind != TOKEN_NEWLINE && r->t->kind != TOKEN_END)
        return form_refuse(r, r->t->line, "a word is left over");
    return true;
}
