/* command.h - a subcommand as one descriptor: it drives parsing, --help, the man page and completion.
 * Floor: cli. The table itself is in main.c. Exit: 0 all done, 1 some of it could not be done, 2 wrong usage.
 * Memory: argument texts belong to argv. Threads: the main one.
 * Example: {"show", "ID", "show one conversation", run_show, options, COUNT(options)}
 */
#ifndef CS_CLI_COMMAND_H
#define CS_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

enum { CS_EXIT_DONE = 0, CS_EXIT_REFUSED = 1, CS_EXIT_USAGE = 2, CS_MAX_ARGUMENTS = 4096, CS_MAX_OPTIONS = 16 };

typedef struct cs_option {
    const char *name; /* "--data" */
    const char *value; /* what stands behind it, "DIR"; NULL: nothing */
    const char *otherwise; /* its value when absent; NULL: none */
    const char *help;
} cs_option;

#define CS_DATA_OPTION                                                                                                 \
    { "--data", "DIR", "callscope-data", "folder of the store" }

typedef struct cs_arguments cs_arguments;

typedef struct cs_command {
    const char *name; /* "inspect", "rules check" */
    const char *arguments; /* "PATH…"; "" none */
    size_t least, most; /* how many */
    const char *help; /* one line */
    const char *description; /* paragraphs for --help and the man page */
    const cs_option *options; /* name NULL at the end; NULL: none */
    int (*run)(const cs_arguments *arguments);
} cs_command;

struct cs_arguments {
    const cs_command *command;
    const cs_command *commands; /* the whole table, for help */
    const char *values[CS_MAX_OPTIONS]; /* of the command's options */
    const char *paths[CS_MAX_ARGUMENTS];
    size_t path_count;
};

const char *argument(const cs_arguments *arguments, const char *option); /* value or default; NULL: absent */
bool argument_is_given(const cs_arguments *arguments, const char *option);

int command_run(const cs_command *commands, int argc, char **argv);
void command_print_help(const cs_command *commands, const cs_command *command); /* NULL: all */
int run_man(const cs_arguments *arguments);
int run_completion(const cs_arguments *arguments);
int run_help(const cs_arguments *arguments);

/* cli/trouble.c: words for people on standard error. */
struct cs_message;
struct cs_rule_problem;
void trouble_print(const char *what, const struct cs_message *message);
/* cli/rules.c: a problem of a rule file, likewise. */
void rule_problem_print(void *context, const struct cs_rule_problem *problem);
/* The rule set under the command's paths. The exit code, CS_EXIT_DONE when out is filled. */
struct cs_ruleset;
/* What was published in the store stands over the rules of this folder, and it is said how much. false: it was told why not. */
bool rules_lay_book(const char *data, const char *folder, struct cs_ruleset **rules);
int rules_load(const cs_arguments *arguments, struct cs_ruleset **out);

/* cli/packs.c: --rules as given; else packs here; else the ones installed beside the program. */
const char *rules_path(const cs_arguments *arguments);
/* Where compiled rules are kept for the next start: XDG_CACHE_HOME, else ~/.cache; NULL: nowhere. */
const char *cache_folder(void);

/* cli/keys.c: the key file of recordings: --key-file, else CALLSCOPE_KEY_FILE, else recordings.key under --data. The path lives
 * as long as the process. */
const char *key_file(const cs_arguments *arguments);

/* cli/worker.c: --workers, one a core when absent. false: it is none, and that was said. */
bool workers_read(const cs_arguments *arguments, unsigned least, unsigned *out);

int run_inspect(const cs_arguments *arguments);
int run_serve(const cs_arguments *arguments);
int run_worker(const cs_arguments *arguments);
int run_show(const cs_arguments *arguments);
int run_export(const cs_arguments *arguments);
int run_figures(const cs_arguments *arguments);
int run_replay(const cs_arguments *arguments);
int run_listen(const cs_arguments *arguments);
int run_explain(const cs_arguments *arguments);
int run_rules_check(const cs_arguments *arguments);
int run_rules_form(const cs_arguments *arguments);
int run_rules_format(const cs_arguments *arguments);
int run_rules_operators(const cs_arguments *arguments);
int run_rules_schema(const cs_arguments *arguments);
int run_rules_test(const cs_arguments *arguments);
int run_rules_backtest(const cs_arguments *arguments);
int run_rules_book(const cs_arguments *arguments);
int run_rules_publish(const cs_arguments *arguments);
int run_rules_stats(const cs_arguments *arguments);
int run_doctor(const cs_arguments *arguments);
int run_speech(const cs_arguments *arguments);
int run_evaluate_speech(const cs_arguments *arguments);
int run_events(const cs_arguments *arguments);
int run_joins(const cs_arguments *arguments);
int run_obligations(const cs_arguments *arguments);
int run_imports(const cs_arguments *arguments);
int run_imports_show(const cs_arguments *arguments);
int run_imports_undo(const cs_arguments *arguments);
int run_people(const cs_arguments *arguments);
int run_people_undo(const cs_arguments *arguments);
int run_people_redo(const cs_arguments *arguments);
int run_backup(const cs_arguments *arguments);
int run_backup_verify(const cs_arguments *arguments);
int run_restore(const cs_arguments *arguments);
int run_store_verify(const cs_arguments *arguments);
int run_store_move(const cs_arguments *arguments);
int run_store_index(const cs_arguments *arguments);
int run_search(const cs_arguments *arguments);
int run_accounts_list(const cs_arguments *arguments);
int run_accounts_add(const cs_arguments *arguments);
int run_accounts_password(const cs_arguments *arguments);
int run_accounts_disable(const cs_arguments *arguments);
int run_accounts_enable(const cs_arguments *arguments);
int run_accounts_key(const cs_arguments *arguments);
int run_accounts_audit(const cs_arguments *arguments);
int run_keys_rotate(const cs_arguments *arguments);
int run_models(const cs_arguments *arguments);
int run_models_pull(const cs_arguments *arguments);
int run_models_verify(const cs_arguments *arguments);
int run_models_remove(const cs_arguments *arguments);
int run_models_where(const cs_arguments *arguments);
int run_models_use(const cs_arguments *arguments);
int run_models_again(const cs_arguments *arguments);

#endif
