#include "http/errand.h"

#include "base/clock.h"
#include "base/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WAITING = 256, MAX_HELD = 64, LOOK_MS = 50 };

typedef enum lane_kind { LANE_WRITING, LANE_SIGNING, LANE_LOOKING, LANE_EXPORTING, LANE_HOLDING, LANES } lane_kind;

typedef struct lane {
    cs_errands *errands;
    cs_queue *queue;
    cs_desk desk;
    pthread_t thread;
    bool is_started;
} lane;

struct cs_errands {
    const cs_house *house;
    lane lanes[LANES];
    pthread_mutex_t lock;
    int waiting; /* under the lock: given and not yet resumed */
    bool is_ending;
};

/* ---- giving and taking ---- */

static void resume(cs_errands *errands, cs_exchange *exchange) {
    struct MHD_Connection *connection = exchange->connection; /* the exchange may be gone once it is resumed */
    (void)pthread_mutex_lock(&errands->lock);
    errands->waiting--;
    (void)pthread_mutex_unlock(&errands->lock);
    MHD_resume_connection(connection);
}

static bool is_ending(cs_errands *errands) {
    (void)pthread_mutex_lock(&errands->lock);
    bool is_it = errands->is_ending;
    (void)pthread_mutex_unlock(&errands->lock);
    return is_it;
}

bool errand_is_needed(const cs_route *route) {
    return route->need == CS_NEED_WRITING || route->need == CS_NEED_SIGNING || route->is_slow ||
           route->body != CS_BODY_NONE;
}

bool errand_submit(cs_errands *errands, cs_exchange *exchange) {
    const cs_route *route = exchange->match.route;
    lane_kind kind = route->need == CS_NEED_WRITING   ? LANE_WRITING
                     : route->need == CS_NEED_SIGNING ? LANE_SIGNING
                     : route->body == CS_BODY_NONE    ? LANE_EXPORTING
                                                      : LANE_LOOKING;
    (void)pthread_mutex_lock(&errands->lock);
    bool has_room = errands->waiting < MAX_WAITING && !errands->is_ending;
    if (has_room) errands->waiting++;
    (void)pthread_mutex_unlock(&errands->lock);
    if (!has_room) {
        exchange_refuse(exchange);
        return false;
    }
    MHD_suspend_connection(exchange->connection); /* before anybody could resume it */
    if (!queue_put(errands->lanes[kind].queue, exchange)) { /* it has room for all that may wait: it was closed */
        exchange_refuse(exchange);
        resume(errands, exchange);
    }
    return true;
}

/* ---- one after another ---- */

static void *serve(void *context) {
    lane *l = context;
    cs_exchange *exchange;
    while ((exchange = queue_take(l->queue)) != NULL) {
        if (is_ending(l->errands))
            exchange_refuse(exchange);
        else
            exchange_answer(exchange, &l->desk);
        if (exchange->hold.import && exchange->hold.ms > 0 &&
            queue_put(l->errands->lanes[LANE_HOLDING].queue, exchange))
            continue;
        resume(l->errands, exchange);
    }
    desk_close(&l->desk);
    return NULL;
}

/* ---- held until an import is done ---- */

typedef struct held {
    cs_exchange *exchange;
    int64_t until_ms;
} held;

static cs_error read_state(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_import_row row;
    (void)out;
    cs_error code = import_read(request->db, request->hold->import, &row, message);
    bool goes_on = code == CS_OK && (row.state == CS_IMPORT_STATE_WAITING || row.state == CS_IMPORT_STATE_RUNNING);
    return goes_on ? CS_ERR_STOPPED : code;
}

static bool is_done(lane *l, cs_exchange *exchange) {
    static const cs_route looking = {.method = "GET", .pattern = "", .handle = read_state, .need = CS_NEED_STORE};
    cs_answer unused;
    cs_message message;
    cs_request request = exchange->request;
    answer_init(&unused);
    cs_error code = desk_answer(&l->desk, &looking, &request, &unused, &message);
    answer_free(&unused);
    return code == CS_OK;
}

static void *hold(void *context) {
    lane *l = context;
    held all[MAX_HELD + 1]; /* one more than is held: that one is answered at once */
    size_t count = 0;
    while (count > 0 || !queue_is_done(l->queue)) {
        cs_exchange *new = count ? queue_take_within(l->queue, LOOK_MS) : queue_take(l->queue);
        int64_t now = clock_steady_ms();
        bool ends = is_ending(l->errands);
        if (new) {
            int64_t ms = count < MAX_HELD ? new->hold.ms : 0;
            all[count++] = (held){new, now + ms};
        }
        for (size_t i = 0; i < count;) {
            bool done = is_done(l, all[i].exchange);
            if (!done && !ends && now < all[i].until_ms) {
                i++;
                continue;
            }
            exchange_answer_held(all[i].exchange, &l->desk, done);
            resume(l->errands, all[i].exchange);
            all[i] = all[--count];
        }
    }
    desk_close(&l->desk);
    return NULL;
}

/* ---- start and stop ---- */

cs_error errands_start(const cs_house *house, cs_rule_shelf *rules, cs_errands **out, cs_message *message) {
    cs_errands *errands = calloc(1, sizeof *errands);
    if (!errands) return message_set(message, CS_ERR_MEMORY, "no memory for the server");
    errands->house = house;
    (void)pthread_mutex_init(&errands->lock, NULL);
    bool is_good = true;
    for (int i = 0; i < LANES && is_good; i++) {
        lane *l = &errands->lanes[i];
        l->errands = errands;
        l->desk = (cs_desk){house->data, rules, i == LANE_WRITING || i == LANE_SIGNING ? CS_DB_WRITE : CS_DB_READ, NULL,
                            NULL};
        l->queue = queue_create(MAX_WAITING);
        is_good = l->queue && pthread_create(&l->thread, NULL, i == LANE_HOLDING ? hold : serve, l) == 0;
        l->is_started = is_good;
    }
    if (!is_good) {
        errands_stop(errands);
        return message_set(message, CS_ERR_MEMORY, "the system gave no thread for the server");
    }
    *out = errands;
    return CS_OK;
}

void errands_stop(cs_errands *errands) {
    if (!errands) return;
    (void)pthread_mutex_lock(&errands->lock);
    errands->is_ending = true;
    (void)pthread_mutex_unlock(&errands->lock);
    for (int i = 0; i < LANES; i++) { /* those that hold last: the others may still give to them */
        lane *l = &errands->lanes[i];
        if (l->queue) queue_close(l->queue);
        if (l->is_started) (void)pthread_join(l->thread, NULL);
        queue_free(l->queue);
    }
    (void)pthread_mutex_destroy(&errands->lock);
    free(errands);
}
