/* copy_numbers.h - the numbers that a database gives to new rows go on in the copy where they were in the source.
 * Floor: store, private to copy*.c. A number that was given once is not given again, though its row is gone.
 * Memory: none. Threads: those of the handles.
 * Example: numbers_go_on(from, to, &catalogue, &m);
 */
#ifndef CS_STORE_COPY_NUMBERS_H
#define CS_STORE_COPY_NUMBERS_H

#include "store/copy_catalogue.h"

cs_error numbers_go_on(cs_db *from, cs_db *to, const cs_catalogue *catalogue, cs_message *message);

#endif
