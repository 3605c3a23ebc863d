/* loudness.h - how loud speech is, and how much louder it should be for a model.
 * Floor: speech. Recordings of telephones and far microphones are faint; models are trained on sound of ordinary loudness, and
 * what is fainter is heard worse (docs/evaluate.md). Loudness is the gated one of EBU R 128, without its weighting.
 * Memory: plain values. Threads: any, one a stream.
 * Example: loudness_begin(&l, 8000); loudness_raise(&l, samples, count);
 */
#ifndef CS_SPEECH_LOUDNESS_H
#define CS_SPEECH_LOUDNESS_H

#include <stdint.h>

enum { LOUDNESS_STEPS = 70 }; /* dB below full scale: what is fainter counts for nothing */

typedef struct cs_loudness {
    uint32_t frames[LOUDNESS_STEPS]; /* of 20 ms, by how many dB they are below full scale */
    uint32_t frame_samples, filled; /* of a frame, of the one in hand */
    uint32_t told; /* frames since the gain was last looked at */
    double power; /* of the one in hand, summed */
    float gain, step; /* now, and by how much it moves each sample */
} cs_loudness;

void loudness_begin(cs_loudness *loudness, int rate_hz);
/* Mono, -1 to 1, in place: as loud as a model wants by what came before, never fainter. The gain is looked at every tenth of a
 * second and moves evenly; in how many blocks the samples come makes no difference. */
void loudness_raise(cs_loudness *loudness, float *samples, uint32_t count);
/* Of the speech so far as it came, dB below full scale; below 0: there was too little. */
double loudness_level(const cs_loudness *loudness);

#endif
