/* host.h - the child process that hosts a model: `callscope speech`.
 * Floor: speech. Reads frames (wire.h) from the socket, answers with utterances, and ends with the socket. It is the only
 * process that loads the library of the recognisers. Memory: everything ends with the process. Threads: one.
 * Example: return host_run(3);
 */
#ifndef CS_SPEECH_HOST_H
#define CS_SPEECH_HOST_H

int host_run(int socket); /* the process's exit code: 0 when the other end closed the socket */

#endif
