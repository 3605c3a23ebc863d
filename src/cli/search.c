/* callscope search QUERY: the conversations in which it was said; store index: the index of all of them made anew. */
#include "cli/command.h"
#include "cli/printable.h"
#include "cli/report.h"
#include "quality/archive.h"
#include "quality/search_fill.h"

#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_BYTES = 256 << 20, MOST_LISTED = 200, MOST_WORDS_BYTES = 4096 };

static const char *text_of(const cs_json *object, const char *key) {
    const char *text = json_string(json_get(object, key), NULL);
    return text ? text : "";
}

static int64_t number_of(const cs_json *object, const char *key) {
    int64_t value = 0;
    (void)json_int64(json_get(object, key), &value);
    return value;
}

/* ---- printing ---- */

/* What was found is bold on a terminal, and in »« elsewhere. */
static void print_match(const cs_json *match, bool is_terminal) {
    const cs_json *parts = json_get(match, "parts");
    printf("    %lld %s: ", (long long)number_of(match, "turn"), text_of(match, "role"));
    for (size_t i = 0; i < json_length(parts); i++) {
        const cs_json *part = json_at(parts, i);
        bool is_match = json_is_true(json_get(part, "is_match"));
        printf("%s%s%s", is_match ? (is_terminal ? "\033[1m" : "»") : "", text_of(part, "text"),
               is_match ? (is_terminal ? "\033[0m" : "«") : "");
    }
    puts("");
}

static void print_item(const cs_json *item, bool is_terminal) {
    char when[32] = "";
    int64_t started = 0;
    if (json_int64(json_get(item, "started_ms"), &started)) clock_format(started, 0, when);
    const char *parts[] = {text_of(item, "external_id"), text_of(item, "title"), text_of(item, "agent"), when};
    report_parts(parts, sizeof parts / sizeof *parts);
    const cs_json *matches = json_get(item, "matches");
    for (size_t i = 0; i < json_length(matches); i++) print_match(json_at(matches, i), is_terminal);
}

static void print_total(const cs_json *page, cs_language language) {
    bool is_exact = json_is_true(json_get(page, "total_is_exact")), is_chinese = language == CS_CHINESE;
    const char *least = is_exact ? "" : is_chinese ? "至少 " : "at least ";
    int64_t waiting = number_of(json_get(page, "search"), "waiting");
    printf(is_chinese ? "%s%lld 个会话\n" : "%s%lld conversations\n", least, (long long)number_of(page, "total"));
    if (waiting > 0)
        printf(is_chinese ? "还有 %lld 个会话正在编入索引,之后才能全部搜到\n"
                          : "%lld conversations are not in the index yet: they are found later\n",
               (long long)waiting);
}

static cs_error print_page(const cs_buffer *answer, bool is_json, cs_message *message) {
    cs_json *page = NULL;
    if (is_json) {
        puts(buffer_string(answer));
        return CS_OK;
    }
    printable_json(answer);
    cs_error code = json_parse(buffer_string(answer), answer->length, ANSWER_BYTES, &page, message);
    if (code != CS_OK) return code;
    const cs_json *items = json_get(page, "items");
    for (size_t i = 0; i < json_length(items); i++) print_item(json_at(items, i), isatty(STDOUT_FILENO) == 1);
    print_total(page, report_language());
    json_free(page);
    return CS_OK;
}

/* ---- asking ---- */

static bool read_limit(const cs_arguments *arguments, int *limit) {
    char *end = NULL;
    const char *text = argument(arguments, "--limit");
    errno = 0;
    long value = strtol(text, &end, 10);
    *limit = (int)value;
    if (errno == 0 && end != text && !*end && value >= 1 && value <= MOST_LISTED) return true;
    fprintf(stderr, "callscope: --limit takes a number from 1 to %d, not '%s'\n", MOST_LISTED, text);
    return false;
}

/* Words that the shell took apart are one query again. */
static cs_error take_words(const cs_arguments *arguments, char words[MOST_WORDS_BYTES], cs_message *message) {
    size_t at = 0;
    for (size_t i = 0; i < arguments->path_count; i++) {
        int put = snprintf(words + at, MOST_WORDS_BYTES - at, "%s%s", i ? " " : "", arguments->paths[i]);
        if (put < 0 || (size_t)put >= MOST_WORDS_BYTES - at)
            return message_set(message, CS_ERR_LIMIT, "the query is longer than %d bytes", MOST_WORDS_BYTES - 1);
        at += (size_t)put;
    }
    return CS_OK;
}

static cs_error take_filter(const cs_arguments *arguments, const char *words, cs_filter *filter, cs_message *message) {
    static const char *const names[] = {"channel", "agent", "team", "queue", "rule", "verdict", "sort"};
    filter_init(filter);
    cs_error code = filter_set(filter, "q", words, message);
    for (size_t i = 0; code == CS_OK && i < sizeof names / sizeof names[0]; i++) {
        char option[16];
        (void)snprintf(option, sizeof option, "--%s", names[i]);
        const char *value = argument(arguments, option);
        if (value) code = filter_set(filter, names[i], value, message);
    }
    return code;
}

static cs_error current_rules(cs_db *db, cs_ruleset **out, cs_message *message) {
    cs_hash id;
    cs_error code = archive_current_ruleset(db, &id, message);
    return code == CS_OK ? archive_load_ruleset(db, id, out, message) : code;
}

int run_search(const cs_arguments *arguments) {
    cs_db *db = NULL;
    cs_ruleset *rules = NULL;
    cs_filter filter;
    cs_buffer answer;
    cs_json_writer out;
    cs_message message = {0};
    int limit = 0;
    if (!read_limit(arguments, &limit)) return CS_EXIT_USAGE;
    buffer_init(&answer, ANSWER_BYTES);
    json_writer_init(&out, &answer);
    out.is_revealed = true; /* whoever may read the store's files may read this */
    char words[MOST_WORDS_BYTES];
    cs_error code = take_words(arguments, words, &message);
    if (code == CS_OK) code = take_filter(arguments, words, &filter, &message);
    if (code == CS_OK && !filter.text)
        code = message_set(&message, CS_ERR_USAGE, "the query is empty: there is nothing to look for");
    if (code == CS_OK) code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message);
    if (code == CS_OK) code = current_rules(db, &rules, &message);
    if (code == CS_OK) code = archive_list(db, rules, &filter, limit, NULL, &out, &message);
    if (code == CS_OK) code = print_page(&answer, argument_is_given(arguments, "--json"), &message);
    buffer_free(&answer);
    if (rules) ruleset_release(rules);
    db_close(db);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(NULL, &message);
    return code == CS_ERR_USAGE ? CS_EXIT_USAGE : CS_EXIT_REFUSED;
}

/* ---- store index ---- */

static cs_error fill_all(const char *data, bool is_anew, int64_t *filled, cs_message *message) {
    cs_db *db = NULL;
    cs_packer *packer = NULL;
    cs_writer *writer = NULL;
    int64_t done = 1;
    cs_error code = db_open(data, CS_DB_READ, &db, message);
    if (code == CS_OK) code = packer_open(db, &packer, message);
    if (code == CS_OK) code = writer_open(data, &writer, message);
    if (code == CS_OK && is_anew) code = search_fill_anew(writer, message);
    while (code == CS_OK && done > 0) {
        code = search_fill_some(db, packer, writer, &done, message);
        *filled += done;
        if (isatty(STDERR_FILENO) == 1) fprintf(stderr, "\r%lld", (long long)*filled);
    }
    writer_close(writer);
    if (packer) packer_close(packer);
    db_close(db);
    return code;
}

int run_store_index(const cs_arguments *arguments) {
    cs_message message = {0};
    int64_t filled = 0;
    bool is_chinese = report_language() == CS_CHINESE;
    cs_error code = fill_all(argument(arguments, "--data"), !argument_is_given(arguments, "--rest"), &filled, &message);
    if (code == CS_OK) {
        printf(is_chinese ? "%lld 个会话已编入索引\n" : "%lld conversations are in the index now\n", (long long)filled);
        return CS_EXIT_DONE;
    }
    trouble_print(NULL, &message);
    return CS_EXIT_REFUSED;
}
