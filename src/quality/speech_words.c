#include "quality/speech_words.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/index.h"
#include "base/utf8.h"
#include "rules/ruleset_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_BYTES = 64 << 20, MOST_SQL_BYTES = 512, MOST_BYTES = 96 };

typedef struct gathering {
    cs_speech_words *words;
    cs_index known; /* the place of each text */
    uint32_t room;
    cs_index tied; /* every phrase of the rules, those that are no words, too */
    cs_user_word *ties;
    uint32_t tie_count, tie_room;
    bool is_short; /* of memory */
} gathering;

const char *words_source_name(cs_words_of source) {
    static const char *const names[] = {
#define X(code, name, weight) name,
        CS_WORDS_TABLE(X)
#undef X
    };
    return names[source];
}

static float weight_of(cs_words_of source) {
    static const float weights[] = {
#define X(code, name, weight) weight,
        CS_WORDS_TABLE(X)
#undef X
    };
    return weights[source];
}

/* Sources come in the order of their worth: who is there already stays, with the higher weight. */
static bool add(gathering *g, cs_words_of source, const char *text, float weight) {
    cs_speech_words *w = g->words;
    size_t bytes = strlen(text);
    uint32_t at = index_find(&g->known, text, bytes);
    if (at != CS_INDEX_NONE) {
        if (w->items[at].weight < weight) w->items[at].weight = weight;
        return true; /* a name that rules look for stays one */
    }
    if (w->count == SPELLER_MAX_USER_WORDS) {
        w->left_out++;
        return true;
    }
    const char *copy = arena_copy(w->arena, text, bytes);
    g->is_short = !copy || !arena_room(w->arena, (void **)&w->items, &g->room, w->count, sizeof *w->items) ||
                  !index_add(&g->known, copy, bytes, w->count, w->arena);
    if (g->is_short) return false;
    w->items[w->count++] = (cs_user_word){copy, weight, source != CS_WORDS_RULES};
    w->counts[source]++;
    return true;
}

/* ---- what may be a word ---- */

static bool is_chinese(uint32_t c) {
    return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x323AF);
}

/* Characters of a text that is Chinese alone; 0: it is not. */
static uint32_t chinese_characters(const char *text) {
    uint32_t count = 0;
    unsigned bytes;
    for (; *text; text += bytes, count++)
        if (!is_chinese(utf8_decode(text, &bytes))) return 0;
    return count;
}

/* 二十四小时 is written with figures later on: a word of it would stand in the way. 一 is in too much else to tell. */
static bool has_numeral(const char *text) {
    static const char *const numerals[] = {"二", "三", "四", "五", "六", "七", "八", "九", "十", "百",
                                           "千", "万", "亿", "零", "两", "几", "半", "点", NULL};
    for (size_t i = 0; numerals[i]; i++)
        if (strstr(text, numerals[i])) return true;
    return false;
}

/* Whatever a rule looks for stays whole, also where it is too long for a word, or not Chinese. */
static bool add_tie(gathering *g, const char *text) {
    cs_arena *arena = g->words->arena;
    size_t bytes = strlen(text);
    if (bytes > WORD_TIES_MOST_BYTES || g->tie_count == SPELLER_MAX_USER_WORDS ||
        index_find(&g->tied, text, bytes) != CS_INDEX_NONE)
        return true;
    const char *copy = arena_copy(arena, text, bytes);
    g->is_short = !copy || !arena_room(arena, (void **)&g->ties, &g->tie_room, g->tie_count, sizeof *g->ties) ||
                  !index_add(&g->tied, copy, bytes, g->tie_count, arena);
    if (!g->is_short) g->ties[g->tie_count++] = (cs_user_word){.text = copy};
    return !g->is_short;
}

static bool add_phrase(gathering *g, const char *text) {
    if (!add_tie(g, text)) return false;
    uint32_t characters = chinese_characters(text);
    if (characters < 2 || characters > CS_WORDS_MOST_CHARACTERS || has_numeral(text)) return true;
    return add(g, CS_WORDS_RULES, text, characters == 2 ? CS_WORDS_SHORT_WEIGHT : weight_of(CS_WORDS_RULES));
}

/* Letters of a name are spelt one by one, and written large as those of nobody's word. */
static bool add_name(gathering *g, cs_words_of source, const char *text) {
    char large[MOST_BYTES + 1];
    size_t bytes = strlen(text), characters = utf8_count(text, bytes);
    if (characters < 2 || characters > SPELLER_MAX_USER_SYLLABLES || bytes > MOST_BYTES) return true;
    bool is_written = strpbrk(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL;
    for (size_t i = 0; i <= bytes; i++)
        large[i] = !is_written && text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - ('a' - 'A')) : text[i];
    return add(g, source, large, weight_of(source));
}

/* ---- the sources ---- */

typedef struct telling {
    gathering *gathering;
    cs_ruleset_word kind;
} telling;

static bool on_word(void *context, cs_ruleset_word kind, const char *text) {
    const telling *t = context;
    if (kind != t->kind) return true;
    return kind == CS_RULESET_NAME ? add_name(t->gathering, CS_WORDS_BOOK, text) : add_phrase(t->gathering, text);
}

static bool add_of_rules(gathering *g, const cs_ruleset *ruleset, cs_ruleset_word kind) {
    telling t = {g, kind};
    return !ruleset || ruleset_words(ruleset, on_word, &t);
}

static cs_error add_of_file(gathering *g, const cs_words_sources *sources, cs_message *message) {
    cs_user_word *words = NULL;
    uint32_t count = 0;
    if (!sources->file) return CS_OK;
    cs_error code =
        word_file_load(sources->file, sources->on_problem, sources->context, g->words->arena, &words, &count, message);
    for (uint32_t i = 0; i < count && !g->is_short; i++) (void)add(g, CS_WORDS_OWN, words[i].text, words[i].weight);
    if (code == CS_OK || code == CS_ERR_NOT_FOUND || code == CS_ERR_MEMORY)
        return code == CS_ERR_NOT_FOUND ? CS_OK : code;
    const cs_word_problem problem = {sources->file, 0, message->reason, message->remedy};
    if (sources->on_problem) sources->on_problem(sources->context, &problem);
    return CS_OK; /* all other words count */
}

/* Each name is asked for from the one before: a step in the index, however many conversations bear it. */
static cs_error add_of_column(gathering *g, cs_db *db, const char *column, cs_message *message) {
    char sql[MOST_SQL_BYTES];
    cs_stmt *stmt = NULL;
    bool has_row = false;
    (void)snprintf(sql, sizeof sql,
                   "WITH RECURSIVE name (value) AS (SELECT min(c.%s) FROM conversation c WHERE c.%s > '' UNION ALL "
                   "SELECT (SELECT min(c.%s) FROM conversation c WHERE c.%s > name.value) FROM name WHERE name.value "
                   "IS NOT NULL) SELECT value FROM name WHERE value IS NOT NULL LIMIT %d",
                   column, column, column, column, CS_WORDS_MOST_PEOPLE);
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && !g->is_short)
        if (chinese_characters(db_text(stmt, 0)))
            (void)add_name(g, CS_WORDS_PEOPLE, db_text(stmt, 0)); /* a017 is no name */
    db_done(stmt);
    return code;
}

static cs_error add_people(gathering *g, cs_db *db, cs_message *message) {
    static const char *const columns[] = {"agent", "team", "queue"};
    cs_error code = CS_OK;
    for (size_t i = 0; db && code == CS_OK && i < sizeof columns / sizeof *columns; i++)
        code = add_of_column(g, db, columns[i], message);
    return code;
}

/* ---- what is made of them ---- */

static bool choose_hot(cs_speech_words *w) {
    uint32_t count = w->count - w->counts[CS_WORDS_RULES];
    cs_hash digest = hash_bytes("", 0);
    if (count > CS_WORDS_MOST_HOT) count = CS_WORDS_MOST_HOT;
    const char **hot = arena_array(w->arena, (size_t)count + 1, sizeof *hot);
    if (!hot) return false;
    for (uint32_t i = 0; i < count; i++) {
        hot[i] = w->items[i].text;
        digest = hash_pair(digest, hash_bytes(hot[i], strlen(hot[i])));
    }
    w->hot_words = hot;
    w->hot_count = count;
    if (count) hash_hex(digest, w->hot_digest);
    return true;
}

static cs_error gather(gathering *g, const cs_words_sources *sources, cs_message *message) {
    cs_error code = add_of_file(g, sources, message);
    if (code == CS_OK && !g->is_short) (void)add_of_rules(g, sources->ruleset, CS_RULESET_NAME);
    if (code == CS_OK && !g->is_short) code = add_people(g, sources->db, message);
    if (code == CS_OK && !g->is_short) (void)add_of_rules(g, sources->ruleset, CS_RULESET_PHRASE);
    if (code != CS_OK) return code;
    cs_speech_words *w = g->words;
    for (uint32_t i = 0; i < w->count && !g->is_short; i++) (void)add_tie(g, w->items[i].text);
    if (g->is_short || !choose_hot(w) || !ties_make(g->ties, g->tie_count, w->arena, &w->ties))
        return message_set(message, CS_ERR_MEMORY, "no memory for the words of this centre");
    return CS_OK;
}

cs_error words_gather(const cs_words_sources *sources, cs_speech_words **out, cs_message *message) {
    cs_speech_words *w = calloc(1, sizeof *w);
    if (!w) return message_set(message, CS_ERR_MEMORY, "no memory for the words of this centre");
    atomic_init(&w->holders, 1);
    (void)pthread_mutex_init(&w->lock, NULL);
    w->arena = arena_create(WORDS_BYTES);
    gathering g = {.words = w};
    cs_error code = w->arena ? gather(&g, sources, message)
                             : message_set(message, CS_ERR_MEMORY, "no memory for the words of this centre");
    if (code == CS_OK)
        *out = w;
    else
        words_release(w);
    return code;
}

void words_hold(cs_speech_words *words) {
    (void)atomic_fetch_add(&words->holders, 1);
}

void words_release(cs_speech_words *words) {
    if (!words || atomic_fetch_sub(&words->holders, 1) != 1) return;
    speller_close(words->speller);
    arena_free(words->arena);
    (void)pthread_mutex_destroy(&words->lock);
    free(words);
}

cs_error words_speller(cs_speech_words *words, const cs_speller **out, cs_message *message) {
    (void)pthread_mutex_lock(&words->lock);
    cs_error code = words->speller ? CS_OK : speller_open(NULL, words->items, words->count, &words->speller, message);
    *out = words->speller;
    if (code == CS_OK) atomic_store(&words->has_speller, true);
    (void)pthread_mutex_unlock(&words->lock);
    return code;
}

bool words_suit(const cs_speech_model *model) {
    bool is_transducer = model->kind == CS_MODEL_ONLINE_TRANSDUCER || model->kind == CS_MODEL_OFFLINE_TRANSDUCER;
    return is_transducer && !model->is_phonetic && !model->address && strstr(model->languages, "zh");
}
