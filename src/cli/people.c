/* callscope people: customers and agents with why they are joined; people undo LINK, people redo LINK. */
#include "records/people.h"
#include "cli/printable.h"

#include "cli/command.h"
#include "cli/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_BYTES = 256 << 20, MOST_LISTED = 200 };

/* ---- printing ---- */

static const char *text_of(const cs_json *object, const char *key) {
    const char *text = json_string(json_get(object, key), NULL);
    return text ? text : "";
}

static int64_t number_of(const cs_json *object, const char *key) {
    int64_t value = 0;
    (void)json_int64(json_get(object, key), &value);
    return value;
}

static const char *kind_word(const char *kind, cs_language language) {
    static const char *const zh[] = {
#define X(code, name, whose, words) words,
        CS_IDENTITY_TABLE(X)
#undef X
    };
    cs_identity_kind known = identity_kind_parse(kind);
    return known < CS_IDENTITY_KINDS && language == CS_CHINESE ? zh[known] : kind;
}

static void print_identity(const cs_json *identity, cs_language language) {
    printf("%s %s", kind_word(text_of(identity, "kind"), language), text_of(identity, "value"));
}

/* Why a link that is there joins nobody; empty where it does. */
static const char *why_not_words(const char *why_not, cs_language language) {
    static const struct {
        const char *name, *en, *zh;
    } words[] = {{"undone", "undone", "已撤销"},
                 {"shared", "does not join: one of them is shared by too many", "不合并：其中一个由太多人共用"},
                 {"extension", "does not join: extensions change hands", "不合并：分机会换人"},
                 {"too_large", "does not join: the person would become too large", "不合并：合并后标识太多"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].name, why_not) == 0) return language == CS_CHINESE ? words[i].zh : words[i].en;
    return why_not;
}

static void print_link(const cs_json *link, cs_language language) {
    const char *why_not = text_of(link, "why_not");
    printf("        [%" PRId64 "] ", number_of(link, "number"));
    print_identity(json_get(link, "a"), language);
    printf(" – ");
    print_identity(json_get(link, "b"), language);
    printf("  (%s%s%s)", text_of(link, "source"), *text_of(link, "source") && *text_of(link, "place") ? ", " : "",
           text_of(link, "place"));
    bool is_extension = strcmp(text_of(json_get(link, "a"), "kind"), "extension") == 0 ||
                        strcmp(text_of(json_get(link, "b"), "kind"), "extension") == 0;
    if (is_extension && strcmp(why_not, "shared") == 0) why_not = "extension";
    if (*why_not) printf("  %s", why_not_words(why_not, language));
    puts("");
}

static void print_person(const cs_json *person, cs_language language) {
    const cs_json *identities = json_get(person, "identities"), *links = json_get(person, "links");
    printf("%6" PRId64 "  ", number_of(person, "number"));
    report_cell(text_of(person, "name"), 14);
    for (size_t i = 0; i < json_length(identities); i++) {
        printf(i ? " · " : " ");
        print_identity(json_at(identities, i), language);
    }
    printf(language == CS_CHINESE ? "  联系 %" PRId64 "%s 次\n" : "  contacts: %" PRId64 "%s\n",
           number_of(person, "contacts"), json_is_true(json_get(person, "contacts_more")) ? "+" : "");
    for (size_t i = 0; i < json_length(links); i++) print_link(json_at(links, i), language);
}

/* The answer as JSON, or each of its people. */
static cs_error print_answer(const cs_buffer *answer, bool is_json, cs_message *message) {
    cs_json *json = NULL;
    if (is_json) {
        puts(buffer_string(answer));
        return CS_OK;
    }
    printable_json(answer);
    cs_error code = json_parse(buffer_string(answer), answer->length, ANSWER_BYTES, &json, message);
    const cs_json *people = json_get(json, "people");
    for (size_t i = 0; i < json_length(people); i++) print_person(json_at(people, i), report_language());
    if (code == CS_OK && json_length(people) == 0) puts(report_language() == CS_CHINESE ? "没有" : "nobody");
    if (*text_of(json, "next"))
        puts(report_language() == CS_CHINESE ? "还有更多：加上姓名或号码的一部分"
                                             : "there are more: add a part of a name or number");
    json_free(json);
    return code;
}

/* ---- the list ---- */

static bool read_limit(const cs_arguments *arguments, int *limit) {
    char *end = NULL;
    const char *text = argument(arguments, "--limit");
    errno = 0;
    long value = strtol(text, &end, 10);
    *limit = (int)value;
    if (errno == 0 && end != text && !*end && value >= 1 && value <= MOST_LISTED) return true;
    fprintf(stderr, "callscope: --limit takes a number from 1 to %d, not '%s'\n", MOST_LISTED, text);
    return false;
}

int run_people(const cs_arguments *arguments) {
    cs_db *db = NULL;
    cs_buffer answer;
    cs_json_writer out;
    cs_message message;
    int limit = 0;
    cs_person_kind kind = person_kind_parse(argument(arguments, "--kind"));
    if (kind == CS_PERSON_KINDS) {
        fprintf(stderr, "callscope: --kind takes customer or agent, not '%s'\n", argument(arguments, "--kind"));
        return CS_EXIT_USAGE;
    }
    if (!read_limit(arguments, &limit)) return CS_EXIT_USAGE;
    buffer_init(&answer, ANSWER_BYTES);
    json_writer_init(&out, &answer);
    out.is_revealed = true; /* whoever may read the store's files may read this */
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message);
    if (code == CS_OK)
        code = people_list(db, kind, arguments->path_count ? arguments->paths[0] : NULL, limit, NULL, &out, &message);
    if (code == CS_OK) code = print_answer(&answer, argument_is_given(arguments, "--json"), &message);
    buffer_free(&answer);
    db_close(db);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(NULL, &message);
    return CS_EXIT_REFUSED;
}

/* ---- undo and redo ---- */

typedef cs_error (*cs_link_change)(cs_db *db, int64_t link, cs_message *message);

static cs_error change(cs_db *db, cs_link_change what, int64_t link, cs_message *message) {
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    code = what(db, link, message);
    if (code == CS_OK) return db_commit(db, message);
    db_rollback(db);
    return code;
}

static int change_link(const cs_arguments *arguments, cs_link_change what) {
    cs_db *db = NULL;
    cs_buffer answer;
    cs_json_writer out;
    cs_message message;
    char *end = NULL;
    errno = 0;
    int64_t link = strtoll(arguments->paths[0], &end, 10);
    if (errno != 0 || end == arguments->paths[0] || *end) {
        fprintf(stderr, "callscope: LINK is the number in brackets before a link, not '%s'\n  see: callscope people\n",
                arguments->paths[0]);
        return CS_EXIT_USAGE;
    }
    buffer_init(&answer, ANSWER_BYTES);
    json_writer_init(&out, &answer);
    out.is_revealed = true; /* whoever may read the store's files may read this */
    cs_error code =
        db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message); /* a folder without a store stays so */
    db_close(db);
    db = NULL;
    if (code == CS_OK) code = db_open(argument(arguments, "--data"), CS_DB_WRITE, &db, &message);
    if (code == CS_OK) code = change(db, what, link, &message);
    if (code == CS_OK) code = people_of_link(db, link, &out, &message);
    if (code == CS_OK) code = print_answer(&answer, argument_is_given(arguments, "--json"), &message);
    buffer_free(&answer);
    db_close(db);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(NULL, &message);
    return CS_EXIT_REFUSED;
}

int run_people_undo(const cs_arguments *arguments) {
    return change_link(arguments, people_part);
}

int run_people_redo(const cs_arguments *arguments) {
    return change_link(arguments, people_join_again);
}
