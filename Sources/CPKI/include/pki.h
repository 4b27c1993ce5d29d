// The contract between PKI and the C below it: hashes, keys, signatures and containers, by nettle, gmp and GnuTLS.
//
// Rules that hold throughout:
// - No type of nettle, gmp or GnuTLS appears here. Numbers are unsigned, the most significant byte first.
// - Functions keep nothing and may be called on any thread.
// - An error text goes into a caller's buffer of PKI_ERROR_SIZE bytes and ends with NUL.
#ifndef PKI_H
#define PKI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum { PKI_ERROR_SIZE = 256 };

// MARK: hashes.c

void pki_md5(const uint8_t *bytes, size_t count, uint8_t *digest);
void pki_sha1(const uint8_t *bytes, size_t count, uint8_t *digest);
void pki_sha256(const uint8_t *bytes, size_t count, uint8_t *digest);

/// HMAC with SHA-1, as PKCS#12 files are protected.
void pki_hmac_sha1(const uint8_t *key, size_t key_length, const uint8_t *bytes, size_t count, uint8_t *digest);

/// PBKDF2 with HMAC-SHA-256 (RFC 8018).
void pki_pbkdf2(const uint8_t *password, size_t password_length, const uint8_t *salt, size_t salt_length, unsigned iterations,
                uint8_t *out, size_t length);

/// The key derivation of PKCS#12 with SHA-1 (RFC 7292, appendix B). `password` is UTF-16, the high byte first, with its two
/// bytes of zero, at most 4096 bytes; `salt` has at most 64. `purpose` is 1 for a key, 2 for an initial vector, 3 for a MAC.
void pki_pkcs12_derive(uint8_t purpose, const uint8_t *password, size_t password_length, const uint8_t *salt, size_t salt_length,
                       unsigned iterations, uint8_t *out, size_t length);

/// Encrypts whole blocks in place, with AES-256 (a key of 32 bytes, a vector of 16) or triple DES (24 and 8).
void pki_encrypt_aes(const uint8_t *key, const uint8_t *vector, uint8_t *bytes, size_t count);
void pki_encrypt_des(const uint8_t *key, const uint8_t *vector, uint8_t *bytes, size_t count);

/// Decrypts whole blocks in place, with AES-256.
void pki_decrypt_aes(const uint8_t *key, const uint8_t *vector, uint8_t *bytes, size_t count);

// MARK: keys.c

/// The point of a scalar on P-256, P-384 or P-521, uncompressed: 1 + 2 * ⌈bits / 8⌉ bytes. The scalar has ⌈bits / 8⌉ bytes.
/// Returns false if the scalar is zero or not below the curve's order.
bool pki_ec_public(int bits, const uint8_t *scalar, uint8_t *point);

/// The public key of Ed25519 (32 bytes) or Ed448 (57), from as many secret ones.
void pki_ed25519_public(const uint8_t *secret, uint8_t *key);
void pki_ed448_public(const uint8_t *secret, uint8_t *key);

/// The modulus of an RSA key from two primes of `length` bytes: twice as many.
void pki_rsa_modulus(const uint8_t *p, const uint8_t *q, size_t length, uint8_t *modulus);

/// The secret numbers of an RSA key with the exponent 65537: d of twice `length` bytes, then d mod (p - 1), d mod (q - 1) and
/// q⁻¹ mod p of `length` each. Returns false if p or q do not suit the exponent.
bool pki_rsa_private(const uint8_t *p, const uint8_t *q, size_t length, uint8_t *out);

/// Whether a signature by RSA-PSS is right. `hash_bits` is 256, 384 or 512, also for the mask.
bool pki_verify_pss(int hash_bits, size_t salt_length, const uint8_t *modulus, size_t modulus_length, const uint8_t *exponent,
                    size_t exponent_length, const uint8_t *signature, size_t signature_length, const uint8_t *bytes, size_t count);

/// The part of all signatures with one key and ONE nonce on P-256, 32 bytes each: r, r·d mod n and k⁻¹ mod n.
/// Whoever sees two such signatures can calculate the key.
bool pki_p256_prepare(const uint8_t *key, const uint8_t *nonce, uint8_t *r, uint8_t *product, uint8_t *inverse);

/// The other part: s = k⁻¹ (hash + r·d) mod n.
void pki_p256_sign(const uint8_t *product, const uint8_t *inverse, const uint8_t *hash, uint8_t *s);

// MARK: reading.c

/// Whether GnuTLS can read a certificate.
bool pki_check_certificate(const uint8_t *bytes, size_t count, char *error);

/// Whether GnuTLS can read a request (PKCS#10), and its signature is right.
bool pki_check_request(const uint8_t *bytes, size_t count, char *error);

/// Writes the public part of a private key (PKCS#8, not encrypted) as SubjectPublicKeyInfo. Returns its length, 0 for failure.
size_t pki_public_key(const uint8_t *bytes, size_t count, uint8_t *out, size_t room);

/// Signs with a private key (PKCS#8), always with the same result. `hash_bits` is 256, 384 or 512, and 0 for Ed25519 and
/// Ed448. Returns the length of the signature, 0 for failure.
size_t pki_sign(const uint8_t *key, size_t key_length, int hash_bits, const uint8_t *bytes, size_t count, uint8_t *out, size_t room);

/// Opens a PKCS#12 file. Writes the private key as PKCS#8 and then each certificate, a length of four bytes before each; the
/// key's length is 0 if there is none. Files that need more than `iterations` in total are refused. Returns the length of what
/// was written, 0 for failure.
size_t pki_open_pkcs12(const uint8_t *bytes, size_t count, const char *password, unsigned iterations, uint8_t *out, size_t room,
                       char *error);

/// Reads an address as text: 4 or 16 bytes, 0 if it is none. And writes one, into 46 bytes with NUL.
size_t pki_read_address(const char *text, uint8_t *address);
void pki_write_address(const uint8_t *address, size_t length, char *text);

#pragma clang assume_nonnull end
#endif
