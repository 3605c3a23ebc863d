/* rulebook.h - what was published of the rules in the browser, and the rule set that comes of it.
 * Floor: quality. The rule files are the ground (base); pages that were published stand over them, rule by rule, wherever the
 * files are loaded into this store. History is only added to: a page points at the version that stands.
 * Memory: the arena given, buffers are the caller's. Threads: whoever owns the cs_db.
 * Example: rulebook_over(data, true, &rules, &pages, &m); rulebook_amended(db, NULL, arena, &source, &m);
 */
#ifndef CS_QUALITY_RULEBOOK_H
#define CS_QUALITY_RULEBOOK_H

#include "access/account.h"
#include "rules/amend.h"
#include "store/db.h"

enum { CS_MAX_RULE_TEXT = 256 << 10, CS_MAX_RULE_NAME = 200, CS_MAX_PUBLISH_REASON = 2000 };

typedef struct cs_book_page { /* a rule that stands over the files */
    cs_amended_page amended; /* rule, text, kept, is_retired */
    int64_t version, at_ms;
    const char *by; /* empty: at this machine */
} cs_book_page;

typedef struct cs_book {
    const cs_book_page *pages; /* the newest first */
    uint32_t count;
} cs_book;

cs_error rulebook_read(cs_db *db, cs_arena *arena, cs_book *out, cs_message *message);
const cs_book_page *rulebook_page(const cs_book *book, const char *rule); /* NULL: as the files have it */

/* The source of the rule files alone; CS_ERR_NOT_FOUND: the store has no rules yet. */
cs_error rulebook_base(cs_db *db, cs_buffer *out, cs_message *message);
/* When those files came into the store. */
cs_error rulebook_base_time(cs_db *db, int64_t *at_ms, cs_message *message);
/* The source of everything, with draft (may be NULL) instead of the page of its rule. */
cs_error rulebook_amended(cs_db *db, const cs_amended_page *draft, cs_arena *arena, cs_buffer *out,
                          cs_message *message);
/* Lists and lets of the page that its next version, text, has no more: others may name them. *out in the arena. */
cs_error rulebook_kept(const cs_book_page *page, const char *text, cs_arena *arena, const char **out,
                       cs_message *message);

/* Rules that were loaded from files come to stand under the store's pages: *rules is exchanged where there are any. pages: how
 * many. is_new_base: these files are the ground from now on. No store yet: nothing happens. CS_ERR_PARSE: they don't go
 * together any more, and what is to be mended. */
cs_error rulebook_over(const char *data, bool is_new_base, cs_ruleset **rules, uint32_t *pages, cs_message *message);

/* What a version says; CS_ERR_NOT_FOUND. is_retired: it took the rule away. */
cs_error rulebook_version(cs_db *db, const char *rule, int64_t version, cs_arena *arena, const char **text,
                          bool *is_retired, cs_message *message);
cs_error rulebook_newest(cs_db *db, const char *rule, int64_t *version, cs_message *message); /* 0: none */
/* The version that stands; 1: as the rule files have it; 0: there is no such rule. current may be NULL. */
cs_error rulebook_standing(cs_db *db, const cs_ruleset *current, const char *rule, int64_t *version,
                           cs_message *message);

/* ---- publishing ---- */

typedef struct cs_publication {
    const char *rule, *text, *reason;
    const char *first_text; /* what the files say: version 1 of a rule that had none; NULL: they have no such rule */
    const char *backtest; /* JSON; NULL: without */
    const cs_account *account;
    int64_t now_ms;
    bool is_retired, ends_draft; /* ends_draft: it was the draft that is published */
    cs_hash expected; /* the rule set that all of this was checked under */
    const cs_ruleset *rules; /* that comes of it: the new current one */
} cs_publication;

/* Inside a writing transaction. CS_ERR_CONFLICT: the store's rules are others by now. What back-tests said of a draft ends with it. */
cs_error rulebook_publish(cs_db *db, const cs_publication *publication, int64_t *version, cs_message *message);

#endif
