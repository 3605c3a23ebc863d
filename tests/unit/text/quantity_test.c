#include "text/quantity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 16, LONGEST = 512 };

/* "三年=36 month; 300元=300 CNY": the words and what they were taken for. */
static void render(const cs_folded *f, const cs_quantity *q, uint32_t count, char out[LONGEST]) {
    size_t used = 0;
    out[0] = 0;
    for (uint32_t i = 0; i < count; i++, used = strlen(out)) {
        used += (size_t)snprintf(out + used, LONGEST - used, "%s%.*s=", i ? "; " : "", (int)(q[i].to - q[i].from),
                                 f->text + q[i].from);
        if (q[i].is_forever)
            snprintf(out + used, LONGEST - used, "forever");
        else if (q[i].value != q[i].value_to)
            snprintf(out + used, LONGEST - used, "%.6g..%.6g%s%s", q[i].value, q[i].value_to, *q[i].unit ? " " : "",
                     q[i].unit);
        else
            snprintf(out + used, LONGEST - used, "%.6g%s%s", q[i].value, *q[i].unit ? " " : "", q[i].unit);
    }
}

static void find(const char *text, cs_arena *arena, cs_folded *f, cs_quantity *q, uint32_t *count) {
    assert_true(fold_text(text, strlen(text), arena, f));
    *count = quantity_find(f, q, MOST);
    uint32_t end = 0;
    for (uint32_t i = 0; i < *count; i++) { /* in order, without overlap, inside the text */
        assert_true(q[i].from >= end && q[i].to > q[i].from && q[i].to <= f->bytes);
        end = q[i].to;
    }
}

static const struct {
    const char *text, *expected;
} cases[] = {
    /* durations */
    {"保修三年", "三年=36 month"},
    {"保修3年", "3年=36 month"},
    {"保修 3 年", "3年=36 month"},
    {"保修１２个月", "12个月=12 month"},
    {"半年", "半年=6 month"},
    {"一年两年", "一年=12 month; 两年=24 month"},
    {"一年半", "一年半=18 month"},
    {"1年半", "1年半=18 month"},
    {"两年半的质保", "两年半=30 month"},
    {"18个月", "18个月=18 month"},
    {"一个半月", "一个半月=1.5 month"},
    {"半个月", "半个月=0.5 month"},
    {"六十天", "六十天=60 day"},
    {"十天", "十天=10 day"},
    {"二十一天", "二十一天=21 day"},
    {"三天半", "三天半=3.5 day"},
    {"24小时", "24小时=1 day"},
    {"两小时内", "两小时=0.0833333 day"},
    {"四十八小时以内", "四十八小时=2 day"},
    {"两个半小时", "两个半小时=0.104167 day"},
    {"半小时", "半小时=0.0208333 day"},
    {"半个小时", "半个小时=0.0208333 day"},
    {"36个小时", "36个小时=1.5 day"},
    {"十分钟", "十分钟=0.00694444 day"},
    {"一刻钟", "一刻钟=0.0104167 day"},
    {"30秒", "30秒=0.000347222 day"},
    {"两周", "两周=14 day"},
    {"三个星期", "三个星期=21 day"},
    {"一个礼拜", "一个礼拜=7 day"},
    {"两个季度", "两个季度=6 month"},
    {"三周年", "三周年=36 month"},
    {"3个工作日", "3个工作日=3 workday"},
    {"七个自然日", "七个自然日=7 day"},
    {"7日内退货", "7日=7 day"},
    {"七日无理由", "七日=7 day"},
    {"7日", "7日=7 day"},
    {"1年6个月", "1年6个月=18 month"},
    {"一年零三个月", "一年零三个月=15 month"},
    {"2天12小时", "2天12小时=2.5 day"},
    {"廿五天", "廿五天=25 day"},
    {"叁年", "叁年=36 month"},
    {"整机一年,压缩机十年", "一年=12 month; 十年=120 month"},
    {"30 days", "30 days=30 day"},
    {"a 30-day return", "30-day=30 day"},
    {"2 years", "2 years=24 month"},
    {"two-year warranty", "two-year=24 month"},
    {"six months", "six months=6 month"},
    {"Twenty Days", "twenty days=20 day"},
    {"twenty-four hours", "twenty-four hours=1 day"},
    {"a year", "a year=12 month"},
    {"half a year", "half a year=6 month"},
    {"half an hour", "half an hour=0.0208333 day"},
    {"a year and a half", "a year and a half=18 month"},
    {"one and a half years", "one and a half years=18 month"},
    {"1.5 years", "1.5 years=18 month"},
    {"2 years and 6 months", "2 years and 6 months=30 month"},
    {"within 5 business days", "5 business days=5 workday"},
    {"48 hrs", "48 hrs=2 day"},
    {"24h", "24h=1 day"},
    {"10 min", "10 min=0.00694444 day"},
    /* ranges */
    {"3-5天", "3-5天=3..5 day"},
    {"三到五天", "三到五天=3..5 day"},
    {"3天到5天", "3天到5天=3..5 day"},
    {"3至5个工作日", "3至5个工作日=3..5 workday"},
    {"三五天", "三五天=3..5 day"},
    {"两三年", "两三年=24..36 month"},
    {"5 to 7 days", "5 to 7 days=5..7 day"},
    {"300-500元", "300-500元=300..500 CNY"},
    {"¥100-200", "¥100-200=100..200 CNY"},
    {"两三百块", "两三百块=200..300 CNY"},
    /* without end */
    {"终身保修", "终身=forever"},
    {"永久免费", "永久=forever"},
    {"保您一辈子", "一辈子=forever"},
    {"lifetime warranty", "lifetime=forever"},
    {"covered for life", "for life=forever"},
    /* prices */
    {"300元", "300元=300 CNY"},
    {"三百五十块", "三百五十块=350 CNY"},
    {"三百五十块钱", "三百五十块钱=350 CNY"},
    {"3块5", "3块5=3.5 CNY"},
    {"三块五", "三块五=3.5 CNY"},
    {"三块五毛", "三块五毛=3.5 CNY"},
    {"3块5一斤", "3块5=3.5 CNY; 一斤=1 斤"},
    {"3元5角", "3元5角=3.5 CNY"},
    {"两块半", "两块半=2.5 CNY"},
    {"五毛钱", "五毛钱=0.5 CNY"},
    {"一块钱", "一块钱=1 CNY"},
    {"¥299", "¥299=299 CNY"},
    {"￥299.00", "￥299.00=299 CNY"},
    {"299.00元", "299.00元=299 CNY"},
    {"1,299元", "1,299元=1299 CNY"},
    {"1.2万元", "1.2万元=12000 CNY"},
    {"两千三", "两千三=2300"},
    {"两千三百元", "两千三百元=2300 CNY"},
    {"一万二千块", "一万二千块=12000 CNY"},
    {"壹仟贰佰元", "壹仟贰佰元=1200 CNY"},
    {"$20", "$20=20 USD"},
    {"$1,299.50 in all", "$1,299.50=1299.5 USD"},
    {"20 dollars", "20 dollars=20 USD"},
    {"fifty bucks", "fifty bucks=50 USD"},
    {"50 cents", "50 cents=0.5 USD"},
    {"20美元", "20美元=20 USD"},
    {"rmb 300", "rmb 300=300 CNY"},
    {"300rmb", "300rmb=300 CNY"},
    {"300元人民币", "300元人民币=300 CNY"},
    {"€15", "€15=15 EUR"},
    {"$20 a month", "$20=20 USD; a month=1 month"},
    /* percentages and discounts */
    {"百分之五", "百分之五=5 %"},
    {"百分之十五", "百分之十五=15 %"},
    {"百分之百", "百分之百=100 %"},
    {"千分之五", "千分之五=0.5 %"},
    {"5%", "5%=5 %"},
    {"12.5%", "12.5%=12.5 %"},
    {"5 percent", "5 percent=5 %"},
    {"八折", "八折=80 %"},
    {"八五折", "八五折=85 %"},
    {"8.5折", "8.5折=85 %"},
    {"88折", "88折=88 %"},
    {"九九折", "九九折=99 %"},
    {"打八折的话", "八折=80 %"},
    {"半价", "半价=50 %"},
    {"20% off", "20%off=80 %"},
    {"20 percent off", "20 percent off=80 %"},
    {"3000一台", "3000=3000; 一台=1 台"},
    {"三成", "三成=30 %"},
    /* counts */
    {"3次", "3次=3 次"},
    {"上门两次", "两次=2 次"},
    {"三回", "三回=3 次"},
    {"3 times", "3 times=3 次"},
    {"两台", "两台=2 台"},
    {"五件", "五件=5 件"},
    {"十二期", "十二期=12 期"},
    {"一家三口有两个孩子", "两个=2 个"},
    {"20公斤", "20公斤=20 公斤"},
    /* plain numbers */
    {"1,000", "1,000=1000"},
    {"12,345.5", "12,345.5=12345.5"},
    {"一千零五十", "一千零五十=1050"},
    {"一百二十三", "一百二十三=123"},
    {"3千", "3千=3000"},
    {"1万2", "1万2=12000"},
    {"一万二", "一万二=12000"},
    {"一亿两千万", "一亿两千万=1.2e+08"},
    {"十二", "十二=12"},
    {"廿", "廿=20"},
    {"三", "三=3"},
    {"twenty", "twenty=20"},
    {"two hundred and fifty", "two hundred and fifty=250"},
    {"三点五万元", "三点五万元=35000 CNY"},
    {"一点五倍", "一点五倍=1.5 倍"},
    /* what is none */
    {"一下", ""},
    {"稍等一下,我一定帮您", ""},
    {"万一不行呢", ""},
    {"万一三年后坏了", "三年=36 month"},
    {"十分抱歉", ""},
    {"跟昨天一样", ""},
    {"第三方", ""},
    {"第三年", ""},
    {"三包政策", ""},
    {"拨打12315", "12315=12315"},
    {"打13800138000找我", ""},
    {"400-800-1234", ""},
    {"010-12345678", ""},
    {"0571的号码", ""},
    {"3月15日", ""},
    {"3月15号到的", ""},
    {"三月十五号", ""},
    {"1到3月", "1=1"},
    {"2026年3月", ""},
    {"2026年", ""},
    {"二零二六年三月", ""},
    {"2026-03-15", ""},
    {"26年3月买的", ""},
    {"二二年买的", ""},
    {"尾号零七二一", ""},
    {"掉了一半", ""},
    {"15日送到", ""},
    {"下午3点", ""},
    {"三点半", ""},
    {"三点十分", ""},
    {"15:30", ""},
    {"24/7 support", ""},
    {"kf-35", ""},
    {"型号KF35GW/A1", ""},
    {"iphone15", ""},
    {"订单20260314001", ""},
    {"一共三年", "三年=36 month"},
    {"统一三年质保", "三年=36 month"},
    {"周三", ""},
    {"星期三送货", ""},
    {"双十一买的", ""},
    {"十几天", ""},
    {"三十多块", ""},
    {"几百块", ""},
    {"一次性付清", ""},
    {"这一次", ""},
    {"我们一块去", ""},
    {"三年级", ""},
    {"一毛不拔", ""},
    {"一回事", ""},
    {"好了,谢谢", ""},
    {"一起", ""},
    {"二手", ""},
    {"百货", ""},
    {"千万别动", ""},
    {"wait a second", ""},
    {"no one told me", ""},
    {"the second one", ""},
    {"1st floor", ""},
    {"", ""},
};

static void every_case_reads_as_it_should(void **state) {
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cs_arena *arena = arena_create(1 << 20);
        cs_folded f;
        cs_quantity q[MOST];
        uint32_t count;
        char found[LONGEST];
        find(cases[i].text, arena, &f, q, &count);
        render(&f, q, count, found);
        if (strcmp(found, cases[i].expected) != 0) {
            print_error("%s: \"%s\" instead of \"%s\"\n", cases[i].text, found, cases[i].expected);
            wrong++;
        }
        arena_free(arena);
    }
    assert_int_equal(wrong, 0);
    assert_true(sizeof cases / sizeof *cases >= 120);
}

static const struct {
    const char *a, *b;
    int expected;
} pairs[] = {
    {"12个月", "一年", 0},    {"18个月", "一年半", 0},    {"24小时", "一天", 0},
    {"两周", "14天", 0},      {"一年", "365天", 0},       {"一个月", "30天", 0},
    {"半年", "180天", 0},     {"三年", "6年", 1},         {"终身", "永久", 0},
    {"终身", "六年", 1},      {"终身", "300元", -1},      {"三年", "300元", -1},
    {"3个工作日", "3天", -1}, {"3次", "三回", 0},         {"3次", "3台", -1},
    {"3次", "3", 0},          {"¥299", "299.00元", 0},    {"$20", "20元", -1},
    {"8.5折", "八五折", 0},   {"20% off", "八折", 0},     {"3-5天", "三到五天", 0},
    {"3-5天", "5天", 1},      {"two years", "24个月", 0}, {"5%", "百分之五", 0},
    {"1,000", "一千", 0},     {"half a year", "半年", 0}, {"5%", "5", -1},
    {"0.5小时", "30分钟", 0},
};

static cs_quantity only(const char *text, cs_arena *arena) {
    cs_folded f;
    cs_quantity q[MOST];
    uint32_t count;
    find(text, arena, &f, q, &count);
    if (count != 1) print_error("%s: %u quantities\n", text, count);
    assert_int_equal(count, 1);
    return q[0];
}

static void equal_amounts_are_equal_in_other_words(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        cs_quantity a = only(pairs[i].a, arena), b = only(pairs[i].b, arena);
        int forth = quantity_compare(&a, &b), back = quantity_compare(&b, &a);
        if (forth != pairs[i].expected || back != forth)
            print_error("%s, %s: %d and %d instead of %d\n", pairs[i].a, pairs[i].b, forth, back, pairs[i].expected);
        assert_int_equal(forth, pairs[i].expected);
        assert_int_equal(back, pairs[i].expected);
    }
    arena_free(arena);
}

static void ranges_and_bounds_are_ordered(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_quantity four = only("4天", arena), span = only("3-5天", arena), week = only("一周", arena);
    cs_quantity month = only("1个月", arena), ever = only("终身", arena), price = only("4元", arena);
    assert_true(quantity_is_within(&four, &span));
    assert_true(quantity_is_within(&span, &span));
    assert_false(quantity_is_within(&span, &four));
    assert_false(quantity_is_within(&week, &span));
    assert_false(quantity_is_within(&price, &span));
    assert_true(quantity_is_at_least(&month, &week));
    assert_false(quantity_is_at_least(&week, &month));
    assert_true(quantity_is_at_least(&ever, &month));
    assert_false(quantity_is_at_least(&month, &ever));
    assert_false(quantity_is_at_least(&price, &four));
    arena_free(arena);
}

static void no_more_are_written_than_there_is_room(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_folded f;
    cs_quantity q[3];
    const char *text = "1天,2天,3天,4天,1年6个月";
    assert_true(fold_text(text, strlen(text), arena, &f));
    memset(q, 0x55, sizeof q);
    assert_int_equal(quantity_find(&f, q, 2), 2);
    unsigned char untouched[sizeof *q];
    memset(untouched, 0x55, sizeof untouched);
    assert_memory_equal(&q[2], untouched, sizeof untouched);
    assert_int_equal(quantity_find(&f, q, 0), 0);
    arena_free(arena);
}

/* The tail of a text that is cut anywhere never leads behind its end (the sanitisers watch). */
static void cut_texts_are_read_to_their_end(void **state) {
    (void)state;
    static const char *const whole[] = {
        "一万二千三百四十五块六毛七分钱", "两个半小时到三个半小时", "百分之三十五点五",
        "2026年3月15日下午3点30分",       "¥1,299.50-1,399.50元",   "a year and a half off"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        for (size_t bytes = 0; bytes <= strlen(whole[i]); bytes++) {
            if (((unsigned char)whole[i][bytes] & 0xC0) == 0x80) continue;
            cs_arena *arena = arena_create(1 << 20);
            char text[128];
            cs_folded f;
            cs_quantity q[MOST];
            uint32_t count;
            snprintf(text, sizeof text, "%.*s", (int)bytes, whole[i]);
            find(text, arena, &f, q, &count);
            arena_free(arena);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_reads_as_it_should),   cmocka_unit_test(equal_amounts_are_equal_in_other_words),
        cmocka_unit_test(ranges_and_bounds_are_ordered),   cmocka_unit_test(no_more_are_written_than_there_is_room),
        cmocka_unit_test(cut_texts_are_read_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
