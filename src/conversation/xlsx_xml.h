/* xlsx_xml.h - reading the XML of a workbook's part piece by piece, with a halt where the caller wants one.
 * Floor: conversation, private to xlsx*.c. Document types and entities are refused; nesting and the size of a tag are bounded.
 * Names come without their namespace's prefix. Memory: the caller's struct; xlsx_xml_close. Threads: one at a time.
 * Example: xlsx_xml_open(&xml, &events, self, "xl/styles.xml", xlsx_part_read, part, &m); code = xlsx_xml_go(&xml, &m);
 */
#ifndef CS_CONVERSATION_XLSX_XML_H
#define CS_CONVERSATION_XLSX_XML_H

#include "base/error.h"

#include <expat.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Gives the next bytes; *got 0: the end. */
typedef cs_error (*cs_xlsx_source)(void *context, char *bytes, size_t room, size_t *got, cs_message *message);

typedef struct cs_xlsx_events {
    void (*start)(void *context, const char *name, const char **attributes);
    void (*end)(void *context, const char *name);
    void (*text)(void *context, const char *text, size_t bytes); /* NULL: not wanted */
} cs_xlsx_events;

typedef struct cs_xlsx_xml {
    XML_Parser parser;
    const cs_xlsx_events *events;
    void *context;
    const char *name; /* of the part */
    cs_xlsx_source source;
    void *source_context;
    uint64_t fed;
    unsigned depth;
    bool is_paused, is_at_end;
    cs_error failure; /* of a handler */
    cs_message why;
} cs_xlsx_xml;

cs_error xlsx_xml_open(cs_xlsx_xml *xml, const cs_xlsx_events *events, void *context, const char *name,
                       cs_xlsx_source source, void *source_context, cs_message *message);
/* Goes on until a handler pauses or fails, or to the end (is_at_end). */
cs_error xlsx_xml_go(cs_xlsx_xml *xml, cs_message *message);
/* For handlers. */
void xlsx_xml_pause(cs_xlsx_xml *xml);
void xlsx_xml_fail(cs_xlsx_xml *xml, cs_error code, const char *reason, const char *remedy);
const char *xlsx_xml_attribute(const char **attributes, const char *name); /* NULL: absent */
void xlsx_xml_close(cs_xlsx_xml *xml);

#endif
