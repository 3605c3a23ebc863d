/* E-mail: the cases in tests/cases/formats/email; charsets, HTML and quotes by themselves; hostile mail. */
#include "foreign_stage.h"

#include "conversation/email_message.h"
#include "conversation/email_text.h"
#include "conversation/reading.h"

#include <unistd.h>

static void email_cases(void **state) {
    (void)state;
    foreign_cases("email", 12, 7);
}

static void check_decoded(const char *bytes, size_t count, const char *charset, const char *want, bool is_damaged) {
    cs_buffer out;
    bool damaged = false;
    buffer_init(&out, 1 << 16);
    assert_true(email_text_decode(bytes, count, charset, &out, &damaged));
    assert_string_equal(buffer_string(&out), want);
    assert_int_equal(damaged, is_damaged);
    buffer_free(&out);
}

#define DECODED(bytes, charset, want, damaged) check_decoded(bytes, sizeof(bytes) - 1, charset, want, damaged)

static void charsets_become_utf8(void **state) {
    (void)state;
    DECODED("\xc4\xfa\xba\xc3", "gb2312", "您好", false);
    DECODED("\xd6\xec\xe9\x46\xbb\xf9", "GB2312", "朱镕基", false); /* the second is in GBK only */
    DECODED("\xc4\xfa\xba\xc3", NULL, "您好", false);
    DECODED("\xc4\xfa\xba\xc3", "x-unheard-of", "您好", false);
    DECODED("\xe6\x82\xa8", "us-ascii", "您", false);
    DECODED("caf\xe9", "iso-8859-1", "café", false);
    DECODED("\x93quoted\x94", "iso-8859-1", "“quoted”", false);
    DECODED("\xa7\x41", "big5", "你", false);
    DECODED("a\xff z", "utf-8", "a\xef\xbf\xbd z", true);
    DECODED("a\0b\r\nc\rd\x07", "utf-8", "ab\nc\nd", false);
    DECODED("\xef\xbb\xbfx", NULL, "x", false);
    DECODED("", NULL, "", false);
}

static void check_stripped(const char *html, const char *want) {
    cs_buffer out;
    size_t from = 0;
    buffer_init(&out, 1 << 16);
    assert_true(email_html_strip(html, strlen(html), &out));
    while (out.length && out.data[out.length - 1] == '\n') out.data[--out.length] = 0;
    while (out.data && out.data[from] == '\n') from++;
    if (strcmp(buffer_string(&out) + from, want) != 0)
        fail_msg("%s\nbecomes\n%s\ninstead of\n%s", html, buffer_string(&out) + from, want);
    buffer_free(&out);
}

static void html_becomes_text(void **state) {
    (void)state;
    check_stripped("<p>您好</p><p>我要 <b>退</b>款</p>", "您好\n\n我要 退款");
    check_stripped("a<br>b<br/>c", "a\nb\nc");
    check_stripped("<head><title>x</title></head><style>p{}</style><script>alert('<p>')</script>y", "y");
    check_stripped("a &amp; b &lt;c&gt; &#24744;&#x597d; &nbsp; d &unknown; &", "a & b <c> 您好 d &unknown; &");
    check_stripped("<table><tr><td>订单</td><td>17</td></tr><tr><td>b</td></tr></table>", "订单 17\nb");
    check_stripped("new<blockquote>old<blockquote>older</blockquote></blockquote>again",
                   "new\n> old\n> > older\nagain");
    check_stripped("<a href=\"x>y\">link</a> <!-- hidden <p> --> end", "link end");
    check_stripped("1 < 2 and <unfinished", "1 < 2 and");
    check_stripped("&#0;&#xd800;&#x110000;x", "x");
    check_stripped("<script>never closed", "");
    check_stripped("<!-- never closed", "");
}

static void check_cut(const char *text, const char *want) {
    char copy[2000];
    size_t from = 0;
    snprintf(copy, sizeof copy, "%s", text);
    size_t bytes = email_quotes_cut(copy, strlen(copy), &from);
    if (bytes != strlen(want) || memcmp(copy + from, want, bytes) != 0)
        fail_msg("%s\nbecomes\n%.*s\ninstead of\n%s", text, (int)bytes, copy + from, want);
}

static void what_is_quoted_is_cut(void **state) {
    (void)state;
    check_cut("好的,谢谢\n\n> 您的订单已发货\n> 客服\n", "好的,谢谢");
    check_cut("yes\n\nOn Sat, Feb 14, 2026 at 10:32 AM Li <li@example.com> wrote:\n> is it?\n", "yes");
    check_cut("yes\n\nOn Sat, Feb 14, 2026 at 10:32 AM a very long name\n<li@example.com> wrote:\n\nis it?\n", "yes");
    check_cut("收到\n\n李四 <li@example.com> 于2026年2月14日周六 10:32写道：\n\n请问", "收到");
    check_cut("ok\n-----Original Message-----\nFrom: x\n\nold", "ok");
    check_cut("ok\n------------------ 原始邮件 ------------------\n发件人: x\n\nold", "ok");
    check_cut("ok\n发件人: a\n发送时间: b\n收件人: c\n主题: d\n\nold", "ok");
    check_cut("ok\n________________________________\nFrom: a\nSent: b\nTo: c\n\nold", "ok");
    check_cut("first\n> asked\nanswer\n> asked\nanswer two", "first\nanswer\nanswer two");
}

static void the_only_text_stays(void **state) {
    (void)state;
    check_cut("> all of it\n> is quoted\n", "> all of it\n> is quoted");
    check_cut("\n-----Original Message-----\nFrom: x\nold", "-----Original Message-----\nFrom: x\nold");
    check_cut("see below\n---------- Forwarded message ---------\nFrom: a\nDate: b\nTo: c\n\n> help me",
              "see below\n---------- Forwarded message ---------\nFrom: a\nDate: b\nTo: c\n\n> help me");
    check_cut("From: Beijing\nTo: Shanghai\nplease", "From: Beijing\nTo: Shanghai\nplease");
    check_cut("please send\nFrom: Beijing\nTo: Shanghai", "please send\nFrom: Beijing\nTo: Shanghai");
    check_cut("On reflection I wrote: nothing", "On reflection I wrote: nothing");
    check_cut("", "");
    check_cut(" \n \n", "");
}

static void subjects_lose_their_prefixes(void **state) {
    (void)state;
    bool is_reply;
    assert_string_equal(email_subject_core("Re: RE： 回复：空调", &is_reply), "空调");
    assert_true(is_reply);
    assert_string_equal(email_subject_core("Fwd: x", &is_reply), "x");
    assert_false(is_reply);
    assert_string_equal(email_subject_core("Regarding: x", &is_reply), "Regarding: x");
    assert_false(is_reply);
}

static void check_hostile(const cs_buffer *mail, const char *reason) {
    foreign f = {0};
    buffer_init(&f.refused, 1 << 20);
    cs_reader_sink sink = {&f, foreign_take, foreign_refuse, NULL};
    cs_read_counts counts = {0};
    cs_reading reading = {"hostile.eml", NULL, &sink, &counts};
    cs_message message;
    assert_int_equal(email_text_read(&reading, mail->data, mail->length, &message), CS_OK);
    if (!strstr(buffer_string(&f.refused), reason)) fail_msg("\"%s\" instead of %s", buffer_string(&f.refused), reason);
    foreign_drop(&f);
}

static void hostile_mail_is_refused_not_suffered(void **state) {
    (void)state;
    cs_buffer mail;
    buffer_init(&mail, (size_t)64 << 20);
    buffer_text(&mail, "From: a@example.com\n");
    for (int i = 0; i < 3000; i++) buffer_printf(&mail, "X-%d: a\n", i);
    check_hostile(&mail, "more than 2,000 headers");
    buffer_clear(&mail);
    buffer_text(&mail, "From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n");
    for (int i = 0; i < 30000; i++) buffer_text(&mail, "--b\n\nx\n");
    check_hostile(&mail, "more than 20,000 parts");
    buffer_clear(&mail);
    buffer_text(&mail, "From: a@example.com\n");
    for (int i = 0; i < 900; i++)
        buffer_printf(&mail, "Content-Type: multipart/mixed; boundary=\"b%d\"\n\n--b%d\n", i, i);
    buffer_text(&mail, "\nhello\n");
    check_hostile(&mail, "deep inside each other");
    buffer_free(&mail);
}

static void a_long_mail_becomes_several_turns(void **state) {
    (void)state;
    char path[] = "/tmp/callscope-mail-XXXXXX.eml";
    int file = mkstemps(path, 4);
    assert_true(file >= 0);
    FILE *out = fdopen(file, "w");
    fprintf(out, "From: a@example.com\nDate: Sat, 14 Feb 2026 10:32:00 +0800\nMessage-ID: <long@example.com>\n"
                 "Content-Type: text/plain; charset=utf-8\n\n");
    for (int i = 0; i < 20000; i++) fprintf(out, "第%d行\n", i);
    fclose(out);
    foreign f;
    foreign_read(path, &f);
    unlink(path);
    assert_int_equal(f.given_count, 1);
    assert_true(f.given[0].length > 200000);
    foreign_drop(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(email_cases),
        cmocka_unit_test(charsets_become_utf8),
        cmocka_unit_test(html_becomes_text),
        cmocka_unit_test(what_is_quoted_is_cut),
        cmocka_unit_test(the_only_text_stays),
        cmocka_unit_test(subjects_lose_their_prefixes),
        cmocka_unit_test(hostile_mail_is_refused_not_suffered),
        cmocka_unit_test(a_long_mail_becomes_several_turns),
    };
    return hash_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
