/* rule_try.h - a draft held against one conversation, beside what is published: what each says of it.
 * Floor: quality. The conversation is a stored one, or pasted lines "客服:您好" and "customer: hello".
 * Memory: the arena given. Threads: whoever owns the cs_db.
 * Example: dialogue_read(text, arena, &conversation, &m); rule_try_write(&attempt, arena, out, &m);
 */
#ifndef CS_QUALITY_RULE_TRY_H
#define CS_QUALITY_RULE_TRY_H

#include "base/json.h"
#include "conversation/conversation.h"
#include "quality/rule_draft_check.h"
#include "rules/evaluation.h"

enum { CS_MAX_DIALOGUE_BYTES = 512 << 10, CS_MAX_DIALOGUE_TURNS = 2000 };

/* Lines begin with who speaks and a colon, wide or plain; a line that does not goes on with the one before it. Names of roles
 * in both languages, and 坐席, 顾客, 用户, user. CS_ERR_PARSE names the line. */
cs_error dialogue_read(const char *text, cs_arena *arena, cs_conversation **out, cs_message *message);

typedef struct cs_rule_attempt {
    const char *rule;
    cs_ruleset *draft; /* with the rule in it; NULL: it is not well formed */
    cs_ruleset *current; /* all published rules; it may have none of this name */
    const cs_conversation *conversation;
} cs_rule_attempt;

/* "turns", "draft", "published" of docs/api.md. */
cs_error rule_try_write(const cs_rule_attempt *attempt, cs_arena *arena, cs_json_writer *out, cs_message *message);

#endif
