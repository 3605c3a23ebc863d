/* callscope joins: which rows of call lists, tickets and ratings belong to no conversation, and why. */
#include "records/joins.h"
#include "cli/printable.h"

#include "base/clock.h"
#include "cli/command.h"
#include "cli/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPORT_BYTES = 64 << 20 };

static const char *text_of(const cs_json *json, const char *key) {
    const char *text = json_string(json_get(json, key), NULL);
    return text ? text : "";
}

static int64_t number_of(const cs_json *json, const char *key) {
    int64_t value = 0;
    (void)json_int64(json_get(json, key), &value);
    return value;
}

static bool print_count(void *context, const char *kind, const cs_json *counts) {
    (void)context;
    int64_t matched = number_of(counts, "matched"), doubtful = number_of(counts, "doubtful"),
            unmatched = number_of(counts, "unmatched");
    if (matched + doubtful + unmatched)
        printf("%-13s %8" PRId64 " matched  %8" PRId64 " doubtful  %8" PRId64 " not matched\n", kind, matched, doubtful,
               unmatched);
    return true;
}

/* "40 s later", "22 h 28 min earlier": the conversation, seen from the record. */
static void print_apart(int64_t seconds) {
    int64_t size = seconds < 0 ? -seconds : seconds;
    const char *side = seconds < 0 ? "earlier" : "later";
    if (size < 120)
        printf(", %" PRId64 " s %s", size, side);
    else if (size < 7200)
        printf(", %" PRId64 " min %s", size / 60, side);
    else
        printf(", %" PRId64 " h %" PRId64 " min %s", size / 3600, size / 60 % 60, side);
}

static void print_item(const cs_json *item, cs_language language) {
    char at[32] = "";
    int64_t from = CS_NO_TIME;
    static const char *const keys[] = {"number",          "customer", "ticket",  "recording",
                                       "conversation_id", "agent",    "agent_id"};
    if (json_int64(json_get(item, "from_ms"), &from)) clock_format(from, 8 * 60, at);
    printf("\n%s, %s line %" PRId64 ": %s\n   ", text_of(item, "kind"), text_of(item, "source"),
           number_of(item, "line"), text_of(json_get(item, "words"), language == CS_CHINESE ? "zh" : "en"));
    if (*at) printf(" %.16s", at);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (*text_of(item, keys[i])) printf("  %s %s", keys[i], text_of(item, keys[i]));
    puts("");
    const cs_json *candidates = json_get(item, "candidates");
    for (size_t i = 0; i < json_length(candidates) && i < 5; i++) {
        const cs_json *one = json_at(candidates, i);
        printf("    ? %s", text_of(one, "external_id"));
        if (json_kind(json_get(one, "seconds_apart")) == CS_JSON_NUMBER) print_apart(number_of(one, "seconds_apart"));
        puts("");
    }
}

static cs_error print_page(cs_db *db, cs_joins_filter *filter, bool is_json, bool *has_more, cs_message *message) {
    cs_buffer text;
    cs_json_writer w;
    cs_json *json = NULL;
    buffer_init(&text, REPORT_BYTES);
    json_writer_init(&w, &text);
    w.is_revealed = true; /* whoever may read the store's files may read this */
    cs_error code = joins_write(db, filter, &w, message);
    if (code == CS_OK && is_json) puts(buffer_string(&text));
    if (code == CS_OK) printable_json(&text);
    if (code == CS_OK) code = json_parse(buffer_string(&text), text.length, REPORT_BYTES, &json, message);
    if (code == CS_OK && !is_json) {
        const cs_json *items = json_get(json, "items");
        if (filter->after == 0) json_each(json_get(json, "counts"), print_count, NULL);
        for (size_t i = 0; i < json_length(items); i++) print_item(json_at(items, i), report_language());
    }
    const char *next = json_string(json_get(json, "next"), NULL);
    *has_more = next != NULL;
    if (next) filter->after = strtoll(next, NULL, 10);
    json_free(json);
    buffer_free(&text);
    return code;
}

int run_joins(const cs_arguments *arguments) {
    cs_db *db = NULL;
    cs_message message = {0};
    bool has_more = true, is_json = argument_is_given(arguments, "--json");
    cs_joins_filter filter = {
        .state = argument(arguments, "--state"), .kind = argument(arguments, "--kind"), .limit = CS_MOST_JOINS};
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message);
    while (code == CS_OK && has_more) code = print_page(db, &filter, is_json, &has_more, &message);
    db_close(db);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(NULL, &message);
    return code == CS_ERR_USAGE ? CS_EXIT_USAGE : CS_EXIT_REFUSED;
}
