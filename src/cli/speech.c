/* callscope speech - the process in which a model recognises speech. It is started by callscope itself. */
#include "base/child.h"
#include "cli/command.h"
#include "speech/host.h"

#include <stdio.h>
#include <sys/stat.h>

int run_speech(const cs_arguments *arguments) {
    (void)arguments;
    struct stat status;
    if (fstat(CS_CHILD_INPUT, &status) == 0 && S_ISSOCK(status.st_mode)) return host_run(CS_CHILD_INPUT);
    fputs(
        "callscope speech is started by callscope itself: it is the process in which a model recognises speech, apart\n"
        "from recordings, store and network. There is nothing to do by hand.\n"
        "  callscope doctor says whether speech can be recognised on this machine.\n",
        stderr);
    return CS_EXIT_USAGE;
}
