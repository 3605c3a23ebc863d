/* Rule files: whatever stands in them is parsed, compiled and run over a small dialogue without harm. */
#include "base/buffer.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "rules/rule_test.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_failure(void *context, const cs_test_failure *failure) {
    (void)context;
    (void)failure;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char dialogue[] = "\ntest \"fuzz\"\n  0:01 customer 我要投诉,太差了\n  0:03 agent "
                                   "抱歉,这不是您的个人问题吗\n  0:09 customer 好了\n  → fuzz clean\n"
                                   "rule fuzz\n  never agent says \"zzz\"\n";
    static int is_started;
    cs_ruleset *rules = NULL;
    cs_message message;
    cs_test_counts counts;
    cs_buffer source;
    if (!is_started) is_started = hash_start();
    if (size > 8192 || utf8_invalid_at((const char *)data, size) != size) return 0;
    buffer_init(&source, 1 << 20);
    buffer_printf(&source, "%%%%file fuzz.rules %zu\n", size + sizeof dialogue - 1);
    buffer_append(&source, data, size);
    buffer_text(&source, dialogue);
    if (ruleset_restore(buffer_string(&source), source.length, &rules, &message) == CS_OK) {
        (void)rule_test_run(rules, on_failure, NULL, &counts, &message);
        ruleset_release(rules);
    }
    buffer_free(&source);
    return 0;
}
