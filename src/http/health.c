/* Whether this program lives, and whether it can do its work: for systemd, containers and load balancers. */
#include "http/desk.h"
#include "http/routes.h"

#include "base/log.h"

#include <stdio.h>
#include <sys/statvfs.h>

/* What an import of some thousand conversations needs; below it nothing should be sent here. */
static const double LEAST_FREE_BYTES = 0.5e9;

/* GET /healthz: says nothing about the store, so that a database that is away gets no server restarted. */
cs_error health_alive(const cs_request *request, cs_json_writer *out, cs_message *message) {
    (void)request, (void)message;
    json_object_open(out, NULL);
    json_write_bool(out, "alive", true);
    json_object_close(out);
    return CS_OK;
}

typedef struct findings {
    const cs_request *request;
    cs_json_writer *out;
    bool is_ready;
} findings;

static void add(findings *f, const char *what, bool is_good, const cs_message *message) {
    json_object_open(f->out, NULL);
    json_write_string(f->out, "check", what);
    json_write_bool(f->out, "ok", is_good);
    json_write_string(f->out, "reason", message->reason[0] ? message->reason : NULL);
    if (!is_good) json_write_string(f->out, "remedy", message->remedy[0] ? message->remedy : NULL);
    json_object_close(f->out);
    if (is_good) return;
    const cs_log_field fields[] = {
        {.name = "request", .text = f->request->answer->request_id},
        {.name = "check", .text = what},
        {.name = "reason", .text = message->reason},
        {.name = "place", .text = message->place},
        {.name = "remedy", .text = message->remedy},
    };
    log_event(CS_LOG_WARN, "not ready", fields, sizeof fields / sizeof fields[0]);
    f->is_ready = false;
}

/* No store yet is no hindrance: the first import makes it. */
static void check_store(findings *f) {
    cs_message message = {0}, rules = {0};
    cs_db *db = NULL;
    cs_desk *desk = f->request->desk;
    cs_error code = desk_look(desk, &db, &message);
    bool is_good = code == CS_OK || code == CS_ERR_NOT_FOUND;
    add(f, "store", is_good, &message);
    if (code == CS_OK) {
        code = desk_check_rules(desk, &rules);
        add(f, "rules", code == CS_OK || code == CS_ERR_NOT_FOUND, &rules);
    }
    desk_leave(desk);
}

static void check_disk(findings *f) {
    struct statvfs disk;
    cs_message message = {0};
    const char *data = f->request->data;
    if (statvfs(data, &disk) != 0 && statvfs(".", &disk) != 0) return;
    double bytes = (double)disk.f_bavail * (double)disk.f_frsize;
    if (bytes < LEAST_FREE_BYTES) {
        (void)message_set(&message, CS_ERR_IO, "there are %.2f GB of room left on the disk", bytes / 1e9);
        message_remedy(&message, "make room: writing needs at least half a gigabyte");
    }
    add(f, "disk", bytes >= LEAST_FREE_BYTES, &message);
}

/* GET /readyz: 503 with the reasons when the store, its rules or its disk are not fit. */
cs_error health_ready(const cs_request *request, cs_json_writer *out, cs_message *message) {
    (void)message;
    findings f = {request, out, true};
    json_object_open(out, NULL);
    json_array_open(out, "checks");
    check_store(&f);
    check_disk(&f);
    json_array_close(out);
    json_write_bool(out, "ready", f.is_ready);
    json_object_close(out);
    if (!f.is_ready) request->answer->status = 503;
    return CS_OK;
}
