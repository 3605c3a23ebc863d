/* Rules drawn from the grammar: every live operator with small parameters, windows nested twice, and or not, triggers. */
#include "random.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static uint64_t state;
void random_seed(uint64_t seed) {
    state = seed * 0x9E3779B97F4A7C15u + 0x1234567u;
    for (int i = 0; i < 4; i++) (void)roll(2);
}
uint32_t roll(uint32_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

const char *random_lists(void) {
    return "words bad = 投诉 | 太差\n"
           "words sorry = 抱歉 | 致歉\n"
           "words repair = 漏水 | 维修\n"
           "words refund = 退款 | refund\n"
           "pairs jargon = 主板 : 开不了机, 启动 | 压缩机 : 不制冷\n";
}

static const char *phrase(void) {
    static const char *const phrases[] = {"投诉", "太差", "抱歉", "致歉",   "好了", "退款",
                                          "核实", "漏水", "您好", "不知道", "嗯",   "refund"};
    return phrases[roll(12)];
}
static const char *role(void) {
    static const char *const roles[] = {"agent",    "agent",  "agent", "customer", "customer",
                                        "customer", "anyone", "bot",   "system"};
    return roles[roll(roll(3) ? 6 : 9)];
}
static const char *side(void) {
    static const char *const roles[] = {"agent", "customer", "bot"};
    return roles[roll(roll(4) ? 2 : 3)];
}

static int take(drawn_rule *r, drawn_kind kind) {
    if (r->count == DRAWN_MOST) return r->count - 1;
    r->nodes[r->count] = (drawn){.kind = kind, .parts = {-1, -1, -1}};
    return r->count++;
}

static int atom(drawn_rule *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int atom(drawn_rule *r, const char *format, ...) {
    int node = take(r, DRAWN_ATOM);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(r->nodes[node].text, sizeof r->nodes[node].text, format, arguments);
    va_end(arguments);
    return node;
}

/* ---- atoms ---- */

static int draw_words(drawn_rule *r) {
    switch (roll(18)) {
    case 0: return atom(r, "%s says \"%s\" | \"%s\"", role(), phrase(), phrase());
    case 1: return atom(r, "%s says all of \"%s\" | \"%s\"", role(), "抱歉", phrase());
    case 2: return atom(r, "%s says all of \"退款\" | \"%s\" near %u characters", role(), "好了", 2 + roll(6));
    case 3: return atom(r, "%s says at least 2 of \"投诉\" | \"漏水\" | \"好了\" | \"嗯\"", role());
    case 4: return atom(r, "%s asserts \"%s\"", role(), phrase());
    case 5: return atom(r, "%s says \"好了\" unless in \"好了吗\"", role());
    case 6: return atom(r, "%s says /退款|[嗯好]了?|refunds?/", role());
    case 7: return atom(r, "%s sounds like \"致歉\" | \"%s\"", role(), phrase());
    case 8:
        return atom(r, "%s similar to \"抱歉让您久等\" | \"漏水了怎么办\" likeness %u%%", role(), 30 + 10 * roll(4));
    case 9: return atom(r, "first agent says \"%s\"", phrase());
    case 10: return atom(r, "%s intent %s", role(), roll(2) ? "repair" : "refund");
    case 11: return atom(r, "%s says jargon", role());
    case 12: return atom(r, "%s plain jargon", role());
    case 13:
        return atom(r, "%s asks again \"%s\" given \"%s\"%s", side(), phrase(), phrase(),
                    roll(3) ? "" : " or field vip");
    default: return atom(r, "%s says \"%s\"", role(), phrase());
    }
}

static int draw_annotation(drawn_rule *r) {
    switch (roll(10)) {
    case 9: return roll(2) ? atom(r, "event laughter") : atom(r, "event laughter by %s", side());
    case 7: return atom(r, "%s answers%s", role(), roll(2) ? "" : " article price");
    case 8: return atom(r, "%s model \"angry\"", role());
    case 0: return atom(r, "%s emotion angry", role());
    case 1: return atom(r, "%s emotion angry %s", role(), roll(2) ? "worsening" : "improving");
    case 2: return atom(r, "%s topic price", role());
    case 3: return atom(r, "%s intent praise", role());
    case 4: return atom(r, "%s entity order > %u", role(), 100 * roll(3));
    case 5: return atom(r, "%s loudness > %u%s", role(), 20 + roll(20), roll(3) ? "" : "% over own start");
    default: return atom(r, "%s pitch > %u%s", role(), 20 + roll(20), roll(3) ? "" : " over own start");
    }
}

static int draw_clock(drawn_rule *r) {
    char owed[40] = "", by[40] = "";
    if (roll(2)) snprintf(owed, sizeof owed, " owed by %s", side());
    if (roll(2)) snprintf(by, sizeof by, " by %s", side());
    switch (roll(14)) {
    case 0:
    case 1: return atom(r, "silence >%s %us%s%s", roll(3) ? "" : "=", 1 + roll(4), owed, roll(3) ? "" : " not on hold");
    case 2: return atom(r, "silence > %us%s excused by \"%s\"", 1 + roll(3), owed, phrase());
    case 3: return atom(r, "silence > %us not on hold", 1 + roll(3));
    case 4: return atom(r, "%s response time > %us%s", side(), 1 + roll(4), roll(3) ? "" : " for first reply");
    case 5:
        return atom(r, "%s response time <%s %us%s", side(), roll(2) ? "" : "=", 1 + roll(3),
                    roll(3) ? "" : " for first reply");
    case 6: return atom(r, "%s%soverlap > %u00ms", roll(3) ? role() : "", " ", 2 + roll(8));
    case 7: return atom(r, "%s interrupts", role());
    case 8: return atom(r, "%s interrupts > %u00ms of at least %u characters", role(), 1 + roll(8), 2 + roll(4));
    case 9:
        return atom(r, "%s pace > %u%s", role(), 60 + 40 * roll(5),
                    roll(3)   ? ""
                    : roll(2) ? "% over own start"
                              : " over own start");
    case 10: return atom(r, "hold%s", by);
    case 11: return atom(r, "hold%s %s %us", by, roll(2) ? ">" : "<", 1 + roll(4));
    case 12: return atom(r, "hang-up%s", by);
    default: return atom(r, "hang-up%s > %us after last word", by, 1 + roll(3));
    }
}

static int draw_repeats(drawn_rule *r) {
    char unless[80] = "";
    if (!roll(3)) snprintf(unless, sizeof unless, " unless in \"%s\"", phrase());
    if (!roll(3)) snprintf(unless, sizeof unless, " unless %s says \"%s\" between", side(), phrase());
    return atom(r, "%s repeats %u times%s%s of at least %u characters%s", side(), 2 + roll(2),
                roll(2) ? " in a row" : "", roll(2) ? " likeness 60%" : "", 2 + roll(2), unless);
}

static int draw_atom(drawn_rule *r) {
    uint32_t which = roll(20);
    if (which < 13) return draw_words(r);
    if (which < 15) return draw_annotation(r);
    if (which < 18) return draw_clock(r);
    if (which < 19) return draw_repeats(r);
    return roll(2) ? atom(r, "transfer by %s", side()) : atom(r, "event ticket.closed");
}

static int draw_measure(drawn_rule *r) {
    switch (roll(9)) {
    case 0: return atom(r, "duration > %us", 2 + roll(15));
    case 1: return atom(r, "duration <%s %us", roll(2) ? "" : "=", 2 + roll(15));
    case 2: return atom(r, "%s turns %s %u", role(), roll(2) ? ">" : "<=", 1 + roll(3));
    case 3: return atom(r, "%s talk share > %u%%", side(), 10 * roll(9));
    case 4: return atom(r, "%s pace > %u average", side(), 60 * (1 + roll(4)));
    case 5: return atom(r, "%s loudness > %u average", side(), 20 + roll(20));
    case 6: return atom(r, "field vip = true");
    case 7: return atom(r, "field amount %s %u", roll(2) ? ">" : "<=", 100 * roll(4));
    default: return atom(r, "field promised %s field booked", roll(2) ? "=" : "!=");
    }
}

/* ---- conditions ---- */

static int draw_places(drawn_rule *r, unsigned depth);

static int draw_window(drawn_rule *r, int inner) {
    static const char *const directions[] = {"after", "before", "around"};
    const char *direction = directions[roll(roll(2) ? 1 : 3)];
    int node = take(r, DRAWN_WINDOW);
    drawn *w = &r->nodes[node];
    char who[16] = "";
    if (roll(2)) snprintf(who, sizeof who, "%s ", side());
    w->parts[0] = inner;
    uint32_t which = roll(23);
    if (which == 22)
        snprintf(w->text, sizeof w->text, "%s",
                 roll(2)   ? "by end of day 1 after"
                 : roll(2) ? "by end of workday 0 after"
                           : "within 1 workdays after");
    else if (which < 4)
        snprintf(w->text, sizeof w->text, "within %us %s", 1 + roll(6), direction);
    else if (which < 9)
        snprintf(w->text, sizeof w->text, "within %u %sturns %s", 1 + roll(3), who, direction);
    else if (which < 10)
        snprintf(w->text, sizeof w->text, "first %u %sturns", 1 + roll(3), who);
    else if (which < 11)
        snprintf(w->text, sizeof w->text, "last %u %sturns", 1 + roll(3), who);
    else if (which < 12)
        snprintf(w->text, sizeof w->text, "%s %us", roll(2) ? "first" : "last", 1 + roll(8));
    else if (which < 13)
        snprintf(w->text, sizeof w->text, "by %us", 1 + roll(12));
    else if (which < 14)
        snprintf(w->text, sizeof w->text, "%s %u%%", roll(2) ? "first" : "last", 10 + 10 * roll(9));
    else if (which < 15)
        snprintf(w->text, sizeof w->text, "anywhere");
    else {
        snprintf(w->text, sizeof w->text, "%s",
                 which < 17   ? "before"
                 : which < 19 ? "after"
                 : which < 21 ? "until"
                              : "between");
        bool is_between = which == 21;
        int mark = draw_places(r, roll(4) ? 0 : 1), mark_end = is_between ? draw_places(r, 0) : -1;
        r->nodes[node].parts[1] = mark;
        r->nodes[node].parts[2] = mark_end;
    }
    return node;
}

static int join(drawn_rule *r, drawn_kind kind, int left, int right) {
    int node = take(r, kind);
    r->nodes[node].parts[0] = left;
    r->nodes[node].parts[1] = right;
    return node;
}

/* Something that has places. */
static int draw_places(drawn_rule *r, unsigned depth) {
    uint32_t which = depth ? roll(14) : 0;
    if (which < 7) return draw_atom(r);
    if (which < 9) return draw_window(r, draw_places(r, depth - 1));
    if (which < 11) {
        int left = draw_places(r, depth - 1);
        return join(r, DRAWN_OR, left, draw_places(r, depth - 1));
    }
    if (which == 11) {
        int left = draw_places(r, depth - 1), node = take(r, DRAWN_NTH);
        r->nodes[node].parts[0] = left;
        snprintf(r->nodes[node].text, sizeof r->nodes[node].text, "%u", 1 + roll(3));
        return node;
    }
    if (which == 12) {
        int a = draw_places(r, depth - 1), b = draw_places(r, depth - 1), c = roll(3) ? -1 : draw_places(r, 0);
        int node = join(r, DRAWN_ORDER, a, b);
        r->nodes[node].parts[2] = c;
        return node;
    }
    int left = draw_places(r, depth - 1);
    return join(r, DRAWN_REPLY, left, draw_places(r, 0));
}

static int draw_count(drawn_rule *r, unsigned depth) {
    static const char *const signs[] = {">=", ">=", ">", "=", "<", "<="};
    int left = draw_places(r, depth), node = take(r, DRAWN_COUNT);
    r->nodes[node].parts[0] = left;
    snprintf(r->nodes[node].text, sizeof r->nodes[node].text, "%s %u", signs[roll(6)], 1 + roll(3));
    return node;
}

static int draw_condition(drawn_rule *r, unsigned depth) {
    uint32_t which = depth ? roll(20) : 0;
    if (which < 7) return draw_places(r, depth);
    if (which < 11) return draw_window(r, draw_condition(r, depth - 1));
    if (which < 13) {
        int left = draw_condition(r, depth - 1);
        return join(r, DRAWN_AND, left, draw_condition(r, depth - 1));
    }
    if (which < 15) {
        int left = draw_condition(r, depth - 1);
        return join(r, DRAWN_OR, left, draw_condition(r, depth - 1));
    }
    if (which < 17) return join(r, DRAWN_NOT, draw_condition(r, depth - 1), -1);
    if (which < 19) return draw_count(r, depth - 1);
    return draw_measure(r);
}

static void draw_steps(drawn_rule *r) {
    r->step_count = 2 + (int)roll(2);
    for (int i = 0; i < r->step_count; i++) {
        r->steps[i] = draw_places(r, roll(3) ? 0 : 1);
        r->conditions[i] = roll(2) ? -1 : atom(r, "%s says \"%s\"", side(), phrase());
    }
}

void random_rule(drawn_rule *r) {
    static const char *const heads[] = {"call",
                                        "chat",
                                        "call, chat",
                                        "call where vip = true",
                                        "call, chat where amount > 100 or not queue in (a, b)",
                                        "chat where queue = a"};
    memset(r, 0, sizeof *r);
    r->when = r->expect = r->waiver = -1;
    if (!roll(8)) snprintf(r->head, sizeof r->head, "%s", heads[roll(6)]);
    uint32_t kind = roll(20);
    r->is_flag = kind < 3;
    r->is_never = !r->is_flag && kind < 9;
    if (r->is_flag || kind >= 12 || (r->is_never && roll(2))) {
        r->when = roll(3) ? draw_places(r, roll(2)) : draw_condition(r, 2);
        if (r->is_flag) return;
        r->is_once = !roll(5);
        r->is_per_demand = !r->is_once && !roll(8);
        if (r->is_per_demand) {
            int a = atom(r, "customer intent repair"), b = atom(r, "customer intent refund");
            r->when = join(r, DRAWN_OR, a, b);
        }
    }
    if (!r->is_never && kind == 19)
        draw_steps(r);
    else
        r->expect = draw_condition(r, 2);
    r->is_strict = !r->is_never && !roll(6);
    if (!roll(5)) r->waiver = draw_condition(r, roll(3) ? 0 : 1);
}

/* ---- as text ---- */

typedef struct writer {
    const drawn_rule *rule;
    char *out;
    size_t room, used;
} writer;

static void put(writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(writer *w, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int bytes = vsnprintf(w->out + w->used, w->room - w->used, format, arguments);
    va_end(arguments);
    if (bytes > 0 && (size_t)bytes < w->room - w->used) w->used += (size_t)bytes;
}

static void write_node(writer *w, int at) {
    if (at < 0) return;
    const drawn *n = &w->rule->nodes[at];
    switch (n->kind) {
    case DRAWN_ATOM: put(w, "%s", n->text); return;
    case DRAWN_NOT: put(w, "not "); break;
    case DRAWN_COUNT: put(w, "count"); break;
    case DRAWN_NTH: put(w, "nth"); break;
    case DRAWN_ORDER: put(w, "in order "); break;
    default: break;
    }
    put(w, "(");
    write_node(w, n->parts[0]);
    switch (n->kind) {
    case DRAWN_AND:
    case DRAWN_OR:
        put(w, n->kind == DRAWN_AND ? ") and (" : ") or (");
        write_node(w, n->parts[1]);
        put(w, ")");
        return;
    case DRAWN_COUNT: put(w, ") %s", n->text); return;
    case DRAWN_NTH: put(w, ", %s)", n->text); return;
    case DRAWN_ORDER:
        for (int i = 1; i < 3; i++)
            if (n->parts[i] >= 0) put(w, ", "), write_node(w, n->parts[i]);
        put(w, ")");
        return;
    case DRAWN_REPLY:
        put(w, ") in reply to (");
        write_node(w, n->parts[1]);
        put(w, ")");
        return;
    case DRAWN_WINDOW:
        put(w, ") %s", n->text);
        if (n->parts[1] >= 0) put(w, " ("), write_node(w, n->parts[1]), put(w, ")");
        if (n->parts[2] >= 0) put(w, " and ("), write_node(w, n->parts[2]), put(w, ")");
        return;
    default: put(w, ")"); return;
    }
}

void random_write_rule(const drawn_rule *r, unsigned number, char *out, size_t room) {
    writer w = {.rule = r, .out = out, .room = room};
    put(&w, "%s r%02u\n", r->is_flag ? "flag" : "rule", number);
    if (r->head[0]) put(&w, "  for %s\n", r->head);
    if (r->when >= 0) {
        put(&w, "  when ");
        write_node(&w, r->when);
        put(&w, "%s\n", r->is_once ? ", once" : r->is_per_demand ? ", once per demand" : "");
    }
    if (r->step_count) {
        put(&w, "  expect steps\n");
        for (int i = 0; i < r->step_count; i++) {
            put(&w, "    s%d : ", i);
            write_node(&w, r->steps[i]);
            if (r->conditions[i] >= 0) put(&w, " if "), write_node(&w, r->conditions[i]);
            put(&w, "\n");
        }
    } else if (!r->is_flag) {
        put(&w, r->is_never ? "  never " : "  expect ");
        write_node(&w, r->expect);
        put(&w, "%s\n", r->is_strict ? ", strict" : "");
    }
    if (r->waiver >= 0) put(&w, "  waived by "), write_node(&w, r->waiver), put(&w, "\n");
}

/* ---- smaller ---- */

static void replace(drawn_rule *r, int old, int new) {
    int *roots[] = {&r->when, &r->expect, &r->waiver};
    for (int i = 0; i < 3; i++)
        if (*roots[i] == old) *roots[i] = new;
    for (int i = 0; i < r->step_count; i++) {
        if (r->steps[i] == old) r->steps[i] = new;
        if (r->conditions[i] == old) r->conditions[i] = new;
    }
    for (int i = 0; i < r->count; i++)
        for (int k = 0; k < 3; k++)
            if (i != new && r->nodes[i].parts[k] == old) r->nodes[i].parts[k] = new;
}

static bool is_used(const drawn_rule *r, int node) {
    if (node == r->when || node == r->expect || node == r->waiver) return true;
    for (int i = 0; i < r->step_count; i++)
        if (node == r->steps[i] || node == r->conditions[i]) return true;
    for (int i = 0; i < r->count; i++)
        for (int k = 0; k < 3; k++)
            if (r->nodes[i].parts[k] == node && is_used(r, i)) return true;
    return false;
}

static bool drop_clause(drawn_rule *r, unsigned n) {
    switch (n) {
    case 0: return r->waiver >= 0 ? (r->waiver = -1, true) : false;
    case 1: return r->head[0] ? (r->head[0] = 0, true) : false;
    case 2: return r->is_strict ? (r->is_strict = false, true) : false;
    case 3: return r->is_once || r->is_per_demand ? (r->is_once = r->is_per_demand = false, true) : false;
    case 4: return r->when >= 0 && !r->is_flag ? (r->when = -1, r->is_once = r->is_per_demand = false, true) : false;
    case 5: return r->step_count > 2 ? (r->step_count--, true) : false;
    default:
        if (n < 9 && (int)n - 6 < r->step_count && r->conditions[n - 6] >= 0) return r->conditions[n - 6] = -1, true;
        return false;
    }
}

bool random_simpler_rule(const drawn_rule *rule, unsigned n, drawn_rule *out) {
    enum { CLAUSES = 9, WAYS = 4 };
    static const char *const plain[] = {"agent says \"好了\"", "customer says \"退款\"", "agent says \"抱歉\""};
    *out = *rule;
    if (n < CLAUSES) {
        if (!drop_clause(out, n)) out->count = 0; /* nothing to drop: not simpler */
        return true;
    }
    unsigned node = (n - CLAUSES) / (WAYS + 2), way = (n - CLAUSES) % (WAYS + 2);
    if ((int)node >= rule->count) return false;
    drawn *d = &out->nodes[node];
    bool is_good = is_used(rule, (int)node);
    if (way < 3) {
        is_good = is_good && d->parts[way] >= 0 && (d->kind != DRAWN_ORDER || way < 3);
        if (is_good) replace(out, (int)node, d->parts[way]);
    } else {
        is_good = is_good && d->kind == DRAWN_ATOM && strcmp(d->text, plain[way - 3]) != 0;
        for (unsigned i = 0; i < way - 3 && is_good; i++) is_good = strcmp(d->text, plain[i]) != 0;
        if (is_good) snprintf(d->text, sizeof d->text, "%s", plain[way - 3]);
    }
    if (!is_good) out->count = 0;
    return true;
}
