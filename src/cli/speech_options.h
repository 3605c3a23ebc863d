/* speech_options.h - the options of the commands about speech: models, evaluate speech, listen.
 * Floor: cli, for the table of subcommands in main.c. Each ends with a row without a name.
 * Memory: constants. Threads: any.
 * Example: {"listen", "", 0, 0, "…", "…", listen_options, run_listen}
 */
#ifndef CS_CLI_SPEECH_OPTIONS_H
#define CS_CLI_SPEECH_OPTIONS_H

#include "cli/command.h"

extern const cs_option evaluate_speech_options[];
extern const cs_option listen_options[];
extern const cs_option models_options[];
extern const cs_option models_data_options[];
extern const cs_option models_pull_options[];
extern const cs_option models_use_options[];
extern const cs_option models_again_options[];

#endif
