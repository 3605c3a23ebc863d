#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <math.h>
#include <string.h>

/* A real transform of 256 samples is a complex one of 128; that is four of 32, one in each lane, turned and added. */
static const double pi = 3.14159265358979323846;

static void init_bands(cs_waves *waves) {
    for (int k = 0; k < SPECTRUM_BINS; k++) {
        double hz = k * (double)SLOW_RATE_HZ / SPECTRUM_SAMPLES;
        double band = hz < 300 ? -1 : PRINT_BANDS * log(hz / 300) / log(1900.0 / 300);
        waves->band_of[k] = band < 0 || band >= PRINT_BANDS ? PRINT_BANDS : (uint8_t)band;
    }
}

void waves_init(cs_waves *waves) {
    for (int i = 0; i < SPECTRUM_SAMPLES; i++)
        waves->window[i] = (float)(0.5 - 0.5 * cos(2 * pi * i / SPECTRUM_SAMPLES));
    for (int i = 0; i < 16; i++) {
        waves->turn32[0][i] = (float)cos(2 * pi * i / 32);
        waves->turn32[1][i] = (float)-sin(2 * pi * i / 32);
    }
    for (int k = 0; k < 32; k++)
        for (int j = 0; j < 4; j++) {
            waves->turn128[0][k][j] = (float)cos(2 * pi * j * k / 128);
            waves->turn128[1][k][j] = (float)-sin(2 * pi * j * k / 128);
        }
    for (int k = 0; k < SPECTRUM_BINS; k++) {
        waves->turn256[0][k] = (float)cos(2 * pi * k / SPECTRUM_SAMPLES);
        waves->turn256[1][k] = (float)-sin(2 * pi * k / SPECTRUM_SAMPLES);
    }
    for (int i = 0; i < 32; i++)
        waves->order[i] = (uint8_t)((i & 1) << 4 | (i & 2) << 2 | (i & 4) | (i & 8) >> 2 | (i & 16) >> 4);
    init_bands(waves);
}

static void transform_32(const cs_waves *waves, cs_lanes *re, cs_lanes *im) {
    for (int half = 1; half < 32; half *= 2)
        for (int k = 0; k < half; k++) {
            float c = waves->turn32[0][k * 16 / half], s = waves->turn32[1][k * 16 / half];
            for (int i = k; i < 32; i += 2 * half) {
                cs_lanes r = c * re[i + half] - s * im[i + half], t = c * im[i + half] + s * re[i + half];
                re[i + half] = re[i] - r;
                im[i + half] = im[i] - t;
                re[i] += r;
                im[i] += t;
            }
        }
}

/* out[k + 32 q] = the sum over lanes j of lane j of in[k], turned by jk/128 and jq/4. */
static void join_lanes(const cs_waves *waves, const cs_lanes *re, const cs_lanes *im, float *out_re, float *out_im) {
    for (int k = 0; k < 32; k += 4) {
        float r[4][4], t[4][4]; /* [lane][k] */
        for (int i = 0; i < 4; i++) {
            cs_lanes c = lanes_at(waves->turn128[0][k + i]), s = lanes_at(waves->turn128[1][k + i]);
            cs_lanes a = c * re[k + i] - s * im[k + i], b = c * im[k + i] + s * re[k + i];
            for (int j = 0; j < 4; j++) {
                r[j][i] = a[j];
                t[j][i] = b[j];
            }
        }
        cs_lanes sum_re = lanes_at(r[0]) + lanes_at(r[2]), less_re = lanes_at(r[0]) - lanes_at(r[2]);
        cs_lanes sum_im = lanes_at(t[0]) + lanes_at(t[2]), less_im = lanes_at(t[0]) - lanes_at(t[2]);
        cs_lanes odd_re = lanes_at(r[1]) + lanes_at(r[3]), odd_less_re = lanes_at(r[1]) - lanes_at(r[3]);
        cs_lanes odd_im = lanes_at(t[1]) + lanes_at(t[3]), odd_less_im = lanes_at(t[1]) - lanes_at(t[3]);
        lanes_put(out_re + k, sum_re + odd_re);
        lanes_put(out_im + k, sum_im + odd_im);
        lanes_put(out_re + k + 32, less_re + odd_less_im);
        lanes_put(out_im + k + 32, less_im - odd_less_re);
        lanes_put(out_re + k + 64, sum_re - odd_re);
        lanes_put(out_im + k + 64, sum_im - odd_im);
        lanes_put(out_re + k + 96, less_re - odd_less_im);
        lanes_put(out_im + k + 96, less_im + odd_less_re);
    }
}

/* Power of each bin, 1 for a full-scale sine in its middle. */
void spectrum_of(const cs_waves *waves, const float *samples, float *power) {
    cs_lanes re[32], im[32];
    for (int m = 0; m < 32; m++) {
        const float *x = samples + 8 * m, *w = waves->window + 8 * m;
        int i = waves->order[m];
        re[i] = (cs_lanes){x[0] * w[0], x[2] * w[2], x[4] * w[4], x[6] * w[6]};
        im[i] = (cs_lanes){x[1] * w[1], x[3] * w[3], x[5] * w[5], x[7] * w[7]};
    }
    transform_32(waves, re, im);
    float z_re[SPECTRUM_BINS + 4], z_im[SPECTRUM_BINS + 4];
    join_lanes(waves, re, im, z_re, z_im);
    z_re[SPECTRUM_BINS] = z_re[0];
    z_im[SPECTRUM_BINS] = z_im[0];
    for (int k = 0; k < SPECTRUM_BINS; k += 4) {
        const float *from_re = z_re + SPECTRUM_BINS - k, *from_im = z_im + SPECTRUM_BINS - k;
        cs_lanes mirror_re = {from_re[0], from_re[-1], from_re[-2], from_re[-3]};
        cs_lanes mirror_im = {from_im[0], from_im[-1], from_im[-2], from_im[-3]};
        cs_lanes even_re = lanes_at(z_re + k) + mirror_re, even_im = lanes_at(z_im + k) - mirror_im;
        cs_lanes odd_re = lanes_at(z_im + k) + mirror_im, odd_im = mirror_re - lanes_at(z_re + k);
        cs_lanes c = lanes_at(waves->turn256[0] + k), s = lanes_at(waves->turn256[1] + k);
        cs_lanes r = even_re + c * odd_re - s * odd_im, t = even_im + c * odd_im + s * odd_re;
        lanes_put(power + k, (r * r + t * t) * (4.0F / SPECTRUM_SAMPLES / SPECTRUM_SAMPLES));
    }
}
