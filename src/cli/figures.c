/* callscope figures: numbers and measures of a time, of all or by agent, team, queue or channel. */
#include "insight/figures.h"

#include "base/clock.h"
#include "cli/command.h"
#include "cli/report.h"
#include "insight/figures_refresh.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ANSWER_BYTES = 512 << 20, NAME_COLUMNS = 34 };

/* ---- what is asked ---- */

/* A date is a day on the centre's clock; as the end it is itself still inside. */
static cs_error take_day(const cs_arguments *arguments, const char *option, int64_t zone_minutes, int64_t *out,
                         cs_message *message) {
    const char *text = argument(arguments, option);
    char moment[32];
    if (!text) return CS_OK;
    (void)snprintf(moment, sizeof moment, "%.20s 00:00:00", text);
    if (strlen(text) == strlen("2026-02-14") && clock_parse_local(moment, (int)zone_minutes, out)) {
        if (strcmp(option, "--to") == 0) *out += 86400000;
        return CS_OK;
    }
    (void)message_set(message, CS_ERR_USAGE, "\"%.60s\" is no date", text);
    message_place(message, "%s", option);
    message_remedy(message, "write 2026-02-14");
    return CS_ERR_USAGE;
}

static cs_error take_filter(const cs_arguments *arguments, cs_db *db, cs_filter *filter, cs_message *message) {
    static const char *const names[] = {"agent", "team", "queue", "channel"};
    int64_t zone = 0;
    filter_init(filter);
    cs_error code = figures_zone(db, &zone, message);
    if (code == CS_OK) code = take_day(arguments, "--from", zone, &filter->from_ms, message);
    if (code == CS_OK) code = take_day(arguments, "--to", zone, &filter->to_ms, message);
    for (size_t i = 0; code == CS_OK && i < sizeof names / sizeof *names; i++) {
        char option[16];
        (void)snprintf(option, sizeof option, "--%s", names[i]);
        const char *value = argument(arguments, option);
        if (value) code = filter_set(filter, names[i], value, message);
    }
    return code;
}

/* ---- printing ---- */

static int64_t number_of(const cs_json *object, const char *key) {
    int64_t value = 0;
    (void)json_int64(json_get(object, key), &value);
    return value;
}

static const char *word(cs_language language, const char *zh, const char *en) {
    return language == CS_CHINESE ? zh : en;
}

static void print_mean(const cs_json *of, const char *score) {
    const cs_json *mean = json_get(json_get(json_get(of, "scores"), score), "mean");
    if (json_kind(mean) == CS_JSON_NUMBER)
        printf("  %10.1f", json_number(mean, 0));
    else
        printf("  %10s", "–");
}

static void print_share(const cs_json *share) {
    if (json_kind(share) == CS_JSON_NUMBER)
        printf("  %6.1f %%", json_number(share, 0) * 100);
    else
        printf("  %8s", "–");
}

static void print_measure(const cs_json *measure, cs_language language) {
    const cs_json *title = json_get(measure, "title");
    const char *text = json_string(json_get(title, language == CS_CHINESE ? "zh" : "en"), NULL);
    report_cell(text ? text : "", NAME_COLUMNS);
    print_share(json_get(measure, "share"));
    printf("  %9" PRId64 "  %9" PRId64 "  %9" PRId64, number_of(measure, "met"), number_of(measure, "missed"),
           number_of(measure, "undecided"));
    if (json_kind(json_get(measure, "target")) == CS_JSON_NUMBER) {
        print_share(json_get(measure, "target"));
        if (json_kind(json_get(measure, "is_reached")) == CS_JSON_BOOL)
            printf("  %s", json_is_true(json_get(measure, "is_reached")) ? word(language, "达到", "reached")
                                                                         : word(language, "未达到", "not reached"));
    }
    puts("");
}

static void print_settled(const cs_json *answer, cs_language language) {
    if (!json_is_true(json_get(answer, "is_settled")))
        puts(word(language, "有变化尚未计入：callscope serve 或下一次 inspect 会计入",
                  "changes are not counted in yet: callscope serve or the next inspect counts them"));
}

static void print_overview(const cs_json *answer, cs_language language) {
    const cs_json *measures = json_get(answer, "measures");
    printf("%s %" PRId64 "  %s %" PRId64 "  %s %" PRId64 "\n", word(language, "会话", "conversations"),
           number_of(answer, "conversations"), word(language, "有得分", "scored"), number_of(answer, "scored"),
           word(language, "高风险", "high risk"), number_of(answer, "high_risk"));
    if (number_of(answer, "stale") > 0)
        printf("%s %" PRId64 "\n", word(language, "按旧规则质检，未计入各项", "under older rules, in no measure"),
               number_of(answer, "stale"));
    printf("%s", word(language, "平均分  合规 体验 风险", "means: compliance, experience, risk"));
    print_mean(answer, "compliance");
    print_mean(answer, "experience");
    print_mean(answer, "risk");
    printf("\n\n");
    report_cell("", NAME_COLUMNS);
    printf("  %8s  %9s  %9s  %9s  %8s\n", "%", word(language, "met", "met"), word(language, "missed", "missed"),
           word(language, "undecided", "undecided"), word(language, "target", "target"));
    bool is_rule = false;
    for (size_t i = 0; i < json_length(measures); i++) {
        const cs_json *measure = json_at(measures, i);
        if (!is_rule && json_is_true(json_get(measure, "is_rule"))) puts("");
        is_rule = json_is_true(json_get(measure, "is_rule"));
        const char *unit = json_string(json_get(measure, "unit"), NULL);
        if (unit && strcmp(unit, "share") == 0) print_measure(measure, language);
    }
    print_settled(answer, language);
}

static void print_table(const cs_json *answer, cs_language language) {
    const cs_json *rows = json_get(answer, "rows");
    report_cell("", NAME_COLUMNS);
    printf("  %13s  %9s  %10s  %10s  %10s\n", "conversations", "high risk", "compliance", "experience", "risk");
    for (size_t i = 0; i < json_length(rows); i++) {
        const cs_json *row = json_at(rows, i);
        const char *name = json_string(json_get(row, "name"), NULL);
        report_cell(name ? name : word(language, "（未知）", "(unknown)"), NAME_COLUMNS);
        printf("  %13" PRId64 "  %9" PRId64, number_of(row, "conversations"), number_of(row, "high_risk"));
        print_mean(row, "compliance");
        print_mean(row, "experience");
        print_mean(row, "risk");
        puts("");
    }
    print_settled(answer, language);
}

/* ---- the command ---- */

static cs_error hold_ruleset(cs_db *db, cs_ruleset **out, cs_message *message) {
    cs_hash id;
    cs_error code = archive_current_ruleset(db, &id, message);
    return code == CS_OK ? archive_load_ruleset(db, id, out, message) : code;
}

static cs_error write_answer(const cs_arguments *arguments, cs_json_writer *out, cs_message *message) {
    const char *by = argument(arguments, "--by");
    cs_db *db = NULL;
    cs_ruleset *rules = NULL;
    cs_filter filter;
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, message);
    if (code == CS_OK) code = db_begin(db, message);
    if (code == CS_OK) code = hold_ruleset(db, &rules, message);
    if (code == CS_OK) code = take_filter(arguments, db, &filter, message);
    if (code == CS_OK)
        code =
            by ? figures_table(db, rules, &filter, by, out, message) : figures_show(db, rules, &filter, out, message);
    ruleset_release(rules);
    db_close(db);
    return code;
}

static cs_error recount(const char *data, cs_message *message) {
    cs_figures_work work;
    cs_error code = figures_forget(data, message);
    return code == CS_OK ? figures_refresh(data, true, NULL, &work, message) : code;
}

int run_figures(const cs_arguments *arguments) {
    cs_message message = {0};
    cs_buffer text;
    cs_json_writer writer;
    cs_json *answer = NULL;
    cs_error code = CS_OK;
    buffer_init(&text, ANSWER_BYTES);
    json_writer_init(&writer, &text);
    if (argument_is_given(arguments, "--recount")) code = recount(argument(arguments, "--data"), &message);
    if (code == CS_OK) code = write_answer(arguments, &writer, &message);
    if (code == CS_OK && text.is_failed)
        code = message_set(&message, CS_ERR_LIMIT, "the figures take more than %d MB", ANSWER_BYTES >> 20);
    if (code == CS_OK && argument_is_given(arguments, "--json")) {
        puts(buffer_string(&text));
    } else if (code == CS_OK) {
        code = json_parse(buffer_string(&text), text.length, ANSWER_BYTES, &answer, &message);
        if (code == CS_OK && argument(arguments, "--by"))
            print_table(answer, report_language());
        else if (code == CS_OK)
            print_overview(answer, report_language());
    }
    json_free(answer);
    buffer_free(&text);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(NULL, &message);
    return code == CS_ERR_USAGE ? CS_EXIT_USAGE : CS_EXIT_REFUSED;
}
