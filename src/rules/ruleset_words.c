#include "rules/ruleset_words.h"

#include "rules/facts_book.h"
#include "rules/scan.h"

static bool tell_phrases(const cs_phrases *phrases, cs_on_ruleset_word on_word, void *context) {
    for (uint32_t i = 0; i < phrases->literal_count; i++)
        if (!on_word(context, CS_RULESET_PHRASE, phrases->literals[i])) return false;
    return true;
}

static bool tell_names(const char *written, const char *const *folded, uint32_t count, cs_on_ruleset_word on_word,
                       void *context) {
    if (count && !on_word(context, CS_RULESET_NAME, written)) return false;
    for (uint32_t i = 1; i < count; i++)
        if (!on_word(context, CS_RULESET_NAME, folded[i])) return false;
    return true;
}

bool ruleset_words(const cs_ruleset *ruleset, cs_on_ruleset_word on_word, void *context) {
    const cs_syntax *syntax = ruleset_syntax(ruleset);
    for (uint32_t i = 0; i < syntax->atom_count; i++)
        if (!tell_phrases(&syntax->atoms[i]->phrases, on_word, context) ||
            !tell_phrases(&syntax->atoms[i]->excuses, on_word, context))
            return false;
    for (uint32_t i = 0; syntax->facts && i < syntax->facts->entry_count; i++) {
        const cs_fact_entry *entry = &syntax->facts->entries[i];
        if (!tell_names(entry->subject, entry->subject_names, entry->subject_name_count, on_word, context) ||
            !tell_names(entry->fact, entry->fact_names, entry->fact_name_count, on_word, context))
            return false;
    }
    return true;
}
