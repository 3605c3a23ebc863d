/* Signed vCons: JSON Web Signature (RFC 7515), general or flattened, with the certificate in "x5c". The signature says that
 * nothing was changed since; who the signer is, is what the certificate says: no authority is asked. */
#include "conversation/json_object.h"
#include "conversation/vcon_base64.h"
#include "conversation/vcon_reader.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

enum { MAX_SIGNATURES = 16, MAX_HEADER_BYTES = 1 << 20, MAX_SIGNATURE_BYTES = 8192 };

/* Elliptic curves: r and s of so many bytes each, behind one another (RFC 7518 section 3.4). */
static const struct algorithm {
    const char *name;
    gnutls_sign_algorithm_t sign, sign_own; /* sign_own: for keys that are only for this kind of signature */
    gnutls_pk_algorithm_t key, key_own;
    gnutls_ecc_curve_t curve;
    size_t half;
} algorithms[] = {
    {"RS256", GNUTLS_SIGN_RSA_SHA256, GNUTLS_SIGN_RSA_SHA256, GNUTLS_PK_RSA, GNUTLS_PK_RSA, GNUTLS_ECC_CURVE_INVALID,
     0},
    {"RS384", GNUTLS_SIGN_RSA_SHA384, GNUTLS_SIGN_RSA_SHA384, GNUTLS_PK_RSA, GNUTLS_PK_RSA, GNUTLS_ECC_CURVE_INVALID,
     0},
    {"RS512", GNUTLS_SIGN_RSA_SHA512, GNUTLS_SIGN_RSA_SHA512, GNUTLS_PK_RSA, GNUTLS_PK_RSA, GNUTLS_ECC_CURVE_INVALID,
     0},
    {"PS256", GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, GNUTLS_SIGN_RSA_PSS_SHA256, GNUTLS_PK_RSA, GNUTLS_PK_RSA_PSS,
     GNUTLS_ECC_CURVE_INVALID, 0},
    {"ES256", GNUTLS_SIGN_ECDSA_SHA256, GNUTLS_SIGN_ECDSA_SHA256, GNUTLS_PK_ECDSA, GNUTLS_PK_ECDSA,
     GNUTLS_ECC_CURVE_SECP256R1, 32},
    {"ES384", GNUTLS_SIGN_ECDSA_SHA384, GNUTLS_SIGN_ECDSA_SHA384, GNUTLS_PK_ECDSA, GNUTLS_PK_ECDSA,
     GNUTLS_ECC_CURVE_SECP384R1, 48},
    {"ES512", GNUTLS_SIGN_ECDSA_SHA512, GNUTLS_SIGN_ECDSA_SHA512, GNUTLS_PK_ECDSA, GNUTLS_PK_ECDSA,
     GNUTLS_ECC_CURVE_SECP521R1, 66},
    {"EdDSA", GNUTLS_SIGN_EDDSA_ED25519, GNUTLS_SIGN_EDDSA_ED25519, GNUTLS_PK_EDDSA_ED25519, GNUTLS_PK_EDDSA_ED25519,
     GNUTLS_ECC_CURVE_INVALID, 0},
};
#define ALGORITHMS "RS256, RS384, RS512, PS256, ES256, ES384, ES512, EdDSA"

/* One signature of the vCon while it is checked. */
typedef struct signature {
    const char *protected_text; /* as it was signed, base64url */
    const cs_json *header; /* unprotected; may be NULL */
    cs_json *protected_header;
    const struct algorithm *algorithm;
    gnutls_x509_crt_t certificate; /* NULL: none came along */
    cs_buffer value;
    const char *uuid;
} signature;

static cs_error refuse(cs_message *message, const char *place, const char *remedy, const char *reason) {
    (void)message_set(message, CS_ERR_PARSE, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return CS_ERR_PARSE;
}

static cs_error refuse_broken(cs_message *message, const char *place) {
    return refuse(message, place, "ask the sender for it again; do not use this one",
                  "the signature does not fit: the vCon was changed after it was signed, or damaged");
}

/* ---- the header ---- */

static cs_error parse_protected(signature *s, cs_message *message) {
    cs_buffer text;
    buffer_init(&text, MAX_HEADER_BYTES);
    if (!s->protected_text || !base64_decode(s->protected_text, strlen(s->protected_text), &text) || text.length == 0) {
        buffer_free(&text);
        return refuse(message, "protected", "export and sign it again",
                      "the signature's protected header can't be read");
    }
    cs_error code = json_parse(buffer_string(&text), text.length, MAX_HEADER_BYTES, &s->protected_header, message);
    buffer_free(&text);
    if (code == CS_OK && json_kind(s->protected_header) != CS_JSON_OBJECT)
        return refuse(message, "protected", "export and sign it again",
                      "the signature's protected header is no object");
    if (code != CS_OK) message_within(message, "protected");
    return code;
}

/* Protected first: what stands there can't have been changed. */
static const cs_json *header_get(const signature *s, const char *key) {
    const cs_json *value = json_get(s->protected_header, key);
    return json_kind(value) != CS_JSON_NULL ? value : json_get(s->header, key);
}

static cs_error choose_algorithm(signature *s, cs_message *message) {
    const char *name = json_string(header_get(s, "alg"), NULL), *other = json_string(json_get(s->header, "alg"), NULL);
    if (json_kind(json_get(s->protected_header, "crit")) != CS_JSON_NULL ||
        json_kind(json_get(s->header, "crit")) != CS_JSON_NULL)
        return refuse(message, "protected", "ask the sender for one signed without \"crit\"",
                      "the signature asks for something that is not understood (\"crit\")");
    if (name && other && strcmp(name, other) != 0)
        return refuse(message, "header.alg", "export and sign it again", "the two headers name different algorithms");
    for (size_t i = 0; name && i < sizeof algorithms / sizeof algorithms[0]; i++)
        if (strcmp(algorithms[i].name, name) == 0) s->algorithm = &algorithms[i];
    if (s->algorithm) return CS_OK;
    bool is_none = name && strcmp(name, "none") == 0;
    (void)message_set(message, CS_ERR_PARSE,
                      is_none ? "it says that it is signed, but with no algorithm"
                              : "signatures of the algorithm \"%.40s\" are not checked",
                      name ? name : "");
    message_place(message, "protected.alg");
    message_remedy(message, "sign it with one of: " ALGORITHMS);
    return CS_ERR_PARSE;
}

static cs_error open_certificate(signature *s, cs_message *message) {
    size_t bytes = 0;
    const char *text = json_string(json_at(header_get(s, "x5c"), 0), &bytes);
    if (!text) return CS_OK;
    cs_buffer der;
    buffer_init(&der, MAX_HEADER_BYTES);
    bool is_good = base64_decode(text, bytes, &der) && der.length > 0 && gnutls_x509_crt_init(&s->certificate) == 0;
    gnutls_datum_t datum = {(unsigned char *)der.data, (unsigned)der.length};
    is_good = is_good && gnutls_x509_crt_import(s->certificate, &datum, GNUTLS_X509_FMT_DER) == 0;
    buffer_free(&der);
    return is_good ? CS_OK
                   : refuse(message, "header.x5c[0]", "ask the sender to sign it again with a valid certificate",
                            "the signer's certificate can't be read");
}

/* ---- the check ---- */

static bool fits_key(const struct algorithm *a, gnutls_pubkey_t key, gnutls_sign_algorithm_t *sign) {
    int kind = gnutls_pubkey_get_pk_algorithm(key, NULL);
    if (kind != (int)a->key && kind != (int)a->key_own) return false;
    *sign = kind == (int)a->key ? a->sign : a->sign_own;
    if (a->half == 0) return true;
    gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
    gnutls_datum_t x = {0}, y = {0};
    bool is_good = gnutls_pubkey_export_ecc_raw2(key, &curve, &x, &y, 0) == 0 && curve == a->curve;
    gnutls_free(x.data);
    gnutls_free(y.data);
    return is_good;
}

static bool is_value_true(const signature *s, gnutls_pubkey_t key, gnutls_sign_algorithm_t sign,
                          const gnutls_datum_t *signed_text) {
    unsigned char *bytes = (unsigned char *)s->value.data;
    gnutls_datum_t value = {bytes, (unsigned)s->value.length};
    size_t half = s->algorithm->half;
    if (half == 0) return gnutls_pubkey_verify_data2(key, sign, 0, signed_text, &value) >= 0;
    if (s->value.length != 2 * half) return false;
    gnutls_datum_t r = {bytes, (unsigned)half}, t = {bytes + half, (unsigned)half}, encoded = {0};
    if (gnutls_encode_rs_value(&encoded, &r, &t) != 0) return false;
    bool is_true = gnutls_pubkey_verify_data2(key, sign, 0, signed_text, &encoded) >= 0;
    gnutls_free(encoded.data);
    return is_true;
}

static cs_error check_value(const signature *s, const char *payload, cs_message *message) {
    gnutls_pubkey_t key = NULL;
    gnutls_sign_algorithm_t sign = GNUTLS_SIGN_UNKNOWN;
    cs_buffer text;
    cs_error code = CS_OK;
    buffer_init(&text, (size_t)2 * CS_MAX_VCON_BYTES);
    (void)buffer_text(&text, s->protected_text);
    (void)buffer_append(&text, ".", 1);
    gnutls_datum_t signed_text = {0};
    if (!buffer_text(&text, payload)) code = message_set(message, CS_ERR_MEMORY, "no memory to check the signature");
    if (code == CS_OK && (gnutls_pubkey_init(&key) != 0 || gnutls_pubkey_import_x509(key, s->certificate, 0) != 0))
        code = refuse(message, "header.x5c[0]", "ask the sender to sign it again with a valid certificate",
                      "the signer's certificate has no key that can be used");
    if (code == CS_OK && !fits_key(s->algorithm, key, &sign))
        code = refuse(message, "protected.alg", "ask the sender to sign it again",
                      "the signature's algorithm does not go with the key of the certificate");
    signed_text = (gnutls_datum_t){(unsigned char *)text.data, (unsigned)text.length};
    if (code == CS_OK && !is_value_true(s, key, sign, &signed_text)) code = refuse_broken(message, "signature");
    if (key) gnutls_pubkey_deinit(key);
    buffer_free(&text);
    return code;
}

static void name_signer(const signature *s, cs_vcon_seal *seal) {
    size_t bytes = sizeof seal->signer;
    if (gnutls_x509_crt_get_dn_by_oid(s->certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, seal->signer, &bytes) != 0) {
        bytes = sizeof seal->signer;
        if (gnutls_x509_crt_get_dn(s->certificate, seal->signer, &bytes) != 0) seal->signer[0] = 0;
    }
    for (char *at = seal->signer; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f) *at = ' ';
}

static cs_error check_one(const cs_json *object, const char *payload, cs_vcon_seal *seal, char *uuid, size_t uuid_bytes,
                          cs_message *message) {
    signature s = {.protected_text = json_string(json_get(object, "protected"), NULL),
                   .header = json_get(object, "header")};
    size_t bytes = 0;
    const char *value = json_string(json_get(object, "signature"), &bytes);
    buffer_init(&s.value, MAX_SIGNATURE_BYTES);
    cs_error code = parse_protected(&s, message);
    if (code == CS_OK) code = choose_algorithm(&s, message);
    if (code == CS_OK && (!value || !base64_decode(value, bytes, &s.value) || s.value.length == 0))
        code = refuse_broken(message, "signature");
    if (code == CS_OK) code = open_certificate(&s, message);
    if (code == CS_OK && s.certificate) {
        code = check_value(&s, payload, message);
        if (code == CS_OK) name_signer(&s, seal);
    } else if (code == CS_OK) {
        seal->state = "unchecked"; /* only an address of the certificate came along, and nothing is fetched */
    }
    const char *named = code == CS_OK ? json_string(header_get(&s, "uuid"), NULL) : NULL;
    if (named && strlen(named) < uuid_bytes) (void)snprintf(uuid, uuid_bytes, "%s", named);
    if (s.certificate) gnutls_x509_crt_deinit(s.certificate);
    buffer_free(&s.value);
    json_free(s.protected_header);
    return code;
}

/* ---- the payload ---- */

/* RFC 1952. false: damaged, cut, or larger than what is read. */
static bool unpack(const cs_buffer *packed, cs_buffer *out) {
    z_stream stream = {.next_in = (Bytef *)packed->data, .avail_in = (uInt)packed->length};
    char block[16384];
    enum { GZIP_ONLY = 16 };
    if (inflateInit2(&stream, MAX_WBITS + GZIP_ONLY) != Z_OK) return false;
    int state = Z_OK;
    bool has_room = true;
    while (state == Z_OK && has_room) { /* ends with the input, the stream, or the buffer's maximum */
        stream.next_out = (Bytef *)block;
        stream.avail_out = sizeof block;
        state = inflate(&stream, Z_NO_FLUSH);
        has_room = buffer_append(out, block, sizeof block - stream.avail_out);
    }
    (void)inflateEnd(&stream);
    return state == Z_STREAM_END && has_room;
}

static cs_error open_payload(const char *text, size_t bytes, cs_json **out, cs_message *message) {
    cs_buffer plain, unpacked;
    const cs_buffer *json = &plain;
    buffer_init(&plain, CS_MAX_VCON_BYTES);
    buffer_init(&unpacked, CS_MAX_VCON_BYTES);
    cs_error code = CS_OK;
    if (!base64_decode(text, bytes, &plain))
        code = refuse(message, "payload", "export and sign it again", "what was signed is no base64url, or too large");
    if (code == CS_OK && plain.length > 2 && memcmp(plain.data, "\x1f\x8b", 2) == 0) {
        json = &unpacked;
        if (!unpack(&plain, &unpacked))
            code = refuse(message, "payload", "export and sign it again",
                          "what was signed is compressed (gzip), and damaged or larger than 64 MB");
    }
    if (code == CS_OK) {
        code = json_parse(buffer_string(json), json->length, CS_MAX_VCON_BYTES, out, message);
        if (code != CS_OK) message_within(message, "payload");
    }
    buffer_free(&plain);
    buffer_free(&unpacked);
    return code;
}

cs_error vcon_signed_open(const cs_json *tree, cs_json **payload, cs_vcon_seal *seal, cs_message *message) {
    const cs_json *list = json_get(tree, "signatures");
    bool is_general = json_kind(list) != CS_JSON_NULL;
    size_t bytes = 0, count = is_general ? json_length(list) : 1;
    const char *text = json_string(json_get(tree, "payload"), &bytes);
    char uuid[CS_MAX_NAME_BYTES + 1] = "";
    if (!text) return refuse(message, "payload", "export and sign it again", "what was signed is no text");
    if (count == 0 || count > MAX_SIGNATURES || (is_general && json_kind(list) != CS_JSON_ARRAY))
        return refuse(message, "signatures", "a signed vCon has 1 to 16 signatures", "the signatures can't be read");
    seal->state = "valid";
    for (size_t i = 0; i < count; i++) {
        cs_error code = check_one(is_general ? json_at(list, i) : tree, text, seal, uuid, sizeof uuid, message);
        if (code == CS_OK) continue;
        if (is_general) message_within(message, "signatures[%zu]", i);
        return code;
    }
    cs_json *inner = NULL;
    cs_error code = open_payload(text, bytes, &inner, message);
    if (code != CS_OK) return code;
    const char *is = json_string(json_get(inner, "uuid"), NULL);
    if (*uuid && is && strcmp(uuid, is) != 0) {
        json_free(inner);
        return refuse(message, "header.uuid", "ask the sender for it again",
                      "the signature names another vCon than the one it was made for");
    }
    *payload = inner;
    return CS_OK;
}
