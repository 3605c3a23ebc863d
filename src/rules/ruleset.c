#include "rules/ruleset.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/utf8.h"
#include "rules/facts.h"
#include "rules/parse.h"
#include "rules/scan.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Version of what rules mean: a change of meaning re-inspects everything. */
static const char engine[] = "1";
static const char file_mark[] = "%%file ";

enum { ARENA_BYTES = 1 << 30 };

struct cs_ruleset {
    atomic_uint holders;
    cs_arena *arena;
    cs_buffer source; /* all files: "%%file NAME BYTES\n" TEXT "\n" … */
    cs_hash id;
    cs_syntax syntax;
    cs_patterns patterns;
};

const char *ruleset_engine(void) {
    return engine;
}
cs_hash ruleset_id(const cs_ruleset *ruleset) {
    return ruleset->id;
}
uint32_t ruleset_rule_count(const cs_ruleset *ruleset) {
    return ruleset->syntax.rule_count;
}
const cs_rule *ruleset_rule(const cs_ruleset *ruleset, uint32_t index) {
    return &ruleset->syntax.rules[index];
}
const cs_patterns *ruleset_patterns(const cs_ruleset *ruleset) {
    return &ruleset->patterns;
}
const cs_syntax *ruleset_syntax(const cs_ruleset *ruleset) {
    return &ruleset->syntax;
}

const cs_rule *ruleset_find(const cs_ruleset *ruleset, const char *name) {
    for (uint32_t i = 0; i < ruleset->syntax.rule_count; i++)
        if (strcmp(ruleset->syntax.rules[i].name, name) == 0) return &ruleset->syntax.rules[i];
    return NULL;
}

const char *ruleset_source(const cs_ruleset *ruleset, size_t *bytes) {
    *bytes = ruleset->source.length;
    return buffer_string(&ruleset->source);
}

void ruleset_hold(cs_ruleset *ruleset) {
    atomic_fetch_add(&ruleset->holders, 1);
}

void ruleset_release(cs_ruleset *ruleset) {
    if (!ruleset || atomic_fetch_sub(&ruleset->holders, 1) != 1) return;
    patterns_free(&ruleset->patterns);
    buffer_free(&ruleset->source);
    arena_free(ruleset->arena);
    free(ruleset);
}

/* ---- from the source to statements ---- */

typedef struct gathered {
    cs_statement *statements;
    uint32_t count, problems; /* of the facts books */
    cs_on_problem on_problem;
    void *context;
} gathered;

typedef enum cs_source_kind { SOURCE_NONE, SOURCE_RULES, SOURCE_FACTS, SOURCE_FACTS_CSV } cs_source_kind;

static bool ends_with(const char *name, const char *end) {
    size_t length = strlen(name), bytes = strlen(end);
    return length >= bytes && strcmp(name + length - bytes, end) == 0;
}

static cs_source_kind kind_of(const char *name) {
    return ends_with(name, ".rules")       ? SOURCE_RULES
           : ends_with(name, ".facts")     ? SOURCE_FACTS
           : ends_with(name, ".facts.csv") ? SOURCE_FACTS_CSV
                                           : SOURCE_NONE;
}

/* "ecommerce" of "packs/ecommerce/words.rules" */
static const char *pack_of(const char *name, cs_arena *arena) {
    const char *end = strrchr(name, '/');
    if (!end) return "";
    const char *start = end;
    while (start > name && start[-1] != '/') start--;
    return arena_copy(arena, start, (size_t)(end - start));
}

static bool add_file(cs_ruleset *ruleset, gathered *all, const char *name, const char *text, size_t bytes) {
    cs_statement *statements;
    uint32_t count;
    cs_source_kind kind = kind_of(name);
    if (kind == SOURCE_FACTS || kind == SOURCE_FACTS_CSV)
        return facts_read(&ruleset->syntax.facts, name, text, bytes, kind == SOURCE_FACTS_CSV, ruleset->arena,
                          all->on_problem, all->context, &all->problems);
    const char *pack = pack_of(name, ruleset->arena);
    if (!pack || !source_split(text, bytes, name, pack, ruleset->arena, &statements, &count)) return false;
    cs_statement *joined = arena_array(ruleset->arena, all->count + count + 1, sizeof *joined);
    if (!joined) return false;
    if (all->count) memcpy(joined, all->statements, all->count * sizeof *joined);
    if (count) memcpy(joined + all->count, statements, count * sizeof *joined);
    all->statements = joined;
    all->count += count;
    return true;
}

/* The id knows a file by its folder and name, so that the same rules have the same id wherever they are kept. */
static void add_to_id(cs_ruleset *ruleset, const char *name, const char *text, size_t bytes) {
    const char *tail = name + strlen(name);
    unsigned slashes = 0;
    while (tail > name && (slashes += tail[-1] == '/') < 2) tail--;
    ruleset->id = hash_pair(ruleset->id, hash_pair(hash_bytes(tail, strlen(tail)), hash_bytes(text, bytes)));
}

static cs_error split_source(cs_ruleset *ruleset, gathered *all, cs_message *message) {
    const char *at = buffer_string(&ruleset->source), *end = at + ruleset->source.length;
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        const char *space = line_end;
        while (space && space > at && *space != ' ') space--;
        if (!line_end || strncmp(at, file_mark, sizeof file_mark - 1) != 0 || space <= at + sizeof file_mark - 2)
            return message_set(message, CS_ERR_PARSE, "the stored rule set is damaged at byte %zu",
                               (size_t)(at - buffer_string(&ruleset->source)));
        size_t bytes = strtoul(space + 1, NULL, 10);
        if (bytes > (size_t)(end - line_end) - 1)
            return message_set(message, CS_ERR_PARSE, "the stored rule set is cut short");
        const char *name =
            arena_copy(ruleset->arena, at + sizeof file_mark - 1, (size_t)(space - at) - (sizeof file_mark - 1));
        if (name) add_to_id(ruleset, name, line_end + 1, bytes);
        if (!name || !add_file(ruleset, all, name, line_end + 1, bytes))
            return message_set(message, CS_ERR_MEMORY, "out of memory while reading rules");
        at = line_end + 1 + bytes + 1;
    }
    return CS_OK;
}

typedef enum cs_building { BUILD_WHOLE, BUILD_READ, BUILD_ALONE } cs_building; /* the last two without patterns */

/* Takes over source, also when it fails. */
static cs_error build(const char *cache, cs_building how, cs_buffer *source, cs_on_problem on_problem, void *context,
                      cs_ruleset **out, cs_message *message) {
    cs_ruleset *ruleset = calloc(1, sizeof *ruleset);
    if (!ruleset) {
        buffer_free(source);
        return message_set(message, CS_ERR_MEMORY, "out of memory for the rules");
    }
    atomic_init(&ruleset->holders, 1);
    ruleset->source = *source;
    ruleset->arena = arena_create(ARENA_BYTES);
    ruleset->id = hash_bytes(engine, sizeof engine);
    gathered all = {.on_problem = on_problem, .context = context};
    cs_error code = ruleset->arena ? split_source(ruleset, &all, message)
                                   : message_set(message, CS_ERR_MEMORY, "out of memory for the rules");
    if (code == CS_OK) {
        cs_parser parser = {.arena = ruleset->arena,
                            .syntax = &ruleset->syntax,
                            .on_problem = on_problem,
                            .context = context,
                            .is_alone = how == BUILD_ALONE};
        if (!parse_statements(&parser, all.statements, all.count))
            code = message_set(message, CS_ERR_MEMORY, "out of memory while reading rules");
        else if (parser.problem_count + all.problems)
            code = message_set(message, CS_ERR_PARSE, "%u problems in the rules", parser.problem_count + all.problems);
        else if (ruleset->syntax.rule_count == 0)
            code = message_set(message, CS_ERR_PARSE, "there is no rule in it");
    }
    if (code == CS_OK && how == BUILD_WHOLE)
        code =
            patterns_compile(&ruleset->syntax, cache, ruleset->arena, on_problem, context, &ruleset->patterns, message);
    if (code != CS_OK) {
        ruleset_release(ruleset);
        return code;
    }
    *out = ruleset;
    return CS_OK;
}

static cs_error examine(const char *text, size_t bytes, const char *name, cs_on_problem on_problem, void *context,
                        cs_ruleset *ruleset, cs_message *message) {
    cs_statement *statements;
    uint32_t count;
    cs_parser parser = {.arena = ruleset->arena,
                        .syntax = &ruleset->syntax,
                        .on_problem = on_problem,
                        .context = context,
                        .is_alone = true};
    if (!ruleset->arena || !source_split(text, bytes, name, "", ruleset->arena, &statements, &count) ||
        !parse_statements(&parser, statements, count))
        return message_set(message, CS_ERR_MEMORY, "out of memory while reading rules");
    if (!parser.problem_count) return CS_OK;
    return message_set(message, CS_ERR_PARSE, "%u problems in the rules", parser.problem_count);
}

cs_error ruleset_examine(const char *text, size_t bytes, const char *name, cs_on_problem on_problem, void *context,
                         cs_message *message) {
    size_t bad = utf8_invalid_at(text, bytes);
    if (bytes > CS_MAX_RULES_BYTES)
        return message_set(message, CS_ERR_LIMIT, "the rules are larger than %d bytes", CS_MAX_RULES_BYTES);
    if (bad != bytes) {
        message_set(message, CS_ERR_ENCODING, "the rules are not UTF-8");
        message_place(message, "byte %zu", bad);
        return CS_ERR_ENCODING;
    }
    cs_ruleset ruleset = {.arena = arena_create(ARENA_BYTES)};
    cs_error code = examine(text, bytes, name, on_problem, context, &ruleset, message);
    arena_free(ruleset.arena);
    return code;
}

cs_error ruleset_restore(const char *source, size_t bytes, cs_ruleset **out, cs_message *message) {
    return ruleset_restore_cached(NULL, source, bytes, out, message);
}

cs_error ruleset_restore_cached(const char *cache, const char *source, size_t bytes, cs_ruleset **out,
                                cs_message *message) {
    cs_buffer copy;
    buffer_init(&copy, CS_MAX_SOURCE_BYTES * 2);
    if (!buffer_append(&copy, source, bytes)) {
        buffer_free(&copy);
        return message_set(message, CS_ERR_LIMIT, "the stored rule set is larger than %d bytes",
                           CS_MAX_SOURCE_BYTES * 2);
    }
    return build(cache, BUILD_WHOLE, &copy, NULL, NULL, out, message);
}

static cs_error read_source(cs_building how, const char *source, size_t bytes, cs_on_problem on_problem, void *context,
                            cs_ruleset **out, cs_message *message) {
    cs_buffer copy;
    buffer_init(&copy, CS_MAX_SOURCE_BYTES * 2);
    if (!buffer_append(&copy, source, bytes)) {
        buffer_free(&copy);
        return message_set(message, CS_ERR_LIMIT, "the rules are larger than %d bytes", CS_MAX_SOURCE_BYTES * 2);
    }
    return build(NULL, how, &copy, on_problem, context, out, message);
}

cs_error ruleset_read(const char *source, size_t bytes, cs_on_problem on_problem, void *context, cs_ruleset **out,
                      cs_message *message) {
    return read_source(BUILD_READ, source, bytes, on_problem, context, out, message);
}

cs_error ruleset_compile(const char *source, size_t bytes, cs_on_problem on_problem, void *context, cs_ruleset **out,
                         cs_message *message) {
    return read_source(BUILD_WHOLE, source, bytes, on_problem, context, out, message);
}

cs_error ruleset_read_alone(const char *text, size_t bytes, const char *name, cs_on_problem on_problem, void *context,
                            cs_ruleset **out, cs_message *message) {
    cs_buffer source;
    buffer_init(&source, CS_MAX_RULES_BYTES * 2);
    cs_error code = buffer_printf(&source, "%s%s %zu\n", file_mark, name, bytes) &&
                            buffer_append(&source, text, bytes) && buffer_text(&source, "\n")
                        ? read_source(BUILD_ALONE, source.data, source.length, on_problem, context, out, message)
                        : message_set(message, CS_ERR_LIMIT, "the rules are larger than %d bytes", CS_MAX_RULES_BYTES);
    buffer_free(&source);
    return code;
}

/* ---- from files to the source ---- */

typedef struct collecting {
    cs_buffer *source;
    cs_on_problem on_problem;
    void *context;
    unsigned trouble;
} collecting;

static void trouble(collecting *c, const char *path, uint32_t line, const char *reason, const char *hint) {
    cs_rule_problem problem = {.file = path, .line = line, .column = 1, .reason = reason, .hint = hint};
    c->trouble++;
    if (c->on_problem) c->on_problem(c->context, &problem);
}

static bool on_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    (void)code;
    trouble(context, path, 0, message->reason, message->remedy[0] ? message->remedy : NULL);
    return true;
}

static uint32_t line_of(const char *text, size_t at) {
    uint32_t line = 1;
    for (size_t i = 0; i < at; i++) line += text[i] == '\n';
    return line;
}

static bool on_file(void *context, const char *path, const cs_file_info *info) {
    collecting *c = context;
    (void)info;
    if (kind_of(path) == SOURCE_NONE) return true;
    cs_buffer text;
    cs_message message;
    if (file_read(path, kind_of(path) == SOURCE_RULES ? CS_MAX_RULES_BYTES : CS_MAX_FACTS_BYTES, &text, &message) !=
        CS_OK) {
        buffer_free(&text);
        return on_trouble(c, path, CS_ERR_IO, &message);
    }
    size_t bad = utf8_invalid_at(buffer_string(&text), text.length);
    if (bad != text.length)
        trouble(c, path, line_of(text.data, bad), "this line is not UTF-8", "save the file as UTF-8");
    else if (!buffer_printf(c->source, "%s%s %zu\n", file_mark, path, text.length) ||
             !buffer_append(c->source, buffer_string(&text), text.length) || !buffer_text(c->source, "\n"))
        trouble(c, path, 1, "the rules and facts are larger than 16 MB together", "split them into several rule sets");
    buffer_free(&text);
    return true;
}

cs_error ruleset_load(const char *const *paths, size_t path_count, cs_on_problem on_problem, void *context,
                      cs_ruleset **out, cs_message *message) {
    return ruleset_load_cached(NULL, paths, path_count, on_problem, context, out, message);
}

cs_error ruleset_load_cached(const char *cache, const char *const *paths, size_t path_count, cs_on_problem on_problem,
                             void *context, cs_ruleset **out, cs_message *message) {
    cs_buffer source;
    buffer_init(&source, CS_MAX_SOURCE_BYTES);
    collecting c = {.source = &source, .on_problem = on_problem, .context = context};
    cs_error code = CS_OK;
    for (size_t i = 0; i < path_count && code == CS_OK; i++) code = file_walk(paths[i], on_file, on_trouble, &c);
    if (c.trouble)
        code = message_set(message, CS_ERR_PARSE, "%u of the rule files or folders can't be read", c.trouble);
    if (code == CS_OK && source.length == 0) {
        code = message_set(message, CS_ERR_NOT_FOUND, "there is no .rules file under %s",
                           path_count ? paths[0] : "(no path)");
        message_remedy(message, "name a folder with .rules files: --rules DIR");
    }
    if (code != CS_OK) {
        buffer_free(&source);
        return code;
    }
    return build(cache, BUILD_WHOLE, &source, on_problem, context, out, message);
}
