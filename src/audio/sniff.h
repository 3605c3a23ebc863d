/* sniff.h - what kind of recording a file is, from its first bytes; its name decides nothing.
 * Floor: audio. Memory: names are constants. Threads: any.
 * Example: if (sniff_audio(head, bytes, &name) == CS_AUDIO_CONVERTED) ...
 */
#ifndef CS_AUDIO_SNIFF_H
#define CS_AUDIO_SNIFF_H

#include <stddef.h>

enum { CS_SNIFF_BYTES = 4096 }; /* as many as there are, at most so many */

typedef enum cs_audio_kind {
    CS_AUDIO_NONE, /* no recording */
    CS_AUDIO_NATIVE, /* the decoder reads it: wav, w64, aiff, au, flac, ogg opus, mp3, caf. It may still find a codec in it
                        that needs the converter: see decoder_open */
    CS_AUDIO_CONVERTED, /* needs the converter: amr, m4a, aac, wma, ogg vorbis, and video (mp4, mkv, webm, avi, …) */
} cs_audio_kind;

/* name: "wav", "amr", "mp4"; NULL when none. */
cs_audio_kind sniff_audio(const void *bytes, size_t length, const char **name);

#endif
