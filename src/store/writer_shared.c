#include "store/writer_shared.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STORES = 16 };

static struct entry {
    char *data;
    cs_writer *writer; /* NULL: a free place */
    int holders;
    bool is_lost;
} entries[MOST_STORES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct entry *find(const char *data) {
    for (int i = 0; i < MOST_STORES; i++)
        if (entries[i].writer && !entries[i].is_lost && strcmp(entries[i].data, data) == 0) return &entries[i];
    return NULL;
}

static struct entry *find_writer(const cs_writer *writer) {
    int i = 0;
    while (i < MOST_STORES && entries[i].writer != writer) i++;
    return i < MOST_STORES ? &entries[i] : NULL;
}

static cs_error open_new(const char *data, struct entry **out, cs_message *message) {
    cs_writer *writer = NULL;
    struct entry *e = find_writer(NULL);
    if (!e) return message_set(message, CS_ERR_LIMIT, "one program writes to %d stores at most", MOST_STORES);
    char *name = strdup(data);
    cs_error code = name ? writer_open(data, &writer, message)
                         : message_set(message, CS_ERR_MEMORY, "no memory for the writer of the store");
    if (code != CS_OK) {
        free(name);
        return code;
    }
    *e = (struct entry){.data = name, .writer = writer};
    *out = e;
    return CS_OK;
}

cs_error writer_take(const char *data, cs_writer **out, cs_message *message) {
    (void)pthread_mutex_lock(&lock);
    struct entry *e = find(data);
    cs_error code = e ? CS_OK : open_new(data, &e, message);
    if (code == CS_OK) {
        e->holders++;
        *out = e->writer;
    }
    (void)pthread_mutex_unlock(&lock);
    return code;
}

void writer_leave(cs_writer *writer) {
    cs_writer *last = NULL;
    (void)pthread_mutex_lock(&lock);
    struct entry *e = writer ? find_writer(writer) : NULL;
    if (e && --e->holders == 0) {
        last = writer;
        free(e->data);
        *e = (struct entry){0};
    }
    (void)pthread_mutex_unlock(&lock);
    writer_close(last);
}

void writer_forget(const cs_writer *writer) {
    (void)pthread_mutex_lock(&lock);
    struct entry *e = writer ? find_writer(writer) : NULL;
    if (e) e->is_lost = true;
    (void)pthread_mutex_unlock(&lock);
}
