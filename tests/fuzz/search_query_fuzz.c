/* What is typed into the search box, held against a small conversation: the first line is the query, the rest is said. */
#include "base/utf8.h"
#include "quality/search_match.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever holds is also what the index proposes: every word of it is among the terms. */
static void check_terms(const cs_conversation *conversation, cs_arena *arena) {
    cs_search_set set;
    search_set_init(&set, 4096);
    const char *terms = search_terms_text(conversation, arena, &set);
    if (terms && (strstr(terms, "  ") || *terms == ' ')) abort();
    search_set_free(&set);
}

static void hold(const cs_search_query *query, const char *said, cs_arena *arena) {
    cs_participant people[] = {{.id = "a", .name = "a", .role = CS_ROLE_AGENT}, {.id = "c", .role = CS_ROLE_CUSTOMER}};
    cs_turn turns[] = {{.participant = 0, .text = said, .text_bytes = (uint32_t)strlen(said)},
                       {.participant = 1, .text = said, .text_bytes = (uint32_t)strlen(said)}};
    const cs_conversation conversation = {.external_id = "x",
                                          .participants = people,
                                          .participant_count = 2,
                                          .turns = turns,
                                          .turn_count = *said ? 2 : 0};
    cs_search_found found;
    cs_buffer out;
    cs_json_writer writer;
    buffer_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    json_object_open(&writer, NULL);
    if (search_match(query, &conversation, arena, &found) && found.holds)
        (void)matches_write(&writer, query, &conversation, &found, arena);
    json_object_close(&writer);
    buffer_free(&out);
    check_terms(&conversation, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const cs_search_words words = {"\"", "\"", "\"*", " AND ", " OR ", " NOT ", "", ""};
    if (size > 4096 || memchr(data, 0, size) || utf8_invalid_at((const char *)data, size) != size) return 0;
    const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
    size_t length = line ? (size_t)(line - data) : size;
    char *query_text = strndup((const char *)data, length);
    char *said = line ? strndup((const char *)line + 1, size - length - 1) : strdup("");
    cs_arena *arena = arena_create(64 << 20);
    cs_search_query *query = NULL;
    cs_message message = {0};
    cs_error code = search_query_parse(query_text, arena, &query, &message);
    if (code != CS_OK && (!*message.reason || (code == CS_ERR_USAGE && !*message.place))) abort();
    if (code == CS_OK) {
        cs_buffer match;
        bool is_exact, is_wide;
        buffer_init(&match, 128 << 10);
        search_query_match(query, &words, &match, &is_exact, &is_wide);
        if (match.is_failed || strstr(buffer_string(&match), "()")) abort();
        buffer_free(&match);
        hold(query, said, arena);
    }
    arena_free(arena);
    free(query_text);
    free(said);
    return 0;
}
