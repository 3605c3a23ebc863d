/* xlsx_package.h - the zip around a workbook: its parts, unpacked piece by piece within limits.
 * Floor: conversation, private to xlsx*.c. What a zip says of its sizes is not believed: bytes are counted as they come.
 * Memory: package and parts are the caller's to close, parts first. Threads: one at a time.
 * Example: xlsx_part_open(package, "xl/workbook.xml", 16 << 20, &part, &m); xlsx_part_read(part, bytes, room, &got, &m);
 */
#ifndef CS_CONVERSATION_XLSX_PACKAGE_H
#define CS_CONVERSATION_XLSX_PACKAGE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_xlsx_package cs_xlsx_package;
typedef struct cs_xlsx_part cs_xlsx_part;

/* Refuses what is no zip, or a zip that can't be a workbook, in words that say what it is instead. */
cs_error xlsx_package_open(const char *path, cs_xlsx_package **out, cs_message *message);
int64_t xlsx_package_bytes(const cs_xlsx_package *package); /* of the file */
bool xlsx_package_has(const cs_xlsx_package *package, const char *name);
void xlsx_package_close(cs_xlsx_package *package);

cs_error xlsx_part_open(cs_xlsx_package *package, const char *name, uint64_t max_bytes, cs_xlsx_part **out,
                        cs_message *message);
/* context: a cs_xlsx_part. *got 0: its end. */
cs_error xlsx_part_read(void *context, char *bytes, size_t room, size_t *got, cs_message *message);
double xlsx_part_done(const cs_xlsx_part *part); /* 0 to 1 */
void xlsx_part_close(cs_xlsx_part *part);

#endif
