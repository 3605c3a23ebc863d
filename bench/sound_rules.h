/* sound_rules.h - whole rule sets over damaged chats: as written, and with every `says` read by sound, against what the
 * rules as written say about the chats as they were.
 * Memory: freed before it returns. Threads: one. Example: damage_start(); sound_rules_measure(&texts, rules, 1)
 */
#ifndef CS_BENCH_SOUND_RULES_H
#define CS_BENCH_SOUND_RULES_H

#include "rules_text.h"

/* Prints a line for each share of errors and way. A rule counts once a chat; right is a verdict that needs an eye (hit,
 * missed, noted, undecided) and is the same over the clean chat. false: says why on stderr. */
bool sound_rules_measure(const cs_texts *texts, cs_ruleset *rules, uint64_t seed);

#endif
