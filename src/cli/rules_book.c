/* callscope rules book and rules publish: what was published in this store, and publishing from a file. */
#include "cli/command.h"

#include "base/clock.h"
#include "base/file.h"
#include "quality/archive.h"
#include "quality/rule_draft_check.h"
#include "quality/rule_history.h"
#include "rules/passage.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ARENA_BYTES = 512 << 20, REPORT_BYTES = 64 << 20 };

static int refuse(const char *what, const cs_message *message) {
    trouble_print(what, message);
    return CS_EXIT_REFUSED;
}

/* ---- rules book ---- */

static void print_page(const cs_book_page *page) {
    char at[32];
    struct tm local;
    time_t moment = (time_t)(page->at_ms / 1000);
    int zone = localtime_r(&moment, &local) ? (int)(local.tm_gmtoff / 60) : 0;
    clock_format(page->at_ms, zone, at);
    printf("%-28s version %-4lld %-9s  %.16s  %s\n", page->amended.rule, (long long)page->version,
           page->amended.is_retired ? "retired" : "published", at, *page->by ? page->by : "at this machine");
}

static void write_page(cs_json_writer *out, const cs_book_page *page) {
    json_object_open(out, NULL);
    json_write_string(out, "rule", page->amended.rule);
    json_write_int(out, "version", page->version);
    json_write_string(out, "state", page->amended.is_retired ? "retired" : "published");
    json_write_string(out, "by", page->by);
    json_write_int(out, "at_ms", page->at_ms);
    json_write_string(out, "text", page->amended.text);
    json_object_close(out);
}

static int show(const cs_book *book, bool is_json) {
    cs_buffer text;
    cs_json_writer out;
    buffer_init(&text, REPORT_BYTES);
    json_writer_init(&out, &text);
    json_array_open(&out, NULL);
    for (uint32_t i = 0; i < book->count; i++) {
        if (is_json)
            write_page(&out, &book->pages[i]);
        else
            print_page(&book->pages[i]);
    }
    json_array_close(&out);
    if (is_json && !text.is_failed) puts(buffer_string(&text));
    if (!is_json && book->count == 0) puts("no rule was published in this store: the rule files say all");
    bool is_good = !text.is_failed;
    buffer_free(&text);
    return is_good ? CS_EXIT_DONE : CS_EXIT_REFUSED;
}

int run_rules_book(const cs_arguments *arguments) {
    cs_db *db = NULL;
    cs_book book = {0};
    cs_message message;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message)
                          : message_set(&message, CS_ERR_MEMORY, "out of memory for the rule book");
    if (code == CS_OK) code = rulebook_read(db, arena, &book, &message);
    int exit_code = code == CS_OK ? show(&book, argument_is_given(arguments, "--json")) : refuse(NULL, &message);
    db_close(db);
    arena_free(arena);
    return exit_code;
}

/* ---- rules publish ---- */

static const char *rule_of(const char *text, cs_arena *arena) {
    cs_passage *passages;
    uint32_t count;
    if (!passages_read(text, strlen(text), arena, &passages, &count)) return NULL;
    for (uint32_t i = 0; i < count; i++)
        if (passages[i].kind == CS_WRITTEN_RULE && *passages[i].name) return passages[i].name;
    return NULL;
}

static cs_error name_rule(const char *text, cs_arena *arena, const char **rule, cs_message *message) {
    *rule = rule_of(text, arena);
    if (*rule) return CS_OK;
    (void)message_set(message, CS_ERR_PARSE, "there is no rule in it");
    message_remedy(message, "a page holds one rule, with its lists, lets and tests");
    return CS_ERR_PARSE;
}

/* All problems, not only the first. */
static void print_problems(cs_db *db, const char *path, const char *rule, const char *text, cs_arena *arena) {
    cs_draft_check check;
    cs_message unused;
    if (draft_check(db, rule, text, arena, &check, &unused) != CS_OK) return;
    for (uint32_t i = 0; i < check.count; i++) {
        const cs_draft_problem *p = &check.problems[i];
        const cs_rule_problem problem = {path, p->line ? p->line : 1, p->column ? p->column : 1, p->reason, p->hint};
        rule_problem_print(NULL, &problem);
    }
    draft_check_free(&check);
}

static cs_error publish(const cs_arguments *arguments, const char *text, cs_arena *arena, const char **rule,
                        int64_t *version, cs_message *message) {
    cs_hash id;
    cs_db *db = NULL;
    cs_ruleset *current = NULL;
    const char *data = argument(arguments, "--data");
    cs_error code = name_rule(text, arena, rule, message);
    if (code == CS_OK) code = db_open(data, CS_DB_READ, &db, message);
    if (code == CS_OK) code = archive_current_ruleset(db, &id, message);
    if (code == CS_OK) code = archive_load_ruleset(db, id, &current, message);
    const cs_rule_turn turn = {.db = db,
                               .data = data,
                               .current = current,
                               .rule = *rule,
                               .reason = argument(arguments, "--reason"),
                               .account = &account_of_this_machine,
                               .now_ms = clock_now_ms()};
    if (code == CS_OK) code = rule_history_publish_text(&turn, text, arena, version, message);
    if (code == CS_ERR_PARSE && current) print_problems(db, arguments->paths[0], *rule, text, arena);
    ruleset_release(current);
    db_close(db);
    return code;
}

int run_rules_publish(const cs_arguments *arguments) {
    cs_buffer text;
    cs_message message;
    const char *path = arguments->paths[0], *rule = NULL;
    int64_t version = 0;
    cs_arena *arena = arena_create(ARENA_BYTES);
    buffer_init(&text, 0);
    cs_error code = arena ? file_read(path, CS_MAX_RULE_TEXT, &text, &message)
                          : message_set(&message, CS_ERR_MEMORY, "out of memory for the rule");
    if (code == CS_OK) code = publish(arguments, buffer_string(&text), arena, &rule, &version, &message);
    if (code == CS_OK)
        printf("%s is published as version %lld; stored conversations are inspected again by callscope serve\n", rule,
               (long long)version);
    buffer_free(&text);
    arena_free(arena);
    return code == CS_OK ? CS_EXIT_DONE : refuse(path, &message);
}
