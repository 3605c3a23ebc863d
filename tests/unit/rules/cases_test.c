/* The meaning of the language, as data files: every tests/cases/rules/NAME.rules holds rules and the verdicts they must
 * give; so does every folder tests/cases/rules/NAME/, whose files are read together, a facts book among them. Adding a
 * case needs no C. */
#include "base/file.h"
#include "base/hash.h"
#include "rules/rule_test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static unsigned files, failures;

static void on_problem(void *context, const cs_rule_problem *p) {
    (void)context;
    print_error("%s:%u:%u: %s\n", p->file, p->line, p->column, p->reason);
}

static void on_failure(void *context, const cs_test_failure *f) {
    (void)context;
    print_error("%s:%u: %s should be %s, is %s (%s) at %u\n", f->file, f->line, f->rule, verdict_name(f->expected),
                verdict_name(f->actual), reason_name(f->reason), f->actual_turn);
}

/* A file alone, or all of a folder. */
static bool holds(const char *path) {
    cs_ruleset *rules = NULL;
    cs_test_counts counts;
    cs_message message;
    files++;
    if (ruleset_load(&path, 1, on_problem, NULL, &rules, &message) != CS_OK ||
        rule_test_run(rules, on_failure, NULL, &counts, &message) != CS_OK) {
        print_error("%s: %s\n", path, message.reason);
        failures++;
        return true;
    }
    failures += counts.failed + (counts.tests == 0);
    ruleset_release(rules);
    return true;
}

static bool on_file(void *context, const char *path, const cs_file_info *info) {
    static const char root[] = CASES "/rules";
    static char last_folder[1024];
    (void)context;
    (void)info;
    const char *slash = strrchr(path, '/');
    size_t folder_bytes = (size_t)(slash - path);
    if (!slash || !strstr(slash, ".rules")) return true;
    if (folder_bytes == sizeof root - 1 || folder_bytes >= sizeof last_folder) return holds(path);
    if (strncmp(last_folder, path, folder_bytes) == 0 && !last_folder[folder_bytes]) return true;
    memcpy(last_folder, path, folder_bytes);
    last_folder[folder_bytes] = 0;
    return holds(last_folder);
}

static bool on_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    (void)context;
    (void)code;
    print_error("%s: %s\n", path, message->reason);
    failures++;
    return true;
}

static void every_case_holds(void **state) {
    (void)state;
    cs_error code = file_walk(CASES "/rules", on_file, on_trouble, NULL);
    assert_int_equal(code, CS_OK);
    assert_true(files > 0);
    assert_int_equal(failures, 0);
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
