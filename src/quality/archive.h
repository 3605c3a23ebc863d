/* archive.h - inspected conversations in the store: saving, finding, listing, counting.
 * Floor: quality. The SQL of conversations, timelines, inspections and findings stands in archive*.c and nowhere else.
 * Memory: what is read lives in the arena given. Threads: whoever owns the cs_db.
 * Example: archive_list(db, &filter, 50, NULL, arena, &page, &m);
 */
#ifndef CS_QUALITY_ARCHIVE_H
#define CS_QUALITY_ARCHIVE_H

#include "base/json.h"
#include "quality/recording.h"
#include "quality/scorecard.h"
#include "store/db.h"
#include "store/pack.h"

/* ---- writing (on the writer's thread) ---- */

typedef struct cs_inspected {
    const cs_conversation *conversation;
    cs_hash timeline_hash; /* of the encoded timeline */
    const void *frame; /* packed timeline; NULL when re-inspecting what is stored */
    size_t frame_bytes;
    int64_t seq; /* of the stored conversation when re-inspecting, else 0 */
    cs_hash ruleset;
    const cs_verdicts *verdicts;
    const cs_scores *scores;
    const cs_recording_row *recording; /* NULL: none, or as it is */
    int64_t import; /* that brought it; 0: none */
    const char *search_terms; /* of the timeline; NULL: the index gets them later (search_fill.h) */
    /* Stored, and joined anew (records/join.h): hash and frame are of it as joined, these of it as it was read. */
    bool is_joined;
    cs_hash read_hash;
    const void *read_frame; /* NULL: nothing is joined to it */
    size_t read_frame_bytes;
    int64_t join_marks; /* how often it was due when it was joined */
    bool is_again; /* what is stored with other words: what it is found by, and what is joined to it, stays */
    int64_t run_ms; /* when this run began: tells a duplicate inside one run from a corrected file */
    /* Whether this run passed over the file as unchanged: what is stored from it still stands. May be NULL. */
    bool (*is_skipped)(const void *context, const char *source);
    const void *context;
} cs_inspected;

typedef enum cs_saved {
    CS_SAVED_NEW,
    CS_SAVED_CHANGED,
    CS_SAVED_REINSPECTED,
    CS_SAVED_UNCHANGED,
    CS_SAVED_DUPLICATE
} cs_saved;

/* The same id with other content twice in one run: CS_ERR_CONFLICT, the first stays. So that this is noticed also where the
 * first is unchanged, give what archive_is_current knows too: without frame, verdicts and scores (NULL) it is only marked
 * as seen in this run. */
cs_error archive_save(cs_db *db, const cs_ruleset *ruleset, const cs_inspected *inspected, cs_saved *outcome,
                      cs_message *message);
cs_error archive_save_ruleset(cs_db *db, const cs_ruleset *ruleset,
                              cs_message *message); /* once; makes it the current one */
/* A file all of whose conversations are stored: skipped while size, time and mapping stay the same. */
cs_error archive_save_source(cs_db *db, const char *path, int64_t bytes, int64_t modified_ns, cs_hash mapping,
                             int64_t conversations, int64_t import, cs_message *message);

/* ---- reading ---- */

cs_error archive_current_ruleset(cs_db *db, cs_hash *out, cs_message *message); /* CS_ERR_NOT_FOUND: none yet */
cs_error archive_load_ruleset(cs_db *db, cs_hash id, cs_ruleset **out, cs_message *message);
/* Whether the store holds this id with this timeline under this rule set already. */
cs_error archive_is_current(cs_db *db, const char *external_id, cs_hash timeline, cs_hash ruleset, bool *is_current,
                            cs_message *message);
cs_error archive_source_is_read(cs_db *db, const char *path, int64_t bytes, int64_t modified_ns, cs_hash mapping,
                                int64_t *conversations, cs_message *message); /* CS_ERR_NOT_FOUND: must be read */
cs_error archive_count(cs_db *db, int64_t *conversations, int64_t *stale,
                       cs_message *message); /* stale: other rule set */

/* The next conversation after seq whose inspection is of another rule set; *out NULL at the end. */
typedef struct cs_stored {
    int64_t seq, inspected_ms;
    char id[CS_ID_CHARS + 1];
    cs_conversation *conversation; /* decoded; source filled */
    cs_hash timeline_hash, ruleset;
    int timeline_version;
    const char *engine;
    const unsigned char *verdicts; /* one byte a rule */
    size_t verdict_count;
} cs_stored;
cs_error archive_next_stale(cs_db *db, cs_packer *packer, int64_t after_seq, cs_hash ruleset, cs_arena *arena,
                            cs_stored **out, cs_message *message);
/* As it was read, before anything was joined to it: conversation and timeline_hash are of that. CS_ERR_NOT_FOUND. */
cs_error archive_load_read(cs_db *db, cs_packer *packer, int64_t seq, cs_arena *arena, cs_stored **out,
                           cs_message *message);
/* How many conversations an import made or changed. */
cs_error archive_count_import(cs_db *db, int64_t import, int64_t *count, cs_message *message);
cs_error archive_load(cs_db *db, cs_packer *packer, const char *id, cs_arena *arena, cs_stored **out,
                      cs_message *message); /* ours or the centre's id; CS_ERR_NOT_FOUND */
cs_error archive_find(cs_db *db, const char *id, int64_t *seq, cs_message *message); /* the same, only its number */
/* Whether it is of the agent of this name; CS_ERR_NOT_FOUND. */
cs_error archive_is_of_agent(cs_db *db, const char *id, const char *agent, bool *out, cs_message *message);

typedef struct cs_filter { /* docs/api.md; NULL, CS_NO_TIME, -1: not asked */
    int64_t from_ms, to_ms;
    const char *channels; /* comma-separated */
    const char *agent, *team, *queue, *rule, *verdict, *text;
    int score; /* cs_score, -1: none */
    int score_min, score_max;
    bool high_risk_only;
    const char *const *ids; /* ours: only these, at most CS_MAX_FILTER_IDS; only archive_each asks it */
    uint32_t id_count;
    int seen; /* 1: only conversations that the reader has opened, 0: only others; -1: not asked */
    int64_t reader; /* number of the account whose marks they are */
    const char *sort; /* NULL: "-started" */
    int64_t most_rows; /* that a page may look at; 0: what some hundredths of a second allow */
} cs_filter;

enum { CS_MAX_FILTER_IDS = 2000 };

void filter_init(cs_filter *filter);
/* 26 characters of our own: they may stand in a statement. */
bool filter_id_is_sound(const char *id);
/* Takes one parameter of the address; CS_ERR_USAGE with a clear word when the value is wrong, CS_ERR_NOT_FOUND when the
 * name is no filter. The value must outlive the filter. */
cs_error filter_set(cs_filter *filter, const char *name, const char *value, cs_message *message);

/* Each writes the JSON of docs/api.md. */
cs_error archive_list(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, int limit, const char *after,
                      cs_json_writer *out, cs_message *message);
cs_error archive_neighbours(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *id,
                            cs_json_writer *out, cs_message *message);
cs_error archive_summary(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_json_writer *out,
                         cs_message *message);
/* agent: only of his conversations; NULL: of all. */
cs_error archive_facets(cs_db *db, const cs_ruleset *ruleset, const char *agent, cs_json_writer *out,
                        cs_message *message);
cs_error archive_count_of_agent(cs_db *db, const char *agent, int64_t *conversations, cs_message *message);
/* One whole conversation: evaluates it again with the rule set of its inspection (so that met ones show their evidence). */
cs_error archive_conversation(cs_db *db, cs_packer *packer, cs_ruleset *ruleset, const char *id, cs_json_writer *out,
                              cs_message *message);

#endif
