/* match.h - which conversation a record belongs to: by id, by the recording's name, else by number and time.
 * Floor: records. A match is a function of all records and conversations, in whatever order they came: one that fits two
 * conversations, or shares one with another record, is doubtful and joins nothing; a person is told why.
 * Memory: none kept. Threads: whoever owns the cs_db; in the caller's transaction.
 * Example: match_due_some(db, 500, &done, &m);
 */
#ifndef CS_RECORDS_MATCH_H
#define CS_RECORDS_MATCH_H

#include "records/record_store.h"

/* C name, word in the store, English, 中文 */
#define CS_MATCH_STATE_TABLE(X)                                                                                        \
    X(MATCHED, "matched", "matched", "已匹配")                                                                         \
    X(DOUBTFUL, "doubtful", "doubtful", "存疑")                                                                        \
    X(UNMATCHED, "unmatched", "not matched", "未匹配")
typedef enum cs_match_state {
#define X(code, name, en, zh) CS_MATCH_##code,
    CS_MATCH_STATE_TABLE(X)
#undef X
        CS_MATCH_STATES
} cs_match_state;

#define CS_MATCH_REASON_TABLE(X)                                                                                       \
    X(ID, "id", "the conversation's id", "按会话编号")                                                                 \
    X(RECORDING, "recording", "the recording's name", "按录音文件名")                                                  \
    X(TICKET, "ticket", "the ticket's number", "按工单号")                                                             \
    X(NUMBER_TIME, "number_time", "number and time", "按号码和时间")                                                   \
    X(NUMBER_DAY, "number_day", "number and day", "按号码和日期")                                                      \
    X(TICKET_ROW, "ticket_row", "another row of its ticket", "按同一工单的另一行")                                     \
    X(NO_CONVERSATION, "no_conversation", "no conversation fits", "没有对应的会话")                                    \
    X(NO_NUMBER, "no_number", "it names no conversation and has no telephone number", "没有会话编号,也没有电话号码")   \
    X(NO_TIME, "no_time", "it names no conversation and has no time", "没有会话编号,也没有时间")                       \
    X(SEVERAL, "several", "several conversations fit", "有多个会话符合")                                               \
    X(ANOTHER_RECORD, "another_record", "another row fits the same conversation", "另一行也对应同一会话")              \
    X(AGENT_DIFFERS, "agent_differs", "number and time fit, the agent does not", "号码和时间符合,坐席不符")            \
    X(ROSTER, "roster", "in the roster", "在花名册中")                                                                 \
    X(ROSTER_OVERLAP, "roster_overlap", "another row of the same agent is valid on the same days",                     \
      "同一坐席的另一行在相同日期有效")
typedef enum cs_match_reason {
#define X(code, name, en, zh) CS_MATCH_BY_##code,
    CS_MATCH_REASON_TABLE(X)
#undef X
        CS_MATCH_REASONS
} cs_match_reason;

const char *match_reason_words(const char *reason, bool is_chinese); /* the name itself when it is not known */

/* Matches at most `most` records that are due and marks the conversations whose records changed (join.h). *done: how many;
 * fewer than most: no more are due. */
cs_error match_due_some(cs_db *db, int most, int *done, cs_message *message);

typedef struct cs_match_counts {
    int64_t matched, doubtful, unmatched;
} cs_match_counts;
cs_error match_count(cs_db *db, const char *kind, cs_match_counts *out,
                     cs_message *message); /* kind NULL: all but rosters */

#endif
