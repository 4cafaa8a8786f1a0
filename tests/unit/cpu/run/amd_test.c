/* What AMD's processors have of their own: SSE4A, CLZERO.  APM vol. 3, vol. 4, each under its name. */
#include "tests/unit/cpu/fixture.h"

static struct pc *pc_of(const char *model)
{
    struct pc *pc = pc_create(model);
    enter_long(pc, 0);
    pc->cpu->cr0 &= ~(u64)(CR0_EM | CR0_TS);
    pc->cpu->cr4 |= CR4_OSFXSR;
    pc->cpu->gpr[RBX] = DATA;
    for (unsigned n = 0; n < 64; n++) pc->cpu->ymm[n] = 0x1111111111111111ull * (n & 15);
    return pc;
}
#define XMM(pc, n) (&(pc)->cpu->ymm[4 * (n)])

Test(sse4a, extrq_takes_length_and_place_from_two_immediates)
{
    PC(pc) = pc_of("ryzen");
    XMM(pc, 9)[0] = 0x123456789abcdef0;
    RUN(pc, 0x66, 0x41, 0x0f, 0x78, 0xc1, 12, 20);                       /* EXTRQ XMM9, 12, 20 */
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(XMM(pc, 9)[0], 0x9ab);
    cr_expect_eq(XMM(pc, 9)[1], 0);
}

Test(sse4a, the_fields_of_the_other_forms_stand_in_the_source)
{
    PC(pc) = pc_of("ryzen");
    XMM(pc, 1)[0] = 0x123456789abcdef0;
    XMM(pc, 2)[0] = 16 | 8 << 8;
    RUN(pc, 0x66, 0x0f, 0x79, 0xca);                                     /* EXTRQ XMM1, XMM2 */
    cr_expect_eq(XMM(pc, 1)[0], 0xbcde);
    XMM(pc, 1)[0] = ~0ull;
    XMM(pc, 2)[0] = 0x1234;
    XMM(pc, 2)[1] = 8 | 4 << 8;
    RUN(pc, 0xf2, 0x0f, 0x79, 0xca);                                     /* INSERTQ XMM1, XMM2 */
    cr_expect_eq(XMM(pc, 1)[0], 0xfffffffffffff34f);
    cr_expect_eq(XMM(pc, 1)[1], 0);
    RUN(pc, 0xf2, 0x0f, 0x78, 0xca, 0, 0);                               /* INSERTQ XMM1, XMM2, 0, 0: all 64 bits */
    cr_expect_eq(XMM(pc, 1)[0], 0x1234);
    EXPECT_NO_FAULT(pc);
}

Test(sse4a, movntss_and_movntsd_store_a_scalar)
{
    PC(pc) = pc_of("ryzen");
    RUN(pc, 0xf3, 0x0f, 0x2b, 0x0b);                                     /* MOVNTSS [RBX], XMM1 */
    cr_expect_eq(get64(pc->ram + DATA), 0x44444444);
    RUN(pc, 0xf2, 0x0f, 0x2b, 0x0b);                                     /* MOVNTSD */
    cr_expect_eq(get64(pc->ram + DATA), 0x4444444444444444);
    EXPECT_NO_FAULT(pc);
    RUN(pc, 0xf3, 0x0f, 0x2b, 0xc1);
    EXPECT_FAULT(pc, UNDEFINED_OPCODE, 0);
}

Test(sse4a, intels_models_have_none_of_it)
{
    static const u8 code[][6] = { { 0x66, 0x0f, 0x78, 0xc1, 1, 1 }, { 0x66, 0x0f, 0x79, 0xc1 }, { 0xf2, 0x0f, 0x78, 0xc1, 1, 1 },
                                  { 0xf3, 0x0f, 0x2b, 0x03 }, { 0x0f, 0x01, 0xfc } };
    for (unsigned i = 0; i < ARRAY_COUNT(code); i++) {
        PC(pc) = pc_of("corei7_haswell");
        run_bytes(pc, code[i], sizeof code[i]);
        EXPECT_FAULT(pc, UNDEFINED_OPCODE, 0);
    }
}

Test(clzero, the_line_that_holds_rax_becomes_zero)
{
    PC(pc) = pc_of("ryzen");
    memset(pc->ram + DATA, 0xcc, 256);
    pc->cpu->gpr[RAX] = DATA + 0x7f;
    RUN(pc, 0x0f, 0x01, 0xfc);
    EXPECT_NO_FAULT(pc);
    for (unsigned n = 0; n < 256; n++) cr_expect_eq(pc->ram[DATA + n], n >= 64 && n < 128 ? 0 : 0xcc, "byte %u", n);
}

Test(clzero, it_is_a_store)
{
    PC(pc) = pc_of("ryzen");
    put64(pte64_of(pc, DATA), 0);
    tlb_flush(pc->cpu);
    pc->cpu->gpr[RAX] = DATA;
    RUN(pc, 0x0f, 0x01, 0xfc);
    EXPECT_FAULT(pc, PTE_NOT_PRESENT, 2);
}

Test(clzero, cpuid_tells_of_it)
{
    PC(pc) = pc_of("ryzen");
    pc->cpu->gpr[RAX] = 0x80000008;
    cpuid(pc->cpu);
    cr_expect_eq(pc->cpu->gpr[RBX], 5, "CLZERO, and the x87's pointers are always saved");
}
