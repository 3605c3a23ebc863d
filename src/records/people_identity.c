#include "records/people.h"

#include "text/phone.h"

#include <string.h>
#include <strings.h>

/* An identity that belongs to one customer by its nature may stand beside many others; one that goes from hand to hand may
 * not. A phone that a family shares has few customers, one of a company or a placeholder has many. */
enum { LIMIT_ISSUED = 20, LIMIT_CARRIED = 5, LIMIT_NAMES = 5 };

const char *person_kind_name(cs_person_kind kind) {
    static const char *const names[] = {
#define X(code, name, zh) name,
        CS_PERSON_TABLE(X)
#undef X
    };
    return kind < CS_PERSON_KINDS ? names[kind] : "";
}

cs_person_kind person_kind_parse(const char *name) {
    cs_person_kind kind = 0;
    while (kind < CS_PERSON_KINDS && strcmp(person_kind_name(kind), name) != 0) kind++;
    return kind;
}

const char *identity_kind_name(cs_identity_kind kind) {
    static const char *const names[] = {
#define X(code, name, whose, zh) name,
        CS_IDENTITY_TABLE(X)
#undef X
    };
    return kind < CS_IDENTITY_KINDS ? names[kind] : "";
}

cs_identity_kind identity_kind_parse(const char *name) {
    cs_identity_kind kind = 0;
    while (kind < CS_IDENTITY_KINDS && strcmp(identity_kind_name(kind), name) != 0) kind++;
    return kind;
}

int identity_limit(cs_identity_kind kind, cs_identity_kind other) {
    switch (kind) {
    case CS_IDENTITY_CUSTOMER_ID: return LIMIT_ISSUED;
    case CS_IDENTITY_ACCOUNT: return other == CS_IDENTITY_CUSTOMER_ID ? LIMIT_CARRIED : LIMIT_ISSUED;
    case CS_IDENTITY_AGENT_ID: return LIMIT_NAMES;
    case CS_IDENTITY_AGENT_NAME:
        return other == CS_IDENTITY_AGENT_ID; /* two staff numbers of one name are two people */
    case CS_IDENTITY_EXTENSION: return 0; /* it changes hands */
    default: return LIMIT_CARRIED;
    }
}

/* What exports write where nobody is known. */
static bool is_stand_in(const char *value) {
    static const char *const words[] = {"0",      "-",         "--",      "/",        "null",      "none", "n/a",
                                        "na",     "nan",       "unknown", "未知",     "anonymous", "匿名", "无",
                                        "(null)", "undefined", "游客",    "匿名用户", "未登录"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(value, words[i]) == 0) return true;
    return false;
}

/* 00000000, 11111111111 */
static bool is_one_digit(const char *phone) {
    return strspn(phone, (char[]){phone[0], 0}) == strlen(phone);
}

/* Bytes of a blank at text: ASCII ones, and the wide one that exports pad with. */
static size_t blank_bytes(const char *text) {
    if (*text && strchr(" \t\r\n", *text)) return 1;
    return strncmp(text, "\u3000", 3) == 0 ? 3 : 0;
}

static bool cut_blanks(const char *value, char out[CS_IDENTITY_BYTES]) {
    for (size_t blank; (blank = blank_bytes(value)) > 0;) value += blank;
    size_t end = 0; /* behind the last character that is no blank */
    for (size_t i = 0; value[i];) {
        size_t blank = blank_bytes(value + i);
        i += blank ? blank : 1;
        if (!blank) end = i;
        if (end >= CS_IDENTITY_BYTES) return false;
    }
    memcpy(out, value, end);
    out[end] = 0;
    return end > 0;
}

bool identity_normalise(cs_identity_kind kind, const char *value, char out[CS_IDENTITY_BYTES]) {
    if (!value || kind >= CS_IDENTITY_KINDS || !cut_blanks(value, out) || is_stand_in(out)) return false;
    if (kind == CS_IDENTITY_PHONE) {
        char phone[CS_PHONE_BYTES];
        if (!phone_normalise(out, phone) || is_one_digit(phone)) return false;
        memcpy(out, phone, strlen(phone) + 1);
    }
    if (kind == CS_IDENTITY_ACCOUNT)
        for (char *at = out; *at; at++)
            if (*at >= 'A' && *at <= 'Z') *at = (char)(*at - 'A' + 'a');
    return true;
}
