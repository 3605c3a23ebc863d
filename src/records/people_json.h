/* people_json.h - one person as JSON: identities, why they are joined, contacts. Only people*.c.
 * Floor: records. Shapes: docs/people.md.
 * Memory: the writer's. Threads: whoever owns the cs_db.
 * Example: person_write(db, 7, NULL, CS_PERSON_BRIEF, out, &m);
 */
#ifndef CS_RECORDS_PEOPLE_JSON_H
#define CS_RECORDS_PEOPLE_JSON_H

#include "records/people.h"

typedef enum cs_person_detail {
    CS_PERSON_BRIEF,
    CS_PERSON_WHOLE /* with the newest conversations */
} cs_person_detail;

cs_error person_write(cs_db *db, int64_t number, const char *key, cs_person_detail detail, cs_json_writer *out,
                      cs_message *message);
/* "contacts" and "contacts_more"; with detail "conversations" too. */
cs_error person_write_contacts(cs_db *db, int64_t number, cs_person_detail detail, cs_json_writer *out,
                               cs_message *message);

#endif
