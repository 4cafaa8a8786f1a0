/* Where transfers lead is forgotten when its translation is: the fast instance comes to the same code as the exact one.          doc: fast */
#include "tests/unit/cpu/fixture.h"

enum { FIRST = 0x50000, SECOND = 0x51000, THIRD = 0x52000, OTHER_PAGES = 0x60000, PLACE = 0x300000, ELSEWHERE = 0x308000, TURNS = 40 };
enum { MOST_GLOBAL = TLB_ENTRIES > 1 ? 0x100 : 0 };      /* the G bit, where an entry stays long enough for it */

static u8 *put(u8 *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}
#define PUT(at, ...) put(at, (const u8[]){ __VA_ARGS__ }, sizeof (const u8[]){ __VA_ARGS__ })

static void map(struct pc *pc, u32 la, u32 pa_and_bits) { put32(pte_of(pc, la), pa_and_bits); }

/* At 10h of the second page INC EBX, RET; of the third INC EBP, RET. */
static struct pc *pc_with_two_functions(bool exact)
{
    struct pc *pc = pc_create("core2_penryn");

    enter_protected(pc, 0);
    enter_paging(pc);
    PUT(pc->ram + SECOND + 0x10, 0x43, 0xc3);
    PUT(pc->ram + THIRD + 0x10, 0x45, 0xc3);
    cpu_set_exact(pc->cpu, exact);
    return pc;
}

static void loop(struct pc *pc, const u8 *body, unsigned size)
{
    u8 *at = PUT(pc->ram + CODE, 0xb9, DWORD(TURNS));                                        /* MOV ECX, TURNS */
    at = put(at, body, size);
    at = PUT(at, 0x49, 0x0f, 0x85, DWORD((u32)(0 - size - 7)), 0xf4);                        /* DEC ECX, JNZ, HLT */
    pc->cpu->gpr[RBX] = pc->cpu->gpr[RBP] = 0;
    pc->cpu->rip = CODE;
    run_ticks(pc, TURNS * 60);
    cr_assert_eq(pc->cpu->activity, ACTIVITY_HALTED);
}
#define LOOP(pc, ...) loop(pc, (const u8[]){ __VA_ARGS__ }, sizeof (const u8[]){ __VA_ARGS__ })
#define CALL_AT(la) 0xb8, DWORD(la), 0xff, 0xd0                                             /* MOV EAX, la; CALL EAX */
#define LOAD_CR3(pa) 0xb8, DWORD(pa), 0x0f, 0x22, 0xd8                                      /* MOV EAX, pa; MOV CR3, EAX */
#define FOR_BOTH_INSTANCES(pc) \
    for (unsigned exact = 0; exact < 2; exact++) \
        for (PC(pc) = pc_with_two_functions(exact), *once = pc; once; once = NULL)

static void expect_calls(const struct pc *pc, unsigned of_second, unsigned of_third)
{
    cr_expect_eq(pc->cpu->gpr[RBX], of_second, "%u calls of the second page's", (unsigned)pc->cpu->gpr[RBX]);
    cr_expect_eq(pc->cpu->gpr[RBP], of_third, "%u calls of the third page's", (unsigned)pc->cpu->gpr[RBP]);
}

Test(targets, a_page_at_two_addresses_leads_to_the_neighbour_of_each)
{
    FOR_BOTH_INSTANCES(pc) {
        map(pc, PLACE, FIRST | 7), map(pc, PLACE + 0x1000, SECOND | 7);
        map(pc, ELSEWHERE, FIRST | 7), map(pc, ELSEWHERE + 0x1000, THIRD | 7);
        PUT(pc->ram + FIRST, 0xe9, DWORD(0x1000 + 0x10 - 5));                                /* JMP to 10h of the next page */
        LOOP(pc, CALL_AT(PLACE), CALL_AT(ELSEWHERE));
        expect_calls(pc, TURNS, TURNS);
    }
}

/* A second directory, whose page at PLACE is another. */
static void other_directory(struct pc *pc, u32 pa_and_bits)
{
    memcpy(pc->ram + OTHER_PAGES, pc->ram + PAGES, 2 * PAGE_BYTES);
    put32(pc->ram + OTHER_PAGES, (OTHER_PAGES + 0x1000) | 7);
    put32(pc->ram + OTHER_PAGES + 0x1000 + (PLACE >> 12) * 4, pa_and_bits);
}

Test(targets, of_a_local_page_are_forgotten_by_a_load_of_cr3_and_those_of_a_global_one_are_not)
{
    for (u32 g = 0; g <= MOST_GLOBAL; g += 0x100)
        FOR_BOTH_INSTANCES(pc) {
            pc->cpu->cr4 |= CR4_PGE;
            map(pc, PLACE, SECOND | g | 7);
            other_directory(pc, THIRD | g | 7);
            LOOP(pc, LOAD_CR3(PAGES), CALL_AT(PLACE + 0x10), LOAD_CR3(OTHER_PAGES), CALL_AT(PLACE + 0x10));
            expect_calls(pc, g ? 2 * TURNS : TURNS, g ? 0 : TURNS);
        }
}

Test(targets, of_links_to_other_pages_are_forgotten_as_well)
{
    for (u32 g = 0; g <= MOST_GLOBAL; g += 0x100)
        FOR_BOTH_INSTANCES(pc) {
            u32 rel = PLACE + 0x10 - (CODE + 5 + 8 + 5);
            pc->cpu->cr4 |= CR4_PGE;
            map(pc, PLACE, SECOND | g | 7);
            map(pc, CODE & ~0xfff, (CODE & ~0xfffu) | g | 7);
            other_directory(pc, THIRD | g | 7);
            LOOP(pc, LOAD_CR3(PAGES), 0xe8, DWORD(rel), LOAD_CR3(OTHER_PAGES), 0xe8, DWORD(rel - 13));
            expect_calls(pc, g ? 2 * TURNS : TURNS, g ? 0 : TURNS);
        }
}

Test(targets, are_forgotten_by_invlpg_of_their_page)
{
    FOR_BOTH_INSTANCES(pc) {
        map(pc, PLACE, SECOND | 7);
        LOOP(pc, CALL_AT(PLACE + 0x10), 0x81, 0x35, DWORD(PAGES + 0x1000 + (PLACE >> 12) * 4), DWORD(SECOND ^ THIRD),    /* XOR [PTE], ... */
             0x0f, 0x01, 0x3d, DWORD(PLACE));                                                                            /* INVLPG [PLACE] */
        expect_calls(pc, TURNS / 2, TURNS / 2);
    }
}

/* The large page at 4 MiB is 0 once more; it gives way to a table whose page at the same place is another. */
Test(targets, are_forgotten_by_invlpg_anywhere_in_their_large_page)
{
    FOR_BOTH_INSTANCES(pc) {
        pc->cpu->cr4 |= CR4_PSE;
        put32(pc->ram + PAGES + 4, 0x87);
        memcpy(pc->ram + OTHER_PAGES, pc->ram + PAGES + 0x1000, PAGE_BYTES);
        put32(pc->ram + OTHER_PAGES + (SECOND >> 12) * 4, THIRD | 7);
        LOOP(pc, CALL_AT(0x400000 + SECOND + 0x10), 0x81, 0x35, DWORD(PAGES + 4), DWORD(0x87 ^ (OTHER_PAGES | 7)),       /* XOR [PDE], ... */
             0x0f, 0x01, 0x3d, DWORD(0x700000), 0x0f, 0x01, 0x3d, DWORD(0x400000 + SECOND));
        expect_calls(pc, TURNS / 2, TURNS / 2);
    }
}
