#include "quality/rule_trial_result.h"

#include "conversation/conversation_mask.h"
#include "quality/archive.h"
#include "text/mask_json.h"

#include <string.h>

enum { MOST_RESULT_BYTES = 2 << 20, MOST_TEST_BYTES = 64 << 20, CONVERSATION_BYTES = 256 << 20 };

typedef struct making {
    cs_db *db;
    cs_packer *packer;
    cs_json_writer out;
} making;

static int64_t whole(const cs_json *object, const char *key) {
    int64_t value = 0;
    (void)json_int64(json_get(object, key), &value);
    return value;
}

static const char *text_of(const cs_json *object, const char *key) {
    return json_string(json_get(object, key), NULL);
}

/* The turn that the finding is about: of its first words. 0: none. */
static int64_t turn_of(const cs_json *evidence) {
    int64_t turn = 0;
    for (size_t i = 0; i < json_length(evidence) && turn == 0; i++)
        if (!json_int64(json_get(json_at(evidence, i), "turn"), &turn)) turn = 0;
    return turn;
}

static cs_error write_sample(making *m, const char *rule, const char *change, const cs_json *sample,
                             cs_message *message) {
    cs_arena *arena = arena_create(CONVERSATION_BYTES);
    cs_stored *stored = NULL;
    if (!arena) return message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    cs_error code = archive_load(m->db, m->packer, text_of(sample, "id"), arena, &stored, message);
    if (code == CS_OK) {
        const cs_conversation *c = stored->conversation;
        const cs_participant *agent = conversation_agent(c);
        int64_t turn = turn_of(json_get(sample, "evidence"));
        json_object_open(&m->out, NULL);
        json_write_string(&m->out, "change", change);
        json_write_string(&m->out, "rule", rule);
        json_write_string(&m->out, "conversation", stored->id);
        json_write_masked_title(&m->out, "external_id", c->external_id, c->customer);
        if (c->started_ms == CS_NO_TIME)
            json_write_null(&m->out, "started_ms");
        else
            json_write_int(&m->out, "started_ms", c->started_ms);
        json_write_string(&m->out, "agent", agent ? agent->name : NULL);
        json_write_int(&m->out, "turn", turn);
        if (turn > 0 && turn <= (int64_t)c->turn_count)
            json_write_masked_said(&m->out, "sentence", c->turns[turn - 1].text, c->turns[turn - 1].text_bytes,
                                   conversation_customer_name(c));
        else
            json_write_null(&m->out, "sentence");
        json_write_string(&m->out, "verdict_before", text_of(sample, "old"));
        json_write_string(&m->out, "verdict_after", text_of(sample, "new"));
        json_object_close(&m->out);
    }
    arena_free(arena);
    return code == CS_ERR_NOT_FOUND ? CS_OK : code; /* taken back meanwhile */
}

static cs_error write_samples(making *m, const cs_json *changes, cs_message *message) {
    static const struct { const char *key, *change; } kinds[] = {{"found", "new"}, {"no_longer", "gone"}};
    cs_error code = CS_OK;
    json_array_open(&m->out, "samples");
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; code == CS_OK && i < json_length(changes); i++) {
            const cs_json *rule = json_at(changes, i), *list = json_get(json_get(rule, "samples"), kinds[k].key);
            for (size_t s = 0; code == CS_OK && s < json_length(list); s++)
                code = write_sample(m, text_of(rule, "rule"), kinds[k].change, json_at(list, s), message);
        }
    json_array_close(&m->out);
    return code;
}

static void write_scores(making *m, const cs_json *scores) {
    static const char *const names[] = {"compliance", "experience", "risk"};
    json_object_open(&m->out, "scores");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const cs_json *one = json_get(scores, names[i]);
        json_object_open(&m->out, names[i]);
        json_write_int(&m->out, "changed", whole(one, "changed"));
        json_write_double(&m->out, "mean_change", json_number(json_get(one, "mean_change"), 0), 4);
        json_object_close(&m->out);
    }
    json_object_close(&m->out);
}

static cs_error write(making *m, const cs_json *test, cs_message *message) {
    const cs_json *changes = json_get(test, "changes");
    int64_t found = 0, gone = 0, undecided = 0;
    for (size_t i = 0; i < json_length(changes); i++) {
        const cs_json *rule = json_at(changes, i);
        found += whole(rule, "newly_hit") + whole(rule, "newly_missed") + whole(rule, "newly_noted");
        undecided += whole(rule, "newly_undecided");
        gone += whole(rule, "no_longer");
    }
    json_object_open(&m->out, NULL);
    json_write_int(&m->out, "conversations", whole(test, "conversations"));
    json_write_int(&m->out, "differing", whole(test, "differing"));
    json_write_int(&m->out, "newly_found", found);
    json_write_int(&m->out, "no_longer_found", gone);
    json_write_int(&m->out, "newly_undecided", undecided);
    json_write_int(&m->out, "agents", whole(json_get(test, "agents"), "touched"));
    json_array_open(&m->out, "rules");
    for (size_t i = 0; i < json_length(changes); i++)
        json_write_string(&m->out, NULL, text_of(json_at(changes, i), "rule"));
    json_array_close(&m->out);
    write_scores(m, json_get(test, "scores"));
    cs_error code = write_samples(m, changes, message);
    json_object_close(&m->out);
    return code;
}

cs_error trial_result_make(cs_db *db, const char *json, size_t bytes, cs_arena *arena, const char **out,
                           int64_t *judged, cs_message *message) {
    making m = {.db = db};
    cs_json *test = NULL;
    cs_buffer made;
    buffer_init(&made, MOST_RESULT_BYTES);
    json_writer_init(&m.out, &made);
    cs_error code = json_parse(json, bytes, MOST_TEST_BYTES, &test, message);
    if (code == CS_OK) code = packer_open(db, &m.packer, message);
    if (code == CS_OK) code = write(&m, test, message);
    if (code == CS_OK) {
        *judged = whole(test, "conversations");
        *out = made.is_failed ? NULL : arena_string(arena, buffer_string(&made));
        if (!*out) code = message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    }
    packer_close(m.packer);
    json_free(test);
    buffer_free(&made);
    return code;
}
