#include "quality/finding_mask.h"

static bool mask_evidence(cs_finding *finding, const cs_conversation *masked, cs_arena *arena) {
    cs_evidence *list = arena_array(arena, (size_t)finding->evidence_count + 1, sizeof *list);
    if (!list) return false;
    for (uint32_t i = 0; i < finding->evidence_count; i++) {
        list[i] = finding->evidence[i];
        if (!list[i].matched) continue;
        list[i].matched =
            conversation_mask_words(masked, list[i].turn, list[i].from, list[i].to, list[i].matched, arena);
        if (!list[i].matched) return false;
    }
    finding->evidence = list;
    return true;
}

bool findings_mask(cs_verdicts *verdicts, const cs_conversation *masked, cs_arena *arena) {
    cs_finding *list = arena_array(arena, (size_t)verdicts->finding_count + 1, sizeof *list);
    if (!list) return false;
    for (uint32_t i = 0; i < verdicts->finding_count; i++) {
        list[i] = verdicts->findings[i];
        if (!mask_evidence(&list[i], masked, arena)) return false;
    }
    verdicts->findings = list;
    return true;
}
