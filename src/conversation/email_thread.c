#include "conversation/email_thread.h"

#include "base/clock.h"
#include "conversation/email_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t root_of(const cs_threads *t, uint32_t node) {
    while (t->nodes[node].parent != node) {
        t->nodes[node].parent = t->nodes[t->nodes[node].parent].parent; /* halves the way */
        node = t->nodes[node].parent;
    }
    return node;
}

/* The smaller node stays, so that the result does not depend on anything but the file. */
static void unite(cs_threads *t, uint32_t a, uint32_t b) {
    a = root_of(t, a);
    b = root_of(t, b);
    if (a < b) t->nodes[b].parent = a;
    if (b < a) t->nodes[a].parent = b;
}

static bool new_node(cs_threads *t, cs_arena *arena, uint32_t *out) {
    void *nodes = t->nodes;
    if (!arena_room(arena, &nodes, &t->node_room, t->node_count, sizeof *t->nodes)) return false;
    t->nodes = nodes;
    *out = t->node_count++;
    t->nodes[*out] = (cs_thread_node){*out, CS_INDEX_NONE};
    return true;
}

static bool node_of_id(cs_threads *t, const char *id, cs_arena *arena, uint32_t *out) {
    size_t bytes = strlen(id);
    *out = index_find(&t->ids, id, bytes);
    if (*out != CS_INDEX_NONE) return true;
    const char *kept = arena_string(arena, id);
    return kept && new_node(t, arena, out) && index_add(&t->ids, kept, bytes, *out, arena);
}

/* The slot of what this person wrote under this subject; made when it is new. */
static bool subject_slot(cs_threads *t, const char *subject, const char *from, bool is_made, cs_arena *arena,
                         uint32_t *out) {
    char key[2048];
    int bytes = snprintf(key, sizeof key, "%s\n%s", subject, from);
    if (bytes < 0 || (size_t)bytes >= sizeof key) bytes = sizeof key - 1;
    *out = index_find(&t->subjects, key, (size_t)bytes);
    if (*out != CS_INDEX_NONE || !is_made) return true;
    void *last = t->last;
    const char *kept = arena_copy(arena, key, (size_t)bytes);
    if (!kept || !arena_room(arena, &last, &t->last_room, t->last_count, sizeof *t->last)) return false;
    t->last = last;
    *out = t->last_count++;
    return index_add(&t->subjects, kept, (size_t)bytes, *out, arena);
}

/* A reply that names no message answers the last one of its subject that one of its recipients wrote, or goes on with its
 * writer's own. */
static bool join_by_subject(cs_threads *t, uint32_t index, cs_arena *arena) {
    const cs_thread_mail *mail = &t->mails[index];
    uint32_t slot, answered = CS_INDEX_NONE;
    if (!mail->subject || !mail->from) return true;
    for (uint32_t i = 0; i <= mail->to_count && mail->to && answered == CS_INDEX_NONE; i++) {
        const char *whom = i < mail->to_count ? mail->to[i] : mail->from;
        if (!subject_slot(t, mail->subject, whom, false, arena, &slot)) return false;
        if (slot != CS_INDEX_NONE) answered = t->last[slot];
    }
    if (answered != CS_INDEX_NONE) unite(t, mail->node, t->mails[answered].node);
    if (!subject_slot(t, mail->subject, mail->from, true, arena, &slot)) return false;
    t->last[slot] = index;
    return true;
}

typedef struct dated {
    int64_t date_ms;
    uint32_t mail;
} dated;

/* Mails without a date come last, so that they answer rather than are answered. */
static int compare_dates(const void *a, const void *b) {
    const dated *x = a, *y = b;
    int64_t first = x->date_ms == CS_NO_TIME ? INT64_MAX : x->date_ms;
    int64_t second = y->date_ms == CS_NO_TIME ? INT64_MAX : y->date_ms;
    if (first != second) return first < second ? -1 : 1;
    return x->mail < y->mail ? -1 : x->mail > y->mail;
}

static bool join_subjects(cs_threads *t, cs_arena *arena) {
    dated *order = arena_array(arena, t->count, sizeof *order);
    if (!order) return false;
    for (uint32_t i = 0; i < t->count; i++) order[i] = (dated){t->mails[i].date_ms, i};
    qsort(order, t->count, sizeof *order, compare_dates);
    for (uint32_t i = 0; i < t->count; i++) {
        if (!join_by_subject(t, order[i].mail, arena)) return false;
    }
    return true;
}

/* What joining by subject will need. */
static bool note_subject(cs_thread_mail *mail, const cs_email *email, cs_arena *arena) {
    bool is_reply;
    const char *core = email_subject_core(email->subject, &is_reply);
    if (!*core || !email->from.address) return true;
    mail->subject = arena_string(arena, core);
    mail->from = arena_string(arena, email->from.address);
    if (!mail->subject || !mail->from) return false;
    if (!is_reply || email->reference_count) return true;
    mail->to = arena_array(arena, email->to_count + 1u, sizeof *mail->to);
    for (uint32_t i = 0; mail->to && i < email->to_count; i++) {
        if (!(mail->to[mail->to_count++] = arena_string(arena, email->to[i].address))) return false;
    }
    return mail->to != NULL;
}

bool email_threads_add(cs_threads *t, const cs_email *email, int64_t offset, int64_t line, cs_arena *arena) {
    uint32_t node, other;
    bool is_done = email->id ? node_of_id(t, email->id, arena, &node) : new_node(t, arena, &node);
    if (!is_done) return false;
    if (t->nodes[node].mail != CS_INDEX_NONE) { /* the same mail, filed in two folders */
        t->copies++;
        return true;
    }
    for (uint32_t i = 0; i < email->reference_count; i++) {
        if (!node_of_id(t, email->references[i], arena, &other)) return false;
        unite(t, node, other);
    }
    void *mails = t->mails;
    if (!arena_room(arena, &mails, &t->room, t->count, sizeof *t->mails)) return false;
    t->mails = mails;
    cs_thread_mail *mail = &t->mails[t->count];
    *mail = (cs_thread_mail){.offset = offset, .line = line, .date_ms = email->date_ms, .node = node};
    mail->id = email->id ? arena_string(arena, email->id) : NULL;
    mail->root = email->reference_count ? arena_string(arena, email->references[0]) : NULL;
    if ((email->id && !mail->id) || (email->reference_count && !mail->root)) return false;
    if (!note_subject(mail, email, arena)) return false;
    t->nodes[node].mail = t->count++;
    return true;
}

bool email_threads_join(cs_threads *t, cs_arena *arena) {
    uint32_t *first = arena_array(arena, t->node_count, sizeof *first),
             *last = arena_array(arena, t->node_count, sizeof *last);
    if (!first || !last || !join_subjects(t, arena)) return false;
    for (uint32_t i = 0; i < t->node_count; i++) first[i] = CS_INDEX_NONE;
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t root = root_of(t, t->mails[i].node);
        if (first[root] == CS_INDEX_NONE)
            first[root] = i;
        else
            t->mails[last[root]].next = i;
        last[root] = i;
        t->mails[i].thread = first[root];
        t->mails[i].next = CS_INDEX_NONE;
    }
    return true;
}
