#include "rules/vocabulary.h"

#include "base/spelling.h"

#include <stddef.h>
#include <string.h>

#define LIVE true
#define WAITING false

const cs_vocable vocabulary[] = {
    {FAMILY_STATEMENT, "words", "words NAME = PHRASE | PHRASE | /EXPRESSION/", "a list of phrases", LIVE},
    {FAMILY_STATEMENT, "let", "let NAME = CONDITION", "a name for a condition", LIVE},
    {FAMILY_STATEMENT, "rule", "rule NAME", "an obligation or a prohibition", LIVE},
    {FAMILY_STATEMENT, "flag", "flag NAME", "something worth noting that accuses nobody", LIVE},
    {FAMILY_STATEMENT, "test", "test \"…\"", "a dialogue and the verdicts it must give", LIVE},
    {FAMILY_STATEMENT, "pairs", "pairs NAME = TERM : PLAIN, PLAIN | …", "terms with their plain form", WAITING},

    {FAMILY_CLAUSE, "title", "title \"中文\" | \"English\"", "what people read", LIVE},
    {FAMILY_CLAUSE, "for", "for call, chat where queue in (a, b)", "which conversations", LIVE},
    {FAMILY_CLAUSE, "when", "when CONDITION [, once]", "what opens the obligation", LIVE},
    {FAMILY_CLAUSE, "expect", "expect CONDITION [, strict]", "what must happen", LIVE},
    {FAMILY_CLAUSE, "never", "never CONDITION", "what must not happen", LIVE},
    {FAMILY_CLAUSE, "waived", "waived by CONDITION", "what ends the obligation early", LIVE},
    {FAMILY_CLAUSE, "prompt", "prompt at 10s \"…\"", "what the agent is shown while it is open", LIVE},
    {FAMILY_CLAUSE, "else", "else EFFECT, EFFECT", "what a missed or hit rule costs", LIVE},
    {FAMILY_CLAUSE, "then", "then EFFECT, EFFECT", "what a noted flag does", LIVE},

    {FAMILY_ROLE, "agent", "agent says …", "a person of the centre; a bot never counts", LIVE},
    {FAMILY_ROLE, "customer", "customer says …", "the customer", LIVE},
    {FAMILY_ROLE, "bot", "bot says …", "the centre's bot", LIVE},
    {FAMILY_ROLE, "system", "system says …", "announcements and system messages", LIVE},
    {FAMILY_ROLE, "anyone", "anyone says …", "whoever speaks", LIVE},

    {FAMILY_OPERATOR, "says", "ROLE says PHRASES [unless in PHRASES]", "the words are there", LIVE},
    {FAMILY_OPERATOR, "asserts", "ROLE asserts PHRASES", "says, but not denied, asked or quoted", LIVE},
    {FAMILY_OPERATOR, "count", "count(CONDITION) >= 3", "how many turns hold it", LIVE},
    {FAMILY_OPERATOR, "steps", "steps, then lines NAME : CONDITION [if CONDITION]", "each needs the one before", LIVE},
    {FAMILY_OPERATOR, "and", "A and B", "both", LIVE},
    {FAMILY_OPERATOR, "or", "A or B", "one of them", LIVE},
    {FAMILY_OPERATOR, "not", "not A", "the opposite", LIVE},
    {FAMILY_OPERATOR, "sounds", "ROLE sounds like PHRASES", "the same by sound", WAITING},
    {FAMILY_OPERATOR, "similar", "ROLE similar \"…\"", "likeness to example sentences", WAITING},
    {FAMILY_OPERATOR, "entity", "ROLE entity order", "a recognised person, phone, order, amount", WAITING},
    {FAMILY_OPERATOR, "intent", "ROLE intent repair", "a trained class", WAITING},
    {FAMILY_OPERATOR, "topic", "ROLE topic …", "a trained class", WAITING},
    {FAMILY_OPERATOR, "emotion", "ROLE emotion angry", "a trained class", WAITING},
    {FAMILY_OPERATOR, "plain", "ROLE plain PAIRS", "the plain form of that term", WAITING},
    {FAMILY_OPERATOR, "repeats", "ROLE repeats 3", "the same thing again", WAITING},
    {FAMILY_OPERATOR, "asks", "ROLE asks again", "a fact that was given already", WAITING},
    {FAMILY_OPERATOR, "silence", "silence > 4s", "nobody speaks", WAITING},
    {FAMILY_OPERATOR, "response", "response time > 10s", "from the other side's last word", WAITING},
    {FAMILY_OPERATOR, "overlap", "overlap > 800ms", "both speak", WAITING},
    {FAMILY_OPERATOR, "interrupts", "ROLE interrupts", "who cuts in", WAITING},
    {FAMILY_OPERATOR, "pace", "ROLE pace > 220", "characters or words a minute", WAITING},
    {FAMILY_OPERATOR, "loudness", "ROLE loudness > 6", "against the speaker's own start", WAITING},
    {FAMILY_OPERATOR, "pitch", "ROLE pitch > 3", "against the speaker's own start", WAITING},
    {FAMILY_OPERATOR, "hold", "hold > 60s", "a held call", WAITING},
    {FAMILY_OPERATOR, "transfer", "transfer", "a transferred call", WAITING},
    {FAMILY_OPERATOR, "event", "event NAME", "a desk or telephony event", WAITING},
    {FAMILY_OPERATOR, "duration", "duration > 10m", "of the conversation", WAITING},
    {FAMILY_OPERATOR, "turns", "turns > 20", "of the conversation", WAITING},
    {FAMILY_OPERATOR, "talk", "talk share agent > 70%", "of a side", WAITING},
    {FAMILY_OPERATOR, "field", "field NAME = VALUE", "a record field", WAITING},
    {FAMILY_OPERATOR, "fact", "fact", "held against the product and policy book", WAITING},
    {FAMILY_OPERATOR, "answers", "answers", "the reply matches the article", WAITING},
    {FAMILY_OPERATOR, "model", "model \"…\"", "a question to a configured language model", WAITING},
    {FAMILY_OPERATOR, "nth", "nth(A, 2)", "the second time", WAITING},

    {FAMILY_WINDOW, "within", "within 2 agent turns after | within 30s before | within 3 turns around",
     "from the trigger", LIVE},
    {FAMILY_WINDOW, "before", "before CONDITION", "earlier than its first time; it must happen", LIVE},
    {FAMILY_WINDOW, "after", "after CONDITION", "later than its first time", LIVE},
    {FAMILY_WINDOW, "until", "until CONDITION", "up to its first time, or the end", LIVE},
    {FAMILY_WINDOW, "first", "first 2 agent turns | first 30s", "of the conversation", LIVE},
    {FAMILY_WINDOW, "last", "last 2 agent turns | last 30s", "of the conversation", LIVE},
    {FAMILY_WINDOW, "by", "by 2m", "after the conversation's start", LIVE},
    {FAMILY_WINDOW, "anywhere", "anywhere", "before the trigger too", LIVE},
    {FAMILY_WINDOW, "between", "between A and B", "from the first A to the next B", WAITING},

    {FAMILY_EFFECT, "compliance", "compliance -10 [each [, max -30]] | compliance fatal", "compliance score", LIVE},
    {FAMILY_EFFECT, "experience", "experience -10", "experience score", LIVE},
    {FAMILY_EFFECT, "risk", "risk +40", "risk score", LIVE},
    {FAMILY_EFFECT, "mark", "mark high-risk", "puts the conversation among the high risks", LIVE},
    {FAMILY_EFFECT, "tag", "tag WORD", "a word on the conversation", LIVE},
    {FAMILY_EFFECT, "alert", "alert supervisor", "shown; sent once live calls are watched", LIVE},
    {FAMILY_EFFECT, "list", "list call-first", "shown; a list once there are lists", LIVE},
    {FAMILY_EFFECT, "open", "open work-order team due 1d", "shown; opened once there are work orders", LIVE},
    {FAMILY_COUNT, NULL, NULL, NULL, LIVE},
};

const cs_vocable *vocabulary_find(cs_family family, const char *word) {
    for (const cs_vocable *row = vocabulary; row->word; row++)
        if (row->family == family && strcmp(row->word, word) == 0) return row;
    return NULL;
}

const char *vocabulary_nearest(const char *word, cs_family family) {
    const char *nearest = NULL;
    unsigned least = 3;
    for (const cs_vocable *row = vocabulary; row->word; row++) {
        if (row->family != family) continue;
        unsigned distance = spelling_distance(word, row->word);
        if (distance < least) {
            least = distance;
            nearest = row->word;
        }
    }
    return nearest;
}
