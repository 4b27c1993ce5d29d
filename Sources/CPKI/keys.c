// Keys that follow from given numbers, by nettle and gmp.
#include "pki.h"

#include <gmp.h>
#include <nettle/bignum.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/eddsa.h>
#include <nettle/rsa.h>
#include <nettle/sha2.h>

enum { P256_LENGTH = 32, EXPONENT = 65537 };

static const struct ecc_curve *_Nullable curve_of(int bits) {
    switch (bits) {
    case 256: return nettle_get_secp_256r1();
    case 384: return nettle_get_secp_384r1();
    case 521: return nettle_get_secp_521r1();
    default: return NULL;
    }
}

/// Calculates a scalar's point. Returns false if the scalar is zero or not below the curve's order.
static bool multiply_base(const struct ecc_curve *curve, const mpz_t scalar, mpz_t x, mpz_t y) {
    struct ecc_scalar number;
    struct ecc_point point;
    ecc_scalar_init(&number, curve);
    ecc_point_init(&point, curve);
    bool fits = ecc_scalar_set(&number, scalar) != 0;
    if (fits) {
        ecc_point_mul_g(&point, &number);
        ecc_point_get(&point, x, y);
    }
    ecc_point_clear(&point);
    ecc_scalar_clear(&number);
    return fits;
}

bool pki_ec_public(int bits, const uint8_t *scalar, uint8_t *point) {
    const struct ecc_curve *curve = curve_of(bits);
    if (curve == NULL) return false;
    size_t length = ((size_t)bits + 7) / 8;
    mpz_t number, x, y;
    nettle_mpz_init_set_str_256_u(number, length, scalar);
    mpz_inits(x, y, NULL);
    bool fits = multiply_base(curve, number, x, y);
    point[0] = 4;
    nettle_mpz_get_str_256(length, point + 1, x);
    nettle_mpz_get_str_256(length, point + 1 + length, y);
    mpz_clears(number, x, y, NULL);
    return fits;
}

void pki_ed25519_public(const uint8_t *secret, uint8_t *key) { ed25519_sha512_public_key(key, secret); }
void pki_ed448_public(const uint8_t *secret, uint8_t *key) { ed448_shake256_public_key(key, secret); }

// MARK: RSA

void pki_rsa_modulus(const uint8_t *p, const uint8_t *q, size_t length, uint8_t *modulus) {
    mpz_t one, other;
    nettle_mpz_init_set_str_256_u(one, length, p);
    nettle_mpz_init_set_str_256_u(other, length, q);
    mpz_mul(one, one, other);
    nettle_mpz_get_str_256(2 * length, modulus, one);
    mpz_clears(one, other, NULL);
}

bool pki_rsa_private(const uint8_t *p, const uint8_t *q, size_t length, uint8_t *out) {
    mpz_t one, other, less, smaller, lcm, e, d, part;
    nettle_mpz_init_set_str_256_u(one, length, p);
    nettle_mpz_init_set_str_256_u(other, length, q);
    mpz_inits(less, smaller, lcm, d, part, NULL);
    mpz_init_set_ui(e, EXPONENT);
    mpz_sub_ui(less, one, 1);
    mpz_sub_ui(smaller, other, 1);
    mpz_lcm(lcm, less, smaller);
    bool suits = mpz_cmp_ui(lcm, 0) > 0 && mpz_invert(d, e, lcm) != 0 && mpz_invert(part, other, one) != 0;
    if (suits) {
        nettle_mpz_get_str_256(2 * length, out, d);
        nettle_mpz_get_str_256(length, out + 4 * length, part);
        mpz_mod(part, d, less);
        nettle_mpz_get_str_256(length, out + 2 * length, part);
        mpz_mod(part, d, smaller);
        nettle_mpz_get_str_256(length, out + 3 * length, part);
    }
    mpz_clears(one, other, less, smaller, lcm, e, d, part, NULL);
    return suits;
}

// MARK: Signatures with one nonce

static void init_order(mpz_t order) {
    static const uint8_t bytes[P256_LENGTH] = {
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    };
    nettle_mpz_init_set_str_256_u(order, sizeof bytes, bytes);
}

bool pki_p256_prepare(const uint8_t *key, const uint8_t *nonce, uint8_t *r, uint8_t *product, uint8_t *inverse) {
    mpz_t order, d, k, x, y;
    init_order(order);
    nettle_mpz_init_set_str_256_u(d, P256_LENGTH, key);
    nettle_mpz_init_set_str_256_u(k, P256_LENGTH, nonce);
    mpz_inits(x, y, NULL);
    bool fits = multiply_base(nettle_get_secp_256r1(), k, x, y) && mpz_invert(k, k, order) != 0;
    mpz_mod(x, x, order);
    nettle_mpz_get_str_256(P256_LENGTH, r, x);
    mpz_mul(x, x, d);
    mpz_mod(x, x, order);
    nettle_mpz_get_str_256(P256_LENGTH, product, x);
    if (fits) nettle_mpz_get_str_256(P256_LENGTH, inverse, k);
    mpz_clears(order, d, k, x, y, NULL);
    return fits;
}

void pki_p256_sign(const uint8_t *product, const uint8_t *inverse, const uint8_t *hash, uint8_t *s) {
    mpz_t order, sum, number;
    init_order(order);
    nettle_mpz_init_set_str_256_u(sum, P256_LENGTH, product);
    nettle_mpz_init_set_str_256_u(number, P256_LENGTH, hash);
    mpz_add(sum, sum, number);
    nettle_mpz_set_str_256_u(number, P256_LENGTH, inverse);
    mpz_mul(sum, sum, number);
    mpz_mod(sum, sum, order);
    nettle_mpz_get_str_256(P256_LENGTH, s, sum);
    mpz_clears(order, sum, number, NULL);
}

bool pki_verify_pss(int hash_bits, size_t salt_length, const uint8_t *modulus, size_t modulus_length, const uint8_t *exponent,
                    size_t exponent_length, const uint8_t *signature, size_t signature_length, const uint8_t *bytes, size_t count) {
    struct rsa_public_key key;
    mpz_t number;
    rsa_public_key_init(&key);
    nettle_mpz_set_str_256_u(key.n, modulus_length, modulus);
    nettle_mpz_set_str_256_u(key.e, exponent_length, exponent);
    nettle_mpz_init_set_str_256_u(number, signature_length, signature);
    bool good = rsa_public_key_prepare(&key) != 0 && mpz_cmp(number, key.n) < 0;
    if (good && hash_bits == 256) {
        struct sha256_ctx state;
        uint8_t digest[SHA256_DIGEST_SIZE];
        sha256_init(&state);
        sha256_update(&state, count, bytes);
        sha256_digest(&state, sizeof digest, digest);
        good = rsa_pss_sha256_verify_digest(&key, salt_length, digest, number) != 0;
    } else if (good) {
        struct sha512_ctx state;
        uint8_t digest[SHA512_DIGEST_SIZE];
        if (hash_bits == 384) sha384_init(&state);
        else sha512_init(&state);
        sha512_update(&state, count, bytes);
        if (hash_bits == 384) sha384_digest(&state, SHA384_DIGEST_SIZE, digest);
        else sha512_digest(&state, sizeof digest, digest);
        good = hash_bits == 384 ? rsa_pss_sha384_verify_digest(&key, salt_length, digest, number) != 0
                                : rsa_pss_sha512_verify_digest(&key, salt_length, digest, number) != 0;
    }
    mpz_clear(number);
    rsa_public_key_clear(&key);
    return good;
}
