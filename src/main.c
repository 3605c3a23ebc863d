/* The table of subcommands, nothing else. */
#include "base/hash.h"
#include "cli/command.h"

#include <stdio.h>

#define DATA                                                                                                           \
    { "--data", "DIR", "callscope-data", "folder of the store" }

static const cs_option inspect_options[] = {
    DATA,
    {"--rules", "DIR", "packs", "rule files, or a folder of them; absent here, the packs installed with callscope"},
    {"--mapping", "FILE", NULL, "which column means what, for CSV and TSV"},
    {"--json", NULL, NULL, "print the summary as JSON"},
    {0},
};
static const cs_option serve_options[] = {
    DATA,
    {"--port", "N", "8377", "port on this machine; 0 takes a free one"},
    {0},
};
static const cs_option show_options[] = {
    DATA,
    {"--json", NULL, NULL, "print everything as JSON"},
    {0},
};
static const cs_option rules_test_options[] = {
    {"--mutate", NULL, NULL, "break each rule a little, many times, and name the breaks that no test notices"},
    {"--strict", NULL, NULL, "with --mutate: such breaks, and rules without a test, give exit code 1"},
    {0},
};
static const cs_option doctor_options[] = {
    DATA,
    {"--rules", "DIR", "packs", "rule files, or a folder of them; absent here, the packs installed with callscope"},
    {0}};

static const cs_command commands[] = {
    {"inspect", "PATH…", 1, CS_MAX_ARGUMENTS, "inspect files and folders of conversations",
     "Reads every conversation under the paths, holds the rules against each and stores what it finds. What was "
     "inspected\n"
     "and did not change is skipped; changed rules re-inspect from the stored timeline. Prints a summary; what is "
     "refused\n"
     "is listed with file, place, reason and remedy, and the rest goes on.",
     inspect_options, run_inspect},
    {"serve", "", 0, 0, "open the results in a browser",
     "Serves the web interface and the HTTP API on 127.0.0.1 until it is interrupted.", serve_options, run_serve},
    {"show", "ID", 1, 1, "show one conversation with its evidence",
     "Prints the dialogue, the findings with their evidence and the three scores with their arithmetic. ID is the "
     "centre's\n"
     "own id or the one in the browser's address.",
     show_options, run_show},
    {"rules check", "PATH…", 1, CS_MAX_ARGUMENTS, "check rule files",
     "Names every problem with file, line, column and a hint, and rules that no test names.", NULL, run_rules_check},
    {"rules test", "PATH…", 1, CS_MAX_ARGUMENTS, "run the tests that stand beside the rules",
     "Runs every test block; a failed one shows what was expected, what came and the evidence for it.",
     rules_test_options, run_rules_test},
    {"doctor", "", 0, 0, "check that this machine has what callscope needs",
     "Looks at the libraries, the store, the rules, the web interface and the disk, and says what is off and how to "
     "turn it on.",
     doctor_options, run_doctor},
    {"help", "[COMMAND]", 0, 2, "help on a command", "Prints the commands, or the help of one.", NULL, run_help},
    {"man", "", 0, 0, "print the man page", "Prints the manual in roff: callscope man > callscope.1", NULL, run_man},
    {"completion", "bash", 1, 1, "print the shell completion", "Use it with: eval \"$(callscope completion bash)\"",
     NULL, run_completion},
    {0},
};

int main(int argc, char **argv) {
    if (!hash_start()) {
        fputs("callscope: the crypto library can't start\n", stderr);
        return CS_EXIT_REFUSED;
    }
    return command_run(commands, argc, argv);
}
