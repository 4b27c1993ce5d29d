// Keys and certificates, made in memory by GnuTLS, which libmicrohttpd needs anyway.
#include "listener.h"

#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 24 * 60 * 60, MAX_CHAIN = 16 };

/// The first failure in a series of GnuTLS calls, and the step in which it happened.
typedef struct {
    int code;
    const char *step;
} outcome;

static bool did(outcome *result, const char *step, int code) {
    if (code >= 0) return true;
    if (result->code >= 0) *result = (outcome){code, step};
    return false;
}

static bool report(const outcome *result, char *error) {
    if (result->code >= 0) return true;
    snprintf(error, LISTENER_ERROR_SIZE, "%s: %s", result->step, gnutls_strerror(result->code));
    return false;
}

static gnutls_datum_t datum(const char *text) {
    return (gnutls_datum_t){.data = (unsigned char *)text, .size = (unsigned)strlen(text)};
}

/// Returns a pair: both texts, or neither and an error.
static bool hand_out(const outcome *result, char **key_pem, char **certificate_pem, char *error) {
    if (report(result, error) && *key_pem != NULL && *certificate_pem != NULL) return true;
    if (result->code >= 0) snprintf(error, LISTENER_ERROR_SIZE, "out of memory");
    free(*key_pem);
    free(*certificate_pem);
    *key_pem = *certificate_pem = NULL;
    return false;
}

/// Copies a PEM text into memory that free() frees, whatever allocator GnuTLS has.
static char *_Nullable copy(gnutls_datum_t pem) {
    char *text = pem.data == NULL ? NULL : strndup((const char *)pem.data, pem.size);
    gnutls_free(pem.data);
    return text;
}

static char *_Nullable key_text(gnutls_x509_privkey_t key, outcome *result) {
    gnutls_datum_t pem = {0};
    did(result, "writing a key", gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem));
    return copy(pem);
}

static char *_Nullable certificate_text(gnutls_x509_crt_t certificate, outcome *result) {
    gnutls_datum_t pem = {0};
    did(result, "writing a certificate", gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem));
    return copy(pem);
}

/// What an authority and a leaf have in common: P-256 key, version 3, a random serial of 16 bytes, name, validity.
static bool begin(gnutls_x509_privkey_t key, gnutls_x509_crt_t certificate, const char *name, time_t from, time_t until,
                  outcome *result) {
    unsigned char serial[16], identifier[64];
    size_t size = sizeof identifier;
    unsigned bits = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    if (!did(result, "making a key", gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, bits, 0))) return false;
    if (!did(result, "drawing a serial number", gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial))) return false;
    serial[0] = (unsigned char)((serial[0] & 0x3F) | 0x40);  // positive, and always of the same length
    return did(result, "setting the version", gnutls_x509_crt_set_version(certificate, 3))
           && did(result, "setting the serial number", gnutls_x509_crt_set_serial(certificate, serial, sizeof serial))
           && did(result, "setting the key", gnutls_x509_crt_set_key(certificate, key))
           && did(result, "setting the subject",
                  gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name)))
           && did(result, "setting the start", gnutls_x509_crt_set_activation_time(certificate, from))
           && did(result, "setting the end", gnutls_x509_crt_set_expiration_time(certificate, until))
           && did(result, "reading the key's identifier", gnutls_x509_crt_get_key_id(certificate, 0, identifier, &size))
           && did(result, "setting the subject key identifier",
                  gnutls_x509_crt_set_subject_key_id(certificate, identifier, size));
}

bool listener_make_authority(const char *subject, char **key_pem, char **certificate_pem, char *error) {
    outcome result = {0, ""};
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t certificate = NULL;
    time_t now = time(NULL);
    *key_pem = *certificate_pem = NULL;
    if (did(&result, "starting a key", gnutls_x509_privkey_init(&key))
        && did(&result, "starting a certificate", gnutls_x509_crt_init(&certificate))
        && begin(key, certificate, subject, now - DAY, now + (time_t)3652 * DAY, &result)
        && did(&result, "marking the authority", gnutls_x509_crt_set_basic_constraints(certificate, 1, 0))
        && did(&result, "setting the key usage",
               gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN))
        && did(&result, "signing", gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0))) {
        *key_pem = key_text(key, &result);
        *certificate_pem = certificate_text(certificate, &result);
    }
    gnutls_x509_crt_deinit(certificate);
    gnutls_x509_privkey_deinit(key);
    return hand_out(&result, key_pem, certificate_pem, error);
}

static bool add_name(gnutls_x509_crt_t certificate, const char *name, outcome *result) {
    unsigned char address[16];
    unsigned size = inet_pton(AF_INET, name, address) == 1 ? 4 : inet_pton(AF_INET6, name, address) == 1 ? 16 : 0;
    int code = size > 0 ? gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, address, size, GNUTLS_FSAN_APPEND)
                        : gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, name, (unsigned)strlen(name),
                                                               GNUTLS_FSAN_APPEND);
    return did(result, "adding a name", code);
}

/// Names a leaf's authority: by the authority's own identifier, or by that of its key if it has none.
static bool add_authority_key_id(gnutls_x509_crt_t leaf, gnutls_x509_crt_t authority, outcome *result) {
    unsigned char identifier[64];
    size_t size = sizeof identifier;
    if (gnutls_x509_crt_get_subject_key_id(authority, identifier, &size, NULL) < 0) {
        size = sizeof identifier;
        if (!did(result, "reading the authority's key", gnutls_x509_crt_get_key_id(authority, 0, identifier, &size))) return false;
    }
    return did(result, "setting the authority key identifier", gnutls_x509_crt_set_authority_key_id(leaf, identifier, size));
}

bool listener_make_leaf(const char *subject, bool is_expired, const char *authority_key_pem, const char *authority_pem,
                        const char *const *names, size_t name_count, char **key_pem, char **certificate_pem, char *error) {
    outcome result = {0, ""};
    gnutls_x509_privkey_t authority_key = NULL, key = NULL;
    gnutls_x509_crt_t authority = NULL, leaf = NULL;
    gnutls_datum_t key_data = datum(authority_key_pem), certificate_data = datum(authority_pem);
    *key_pem = *certificate_pem = NULL;
    bool good = did(&result, "starting a key", gnutls_x509_privkey_init(&authority_key))
                && did(&result, "starting a key", gnutls_x509_privkey_init(&key))
                && did(&result, "starting a certificate", gnutls_x509_crt_init(&authority))
                && did(&result, "starting a certificate", gnutls_x509_crt_init(&leaf))
                && did(&result, "reading the authority's key",
                       gnutls_x509_privkey_import2(authority_key, &key_data, GNUTLS_X509_FMT_PEM, NULL, 0))
                && did(&result, "reading the authority's certificate",
                       gnutls_x509_crt_import(authority, &certificate_data, GNUTLS_X509_FMT_PEM));
    time_t from = time(NULL) - (is_expired ? (time_t)397 * DAY : DAY);
    time_t until = from + (time_t)(is_expired ? 396 : 397) * DAY;
    if (good && gnutls_x509_crt_get_expiration_time(authority) < until) until = gnutls_x509_crt_get_expiration_time(authority);
    good = good && begin(key, leaf, subject, from, until, &result);
    for (size_t index = 0; good && index < name_count; index++) good = add_name(leaf, names[index], &result);
    good = good && add_authority_key_id(leaf, authority, &result)
           && did(&result, "marking the leaf", gnutls_x509_crt_set_basic_constraints(leaf, 0, -1))
           && did(&result, "setting the key usage", gnutls_x509_crt_set_key_usage(leaf, GNUTLS_KEY_DIGITAL_SIGNATURE))
           && did(&result, "setting the purpose", gnutls_x509_crt_set_key_purpose_oid(leaf, GNUTLS_KP_TLS_WWW_SERVER, 0))
           && did(&result, "signing", gnutls_x509_crt_sign2(leaf, authority, authority_key, GNUTLS_DIG_SHA256, 0));
    if (good) {
        *key_pem = key_text(key, &result);
        *certificate_pem = certificate_text(leaf, &result);
    }
    gnutls_x509_crt_deinit(leaf);
    gnutls_x509_crt_deinit(authority);
    gnutls_x509_privkey_deinit(key);
    gnutls_x509_privkey_deinit(authority_key);
    return hand_out(&result, key_pem, certificate_pem, error);
}

bool listener_check_identity(const char *key_pem, const char *certificate_pem, char *error) {
    outcome result = {0, ""};
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t chain[MAX_CHAIN];
    unsigned count = MAX_CHAIN;
    gnutls_datum_t key_data = datum(key_pem), certificate_data = datum(certificate_pem);
    bool good = did(&result, "starting a key", gnutls_x509_privkey_init(&key))
                && did(&result, "reading the key", gnutls_x509_privkey_import2(key, &key_data, GNUTLS_X509_FMT_PEM, NULL, 0));
    if (good) {
        good = did(&result, "reading the certificate",
                   gnutls_x509_crt_list_import(chain, &count, &certificate_data, GNUTLS_X509_FMT_PEM, 0));
        if (!good) count = 0;
    } else {
        count = 0;
    }
    if (good) {
        unsigned char of_key[64], of_certificate[64];
        size_t key_size = sizeof of_key, certificate_size = sizeof of_certificate;
        good = did(&result, "reading the key's identifier", gnutls_x509_privkey_get_key_id(key, 0, of_key, &key_size))
               && did(&result, "reading the certificate's key", gnutls_x509_crt_get_key_id(chain[0], 0, of_certificate, &certificate_size));
        if (good && (key_size != certificate_size || memcmp(of_key, of_certificate, key_size) != 0))
            did(&result, "the key does not belong to the certificate", GNUTLS_E_CERTIFICATE_KEY_MISMATCH);
    }
    for (unsigned index = 0; index < count; index++) gnutls_x509_crt_deinit(chain[index]);
    gnutls_x509_privkey_deinit(key);
    return report(&result, error);
}

/// Says since or until when an authority is valid.
static bool is_untimely(char *error, const char *what, time_t when) {
    struct tm date;
    char text[32] = "?";
    if (gmtime_r(&when, &date) != NULL) strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &date);
    snprintf(error, LISTENER_ERROR_SIZE, "%s %s", what, text);
    return false;
}

bool listener_check_authority(const char *key_pem, const char *certificate_pem, char *error) {
    if (!listener_check_identity(key_pem, certificate_pem, error)) return false;
    outcome result = {0, ""};
    gnutls_x509_crt_t certificate = NULL;
    gnutls_datum_t data = datum(certificate_pem);
    if (did(&result, "starting a certificate", gnutls_x509_crt_init(&certificate)))
        did(&result, "reading the certificate", gnutls_x509_crt_import(certificate, &data, GNUTLS_X509_FMT_PEM));
    bool good = report(&result, error);
    unsigned usage = 0;
    time_t now = time(NULL);
    if (good && gnutls_x509_crt_get_ca_status(certificate, NULL) <= 0) {
        snprintf(error, LISTENER_ERROR_SIZE, "its certificate is not that of a CA");
        good = false;
    }
    if (good && gnutls_x509_crt_get_key_usage(certificate, &usage, NULL) >= 0 && !(usage & GNUTLS_KEY_KEY_CERT_SIGN)) {
        snprintf(error, LISTENER_ERROR_SIZE, "its certificate may not sign others");
        good = false;
    }
    if (good && gnutls_x509_crt_get_activation_time(certificate) > now)
        good = is_untimely(error, "it is not valid before", gnutls_x509_crt_get_activation_time(certificate));
    if (good && gnutls_x509_crt_get_expiration_time(certificate) <= now)
        good = is_untimely(error, "it has been valid until", gnutls_x509_crt_get_expiration_time(certificate));
    gnutls_x509_crt_deinit(certificate);
    return good;
}

bool listener_certificate_names(const char *certificate_pem, const char *name) {
    gnutls_x509_crt_t certificate = NULL;
    gnutls_datum_t data = datum(certificate_pem);
    bool names = gnutls_x509_crt_init(&certificate) >= 0
                 && gnutls_x509_crt_import(certificate, &data, GNUTLS_X509_FMT_PEM) >= 0
                 && gnutls_x509_crt_check_hostname(certificate, name) != 0;
    gnutls_x509_crt_deinit(certificate);
    return names;
}
