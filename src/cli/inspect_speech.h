/* inspect_speech.h - the options --speech and --words, and what is said when recordings stay without words.
 * Floor: cli. Memory: none is kept. Threads: the main one.
 * Example: if (!speech_is_there(arguments)) return CS_EXIT_REFUSED;
 */
#ifndef CS_CLI_INSPECT_SPEECH_H
#define CS_CLI_INSPECT_SPEECH_H

#include "cli/command.h"
#include "quality/inspect.h"
#include "speech/model.h"

/* Whether the model of --speech, if one is named, stands here whole and unchanged, and one for --voices silero; what is wrong is
 * printed. */
bool speech_is_there(const cs_arguments *arguments);
/* words.txt: that of --words; else the one beside the rules, where the command has --rules and one is there; else the one in the folder
 * of the store, which need not be there. The path lives as long as the process. */
const char *words_path(const cs_arguments *arguments);
/* What is wrong in it is printed, line by line, and the rest counts. false: that of --words is not there, or is no text. */
bool words_are_there(const cs_arguments *arguments);
/* Where the sound goes if the model is an address; it never leaves the machine unsaid. Nothing of other models. */
bool speech_by_silero(const cs_arguments *arguments); /* --voices silero */
cs_error speech_tell_address(const cs_speech_model *model, cs_arena *arena, cs_message *message);
/* Once, after a run: that recordings were heard and not recognised, and how that is turned on. */
void speech_tell_off(const cs_inspect_counts *counts, const cs_arguments *arguments);

#endif
