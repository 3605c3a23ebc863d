/* What a mail quotes of earlier ones: each stands in its thread already, said by whom it was said. */
#include "conversation/email_text.h"

#include <string.h>
#include <strings.h>

typedef struct line {
    const char *text;
    size_t bytes;
} line;

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n';
}

static line trim(line l) {
    while (l.bytes > 0 && is_blank(*l.text)) l.text++, l.bytes--;
    while (l.bytes > 0 && is_blank(l.text[l.bytes - 1])) l.bytes--;
    return l;
}

/* The line at from, trimmed; *next is where the one below begins. */
static line line_at(const char *text, size_t bytes, size_t from, size_t *next) {
    if (from >= bytes) {
        *next = bytes;
        return (line){text + bytes, 0};
    }
    const char *end = memchr(text + from, '\n', bytes - from);
    size_t length = end ? (size_t)(end - text) - from : bytes - from;
    *next = from + length + (end != NULL);
    return trim((line){text + from, length});
}

static bool begins(line l, const char *word) {
    size_t length = strlen(word);
    return l.bytes >= length && strncasecmp(l.text, word, length) == 0;
}

static bool ends(line l, const char *word) {
    size_t length = strlen(word);
    return l.bytes >= length && strncasecmp(l.text + l.bytes - length, word, length) == 0;
}

/* -----Original Message-----, ------------------ 原始邮件 ------------------ */
static bool is_rule(line l) {
    static const char *const words[] = {"original message", "原始邮件", "原始郵件", "邮件原件", "原邮件", "回复邮件"};
    size_t dashes = 0;
    while (l.bytes > 0 && *l.text == '-') l.text++, l.bytes--, dashes++;
    while (l.bytes > 0 && l.text[l.bytes - 1] == '-') l.bytes--;
    l = trim(l);
    for (size_t i = 0; dashes > 1 && i < sizeof words / sizeof words[0]; i++) {
        if (l.bytes == strlen(words[i]) && strncasecmp(l.text, words[i], l.bytes) == 0) return true;
    }
    return false;
}

/* The headers that programs copy above what they quote, within five lines. */
static bool is_copied_head(const char *text, size_t bytes, size_t from) {
    static const char *const first[] = {"From:", "发件人:", "发件人：", "寄件者:", "寄件者："};
    static const char *const others[] = {"Sent:",    "Date:",  "To:",    "Subject:", "发送时间",
                                         "发送日期", "日期:",  "日期：", "收件人:",  "收件人：",
                                         "主题:",    "主题：", "抄送:",  "抄送：",   "Cc:"};
    size_t next;
    line l = line_at(text, bytes, from, &next);
    bool is_first = false;
    if (l.bytes > 0 && *l.text == '*') l.text++, l.bytes--; /* *From:* of HTML made into text */
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) is_first = is_first || begins(l, first[i]);
    int found = 0;
    for (int below = 0; is_first && below < 5 && next < bytes; below++) {
        l = line_at(text, bytes, next, &next);
        if (l.bytes > 0 && *l.text == '*') l.text++, l.bytes--;
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) found += begins(l, others[i]);
    }
    return found > 1; /* a customer may write From: and To: of a parcel */
}

/* On 14 Feb 2026, at 10:32, Li wrote: (it may be broken into two lines); 李四 于2026年2月14日周六 写道： */
static bool is_attribution(const char *text, size_t bytes, size_t from) {
    size_t next, after;
    line l = line_at(text, bytes, from, &next), below = line_at(text, bytes, next, &after);
    bool is_short = l.bytes < 300 && below.bytes < 200;
    if (begins(l, "On ") && is_short) return ends(l, "wrote:") || ends(below, "wrote:");
    if (!is_short || l.bytes == 0) return false;
    bool has_date = memmem(l.text, l.bytes, "20", 2) != NULL; /* of this century */
    return has_date && (ends(l, "写道：") || ends(l, "写道:") || ends(l, "寫道：") || ends(l, "寫道:"));
}

/* A line of underscores above copied headers, as Outlook writes it. */
static bool is_history(const char *text, size_t bytes, size_t from) {
    size_t next;
    line l = line_at(text, bytes, from, &next);
    if (is_rule(l) || is_copied_head(text, bytes, from) || is_attribution(text, bytes, from)) return true;
    size_t marks = 0;
    while (marks < l.bytes && (l.text[marks] == '_' || l.text[marks] == '-')) marks++;
    return marks >= 8 && marks == l.bytes && is_copied_head(text, bytes, next);
}

/* What is passed on is the message itself. */
static bool is_forward(line l) {
    return memmem(l.text, l.bytes, "Forwarded message", 17) || memmem(l.text, l.bytes, "转发邮件", 12) ||
           memmem(l.text, l.bytes, "Begin forwarded message", 23) || memmem(l.text, l.bytes, "转发的邮件", 15);
}

/* The new words of text, written to out (as long as text); gives their bytes. */
static size_t take_new(const char *text, size_t bytes, char *out) {
    size_t used = 0, next = 0;
    bool is_kept_whole = false;
    for (size_t from = 0; from < bytes; from = next) {
        line l = line_at(text, bytes, from, &next);
        is_kept_whole = is_kept_whole || is_forward(l);
        if (!is_kept_whole && is_history(text, bytes, from)) break;
        if (!is_kept_whole && l.bytes > 0 && *l.text == '>') continue;
        memmove(out + used, text + from, next - from);
        used += next - from;
    }
    return used;
}

static size_t trim_text(const char *text, size_t bytes, size_t *from) {
    while (bytes > *from && is_blank(text[bytes - 1])) bytes--;
    while (*from < bytes && (text[*from] == '\n' || is_blank(text[*from]))) ++*from;
    return bytes - *from;
}

/* How many bytes take_new would keep, blanks apart: looked at before anything is moved. */
static bool has_new(const char *text, size_t bytes) {
    size_t next = 0;
    for (size_t from = 0; from < bytes; from = next) {
        line l = line_at(text, bytes, from, &next);
        if (is_forward(l)) return true;
        if (is_history(text, bytes, from)) return false;
        if (l.bytes > 0 && *l.text != '>') return true;
    }
    return false;
}

size_t email_quotes_cut(char *text, size_t bytes, size_t *from) {
    *from = 0;
    if (has_new(text, bytes)) bytes = take_new(text, bytes, text);
    return trim_text(text, bytes, from);
}

const char *email_subject_core(const char *subject, bool *is_reply) {
    static const struct {
        const char *word;
        bool is_reply;
    } prefixes[] = {{"re", true},  {"aw", true},   {"sv", true},  {"回复", true},  {"答复", true}, {"回覆", true},
                    {"fw", false}, {"fwd", false}, {"wg", false}, {"转发", false}, {"轉寄", false}};
    *is_reply = false;
    for (bool is_found = true; is_found;) {
        is_found = false;
        while (is_blank(*subject)) subject++;
        for (size_t i = 0; !is_found && i < sizeof prefixes / sizeof prefixes[0]; i++) {
            size_t length = strlen(prefixes[i].word);
            if (strncasecmp(subject, prefixes[i].word, length) != 0) continue;
            const char *colon = subject + length;
            size_t marks = *colon == ':' ? 1 : strncmp(colon, "：", 3) == 0 ? 3 : 0;
            if (!marks) continue;
            subject = colon + marks;
            *is_reply = *is_reply || prefixes[i].is_reply;
            is_found = true;
        }
    }
    return subject;
}
