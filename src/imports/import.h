/* import.h - one run of intake as a row: what it brought, how far it is, what it refused, and taking it back.
 * Floor: imports. Every conversation and record that comes in belongs to an import, be it of the command line, an upload, the
 * API or a watched folder. An import is only told as done when all of it is on the disk; one that was killed goes on.
 * Memory: strings are copied. Threads: whoever owns the cs_db.
 * Example: import_create(db, &(cs_import_start){.how = CS_IMPORT_UPLOAD, .name = "calls.csv"}, now, &number, &m);
 */
#ifndef CS_IMPORTS_IMPORT_H
#define CS_IMPORTS_IMPORT_H

#include "base/hash.h"
#include "base/json.h"
#include "imports/import_counts.h"
#include "store/db.h"
#include "store/work.h"

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

const char *import_state_name(cs_import_state state);

/* ---- writing, in the caller's transaction ---- */

typedef struct cs_import_start {
    cs_import_how how;
    cs_import_state state; /* OPEN, WAITING or RUNNING */
    const char *name; /* NULL or "": named after its kind and number */
    const char *mapping; /* saved under this name; NULL: none */
    const char *idempotency_key; /* NULL: none */
    const cs_hash *request; /* of the body that came with that key */
} cs_import_start;

cs_error import_create(cs_db *db, const cs_import_start *start, int64_t now_ms, int64_t *number, cs_message *message);
/* Changes the state when it is one of `from` (bits 1 << state). CS_ERR_CONFLICT with a clear word when it is another,
 * CS_ERR_NOT_FOUND when there is no such import. started_ms, ended_ms and trouble are kept as the new state wants. */
cs_error import_turn(cs_db *db, int64_t number, unsigned from, cs_import_state to, int64_t now_ms, cs_message *message);
/* Who reads it in, and until when; *is_ours false: another program does. A reader of this machine that lives no more has lost
 * it at once. */
cs_error import_take_reader(cs_db *db, int64_t number, int64_t reader, int64_t now_ms, bool *is_ours,
                            cs_message *message);
cs_error import_ask_cancel(cs_db *db, int64_t number, cs_message *message); /* whoever reads it in ends it */
cs_error import_is_asked_to_cancel(cs_db *db, int64_t number, bool *is_asked, cs_message *message);
cs_error import_save_counts(cs_db *db, int64_t number, const cs_import_counts *counts, cs_message *message);
/* How many of its records are matched, doubtful, unmatched. */
cs_error import_count_joins(cs_db *db, int64_t number, cs_import_counts *counts, cs_message *message);
/* With its words, in a state that import_turn gave it before. */
cs_error import_save_trouble(cs_db *db, int64_t number, const cs_message *trouble, cs_message *message);
/* An import that changed nothing and refused nothing: its row is taken away again. */
cs_error import_forget(cs_db *db, int64_t number, cs_message *message);

/* ---- reading ---- */

typedef struct cs_import_row {
    int64_t number;
    cs_import_how how;
    cs_import_state state;
    char mapping[256]; /* "" none */
    cs_import_counts counts;
} cs_import_row;

cs_error import_read(cs_db *db, int64_t number, cs_import_row *out, cs_message *message); /* CS_ERR_NOT_FOUND */
enum { CS_MOST_IMPORTS_WAITING = 1000 };
/* CS_ERR_STOPPED with a clear word where so many wait already: more would only wait longer. */
cs_error import_check_room(cs_db *db, cs_message *message);
/* The oldest with such a state (bits) and a number above `after`; number 0: none. */
cs_error import_next(cs_db *db, unsigned states, int64_t after, cs_import_row *out, cs_message *message);
/* An import with this key; number 0: none. is_same: it came with the same body. */
cs_error import_of_key(cs_db *db, const char *key, cs_hash request, int64_t *number, bool *is_same,
                       cs_message *message);

/* What is known of a running import beside its row. */
typedef struct cs_import_live {
    int64_t number; /* 0: none runs */
    int64_t bytes, bytes_done;
    cs_import_counts counts;
    cs_work_sums worked; /* how much of the counts workers of the queue did */
    int64_t aside; /* that they set aside */
} cs_import_live;

enum { CS_MOST_READERS = 4 }; /* imports that one program reads in at the same time */
typedef struct cs_import_lives {
    cs_import_live items[CS_MOST_READERS];
    size_t count;
} cs_import_lives;

/* JSON of docs/api.md. data: the files that lie in its upload folder are written too; NULL: not. lives: those that this
 * program reads in; may be NULL. */
cs_error import_write(cs_db *db, int64_t number, const cs_import_lives *lives, const char *data, cs_json_writer *out,
                      cs_message *message);
cs_error import_list(cs_db *db, const cs_import_lives *lives, int limit, const char *after, cs_json_writer *out,
                     cs_message *message);

#endif
