/* Debug registers.  SDM vol. 3B, "Debug Registers", "Debug Exceptions". */
#include "tests/unit/cpu/fixture.h"

#define TO_DR(n) 0x0f, 0x23, 0xc0 | (n) << 3
#define FROM_DR(n) 0x0f, 0x21, 0xc0 | (n) << 3
#define LOAD_EAX(la) 0xa1, DWORD(la)
#define STORE_EAX(la) 0xa3, DWORD(la)
enum { RW_EXECUTE, RW_WRITE, RW_IO, RW_READ_WRITE };
enum { LEN_1, LEN_2, LEN_8, LEN_4 };

static struct pc *pc_flat(void)
{
    struct pc *pc = pc_create("p6_nofpu");
    enter_protected(pc, 0);
    return pc;
}

static void set_breakpoint(struct pc *pc, unsigned n, u32 address, unsigned rw, unsigned len)
{
    cr_assert(debug_write(pc->cpu, n, address));
    cr_assert(debug_write(pc->cpu, 7, pc->cpu->dr[7] | 2u << 2 * n | (rw | len << 2) << (16 + 4 * n)));
}

Test(debug, fixed_bits_of_dr6_and_dr7_read_as_the_manual_says)
{
    PC(pc) = pc_flat();
    pc->cpu->gpr[RAX] = 0;
    RUN(pc, TO_DR(6));
    RUN(pc, TO_DR(7));
    cr_expect_eq(pc->cpu->dr[6], 0xffff0ff0);
    cr_expect_eq(pc->cpu->dr[7], 0x400);
    pc->cpu->gpr[RAX] = 0xffffffff;
    RUN(pc, TO_DR(6));
    cr_expect_eq(pc->cpu->dr[6], 0xffffeff4 | 0xb);
}

Test(debug, dr4_and_dr5_are_dr6_and_dr7_until_de)
{
    PC(pc) = pc_flat();
    RUN(pc, FROM_DR(4));
    cr_expect_eq(pc->cpu->gpr[RAX], 0xffff0ff0);
    RUN(pc, FROM_DR(5));
    cr_expect_eq(pc->cpu->gpr[RAX], 0x400);
    pc->cpu->cr4 |= CR4_DE;
    RUN(pc, FROM_DR(5));
    EXPECT_FAULT(pc, NO_SUCH_REGISTER, 0);
}

Test(debug, debug_registers_are_for_level_0)
{
    PC(pc) = pc_create("p6_nofpu");
    enter_protected(pc, 3);
    RUN(pc, FROM_DR(7));
    EXPECT_FAULT(pc, PRIVILEGED, 0);
}

Test(debug, general_detect_faults_before_the_access_and_falls_in_the_handler)
{
    PC(pc) = pc_flat();
    pc->cpu->dr[7] |= DR7_GD;
    pc->cpu->gpr[RAX] = 0x1234;
    RUN(pc, TO_DR(0));
    EXPECT_FAULT(pc, DEBUG_GENERAL_DETECT, 0);
    cr_expect_eq(pc->cpu->dr[0], 0);
    cr_expect_eq(pc->cpu->dr[6] & DR6_BD, DR6_BD);
    cr_expect_eq(pc->cpu->dr[7] & DR7_GD, 0);
    cr_expect_eq(stack_word(pc, 0), CODE);
}

/* --- instruction breakpoints --- */

Test(debug, an_instruction_breakpoint_stops_before_the_instruction)
{
    PC(pc) = pc_flat();
    set_breakpoint(pc, 2, CODE + 1, RW_EXECUTE, LEN_1);
    static const u8 program[] = { 0x40, 0x40, 0x40 };
    memcpy(pc->ram + CODE, program, sizeof program);
    run_ticks(pc, 2);
    EXPECT_FAULT(pc, DEBUG_FETCH, 0);
    cr_expect_eq(pc->cpu->gpr[RAX], 1);
    cr_expect_eq(stack_word(pc, 0), CODE + 1);
    cr_expect_eq(pc->cpu->dr[6] & 15, 4);
}

Test(debug, none_is_seen_behind_a_load_of_ss)
{
    PC(pc) = pc_flat();
    set_breakpoint(pc, 0, CODE + 2, RW_EXECUTE, LEN_1);
    static const u8 program[] = { 0x8e, 0xd0, 0x40, 0x40 };
    pc->cpu->gpr[RAX] = KERNEL_DS;
    memcpy(pc->ram + CODE, program, sizeof program);
    run_ticks(pc, 2);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->rip, CODE + 3);
}

/* --- data breakpoints: a trap behind the access --- */

static const struct {
    const char *name;
    unsigned rw, len, at, size;      /* at: offset of the access from the breakpoint */
    bool write, hit;
} data_case[] = {
    { "a write to a write breakpoint", RW_WRITE, LEN_4, 0, 4, true, true },
    { "a read of a write breakpoint", RW_WRITE, LEN_4, 0, 4, false, false },
    { "a read of a read-write breakpoint", RW_READ_WRITE, LEN_4, 0, 4, false, true },
    { "one byte of four", RW_READ_WRITE, LEN_4, 3, 1, false, true },
    { "behind four bytes", RW_READ_WRITE, LEN_4, 4, 1, false, false },
    { "four bytes from before", RW_READ_WRITE, LEN_1, -3u, 4, false, true },
    { "four bytes that end before", RW_READ_WRITE, LEN_1, -4u, 4, false, false },
    { "the second of two bytes", RW_WRITE, LEN_2, 1, 1, true, true },
    { "behind two bytes", RW_WRITE, LEN_2, 2, 1, true, false },
};

Test(debug, a_data_breakpoint_traps_behind_an_access_that_touches_it)
{
    enum { AT = DATA + 0x10 };

    for (unsigned i = 0; i < ARRAY_COUNT(data_case); i++) {
        PC(pc) = pc_flat();
        set_breakpoint(pc, 1, AT, data_case[i].rw, data_case[i].len);
        u8 opcode = (u8)(0xa0 + (data_case[i].write ? 2 : 0) + (data_case[i].size == 4));
        pc->cpu->gpr[RAX] = 0x11223344;
        RUN(pc, opcode, DWORD(AT + data_case[i].at));
        cr_expect_eq(pc->cpu->fault_log.count, data_case[i].hit, "%s", data_case[i].name);
        if (!data_case[i].hit) continue;
        EXPECT_FAULT(pc, DEBUG_TRAP, 0);
        cr_expect_eq(stack_word(pc, 0), CODE + 5, "the instruction is done: %s", data_case[i].name);
        cr_expect_eq(pc->cpu->dr[6] & 15, 2);
        if (data_case[i].write) cr_expect_eq(pc->ram[AT + data_case[i].at], 0x44);
    }
}

Test(debug, the_address_is_aligned_to_its_length)
{
    PC(pc) = pc_flat();
    set_breakpoint(pc, 0, DATA + 3, RW_READ_WRITE, LEN_4);
    RUN(pc, 0xa0, DWORD(DATA));
    EXPECT_FAULT(pc, DEBUG_TRAP, 0);
}

Test(debug, a_disabled_breakpoint_does_not_trap)
{
    PC(pc) = pc_flat();
    cr_assert(debug_write(pc->cpu, 0, DATA));
    cr_assert(debug_write(pc->cpu, 7, RW_READ_WRITE << 16));
    RUN(pc, LOAD_EAX(DATA));
    EXPECT_NO_FAULT(pc);
}

Test(debug, a_page_that_was_in_use_is_watched_too)
{
    PC(pc) = pc_flat();
    RUN(pc, STORE_EAX(DATA));
    set_breakpoint(pc, 0, DATA, RW_WRITE, LEN_1);
    RUN(pc, STORE_EAX(DATA));
    EXPECT_FAULT(pc, DEBUG_TRAP, 0);
}

Test(debug, an_instruction_that_faults_leaves_its_traps_for_the_next_time)
{
    PC(pc) = pc_flat();
    enter_paging(pc);
    set_breakpoint(pc, 0, DATA, RW_READ_WRITE, LEN_4);
    put32(pte_of(pc, DATA + 0x1000), 0);
    pc->cpu->gpr[RSI] = DATA;
    pc->cpu->gpr[RDI] = DATA + 0x1000;
    RUN(pc, 0xa5);                                                       /* MOVSD: reads the breakpoint, then faults */
    EXPECT_FAULT(pc, PTE_NOT_PRESENT, 2);
    RUN(pc, 0x90);
    cr_expect_eq(pc->cpu->fault_log.count, 1, "a trap of the handler's first instruction: %s", told(pc));
}

Test(debug, an_io_breakpoint_needs_de)
{
    PC(pc) = pc_flat();
    set_breakpoint(pc, 3, 0x60, RW_IO, LEN_1);
    RUN(pc, 0xe4, 0x60);
    EXPECT_NO_FAULT(pc);
    pc->cpu->cr4 |= CR4_DE;
    RUN(pc, 0xe4, 0x60);
    EXPECT_FAULT(pc, DEBUG_TRAP, 0);
    cr_expect_eq(pc->cpu->dr[6] & 15, 8);
    cr_expect_eq(pc->bus.in, 2, "the port was read");
}

/* --- single step --- */

Test(debug, tf_traps_behind_every_instruction_and_falls_in_the_handler)
{
    PC(pc) = pc_flat();
    pc->cpu->rflags |= EFLAGS_TF;
    RUN(pc, 0x40);
    EXPECT_FAULT(pc, DEBUG_TRAP, 0);
    cr_expect_eq(pc->cpu->dr[6] & DR6_BS, DR6_BS);
    cr_expect_eq(pc->cpu->gpr[RAX], 1);
    cr_expect_eq(stack_word(pc, 0), CODE + 1);
    cr_expect_eq(stack_word(pc, 2) & EFLAGS_TF, EFLAGS_TF);
    cr_expect_eq(pc->cpu->rflags & EFLAGS_TF, 0);
}

Test(debug, a_popf_that_sets_tf_traps_behind_the_next_instruction)
{
    PC(pc) = pc_flat();
    put32(pc->ram + STACK_0, EFLAGS_1 | EFLAGS_TF);
    RUN(pc, 0x9d);
    EXPECT_NO_FAULT(pc);
    RUN(pc, 0x40);
    EXPECT_FAULT(pc, DEBUG_TRAP, 0);
}
