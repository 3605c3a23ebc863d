/* figures_clock.h - a thread that counts anew what is due, for callscope serve; and keeps the packs' measures in the store.
 * Floor: insight. It looks every two seconds and writes only where something is due; counting takes at most a twentieth of its
 * time. The store may come later, or be replaced.
 * Memory: figures_clock_start gives a clock to release with figures_clock_stop. Threads: start and stop on one thread.
 * Example: figures_clock_start("callscope-data", "packs", &clock, &m); ...; figures_clock_stop(clock);
 */
#ifndef CS_INSIGHT_FIGURES_CLOCK_H
#define CS_INSIGHT_FIGURES_CLOCK_H

#include "base/error.h"

typedef struct cs_figures_clock cs_figures_clock;

cs_error figures_clock_start(const char *data, const char *rules_path, cs_figures_clock **out, cs_message *message);
void figures_clock_stop(cs_figures_clock *clock); /* ends a count under way between two days; NULL is allowed */

#endif
