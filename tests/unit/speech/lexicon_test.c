#include "speech/lexicon.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SHIPPED SOURCE "/models/mandarin.lexicon"

/* The first word of these syllables, "" when there is none. */
static void word_of(const cs_lexicon *lexicon, const char *const *sounds, uint32_t count, char out[32]) {
    uint32_t node = 0;
    out[0] = 0;
    for (uint32_t i = 0; i < count && node != LEXICON_NONE; i++)
        node = lexicon_child(lexicon, node, lexicon_syllable(lexicon, sounds[i]));
    if (node == LEXICON_NONE || lexicon->word[node] == lexicon->word[node + 1]) return;
    char text[LEXICON_LONGEST * 3 + 1];
    assert_int_equal(lexicon_text(lexicon, lexicon->word[node], count, text), 3 * count);
    snprintf(out, 32, "%s", text);
}

static void words_are_found_by_their_syllables(void **state) {
    (void)state;
    cs_lexicon lexicon;
    assert_int_equal(lexicon_open(NULL, &lexicon, NULL), CS_OK);
    char text[32];
    word_of(&lexicon, (const char *[]){"tui", "kuan"}, 2, text);
    assert_string_equal(text, "退款");
    word_of(&lexicon, (const char *[]){"nv", "er"}, 2, text);
    assert_string_equal(text, "女儿");
    word_of(&lexicon, (const char *[]){"qin", "lue"}, 2, text);
    assert_string_equal(text, "侵略");
    word_of(&lexicon, (const char *[]){"tui", "tui", "tui"}, 3, text);
    assert_string_equal(text, "");
    assert_int_equal(lexicon_syllable(&lexicon, "zhing"), LEXICON_NONE);
    lexicon_close(&lexicon);
}

/* Every word of it: what it is found by is what it is read as. */
static void a_word_tells_its_reading(void **state) {
    (void)state;
    cs_lexicon l;
    assert_int_equal(lexicon_open(NULL, &l, NULL), CS_OK);
    for (uint32_t word = 0; word < l.word_count; word++) {
        uint16_t reading[LEXICON_LONGEST];
        uint32_t count = lexicon_reading(&l, word, reading), node = 0;
        assert_in_range(count, 1, LEXICON_LONGEST);
        for (uint32_t i = 0; i < count; i++) node = lexicon_child(&l, node, reading[i]);
        assert_true(node != LEXICON_NONE && l.word[node] <= word && word < l.word[node + 1]);
    }
    lexicon_close(&l);
}

static uint32_t character(const cs_lexicon *lexicon, const char *sound, const char *text) {
    uint32_t node = lexicon_child(lexicon, 0, lexicon_syllable(lexicon, sound));
    for (uint32_t word = lexicon->word[node]; word < lexicon->word[node + 1]; word++) {
        char found[LEXICON_LONGEST * 3 + 1];
        lexicon_text(lexicon, word, 1, found);
        if (strcmp(found, text) == 0) return word;
    }
    fail();
    return 0;
}

static void other_readings_follow_like_the_first(void **state) {
    (void)state;
    cs_lexicon lexicon;
    assert_int_equal(lexicon_open(NULL, &lexicon, NULL), CS_OK);
    uint32_t xing = character(&lexicon, "xing", "行"), hang = character(&lexicon, "hang", "行");
    assert_int_equal(lexicon_main(&lexicon, hang), xing);
    assert_int_equal(lexicon_main(&lexicon, xing), xing);
    lexicon_close(&lexicon);
}

static void what_follows_often_costs_less(void **state) {
    (void)state;
    cs_lexicon lexicon;
    assert_int_equal(lexicon_open(NULL, &lexicon, NULL), CS_OK);
    uint32_t is = character(&lexicon, "shi", "是"), of = character(&lexicon, "de", "的");
    uint32_t alone = lexicon_cost(&lexicon, of);
    assert_true(lexicon_cost_behind(&lexicon, is, of, alone) < lexicon.backoff[is] + alone);
    lexicon_close(&lexicon);
}

static void a_file_is_the_same_as_the_one_within(void **state) {
    (void)state;
    cs_lexicon within, file;
    assert_int_equal(lexicon_open(NULL, &within, NULL), CS_OK);
    assert_int_equal(lexicon_open(SHIPPED, &file, NULL), CS_OK);
    assert_int_equal(within.word_count, file.word_count);
    assert_int_equal(within.pair_count, file.pair_count);
    lexicon_close(&within);
    lexicon_close(&file);
}

static void files_that_are_none_are_refused(void **state) {
    (void)state;
    cs_lexicon lexicon = {0};
    cs_message message;
    assert_int_equal(lexicon_open(SOURCE "/models/none", &lexicon, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(lexicon_open(SOURCE "/LICENSE", &lexicon, &message), CS_ERR_PARSE);
    assert_true(strstr(message.place, "LICENSE") && message.remedy[0]);
    assert_null(lexicon.names);
}

/* Every cut is refused, and no byte that is turned over makes it read outside. */
static void broken_ones_are_refused_and_never_read_outside(void **state) {
    (void)state;
    cs_buffer file;
    assert_int_equal(file_read(SHIPPED, LEXICON_MAX_BYTES, &file, NULL), CS_OK);
    cs_lexicon lexicon;
    for (size_t length = 0; length < file.length; length += 4 * (1 + file.length / 400)) {
        uint32_t *copy = malloc(length + 4); /* so that a sanitiser sees what is read behind it */
        memcpy(copy, file.data, length);
        assert_int_equal(lexicon_read(copy, length, &lexicon, NULL), CS_ERR_PARSE);
        free(copy);
    }
    uint32_t random = 1;
    for (int i = 0; i < 60; i++) {
        random = random * 1664525 + 1013904223;
        size_t at = random % file.length;
        file.data[at] = (char)(file.data[at] ^ 0x55);
        if (lexicon_read(file.data, file.length, &lexicon, NULL) == CS_OK) {
            char text[LEXICON_LONGEST * 3 + 1];
            for (uint32_t level = 1; level <= LEXICON_LONGEST; level++)
                for (uint32_t word = lexicon.level_word[level]; word < lexicon.level_word[level + 1]; word += 97)
                    lexicon_text(&lexicon, word, level, text);
        }
        file.data[at] = (char)(file.data[at] ^ 0x55);
    }
    buffer_free(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_by_their_syllables),
        cmocka_unit_test(a_word_tells_its_reading),
        cmocka_unit_test(other_readings_follow_like_the_first),
        cmocka_unit_test(what_follows_often_costs_less),
        cmocka_unit_test(a_file_is_the_same_as_the_one_within),
        cmocka_unit_test(files_that_are_none_are_refused),
        cmocka_unit_test(broken_ones_are_refused_and_never_read_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
