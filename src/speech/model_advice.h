/* model_advice.h - which model suits a machine: by the languages spoken, its memory and its cores.
 * Floor: speech. Of the models that this version runs and that cover the language the best kind is taken that fits: a process a
 * core, all together in half the memory. What a model takes is what was measured, else three times its files and 100 MB.
 * Memory: the manifest's. Threads: any.
 * Example: const cs_model_entry *entry = model_advise(&manifest, "zh", (int64_t)8 << 30, 4);
 */
#ifndef CS_SPEECH_MODEL_ADVICE_H
#define CS_SPEECH_MODEL_ADVICE_H

#include "speech/model_manifest.h"

/* NULL: none covers it, or none fits. */
const cs_model_entry *model_advise(const cs_manifest *manifest, const char *language, int64_t memory_bytes, int cores);
int64_t model_memory_needed(const cs_model_entry *entry);
/* "zh" or "zh-CN", or a dialect of Chinese as docs/dialects.md names it: "sichuan". */
bool model_covers(const cs_model_entry *entry, const char *language);

#endif
