#include "cli/command.h"

#include "base/error.h"
#include "base/log.h"
#include "base/spelling.h"
#include "cli/printable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- arguments ---- */

static int option_index(const cs_command *command, const char *name, size_t bytes) {
    for (int i = 0; command->options && command->options[i].name; i++)
        if (strlen(command->options[i].name) == bytes && strncmp(command->options[i].name, name, bytes) == 0) return i;
    return -1;
}

const char *argument(const cs_arguments *arguments, const char *option) {
    int i = option_index(arguments->command, option, strlen(option));
    if (i < 0) return NULL;
    return arguments->values[i] ? arguments->values[i] : arguments->command->options[i].otherwise;
}

bool argument_is_given(const cs_arguments *arguments, const char *option) {
    int i = option_index(arguments->command, option, strlen(option));
    return i >= 0 && arguments->values[i] != NULL;
}

void trouble_print(const char *what, const cs_message *message) {
    cs_message shown = *message;
    printable_text(shown.reason);
    printable_text(shown.place);
    printable_text(shown.remedy);
    fprintf(stderr, "callscope: %s%s%s\n", what ? what : "", what ? ": " : "", shown.reason);
    if (shown.place[0]) fprintf(stderr, "  where: %s\n", shown.place);
    if (shown.remedy[0]) fprintf(stderr, "  what to do: %s\n", shown.remedy);
}

static int wrong_usage(const cs_command *command, const char *format, const char *word) {
    fprintf(stderr, "callscope: ");
    fprintf(stderr, format, word);
    fprintf(stderr, "\n  see: callscope %s --help\n", command ? command->name : "");
    return CS_EXIT_USAGE;
}

static const char *nearest_option(const cs_command *command, const char *word) {
    const char *nearest = NULL;
    unsigned least = 4;
    for (const cs_option *o = command->options; o && o->name; o++) {
        unsigned edits = spelling_distance(word, o->name);
        if (edits < least) least = edits, nearest = o->name;
    }
    return nearest;
}

/* Takes argv[*at] (and the value behind it) as an option. 0: taken. */
static int take_option(cs_arguments *arguments, int argc, char **argv, int *at) {
    const cs_command *command = arguments->command;
    const char *word = argv[*at], *equals = strchr(word, '=');
    int i = option_index(command, word, equals ? (size_t)(equals - word) : strlen(word));
    if (i < 0) {
        const char *nearest = nearest_option(command, word);
        if (nearest) fprintf(stderr, "callscope: did you mean %s?\n", nearest);
        return wrong_usage(command, "there is no option %s", word);
    }
    const cs_option *option = &command->options[i];
    if (arguments->values[i]) return wrong_usage(command, "%s is given twice", option->name);
    if (!option->value) {
        if (equals) return wrong_usage(command, "%s takes no value", option->name);
        arguments->values[i] = "yes";
        return 0;
    }
    if (equals) {
        arguments->values[i] = equals + 1;
    } else {
        if (*at + 1 >= argc) return wrong_usage(command, "%s needs a value", option->name);
        arguments->values[i] = argv[++*at];
    }
    return 0;
}

static int parse(cs_arguments *arguments, int argc, char **argv, int at) {
    bool is_plain = false; /* behind -- everything is a path */
    for (; at < argc; at++) {
        if (!is_plain && strcmp(argv[at], "--") == 0) {
            is_plain = true;
        } else if (!is_plain && (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0)) {
            command_print_help(arguments->commands, arguments->command);
            exit(CS_EXIT_DONE);
        } else if (!is_plain && argv[at][0] == '-' && argv[at][1]) {
            int code = take_option(arguments, argc, argv, &at);
            if (code) return code;
        } else if (arguments->path_count == CS_MAX_ARGUMENTS) {
            return wrong_usage(arguments->command, "too many arguments; name the folder instead of '%s'", argv[at]);
        } else {
            arguments->paths[arguments->path_count++] = argv[at];
        }
    }
    const cs_command *command = arguments->command;
    if (arguments->path_count < command->least) return wrong_usage(command, "%s is missing", command->arguments);
    if (arguments->path_count > command->most)
        return wrong_usage(command, "'%s' is one argument too many", arguments->paths[command->most]);
    return 0;
}

/* ---- the table ---- */

static const cs_command *find(const cs_command *commands, int argc, char **argv, int *used) {
    for (const cs_command *c = commands; c->name; c++) {
        const char *space = strchr(c->name, ' ');
        size_t first = space ? (size_t)(space - c->name) : strlen(c->name);
        if (strlen(argv[1]) != first || strncmp(argv[1], c->name, first) != 0) continue;
        if (space && (argc < 3 || strcmp(argv[2], space + 1) != 0)) continue;
        *used = space ? 3 : 2;
        return c;
    }
    return NULL;
}

static bool is_of_group(const cs_command *c, const char *group) {
    size_t bytes = strlen(group);
    return strncmp(c->name, group, bytes) == 0 && c->name[bytes] == ' ';
}

/* "rules" alone, or with a word that it has not. */
static int unknown_part(const cs_command *commands, int argc, char **argv) {
    bool is_help = argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0);
    const char *nearest = NULL;
    unsigned least = 3;
    for (const cs_command *c = commands; argc > 2 && c->name; c++) {
        unsigned edits = is_of_group(c, argv[1]) ? spelling_distance(argv[2], strchr(c->name, ' ') + 1) : least;
        if (edits < least) least = edits, nearest = c->name;
    }
    if (nearest)
        fprintf(stderr, "callscope: there is no command '%s %s'; did you mean '%s'?\n", argv[1], argv[2], nearest);
    else if (!is_help)
        fprintf(stderr,
                argc > 2 ? "callscope: there is no command '%s %s'; there are:\n"
                         : "callscope: '%s' needs a second word; there are:\n",
                argv[1], argc > 2 ? argv[2] : "");
    for (const cs_command *c = commands; !nearest && c->name; c++)
        if (is_of_group(c, argv[1])) fprintf(is_help ? stdout : stderr, "  '%s'  %s\n", c->name, c->help);
    return is_help ? CS_EXIT_DONE : CS_EXIT_USAGE;
}

static int unknown_command(const cs_command *commands, int argc, char **argv) {
    const char *nearest = NULL;
    unsigned least = 3;
    for (const cs_command *c = commands; c->name; c++) {
        if (is_of_group(c, argv[1])) return unknown_part(commands, argc, argv);
        unsigned edits = strchr(c->name, ' ') ? least : spelling_distance(argv[1], c->name);
        if (edits < least) least = edits, nearest = c->name;
    }
    fprintf(stderr,
            nearest ? "callscope: there is no command '%s'; did you mean '%s'?\n"
                    : "callscope: there is no command '%s'\n",
            argv[1], nearest);
    fprintf(stderr, "  see: callscope --help\n");
    return CS_EXIT_USAGE;
}

/* The environment, then the command's own option. */
static int configure_log(const cs_arguments *arguments) {
    cs_message message;
    const char *from = "CALLSCOPE_LOG";
    cs_error code = log_configure(getenv(from), &message);
    if (code == CS_OK) code = log_configure(argument(arguments, from = "--log-format"), &message);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(from, &message);
    return CS_EXIT_USAGE;
}

int command_run(const cs_command *commands, int argc, char **argv) {
    if (argc < 2) {
        command_print_help(commands, NULL);
        return CS_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        command_print_help(commands, NULL);
        return CS_EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("callscope " CALLSCOPE_VERSION);
        return CS_EXIT_DONE;
    }
    int used = 0;
    const cs_command *command = find(commands, argc, argv, &used);
    if (!command) return unknown_command(commands, argc, argv);
    cs_arguments *arguments = calloc(1, sizeof *arguments);
    if (!arguments) return CS_EXIT_REFUSED;
    arguments->command = command;
    arguments->commands = commands;
    int code = parse(arguments, argc, argv, used);
    if (code == 0) code = configure_log(arguments);
    if (code == 0) code = command->run(arguments);
    free(arguments);
    return code;
}
