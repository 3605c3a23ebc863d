/* Signed vCons of every algorithm, signed here with fresh keys: sound ones are read, changed ones refused. */
#include "conversation/reading.h"

#include "base/hash.h"
#include "conversation/vcon_base64.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const char vcon[] =
    "{\"vcon\":\"0.4.0\",\"uuid\":\"018dab2c-7c00-8a6b-9b1e-000000000001\",\"parties\":[{\"name\":"
    "\"王\"}],\"dialog\":[{\"type\":\"text\",\"start\":\"2026-02-14T10:32:00+08:00\",\"parties\":0,"
    "\"encoding\":\"none\",\"body\":\"hello\"}]}";

static const struct scheme {
    const char *name;
    gnutls_pk_algorithm_t key;
    unsigned bits;
    gnutls_digest_algorithm_t digest;
    gnutls_sign_algorithm_t sign;
    size_t half;
} schemes[] = {
    {"RS256", GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA256, GNUTLS_SIGN_RSA_SHA256, 0},
    {"RS384", GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA384, GNUTLS_SIGN_RSA_SHA384, 0},
    {"RS512", GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA512, GNUTLS_SIGN_RSA_SHA512, 0},
    {"PS256", GNUTLS_PK_RSA, 2048, GNUTLS_DIG_SHA256, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256, 0},
    {"ES256", GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), GNUTLS_DIG_SHA256,
     GNUTLS_SIGN_ECDSA_SHA256, 32},
    {"ES384", GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP384R1), GNUTLS_DIG_SHA384,
     GNUTLS_SIGN_ECDSA_SHA384, 48},
    {"ES512", GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP521R1), GNUTLS_DIG_SHA512,
     GNUTLS_SIGN_ECDSA_SHA512, 66},
    {"EdDSA", GNUTLS_PK_EDDSA_ED25519, 256, GNUTLS_DIG_SHA512, GNUTLS_SIGN_EDDSA_ED25519, 0},
};

typedef struct signer {
    gnutls_x509_privkey_t key;
    gnutls_privkey_t abstract;
    char certificate[8192]; /* base64 of DER */
} signer;

/* base64 with its own alphabet and padding, as certificates stand in x5c. */
static void encode_certificate(gnutls_x509_crt_t crt, char *out, size_t bytes) {
    gnutls_datum_t der = {0}, text = {0};
    assert_int_equal(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der), 0);
    assert_int_equal(gnutls_base64_encode2(&der, &text), 0);
    assert_true(text.size < bytes);
    memcpy(out, text.data, text.size);
    out[text.size] = 0;
    gnutls_free(der.data);
    gnutls_free(text.data);
}

static void signer_make(const struct scheme *s, signer *out) {
    gnutls_x509_crt_t crt;
    assert_int_equal(gnutls_x509_privkey_init(&out->key), 0);
    assert_int_equal(gnutls_x509_privkey_generate(out->key, s->key, s->bits, 0), 0);
    assert_int_equal(gnutls_x509_crt_init(&crt), 0);
    assert_int_equal(gnutls_x509_crt_set_version(crt, 3), 0);
    assert_int_equal(gnutls_x509_crt_set_serial(crt, "\x01", 1), 0);
    assert_int_equal(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, "centre.example", 14), 0);
    assert_int_equal(gnutls_x509_crt_set_activation_time(crt, time(NULL) - 60), 0);
    assert_int_equal(gnutls_x509_crt_set_expiration_time(crt, time(NULL) + 3600), 0);
    assert_int_equal(gnutls_x509_crt_set_key(crt, out->key), 0);
    assert_int_equal(gnutls_x509_crt_sign2(crt, crt, out->key, s->digest, 0), 0);
    encode_certificate(crt, out->certificate, sizeof out->certificate);
    gnutls_x509_crt_deinit(crt);
    assert_int_equal(gnutls_privkey_init(&out->abstract), 0);
    assert_int_equal(gnutls_privkey_import_x509(out->abstract, out->key, 0), 0);
}

static void signer_end(signer *s) {
    gnutls_privkey_deinit(s->abstract);
    gnutls_x509_privkey_deinit(s->key);
}

static void put_half(unsigned char *out, size_t half, const gnutls_datum_t *number) {
    const unsigned char *from = number->data;
    size_t bytes = number->size;
    for (; bytes > half; bytes--) assert_int_equal(*from++, 0);
    memset(out, 0, half - bytes);
    memcpy(out + half - bytes, from, bytes);
}

static void sign_text(const struct scheme *s, const signer *by, cs_buffer *text, cs_buffer *out) {
    gnutls_datum_t data = {(unsigned char *)text->data, (unsigned)text->length}, value = {0}, r = {0}, t = {0};
    assert_int_equal(gnutls_privkey_sign_data2(by->abstract, s->sign, 0, &data, &value), 0);
    if (s->half == 0) {
        assert_true(base64url_encode(value.data, value.size, out));
    } else {
        unsigned char both[132];
        assert_int_equal(gnutls_decode_rs_value(&value, &r, &t), 0);
        put_half(both, s->half, &r);
        put_half(both + s->half, s->half, &t);
        assert_true(base64url_encode(both, 2 * s->half, out));
        gnutls_free(r.data);
        gnutls_free(t.data);
    }
    gnutls_free(value.data);
}

/* The general form as the draft has it: the certificate in the unprotected header. is_flat: the flattened form. */
static void make_signed(const struct scheme *s, const signer *by, bool is_flat, cs_buffer *out) {
    char header[64];
    cs_buffer text, payload, value;
    buffer_init(&text, 1 << 20);
    buffer_init(&payload, 1 << 20);
    buffer_init(&value, 1 << 20);
    (void)snprintf(header, sizeof header, "{\"alg\":\"%s\"}", s->name);
    assert_true(base64url_encode(header, strlen(header), &text));
    size_t protected_bytes = text.length;
    assert_true(base64url_encode(vcon, strlen(vcon), &payload));
    buffer_printf(&text, ".%s", payload.data);
    sign_text(s, by, &text, &value);
    buffer_printf(out, "{\"payload\":\"%s\",%s", payload.data, is_flat ? "" : "\"signatures\":[{");
    buffer_printf(out, "\"protected\":\"%.*s\",\"header\":{\"alg\":\"%s\",\"x5c\":[\"%s\"]},\"signature\":\"%s\"}%s",
                  (int)protected_bytes, text.data, s->name, by->certificate, value.data, is_flat ? "" : "]}");
    buffer_free(&text);
    buffer_free(&payload);
    buffer_free(&value);
}

typedef struct outcome {
    int given, refused;
    char state[32], signer[64], trust[32], place[96], reason[384];
} outcome;

static void copy_field(char *out, size_t bytes, const cs_conversation *c, const char *name) {
    const char *value = conversation_field(c, name);
    (void)snprintf(out, bytes, "%s", value ? value : "");
}

static bool take(void *context, cs_conversation *c, cs_arena *arena) {
    outcome *o = context;
    o->given++;
    copy_field(o->state, sizeof o->state, c, "vcon.signed");
    copy_field(o->signer, sizeof o->signer, c, "vcon.signer");
    copy_field(o->trust, sizeof o->trust, c, "vcon.signer_trust");
    arena_free(arena);
    return true;
}

static bool refuse(void *context, const char *id, cs_error code, const cs_message *message) {
    outcome *o = context;
    (void)id, (void)code;
    o->refused++;
    (void)snprintf(o->place, sizeof o->place, "%s", message->place);
    (void)snprintf(o->reason, sizeof o->reason, "%s", message->reason);
    return true;
}

static outcome read_text(const char *text) {
    outcome o = {0};
    cs_reader_sink sink = {&o, take, refuse, NULL};
    cs_read_counts counts = {0};
    cs_reading reading = {"memory.vcon", NULL, &sink, &counts};
    cs_message message;
    assert_int_equal(json_text_read(&reading, text, strlen(text), &message), CS_OK);
    return o;
}

static void check_sound(const struct scheme *s, const char *text) {
    outcome o = read_text(text);
    if (o.given != 1) fail_msg("%s: refused: [%s] %s", s->name, o.place, o.reason);
    assert_string_equal(o.state, "valid");
    assert_string_equal(o.signer, "centre.example");
    assert_string_equal(o.trust, "unknown");
}

/* Another character at the place: what was signed, the signature, the header. */
static void check_changed(const struct scheme *s, char *text, const char *key, size_t behind) {
    char *at = strstr(text, key);
    assert_non_null(at);
    at += strlen(key) + behind;
    char was = *at;
    *at = was == 'A' ? 'B' : 'A';
    outcome o = read_text(text);
    if (o.given != 0 || o.refused != 1) fail_msg("%s: changed at %s, and read all the same", s->name, key);
    *at = was;
}

static void every_algorithm_is_checked(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        const struct scheme *s = &schemes[i];
        signer by, other;
        cs_buffer text;
        signer_make(s, &by);
        signer_make(s, &other);
        for (int is_flat = 0; is_flat < 2; is_flat++) {
            buffer_init(&text, 1 << 20);
            make_signed(s, &by, is_flat, &text);
            check_sound(s, text.data);
            check_changed(s, text.data, "\"payload\":\"", 30);
            check_changed(s, text.data, "\"payload\":\"", 200);
            check_changed(s, text.data, "\"signature\":\"", 40);
            buffer_free(&text);
        }
        /* Signed by one, with the certificate of another. */
        memcpy(by.certificate, other.certificate, sizeof by.certificate);
        buffer_init(&text, 1 << 20);
        make_signed(s, &by, false, &text);
        outcome o = read_text(text.data);
        assert_int_equal(o.refused, 1);
        assert_non_null(strstr(o.reason, "does not fit"));
        buffer_free(&text);
        signer_end(&by);
        signer_end(&other);
    }
}

static void a_key_of_another_kind_is_refused(void **state) {
    (void)state;
    signer by, other;
    cs_buffer text;
    signer_make(&schemes[4], &by);
    signer_make(&schemes[5], &other);
    memcpy(by.certificate, other.certificate, sizeof by.certificate);
    buffer_init(&text, 1 << 20);
    make_signed(&schemes[4], &by, false, &text);
    outcome o = read_text(text.data);
    assert_int_equal(o.refused, 1);
    assert_non_null(strstr(o.reason, "does not go with the key"));
    assert_string_equal(o.place, "signatures[0], protected.alg");
    buffer_free(&text);
    signer_end(&by);
    signer_end(&other);
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_is_checked),
        cmocka_unit_test(a_key_of_another_kind_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
