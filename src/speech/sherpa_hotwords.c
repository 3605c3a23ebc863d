/* Hot words as the library takes them: one text, joined by "/". It knows a word by the model's tokens, and of one that it knows
 * in part it would prefer that part: 米X would be 米, everywhere. So only words come to it that it knows as a whole. */
#include "base/file.h"
#include "base/index.h"
#include "base/utf8.h"
#include "speech/sherpa_kind.h"

#include <string.h>

enum { MAX_HOT_WORDS = 1 << 20, MAX_TOKENS_BYTES = 16 << 20, TOKENS_BYTES = 64 << 20 };

typedef struct tokens {
    cs_arena *arena;
    cs_buffer text;
    cs_index known;
    bool has_letters; /* the library cuts words of letters into pieces by itself */
} tokens;

/* "退 1234", a line a token. false: it can't be read, and then no hot word is sure to be understood. */
static bool tokens_read(tokens *t, const char *path) {
    cs_message message;
    t->arena = arena_create(TOKENS_BYTES);
    if (!t->arena || !path || file_read(path, MAX_TOKENS_BYTES, &t->text, &message) != CS_OK) return false;
    const char *at = buffer_string(&t->text), *end = at + t->text.length;
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end) line_end = end;
        const char *blank = memchr(at, ' ', (size_t)(line_end - at));
        size_t bytes = (size_t)((blank ? blank : line_end) - at);
        if (bytes && index_find(&t->known, at, bytes) == CS_INDEX_NONE && !index_add(&t->known, at, bytes, 0, t->arena))
            return false;
        at = line_end + 1;
    }
    return true;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_understood(const tokens *t, const char *word) {
    unsigned bytes;
    for (const char *at = word; *at; at += bytes) {
        (void)utf8_decode(at, &bytes);
        bool is_piece = t->has_letters && (is_letter(*at) || (*at == ' ' && at > word && at[1]));
        bool is_token = (unsigned char)*at >= 0x80 && index_find(&t->known, at, bytes) != CS_INDEX_NONE;
        if (!is_piece && !is_token) return false; /* the library's own signs (: # @ /), too */
    }
    return *word != 0;
}

cs_error sherpa_hot_words(cs_sherpa *sherpa, const cs_wire_setup *setup, cs_message *message) {
    bool is_transducer = setup->kind == CS_MODEL_ONLINE_TRANSDUCER || setup->kind == CS_MODEL_OFFLINE_TRANSDUCER;
    tokens known = {.has_letters = sherpa_file(setup, "bpe") != NULL};
    cs_buffer text;
    if (!is_transducer || setup->hot_word_count == 0) return CS_OK;
    buffer_init(&text, MAX_HOT_WORDS);
    buffer_init(&known.text, 0);
    bool is_read = tokens_read(&known, sherpa_file(setup, "tokens"));
    for (uint32_t i = 0; is_read && i < setup->hot_word_count; i++)
        if (is_understood(&known, setup->hot_words[i]))
            (void)buffer_printf(&text, "%s%s", text.length ? "/" : "", setup->hot_words[i]);
    buffer_free(&known.text);
    arena_free(known.arena);
    if (text.is_failed) {
        buffer_free(&text);
        return message_set(message, CS_ERR_LIMIT, "the hot words are too long together");
    }
    sherpa->hot_words = text.data; /* NULL: none was left */
    return CS_OK;
}
