/* analyser.h - what clang-tidy can't see, since it reads one file at a time: message_set returns the code it is given.
 * Put before every file but error.c by tools/lint; never part of the program.
 */
#include "base/error.h"

#define message_set(message, code, ...) ((void)message_set((message), (code), __VA_ARGS__), (code))
