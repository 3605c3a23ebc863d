/* assertion.h - whether words are meant: not denied, asked or quoted in their clause. Private to rules/.
 * Floor: rules. Works on folded text; cue words stand in one table (assertion.c). Memory: none. Threads: any.
 * Example: "这不是您的个人问题" around 个人问题 gives DENIED by 不是.
 */
#ifndef CS_RULES_ASSERTION_H
#define CS_RULES_ASSERTION_H

#include "rules/finding.h"
#include "text/fold.h"

/* CS_WHY_NONE: asserted. *cue is static text. from and to are bytes of folded->text. */
cs_why assertion_excuse(const cs_folded *folded, uint32_t from, uint32_t to, const char **cue);

#endif
