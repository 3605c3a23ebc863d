/* guess_parts.h - the parts of a guess: what a column's name says, what its values are, how its times are written.
 * Floor: conversation, private to guess*.c. Memory: the guess's arena. Threads: one at a time.
 * Example: double s = guess_name_score("通话时长(秒)", CS_COLUMN_DURATION); // 0.95
 */
#ifndef CS_CONVERSATION_GUESS_PARTS_H
#define CS_CONVERSATION_GUESS_PARTS_H

#include "conversation/guess.h"

/* Two uses that only guesses know: the agent's text and its time, in the same row as the customer's. */
enum { CS_GUESS_ANSWER = CS_COLUMN_USES, CS_GUESS_ANSWER_TIME, CS_GUESS_USES };
enum { CS_GUESS_ROWS = 200, CS_GUESS_SPEAKERS = 12 };

typedef struct cs_guess_formats cs_guess_formats; /* the formats of time that are tried */

typedef struct cs_guess_values { /* of one column */
    uint32_t count; /* values that are not empty */
    uint32_t times, phones, numbers, durations, roles;
    uint32_t distinct, runs; /* runs: how often the value changes from row to row, and one */
    double mean_letters;
    uint32_t longest;
} cs_guess_values;

typedef struct cs_guess_table { /* the first rows of a file */
    const cs_guess_formats *known;
    const char **header; /* NULL: none */
    const char ***rows; /* rows[i][column] */
    uint32_t width, row_count;
    uint32_t skip; /* rows above the header */
    char delimiter; /* 0: none */
    const char *each, *turns; /* of JSON; NULL: none */
    const char *turn_speaker, *turn_text, *turn_time;
    const char *turn_values[CS_GUESS_ROWS], *turn_times[CS_GUESS_ROWS]; /* values of the last two */
    uint32_t turn_value_count, turn_time_count;
} cs_guess_table;

/* 0-1: how well a column's name goes with a use. */
double guess_name_score(const char *name, uint32_t use);
bool guess_is_known_name(const char *name); /* some use has exactly this name */
cs_role guess_role(const char *word); /* CS_ROLE_COUNT: no idea */
double guess_kind_hint(const char *path, cs_mapping_kind kind); /* what the file's name says */
void guess_values(const cs_guess_table *table, uint32_t column, cs_guess_values *out);
double guess_value_score(const cs_guess_values *values, uint32_t use, uint32_t row_count);
const cs_guess_formats *guess_formats_create(cs_arena *arena); /* NULL: no memory */
bool guess_is_time(const cs_guess_formats *known, const char *text);

/* Formats of time, collected over values: each value not yet read adds the first format that reads it. */
typedef struct cs_guess_times {
    const char *formats[CS_MAX_TIME_PATTERNS];
    uint32_t which[CS_MAX_TIME_PATTERNS];
    uint32_t count;
    bool is_month_first; /* something like 2/14/2026 was among them */
} cs_guess_times;
void guess_times_add(const cs_guess_formats *known, cs_guess_times *times, const char *text);

cs_error guess_rows_read(const char *path, cs_guess *guess, cs_guess_table *out, cs_message *message);
cs_error guess_json_read(const char *path, cs_guess *guess, cs_guess_table *out, cs_message *message);

#endif
