/* What traces keep of other pages: a direct branch goes where its address leads now, never where it once led.          doc: traces */
#include "cpu/decode/trace.h"
#include "tests/unit/cpu/fixture.h"

enum { FIRST = 0x50000, SECOND = 0x51000, OTHER = 0x52000, ROUNDS = 64 };

static void put(struct pc *pc, u32 pa, const void *bytes, size_t size) { memcpy(pc->ram + pa, bytes, size); }
#define PUT(pc, pa, ...) put(pc, pa, (const u8[]){ __VA_ARGS__ }, sizeof (const u8[]){ __VA_ARGS__ })

/* ECX rounds between two pages; the second one, and the one that takes its place, say in EBX which of them ran. */
static void put_pages(struct pc *pc)
{
    PUT(pc, FIRST, 0x40, 0xe9, DWORD(SECOND - (FIRST + 6)), 0xf4);                          /* INC EAX; JMP SECOND */
    PUT(pc, SECOND, 0x83, 0xc3, 1, 0x49, 0x0f, 0x85, DWORD(FIRST - (SECOND + 10)), 0xf4);   /* ADD EBX, 1; DEC ECX; JNZ FIRST; HLT */
    PUT(pc, OTHER, 0x83, 0xeb, 1, 0x49, 0x0f, 0x85, DWORD(FIRST - (SECOND + 10)), 0xf4);    /* SUB EBX, 1; ... */
}

static void run_rounds(struct pc *pc)
{
    pc->cpu->gpr[RAX] = pc->cpu->gpr[RBX] = 0;
    pc->cpu->gpr[RCX] = ROUNDS;
    pc->cpu->rip = FIRST;
    pc->cpu->activity = 0;
    run_ticks(pc, 6 * ROUNDS);
    cr_assert_eq(pc->cpu->gpr[RCX], 0);
    cr_expect_eq(pc->cpu->gpr[RAX], ROUNDS);
}

/* SDM vol. 3A, "Invalidation of TLBs and Paging-Structure Caches": after it, the new translation alone is used. */
static void remap_and_run(unsigned invalidations)
{
    PC(pc) = pc_create("p2_klamath");

    enter_protected(pc, 0);
    enter_paging(pc);
    put_pages(pc);
    run_rounds(pc);
    cr_expect_eq(pc->cpu->gpr[RBX], ROUNDS);
    put32(pte_of(pc, SECOND), OTHER | 7);
    tlb_flush(pc->cpu);
    for (unsigned i = 1; i < invalidations; i++) targets_forget(pc->cpu);
    run_rounds(pc);
    cr_expect_eq(pc->cpu->gpr[RBX], (u32)-ROUNDS, "after %u invalidations a branch still leads to the old page", invalidations);
}

Test(trace, a_branch_to_another_page_follows_the_new_translation) { remap_and_run(1); }

/* Links keep 16 bits of the number of invalidations. */
Test(trace, nor_does_the_old_one_come_back_when_invalidations_have_been_counted_around)
{
    for (unsigned n = 0xfffd; n <= 0x10001; n++) remap_and_run(n);
}
