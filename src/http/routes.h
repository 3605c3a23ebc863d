/* routes.h - the table of addresses, and the handlers it names: one file per resource.
 * Floor: http. Each row holds method, pattern, permission, words, parameters, handler and what must be there before it is called.
 * Memory: static. Threads: any. Example: for (const cs_route *r = route_table; r->method; r++) puts(r->pattern);
 */
#ifndef CS_HTTP_ROUTES_H
#define CS_HTTP_ROUTES_H

#include "http/router.h"

extern const cs_route route_table[]; /* method NULL at the end */

cs_error me_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error me_password(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error me_sessions(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error me_end_session(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error session_sign_in(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error session_sign_out(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error accounts_first(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error accounts_index(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error accounts_create(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error accounts_put(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error accounts_sessions(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error accounts_end_sessions(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error audit_index(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error conversations_list(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error conversations_one(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error conversations_neighbours(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error conversations_related(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error judgements_list(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error judgements_put(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error judgements_delete(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error comments_post(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error comments_put(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error comments_delete(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error review_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error seen_put(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error summary_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error figures_overview(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error figures_over_time(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error figures_by_name(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error figures_by_rule(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error figures_what_changed(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error figures_worst_and_best(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error filters_list(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error filters_create(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error filters_one(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error filters_put(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error filters_delete(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error measures_index(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error measures_put(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error export_download(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error export_chosen(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error export_look(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error export_stop(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error facets_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error recordings_audio(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error recordings_waveform(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error imports_list(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error imports_create(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error imports_one(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error imports_preview(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error imports_put_file(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error imports_delete_file(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error imports_start(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error imports_cancel(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error imports_undo(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error imports_refusals(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error imports_post(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error mappings_list(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error mappings_one(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error mappings_put(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error mappings_delete(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error joins_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error conversations_reveal(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error people_reveal(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error export_reveal(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error people_index(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error people_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error people_undo(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error people_redo(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error health_alive(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error health_ready(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error metrics_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_list(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_create(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_people(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_unanswered(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_one(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_answer(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_recheck(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_close(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_reopen(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_appeal(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_decide(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_assign(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error orders_comment(const cs_request *request, cs_json_writer *out, cs_message *message);
/* speech.c */
cs_error speech_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error speech_choose(const cs_request *request, cs_json_writer *out, cs_message *message);
/* speech_again.c */
cs_error speech_of_recording(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error speech_failed(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error speech_again_ask(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error speech_again_start(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error speech_again_end(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error queue_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error queue_aside(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error queue_retry(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error queue_retry_all(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error queue_give_up(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error status_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_list(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_one(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_vocabulary(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_check(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_text(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_versions(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_samples(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_put_draft(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_delete_draft(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_test_draft(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_show_backtest(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_ask_backtest(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_cancel_backtest(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_try(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_add_test(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_publish(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_retire(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error rules_roll_back(const cs_request *request, cs_json_writer *out, cs_message *message);

#endif
