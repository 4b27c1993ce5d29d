// What others have made is read by GnuTLS: certificates, requests, keys and PKCS#12 files. It also signs with their keys.
#include "pki.h"

#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>

enum { MOST_BAGS = 16, MOST_SALT = 256, MOST_ITEMS = 64, LENGTH_SIZE = 4 };

static gnutls_datum_t datum(const uint8_t *bytes, size_t count) {
    return (gnutls_datum_t){.data = (unsigned char *)bytes, .size = (unsigned)count};
}

/// Notes why something failed, if it did.
static bool did(int code, char *error) {
    if (code < 0) snprintf(error, PKI_ERROR_SIZE, "%s", gnutls_strerror(code));
    return code >= 0;
}

bool pki_check_certificate(const uint8_t *bytes, size_t count, char *error) {
    gnutls_x509_crt_t certificate = NULL;
    gnutls_datum_t data = datum(bytes, count);
    bool good = did(gnutls_x509_crt_init(&certificate), error)
                && did(gnutls_x509_crt_import(certificate, &data, GNUTLS_X509_FMT_DER), error);
    gnutls_x509_crt_deinit(certificate);
    return good;
}

bool pki_check_request(const uint8_t *bytes, size_t count, char *error) {
    gnutls_x509_crq_t request = NULL;
    gnutls_datum_t data = datum(bytes, count);
    bool good = did(gnutls_x509_crq_init(&request), error)
                && did(gnutls_x509_crq_import(request, &data, GNUTLS_X509_FMT_DER), error)
                && did(gnutls_x509_crq_verify(request, GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1), error);
    gnutls_x509_crq_deinit(request);
    return good;
}

/// Copies what GnuTLS has made, and frees it. Returns its length, 0 if there is no room.
static size_t hand_out(gnutls_datum_t made, uint8_t *out, size_t room) {
    size_t length = made.size <= room ? made.size : 0;
    if (length > 0) memcpy(out, made.data, length);
    gnutls_free(made.data);
    return length;
}

size_t pki_public_key(const uint8_t *bytes, size_t count, uint8_t *out, size_t room) {
    gnutls_privkey_t key = NULL;
    gnutls_pubkey_t public = NULL;
    gnutls_datum_t data = datum(bytes, count), made = {0};
    if (gnutls_privkey_init(&key) >= 0 && gnutls_pubkey_init(&public) >= 0
        && gnutls_privkey_import_x509_raw(key, &data, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN) >= 0
        && gnutls_pubkey_import_privkey(public, key, 0, 0) >= 0)
        gnutls_pubkey_export2(public, GNUTLS_X509_FMT_DER, &made);
    gnutls_pubkey_deinit(public);
    gnutls_privkey_deinit(key);
    return hand_out(made, out, room);
}

size_t pki_sign(const uint8_t *key_bytes, size_t key_length, int hash_bits, const uint8_t *bytes, size_t count, uint8_t *out,
                size_t room) {
    gnutls_privkey_t key = NULL;
    gnutls_datum_t key_data = datum(key_bytes, key_length), data = datum(bytes, count), made = {0};
    if (gnutls_privkey_init(&key) >= 0
        && gnutls_privkey_import_x509_raw(key, &key_data, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN) >= 0) {
        gnutls_digest_algorithm_t hash = hash_bits == 384   ? GNUTLS_DIG_SHA384
                                         : hash_bits == 512 ? GNUTLS_DIG_SHA512
                                                            : GNUTLS_DIG_SHA256;
        int algorithm = gnutls_privkey_get_pk_algorithm(key, NULL);
        gnutls_sign_algorithm_t sign = hash_bits > 0                            ? gnutls_pk_to_sign(algorithm, hash)
                                       : algorithm == GNUTLS_PK_EDDSA_ED25519 ? GNUTLS_SIGN_EDDSA_ED25519
                                                                                : GNUTLS_SIGN_EDDSA_ED448;
        gnutls_privkey_sign_data2(key, sign, GNUTLS_PRIVKEY_FLAG_REPRODUCIBLE, &data, &made);
    }
    gnutls_privkey_deinit(key);
    return hand_out(made, out, room);
}

// MARK: PKCS#12

/// A file that is being opened: what it may still cost, and what was found.
typedef struct {
    const char *password;
    unsigned iterations;
    uint8_t *out;
    size_t room, length;
    char *error;
    bool has_key;
} opening;

/// Takes iterations from what a file may cost.
static bool pay(opening *file, unsigned iterations) {
    if (iterations <= file->iterations) {
        file->iterations -= iterations;
        return true;
    }
    snprintf(file->error, PKI_ERROR_SIZE, "it asks for too many iterations of its password's hash, %u more than are left", iterations);
    return false;
}

/// Writes over the length that stands at a place.
static void put_length(uint8_t *place, size_t length) {
    for (int index = 0; index < LENGTH_SIZE; index++) place[index] = (uint8_t)(length >> (24 - 8 * index));
}

static bool put(opening *file, const uint8_t *bytes, size_t count) {
    if (count + LENGTH_SIZE > file->room - file->length) {
        snprintf(file->error, PKI_ERROR_SIZE, "what is in it is too long");
        return false;
    }
    put_length(file->out + file->length, count);
    memcpy(file->out + file->length + LENGTH_SIZE, bytes, count);
    file->length += LENGTH_SIZE + count;
    return true;
}

/// Reads the first private key, or what may be one, whose place is before all certificates.
static bool read_key(opening *file, const gnutls_datum_t *data, bool is_encrypted) {
    if (file->has_key) return true;
    unsigned iterations = 0;
    if (is_encrypted) {
        uint8_t salt[MOST_SALT];
        unsigned salt_size = sizeof salt, schema = 0, cipher = 0;
        char *oid = NULL;
        int code = gnutls_pkcs8_info(data, GNUTLS_X509_FMT_DER, &schema, &cipher, salt, &salt_size, &iterations, &oid);
        gnutls_free(oid);
        if (!did(code, file->error) || !pay(file, iterations)) return false;
    }
    gnutls_x509_privkey_t key = NULL;
    gnutls_datum_t made = {0};
    bool good = did(gnutls_x509_privkey_init(&key), file->error)
                && did(gnutls_x509_privkey_import_pkcs8(key, data, GNUTLS_X509_FMT_DER, is_encrypted ? file->password : NULL,
                                                        is_encrypted ? 0 : GNUTLS_PKCS_PLAIN),
                       file->error)
                && did(gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &made), file->error);
    gnutls_x509_privkey_deinit(key);
    // A key on a curve that does not say its public part, such as Java's, is not read by GnuTLS. It is handed out as it is.
    good = good ? put(file, made.data, made.size) : put(file, data->data, data->size);
    gnutls_free(made.data);
    file->has_key = good;
    return good;
}

static bool decrypt(opening *file, gnutls_pkcs12_bag_t bag) {
    if (gnutls_pkcs12_bag_get_type(bag, 0) != GNUTLS_BAG_ENCRYPTED) return true;
    uint8_t salt[MOST_SALT];
    unsigned salt_size = sizeof salt, iterations = 0, schema = 0, cipher = 0;
    char *oid = NULL;
    int code = gnutls_pkcs12_bag_enc_info(bag, &schema, &cipher, salt, &salt_size, &iterations, &oid);
    gnutls_free(oid);
    return did(code, file->error) && pay(file, iterations) && did(gnutls_pkcs12_bag_decrypt(bag, file->password), file->error);
}

/// Reads a bag for its keys or for its certificates.
static bool read_bag(opening *file, gnutls_pkcs12_bag_t bag, bool for_keys) {
    int count = gnutls_pkcs12_bag_get_count(bag);
    for (int index = 0; index < count && index < MOST_ITEMS; index++) {
        int type = gnutls_pkcs12_bag_get_type(bag, (unsigned)index);
        gnutls_datum_t data = {0};
        if (!did(gnutls_pkcs12_bag_get_data(bag, (unsigned)index, &data), file->error)) return false;
        bool is_encrypted = type == GNUTLS_BAG_PKCS8_ENCRYPTED_KEY, is_key = is_encrypted || type == GNUTLS_BAG_PKCS8_KEY;
        if (for_keys && is_key && !read_key(file, &data, is_encrypted)) return false;
        if (!for_keys && type == GNUTLS_BAG_CERTIFICATE && !put(file, data.data, data.size)) return false;
    }
    return true;
}

static bool check_mac(opening *file, gnutls_pkcs12_t container) {
    uint8_t salt[MOST_SALT];
    unsigned salt_size = sizeof salt, iterations = 0, hash = 0;
    char *oid = NULL;
    int code = gnutls_pkcs12_mac_info(container, &hash, salt, &salt_size, &iterations, &oid);
    gnutls_free(oid);
    if (code == GNUTLS_E_INVALID_REQUEST) {
        snprintf(file->error, PKI_ERROR_SIZE, "it has no MAC, so that its password cannot be checked");
        return false;
    }
    if (!did(code, file->error) || !pay(file, iterations)) return false;
    code = gnutls_pkcs12_verify_mac(container, file->password);
    if (code != GNUTLS_E_MAC_VERIFY_FAILED) return did(code, file->error);
    snprintf(file->error, PKI_ERROR_SIZE, "the password is not the one it was protected with");
    return false;
}

/// Reads all bags twice, keys first, since files may have them in any order.
static bool read_all(opening *file, gnutls_pkcs12_t container) {
    gnutls_pkcs12_bag_t bags[MOST_BAGS] = {0};
    int count = 0;
    bool good = check_mac(file, container);
    for (; good && count < MOST_BAGS; count++) {
        good = did(gnutls_pkcs12_bag_init(&bags[count]), file->error);
        int code = good ? gnutls_pkcs12_get_bag(container, count, bags[count]) : 0;
        if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) break;
        good = good && did(code, file->error) && decrypt(file, bags[count]);
    }
    for (int index = 0; good && index < count; index++) good = read_bag(file, bags[index], true);
    if (good && !file->has_key) good = put(file, file->out, 0);
    for (int index = 0; good && index < count; index++) good = read_bag(file, bags[index], false);
    for (int index = 0; index < MOST_BAGS; index++)
        if (bags[index] != NULL) gnutls_pkcs12_bag_deinit(bags[index]);
    return good;
}

size_t pki_open_pkcs12(const uint8_t *bytes, size_t count, const char *password, unsigned iterations, uint8_t *out, size_t room,
                       char *error) {
    opening file = {.password = password, .iterations = iterations, .out = out, .room = room, .error = error};
    gnutls_pkcs12_t container = NULL;
    gnutls_datum_t data = datum(bytes, count);
    bool good = did(gnutls_pkcs12_init(&container), error)
                && did(gnutls_pkcs12_import(container, &data, GNUTLS_X509_FMT_DER, 0), error) && read_all(&file, container);
    if (container != NULL) gnutls_pkcs12_deinit(container);
    return good ? file.length : 0;
}

// MARK: Addresses

size_t pki_read_address(const char *text, uint8_t *address) {
    return inet_pton(AF_INET, text, address) == 1 ? 4 : inet_pton(AF_INET6, text, address) == 1 ? 16 : 0;
}

void pki_write_address(const uint8_t *address, size_t length, char *text) {
    text[0] = '\0';
    inet_ntop(length == 4 ? AF_INET : AF_INET6, address, text, INET6_ADDRSTRLEN);
}
