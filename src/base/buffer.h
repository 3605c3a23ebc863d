/* buffer.h - bytes that grow up to a declared maximum.
 * Floor: base. After a failed append the buffer keeps what it had and remembers the failure (buffer_failed), so a
 * writer may append many times and check once.
 * Memory: the buffer owns data; buffer_free releases it. Threads: one at a time.
 * Example: cs_buffer b; buffer_init(&b, 1 << 20); buffer_printf(&b, "%d", 7); puts(b.data); buffer_free(&b);
 */
#ifndef CS_BASE_BUFFER_H
#define CS_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cs_buffer {
    char *data; /* always NUL-terminated once something was appended; NULL before */
    size_t length, capacity, max;
    bool is_failed;
} cs_buffer;

void buffer_init(cs_buffer *buffer, size_t max_bytes);
void buffer_free(cs_buffer *buffer);
void buffer_clear(cs_buffer *buffer); /* keeps the memory, forgets a failure */
bool buffer_append(cs_buffer *buffer, const void *bytes, size_t length);
bool buffer_text(cs_buffer *buffer, const char *text);
bool buffer_printf(cs_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *buffer_string(const cs_buffer *buffer); /* "" when empty */

#endif
