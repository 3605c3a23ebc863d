#include "quality/backtest_reader.h"

#include "conversation/codec.h"
#include "quality/archive_column.h"

#include <stdlib.h>

enum { PIECE = 500, MAX_BODY_BYTES = 512 << 20 };

struct cs_backtest_reader {
    cs_db *db;
    cs_packer *packer;
    cs_stmt *rows;
    cs_buffer body;
};

cs_error backtest_reader_open(const char *data, cs_backtest_reader **out, cs_message *message) {
    cs_backtest_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return message_set(message, CS_ERR_MEMORY, "no memory to read the store");
    buffer_init(&reader->body, MAX_BODY_BYTES);
    cs_error code = db_open(data, CS_DB_READ, &reader->db, message);
    if (code == CS_OK) code = packer_open(reader->db, &reader->packer, message);
    if (code != CS_OK) {
        backtest_reader_close(reader);
        return code;
    }
    *out = reader;
    return CS_OK;
}

void backtest_reader_close(cs_backtest_reader *reader) {
    if (!reader) return;
    backtest_reader_end(reader);
    packer_close(reader->packer);
    db_close(reader->db);
    buffer_free(&reader->body);
    free(reader);
}

/* One row of two numbers. */
static cs_error two_numbers(cs_backtest_reader *reader, const char *sql, const char *name, int64_t value,
                            int64_t *first, int64_t *second, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(reader->db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, name, value);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK) {
        *first = has_row ? db_int64(stmt, 0) : 0;
        *second = has_row ? db_int64(stmt, 1) : 0;
    }
    db_done(stmt);
    return code;
}

cs_error backtest_reader_extent(cs_backtest_reader *reader, int64_t limit, int64_t *after, int64_t *count,
                                cs_message *message) {
    int64_t first = 0, unused = 0;
    cs_error code = limit > 0
                        ? two_numbers(reader, "SELECT seq, 0 FROM conversation ORDER BY seq DESC LIMIT 1 OFFSET :limit",
                                      "limit", limit, &first, &unused, message)
                        : CS_OK;
    int64_t all = 0;
    if (code == CS_OK)
        code = two_numbers(reader, "SELECT count(*), 0 FROM conversation WHERE seq > :after", "after", first, &all,
                           &unused, message);
    if (code != CS_OK) return code;
    *after = first;
    *count = all;
    return CS_OK;
}

cs_error backtest_reader_piece(cs_backtest_reader *reader, int64_t after, int64_t *until, int64_t *count,
                               cs_message *message) {
    _Static_assert(PIECE == 500, "the statement names the number");
    return two_numbers(reader,
                       "SELECT max(seq), count(*) FROM "
                       "(SELECT seq FROM conversation WHERE seq > :after ORDER BY seq LIMIT 500) piece",
                       "after", after, until, count, message);
}

cs_error backtest_reader_begin(cs_backtest_reader *reader, int64_t after, int64_t until, cs_message *message) {
    cs_error code = db_query(reader->db,
                             "SELECT c.seq, i.ruleset, c.id, c.agent, c.team, t.body, i.verdicts FROM conversation c "
                             "JOIN timeline t ON t.seq = c.seq AND t.version = c.timeline_version "
                             "JOIN inspection i ON i.seq = c.seq AND i.number = c.inspection "
                             "WHERE c.seq > :after AND c.seq <= :until ORDER BY c.seq",
                             &reader->rows, message);
    if (code != CS_OK) return code;
    db_bind_int64(reader->rows, "after", after);
    db_bind_int64(reader->rows, "until", until);
    return CS_OK;
}

cs_error backtest_reader_next(cs_backtest_reader *reader, cs_backtest_row *row, bool *has_row, cs_message *message) {
    cs_stmt *stmt = reader->rows;
    cs_error code = db_step(stmt, has_row, message);
    if (code != CS_OK || !*has_row) return code;
    *row = (cs_backtest_row){.seq = db_int64(stmt, 0),
                             .ruleset = db_int64(stmt, 1),
                             .id = db_text(stmt, 2),
                             .agent = db_text(stmt, 3),
                             .team = db_text(stmt, 4)};
    row->frame = db_bytes(stmt, 5, &row->frame_bytes);
    row->verdicts = db_bytes(stmt, 6, &row->verdict_count);
    return CS_OK;
}

void backtest_reader_end(cs_backtest_reader *reader) {
    db_done(reader->rows);
    reader->rows = NULL;
}

cs_error backtest_reader_decode(cs_backtest_reader *reader, const cs_backtest_row *row, cs_arena *arena,
                                cs_conversation **out, cs_message *message) {
    cs_error code = packer_unpack(reader->packer, row->frame, row->frame_bytes, MAX_BODY_BYTES, &reader->body, message);
    return code == CS_OK ? codec_decode(reader->body.data, reader->body.length, arena, out, message) : code;
}

cs_error backtest_reader_numbers(cs_backtest_reader *reader, cs_hash ruleset, int64_t *numbers, unsigned *count,
                                 cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = true;
    cs_error code = db_query(reader->db, "SELECT number FROM ruleset WHERE id = :id ORDER BY number", &stmt, message);
    if (code != CS_OK) return code;
    bind_hash(stmt, "id", &ruleset);
    *count = 0;
    while (code == CS_OK && has_row && *count < CS_MAX_RULESET_NUMBERS) {
        code = db_step(stmt, &has_row, message);
        if (code == CS_OK && has_row) numbers[(*count)++] = db_int64(stmt, 0);
    }
    db_done(stmt);
    return code;
}
