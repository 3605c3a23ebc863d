#include "rules/finding.h"

#include <stddef.h>
#include <string.h>

const char *verdict_name(cs_verdict verdict) {
    switch (verdict) {
#define X(code, name, rank)                                                                                            \
    case CS_VERDICT_##code: return name;
        CS_VERDICT_TABLE(X)
#undef X
    case CS_VERDICT_COUNT: break;
    }
    return "";
}

cs_verdict verdict_parse(const char *name) {
    for (int i = 0; i < CS_VERDICT_COUNT; i++)
        if (strcmp(verdict_name((cs_verdict)i), name) == 0) return (cs_verdict)i;
    return CS_VERDICT_COUNT;
}

bool verdict_needs_eye(cs_verdict verdict) {
    return verdict == CS_VERDICT_HIT || verdict == CS_VERDICT_MISSED || verdict == CS_VERDICT_UNDECIDED ||
           verdict == CS_VERDICT_NOTED;
}

const char *reason_name(cs_reason reason) {
    static const char *const names[] = {
#define X(code, name, words) name,
        CS_REASON_TABLE(X)
#undef X
    };
    return reason < CS_REASON_COUNT ? names[reason] : "";
}

const char *reason_words(cs_reason reason) {
    static const char *const all[] = {
#define X(code, name, words) words,
        CS_REASON_TABLE(X)
#undef X
    };
    return reason < CS_REASON_COUNT ? all[reason] : "";
}

const char *evidence_kind_name(cs_evidence_kind kind) {
    static const char *const names[] = {
#define X(code, name) name,
        CS_EVIDENCE_TABLE(X)
#undef X
    };
    return kind < CS_EVIDENCE_COUNT ? names[kind] : "";
}

const char *why_name(cs_why why) {
    static const char *const names[] = {
#define X(code, name) name,
        CS_WHY_TABLE(X)
#undef X
    };
    return why < CS_WHY_COUNT ? names[why] : "";
}
