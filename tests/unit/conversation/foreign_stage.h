/* foreign_stage.h - formats that others write: every file in good must become what its .expect.json says, in our own
 * format; every one in bad must be refused as its .expect says (id, place, reason, remedy; any part of the last two). */
#ifndef CS_TESTS_FOREIGN_STAGE_H
#define CS_TESTS_FOREIGN_STAGE_H

#include "base/file.h"
#include "base/hash.h"
#include "conversation/codec.h"
#include "conversation/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_GIVEN = 16 };

typedef struct foreign {
    cs_buffer given[MOST_GIVEN]; /* as the codec writes them */
    cs_buffer refused; /* "id:", "place:", "reason:", "remedy:" a line each */
    int64_t given_count, refused_count;
} foreign;

static bool foreign_take(void *context, cs_conversation *c, cs_arena *arena) {
    foreign *f = context;
    assert_true(f->given_count < MOST_GIVEN);
    cs_buffer *out = &f->given[f->given_count++];
    buffer_init(out, (size_t)16 << 20);
    assert_int_equal(codec_encode(c, out), CS_OK);
    arena_free(arena);
    return true;
}

static bool foreign_refuse(void *context, const char *id, cs_error code, const cs_message *message) {
    foreign *f = context;
    assert_int_not_equal(code, CS_OK);
    f->refused_count++;
    buffer_printf(&f->refused, "id: %s\nplace: %s\nreason: %s\nremedy: %s\n", id ? id : "", message->place,
                  message->reason, message->remedy);
    return true;
}

/* A mapping beside the file: X.mapping.json for X.eml. */
static cs_mapping *foreign_mapping(const char *path) {
    char beside[4200];
    cs_mapping *mapping = NULL;
    cs_message message;
    cs_file_info info;
    snprintf(beside, sizeof beside, "%.*s.mapping.json", (int)(strlen(path) - strlen(file_extension(path))), path);
    if (file_info(beside, &info, &message) != CS_OK) return NULL;
    if (mapping_load(beside, &mapping, &message) != CS_OK) fail_msg("%s: %s %s", beside, message.place, message.reason);
    return mapping;
}

static void foreign_read(const char *path, foreign *f) {
    *f = (foreign){0};
    buffer_init(&f->refused, 1 << 20);
    cs_mapping *mapping = foreign_mapping(path);
    const cs_format *format = format_find(path, mapping);
    if (!format) fail_msg("%s: no format", path);
    cs_reader_sink sink = {f, foreign_take, foreign_refuse, NULL};
    cs_read_counts counts;
    cs_message message;
    cs_error code = format_read(format, path, mapping, &sink, &counts, &message);
    if (code != CS_OK) foreign_refuse(f, NULL, code, &message);
    if (counts.given != f->given_count || counts.refused != f->refused_count ||
        counts.expected != counts.given + counts.refused)
        fail_msg("%s: %lld expected, %lld given, %lld refused", path, (long long)counts.expected,
                 (long long)counts.given, (long long)counts.refused);
    mapping_free(mapping);
}

static void foreign_drop(foreign *f) {
    for (int64_t i = 0; i < f->given_count; i++) buffer_free(&f->given[i]);
    buffer_free(&f->refused);
}

/* The printable surroundings of the first byte that differs. */
static const char *foreign_difference(const cs_buffer *a, const cs_buffer *b) {
    static char words[200];
    size_t at = 0, used = 0;
    while (at < a->length && at < b->length && a->data[at] == b->data[at]) at++;
    used += (size_t)snprintf(words, sizeof words, "byte %zu of %zu and %zu, near \"", at, a->length, b->length);
    for (size_t i = at > 30 ? at - 30 : 0; i < at + 30 && i < a->length && used + 2 < sizeof words; i++)
        words[used++] = a->data[i] >= 0x20 && a->data[i] < 0x7f ? a->data[i] : '.';
    words[used] = 0;
    return words;
}

static void foreign_good(const char *path, const char *expected) {
    foreign got, want;
    foreign_read(path, &got);
    if (got.refused_count) fail_msg("%s is refused:\n%s", path, buffer_string(&got.refused));
    foreign_read(expected, &want);
    if (want.refused_count) fail_msg("%s is refused:\n%s", expected, buffer_string(&want.refused));
    if (got.given_count != want.given_count)
        fail_msg("%s gives %lld conversations instead of %lld", path, (long long)got.given_count,
                 (long long)want.given_count);
    for (int64_t i = 0; i < got.given_count; i++) {
        const cs_buffer *a = &got.given[i], *b = &want.given[i];
        if (a->length != b->length || memcmp(a->data, b->data, a->length) != 0)
            fail_msg("%s: conversation %lld is not what %s says: %s", path, (long long)i + 1, expected,
                     foreign_difference(a, b));
    }
    foreign_drop(&got);
    foreign_drop(&want);
}

/* Each line of .expect must stand in what was said, in this order. CALLSCOPE_WRITE_EXPECT=1 writes a missing one. */
static void foreign_bad(const char *path) {
    foreign got;
    char name[4200];
    cs_buffer expect;
    cs_message message;
    foreign_read(path, &got);
    snprintf(name, sizeof name, "%.*s.expect", (int)(strlen(path) - strlen(file_extension(path))), path);
    if (file_read(name, 1 << 20, &expect, &message) != CS_OK) {
        if (!getenv("CALLSCOPE_WRITE_EXPECT")) fail_msg("%s", message.reason);
        FILE *out = fopen(name, "w");
        assert_non_null(out);
        fprintf(out, "given: %lld\n%s", (long long)got.given_count, buffer_string(&got.refused));
        fclose(out);
        foreign_drop(&got);
        return;
    }
    if (got.refused_count == 0) fail_msg("%s is taken", path);
    long long given = -1;
    const char *at = buffer_string(&got.refused);
    char *rest = NULL;
    for (char *line = strtok_r(expect.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (sscanf(line, "given: %lld", &given) == 1) continue;
        const char *found = strstr(at, line);
        if (!found) fail_msg("%s: \"%s\" is missing in\n%s", path, line, buffer_string(&got.refused));
        at = found + strlen(line);
    }
    if (given >= 0 && given != got.given_count)
        fail_msg("%s gives %lld instead of %lld", path, (long long)got.given_count, given);
    buffer_free(&expect);
    foreign_drop(&got);
}

typedef struct foreign_folder {
    bool is_good;
    int count;
} foreign_folder;

static bool foreign_one(void *context, const char *path, const cs_file_info *info) {
    foreign_folder *f = context;
    (void)info;
    const char *name = strrchr(path, '/') + 1;
    if (strstr(name, ".expect") || strstr(name, "mapping.json")) return true;
    f->count++;
    if (!f->is_good) {
        foreign_bad(path);
        return true;
    }
    char expected[4200];
    snprintf(expected, sizeof expected, "%.*s.expect.json", (int)(strlen(path) - strlen(file_extension(path))), path);
    foreign_good(path, expected);
    return true;
}

static void foreign_cases(const char *format, int least_good, int least_bad) {
    char path[4096];
    foreign_folder good = {true, 0}, bad = {false, 0};
    snprintf(path, sizeof path, "%s/formats/%s/good", CASES, format);
    assert_int_equal(file_walk(path, foreign_one, NULL, &good), CS_OK);
    snprintf(path, sizeof path, "%s/formats/%s/bad", CASES, format);
    assert_int_equal(file_walk(path, foreign_one, NULL, &bad), CS_OK);
    print_message("%s: %d good, %d bad\n", format, good.count, bad.count);
    assert_true(good.count >= least_good && bad.count >= least_bad);
}

#endif
