#include "speech/openai.h"

#include "speech/http_client.h"

#include <stdlib.h>
#include <string.h>

enum { WAV_HEAD = 44, MOST_SOUND_BYTES = 16 << 20, PAUSE_MS = 500, MOST_PARTS = 6 };

struct cs_openai {
    const cs_remote_address *address;
    cs_http_client *client;
    cs_buffer wav, answer;
};

cs_error openai_open(const cs_remote_address *address, const volatile sig_atomic_t *is_stopped, cs_openai **out,
                     cs_message *message) {
    char key[CS_MAX_SPEECH_KEY_BYTES + 1];
    cs_openai *o = calloc(1, sizeof *o);
    if (!o) return message_set(message, CS_ERR_MEMORY, "no memory for a recogniser");
    o->address = address;
    buffer_init(&o->wav, MOST_SOUND_BYTES);
    buffer_init(&o->answer, CS_MAX_ANSWER_BYTES);
    cs_error code = remote_key_read(address, key, message);
    const cs_http_options options = {.key = key,
                                     .ca_file = address->ca_file,
                                     .proxy = address->proxy,
                                     .timeout_s = address->timeout_s,
                                     .pause_ms = PAUSE_MS,
                                     .is_stopped = is_stopped};
    if (code == CS_OK) code = http_client_open(&options, &o->client, message);
    explicit_bzero(key, sizeof key);
    if (code != CS_OK) {
        openai_close(o);
        return code;
    }
    *out = o;
    return CS_OK;
}

void openai_close(cs_openai *openai) {
    if (!openai) return;
    http_client_close(openai->client);
    buffer_free(&openai->wav);
    buffer_free(&openai->answer);
    free(openai);
}

static void put(cs_buffer *out, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++) {
        char byte = (char)(value >> (8 * i) & 0xff);
        buffer_append(out, &byte, 1);
    }
}

static bool make_wav(cs_buffer *out, const int16_t *samples, uint32_t count, int rate_hz) {
    uint32_t bytes = count * 2, rate = (uint32_t)rate_hz;
    buffer_clear(out);
    buffer_append(out, "RIFF", 4);
    put(out, WAV_HEAD - 8 + bytes, 4);
    buffer_append(out, "WAVEfmt ", 8);
    put(out, 16, 4);
    put(out, 1, 2); /* whole numbers */
    put(out, 1, 2); /* one channel */
    put(out, rate, 4);
    put(out, rate * 2, 4);
    put(out, 2, 2);
    put(out, 16, 2);
    buffer_append(out, "data", 4);
    put(out, bytes, 4);
    buffer_append(out, samples, bytes);
    return !out->is_failed;
}

static cs_form_part field(const char *name, const char *text) {
    return (cs_form_part){.name = name, .bytes = text, .length = strlen(text)};
}

static size_t fill_form(const cs_openai *o, cs_form_part parts[MOST_PARTS]) {
    const cs_remote_address *a = o->address;
    size_t count = 0;
    parts[count++] = (cs_form_part){"file", o->wav.data, o->wav.length, "sound.wav", "audio/wav"};
    parts[count++] = field("model", a->model ? a->model : "whisper-1");
    parts[count++] = field("response_format", a->format);
    parts[count++] = field("temperature", "0");
    if (a->language) parts[count++] = field("language", a->language);
    if (strcmp(a->format, "verbose_json") == 0) parts[count++] = field("timestamp_granularities[]", "word");
    return count;
}

static const char *remedy_of(long status) {
    switch (status) {
    case 400:
    case 422: return "see what it says; format=json behind # of the address asks less, model=NAME names another model";
    case 401:
    case 403: return "put its key into a file and say key-file=FILE behind # of the address";
    case 404: return "look at the path of the address and at the model's name behind #";
    case 429: return "fewer workers ask less often: --workers N";
    default: return status >= 500 ? "look into that server's own log" : "look at the address";
    }
}

static cs_error refuse(const cs_openai *o, long status, cs_message *message) {
    char words[160];
    bool is_elsewhere = status >= 300 && status < 400;
    openai_error_read(buffer_string(&o->answer), o->answer.length, words, sizeof words);
    if (is_elsewhere)
        message_set(message, CS_ERR_IO, "%.150s answers %ld: it sends elsewhere, which is not followed",
                    o->address->url, status);
    else
        message_set(message, CS_ERR_IO, "%.150s answers %ld%s%s", o->address->url, status, *words ? ": " : "", words);
    message_remedy(message, "%s", is_elsewhere ? "name the address itself" : remedy_of(status));
    return CS_ERR_IO;
}

cs_error openai_recognise(cs_openai *openai, const int16_t *samples, uint32_t count, int rate_hz,
                          const cs_sound_piece *piece, cs_arena *arena, cs_utterance **out, uint32_t *told,
                          cs_message *message) {
    cs_form_part parts[MOST_PARTS];
    cs_message words = {0};
    long status = 0;
    if (!make_wav(&openai->wav, samples, count, rate_hz))
        return message_set(message, CS_ERR_MEMORY, "no memory to send sound");
    size_t part_count = fill_form(openai, parts);
    cs_error code =
        http_client_post(openai->client, openai->address->url, parts, part_count, &openai->answer, &status, message);
    if (code != CS_OK) return code;
    if (status != 200) return refuse(openai, status, message);
    code = openai_answer_read(buffer_string(&openai->answer), openai->answer.length, openai->address->format, piece,
                              arena, out, told, &words);
    if (code == CS_OK || code == CS_ERR_MEMORY) return code == CS_OK ? CS_OK : (*message = words, code);
    message_set(message, CS_ERR_IO, "%.120s does not answer as it should: %.200s", openai->address->url, words.reason);
    message_place(message, "%s", words.place);
    message_remedy(message, "look whether it is an OpenAI-compatible address of transcriptions");
    return CS_ERR_IO;
}
