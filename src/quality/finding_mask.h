/* finding_mask.h - findings as they are shown: the words of their evidence covered where the turn is.
 * Floor: quality. Judged is what was said; only what is written down afterwards is covered.
 * Memory: the copies live in the arena. Threads: any.
 * Example: findings_mask(&verdicts, shown.conversation, arena); // then rules_write(…, &verdicts, …)
 */
#ifndef CS_QUALITY_FINDING_MASK_H
#define CS_QUALITY_FINDING_MASK_H

#include "conversation/conversation_mask.h"
#include "rules/evaluation.h"

/* masked: the conversation they are of, covered. false: no memory. */
bool findings_mask(cs_verdicts *verdicts, const cs_conversation *masked, cs_arena *arena);

#endif
