/* speech_stage.h - an empty store, made anew for each test of what is kept of recognising speech.
 * Memory: start and stop make and release all of it. */
#ifndef CS_TESTS_SPEECH_STAGE_H
#define CS_TESTS_SPEECH_STAGE_H

#include "../store/folder.h"
#include "base/arena.h"
#include "base/hash.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static cs_folder folder;
static cs_message message;
static cs_db *db;
static cs_arena *arena;

#define GOOD(call)                                                                                                     \
    do {                                                                                                               \
        cs_error code_ = (call);                                                                                       \
        if (code_ != CS_OK) print_error("%s: %s\n", #call, message.reason);                                            \
        assert_int_equal(code_, CS_OK);                                                                                \
    } while (0)

static inline int start(void **state) {
    (void)state;
    folder_make(&folder);
    message = (cs_message){0};
    arena = arena_create(64 << 20);
    return arena && hash_start() && db_open(folder.path, CS_DB_WRITE, &db, &message) == CS_OK ? 0 : -1;
}

static inline int stop(void **state) {
    (void)state;
    db_close(db);
    arena_free(arena);
    folder_remove(&folder);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

#endif
