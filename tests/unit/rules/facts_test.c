#include "rules/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 16, LONGEST = 1024 };
enum { DAY_2025_12_31 = 20453, DAY_2026_01_01 = 20454, DAY_2026_03_15 = 20527 };

typedef struct stage {
    cs_arena *arena;
    cs_facts *book;
    uint32_t problems;
    char reported[LONGEST]; /* "2:7 reason; …" */
} stage;

static void on_problem(void *context, const cs_rule_problem *problem) {
    stage *s = context;
    size_t used = strlen(s->reported);
    snprintf(s->reported + used, LONGEST - used, "%s%u:%u %s", used ? "; " : "", problem->line, problem->column,
             problem->reason);
    assert_non_null(problem->file);
    assert_non_null(problem->hint);
}

static void read(stage *s, const char *file, const char *text, bool is_csv) {
    assert_true(facts_read(&s->book, file, text, strlen(text), is_csv, s->arena, on_problem, s, &s->problems));
}

static stage stage_open(const char *text) {
    stage s = {.arena = arena_create(64 << 20)};
    read(&s, "test.facts", text, false);
    return s;
}

static void stage_close(stage *s) {
    arena_free(s->arena);
}

/* "三年 differs 6年; …": what was said, the answer, and the book's value. */
static void look(stage *s, const char *text, const char *subject, int32_t day, char out[LONGEST]) {
    static const char *const answers[] = {"?", "agrees", "differs", "no entry"};
    cs_folded f;
    cs_fact_check checks[MOST];
    assert_true(fold_text(text, strlen(text), s->arena, &f));
    uint32_t count = facts_check(s->book, &f, NULL, 0, subject, day, s->arena, checks, MOST);
    out[0] = 0;
    for (uint32_t i = 0; i < count; i++) {
        size_t used = strlen(out);
        assert_true(checks[i].to > checks[i].from && checks[i].to <= f.bytes);
        assert_int_equal(strlen(checks[i].said), checks[i].to - checks[i].from);
        assert_memory_equal(checks[i].said, f.text + checks[i].from, checks[i].to - checks[i].from);
        snprintf(out + used, LONGEST - used, "%s%s %s", used ? "; " : "", checks[i].said, answers[checks[i].answer]);
        used = strlen(out);
        if (checks[i].book_value) snprintf(out + used, LONGEST - used, " %s", checks[i].book_value);
    }
}

static void expect(stage *s, const char *text, const char *subject, int32_t day, const char *expected) {
    char found[LONGEST];
    look(s, text, subject, day, found);
    if (strcmp(found, expected) != 0) print_error("%s: \"%s\" instead of \"%s\"\n", text, found, expected);
    assert_string_equal(found, expected);
}

static const char book_text[] = "# what holds since 2026\n"
                                "subject | fact | value | valid from | valid to | source\n"
                                "空调/KF-35 | 保修/质保/保修期/warranty | 6年 | 2026-01-01 | | 三包政策 2026\n"
                                "空调/KF-35 | 保修 | 3年 | 2020-01-01 | 2025-12-31 | 三包政策 2020\n"
                                "热水器/YR-60 | 保修 | 3年 || | 保修卡\n"
                                "热水器 | 内胆保修/内胆 | 8年\n"
                                "* | 退货/退货期/无理由退货/return window | 7天 | | | 售后制度 4.1\n"
                                "* | 上门费/检测费 | 50元/次\n"
                                "* | 上门时间/上门 | 24小时\n"
                                "空调 | 运费 | 包邮/免运费/我们承担/!自付/!不包邮\n"
                                "热水器 | 运费 | 自付/客户承担\n"
                                "* | 退款到账/到账 | 3-5个工作日\n"
                                "* | 会员折扣/折扣 | 八五折\n"
                                "* | 免费清洗 | 2次\n";

static const struct {
    const char *text, *subject, *expected;
} statements[] = {
    /* statements */
    {"您的空调保修三年", NULL, "三年 differs 6年"},
    {"您的空调保修六年", NULL, "六年 agrees 6年"},
    {"空调的质保期是72个月", NULL, "72个月 agrees 6年"},
    {"KF-35终身保修的,您放心", NULL, "终身 differs 6年"},
    {"热水器保修期是三年。", NULL, "三年 agrees 3年"},
    {"保修三年", "YR-60", "三年 agrees 3年"},
    {"保修三年", "KF-35 1.5匹 白色", "三年 differs 6年"},
    {"我们提供三年保修", "空调", "三年 differs 6年"},
    {"The warranty is six years.", "KF-35", "six years agrees 6年"},
    {"It comes with a 2-year warranty", "kf-35", "2-year differs 6年"},
    {"it has a lifetime warranty", "kf-35", "lifetime differs 6年"},
    {"支持七天无理由退货", NULL, "七天 agrees 7天"},
    {"退货的话,一共是十五天", NULL, "十五天 differs 7天"},
    {"our return window is 30 days", NULL, "30 days differs 7天"},
    {"our return window is one week", NULL, "one week agrees 7天"},
    {"上门费是五十块", NULL, "五十块 agrees 50元/次"},
    {"上门费30", NULL, ""},
    {"检测费30元", NULL, "30元 differs 50元/次"},
    {"折扣是85折", NULL, "85折 agrees 八五折"},
    {"会员折扣九折", NULL, "九折 differs 八五折"},
    {"免费清洗三次", NULL, "三次 differs 2次"},
    {"免费清洗两回", NULL, "两回 agrees 2次"},
    {"内胆保修八年,整机保修三年", "热水器", "八年 agrees 8年; 三年 agrees 3年"},
    {"空调保修6年,热水器保修5年", NULL, "6年 agrees 6年; 5年 differs 3年"},
    {"三年保修七天退货", "热水器", "三年 agrees 3年; 七天 agrees 7天"},
    {"保修期是三年,退货期是七天", "热水器", "三年 agrees 3年; 七天 agrees 7天"},
    {"保修至少三年", "空调", "三年 agrees 6年"},
    {"保修七年以上", "空调", "七年 differs 6年"},
    {"到账要三到五个工作日", NULL, "三到五个工作日 agrees 3-5个工作日"},
    {"到账要4个工作日", NULL, "4个工作日 agrees 3-5个工作日"},
    {"到账要10个工作日", NULL, "10个工作日 differs 3-5个工作日"},
    {"到账要3天", NULL, "3天 no entry 3-5个工作日"},
    {"不是三年保修,是六年", "空调", "六年 agrees 6年"},
    {"不过保修是三年", "空调", "三年 differs 6年"},
    /* phrases */
    {"运费我们承担", "空调", "我们承担 agrees 包邮/免运费/我们承担/!自付/!不包邮"},
    {"这个免运费的", "空调", "免运费 agrees 包邮/免运费/我们承担/!自付/!不包邮"},
    {"运费自付", "空调", "自付 differs 包邮/免运费/我们承担/!自付/!不包邮"},
    {"运费要客户承担", "空调", "客户承担 differs 包邮/免运费/我们承担/!自付/!不包邮"},
    {"运费不包邮", "空调", "不包邮 differs 包邮/免运费/我们承担/!自付/!不包邮"},
    {"运费客户承担", "热水器", "客户承担 agrees 自付/客户承担"},
    /* what states nothing */
    {"您的空调保修三年吗?", NULL, ""},
    {"空调保修是不是三年", NULL, ""},
    {"空调保修三年,对吗", NULL, ""},
    {"is the warranty two years?", "kf-35", ""},
    {"您说保修三年", "空调", ""},
    {"可能是把终身维修说成“终身保修”了", "空调", ""},
    {"没有三年保修", "空调", ""},
    {"没有保修期长达三年的说法", "空调", ""},
    {"保修的话,三年后再来问", "空调", ""},
    {"买了三年的保修", "空调", ""},
    {"运费不自付", "空调", ""},
    {"运费不需要您自付", "空调", ""},
    {"运费不多,自付", "空调", "自付 differs 包邮/免运费/我们承担/!自付/!不包邮"},
    {"保修这个事情我跟您讲一下就是我们现在这边全国统一的新政策是三年", "空调", ""}, /* too far */
    {"保修这个事情我跟您讲一下就是我们现在这边新政策是三年", "空调", "三年 differs 6年"},
    {"保修不是三年", "空调", ""},
    {"there is no lifetime warranty", "kf-35", ""},
    {"如果保修三年的话", "空调", ""},
    {"保修期内,24小时内上门", "空调", "24小时 agrees 24小时"},
    {"保修期内两小时回电", "空调", ""},
    {"您买了三年,保修过了", "空调", ""},
    {"保修还剩三个月", "空调", ""},
    {"超过三年不保修", "空调", ""},
    {"保修的事我24小时内回复您", "空调", "24小时 no entry 6年"}, /* so far off that it may belong to something else */
    {"退货10分钟内处理", NULL, "10分钟 no entry 7天"},
    {"三年保修七天无理由", "热水器", ""},
    {"保修。三年前买的", "空调", ""},
    {"好的,三年", "空调", ""},
    {"保修卡三年前丢了", "空调", ""},
    {"第三方保修", "空调", ""},
    {"谢谢您的来电", NULL, ""},
    {"", NULL, ""},
};

static void statements_are_held_against_the_book(void **state) {
    (void)state;
    stage s = stage_open(book_text);
    assert_string_equal(s.reported, "");
    assert_int_equal(facts_row_count(s.book), 12);
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        char found[LONGEST];
        look(&s, statements[i].text, statements[i].subject, DAY_2026_03_15, found);
        if (strcmp(found, statements[i].expected) == 0) continue;
        print_error("%s: \"%s\" instead of \"%s\"\n", statements[i].text, found, statements[i].expected);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    stage_close(&s);
}

static void the_row_of_the_day_decides(void **state) {
    (void)state;
    stage s = stage_open(book_text);
    expect(&s, "空调保修三年", NULL, DAY_2025_12_31, "三年 agrees 3年");
    expect(&s, "空调保修三年", NULL, DAY_2026_01_01, "三年 differs 6年");
    expect(&s, "空调保修三年", NULL, CS_NO_DAY, "三年 no entry");
    expect(&s, "空调保修三年", NULL, 18261, "三年 no entry"); /* 2019-12-31, the day before the first row */
    expect(&s, "空调保修三年", NULL, 18262, "三年 agrees 3年"); /* 2020-01-01 */
    stage_close(&s);
}

static void without_a_subject_only_an_agreed_value_counts(void **state) {
    (void)state;
    stage s = stage_open(book_text);
    expect(&s, "保修三年", NULL, DAY_2026_03_15, "三年 no entry"); /* 6年 or 3年 */
    expect(&s, "保修三年", NULL, DAY_2025_12_31, "三年 agrees 3年"); /* both 3年 */
    expect(&s, "保修五年", NULL, DAY_2025_12_31, "五年 differs 3年");
    expect(&s, "内胆八年", NULL, DAY_2026_03_15, "八年 agrees 8年"); /* one row */
    expect(&s, "内胆八年", "冰箱", DAY_2026_03_15, "八年 no entry"); /* the book does not know 冰箱 */
    expect(&s, "七天退货", "冰箱", DAY_2026_03_15, "七天 agrees 7天"); /* for any subject */
    expect(&s, "内胆八年", "空调", DAY_2026_03_15, "八年 no entry"); /* 空调 has no row for it */
    stage_close(&s);
}

static void own_rows_come_before_those_for_any(void **state) {
    (void)state;
    stage s = stage_open("* | 保修 | 1年\nKF-35 | 保修 | 6年 | 2026-01-01 |\n");
    assert_string_equal(s.reported, "");
    expect(&s, "KF-35保修6年", NULL, DAY_2026_01_01, "6年 agrees 6年");
    expect(&s, "KF-35保修6年", NULL, DAY_2025_12_31, "6年 differs 1年");
    expect(&s, "KF-99保修6年", "KF-99", DAY_2026_01_01, "6年 differs 1年");
    stage_close(&s);
}

static void rows_that_contradict_each_other_decide_nothing(void **state) {
    (void)state;
    stage s = stage_open("KF-35 | 保修 | 3年\nKF-35 | 保修 | 6年\n* | 保修 | 1年\n");
    assert_int_equal(s.problems, 1);
    expect(&s, "KF-35保修3年", NULL, DAY_2026_03_15, "3年 no entry");
    stage_close(&s);
}

static void words_of_other_rows_differ_unless_they_may_mean_the_same(void **state) {
    (void)state;
    stage s = stage_open("空调 | 运费 | 包邮/我们承担\n热水器 | 运费 | 包邮/免运费\n烟机 | 运费 | 自付\n");
    expect(&s, "空调免运费", NULL, DAY_2026_03_15, "免运费 no entry 包邮/我们承担");
    expect(&s, "空调运费自付", NULL, DAY_2026_03_15, "自付 differs 包邮/我们承担");
    expect(&s, "烟机运费包邮", NULL, DAY_2026_03_15, "包邮 differs 自付");
    stage_close(&s);
}

/* 不 before a name denies it, unless the book lists the whole. */
static void a_phrase_may_hold_the_name_of_its_fact(void **state) {
    (void)state;
    stage s = stage_open("空调 | 包邮/运费 | 包邮/!不包邮\n");
    expect(&s, "空调不包邮", NULL, DAY_2026_03_15, "不包邮 differs 包邮/!不包邮");
    expect(&s, "空调包邮", NULL, DAY_2026_03_15, "包邮 agrees 包邮/!不包邮");
    stage_close(&s);
}

static void a_check_says_where_it_comes_from(void **state) {
    (void)state;
    stage s = stage_open(book_text);
    cs_folded f;
    cs_fact_check c[MOST];
    const char *text = "您好,KF-35 质保 三年。", *facts[] = {"质保期", "Warranty"}, *other[] = {"退货"};
    assert_true(fold_text(text, strlen(text), s.arena, &f));
    assert_int_equal(facts_check(s.book, &f, facts, 2, NULL, DAY_2026_03_15, s.arena, c, MOST), 1);
    assert_int_equal(c[0].answer, CS_FACT_DIFFERS);
    assert_string_equal(c[0].fact, "保修");
    assert_string_equal(c[0].subject, "空调");
    assert_string_equal(c[0].source, "三包政策 2026");
    assert_string_equal(c[0].said, "三年");
    assert_int_equal(c[0].valid_from_day, DAY_2026_01_01);
    assert_int_equal(c[0].valid_to_day, CS_LAST_DAY);
    assert_int_equal(f.origin[c[0].from], 12);
    assert_int_equal(facts_check(s.book, &f, other, 1, NULL, DAY_2026_03_15, s.arena, c, MOST), 0);
    assert_int_equal(facts_check(s.book, &f, facts, 2, NULL, DAY_2026_03_15, s.arena, c, 0), 0);
    assert_int_equal(facts_check(NULL, &f, NULL, 0, NULL, DAY_2026_03_15, s.arena, c, MOST), 0);
    assert_true(facts_has(s.book, "保修期"));
    assert_true(facts_has(s.book, "WARRANTY"));
    assert_false(facts_has(s.book, "空调"));
    assert_false(facts_has(s.book, "保"));
    stage_close(&s);
}

static const char *subject_in(stage *s, const char *text) {
    cs_folded f;
    assert_true(fold_text(text, strlen(text), s->arena, &f));
    const char *subject = facts_subject(s->book, &f);
    return subject ? subject : "none";
}

static void the_subject_named_last_is_the_subject(void **state) {
    (void)state;
    stage s = stage_open(book_text);
    assert_string_equal(subject_in(&s, "我的kf-35漏水"), "空调");
    assert_string_equal(subject_in(&s, "不是空调,是热水器"), "热水器");
    assert_string_equal(subject_in(&s, "型号kf-350"), "none"); /* another word */
    assert_string_equal(subject_in(&s, "你好"), "none");
    stage_close(&s);
}

static void rows_with_a_shared_name_are_one(void **state) {
    (void)state;
    stage s = stage_open("KF-35/挂机 | 保修 | 6年\n挂机/小一匹 | 质保/保修 | 72个月\nKF-50 | 质保 | 2年\n");
    assert_string_equal(s.reported, "");
    expect(&s, "小一匹质保6年", NULL, DAY_2026_03_15, "6年 agrees 6年");
    expect(&s, "kf-50保修6年", NULL, DAY_2026_03_15, "6年 differs 2年");
    stage_close(&s);
}

static const struct {
    const char *text, *reported;
} faulty[] = {
    {"空调 | 保修\n", "1:6 the value is empty"},
    {"| 保修 | 3年\n", "1:1 the subject is empty"},
    {"空调 || 3年\n", "1:5 the fact is empty"},
    {"空调 | 保修 | 3年 | 2026-02-30\n", "1:16 this is no day between 1970 and 2199"},
    {"空调 | 保修 | 3年 | 2026/02/03\n", "1:16 this is no day between 1970 and 2199"},
    {"空调 | 保修 | 3年 | 2026-02-03 | 2026-02-02\n", "1:29 the last day lies before the first"},
    {"空调 | 保修 | 3年 | | | 源 | 多\n", "1:24 this row has more than six cells"},
    {"空 | 保修 | 3年\n", "1:1 a name of one character would be found everywhere"},
    {"空调//KF | 保修 | 3年\n", "1:1 an empty name stands between slashes"},
    {"空调 | 运费 | 包邮/\n", "1:11 an empty name stands between slashes"},
    {"\n# c\n空调 | 保修 | 3年\n空调 | 保修 | 6年\n",
     "4:11 保修 of 空调 is \"6年\" here and \"3年\" in test.facts, line 3, on the same days"},
    {"空调 | 保修 | 3年 | | 2026-01-01\n空调 | 保修 | 6年 | 2026-01-01\n",
     "2:11 保修 of 空调 is \"6年\" here and \"3年\" in test.facts, line 1, on the same days"},
    {"空调 | 保修 | 3年 | | 2025-12-31\n空调 | 保修 | 6年 | 2026-01-01\n", ""},
    {"空调 | 保修 | 1年\n空调 | 保修 | 12个月\n", ""},
    {"* | 保修 | 1年\n* | 保修 | 2年\n",
     "2:10 保修 of * is \"2年\" here and \"1年\" in test.facts, line 1, on the same days"},
    {"* | 保修 | 1年\n空调 | 保修 | 2年\n", ""},
    {"空调 | 保修 | 1年 | 2026-01-01 | 2026-12-31\n空调 | 保修 | 1年 | 2026-02-01 | 2026-02-28\n"
     "空调 | 保修 | 2年 | 2026-06-01\n",
     "3:11 保修 of 空调 is \"2年\" here and \"1年\" in test.facts, line 1, on the same days"},
    {"subject | fact | value | colour\n空调 | 保修 | 1年 | 白\n", "1:26 this column is unknown"},
    {"空调 | 保修 | \xFF\n", "1:1 the file is not UTF-8 text"},
    {"", ""},
    {"# only this\n", ""},
};

static void what_is_wrong_is_said_with_its_place(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
        stage s = stage_open(faulty[i].text);
        if (strcmp(s.reported, faulty[i].reported) != 0)
            print_error("%s: \"%s\" instead of \"%s\"\n", faulty[i].text, s.reported, faulty[i].reported);
        assert_string_equal(s.reported, faulty[i].reported);
        assert_int_equal(s.problems, *faulty[i].reported ? 1 : 0);
        stage_close(&s);
    }
}

static void a_sound_row_beside_a_faulty_one_is_kept(void **state) {
    (void)state;
    stage s = stage_open("空调 | 保修\n空调 | 保修 | 六年\n");
    assert_int_equal(s.problems, 1);
    assert_int_equal(facts_row_count(s.book), 1);
    expect(&s, "空调保修6年", NULL, DAY_2026_03_15, "6年 agrees 六年");
    stage_close(&s);
}

static void csv_is_read_with_its_quotes_and_columns(void **state) {
    (void)state;
    stage s = {.arena = arena_create(64 << 20)};
    read(&s, "a.facts.csv",
         "\xEF\xBB\xBFvalid_from,value,subject,fact,source\r\n"
         "2026-01-01,\"6年\",空调,\"保修/质保\",\"政策 \"\"2026\"\",\n第 4 条\"\r\n"
         "# 说明,\"没有关上\r\n"
         ",3年,热水器,保修,\r\n",
         true);
    assert_string_equal(s.reported, "");
    assert_int_equal(facts_row_count(s.book), 2);
    expect(&s, "空调质保三年", NULL, DAY_2026_03_15, "三年 differs 6年");
    expect(&s, "热水器质保三年", NULL, DAY_2026_03_15, "三年 agrees 3年");
    cs_folded f;
    cs_fact_check c[1];
    assert_true(fold_text("空调质保三年", strlen("空调质保三年"), s.arena, &f));
    assert_int_equal(facts_check(s.book, &f, NULL, 0, NULL, DAY_2026_03_15, s.arena, c, 1), 1);
    assert_string_equal(c[0].source, "政策 \"2026\",\n第 4 条");
    stage_close(&s);
}

static const struct {
    const char *text, *reported;
} faulty_csv[] = {
    {"空调,保修,\"3年\n", "1:1 a quote opened in this row is not closed"},
    {"空调,保修,\"3年\"x\n热水器,保修,3年\n", "1:11 text follows a closing quote without a comma"},
    {"空调,保修,3年,,,政策,第四条\n", "1:15 this row has more than six cells"},
    {"热水器,\"保\n修\",3年\n空调,保修,3年,abc\n", "3:10 this is no day between 1970 and 2199"},
};

static void faulty_csv_is_said_with_its_place(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof faulty_csv / sizeof *faulty_csv; i++) {
        stage s = {.arena = arena_create(64 << 20)};
        read(&s, "a.facts.csv", faulty_csv[i].text, true);
        if (strcmp(s.reported, faulty_csv[i].reported) != 0) print_error("%s\n", faulty_csv[i].text);
        assert_string_equal(s.reported, faulty_csv[i].reported);
        stage_close(&s);
    }
}

static void files_make_one_book(void **state) {
    (void)state;
    stage s = stage_open("空调 | 保修 | 6年\n");
    read(&s, "b.facts", "空调/KF-35 | 保修/质保 | 72个月\n热水器 | 质保 | 3年\n", false);
    assert_string_equal(s.reported, "");
    expect(&s, "kf-35质保3年", NULL, DAY_2026_03_15, "3年 differs 6年");
    read(&s, "c.facts", "KF-35 | 质保 | 5年\n", false);
    assert_string_equal(s.reported,
                        "1:14 质保 of kf-35 is \"5年\" here and \"6年\" in test.facts, line 1, on the same days");
    assert_int_equal(facts_row_count(s.book), 4);
    stage_close(&s);
}

static void limits_are_said(void **state) {
    (void)state;
    stage s = {.arena = arena_create(64 << 20)};
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "空调 | 保修 | 3年 | | | ");
    memset(text + used, 'x', 1001);
    snprintf(text + used + 1001, sizeof text - used - 1001, "\n空调");
    for (int i = 0; i < 33; i++) strcat(text, "/名字");
    strcat(text, " | 保修 | 3年\na | b | c | d | e");
    for (int i = 0; i < 40; i++) strcat(text, "| ");
    read(&s, "a.facts", text, false);
    assert_string_equal(s.reported, "1:20 this cell is longer than 1,000 bytes; 2:1 more than 32 names in one cell; "
                                    "3:74 this row has more than 32 cells");
    assert_int_equal(facts_row_count(s.book), 0);
    stage_close(&s);
}

static void little_memory_is_an_answer_too(void **state) {
    (void)state;
    for (size_t room = 256; room < 64 << 10; room += 256) {
        cs_arena *arena = arena_create(room);
        cs_facts *book = NULL;
        uint32_t problems = 0;
        if (facts_read(&book, "a.facts", book_text, sizeof book_text - 1, false, arena, NULL, NULL, &problems)) {
            assert_int_equal(problems, 0);
            assert_int_equal(facts_row_count(book), 12);
        }
        arena_free(arena);
    }
}

/* Ten thousand rows: each subject is found, with its own value. */
static void a_large_book_keeps_its_subjects_apart(void **state) {
    (void)state;
    stage s = {.arena = arena_create(256 << 20)};
    cs_arena *words = arena_create(64 << 20);
    char *text = arena_alloc(words, 1 << 20), said[128], expected[128];
    size_t used = 0;
    for (int i = 0; i < 10000; i++)
        used += (size_t)snprintf(text + used, (1 << 20) - used, "KF-%d | 保修/质保 | %d年\n", i + 10000, i % 9 + 1);
    read(&s, "a.facts", text, false);
    assert_string_equal(s.reported, "");
    for (int i = 0; i < 10000; i += 137) {
        snprintf(said, sizeof said, "您的kf-%d质保是%d年", i + 10000, i % 9 + 1);
        snprintf(expected, sizeof expected, "%d年 agrees %d年", i % 9 + 1, i % 9 + 1);
        expect(&s, said, NULL, DAY_2026_03_15, expected);
    }
    arena_free(words);
    stage_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_held_against_the_book),
        cmocka_unit_test(the_row_of_the_day_decides),
        cmocka_unit_test(without_a_subject_only_an_agreed_value_counts),
        cmocka_unit_test(own_rows_come_before_those_for_any),
        cmocka_unit_test(rows_that_contradict_each_other_decide_nothing),
        cmocka_unit_test(words_of_other_rows_differ_unless_they_may_mean_the_same),
        cmocka_unit_test(a_phrase_may_hold_the_name_of_its_fact),
        cmocka_unit_test(a_check_says_where_it_comes_from),
        cmocka_unit_test(the_subject_named_last_is_the_subject),
        cmocka_unit_test(rows_with_a_shared_name_are_one),
        cmocka_unit_test(what_is_wrong_is_said_with_its_place),
        cmocka_unit_test(a_sound_row_beside_a_faulty_one_is_kept),
        cmocka_unit_test(csv_is_read_with_its_quotes_and_columns),
        cmocka_unit_test(faulty_csv_is_said_with_its_place),
        cmocka_unit_test(files_make_one_book),
        cmocka_unit_test(limits_are_said),
        cmocka_unit_test(little_memory_is_an_answer_too),
        cmocka_unit_test(a_large_book_keeps_its_subjects_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
