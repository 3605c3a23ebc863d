#include "conversation/guess.h"

#include "base/file.h"
#include "base/json.h"
#include "conversation/guess_parts.h"

#include <string.h>
#include <strings.h>

enum { MAX_MAPPING_BYTES = 1 << 20, MAX_WIDTH = 300 };
static const size_t GUESS_ARENA = (size_t)256 << 20;
static const double LEAST = 0.33; /* below this a column is no use but a field */

/* How much finding a use says for a kind. */
static const struct {
    cs_mapping_kind kind;
    uint32_t use;
    double weight;
} weights[] = {
    {CS_MAPPING_CONVERSATIONS, CS_COLUMN_TEXT, 3},
    {CS_MAPPING_CONVERSATIONS, CS_COLUMN_SPEAKER, 2.5},
    {CS_MAPPING_CONVERSATIONS, CS_GUESS_ANSWER, 3},
    {CS_MAPPING_CONVERSATIONS, CS_COLUMN_CONVERSATION, 0.5},
    {CS_MAPPING_CALLS, CS_COLUMN_DURATION, 2},
    {CS_MAPPING_CALLS, CS_COLUMN_ANSWERED, 2},
    {CS_MAPPING_CALLS, CS_COLUMN_HANG_UP, 2},
    {CS_MAPPING_CALLS, CS_COLUMN_RECORDING, 2},
    {CS_MAPPING_CALLS, CS_COLUMN_DIRECTION, 2},
    {CS_MAPPING_CALLS, CS_COLUMN_ENDED, 1},
    {CS_MAPPING_CALLS, CS_COLUMN_EXTENSION, 0.5},
    {CS_MAPPING_CALLS, CS_COLUMN_NUMBER, 0.7},
    {CS_MAPPING_CALLS, CS_COLUMN_CALLER, 0.7},
    {CS_MAPPING_CALLS, CS_COLUMN_CALLED, 0.7},
    {CS_MAPPING_CALLS, CS_COLUMN_TIME, 0.7},
    {CS_MAPPING_TICKETS, CS_COLUMN_TICKET, 2},
    {CS_MAPPING_TICKETS, CS_COLUMN_STATUS, 1.5},
    {CS_MAPPING_TICKETS, CS_COLUMN_EVENT, 2},
    {CS_MAPPING_TICKETS, CS_COLUMN_CLOSED, 2},
    {CS_MAPPING_TICKETS, CS_COLUMN_TICKET_KIND, 1},
    {CS_MAPPING_TICKETS, CS_COLUMN_TIME, 0.5},
    {CS_MAPPING_ROSTER, CS_COLUMN_AGENT, 0.7},
    {CS_MAPPING_ROSTER, CS_COLUMN_AGENT_ID, 1},
    {CS_MAPPING_ROSTER, CS_COLUMN_TEAM, 1},
    {CS_MAPPING_ROSTER, CS_COLUMN_EXTENSION, 1},
    {CS_MAPPING_ROSTER, CS_COLUMN_FROM, 1.5},
    {CS_MAPPING_ROSTER, CS_COLUMN_TO, 1.5},
    {CS_MAPPING_SATISFACTION, CS_COLUMN_SCORE, 3},
    {CS_MAPPING_SATISFACTION, CS_COLUMN_COMMENT, 1},
    {CS_MAPPING_CUSTOMERS, CS_COLUMN_CUSTOMER, 1},
    {CS_MAPPING_CUSTOMERS, CS_COLUMN_CUSTOMER_NAME, 1},
    {CS_MAPPING_CUSTOMERS, CS_COLUMN_NUMBER, 0.7},
    {CS_MAPPING_CUSTOMERS, CS_COLUMN_ACCOUNT, 1},
    {CS_MAPPING_CUSTOMERS, CS_COLUMN_OPENID, 1.5},
};
static const unsigned use_kinds[] = {
#define X(code, key, kinds, needed) kinds,
    CS_COLUMN_TABLE(X)
#undef X
};

/* Which column has which use, for one kind. */
typedef struct assignment {
    uint32_t of_use[CS_GUESS_USES]; /* column + 1; 0: none */
    double sure[CS_GUESS_USES];
    double total;
} assignment;

typedef struct guesser {
    cs_guess *guess;
    cs_guess_table table;
    cs_guess_values *values;
    uint32_t longest; /* the column with the longest texts */
    assignment best;
} guesser;

static bool is_of_kind(uint32_t use, cs_mapping_kind kind) {
    if (use >= CS_COLUMN_USES) return kind == CS_MAPPING_CONVERSATIONS;
    return (use_kinds[use] & 1u << kind) != 0;
}

/* Without a name that says so, only what the values say. */
static double score_values(const guesser *g, uint32_t column, uint32_t use, cs_mapping_kind kind) {
    const cs_guess_values *v = &g->values[column];
    if (v->count == 0) return 0;
    double count = v->count;
    bool is_standing_together = v->runs == v->distinct && v->distinct < v->count && v->count > 3;
    switch (use) {
    case CS_COLUMN_TIME: return kind == CS_MAPPING_ROSTER ? 0 : 0.45 * v->times / count;
    case CS_COLUMN_NUMBER: return 0.5 * v->phones / count;
    case CS_COLUMN_TEXT:
        return kind == CS_MAPPING_CONVERSATIONS && column == g->longest && v->mean_letters >= 4 && v->times == 0 ? 0.5
                                                                                                                 : 0;
    case CS_COLUMN_SPEAKER:
        if (v->roles * 2 > v->count) return 0.7;
        return !g->table.header && v->distinct >= 2 && v->distinct <= 3 && v->count > 3 && v->mean_letters <= 4 &&
                       v->runs > v->distinct
                   ? 0.36
                   : 0;
    case CS_COLUMN_CONVERSATION: return is_standing_together && v->times == 0 ? 0.4 : 0;
    default: return 0;
    }
}

static double score(const guesser *g, uint32_t column, uint32_t use, cs_mapping_kind kind) {
    const cs_guess_values *v = &g->values[column];
    double named = g->table.header ? guess_name_score(g->table.header[column], use) : 0;
    bool is_key =
        g->table.header && strcmp(g->table.header[column], "$key") == 0; /* of an object of objects: their ids */
    if (is_key) return use == CS_COLUMN_CONVERSATION || use == CS_COLUMN_TICKET ? 0.9 : 0;
    if (g->table.turns && (use == CS_COLUMN_TEXT || use == CS_COLUMN_SPEAKER)) return 0;
    if (named > 0) named *= guess_value_score(v, use, g->table.row_count);
    double valued = score_values(g, column, use, kind);
    return named > valued ? named : valued;
}

/* The best pairs first, each column and each use once. */
static void assign(const guesser *g, cs_mapping_kind kind, assignment *out) {
    bool is_taken[MAX_WIDTH] = {false};
    *out = (assignment){0};
    for (uint32_t round = 0; round < CS_GUESS_USES; round++) {
        double best = LEAST;
        uint32_t best_use = CS_GUESS_USES, best_column = 0;
        for (uint32_t use = 0; use < CS_GUESS_USES; use++) {
            if (out->of_use[use] || !is_of_kind(use, kind)) continue;
            for (uint32_t column = 0; column < g->table.width; column++) {
                double s = is_taken[column] ? 0 : score(g, column, use, kind);
                if (s <= best) continue;
                best = s;
                best_use = use;
                best_column = column;
            }
        }
        if (best_use == CS_GUESS_USES) break;
        out->of_use[best_use] = best_column + 1;
        out->sure[best_use] = best;
        is_taken[best_column] = true;
    }
    for (size_t i = 0; i < sizeof weights / sizeof weights[0]; i++) {
        if (weights[i].kind == kind && out->of_use[weights[i].use])
            out->total += weights[i].weight * out->sure[weights[i].use];
    }
}

static bool has(const assignment *a, uint32_t use) {
    return a->of_use[use] > 0;
}

/* Whether the mapping would be taken: the kind has what it needs. */
static bool is_enough(const guesser *g, const assignment *a, cs_mapping_kind kind) {
    switch (kind) {
    case CS_MAPPING_CONVERSATIONS: return g->table.turns || has(a, CS_COLUMN_TEXT);
    case CS_MAPPING_CALLS:
        return has(a, CS_COLUMN_TIME) || has(a, CS_COLUMN_CONVERSATION) || has(a, CS_COLUMN_RECORDING);
    case CS_MAPPING_TICKETS: return has(a, CS_COLUMN_TICKET);
    case CS_MAPPING_ROSTER: return has(a, CS_COLUMN_AGENT) || has(a, CS_COLUMN_AGENT_ID);
    case CS_MAPPING_SATISFACTION:
        return has(a, CS_COLUMN_SCORE) &&
               (has(a, CS_COLUMN_CONVERSATION) || has(a, CS_COLUMN_TICKET) || has(a, CS_COLUMN_TIME));
    case CS_MAPPING_CUSTOMERS:
        return has(a, CS_COLUMN_CUSTOMER) || has(a, CS_COLUMN_NUMBER) || has(a, CS_COLUMN_ACCOUNT) ||
               has(a, CS_COLUMN_OPENID);
    default: return false;
    }
}

/* Moments with an hour are of something that happened: no list of people. */
static double count_against(const guesser *g, const assignment *a, cs_mapping_kind kind) {
    if (kind != CS_MAPPING_ROSTER && kind != CS_MAPPING_CUSTOMERS) return 0;
    double against = 0;
    for (uint32_t i = 0; i < g->table.width; i++) {
        bool is_time = g->values[i].times * 2 > g->values[i].count && g->values[i].count > 0;
        bool is_used = a->of_use[CS_COLUMN_FROM] == i + 1 || a->of_use[CS_COLUMN_TO] == i + 1;
        if (is_time && !is_used) against += 1.5;
    }
    return against;
}

static bool choose_kind(guesser *g, const char *path) {
    double best = 0;
    for (cs_mapping_kind kind = 0; kind < CS_MAPPING_KINDS; kind++) {
        assignment a;
        assign(g, kind, &a);
        if (!is_enough(g, &a, kind)) continue;
        double total = a.total + guess_kind_hint(path, kind) - count_against(g, &a, kind);
        if (kind == CS_MAPPING_CONVERSATIONS && g->table.turns) total += 6;
        if (total <= best) continue;
        best = total;
        g->best = a;
        g->guess->kind = kind;
    }
    return best > 0;
}

static const char *column_name(const guesser *g, uint32_t column) {
    return g->table.header && *g->table.header[column] ? g->table.header[column] : "";
}

/* By its name where it has one of its own, else by its number. */
static void write_column(const guesser *g, cs_json_writer *w, const char *key, uint32_t column) {
    const char *name = column_name(g, column);
    bool is_alone = *name != 0;
    for (uint32_t i = 0; i < g->table.width && is_alone; i++)
        is_alone = i == column || strcmp(column_name(g, i), name) != 0;
    if (is_alone)
        json_write_string(w, key, name);
    else
        json_write_int(w, key, (int64_t)column + 1);
}

/* Texts of one side in a column of their own: one row is a question, perhaps with its answer. */
static bool has_turn_columns(const guesser *g) {
    return g->guess->kind == CS_MAPPING_CONVERSATIONS && !g->table.turns && !has(&g->best, CS_COLUMN_SPEAKER);
}

static bool is_written_elsewhere(const guesser *g, uint32_t use) {
    if (use >= CS_COLUMN_USES) return true;
    if (g->table.turns) return use == CS_COLUMN_TEXT || use == CS_COLUMN_SPEAKER;
    return has_turn_columns(g) && (use == CS_COLUMN_TEXT || (use == CS_COLUMN_TIME));
}

/* Columns without a use, as fields; a column without a name is left out. */
static bool is_field(const guesser *g, uint32_t column) {
    for (uint32_t use = 0; use < CS_GUESS_USES; use++) {
        if (g->best.of_use[use] == column + 1) return false;
    }
    const char *name = column_name(g, column);
    if (!*name || strcmp(name, "$key") == 0 || strlen(name) > CS_MAX_NAME_BYTES) return false;
    for (uint32_t i = 0; i < g->table.width; i++) {
        if (i != column && strcmp(column_name(g, i), name) == 0) return false;
    }
    return g->values[column].count > 0 && g->values[column].longest <= 500;
}

static void write_columns(const guesser *g, cs_json_writer *w) {
    bool has_fields = false;
    json_object_open(w, "columns");
    for (uint32_t use = 0; use < CS_COLUMN_USES; use++) {
        if (has(&g->best, use) && !is_written_elsewhere(g, use))
            write_column(g, w, mapping_column_key((cs_column_use)use), g->best.of_use[use] - 1);
    }
    for (uint32_t i = 0; i < g->table.width; i++) {
        if (!is_field(g, i)) continue;
        if (!has_fields) json_object_open(w, "fields");
        has_fields = true;
        write_column(g, w, column_name(g, i), i);
    }
    if (has_fields) json_object_close(w);
    json_object_close(w);
}

static void write_turn(const guesser *g, cs_json_writer *w, const char *speaker, uint32_t text, uint32_t time) {
    if (!has(&g->best, text)) return;
    json_object_open(w, NULL);
    json_write_string(w, "speaker", speaker);
    write_column(g, w, "text", g->best.of_use[text] - 1);
    if (has(&g->best, time)) write_column(g, w, "time", g->best.of_use[time] - 1);
    json_object_close(w);
}

static void write_turns(const guesser *g, cs_json_writer *w) {
    if (g->table.turns) {
        json_object_open(w, "turns");
        json_write_string(w, "each", g->table.turns);
        json_write_string(w, "speaker", g->table.turn_speaker);
        json_write_string(w, "text", g->table.turn_text);
        if (g->table.turn_time) json_write_string(w, "time", g->table.turn_time);
        json_object_close(w);
    } else if (has_turn_columns(g)) {
        json_array_open(w, "turns");
        write_turn(g, w, "customer", CS_COLUMN_TEXT, CS_COLUMN_TIME);
        write_turn(g, w, "agent", CS_GUESS_ANSWER, CS_GUESS_ANSWER_TIME);
        json_array_close(w);
    }
}

typedef struct speakers {
    const char *words[CS_GUESS_SPEAKERS];
    uint32_t count;
    bool is_more, is_unknown;
} speakers;

static void add_speaker(speakers *s, const char *word) {
    for (uint32_t i = 0; i < s->count; i++) {
        if (strcmp(s->words[i], word) == 0) return;
    }
    if (!*word || s->count == CS_GUESS_SPEAKERS) {
        s->is_more = true;
        return;
    }
    s->words[s->count++] = word;
    s->is_unknown |= guess_role(word) == CS_ROLE_COUNT;
}

/* Words that mean nothing by themselves (0, 1, names) stay undecided: a person has to say it. */
static void write_speakers(const guesser *g, cs_json_writer *w) {
    speakers s = {0};
    uint32_t use = g->guess->kind == CS_MAPPING_CONVERSATIONS ? CS_COLUMN_SPEAKER : CS_COLUMN_HANG_UP;
    for (uint32_t i = 0; i < g->table.turn_value_count; i++) add_speaker(&s, g->table.turn_values[i]);
    for (uint32_t i = 0; !g->table.turns && has(&g->best, use) && i < g->table.row_count; i++)
        add_speaker(&s, g->table.rows[i][g->best.of_use[use] - 1]);
    if (s.count == 0 && !s.is_more) {
        if (has(&g->best, use) || g->table.turns) json_write_string(w, "other_speakers", "undecided");
        return;
    }
    json_object_open(w, "speakers");
    for (uint32_t i = 0; i < s.count; i++) {
        cs_role role = guess_role(s.words[i]);
        json_write_string(w, s.words[i], role_name(role == CS_ROLE_COUNT ? CS_ROLE_UNDECIDED : role));
    }
    json_object_close(w);
    json_write_string(w, "other_speakers", "undecided");
}

static bool is_timed_use(uint32_t use) {
    return use == CS_COLUMN_TIME || use == CS_COLUMN_ENDED || use == CS_COLUMN_ANSWERED || use == CS_COLUMN_CLOSED ||
           use == CS_COLUMN_FROM || use == CS_COLUMN_TO || use == CS_GUESS_ANSWER_TIME;
}

/* Day and month the other way round in formats that could be read both ways, once something tells. */
static const char *settle_order(const cs_guess_times *times, uint32_t i, cs_guess *guess) {
    const char *format = times->formats[i];
    if (!times->is_month_first || strncmp(format, "dd/mm", 5) != 0) return format;
    return arena_printf(guess->arena, "mm/dd%s", format + 5);
}

static void write_times(guesser *g, cs_json_writer *w) {
    cs_guess_times times = {0};
    bool has_times = g->table.turn_time_count > 0;
    for (uint32_t use = 0; use < CS_GUESS_USES; use++) {
        if (!is_timed_use(use) || !has(&g->best, use)) continue;
        has_times = true;
        for (uint32_t i = 0; i < g->table.row_count; i++)
            guess_times_add(g->table.known, &times, g->table.rows[i][g->best.of_use[use] - 1]);
    }
    for (uint32_t i = 0; i < g->table.turn_time_count; i++)
        guess_times_add(g->table.known, &times, g->table.turn_times[i]);
    for (uint32_t i = 0; i < g->table.width && !has_times; i++) { /* somebody may say that a field is one */
        if (g->values[i].times * 2 <= g->values[i].count) continue;
        for (uint32_t row = 0; row < g->table.row_count; row++)
            guess_times_add(g->table.known, &times, g->table.rows[row][i]);
    }
    if (!has_times && times.count == 0) return;
    if (times.count == 0) times.formats[times.count++] = "yyyy-mm-dd hh:mm:ss";
    uint32_t count = 0;
    for (uint32_t i = 0; i < times.count; i++) { /* the other way round two may be the same */
        const char *format = settle_order(&times, i, g->guess);
        bool is_known = !format;
        for (uint32_t k = 0; k < count && !is_known; k++) is_known = strcmp(times.formats[k], format) == 0;
        if (!is_known) times.formats[count++] = format;
    }
    if (count > 1) json_array_open(w, "time_format");
    for (uint32_t i = 0; i < count; i++) json_write_string(w, count > 1 ? NULL : "time_format", times.formats[i]);
    if (count > 1) json_array_close(w);
    json_write_string(w, "zone", "+08:00");
}

static void write_mapping(guesser *g) {
    const cs_guess *guess = g->guess;
    cs_json_writer w;
    json_writer_init(&w, &g->guess->mapping);
    json_object_open(&w, NULL);
    if (guess->kind != CS_MAPPING_CONVERSATIONS) json_write_string(&w, "kind", mapping_kind_name(guess->kind));
    json_write_string(&w, "format", mapping_format_name(guess->format));
    if (guess->format == CS_MAPPING_FORMAT_CSV && g->table.delimiter != ',')
        json_write_bytes(&w, "delimiter", &g->table.delimiter, 1);
    if (g->table.skip) json_write_int(&w, "skip", g->table.skip);
    if (guess->format <= CS_MAPPING_FORMAT_XLSX) json_write_bool(&w, "header", g->table.header != NULL);
    if (g->table.each) json_write_string(&w, "each", g->table.each);
    if (guess->kind == CS_MAPPING_CONVERSATIONS && !has(&g->best, CS_COLUMN_CONVERSATION))
        json_write_string(&w, "id", "{file}-{line}");
    write_columns(g, &w);
    write_turns(g, &w);
    if (guess->kind == CS_MAPPING_CONVERSATIONS || has(&g->best, CS_COLUMN_HANG_UP)) write_speakers(g, &w);
    if (guess->kind == CS_MAPPING_CONVERSATIONS) json_write_string(&w, "channel", "chat");
    write_times(g, &w);
    json_object_close(&w);
}

static const char *use_words(const guesser *g, uint32_t use) {
    if (use == CS_GUESS_ANSWER) return "turns[1].text";
    if (use == CS_GUESS_ANSWER_TIME) return "turns[1].time";
    if (has_turn_columns(g) && use == CS_COLUMN_TEXT) return "turns[0].text";
    if (has_turn_columns(g) && use == CS_COLUMN_TIME) return "turns[0].time";
    return mapping_column_key((cs_column_use)use);
}

static bool describe_columns(guesser *g, bool is_mapped) {
    cs_guess *guess = g->guess;
    guess->columns = arena_array(guess->arena, g->table.width + 1, sizeof *guess->columns);
    if (!guess->columns) return false;
    for (uint32_t i = 0; i < g->table.width; i++) {
        cs_guess_column *column = &guess->columns[guess->column_count++];
        uint32_t samples = 0;
        *column = (cs_guess_column){.name = column_name(g, i), .samples = {"", "", ""}};
        for (uint32_t row = 0; row < g->table.row_count && samples < CS_GUESS_SAMPLES; row++) {
            if (*g->table.rows[row][i]) column->samples[samples++] = g->table.rows[row][i];
        }
        for (uint32_t use = 0; is_mapped && use < CS_GUESS_USES; use++) {
            if (g->best.of_use[use] != i + 1) continue;
            column->use = use_words(g, use);
            column->sure = g->best.sure[use] > 1 ? 1 : g->best.sure[use];
        }
        if (!is_mapped || column->use || !is_field(g, i)) continue;
        column->use = arena_printf(guess->arena, "fields.%s", column->name);
        column->sure = 0.3;
    }
    return true;
}

static cs_error look_at_columns(guesser *g, cs_message *message) {
    double longest = 0;
    if (g->table.width > MAX_WIDTH) g->table.width = MAX_WIDTH;
    g->values = arena_array(g->guess->arena, g->table.width + 1, sizeof *g->values);
    if (!g->values) return message_set(message, CS_ERR_MEMORY, "no memory for the first rows");
    for (uint32_t i = 0; i < g->table.width; i++) {
        guess_values(&g->table, i, &g->values[i]);
        bool is_varied = g->values[i].distinct * 2 > g->values[i].count && g->values[i].times == 0;
        if (!is_varied || g->values[i].mean_letters <= longest) continue;
        longest = g->values[i].mean_letters;
        g->longest = i;
    }
    return CS_OK;
}

static bool is_json(const char *path, cs_mapping_format *out) {
    const char *extension = file_extension(path);
    bool is_lines = strcasecmp(extension, ".jsonl") == 0 || strcasecmp(extension, ".ndjson") == 0;
    *out = is_lines ? CS_MAPPING_FORMAT_JSONL : CS_MAPPING_FORMAT_JSON;
    return is_lines || strcasecmp(extension, ".json") == 0;
}

cs_error guess_file(const char *path, cs_guess *out, cs_message *message) {
    *out = (cs_guess){.encoding = ""};
    buffer_init(&out->mapping, MAX_MAPPING_BYTES);
    out->arena = arena_create(GUESS_ARENA);
    guesser *g = out->arena ? arena_alloc(out->arena, sizeof *g) : NULL;
    if (g) g->table.known = guess_formats_create(out->arena);
    if (!g || !g->table.known) return message_set(message, CS_ERR_MEMORY, "no memory to look at %s", path);
    g->guess = out;
    cs_error code = is_json(path, &out->format) ? guess_json_read(path, out, &g->table, message)
                                                : guess_rows_read(path, out, &g->table, message);
    if (code == CS_OK) code = look_at_columns(g, message);
    if (code != CS_OK) return code;
    /* lines of prose, of a chat as text, of a title page: a conversation a line would be nonsense */
    bool is_prose = out->format <= CS_MAPPING_FORMAT_XLSX && g->table.width == 1 && !g->table.header;
    bool is_mapped = !is_prose && choose_kind(g, path);
    if (is_mapped) write_mapping(g);
    if (!describe_columns(g, is_mapped) || out->mapping.is_failed)
        return message_set(message, CS_ERR_MEMORY, "no memory to look at %s", path);
    return CS_OK;
}

void guess_free(cs_guess *guess) {
    buffer_free(&guess->mapping);
    arena_free(guess->arena);
    *guess = (cs_guess){0};
}
