/* migration_rows.h - what each version of the store adds, as statements. Private to migrations.c.
 * Floor: store. Version n is row n-1. Never edit a released row: add one. docs/store.md explains the tables. Words in braces and
 * prefixes are explained in migrations.c.
 * Memory: static. Threads: any.
 * Example: for (size_t i = 0; migration_rows[0].statements[i]; i++) puts(migration_rows[0].statements[i]);
 */
#ifndef CS_STORE_MIGRATION_ROWS_H
#define CS_STORE_MIGRATION_ROWS_H

#include <stddef.h>

enum { CS_MAX_MIGRATION_STATEMENTS = 60 };

typedef struct cs_migration {
    const char *title;
    const char *statements[CS_MAX_MIGRATION_STATEMENTS]; /* NULL at the end */
} cs_migration;

extern const cs_migration migration_rows[];
extern const size_t migration_count;

#endif
