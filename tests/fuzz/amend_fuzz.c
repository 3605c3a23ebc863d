/* Pages laid over rule files: the input is a rule file, then, behind NUL bytes, the text of pages. What comes out is a source
 * that is read as one, whatever stands in it, and laying the same again changes nothing. */
#include "base/hash.h"
#include "rules/amend.h"
#include "rules/passage.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PAGES = 3 };

static void check(const char *source, size_t bytes, const cs_amended_page *pages, uint32_t count) {
    cs_buffer once, twice;
    cs_message message;
    cs_ruleset *rules = NULL;
    if (amend(source, bytes, pages, count, &once, &message) != CS_OK) abort();
    cs_source_file file;
    const char *at = buffer_string(&once), *end = at + once.length;
    while (source_file_next(&at, end, &file)) continue;
    if (at != end) abort();
    if (amend(buffer_string(&once), once.length, pages, count, &twice, &message) != CS_OK) abort();
    if (ruleset_read(buffer_string(&once), once.length, NULL, NULL, &rules, &message) == CS_OK) ruleset_release(rules);
    buffer_free(&once);
    buffer_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int is_started;
    cs_amended_page pages[PAGES] = {{.rule = "a"}, {.rule = "b"}, {.rule = "c"}};
    cs_buffer source;
    if (!is_started) is_started = hash_start();
    if (size > 8192) return 0;
    char *text = malloc(size + 1);
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = 0;
    buffer_init(&source, 1 << 16);
    size_t used = strlen(text);
    if (buffer_printf(&source, "%%%%file p/q/x.rules %zu\n%s\n", used, text)) {
        uint32_t count = 0;
        while (count < PAGES && used < size) {
            pages[count].text = text + used + 1;
            pages[count].kept = count ? pages[count - 1].text : "";
            pages[count].is_retired = size % 5 == count;
            used += 1 + strlen(text + used + 1);
            count++;
        }
        check(source.data, source.length, pages, count);
    }
    buffer_free(&source);
    free(text);
    return 0;
}
