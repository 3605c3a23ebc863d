#include "sound_rules.h"

#include "sound_damage.h"

#include "base/buffer.h"
#include "rules/evaluation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 64 << 20 };

/* ---- the rules by sound ---- */

static bool ends_with_role(const char *from, const char *at) {
    static const char *const roles[] = {"agent ", "customer ", "bot ", "system ", "anyone "};
    for (unsigned i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        size_t length = strlen(roles[i]);
        if ((size_t)(at - from) >= length && memcmp(at - length, roles[i], length) == 0) return true;
    }
    return false;
}

/* `agent says …` becomes `agent sounds like …`; tests go, as they were written for text. */
static void rewrite(const char *text, const char *end, cs_buffer *out) {
    bool is_test = false;
    for (const char *line = text; line < end;) {
        const char *line_end = memchr(line, '\n', (size_t)(end - line));
        line_end = line_end ? line_end + 1 : end;
        if (*line != ' ' && *line != '\n') is_test = strncmp(line, "test ", 5) == 0;
        for (const char *at = line; at < line_end && !is_test; at++) {
            bool is_says = line_end - at > 5 && memcmp(at, "says ", 5) == 0 && ends_with_role(line, at);
            if (!is_says) {
                buffer_append(out, at, 1);
                continue;
            }
            buffer_text(out, "sounds like ");
            at += 4;
        }
        line = line_end;
    }
}

/* The source is files, each behind a line that ends in its number of bytes. */
static cs_error by_sound(const cs_ruleset *rules, cs_ruleset **out, cs_message *message) {
    size_t bytes;
    const char *at = ruleset_source(rules, &bytes), *end = at + bytes;
    cs_buffer source, file;
    buffer_init(&source, 2 * CS_MAX_RULES_BYTES);
    buffer_init(&file, 2 * CS_MAX_RULES_BYTES);
    while (at < end) {
        const char *head_end = memchr(at, '\n', (size_t)(end - at));
        const char *number = head_end;
        while (number && number > at && number[-1] != ' ') number--;
        if (!head_end || number == at) break;
        const char *text = head_end + 1, *text_end = text + strtoul(number, NULL, 10);
        buffer_clear(&file);
        rewrite(text, text_end, &file);
        buffer_append(&source, at, (size_t)(number - at));
        buffer_printf(&source, "%zu\n", file.length);
        buffer_append(&source, buffer_string(&file), file.length);
        buffer_text(&source, "\n");
        at = text_end + 1;
    }
    cs_error code = source.is_failed || file.is_failed
                        ? message_set(message, CS_ERR_LIMIT, "the rules are too large")
                        : ruleset_restore(buffer_string(&source), source.length, out, message);
    buffer_free(&source);
    buffer_free(&file);
    return code;
}

/* ---- verdicts ---- */

typedef struct judged {
    cs_scanner *scanner;
    size_t found, right;
} judged;

static cs_conversation *damage_chat(const cs_conversation *chat, double share, uint64_t *seed, cs_arena *arena) {
    cs_conversation *damaged = arena_alloc(arena, sizeof *damaged);
    cs_turn *turns = arena_array(arena, chat->turn_count + 1, sizeof *turns);
    if (!damaged || !turns) return NULL;
    *damaged = *chat;
    damaged->turns = turns;
    for (uint32_t i = 0; i < chat->turn_count; i++) {
        cs_folded clean;
        turns[i] = chat->turns[i];
        turns[i].word_count = 0; /* their offsets are those of the text before it was folded */
        if (!fold_text(turns[i].text, turns[i].text_bytes, arena, &clean)) return NULL;
        turns[i].text = damage_text(&clean, share, seed, arena);
        turns[i].text_bytes = clean.bytes;
        if (!turns[i].text) return NULL;
    }
    return damaged;
}

static bool judge(judged *way, const cs_conversation *chat, const cs_verdicts *truth, cs_arena *arena,
                  cs_message *message) {
    cs_verdicts verdicts;
    if (evaluation_run(way->scanner, chat, arena, &verdicts, message) != CS_OK) return false;
    for (uint32_t i = 0; i < truth->rule_count; i++) {
        if (!verdict_needs_eye(verdicts.verdicts[i])) continue;
        way->found++;
        way->right += verdicts.verdicts[i] == truth->verdicts[i];
    }
    return true;
}

static void print_way(double share, const char *name, const judged *way, size_t true_count) {
    printf("errors%.0f.rules.%s recall %.4f precision %.4f of %zu\n", 100 * share, name,
           (double)way->right / (double)(true_count ? true_count : 1),
           (double)way->right / (double)(way->found ? way->found : 1), true_count);
}

/* ways[0] is the rules as written; the second may lack a scanner. */
static bool measure_share(const cs_texts *texts, judged ways[2], double share, uint64_t seed, cs_message *message) {
    cs_arena *arena = arena_create(ARENA_BYTES);
    size_t true_count = 0;
    bool is_good = arena != NULL;
    for (size_t c = 0; c < texts->count && is_good; c++) {
        cs_verdicts truth;
        arena_reset(arena);
        const cs_conversation *damaged = damage_chat(texts->chats[c], share, &seed, arena);
        is_good = damaged && evaluation_run(ways[0].scanner, texts->chats[c], arena, &truth, message) == CS_OK;
        for (uint32_t i = 0; is_good && i < truth.rule_count; i++) true_count += verdict_needs_eye(truth.verdicts[i]);
        for (unsigned way = 0; way < 2 && is_good; way++)
            if (ways[way].scanner) is_good = judge(&ways[way], damaged, &truth, arena, message);
    }
    arena_free(arena);
    if (!is_good) return false;
    print_way(share, "text", &ways[0], true_count);
    if (ways[1].scanner) print_way(share, "sound", &ways[1], true_count);
    return true;
}

bool sound_rules_measure(const cs_texts *texts, cs_ruleset *rules, uint64_t seed) {
    static const double shares[] = {0, 0.05, 0.1, 0.2};
    cs_message message = {0};
    cs_ruleset *heard = NULL;
    cs_scanner *as_written = NULL, *by_ear = NULL;
    bool is_good = scanner_create(rules, &as_written, &message) == CS_OK;
    if (is_good && (by_sound(rules, &heard, &message) != CS_OK || scanner_create(heard, &by_ear, &message) != CS_OK))
        printf("# the rules can't be read by sound: %s\n", message.reason);
    for (unsigned i = 0; i < sizeof shares / sizeof shares[0] && is_good; i++) {
        judged ways[2] = {{.scanner = as_written}, {.scanner = by_ear}};
        is_good = measure_share(texts, ways, shares[i], seed, &message);
    }
    if (!is_good) fprintf(stderr, "bench_sound: %s\n", message.reason);
    scanner_free(by_ear);
    scanner_free(as_written);
    ruleset_release(heard);
    return is_good;
}
