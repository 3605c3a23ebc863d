/* callscope accounts: who may sign in, made and mended at the machine itself; and the trail of what was done. */
#include "access/accounts.h"
#include "access/audit.h"
#include "access/session.h"

#include "base/clock.h"
#include "cli/command.h"
#include "cli/report.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { LIST_BYTES = 16 << 20 };

/* ---- passwords from the keyboard ---- */

static bool read_line(char *out, size_t size) {
    if (!fgets(out, (int)size, stdin)) return false;
    size_t length = strcspn(out, "\r\n");
    bool is_whole = out[length] != 0 || feof(stdin);
    out[length] = 0;
    return is_whole;
}

static bool ask(const char *question, char *out, size_t size) {
    struct termios before, quiet;
    fputs(question, stderr);
    bool is_quiet = tcgetattr(STDIN_FILENO, &before) == 0;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    if (is_quiet) (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    bool is_read = read_line(out, size);
    if (is_quiet) (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    return is_read;
}

/* Typed twice at a terminal; else the first line of what is piped in. */
static cs_error read_password(const char *name, char hash[CS_PASSWORD_HASH_CHARS + 1], cs_message *message) {
    char password[CS_MAX_PASSWORD + 3], again[CS_MAX_PASSWORD + 3];
    bool is_terminal = isatty(STDIN_FILENO) == 1;
    bool is_read = is_terminal ? ask("Password: ", password, sizeof password) : read_line(password, sizeof password);
    if (is_read && is_terminal) is_read = ask("Again: ", again, sizeof again);
    cs_error code = CS_OK;
    if (!is_read) {
        code =
            message_set(message, CS_ERR_USAGE, "there is no password, or it is longer than %d bytes", CS_MAX_PASSWORD);
        message_remedy(message, "type it when asked, or give it as the first line of the standard input");
    } else if (is_terminal && strcmp(password, again) != 0) {
        code = message_set(message, CS_ERR_USAGE, "the two passwords differ");
        message_remedy(message, "type the same twice");
    }
    if (code == CS_OK) code = password_check(name, password, message);
    if (code == CS_OK) code = password_hash(password, hash, message);
    sodium_memzero(password, sizeof password);
    sodium_memzero(again, sizeof again);
    return code;
}

/* ---- a transaction around one change ---- */

static cs_error begin(const cs_arguments *arguments, cs_db **db, cs_message *message) {
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_WRITE, db, message);
    return code == CS_OK ? db_begin(*db, message) : code;
}

static int end(cs_db *db, cs_error code, cs_message *message) {
    if (code == CS_OK)
        code = db_commit(db, message);
    else if (db)
        db_rollback(db);
    db_close(db);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(NULL, message);
    return code == CS_ERR_USAGE ? CS_EXIT_USAGE : CS_EXIT_REFUSED;
}

static cs_error copy_given(const char *text, const char *what, char *out, size_t size, cs_message *message) {
    if (!text) return CS_OK;
    size_t length = strlen(text);
    if (length >= size) {
        (void)message_set(message, CS_ERR_USAGE, "the %s is longer than %zu bytes", what, size - 1);
        message_remedy(message, "take a shorter one");
        return CS_ERR_USAGE;
    }
    (void)memcpy(out, text, length + 1);
    return CS_OK;
}

/* ---- add, password, disable, key ---- */

int run_accounts_add(const cs_arguments *arguments) {
    char hash[CS_PASSWORD_HASH_CHARS + 1];
    cs_account account = {.role = account_role_parse(argument(arguments, "--role"))};
    cs_message message = {0};
    cs_db *db = NULL;
    cs_error code = CS_OK;
    if (account.role == CS_ACCOUNT_ROLES) {
        code = message_set(&message, CS_ERR_USAGE, "there is no role \"%s\"", argument(arguments, "--role"));
        message_remedy(&message, "--role takes agent, reviewer or manager");
    }
    if (code == CS_OK) code = copy_given(arguments->paths[0], "name", account.name, sizeof account.name, &message);
    if (code == CS_OK)
        code = copy_given(argument(arguments, "--agent"), "agent", account.agent, sizeof account.agent, &message);
    if (code == CS_OK) code = account_check(&account, &message);
    if (code == CS_OK) code = read_password(account.name, hash, &message); /* before the store is locked */
    if (code == CS_OK) code = begin(arguments, &db, &message);
    if (code == CS_OK) code = accounts_add(db, &account, hash, &message);
    if (code == CS_OK)
        code = audit_add(db, &account_of_this_machine, "account.add", account.name, account_role_name(account.role),
                         &message);
    int ended = end(db, code, &message);
    if (ended == CS_EXIT_DONE) printf("%s signs in as %s\n", account.name, account_role_name(account.role));
    return ended;
}

int run_accounts_password(const cs_arguments *arguments) {
    char hash[CS_PASSWORD_HASH_CHARS + 1];
    cs_account_row row;
    cs_message message = {0};
    cs_db *db = NULL;
    cs_error code = read_password(arguments->paths[0], hash, &message);
    if (code == CS_OK) code = begin(arguments, &db, &message);
    if (code == CS_OK) code = accounts_find_name(db, arguments->paths[0], &row, &message);
    if (code == CS_OK) code = accounts_set_password(db, row.account.number, hash, &message);
    if (code == CS_OK) code = session_end_others(db, row.account.number, 0, &message);
    if (code == CS_OK)
        code = audit_add(db, &account_of_this_machine, "account.password", row.account.name, "", &message);
    return end(db, code, &message);
}

static int set_disabled(const cs_arguments *arguments, bool is_disabled) {
    cs_account_row row;
    cs_message message = {0};
    cs_db *db = NULL;
    cs_error code = begin(arguments, &db, &message);
    if (code == CS_OK) code = accounts_find_name(db, arguments->paths[0], &row, &message);
    if (code == CS_OK) {
        row.is_disabled = is_disabled;
        code = accounts_change(db, &row, NULL, &message);
    }
    if (code == CS_OK)
        code = audit_add(db, &account_of_this_machine, "account.change", row.account.name,
                         is_disabled ? "disabled" : "enabled", &message);
    return end(db, code, &message);
}

int run_accounts_disable(const cs_arguments *arguments) {
    return set_disabled(arguments, true);
}

int run_accounts_enable(const cs_arguments *arguments) {
    return set_disabled(arguments, false);
}

int run_accounts_key(const cs_arguments *arguments) {
    char token[CS_SESSION_TOKEN_CHARS + 1] = "";
    bool revokes = argument_is_given(arguments, "--revoke");
    const char *title = argument(arguments, "--title");
    cs_account_row row;
    cs_message message = {0};
    cs_db *db = NULL;
    cs_error code = begin(arguments, &db, &message);
    if (code == CS_OK) code = accounts_find_name(db, arguments->paths[0], &row, &message);
    if (code == CS_OK && revokes)
        code = session_end_keys(db, row.account.number, &message);
    else if (code == CS_OK)
        code = session_open(db, &row.account, CS_SESSION_KEY, title, "", clock_now_ms(), token, &message);
    if (code == CS_OK)
        code =
            audit_add(db, &account_of_this_machine, revokes ? "key.end" : "key.add", row.account.name, title, &message);
    int exit_code = end(db, code, &message);
    if (exit_code == CS_EXIT_DONE && !revokes) {
        puts(token);
        fputs("This key is shown once. Send it as: Authorization: Bearer KEY\n", stderr);
    }
    return exit_code;
}

/* ---- listing ---- */

static void print_account(void *context, const cs_account_row *row, int64_t seen_ms) {
    char seen[32] = "";
    int64_t *count = context;
    if (seen_ms != CS_NO_TIME) clock_format(seen_ms, 0, seen);
    report_cell(row->account.name, 24);
    printf(" %-9s %-9s %-25s %s\n", account_role_name(row->account.role), row->is_disabled ? "disabled" : "", seen,
           row->account.agent);
    (*count)++;
}

int run_accounts_list(const cs_arguments *arguments) {
    cs_message message = {0};
    cs_db *db = NULL;
    cs_buffer text;
    cs_json_writer out;
    int64_t count = 0;
    buffer_init(&text, LIST_BYTES);
    json_writer_init(&out, &text);
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message);
    if (code == CS_OK && argument_is_given(arguments, "--json")) {
        json_object_open(&out, NULL);
        code = accounts_list(db, true, &out, &message);
        json_object_close(&out);
        if (code == CS_OK) puts(buffer_string(&text));
    } else if (code == CS_OK) {
        code = accounts_each(db, print_account, &count, &message);
        if (code == CS_OK && count == 0) puts("nobody has an account: whoever is at this machine may do everything");
    }
    db_close(db);
    buffer_free(&text);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(NULL, &message);
    return CS_EXIT_REFUSED;
}

/* ---- the trail ---- */

static int print_verified(const cs_audit_state *state) {
    char hex[2 * CS_AUDIT_HASH_BYTES + 1];
    (void)sodium_bin2hex(hex, sizeof hex, state->hash, sizeof state->hash);
    if (state->broken) {
        printf("the trail is broken at entry %" PRId64 ": it, or one before it, was changed or taken away\n",
               state->broken);
        return CS_EXIT_REFUSED;
    }
    printf("%" PRId64 " entries, each whole; hash of the last: %s\n", state->rows, hex);
    return CS_EXIT_DONE;
}

int run_accounts_audit(const cs_arguments *arguments) {
    cs_message message = {0};
    cs_audit_state state;
    cs_db *db = NULL;
    cs_buffer text;
    cs_json_writer out;
    cs_audit_filter filter = {.from_ms = CS_NO_TIME, .to_ms = CS_NO_TIME, .account = INT64_MIN, .limit = 200};
    int exit_code = CS_EXIT_DONE;
    buffer_init(&text, LIST_BYTES);
    json_writer_init(&out, &text);
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message);
    if (code == CS_OK && argument_is_given(arguments, "--verify")) {
        code = db_begin(db, &message); /* one state of it, while others write */
        if (code == CS_OK) code = audit_verify(db, &state, &message);
        if (code == CS_OK) exit_code = print_verified(&state);
        db_rollback(db);
    } else if (code == CS_OK) {
        code = audit_list(db, &filter, &out, &message);
        if (code == CS_OK) puts(buffer_string(&text));
    }
    db_close(db);
    buffer_free(&text);
    if (code == CS_OK) return exit_code;
    trouble_print(NULL, &message);
    return CS_EXIT_REFUSED;
}
