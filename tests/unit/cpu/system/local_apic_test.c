/* The local APIC: state, registers, priorities, errors.  SDM vol. 3A, "Advanced Programmable Interrupt Controller (APIC)". */
#include "tests/unit/cpu/system/local_apic_bench.h"

/* --- state after RESET and INIT --- */

static const struct { unsigned reg; u32 value; } reset_case[] = {
    { ID, 0 }, { TPR, 0 }, { PPR, 0 }, { LDR, 0 }, { DFR, 0xffffffff }, { SVR, 0xff }, { ISR, 0 }, { TMR, 0 }, { IRR, 0 },
    { ESR, 0 }, { ICR, 0 }, { ICR_HIGH, 0 }, { LVT_T, 0x10000 }, { LVT_P, 0x10000 }, { LINT0, 0x10000 },
    { LINT1, 0x10000 }, { LVT_E, 0x10000 }, { INITIAL, 0 }, { CURRENT, 0 }, { DIVIDE, 0 },
};

static void expect_reset_state(struct pc *pc)
{
    for (unsigned i = 0; i < ARRAY_COUNT(reset_case); i++)
        cr_expect_eq(get(pc, reset_case[i].reg), reset_case[i].value, "%03x: %x", reset_case[i].reg, get(pc, reset_case[i].reg));
}

static void change_everything(struct pc *pc)
{
    put(pc, SVR, 0x1e0);
    put(pc, LDR, 0x02000000);
    put(pc, DFR, 0);
    for (unsigned reg = LVT_T; reg <= LVT_E; reg += 16) put(pc, reg, 0x40);
    put(pc, DIVIDE, 3);
    put(pc, INITIAL, 1000);
    put(pc, TPR, 0x55);
    put(pc, ICR_HIGH, 0x05000000);
    self(pc, 0x41);
    put(pc, ICR, SELF | 3);
    put(pc, ESR, 0);
}

Test(local_apic, after_reset_it_is_enabled_by_the_msr_and_disabled_by_software)
{
    const struct cpu_model model = with_apic("p6_nofpu", 0, 0);
    PC(pc) = pc_started(&model);
    cr_expect_eq(rdmsr_ok(pc, MSR_BASE), 0xfee00900);
    expect_reset_state(pc);
    change_everything(pc);
    cpu_reset(pc->cpu);
    expect_reset_state(pc);
    cr_expect_eq(pc->timer_at, UINT64_MAX);
}

Test(local_apic, init_resets_all_but_the_apic_id_and_where_it_lies)
{
    APIC(pc);
    change_everything(pc);
    put(pc, ID, 0x03000000);
    cpu_initialize(pc->cpu);
    cr_expect_eq(get(pc, ID), 0x03000000);
    put(pc, ID, 0);
    expect_reset_state(pc);
    cr_expect_eq(pc->cpu->apic_base, 0xfee00900);
}

Test(local_apic, its_state_stays_within_its_ranges_and_bears_its_name)
{
    struct cpu_state_part part[16];
    APIC(pc);
    change_everything(pc);
    unsigned count = cpu_state_parts(pc->cpu, part, ARRAY_COUNT(part));
    cr_assert_str_eq(part[count - 1].name, "cpu0.apic");
    cr_expect(state_out_of_range(part[count - 1].layout, part[count - 1].instance) == NULL);
}

Test(local_apic, version_and_number_of_lvt_entries_follow_the_family)
{
    static const struct { const char *name; u32 edx, ecx, version; } row[] = {
        { "pentium", 0, 0, 0x00030010 }, { "p6_nofpu", 0, 0, 0x00040011 }, { "p6_nofpu", EDX(ACPI), 0, 0x00050014 },
        { "p6_nofpu", EDX(ACPI), EDX(X2APIC), 0x01050015 },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        const struct cpu_model model = with_apic(row[i].name, row[i].edx, row[i].ecx);
        PC(pc) = pc_started(&model);
        cr_expect_eq(get(pc, VERSION), row[i].version, "%s: %x", row[i].name, get(pc, VERSION));
    }
}

/* --- registers --- */

static const struct { unsigned reg; u32 wrote, reads; } register_case[] = {
    { ID, ~0u, 0x0f000000 }, { VERSION, ~0u, 0x00040011 }, { TPR, ~0u, 0xff }, { LDR, ~0u, 0xff000000 },
    { DFR, 0, 0x0fffffff }, { SVR, 0x100, 0x10f }, { SVR, ~0u, 0x3ff }, { ICR_HIGH, ~0u, 0xff000000 },
    { LVT_T, ~0u, 0x300ff }, { LVT_P, ~0u, 0x107ff }, { LINT0, ~0u, 0x1a7ff }, { LINT1, ~0u, 0x1a7ff },
    { LVT_E, ~0u, 0x100ff }, { DIVIDE, ~0u, 0x0b }, { INITIAL, ~0u, ~0u }, { ISR, ~0u, 0 }, { IRR, ~0u, 0 },
    { 0xc0, ~0u, 0 }, { ICR, 0xffffffff & ~0x700u, 0xccfff & ~0x700u },
};

Test(local_apic, each_register_keeps_the_bits_that_it_has)
{
    for (unsigned i = 0; i < ARRAY_COUNT(register_case); i++) {
        APIC(pc);
        put(pc, register_case[i].reg, register_case[i].wrote);
        cr_expect_eq(get(pc, register_case[i].reg), register_case[i].reads, "%03x: %x", register_case[i].reg,
                     get(pc, register_case[i].reg));
    }
}

Test(local_apic, the_guest_reaches_it_at_its_page_and_the_bus_sees_nothing)
{
    APIC(pc);
    pc->cpu->gpr[RBX] = APIC_PA + TPR;
    set_interrupts(pc, false);
    RUN(pc, 0xc7, 0x03, DWORD(0x35));                                    /* MOV [EBX], 35h */
    RUN(pc, 0x8b, 0x03);                                                 /* MOV EAX, [EBX] */
    cr_expect_eq(pc->cpu->apic.tpr, 0x35);
    cr_expect_eq(pc->cpu->gpr[RAX], 0x35);
    cr_expect_eq(pc->bus.reads + pc->bus.writes, 0);
}

Test(local_apic, accesses_of_other_sizes_read_what_is_there_and_write_nothing)
{
    APIC(pc);
    cr_expect_eq(apic_mmio_read(pc->cpu, APIC_PA + VERSION + 2, 1), 4);
    cr_expect_eq(apic_mmio_read(pc->cpu, APIC_PA + VERSION, 2), 0x11);
    cr_expect_eq(apic_mmio_read(pc->cpu, APIC_PA + VERSION, 8), 0x00040011);
    cr_expect_eq(apic_mmio_read(pc->cpu, APIC_PA + VERSION + 4, 4), 0);
    apic_mmio_write(pc->cpu, APIC_PA + TPR, 1, 0x77);
    apic_mmio_write(pc->cpu, APIC_PA + TPR + 4, 4, 0x77);
    cr_expect_eq(get(pc, TPR), 0);
    apic_mmio_write(pc->cpu, APIC_PA + TPR, 8, 0x77);
    cr_expect_eq(get(pc, TPR), 0x77);
}

/* The page hides the memory below it, in the TLB too, and gives it back when it moves away. */
Test(local_apic, the_page_moves_over_memory_and_away_again)
{
    APIC(pc);
    u64 v = 0;
    put32(pc->ram + DATA + VERSION, 0x12345678);
    cr_assert(access_read(pc->cpu, CPU_SEG_DS, DATA + VERSION, 4, &v) && v == 0x12345678);
    cr_assert(wrmsr(pc, MSR_BASE, DATA | 0x900), "%s", told(pc));
    cr_assert(linear_read(pc->cpu, CPU_SEG_DS, DATA + VERSION, 4, &v));
    cr_expect_eq(v, 0x00040011);
    cr_assert(linear_write(pc->cpu, CPU_SEG_DS, DATA + TPR, 4, 0x20));
    cr_expect_eq(pc->cpu->apic.tpr, 0x20);
    cr_expect_eq(tlb_entry_of(pc->cpu, DATA)->tag_read, DATA | TLB_DEVICE);
    cr_assert(wrmsr(pc, MSR_BASE, APIC_PA | 0x900));
    cr_assert(linear_read(pc->cpu, CPU_SEG_DS, DATA + VERSION, 4, &v));
    cr_expect_eq(v, 0x12345678);
    cr_expect_eq(get32(pc->ram + DATA + TPR), 0);
}

Test(local_apic, without_the_feature_the_page_belongs_to_the_bus)
{
    PC(pc) = pc_create("p6_nofpu");
    u64 v;
    cr_assert(access_read(pc->cpu, CPU_SEG_DS, APIC_PA + VERSION, 4, &v));
    cr_expect_eq(v, 0x5a5a5a5a);
    cr_expect_eq(pc->bus.reads, 1);
}

/* --- priorities: "Task and Processor Priorities" --- */

Test(local_apic, the_highest_vector_is_delivered_first_and_moves_from_irr_to_isr)
{
    APIC(pc);
    set_interrupts(pc, false);
    self(pc, 0x51);
    self(pc, 0x72);
    self(pc, 0x71);
    set_interrupts(pc, true);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, HANDLERS + 0x72 * 16 + 1, "its handler halts");
    cr_expect(bit_of(pc, ISR, 0x72) && !bit_of(pc, IRR, 0x72));
    cr_expect(bit_of(pc, IRR, 0x71) && bit_of(pc, IRR, 0x51));
    cr_expect_eq(get(pc, PPR), 0x70);
}

/* Vectors waiting; TPR; in service; what is delivered (0: nothing), and PPR before. */
static const struct { u8 waiting, tpr, serving, delivered, ppr; } priority_case[] = {
    { 0x51, 0x00, 0x00, 0x51, 0x00 }, { 0x51, 0x40, 0x00, 0x51, 0x40 }, { 0x51, 0x4f, 0x00, 0x51, 0x4f },
    { 0x5f, 0x50, 0x00, 0x00, 0x50 }, { 0x51, 0xff, 0x00, 0x00, 0xff }, { 0x51, 0x00, 0x41, 0x51, 0x40 },
    { 0x5f, 0x00, 0x51, 0x00, 0x50 }, { 0x61, 0x57, 0x41, 0x61, 0x57 }, { 0x61, 0x57, 0x51, 0x61, 0x57 },
    { 0x61, 0x47, 0x51, 0x61, 0x50 }, { 0x61, 0x47, 0x61, 0x00, 0x60 }, { 0x10, 0x00, 0x00, 0x10, 0x00 },
};

Test(local_apic, a_request_is_delivered_when_its_class_is_above_ppr)
{
    for (unsigned i = 0; i < ARRAY_COUNT(priority_case); i++) {
        APIC(pc);
        struct cpu *cpu = pc->cpu;
        if (priority_case[i].serving) {
            self(pc, priority_case[i].serving);
            cr_assert_eq(apic_acknowledge(cpu), priority_case[i].serving);
        }
        put(pc, TPR, priority_case[i].tpr);
        self(pc, priority_case[i].waiting);
        cr_expect_eq(get(pc, PPR), priority_case[i].ppr, "row %u: PPR %x", i, get(pc, PPR));
        cr_expect_eq(cpu->interrupt_request, priority_case[i].delivered != 0, "row %u", i);
        if (cpu->interrupt_request) cr_expect_eq(apic_acknowledge(cpu), priority_case[i].delivered);
    }
}

Test(local_apic, arbitration_priority_is_the_manuals_formula)
{
    APIC(pc);
    put(pc, TPR, 0x35);
    cr_expect_eq(get(pc, APR), 0x35);
    self(pc, 0x51);
    cr_expect_eq(get(pc, APR), 0x50);
    apic_acknowledge(pc->cpu);
    cr_expect_eq(get(pc, APR), 0x30 & 0x50);
}

Test(local_apic, eoi_ends_the_highest_one_in_service_and_lets_the_next_through)
{
    APIC(pc);
    self(pc, 0x51);
    apic_acknowledge(pc->cpu);
    self(pc, 0x61);
    apic_acknowledge(pc->cpu);
    self(pc, 0x52);
    cr_expect_not(pc->cpu->interrupt_request);
    put(pc, EOI, 0);
    cr_expect(!bit_of(pc, ISR, 0x61) && bit_of(pc, ISR, 0x51));
    cr_expect_not(pc->cpu->interrupt_request);
    put(pc, EOI, 0);
    cr_expect_eq(get(pc, PPR), 0);
    cr_expect(pc->cpu->interrupt_request);
    cr_expect_eq(apic_acknowledge(pc->cpu), 0x52);
    put(pc, EOI, 0);
    put(pc, EOI, 0);                                     /* one that nothing is in service for */
    cr_expect_eq(get(pc, ISR + 0x20), 0);
}

Test(local_apic, one_request_may_wait_while_one_of_its_vector_is_in_service)
{
    APIC(pc);
    self(pc, 0x51);
    apic_acknowledge(pc->cpu);
    self(pc, 0x51);
    self(pc, 0x51);
    put(pc, EOI, 0);
    cr_expect_eq(apic_acknowledge(pc->cpu), 0x51);
    put(pc, EOI, 0);
    cr_expect_not(pc->cpu->interrupt_request);
}

Test(local_apic, raising_tpr_holds_a_request_back_and_no_spurious_one_comes)
{
    APIC(pc);
    set_interrupts(pc, false);
    self(pc, 0x51);
    put(pc, TPR, 0x50);
    set_interrupts(pc, true);
    run_ticks(pc, 3);
    cr_expect_eq(pc->cpu->rip, CODE + 3);
    put(pc, TPR, 0x4f);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, HANDLERS + 0x51 * 16 + 1);
}

Test(local_apic, cr8_is_the_upper_half_of_tpr)
{
    APIC(pc);
    put(pc, TPR, 0x57);
    cr_expect_eq(apic_get_cr8(pc->cpu), 5);
    apic_set_cr8(pc->cpu, 6);
    cr_expect_eq(get(pc, TPR), 0x60);
    self(pc, 0x61);
    cr_expect_not(pc->cpu->interrupt_request);
    apic_set_cr8(pc->cpu, 5);
    cr_expect(pc->cpu->interrupt_request);
}

/* --- the instruction boundary --- */

Test(local_apic, an_ipi_to_self_is_taken_behind_the_store_that_sends_it)
{
    APIC(pc);
    pc->cpu->gpr[RBX] = APIC_PA + ICR;
    RUN(pc, 0xc7, 0x03, DWORD(SELF | 0x51), 0x90, 0x90);
    cr_expect_eq(pc->cpu->rip, CODE + 6);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, HANDLERS + 0x51 * 16 + 1);
    cr_expect_eq(stack_word(pc, 0), CODE + 6);
}

Test(local_apic, in_a_longer_run_it_is_taken_at_the_same_place)
{
    static const u8 code[] = { 0xc7, 0x03, DWORD(SELF | 0x51), 0x90, 0x90, 0x90, 0x90 };
    APIC(pc);
    pc->cpu->gpr[RBX] = APIC_PA + ICR;
    memcpy(pc->ram + CODE, code, sizeof code);
    run_ticks(pc, 100);
    cr_expect_eq(stack_word(pc, 0), CODE + 6);
}

Test(local_apic, sti_shadows_its_requests_too)
{
    APIC(pc);
    set_interrupts(pc, false);
    self(pc, 0x51);
    RUN(pc, 0xfb, 0x90, 0x90);                                           /* STI, NOP */
    run_ticks(pc, 2);
    cr_expect_eq(stack_word(pc, 0), CODE + 2);
}

Test(local_apic, a_request_wakes_a_halted_processor)
{
    APIC(pc);
    RUN(pc, 0xf4);
    cr_assert_eq(pc->cpu->activity, ACTIVITY_HALTED);
    self(pc, 0x51);
    run_ticks(pc, 1);
    cr_expect_eq(stack_word(pc, 0), CODE + 1);
}

/* --- errors: "Error Status Register" --- */

Test(local_apic, a_vector_below_16_is_an_error_of_sender_and_receiver_and_never_a_request)
{
    APIC(pc);
    put(pc, LVT_E, 0xe1);
    self(pc, 15);
    cr_expect_eq(get(pc, ESR), 0, "before it is written");
    put(pc, ESR, 0);
    cr_expect_eq(get(pc, ESR), 0x60);
    put(pc, ESR, 0);
    cr_expect_eq(get(pc, ESR), 0);
    cr_expect_eq(get(pc, IRR), 0);
    cr_expect(bit_of(pc, IRR, 0xe1), "the error interrupt");
}

Test(local_apic, the_error_interrupt_is_armed_again_by_a_write_to_esr)
{
    APIC(pc);
    put(pc, LVT_E, 0xe1);
    self(pc, 1);
    cr_expect_eq(apic_acknowledge(pc->cpu), 0xe1);
    self(pc, 2);
    cr_expect_not(bit_of(pc, IRR, 0xe1));
    put(pc, ESR, 0);
    self(pc, 3);
    cr_expect(bit_of(pc, IRR, 0xe1));
}

Test(local_apic, an_error_interrupt_of_an_illegal_vector_is_one_more_error)
{
    APIC(pc);
    put(pc, LVT_E, 0x05);
    put(pc, ICR, OTHERS | 0x31);
    put(pc, ESR, 0);
    cr_expect_eq(get(pc, ESR), ESR_SEND_ACCEPT | ESR_RECEIVE_VECTOR);
}

Test(local_apic, a_reserved_register_is_an_error_from_the_p6_on)
{
    static const struct { const char *name; u32 esr; } row[] = { { "p6_nofpu", 0x80 }, { "pentium", 0 } };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        const struct cpu_model model = with_apic(row[i].name, 0, 0);
        PC(pc) = pc_started(&model);
        cr_expect_eq(get(pc, LVT_TH), 0);
        put(pc, 0x40, 1);
        put(pc, ESR, 0);
        cr_expect_eq(get(pc, ESR), row[i].esr);
    }
}

/* --- software disable: "Local APIC State After It Has Been Software Disabled" --- */

Test(local_apic, software_disabled_it_masks_its_lvt_and_accepts_no_fixed_interrupt)
{
    APIC(pc);
    put(pc, LINT0, 0x700);
    self(pc, 0x51);
    put(pc, SVR, 0xff);
    cr_expect_eq(get(pc, LINT0), 0x10700);
    put(pc, LINT0, 0x700);
    cr_expect_eq(get(pc, LINT0), 0x10700, "an attempt to unmask is ignored");
    self(pc, 0x52);
    cr_expect_not(bit_of(pc, IRR, 0x52));
    cr_expect(bit_of(pc, IRR, 0x51), "what waits stays");
    cr_expect(pc->cpu->interrupt_request);
    put(pc, ICR, 0x400);
    cr_expect(pc->cpu->nmi_pending, "NMI is not held back");
}

Test(local_apic, disabled_by_the_msr_it_lets_the_pins_through_and_cpuid_denies_it)
{
    APIC(pc);
    pc->vector = 0x21;
    cr_assert(wrmsr(pc, MSR_BASE, 0xfee00100), "%s", told(pc));
    pc->cpu->gpr[RAX] = 1;
    cpuid(pc->cpu);
    cr_expect_not(pc->cpu->gpr[RDX] & EDX(APIC));
    cpu_set_line(pc->cpu, CPU_LINE_NMI, true);
    cr_expect(pc->cpu->nmi_pending);
    pc->cpu->nmi_pending = false;
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    set_interrupts(pc, true);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, HANDLERS + 0x21 * 16 + 1);
    pc->cpu->activity = ACTIVITY_RUNNING;                /* the handler has halted */
    cr_assert(wrmsr(pc, MSR_BASE, 0xfee00900));
    pc->cpu->gpr[RAX] = 1;
    cpuid(pc->cpu);
    cr_expect(pc->cpu->gpr[RDX] & EDX(APIC));
    expect_reset_state(pc);
    cr_expect_not(pc->cpu->interrupt_request, "LINT0 is masked again");
}

/* --- the Pentium: no MSR, four entries --- */

Test(local_apic, the_pentiums_stands_where_it_stands)
{
    const struct cpu_model model = with_apic("pentium", 0, 0);
    PC(pc) = pc_started(&model);
    u64 v;
    put(pc, SVR, 0x1f0);
    cr_expect_eq(get(pc, SVR), 0x1ff);
    cr_expect_eq(get(pc, LVT_P), 0);
    self(pc, 0x51);
    cr_expect_eq(apic_acknowledge(pc->cpu), 0x51);
    cr_expect_not(rdmsr(pc, MSR_BASE, &v));
}

/* --- determinism --- */

static void mix(void *context, const void *bytes, size_t size)
{
    u64 *hash = context;
    for (size_t i = 0; i < size; i++) *hash = (*hash ^ ((const u8 *)bytes)[i]) * 0x100000001b3ull;
}

/* A handler that ends its interrupt and counts, code that counts; however long the runs, the state is the same. */
static u64 counted_run(unsigned step)
{
    static const u8 handler[] = { 0xff, 0x05, DWORD(DATA), 0xc7, 0x05, DWORD(0xfee000b0), DWORD(0), 0xcf };
    static const u8 code[] = { 0xff, 0x05, DWORD(DATA + 4), 0xeb, 0xf8 };
    struct cpu_state_part part[16];
    u64 hash = 0;
    APIC(pc);
    memcpy(pc->ram + HANDLERS + 0x510, handler, sizeof handler);
    memcpy(pc->ram + CODE, code, sizeof code);
    put(pc, LVT_T, LVT_PERIODIC | 0x51);
    put(pc, DIVIDE, BY_1);
    put(pc, INITIAL, 37);
    for (u64 end = step; end <= 6000; end += step) run_until(pc, end);
    cr_expect_eq(get32(pc->ram + DATA), 6000 / 37);
    unsigned count = cpu_state_parts(pc->cpu, part, ARRAY_COUNT(part));
    for (unsigned i = 0; i < count; i++) state_each_byte(part[i].layout, part[i].instance, mix, &hash);
    mix(&hash, pc->ram, RAM_BYTES);
    return hash;
}

Test(local_apic, two_runs_are_equal_however_they_are_cut)
{
    u64 hash = counted_run(6000);
    cr_expect_eq(counted_run(6000), hash);
    cr_expect_eq(counted_run(1), hash);
    cr_expect_eq(counted_run(100), hash);
}
