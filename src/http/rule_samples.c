#include "quality/rule_samples.h"
#include "http/rule_desk.h"

enum { USUAL_TAKE = 20 };

/* GET /api/v1/rules/{id}/samples?take=20&seed=1 */
cs_error rules_samples(const cs_request *request, cs_json_writer *out, cs_message *message) {
    int64_t take = USUAL_TAKE, seed = 1;
    cs_error code = request_number(request, "take", 1, CS_MOST_RULE_SAMPLES, &take, message);
    if (code == CS_OK) code = request_number(request, "seed", 0, INT32_MAX, &seed, message);
    if (code != CS_OK) return code;
    const cs_rule *rule = ruleset_find(request->ruleset, request->id);
    if (!rule) { /* retired, or only a draft: it finds nothing now */
        json_object_open(out, NULL);
        json_array_open(out, "found");
        json_array_close(out);
        json_array_open(out, "passed");
        json_array_close(out);
        json_object_close(out);
        return CS_OK;
    }
    const cs_rule_samples wish = {.take = (uint32_t)take, .seed = (uint64_t)seed};
    return rule_samples_write(request->db, request->packer, request->ruleset, rule, &wish, out, message);
}
