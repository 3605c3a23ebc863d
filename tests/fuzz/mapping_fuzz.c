/* Mappings from anywhere; one that is taken must be able to read a file. */
#include "conversation/mapping_columns.h"
#include "reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char rows[] = "A,0,x,1771036320\nA\t1\ty\t2026-02-14 10:32:00\nB,1,\"z\",2026-02-14T10:32:00Z\n";
    cs_mapping *mapping = NULL;
    cs_message message = {0};
    if (mapping_parse((const char *)data, size, &mapping, &message) == CS_OK)
        fuzz_file("fuzz.csv", mapping, rows, sizeof rows - 1);
    else if (!*message.reason)
        abort();
    mapping_free(mapping);
    return 0;
}
