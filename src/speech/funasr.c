#include "speech/funasr.h"

#include "base/clock.h"
#include "base/json.h"
#include "speech/funasr_answer.h"
#include "speech/websocket.h"

#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_BYTES = 64 << 20,
    SETUP_BYTES = 1 << 20,
    WEIGHT = 20, /* of a hot word, as in FunASR's own examples */
    LOOK_MS = 100,
    QUIET_MS = 2000, /* after a corrected sentence, where a server does not say that it was the last */
    MOST_PARTIAL_BYTES = 65536,
    MOST_MESSAGES = 10000, /* taken at once */
};

struct cs_funasr {
    cs_funasr_plan plan;
    cs_utterance_sink sink;
    cs_websocket *websocket;
    cs_arena *arena; /* of the answer in hand */
    cs_buffer text, partial; /* a message; what 2pass-online has said since the last correction */
    const char *mode;
    int64_t pushed; /* samples */
    int64_t told_ms;
    bool is_asked; /* the end was sent */
    bool is_ended; /* the server has told all */
    int64_t corrected_ms; /* on the steady clock, since then; 0: not yet */
};

static int64_t end_ms(const cs_funasr *f) {
    return f->plan.start_ms + f->pushed * 1000 / f->plan.rate_hz;
}

/* ---- beginning ---- */

static void write_hot_words(const cs_recogniser_options *options, cs_json_writer *writer) {
    cs_buffer words;
    cs_json_writer inner;
    if (options->hot_word_count == 0) return;
    buffer_init(&words, SETUP_BYTES);
    json_writer_init(&inner, &words);
    json_object_open(&inner, NULL);
    for (uint32_t i = 0; i < options->hot_word_count; i++) json_write_int(&inner, options->hot_words[i], WEIGHT);
    json_object_close(&inner);
    if (!words.is_failed) json_write_string(writer, "hotwords", buffer_string(&words));
    buffer_free(&words);
}

static cs_error send_setup(cs_funasr *f, cs_message *message) {
    cs_buffer setup;
    cs_json_writer writer;
    buffer_init(&setup, SETUP_BYTES);
    json_writer_init(&writer, &setup);
    json_object_open(&writer, NULL);
    json_write_string(&writer, "mode", f->mode);
    json_write_string(&writer, "wav_name", "sound"); /* nothing that names a conversation leaves the machine */
    json_write_string(&writer, "wav_format", "pcm");
    json_write_bool(&writer, "is_speaking", true);
    json_array_open(&writer, "chunk_size");
    json_write_int(&writer, NULL, 5);
    json_write_int(&writer, NULL, 10);
    json_write_int(&writer, NULL, 5);
    json_array_close(&writer);
    json_write_int(&writer, "audio_fs", f->plan.rate_hz);
    json_write_bool(&writer, "itn",
                    false); /* else its times would not fit its text; the transcript writes numbers itself */
    write_hot_words(f->plan.options, &writer);
    json_object_close(&writer);
    cs_error code = setup.is_failed ? message_set(message, CS_ERR_LIMIT, "the hot words are too long")
                                    : websocket_send(f->websocket, CS_FRAME_TEXT, setup.data, setup.length, message);
    buffer_free(&setup);
    return code;
}

static cs_error connect_to(cs_funasr *f, cs_message *message) {
    char key[CS_MAX_SPEECH_KEY_BYTES + 1];
    cs_error code = remote_key_read(f->plan.address, key, message);
    const cs_websocket_options options = {
        .address = f->plan.address, .key = key, .is_stopped = f->plan.options->is_stopped};
    if (code == CS_OK) code = websocket_open(&options, &f->websocket, message);
    explicit_bzero(key, sizeof key);
    return code;
}

cs_error funasr_begin(const cs_funasr_plan *plan, cs_funasr **out, cs_message *message) {
    cs_funasr *f = calloc(1, sizeof *f);
    if (!f || !(f->arena = arena_create(ANSWER_BYTES))) {
        free(f);
        return message_set(message, CS_ERR_MEMORY, "no memory for a stream");
    }
    f->plan = *plan;
    f->sink = *plan->sink;
    f->plan.sink = &f->sink;
    f->told_ms = plan->start_ms;
    f->mode = plan->address->mode ? plan->address->mode : plan->options->is_live ? "2pass" : "offline";
    buffer_init(&f->text, CS_MAX_FUNASR_BYTES);
    buffer_init(&f->partial, MOST_PARTIAL_BYTES);
    cs_error code = connect_to(f, message);
    if (code == CS_OK) code = send_setup(f, message);
    if (code != CS_OK) {
        funasr_close(f);
        return code;
    }
    *out = f;
    return CS_OK;
}

void funasr_close(cs_funasr *funasr) {
    if (!funasr) return;
    websocket_close(funasr->websocket);
    buffer_free(&funasr->text);
    buffer_free(&funasr->partial);
    arena_free(funasr->arena);
    free(funasr);
}

/* ---- what is told ---- */

static bool tell(cs_funasr *f, const cs_utterance *utterance) {
    return f->sink.on_utterance(f->sink.context, utterance);
}

/* A partial is a piece; people read all of the sentence so far. */
static bool tell_partial(cs_funasr *f, const cs_funasr_answer *answer) {
    for (uint32_t i = 0; i < answer->count; i++) {
        cs_utterance whole = answer->list[i];
        buffer_text(&f->partial, whole.text);
        whole.text = buffer_string(&f->partial);
        whole.start_ms = f->told_ms;
        if (!tell(f, &whole)) return false;
    }
    return true;
}

static bool tell_final(cs_funasr *f, const cs_funasr_answer *answer) {
    buffer_clear(&f->partial);
    for (uint32_t i = 0; i < answer->count; i++) {
        if (!tell(f, &answer->list[i])) return false;
        f->told_ms = answer->list[i].end_ms;
    }
    return true;
}

static cs_error take(cs_funasr *f, cs_message *message) {
    const cs_funasr_span span = {f->plan.start_ms, f->told_ms, end_ms(f)};
    cs_funasr_answer answer = {0};
    cs_message words = {0};
    arena_reset(f->arena);
    cs_error code = funasr_answer_read(buffer_string(&f->text), f->text.length, &span, f->arena, &answer, &words);
    if (code == CS_ERR_MEMORY) return message_set(message, code, "%s", words.reason);
    if (code != CS_OK) {
        message_set(message, CS_ERR_IO, "%.120s does not answer as it should: %.200s", f->plan.address->url,
                    words.reason);
        message_remedy(message, "look whether it is FunASR's WebSocket server");
        return CS_ERR_IO;
    }
    bool is_told = answer.is_partial ? tell_partial(f, &answer) : tell_final(f, &answer);
    if (!is_told) return message_set(message, CS_ERR_STOPPED, "the recognition was stopped");
    if (!f->is_asked) return CS_OK;
    if (answer.is_final || strcmp(f->mode, "offline") == 0) f->is_ended = true;
    if (answer.is_corrected) f->corrected_ms = clock_steady_ms();
    return CS_OK;
}

cs_error funasr_poll(cs_funasr *funasr, int wait_ms, cs_message *message) {
    cs_error code = CS_OK;
    bool has = true;
    for (int i = 0; i < MOST_MESSAGES && code == CS_OK && has && !funasr->is_ended; i++) {
        code = websocket_receive(funasr->websocket, i ? 0 : wait_ms, &funasr->text, &has, message);
        if (code == CS_OK && has) code = take(funasr, message);
    }
    return code;
}

cs_error funasr_push(cs_funasr *funasr, const int16_t *samples, uint32_t count, cs_message *message) {
    cs_error code = websocket_send(funasr->websocket, CS_FRAME_BINARY, samples, count * sizeof *samples, message);
    if (code != CS_OK) return code;
    funasr->pushed += count;
    return funasr_poll(funasr, 0, message);
}

cs_error funasr_finish(cs_funasr *funasr, cs_message *message) {
    static const char end[] = "{\"is_speaking\":false}";
    cs_funasr *f = funasr;
    int64_t until = clock_steady_ms() + (int64_t)f->plan.address->timeout_s * 1000;
    f->is_asked = true;
    cs_error code = websocket_send(f->websocket, CS_FRAME_TEXT, end, strlen(end), message);
    while (code == CS_OK && !f->is_ended) {
        int64_t now = clock_steady_ms();
        if (f->corrected_ms && now - f->corrected_ms > QUIET_MS) break;
        if (now > until) {
            message_set(message, CS_ERR_IO, "%.150s gives no answer within %d seconds", f->plan.address->url,
                        f->plan.address->timeout_s);
            message_remedy(message,
                           "look whether it is overloaded; timeout=SECONDS behind # of the address allows more");
            return CS_ERR_IO;
        }
        code = funasr_poll(f, LOOK_MS, message);
    }
    /* Who ends the connection after a corrected sentence has told all. */
    return code == CS_ERR_IO && f->corrected_ms ? CS_OK : code;
}
