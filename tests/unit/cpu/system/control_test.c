/* Control and test registers, MSRs, CPUID, TSC, SYSENTER, reset, by model.  SDM vol. 3A, "Control Registers". */
#include "tests/unit/cpu/fixture.h"

#define TO_CR(n) 0x0f, 0x22, 0xc0 | (n) << 3
#define FROM_CR(n) 0x0f, 0x20, 0xc0 | (n) << 3

static struct pc *pc_of(const char *model)
{
    struct pc *pc = pc_create(model);
    enter_protected(pc, 0);
    return pc;
}

/* --- reset: SDM vol. 3A, "Processor State After Reset" --- */

Test(control, after_reset_the_processor_is_at_fffffff0)
{
    PC(pc) = pc_create("p6_nofpu");
    const struct cpu *cpu = pc->cpu;
    cr_expect_eq(cpu->rip, 0xfff0);
    cr_expect_eq(cpu->seg[CPU_SEG_CS].selector, 0xf000);
    cr_expect_eq(cpu->seg[CPU_SEG_CS].base, 0xffff0000);
    cr_expect_eq(cpu->seg[CPU_SEG_SS].limit, 0xffff);
    cr_expect_eq(cpu_eflags(cpu), 2);
    cr_expect_eq(cpu->cr0, 0x60000010);
    cr_expect_eq(cpu->gpr[RDX], 0x652);
    cr_expect_eq(cpu->dr[6], 0xffff0ff0);
    cr_expect_eq(cpu->dr[7], 0x400);
    cr_expect_eq(cpu->idtr_limit, 0xffff);
}

Test(control, a_reset_in_the_middle_of_an_instruction_starts_at_fffffff0)
{
    PC(pc) = pc_of("p6_nofpu");
    pc->cpu->in_instruction = true;
    cpu_reset(pc->cpu);
    cr_expect_eq(pc->cpu->next_rip, 0xfff0);
    pc->cpu->in_instruction = false;
}

Test(control, reset_leaves_the_lines_of_the_board)
{
    PC(pc) = pc_of("p6_nofpu");
    cpu_set_a20(pc->cpu, false);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    cpu_reset(pc->cpu);
    cr_expect_not(pc->cpu->a20);
    cr_expect(pc->cpu->intr);
}

Test(control, every_state_field_is_within_its_range_after_reset)
{
    for (unsigned i = 0; cpu_model_at(i); i++) {
        PC(pc) = pc_create(cpu_model_at(i)->name);
        struct cpu_state_part part[16];
        unsigned count = cpu_state_parts(pc->cpu, part, ARRAY_COUNT(part));
        cr_expect_eq(count, 2u + CPU_SEGS + has(pc->cpu, FEATURE_MSR) + has(pc->cpu, FEATURE_APIC));
        for (unsigned p = 0; p < count; p++) {
            const struct state_field *bad = state_out_of_range(part[p].layout, part[p].instance);
            cr_expect(bad == NULL, "%s: %s of %s", cpu_model_at(i)->name, bad->name, part[p].name);
        }
    }
}

/* --- CR0 --- */

static const struct {
    const char *model;
    u32 wrote, reads;                /* with PE */
} cr0_case[] = {
    { "i386", CR0_PE, CR0_PE },
    { "i386", 0x0fffffff & ~(CR0_TS | CR0_EM), CR0_PE | CR0_MP | CR0_ET },
    { "i486sx", CR0_PE, CR0_PE | CR0_ET },
    { "p6_nofpu", CR0_PE | CR0_WP | CR0_AM | CR0_NE, CR0_PE | CR0_WP | CR0_AM | CR0_NE | CR0_ET },
    { "p6_nofpu", CR0_PE | CR0_CD | CR0_NW, CR0_PE | CR0_CD | CR0_NW | CR0_ET },
    { "p6_nofpu", CR0_PE | 0x0ff2ffc0, CR0_PE | CR0_ET },
};

Test(control, cr0_keeps_the_bits_that_the_model_has)
{
    for (unsigned i = 0; i < ARRAY_COUNT(cr0_case); i++) {
        PC(pc) = pc_of(cr0_case[i].model);
        pc->cpu->gpr[RAX] = cr0_case[i].wrote;
        RUN(pc, TO_CR(0));
        EXPECT_NO_FAULT(pc);
        RUN(pc, FROM_CR(0));
        cr_expect_eq(pc->cpu->gpr[RAX], cr0_case[i].reads, "%s: %x", cr0_case[i].model, (u32)pc->cpu->gpr[RAX]);
    }
}

Test(control, lmsw_sets_pe_and_cannot_clear_it)
{
    PC(pc) = pc_of("p6_nofpu");
    pc->cpu->gpr[RAX] = CR0_TS | CR0_MP;
    RUN(pc, 0x0f, 0x01, 0xf0);
    cr_expect_eq(pc->cpu->cr0 & 0xf, CR0_PE | CR0_TS | CR0_MP);
    RUN(pc, 0x0f, 0x06);                                                 /* CLTS */
    cr_expect_eq(pc->cpu->cr0 & 0xf, CR0_PE | CR0_MP);
}

Test(control, clearing_pe_leaves_the_segments_as_they_are)
{
    PC(pc) = pc_of("p6_nofpu");
    pc->cpu->gpr[RAX] = CR0_ET;
    RUN(pc, TO_CR(0));
    cr_expect(real_mode(pc->cpu));
    cr_expect_eq(pc->cpu->seg[CPU_SEG_DS].limit, 0xffffffff);
    cr_expect_eq(pc->cpu->mode & 1, 1, "32-bit code until CS is loaded");
}

/* --- CR4, CR2, CR3, those that are not there --- */

static const struct { const char *model; unsigned cr; u32 value; int vector; } register_case[] = {
    { "p6_nofpu", 4, CR4_VME | CR4_PVI | CR4_TSD | CR4_DE | CR4_PSE | CR4_PGE, -1 },
    { "p6_nofpu", 4, 1u << 6, VECTOR_GP },      { "p6_nofpu", 4, 1u << 31, VECTOR_GP },
    { "pentium", 4, CR4_PSE | CR4_DE, -1 },     { "pentium", 4, CR4_PGE, VECTOR_GP },
    { "i486sx", 4, 0, VECTOR_UD },              { "i386", 4, 0, VECTOR_UD },
    { "p6_nofpu", 1, 0, VECTOR_UD },            { "p6_nofpu", 5, 0, VECTOR_UD },
    { "p6_nofpu", 2, 0x12345678, -1 },          { "p6_nofpu", 3, 0x12345018, -1 },
};

Test(control, a_register_takes_what_it_has_and_faults_on_what_it_has_not)
{
    for (unsigned i = 0; i < ARRAY_COUNT(register_case); i++) {
        PC(pc) = pc_of(register_case[i].model);
        pc->cpu->gpr[RAX] = register_case[i].value;
        RUN(pc, TO_CR((u8)register_case[i].cr));
        if (register_case[i].vector >= 0) {
            cr_expect_eq(last_fault(pc)->vector, register_case[i].vector, "row %u", i);
            continue;
        }
        EXPECT_NO_FAULT(pc);
        pc->cpu->gpr[RAX] = 0;
        RUN(pc, FROM_CR((u8)register_case[i].cr));
        cr_expect_eq(pc->cpu->gpr[RAX], register_case[i].value, "row %u", i);
    }
}

Test(control, test_registers_are_those_of_386_and_486)
{
    static const struct { const char *model; u8 n; bool there; } row[] = {
        { "i386", 5, false }, { "i386", 6, true }, { "i486sx", 3, true }, { "i486sx", 2, false }, { "pentium", 6, false },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_of(row[i].model);
        cr_expect_eq(test_write(pc->cpu, row[i].n, 0x1234), row[i].there, "%s TR%u", row[i].model, row[i].n);
        u64 value = 0;
        if (row[i].there) cr_expect(test_read(pc->cpu, row[i].n, &value) && value == 0x1234);
    }
}

/* --- MSRs and the TSC --- */

static void read_msr(struct pc *pc, u32 number)
{
    pc->cpu->gpr[RCX] = number;
    RUN(pc, 0x0f, 0x32);
}

static void write_msr(struct pc *pc, u32 number, u64 value)
{
    pc->cpu->gpr[RCX] = number;
    pc->cpu->gpr[RAX] = (u32)value;
    pc->cpu->gpr[RDX] = value >> 32;
    RUN(pc, 0x0f, 0x30);
}

Test(control, the_sysenter_msrs_keep_what_is_written)
{
    PC(pc) = pc_of("p6_nofpu");
    for (u32 n = 0x174; n <= 0x176; n++) {
        write_msr(pc, n, 0x1000 + n);
        read_msr(pc, n);
        cr_expect_eq(pc->cpu->gpr[RAX], 0x1000 + n);
        cr_expect_eq(pc->cpu->gpr[RDX], 0);
    }
    EXPECT_NO_FAULT(pc);
}

Test(control, a_pentium_has_no_sysenter_msrs)
{
    PC(pc) = pc_of("pentium");
    read_msr(pc, 0x174);
    EXPECT_FAULT(pc, MSR_UNKNOWN, 0);
}

static u64 msr_of(struct pc *pc, u32 number)
{
    read_msr(pc, number);
    return pc->cpu->gpr[RDX] << 32 | pc->cpu->gpr[RAX];
}

Test(control, tsc_adjust_and_the_tsc_move_together)                      /* SDM vol. 3B, "Time-Stamp Counter Adjustment" */
{
    PC(pc) = pc_of("corei7_haswell");
    cr_expect_eq(msr_of(pc, 0x3b), 0);
    write_msr(pc, 0x3b, 1000);
    cr_expect_eq(msr_of(pc, 0x10), pc->time.now - 1 + 1000);
    u64 by = 5000 - (pc->time.now + 1000);
    write_msr(pc, 0x10, 5000);
    cr_expect_eq(msr_of(pc, 0x3b), 1000 + by);
    write_msr(pc, 0x3b, 0);
    cr_expect_eq(msr_of(pc, 0x10), pc->time.now - 1);
    EXPECT_NO_FAULT(pc);
    PC(older) = pc_of("corei7_sandy_bridge");
    read_msr(older, 0x3b);
    EXPECT_FAULT(older, MSR_UNKNOWN, 0);
}

Test(control, msrs_are_for_level_0)
{
    PC(pc) = pc_create("p6_nofpu");
    enter_protected(pc, 3);
    read_msr(pc, 0x10);
    EXPECT_FAULT(pc, PRIVILEGED, 0);
}

Test(control, the_tsc_counts_ticks_from_what_was_written)
{
    PC(pc) = pc_of("p6_nofpu");
    memset(pc->ram + CODE, 0x90, 64);
    RUN(pc, 0x0f, 0x31);                                                 /* RDTSC in tick 0 */
    cr_expect_eq(pc->cpu->gpr[RAX], 0);
    run_ticks(pc, 5);
    for (unsigned i = 0; i < 2; i++) {
        write_msr(pc, 0x10, 0x500000000ull);
        run_ticks(pc, 9);
        RUN(pc, 0x0f, 0x31);                                             /* ten ticks later */
        cr_expect_eq(pc->cpu->gpr[RAX], 10);
        cr_expect_eq(pc->cpu->gpr[RDX], 5);
    }
}

Test(control, reset_starts_the_tsc_at_0)
{
    PC(pc) = pc_of("p6_nofpu");
    memset(pc->ram + CODE, 0x90, 64);
    run_ticks(pc, 20);
    cpu_reset(pc->cpu);
    cr_expect(read_tsc(pc->cpu));
    cr_expect_eq(pc->cpu->gpr[RAX], 0);
}

Test(control, init_keeps_cache_control_tsc_and_msrs_from_the_pentium_on)
{
    static const char *const models[] = { "i486dx4", "pentium", "p6_nofpu" };

    for (unsigned i = 0; i < 3; i++) {
        PC(pc) = pc_of(models[i]);
        bool keeps = i > 0;
        memset(pc->ram + CODE, 0x90, 64);
        run_ticks(pc, 20);
        pc->cpu->cr0 = (pc->cpu->cr0 & ~(u64)(CR0_CD | CR0_NW)) | CR0_NW;
        pc->cpu->sysenter_eip = 0x1234;
        pc->cpu->gpr[RAX] = 5;
        s64 offset = pc->cpu->tsc_offset;
        cpu_initialize(pc->cpu);
        cr_expect_eq((pc->cpu->cr0 & (CR0_CD | CR0_NW)) == CR0_NW, keeps, "%s", models[i]);
        cr_expect_eq(pc->cpu->tsc_offset == offset, keeps, "%s", models[i]);
        cr_expect_eq(pc->cpu->sysenter_eip == 0x1234, keeps, "%s", models[i]);
        cr_expect_eq(pc->cpu->gpr[RAX], 0);
        cr_expect_eq(pc->cpu->rip, 0xfff0);
        cr_expect_eq(pc->cpu->seg[CPU_SEG_CS].base, 0xffff0000);
    }
}

Test(control, the_apic_base_keeps_its_boot_processor_flag)
{
    PC(pc) = pc_of("p6_nofpu");
    read_msr(pc, 0x1b);
    cr_expect_eq(pc->cpu->gpr[RAX], 0xfee00100);
    write_msr(pc, 0x1b, 0xfec00800);
    read_msr(pc, 0x1b);
    cr_expect_eq(pc->cpu->gpr[RAX], 0xfec00900);
}

/* --- CPUID --- */

static void ask(struct pc *pc, u32 leaf)
{
    pc->cpu->gpr[RAX] = leaf;
    RUN(pc, 0x0f, 0xa2);
}

Test(control, cpuid_says_vendor_signature_and_features)
{
    PC(pc) = pc_of("p6_nofpu");
    ask(pc, 0);
    cr_expect_eq(pc->cpu->gpr[RAX], 2);
    cr_expect_eq(pc->cpu->gpr[RBX], 0x756e6547, "Genu");
    cr_expect_eq(pc->cpu->gpr[RDX], 0x49656e69, "ineI");
    cr_expect_eq(pc->cpu->gpr[RCX], 0x6c65746e, "ntel");
    ask(pc, 1);
    cr_expect_eq(pc->cpu->gpr[RAX], 0x652);
    cr_expect_eq(pc->cpu->gpr[RDX] & 1u, 0);
    cr_expect_eq(pc->cpu->gpr[RDX] & (1u << 15 | 1u << 11), 1u << 15 | 1u << 11);
}

Test(control, a_leaf_that_does_not_exist_answers_as_the_highest_basic_one)
{
    PC(pc) = pc_of("pentium");
    ask(pc, 0x80000000);
    cr_expect_eq(pc->cpu->gpr[RAX], 0x52c);
}

Test(control, a_386_knows_no_cpuid)
{
    PC(pc) = pc_of("i386");
    ask(pc, 0);
    EXPECT_FAULT(pc, UNDEFINED_OPCODE, 0);
}

Test(control, models_are_found_by_name)
{
    cr_expect(cpu_model_find("nonesuch") == NULL);
    for (unsigned i = 0; cpu_model_at(i); i++) cr_expect_eq(cpu_model_find(cpu_model_at(i)->name), cpu_model_at(i));
    cr_expect_str_eq(cpu_model_at(0)->name, "core2_penryn", "the default");
    cr_expect(cpu_model_at(1000) == NULL);
}

/* --- SYSENTER, SYSEXIT --- */

Test(control, sysenter_goes_to_level_0_and_sysexit_back)
{
    PC(pc) = pc_create("p6_nofpu");
    enter_protected(pc, 3);
    pc->cpu->sysenter_cs = 0x50;                                         /* no descriptor is looked at */
    pc->cpu->sysenter_esp = STACK_0;
    pc->cpu->sysenter_eip = HANDLERS;
    pc->cpu->rflags |= EFLAGS_IF;
    RUN(pc, 0x0f, 0x34);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->rip, HANDLERS);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_0);
    cr_expect_eq(pc->cpu->cpl, 0);
    cr_expect_eq(pc->cpu->rflags & EFLAGS_IF, 0);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_CS].selector, 0x50);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_SS].selector, 0x58);
    pc->cpu->gpr[RCX] = STACK_3;
    pc->cpu->gpr[RDX] = CODE;
    RUN(pc, 0x0f, 0x35);
    EXPECT_NO_FAULT(pc);
    cr_expect_eq(pc->cpu->rip, CODE);
    cr_expect_eq(pc->cpu->gpr[RSP], STACK_3);
    cr_expect_eq(pc->cpu->cpl, 3);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_CS].selector, 0x63);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_SS].selector, 0x6b);
    RUN(pc, 0x0f, 0x35);
    EXPECT_FAULT(pc, PRIVILEGED, 0);
}
