/* The same text in every encoding must be found to be in it and read as the same lines. */
#include "base/encoding.h"
#include "base/file.h"

#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CHAT                                                                                                           \
    "会话,时间,文字\nC-1,2026-02-14 10:32:00,您好，请问有什么可以帮您？\nC-1,2026-02-14 "           \
    "10:32:09,我一上午都在等，一直没人回\n"

static char path[] = "/tmp/callscope-encoding-XXXXXX";

static int start(void **state) {
    (void)state;
    int file = mkstemp(path);
    return file < 0 ? -1 : close(file);
}

static int end(void **state) {
    (void)state;
    return unlink(path);
}

static size_t encode(const char *text, const char *name, char *out, size_t room) {
    iconv_t converter = iconv_open(name, "UTF-8");
    assert_true(converter != (iconv_t)-1);
    char *from = (char *)(uintptr_t)text, *to = out;
    size_t left = strlen(text), free_bytes = room;
    assert_true(iconv(converter, &from, &left, &to, &free_bytes) != (size_t)-1);
    iconv_close(converter);
    return room - free_bytes;
}

static void write_bytes(const char *bytes, size_t count) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static cs_line_reader *open_as(cs_encoding said, size_t max) {
    cs_line_reader *reader = NULL;
    cs_message message = {0};
    cs_error code = line_reader_open_as(path, said, max, &reader, &message);
    if (code != CS_OK) fail_msg("%s", message.reason);
    return reader;
}

static void expect(const char *bytes, size_t count, cs_encoding encoding, size_t mark) {
    size_t found = 99;
    assert_string_equal(encoding_name(encoding_detect(bytes, count, &found)), encoding_name(encoding));
    assert_int_equal(found, mark);
}

static void expect_text(const char *text, cs_encoding encoding) {
    expect(text, strlen(text), encoding, 0);
}

static void a_mark_tells(void **state) {
    (void)state;
    expect("\xef\xbb\xbfok", 5, CS_ENCODING_UTF8, 3);
    expect("\xff\xfeo\0k\0", 6, CS_ENCODING_UTF16LE, 2);
    expect("\xfe\xff\0o\0k", 6, CS_ENCODING_UTF16BE, 2);
    expect("\xff\xfe\0\0o\0\0\0", 8, CS_ENCODING_UTF32, 4);
    expect("\0\0\xfe\xff\0\0\0o", 8, CS_ENCODING_UTF32, 4);
    expect("\x84\x31\x95\x33ok", 6, CS_ENCODING_GB18030, 4);
    expect("", 0, CS_ENCODING_UTF8, 0);
}

static void the_same_text_is_found_in_every_encoding(void **state) {
    (void)state;
    char bytes[1024];
    expect_text(CHAT, CS_ENCODING_UTF8);
    expect(bytes, encode(CHAT, "GB18030", bytes, sizeof bytes), CS_ENCODING_GB18030, 0);
    expect(bytes, encode(CHAT, "GBK", bytes, sizeof bytes), CS_ENCODING_GB18030, 0);
    expect(bytes, encode(CHAT, "UTF-16LE", bytes, sizeof bytes), CS_ENCODING_UTF16LE, 0);
    expect(bytes, encode(CHAT, "UTF-16BE", bytes, sizeof bytes), CS_ENCODING_UTF16BE, 0);
    expect(bytes, encode("id,text\n1,plain English\n", "UTF-16LE", bytes, sizeof bytes), CS_ENCODING_UTF16LE, 0);
    expect(bytes, encode("id,text\n1,plain English\n", "UTF-16BE", bytes, sizeof bytes), CS_ENCODING_UTF16BE, 0);
    /* U+4E00 has a zero where an ASCII letter of the other order has it. */
    expect(bytes, encode("一一一一一\n一一\n", "UTF-16LE", bytes, sizeof bytes), CS_ENCODING_UTF16LE, 0);
    expect(bytes, encode("一一一一一\n一一\n", "UTF-16BE", bytes, sizeof bytes), CS_ENCODING_UTF16BE, 0);
}

static void a_cut_character_at_the_end_of_the_sample_does_not_mislead(void **state) {
    (void)state;
    char bytes[1024];
    size_t count = encode(CHAT, "GB18030", bytes, sizeof bytes) - 1;
    for (size_t less = 0; less < 4; less++) {
        expect(bytes, count - less, CS_ENCODING_GB18030, 0);
        expect(CHAT, strlen(CHAT) - less, CS_ENCODING_UTF8, 0);
    }
}

static void most_bytes_decide_not_the_first_line(void **state) {
    (void)state;
    expect_text("id,text\n1,\xc4\xe3\xba\xc3\n2,您好您好\n3,好的好的\n", CS_ENCODING_UTF8);
    /* C1 AA CD A8 is a word in GBK and two letters in UTF-8. */
    expect_text("id,text\n1,\xc1\xaa\xcd\xa8\n2,\xc4\xe3\xba\xc3\xa3\xac\xc4\xe3\xba\xc3\n", CS_ENCODING_GB18030);
    expect_text("id,text\n1,\xc4\xe3\xba\xc3\xc4\xe3\xba\xc3\xc4\xe3\xba\xc3\n2,\xc4\xe3\xff\n", CS_ENCODING_GB18030);
}

static void what_is_neither_counts_as_utf8_so_that_it_is_refused(void **state) {
    (void)state;
    expect_text("name\nM\xfcller\ncaf\xe9\n", CS_ENCODING_UTF8); /* Latin-1 */
    expect_text("\xb1z\xa6n\xa1"
                "A\xbd\xd0\xb0\xdd\xa6\xb3\xa4\xb0\xbb\xf2\xa5i\xa5H\xc0\xb0\xb1z\n",
                CS_ENCODING_UTF8); /* Big5 */
    static const char stray[] = "id,text\n1,ab\0cd\n2,hello there\n3,good morning\n"; /* one zero byte is damage */
    static const char program[] = "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0>\0\1\0\0\0";
    expect(stray, sizeof stray - 1, CS_ENCODING_UTF8, 0);
    expect(program, sizeof program - 1, CS_ENCODING_UTF8, 0);
}

static void names_are_known(void **state) {
    (void)state;
    cs_encoding found = CS_ENCODING_ANY;
    assert_true(encoding_parse("GBK", &found));
    assert_int_equal(found, CS_ENCODING_GB18030);
    assert_true(encoding_parse("Utf-16be", &found));
    assert_int_equal(found, CS_ENCODING_UTF16BE);
    assert_false(encoding_parse("latin1", &found));
    assert_false(encoding_parse("any", &found));
    assert_false(encoding_parse("UTF-32", &found));
}

/* Reads the file to its end and puts the lines together again. */
static void expect_lines(cs_encoding said, cs_encoding encoding, const char *expected, size_t file_bytes) {
    cs_line_reader *reader = open_as(said, 1 << 20);
    assert_int_equal(line_reader_encoding(reader), encoding);
    cs_buffer all;
    cs_line line;
    cs_message message;
    buffer_init(&all, (size_t)64 << 20);
    for (int64_t number = 1;; number++) {
        assert_int_equal(line_reader_next(reader, &line, &message), CS_OK);
        if (!line.text) break;
        assert_false(line.is_undecodable || line.is_too_long);
        assert_int_equal(line.number, number);
        buffer_append(&all, line.text, line.bytes);
        buffer_append(&all, "\n", 1);
    }
    assert_int_equal(line_reader_offset(reader), file_bytes);
    assert_string_equal(buffer_string(&all), expected);
    buffer_free(&all);
    line_reader_close(reader);
}

static void lines_are_the_same_in_every_encoding(void **state) {
    (void)state;
    static const struct {
        const char *name, *mark;
        size_t mark_bytes;
        cs_encoding encoding;
    } ways[] = {{"UTF-8", "\xef\xbb\xbf", 3, CS_ENCODING_UTF8},
                {"GB18030", "\x84\x31\x95\x33", 4, CS_ENCODING_GB18030},
                {"UTF-16LE", "\xff\xfe", 2, CS_ENCODING_UTF16LE},
                {"UTF-16BE", "\xfe\xff", 2, CS_ENCODING_UTF16BE}};
    /* 上 (U+4E0A) and ऊ (U+090A) have a line feed's byte; 𠮷 and 😀 need two units or four bytes; lines cross the reader's chunks. */
    size_t room = (size_t)8 << 20;
    char *text = malloc(room), *broken = malloc(room), *bytes = malloc(room);
    assert_true(text && broken && bytes);
    size_t length = 0, with_returns = 0;
    for (int i = 0; i < 20000; i++) {
        char row[256];
        snprintf(row, sizeof row, "C-%d,上上下下，ऊ𠮷😀%.*s", i, i % 61, "一二三四五六七八九十一二三四五六七八九十");
        size_t whole = strlen(row);
        while (whole > 0 && ((unsigned char)row[whole - 1] & 0xc0) == 0x80) whole--;
        if (whole > 0 && (unsigned char)row[whole - 1] >= 0xc0) row[whole - 1] = 0; /* no character is left cut */
        length += (size_t)snprintf(text + length, room - length, "%s\n", row);
        with_returns += (size_t)snprintf(broken + with_returns, room - with_returns, "%s%s\n", row, i % 2 ? "\r" : "");
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        size_t count = encode(broken, ways[i].name, bytes, room);
        write_bytes(bytes, count);
        expect_lines(ways[i].encoding, ways[i].encoding, text, count);
        expect_lines(CS_ENCODING_ANY, ways[i].encoding, text, count);
        memmove(bytes + ways[i].mark_bytes, bytes, count);
        memcpy(bytes, ways[i].mark, ways[i].mark_bytes);
        write_bytes(bytes, count + ways[i].mark_bytes);
        expect_lines(CS_ENCODING_ANY, ways[i].encoding, text, count + ways[i].mark_bytes);
        expect_lines(CS_ENCODING_UTF16LE, ways[i].encoding, text, count + ways[i].mark_bytes); /* the mark wins */
    }
    free(text);
    free(broken);
    free(bytes);
}

static void next(cs_line_reader *reader, cs_line *line) {
    cs_message message;
    assert_int_equal(line_reader_next(reader, line, &message), CS_OK);
}

static void a_line_of_another_encoding_is_told_and_the_next_is_read(void **state) {
    (void)state;
    static const char text[] =
        "1,\xc4\xe3\xba\xc3\xa3\xac\xc7\xeb\xce\xca\n2,\xc4\xe3\xff\xff\n3,您好您好\n4,\xba\xc3\xb5\xc4\n";
    write_bytes(text, sizeof text - 1);
    cs_line_reader *reader = open_as(CS_ENCODING_GB18030, 100);
    cs_line line;
    next(reader, &line);
    assert_string_equal(line.text, "1,你好，请问");
    next(reader, &line);
    assert_true(line.is_undecodable);
    assert_string_equal(line.text, "2,你\xff");
    next(reader, &line);
    assert_true(line.is_undecodable);
    assert_string_equal(line.text, "\xff");
    next(reader, &line);
    assert_false(line.is_undecodable);
    assert_string_equal(line.text, "4,好的");
    assert_int_equal(line.number, 4);
    line_reader_close(reader);
}

static void half_a_unit_at_the_end_is_told(void **state) {
    (void)state;
    write_bytes("a\0\n\0b", 5);
    cs_line_reader *reader = open_as(CS_ENCODING_UTF16LE, 100);
    cs_line line;
    next(reader, &line);
    assert_string_equal(line.text, "a");
    next(reader, &line);
    assert_true(line.is_undecodable && line.is_last_cut);
    next(reader, &line);
    assert_null(line.text);
    line_reader_close(reader);
    write_bytes("\0\xd8x\0\n\0o\0k\0", 10); /* half a surrogate pair */
    reader = open_as(CS_ENCODING_UTF16LE, 100);
    next(reader, &line);
    assert_true(line.is_undecodable);
    next(reader, &line);
    assert_string_equal(line.text, "ok");
    line_reader_close(reader);
}

static void a_long_line_is_skipped_in_every_encoding(void **state) {
    (void)state;
    static const char *const ways[] = {"GB18030", "UTF-16LE", "UTF-16BE"};
    static const cs_encoding encodings[] = {CS_ENCODING_GB18030, CS_ENCODING_UTF16LE, CS_ENCODING_UTF16BE};
    size_t room = (size_t)4 << 20, long_bytes = 900000;
    char *text = malloc(room), *bytes = malloc(room);
    assert_true(text && bytes);
    for (size_t i = 0; i < 3; i++) {
        memcpy(text, "ab\n", 3);
        for (size_t k = 0; k < long_bytes; k += 3) memcpy(text + 3 + k, "上", 3);
        snprintf(text + 3 + long_bytes, room - 3 - long_bytes, "\n12345678\r\n上上上\nend");
        size_t count = encode(text, ways[i], bytes, room);
        write_bytes(bytes, count);
        cs_line_reader *reader = open_as(encodings[i], 8);
        cs_line line;
        next(reader, &line);
        assert_string_equal(line.text, "ab");
        next(reader, &line);
        assert_true(line.is_too_long && !line.is_undecodable && line.bytes <= 8);
        next(reader, &line);
        assert_int_equal(line.number, 3);
        assert_true(!line.is_too_long && line.bytes == 8);
        next(reader, &line); /* nine bytes as UTF-8 */
        assert_true(line.is_too_long && line.bytes == 8);
        next(reader, &line);
        assert_string_equal(line.text, "end");
        next(reader, &line);
        assert_null(line.text);
        assert_int_equal(line_reader_offset(reader), count);
        line_reader_close(reader);
    }
    free(text);
    free(bytes);
}

static void utf32_is_refused_with_a_remedy(void **state) {
    (void)state;
    write_bytes("\xff\xfe\0\0a\0\0\0", 8);
    cs_line_reader *reader = NULL;
    cs_message message = {0};
    cs_buffer text;
    assert_int_equal(line_reader_open(path, 100, &reader, &message), CS_ERR_ENCODING);
    assert_string_equal(message.remedy, "save it as UTF-8");
    assert_int_equal(file_read_text(path, 100, CS_ENCODING_ANY, &text, NULL, &message), CS_ERR_ENCODING);
}

static void whole_files_become_utf8(void **state) {
    (void)state;
    char bytes[1024];
    static const char *const ways[] = {"UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"};
    cs_encoding found = CS_ENCODING_ANY;
    cs_message message = {0};
    cs_buffer text;
    for (size_t i = 0; i < 4; i++) {
        write_bytes(bytes, encode("\ufeff" CHAT, ways[i], bytes, sizeof bytes));
        assert_int_equal(file_read_text(path, 1000, CS_ENCODING_ANY, &text, &found, &message), CS_OK);
        assert_string_equal(buffer_string(&text), CHAT);
        assert_string_equal(encoding_name(found), ways[i]);
        buffer_free(&text);
    }
    write_bytes("", 0);
    assert_int_equal(file_read_text(path, 1000, CS_ENCODING_ANY, &text, &found, &message), CS_OK);
    assert_int_equal(text.length, 0);
    buffer_free(&text);
    assert_int_equal(file_read_text(path, 1000, CS_ENCODING_UTF16LE, &text, &found, &message), CS_OK);
    buffer_free(&text);
    write_bytes("12345", 5);
    assert_int_equal(file_read_text(path, 4, CS_ENCODING_ANY, &text, &found, &message), CS_ERR_LIMIT);
}

static void a_whole_file_that_breaks_off_names_the_line(void **state) {
    (void)state;
    static const char bytes[] = "1,\xc4\xe3\xba\xc3\n2,\xc4\xe3\xff\xff\n";
    cs_message message = {0};
    cs_buffer text;
    write_bytes(bytes, sizeof bytes - 1);
    assert_int_equal(file_read_text(path, 1000, CS_ENCODING_GB18030, &text, NULL, &message), CS_ERR_ENCODING);
    assert_string_equal(message.place, "line 2");
    assert_string_equal(message.reason, "the file is GB18030, but not from here on");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_tells),
        cmocka_unit_test(the_same_text_is_found_in_every_encoding),
        cmocka_unit_test(a_cut_character_at_the_end_of_the_sample_does_not_mislead),
        cmocka_unit_test(most_bytes_decide_not_the_first_line),
        cmocka_unit_test(what_is_neither_counts_as_utf8_so_that_it_is_refused),
        cmocka_unit_test(names_are_known),
        cmocka_unit_test(lines_are_the_same_in_every_encoding),
        cmocka_unit_test(a_line_of_another_encoding_is_told_and_the_next_is_read),
        cmocka_unit_test(half_a_unit_at_the_end_is_told),
        cmocka_unit_test(a_long_line_is_skipped_in_every_encoding),
        cmocka_unit_test(utf32_is_refused_with_a_remedy),
        cmocka_unit_test(whole_files_become_utf8),
        cmocka_unit_test(a_whole_file_that_breaks_off_names_the_line),
    };
    return cmocka_run_group_tests(tests, start, end);
}
