/* XSAVE and its kind.  SDM vol. 1, "Managing State Using the XSAVE Feature Set". */
#include "tests/unit/cpu/fixture.h"

enum { AREA = DATA, XSTATE_BV = AREA + 512, XCOMP_BV = AREA + 520, RESERVED = AREA + 528, AVX = AREA + 576, MXCSR = AREA + 24, FCW = AREA, XMM = AREA + 160 };
enum { X87 = 1, SSE = 2, YMM = 4, ALL = 7 };
#define COMPACTED (1ull << 63)
/* REX.W op [RBX] */
#define XSAVE(pc)    RUN(pc, 0x48, 0x0f, 0xae, 0x23)
#define XRSTOR(pc)   RUN(pc, 0x48, 0x0f, 0xae, 0x2b)
#define XSAVEOPT(pc) RUN(pc, 0x48, 0x0f, 0xae, 0x33)
#define XSAVEC(pc)   RUN(pc, 0x48, 0x0f, 0xc7, 0x23)
#define XSAVES(pc)   RUN(pc, 0x48, 0x0f, 0xc7, 0x2b)
#define XRSTORS(pc)  RUN(pc, 0x48, 0x0f, 0xc7, 0x1b)

/* 64-bit mode, all components enabled and in their initial configuration, RFBM = ALL, the area full of CCh. */
static struct pc *pc_with_xsave(const char *model)
{
    struct pc *pc = pc_create(model);
    enter_long(pc, 0);
    pc->cpu->cr0 &= ~(u64)(CR0_EM | CR0_TS);
    pc->cpu->cr4 |= CR4_OSFXSR | CR4_OSXSAVE;
    pc->cpu->xcr0 = ALL;
    pc->cpu->x87 = (struct x87){ .control = 0x37f };
    pc->cpu->gpr[RBX] = AREA;
    pc->cpu->gpr[RAX] = ALL;
    pc->cpu->gpr[RDX] = 0;
    memset(pc->ram + AREA, 0xcc, 1024);
    return pc;
}
#define RYZEN(pc) PC(pc) = pc_with_xsave("ryzen")

static void use(struct pc *pc, u64 components)
{
    if (components & X87) pc->cpu->x87.control = 0x27f;
    if (components & SSE) pc->cpu->ymm[4] = 0x1111;
    if (components & YMM) pc->cpu->ymm[6] = 0x2222;
}

static void empty_header(struct pc *pc, u64 bv, u64 comp)
{
    memset(pc->ram + AREA, 0, 1024);
    put32(pc->ram + MXCSR, 0x1f80);
    put16(pc->ram + FCW, 0x37f);
    put64(pc->ram + XSTATE_BV, bv);
    put64(pc->ram + XCOMP_BV, comp);
}

static u64 xgetbv1(struct pc *pc)
{
    pc->cpu->gpr[RCX] = 1;
    RUN(pc, 0x0f, 0x01, 0xd0);
    return pc->cpu->gpr[RAX];
}

/* --- saving --- */

Test(xsave, xsavec_saves_what_is_requested_and_in_use)
{
    for (u64 used = 0; used <= ALL; used++) {
        for (u64 asked = 0; asked <= ALL; asked++) {
            RYZEN(pc);
            use(pc, used);
            pc->cpu->gpr[RAX] = asked;
            XSAVEC(pc);
            EXPECT_NO_FAULT(pc);
            cr_expect_eq(get64(pc->ram + XSTATE_BV), used & asked);
            cr_expect_eq(get64(pc->ram + XCOMP_BV), COMPACTED | asked);
            cr_expect_eq(get16(pc->ram + FCW), used & asked & X87 ? 0x27f : 0xcccc);
            cr_expect_eq(get32(pc->ram + MXCSR), used & asked & SSE ? 0x1f80 : 0xcccccccc);
            cr_expect_eq(get64(pc->ram + XMM + 16), used & asked & SSE ? 0x1111 : 0xccccccccccccccccull);
            cr_expect_eq(get64(pc->ram + AVX + 16), used & asked & YMM ? 0x2222 : 0xccccccccccccccccull);
            cr_expect_eq(get64(pc->ram + RESERVED), 0xccccccccccccccccull, "the rest of the header is not written");
        }
    }
}

Test(xsave, mxcsr_other_than_1f80h_puts_sse_into_xstate_bv)
{
    RYZEN(pc);
    pc->cpu->mxcsr = 0x1fa0;
    XSAVEC(pc);
    cr_expect_eq(get64(pc->ram + XSTATE_BV), SSE);
    cr_expect_eq(get32(pc->ram + MXCSR), 0x1fa0);
}

Test(xsave, xsaveopt_leaves_out_what_is_not_in_use_and_stores_mxcsr_all_the_same)
{
    RYZEN(pc);
    use(pc, YMM);
    put64(pc->ram + XSTATE_BV, 0);
    XSAVEOPT(pc);
    cr_expect_eq(get64(pc->ram + XSTATE_BV), YMM);
    cr_expect_eq(get64(pc->ram + XCOMP_BV), 0xccccccccccccccccull, "the standard format");
    cr_expect_eq(get16(pc->ram + FCW), 0xcccc);
    cr_expect_eq(get64(pc->ram + XMM), 0xccccccccccccccccull);
    cr_expect_eq(get32(pc->ram + MXCSR), 0x1f80);
    cr_expect_eq(get64(pc->ram + AVX + 16), 0x2222);
}

Test(xsave, xsave_stores_all_that_is_requested)
{
    RYZEN(pc);
    put64(pc->ram + XSTATE_BV, 1ull << 9 | ALL);
    XSAVE(pc);
    cr_expect_eq(get64(pc->ram + XSTATE_BV), 1ull << 9, "bits that are not requested stay");
    cr_expect_eq(get16(pc->ram + FCW), 0x37f);
    cr_expect_eq(get64(pc->ram + XMM), 0);
    cr_expect_eq(get64(pc->ram + AVX), 0);
}

Test(xsave, xgetbv_of_1_tells_what_is_in_use)
{
    for (u64 used = 0; used <= ALL; used++) {
        RYZEN(pc);
        use(pc, used);
        cr_expect_eq(xgetbv1(pc), used);
    }
    RYZEN(pc);
    use(pc, ALL);
    pc->cpu->xcr0 = X87 | SSE;
    cr_expect_eq(xgetbv1(pc), X87 | SSE, "and enabled");
}

/* --- restoring --- */

Test(xsave, the_compacted_format_comes_back_as_it_was_saved)
{
    for (u64 used = 0; used <= ALL; used++) {
        RYZEN(pc);
        use(pc, used);
        empty_header(pc, 0, 0);
        XSAVEC(pc);
        RYZEN(other);
        use(other, ALL);
        memcpy(other->ram + AREA, pc->ram + AREA, 1024);
        XRSTOR(other);
        EXPECT_NO_FAULT(other);
        cr_expect_arr_eq(other->cpu->ymm, pc->cpu->ymm, sizeof pc->cpu->ymm);
        cr_expect_eq(other->cpu->x87.control, pc->cpu->x87.control);
        cr_expect_eq(xgetbv1(other), used);
    }
}

Test(xsave, compacted_mxcsr_belongs_to_sse_and_is_initialized_with_it)
{
    RYZEN(pc);
    pc->cpu->mxcsr = 0x1fa0;
    empty_header(pc, 0, COMPACTED | ALL);
    put32(pc->ram + MXCSR, 0xffffffff);
    XRSTOR(pc);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->mxcsr, 0x1f80);
    pc->cpu->mxcsr = 0x1fa0;
    pc->cpu->gpr[RAX] = YMM;
    XRSTOR(pc);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->mxcsr, 0x1fa0, "AVX does not carry it");
}

Test(xsave, the_standard_format_loads_mxcsr_with_avx_too)
{
    RYZEN(pc);
    empty_header(pc, 0, 0);
    put32(pc->ram + MXCSR, 0x1fa0);
    pc->cpu->gpr[RAX] = YMM;
    XRSTOR(pc);
    cr_expect_eq(pc->cpu->mxcsr, 0x1fa0);
}

Test(xsave, a_component_that_is_not_in_the_area_is_initialized)
{
    RYZEN(pc);
    use(pc, ALL);
    empty_header(pc, SSE, COMPACTED | SSE);
    put64(pc->ram + XMM, 0x3333);
    XRSTOR(pc);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->ymm[0], 0x3333);
    cr_expect_eq(pc->cpu->ymm[6], 0);
    cr_expect_eq(pc->cpu->x87.control, 0x37f);
}

/* XSTATE_BV, XCOMP_BV, a byte of the header that is 1 (0: none), legal for XRSTOR, legal for XRSTORS */
static const struct { u64 bv, comp; unsigned byte; bool xrstor, xrstors; } header_case[] = {
    { ALL, COMPACTED | ALL, 0, true, true },   { SSE, COMPACTED | X87, 0, false, false }, { 0, COMPACTED | 8, 0, false, false },
    { COMPACTED, COMPACTED, 0, false, false }, { 0, COMPACTED, 16, false, false },        { 0, COMPACTED, 63, false, false },
    { ALL, 0, 0, true, false },                { 8, 0, 0, false, false },                 { ALL, ALL, 0, false, false },
    { 0, 0, 16, false, false },                { 0, 0, 24, true, false },                 { 0, 0, 63, true, false },
};

Test(xsave, the_header_must_be_one_that_an_xsave_writes)
{
    for (unsigned i = 0; i < ARRAY_COUNT(header_case); i++) {
        for (unsigned supervisor = 0; supervisor < 2; supervisor++) {
            RYZEN(pc);
            empty_header(pc, header_case[i].bv, header_case[i].comp);
            if (header_case[i].byte) pc->ram[XSTATE_BV + header_case[i].byte] = 1;
            if (supervisor) XRSTORS(pc);
            else XRSTOR(pc);
            bool legal = supervisor ? header_case[i].xrstors : header_case[i].xrstor;
            cr_expect_eq(pc->cpu->fault_log.count == 0, legal, "row %u, %u", i, supervisor);
        }
    }
}

Test(xsave, without_xsavec_bit_63_of_xcomp_bv_is_reserved)
{
    PC(pc) = pc_with_xsave("corei7_haswell");
    empty_header(pc, 0, COMPACTED);
    XRSTOR(pc);
    EXPECT_FAULT(pc, XRSTOR_HEADER, 0);
}

/* --- supervisor --- */

Test(xsave, xsaves_and_xrstors_are_for_cpl_0)
{
    RYZEN(pc);
    use(pc, ALL);
    XSAVES(pc);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(get64(pc->ram + XCOMP_BV), COMPACTED | ALL);
    for (unsigned restore = 0; restore < 2; restore++) {
        RYZEN(user);
        enter_long(user, 3);
        if (restore) XRSTORS(user);
        else XSAVES(user);
        EXPECT_FAULT(user, PRIVILEGED, 0);
    }
}

Test(xsave, ia32_xss_has_no_bit_to_set)
{
    RYZEN(pc);
    pc->cpu->gpr[RCX] = 0xda0;
    pc->cpu->gpr[RAX] = 0;
    RUN(pc, 0x0f, 0x30);
    EXPECT_NO_FAULT(pc);
    for (unsigned n = 0; n < 32; n++) {
        pc->cpu->rip = CODE;
        pc->cpu->gpr[RAX] = 1u << n;
        RUN(pc, 0x0f, 0x30);
        cr_expect_eq(pc->cpu->fault_log.count, n + 1);
    }
}

/* --- what a model has --- */

static const struct { const char *model; unsigned opcode, digit; bool there; } model_case[] = {
    { "ryzen", 0xc7, 4, true },           { "ryzen", 0xc7, 5, true },           { "ryzen", 0xae, 6, true },
    { "corei7_haswell", 0xc7, 4, false }, { "corei7_haswell", 0xc7, 5, false }, { "corei7_haswell", 0xae, 6, true },
    { "corei7_sandy_bridge", 0xc7, 4, false }, { "core2_penryn", 0xae, 4, false }, { "core2_penryn", 0xc7, 4, false },
};

Test(xsave, an_instruction_that_the_model_lacks_is_undefined)
{
    for (unsigned i = 0; i < ARRAY_COUNT(model_case); i++) {
        PC(pc) = pc_with_xsave(model_case[i].model);
        RUN(pc, 0x0f, (u8)model_case[i].opcode, (u8)(model_case[i].digit << 3 | 3));
        if (model_case[i].there) EXPECT_NO_FAULT(pc);
        else EXPECT_FAULT(pc, UNDEFINED_OPCODE, 0);
    }
    PC(pc) = pc_with_xsave("corei7_haswell");
    xgetbv1(pc);
    EXPECT_FAULT(pc, XCR_RESERVED, 0);
}

static void ask(struct pc *pc, u32 leaf, u32 subleaf)
{
    pc->cpu->gpr[RAX] = leaf;
    pc->cpu->gpr[RCX] = subleaf;
    RUN(pc, 0x0f, 0xa2);
}

Test(xsave, cpuid_0dh_tells_sizes_and_instructions)
{
    RYZEN(pc);
    pc->cpu->xcr0 = X87;
    ask(pc, 13, 0);
    cr_expect_eq(pc->cpu->gpr[RAX], ALL);
    cr_expect_eq(pc->cpu->gpr[RBX], 576);
    cr_expect_eq(pc->cpu->gpr[RCX], 832);
    ask(pc, 13, 1);
    cr_expect_eq(pc->cpu->gpr[RAX], 15);
    cr_expect_eq(pc->cpu->gpr[RBX], 576);
    cr_expect_eq(pc->cpu->gpr[RCX], 0, "no supervisor component");
    pc->cpu->xcr0 = ALL;
    ask(pc, 13, 1);
    cr_expect_eq(pc->cpu->gpr[RBX], 832);
    ask(pc, 13, 2);
    cr_expect_eq(pc->cpu->gpr[RAX], 256);
    cr_expect_eq(pc->cpu->gpr[RBX], 576);
    PC(haswell) = pc_with_xsave("corei7_haswell");
    ask(haswell, 13, 1);
    cr_expect_eq(haswell->cpu->gpr[RAX], 1);
    cr_expect_eq(haswell->cpu->gpr[RBX], 0, "no compacted format");
}

/* --- against the host --- */

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>

/* The host's components 0 to 2 from `from`, then its XSAVEC to `to` and XGETBV(1); its own state comes back. */
__attribute__((target("xsave,xsavec"), noinline)) static u32 host_xsavec(const u8 *from, u8 *to)
{
    static u8 own[4096] __attribute__((aligned(64)));
    u32 used, high;

    _xsave64(own, 7);
    __asm__ volatile("xrstor64 (%2)\n\tmov $1, %%ecx\n\txgetbv\n\tmov %%eax, %0\n\tmov %%edx, %1\n\tmov $7, %%eax\n\txor %%edx, %%edx\n\txsavec64 (%3)\n\t"
                     "mov $7, %%eax\n\txrstor64 (%4)"
                     : "=&r"(used), "=&r"(high) : "r"(from), "r"(to), "r"(own), "a"(7), "d"(0) : "rcx", "memory");
    return used & 7;
}

static bool host_has_xsavec(void)
{
    u32 a, b, c, d;
    return __get_cpuid_count(13, 0, &a, &b, &c, &d) && (a & 7) == 7 && __get_cpuid_count(13, 1, &a, &b, &c, &d) && (a & 6) == 6;
}

Test(xsave, an_area_of_xsavec_is_the_hosts)
{
    static u8 from[1024] __attribute__((aligned(64))), to[1024] __attribute__((aligned(64)));

    if (!host_has_xsavec()) cr_skip_test("the host has no XSAVEC");
    for (u64 used = 0; used < 16; used++) {
        RYZEN(pc);
        empty_header(pc, used & ALL, 0);
        put64(pc->ram + XMM + 48, used & SSE ? 0x123456789abcdef : 0);
        put64(pc->ram + AVX + 248, used & YMM ? 0xfedcba987654321 : 0);
        put16(pc->ram + FCW, used & X87 ? 0x27f : 0x37f);
        if (used & 8) put32(pc->ram + MXCSR, 0x1fa0);
        memcpy(from, pc->ram + AREA, sizeof from);
        memset(to, 0xcc, sizeof to);
        u32 host_used = host_xsavec(from, to);
        XRSTOR(pc);
        memset(pc->ram + AREA, 0xcc, 1024);
        pc->cpu->gpr[RAX] = ALL;
        XSAVEC(pc);
        EXPECT_NO_FAULT(pc);
        put32(to + 28, get32(pc->ram + AREA + 28));                      /* MXCSR_MASK is the model's */
        cr_expect_arr_eq(pc->ram + AREA, to, sizeof to, "components %llu", (unsigned long long)used);
        cr_expect_eq(xgetbv1(pc), host_used, "components %llu", (unsigned long long)used);
    }
}
#endif
