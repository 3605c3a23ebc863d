/* inspect_bench.h - one conversation on its way: listened to, joined, encoded, held against the rules, scored, packed.
 * Floor: quality. The one code of evaluation, for a run of callscope inspect and for the workers of the queue. It reads the
 * store and keeps recordings; the rows are saved by its caller, with archive_save(piece->inspected).
 * Memory: the shop outlives its benches; a piece is released with piece_free. Threads: a bench belongs to one; the shop is
 * shared.
 * Example: bench_open(&shop, &bench, &m); bench_work(bench, piece, &m); archive_save(db, rules, &piece->inspected, &o, &m);
 */
#ifndef CS_QUALITY_INSPECT_BENCH_H
#define CS_QUALITY_INSPECT_BENCH_H

#include "quality/archive.h"
#include "quality/inspect_sampler.h"
#include "quality/recording_intake.h"

#include <signal.h>

enum { CS_MAX_BODY_BYTES = 512 << 20 }; /* of one encoded timeline */

typedef struct cs_bench_shop {
    const char *data, *key_file;
    cs_ruleset *ruleset;
    const volatile sig_atomic_t *is_stopped; /* may be NULL */
    cs_sampler *sampler;
    pthread_mutex_t lock;
    cs_keys *keys; /* NULL until the first recording */
    cs_speech_shop speech;
} cs_bench_shop;

typedef struct cs_piece {
    cs_arena *arena; /* holds the conversation */
    cs_conversation *conversation;
    int64_t seq; /* when re-inspecting, else 0 */
    bool is_join; /* re-inspecting with what is joined to it now: conversation is as it was read */
    bool is_again; /* of what is stored, seq 0: its words are to be those of the model that is chosen now */
    int64_t again_seq;
    int again_version; /* of the timeline that was loaded; 0: whichever */
    const char *again_model; /* that is to recognise it whoever wrote it down; NULL: the one that is chosen */
    bool is_recording; /* its file is a recording: without it nothing is left to inspect */
    int agent_channel; /* of two-channel recordings: 1, 2; 0: not said */
    /* Encoded and packed already, as it was read; NULL: not. */
    const void *given_frame;
    size_t given_frame_bytes;
    cs_buffer body, frame, read_frame;
    cs_verdicts verdicts;
    cs_scores scores;
    cs_inspected
        inspected; /* import, run_ms, is_skipped are the caller's; timeline_hash too where seq or given_frame is set */
    cs_recording_row recording;
    cs_speech_outcome spoken; /* the caller saves it, too: speech_outcome_save */
    /* What became of its recording: heard; lost, not recognised (lost as well), or cut, with the reason. */
    bool is_heard, is_lost, is_cut;
    cs_message trouble;
} cs_piece;

typedef struct cs_bench cs_bench;

/* speech: the model that recognises, or "off"; NULL: as the store says. words: a words.txt, which need not be there; NULL: none. */
void shop_init(cs_bench_shop *shop, const char *data, const char *key_file, const char *speech, const char *words,
               cs_ruleset *ruleset, cs_sampler *sampler);
/* Before the benches are opened: what ends long work, and where pieces of it are kept meanwhile. */
void shop_set_work(cs_bench_shop *shop, const volatile sig_atomic_t *is_stopped, cs_writer *writer);
void shop_free(cs_bench_shop *shop);
cs_error bench_open(cs_bench_shop *shop, cs_bench **out, cs_message *message);
void bench_close(cs_bench *bench); /* NULL is allowed */
cs_db *bench_db(cs_bench *bench); /* for reading */
cs_packer *bench_packer(cs_bench *bench);
/* Called while a recording is listened to; false ends it with CS_ERR_STOPPED. */
void bench_on_progress(cs_bench *bench, bool (*on_progress)(void *context), void *context);

cs_piece *piece_create(cs_conversation *conversation,
                       cs_arena *arena); /* NULL: out of memory; the arena is the piece's */
void piece_free(cs_piece *piece); /* NULL is allowed */
/* CS_ERR_LIMIT and CS_ERR_MEMORY are the conversation's own: it is refused. */
cs_error bench_work(cs_bench *bench, cs_piece *piece, cs_message *message);

#endif
