/* backtest_explanation.h - one stored inspection evaluated again, with the rule set and the timeline it was made with.
 * Floor: quality. Says verdict by verdict whether it comes out the same; when not, the versions of the engine tell why.
 * Memory: in the arena given, the rule set beside it: explanation_close. Threads: whoever owns the cs_db.
 * Example: explanation_make(db, packer, "D-1", 0, arena, &e, &m); explanation_write(&e, NULL, &w); explanation_close(&e);
 */
#ifndef CS_QUALITY_BACKTEST_EXPLANATION_H
#define CS_QUALITY_BACKTEST_EXPLANATION_H

#include "quality/archive.h"

typedef struct cs_explained_difference {
    const char *rule;
    cs_verdict stored, now;
} cs_explained_difference;

typedef struct cs_explanation {
    const char *id, *engine; /* engine: of the inspection */
    int64_t number, newest, scorecard, timeline_version, inspected_ms;
    cs_hash ruleset, timeline_hash; /* as stored */
    bool is_intact; /* the timeline's bytes still give that hash */
    cs_conversation *conversation;
    cs_ruleset *rules;
    cs_verdicts verdicts; /* as they come out now */
    cs_scores scores;
    const uint32_t *numbers; /* of the findings */
    const unsigned char *stored; /* verdicts of the inspection, one byte a rule */
    size_t stored_count;
    int stored_scores[CS_SCORE_COUNT]; /* of the newest inspection; CS_NO_SCORE: not shown */
    bool has_stored_scores; /* older inspections keep their verdicts only */
    const cs_explained_difference *differences;
    uint32_t difference_count;
} cs_explanation;

/* id: ours or the centre's. number: which inspection, 0: the newest. CS_ERR_NOT_FOUND: no such conversation or inspection;
 * CS_ERR_PARSE: this program can't read that rule set any more. */
cs_error explanation_make(cs_db *db, cs_packer *packer, const char *id, int64_t number, cs_arena *arena,
                          cs_explanation *out, cs_message *message);
void explanation_close(cs_explanation *explanation);

bool explanation_is_same(const cs_explanation *explanation); /* all verdicts, and the scores where they are kept */
/* The JSON of docs/tools.md. rule: only that one, NULL: all. */
void explanation_write(const cs_explanation *report, const char *rule, cs_json_writer *out);

#endif
