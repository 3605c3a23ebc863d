/* pattern_cache.h - compiled databases kept on disk, so that a start costs milliseconds. Private to rules/.
 * Floor: rules. The file's name is made from the patterns, Hyperscan's version and the processor's features: another machine
 * or version makes its own. A file that is damaged, short or foreign is as if it were not there.
 * Memory: databases as patterns_compile leaves them. Threads: any; files are written beside and renamed.
 * Example: if (!pattern_cache_load(folder, patterns)) { compile(patterns); pattern_cache_save(folder, patterns); }
 */
#ifndef CS_RULES_PATTERN_CACHE_H
#define CS_RULES_PATTERN_CACHE_H

#include "rules/patterns.h"

bool pattern_cache_load(const char *folder,
                        cs_patterns *patterns); /* fills the databases and is_always; false: not there */
void pattern_cache_save(const char *folder, const cs_patterns *patterns); /* what fails is only slower next time */

#endif
