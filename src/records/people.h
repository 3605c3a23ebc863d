/* people.h - customers and agents, as they come into being from imports: who has which numbers, accounts and names.
 * Floor: records. Every identity belongs to one person. Two identities named together (in one row, by one conversation) are
 * one person's; each such link keeps its reason and can be undone, which parts the person again where nothing else holds it
 * together. Links that somebody undid stay undone when the row comes again.
 * Memory: none kept. Threads: whoever owns the cs_db; writing in the caller's transaction.
 * Example: people_meet(db, CS_PERSON_CUSTOMER, identities, 2, "王芳", &why, &m);
 */
#ifndef CS_RECORDS_PEOPLE_H
#define CS_RECORDS_PEOPLE_H

#include "base/json.h"
#include "conversation/conversation.h"
#include "store/db.h"

#define CS_PERSON_TABLE(X) X(CUSTOMER, "customer", "客户") X(AGENT, "agent", "坐席")
typedef enum cs_person_kind {
#define X(code, name, zh) CS_PERSON_##code,
    CS_PERSON_TABLE(X)
#undef X
        CS_PERSON_KINDS
} cs_person_kind;

/* C name, word in the store and in JSON, whose, 中文. Values are kept as identity_normalise makes them. */
#define CS_IDENTITY_TABLE(X)                                                                                           \
    X(CUSTOMER_ID, "customer", CS_PERSON_CUSTOMER, "客户编号")                                                         \
    X(PHONE, "phone", CS_PERSON_CUSTOMER, "电话")                                                                      \
    X(ACCOUNT, "account", CS_PERSON_CUSTOMER, "账号")                                                                  \
    X(OPENID, "openid", CS_PERSON_CUSTOMER, "openid")                                                                  \
    X(AGENT_ID, "agent_id", CS_PERSON_AGENT, "工号")                                                                   \
    X(EXTENSION, "extension", CS_PERSON_AGENT, "分机")                                                                 \
    X(AGENT_NAME, "agent_name", CS_PERSON_AGENT, "坐席姓名")
typedef enum cs_identity_kind {
#define X(code, name, whose, zh) CS_IDENTITY_##code,
    CS_IDENTITY_TABLE(X)
#undef X
        CS_IDENTITY_KINDS
} cs_identity_kind;

typedef struct cs_identity {
    cs_identity_kind kind;
    const char *value; /* as it came */
} cs_identity;

/* Where it was said that they belong together. */
typedef struct cs_meeting {
    int64_t import; /* 0: none */
    const char *source, *place; /* "calls.csv", "line 12"; "chats.jsonl", "conversation C-7" */
} cs_meeting;

enum {
    CS_MAX_MEETING = 8,
    CS_IDENTITY_BYTES = CS_MAX_NAME_BYTES + 1,
    CS_MAX_PERSON = 200, /* identities of one person: beyond it nothing is joined */
    CS_MAX_PERSON_LINKS = 200, /* that are told of one person */
    CS_MAX_CONTACTS = 10000, /* that are counted of one person */
};

const char *person_kind_name(cs_person_kind kind);
cs_person_kind person_kind_parse(const char *name); /* CS_PERSON_KINDS: no such kind */
const char *identity_kind_name(cs_identity_kind kind);
cs_identity_kind identity_kind_parse(const char *name); /* CS_IDENTITY_KINDS: no such kind */

/* The one shape in which values are compared: blanks around are cut, phones are as phone_normalise makes them, accounts in
 * small letters. false: it names nobody (empty, too long, no phone, or a stand-in such as 0, -, unknown, 匿名). */
bool identity_normalise(cs_identity_kind kind, const char *value, char out[CS_IDENTITY_BYTES]);

/* How many identities of kind other may be named together with one of this kind; with more it is taken for a shared one, and
 * joins none of them. docs/people.md gives the reasons. */
int identity_limit(cs_identity_kind kind, cs_identity_kind other);

/* All identities of one row, of one kind of person; empty ones and those of the other kind are passed over, unknown ones make
 * a person, name (may be NULL) its name when it has none. At most CS_MAX_MEETING count. */
cs_error people_meet(cs_db *db, cs_person_kind kind, const cs_identity *identities, size_t count, const char *name,
                     const cs_meeting *meeting, cs_message *message);
/* What a conversation names: its customer, the fields number, account, openid and customer_name; its agents, the fields
 * agent_id and extension. source: the file it came from, may be NULL. */
cs_error people_meet_conversation(cs_db *db, const cs_conversation *conversation, int64_t import, const char *source,
                                  cs_message *message);
/* Undoes one link. CS_ERR_NOT_FOUND: no such link. */
cs_error people_part(cs_db *db, int64_t link, cs_message *message);
cs_error people_join_again(cs_db *db, int64_t link, cs_message *message);
/* Takes back what an import said: its links, and identities that nothing else names any more. */
cs_error people_forget_import(cs_db *db, int64_t import, cs_message *message);

/* {"people": [{number, kind, name, identities: [{kind, value}], links: [{number, a, b, source, place, made_ms, import,
 * is_undone, joins, why_not}], contacts: n}], "next"}; q: part of a name or value. why_not: null, "undone", "shared",
 * "too_large". JSON of docs/people.md. */
cs_error people_list(cs_db *db, cs_person_kind kind, const char *q, int limit, const char *after, cs_json_writer *out,
                     cs_message *message);
/* The same with "conversations": the newest contacts. A number that was merged gives the person it went into. */
cs_error people_one(cs_db *db, int64_t number, cs_json_writer *out, cs_message *message);
/* {"people": […]}: whom the ends of a link belong to now: one person, or two. */
cs_error people_of_link(cs_db *db, int64_t link, cs_json_writer *out, cs_message *message);
/* The customer behind an identity, as an object under key, or null. For a conversation's page. */
cs_error people_write_of(cs_db *db, cs_identity_kind kind, const char *value, const char *key, cs_json_writer *out,
                         cs_message *message);

#endif
