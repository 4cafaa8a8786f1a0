#include "tests/vector/vector_test.h"

/* AES, PCLMULQDQ, SHA and CRC32 against the host's. */

typedef void two_operands(void *state, const void *operand);

#define OURS(name, type) \
    static void our_##name(void *a, const void *b) { vector_##name((type *)a, (const type *)b); }
OURS(aesenc, u8)
OURS(aesenclast, u8)
OURS(aesdec, u8)
OURS(aesdeclast, u8)
OURS(aesimc, u8)
OURS(sha1nexte, u32)
OURS(sha1msg1, u32)
OURS(sha1msg2, u32)
OURS(sha256msg1, u32)
OURS(sha256msg2, u32)

#define HOST(name, isa, instruction) \
    __attribute__((target(isa))) static void host_##name(void *a, const void *b) \
    { \
        __m128i va = load(a), vb = load(b); \
        store(a, instruction); \
    }
HOST(aesenc, "aes", _mm_aesenc_si128(va, vb))
HOST(aesenclast, "aes", _mm_aesenclast_si128(va, vb))
HOST(aesdec, "aes", _mm_aesdec_si128(va, vb))
HOST(aesdeclast, "aes", _mm_aesdeclast_si128(va, vb))
HOST(aesimc, "aes", ((void)va, _mm_aesimc_si128(vb)))
HOST(sha1nexte, "sha", _mm_sha1nexte_epu32(va, vb))
HOST(sha1msg1, "sha", _mm_sha1msg1_epu32(va, vb))
HOST(sha1msg2, "sha", _mm_sha1msg2_epu32(va, vb))
HOST(sha256msg1, "sha", _mm_sha256msg1_epu32(va, vb))
HOST(sha256msg2, "sha", _mm_sha256msg2_epu32(va, vb))

static const struct row {
    const char *name;
    unsigned needs;
    two_operands *ours, *host;
} rows[] = {
    { "AESENC",     HOST_AES, our_aesenc,     host_aesenc },
    { "AESENCLAST", HOST_AES, our_aesenclast, host_aesenclast },
    { "AESDEC",     HOST_AES, our_aesdec,     host_aesdec },
    { "AESDECLAST", HOST_AES, our_aesdeclast, host_aesdeclast },
    { "AESIMC",     HOST_AES, our_aesimc,     host_aesimc },
    { "SHA1NEXTE",  HOST_SHA, our_sha1nexte,  host_sha1nexte },
    { "SHA1MSG1",   HOST_SHA, our_sha1msg1,   host_sha1msg1 },
    { "SHA1MSG2",   HOST_SHA, our_sha1msg2,   host_sha1msg2 },
    { "SHA256MSG1", HOST_SHA, our_sha256msg1, host_sha256msg1 },
    { "SHA256MSG2", HOST_SHA, our_sha256msg2, host_sha256msg2 },
};

static void test_row(const struct row *row, unsigned count)
{
    begin(row->name);
    if (!host_has(row->needs)) skip(count);
    else for (unsigned n = 0; n < count; n++) {
        u32 a[4], b[4], ours[4], host[4];

        random_bytes(a, sizeof a);
        random_bytes(b, sizeof b);
        memcpy(ours, a, sizeof ours);
        memcpy(host, a, sizeof host);
        row->ours(ours, b);
        row->host(host, b);
        check(0, ours, host, sizeof ours, a, b, sizeof a);
        row->ours(ours, ours);                                          /* one register for both */
        row->host(host, host);
        check(0, ours, host, sizeof ours, a, b, sizeof a);
    }
    end();
}

__attribute__((target("aes"))) static __m128i host_aeskeygenassist(__m128i a, unsigned imm)
{
#define CASE(n) case n: return _mm_aeskeygenassist_si128(a, n);
    switch (imm) { FOR_ALL_IMMEDIATES(CASE) }
#undef CASE
    return a;
}

static void test_aeskeygenassist(unsigned count)
{
    begin("AESKEYGENASSIST");
    if (!host_has(HOST_AES)) skip(count * IMMEDIATES);
    else for (unsigned n = 0; n < count * IMMEDIATES; n++) {
        u8 a[16], ours[16], host[16];

        random_bytes(a, sizeof a);
        vector_aeskeygenassist(ours, a, (u8)n);
        store(host, host_aeskeygenassist(load(a), n % IMMEDIATES));
        check(n % IMMEDIATES, ours, host, sizeof ours, a, a, sizeof a);
    }
    end();
}

__attribute__((target("pclmul"))) static __m128i host_pclmulqdq(__m128i a, __m128i b, unsigned imm)
{
#define CASE(n) case n: return _mm_clmulepi64_si128(a, b, n);
    switch (imm) { FOR_ALL_IMMEDIATES(CASE) }
#undef CASE
    return a;
}

static void test_pclmulqdq(unsigned count)
{
    begin("PCLMULQDQ");
    if (!host_has(HOST_PCLMUL)) skip(count * IMMEDIATES);
    else for (unsigned n = 0; n < count * IMMEDIATES; n++) {
        u64 a[2], b[2], ours[2], host[2];

        random_bytes(a, sizeof a);
        random_bytes(b, sizeof b);
        vector_pclmulqdq(ours, a[n & 1], b[n >> 4 & 1]);
        store(host, host_pclmulqdq(load(a), load(b), n % IMMEDIATES));
        check(n % IMMEDIATES, ours, host, sizeof ours, a, b, sizeof a);
    }
    end();
}

__attribute__((target("sha"))) static __m128i host_sha1rnds4(__m128i a, __m128i b, unsigned imm)
{
    /* The intrinsic of some compilers takes 0 to 3 only. */
#define CASE(n) \
    case n: asm("sha1rnds4 %[i], %[b], %[a]" : [a] "+x"(a) : [b] "x"(b), [i] "i"(n)); break;
    switch (imm) { FOR_ALL_IMMEDIATES(CASE) }
#undef CASE
    return a;
}

static void test_sha1rnds4(unsigned count)
{
    begin("SHA1RNDS4");
    if (!host_has(HOST_SHA)) skip(count * IMMEDIATES);
    else for (unsigned n = 0; n < count * IMMEDIATES; n++) {
        u32 a[4], b[4], ours[4], host[4];

        random_bytes(a, sizeof a);
        random_bytes(b, sizeof b);
        memcpy(ours, a, sizeof ours);
        vector_sha1rnds4(ours, b, (u8)n);
        store(host, host_sha1rnds4(load(a), load(b), n % IMMEDIATES));
        check(n % IMMEDIATES, ours, host, sizeof ours, a, b, sizeof a);
    }
    end();
}

__attribute__((target("sha"))) static __m128i host_sha256rnds2(__m128i a, __m128i b, __m128i wk)
{
    return _mm_sha256rnds2_epu32(a, b, wk);
}

static void test_sha256rnds2(unsigned count)
{
    begin("SHA256RNDS2");
    if (!host_has(HOST_SHA)) skip(count);
    else for (unsigned n = 0; n < count; n++) {
        u32 a[4], b[4], wk[4], ours[4], host[4];

        random_bytes(a, sizeof a);
        random_bytes(b, sizeof b);
        random_bytes(wk, sizeof wk);
        memcpy(ours, a, sizeof ours);
        vector_sha256rnds2(ours, b, wk);
        store(host, host_sha256rnds2(load(a), load(b), load(wk)));
        check(0, ours, host, sizeof ours, a, b, sizeof a);
    }
    end();
}

__attribute__((target("sse4.2"))) static u32 host_crc32(u32 crc, u64 data, unsigned size_bytes)
{
    switch (size_bytes) {
    case 1: return _mm_crc32_u8(crc, (u8)data);
    case 2: return _mm_crc32_u16(crc, (u16)data);
    case 4: return _mm_crc32_u32(crc, (u32)data);
    default: return (u32)_mm_crc32_u64(crc, data);
    }
}

static void test_crc32(unsigned count)
{
    u32 crc = 0xffffffff;

    begin("CRC32");
    for (const char *c = "123456789"; *c; c++) crc = vector_crc32(crc, (u8)*c, 1);
    check_true(~crc == 0xe3069283, 0, ~crc);              /* the check value of CRC-32C, RFC 3720 */
    if (!host_has(HOST_SSE42)) skip(count);
    else for (unsigned n = 0; n < count; n++) {
        u64 data, start;
        u32 ours, host;

        random_bytes(&data, sizeof data);
        random_bytes(&start, sizeof start);
        ours = vector_crc32((u32)start, data, 1u << (n & 3));
        host = host_crc32((u32)start, data, 1u << (n & 3));
        check(1u << (n & 3), &ours, &host, sizeof ours, &start, &data, sizeof data);
    }
    end();
}

/* FIPS 197, "SubBytes()": the tables against their definition, whatever the host has. */
static u8 substituted(u8 x)
{
    u8 inverse = 0, result = 0x63;

    for (unsigned y = 1; y < 256 && x != 0 && inverse == 0; y++) {
        unsigned product = 0;

        for (unsigned n = 0; n < 8; n++) product ^= y >> n & 1 ? (unsigned)x << n : 0;
        for (unsigned n = 15; n >= 8; n--) product ^= product >> n & 1 ? 0x11bu << (n - 8) : 0;
        if (product == 1) inverse = (u8)y;
    }
    for (unsigned n = 0; n < 5; n++) result ^= (u8)(inverse << n | inverse >> (8 - n));
    return result;
}

static void test_substitution(void)
{
    static const u8 no_key[16] = { 0 };

    begin("AES S-box");
    for (unsigned x = 0; x < 256; x++) {
        u8 state[16] = { (u8)x };

        vector_aesenclast(state, no_key);
        check_true(state[0] == substituted((u8)x), x, state[0]);
        vector_aesdeclast(state, no_key);
        check_true(state[0] == x, x, state[0]);
    }
    end();
}

void test_crypto(unsigned count)
{
    for (unsigned n = 0; n < ARRAY_COUNT(rows); n++) test_row(&rows[n], count * IMMEDIATES);
    test_aeskeygenassist(count);
    test_pclmulqdq(count);
    test_sha1rnds4(count);
    test_sha256rnds2(count * IMMEDIATES);
    test_crc32(count * IMMEDIATES);
    test_substitution();
}
