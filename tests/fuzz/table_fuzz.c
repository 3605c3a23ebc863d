/* Rows of every kind and format: the first byte chooses the mapping. Each cell is looked at as a time, too. */
#include "conversation/table.h"
#include "reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const texts[] = {
    "{\"kind\":\"calls\",\"format\":\"csv\",\"columns\":{\"time\":1,\"duration\":2,\"number\":\"n\",\"hang_up\":2,"
    "\"direction\":2},"
    "\"header\":true,\"speakers\":{\"0\":\"agent\"},\"time_format\":[\"iso8601\",\"yyyy/m/d h:mm "
    "am\",\"excel\"],\"zone\":\"Z\"}",
    "{\"kind\":\"tickets\",\"format\":\"jsonl\",\"columns\":{\"ticket\":\"t\",\"event\":\"a.b\",\"time\":\"when\","
    "\"fields\":{\"f\":\"l.0\"}},"
    "\"time_format\":\"epoch_ms\"}",
    "{\"kind\":\"satisfaction\",\"format\":\"json\",\"each\":\"a.*.b\",\"columns\":{\"score\":\"s\",\"ticket\":\"$"
    "key\"}}",
    "{\"format\":\"json\",\"each\":\"*\",\"columns\":{\"conversation\":\"$key\"},\"turns\":{\"each\":\"m\",\"speaker\":"
    "\"s\",\"text\":\"t\","
    "\"time\":\"w\"},\"other_speakers\":\"undecided\",\"time_format\":\"iso8601\"}",
    "{\"format\":\"tsv\",\"id\":\"{file}-{line}\",\"turns\":{\"column\":1,\"list\":true,\"between\":\"|\",\"speakers\":"
    "[\"agent\","
    "\"customer\"]}}",
    "{\"format\":\"csv\",\"skip\":1,\"delimiter\":\";\",\"columns\":{\"conversation\":1},\"turns\":[{\"speaker\":"
    "\"agent\",\"text\":2,"
    "\"time\":3},{\"speaker\":\"customer\",\"text\":4}],\"time_format\":\"dd.mm.yyyy hh:mm\",\"zone\":\"+01:00\"}",
};
enum { MAPPINGS = sizeof texts / sizeof texts[0] };

static void look_at(cs_table *table, const cs_table_row *row) {
    int64_t ms;
    int zone;
    double seconds;
    cs_message message = {0};
    if (row->is_refused && (!*row->trouble.reason || !*row->trouble.place)) abort();
    for (cs_column_use use = 0; use < CS_COLUMN_USES; use++) {
        if (!table_cell(table, use)) abort();
        if (!table_time(table, use, &ms, &zone, &message) && !*message.remedy) abort();
        (void)table_seconds(table, use, &seconds, &message);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static cs_mapping *mappings[MAPPINGS];
    cs_message message = {0};
    if (size == 0) return 0;
    size_t chosen = data[0] % MAPPINGS;
    if (!mappings[chosen] && mapping_parse(texts[chosen], strlen(texts[chosen]), &mappings[chosen], &message) != CS_OK)
        abort();
    if (mapping_kind(mappings[chosen]) == CS_MAPPING_CONVERSATIONS) {
        fuzz_file(mappings[chosen]->format == CS_MAPPING_FORMAT_JSON ? "fuzz.json" : "fuzz.csv", mappings[chosen],
                  data + 1, size - 1);
        return 0;
    }
    char path[64];
    cs_table *table = NULL;
    cs_table_row row = {0};
    int file = memfd_create("fuzz", MFD_CLOEXEC);
    if (file < 0 || write(file, data + 1, size - 1) != (ssize_t)size - 1) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (table_open(path, mappings[chosen], &table, &message) == CS_OK) {
        size_t rows = 0;
        while (table_next(table, &row, &message) == CS_OK && !row.is_end && !row.is_lost) {
            if (++rows > size + 1) abort();
            look_at(table, &row);
        }
    } else if (!*message.reason) {
        abort();
    }
    table_close(table);
    close(file);
    return 0;
}
