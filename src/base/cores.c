#include "base/cores.h"

#include <sched.h>
#include <unistd.h>

unsigned cores_usable(unsigned most) {
    cpu_set_t usable;
    long cores =
        sched_getaffinity(0, sizeof usable, &usable) == 0 /* not on machines of more cores than a cpu_set_t holds */
            ? CPU_COUNT(&usable)
            : sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > (long)most ? most : (unsigned)cores;
}
