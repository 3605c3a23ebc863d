/* pages.h - the web interface inside the binary: every file of ui/dist, made into C by tools/embed.
 * Floor: http. Paths that are no file are pages of the interface and get its index; its scripts find out which.
 * Memory: files are constant data. Threads: any.
 * Example: pages_answer("/assets/index-1a2b.js", &asked, &answer);
 */
#ifndef CS_HTTP_PAGES_H
#define CS_HTTP_PAGES_H

#include "http/answer.h"

typedef struct cs_embedded_file {
    const char *path, *type; /* "/assets/index-1a2b.js"; NULL at the end of the table */
    const unsigned char *bytes;
    size_t length;
    const unsigned char *packed; /* gzip; NULL where it would save nothing */
    size_t packed_length;
    bool is_immutable; /* its name holds a hash of its content */
} cs_embedded_file;

extern const cs_embedded_file embedded_files[];

typedef struct cs_asked {
    bool takes_gzip;
    const char *if_none_match; /* NULL: not sent */
} cs_asked;

bool pages_accept_gzip(const char *accept_encoding); /* the header's value; NULL: not sent */
void pages_answer(const char *path, const cs_asked *asked, cs_answer *answer);

#endif
