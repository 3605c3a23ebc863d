/* backtest_result.h - what a back-test ends with, between running it and writing it down. Private to backtest*.c.
 * Floor: quality. Memory: backtest_free. Threads: read-only once the workers have ended.
 * Example: backtest->tally.rules[i].verdicts[CS_VERDICT_CLEAN][CS_VERDICT_HIT]
 */
#ifndef CS_QUALITY_BACKTEST_RESULT_H
#define CS_QUALITY_BACKTEST_RESULT_H

#include "quality/backtest.h"
#include "quality/backtest_plan.h"
#include "quality/backtest_tally.h"

struct cs_backtest {
    cs_backtest_plan *plan;
    cs_backtest_tally tally;
    int64_t expected; /* conversations to read */
    int64_t elapsed_ms;
    bool is_partial;
};

#endif
