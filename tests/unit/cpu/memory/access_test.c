/* Loads and stores: devices, ROM, code pages, limits, alignment. */
#include "tests/unit/cpu/fixture.h"

#define LOAD_EAX(la) 0xa1, DWORD(la)
#define STORE_EAX(la) 0xa3, DWORD(la)
enum { DEVICE = 0x200000 };

static struct pc *pc_flat(unsigned cpl)
{
    struct pc *pc = pc_create("p6_nofpu");
    enter_protected(pc, cpl);
    return pc;
}

Test(access, memory_that_is_not_there_is_read_and_written_on_the_bus_in_one_piece)
{
    PC(pc) = pc_flat(0);
    RUN(pc, LOAD_EAX(DEVICE));
    cr_expect_eq(pc->cpu->gpr[RAX], 0x5a5a5a5a);
    cr_expect_eq(pc->bus.reads, 1);
    cr_expect_eq(pc->bus.size, 4);
    RUN(pc, STORE_EAX(DEVICE + 8));
    cr_expect_eq(pc->bus.writes, 1);
    cr_expect_eq(pc->bus.address, DEVICE + 8);
    cr_expect_eq(pc->bus.value, 0x5a5a5a5a);
}

Test(access, a_byte_on_the_bus_is_a_byte)
{
    PC(pc) = pc_flat(0);
    pc->cpu->gpr[RAX] = 0x12345678;
    RUN(pc, 0xa2, DWORD(DEVICE));                                        /* MOV [DEVICE], AL */
    cr_expect_eq(pc->bus.size, 1);
    cr_expect_eq(pc->bus.value, 0x78);
}

Test(access, an_access_over_the_end_of_memory_splits_between_memory_and_bus)
{
    PC(pc) = pc_flat(0);
    put16(pc->ram + RAM_BYTES - 2, 0x1122);
    RUN(pc, LOAD_EAX(RAM_BYTES - 2));
    cr_expect_eq(pc->cpu->gpr[RAX], 0x5a5a1122);
    cr_expect_eq(pc->bus.reads, 1, "one word");
    pc->cpu->gpr[RAX] = 0x99887766;
    RUN(pc, STORE_EAX(RAM_BYTES - 2));
    cr_expect_eq(get16(pc->ram + RAM_BYTES - 2), 0x7766);
    cr_expect_eq(pc->bus.value, 0x9988);
    cr_expect_eq(pc->bus.address, RAM_BYTES);
}

Test(access, a_write_to_rom_goes_to_the_bus_and_leaves_the_rom)
{
    PC(pc) = pc_flat(0);
    physical_set(pc->memory, DATA, PAGE_BYTES, pc->ram + DATA, NULL);
    cpu_memory_changed(pc->cpu);
    RUN(pc, STORE_EAX(DATA));
    RUN(pc, STORE_EAX(DATA));
    cr_expect_eq(pc->bus.writes, 2);
    cr_expect_eq(get32(pc->ram + DATA), 0);
}

Test(access, shadow_memory_is_read_here_and_written_there)
{
    PC(pc) = pc_flat(0);
    physical_set(pc->memory, DATA, PAGE_BYTES, pc->ram + DATA, pc->ram + DATA + 0x1000);
    cpu_memory_changed(pc->cpu);
    pc->cpu->gpr[RAX] = 0x1234;
    RUN(pc, STORE_EAX(DATA));
    RUN(pc, LOAD_EAX(DATA));
    cr_expect_eq(pc->cpu->gpr[RAX], 0);
    cr_expect_eq(get32(pc->ram + DATA + 0x1000), 0x1234);
}

Test(access, the_device_sees_the_tick_of_the_instruction)
{
    PC(pc) = pc_flat(0);
    memset(pc->ram + CODE, 0x90, 16);
    run_ticks(pc, 7);
    RUN(pc, LOAD_EAX(DEVICE));
    cr_expect_eq(pc->time.now, 8);
}

Test(access, a_store_marks_its_page_as_written)
{
    PC(pc) = pc_flat(0);
    cr_expect_not(physical_page_at(pc->memory, DATA)->written);
    RUN(pc, LOAD_EAX(DATA));
    cr_expect_not(physical_page_at(pc->memory, DATA)->written);
    RUN(pc, STORE_EAX(DATA));
    cr_expect(physical_page_at(pc->memory, DATA)->written);
}

Test(access, a_page_of_decoded_code_gets_no_write_tag)
{
    PC(pc) = pc_flat(0);
    RUN(pc, STORE_EAX(CODE + 0x800));
    RUN(pc, STORE_EAX(CODE + 0x800));
    const struct tlb_entry *t = tlb_entry_of(pc->cpu, CODE);
    cr_expect_eq(t->tag_write, TLB_INVALID);
}

Test(access, code_that_is_overwritten_is_decoded_anew)
{
    PC(pc) = pc_flat(0);
    static const u8 program[] = { 0xc6, 0x05, DWORD(CODE + 7), 0x42 /* MOV byte [next], INC EDX */, 0x40 /* INC EAX */ };
    memcpy(pc->ram + CODE, program, sizeof program);
    run_ticks(pc, 2);
    cr_expect_eq(pc->cpu->gpr[RAX], 0);
    cr_expect_eq(pc->cpu->gpr[RDX], (6 << 8 | 5 << 4 | 2) + 1);
}

/* --- limits: SDM vol. 3A, "Limit Checking" --- */

static const struct {
    u32 limit;
    unsigned rights, ea, size;
    bool legal;
} limit_case[] = {
    { 0xfff, DATA_WRITE, 0xffc, 4, true },      { 0xfff, DATA_WRITE, 0xffd, 4, false },
    { 0xfff, DATA_WRITE, 0xfff, 1, true },      { 0xfff, DATA_WRITE, 0x1000, 1, false },
    { 0, DATA_WRITE, 0, 1, true },              { 0, DATA_WRITE, 0, 2, false },
    { 0xfff, DATA_DOWN, 0xfff, 1, false },      { 0xfff, DATA_DOWN, 0x1000, 1, true },
    { 0xfff, DATA_DOWN, 0xffff, 1, true },      { 0xfff, DATA_DOWN, 0xffff, 2, false },
    { 0xfff, DATA_DOWN, 0x10000, 1, false },    { 0xfff, DATA_DOWN | B32, 0x10000, 1, true },
    { 0xffff, DATA_DOWN, 0xffff, 1, false },    { 0xffffffff, DATA_DOWN | B32, 0xffffffff, 1, false },
    { 0xffffffff, DATA_WRITE | B32, 0xfffffffc, 4, true },
};

Test(access, limits_hold_to_the_byte_in_either_direction)
{
    PC(pc) = pc_flat(0);
    for (unsigned i = 0; i < ARRAY_COUNT(limit_case); i++) {
        set_segment(pc->cpu, CPU_SEG_DS, KERNEL_DS, 0, limit_case[i].limit, limit_case[i].rights);
        cr_expect_eq(segment_may_read(pc->cpu, CPU_SEG_DS, limit_case[i].ea, limit_case[i].size), limit_case[i].legal,
                     "limit %x, ea %x", limit_case[i].limit, limit_case[i].ea);
        cr_expect_eq(segment_may_write(pc->cpu, CPU_SEG_DS, limit_case[i].ea, limit_case[i].size), limit_case[i].legal);
    }
}

Test(access, linear_addresses_wrap_at_4_gib)
{
    PC(pc) = pc_flat(0);
    set_segment(pc->cpu, CPU_SEG_DS, KERNEL_DS, 0xfffff000, ~0u, DATA_WRITE | FLAT);
    put32(pc->ram + DATA, 0x1234);
    RUN(pc, LOAD_EAX(DATA + 0x1000));
    cr_expect_eq(pc->cpu->gpr[RAX], 0x1234);
}

/* --- SDM vol. 3A, "Alignment Check Exception (#AC)" --- */

static const struct { unsigned cpl; bool am, ac, fault; } alignment[] = {
    { 3, true, true, true }, { 3, true, false, false }, { 3, false, true, false }, { 0, true, true, false },
};

Test(access, alignment_is_checked_at_cpl_3_with_am_and_ac_only)
{
    for (unsigned i = 0; i < ARRAY_COUNT(alignment); i++) {
        PC(pc) = pc_flat(alignment[i].cpl);
        if (alignment[i].am) pc->cpu->cr0 |= CR0_AM;
        cpu_set_eflags(pc->cpu, EFLAGS_1 | (alignment[i].ac ? EFLAGS_AC : 0));
        mode_derive(pc->cpu);
        RUN(pc, LOAD_EAX(DATA + 1));
        cr_expect_eq(pc->cpu->fault_log.count, alignment[i].fault);
    }
}

Test(access, an_aligned_access_passes_and_a_byte_is_always_aligned)
{
    PC(pc) = pc_flat(3);
    pc->cpu->cr0 |= CR0_AM;
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_AC);
    RUN(pc, LOAD_EAX(DATA + 4));
    RUN(pc, 0xa0, DWORD(DATA + 3));
    RUN(pc, 0x66, 0xa1, DWORD(DATA + 2));
    EXPECT_NO_FAULT(pc);
}

Test(access, an_alignment_fault_that_has_no_aligned_stack_goes_on_tick_by_tick)
{
    PC(pc) = pc_flat(3);
    set_idt(pc, VECTOR_AC, gate(USER_CS, HANDLERS, TYPE_INTERRUPT_GATE_32 | DPL_3 | P, 0));
    pc->cpu->cr0 |= CR0_AM;
    pc->cpu->gpr[RSP] = STACK_3 + 1;
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_AC);
    RUN(pc, 0x50);
    run_ticks(pc, 100);
    cr_expect_eq(pc->cpu->activity, ACTIVITY_RUNNING);
    cr_expect_eq(pc->time.now, 101);
}

/* --- stack --- */

Test(access, a_16_bit_stack_wraps_and_keeps_the_upper_half_of_esp)
{
    PC(pc) = pc_flat(0);
    set_segment(pc->cpu, CPU_SEG_SS, KERNEL_DS, DATA, 0xffff, DATA_WRITE);
    mode_derive(pc->cpu);
    pc->cpu->gpr[RSP] = 0xabcd0002;
    pc->cpu->gpr[RAX] = 0x11223344;
    RUN(pc, 0x66, 0x50);                                                 /* PUSH AX */
    cr_expect_eq(pc->cpu->gpr[RSP], 0xabcd0000);
    RUN(pc, 0x66, 0x50);
    cr_expect_eq(pc->cpu->gpr[RSP], 0xabcdfffe);
    cr_expect_eq(get16(pc->ram + DATA + 0xfffe), 0x3344);
}

Test(access, a_push_over_the_limit_leaves_esp)
{
    PC(pc) = pc_flat(0);
    set_segment(pc->cpu, CPU_SEG_SS, KERNEL_DS, 0, 0x2fff, DATA_DOWN | B32);
    set_idt(pc, VECTOR_SS, gate(TSS_2_SELECTOR, 0, TYPE_TASK_GATE | P, 0));
    pc->cpu->gpr[RSP] = 0x3002;
    cr_expect_not(stack_push(pc->cpu, 1, 4));
    cr_expect_eq(pc->cpu->gpr[RSP], 0x3002);
    cr_expect_eq(pc->cpu->fault.reason, REASON_STACK_PAST_LIMIT);
}
