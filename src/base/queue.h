/* queue.h - a bounded queue of pointers between threads: the pipeline's only joint.
 * Floor: base. A full queue makes the giver wait, so memory does not grow with the input.
 * Memory: the queue owns no item. Threads: any.
 * Example: queue_put(q, job); while ((job = queue_take(q)) != NULL) ...
 */
#ifndef CS_BASE_QUEUE_H
#define CS_BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct cs_queue cs_queue;

cs_queue *queue_create(size_t capacity); /* NULL when out of memory */
void queue_free(cs_queue *queue);
bool queue_put(cs_queue *queue, void *item); /* waits for room; false when the queue was closed */
void *queue_take(cs_queue *queue); /* waits for an item; NULL when closed and empty */
void *queue_take_within(cs_queue *queue, int wait_ms); /* NULL also when nothing came in time */
void queue_close(cs_queue *queue); /* takers still get what is inside */
bool queue_is_done(cs_queue *queue); /* closed and empty */

#endif
