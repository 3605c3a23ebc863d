/* utf8.h - walking and checking UTF-8.
 * Floor: base. Offsets that leave the program count code points; offsets inside count bytes.
 * Memory: none. Threads: any.
 * Example: size_t bad = utf8_invalid_at(text, bytes); if (bad != bytes) ...
 */
#ifndef CS_BASE_UTF8_H
#define CS_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Byte offset of the first byte that is not valid UTF-8 (surrogates, overlong forms and NUL are invalid), or bytes. */
size_t utf8_invalid_at(const char *text, size_t bytes);
/* Decodes one code point of valid UTF-8 and its length in bytes (1-4). */
uint32_t utf8_decode(const char *text, unsigned *length);
unsigned utf8_encode(uint32_t code_point, char out[4]);
size_t utf8_count(const char *text, size_t bytes); /* code points */
size_t utf8_offset(const char *text, size_t bytes, size_t code_points); /* byte offset of the n-th code point */
/* Byte offset of the first sign of valid UTF-8 that is not seen or turns others around: controls, formats (zero width, marks of
 * direction, U+FEFF), separators of lines; or bytes. Nothing that is a name holds one. */
size_t utf8_hidden_at(const char *text, size_t bytes);
/* How many bytes stand here of a character whose rest was cut off; 0: none. */
unsigned utf8_half(const char *text, size_t bytes);
unsigned utf8_width(uint32_t code_point); /* columns on a terminal: 0, 1 or 2 */

#endif
