#include "conversation/sides.h"

#include "text/fold.h"

#include <string.h>

enum { LEAST_EVIDENCE_MS = 2000, MOST_BACK = 64 };
static const float CLEAR = 0.65f, CLEARLY_SWAPPED = 0.75f;

/* ---- from what is said ---- */

/* What those who serve say, and customers hardly ever. */
static const char *const serving[] = {
    "为您服务",
    "有什么可以帮",
    "请问有什么",
    "工号",
    "感谢您的来电",
    "感谢您致电",
    "感谢来电",
    "给您带来不便",
    "帮您查",
    "为您查",
    "满意度",
    "祝您生活愉快",
    "您请讲",
    "请您稍等",
    "帮您登记",
    "帮您核实",
    "thank you for calling",
    "how can i help",
    "how may i help",
    "anything else i can",
    "anything else that i can",
    "bear with me",
    "i apologize for",
    "i do apologise",
    "verify your",
    "look up your",
    "pull up your",
};

enum { SERVING = sizeof serving / sizeof serving[0] };

static unsigned count_serving(const char *text, const cs_folded *phrases, unsigned most) {
    unsigned count = 0;
    for (size_t i = 0; i < SERVING && count < most; i++) count += strstr(text, phrases[i].text) != NULL;
    return count;
}

void sides_roles_by_words(cs_conversation *c, cs_arena *arena, float *confidence) {
    enum { MOST = 4 };
    uint32_t who[2] = {CS_NO_PARTICIPANT, CS_NO_PARTICIPANT};
    unsigned hits[2] = {0, 0};
    cs_folded phrases[SERVING];
    *confidence = -1;
    for (size_t i = 0; i < SERVING; i++)
        if (!fold_text(serving[i], strlen(serving[i]), arena, &phrases[i])) return;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        const cs_turn *turn = &c->turns[i];
        if (c->participants[turn->participant].role != CS_ROLE_UNDECIDED) return; /* somebody is known: no guessing */
        int k = who[0] == turn->participant || who[0] == CS_NO_PARTICIPANT ? 0 : 1;
        if (who[k] != CS_NO_PARTICIPANT && who[k] != turn->participant) return; /* a third */
        who[k] = turn->participant;
        cs_folded folded;
        if (hits[k] < MOST && fold_text(turn->text, turn->text_bytes, arena, &folded))
            hits[k] += count_serving(folded.text, phrases, MOST - hits[k]);
    }
    if (who[1] == CS_NO_PARTICIPANT || (hits[0] > 0) == (hits[1] > 0))
        return; /* both, or neither, sound like service */
    int agent = hits[0] > 0 ? 0 : 1;
    c->participants[who[agent]].role = CS_ROLE_AGENT;
    c->participants[who[!agent]].role = CS_ROLE_CUSTOMER;
    *confidence = hits[agent] >= 3 ? 0.95f : hits[agent] == 2 ? 0.85f : 0.7f;
}

/* ---- from when it is said ---- */

static bool is_service(cs_role role) {
    return role == CS_ROLE_AGENT || role == CS_ROLE_BOT || role == CS_ROLE_SYSTEM;
}

static int64_t shared_ms(const cs_sound *sound, const cs_turn *turn) {
    int64_t from = sound->start_ms > turn->start_ms ? sound->start_ms : turn->start_ms;
    int64_t to = sound->end_ms < turn->end_ms ? sound->end_ms : turn->end_ms;
    return turn->end_ms != CS_NO_TIME && to > from ? to - from : 0;
}

/* How long each channel's voices fall into the turns of service and of customers. */
static void weigh(const cs_conversation *c, const cs_heard *heard, int64_t ms[2][2]) {
    memset(ms, 0, 4 * sizeof ms[0][0]);
    for (uint32_t i = 0; i < heard->sound_count; i++) {
        const cs_sound *s = &heard->sounds[i];
        if (s->kind != CS_SOUND_VOICE || s->channel > 1) continue;
        uint32_t behind = conversation_turns_before(c, s->end_ms);
        for (uint32_t k = behind; k-- > 0 && behind - k <= MOST_BACK;) {
            cs_role role = c->participants[c->turns[k].participant].role;
            if (role == CS_ROLE_UNDECIDED) continue;
            ms[s->channel][is_service(role) ? 0 : 1] += shared_ms(s, &c->turns[k]);
        }
    }
}

/* 1: the first channel is the agent's, -1: the second is, 0: not clear. */
static int side_by_times(const cs_conversation *c, const cs_heard *heard, float *confidence) {
    int64_t ms[2][2];
    *confidence = -1;
    if (!c->is_timed) return 0;
    weigh(c, heard, ms);
    int64_t straight = ms[0][0] + ms[1][1], crossed = ms[0][1] + ms[1][0], all = straight + crossed;
    if (all < LEAST_EVIDENCE_MS) return 0;
    *confidence = (float)(straight > crossed ? straight : crossed) / (float)all;
    if (*confidence < CLEAR) return 0;
    return straight > crossed ? 1 : -1;
}

/* ---- both together ---- */

static cs_role other_side(cs_role role) {
    return role == CS_ROLE_AGENT ? CS_ROLE_CUSTOMER : role == CS_ROLE_CUSTOMER ? CS_ROLE_AGENT : CS_ROLE_UNDECIDED;
}

static cs_role side_of(cs_role role) {
    return is_service(role) ? CS_ROLE_AGENT : role;
}

/* What was registered: by the conversation itself, else by names or the centre. */
static void read_registered(const cs_conversation *c, const cs_side_hint *hint, cs_sides *out) {
    for (uint32_t k = 0; k < 2; k++) {
        bool is_own_file = c->recording_count == 2;
        const cs_recording *r = c->recording_count ? &c->recordings[is_own_file ? k : 0] : NULL;
        uint32_t who = r ? r->channels[is_own_file ? 0 : k] : CS_NO_PARTICIPANT;
        if (who == CS_NO_PARTICIPANT || who >= c->participant_count) continue;
        out->participants[k] = who;
        out->roles[k] = side_of(c->participants[who].role);
        out->basis = CS_SIDE_METADATA;
    }
    for (int k = 0; k < 2 && out->basis != CS_SIDE_METADATA; k++) out->roles[k] = side_of(hint->roles[k]);
    if (out->basis != CS_SIDE_METADATA && (out->roles[0] || out->roles[1])) out->basis = hint->basis;
    for (int k = 0; k < 2; k++)
        if (out->roles[k] == CS_ROLE_UNDECIDED) out->roles[k] = other_side(out->roles[!k]);
}

static uint32_t first_of(const cs_conversation *c, cs_role role) {
    for (uint32_t i = 0; i < c->turn_count; i++)
        if (c->participants[c->turns[i].participant].role == role) return c->turns[i].participant;
    for (uint32_t i = 0; i < c->participant_count; i++)
        if (c->participants[i].role == role) return i;
    return CS_NO_PARTICIPANT;
}

void sides_decide(const cs_conversation *c, const cs_heard *heard, const cs_side_hint *hint, cs_sides *out) {
    const cs_audio_report *report = &heard->report;
    *out = (cs_sides){.participants = {CS_NO_PARTICIPANT, CS_NO_PARTICIPANT}, .confidence = -1};
    out->is_one = report->channels < 2 || report->relation == CS_CHANNELS_SAME;
    read_registered(c, hint, out);
    if (out->is_one) { /* a single side is one only when it was said to be: else both are on it */
        bool is_side = report->channels < 2 && out->basis != CS_SIDE_NONE && out->basis != CS_SIDE_METADATA;
        if (!is_side) out->roles[0] = out->roles[1] = CS_ROLE_UNDECIDED;
        if (is_side) out->participants[0] = first_of(c, out->roles[0]);
        return;
    }
    float confidence;
    int by_times = side_by_times(c, heard, &confidence);
    int registered = out->roles[0] == CS_ROLE_AGENT || out->roles[1] == CS_ROLE_CUSTOMER   ? 1
                     : out->roles[1] == CS_ROLE_AGENT || out->roles[0] == CS_ROLE_CUSTOMER ? -1
                                                                                           : 0;
    out->confidence = confidence;
    out->is_swapped = registered && by_times == -registered && confidence >= CLEARLY_SWAPPED;
    if (by_times && (!registered || out->is_swapped)) {
        out->basis = CS_SIDE_TIMES;
        out->roles[0] = by_times > 0 ? CS_ROLE_AGENT : CS_ROLE_CUSTOMER;
        out->roles[1] = other_side(out->roles[0]);
        out->participants[0] = out->participants[1] = CS_NO_PARTICIPANT;
    }
    for (int k = 0; k < 2; k++)
        if (out->participants[k] == CS_NO_PARTICIPANT && out->roles[k] != CS_ROLE_UNDECIDED)
            out->participants[k] = first_of(c, out->roles[k]);
}
