/* The TLB itself: which entries go with an invalidation, which lose their write tag. */
#include "tests/unit/cpu/fixture.h"

static struct pc *pc_paging(void)
{
    struct pc *pc = pc_create("p6_nofpu");
    enter_protected(pc, 0);
    enter_paging(pc);
    return pc;
}

static void touch(struct pc *pc, u32 la) { RUN(pc, 0xc6, 0x05, DWORD(la), 1); }          /* MOV BYTE [la], 1 */
static bool may_store(struct pc *pc, u32 la) { return tlb_entry_of(pc->cpu, la)->tag_write == la; }

/* An address whose entry no other of these tests uses, in a TLB of more than one entry. */
enum { ALIAS = 0x2a0000 };

Test(tlb, a_page_that_holds_code_may_be_stored_to_by_none_of_its_addresses)
{
    PC(pc) = pc_paging();
    put32(pte_of(pc, ALIAS), DATA | 7);
    touch(pc, DATA);
    touch(pc, DATA);
    touch(pc, ALIAS);
    cr_assert(may_store(pc, ALIAS));
    pc->cpu->rip = DATA + 0x100;
    RUN(pc, 0x90);
    cr_expect_not(may_store(pc, ALIAS));
    cr_expect_not(may_store(pc, DATA));
    pc->cpu->rip = CODE;
    touch(pc, ALIAS);
    cr_expect_not(may_store(pc, ALIAS), "its walk gives no tag either");
}

Test(tlb, an_entry_that_took_the_place_of_another_is_the_one_that_loses_its_tag)
{
    PC(pc) = pc_paging();
    put32(pte_of(pc, ALIAS), DATA | 7);
    touch(pc, DATA);
    touch(pc, DATA);
    tlb_flush_page(pc->cpu, DATA);
    touch(pc, ALIAS);
    cr_assert(may_store(pc, ALIAS));
    tlb_protect_page(pc->cpu, DATA);
    cr_expect_not(may_store(pc, ALIAS));
}

Test(tlb, a_flush_leaves_no_entry_behind)
{
    PC(pc) = pc_paging();
    for (u32 la = 0; la < 64 * PAGE_BYTES; la += PAGE_BYTES) tlb_flush_page(pc->cpu, la);
    for (u32 la = DATA; la < DATA + 16 * PAGE_BYTES; la += PAGE_BYTES) touch(pc, la);
    tlb_flush(pc->cpu);
    for (unsigned set = 0; set < TLB_SETS; set++)
        for (unsigned i = 0; i < TLB_ENTRIES; i++) cr_assert_eq(pc->cpu->tlb_set[set][i].tag_read, TLB_INVALID);
}

Test(tlb, invlpg_of_one_big_page_leaves_another)
{
    PC(pc) = pc_paging();
    pc->cpu->cr4 |= CR4_PSE;
    put32(pc->ram + PAGES + 4, 0x87);                    /* 4 MiB and 8 MiB are 0 once more */
    put32(pc->ram + PAGES + 8, 0x87);
    touch(pc, 0x400000 + DATA);
    touch(pc, 0x800000 + DATA + 0x1000);
    tlb_flush_page(pc->cpu, 0x400000);
    cr_expect_neq(tlb_entry_of(pc->cpu, 0x400000 + DATA)->tag_read, 0x400000 + DATA);
    cr_expect_eq(tlb_entry_of(pc->cpu, 0x800000 + DATA + 0x1000)->tag_read, 0x800000 + DATA + 0x1000);
}

Test(tlb, invlpg_of_a_page_of_1_gib_drops_pieces_far_from_it)
{
    PC(pc) = pc_create("core2_penryn");
    enter_long(pc, 0);
    struct translation to = { .pa = DATA, .readable = true, .storable = true, .executable = true, .page_bits = 30 };
    u64 piece = 0x40000000 + 0x3f000000 + DATA;
    tlb_fill(pc->cpu, TLB_SUPERVISOR, piece, ACCESS_READ, &to, physical_page_at(pc->memory, DATA));
    cr_assert_eq(tlb_entry_of(pc->cpu, piece)->tag_read, piece);
    tlb_flush_page(pc->cpu, 0x40000000);
    cr_expect_neq(tlb_entry_of(pc->cpu, piece)->tag_read, piece);
}

/* --- pages that are shown --- */

static struct physical_page *shown_page(struct pc *pc)
{
    struct physical_page *page = physical_page_at(pc->cpu->memory, DATA);
    page->shown = true;
    page->changed = false;
    return page;
}

Test(tlb, the_first_store_after_a_drawing_says_that_a_page_has_changed)
{
    PC(pc) = pc_paging();
    struct physical_page *page = shown_page(pc);
    touch(pc, DATA);
    cr_assert(page->changed && may_store(pc, DATA));
    cpu_pages_drawn(pc->cpu, DATA, PAGE_BYTES);
    cr_expect_not(page->changed);
    cr_expect_not(may_store(pc, DATA));
    touch(pc, DATA);
    cr_expect(page->changed);
    cr_expect(may_store(pc, DATA));
}

#ifndef HARD                             /* the fetch takes the one entry */
Test(tlb, a_drawing_does_not_make_the_processor_look_at_the_page_tables)
{
    PC(pc) = pc_paging();
    shown_page(pc);
    touch(pc, DATA);
    cpu_pages_drawn(pc->cpu, DATA, PAGE_BYTES);
    put32(pte_of(pc, DATA), 0);                                      /* without INVLPG: the entry is used as it stands */
    RUN(pc, 0xc6, 0x05, DWORD(DATA), 0x77);
    cr_expect_eq(cpu_fault_count(pc->cpu), 0);
    cr_expect_eq(pc->ram[DATA], 0x77);
}
#endif

Test(tlb, reads_and_writes_of_one_instruction_find_a_drawn_page)
{
    PC(pc) = pc_paging();
    struct physical_page *page = shown_page(pc);
    touch(pc, DATA);
    cpu_pages_drawn(pc->cpu, DATA, PAGE_BYTES);
    RUN(pc, 0xfe, 0x05, DWORD(DATA));                                /* INC BYTE */
    cr_expect_eq(pc->ram[DATA], 2);
    cr_expect(page->changed);
}

/* --- devices --- */

enum { DEVICE = 0x300000 };                                              /* behind the memory there is */

static struct pc *pc_with_device_at_alias(u32 rights)
{
    struct pc *pc = pc_paging();
    put32(pte_of(pc, ALIAS), DEVICE | rights);
    return pc;
}

static bool device_stores(struct pc *pc, u32 value)
{
    pc->bus.writes = 0;
    return linear_write(pc->cpu, CPU_SEG_DS, ALIAS + 8, 4, value) && pc->bus.writes == 1 && pc->bus.address == DEVICE + 8 && pc->bus.value == value;
}

static bool device_loads(struct pc *pc)
{
    u64 value;
    pc->bus.reads = 0;
    return linear_read(pc->cpu, CPU_SEG_DS, ALIAS + 8, 4, &value) && pc->bus.reads == 1 && pc->bus.address == DEVICE + 8 && value == 0x5a5a5a5a;
}

Test(tlb, a_page_of_a_device_is_walked_once)
{
    PC(pc) = pc_with_device_at_alias(7);
    cr_assert(device_stores(pc, 1));
    put32(pte_of(pc, ALIAS), 0);                                         /* without INVLPG: the entry is used as it stands */
    cr_expect(device_stores(pc, 0x12345678) && device_loads(pc));
    tlb_flush_page(pc->cpu, ALIAS);
    cr_expect_not(device_stores(pc, 3));
    cr_expect_not(device_loads(pc));
}

Test(tlb, the_first_store_to_a_device_sets_d_whatever_was_loaded_before)
{
    PC(pc) = pc_with_device_at_alias(7);
    cr_assert(device_loads(pc));
    cr_expect_eq(get32(pte_of(pc, ALIAS)), DEVICE | 0x27);
    cr_assert(device_stores(pc, 1));
    cr_expect_eq(get32(pte_of(pc, ALIAS)), DEVICE | 0x67);
}

Test(tlb, a_device_that_may_be_loaded_from_may_not_be_stored_to_for_that)
{
    PC(pc) = pc_with_device_at_alias(5);
    pc->cpu->cr0 |= CR0_WP;
    cr_assert(device_loads(pc));
    cr_expect_not(device_stores(pc, 1));
    cr_expect_eq(pc->bus.writes, 0);
}

Test(tlb, an_access_that_is_not_aligned_comes_to_a_device_in_aligned_pieces)
{
    PC(pc) = pc_with_device_at_alias(7);
    cr_assert(device_stores(pc, 1));
    pc->bus.writes = 0;
    cr_assert(linear_write(pc->cpu, CPU_SEG_DS, ALIAS + 2, 4, 0x11223344));
    cr_expect(pc->bus.writes == 2 && pc->bus.size == 2 && pc->bus.address == DEVICE + 4 && pc->bus.value == 0x1122);
}
