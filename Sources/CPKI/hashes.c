// Hashes, key derivation and encryption, by nettle.
#include "pki.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/des.h>
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/pbkdf2.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <string.h>

void pki_md5(const uint8_t *bytes, size_t count, uint8_t *digest) {
    struct md5_ctx state;
    md5_init(&state);
    md5_update(&state, count, bytes);
    md5_digest(&state, MD5_DIGEST_SIZE, digest);
}

void pki_sha1(const uint8_t *bytes, size_t count, uint8_t *digest) {
    struct sha1_ctx state;
    sha1_init(&state);
    sha1_update(&state, count, bytes);
    sha1_digest(&state, SHA1_DIGEST_SIZE, digest);
}

void pki_sha256(const uint8_t *bytes, size_t count, uint8_t *digest) {
    struct sha256_ctx state;
    sha256_init(&state);
    sha256_update(&state, count, bytes);
    sha256_digest(&state, SHA256_DIGEST_SIZE, digest);
}

void pki_hmac_sha1(const uint8_t *key, size_t key_length, const uint8_t *bytes, size_t count, uint8_t *digest) {
    struct hmac_sha1_ctx state;
    hmac_sha1_set_key(&state, key_length, key);
    hmac_sha1_update(&state, count, bytes);
    hmac_sha1_digest(&state, SHA1_DIGEST_SIZE, digest);
}

void pki_pbkdf2(const uint8_t *password, size_t password_length, const uint8_t *salt, size_t salt_length, unsigned iterations,
                uint8_t *out, size_t length) {
    pbkdf2_hmac_sha256(password_length, password, iterations, salt_length, salt, length, out);
}

// MARK: The derivation of PKCS#12

enum { BLOCK = 64, MOST_PASSWORD = 4096 };

/// Fills whole blocks with repetitions. Returns how many bytes it filled: none for an empty pattern.
static size_t repeat(uint8_t *out, const uint8_t *pattern, size_t length) {
    size_t filled = (length + BLOCK - 1) / BLOCK * BLOCK;
    for (size_t index = 0; index < filled; index++) out[index] = pattern[index % length];
    return filled;
}

/// Adds a number and one to a block, modulo 2^512.
static void add(uint8_t *block, const uint8_t *number) {
    unsigned carry = 1;
    for (size_t index = BLOCK; index-- > 0;) {
        carry += (unsigned)block[index] + number[index];
        block[index] = (uint8_t)carry;
        carry >>= 8;
    }
}

void pki_pkcs12_derive(uint8_t purpose, const uint8_t *password, size_t password_length, const uint8_t *salt, size_t salt_length,
                       unsigned iterations, uint8_t *out, size_t length) {
    uint8_t input[2 * BLOCK + MOST_PASSWORD], digest[SHA1_DIGEST_SIZE], stretched[BLOCK];
    if (password_length > MOST_PASSWORD) password_length = MOST_PASSWORD;
    if (salt_length > BLOCK) salt_length = BLOCK;
    memset(input, purpose, BLOCK);
    size_t used = BLOCK + repeat(input + BLOCK, salt, salt_length);
    used += repeat(input + used, password, password_length);
    while (true) {
        pki_sha1(input, used, digest);
        for (unsigned round = 1; round < iterations; round++) pki_sha1(digest, sizeof digest, digest);
        size_t part = length < sizeof digest ? length : sizeof digest;
        memcpy(out, digest, part);
        out += part;
        length -= part;
        if (length == 0) return;
        for (size_t index = 0; index < BLOCK; index++) stretched[index] = digest[index % sizeof digest];
        for (size_t block = BLOCK; block < used; block += BLOCK) add(input + block, stretched);
    }
}

// MARK: Encryption

void pki_encrypt_aes(const uint8_t *key, const uint8_t *vector, uint8_t *bytes, size_t count) {
    struct CBC_CTX(struct aes256_ctx, AES_BLOCK_SIZE) state;
    aes256_set_encrypt_key(&state.ctx, key);
    CBC_SET_IV(&state, vector);
    CBC_ENCRYPT(&state, aes256_encrypt, count, bytes, bytes);
}

void pki_encrypt_des(const uint8_t *key, const uint8_t *vector, uint8_t *bytes, size_t count) {
    struct CBC_CTX(struct des3_ctx, DES_BLOCK_SIZE) state;
    des3_set_key(&state.ctx, key);
    CBC_SET_IV(&state, vector);
    CBC_ENCRYPT(&state, des3_encrypt, count, bytes, bytes);
}

void pki_decrypt_aes(const uint8_t *key, const uint8_t *vector, uint8_t *bytes, size_t count) {
    struct CBC_CTX(struct aes256_ctx, AES_BLOCK_SIZE) state;
    aes256_set_decrypt_key(&state.ctx, key);
    CBC_SET_IV(&state, vector);
    CBC_DECRYPT(&state, aes256_decrypt, count, bytes, bytes);
}
