#include "quality/urgency.h"

#include "text/fold.h"

#include <ctype.h>
#include <string.h>

/* Folded, as text is compared. Words of the general pack (packs/general/words.rules) that threaten. */
static const char *const words[] = {
    "投诉",   "举报",     "曝光",      "媒体",   "记者",   "12315", "12345",  "消协",       "消费者协会", "工商",
    "银保监", "律师",     "起诉",      "法院",   "告你们", "报警",  "黑猫",   "退款",       "complain",   "lawyer",
    "sue",    "attorney", "ombudsman", "refund", "press",  "court", "police", "chargeback",
};

/* A Latin word may go on (complaint, sued), a number may not. */
static bool stands_in(const cs_folded *text, const char *word) {
    size_t bytes = strlen(word);
    const char *end = text->text + text->bytes;
    for (const char *at = text->text; (at = memmem(at, (size_t)(end - at), word, bytes)) != NULL; at++) {
        if ((unsigned char)word[0] >= 0x80) return true;
        bool begins = at == text->text || !isalnum((unsigned char)at[-1]);
        bool ends = !isdigit((unsigned char)word[0]) || !isdigit((unsigned char)at[bytes]);
        if (begins && ends) return true;
    }
    return false;
}

bool urgency_of(const cs_conversation *conversation, cs_arena *arena) {
    for (uint32_t i = 0; i < conversation->turn_count; i++) {
        const cs_turn *turn = &conversation->turns[i];
        cs_folded folded;
        bool is_customer = turn->participant < conversation->participant_count &&
                           conversation->participants[turn->participant].role == CS_ROLE_CUSTOMER;
        if (!is_customer || !fold_text_only(turn->text, turn->text_bytes, arena, &folded)) continue;
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
            if (stands_in(&folded, words[w])) return true;
    }
    return false;
}
