#include "records/people.h"

#include "text/phone.h"

#include <stdio.h>
#include <string.h>

enum { MOBILE_DIGITS = 11, PLACE_BYTES = CS_MAX_NAME_BYTES + 32 };

/* Many exports write the caller's number where the customer's id belongs. A mobile number is told by its shape; any other row
 * of digits may be an id. */
static bool is_mobile(const char *text) {
    char phone[CS_PHONE_BYTES];
    return text && phone_normalise(text, phone) && strlen(phone) == MOBILE_DIGITS && phone[0] == '1' && phone[1] >= '3';
}

static const char *customer_name(const cs_conversation *conversation) {
    const char *name = conversation_field(conversation, "customer_name");
    for (uint32_t i = 0; !name && i < conversation->participant_count; i++)
        if (conversation->participants[i].role == CS_ROLE_CUSTOMER) name = conversation->participants[i].name;
    return name;
}

static cs_error meet_customer(cs_db *db, const cs_conversation *conversation, const cs_meeting *meeting,
                              cs_message *message) {
    const char *customer = conversation->customer;
    const cs_identity identities[] = {
        {is_mobile(customer) ? CS_IDENTITY_PHONE : CS_IDENTITY_CUSTOMER_ID, customer},
        {CS_IDENTITY_PHONE, conversation_field(conversation, "number")},
        {CS_IDENTITY_ACCOUNT, conversation_field(conversation, "account")},
        {CS_IDENTITY_OPENID, conversation_field(conversation, "openid")},
    };
    return people_meet(db, CS_PERSON_CUSTOMER, identities, sizeof identities / sizeof identities[0],
                       customer_name(conversation), meeting, message);
}

/* The fields name one agent: which of several it is, they don't say. */
static cs_error meet_agents(cs_db *db, const cs_conversation *conversation, const cs_meeting *meeting,
                            cs_message *message) {
    uint32_t agents = 0;
    for (uint32_t i = 0; i < conversation->participant_count; i++)
        agents += conversation->participants[i].role == CS_ROLE_AGENT;
    cs_identity identities[] = {
        {CS_IDENTITY_AGENT_ID, conversation_field(conversation, "agent_id")},
        {CS_IDENTITY_EXTENSION, conversation_field(conversation, "extension")},
        {CS_IDENTITY_AGENT_NAME, NULL},
    };
    const cs_participant *agent = conversation_agent(conversation);
    if (agents == 1 && agent) identities[2].value = agent->name;
    cs_error code = people_meet(db, CS_PERSON_AGENT, identities, 3, NULL, meeting, message);
    for (uint32_t i = 0; agents > 1 && code == CS_OK && i < conversation->participant_count; i++) {
        const cs_participant *one = &conversation->participants[i];
        if (one->role != CS_ROLE_AGENT) continue;
        cs_identity alone = {CS_IDENTITY_AGENT_NAME, one->name};
        code = people_meet(db, CS_PERSON_AGENT, &alone, 1, NULL, meeting, message);
    }
    return code;
}

cs_error people_meet_conversation(cs_db *db, const cs_conversation *conversation, int64_t import, const char *source,
                                  cs_message *message) {
    char place[PLACE_BYTES];
    (void)snprintf(place, sizeof place, "conversation %s", conversation->external_id);
    cs_meeting meeting = {.import = import, .source = source, .place = place};
    cs_error code = meet_customer(db, conversation, &meeting, message);
    return code == CS_OK ? meet_agents(db, conversation, &meeting, message) : code;
}
