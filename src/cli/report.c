#include "cli/report.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TITLE_WIDTH = 46 };

cs_language report_language(void) {
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return strncmp(value, "zh", 2) == 0 ? CS_CHINESE : CS_ENGLISH;
    }
    return CS_ENGLISH;
}

void report_cell(const char *text, unsigned columns) {
    unsigned used = 0;
    while (*text) {
        unsigned bytes;
        unsigned width = utf8_width(utf8_decode(text, &bytes));
        if (used + width > columns) break;
        printf("%.*s", (int)bytes, text);
        used += width;
        text += bytes;
    }
    printf("%*s", (int)(columns - used), "");
}

void report_parts(const char *const *parts, size_t count) {
    bool has_any = false;
    for (size_t i = 0; i < count; i++) {
        if (!*parts[i]) continue;
        printf("%s%s", has_any ? " · " : "", parts[i]);
        has_any = true;
    }
    if (has_any) puts("");
}

const char *report_title(const cs_json *rule, cs_language language) {
    const cs_json *title = json_get(rule, "title");
    const char *text = json_string(json_get(title, language == CS_CHINESE ? "zh" : "en"), NULL);
    if (!text || !*text) text = json_string(json_get(rule, "rule"), NULL);
    return text ? text : "";
}

const char *report_verdict(const char *verdict, cs_language language) {
    static const struct {
        const char *name, *en, *zh;
    } words[] = {{"hit", "hit", "命中"},
                 {"missed", "missed", "未达"},
                 {"undecided", "undecided", "待定"},
                 {"noted", "noted", "提示"},
                 {"met", "met", "达成"},
                 {"clean", "clean", "无违规"},
                 {"not_noted", "not noted", "无提示"},
                 {"not_applicable", "not applicable", "不适用"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (verdict && strcmp(words[i].name, verdict) == 0) return language == CS_CHINESE ? words[i].zh : words[i].en;
    return verdict ? verdict : "";
}

static long long whole(const cs_json *object, const char *key) {
    int64_t value = 0;
    (void)json_int64(json_get(object, key), &value);
    return (long long)value;
}

static void print_mean(const cs_json *scores, const char *key, const char *word, cs_language language) {
    const cs_json *score = json_get(scores, key);
    if (whole(score, "count") == 0) {
        printf("  %s –", word);
        return;
    }
    printf(language == CS_CHINESE ? "  %s %.1f(%lld 条)" : "  %s %.1f (of %lld)", word,
           json_number(json_get(score, "mean"), 0), whole(score, "count"));
}

static bool is_flag(const cs_json *rule) {
    const char *kind = json_string(json_get(rule, "kind"), NULL);
    return kind && strcmp(kind, "flag") == 0;
}

/* "met 72 % (18/25)   missed 7   undecided 1   not applicable 40" */
static void print_rule(const cs_json *rule, cs_language language) {
    long long met = whole(rule, "met"), missed = whole(rule, "missed"), all = met + missed;
    const char *kind = json_string(json_get(rule, "kind"), NULL);
    bool is_noting = is_flag(rule), is_never = kind && strcmp(kind, "never") == 0;
    char share[96] = "–";
    if (all > 0)
        snprintf(share, sizeof share, "%5.1f %%  %lld/%lld", 100.0 * (double)(is_noting ? missed : met) / (double)all,
                 is_noting ? missed : met, all);
    printf("  ");
    report_cell(report_title(rule, language), TITLE_WIDTH);
    printf(" ");
    const char *word = is_noting  ? report_verdict("noted", language)
                       : is_never ? report_verdict("clean", language)
                                  : report_verdict("met", language);
    report_cell(word, 7);
    printf(" ");
    report_cell(share, 18);
    printf(" %8lld %9lld %14lld\n", is_noting ? 0 : missed, whole(rule, "undecided"), whole(rule, "not_applicable"));
}

/* Rules before flags, the least met first. */
static int compare_rules(const void *left, const void *right) {
    const cs_json *a = *(const cs_json *const *)left, *b = *(const cs_json *const *)right;
    if (is_flag(a) != is_flag(b)) return is_flag(a) ? 1 : -1;
    double of_a = (double)(whole(a, "met") + whole(a, "missed")), of_b = (double)(whole(b, "met") + whole(b, "missed"));
    double share_a = of_a > 0 ? (double)whole(a, "met") / of_a : 2,
           share_b = of_b > 0 ? (double)whole(b, "met") / of_b : 2;
    return share_a < share_b ? -1 : share_a > share_b;
}

static void print_rules(const cs_json *rules, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    size_t count = 0, all = json_length(rules);
    const cs_json **sorted = calloc(all + 1, sizeof *sorted);
    if (!sorted) return;
    for (size_t i = 0; i < all; i++) {
        const cs_json *rule = json_at(rules, i);
        if (whole(rule, "met") + whole(rule, "missed") + whole(rule, "undecided") > 0) sorted[count++] = rule;
    }
    qsort(sorted, count, sizeof *sorted, compare_rules);
    if (count) {
        printf("\n  ");
        report_cell(is_zh ? "规则" : "Rule", TITLE_WIDTH);
        printf(" ");
        report_cell(is_zh ? "达成,以已判定的为分母" : "met, of those decided", 26);
        printf(is_zh ? "    未达      待定         不适用\n" : "   missed undecided not applicable\n");
    }
    for (size_t i = 0; i < count; i++) print_rule(sorted[i], language);
    if (count && count < all)
        printf(is_zh ? "  没有适用会话的规则:%zu 条\n" : "  rules without an occasion: %zu\n", all - count);
    free(sorted);
}

static void print_scores(const cs_json *item, cs_language language) {
    static const char *const keys[] = {"compliance", "experience", "risk"};
    static const char *const zh[] = {"合规", "体验", "风险"};
    const cs_json *scores = json_get(item, "scores");
    for (size_t i = 0; i < 3; i++) {
        int64_t value;
        printf("  %s ", language == CS_CHINESE ? zh[i] : keys[i]);
        if (json_int64(json_get(scores, keys[i]), &value))
            printf("%3lld", (long long)value);
        else
            printf("  –");
    }
}

static void print_worst(const cs_json *worst, cs_language language) {
    if (json_length(worst) == 0) return;
    printf("\n%s\n", language == CS_CHINESE ? "最需要处理的五条" : "The worst five, and why");
    for (size_t i = 0; i < json_length(worst); i++) {
        const cs_json *item = json_at(worst, i), *why = json_get(item, "worst");
        const char *title = json_string(json_get(item, "title"), NULL),
                   *id = json_string(json_get(item, "external_id"), NULL);
        printf("  %zu. ", i + 1);
        report_cell(id ? id : "", 16);
        printf(" ");
        report_cell(title ? title : "", 40);
        print_scores(item, language);
        printf("\n     ");
        for (size_t k = 0; k < json_length(why); k++) {
            const cs_json *reason = json_at(why, k);
            printf("%s%s: %s", k ? "; " : "", report_verdict(json_string(json_get(reason, "verdict"), NULL), language),
                   report_title(reason, language));
        }
        puts("");
    }
}

void report_summary(const cs_json *summary, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    const cs_json *scores = json_get(summary, "scores");
    printf(is_zh ? "\n%lld 条会话已全部检查,%lld 条高风险\n "
                 : "\nconversations inspected: %lld, of high risk: %lld\n ",
           whole(summary, "conversations"), whole(summary, "high_risk"));
    print_mean(scores, "compliance", is_zh ? "合规分" : "compliance", language);
    print_mean(scores, "experience", is_zh ? "体验分" : "experience", language);
    print_mean(scores, "risk", is_zh ? "风险分" : "risk", language);
    puts("");
    print_rules(json_get(summary, "rules"), language);
    print_worst(json_get(summary, "worst"), language);
}
