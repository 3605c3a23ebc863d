#include "quality/speech_words_slot.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

enum { LOOK_MS = 5000, /* otherwise */ OLD_MS = 3600 * 1000 };

void words_slot_init(cs_words_slot *slot, const cs_ruleset *ruleset, const char *file) {
    *slot = (cs_words_slot){.ruleset = ruleset, .file = file, .look_ms = LOOK_MS};
    (void)pthread_mutex_init(&slot->lock, NULL);
    (void)pthread_cond_init(&slot->is_made, NULL);
}

void words_slot_free(cs_words_slot *slot) {
    words_release(slot->current);
    (void)pthread_cond_destroy(&slot->is_made);
    (void)pthread_mutex_destroy(&slot->lock);
}

/* Whether the file is another than the one that was read; then it is noted as read. */
static bool note_file(cs_words_slot *slot) {
    cs_file_info info = {.bytes = -1, .modified_ns = -1};
    cs_message message;
    if (slot->file && file_info(slot->file, &info, &message) != CS_OK)
        info = (cs_file_info){.bytes = -1, .modified_ns = -1};
    bool is_same = info.bytes == slot->bytes && info.modified_ns == slot->modified_ns;
    slot->bytes = info.bytes;
    slot->modified_ns = info.modified_ns;
    return !is_same;
}

/* Under the lock. */
static bool is_due(cs_words_slot *slot) {
    int64_t now = clock_steady_ms();
    if (!slot->current) {
        (void)note_file(slot);
        slot->looked_ms = now;
        return true;
    }
    if (now - slot->looked_ms < slot->look_ms) return false;
    slot->looked_ms = now;
    return note_file(slot) || now - slot->made_ms > OLD_MS;
}

/* The first reading was told where the program began. */
static void on_problem(void *context, const cs_word_problem *problem) {
    const cs_words_slot *slot = context;
    if (slot->current)
        log_line(CS_LOG_WARN, "words: %s line %u: %s; %s", problem->file, problem->line, problem->reason,
                 problem->remedy);
}

/* Outside the lock. What was in use before has its speller: what follows it gets one, so that nobody waits for it. */
static cs_error make(cs_words_slot *slot, cs_db *db, bool has_speller, cs_speech_words **out, cs_message *message) {
    const cs_words_sources sources = {slot->ruleset, db, slot->file, on_problem, slot};
    const cs_speller *speller;
    cs_error code = words_gather(&sources, out, message);
    if (code == CS_OK && has_speller) code = words_speller(*out, &speller, message);
    if (code == CS_OK && (slot->is_told || slot->current))
        log_line(CS_LOG_INFO, "words: %u for recognition: %u of one's own, %u of the book, %u people, %u of rules",
                 (*out)->count, (*out)->counts[CS_WORDS_OWN], (*out)->counts[CS_WORDS_BOOK],
                 (*out)->counts[CS_WORDS_PEOPLE], (*out)->counts[CS_WORDS_RULES]);
    return code;
}

/* Under the lock, which it lets go meanwhile. */
static cs_error renew(cs_words_slot *slot, cs_db *db, cs_message *message) {
    cs_speech_words *newer = NULL, *before = slot->current;
    bool has_speller = before && atomic_load(&before->has_speller);
    slot->is_making = true;
    (void)pthread_mutex_unlock(&slot->lock);
    cs_error code = make(slot, db, has_speller, &newer, message);
    (void)pthread_mutex_lock(&slot->lock);
    slot->is_making = false;
    slot->made_ms = clock_steady_ms();
    if (code == CS_OK) {
        slot->current = newer;
        words_release(before);
    } else {
        words_release(newer);
    }
    (void)pthread_cond_broadcast(&slot->is_made);
    return code;
}

cs_error words_slot_take(cs_words_slot *slot, cs_db *db, cs_speech_words **out, cs_message *message) {
    cs_error code = CS_OK;
    (void)pthread_mutex_lock(&slot->lock);
    while (!slot->current && slot->is_making) (void)pthread_cond_wait(&slot->is_made, &slot->lock);
    if (!slot->is_making && is_due(slot)) code = renew(slot, db, message);
    if (code != CS_OK && slot->current) { /* those before still serve */
        log_line(CS_LOG_WARN, "words: those before are kept: %s", message->reason);
        code = CS_OK;
    }
    *out = slot->current;
    if (*out) words_hold(*out);
    (void)pthread_mutex_unlock(&slot->lock);
    return code;
}

void words_slot_counts(cs_words_slot *slot, int64_t counts[CS_WORDS_SOURCES]) {
    (void)pthread_mutex_lock(&slot->lock);
    for (int i = 0; i < CS_WORDS_SOURCES; i++) counts[i] = slot->current ? slot->current->counts[i] : 0;
    (void)pthread_mutex_unlock(&slot->lock);
}
