/* import_command.h - the import of a command that reads files itself: its row from begin to end.
 * Floor: imports. A command that was killed leaves its row running without its lock: the next one, or the server, then says in
 * it that the program ended.
 * Memory: import_command_begin gives one to release with import_command_end. Threads: refusals from any, the rest from one.
 * Example: import_command_begin(data, "calls", &command, &m); ...; import_command_end(command, code, &counts, &trouble, &m);
 */
#ifndef CS_IMPORTS_IMPORT_COMMAND_H
#define CS_IMPORTS_IMPORT_COMMAND_H

#include "imports/import.h"

typedef struct cs_import_command cs_import_command;

cs_error import_command_begin(const char *data, const char *name, cs_import_command **out, cs_message *message);
int64_t import_command_number(const cs_import_command *command);
void import_command_refuse(cs_import_command *command, const char *file, const char *conversation,
                           const cs_message *why);
/* code, counts, trouble: how the pipeline ended. A run that changed nothing and refused nothing leaves no row (*is_kept,
 * which may be NULL). NULL is allowed. */
cs_error import_command_end(cs_import_command *command, cs_error code, const cs_inspect_counts *counts,
                            const cs_message *trouble, bool *is_kept, cs_message *message);

#endif
