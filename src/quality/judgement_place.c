#include "quality/judgement_place.h"

#include "base/clock.h"
#include "quality/archive_column.h"

#include <string.h>

cs_hash judgement_definition(const cs_rule *rule) {
    cs_hash none = {{0}};
    return rule && rule->text ? hash_bytes(rule->text, strlen(rule->text)) : none;
}

cs_review_stratum review_stratum_of(cs_verdict verdict) {
    switch (verdict) {
    case CS_VERDICT_HIT:
    case CS_VERDICT_MISSED:
    case CS_VERDICT_NOTED: return CS_REVIEW_FOUND;
    case CS_VERDICT_UNDECIDED: return CS_REVIEW_UNDECIDED;
    case CS_VERDICT_NOT_APPLICABLE: return CS_REVIEW_NOT_APPLICABLE;
    default: return CS_REVIEW_PASSED;
    }
}

/* ---- what the machine says ---- */

/* The gravest finding of the rule, at the turn and anywhere; -1: none. */
static cs_error read_findings(cs_db *db, int64_t seq, const char *rule, int64_t turn, int64_t *here, int64_t *anywhere,
                              cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT max(CASE WHEN coalesce(turn, 0) = :turn THEN verdict ELSE -1 END), max(verdict) "
                             "FROM finding WHERE seq = :seq AND rule = :rule",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_text(stmt, "rule", rule);
    db_bind_int64(stmt, "turn", turn);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        *here = db_is_null(stmt, 0) ? -1 : db_int64(stmt, 0);
        *anywhere = db_is_null(stmt, 1) ? -1 : db_int64(stmt, 1);
    }
    db_done(stmt);
    return code;
}

/* The verdict of the whole conversation, where it was inspected under today's rules; -1: not known. */
static cs_error read_whole(cs_db *db, const cs_rule *rule, int64_t seq, int64_t *turns, int64_t *verdict,
                           cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    size_t count = 0;
    cs_error code = db_query(db,
                             "SELECT c.turns, i.verdicts, CASE WHEN c.ruleset = (SELECT CAST(value AS INTEGER) FROM "
                             "setting WHERE name = 'ruleset') THEN 1 ELSE 0 END FROM conversation c JOIN inspection i "
                             "ON i.seq = c.seq AND i.number = c.inspection WHERE c.seq = :seq",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row) code = message_set(message, CS_ERR_NOT_FOUND, "there is no such conversation");
    if (code == CS_OK) {
        const unsigned char *verdicts = db_bytes(stmt, 1, &count);
        *turns = db_int64(stmt, 0);
        *verdict = rule && db_int64(stmt, 2) == 1 && rule->index < count ? verdicts[rule->index] : -1;
    }
    db_done(stmt);
    return code;
}

cs_error judged_place_find(cs_db *db, const cs_ruleset *ruleset, int64_t seq, const char *rule, int64_t turn,
                           cs_judged_place *out, cs_message *message) {
    int64_t whole = -1, here = -1, anywhere = -1;
    const cs_rule *found = ruleset ? ruleset_find(ruleset, rule) : NULL;
    *out = (cs_judged_place){.definition = judgement_definition(found)};
    cs_error code = read_whole(db, found, seq, &out->turns, &whole, message);
    if (code == CS_OK) code = read_findings(db, seq, rule, turn, &here, &anywhere, message);
    if (code != CS_OK) return code;
    if (!found && anywhere < 0) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "there is no rule \"%.60s\"", rule);
        message_place(message, "rule");
        message_remedy(message, "the names of rules stand in GET /api/v1/facets");
        return CS_ERR_NOT_FOUND;
    }
    if (whole < 0) whole = anywhere;
    out->has_stratum = whole >= 0;
    out->stratum = review_stratum_of((cs_verdict)(whole < 0 ? 0 : whole));
    /* Where the rule has found things, but not here, it passed over this place. */
    if (here < 0 && whole >= 0) here = anywhere >= 0 && turn > 0 ? CS_VERDICT_CLEAN : whole;
    out->is_known = here >= 0;
    out->verdict = (cs_verdict)(here < 0 ? 0 : here);
    return CS_OK;
}

/* ---- the draw ---- */

static cs_error find_origin(cs_db *db, const cs_review_origin *origin, const cs_hash *definition, int64_t *number,
                            cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT number FROM review WHERE rule = :rule AND definition = :definition AND seed = "
                             ":seed AND take = :take",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", origin->rule);
    bind_hash(stmt, "definition", definition);
    db_bind_int64(stmt, "seed", origin->seed);
    db_bind_int64(stmt, "take", origin->take);
    code = db_step(stmt, &has_row, message);
    *number = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

static cs_error add_origin(cs_db *db, const cs_review_origin *origin, const cs_hash *definition,
                           const cs_account *account, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "INSERT INTO review (rule, definition, seed, take, found, passed, undecided, "
                             "not_applicable, account, name, made_ms) VALUES (:rule, :definition, :seed, :take, "
                             ":found, :passed, :undecided, :not_applicable, :account, :name, :now)",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "rule", origin->rule);
    bind_hash(stmt, "definition", definition);
    db_bind_int64(stmt, "seed", origin->seed);
    db_bind_int64(stmt, "take", origin->take);
    for (int i = 0; i < CS_REVIEW_COUNT; i++)
        db_bind_int64(stmt, review_stratum_name((cs_review_stratum)i), origin->populations[i]);
    db_bind_int64(stmt, "account", account->number);
    db_bind_text(stmt, "name", account->name);
    db_bind_int64(stmt, "now", clock_now_ms());
    return db_run(stmt, message);
}

cs_error review_origin_keep(cs_db *db, const cs_review_origin *origin, cs_hash definition, const cs_account *account,
                            int64_t *number, cs_message *message) {
    if (!*origin->rule) definition = (cs_hash){{0}}; /* a draw over all rules is of none of them */
    cs_error code = find_origin(db, origin, &definition, number, message);
    if (code != CS_OK || *number) return code;
    code = add_origin(db, origin, &definition, account, message);
    return code == CS_OK ? find_origin(db, origin, &definition, number, message) : code;
}
