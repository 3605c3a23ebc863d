/* cores.h - how many cores this process may use: fewer than the machine has, in a container or under taskset.
 * Floor: base. Memory: none. Threads: any. Example: unsigned workers = cores_usable(64);
 */
#ifndef CS_BASE_CORES_H
#define CS_BASE_CORES_H

unsigned cores_usable(unsigned most); /* 1 to most */

#endif
