/* What a model tells beside words gets the words that rules use. */
#include "speech/heard_sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void tags_have_words(void **state) {
    (void)state;
    assert_string_equal(sign_emotion("<|ANGRY|>"), "angry");
    assert_string_equal(sign_emotion("<|FEARFUL|>"), "fearful");
    assert_string_equal(sign_emotion("<|EMO_UNKNOWN|>"), "unknown");
    assert_string_equal(sign_event("<|BGM|>"), "music");
    assert_string_equal(sign_event("<|Cry|>"), "crying");
    assert_string_equal(sign_event("<|Breath|>"), "speech");
    assert_string_equal(sign_language("<|yue|>"), "yue");
    assert_null(sign_emotion("<|Laughter|>"));
    assert_null(sign_event("<|ANGRY|>"));
    assert_null(sign_event("<|Laughters|>"));
    assert_null(sign_event(""));
    assert_null(sign_emotion(NULL));
}

static void nothing_special_is_no_sign(void **state) {
    (void)state;
    assert_true(sign_is_emotion("sad") && sign_is_event("coughing"));
    assert_false(sign_is_emotion("neutral") || sign_is_emotion("unknown") || sign_is_emotion("") ||
                 sign_is_emotion(NULL));
    assert_false(sign_is_event("speech") || sign_is_event("") || sign_is_event(NULL));
}

static void assert_taken(const char *text, const char *left, const char *emotion, const char *event) {
    char own[200];
    cs_utterance u = {0};
    (void)snprintf(own, sizeof own, "%s", text);
    sign_take(own, &u);
    assert_string_equal(own, left);
    assert_string_equal(u.emotion ? u.emotion : "-", emotion);
    assert_string_equal(u.event ? u.event : "-", event);
}

static void tags_leave_the_text(void **state) {
    (void)state;
    assert_taken("<|zh|><|ANGRY|><|Speech|><|withitn|>我要退款。", "我要退款。", "angry", "speech");
    assert_taken("<|zh|><|NEUTRAL|><|Speech|>好<|zh|><|HAPPY|><|Laughter|>的", "好的", "happy", "laughter");
    assert_taken("<|nospeech|><|EMO_UNKNOWN|><|Applause|><|woitn|>", "", "unknown", "applause");
    assert_taken("a <| b |> c <|", "a <| b |> c <|", "-", "-"); /* nothing of a model */
    assert_taken("<|>|<||>", "<|>|<||>", "-", "-");
    assert_taken("", "", "-", "-");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_have_words),
        cmocka_unit_test(nothing_special_is_no_sign),
        cmocka_unit_test(tags_leave_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
