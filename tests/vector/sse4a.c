#include "tests/vector/vector_test.h"

/* EXTRQ, INSERTQ: fields of every length at every place, those that pass bit 63 included. */

__attribute__((target("sse4a"))) static void host_extrq(u64 out[2], const u64 in[2], const u64 control[2])
{
    __m128i v = load(in);
    asm("extrq %[c], %[v]" : [v] "+x"(v) : [c] "x"(load(control)));
    store(out, v);
}

__attribute__((target("sse4a"))) static void host_insertq(u64 out[2], const u64 in[2], const u64 from[2])
{
    __m128i v = load(in);
    asm("insertq %[f], %[v]" : [v] "+x"(v) : [f] "x"(load(from)));
    store(out, v);
}

static void one_case(unsigned n, bool insert)
{
    u64 into[2], from[2], ours[2] = { 0 }, host[2];
    u8 length = (u8)(n & 63), first = (u8)(n >> 6 & 63);
    u64 control = (random64() & ~0x3f3full) | length | (u64)first << 8;

    random_bytes(into, sizeof into);
    random_bytes(from, sizeof from);
    from[insert] = control;
    if (insert) {
        ours[0] = vector_insert_field(into[0], from[0], (u8)control, (u8)(control >> 8));
        host_insertq(host, into, from);
    } else {
        ours[0] = vector_extract_field(into[0], (u8)control, (u8)(control >> 8));
        host_extrq(host, into, from);
    }
    check(0, ours, host, sizeof ours, into, from, sizeof into);
}

void test_sse4a(unsigned count)
{
    for (unsigned insert = 0; insert < 2; insert++) {
        unsigned cases = count * IMMEDIATES < 64 * 64 ? 64 * 64 : count * IMMEDIATES;
        begin(insert ? "INSERTQ" : "EXTRQ");
        if (!host_has(HOST_SSE4A)) skip(cases);
        else for (unsigned n = 0; n < cases; n++) one_case(n, insert);
        end();
    }
}
