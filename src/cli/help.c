/* Help, the man page and completion: three views of the one table of commands. */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

static void print_usage(const cs_command *c) {
    printf("callscope %s", c->name);
    if (*c->arguments) printf(" %s", c->arguments);
    for (const cs_option *o = c->options; o && o->name; o++) printf(o->value ? " [%s %s]" : " [%s]", o->name, o->value);
}

static void print_option(const cs_option *o) {
    char left[40];
    snprintf(left, sizeof left, "%s %s", o->name, o->value ? o->value : "");
    printf("  %-18s %s", left, o->help);
    if (o->otherwise) printf(" (default %s)", o->otherwise);
    puts("");
}

void command_print_help(const cs_command *commands, const cs_command *command) {
    if (command) {
        printf("%s\n\nUsage: ", command->help);
        print_usage(command);
        printf("\n\n%s\n", command->description);
        if (command->options && command->options->name) puts("\nOptions:");
        for (const cs_option *o = command->options; o && o->name; o++) print_option(o);
        return;
    }
    puts("callscope - the microscope for customer service\n\nUsage: callscope COMMAND [ARGUMENTS]\n\nCommands:");
    for (const cs_command *c = commands; c->name; c++) printf("  %-14s %s\n", c->name, c->help);
    puts("\ncallscope COMMAND --help tells more. Exit: 0 all done, 1 some of it could not be done, 2 wrong usage.");
}

int run_help(const cs_arguments *arguments) {
    const cs_command *found = NULL;
    char name[64] = "";
    size_t used = 0;
    for (size_t i = 0; i < arguments->path_count; i++) {
        int wrote = snprintf(name + used, sizeof name - used, "%s%s", i ? " " : "", arguments->paths[i]);
        if (wrote < 0 || (size_t)wrote >= sizeof name - used) return CS_EXIT_USAGE;
        used += (size_t)wrote;
    }
    for (const cs_command *c = arguments->commands; c->name; c++)
        if (strcmp(c->name, name) == 0) found = c;
    if (*name && !found) {
        fprintf(stderr, "callscope: there is no command '%s'\n", name);
        return CS_EXIT_USAGE;
    }
    command_print_help(arguments->commands, found);
    return CS_EXIT_DONE;
}

/* roff: a dot or quote at the beginning of a line and backslashes have a meaning. */
static void print_roff(const char *text) {
    for (bool is_start = true; *text; text++) {
        if (is_start && (*text == '.' || *text == '\'')) fputs("\\&", stdout);
        if (*text == '-')
            fputs("\\-", stdout);
        else if (*text == '\\')
            fputs("\\\\", stdout);
        else
            putchar(*text);
        is_start = *text == '\n';
    }
}

int run_man(const cs_arguments *arguments) {
    puts(".TH CALLSCOPE 1 \"\" \"callscope " CALLSCOPE_VERSION "\" \"User Commands\"");
    puts(".SH NAME\ncallscope \\- the microscope for customer service\n.SH SYNOPSIS\n.B callscope\n.I "
         "COMMAND\n[\\fIARGUMENTS\\fR]");
    puts(".SH COMMANDS");
    for (const cs_command *c = arguments->commands; c->name; c++) {
        printf(".SS \"");
        print_roff(c->name);
        printf(" %s\"\n", c->arguments);
        print_roff(c->description);
        puts("");
        for (const cs_option *o = c->options; o && o->name; o++) {
            printf(".TP\n.B ");
            print_roff(o->name);
            printf(" %s\n", o->value ? o->value : "");
            print_roff(o->help);
            if (o->otherwise) {
                printf(" (default ");
                print_roff(o->otherwise);
                printf(")");
            }
            puts("");
        }
    }
    puts(".SH EXIT STATUS\n0 all done, 1 some of it could not be done, 2 wrong usage.");
    return CS_EXIT_DONE;
}

static void print_words(const cs_command *commands) {
    const char *last = "";
    for (const cs_command *c = commands; c->name; c++) {
        size_t bytes = strcspn(c->name, " ");
        if (strncmp(c->name, last, bytes) != 0 || last[bytes] != ' ') printf(" %.*s", (int)bytes, c->name);
        last = c->name;
    }
}

int run_completion(const cs_arguments *arguments) {
    if (strcmp(arguments->paths[0], "bash") != 0) {
        fprintf(stderr, "callscope: completion is written for bash\n");
        return CS_EXIT_USAGE;
    }
    puts("_callscope() {\n  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}\n  local words=");
    printf("  if [ \"$COMP_CWORD\" = 1 ]; then words=\"");
    print_words(arguments->commands);
    puts(" --help --version\"; else\n    case \"$command ${COMP_WORDS[2]}\" in");
    for (const cs_command *c = arguments->commands; c->name; c++) {
        const char *space = strchr(c->name, ' ');
        printf("    \"%s%s) words=\"--help", c->name, space ? "\"" : " \"*");
        for (const cs_option *o = c->options; o && o->name; o++) printf(" %s", o->name);
        puts("\" ;;");
    }
    printf("    \"rules \"*) words=\"");
    for (const cs_command *c = arguments->commands; c->name; c++)
        if (strncmp(c->name, "rules ", 6) == 0) printf("%s ", c->name + 6);
    puts("\" ;;\n    esac\n  fi");
    puts("  COMPREPLY=($(compgen -W \"$words\" -- \"$word\") $(case $word in -*) ;; *) compgen -f -- \"$word\" ;; "
         "esac))\n}");
    puts("complete -o filenames -F _callscope callscope");
    return CS_EXIT_DONE;
}
