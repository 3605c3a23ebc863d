/* mask_context.h - what the words beside a number say it is.
 * Floor: text; only mask*.c.
 * Memory: none. Threads: any.
 * Example: if (context_before(text, at) & CS_CONTEXT_CARD) … // "卡号是 6222…"
 */
#ifndef CS_TEXT_MASK_CONTEXT_H
#define CS_TEXT_MASK_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The nearest word of these in the same sentence says it. */
typedef enum cs_context {
    CS_CONTEXT_NONE,
    CS_CONTEXT_PHONE,
    CS_CONTEXT_IDENTITY,
    CS_CONTEXT_CARD,
    CS_CONTEXT_PASSPORT,
} cs_context;

cs_context context_before(const char *text, size_t at);
/* The number is named as something else: "订单号：", "SKU ", or behind it "元", "是订单号". */
bool context_is_thing(const char *text, size_t bytes, size_t from, size_t to);
/* ASCII letters stand right before it that are no word for what follows: SF1381234…, but not Tel138… */
bool context_is_glued(const char *text, size_t at);

#endif
