/* degrade.h - good sound made as bad as a telephone line's: another rate, mu-law or A-law there and back.
 * Floor: speech. Samples are pushed in blocks of any size and come out in order; the blocks' sizes change nothing. Rates:
 * speech/resampler.h.
 * Memory: fixed. Threads: one a degrader. Example: degrade_create(16000, &(cs_degrading){8000, CS_COMPANDING_MU_LAW}, &d, &m);
 */
#ifndef CS_SPEECH_DEGRADE_H
#define CS_SPEECH_DEGRADE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum cs_companding { CS_COMPANDING_NONE, CS_COMPANDING_MU_LAW, CS_COMPANDING_A_LAW } cs_companding;

typedef struct cs_degrading {
    int rate_hz; /* 4000 to 192000; 0: as it is */
    cs_companding companding;
} cs_degrading;

typedef struct cs_degrader cs_degrader;
typedef bool (*cs_degraded)(void *context, const float *samples, uint32_t count); /* false stops */

cs_error degrade_create(int rate_hz, const cs_degrading *degrading, cs_degrader **out, cs_message *message);
int degrade_rate(const cs_degrader *degrader); /* of what comes out, Hz */
/* Mono, -1 to 1. false: the receiver said so. */
bool degrade_push(cs_degrader *degrader, const float *samples, uint32_t count, cs_degraded on_samples, void *context);
bool degrade_finish(cs_degrader *degrader, cs_degraded on_samples, void *context); /* the last few milliseconds */
void degrade_free(cs_degrader *degrader); /* NULL is allowed */

/* One sample there and back as ITU-T G.711 has it. */
float degrade_mu_law(float sample);
float degrade_a_law(float sample);

#endif
