/* sabotage.h - breaks one operator on purpose, to see that a test notices. Only in builds with CALLSCOPE_SABOTAGE. Private to
 * rules/. The environment variable of that name holds the operator's word.
 * Floor: rules. Memory: static. Threads: reads the environment once; any afterwards.
 * Example: if (sabotage_breaks("count")) number++;
 */
#ifndef CS_RULES_SABOTAGE_H
#define CS_RULES_SABOTAGE_H

#include <stdbool.h>

#ifdef CALLSCOPE_SABOTAGE
#include <stdlib.h>
#include <string.h>
static inline bool sabotage_breaks(const char *word) {
    static const char *broken;
    if (!broken) broken = getenv("CALLSCOPE_SABOTAGE");
    if (!broken) broken = "";
    return strcmp(broken, word) == 0;
}
#else
static inline bool sabotage_breaks(const char *word) {
    (void)word;
    return false;
}
#endif

#endif
