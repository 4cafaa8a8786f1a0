/* Long mode: gates, stacks, SYSCALL, paging of four levels.  SDM vol. 3A, "IA-32e Mode"; vol. 2, each instruction. */
#include "tests/unit/cpu/fixture.h"

static struct pc *pc_long(unsigned cpl)
{
    static struct cpu_model model;
    struct error err = { 0 };
    cr_assert(cpu_model_with(cpu_model_find("corei7_haswell"), "smap", "", &model, &err), "%s", err.text);
    struct pc *pc = pc_create_of(&model);
    enter_long(pc, cpl);
    return pc;
}

/* --- interrupts --- */

Test(long_mode, an_interrupt_pushes_five_quadwords_on_a_stack_aligned_to_16)
{
    PC(pc) = pc_long(0);
    pc->cpu->gpr[RSP] = STACK_0 - 3;
    RUN(pc, 0xcd, 0x05);
    EXPECT_HANDLER(pc, 5);
    cr_expect_eq(pc->cpu->gpr[RSP], ((STACK_0 - 3) & ~15u) - 40);
    cr_expect_eq(stack_quad(pc, 0), CODE + 2, "RIP");
    cr_expect_eq(stack_quad(pc, 1), KERNEL_CS);
    cr_expect_eq(stack_quad(pc, 3), STACK_0 - 3, "RSP");
    cr_expect_eq(stack_quad(pc, 4), KERNEL_DS, "SS is pushed at the same level too");
}

Test(long_mode, a_change_of_level_takes_rsp0_and_makes_ss_null)
{
    PC(pc) = pc_long(3);
    RUN(pc, 0xcd, 0x05);
    EXPECT_HANDLER(pc, 5);
    cr_expect_eq(pc->cpu->cpl, 0);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_SS].selector, 0);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0 - 40);
    cr_expect_eq(stack_quad(pc, 4), USER_DS);
}

Test(long_mode, an_ist_stack_is_taken_without_a_change_of_level)
{
    PC(pc) = pc_long(0);
    put64(pc->ram + TSS + 36 + 8, DATA + 0x1000);                        /* IST2 */
    set_idt64(pc, 5, gate(KERNEL_CS, HANDLERS + 5 * 16, TYPE_INTERRUPT_GATE_32 | DPL_3 | P, 2), 0);
    RUN(pc, 0xcd, 0x05);
    EXPECT_HANDLER(pc, 5);
    cr_expect_eq(pc->cpu->gpr[RSP], DATA + 0x1000 - 40);
}

Test(long_mode, iretq_takes_ss_and_rsp_at_the_same_level)
{
    PC(pc) = pc_long(0);
    const u64 frame[] = { CODE + 0x100, KERNEL_CS, 0x202, DATA + 0x800, KERNEL_DS };
    pc->cpu->gpr[RSP] = DATA;
    memcpy(pc->ram + DATA, frame, sizeof frame);
    RUN(pc, 0x48, 0xcf);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->rip, CODE + 0x100);
    cr_expect_eq(pc->cpu->gpr[RSP], DATA + 0x800);
    cr_expect(pc->cpu->rflags & EFLAGS_IF);
}

Test(long_mode, iretq_to_compatibility_code_is_32_bit_code)
{
    PC(pc) = pc_long(0);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, CODE_READ | DPL_3 | P | FLAT));
    const u64 frame[] = { CODE + 0x100, FREE | 3, 0x202, 0x9000, USER_DS };
    pc->cpu->gpr[RSP] = DATA;
    memcpy(pc->ram + DATA, frame, sizeof frame);
    RUN(pc, 0x48, 0xcf);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->mode & (MODE_LONG64 | MODE_CODE32), MODE_CODE32);
    RUN(pc, 0x48);                                                       /* DEC EAX, no REX */
    cr_expect_eq((u32)pc->cpu->gpr[RAX], 0xffffffff);
}

/* --- system calls --- */

Test(long_mode, syscall_saves_rip_and_rflags_and_sysret_brings_them_back)
{
    PC(pc) = pc_long(3);
    pc->cpu->star = (u64)0x0013 << 48 | (u64)KERNEL_CS << 32;            /* SYSRET: CS 23h, SS 1Bh */
    pc->cpu->lstar = CODE + 0x200;
    pc->cpu->sfmask = EFLAGS_DF;
    pc->cpu->rflags |= EFLAGS_DF;
    RUN(pc, 0x0f, 0x05);
    cr_expect_eq(pc->cpu->rip, CODE + 0x200);
    cr_expect_eq(pc->cpu->cpl, 0);
    cr_expect_eq(pc->cpu->gpr[RCX], CODE + 2);
    cr_expect(pc->cpu->gpr[R11] & EFLAGS_DF);
    cr_expect_not(pc->cpu->rflags & EFLAGS_DF);
    RUN(pc, 0x48, 0x0f, 0x07);
    cr_expect_eq(pc->cpu->rip, CODE + 2);
    cr_expect_eq(pc->cpu->cpl, 3);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_CS].selector, 0x23);
    cr_expect(pc->cpu->rflags & EFLAGS_DF);
}

Test(long_mode, swapgs_exchanges_the_base_with_the_msr)
{
    PC(pc) = pc_long(0);
    pc->cpu->kernel_gs_base = 0xffff800000001000;
    RUN(pc, 0x0f, 0x01, 0xf8);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_GS].base, 0xffff800000001000);
    cr_expect_eq(pc->cpu->kernel_gs_base, 0);
}

Test(long_mode, a_call_gate_of_16_bytes_goes_to_64_bit_code_of_an_inner_level)
{
    PC(pc) = pc_long(3);
    set_gdt(pc, FREE, gate(KERNEL_CS, HANDLERS, TYPE_CALL_GATE_32 | DPL_3 | P, 0));
    set_gdt(pc, FREE_2, 0);
    put32(pc->ram + DATA, 0);
    put16(pc->ram + DATA + 4, FREE | 3);
    pc->cpu->gpr[RBX] = DATA;
    RUN(pc, 0xff, 0x1b);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->rip, HANDLERS);
    cr_expect_eq(pc->cpu->cpl, 0);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0 - 32);
    cr_expect_eq(stack_quad(pc, 0), CODE + 2);
    cr_expect_eq(stack_quad(pc, 1), USER_CS);
    cr_expect_eq(stack_quad(pc, 3), USER_DS);
}

/* --- registers and addresses --- */

Test(long_mode, a_32_bit_result_clears_the_upper_half_and_a_16_bit_one_does_not)
{
    PC(pc) = pc_long(0);
    pc->cpu->gpr[RAX] = ~0ull;
    RUN(pc, 0x66, 0x31, 0xc0);
    cr_expect_eq(pc->cpu->gpr[RAX], 0xffffffffffff0000);
    RUN(pc, 0x31, 0xc0);
    cr_expect_eq(pc->cpu->gpr[RAX], 0);
}

Test(long_mode, a_rip_relative_operand_counts_from_the_next_instruction)
{
    PC(pc) = pc_long(0);
    put64(pc->ram + CODE + 0x107, 0x1122334455667788);
    RUN(pc, 0x48, 0x8b, 0x05, DWORD(0x100));
    cr_expect_eq(pc->cpu->gpr[RAX], 0x1122334455667788);
}

Test(long_mode, with_a_32_bit_address_size_a_rip_relative_operand_is_cut_to_32_bits)
{
    PC(pc) = pc_long(0);
    RUN(pc, 0x67, 0x48, 0x8d, 0x05, DWORD(0x80000000u));
    cr_expect_eq(pc->cpu->gpr[RAX], (u32)(CODE + 8 + 0x80000000u));
}

Test(long_mode, the_far_end_of_a_displacement_is_reached)
{
    PC(pc) = pc_long(0);
    RUN(pc, 0x48, 0x8d, 0x05, DWORD(0x7fffffff));
    cr_expect_eq(pc->cpu->gpr[RAX], CODE + 7 + 0x7fffffffull);
}

Test(long_mode, cr8_is_the_task_priority)
{
    PC(pc) = pc_long(0);
    pc->cpu->gpr[RAX] = 9;
    RUN(pc, 0x44, 0x0f, 0x22, 0xc0);
    RUN(pc, 0x44, 0x0f, 0x20, 0xc3);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->gpr[RBX], 9);
    cr_expect_eq(pc->cpu->apic.tpr, 0x90);
}

/* --- paging --- */

Test(long_mode, a_directory_entry_with_ps_maps_2_mib)
{
    PC(pc) = pc_long(0);
    put64(pc->ram + LONG_PAGES + 0x2000 + 8, 0x83 | 1ull << 63);         /* 2 MiB.. -> 0, not executable */
    put32(pc->ram + DATA, 0x1234);
    pc->cpu->gpr[RBX] = 0x200000 + DATA;
    RUN(pc, 0x8b, 0x03);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->gpr[RAX], 0x1234);
    cr_expect(get64(pc->ram + LONG_PAGES + 0x2000 + 8) & 0x20, "A is set");
}

Test(long_mode, a_pointer_entry_with_ps_maps_1_gib)
{
    PC(pc) = pc_long(0);
    put64(pc->ram + LONG_PAGES + 0x1000 + 8, 0x83);
    put32(pc->ram + DATA, 0x5678);
    pc->cpu->gpr[RBX] = 0x40000000 + DATA;
    RUN(pc, 0x8b, 0x03);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->gpr[RAX], 0x5678);
}

Test(long_mode, the_upper_half_of_the_address_space_is_reached_by_its_own_entry)
{
    PC(pc) = pc_long(0);
    put64(pc->ram + LONG_PAGES + 511 * 8, (LONG_PAGES + 0x1000) | 7);
    put32(pc->ram + DATA, 0x77);
    pc->cpu->gpr[RBX] = 0xffffff8000000000 + DATA;
    RUN(pc, 0x8b, 0x03);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->gpr[RAX], 0x77);
}

Test(long_mode, stac_opens_user_pages_and_clac_closes_them)
{
    PC(pc) = pc_long(0);
    for (u32 la = 0; la < 0x100000; la += 0x1000) put64(pte64_of(pc, la), la | (la == DATA ? 7 : 3));
    pc->cpu->cr4 |= CR4_SMAP;
    tlb_flush(pc->cpu);
    mode_derive(pc->cpu);
    pc->cpu->gpr[RBX] = DATA;
    RUN(pc, 0x0f, 0x01, 0xcb);
    RUN(pc, 0x8b, 0x03);
    EXPECT_NO_FAULT(pc);
    RUN(pc, 0x0f, 0x01, 0xca);
    RUN(pc, 0x8b, 0x03);
    EXPECT_FAULT(pc, PAGE_SMAP, 1);
}

Test(long_mode, a_fetch_faults_in_a_page_that_data_came_from)
{
    PC(pc) = pc_long(0);
    put64(pte64_of(pc, DATA), DATA | 7 | 1ull << 63);
    pc->cpu->gpr[RBX] = DATA;
    RUN(pc, 0x8b, 0x03);                                                 /* fills the TLB */
    RUN(pc, 0xff, 0xe3);
    RUN(pc, 0x90);
    EXPECT_FAULT(pc, PAGE_NOT_EXECUTABLE, 17);
    cr_expect_eq(pc->cpu->cr2, DATA);
}

/* --- entering and leaving --- */

Test(long_mode, setting_pg_with_lme_makes_lma)
{
    PC(pc) = pc_create("core2_penryn");
    enter_protected(pc, 0);
    pc->cpu->efer = EFER_LME;
    pc->cpu->cr4 = CR4_PAE;
    for (unsigned level = 0; level < 3; level++) put64(pc->ram + LONG_PAGES + level * 0x1000, (LONG_PAGES + (level + 1) * 0x1000) | 7);
    for (u64 i = 0; i < 512; i++) put64(pc->ram + LONG_TABLE + i * 8, i << 12 | 7);
    pc->cpu->cr3 = LONG_PAGES;
    pc->cpu->gpr[RAX] = CR0_PE | CR0_PG;
    RUN(pc, 0x0f, 0x22, 0xc0);
    EXPECT_NO_FAULT(pc);
    cr_expect(pc->cpu->efer & EFER_LMA);
    cr_expect_eq(pc->cpu->mode & MODE_LONG64, 0, "compatibility mode until CS.L");
    pc->cpu->gpr[RAX] = CR0_PE;
    RUN(pc, 0x0f, 0x22, 0xc0);
    EXPECT_NO_FAULT(pc);
    cr_expect_not(pc->cpu->efer & EFER_LMA);
}
