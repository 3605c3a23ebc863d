#include "http/desk.h"

bool rule_shelf_init(cs_rule_shelf *shelf) {
    *shelf = (cs_rule_shelf){0};
    return pthread_mutex_init(&shelf->lock, NULL) == 0;
}

void rule_shelf_free(cs_rule_shelf *shelf) {
    if (shelf->ruleset) ruleset_release(shelf->ruleset);
    (void)pthread_mutex_destroy(&shelf->lock);
}

static cs_error hold_ruleset(cs_rule_shelf *shelf, cs_db *db, cs_ruleset **out, cs_message *message) {
    cs_hash id;
    cs_error code = archive_current_ruleset(db, &id, message);
    if (code == CS_ERR_NOT_FOUND)
        message_remedy(message, "run callscope inspect first, or import something: it fills the store");
    if (code != CS_OK) return code;
    (void)pthread_mutex_lock(&shelf->lock);
    if (!shelf->ruleset || !hash_equal(shelf->id, id)) {
        cs_ruleset *loaded = NULL;
        code = archive_load_ruleset(db, id, &loaded, message);
        if (code == CS_OK) {
            if (shelf->ruleset) ruleset_release(shelf->ruleset);
            shelf->ruleset = loaded;
            shelf->id = id;
        }
    }
    if (code == CS_OK) {
        ruleset_hold(shelf->ruleset);
        *out = shelf->ruleset;
    }
    (void)pthread_mutex_unlock(&shelf->lock);
    return code;
}

void desk_close(cs_desk *desk) {
    packer_close(desk->packer);
    db_close(desk->db);
    desk->packer = NULL;
    desk->db = NULL;
}

bool desk_is_away(const cs_desk *desk) {
    return !desk->db || db_is_lost(desk->db);
}

static cs_error open_desk(cs_desk *desk, cs_message *message) {
    if (desk->db && db_is_lost(desk->db)) desk_close(desk);
    if (desk->db) return CS_OK;
    cs_error code = db_open(desk->data, desk->mode, &desk->db, message);
    if (code == CS_ERR_NOT_FOUND)
        message_remedy(message, "run callscope inspect first, or import something: it makes the store");
    if (code == CS_OK) code = packer_open(desk->db, &desk->packer, message);
    if (code != CS_OK) desk_close(desk);
    return code;
}

cs_error desk_open(cs_desk *desk, cs_db **out, cs_message *message) {
    cs_error code = open_desk(desk, message);
    if (code == CS_OK) *out = desk->db;
    return code;
}

static cs_error call(cs_desk *desk, const cs_route *route, cs_request *request, cs_answer *answer,
                     cs_message *message) {
    cs_json_writer out;
    cs_error code = CS_OK;
    json_writer_init(&out, &answer->body);
    if (desk->db) {
        code = hold_ruleset(desk->shelf, desk->db, &request->ruleset, message);
        if (code == CS_ERR_NOT_FOUND && route->need != CS_NEED_RULES) code = CS_OK;
    }
    if (code == CS_OK) code = route->handle(request, &out, message);
    if (code == CS_OK && answer->body.is_failed)
        code = message_set(message, CS_ERR_MEMORY, "the answer is too large for the memory of this machine");
    if (request->ruleset) ruleset_release(request->ruleset);
    request->ruleset = NULL;
    return code;
}

static cs_error call_alone(cs_desk *desk, const cs_route *route, cs_request *request, cs_answer *answer,
                           cs_message *message) {
    cs_json_writer out;
    json_writer_init(&out, &answer->body);
    request->desk = desk;
    return route->handle(request, &out, message);
}

cs_error desk_look(cs_desk *desk, cs_db **out, cs_message *message) {
    cs_error code = open_desk(desk, message);
    if (code == CS_OK) code = db_begin(desk->db, message);
    if (code == CS_OK) *out = desk->db;
    return code;
}

void desk_leave(cs_desk *desk) {
    if (desk->db) db_rollback(desk->db);
}

cs_error desk_check_rules(cs_desk *desk, cs_message *message) {
    cs_ruleset *ruleset = NULL;
    cs_error code = hold_ruleset(desk->shelf, desk->db, &ruleset, message);
    ruleset_release(ruleset);
    return code;
}

cs_error desk_answer(cs_desk *desk, const cs_route *route, cs_request *request, cs_answer *answer,
                     cs_message *message) {
    if (route->need == CS_NEED_NO_STORE || route->need == CS_NEED_SIGNING)
        return call_alone(desk, route, request, answer, message);
    cs_error code = open_desk(desk, message);
    if (code == CS_ERR_NOT_FOUND && route->need == CS_NEED_NOTHING) return call(desk, route, request, answer, message);
    if (code == CS_OK) code = db_begin(desk->db, message);
    if (code != CS_OK) return code;
    request->db = desk->db;
    request->packer = desk->packer;
    code = call(desk, route, request, answer, message);
    if (code == CS_OK && route->need == CS_NEED_WRITING) return db_commit(desk->db, message);
    db_rollback(desk->db); /* nothing was written, or all of it is undone */
    return code;
}
