#include "quality/search_query.h"

#include "base/utf8.h"
#include "quality/search_side.h"
#include "text/fold.h"
#include "text/search_terms.h"

#include <string.h>

typedef struct reading {
    const char *text;
    size_t at;
    cs_arena *arena;
    cs_search_query *query;
    cs_message *message;
} reading;

static cs_error wrong(const reading *r, size_t at, const char *reason, const char *remedy) {
    (void)message_set(r->message, CS_ERR_USAGE, "%s", reason);
    message_place(r->message, "q, character %zu", utf8_count(r->text, at) + 1);
    message_remedy(r->message, "%s", remedy);
    return CS_ERR_USAGE;
}

/* ---- signs: as ASCII has them, and as Chinese keyboards give them ---- */

static uint32_t sign_at(const char *text, unsigned *length) {
    uint32_t c = *text ? utf8_decode(text, length) : (*length = 0, 0u);
    if (c == 0x3000 || c == 0xA0 || (c >= 9 && c <= 13)) return ' ';
    if (c == 0x201C || c == 0x201D || c == 0xFF02) return '"';
    if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
    return c;
}

static bool skip_blank(reading *r) {
    unsigned length;
    bool has_blank = false;
    while (sign_at(r->text + r->at, &length) == ' ') {
        r->at += length;
        has_blank = true;
    }
    return has_blank;
}

static bool take(reading *r, uint32_t sign) {
    unsigned length;
    if (sign_at(r->text + r->at, &length) != sign) return false;
    r->at += length;
    return true;
}

static bool is_end(uint32_t sign) {
    return sign == 0 || sign == ' ' || sign == '|';
}

/* ---- pieces ---- */

static const struct {
    const char *word;
    cs_role role;
} speakers[] = {
    {"agent", CS_ROLE_AGENT},       {"坐席", CS_ROLE_AGENT},    {"客服", CS_ROLE_AGENT},
    {"customer", CS_ROLE_CUSTOMER}, {"客户", CS_ROLE_CUSTOMER}, {"bot", CS_ROLE_BOT},
    {"机器人", CS_ROLE_BOT},        {"system", CS_ROLE_SYSTEM}, {"系统", CS_ROLE_SYSTEM},
};

static cs_role take_speaker(reading *r) {
    unsigned length;
    for (size_t i = 0; i < sizeof speakers / sizeof speakers[0]; i++) {
        size_t bytes = strlen(speakers[i].word);
        if (strncasecmp(r->text + r->at, speakers[i].word, bytes) != 0) continue;
        if (sign_at(r->text + r->at + bytes, &length) != ':') continue;
        r->at += bytes + length;
        return speakers[i].role;
    }
    return CS_ROLE_COUNT;
}

static bool has_term(const char *folded, uint32_t bytes) {
    cs_term_walk walk = {.text = folded, .bytes = bytes};
    cs_term term;
    return term_next(&walk, &term);
}

static bool ends_in_word(const cs_search_piece *piece) {
    cs_term_walk walk = {.text = piece->text, .bytes = piece->bytes};
    cs_term term, last = {.kind = CS_TERM_LAST};
    while (term_next(&walk, &term)) last = term;
    return last.kind == CS_TERM_WORD && (last.is_cut || last.from + last.bytes == piece->bytes);
}

/* What stands from from to to, as it will be compared. */
static cs_error fold_piece(reading *r, size_t from, size_t to, cs_search_piece *piece) {
    cs_folded folded;
    if (!fold_text_only(r->text + from, to - from, r->arena, &folded))
        return message_set(r->message, CS_ERR_MEMORY, "no memory to search");
    if (!has_term(folded.text, folded.bytes))
        return wrong(r, from, "there is nothing to look for here", "write a word, a number or characters");
    piece->text = folded.text;
    piece->bytes = folded.bytes;
    piece->is_beginning = piece->is_beginning && ends_in_word(piece);
    return CS_OK;
}

static cs_error take_quoted(reading *r, size_t opened, cs_search_piece *piece) {
    unsigned length;
    size_t from = r->at;
    for (uint32_t sign; (sign = sign_at(r->text + r->at, &length)) != '"'; r->at += length)
        if (!sign) return wrong(r, opened, "the quote is not closed", "close it with \"");
    size_t to = r->at;
    r->at += length;
    return fold_piece(r, from, to, piece);
}

static cs_error take_word(reading *r, cs_search_piece *piece) {
    unsigned length;
    uint32_t sign;
    size_t from = r->at, star = r->at;
    while (!is_end(sign = sign_at(r->text + r->at, &length)) && sign != '"') {
        piece->is_beginning = sign == '*';
        star = r->at;
        r->at += length;
    }
    return fold_piece(r, from, piece->is_beginning ? star : r->at, piece);
}

static cs_error take_piece(reading *r, cs_search_piece *piece) {
    unsigned length;
    size_t from = r->at;
    piece->role = take_speaker(r);
    size_t opened = r->at;
    if (take(r, '"')) return take_quoted(r, opened, piece);
    if (!is_end(sign_at(r->text + r->at, &length))) return take_word(r, piece);
    if (piece->role != CS_ROLE_COUNT)
        return wrong(r, from, "it is not said what this speaker says", "write it behind the colon, without a blank");
    return wrong(r, from, "something to look for is missing here", "write a word, or take the sign away");
}

/* ---- what binds them ---- */

/* ~3, 附近3: standing alone. -1: no such sign here. */
static int take_distance(reading *r) {
    static const char near_zh[] = "附近";
    size_t at = r->at;
    unsigned length;
    int distance = 0, digits = 0;
    if (sign_at(r->text + at, &length) == '~')
        at += length;
    else if (strncmp(r->text + at, near_zh, sizeof near_zh - 1) == 0)
        at += sizeof near_zh - 1;
    else
        return -1;
    for (uint32_t sign; (sign = sign_at(r->text + at, &length)) >= '0' && sign <= '9' && digits < 4; at += length) {
        distance = distance * 10 + (int)(sign - '0');
        digits++;
    }
    if (digits == 0 || !is_end(sign_at(r->text + at, &length))) return -1;
    r->at = at;
    return distance;
}

static cs_error add(reading *r, cs_search_piece *piece, bool is_excluded, int within) {
    cs_search_query *query = r->query;
    size_t at = r->at;
    if (query->count == CS_MAX_SEARCH_PIECES)
        return wrong(r, at, "the query has too many parts", "48 are looked for at once: leave some out");
    *piece = (cs_search_piece){.clause = query->clauses,
                               .alternative = query->alternatives,
                               .within = within,
                               .is_near = within >= 0,
                               .is_excluded = is_excluded};
    cs_error code = take_piece(r, piece);
    if (code != CS_OK) return code;
    query->pieces[query->count++] = *piece;
    if (within >= 0) query->pieces[query->count - 2].is_near = true;
    return CS_OK;
}

/* a ~3 b ~2 c */
static cs_error take_alternative(reading *r, bool is_excluded) {
    cs_search_piece piece;
    cs_error code = add(r, &piece, is_excluded, -1);
    while (code == CS_OK) {
        size_t after = r->at;
        bool has_blank = skip_blank(r);
        size_t at = r->at;
        int distance = has_blank ? take_distance(r) : -1;
        if (distance < 0) {
            r->at = after;
            break;
        }
        if (distance > CS_MAX_SEARCH_DISTANCE)
            return wrong(r, at, "the distance is too large", "it is counted in turns, and 99 are the most");
        (void)skip_blank(r);
        code = add(r, &piece, is_excluded, distance);
    }
    if (code == CS_OK) r->query->alternatives++;
    return code;
}

static cs_error take_clause(reading *r) {
    unsigned length;
    bool is_excluded = take(r, '-');
    if (is_excluded && is_end(sign_at(r->text + r->at, &length)))
        return wrong(r, r->at, "what must not occur is missing here", "write it behind the -, without a blank");
    cs_error code = CS_OK;
    do {
        (void)skip_blank(r);
        code = take_alternative(r, is_excluded);
        size_t after = r->at;
        (void)skip_blank(r);
        if (code == CS_OK && sign_at(r->text + r->at, &length) != '|') r->at = after;
    } while (code == CS_OK && take(r, '|'));
    if (code == CS_OK) r->query->clauses++;
    return code;
}

static bool has_wanted(const cs_search_query *query) {
    for (uint32_t i = 0; i < query->count; i++)
        if (!query->pieces[i].is_excluded) return true;
    return false;
}

static const char *as_id(const char *text, cs_arena *arena) {
    size_t from = strspn(text, " "), bytes = strcspn(text + from, " ");
    char *id = arena_copy(arena, text + from, bytes);
    for (size_t i = 0; id && id[i]; i++)
        if (id[i] >= 'a' && id[i] <= 'z') id[i] = (char)(id[i] - 32);
    return id && !text[from + bytes + strspn(text + from + bytes, " ")] && id_is_valid(id) ? id : NULL;
}

cs_error search_query_parse(const char *text, cs_arena *arena, cs_search_query **out, cs_message *message) {
    cs_search_query *query = arena_alloc(arena, sizeof *query);
    reading r = {.text = text, .arena = arena, .query = query, .message = message};
    if (!query) return message_set(message, CS_ERR_MEMORY, "no memory to search");
    if (strlen(text) > CS_MAX_SEARCH_BYTES) return wrong(&r, 0, "the query is too long", "400 bytes are the most");
    if (utf8_invalid_at(text, strlen(text)) != strlen(text))
        return message_set(message, CS_ERR_ENCODING, "the query is not valid UTF-8");
    cs_error code = CS_OK;
    (void)skip_blank(&r);
    do {
        code = take_clause(&r);
        (void)skip_blank(&r);
    } while (code == CS_OK && text[r.at]);
    if (code == CS_OK && !has_wanted(query))
        code = wrong(&r, 0, "the query only says what must not occur", "add a word that must occur");
    if (code != CS_OK) return code;
    query->id = as_id(text, arena);
    *out = query;
    return CS_OK;
}

/* ---- the question to the index ---- */

typedef struct asking {
    const cs_search_words *words;
    cs_buffer *out;
    bool is_exact, is_wide;
} asking;

static void ask_term(const asking *a, char side, const char *term, size_t bytes, bool is_beginning) {
    (void)buffer_printf(a->out, "%s%c", a->words->open, side);
    (void)buffer_append(a->out, term, bytes);
    (void)buffer_text(a->out, is_beginning ? a->words->close_beginning : a->words->close);
}

/* All terms of a piece, said by one side. A single character is asked for only when it is all there is. */
static void ask_side(asking *a, const cs_search_piece *piece, char side) {
    cs_term_walk walk = {.text = piece->text, .bytes = piece->bytes};
    cs_term term, alone = {.bytes = 0};
    uint32_t asked = 0, covered = 0;
    (void)buffer_text(a->out, "(");
    while (term_next(&walk, &term)) {
        covered = term.from + term.bytes;
        if (term.kind == CS_TERM_LAST) {
            if (term.is_alone) alone = term;
            continue;
        }
        bool is_last = covered == piece->bytes;
        bool is_beginning = term.kind == CS_TERM_WORD && piece->is_beginning && is_last && !term.is_cut;
        if (asked++) (void)buffer_text(a->out, a->words->and);
        ask_term(a, side, piece->text + term.from, term.bytes, is_beginning);
        a->is_wide = a->is_wide || is_beginning;
        if (term.is_cut || term.bytes != piece->bytes) a->is_exact = false;
    }
    if (!asked) {
        ask_term(a, side, piece->text + alone.from, alone.bytes, true);
        a->is_wide = true;
        if (alone.bytes != piece->bytes) a->is_exact = false;
    }
    (void)buffer_text(a->out, ")");
}

static void ask_piece(asking *a, const cs_search_piece *piece) {
    static const char sides[] = {CS_SIDE_AGENT, CS_SIDE_CUSTOMER, CS_SIDE_OTHER, CS_SIDE_KNOWN};
    if (piece->is_near) a->is_exact = false;
    if (piece->role != CS_ROLE_COUNT) {
        if (search_side(piece->role) == CS_SIDE_OTHER) a->is_exact = false;
        ask_side(a, piece, search_side(piece->role));
        return;
    }
    size_t count = piece->is_near ? 3 : 4; /* near: only turns */
    for (size_t i = 0; i < count; i++) {
        (void)buffer_text(a->out, i ? a->words->or : "(");
        ask_side(a, piece, sides[i]);
    }
    (void)buffer_text(a->out, ")");
}

/* From piece from on; returns the piece behind the clause. */
static uint32_t ask_clause(asking *a, const cs_search_query *query, uint32_t from) {
    uint32_t i = from;
    (void)buffer_text(a->out, "((");
    for (; i < query->count && query->pieces[i].clause == query->pieces[from].clause; i++) {
        bool is_same = i > from && query->pieces[i].alternative == query->pieces[i - 1].alternative;
        if (i > from && is_same) (void)buffer_text(a->out, a->words->and);
        if (i > from && !is_same) (void)buffer_printf(a->out, ")%s(", a->words->or);
        ask_piece(a, &query->pieces[i]);
    }
    (void)buffer_text(a->out, "))");
    return i;
}

/* What must not occur is asked for too where the index knows it for sure; elsewhere the text decides. */
void search_query_match(const cs_search_query *query, const cs_search_words *words, cs_buffer *out, bool *is_exact,
                        bool *is_wide) {
    asking a = {.words = words, .out = out, .is_exact = query->id == NULL};
    bool has_asked = false;
    for (int excluded = 0; excluded < 2; excluded++) {
        for (uint32_t i = 0; i < query->count;) {
            uint32_t from = i;
            if (query->pieces[i].is_excluded != (excluded == 1)) {
                while (i < query->count && query->pieces[i].clause == query->pieces[from].clause) i++;
                continue;
            }
            bool was_exact = a.is_exact;
            size_t length = out->length;
            if (has_asked) (void)buffer_text(out, excluded ? words->and_not : words->and);
            a.is_exact = true;
            i = ask_clause(&a, query, from);
            if (excluded && !a.is_exact) { /* taken back */
                out->length = length;
                out->data[length] = 0;
            }
            a.is_exact = was_exact && a.is_exact;
            has_asked = true;
        }
    }
    *is_exact = a.is_exact;
    *is_wide = a.is_wide;
}
