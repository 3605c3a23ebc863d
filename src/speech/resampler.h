/* resampler.h - sound of one rate made sound of another: cleanly, since models hear what a filter lets through that was never there.
 * Floor: speech. A sinc under Kaiser's window, 80 dB down. To a lower rate: what is above 0.95 of its half is gone. To a higher one:
 * mirror images above 1.1 of the old rate's half are. Samples are pushed in blocks of any size and come out in order, as if they had
 * been pushed at once; the first that comes out stands where the first that went in stood. Equal rates: they come out as they are.
 * Memory: fixed. Threads: one a resampler.
 * Example: r = resampler_create(8000, 16000); resampler_push(r, samples, 160, on_samples, context); resampler_free(r);
 */
#ifndef CS_SPEECH_RESAMPLER_H
#define CS_SPEECH_RESAMPLER_H

#include <stdbool.h>
#include <stdint.h>

enum { CS_RESAMPLER_LEAST_HZ = 4000, CS_RESAMPLER_MOST_HZ = 192000 };

typedef struct cs_resampler cs_resampler;
typedef bool (*cs_resampled)(void *context, const float *samples, uint32_t count); /* false stops */

/* NULL: no memory, or a rate outside CS_RESAMPLER_LEAST_HZ to CS_RESAMPLER_MOST_HZ. */
cs_resampler *resampler_create(int from_hz, int to_hz);
/* false: the receiver said so. */
bool resampler_push(cs_resampler *resampler, const float *samples, uint32_t count, cs_resampled on_samples,
                    void *context);
bool resampler_finish(cs_resampler *resampler, cs_resampled on_samples, void *context); /* the last few milliseconds */
void resampler_free(cs_resampler *resampler); /* NULL is allowed */

#endif
