/* work.h - the queue of conversations that wait for a worker: rows of table job, claimed with a lease.
 * Floor: store. A job goes from waiting to running when it is claimed (attempts + 1, a lease), and its row goes in the
 * transaction that saves what came of it; that fails when the lease was lost meanwhile, so no work counts twice. A job whose
 * worker died or hung three times is set aside with the reason. Nobody lengthens a lease but the work itself.
 * Memory: jobs are released with work_job_free. Threads: whoever owns the cs_db; all but the claim and what reads are called
 * inside a writing transaction of the caller.
 * Example: work_claim(db, &claim, jobs, &count, &m); ... work_finish(db, jobs[0], worker, &is_ours, &m);
 */
#ifndef CS_STORE_WORK_H
#define CS_STORE_WORK_H

#include "base/hash.h"
#include "base/json.h"
#include "store/db.h"

enum {
    CS_WORK_LEASE_MS = 60000,
    CS_WORK_ATTEMPTS = 3,
    CS_WORK_MOST_CLAIMED = 256,
    CS_WORK_MOST_WAITING = 2000, /* of an import; whoever reads waits */
    CS_WORK_BEHIND = 2, /* urgency of what waits behind all else, under an import below 0 */
    CS_WORK_BEHIND_RISKY = 3, /* the same, before others of it */
};

typedef enum cs_work_kind { CS_WORK_READ, CS_WORK_JOINED, CS_WORK_RULES, CS_WORK_SPEECH, CS_WORK_KINDS } cs_work_kind;

typedef struct cs_work_job {
    int64_t number, import, seq, started_ms, made_ms, run_ms, attempts;
    cs_work_kind kind;
    bool is_urgent;
    const char *external_id, *origin; /* NULL: none */
    cs_hash hash; /* of the encoded conversation as it was read */
    const void *body; /* packed */
    size_t body_bytes;
} cs_work_job;

/* ---- giving ---- */

/* started_ms: when the conversation began, CS_NO_TIME unknown. What is given twice by its seq stands once. */
cs_error work_give(cs_db *db, const cs_work_job *job, int64_t now_ms, cs_message *message);
/* Whether a job of this id waits or runs: the next one of the same id waits for it, of whichever import. */
cs_error work_is_pending(cs_db *db, const char *external_id, bool *is_pending, cs_message *message);
/* How many of an import wait, run, and are set aside. */
typedef struct cs_work_left {
    int64_t waiting, running, aside;
} cs_work_left;
cs_error work_left(cs_db *db, int64_t import, cs_work_left *out, cs_message *message);
/* Nothing of the import waits, runs or is set aside any more, and its sums begin at 0: it is read anew, or ended. */
cs_error work_clear(cs_db *db, int64_t import, cs_message *message);
/* It is done, and its sums are kept in its row: those of what is set aside, and tried again later, begin at 0. */
cs_error work_settle(cs_db *db, int64_t import, cs_message *message);

/* ---- claiming ---- */

typedef struct cs_work_claim {
    int64_t worker, now_ms;
    size_t most; /* 1 to CS_WORK_MOST_CLAIMED */
    int64_t *after_import; /* imports take turns: the last one that got one; kept between claims */
    bool *was_urgent; /* of claims of one job every other one may be urgent; kept between claims */
    bool is_suspect; /* one whose worker was lost before, instead: it is worked on alone */
    int64_t behind; /* an import below 0 whose work is taken when nothing else waits; 0: none is */
    size_t most_behind;
} cs_work_claim;

/* Takes a transaction of its own. Urgent ones first, up to half; then the newest of each import in turn; then what is left. Where that
 * is nothing: what waits behind. */
cs_error work_claim(cs_db *db, const cs_work_claim *claim, cs_work_job **out, size_t *count, cs_message *message);
/* The same in the caller's writing transaction: what is claimed counts when that is committed. */
cs_error work_claim_within(cs_db *db, const cs_work_claim *claim, cs_work_job **out, size_t *count,
                           cs_message *message);
void work_job_free(cs_work_job *job);
/* Whether something waits: fresh, behind all else (claim.behind), or suspect. */
typedef struct cs_work_waiting {
    bool is_fresh, is_behind, is_suspect;
} cs_work_waiting;
cs_error work_waits(cs_db *db, int64_t behind, cs_work_waiting *out, cs_message *message);

/* ---- while it runs, and afterwards ---- */

typedef struct cs_work_end {
    bool is_ours; /* false: the lease was lost, or the rules are others, and nothing is changed */
    bool is_superseded; /* a newer import brought or saw the conversation meanwhile: what this one read is older */
} cs_work_end;
/* rules: the setting "ruleset" under which it was worked on; NULL: whatever they are. */
cs_error work_finish(cs_db *db, const cs_work_job *job, int64_t worker, const char *rules, cs_work_end *out,
                     cs_message *message);
cs_error work_extend(cs_db *db, const cs_work_job *job, int64_t worker, int64_t now_ms, bool *is_ours,
                     cs_message *message);
/* Waiting again. is_tried: it counts as an attempt; the last one sets it aside for this reason. */
cs_error work_give_back(cs_db *db, const cs_work_job *job, int64_t worker, bool is_tried, const cs_message *why,
                        cs_message *message);
cs_error work_set_aside(cs_db *db, const cs_work_job *job, int64_t worker, const cs_message *why, cs_message *message);

/* Leases that are over, and those of processes of this machine that live no more: waiting again, or set aside. */
cs_error work_must_take_back(cs_db *db, int64_t now_ms, bool *must, cs_message *message);
cs_error work_take_back(cs_db *db, int64_t now_ms, int64_t *count, cs_message *message);

/* ---- what is set aside, and how it all stands ---- */

/* Tried again, alone: number 0: all. CS_ERR_NOT_FOUND: there is none. */
cs_error work_retry(cs_db *db, int64_t number, int64_t *count, cs_message *message);
/* Given up: its import names it as refused. */
cs_error work_give_up(cs_db *db, int64_t number, cs_message *message);
/* {"total", "items": [...], "next"} of docs/api.md */
cs_error work_list_aside(cs_db *db, int limit, const char *after, cs_json_writer *out, cs_message *message);

typedef struct cs_work_counts {
    int64_t waiting, urgent, running, aside; /* urgent: of those that wait */
    int64_t oldest_ms; /* when the oldest that waits was given; CS_NO_TIME: none waits */
    int64_t done, failed; /* while their minutes are kept: two days */
    double rate_per_minute; /* of the last minute or two */
    int64_t failed_last_hour; /* refused or set aside */
} cs_work_counts;
cs_error work_counts(cs_db *db, int64_t now_ms, cs_work_counts *out, cs_message *message);
/* All of it with its imports and workers: the JSON of docs/api.md. unrecognised: recordings without words, told beside it. */
cs_error work_show(cs_db *db, int64_t now_ms, int64_t unrecognised, cs_json_writer *out, cs_message *message);

/* ---- sums of an import ---- */

#define CS_WORK_SUM_TABLE(X)                                                                                           \
    X(done)                                                                                                            \
    X(inspected)                                                                                                       \
    X(unchanged)                                                                                                       \
    X(duplicates)                                                                                                      \
    X(refused)                                                                                                         \
    X(left_stale)                                                                                                      \
    X(reinspected)                                                                                                     \
    X(joined)                                                                                                          \
    X(recordings)                                                                                                      \
    X(recordings_failed)                                                                                               \
    X(arrived)                                                                                                         \
    X(recognised)                                                                                                      \
    X(unrecognised)                                                                                                    \
    X(speech_ms)
typedef struct cs_work_sums {
#define X(name) int64_t name;
    CS_WORK_SUM_TABLE(X)
#undef X
} cs_work_sums;
cs_error work_add_sums(cs_db *db, int64_t import, const cs_work_sums *sums, cs_message *message);
cs_error work_read_sums(cs_db *db, int64_t import, cs_work_sums *out, cs_message *message);

/* A refusal of the import, up to CS_WORK_MOST_REFUSALS. */
enum { CS_WORK_MOST_REFUSALS = 10000 };
cs_error work_refuse(cs_db *db, int64_t import, const char *file, const char *conversation, const cs_message *why,
                     cs_message *message);
/* A file of the import that is to be read again next time. */
cs_error work_mark_unread(cs_db *db, int64_t import, const char *path, cs_message *message);
cs_error work_is_unread(cs_db *db, int64_t import, const char *path, bool *is_unread, cs_message *message);

#endif
