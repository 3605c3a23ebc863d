/* backtest_judge.h - one stored conversation under both rule sets: what differs goes into the tally.
 * Floor: quality. Only the rules that differ are evaluated. The scores are computed anew, from all verdicts, where a differing
 * rule weighs differently; verdicts of the others come from the stored inspection when it is of the old rule set, else they
 * are evaluated too. Private to backtest*.c.
 * Memory: judge_close releases all. Threads: one judge a thread; the plan is shared.
 * Example: judge_open(plan, numbers, count, &judge, &m); judge_row(judge, reader, &row, &tally, &m);
 */
#ifndef CS_QUALITY_BACKTEST_JUDGE_H
#define CS_QUALITY_BACKTEST_JUDGE_H

#include "quality/backtest_plan.h"
#include "quality/backtest_reader.h"
#include "quality/backtest_tally.h"

typedef struct cs_backtest_judge cs_backtest_judge;

/* numbers: under which the store keeps the old rule set. */
cs_error judge_open(const cs_backtest_plan *plan, const int64_t *numbers, unsigned number_count,
                    cs_backtest_judge **out, cs_message *message);
void judge_close(cs_backtest_judge *judge); /* NULL is allowed */

/* A conversation that can't be judged is counted as skipped; what fails here ends the run. */
cs_error judge_row(cs_backtest_judge *judge, cs_backtest_reader *reader, const cs_backtest_row *row,
                   cs_backtest_tally *tally, cs_message *message);

#endif
