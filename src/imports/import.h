/* import.h - one run of intake as a row: what it brought, how far it is, what it refused, and taking it back.
 * Floor: imports. Every conversation and record that comes in belongs to an import, be it of the command line, an upload, the
 * API or a watched folder. An import is only told as done when all of it is on the disk; one that was killed goes on.
 * Memory: strings are copied. Threads: whoever owns the cs_db.
 * Example: import_create(db, &(cs_import_start){.how = CS_IMPORT_UPLOAD, .name = "calls.csv"}, now, &number, &m);
 */
#ifndef CS_IMPORTS_IMPORT_H
#define CS_IMPORTS_IMPORT_H

#include "base/json.h"
#include "quality/inspect.h"
#include "store/db.h"

#define CS_IMPORT_HOW_TABLE(X) X(COMMAND, "command") X(UPLOAD, "upload") X(API, "api") X(WATCH, "watch")
typedef enum cs_import_how {
#define X(code, name) CS_IMPORT_##code,
    CS_IMPORT_HOW_TABLE(X)
#undef X
        CS_IMPORT_HOWS
} cs_import_how;

/* C name, word, 中文 */
#define CS_IMPORT_STATE_TABLE(X)                                                                                       \
    X(OPEN, "open", "待开始") /* files are still being sent */                                                         \
    X(WAITING, "waiting", "排队中")                                                                                    \
    X(RUNNING, "running", "进行中")                                                                                    \
    X(DONE, "done", "完成")                                                                                            \
    X(FAILED, "failed", "失败") /* the run as a whole could not go on; trouble says why */                             \
    X(CANCELLED, "cancelled", "已取消") /* what was stored until then stays, and can be undone */                      \
    X(UNDOING, "undoing", "撤销中")                                                                                    \
    X(UNDONE, "undone", "已撤销")
typedef enum cs_import_state {
#define X(code, name, zh) CS_IMPORT_STATE_##code,
    CS_IMPORT_STATE_TABLE(X)
#undef X
        CS_IMPORT_STATES
} cs_import_state;

#endif
