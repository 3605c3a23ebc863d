#include "quality/inspect_sampler.h"

void sampler_init(cs_sampler *sampler, cs_writer *writer) {
    sampler->writer = writer;
    (void)pthread_mutex_init(&sampler->lock, NULL);
    buffer_init(&sampler->samples, (size_t)CS_SAMPLES * CS_SAMPLE_BYTES);
}

void sampler_free(cs_sampler *sampler) {
    buffer_free(&sampler->samples);
    (void)pthread_mutex_destroy(&sampler->lock);
}

static cs_error train(void *context, cs_db *db, cs_message *message) {
    cs_sampler *s = context;
    return packer_train(db, s->samples.data, s->lengths, s->count, message);
}

static void trained(void *context, cs_error code, const cs_message *message) {
    cs_sampler *s = context;
    (void)message;
    if (code == CS_OK) atomic_fetch_add(&s->dictionaries, 1); /* without one bodies are larger, not wrong */
}

static void take_sample(cs_sampler *s, const cs_buffer *body) {
    (void)pthread_mutex_lock(&s->lock);
    bool is_enough = false;
    if (!s->is_training && s->count < CS_SAMPLES) {
        size_t bytes = body->length < CS_SAMPLE_BYTES ? body->length : CS_SAMPLE_BYTES;
        if (buffer_append(&s->samples, body->data, bytes)) s->lengths[s->count++] = bytes;
        is_enough = s->is_training = s->count == CS_SAMPLES;
    }
    (void)pthread_mutex_unlock(&s->lock);
    if (is_enough) (void)writer_submit(s->writer, train, trained, s);
}

cs_error sampler_pack(cs_sampler *sampler, cs_packer *packer, int *seen, const cs_buffer *body, cs_buffer *out,
                      cs_message *message) {
    int trained_now = atomic_load(&sampler->dictionaries);
    if (trained_now != *seen) {
        *seen = trained_now;
        (void)packer_refresh(packer, message);
    }
    if (!packer_has_dictionary(packer)) take_sample(sampler, body);
    return packer_pack(packer, body->data, body->length, out, message);
}
