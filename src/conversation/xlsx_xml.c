#include "conversation/xlsx_xml.h"

#include <string.h>

enum { CHUNK_BYTES = 64 * 1024, MAX_DEPTH = 64 };
/* A tag is held until it is whole, and looked at again with every chunk: a huge one would take hours. */
static const uint64_t MAX_TAG_BYTES = (uint64_t)1 << 20;

static const char *local_name(const char *name) {
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes) {
    cs_xlsx_xml *xml = context;
    if (xml->failure != CS_OK) return;
    if (++xml->depth > MAX_DEPTH)
        xlsx_xml_fail(xml, CS_ERR_LIMIT, "its XML is nested more than 64 deep", "open it in Excel and save it again");
    else
        xml->events->start(xml->context, local_name(name), attributes);
}

static void XMLCALL on_end(void *context, const XML_Char *name) {
    cs_xlsx_xml *xml = context;
    if (xml->failure != CS_OK) return;
    xml->depth--;
    xml->events->end(xml->context, local_name(name));
}

static void XMLCALL on_text(void *context, const XML_Char *text, int bytes) {
    cs_xlsx_xml *xml = context;
    if (xml->failure == CS_OK) xml->events->text(xml->context, text, (size_t)bytes);
}

static void XMLCALL on_document_type(void *context, const XML_Char *name, const XML_Char *system,
                                     const XML_Char *public, int has_subset) {
    (void)name, (void)system, (void)public, (void)has_subset;
    xlsx_xml_fail(context, CS_ERR_PARSE,
                  "its XML declares a document type or entities, which no spreadsheet program writes",
                  "don't open the file if you don't know where it is from");
}

cs_error xlsx_xml_open(cs_xlsx_xml *xml, const cs_xlsx_events *events, void *context, const char *name,
                       cs_xlsx_source source, void *source_context, cs_message *message) {
    *xml = (cs_xlsx_xml){.parser = XML_ParserCreate(NULL),
                         .events = events,
                         .context = context,
                         .name = name,
                         .source = source,
                         .source_context = source_context};
    if (!xml->parser) return message_set(message, CS_ERR_MEMORY, "no memory to read the workbook");
    XML_SetUserData(xml->parser, xml);
    XML_SetElementHandler(xml->parser, on_start, on_end);
    if (events->text) XML_SetCharacterDataHandler(xml->parser, on_text);
    XML_SetStartDoctypeDeclHandler(xml->parser, on_document_type);
    return CS_OK;
}

void xlsx_xml_close(cs_xlsx_xml *xml) {
    if (xml->parser) XML_ParserFree(xml->parser);
    xml->parser = NULL;
}

void xlsx_xml_pause(cs_xlsx_xml *xml) {
    xml->is_paused = true;
    XML_StopParser(xml->parser, XML_TRUE);
}

void xlsx_xml_fail(cs_xlsx_xml *xml, cs_error code, const char *reason, const char *remedy) {
    if (xml->failure != CS_OK) return;
    xml->failure = message_set(&xml->why, code, "the workbook's part %.100s can't be read: %s", xml->name, reason);
    message_place(&xml->why, "its line %lu", (unsigned long)XML_GetCurrentLineNumber(xml->parser));
    message_remedy(&xml->why, "%s", remedy);
    XML_StopParser(xml->parser, XML_FALSE);
}

const char *xlsx_xml_attribute(const char **attributes, const char *name) {
    for (; attributes[0]; attributes += 2) {
        if (strcmp(attributes[0], name) == 0) return attributes[1];
    }
    return NULL;
}

static cs_error tell_trouble(cs_xlsx_xml *xml, cs_message *message) {
    if (xml->failure == CS_OK) {
        enum XML_Error why = XML_GetErrorCode(xml->parser);
        if (why == XML_ERROR_NO_MEMORY) return message_set(message, CS_ERR_MEMORY, "no memory to read the workbook");
        bool is_cut = xml->is_at_end;
        xlsx_xml_fail(xml, CS_ERR_PARSE, is_cut ? "it ends in the middle" : XML_ErrorString(why),
                      "copy or export it again");
    }
    *message = xml->why;
    return xml->failure;
}

/* Reads another chunk and lets expat have it. */
static enum XML_Status feed(cs_xlsx_xml *xml, cs_error *code, cs_message *message) {
    void *room = XML_GetBuffer(xml->parser, CHUNK_BYTES);
    size_t got = 0;
    if (!room) {
        *code = message_set(message, CS_ERR_MEMORY, "no memory to read the workbook");
        return XML_STATUS_ERROR;
    }
    *code = xml->source(xml->source_context, room, CHUNK_BYTES, &got, message);
    if (*code != CS_OK) return XML_STATUS_ERROR;
    xml->fed += got;
    xml->is_at_end = got == 0;
    return XML_ParseBuffer(xml->parser, (int)got, got == 0);
}

/* Bytes that wait for the end of their tag. */
static uint64_t waiting(const cs_xlsx_xml *xml) {
    XML_Index at = XML_GetCurrentByteIndex(xml->parser);
    return at < 0 || (uint64_t)at > xml->fed ? 0 : xml->fed - (uint64_t)at;
}

cs_error xlsx_xml_go(cs_xlsx_xml *xml, cs_message *message) {
    cs_error code = CS_OK;
    enum XML_Status status = XML_STATUS_OK;
    if (xml->failure != CS_OK) return tell_trouble(xml, message);
    bool was_paused = xml->is_paused;
    xml->is_paused = false;
    if (was_paused) status = XML_ResumeParser(xml->parser);
    while (status == XML_STATUS_OK && !xml->is_at_end) {
        if (waiting(xml) > MAX_TAG_BYTES) {
            xlsx_xml_fail(xml, CS_ERR_LIMIT, "a tag of its XML is longer than 1 MB",
                          "open it in Excel and save it again");
            break;
        }
        status = feed(xml, &code, message);
        if (code != CS_OK) return code;
    }
    if (status == XML_STATUS_ERROR || xml->failure != CS_OK) return tell_trouble(xml, message);
    return CS_OK;
}
