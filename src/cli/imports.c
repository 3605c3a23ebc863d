/* callscope imports: what came in; imports show N: one of them with what it refused; imports undo N: take it back. */
#include "base/clock.h"
#include "cli/command.h"
#include "cli/printable.h"
#include "cli/report.h"
#include "imports/import_lock.h"
#include "imports/refusal.h"
#include "imports/run.h"
#include "quality/archive.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_BYTES = 256 << 20, PAGE = 200, MOST_PAGES = 100000 };

static volatile sig_atomic_t is_stopped;
static void on_signal(int signal_number) {
    (void)signal_number;
    is_stopped = 1;
}

static int fail(const cs_message *message) {
    trouble_print(NULL, message);
    return CS_EXIT_REFUSED;
}

static bool read_number(const cs_arguments *arguments, int64_t *out) {
    char *end = NULL;
    errno = 0;
    *out = strtoll(arguments->paths[0], &end, 10);
    if (errno == 0 && end != arguments->paths[0] && !*end && *out > 0) return true;
    fprintf(stderr, "callscope: N is the number of an import, not '%s'\n  see: callscope imports\n",
            arguments->paths[0]);
    return false;
}

/* ---- showing ---- */

static const char *text_of(const cs_json *object, const char *key) {
    const char *text = json_string(json_get(object, key), NULL);
    return text ? text : "";
}

static long long number_of(const cs_json *object, const char *key) {
    int64_t value = 0;
    return json_int64(json_get(object, key), &value) ? (long long)value : 0;
}

static const char *state_word(const char *state, cs_language language) {
    static const struct {
        const char *name, *zh;
    } words[] = {
#define X(code, name, zh) {name, zh},
        CS_IMPORT_STATE_TABLE(X)
#undef X
    };
    for (size_t i = 0; language == CS_CHINESE && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].name, state) == 0) return words[i].zh;
    return state;
}

static void print_line(const cs_json *import) {
    const cs_json *counts = json_get(import, "counts"), *records = json_get(counts, "records");
    char when[32];
    clock_format(number_of(import, "created_ms"), 0, when);
    printf("%6lld  %.16s  ", number_of(import, "number"), when);
    report_cell(state_word(text_of(import, "state"), report_language()), 10);
    printf("  ");
    report_cell(text_of(import, "name"), 28);
    printf("  %lld new or changed, %lld unchanged, %lld refused", number_of(counts, "inspected"),
           number_of(counts, "unchanged"), number_of(counts, "refused"));
    if (number_of(records, "read")) printf("; %lld records", number_of(records, "read"));
    puts("");
}

static void print_refusal(const cs_json *refusal) {
    const char *id = text_of(refusal, "conversation"), *place = text_of(refusal, "place");
    printf("refused: %s%s%s%s%s\n    %s\n", text_of(refusal, "file"), *id ? ", conversation " : "", id,
           *place ? ", " : "", place, text_of(refusal, "reason"));
    if (*text_of(refusal, "remedy")) printf("    %s\n", text_of(refusal, "remedy"));
}

static void print_one(const cs_json *import) {
    const cs_json *trouble = json_get(import, "trouble"), *undo = json_get(json_get(import, "counts"), "undo");
    print_line(import);
    if (json_kind(trouble) == CS_JSON_OBJECT)
        printf("        %s %s\n        %s\n", text_of(trouble, "message"), text_of(trouble, "place"),
               text_of(trouble, "remedy"));
    if (undo)
        printf("        taken back: %lld removed, %lld as before, %lld records; %lld kept, since later imports changed "
               "them\n",
               number_of(undo, "removed"), number_of(undo, "restored"), number_of(undo, "records"),
               number_of(undo, "kept"));
}

/* ---- pages of JSON, whole or printed ---- */

typedef cs_error (*page_writing)(cs_db *db, int64_t number, const char *after, cs_json_writer *out,
                                 cs_message *message);

static cs_error write_imports(cs_db *db, int64_t number, const char *after, cs_json_writer *out, cs_message *message) {
    (void)number;
    return import_list(db, NULL, PAGE, after, out, message);
}

static cs_error write_refusals(cs_db *db, int64_t number, const char *after, cs_json_writer *out, cs_message *message) {
    return refusal_list(db, number, PAGE, after, out, message);
}

static cs_error each_page(cs_db *db, int64_t number, page_writing write, void (*print)(const cs_json *item),
                          cs_message *message) {
    char after[24] = "";
    cs_error code = CS_OK;
    for (int page = 0; code == CS_OK && page < MOST_PAGES && (page == 0 || *after); page++) {
        cs_buffer text;
        cs_json_writer out;
        cs_json *json = NULL;
        buffer_init(&text, ANSWER_BYTES);
        json_writer_init(&out, &text);
        out.is_revealed = true; /* whoever may read the store's files may read this */
        code = write(db, number, after, &out, message);
        if (code == CS_OK) printable_json(&text);
        if (code == CS_OK) code = json_parse(buffer_string(&text), text.length, ANSWER_BYTES, &json, message);
        const cs_json *items = json_get(json, "items");
        for (size_t i = 0; code == CS_OK && i < json_length(items); i++) print(json_at(items, i));
        (void)snprintf(after, sizeof after, "%s", text_of(json, "next"));
        json_free(json);
        buffer_free(&text);
    }
    return code;
}

static cs_error write_one(cs_db *db, int64_t number, cs_buffer *text, cs_message *message) {
    cs_json_writer out;
    buffer_init(text, ANSWER_BYTES);
    json_writer_init(&out, text);
    out.is_revealed = true; /* whoever may read the store's files may read this */
    return import_write(db, number, NULL, NULL, &out, message);
}

static cs_error show_one(cs_db *db, int64_t number, bool is_json, cs_message *message) {
    cs_buffer text;
    cs_json *json = NULL;
    cs_error code = write_one(db, number, &text, message);
    if (code == CS_OK && is_json) {
        puts(buffer_string(&text));
    } else if (code == CS_OK) {
        printable_json(&text);
        code = json_parse(buffer_string(&text), text.length, ANSWER_BYTES, &json, message);
    }
    if (json) print_one(json);
    json_free(json);
    buffer_free(&text);
    return code;
}

static cs_error show_list(cs_db *db, bool is_json, cs_message *message) {
    cs_buffer text;
    cs_json_writer out;
    if (!is_json) return each_page(db, 0, write_imports, print_line, message);
    buffer_init(&text, ANSWER_BYTES);
    json_writer_init(&out, &text);
    out.is_revealed = true; /* whoever may read the store's files may read this */
    cs_error code = import_list(db, NULL, PAGE, NULL, &out, message);
    if (code == CS_OK) puts(buffer_string(&text));
    buffer_free(&text);
    return code;
}

int run_imports(const cs_arguments *arguments) {
    cs_db *db = NULL;
    cs_message message;
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message);
    if (code == CS_OK) code = show_list(db, argument_is_given(arguments, "--json"), &message);
    db_close(db);
    return code == CS_OK ? CS_EXIT_DONE : fail(&message);
}

int run_imports_show(const cs_arguments *arguments) {
    cs_db *db = NULL;
    cs_message message;
    int64_t number;
    bool is_json = argument_is_given(arguments, "--json");
    if (!read_number(arguments, &number)) return CS_EXIT_USAGE;
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message);
    if (code == CS_OK) code = show_one(db, number, is_json, &message);
    if (code == CS_OK && !is_json) code = each_page(db, number, write_refusals, print_refusal, &message);
    db_close(db);
    return code == CS_OK ? CS_EXIT_DONE : fail(&message);
}

/* ---- taking back ---- */

static cs_error turn_to_undo(cs_db *db, int64_t number, cs_message *message) {
    const unsigned from = 1u << CS_IMPORT_STATE_DONE | 1u << CS_IMPORT_STATE_FAILED | 1u << CS_IMPORT_STATE_CANCELLED |
                          1u << CS_IMPORT_STATE_UNDOING; /* one that was killed goes on */
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    code = import_turn(db, number, from, CS_IMPORT_STATE_UNDOING, clock_now_ms(), message);
    if (code == CS_OK) return db_commit(db, message);
    db_rollback(db);
    return code;
}

static cs_error undo(const cs_arguments *arguments, cs_db *db, int64_t number, cs_message *message) {
    cs_import_run run = {
        .db = db, .data = argument(arguments, "--data"), .key_file = key_file(arguments), .is_stopped = &is_stopped};
    cs_import_row row;
    cs_hash id;
    cs_error code = turn_to_undo(db, number, message);
    if (code == CS_OK) code = import_read(db, number, &row, message);
    if (code != CS_OK) return code;
    code = archive_current_ruleset(db, &id, message);
    if (code == CS_OK) code = archive_load_ruleset(db, id, &run.rules, message);
    if (code == CS_OK || code == CS_ERR_NOT_FOUND) code = import_run_undo(&run, &row, message);
    ruleset_release(run.rules);
    if (code == CS_ERR_STOPPED) message_remedy(message, "run the same command again: it goes on where it was");
    return code;
}

static cs_error undo_locked(const cs_arguments *arguments, int64_t number, cs_message *message) {
    const char *data = argument(arguments, "--data");
    cs_db *db = NULL;
    int lock = -1;
    cs_error code = db_open(data, CS_DB_READ, &db, message); /* a wrong folder is not made */
    db_close(db);
    db = NULL;
    if (code == CS_OK) code = db_open(data, CS_DB_WRITE, &db, message);
    if (code == CS_OK && (lock = import_lock_take(data, number)) < 0) {
        code = message_set(message, CS_ERR_CONFLICT, "another program works on import %lld", (long long)number);
        message_remedy(message, "wait until it has ended");
    }
    if (code == CS_OK) code = undo(arguments, db, number, message);
    if (code == CS_OK) code = show_one(db, number, argument_is_given(arguments, "--json"), message);
    import_lock_release(lock);
    db_close(db);
    return code;
}

int run_imports_undo(const cs_arguments *arguments) {
    cs_message message;
    int64_t number;
    if (!read_number(arguments, &number)) return CS_EXIT_USAGE;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    return undo_locked(arguments, number, &message) == CS_OK ? CS_EXIT_DONE : fail(&message);
}
