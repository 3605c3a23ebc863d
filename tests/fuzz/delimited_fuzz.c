/* Rows from anywhere, as TSV and as CSV: the first byte chooses the mapping. */
#include "conversation/mapping_columns.h"
#include "reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char plain_tsv[] =
    "{\"format\":\"tsv\",\"columns\":{\"conversation\":1,\"speaker\":2,\"text\":3},\"other_speakers\":\"undecided\"}";
static const char plain_csv[] =
    "{\"format\":\"csv\",\"columns\":{\"conversation\":1,\"speaker\":2,\"text\":3},\"speakers\":{\"0\":\"agent\"}}";
static const char named_csv[] =
    "{\"format\":\"csv\",\"header\":true,\"columns\":{\"conversation\":\"c\",\"speaker\":\"s\",\"text\":\"t\","
    "\"time\":\"w\",\"agent\":\"a\",\"fields\":{\"f\":1,\"g\":2}},\"speakers\":{\"0\":\"agent\",\"1\":\"customer\"},"
    "\"time_format\":\"epoch_s\"}";
static const char timed_tsv[] =
    "{\"format\":\"tsv\",\"columns\":{\"conversation\":2,\"speaker\":1,\"text\":3,\"time\":4,\"title\":1,\"queue\":1},"
    "\"other_speakers\":\"undecided\",\"time_format\":\"yyyy-mm-dd hh:mm:ss\",\"zone\":\"+08:00\"}";
static const char *const texts[] = {plain_tsv, plain_csv, named_csv, timed_tsv};
enum { MAPPINGS = sizeof texts / sizeof texts[0] };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static cs_mapping *mappings[MAPPINGS];
    cs_message message;
    if (size == 0) return 0;
    size_t chosen = data[0] % MAPPINGS;
    if (!mappings[chosen] && mapping_parse(texts[chosen], strlen(texts[chosen]), &mappings[chosen], &message) != CS_OK)
        abort();
    fuzz_file("fuzz.csv", mappings[chosen], data + 1, size - 1);
    return 0;
}
