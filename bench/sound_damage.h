/* sound_damage.h - text as a recogniser could write it: some characters replaced by others of the same sound.
 * The others are the 3,755 most frequent characters (GB 2312, level 1), each as likely as the next; as a recogniser knows
 * its language and would choose the likelier, real errors are fewer and closer to words.
 * Memory: damage_start once; text in the caller's arena. Threads: one. Example: damage_start(); damage_text(&f, 0.1, &seed, arena, &d)
 */
#ifndef CS_BENCH_SOUND_DAMAGE_H
#define CS_BENCH_SOUND_DAMAGE_H

#include "text/pinyin.h"

bool damage_start(void); /* false: this system can't convert GB 2312, or there is no memory */

/* The same bytes but for a share (0-1) of the Chinese characters that have a homophone among the frequent ones; each keeps
 * its place and its three bytes. seed goes on from call to call. NULL: no memory. */
const char *damage_text(const cs_folded *clean, double share, uint64_t *seed, cs_arena *arena);

#endif
