/* encoding.h - what a text is written in, found out or given, and its conversion to UTF-8.
 * Floor: base. GB18030 holds GBK and GB2312. UTF-32 is refused. Nothing is guessed from a first line: all bytes given count.
 * Memory: the caller's buffer. Threads: any; a converter belongs to one.
 * Example: cs_encoding e = encoding_detect(bytes, n, &mark); encoding_open(e, &c, &m); encoding_convert(c, bytes, n, &utf8);
 */
#ifndef CS_BASE_ENCODING_H
#define CS_BASE_ENCODING_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* C name, name in mappings and messages */
#define CS_ENCODING_TABLE(X)                                                                                           \
    X(ANY, "any") /* not said: found out */                                                                            \
    X(UTF8, "UTF-8")                                                                                                   \
    X(GB18030, "GB18030")                                                                                              \
    X(UTF16LE, "UTF-16LE")                                                                                             \
    X(UTF16BE, "UTF-16BE")                                                                                             \
    X(UTF32, "UTF-32") /* can be found, is never read */
typedef enum cs_encoding {
#define X(code, name) CS_ENCODING_##code,
    CS_ENCODING_TABLE(X)
#undef X
        CS_ENCODINGS
} cs_encoding;

/* The bytes at a file's beginning that tell its encoding for the rest. */
#define CS_ENCODING_SAMPLE ((size_t)1 << 20)

const char *encoding_name(cs_encoding encoding);
/* utf-8, gb18030, gbk, gb2312, cp936, utf-16 (either order: then CS_ENCODING_UTF16LE unless its mark says otherwise), utf-16le,
 * utf-16be; any case. false: no such, or none that is read. */
bool encoding_parse(const char *name, cs_encoding *out);
/* Of the beginning of a file, its last character may be cut. *mark: bytes of the byte order mark, 0 without one. A text
 * that is neither well is what most of its bytes are; what else is no text at all counts as UTF-8, so that it is refused as that. */
cs_encoding encoding_detect(const char *bytes, size_t count, size_t *mark);
/* What to read a file as, given what was said of it (CS_ENCODING_ANY: nothing) and how it begins: a mark wins over what was
 * said. CS_ERR_ENCODING with a remedy: UTF-32. */
cs_error encoding_settle(cs_encoding said, const char *bytes, size_t count, cs_encoding *out, size_t *mark,
                         cs_message *message);

typedef struct cs_encoding_converter cs_encoding_converter;
cs_error encoding_open(cs_encoding from, cs_encoding_converter **out, cs_message *message);
/* Appends bytes as UTF-8 to out; they must end with a whole character. Returns the offset of the first byte that is no
 * character of the encoding, or count. What stands before it was appended. Check out->is_failed for the maximum. */
size_t encoding_convert(cs_encoding_converter *converter, const char *bytes, size_t count, cs_buffer *out);
void encoding_close(cs_encoding_converter *converter);

#endif
