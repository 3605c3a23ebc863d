#include "quality/rulebook.h"

#include "quality/archive_column.h"
#include "quality/archive_ruleset.h"
#include "rules/passage.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 256 << 20, MOST_KEPT_BYTES = 1 << 20 };

/* ---- pages ---- */

static const char PAGES[] =
    "SELECT p.rule, p.version, v.text, p.kept, v.is_retired, v.at_ms, v.by_name FROM rule_page p "
    "JOIN rule_version v ON v.rule = p.rule AND v.version = p.version "
    "ORDER BY p.at_ms DESC, p.rule";

cs_error rulebook_read(cs_db *db, cs_arena *arena, cs_book *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_book_page *pages = NULL;
    uint32_t count = 0, room = 0;
    cs_error code = db_query(db, PAGES, &stmt, message);
    while (code == CS_OK && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        if (!arena_room(arena, (void **)&pages, &room, count, sizeof *pages)) {
            code = message_set(message, CS_ERR_MEMORY, "out of memory for the rule book");
            break;
        }
        cs_book_page *page = &pages[count++];
        *page = (cs_book_page){.version = db_int64(stmt, 1), .at_ms = db_int64(stmt, 5)};
        page->amended = (cs_amended_page){.rule = arena_string(arena, db_text(stmt, 0)),
                                          .text = arena_string(arena, db_text(stmt, 2)),
                                          .kept = arena_string(arena, db_text(stmt, 3)),
                                          .is_retired = db_int64(stmt, 4) != 0};
        page->by = arena_string(arena, db_text(stmt, 6));
        if (!page->amended.rule || !page->amended.text || !page->amended.kept || !page->by)
            code = message_set(message, CS_ERR_MEMORY, "out of memory for the rule book");
    }
    db_done(stmt);
    if (code == CS_OK) *out = (cs_book){pages, count};
    return code;
}

const cs_book_page *rulebook_page(const cs_book *book, const char *rule) {
    for (uint32_t i = 0; i < book->count; i++)
        if (strcmp(book->pages[i].amended.rule, rule) == 0) return &book->pages[i];
    return NULL;
}

static bool states_list(const cs_passage *passages, uint32_t count, const char *name) {
    for (uint32_t i = 0; i < count; i++)
        if ((passages[i].kind == CS_WRITTEN_LIST || passages[i].kind == CS_WRITTEN_LET) &&
            strcmp(passages[i].name, name) == 0)
            return true;
    return false;
}

static bool keep(const char *from_text, const cs_passage *now, uint32_t now_count, cs_arena *arena, cs_buffer *out) {
    cs_passage *before;
    uint32_t count;
    if (!passages_read(from_text, strlen(from_text), arena, &before, &count)) return false;
    for (uint32_t i = 0; i < count; i++) {
        bool is_list = before[i].kind == CS_WRITTEN_LIST || before[i].kind == CS_WRITTEN_LET;
        if (!is_list || states_list(now, now_count, before[i].name)) continue;
        if (!buffer_append(out, before[i].head, (size_t)(before[i].to - before[i].head)) || !buffer_text(out, "\n\n"))
            return false;
    }
    return true;
}

cs_error rulebook_kept(const cs_book_page *page, const char *text, cs_arena *arena, const char **out,
                       cs_message *message) {
    cs_passage *now;
    uint32_t count;
    cs_buffer kept;
    *out = "";
    if (!page) return CS_OK;
    buffer_init(&kept, MOST_KEPT_BYTES);
    bool is_good = passages_read(text, strlen(text), arena, &now, &count) &&
                   keep(page->amended.text, now, count, arena, &kept) &&
                   keep(page->amended.kept, now, count, arena, &kept);
    if (is_good) *out = arena_string(arena, buffer_string(&kept));
    buffer_free(&kept);
    return is_good && *out ? CS_OK : message_set(message, CS_ERR_MEMORY, "out of memory for the rule book");
}

/* ---- the rule set ---- */

static cs_error base_number(cs_db *db, int64_t *out, cs_message *message) {
    cs_error code =
        query_number(db, "SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'rule_base'", 0, out, message);
    return code == CS_OK && *out == 0 ? current_number(db, out, message) : code;
}

cs_error rulebook_base(cs_db *db, cs_buffer *out, cs_message *message) {
    int64_t number = 0;
    buffer_init(out, CS_MAX_AMENDED_BYTES);
    cs_error code = base_number(db, &number, message);
    return code == CS_OK ? archive_ruleset_source(db, number, out, message) : code;
}

cs_error rulebook_base_time(cs_db *db, int64_t *at_ms, cs_message *message) {
    return query_number(db,
                        "SELECT created_ms FROM ruleset WHERE number = coalesce((SELECT CAST(value AS INTEGER) FROM "
                        "setting WHERE name = 'rule_base'), (SELECT CAST(value AS INTEGER) FROM setting WHERE name = "
                        "'ruleset'))",
                        0, at_ms, message);
}

static cs_error lay(const cs_book *book, const cs_amended_page *draft, const char *base, size_t bytes, cs_arena *arena,
                    cs_buffer *out, cs_message *message) {
    cs_amended_page *pages = arena_array(arena, (size_t)book->count + 1, sizeof *pages);
    uint32_t count = 0;
    if (!pages) return message_set(message, CS_ERR_MEMORY, "out of memory for the rule book");
    if (draft) pages[count++] = *draft;
    for (uint32_t i = 0; i < book->count; i++)
        if (!draft || strcmp(draft->rule, book->pages[i].amended.rule) != 0) pages[count++] = book->pages[i].amended;
    return amend(base, bytes, pages, count, out, message);
}

cs_error rulebook_amended(cs_db *db, const cs_amended_page *draft, cs_arena *arena, cs_buffer *out,
                          cs_message *message) {
    cs_book book;
    cs_buffer base;
    buffer_init(out, CS_MAX_AMENDED_BYTES);
    cs_error code = rulebook_base(db, &base, message);
    if (code == CS_OK) code = rulebook_read(db, arena, &book, message);
    if (code == CS_OK) code = lay(&book, draft, buffer_string(&base), base.length, arena, out, message);
    buffer_free(&base);
    return code;
}

/* ---- over files ---- */

static cs_error set_base(cs_db *db, const cs_ruleset *files, cs_message *message) {
    int64_t number = 0;
    cs_stmt *stmt = NULL;
    cs_error code = archive_keep_ruleset(db, files, &number, message);
    if (code == CS_OK)
        code =
            db_query(db,
                     "INSERT INTO setting (name, value) VALUES ('rule_base', CAST(:number AS TEXT)) ON CONFLICT (name) "
                     "DO UPDATE SET value = excluded.value WHERE setting.value <> excluded.value",
                     &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

static void first_problem(void *context, const cs_rule_problem *problem) {
    cs_message *first = context;
    if (first->reason[0]) return;
    (void)message_set(first, CS_ERR_PARSE, "what was published in this store does not go with these rule files: %s",
                      problem->reason);
    message_place(first, "%s, line %u", problem->file, (unsigned)problem->line);
    message_remedy(first, "mend the rule files, or publish that rule anew in the browser first");
}

static cs_error make_base(cs_db *db, const cs_ruleset *files, cs_message *message) {
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    code = set_base(db, files, message);
    if (code == CS_OK) return db_commit(db, message);
    db_rollback(db);
    return code;
}

static cs_error exchange(cs_db *db, const cs_book *book, bool is_new_base, cs_arena *arena, cs_ruleset **rules,
                         cs_message *message) {
    size_t bytes = 0;
    const char *source = ruleset_source(*rules, &bytes);
    cs_message problem = {0};
    cs_buffer amended = {0};
    cs_ruleset *made = NULL;
    cs_error code = lay(book, NULL, source, bytes, arena, &amended, message);
    if (code == CS_OK) {
        code = ruleset_compile(buffer_string(&amended), amended.length, first_problem, &problem, &made, message);
        if (code != CS_OK && problem.reason[0]) *message = problem;
    }
    buffer_free(&amended);
    if (code == CS_OK && is_new_base) code = make_base(db, *rules, message);
    if (code != CS_OK) {
        ruleset_release(made);
        return code;
    }
    ruleset_release(*rules);
    *rules = made;
    return CS_OK;
}

cs_error rulebook_over(const char *data, bool is_new_base, cs_ruleset **rules, uint32_t *pages, cs_message *message) {
    cs_db *db = NULL;
    cs_message unused;
    cs_book book = {0};
    *pages = 0;
    cs_error code = db_open(data, CS_DB_READ, &db, &unused);
    db_close(db);
    if (code == CS_ERR_NOT_FOUND) return CS_OK;
    cs_arena *arena = arena_create(ARENA_BYTES);
    db = NULL;
    code = arena ? db_open(data, CS_DB_WRITE, &db, message)
                 : message_set(message, CS_ERR_MEMORY, "out of memory for the rule book");
    if (code == CS_OK) code = rulebook_read(db, arena, &book, message);
    if (code == CS_OK && book.count) code = exchange(db, &book, is_new_base, arena, rules, message);
    if (code == CS_OK) *pages = book.count;
    db_close(db);
    arena_free(arena);
    return code;
}
