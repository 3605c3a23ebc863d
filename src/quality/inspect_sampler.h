/* inspect_sampler.h - the first bodies of a store without dictionary, from which one is trained when there are enough.
 * Floor: quality. Private to inspect*.c. Memory: sampler_free, after the writer was closed. Threads: any, one packer each.
 * Example: sampler_pack(&sampler, packer, &seen, &body, &frame, &m);
 */
#ifndef CS_QUALITY_INSPECT_SAMPLER_H
#define CS_QUALITY_INSPECT_SAMPLER_H

#include "store/pack.h"
#include "store/writer.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    CS_SAMPLES = 1000, /* bodies a dictionary is trained from */
    CS_SAMPLE_BYTES = 4096, /* of each; longer ones pack well by themselves */
};

typedef struct cs_sampler {
    cs_writer *writer;
    pthread_mutex_t lock;
    cs_buffer samples;
    size_t lengths[CS_SAMPLES], count;
    bool is_training;
    atomic_int dictionaries; /* how many were trained */
} cs_sampler;

void sampler_init(cs_sampler *sampler, cs_writer *writer);
void sampler_free(cs_sampler *sampler);
/* seen: how many dictionaries this packer knows of. */
cs_error sampler_pack(cs_sampler *sampler, cs_packer *packer, int *seen, const cs_buffer *body, cs_buffer *out,
                      cs_message *message);

#endif
