/* conversation_finish: what makes a conversation fit to be read by everything above - within its limits, its references
 * sound, its order settled. Readers and the codec both end here, so nothing gets past it. */
#include "base/utf8.h"
#include "conversation/conversation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_VALUE_BYTES = 2000, TITLE_CHARACTERS = 40 };
static const int64_t MAX_OFFSET_MS = INT64_C(100) * 366 * 86400 * 1000; /* a hundred years */

/* NULL is allowed: the value is unknown. Names are one line, for they go into lists and addresses. */
static cs_error check_name(const char *text, size_t max_bytes, const char *what, cs_message *message) {
    if (!text) return CS_OK;
    size_t bytes = strnlen(text, max_bytes + 1);
    if (bytes == 0) return message_set(message, CS_ERR_USAGE, "%s is empty", what);
    if (bytes > max_bytes) return message_set(message, CS_ERR_LIMIT, "%s is longer than %zu bytes", what, max_bytes);
    if (utf8_invalid_at(text, bytes) != bytes)
        return message_set(message, CS_ERR_ENCODING, "%s is not valid UTF-8", what);
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7f)
            return message_set(message, CS_ERR_USAGE, "%s holds a line break or another control character", what);
    }
    return CS_OK;
}

static cs_error check_count(uint32_t count, uint32_t most, const char *what, cs_message *message) {
    if (count <= most) return CS_OK;
    return message_set(message, CS_ERR_LIMIT, "it has %u %s; at most %u are read", count, what, most);
}

static cs_error check_head(const cs_conversation *c, cs_message *message) {
    if (!c->external_id) return message_set(message, CS_ERR_USAGE, "the conversation has no id");
    const struct {
        const char *text, *what;
        size_t max;
    } names[] = {{c->external_id, "id", CS_MAX_NAME_BYTES},
                 {c->queue, "queue", CS_MAX_NAME_BYTES},
                 {c->customer, "customer", CS_MAX_NAME_BYTES},
                 {c->language, "language", CS_MAX_NAME_BYTES},
                 {c->title, "title", MAX_VALUE_BYTES}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        cs_error code = check_name(names[i].text, names[i].max, names[i].what, message);
        if (code == CS_OK) continue;
        message_place(message, "%s", names[i].what);
        return code;
    }
    if ((unsigned)c->channel >= CS_CHANNEL_COUNT) return message_set(message, CS_ERR_USAGE, "there is no such channel");
    if (c->zone_minutes < -15 * 60 || c->zone_minutes > 15 * 60)
        return message_set(message, CS_ERR_USAGE, "the time zone is out of range");
    if (c->started_ms != CS_NO_TIME && (c->started_ms < 0 || c->started_ms >> 48))
        return message_set(message, CS_ERR_USAGE, "the start is out of range");
    cs_error code = check_count(c->participant_count, CS_MAX_PARTICIPANTS, "participants", message);
    if (code == CS_OK) code = check_count(c->turn_count, CS_MAX_TURNS, "turns", message);
    if (code == CS_OK) code = check_count(c->event_count, CS_MAX_EVENTS, "events", message);
    if (code == CS_OK) code = check_count(c->field_count, CS_MAX_FIELDS, "fields", message);
    if (code == CS_OK) code = check_count(c->voice_count, CS_MAX_VOICES, "voices", message);
    return code;
}

static cs_error check_participant(const cs_conversation *c, uint32_t index, cs_message *message) {
    const cs_participant *who = &c->participants[index];
    if (!who->id) return message_set(message, CS_ERR_USAGE, "a participant has no id");
    if ((unsigned)who->role >= CS_ROLE_COUNT) return message_set(message, CS_ERR_USAGE, "there is no such role");
    cs_error code = check_name(who->id, CS_MAX_NAME_BYTES, "id", message);
    if (code == CS_OK) code = check_name(who->name, CS_MAX_NAME_BYTES, "name", message);
    if (code == CS_OK) code = check_name(who->team, CS_MAX_NAME_BYTES, "team", message);
    for (uint32_t i = 0; code == CS_OK && i < index; i++) {
        if (strcmp(c->participants[i].id, who->id) == 0)
            code = message_set(message, CS_ERR_USAGE, "two participants have the id \"%s\"", who->id);
    }
    return code;
}

static cs_error check_span(int64_t start, int64_t end, cs_message *message) {
    if (start != CS_NO_TIME && (start < 0 || start > MAX_OFFSET_MS))
        return message_set(message, CS_ERR_USAGE, "the time %lld ms is out of range (0 to 100 years)",
                           (long long)start);
    if (end == CS_NO_TIME) return CS_OK;
    if (start == CS_NO_TIME) return message_set(message, CS_ERR_USAGE, "it has an end but no start");
    if (end < start)
        return message_set(message, CS_ERR_USAGE, "it ends (%lld ms) before it starts (%lld ms)", (long long)end,
                           (long long)start);
    if (end > MAX_OFFSET_MS) return message_set(message, CS_ERR_USAGE, "the end is out of range (0 to 100 years)");
    return CS_OK;
}

static bool is_confidence(float value) {
    return isfinite(value) && value <= 1.0f;
}

static cs_error check_words(const cs_turn *turn, cs_message *message) {
    if (turn->word_count == 0) return CS_OK;
    size_t characters = utf8_count(turn->text, turn->text_bytes);
    uint64_t least = 0;
    for (uint32_t i = 0; i < turn->word_count; i++) {
        const cs_word *word = &turn->words[i];
        uint64_t end = (uint64_t)word->offset + word->length;
        cs_error code = CS_OK;
        if (word->length == 0 || end > characters)
            code = message_set(message, CS_ERR_USAGE, "the word lies outside the text of %zu characters", characters);
        else if (word->offset < least)
            code = message_set(message, CS_ERR_USAGE, "words must stand in the order of the text and not overlap");
        else if (!is_confidence(word->confidence))
            code = message_set(message, CS_ERR_USAGE, "confidence must be between 0 and 1");
        else
            code = check_span(word->start_ms, word->end_ms, message);
        if (code == CS_OK) code = check_name(word->sounds, CS_MAX_SOUNDS_BYTES, "sounds", message);
        if (code != CS_OK) {
            message_within(message, "words[%u]", i);
            return code;
        }
        least = end;
    }
    return CS_OK;
}

static cs_error check_annotations(const cs_turn *turn, cs_message *message) {
    size_t characters = turn->annotation_count ? utf8_count(turn->text, turn->text_bytes) : 0;
    for (uint32_t i = 0; i < turn->annotation_count; i++) {
        const cs_annotation *a = &turn->annotations[i];
        cs_error code = check_name(a->kind ? a->kind : "", CS_MAX_NAME_BYTES, "kind", message);
        if (code == CS_OK && (a->to > characters || a->from > a->to))
            code = message_set(message, CS_ERR_USAGE, "it lies outside the text of %zu characters", characters);
        if (code == CS_OK && (!isfinite(a->value) || !is_confidence(a->confidence)))
            code = message_set(message, CS_ERR_USAGE, "confidence must be between 0 and 1");
        if (code == CS_OK) continue;
        message_within(message, "annotations[%u]", i);
        return code;
    }
    return CS_OK;
}

static cs_error check_turn(const cs_conversation *c, const cs_turn *turn, cs_message *message) {
    if (turn->participant >= c->participant_count)
        return message_set(message, CS_ERR_USAGE, "nobody among the participants says it");
    if (!turn->text) return message_set(message, CS_ERR_USAGE, "it has no text");
    if (turn->text_bytes > CS_MAX_TURN_BYTES)
        return message_set(message, CS_ERR_LIMIT, "its text has %u bytes; at most %d are read", turn->text_bytes,
                           CS_MAX_TURN_BYTES);
    if (utf8_invalid_at(turn->text, turn->text_bytes) != turn->text_bytes)
        return message_set(message, CS_ERR_ENCODING, "its text is not valid UTF-8");
    if (!is_confidence(turn->confidence))
        return message_set(message, CS_ERR_USAGE, "confidence must be between 0 and 1");
    cs_error code = check_span(turn->start_ms, turn->end_ms, message);
    if (code == CS_OK) code = check_words(turn, message);
    return code == CS_OK ? check_annotations(turn, message) : code;
}

static cs_error check_event(const cs_conversation *c, const cs_event *event, cs_message *message) {
    if (!event->kind) return message_set(message, CS_ERR_USAGE, "the event has no kind");
    if (event->participant != CS_NO_PARTICIPANT && event->participant >= c->participant_count)
        return message_set(message, CS_ERR_USAGE, "nobody among the participants did it");
    if (event->after_turn != UINT32_MAX && event->after_turn > c->turn_count)
        return message_set(message, CS_ERR_USAGE, "it stands after turn %u, but there are only %u turns",
                           event->after_turn, c->turn_count);
    cs_error code = check_span(event->at_ms, CS_NO_TIME, message);
    return code == CS_OK ? check_name(event->kind, CS_MAX_NAME_BYTES, "kind", message) : code;
}

static cs_error check_voice(const cs_conversation *c, const cs_voice *voice, cs_message *message) {
    if (voice->participant >= c->participant_count)
        return message_set(message, CS_ERR_USAGE, "nobody among the participants is heard");
    if (voice->start_ms == CS_NO_TIME || voice->end_ms == CS_NO_TIME)
        return message_set(message, CS_ERR_USAGE, "a voice needs its start and its end");
    if (!isfinite(voice->level_db) || !isfinite(voice->pitch_hz))
        return message_set(message, CS_ERR_USAGE, "its level and pitch must be numbers");
    return check_span(voice->start_ms, voice->end_ms, message);
}

static cs_error check_field(const cs_conversation *c, uint32_t index, cs_message *message) {
    const cs_field *field = &c->fields[index];
    if (!field->name || !field->value || (unsigned)field->kind > CS_FIELD_BOOL)
        return message_set(message, CS_ERR_USAGE, "the field has no name or value");
    cs_error code = check_name(field->name, CS_MAX_NAME_BYTES, "the field's name", message);
    size_t bytes = strnlen(field->value, MAX_VALUE_BYTES + 1);
    if (code == CS_OK && bytes > MAX_VALUE_BYTES)
        code = message_set(message, CS_ERR_LIMIT, "the field's value is longer than %d bytes", MAX_VALUE_BYTES);
    if (code == CS_OK && utf8_invalid_at(field->value, bytes) != bytes)
        code = message_set(message, CS_ERR_ENCODING, "the field's value is not valid UTF-8");
    for (uint32_t i = 0; code == CS_OK && i < index; i++) {
        if (strcmp(c->fields[i].name, field->name) == 0)
            code = message_set(message, CS_ERR_USAGE, "two fields have the name \"%s\"", field->name);
    }
    return code;
}

static cs_error check_recognition(const cs_recognition *r, cs_message *message) {
    if (!r) return CS_OK;
    cs_error code = check_name(r->model ? r->model : "", CS_MAX_NAME_BYTES, "model", message);
    if (code == CS_OK)
        code = check_name(r->version && *r->version ? r->version : NULL, CS_MAX_NAME_BYTES, "version", message);
    size_t digits = strspn(r->sha256, "0123456789abcdef");
    if (code == CS_OK && (r->sha256[digits] || (digits != 0 && digits != sizeof r->sha256 - 1)))
        code = message_set(message, CS_ERR_USAGE, "sha256 must be 64 hexadecimal digits in small letters");
    if (code == CS_OK && (r->rate_hz < 0 || r->rate_hz > 1000000))
        code = message_set(message, CS_ERR_USAGE, "rate_hz must be between 0 and 1000000");
    if (code != CS_OK) message_within(message, "recognised");
    return code;
}

static cs_error check_all(const cs_conversation *c, cs_message *message) {
    cs_error code = check_head(c, message);
    if (code == CS_OK) code = check_recognition(c->recognition, message);
    if (code != CS_OK) return code;
    const char *what = "participants";
    uint32_t i = 0;
    for (i = 0; code == CS_OK && i < c->participant_count; i++) code = check_participant(c, i, message);
    if (code != CS_OK) goto fail;
    what = "turns";
    for (i = 0; code == CS_OK && i < c->turn_count; i++) code = check_turn(c, &c->turns[i], message);
    if (code != CS_OK) goto fail;
    what = "events";
    for (i = 0; code == CS_OK && i < c->event_count; i++) code = check_event(c, &c->events[i], message);
    if (code != CS_OK) goto fail;
    what = "fields";
    for (i = 0; code == CS_OK && i < c->field_count; i++) code = check_field(c, i, message);
    if (code != CS_OK) goto fail;
    what = "voices";
    for (i = 0; code == CS_OK && i < c->voice_count; i++) code = check_voice(c, &c->voices[i], message);
    if (code == CS_OK) return CS_OK;
fail:
    message_within(message, "%s[%u]", what, i - 1);
    return code;
}

static bool are_turns_timed(const cs_conversation *c) {
    for (uint32_t i = 0; i < c->turn_count; i++) {
        if (c->turns[i].start_ms == CS_NO_TIME) return false;
    }
    for (uint32_t i = 0; c->turn_count == 0 && i < c->event_count; i++) {
        if (c->events[i].at_ms == CS_NO_TIME) return false;
    }
    return c->turn_count > 0 || c->event_count > 0;
}

typedef struct sort_key {
    int64_t first, second;
    uint32_t listed; /* breaks ties, so the order is stable and total */
} sort_key;

static int compare_keys(const void *a, const void *b) {
    const sort_key *x = a, *y = b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    if (x->second != y->second) return x->second < y->second ? -1 : 1;
    return x->listed < y->listed ? -1 : x->listed > y->listed;
}

static bool are_sorted(const sort_key *keys, uint32_t count) {
    for (uint32_t i = 1; i < count; i++) {
        if (compare_keys(&keys[i - 1], &keys[i]) > 0) return false;
    }
    return true;
}

/* Orders the turns by start; position[i] is the new place of the turn that was listed at i. */
static cs_error order_turns(cs_conversation *c, uint32_t *position, cs_arena *arena, cs_message *message) {
    bool is_ordered = true;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        position[i] = i;
        if (i > 0 && c->turns[i].start_ms < c->turns[i - 1].start_ms) is_ordered = false;
    }
    if (!c->is_timed || is_ordered) return CS_OK;
    sort_key *keys = arena_array(arena, c->turn_count, sizeof *keys);
    cs_turn *ordered = arena_array(arena, c->turn_count, sizeof *ordered);
    if (!keys || !ordered) return message_set(message, CS_ERR_MEMORY, "no memory to order %u turns", c->turn_count);
    for (uint32_t i = 0; i < c->turn_count; i++) keys[i] = (sort_key){c->turns[i].start_ms, 0, i};
    qsort(keys, c->turn_count, sizeof *keys, compare_keys);
    for (uint32_t i = 0; i < c->turn_count; i++) {
        ordered[i] = c->turns[keys[i].listed];
        position[keys[i].listed] = i;
    }
    c->turns = ordered;
    return CS_OK;
}

/* Turns that stand before a moment: those that start at it or earlier. */
static uint32_t turns_until(const cs_conversation *c, int64_t at_ms) {
    uint32_t low = 0, high = c->turn_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (c->turns[middle].start_ms <= at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static cs_error order_events(cs_conversation *c, const uint32_t *position, cs_arena *arena, cs_message *message) {
    if (c->event_count == 0) return CS_OK;
    sort_key *keys = arena_array(arena, c->event_count, sizeof *keys);
    cs_event *ordered = arena_array(arena, c->event_count, sizeof *ordered);
    if (!keys || !ordered) return message_set(message, CS_ERR_MEMORY, "no memory to order %u events", c->event_count);
    for (uint32_t i = 0; i < c->event_count; i++) {
        cs_event *event = &c->events[i];
        if (c->is_timed && event->at_ms != CS_NO_TIME)
            event->after_turn = turns_until(c, event->at_ms);
        else if (event->after_turn == UINT32_MAX)
            event->after_turn = c->turn_count;
        else if (event->after_turn > 0)
            event->after_turn = position[event->after_turn - 1] + 1;
        bool has_moment = c->is_timed && event->at_ms != CS_NO_TIME;
        keys[i] = (sort_key){event->after_turn, has_moment ? event->at_ms : INT64_MAX, i};
    }
    if (are_sorted(keys, c->event_count)) return CS_OK;
    qsort(keys, c->event_count, sizeof *keys, compare_keys);
    for (uint32_t i = 0; i < c->event_count; i++) ordered[i] = c->events[keys[i].listed];
    c->events = ordered;
    return CS_OK;
}

static cs_error order_voices(cs_conversation *c, cs_arena *arena, cs_message *message) {
    bool is_ordered = true;
    for (uint32_t i = 1; i < c->voice_count && is_ordered; i++)
        is_ordered = c->voices[i - 1].start_ms < c->voices[i].start_ms ||
                     (c->voices[i - 1].start_ms == c->voices[i].start_ms &&
                      c->voices[i - 1].participant <= c->voices[i].participant);
    if (is_ordered) return CS_OK;
    sort_key *keys = arena_array(arena, c->voice_count, sizeof *keys);
    cs_voice *ordered = arena_array(arena, c->voice_count, sizeof *ordered);
    if (!keys || !ordered) return message_set(message, CS_ERR_MEMORY, "no memory to order %u voices", c->voice_count);
    for (uint32_t i = 0; i < c->voice_count; i++)
        keys[i] = (sort_key){c->voices[i].start_ms, c->voices[i].participant, i};
    qsort(keys, c->voice_count, sizeof *keys, compare_keys);
    for (uint32_t i = 0; i < c->voice_count; i++) ordered[i] = c->voices[keys[i].listed];
    c->voices = ordered;
    return CS_OK;
}

static bool lacks_words(const cs_conversation *c) {
    for (uint32_t i = 0; i < c->turn_count; i++)
        if (c->turns[i].text_bytes > 0) return false;
    return c->is_heard;
}

static bool is_blank(char c) {
    return (unsigned char)c <= 0x20 || c == 0x7f;
}

/* The customer's first words, else anybody's, in one line. */
static cs_error make_title(cs_conversation *c, cs_arena *arena, cs_message *message) {
    const char *from = NULL, *end = NULL;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        const cs_turn *turn = &c->turns[i];
        bool is_customer = c->participants[turn->participant].role == CS_ROLE_CUSTOMER;
        const char *at = turn->text, *stop = turn->text + turn->text_bytes;
        while (at < stop && is_blank(*at)) at++;
        if (at == stop || (from && !is_customer)) continue;
        from = at;
        end = stop;
        if (is_customer) break;
    }
    if (!from) return CS_OK;
    size_t bytes = utf8_offset(from, (size_t)(end - from), TITLE_CHARACTERS);
    while (is_blank(from[bytes - 1])) bytes--;
    char *title = arena_copy(arena, from, bytes);
    if (!title) return message_set(message, CS_ERR_MEMORY, "no memory for the title");
    for (size_t i = 0; i < bytes; i++) {
        if (is_blank(title[i])) title[i] = ' ';
    }
    c->title = title;
    return CS_OK;
}

/* A title may come with line breaks (the subject of an e-mail): it becomes one line. */
static cs_error tidy_title(cs_conversation *c, cs_arena *arena, cs_message *message) {
    if (!c->title) return CS_OK;
    size_t at = 0;
    while (c->title[at] && (unsigned char)c->title[at] >= 0x20 && c->title[at] != 0x7f) at++;
    if (!c->title[at]) return CS_OK;
    char *title = arena_string(arena, c->title);
    if (!title) return message_set(message, CS_ERR_MEMORY, "no memory for the title");
    for (; title[at]; at++) {
        if ((unsigned char)title[at] < 0x20 || title[at] == 0x7f) title[at] = ' ';
    }
    c->title = title;
    return CS_OK;
}

static bool is_listed(const char **kinds, uint32_t count, const char *kind) {
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(kinds[i], kind) == 0) return true;
    return false;
}

/* What was found was looked for. */
static cs_error list_annotated(cs_conversation *c, cs_arena *arena, cs_message *message) {
    const char **kinds = NULL;
    uint32_t count = c->annotated_count;
    for (uint32_t i = 0; i < c->turn_count; i++)
        for (uint32_t k = 0; k < c->turns[i].annotation_count; k++) {
            const char *kind = c->turns[i].annotations[k].kind;
            if (is_listed(kinds ? kinds : c->annotated, count, kind) || count == CS_MAX_ANNOTATED) continue;
            if (!kinds) {
                kinds = arena_array(arena, CS_MAX_ANNOTATED, sizeof *kinds);
                if (!kinds) return message_set(message, CS_ERR_MEMORY, "no memory for the annotations");
                if (count) memcpy(kinds, c->annotated, count * sizeof *kinds);
            }
            kinds[count++] = kind;
        }
    if (kinds) c->annotated = kinds;
    c->annotated_count = count;
    return CS_OK;
}

cs_error conversation_finish(cs_conversation *conversation, cs_arena *arena, cs_message *message) {
    cs_error code = tidy_title(conversation, arena, message);
    if (code == CS_OK) code = check_all(conversation, message);
    if (code != CS_OK) return code;
    conversation->is_timed = are_turns_timed(conversation);
    uint32_t *position = arena_array(arena, conversation->turn_count, sizeof *position);
    if (!position) return message_set(message, CS_ERR_MEMORY, "no memory to order the turns");
    code = order_turns(conversation, position, arena, message);
    if (code == CS_OK) code = order_events(conversation, position, arena, message);
    if (code == CS_OK) code = order_voices(conversation, arena, message);
    if (code == CS_OK) code = list_annotated(conversation, arena, message);
    conversation->is_wordless = lacks_words(conversation);
    if (code == CS_OK && !conversation->title) code = make_title(conversation, arena, message);
    return code;
}
