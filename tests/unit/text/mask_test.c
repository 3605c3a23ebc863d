/* Reads tests/cases/mask/ and a set that is made anew each time (its seed is printed; MASK_SEED=N repeats one). */
#include "text/mask.h"
#include "text/mask_json.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { LINE = 4096, MADE = 40000 };

/* ---- the cases ---- */

/* Each line of a file: text => what is shown, or a text that stays. */
static int check_file(const char *path, size_t (*cover)(const char *text, size_t bytes, char *out), int *count) {
    char line[LINE], out[LINE];
    int wrong = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    *count = 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        if (!*line || (line[0] == '#' && line[1] == ' ')) continue;
        char *arrow = strstr(line, " => ");
        const char *want = arrow ? arrow + 4 : line;
        if (arrow) *arrow = 0;
        (*count)++;
        size_t bytes = cover(line, strlen(line), out);
        assert_int_equal(bytes, strlen(out));
        assert_int_equal(utf8_count(line, strlen(line)), utf8_count(out, bytes));
        if (strcmp(out, want) == 0) continue;
        wrong++;
        print_message("%s\n  wanted %s\n  got    %s\n", line, want, out);
    }
    (void)fclose(file);
    return wrong;
}

static void covers_what_is_personal(void **state) {
    int count;
    (void)state;
    assert_int_equal(check_file(CASES "/mask/personal.txt", mask_text, &count), 0);
    assert_true(count >= 150);
}

static void leaves_what_is_not(void **state) {
    int count;
    (void)state;
    assert_int_equal(check_file(CASES "/mask/not_personal.txt", mask_text, &count), 0);
    assert_true(count >= 150);
}

static void covers_names(void **state) {
    int count;
    (void)state;
    assert_int_equal(check_file(CASES "/mask/names.txt", mask_name, &count), 0);
    assert_true(count >= 40);
}

/* ---- a set that is made ---- */

static uint64_t dice;

static uint32_t roll(uint32_t sides) {
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (uint32_t)(dice >> 33) % sides;
}

static char digit(uint32_t from, uint32_t to) {
    return (char)('0' + from + roll(to - from + 1));
}

static void fill(char *out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = digit(0, 9);
    out[count] = 0;
}

static char luhn_of(const char *digits, size_t count) {
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned value = (unsigned)(digits[count - 1 - i] - '0') << (i % 2 == 0);
        sum += value > 9 ? value - 9 : value;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

static void make_mobile(char *out) {
    fill(out, 11);
    out[0] = '1';
    out[1] = digit(3, 9);
}

static void make_identity(char *out) {
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    static const char *const provinces[] = {"11", "13", "31", "32", "33", "37", "41",
                                            "42", "43", "44", "50", "51", "61"};
    int sum = 0;
    (void)snprintf(out, 18, "%s%04u%04u%02u%02u%03u", provinces[roll(13)], roll(9000) + 100, 1940 + roll(80),
                   1 + roll(12), 1 + roll(28), roll(1000));
    for (int i = 0; i < 17; i++) sum += (out[i] - '0') * weights[i];
    out[17] = "10X98765432"[sum % 11];
    out[18] = 0;
}

static void make_card(char *out) {
    static const char *const heads[] = {"622202", "621700", "622848", "411111", "520082", "625912", "436742"};
    const char *head = heads[roll(7)];
    size_t count = head[0] == '6' && roll(2) ? 19 : 16;
    fill(out, count);
    memcpy(out, head, 6);
    out[count - 1] = luhn_of(out, count - 1);
}

/* Blanks or dashes at these places; the form is cut after the last. */
static void group(const char *digits, const char *form, char gap, char *out) {
    size_t at = 0;
    for (size_t left = 0; *digits; digits++, left++) {
        if (*form && left == (size_t)(*form - '0')) {
            out[at++] = gap;
            left = 0;
            form++;
        }
        out[at++] = *digits;
    }
    out[at] = 0;
}

static void read_out(const char *digits, char *out) {
    static const char *const words[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
    *out = 0;
    for (; *digits; digits++) strcat(out, *digits == '1' && roll(2) ? "幺" : words[*digits - '0']);
}

static const char *one_of(const char *const *words, size_t count) {
    return words[roll((uint32_t)count)];
}
#define ONE_OF(list) one_of(list, sizeof(list) / sizeof *(list))

static const char *const before[] = {
    "",        "我的是",         "麻烦您记一下：", "好的，",  "您打这个 ", "嗯，我报一下，", "please take ",
    "你加我 ", "联系人张先生，", "改成",           "（备用）"};
static const char *const behind[] = {"",         "，谢谢", "。您记好了吗",    " 对", "，尽快联系我", " thanks",
                                     "，就这个", "吧",     "；另外还有一件事"};

/* A number of a person in a sentence. plain: the number as it stands in it. */
static void make_personal(char *sentence, char *number) {
    static const char *const mobile_words[] = {"", "手机", "电话是", "我手机号", "tel: ", "联系方式："};
    static const char *const identity_words[] = {"", "身份证号", "证件号码是", "身份证："};
    static const char *const card_words[] = {"", "卡号", "银行卡号是", "储蓄卡 "};
    static const char *const mobile_forms[] = {"34", "3", "7", "44", "34", "34"};
    static const char *const mails[] = {"qq.com", "163.com", "gmail.com", "mail.example.cn", "foxmail.com"};
    char digits[64];
    const char *word = "";
    switch (roll(9)) {
    case 0:
        make_mobile(number);
        word = ONE_OF(mobile_words);
        break;
    case 1:
        make_mobile(digits);
        group(digits, ONE_OF(mobile_forms), " -"[roll(2)], number);
        word = ONE_OF(mobile_words);
        break;
    case 2:
        make_mobile(digits);
        (void)snprintf(number, LINE, "%s%s", roll(2) ? "+86" : "+86 ", digits);
        break;
    case 3:
        make_mobile(digits);
        read_out(digits, number);
        word = ONE_OF(mobile_words);
        break;
    case 4: {
        static const char *const areas[] = {"010", "021", "0755", "0571", "028", "0451"};
        fill(digits, 8);
        digits[0] = digit(2, 8);
        (void)snprintf(number, LINE, "%s-%s", ONE_OF(areas), digits);
        break;
    }
    case 5:
        make_identity(number);
        word = ONE_OF(identity_words);
        break;
    case 6:
        make_card(number);
        word = ONE_OF(card_words);
        break;
    case 7:
        make_card(digits);
        group(digits, "4444", ' ', number);
        word = ONE_OF(card_words);
        break;
    default: {
        size_t count = 3 + roll(8);
        for (size_t i = 0; i < count; i++) number[i] = (char)('a' + roll(26));
        number[count] = 0;
        (void)snprintf(number + count, 64, "%u@%s", roll(1000), ONE_OF(mails));
        break;
    }
    }
    (void)snprintf(sentence, LINE, "%s%s%s%s", ONE_OF(before), word, number, ONE_OF(behind));
}

/* Something with digits that is nobody's. */
static void make_thing(char *sentence) {
    static const char *const things[] = {"订单号",     "订单号是", "运单号：", "快递单号 ",     "流水号",
                                         "合同编号：", "货号",     "序列号",   "order number ", "tracking no. ",
                                         "工单",       "发票号码", "会员号是", "IMEI "};
    static const char *const units[] = {"元", "块", "件"};
    char digits[64];
    switch (roll(8)) {
    case 0:
        make_mobile(digits);
        (void)snprintf(sentence, LINE, "%s%s%s", ONE_OF(things), digits, ONE_OF(behind));
        return;
    case 1:
        make_card(digits);
        (void)snprintf(sentence, LINE, "%s%s%s", ONE_OF(things), digits, ONE_OF(behind));
        return;
    case 2:
        fill(digits, 4 + roll(7)); /* up to ten digits */
        if (digits[0] == '0') digits[0] = '8';
        (void)snprintf(sentence, LINE, "%s%s%s", ONE_OF(before), digits, ONE_OF(behind));
        return;
    case 3:
        (void)snprintf(sentence, LINE, "20%02u-%02u-%02u %02u:%02u:%02u%s", roll(30), 1 + roll(12), 1 + roll(28),
                       roll(24), roll(60), roll(60), ONE_OF(behind));
        return;
    case 4:
        (void)snprintf(sentence, LINE, "一共%u.%02u%s%s", roll(1000000), roll(100), ONE_OF(units), ONE_OF(behind));
        return;
    case 5: (void)snprintf(sentence, LINE, "客服热线400-%03u-%04u%s", roll(1000), roll(10000), ONE_OF(behind)); return;
    case 6:
        (void)snprintf(sentence, LINE, "%s20%02u%02u%02u%02u%02u%02u%s", ONE_OF(before), roll(30), 1 + roll(12),
                       1 + roll(28), roll(24), roll(60), roll(60), ONE_OF(behind));
        return;
    default:
        fill(digits, 13); /* a moment in milliseconds */
        (void)snprintf(sentence, LINE, "%s17%s%s", ONE_OF(before), digits + 2, ONE_OF(behind));
        return;
    }
}

static void is_right_nearly_always(void **state) {
    char sentence[LINE], number[LINE], out[LINE];
    int found = 0, missed = 0, wrong = 0;
    const char *given = getenv("MASK_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    (void)state;
    dice = seed * 0x9e3779b97f4a7c15ULL + 1;
    for (int i = 0; i < MADE; i++) {
        bool is_personal = roll(2);
        if (is_personal)
            make_personal(sentence, number);
        else
            make_thing(sentence);
        size_t bytes = mask_text(sentence, strlen(sentence), out);
        assert_int_equal(utf8_count(sentence, strlen(sentence)), utf8_count(out, bytes));
        bool is_covered = strcmp(sentence, out) != 0 && (!is_personal || !strstr(out, number));
        found += is_personal && is_covered;
        missed += is_personal && !is_covered;
        wrong += !is_personal && is_covered;
        if (is_covered != is_personal && missed + wrong <= 20) print_message("  %s\n  %s\n", sentence, out);
    }
    double precision = (double)found / (found + wrong), recall = (double)found / (found + missed);
    print_message("seed %llu: %d texts, precision %.3f %%, recall %.3f %%\n", (unsigned long long)seed, MADE,
                  precision * 100, recall * 100);
    assert_true(precision >= 0.995);
    assert_true(recall >= 0.995);
}

/* ---- forms ---- */

static void keeps_a_copy_only_where_something_is_covered(void **state) {
    cs_arena *arena = arena_create(1 << 16);
    size_t bytes = 0;
    const char *plain = "订单号 8812，明天到", *personal = "打13812342071";
    (void)state;
    assert_ptr_equal(mask_copy(plain, strlen(plain), arena, &bytes), plain);
    assert_int_equal(bytes, strlen(plain));
    assert_string_equal(mask_copy(personal, strlen(personal), arena, &bytes), "打138****2071");
    arena_free(arena);
    arena = arena_create(1);
    assert_null(mask_copy(personal, strlen(personal), arena, NULL));
    arena_free(arena);
}

static void covers_titles(void **state) {
    char out[LINE];
    const char *named = "王小明 的退款，王小明很急 13812342071",
               *cut = "你好我想问一下昨天买的洗衣机为什么还没有送到我的电话是一三八啊就是这个1381234";
    (void)state;
    (void)mask_title(named, strlen(named), "王小明", out);
    assert_string_equal(out, "王** 的退款，王**很急 138****2071");
    (void)mask_title(named, strlen(named), "K-2071", out);
    assert_string_equal(out, "王小明 的退款，王小明很急 138****2071");
    assert_int_equal(utf8_count(cut, strlen(cut)) >= 40, 1);
    (void)mask_title(cut, strlen(cut), NULL, out);
    assert_string_equal(out + strlen(out) - 7, "138****");
    (void)mask_title("call-138", 8, NULL, out); /* it is whole: nothing was cut off */
    assert_string_equal(out, "call-138");
}

static void covers_phones_that_are_known_to_be_some(void **state) {
    static const char *const pairs[][2] = {{"82345678", "823*5678"},
                                           {"13812342071", "138****2071"},
                                           {"+8613812342071", "+86138****2071"},
                                           {"4008208820", "400***8820"},
                                           {"123", "123"},
                                           {"51234", "****4"}};
    char out[64];
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        (void)mask_phone(pairs[i][0], strlen(pairs[i][0]), out);
        assert_string_equal(out, pairs[i][1]);
    }
}

static void a_writer_reveals_only_when_told_to(void **state) {
    cs_buffer text;
    cs_json_writer out;
    (void)state;
    buffer_init(&text, 1 << 16);
    json_writer_init(&out, &text);
    json_object_open(&out, NULL);
    json_write_masked(&out, "a", "打13812342071");
    json_write_masked_name(&out, "b", "王小明");
    json_write_masked(&out, "c", NULL);
    out.is_revealed = true;
    json_write_masked(&out, "d", "打13812342071");
    json_write_masked_name(&out, "e", "王小明");
    json_object_close(&out);
    assert_string_equal(buffer_string(&text),
                        "{\"a\":\"打138****2071\",\"b\":\"王**\",\"c\":null,\"d\":\"打13812342071\","
                        "\"e\":\"王小明\"}");
    buffer_free(&text);
}

/* However long a row of digits is, it is read once. */
static void reads_long_rows_of_digits(void **state) {
    enum { LONG = 60000 };
    char *text = malloc(LONG + 64), *out = malloc(LONG + 64);
    (void)state;
    memset(text, '1', LONG);
    (void)strcpy(text + LONG, " 13812342071");
    size_t bytes = mask_text(text, strlen(text), out);
    assert_int_equal(bytes, strlen(text));
    for (size_t i = 0; i < LONG; i += 12) memcpy(text + i, "13812342071 ", 12);
    bytes = mask_text(text, LONG, out);
    for (size_t i = 0; i < LONG; i += 12) assert_memory_equal(out + i, "138****2071 ", 12);
    assert_int_equal(bytes, LONG);
    free(text);
    free(out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(covers_what_is_personal),
        cmocka_unit_test(leaves_what_is_not),
        cmocka_unit_test(covers_names),
        cmocka_unit_test(is_right_nearly_always),
        cmocka_unit_test(keeps_a_copy_only_where_something_is_covered),
        cmocka_unit_test(covers_titles),
        cmocka_unit_test(covers_phones_that_are_known_to_be_some),
        cmocka_unit_test(a_writer_reveals_only_when_told_to),
        cmocka_unit_test(reads_long_rows_of_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
