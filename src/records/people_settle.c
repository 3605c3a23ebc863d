#include "records/people_bond.h"

#include "base/arena.h"
#include "base/index.h"

#include <string.h>

enum { SETTLE_ARENA_BYTES = 64 << 20, KEY_BYTES = CS_IDENTITY_BYTES + 1 };

typedef struct cs_member {
    cs_bond bond;
    int64_t person;
    uint32_t group;
} cs_member;

typedef struct cs_group {
    uint32_t size;
    int64_t person; /* 0: not numbered yet */
} cs_group;

typedef struct cs_settling {
    cs_db *db;
    cs_arena *arena;
    cs_index index; /* of members, by kind and value */
    cs_member *members;
    cs_group *groups;
    uint32_t member_count, member_room, group_count, group_room;
} cs_settling;

static cs_error walk_group(cs_settling *settling, const cs_bond *from, cs_message *message);
static cs_error number_groups(cs_settling *settling, cs_message *message);
static cs_error retire_persons(cs_settling *settling, cs_message *message);

cs_error bond_settle(cs_db *db, const cs_bond *touched, size_t count, cs_message *message) {
    cs_settling settling = {.db = db, .arena = arena_create(SETTLE_ARENA_BYTES)};
    cs_error code = settling.arena ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory to join people");
    for (size_t i = 0; code == CS_OK && i < count; i++) code = walk_group(&settling, &touched[i], message);
    if (code == CS_OK) code = number_groups(&settling, message);
    if (code == CS_OK) code = retire_persons(&settling, message);
    arena_free(settling.arena);
    return code;
}

/* ---- walking ---- */

static size_t key_of(const cs_bond *bond, char key[KEY_BYTES]) {
    size_t length = strlen(bond->value);
    key[0] = (char)('a' + bond->kind);
    memcpy(key + 1, bond->value, length);
    return length + 1;
}

static bool is_member(const cs_settling *settling, const cs_bond *bond) {
    char key[KEY_BYTES];
    size_t length = key_of(bond, key);
    return index_find(&settling->index, key, length) != CS_INDEX_NONE;
}

/* An identity that nobody names any more is passed over, and so is what exceeds a person. */
static cs_error add_member(cs_settling *settling, const cs_bond *bond, cs_message *message) {
    char key[KEY_BYTES];
    cs_group *group = &settling->groups[settling->group_count - 1];
    int64_t person = 0;
    if (group->size == CS_MAX_PERSON || is_member(settling, bond)) return CS_OK;
    cs_error code = bond_person(settling->db, bond, &person, message);
    if (code != CS_OK || person == 0) return code;
    size_t length = key_of(bond, key);
    const char *kept = arena_copy(settling->arena, key, length);
    if (!kept || !index_add(&settling->index, kept, length, settling->member_count, settling->arena) ||
        !arena_room(settling->arena, (void **)&settling->members, &settling->member_room, settling->member_count,
                    sizeof *settling->members))
        return message_set(message, CS_ERR_MEMORY, "no memory to join people");
    settling->members[settling->member_count++] =
        (cs_member){.bond = *bond, .person = person, .group = settling->group_count - 1};
    group->size++;
    return CS_OK;
}

static cs_error add_others(cs_settling *settling, const cs_bond *of, cs_identity_kind kind, cs_message *message) {
    if (!bond_can_join(of->kind, kind)) return CS_OK;
    cs_others others = {.count = 0};
    cs_error code = bond_others(settling->db, of, kind, &others, message);
    if (others.is_shared) return code;
    for (int i = 0; code == CS_OK && i < others.count; i++) {
        bool is_shared = false;
        if (others.is_undone[i] || is_member(settling, &others.others[i])) continue;
        code = bond_is_shared(settling->db, &others.others[i], of->kind, &is_shared, message);
        if (code == CS_OK && !is_shared) code = add_member(settling, &others.others[i], message);
    }
    return code;
}

static cs_error walk_group(cs_settling *settling, const cs_bond *from, cs_message *message) {
    uint32_t first = settling->member_count;
    if (is_member(settling, from)) return CS_OK;
    if (!arena_room(settling->arena, (void **)&settling->groups, &settling->group_room, settling->group_count,
                    sizeof *settling->groups))
        return message_set(message, CS_ERR_MEMORY, "no memory to join people");
    settling->groups[settling->group_count++] = (cs_group){0};
    cs_error code = add_member(settling, from, message);
    for (uint32_t i = first; code == CS_OK && i < settling->member_count; i++) {
        cs_bond of = settling->members[i].bond; /* the array moves while it grows */
        for (cs_identity_kind kind = 0; code == CS_OK && kind < CS_IDENTITY_KINDS; kind++)
            if (bond_whose(kind) == bond_whose(of.kind)) code = add_others(settling, &of, kind, message);
    }
    return code;
}

/* ---- numbering ---- */

static bool is_taken(const cs_settling *settling, int64_t person) {
    for (uint32_t i = 0; i < settling->group_count; i++)
        if (settling->groups[i].person == person) return true;
    return false;
}

/* The largest that has no number yet keeps the number; of equal ones the first. */
static uint32_t next_group(const cs_settling *settling) {
    uint32_t best = CS_INDEX_NONE;
    for (uint32_t i = 0; i < settling->group_count; i++) {
        const cs_group *group = &settling->groups[i];
        if (group->person || !group->size) continue;
        if (best == CS_INDEX_NONE || group->size > settling->groups[best].size) best = i;
    }
    return best;
}

static cs_error number_group(cs_settling *settling, uint32_t number, cs_message *message) {
    int64_t person = 0;
    cs_identity_kind kind = CS_IDENTITY_KINDS;
    for (uint32_t i = 0; i < settling->member_count; i++) {
        const cs_member *member = &settling->members[i];
        if (member->group != number) continue;
        kind = member->bond.kind;
        if ((person == 0 || member->person < person) && !is_taken(settling, member->person)) person = member->person;
    }
    cs_error code = person ? CS_OK : bond_new_person(settling->db, bond_whose(kind), &person, message);
    settling->groups[number].person = person;
    for (uint32_t i = 0; code == CS_OK && i < settling->member_count; i++) {
        const cs_member *member = &settling->members[i];
        if (member->group != number || member->person == person) continue;
        cs_stmt *stmt = NULL;
        code =
            db_query(settling->db, "UPDATE person_identity SET person = :person WHERE kind = :kind AND value = :value",
                     &stmt, message);
        if (code != CS_OK) break;
        db_bind_int64(stmt, "person", person);
        bond_bind(stmt, "kind", "value", &member->bond);
        code = db_run(stmt, message);
    }
    return code;
}

static cs_error number_groups(cs_settling *settling, cs_message *message) {
    cs_error code = CS_OK;
    for (uint32_t group; code == CS_OK && (group = next_group(settling)) != CS_INDEX_NONE;)
        code = number_group(settling, group, message);
    return code;
}

/* Who has no identity left leads to the person that has them now. */
static cs_error retire_persons(cs_settling *settling, cs_message *message) {
    cs_error code = CS_OK;
    for (uint32_t i = 0; code == CS_OK && i < settling->member_count; i++) {
        const cs_member *member = &settling->members[i];
        int64_t now = settling->groups[member->group].person;
        if (member->person == now || is_taken(settling, member->person)) continue;
        cs_stmt *stmt = NULL;
        bool has_row = false;
        code = db_query(settling->db, "SELECT 1 FROM person_identity WHERE person = :person LIMIT 1", &stmt, message);
        if (code != CS_OK) break;
        db_bind_int64(stmt, "person", member->person);
        code = db_step(stmt, &has_row, message);
        db_done(stmt);
        if (code == CS_OK && !has_row) code = bond_merge(settling->db, member->person, now, message);
    }
    return code;
}
