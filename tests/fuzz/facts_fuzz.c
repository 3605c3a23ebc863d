/* The book and a text that is held against it: the file up to the first line "---", as lines and as CSV, the rest is said. */
#include "base/utf8.h"
#include "rules/facts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DAY = 20527, MOST = 8 }; /* 2026-03-15 */

static void on_problem(void *context, const cs_rule_problem *problem) {
    uint32_t *count = context;
    if (!problem->file || !problem->reason || !problem->hint) abort();
    ++*count;
}

static void hold(const cs_facts *book, const char *said, size_t bytes, cs_arena *arena) {
    cs_folded folded;
    cs_fact_check checks[MOST];
    if (!fold_text(said, bytes, arena, &folded)) return;
    const char *subject = facts_subject(book, &folded);
    uint32_t count = facts_check(book, &folded, NULL, 0, subject, DAY, arena, checks, MOST), end = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (checks[i].from < end || checks[i].to <= checks[i].from || checks[i].to > folded.bytes) abort();
        if (checks[i].answer == CS_FACT_NO_STATEMENT || !checks[i].fact) abort();
        if (checks[i].answer != CS_FACT_NO_ENTRY && !checks[i].book_value) abort();
        end = checks[i].to;
    }
    (void)facts_check(book, &folded, &subject, subject != NULL, NULL, CS_NO_DAY, arena, checks, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data, *rule = size ? memmem(text, size, "\n---\n", 5) : NULL;
    size_t bytes = rule ? (size_t)(rule - text) : size, from = rule ? bytes + 5 : 0;
    if (size > 16384) return 0;
    for (int is_csv = 0; is_csv < 2; is_csv++) {
        cs_arena *arena = arena_create(32 << 20);
        cs_facts *book = NULL;
        uint32_t problems = 0, reported = 0;
        if (!arena) return 0;
        /* Twice: the second reading must agree with the first, whatever it says. */
        bool is_read = facts_read(&book, "a", text, bytes, is_csv, arena, on_problem, &reported, &problems) &&
                       facts_read(&book, "b", text, bytes, is_csv, arena, on_problem, &reported, &problems);
        if (is_read && problems != reported) abort();
        if (is_read && utf8_invalid_at(text + from, size - from) == size - from)
            hold(book, text + from, size - from, arena);
        arena_free(arena);
    }
    return 0;
}
