/* mapping.h - which column of a CSV or TSV means what.
 * Floor: conversation. A mapping is a small JSON file; docs/formats.md describes it.
 * Memory: mapping_load gives one to release with mapping_free. Threads: read-only, then any.
 * Example: cs_mapping *m; mapping_load("jddc.mapping.json", &m, &message);
 */
#ifndef CS_CONVERSATION_MAPPING_H
#define CS_CONVERSATION_MAPPING_H

#include "base/error.h"
#include "base/hash.h"

/* What the rows of a file are: C name, word in "kind", 中文 */
#define CS_MAPPING_TABLE(X)                                                                                            \
    X(CONVERSATIONS, "conversations", "会话")                                                                          \
    X(CALLS, "calls", "话单") /* call list, CDR */                                                                     \
    X(TICKETS, "tickets", "工单") /* an export with or without its history */                                          \
    X(ROSTER, "roster", "花名册") /* agents, teams, queues, with dates of validity */                                  \
    X(SATISFACTION, "satisfaction", "满意度")                                                                          \
    X(CUSTOMERS, "customers", "客户资料")
typedef enum cs_mapping_kind {
#define X(code, name, zh) CS_MAPPING_##code,
    CS_MAPPING_TABLE(X)
#undef X
        CS_MAPPING_KINDS
} cs_mapping_kind;

typedef struct cs_mapping cs_mapping;

cs_error mapping_load(const char *path, cs_mapping **out, cs_message *message);
cs_mapping_kind mapping_kind(const cs_mapping *mapping);
const char *mapping_kind_name(cs_mapping_kind kind);
void mapping_free(cs_mapping *mapping);
cs_hash mapping_hash(const cs_mapping *mapping); /* of its file: a changed mapping means reading again */

#endif
