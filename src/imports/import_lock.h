/* import_lock.h - which program works on an import: a lock that the system takes away when the program dies.
 * Floor: imports. One byte of the file DATA/imports.lock an import; so a killed run is told from one that is under way, and two
 * programs on one store never work on the same import.
 * Memory: none; a lock is a file descriptor. Threads: any; each lock is its own.
 * Example: int lock = import_lock_take(data, 12); if (lock >= 0) { ...; import_lock_release(lock); }
 */
#ifndef CS_IMPORTS_IMPORT_LOCK_H
#define CS_IMPORTS_IMPORT_LOCK_H

#include <stdint.h>

int import_lock_take(const char *data, int64_t import); /* -1: somebody has it, or the file can't be made */
void import_lock_release(int lock); /* -1 is allowed */

#endif
