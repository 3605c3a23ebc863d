/* callscope rules check: what a quality manager runs before publishing. */
#include "cli/command.h"

#include "quality/rulebook.h"
#include "rules/rule_test.h"
#include "rules/ruleset.h"

#include <stdio.h>

void rule_problem_print(void *context, const cs_rule_problem *p) {
    (void)context;
    if (p->line)
        fprintf(stderr, "%s:%u:%u: %s\n", p->file, p->line, p->column, p->reason);
    else
        fprintf(stderr, "%s\n", p->reason); /* names the file itself */
    if (p->hint) fprintf(stderr, "    %s\n", p->hint);
}

int rules_load(const cs_arguments *arguments, cs_ruleset **out) {
    cs_message message;
    cs_error code = ruleset_load(arguments->paths, arguments->path_count, rule_problem_print, NULL, out, &message);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(NULL, &message);
    return CS_EXIT_REFUSED;
}

bool rules_lay_book(const char *data, const char *folder, cs_ruleset **rules) {
    cs_message message;
    uint32_t pages = 0;
    if (rulebook_over(data, true, rules, &pages, &message) != CS_OK) {
        trouble_print(NULL, &message);
        return false;
    }
    if (pages)
        fprintf(stderr, "%u rule%s of the store stand%s over those of %s\n", pages, pages == 1 ? "" : "s",
                pages == 1 ? "s" : "", folder);
    return true;
}

int run_rules_check(const cs_arguments *arguments) {
    cs_ruleset *rules;
    int code = rules_load(arguments, &rules);
    if (code != CS_EXIT_DONE) return code;
    uint32_t count = ruleset_rule_count(rules), untested = 0;
    for (uint32_t i = 0; i < count; i++) {
        const cs_rule *rule = ruleset_rule(rules, i);
        if (rule_test_count(rules, rule->name) > 0) continue;
        fprintf(
            stderr,
            "%s:%u:1: no test names rule '%s'\n    add a test: a clear hit, a clear pass and a tempting near-miss\n",
            rule->file, rule->line, rule->name);
        untested++;
    }
    char hex[CS_HASH_CHARS + 1];
    hash_hex(ruleset_id(rules), hex);
    printf("%u rules are well formed, %u without a test; rule set %.12s\n", count, untested, hex);
    ruleset_release(rules);
    return CS_EXIT_DONE;
}
