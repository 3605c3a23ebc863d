#include "quality/judgement.h"

#include "base/clock.h"
#include "quality/archive_column.h"
#include "quality/judgement_place.h"
#include "quality/rule_stats.h"

#include <string.h>

static const char *const words[] = {
#define X(code, name) name,
    CS_ANSWER_TABLE(X)
#undef X
};

const char *answer_word(cs_answer_word answer) {
    return answer < CS_ANSWER_COUNT ? words[answer] : "";
}

cs_answer_word answer_parse(const char *word) {
    cs_answer_word answer = CS_ANSWER_AGREE;
    while (answer < CS_ANSWER_COUNT && (!word || strcmp(words[answer], word) != 0)) answer++;
    return answer;
}

const char *judgement_reason(cs_answer_word answer, unsigned index) {
    static const char *const reasons[CS_ANSWER_COUNT][9] = {
        [CS_ANSWER_WRONG] = {"other_meaning", "quoted", "excused", "done_elsewhere", "misheard", "wrong_person",
                             "not_applicable", "other"},
        [CS_ANSWER_MISSED] = {"other_words", "outside", "not_triggered", "misheard", "wrong_person", "other"},
    };
    return answer < CS_ANSWER_COUNT && index < 9 ? reasons[answer][index] : NULL;
}

/* ---- what may be said ---- */

static cs_error refuse(cs_message *message, const char *place, const char *reason, const char *remedy) {
    (void)message_set(message, CS_ERR_USAGE, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return CS_ERR_USAGE;
}

static bool is_reason(cs_answer_word answer, const char *reason) {
    for (unsigned i = 0; judgement_reason(answer, i); i++)
        if (strcmp(judgement_reason(answer, i), reason) == 0) return true;
    return false;
}

static bool is_empty(const char *text) {
    return !text || !*text;
}

static cs_error check_words(const cs_judgement *said, cs_message *message) {
    if (said->answer >= CS_ANSWER_COUNT)
        return refuse(message, "answer", "the answer is none of agree, wrong and missed", "send one of the three");
    if (!is_empty(said->reason) && !is_reason(said->answer, said->reason))
        return refuse(message, "reason", "the reason is not one of those for this answer",
                      "the reasons of each answer stand in docs/review.md; write anything else as note");
    if (said->answer != CS_ANSWER_AGREE && is_empty(said->reason) && is_empty(said->note))
        return refuse(message, "reason", "wrong and missed need a reason or a note",
                      "say why: who mends the rule reads it");
    if (said->note && strlen(said->note) > CS_MAX_JUDGEMENT_NOTE)
        return refuse(message, "note", "the note is too long", "2000 bytes are enough for why");
    return CS_OK;
}

static cs_error check_place(const cs_judgement *said, const cs_judged_place *place, cs_message *message) {
    if (said->turn < 0 || said->turn > place->turns)
        return refuse(message, "turn", "the conversation has no such turn",
                      "turns count from 1; leave it out for the whole conversation");
    if (said->answer == CS_ANSWER_WRONG && place->is_known && !verdict_needs_eye(place->verdict))
        return refuse(message, "answer", "the rule has found nothing there that could be wrong",
                      "say missed when it should have found something, or agree");
    if (said->answer == CS_ANSWER_MISSED && place->is_known && place->verdict > CS_VERDICT_UNDECIDED)
        return refuse(message, "answer", "the rule has found it there: it is not missed",
                      "say agree, or wrong; or name the turn that it missed");
    return CS_OK;
}

/* ---- what stands ---- */

typedef struct standing {
    int64_t number; /* 0: none */
    int64_t account, judged_ms;
    bool is_same; /* as what is said now */
    char answer[8], name[CS_MAX_ACCOUNT_NAME + 1];
} standing;

static bool is_same_text(const char *a, const char *b) {
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static cs_error find_standing(cs_db *db, int64_t seq, const cs_judgement *said, standing *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = (standing){0};
    cs_error code = db_query(db,
                             "SELECT j.number, j.account, j.judged_ms, j.answer, j.reason, j.note, j.name FROM "
                             "judgement j WHERE j.conversation = (SELECT external_id FROM conversation WHERE seq = "
                             ":seq) AND j.rule = :rule AND j.turn = :turn AND j.is_current = 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_text(stmt, "rule", said->rule);
    db_bind_int64(stmt, "turn", said->turn);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        out->number = db_int64(stmt, 0);
        out->account = db_int64(stmt, 1);
        out->judged_ms = db_int64(stmt, 2);
        (void)strncpy(out->answer, db_text(stmt, 3), sizeof out->answer - 1);
        (void)strncpy(out->name, db_text(stmt, 6), sizeof out->name - 1);
        out->is_same = strcmp(out->answer, answer_word(said->answer)) == 0 &&
                       is_same_text(db_text(stmt, 4), said->reason) && is_same_text(db_text(stmt, 5), said->note);
    }
    db_done(stmt);
    return code;
}

static cs_error refuse_standing(const standing *there, cs_message *message) {
    char when[32];
    clock_format(there->judged_ms, 0, when);
    (void)message_set(message, CS_ERR_CONFLICT, "%s has said \"%s\" here already, at %s",
                      there->name[0] ? there->name : "somebody", there->answer, when);
    message_place(message, "replaces");
    message_remedy(message, "look at what stands there; to replace it send its number %lld as replaces",
                   (long long)there->number);
    return CS_ERR_CONFLICT;
}

/* ---- writing ---- */

static cs_error lower(cs_db *db, int64_t number, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "UPDATE judgement SET is_current = 0 WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

static void bind_optional(cs_stmt *stmt, const char *name, const char *text) {
    if (is_empty(text))
        db_bind_null(stmt, name);
    else
        db_bind_text(stmt, name, text);
}

static void bind_number(cs_stmt *stmt, const char *name, int64_t number) {
    if (number)
        db_bind_int64(stmt, name, number);
    else
        db_bind_null(stmt, name);
}

static cs_error insert(cs_db *db, int64_t seq, const cs_account *account, const cs_judgement *said,
                       const cs_judged_place *place, int64_t review, int64_t supersedes, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(
        db,
        "INSERT INTO judgement (conversation, rule, turn, answer, reason, note, verdict, stratum, ruleset, definition, "
        "review, account, name, judged_ms, supersedes, is_current) VALUES ((SELECT external_id FROM conversation WHERE "
        "seq = :seq), :rule, :turn, :answer, :reason, :note, :verdict, :stratum, (SELECT ruleset FROM conversation "
        "WHERE seq = :seq), :definition, :review, :account, :name, :now, :supersedes, 1)",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_text(stmt, "rule", said->rule);
    db_bind_int64(stmt, "turn", said->turn);
    db_bind_text(stmt, "answer", answer_word(said->answer));
    bind_optional(stmt, "reason", said->reason);
    bind_optional(stmt, "note", said->note);
    db_bind_text(stmt, "verdict", place->is_known ? verdict_name(place->verdict) : "");
    db_bind_text(stmt, "stratum", place->has_stratum ? review_stratum_name(place->stratum) : "");
    bind_hash(stmt, "definition", &place->definition);
    bind_number(stmt, "review", review);
    db_bind_int64(stmt, "account", account->number);
    db_bind_text(stmt, "name", account->name);
    db_bind_int64(stmt, "now", clock_now_ms());
    bind_number(stmt, "supersedes", supersedes);
    return db_run(stmt, message);
}

cs_error judgement_put(cs_db *db, const cs_ruleset *ruleset, int64_t seq, const cs_account *account,
                       const cs_judgement *said, cs_message *message) {
    standing there;
    cs_judged_place place;
    int64_t review = 0;
    cs_error code = check_words(said, message);
    if (code == CS_OK) code = judged_place_find(db, ruleset, seq, said->rule, said->turn, &place, message);
    if (code == CS_OK) code = check_place(said, &place, message);
    if (code == CS_OK) code = find_standing(db, seq, said, &there, message);
    if (code != CS_OK) return code;
    if (there.is_same) return CS_OK;
    bool is_free =
        !there.number || there.number == said->replaces || (there.account == account->number && !said->replaces);
    if (!is_free) return refuse_standing(&there, message);
    if (said->drawn) code = review_origin_keep(db, said->drawn, place.definition, account, &review, message);
    if (code == CS_OK && there.number) code = lower(db, there.number, message);
    return code == CS_OK ? insert(db, seq, account, said, &place, review, there.number, message) : code;
}

/* ---- taking back ---- */

static cs_error find_own(cs_db *db, int64_t seq, int64_t number, const cs_account *account, int64_t *supersedes,
                         cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT is_current, account, supersedes FROM judgement WHERE number = :number AND "
                             "conversation = (SELECT external_id FROM conversation WHERE seq = :seq)",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row) {
        code = message_set(message, CS_ERR_NOT_FOUND, "there is no judgement %lld in this conversation",
                           (long long)number);
        message_remedy(message, "its number stands in the conversation's judgements");
    } else if (code == CS_OK && db_int64(stmt, 0) != 1) {
        code = message_set(message, CS_ERR_CONFLICT, "this judgement stands no more: it was replaced or taken back");
        message_remedy(message, "look at what stands there now");
    } else if (code == CS_OK && db_int64(stmt, 1) != account->number && !account_may(account, CS_ACCOUNT_MANAGER)) {
        code = message_set(message, CS_ERR_FORBIDDEN, "this judgement is another person's");
        message_remedy(message, "replace it with your own, or ask a manager to take it back");
    } else if (code == CS_OK)
        *supersedes = db_is_null(stmt, 2) ? 0 : db_int64(stmt, 2);
    db_done(stmt);
    return code;
}

static cs_error raise(cs_db *db, int64_t number, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "UPDATE judgement SET is_current = 1 WHERE number = :number AND withdrawn_ms IS NULL",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

cs_error judgement_withdraw(cs_db *db, int64_t seq, int64_t number, const cs_account *account, cs_message *message) {
    int64_t supersedes = 0;
    cs_stmt *stmt = NULL;
    cs_error code = find_own(db, seq, number, account, &supersedes, message);
    if (code == CS_OK)
        code = db_query(db,
                        "UPDATE judgement SET is_current = 0, withdrawn_ms = :now, withdrawn_by = :name WHERE number "
                        "= :number",
                        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "now", clock_now_ms());
    db_bind_text(stmt, "name", account->name);
    db_bind_int64(stmt, "number", number);
    code = db_run(stmt, message);
    return code == CS_OK && supersedes ? raise(db, supersedes, message) : code;
}
