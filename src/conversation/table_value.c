/* Cells that are more than a text: moments and lengths of time. */
#include "conversation/table.h"

#include <ctype.h>
#include <string.h>

bool table_time(const cs_table *table, cs_column_use use, int64_t *epoch_ms, int *zone_minutes, cs_message *message) {
    const char *text = table_cell(table, use);
    const cs_mapping *mapping = table_mapping(table);
    *epoch_ms = CS_NO_TIME;
    *zone_minutes = mapping->zone_minutes;
    if (!*text || mapping_time(mapping, text, epoch_ms, zone_minutes)) return true;
    table_refuse_time(table, text, message);
    table_place(table, use, message);
    return false;
}

void table_refuse_time(const cs_table *table, const char *text, cs_message *message) {
    message_set(message, CS_ERR_PARSE, "\"%.60s\" is no time as the mapping's time_format says", text);
    message_remedy(message, "it must look like %s; or choose another \"time_format\" in the mapping",
                   mapping_time_example(table_mapping(table)));
}

/* Digits with an optional fraction; false: none stand there. */
static bool read_number(const char **at, double *out) {
    const char *from = *at;
    double value = 0, place = 0.1;
    while (isdigit((unsigned char)**at) && *at - from < 9) value = value * 10 + (*(*at)++ - '0');
    if (*at == from) return false;
    if (**at == '.' && isdigit((unsigned char)(*at)[1])) {
        for ((*at)++; isdigit((unsigned char)**at); (*at)++) {
            value += (**at - '0') * place;
            place /= 10;
        }
    }
    *out = value;
    return true;
}

/* 1:02:03 or 2:03: each colon makes what came before sixty times as long. */
static bool read_colons(const char *at, double *seconds) {
    double total = 0, part;
    for (int parts = 0; parts < 3; parts++) {
        if (!read_number(&at, &part) || (parts > 0 && part >= 60)) return false;
        total = total * 60 + part;
        if (!*at) {
            *seconds = total;
            return true;
        }
        if (*at++ != ':') return false;
    }
    return false;
}

/* 1小时2分3秒, 2m 3s, 83秒. */
static bool read_units(const char *at, double *seconds) {
    static const struct {
        const char *word;
        double seconds;
    } units[] = {{"小时", 3600}, {"时", 3600}, {"分钟", 60}, {"分", 60}, {"秒钟", 1}, {"秒", 1},
                 {"min", 60},    {"sec", 1},   {"h", 3600},  {"m", 60},  {"s", 1}};
    double total = 0, part;
    for (int parts = 0; parts < 3 && *at; parts++) {
        if (!read_number(&at, &part)) return false;
        while (*at == ' ') at++;
        size_t i = 0, count = sizeof units / sizeof units[0];
        while (i < count && strncmp(at, units[i].word, strlen(units[i].word)) != 0) i++;
        if (i == count) return false;
        total += part * units[i].seconds;
        at += strlen(units[i].word);
        while (*at == ' ') at++;
    }
    *seconds = total;
    return !*at;
}

bool table_seconds(const cs_table *table, cs_column_use use, double *seconds, cs_message *message) {
    const char *text = table_cell(table, use);
    *seconds = -1;
    if (!*text || read_colons(text, seconds) || read_units(text, seconds)) return true;
    message_set(message, CS_ERR_PARSE, "\"%.60s\" is no length of time", text);
    table_place(table, use, message);
    message_remedy(message, "write seconds, or h:mm:ss");
    return false;
}
