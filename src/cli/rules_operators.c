/* callscope rules operators: every word of the language, what it means, and what it waits for. */
#include "cli/command.h"

#include "rules/schema.h"

#include <stdio.h>
#include <string.h>

int run_rules_operators(const cs_arguments *arguments) {
    const char *language = argument(arguments, "--lang");
    bool is_zh = language && strcmp(language, "zh") == 0;
    if (language && !is_zh && strcmp(language, "en") != 0) {
        fprintf(stderr, "callscope: --lang is zh or en, not '%s'\n", language);
        return CS_EXIT_USAGE;
    }
    cs_buffer out;
    bool is_good = argument_is_given(arguments, "--json")       ? schema_operators_json(&out)
                   : argument_is_given(arguments, "--words")    ? schema_words(&out)
                   : argument_is_given(arguments, "--markdown") ? schema_operators_markdown(&out, is_zh)
                                                                : schema_operators_text(&out, is_zh);
    if (is_good)
        fwrite(buffer_string(&out), 1, out.length, stdout);
    else
        fputs("callscope: out of memory for the list\n", stderr);
    buffer_free(&out);
    return is_good ? CS_EXIT_DONE : CS_EXIT_REFUSED;
}
