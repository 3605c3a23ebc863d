#include "conversation/email_thread.h"

#include "conversation/email_text.h"

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

/* A mail without References that calls itself a reply joins the one with its subject between the same two people. */
static bool join_by_subject(cs_threads *t, const cs_email *email, uint32_t node, cs_arena *arena) {
    bool is_reply;
    const char *core = email_subject_core(email->subject, &is_reply);
    if (!*core || !email->from.address || email->to_count == 0) return true;
    const char *a = email->from.address, *b = email->to[0].address;
    bool is_ordered = strcmp(a, b) <= 0;
    const char *key = arena_printf(arena, "%s\n%s\n%s", core, is_ordered ? a : b, is_ordered ? b : a);
    if (!key) return false;
    uint32_t other = index_find(&t->subjects, key, strlen(key));
    if (other == CS_INDEX_NONE) return index_add(&t->subjects, key, strlen(key), node, arena);
    if (is_reply && email->reference_count == 0) unite(t, node, other);
    return true;
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
    if (!join_by_subject(t, email, node, arena) || !arena_room(arena, &mails, &t->room, t->count, sizeof *t->mails))
        return false;
    t->mails = mails;
    cs_thread_mail *mail = &t->mails[t->count];
    *mail = (cs_thread_mail){.offset = offset, .line = line, .date_ms = email->date_ms, .node = node};
    mail->id = email->id ? arena_string(arena, email->id) : NULL;
    mail->root = email->reference_count ? arena_string(arena, email->references[0]) : NULL;
    if ((email->id && !mail->id) || (email->reference_count && !mail->root)) return false;
    t->nodes[node].mail = t->count++;
    return true;
}

bool email_threads_join(cs_threads *t, cs_arena *arena) {
    uint32_t *first = arena_array(arena, t->node_count, sizeof *first),
             *last = arena_array(arena, t->node_count, sizeof *last);
    if (!first || !last) return false;
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
