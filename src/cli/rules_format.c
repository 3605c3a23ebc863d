/* callscope rules format, form and schema: canonical text, its JSON form, and what the form may hold. */
#include "cli/command.h"

#include "base/file.h"
#include "rules/format.h"
#include "rules/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct formatting {
    cs_form_language language;
    bool is_check;
    unsigned files, changed, refused;
} formatting;

/* Beside the file and then renamed onto it: whoever reads it finds the old text or the new. */
static bool replace(const char *path, const cs_buffer *text) {
    char beside[4096];
    struct stat old;
    int wrote = snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    if (wrote < 0 || (size_t)wrote >= sizeof beside || stat(path, &old) != 0) return false;
    int file = mkstemp(beside);
    if (file < 0) return false;
    const char *from = buffer_string(text), *end = from + text->length;
    bool is_good = fchmod(file, old.st_mode & 07777) == 0;
    while (is_good && from < end) {
        ssize_t bytes = write(file, from, (size_t)(end - from));
        is_good = bytes > 0;
        if (is_good) from += bytes;
    }
    is_good = is_good && fsync(file) == 0;
    is_good = close(file) == 0 && is_good;
    if (is_good && rename(beside, path) == 0) return true;
    unlink(beside);
    return false;
}

static bool refuse(formatting *f, const char *path, const cs_message *message) {
    f->refused++;
    trouble_print(path, message);
    return true;
}

static bool on_file(void *context, const char *path, const cs_file_info *info) {
    formatting *f = context;
    const char *dot = strrchr(path, '.');
    cs_buffer text, formatted;
    cs_message message;
    (void)info;
    if (!dot || strcmp(dot, ".rules") != 0) return true;
    f->files++;
    cs_error code = file_read(path, CS_MAX_RULES_BYTES, &text, &message);
    if (code != CS_OK) {
        buffer_free(&text);
        return refuse(f, path, &message);
    }
    code = format_rules(buffer_string(&text), text.length, path, f->language, rule_problem_print, NULL, &formatted,
                        &message);
    bool is_same = code == CS_OK && formatted.length == text.length &&
                   memcmp(buffer_string(&formatted), buffer_string(&text), text.length) == 0;
    if (code == CS_OK && !is_same) {
        f->changed++;
        puts(path);
        if (!f->is_check && !replace(path, &formatted))
            code = message_set(&message, CS_ERR_IO, "it could not be written; it is as it was");
    }
    buffer_free(&text);
    buffer_free(&formatted);
    return code == CS_OK || refuse(f, path, &message);
}

static bool on_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    (void)code;
    return refuse(context, path, message);
}

/* false: it was told that there is no such language. */
static bool language_of(const cs_arguments *arguments, cs_form_language *out) {
    const char *name = argument(arguments, "--lang");
    *out = !name                     ? CS_FORM_AS_WRITTEN
           : strcmp(name, "zh") == 0 ? CS_FORM_CHINESE
           : strcmp(name, "en") == 0 ? CS_FORM_ENGLISH
                                     : CS_FORM_AS_WRITTEN;
    if (!name || *out != CS_FORM_AS_WRITTEN) return true;
    fprintf(stderr, "callscope: --lang is zh or en, not '%s'\n", name);
    return false;
}

int run_rules_format(const cs_arguments *arguments) {
    formatting f = {.is_check = argument_is_given(arguments, "--check")};
    if (!language_of(arguments, &f.language)) return CS_EXIT_USAGE;
    for (size_t i = 0; i < arguments->path_count; i++) (void)file_walk(arguments->paths[i], on_file, on_trouble, &f);
    if (f.files == 0 && f.refused == 0) {
        fprintf(stderr, "callscope: there is no .rules file under %s\n", arguments->paths[0]);
        return CS_EXIT_REFUSED;
    }
    fprintf(stderr, f.is_check ? "%u files, %u not in form, %u refused\n" : "%u files, %u rewritten, %u refused\n",
            f.files, f.changed, f.refused);
    return f.refused || (f.is_check && f.changed) ? CS_EXIT_REFUSED : CS_EXIT_DONE;
}

int run_rules_form(const cs_arguments *arguments) {
    bool is_text = argument_is_given(arguments, "--text");
    const char *path = arguments->paths[0];
    cs_form_language language;
    cs_buffer in, out;
    cs_message message;
    if (!language_of(arguments, &language)) return CS_EXIT_USAGE;
    cs_error code = file_read(path, is_text ? CS_MAX_FORM_BYTES : CS_MAX_RULES_BYTES, &in, &message);
    buffer_init(&out, 0);
    if (code == CS_OK && is_text)
        code = form_write(buffer_string(&in), in.length, language, &out, &message);
    else if (code == CS_OK)
        code = form_read(buffer_string(&in), in.length, path, rule_problem_print, NULL, &out, &message);
    if (code == CS_OK)
        fwrite(buffer_string(&out), 1, out.length, stdout);
    else
        trouble_print(path, &message);
    buffer_free(&in);
    buffer_free(&out);
    return code == CS_OK ? CS_EXIT_DONE : CS_EXIT_REFUSED;
}

int run_rules_schema(const cs_arguments *arguments) {
    cs_buffer out;
    (void)arguments;
    bool is_good = schema_write(&out);
    if (is_good)
        fwrite(buffer_string(&out), 1, out.length, stdout);
    else
        fputs("callscope: out of memory for the schema\n", stderr);
    buffer_free(&out);
    return is_good ? CS_EXIT_DONE : CS_EXIT_REFUSED;
}
