/* Work orders, read: lists, one of them, findings that nobody answered, whom they can be given to. */
#include "http/routes.h"

#include "base/clock.h"
#include "service/order_list.h"
#include "service/order_page.h"
#include "service/order_people.h"
#include "service/order_unanswered.h"

#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)
enum { ORDER_ARENA = 8 << 20, USUAL_DAYS = 30, MOST_DAYS = 3660 };

static const char *text_value(const cs_request *request, const char *name) {
    const char *text = request_value(request, name);
    return text && *text ? text : NULL;
}

static cs_error wrong(const char *name, const char *takes, const char *text, cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of %s is not understood", text, name);
    message_place(message, "%s", name);
    message_remedy(message, "%s takes %s", name, takes);
    return CS_ERR_USAGE;
}

static cs_error flag_value(const cs_request *request, const char *name, bool *out, cs_message *message) {
    const char *text = text_value(request, name);
    *out = text && strcmp(text, "1") == 0;
    return text && !*out ? wrong(name, "1", text, message) : CS_OK;
}

static cs_error filter_read(const cs_request *request, cs_order_filter *out, cs_message *message) {
    *out = (cs_order_filter){.state = text_value(request, "state"),
                             .rule = text_value(request, "rule"),
                             .team = text_value(request, "team"),
                             .agent = text_value(request, "agent"),
                             .conversation = text_value(request, "conversation")};
    bool is_known = !out->state || strcmp(out->state, "active") == 0 || strcmp(out->state, "all") == 0 ||
                    order_state_parse(out->state) != CS_ORDER_STATES;
    if (!is_known) return wrong("state", "active, open, answered, appealed, closed or all", out->state, message);
    cs_error code = flag_value(request, "mine", &out->is_mine, message);
    if (code == CS_OK) code = flag_value(request, "waiting", &out->is_waiting, message);
    if (code == CS_OK) code = flag_value(request, "overdue", &out->is_overdue, message);
    return code;
}

static void empty_list(cs_json_writer *out) {
    json_object_open(out, NULL);
    json_array_open(out, "items");
    json_array_close(out);
    json_write_null(out, "next");
    json_object_open(out, "counts");
    for (cs_order_state state = 0; state < CS_ORDER_STATES; state++) json_write_int(out, order_state_name(state), 0);
    json_write_int(out, "overdue", 0);
    json_write_int(out, "waiting", 0);
    json_object_close(out);
    json_object_close(out);
}

/* GET /api/v1/orders?mine=&waiting=&overdue=&state=&rule=&team=&agent=&conversation=&limit=&after= */
cs_error orders_list(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_order_filter filter;
    int limit = 0;
    cs_error code = filter_read(request, &filter, message);
    if (code == CS_OK) code = request_limit(request, &limit, message);
    if (code != CS_OK) return code;
    if (request->db)
        return order_list(request->db, &filter, request->account, limit, text_value(request, "after"), clock_now_ms(),
                          out, message);
    empty_list(out);
    return CS_OK;
}

/* GET /api/v1/orders/{id} */
cs_error orders_one(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t number = 0;
    cs_order *order = NULL;
    cs_error code = request_row(request, "work order", &number, message);
    if (code != CS_OK) return code;
    cs_arena *arena = arena_create(ORDER_ARENA);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory for a work order");
    code = order_load_seen(request->db, number, request->account, arena, &order, message);
    if (code == CS_OK)
        code = order_page(request->db, request->packer, request->ruleset, order, request->account, clock_now_ms(), NULL,
                          out, message);
    arena_free(arena);
    return code;
}

/* GET /api/v1/orders/people */
cs_error orders_people(const cs_request *request, cs_json_writer *out, cs_message *message) {
    return order_people_write(request->db, out, message);
}

/* GET /api/v1/orders/unanswered?days=&from=&to=&rules=&team=&agent=&limit= */
cs_error orders_unanswered(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t days = USUAL_DAYS, now = clock_now_ms();
    int limit = 0;
    cs_error code = request_number(request, "days", 1, MOST_DAYS, &days, message);
    if (code != CS_OK) return code;
    cs_unanswered_ask ask = {.from_ms = now - days * DAY_MS,
                             .to_ms = now + DAY_MS, /* clocks of telephones run ahead */
                             .rules = text_value(request, "rules"),
                             .team = text_value(request, "team"),
                             .agent = text_value(request, "agent")};
    code = request_number(request, "from", 0, INT64_MAX, &ask.from_ms, message);
    if (code == CS_OK) code = request_number(request, "to", 0, INT64_MAX, &ask.to_ms, message);
    if (code == CS_OK) code = request_limit(request, &limit, message);
    ask.limit = limit;
    return code == CS_OK ? order_unanswered(request->db, request->ruleset, &ask, out, message) : code;
}
