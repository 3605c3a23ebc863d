/* crew_hand.h - what the threads of a crew share. Private to crew*.c.
 * Floor: quality. One thread, the foreman, claims ahead of the others and gives back what lies too long; each hand takes one
 * conversation after another; saves are grouped by the writer.
 * Memory: crew_start and crew_stop. Threads: as said at each; `lock` guards what stands under it.
 * Example: cs_task *task = crew_take(hand);
 */
#ifndef CS_QUALITY_CREW_HAND_H
#define CS_QUALITY_CREW_HAND_H

#include "quality/crew.h"
#include "quality/inspect_bench.h"
#include "quality/inspect_origin.h"
#include "store/work.h"
#include "store/work_process.h"

enum {
    CS_CREW_MOST_HANDS = 64,
    CS_CREW_AHEAD = 48, /* claimed for each hand */
    CS_CREW_LIES_MS = CS_WORK_LEASE_MS / 3, /* so long a claimed one may lie before it is given back */
};

typedef struct cs_task { /* one conversation in hand */
    cs_crew *crew;
    cs_work_job *row;
    struct cs_task *next;
    int64_t claimed_ms; /* steady */
    int64_t spent_ms; /* on it, by a hand */
    cs_piece *piece;
    cs_origin origin;
    cs_ruleset *ruleset; /* it was evaluated with */
    cs_saved outcome;
    cs_message why;
    enum { CS_TASK_SAVE, CS_TASK_REFUSE, CS_TASK_ASIDE, CS_TASK_BACK, CS_TASK_TRIED } fate;
    bool is_done, is_lost; /* is_lost: the lease was */
} cs_task;

typedef struct cs_hand {
    cs_crew *crew;
    pthread_t thread;
    cs_bench *bench;
    cs_task *task; /* under crew->lock: being worked on */
    int64_t begun_ms, moved_ms; /* steady; moved: the last progress, or lease */
    bool is_told; /* that it is stuck */
} cs_hand;

struct cs_crew {
    cs_crew_options options;
    char *data, *key_file, *speech, *words;
    pthread_t foreman;
    pthread_mutex_t lock;
    pthread_cond_t has_task; /* for the hands */
    bool is_ending, hands_end; /* the crew; the hands alone, to be equipped anew */
    cs_task *first, *last; /* claimed, not begun */
    size_t lying;
    int64_t in_hand; /* lying, worked on, or being saved */
    int64_t done, failed, noted_done, noted_failed;
    int64_t lost; /* leases, since that was told last */
    cs_task *laters; /* to be submitted again by the foreman: refused ones, and those that the store would not take */
    bool is_broken; /* the store could not be written */
    cs_message trouble;
    volatile sig_atomic_t is_stopped; /* of recordings that are listened to */
    /* The foreman's, and between open and close read by all. */
    cs_hand hands[CS_CREW_MOST_HANDS];
    unsigned hand_count;
    bool is_equipped; /* with rules, and benches for the hands: only while there is work */
    cs_db *db, *claims; /* for reading; for claiming: NULL on SQLite, where the writer does it */
    cs_writer *writer;
    cs_sampler sampler;
    cs_bench_shop shop;
    cs_ruleset *rules;
    char setting[24]; /* that names them */
    int64_t behind; /* import of the work that waits behind all else (crew_behind.c); 0: none is taken here */
    int64_t behind_ms; /* steady: when it was looked for */
    int64_t worker; /* number of this process's row */
    int64_t after_import;
    bool was_urgent;
};

/* crew_save.c; a hand's thread, or the foreman's: the task ends as its fate says, and is released. */
void crew_submit(cs_crew *crew, cs_task *task);
void task_free(cs_task *task);
/* crew_behind.c; the foreman's: recordings that are to be recognised again are listed and given to the queue. */
cs_error crew_look_behind(cs_crew *crew, cs_message *message);
/* crew_hand.c */
void *crew_work(void *context); /* a hand */

#endif
