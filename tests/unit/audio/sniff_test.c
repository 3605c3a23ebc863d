#include "audio/sniff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef struct sample {
    const char *bytes;
    size_t length;
    cs_audio_kind kind;
    const char *name;
} sample;

#define BYTES(text) (text), sizeof(text) - 1

static void expect(const sample *s) {
    const char *name = "not set";
    cs_audio_kind kind = sniff_audio(s->bytes, s->length, &name);
    if (kind != s->kind) print_error("%.16s: kind %d\n", s->bytes, (int)kind);
    assert_int_equal(kind, s->kind);
    if (s->name)
        assert_string_equal(name, s->name);
    else
        assert_null(name);
}

static void recordings_are_known_by_their_bytes(void **state) {
    (void)state;
    static const sample SAMPLES[] = {
        {BYTES("RIFF\x24\x08\0\0WAVEfmt "), CS_AUDIO_NATIVE, "wav"},
        {BYTES("RIFX\0\0\x08\x24WAVEfmt "), CS_AUDIO_NATIVE, "wav"},
        {BYTES("RF64\xFF\xFF\xFF\xFFWAVEds64"), CS_AUDIO_NATIVE, "wav"},
        {BYTES("BW64\xFF\xFF\xFF\xFFWAVEds64"), CS_AUDIO_NATIVE, "wav"},
        {BYTES("riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00........wave"), CS_AUDIO_NATIVE, "w64"},
        {BYTES("FORM\0\0\0\x40"
               "AIFFCOMM"),
         CS_AUDIO_NATIVE, "aiff"},
        {BYTES("FORM\0\0\0\x40"
               "AIFCFVER"),
         CS_AUDIO_NATIVE, "aiff"},
        {BYTES(".snd\0\0\0\x18\xFF\xFF\xFF\xFF"), CS_AUDIO_NATIVE, "au"},
        {BYTES("fLaC\0\0\0\x22...."), CS_AUDIO_NATIVE, "flac"},
        {BYTES("caff\0\1\0\0desc"), CS_AUDIO_NATIVE, "caf"},
        {BYTES("ID3\4\0\0\0\0\1\x7F...."), CS_AUDIO_NATIVE, "mp3"},
        {BYTES("#!AMR\n\x3C"), CS_AUDIO_CONVERTED, "amr"},
        {BYTES("#!AMR-WB\n\x3C"), CS_AUDIO_CONVERTED, "amr"},
        {BYTES("\0\0\0\x1C"
               "ftypM4A \0\0\2\0isom"),
         CS_AUDIO_CONVERTED, "m4a"},
        {BYTES("\0\0\0\x20"
               "ftypisom\0\0\2\0isom"),
         CS_AUDIO_CONVERTED, "mp4"},
        {BYTES("\0\0\0\x18"
               "ftyp3gp4\0\0\2\0isom"),
         CS_AUDIO_CONVERTED, "3gp"},
        {BYTES("\0\0\0\x14"
               "ftypqt  \0\0\2\0qt  "),
         CS_AUDIO_CONVERTED, "mov"},
        {BYTES("\0\0\x02\x14moov\0\0\0\x6Cmvhd"), CS_AUDIO_CONVERTED, "mov"},
        {BYTES("\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C"), CS_AUDIO_CONVERTED, "wma"},
        {BYTES("\x1A\x45\xDF\xA3\xA3\x42\x86\x81\x01\x42\x82\x88matroska"), CS_AUDIO_CONVERTED, "mkv"},
        {BYTES("\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\x82\x84webm...."), CS_AUDIO_CONVERTED, "webm"},
        {BYTES("RIFF\x24\x08\0\0AVI LIST"), CS_AUDIO_CONVERTED, "avi"},
        {BYTES("FLV\1\4\0\0\0\x09"), CS_AUDIO_CONVERTED, "flv"},
        {BYTES("\0\0\1\xBA\x44\0"), CS_AUDIO_CONVERTED, "mpeg"},
    };
    for (size_t i = 0; i < sizeof SAMPLES / sizeof *SAMPLES; i++) expect(&SAMPLES[i]);
}

static void other_files_are_none(void **state) {
    (void)state;
    static const sample SAMPLES[] = {
        {BYTES(""), CS_AUDIO_NONE, NULL},
        {BYTES("R"), CS_AUDIO_NONE, NULL},
        {BYTES("RIFF"), CS_AUDIO_NONE, NULL},
        {BYTES("RIFF\x24\x08\0\0WEBPVP8 "), CS_AUDIO_NONE, NULL},
        {BYTES("WEBVTT\n\n00:00.000 --> 00:01.000\nHello"), CS_AUDIO_NONE, NULL},
        {BYTES("{\"conversation\": {\"turns\": []}}"), CS_AUDIO_NONE, NULL},
        {BYTES("GET,GETS,GOT\nG,GGGG,G\n"), CS_AUDIO_NONE, NULL},
        {BYTES("\xEF\xBB\xBFid,started\n1,2026-01-01"), CS_AUDIO_NONE, NULL},
        {BYTES("\xFF\xFEi\0d\0,\0s\0t\0a\0r\0t\0"), CS_AUDIO_NONE, NULL},
        {BYTES("SQLite format 3\0\x10\0\1\1"), CS_AUDIO_NONE, NULL},
        {BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"), CS_AUDIO_NONE, NULL},
        {BYTES("\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"), CS_AUDIO_NONE, NULL},
        {BYTES("\0\0\0\x18"
               "ftypheic\0\0\0\0mif1"),
         CS_AUDIO_NONE, NULL},
        {BYTES("\0\0\0\x1C"
               "ftypavif\0\0\0\0mif1"),
         CS_AUDIO_NONE, NULL},
        {BYTES("PK\3\4\x14\0\6\0\x08\0\0\0!\0"), CS_AUDIO_NONE, NULL},
        {BYTES("%PDF-1.7\n%\xE2\xE3\xCF\xD3"), CS_AUDIO_NONE, NULL},
        {BYTES("ID3 is a tag, this is text\n"), CS_AUDIO_NONE, NULL},
        {BYTES("OggS is a container"), CS_AUDIO_NONE, NULL},
        {BYTES("#!AMRITA\n"), CS_AUDIO_NONE, NULL},
        {BYTES("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), CS_AUDIO_NONE, NULL},
        {BYTES("ffconcat version 1.0\nfile '/etc/passwd'\n"), CS_AUDIO_NONE, NULL},
        {BYTES(".snd is a file name"), CS_AUDIO_NONE, NULL},
    };
    for (size_t i = 0; i < sizeof SAMPLES / sizeof *SAMPLES; i++) expect(&SAMPLES[i]);
}

static void a_frame_is_believed_when_the_next_follows(void **state) {
    (void)state;
    char bytes[CS_SNIFF_BYTES] = {0};
    sample s = {bytes, sizeof bytes, CS_AUDIO_NONE, NULL};
    memcpy(bytes, "\xFF\xFB\x90\x64", 4); /* MPEG 1, layer III, 128 kbit/s, 44.1 kHz: 417 bytes */
    expect(&s);
    memcpy(bytes + 417, "\xFF\xFB\x90\x64", 4);
    s.kind = CS_AUDIO_NATIVE, s.name = "mp3";
    expect(&s);
    s.length = 420; /* the second header is cut off */
    s.kind = CS_AUDIO_NONE, s.name = NULL;
    expect(&s);
    s.length = sizeof bytes;
    bytes[418] = '\xF3'; /* MPEG 2 goes on where MPEG 1 began: chance */
    expect(&s);

    memset(bytes, 0, sizeof bytes);
    for (size_t at = 0; at < 400; at += 200)
        memcpy(bytes + at, "\xFF\xF1\x50\x80\x19\x1F\xFC", 7); /* ADTS, 200 bytes */
    s.kind = CS_AUDIO_CONVERTED, s.name = "aac";
    expect(&s);
    bytes[200] = 0;
    s.kind = CS_AUDIO_NONE, s.name = NULL;
    expect(&s);
}

static void a_transport_stream_is_known_by_five_packets(void **state) {
    (void)state;
    char bytes[CS_SNIFF_BYTES] = {0};
    sample s = {bytes, sizeof bytes, CS_AUDIO_CONVERTED, "mpegts"};
    for (size_t at = 0; at + 4 <= sizeof bytes; at += 188) memcpy(bytes + at, "\x47\x40\x11\x10", 4);
    expect(&s);
    s.length = 188 * 4;
    s.kind = CS_AUDIO_NONE, s.name = NULL;
    expect(&s);
    memset(bytes, 'G', sizeof bytes); /* text may look like it, but not in all four bytes */
    memset(bytes + 1, '\n', 3);
    s.length = sizeof bytes;
    bytes[188 * 2] = 'H';
    expect(&s);
}

static void ogg_is_told_by_its_codec(void **state) {
    (void)state;
    static const struct {
        const char *packet;
        cs_audio_kind kind;
    } CODECS[] = {{"OpusHead", CS_AUDIO_NATIVE},
                  {"\1vorbis", CS_AUDIO_CONVERTED},
                  {"Speex   ", CS_AUDIO_CONVERTED},
                  {"\x7F"
                   "FLAC\1",
                   CS_AUDIO_CONVERTED},
                  {"\x80theora", CS_AUDIO_CONVERTED},
                  {"fishead", CS_AUDIO_CONVERTED}};
    for (size_t i = 0; i < sizeof CODECS / sizeof *CODECS; i++) {
        char page[64] = "OggS\0\2";
        page[26] = 1, page[27] = 19;
        memcpy(page + 28, CODECS[i].packet, strlen(CODECS[i].packet));
        sample s = {page, sizeof page, CODECS[i].kind, "ogg"};
        expect(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recordings_are_known_by_their_bytes),
        cmocka_unit_test(other_files_are_none),
        cmocka_unit_test(a_frame_is_believed_when_the_next_follows),
        cmocka_unit_test(a_transport_stream_is_known_by_five_packets),
        cmocka_unit_test(ogg_is_told_by_its_codec),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
