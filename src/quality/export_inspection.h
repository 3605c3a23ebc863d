/* export_inspection.h - scores and findings of a stored conversation as JSON, for those who take it elsewhere.
 * Floor: quality. It is judged again with the rules of its inspection, so that the evidence stands there in words.
 * Memory: an inspector keeps the last older rule set it needed. Threads: one an inspector, that of its db.
 * Example: export_inspector_open(db, rules, &inspector, &m); export_inspection_write(inspector, stored, arena, &out, &m);
 */
#ifndef CS_QUALITY_EXPORT_INSPECTION_H
#define CS_QUALITY_EXPORT_INSPECTION_H

#include "quality/archive.h"

typedef struct cs_export_inspector cs_export_inspector;

/* The rule set must outlive it. */
cs_error export_inspector_open(cs_db *db, cs_ruleset *ruleset, cs_export_inspector **out, cs_message *message);
void export_inspector_close(cs_export_inspector *inspector); /* NULL is allowed */
/* {"ruleset", "engine", "inspected", "scores", "decided_share", "high_risk", "tags", "findings": [{"rule", "title", …}]} */
/* shown: the conversation as its words are to be written: itself, or covered (conversation_mask.h). */
cs_error export_inspection_write(cs_export_inspector *inspector, const cs_stored *stored, const cs_conversation *shown,
                                 cs_arena *arena, cs_json_writer *out, cs_message *message);

#endif
