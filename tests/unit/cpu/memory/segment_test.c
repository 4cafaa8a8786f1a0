/* Segment registers and descriptors.  SDM vol. 3A, "Segment Descriptors", "Protection". */
#include "tests/unit/cpu/fixture.h"

static const u8 mov_seg_ax[6] = { 0xc0, 0xc8, 0xd0, 0xd8, 0xe0, 0xe8 };      /* by segment number: ModRM of 8E */

static struct pc *pc_flat(unsigned cpl)
{
    struct pc *pc = pc_create("p6_nofpu");
    enter_protected(pc, cpl);
    return pc;
}

static void load_segment(struct pc *pc, unsigned seg, u16 selector)
{
    pc->cpu->gpr[RAX] = selector;
    RUN(pc, 0x8e, mov_seg_ax[seg]);
}

Test(segment, a_load_takes_base_limit_and_rights_of_the_descriptor)
{
    PC(pc) = pc_flat(0);
    set_gdt(pc, FREE, descriptor(0x12345678, 0xabcde, DATA_WRITE | P | DPL_3 | B32));
    load_segment(pc, CPU_SEG_FS, FREE);
    const struct segment *s = &pc->cpu->seg[CPU_SEG_FS];
    cr_expect_eq(s->selector, FREE);
    cr_expect_eq(s->base, 0x12345678);
    cr_expect_eq(s->limit, 0xabcde);
    cr_expect_eq(s->rights, DATA_WRITE | P | DPL_3 | B32 | RIGHTS_ACCESSED);
}

Test(segment, with_g_the_limit_counts_4_kib_units_and_its_low_bits_are_ones)
{
    PC(pc) = pc_flat(0);
    set_gdt(pc, FREE, descriptor(0, 0x12, DATA_WRITE | P | G4K));
    load_segment(pc, CPU_SEG_FS, FREE);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_FS].limit, 0x12fff);
}

Test(segment, a_load_sets_the_accessed_bit_in_the_table)
{
    PC(pc) = pc_flat(0);
    u64 raw = descriptor(0, 0xfffff, DATA_WRITE | P | FLAT);
    set_gdt(pc, FREE, raw);
    load_segment(pc, CPU_SEG_GS, FREE);
    cr_expect_eq(gdt_entry(pc, FREE), raw | 1ull << 40);
}

Test(segment, a_descriptor_that_is_accessed_already_is_not_written)
{
    PC(pc) = pc_flat(0);
    set_gdt(pc, FREE, descriptor(0, 0xfffff, DATA_WRITE | P | FLAT) | 1ull << 40);
    enter_paging(pc);
    pc->cpu->cr0 |= CR0_WP;
    put32(pte_of(pc, GDT), GDT | 5);                                     /* a GDT that cannot be written */
    load_segment(pc, CPU_SEG_FS, FREE);
    EXPECT_NO_FAULT(pc);
    set_gdt(pc, FREE_2, descriptor(0, 0xfffff, DATA_WRITE | P | FLAT));
    load_segment(pc, CPU_SEG_FS, FREE_2);
    EXPECT_FAULT(pc, PAGE_IS_READ_ONLY, 3);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_FS].selector, FREE, "FS was loaded in spite of the fault");
}

Test(segment, table_indicator_1_names_the_ldt)
{
    PC(pc) = pc_flat(0);
    pc->cpu->gpr[RAX] = LDT_SELECTOR;
    RUN(pc, 0x0f, 0x00, 0xd0);                                           /* LLDT AX */
    put64(pc->ram + LDT + 8, descriptor(0x5000, 0xfff, DATA_WRITE | P));
    load_segment(pc, CPU_SEG_FS, 0xc);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_FS].base, 0x5000);
}

Test(segment, without_an_ldt_every_local_selector_lies_past_its_limit)
{
    PC(pc) = pc_flat(0);
    pc->cpu->gpr[RAX] = 0;
    RUN(pc, 0x0f, 0x00, 0xd0);
    load_segment(pc, CPU_SEG_FS, 0xc);
    EXPECT_FAULT(pc, SELECTOR_PAST_LIMIT, 0xc);
}

Test(segment, a_null_selector_may_be_loaded_but_not_used)
{
    PC(pc) = pc_flat(0);
    load_segment(pc, CPU_SEG_FS, 3);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_FS].selector, 3);
    RUN(pc, 0x64, 0xa1, DWORD(0));
    EXPECT_FAULT(pc, SEGMENT_IS_NULL, 0);
}

static const struct {
    const char *name;
    unsigned rights, cpl, rpl;
    int vector;                      /* -1: loaded */
} data_case[] = {
    { "writable data", DATA_WRITE | P, 0, 0, -1 },
    { "read-only data", DATA_READ | P, 0, 0, -1 },
    { "readable code", CODE_READ | P, 0, 0, -1 },
    { "execute-only code", CODE_ONLY | P, 0, 0, VECTOR_GP },
    { "an LDT", TYPE_LDT | P, 0, 0, VECTOR_GP },
    { "DPL 0 at CPL 3", DATA_WRITE | P, 3, 0, VECTOR_GP },
    { "DPL 0 with RPL 3 at CPL 0", DATA_WRITE | P, 0, 3, VECTOR_GP },
    { "DPL 3 at CPL 0", DATA_WRITE | P | DPL_3, 0, 0, -1 },
    { "DPL 3 at CPL 3 with RPL 0", DATA_WRITE | P | DPL_3, 3, 0, -1 },
    { "DPL 1 at CPL 1 with RPL 1", DATA_WRITE | P | DPL_1, 1, 1, -1 },
    { "nonconforming code DPL 0 at CPL 3", CODE_READ | P, 3, 3, VECTOR_GP },
    { "conforming code DPL 0 at CPL 3", CODE_CONFORMING | P, 3, 3, -1 },
    { "not present", DATA_WRITE, 0, 0, VECTOR_NP },
    { "privilege before presence", DATA_WRITE, 3, 3, VECTOR_GP },
};

Test(segment, data_segment_registers_take_what_type_privilege_and_presence_allow)
{
    for (unsigned i = 0; i < ARRAY_COUNT(data_case); i++) {
        PC(pc) = pc_flat(data_case[i].cpl == 3 ? 3 : 0);
        pc->cpu->cpl = (u8)data_case[i].cpl;
        set_gdt(pc, FREE, descriptor(0, 0xfffff, data_case[i].rights | FLAT));
        pc->cpu->fault.vector = 0xff;
        bool loaded = segment_load(pc->cpu, CPU_SEG_ES, (u16)(FREE | data_case[i].rpl));
        cr_expect_eq(loaded, data_case[i].vector < 0, "%s", data_case[i].name);
        if (!loaded) cr_expect_eq(pc->cpu->fault.vector, data_case[i].vector, "%s", data_case[i].name);
        if (!loaded) cr_expect_eq(pc->cpu->fault.error_code, FREE, "%s", data_case[i].name);
    }
}

static const struct {
    const char *name;
    unsigned rights, cpl, rpl;
    int vector;
} stack_case[] = {
    { "writable data of CPL", DATA_WRITE | P | DPL_3, 3, 3, -1 },
    { "expand-down data of CPL", DATA_DOWN | P, 0, 0, -1 },
    { "read-only data", DATA_READ | P, 0, 0, VECTOR_GP },
    { "readable code", CODE_READ | P, 0, 0, VECTOR_GP },
    { "RPL above CPL", DATA_WRITE | P, 0, 3, VECTOR_GP },
    { "DPL above CPL", DATA_WRITE | P | DPL_3, 0, 0, VECTOR_GP },
    { "DPL below CPL", DATA_WRITE | P, 3, 3, VECTOR_GP },
    { "not present: a stack fault", DATA_WRITE, 0, 0, VECTOR_SS },
};

Test(segment, ss_takes_present_writable_data_whose_rpl_and_dpl_are_cpl)
{
    for (unsigned i = 0; i < ARRAY_COUNT(stack_case); i++) {
        PC(pc) = pc_flat(stack_case[i].cpl);
        set_gdt(pc, FREE, descriptor(0, 0xfffff, stack_case[i].rights | FLAT));
        bool loaded = segment_load(pc->cpu, CPU_SEG_SS, (u16)(FREE | stack_case[i].rpl));
        cr_expect_eq(loaded, stack_case[i].vector < 0, "%s", stack_case[i].name);
        if (!loaded) cr_expect_eq(pc->cpu->fault.vector, stack_case[i].vector, "%s", stack_case[i].name);
        if (!loaded) cr_expect_eq(pc->cpu->fault.error_code, FREE, "%s", stack_case[i].name);
    }
}

Test(segment, a_load_of_ss_holds_interrupts_off_for_one_instruction)
{
    PC(pc) = pc_flat(0);
    pc->cpu->rflags |= EFLAGS_IF;
    pc->vector = 0x40;
    cpu_set_line(pc->cpu, CPU_LINE_INTR, false);
    pc->cpu->gpr[RAX] = KERNEL_DS;
    static const u8 program[] = { 0x8e, 0xd0, 0x90, 0x90 };
    memcpy(pc->ram + CODE, program, sizeof program);
    run_ticks(pc, 1);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, CODE + 3, "the interrupt came between MOV SS and its successor");
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, HANDLERS + 0x40 * 16 + 1);
}

/* --- real and V86 mode --- */

Test(segment, in_real_mode_the_base_is_16_times_the_selector_and_the_limit_stays)
{
    PC(pc) = pc_create("p6_nofpu");
    pc->cpu->seg[CPU_SEG_DS].limit = 0xffffffff;                         /* "unreal mode" */
    cr_expect(segment_load(pc->cpu, CPU_SEG_DS, 0x1234));
    cr_expect_eq(pc->cpu->seg[CPU_SEG_DS].base, 0x12340);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_DS].limit, 0xffffffff);
}

Test(segment, in_v86_mode_every_segment_is_64_kib_of_writable_data)
{
    PC(pc) = pc_create("p6_nofpu");
    enter_v86(pc, 3);
    pc->cpu->seg[CPU_SEG_DS].limit = 0xffffffff;
    load_segment(pc, CPU_SEG_DS, 0xffff);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_DS].base, 0xffff0);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_DS].limit, 0xffff);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_DS].rights, 0xf3);
}

Test(segment, after_a_far_jump_of_real_mode_cs_can_be_written)
{
    PC(pc) = pc_create("p6_nofpu");
    segment_set_real(pc->cpu, CPU_SEG_CS, CODE >> 4);
    pc->cpu->rip = 0;
    RUN(pc, 0x2e, 0xc6, 0x06, WORD(0x100), 0x77);                        /* MOV byte CS:[100h], 77h */
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->ram[CODE + 0x100], 0x77);
}
