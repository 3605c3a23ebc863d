/* Amazon Transcribe (docs.aws.amazon.com/transcribe, "Transcription output"): a job's {"jobName", "results", "status"},
 * or a call analytics job's {"JobName", "Transcript", "Participants", …}. */
#include "conversation/recogniser_transcribe.h"

#include <string.h>
#include <strings.h>

static bool claims(const cs_json *tree) {
    if (json_kind(tree) != CS_JSON_OBJECT || json_get(tree, "turns")) return false;
    if (transcribe_is_analytics(tree)) return true;
    return json_get(tree, "jobName") &&
           (json_get(tree, "results") || json_get(tree, "status") || json_get(tree, "accountId"));
}

static cs_error read_id(const cs_recogniser *r, const cs_json *tree, const char *key) {
    const char *id = NULL;
    cs_conversation *c = r->draft->c;
    cs_error code = recogniser_string(r, tree, key, NULL, &id);
    if (code == CS_OK) code = draft_text(r->draft, &c->external_id, id, r->message);
    return code == CS_OK ? draft_text(r->draft, &c->external_id, r->from->stem, r->message) : code;
}

static cs_error check_status(const cs_recogniser *r, const cs_json *tree, const char *key) {
    const char *status = NULL;
    cs_error code = recogniser_string(r, tree, key, NULL, &status);
    if (code != CS_OK || !status || strcasecmp(status, "COMPLETED") == 0) return code;
    message_set(r->message, CS_ERR_PARSE, "the job is not completed but \"%.40s\": there is no transcript", status);
    message_place(r->message, "%s", key);
    message_remedy(r->message, "wait for the job, or look up there why it failed");
    return CS_ERR_PARSE;
}

static cs_error read(const cs_json *tree, const cs_json_source *from, cs_draft *draft, cs_message *message) {
    cs_recogniser r = {"Amazon Transcribe", from, draft, message};
    bool is_analytics = transcribe_is_analytics(tree);
    draft->c->channel = CS_CHANNEL_CALL;
    cs_error code = read_id(&r, tree, is_analytics ? "JobName" : "jobName");
    if (code == CS_OK) code = check_status(&r, tree, is_analytics ? "JobStatus" : "status");
    if (code != CS_OK || is_analytics) return code == CS_OK ? transcribe_analytics_read(&r, tree) : code;
    const cs_json *results = json_get(tree, "results");
    const char *language = NULL;
    cs_json_place place = {"results", -1, NULL};
    code = recogniser_object(&r, results, &place);
    if (code == CS_OK) code = recogniser_string(&r, results, "language_code", &place, &language);
    if (code == CS_OK) code = draft_text(draft, &draft->c->language, language, message);
    return code == CS_OK ? transcribe_items_read(&r, results) : code;
}

const cs_json_dialect json_transcribe = {"transcribe", "Amazon Transcribe", "Amazon Transcribe 识别结果", claims, read};
