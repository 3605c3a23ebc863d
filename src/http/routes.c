#include "http/routes.h"

static const cs_parameter filters[] = {
    {"from", "start of the conversation, epoch milliseconds, inclusive"},
    {"to", "start of the conversation, epoch milliseconds, exclusive"},
    {"channel", "call, chat, email, ticket, survey, video, unknown; several with commas"},
    {"agent", "exact name"},
    {"team", "exact name"},
    {"queue", "exact name"},
    {"score", "compliance, experience or risk, with min and max"},
    {"min", "0-100, inclusive"},
    {"max", "0-100, inclusive"},
    {"rule", "a rule's name"},
    {"verdict", "hit, missed, undecided, noted, met, clean; with a rule also not_noted, not_applicable"},
    {"high_risk", "1"},
    {"seen", "1: that one has opened, 0: that one has not"},
    {"q", "text in title, id, customer or agent"},
    {NULL, NULL},
};
static const cs_parameter sorting[] = {
    {"sort", "-started (default), started, compliance, -compliance, experience, -experience, risk, -risk"},
    {NULL, NULL},
};
static const cs_parameter paging[] = {
    {"limit", "1-200, default 50"},
    {"after", "the next of the page before"},
    {NULL, NULL},
};

static const cs_parameter side[] = {
    {"side", "both (default), 1, 2"},
    {NULL, NULL},
};
static const cs_parameter span[] = {
    {"from_ms", "start of the span, 0 or more"},
    {"to_ms", "its end, exclusive; absent, the recording's"},
    {"points", "1-4000, default 1200"},
    {NULL, NULL},
};

static const cs_parameter waiting[] = {
    {"wait", "0-30 seconds: answer with the import when it is done by then"},
    {NULL, NULL},
};

static const cs_parameter joins[] = {
    {"state", "matched, doubtful, unmatched; absent, the last two"},
    {"kind", "calls, tickets, satisfaction, roster"},
    {NULL, NULL},
};
static const cs_parameter exporting[] = {
    {"format", "csv (default), xlsx: findings; json, jsonl, vcon: conversations"},
    {"lang", "zh (default), en: of headings and words"},
    {"ticket", "32 digits of 0-9 and a-f, made up: to ask after the export, and to stop it"},
    {NULL, NULL},
};
static const cs_parameter watching[] = {
    {"ticket", "that the export was asked with"},
    {NULL, NULL},
};

static const cs_parameter people[] = {
    {"kind", "customer (default), agent"},
    {"q", "part of a name, number or account"},
    {NULL, NULL},
};

static const cs_parameter ordering[] = {
    {"mine", "1: assigned to me, opened by me, or waiting for me"},
    {"waiting", "1: it is my turn"},
    {"overdue", "1: open, and its due date is past"},
    {"state", "active (default: all but closed), open, answered, appealed, closed, all"},
    {"rule", "a rule's name"},
    {"team", "exact name"},
    {"agent", "exact name"},
    {"conversation", "our id or the centre's"},
    {NULL, NULL},
};
static const cs_parameter unanswered[] = {
    {"days", "1-3660, default 30: conversations that began since"},
    {"from", "instead: epoch milliseconds, inclusive"},
    {"to", "instead: epoch milliseconds, exclusive"},
    {"rules", "names, several with commas; absent, those that mark high risk"},
    {"team", "exact name"},
    {"agent", "exact name"},
    {"limit", "1-200, default 50"},
    {NULL, NULL},
};

static const cs_parameter figures[] = {
    {"from", "a day's beginning, epoch milliseconds"},
    {"to", "a day's end, exclusive, epoch milliseconds"},
    {"agent", "exact name"},
    {"team", "exact name"},
    {"queue", "exact name"},
    {"channel", "call, chat, email, ticket, survey, video, unknown; several with commas"},
    {NULL, NULL},
};
static const cs_parameter trending[] = {
    {"measure", "an id of GET /api/v1/measures, or conversations (default)"},
    {"by", "day (default), week, month"},
    {NULL, NULL},
};
static const cs_parameter grouping[] = {
    {"by", "agent (default), team, queue, channel"},
    {NULL, NULL},
};

static const cs_parameter changing[] = {
    {"day", "a moment of the day, epoch milliseconds; absent, the last full one"},
    {"measure", "an id of GET /api/v1/measures: only this one, with all its parts; absent, those that moved"},
    {"agent", "exact name"},
    {"team", "exact name"},
    {"queue", "exact name"},
    {"channel", "call, chat, email, ticket, survey, video, unknown; several with commas"},
    {NULL, NULL},
};

static const cs_parameter numbered[] = {
    {"number", "of the judgement or comment"},
    {NULL, NULL},
};
static const cs_parameter drawing[] = {
    {"rule", "a rule's name; absent, findings of all rules"},
    {"seed", "0 or more, default 1: the same seed draws the same"},
    {"take", "1-200, default 20"},
    {NULL, NULL},
};

static const cs_parameter standing[] = {
    {"changes", "of the filter as it was read"},
    {NULL, NULL},
};

static const cs_parameter trail[] = {
    {"action", "exactly, as session.refused; with a full stop behind, all of a noun: account."},
    {"account", "number of whoever did it; 0: at this machine"},
    {"from", "epoch milliseconds, inclusive"},
    {"to", "epoch milliseconds, exclusive"},
    {NULL, NULL},
};

static const cs_parameter sampling[] = {
    {"take", "1-50 of each, default 20"},
    {"seed", "the same samples for the same number, default 1"},
    {NULL, NULL},
};

static const cs_parameter draft[] = {
    {"changes", "the draft that was seen; another one stays"},
    {NULL, NULL},
};

static const cs_parameter *const nothing[] = {NULL};
static const cs_parameter *const of_draft[] = {draft, NULL};
static const cs_parameter *const of_samples[] = {sampling, NULL};
static const cs_parameter *const of_orders[] = {ordering, paging, NULL};
static const cs_parameter *const of_unanswered[] = {unanswered, NULL};
static const cs_parameter *const of_number[] = {numbered, NULL};
static const cs_parameter *const of_review[] = {drawing, NULL};
static const cs_parameter *const of_people[] = {people, paging, NULL};
static const cs_parameter *const of_trail[] = {trail, paging, NULL};
static const cs_parameter *const of_joins[] = {joins, paging, NULL};
static const cs_parameter *const of_figures[] = {figures, NULL};
static const cs_parameter *const of_trend[] = {trending, figures, NULL};
static const cs_parameter *const of_standing[] = {standing, NULL};
static const cs_parameter *const of_changes[] = {changing, NULL};
static const cs_parameter *const of_groups[] = {grouping, figures, NULL};
static const cs_parameter *const of_pages[] = {paging, NULL};
static const cs_parameter *const of_chosen[] = {exporting, NULL};
static const cs_parameter *const of_ticket[] = {watching, NULL};
static const cs_parameter *const of_export[] = {exporting, filters, NULL};
static const cs_parameter *const of_post[] = {waiting, NULL};
static const cs_parameter *const of_list[] = {filters, sorting, paging, NULL};
static const cs_parameter *const of_neighbours[] = {filters, sorting, NULL};
static const cs_parameter *const of_summary[] = {filters, NULL};
static const cs_parameter *const of_audio[] = {side, NULL};
static const cs_parameter *const of_waveform[] = {span, NULL};

#define OPEN CS_PERMISSION_OPEN
#define SEE CS_PERMISSION_SEE
#define REVIEW CS_PERMISSION_REVIEW
#define MANAGE CS_PERMISSION_MANAGE
#define READ CS_NEED_RULES, CS_BODY_NONE, false /* what is inspected */
#define LIST CS_NEED_NOTHING, CS_BODY_NONE, false /* empty where there is no store yet */
#define ALONE CS_NEED_NO_STORE, CS_BODY_NONE, false /* also when there is no store, or it fails */
#define ROW CS_NEED_STORE, CS_BODY_NONE, false
#define SLOW(body) CS_NEED_RULES, CS_BODY_##body, true
#define LOOK(body) CS_NEED_STORE, CS_BODY_##body, true
#define SIGN(body) CS_NEED_SIGNING, CS_BODY_##body, false /* passwords take their time */
#define WRITE(body) CS_NEED_WRITING, CS_BODY_##body, false
const cs_route route_table[] = {
    {"GET", "/api/v1/conversations", SEE, "the list, by keyset paging", of_list, conversations_list, READ},
    {"POST", "/api/v1/conversations", MANAGE, "conversations come in", of_post, imports_post, WRITE(CONVERSATIONS)},
    {"GET", "/api/v1/conversations/{id}", SEE, "one conversation with its findings", nothing, conversations_one, READ},
    {"POST", "/api/v1/conversations/{id}/reveal", SEE, "the same with its numbers as they are, for a reason", nothing,
     conversations_reveal, SLOW(JSON)},
    {"GET", "/api/v1/conversations/{id}/neighbours", SEE, "the conversations beside it in a list", of_neighbours,
     conversations_neighbours, READ},
    {"GET", "/api/v1/conversations/{id}/speech", SEE, "what became of its recording's words", nothing,
     speech_of_recording, ROW},
    {"GET", "/api/v1/conversations/{id}/audio", SEE, "its recording as WAV, in ranges", of_audio, recordings_audio,
     READ},
    {"GET", "/api/v1/conversations/{id}/waveform", SEE, "its recording's levels", of_waveform, recordings_waveform,
     READ},
    {"GET", "/api/v1/conversations/{id}/related", SEE, "the customer's newest other conversations", nothing,
     conversations_related, ROW},
    {"GET", "/api/v1/conversations/{id}/judgements", SEE, "what people said about its findings, and comments", nothing,
     judgements_list, READ},
    {"PUT", "/api/v1/conversations/{id}/judgements", REVIEW, "agree, wrong or missed", nothing, judgements_put,
     WRITE(JSON)},
    {"DELETE", "/api/v1/conversations/{id}/judgements", REVIEW, "take a judgement back", of_number, judgements_delete,
     WRITE(NONE)},
    {"POST", "/api/v1/conversations/{id}/comments", SEE, "write beside a turn", nothing, comments_post, WRITE(JSON)},
    {"PUT", "/api/v1/conversations/{id}/comments", SEE, "change one's own comment", nothing, comments_put, WRITE(JSON)},
    {"DELETE", "/api/v1/conversations/{id}/comments", SEE, "remove a comment", of_number, comments_delete, WRITE(NONE)},
    {"PUT", "/api/v1/seen", SEE, "conversations that one has opened", nothing, seen_put, WRITE(JSON)},
    {"GET", "/api/v1/review", REVIEW, "a random draw to be judged, and what came out of it", of_review, review_show,
     SLOW(NONE)},
    {"GET", "/api/v1/summary", SEE, "scores and each rule's counts", of_summary, summary_show, READ},
    {"GET", "/api/v1/figures", SEE, "numbers and measures of a time, beside the time before", of_figures,
     figures_overview, READ},
    {"GET", "/api/v1/figures/trend", SEE, "one measure by day, week or month", of_trend, figures_over_time, READ},
    {"GET", "/api/v1/figures/table", SEE, "numbers and measures by agent, team, queue or channel", of_groups,
     figures_by_name, READ},
    {"GET", "/api/v1/figures/changes", SEE, "what changed on the last full day, and why", of_changes,
     figures_what_changed, READ},
    {"GET", "/api/v1/figures/ranking", SEE, "who misses more, and who less, than all do", of_groups,
     figures_worst_and_best, READ},
    {"GET", "/api/v1/figures/heat", SEE, "each rule by agent, team or queue", of_groups, figures_by_rule, READ},
    {"GET", "/api/v1/measures", SEE, "the measures: formula, rules, target", nothing, measures_index, READ},
    {"PUT", "/api/v1/measures/{id}", MANAGE, "set the target of a measure", nothing, measures_put, WRITE(JSON)},
    {"GET", "/api/v1/filters", SEE, "saved filters: one's own, and those for all", nothing, filters_list, LIST},
    {"POST", "/api/v1/filters", SEE, "save a filter under a name", nothing, filters_create, WRITE(JSON)},
    {"GET", "/api/v1/filters/{id}", SEE, "one saved filter", nothing, filters_one, ROW},
    {"PUT", "/api/v1/filters/{id}", SEE, "change a saved filter", nothing, filters_put, WRITE(JSON)},
    {"DELETE", "/api/v1/filters/{id}", SEE, "forget a saved filter", of_standing, filters_delete, WRITE(NONE)},
    {"GET", "/api/v1/facets", SEE, "what can be filtered by", nothing, facets_show, READ},
    {"GET", "/api/v1/export", REVIEW, "conversations or findings as a file", of_export, export_download, SLOW(NONE)},
    {"POST", "/api/v1/export", MANAGE, "the same with numbers as they are, for a reason", of_export, export_reveal,
     SLOW(JSON)},
    {"POST", "/api/v1/export/chosen", REVIEW, "the conversations that are named, as a file", of_chosen, export_chosen,
     SLOW(JSON)},
    {"GET", "/api/v1/export/progress", REVIEW, "how far one's own export is", of_ticket, export_look, ALONE},
    {"DELETE", "/api/v1/export/progress", REVIEW, "stop it", of_ticket, export_stop, ALONE},
    {"GET", "/api/v1/imports", MANAGE, "what came in, newest first", of_pages, imports_list, LIST},
    {"POST", "/api/v1/imports", MANAGE, "begin an import", nothing, imports_create, WRITE(JSON)},
    {"GET", "/api/v1/imports/{id}", MANAGE, "one import, with its progress", nothing, imports_one, ROW},
    {"PUT", "/api/v1/imports/{id}/files/{path}", MANAGE, "send a file of it", nothing, imports_put_file, WRITE(FILE)},
    {"DELETE", "/api/v1/imports/{id}/files/{path}", MANAGE, "take a sent file back", nothing, imports_delete_file,
     WRITE(NONE)},
    {"POST", "/api/v1/imports/{id}/preview", MANAGE, "a file of it as it will be read", nothing, imports_preview,
     LOOK(JSON)},
    {"POST", "/api/v1/imports/{id}/start", MANAGE, "read the files that were sent", nothing, imports_start,
     WRITE(JSON)},
    {"POST", "/api/v1/imports/{id}/cancel", MANAGE, "end it where it is", nothing, imports_cancel, WRITE(JSON)},
    {"POST", "/api/v1/imports/{id}/undo", MANAGE, "take back what it brought", nothing, imports_undo, WRITE(JSON)},
    {"GET", "/api/v1/imports/{id}/refusals", MANAGE, "what it refused, and why", of_pages, imports_refusals, ROW},
    {"GET", "/api/v1/speech", MANAGE, "which model recognises what comes in, and how much was", nothing, speech_show,
     LIST},
    {"PUT", "/api/v1/speech/choice", MANAGE, "choose a model for a queue and a language", nothing, speech_choose,
     WRITE(JSON)},
    {"GET", "/api/v1/speech/failed", MANAGE, "recordings that could not be recognised, and why", of_pages,
     speech_failed, ROW},
    {"POST", "/api/v1/speech/again/count", MANAGE, "how many recordings would be recognised again", nothing,
     speech_again_ask, LOOK(JSON)},
    {"POST", "/api/v1/speech/again", MANAGE, "recognise recordings again", nothing, speech_again_start, WRITE(JSON)},
    {"DELETE", "/api/v1/speech/again/{id}", MANAGE, "stop that", nothing, speech_again_end, WRITE(NONE)},
    {"GET", "/api/v1/work", MANAGE, "what waits for the workers, and who works", nothing, queue_show, LIST},
    {"GET", "/api/v1/work/aside", MANAGE, "what was tried too often", of_pages, queue_aside, LIST},
    {"POST", "/api/v1/work/aside/retry", MANAGE, "try all of it again", nothing, queue_retry_all, WRITE(JSON)},
    {"POST", "/api/v1/work/aside/{id}/retry", MANAGE, "try it again", nothing, queue_retry, WRITE(JSON)},
    {"DELETE", "/api/v1/work/aside/{id}", MANAGE, "give it up: its import names it as refused", nothing, queue_give_up,
     WRITE(NONE)},
    {"GET", "/api/v1/orders", SEE, "work orders: an agent's own, else all", of_orders, orders_list, LIST},
    {"POST", "/api/v1/orders", REVIEW, "open work orders for findings", nothing, orders_create, WRITE(JSON)},
    {"GET", "/api/v1/orders/{id}", SEE, "one work order with its steps", nothing, orders_one, ROW},
    {"GET", "/api/v1/orders/people", REVIEW, "whom a work order can be given to", nothing, orders_people, ROW},
    {"GET", "/api/v1/orders/unanswered", REVIEW, "findings with neither judgement nor work order", of_unanswered,
     orders_unanswered, READ},
    {"POST", "/api/v1/orders/{id}/answer", SEE, "answer it", nothing, orders_answer, WRITE(JSON)},
    {"POST", "/api/v1/orders/{id}/appeal", SEE, "appeal against its finding", nothing, orders_appeal, WRITE(JSON)},
    {"POST", "/api/v1/orders/{id}/comment", SEE, "leave a word at it", nothing, orders_comment, WRITE(JSON)},
    {"POST", "/api/v1/orders/{id}/recheck", REVIEW, "note what came of the rule since", nothing, orders_recheck,
     WRITE(JSON)},
    {"POST", "/api/v1/orders/{id}/close", REVIEW, "close it", nothing, orders_close, WRITE(JSON)},
    {"POST", "/api/v1/orders/{id}/reopen", REVIEW, "open it again", nothing, orders_reopen, WRITE(JSON)},
    {"POST", "/api/v1/orders/{id}/decide", REVIEW, "decide the appeal", nothing, orders_decide, WRITE(JSON)},
    {"POST", "/api/v1/orders/{id}/assign", REVIEW, "give it to somebody else, or another day", nothing, orders_assign,
     WRITE(JSON)},
    {"GET", "/api/v1/mappings", MANAGE, "saved mappings", nothing, mappings_list, LIST},
    {"GET", "/api/v1/mappings/{id}", MANAGE, "one saved mapping", nothing, mappings_one, ROW},
    {"PUT", "/api/v1/mappings/{id}", MANAGE, "save a mapping under a name", nothing, mappings_put, WRITE(JSON)},
    {"DELETE", "/api/v1/mappings/{id}", MANAGE, "forget a saved mapping", nothing, mappings_delete, WRITE(NONE)},
    {"GET", "/api/v1/joins", REVIEW, "which rows of lists belong to which conversation, and which to none", of_joins,
     joins_show, ROW},
    {"GET", "/api/v1/people", REVIEW, "customers and agents", of_people, people_index, LIST},
    {"GET", "/api/v1/people/{id}", REVIEW, "one person with the newest contacts", nothing, people_show, ROW},
    {"POST", "/api/v1/people/{id}/reveal", REVIEW, "the same with numbers and names as they are, for a reason", nothing,
     people_reveal, SLOW(JSON)},
    {"POST", "/api/v1/people/links/{id}/undo", REVIEW, "two identities are not one person's", nothing, people_undo,
     WRITE(JSON)},
    {"POST", "/api/v1/people/links/{id}/redo", REVIEW, "they are after all", nothing, people_redo, WRITE(JSON)},
    {"GET", "/api/v1/rules", REVIEW, "the rule book: every rule, with what it finds", nothing, rules_list, READ},
    {"GET", "/api/v1/rules/{id}", SEE, "one rule: its text, what it shares, its draft", nothing, rules_one, READ},
    {"GET", "/api/v1/rules/vocabulary", REVIEW, "the words of the language, the names the rules define", nothing,
     rules_vocabulary, READ},
    {"POST", "/api/v1/rules/check", REVIEW, "whether a text is well formed, and its form", nothing, rules_check,
     SLOW(JSON)},
    {"POST", "/api/v1/rules/text", REVIEW, "the text of a form", nothing, rules_text, SLOW(JSON)},
    {"GET", "/api/v1/rules/{id}/versions", REVIEW, "what was published of it, newest first", nothing, rules_versions,
     READ},
    {"GET", "/api/v1/rules/{id}/samples", REVIEW, "some that it found, some that it passed", of_samples, rules_samples,
     READ},
    {"PUT", "/api/v1/rules/{id}/draft", REVIEW, "save its draft", nothing, rules_put_draft, SLOW(JSON)},
    {"DELETE", "/api/v1/rules/{id}/draft", REVIEW, "drop its draft", of_draft, rules_delete_draft, WRITE(NONE)},
    {"POST", "/api/v1/rules/{id}/draft/test", REVIEW, "run the tests of its draft", nothing, rules_test_draft,
     SLOW(JSON)},
    {"GET", "/api/v1/rules/{id}/draft/backtest", REVIEW, "how far its back-test is, and what came of it", nothing,
     rules_show_backtest, READ},
    {"POST", "/api/v1/rules/{id}/draft/backtest", REVIEW, "ask for a back-test of its draft", nothing,
     rules_ask_backtest, WRITE(JSON)},
    {"DELETE", "/api/v1/rules/{id}/draft/backtest", REVIEW, "cancel it", nothing, rules_cancel_backtest, WRITE(NONE)},
    {"POST", "/api/v1/rules/{id}/try", REVIEW, "a text of it on one conversation, beside what is published", nothing,
     rules_try, SLOW(JSON)},
    {"POST", "/api/v1/rules/{id}/tests", REVIEW, "a stored conversation becomes a test of its draft", nothing,
     rules_add_test, SLOW(JSON)},
    {"POST", "/api/v1/rules/{id}/publish", MANAGE, "its draft becomes the rule", nothing, rules_publish, SLOW(JSON)},
    {"POST", "/api/v1/rules/{id}/retire", MANAGE, "it is used no more", nothing, rules_retire, SLOW(JSON)},
    {"POST", "/api/v1/rules/{id}/rollback", MANAGE, "an earlier version becomes the newest", nothing, rules_roll_back,
     SLOW(JSON)},
    {"GET", "/api/v1/status", SEE, "version, rule set, what is out of date", nothing, status_show, READ},
    {"GET", "/api/v1/me", OPEN, "who asks, and what he may", nothing, me_show, ALONE},
    {"POST", "/api/v1/sign-in", OPEN, "sign in with name and password", nothing, session_sign_in, SIGN(JSON)},
    {"POST", "/api/v1/first", OPEN, "make the first account, with the link of the first run", nothing, accounts_first,
     SIGN(JSON)},
    {"POST", "/api/v1/sign-out", SEE, "end this session", nothing, session_sign_out, WRITE(JSON)},
    {"POST", "/api/v1/me/password", SEE, "change one's password", nothing, me_password, SIGN(JSON)},
    {"GET", "/api/v1/me/sessions", SEE, "one's sessions and keys", nothing, me_sessions, ROW},
    {"DELETE", "/api/v1/me/sessions/{id}", SEE, "end one of them", nothing, me_end_session, WRITE(NONE)},
    {"GET", "/api/v1/accounts", REVIEW, "who has an account", nothing, accounts_index, LIST},
    {"POST", "/api/v1/accounts", MANAGE, "make an account", nothing, accounts_create, SIGN(JSON)},
    {"PUT", "/api/v1/accounts/{id}", MANAGE, "change one: name, role, agent, password, disabled", nothing, accounts_put,
     SIGN(JSON)},
    {"GET", "/api/v1/accounts/{id}/sessions", MANAGE, "its sessions and keys", nothing, accounts_sessions, ROW},
    {"DELETE", "/api/v1/accounts/{id}/sessions", MANAGE, "end all of them", nothing, accounts_end_sessions,
     WRITE(NONE)},
    {"GET", "/api/v1/audit", MANAGE, "who did what, newest first", of_trail, audit_index, ROW},
    {"GET", "/healthz", OPEN, "this program answers", nothing, health_alive, ALONE},
    {"GET", "/readyz", OPEN, "it can do its work: store, rules, disk", nothing, health_ready, ALONE},
    {"GET", "/metrics", OPEN, "figures about the running program, for Prometheus", nothing, metrics_show, ALONE},
    {NULL, NULL, OPEN, NULL, NULL, NULL, READ},
};
