/* doctor.h - how callscope doctor tells what it looked at: a line each, with what to do where something is off.
 * Floor: cli. doctor.c looks at the machine and the store, doctor_speech.c at recognisers and their models.
 * Memory: none. Threads: the main one.
 * What is broken makes the exit code 1; what is off doesn't.
 * Example: doctor_line(CS_DOCTOR_OFF, "recordings", "ffmpeg is not installed", "apt-get install ffmpeg");
 */
#ifndef CS_CLI_DOCTOR_H
#define CS_CLI_DOCTOR_H

#include "cli/command.h"

typedef enum cs_doctor_state { CS_DOCTOR_GOOD, CS_DOCTOR_OFF, CS_DOCTOR_BROKEN } cs_doctor_state;

void doctor_line(cs_doctor_state state, const char *what, const char *words,
                 const char *remedy); /* remedy: may be NULL */
/* The library, each model that is here by recognising with it, and which one would suit this machine. */
void doctor_check_speech(const cs_arguments *arguments);

#endif
