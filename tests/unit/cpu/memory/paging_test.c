/* The page walk, A and D, rights, big and global pages, the TLB.  SDM vol. 3A, "Paging". */
#include "tests/unit/cpu/fixture.h"

enum { PTE_P = 1, PTE_RW = 2, PTE_US = 4, PTE_A = 32, PTE_D = 64, PDE_PS = 128, PTE_G = 256 };
#define LOAD_EAX(la) 0xa1, DWORD(la)
#define STORE_EAX(la) 0xa3, DWORD(la)

static struct pc *pc_paging(unsigned cpl)
{
    struct pc *pc = pc_create("p6_nofpu");
    enter_protected(pc, cpl);
    enter_paging(pc);
    return pc;
}

static u32 pte(struct pc *pc, u32 la) { return get32(pte_of(pc, la)); }
static void set_pte(struct pc *pc, u32 la, u32 value) { put32(pte_of(pc, la), value); tlb_flush(pc->cpu); }
static void set_pde(struct pc *pc, unsigned i, u32 value) { put32(pc->ram + PAGES + i * 4, value); tlb_flush(pc->cpu); }

Test(paging, a_read_sets_the_accessed_flag_of_every_entry_that_it_uses)
{
    PC(pc) = pc_paging(0);
    set_pde(pc, 0, (PAGES + 0x1000) | 7);
    RUN(pc, LOAD_EAX(DATA));
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(get32(pc->ram + PAGES), (PAGES + 0x1000) | 7 | PTE_A);
    cr_expect_eq(pte(pc, DATA), DATA | 7 | PTE_A);
}

Test(paging, a_write_sets_the_dirty_flag_of_the_leaf_only)
{
    PC(pc) = pc_paging(0);
    RUN(pc, STORE_EAX(DATA));
    cr_expect_eq(pte(pc, DATA), DATA | 7 | PTE_A | PTE_D);
    cr_expect_eq(get32(pc->ram + PAGES) & PTE_D, 0);
}

Test(paging, a_write_behind_a_read_of_the_same_page_still_sets_the_dirty_flag)
{
    PC(pc) = pc_paging(0);
    RUN(pc, LOAD_EAX(DATA));
    cr_expect_eq(pte(pc, DATA) & PTE_D, 0);
    RUN(pc, STORE_EAX(DATA));
    cr_expect_eq(pte(pc, DATA) & PTE_D, PTE_D);
}

Test(paging, a_refused_access_sets_no_flag)
{
    PC(pc) = pc_paging(3);
    set_pte(pc, DATA, DATA | PTE_P | PTE_US);
    RUN(pc, STORE_EAX(DATA));
    cr_expect_eq(pte(pc, DATA), DATA | PTE_P | PTE_US);
}

/* SDM vol. 3A, "Access Rights": U/S and R/W must be set in both entries. */
static const struct {
    const char *name;
    u32 pde, pte;            /* without P and the addresses */
    unsigned cpl;
    bool wp, write;
    int error;               /* -1: no fault */
} right[] = {
    { "user reads a user page", PTE_US, PTE_US, 3, false, false, -1 },
    { "user reads below a supervisor directory entry", 0, PTE_US | PTE_RW, 3, false, false, 5 },
    { "user reads a supervisor page", PTE_US | PTE_RW, PTE_RW, 3, false, false, 5 },
    { "user writes a writable page", PTE_US | PTE_RW, PTE_US | PTE_RW, 3, false, true, -1 },
    { "user writes below a read-only directory entry", PTE_US, PTE_US | PTE_RW, 3, false, true, 7 },
    { "user writes a read-only page", PTE_US | PTE_RW, PTE_US, 3, false, true, 7 },
    { "user writes a supervisor page", PTE_US | PTE_RW, PTE_RW, 3, false, true, 7 },
    { "supervisor reads anything", 0, 0, 0, true, false, -1 },
    { "supervisor writes a read-only page with WP = 0", PTE_RW, 0, 0, false, true, -1 },
    { "supervisor writes a read-only user page with WP = 1", PTE_US | PTE_RW, PTE_US, 0, true, true, 3 },
    { "supervisor writes below a read-only directory entry with WP = 1", 0, PTE_RW, 0, true, true, 3 },
    { "supervisor writes a writable supervisor page with WP = 1", PTE_RW, PTE_RW, 0, true, true, -1 },
};

Test(paging, rights_are_those_of_both_entries)
{
    enum { LA = 0x400000 };              /* by a directory entry of its own */

    for (unsigned i = 0; i < ARRAY_COUNT(right); i++) {
        PC(pc) = pc_paging(right[i].cpl);
        if (right[i].wp) pc->cpu->cr0 |= CR0_WP;
        set_pde(pc, 1, (PAGES + 0x2000) | PTE_P | right[i].pde);
        put32(pc->ram + PAGES + 0x2000, DATA | PTE_P | right[i].pte);
        if (right[i].write) RUN(pc, STORE_EAX(LA));
        else RUN(pc, LOAD_EAX(LA));
        cr_expect_eq(pc->cpu->fault_log.count != 0, right[i].error >= 0, "%s", right[i].name);
        if (right[i].error < 0 || !pc->cpu->fault_log.count) continue;
        cr_expect_eq((int)last_fault(pc)->error_code, right[i].error, "%s: %s", right[i].name, told(pc));
        cr_expect_eq(pc->cpu->cr2, LA);
    }
}

Test(paging, the_386_lets_the_supervisor_write_read_only_pages_always)
{
    PC(pc) = pc_create("i386");
    enter_protected(pc, 0);
    enter_paging(pc);
    pc->cpu->gpr[RAX] = pc->cpu->cr0 | CR0_WP;
    RUN(pc, 0x0f, 0x22, 0xc0);
    cr_expect_eq(pc->cpu->cr0 & CR0_WP, 0);
    set_pte(pc, DATA, DATA | PTE_P);
    RUN(pc, STORE_EAX(DATA));
    EXPECT_NO_FAULT(pc);
}

Test(paging, cr2_is_the_address_of_the_byte_in_the_second_page)
{
    PC(pc) = pc_paging(0);
    set_pte(pc, DATA + 0x1000, 0);
    memset(pc->ram + DATA + 0xffe, 0x11, 2);
    pc->cpu->gpr[RAX] = 0xdeadbeef;
    RUN(pc, STORE_EAX(DATA + 0xffe));
    EXPECT_FAULT(pc, PTE_NOT_PRESENT, 2);
    cr_expect_eq(pc->cpu->cr2, DATA + 0x1000);
    cr_expect_eq(get16(pc->ram + DATA + 0xffe), 0x1111, "a byte changed before both pages were checked");
}

Test(paging, a_page_crossing_access_reaches_both_frames)
{
    PC(pc) = pc_paging(0);
    set_pte(pc, DATA, (DATA + 0x5000) | 7);
    set_pte(pc, DATA + 0x1000, (DATA + 0x3000) | 7);
    pc->cpu->gpr[RAX] = 0x44332211;
    RUN(pc, STORE_EAX(DATA + 0xffe));
    cr_expect_eq(get16(pc->ram + DATA + 0x5ffe), 0x2211);
    cr_expect_eq(get16(pc->ram + DATA + 0x3000), 0x4433);
    pc->cpu->gpr[RAX] = 0;
    RUN(pc, LOAD_EAX(DATA + 0xffe));
    cr_expect_eq(pc->cpu->gpr[RAX], 0x44332211);
}

Test(paging, a_read_modify_write_needs_the_right_to_write_before_it_reads)
{
    PC(pc) = pc_paging(3);
    set_pte(pc, DATA, DATA | PTE_P | PTE_US);
    RUN(pc, 0x83, 0x05, DWORD(DATA), 1);                                 /* ADD dword [DATA], 1 */
    EXPECT_FAULT(pc, PAGE_IS_READ_ONLY, 7);
}

Test(paging, a_fetch_from_a_page_that_is_not_there_faults_at_the_instruction)
{
    PC(pc) = pc_paging(3);
    set_pte(pc, CODE, 0);
    run_ticks(pc, 1);
    EXPECT_FAULT(pc, PTE_NOT_PRESENT, 4);
    cr_expect_eq(pc->cpu->cr2, CODE);
    cr_expect_eq(stack_word(pc, 1), CODE);
}

/* --- big pages --- */

Test(paging, a_directory_entry_with_ps_maps_4_mib)
{
    PC(pc) = pc_paging(0);
    pc->cpu->cr4 |= CR4_PSE;
    set_pde(pc, 1, 0x87);
    pc->cpu->gpr[RAX] = 0x12345678;
    RUN(pc, STORE_EAX(0x400000 + DATA));
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(get32(pc->ram + DATA), 0x12345678);
    cr_expect_eq(get32(pc->ram + PAGES + 4), 0x87 | PTE_A | PTE_D);
}

Test(paging, ps_means_nothing_without_cr4_pse)
{
    PC(pc) = pc_paging(0);
    set_pde(pc, 1, (PAGES + 0x1000) | 0x87);
    RUN(pc, LOAD_EAX(0x400000 + DATA));
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pte(pc, DATA) & PTE_A, PTE_A);
}

Test(paging, invlpg_drops_the_whole_of_a_big_page)
{
    PC(pc) = pc_paging(0);
    pc->cpu->cr4 |= CR4_PSE;
    set_pde(pc, 1, 0x87);
    RUN(pc, LOAD_EAX(0x400000 + DATA));
    put32(pc->ram + PAGES + 4, 0);
    RUN(pc, 0x0f, 0x01, 0x3d, DWORD(0x412345));                          /* INVLPG, another place of the page */
    RUN(pc, LOAD_EAX(0x400000 + DATA));
    EXPECT_FAULT(pc, PDE_NOT_PRESENT, 0);
}

/* --- the TLB --- */

#ifndef HARD
Test(paging, a_translation_stays_until_it_is_invalidated)
{
    PC(pc) = pc_paging(0);
    RUN(pc, LOAD_EAX(DATA));
    put32(pte_of(pc, DATA), 0);
    RUN(pc, LOAD_EAX(DATA));
    EXPECT_NO_FAULT(pc);
    RUN(pc, 0x0f, 0x01, 0x3d, DWORD(DATA));
    RUN(pc, LOAD_EAX(DATA));
    EXPECT_FAULT(pc, PTE_NOT_PRESENT, 0);
}

Test(paging, a_load_of_cr3_spares_global_pages)
{
    PC(pc) = pc_paging(0);
    pc->cpu->cr4 |= CR4_PGE;
    set_pte(pc, DATA, DATA | 7 | PTE_G);
    set_pte(pc, CODE, CODE | 7 | PTE_G);
    RUN(pc, LOAD_EAX(DATA));
    put32(pte_of(pc, DATA), 0);
    pc->cpu->gpr[RAX] = PAGES;
    RUN(pc, 0x0f, 0x22, 0xd8);
    RUN(pc, LOAD_EAX(DATA));
    EXPECT_NO_FAULT(pc);
    pc->cpu->gpr[RAX] = 0;                                               /* PGE off: all go */
    RUN(pc, 0x0f, 0x22, 0xe0);
    RUN(pc, LOAD_EAX(DATA));
    EXPECT_FAULT(pc, PTE_NOT_PRESENT, 0);
}
#endif

Test(paging, a_load_of_cr3_drops_local_pages)
{
    PC(pc) = pc_paging(0);
    RUN(pc, LOAD_EAX(DATA));
    put32(pte_of(pc, DATA), 0);
    pc->cpu->gpr[RAX] = PAGES;
    RUN(pc, 0x0f, 0x22, 0xd8);
    RUN(pc, LOAD_EAX(DATA));
    EXPECT_FAULT(pc, PTE_NOT_PRESENT, 0);
}

Test(paging, a_supervisor_translation_says_nothing_to_cpl_3)
{
    PC(pc) = pc_paging(0);
    set_pte(pc, DATA, DATA | PTE_P | PTE_RW);
    RUN(pc, LOAD_EAX(DATA));
    enter_protected(pc, 3);
    RUN(pc, LOAD_EAX(DATA));
    EXPECT_FAULT(pc, PAGE_IS_SUPERVISOR, 5);
}

/* --- A20, and the onlooker --- */

Test(paging, with_a20_masked_the_second_mebibyte_is_the_first)
{
    PC(pc) = pc_create("p6_nofpu");
    enter_protected(pc, 0);
    cpu_set_a20(pc->cpu, false);
    put32(pc->ram + DATA, 0xcafe);
    RUN(pc, LOAD_EAX(0x100000 + DATA));
    cr_expect_eq(pc->cpu->gpr[RAX], 0xcafe);
    cpu_set_a20(pc->cpu, true);
    RUN(pc, LOAD_EAX(0x100000 + DATA));
    cr_expect_eq(pc->cpu->gpr[RAX], 0x5a5a5a5a, "that is the bus");
}

Test(paging, a20_masks_what_the_page_tables_say_too)
{
    PC(pc) = pc_paging(0);
    set_pte(pc, DATA, (0x100000 + DATA) | 7);
    cpu_set_a20(pc->cpu, false);
    put32(pc->ram + DATA, 0xcafe);
    RUN(pc, LOAD_EAX(DATA));
    cr_expect_eq(pc->cpu->gpr[RAX], 0xcafe);
}

Test(paging, translate_has_no_side_effect)
{
    PC(pc) = pc_paging(0);
    u64 pa = 0;
    set_pte(pc, DATA, (DATA + 0x5000) | 7);
    cr_expect(cpu_translate(pc->cpu, DATA + 0x123, &pa));
    cr_expect_eq(pa, DATA + 0x5123);
    cr_expect_eq(pte(pc, DATA), (DATA + 0x5000) | 7);
    cr_expect_not(cpu_translate(pc->cpu, 0x400000, &pa));
    cr_expect_eq(pc->cpu->cr2, 0);
    EXPECT_NO_FAULT(pc);
}
