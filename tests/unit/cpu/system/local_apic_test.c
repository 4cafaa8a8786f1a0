/* The local APIC.  SDM vol. 3A, "Advanced Programmable Interrupt Controller (APIC)". */
#include "tests/unit/cpu/fixture.h"

#define APIC_PA 0xfee00000u
enum {
    ID = 0x20, VERSION = 0x30, TPR = 0x80, APR = 0x90, PPR = 0xa0, EOI = 0xb0, LDR = 0xd0, DFR = 0xe0, SVR = 0xf0,
    ISR = 0x100, TMR = 0x180, IRR = 0x200, ESR = 0x280, ICR = 0x300, ICR_HIGH = 0x310, LVT_T = 0x320, LVT_TH = 0x330,
    LVT_P = 0x340, LINT0 = 0x350, LINT1 = 0x360, LVT_E = 0x370, INITIAL = 0x380, CURRENT = 0x390, DIVIDE = 0x3e0,
};
enum { SELF = 1 << 18, ALL = 2 << 18, OTHERS = 3 << 18, BY_1 = 0xb };
enum { MSR_BASE = 0x1b, MSR_DEADLINE = 0x6e0, MSR_ICR = 0x830 };
#define EDX(name) (1u << FEATURE_##name % 32)

static struct cpu_model with_apic(const char *name, u32 edx, u32 ecx)
{
    struct cpu_model model = *cpu_model_find(name);
    model.features[WORD_1_EDX] |= EDX(APIC) | edx;
    model.features[WORD_1_ECX] |= ecx;
    return model;
}

/* Protected mode with interrupts on, handlers that halt, code that idles; the APIC as after RESET. */
static struct pc *pc_started(const struct cpu_model *model)
{
    struct pc *pc = pc_create_of(model);
    enter_protected(pc, 0);
    memset(pc->ram + CODE, 0x90, 0x1000);
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_IF);
    return pc;
}

static void put(struct pc *pc, unsigned reg, u32 value) { apic_mmio_write(pc->cpu, APIC_PA + reg, 4, value); }
static u32 get(struct pc *pc, unsigned reg) { return (u32)apic_mmio_read(pc->cpu, APIC_PA + reg, 4); }
static bool bit_of(struct pc *pc, unsigned set, unsigned vector) { return get(pc, set + vector / 32 * 16) >> (vector & 31) & 1; }
static void set_interrupts(struct pc *pc, bool on) { cpu_set_eflags(pc->cpu, EFLAGS_1 | (on ? EFLAGS_IF : 0)); }
static void self(struct pc *pc, u8 vector) { put(pc, ICR, SELF | vector); }

/* A P6 whose APIC software has enabled. */
#define APIC(pc)                                                                                  \
    const struct cpu_model pc##_model = with_apic("p6_nofpu", 0, 0);                              \
    PC(pc) = pc_started(&pc##_model);                                                             \
    put(pc, SVR, 0x1ff)
#define NEWER(pc)                                                                                 \
    const struct cpu_model pc##_model = with_apic("p6_nofpu", EDX(ACPI), EDX(X2APIC) | EDX(TSC_DEADLINE)); \
    PC(pc) = pc_started(&pc##_model);                                                             \
    put(pc, SVR, 0x1ff)

static bool wrmsr(struct pc *pc, u32 number, u64 value)
{
    u64 faults = pc->cpu->fault_log.count;
    set_interrupts(pc, false);
    pc->cpu->rip = CODE;
    pc->cpu->gpr[RCX] = number;
    pc->cpu->gpr[RAX] = (u32)value;
    pc->cpu->gpr[RDX] = value >> 32;
    RUN(pc, 0x0f, 0x30);
    return pc->cpu->fault_log.count == faults;
}

static bool rdmsr(struct pc *pc, u32 number, u64 *value)
{
    u64 faults = pc->cpu->fault_log.count;
    set_interrupts(pc, false);
    pc->cpu->rip = CODE;
    pc->cpu->gpr[RCX] = number;
    RUN(pc, 0x0f, 0x32);
    *value = pc->cpu->gpr[RDX] << 32 | pc->cpu->gpr[RAX];
    return pc->cpu->fault_log.count == faults;
}

static u64 rdmsr_ok(struct pc *pc, u32 number)
{
    u64 value = 0;
    cr_expect(rdmsr(pc, number, &value), "%s", told(pc));
    return value;
}

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
    cr_expect_eq(tlb_entry_of(pc->cpu, DATA)->tag_read, TLB_INVALID);
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

/* --- pins --- */

Test(local_apic, after_reset_the_pins_are_masked)
{
    const struct cpu_model model = with_apic("p6_nofpu", 0, 0);
    PC(pc) = pc_started(&model);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    cpu_set_line(pc->cpu, CPU_LINE_NMI, true);
    run_ticks(pc, 3);
    cr_expect_eq(pc->cpu->rip, CODE + 3);
}

/* Our own: what a board may ask for on behalf of firmware that leaves the table alone. */
Test(local_apic, in_virtual_wire_mode_the_pins_pass_right_after_reset)
{
    const struct cpu_model model = with_apic("p6_nofpu", 0, 0);
    PC(pc) = pc_started(&model);
    cpu_set_virtual_wire(pc->cpu, true);
    cr_expect_eq(get(pc, LINT0), 0x10000, "not before a reset");
    cpu_reset(pc->cpu);
    cr_expect_eq(get(pc, LINT0), 0x700);
    cr_expect_eq(get(pc, LINT1), 0x400);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    cpu_set_line(pc->cpu, CPU_LINE_NMI, true);
    cr_expect(pc->cpu->interrupt_request && pc->cpu->nmi_pending);
    put(pc, SVR, 0xff);
    cr_expect_eq(get(pc, LINT0), 0x10700, "software disables it as ever");
}

Test(local_apic, extint_takes_its_vector_from_the_8259a_and_touches_no_register)
{
    APIC(pc);
    pc->vector = 0x21;
    put(pc, LINT0, 0x700);
    put(pc, TPR, 0xff);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    run_ticks(pc, 1);
    cr_expect_eq(pc->cpu->rip, HANDLERS + 0x21 * 16 + 1);
    cr_expect_eq(pc->acknowledged, 1);
    cr_expect_eq(get(pc, ISR + 0x10), 0);
}

Test(local_apic, extint_is_a_level)
{
    APIC(pc);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    cr_expect_not(pc->cpu->interrupt_request);
    put(pc, LINT0, 0x700);
    cr_expect(pc->cpu->interrupt_request);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, false);
    cr_expect_not(pc->cpu->interrupt_request);
    put(pc, LINT0, 0x700 | LVT_ACTIVE_LOW);
    cr_expect(pc->cpu->interrupt_request);
}

Test(local_apic, a_fixed_interrupt_goes_before_extint)
{
    APIC(pc);
    pc->vector = 0x21;
    put(pc, LINT0, 0x700);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    self(pc, 0x51);
    cr_expect_eq(apic_acknowledge(pc->cpu), 0x51);
    cr_expect(pc->cpu->interrupt_request);
    cr_expect_eq(apic_acknowledge(pc->cpu), 0x21);
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

Test(local_apic, nmi_comes_through_lint1_on_its_edge)
{
    APIC(pc);
    put(pc, LINT1, 0x400);
    cpu_set_line(pc->cpu, CPU_LINE_NMI, true);
    cr_expect(pc->cpu->nmi_pending);
    pc->cpu->nmi_pending = false;
    cpu_set_line(pc->cpu, CPU_LINE_NMI, true);
    cpu_set_line(pc->cpu, CPU_LINE_NMI, false);
    cr_expect_not(pc->cpu->nmi_pending);
    put(pc, LINT1, 0x53);
    cpu_set_line(pc->cpu, CPU_LINE_NMI, true);
    cr_expect(!pc->cpu->nmi_pending && bit_of(pc, IRR, 0x53), "fixed");
}

Test(local_apic, a_level_on_lint0_asks_again_after_its_eoi_while_it_stands)
{
    APIC(pc);
    put(pc, LINT0, LVT_LEVEL | 0x53);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    cr_expect(bit_of(pc, IRR, 0x53) && bit_of(pc, TMR, 0x53));
    cr_expect(get(pc, LINT0) & LVT_REMOTE_IRR);
    cr_expect_eq(apic_acknowledge(pc->cpu), 0x53);
    cr_expect_not(pc->cpu->interrupt_request);
    put(pc, EOI, 0);
    cr_expect(pc->cpu->interrupt_request);
    cr_expect_eq(apic_acknowledge(pc->cpu), 0x53);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, false);
    put(pc, EOI, 0);
    cr_expect_not(pc->cpu->interrupt_request);
    cr_expect_not(get(pc, LINT0) & LVT_REMOTE_IRR);
    self(pc, 0x53);
    cr_expect_not(bit_of(pc, TMR, 0x53), "an edge clears the trigger mode");
}

/* --- interprocessor interrupts: "Issuing Interprocessor Interrupts" --- */

enum { NOTHING, REQUEST, NMI_COMES, SMI_COMES, INIT_COMES };
static int arrived(struct pc *pc)
{
    if (bit_of(pc, IRR, 0x51)) return REQUEST;
    return pc->cpu->nmi_pending ? NMI_COMES : pc->cpu->smi_pending ? SMI_COMES : pc->cpu->init_pending ? INIT_COMES : NOTHING;
}

static const struct { u32 high, low; int arrives; } ipi_case[] = {
    { 0, SELF | 0x51, REQUEST },         { 0, ALL | 0x51, REQUEST },          { 0, OTHERS | 0x51, NOTHING },
    { 0, SELF | 0x8051, REQUEST },       { 0, SELF | 0x400, NOTHING },        { 0, ALL | 0x500, NOTHING },
    { 0, 0x51, REQUEST },                { 0x01000000, 0x51, NOTHING },       { 0x0f000000, 0x51, REQUEST },
    { 0, 0x151, REQUEST },               { 0, 0x200, SMI_COMES },             { 0, 0x351, NOTHING },
    { 0, 0x400, NMI_COMES },             { 0, 0x4500, INIT_COMES },           { 0, 0x8500, NOTHING },
    { 0, 0x651, NOTHING },               { 0, 0x751, NOTHING },               { 0x02000000, 0x851, REQUEST },
    { 0x04000000, 0x851, NOTHING },      { 0xff000000, 0x851, REQUEST },      { 0x06000000, 0xc00, NMI_COMES },
};

Test(local_apic, an_ipi_goes_where_destination_and_shorthand_say)
{
    for (unsigned i = 0; i < ARRAY_COUNT(ipi_case); i++) {
        APIC(pc);
        put(pc, LDR, 0x02000000);
        put(pc, ICR_HIGH, ipi_case[i].high);
        put(pc, ICR, ipi_case[i].low);
        cr_expect_eq(arrived(pc), ipi_case[i].arrives, "row %u: %d", i, arrived(pc));
        cr_expect_not(get(pc, ICR) & 1 << 12, "delivery status: idle");
        cr_expect_not(bit_of(pc, TMR, 0x51));
    }
}

Test(local_apic, the_cluster_model_numbers_clusters_and_selects_in_them)
{
    static const struct { u32 high; int arrives; } row[] = {
        { 0x32000000, REQUEST }, { 0x31000000, NOTHING }, { 0x22000000, NOTHING }, { 0xf2000000, REQUEST }, { 0x36000000, REQUEST },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        APIC(pc);
        put(pc, DFR, 0);
        put(pc, LDR, 0x32000000);
        put(pc, ICR_HIGH, row[i].high);
        put(pc, ICR, 0x851);
        cr_expect_eq(arrived(pc), row[i].arrives, "row %u", i);
    }
}

Test(local_apic, nobody_to_accept_is_an_error_on_the_serial_bus_alone)
{
    APIC(p6);
    put(p6, ICR_HIGH, 0x01000000);
    put(p6, ICR, 0x51);
    put(p6, ESR, 0);
    cr_expect_eq(get(p6, ESR), ESR_SEND_ACCEPT);
    NEWER(newer);
    put(newer, ICR_HIGH, 0x01000000);
    put(newer, ICR, 0x51);
    put(newer, ESR, 0);
    cr_expect_eq(get(newer, ESR), 0);
}

Test(local_apic, init_to_oneself_initializes_the_processor)
{
    APIC(pc);
    put(pc, ICR, 0x4500);
    pc->time.deadline = pc->time.now + 1;
    cpu_run(pc->cpu);
    cr_expect_eq(pc->cpu->seg[CPU_SEG_CS].base, 0xffff0000);
    cr_expect_eq(get(pc, SVR), 0xff);
}

/* --- timer: "APIC Timer" --- */

static const struct { u8 code; unsigned by; } divide_case[] = {
    { 0, 2 }, { 1, 4 }, { 2, 8 }, { 3, 16 }, { 8, 32 }, { 9, 64 }, { 10, 128 }, { 11, 1 },
};

Test(local_apic, a_one_shot_ends_exactly_after_count_times_divisor)
{
    for (unsigned i = 0; i < ARRAY_COUNT(divide_case); i++) {
        APIC(pc);
        u64 start = pc->time.now;
        put(pc, LVT_T, 0x51);
        put(pc, DIVIDE, divide_case[i].code);
        put(pc, INITIAL, 7);
        u64 end = start + 7 * divide_case[i].by;
        cr_expect_eq(pc->timer_at, end);
        run_until(pc, end - 1);
        cr_expect_eq(get(pc, CURRENT), 1);
        cr_expect_not(bit_of(pc, IRR, 0x51));
        run_until(pc, end);
        cr_expect(bit_of(pc, IRR, 0x51), "divided by %u", divide_case[i].by);
        cr_expect_eq(get(pc, CURRENT), 0);
        cr_expect_eq(pc->timer_at, UINT64_MAX);
        run_until(pc, end + 1);
        cr_expect_eq(stack_word(pc, 0), CODE + (u32)(end - start), "taken between two instructions");
    }
}

Test(local_apic, a_timer_started_by_the_guest_counts_from_that_instruction)
{
    static const u8 code[] = { 0x90, 0xc7, 0x03, DWORD(5) };             /* NOP; MOV [EBX], 5; NOPs */
    APIC(pc);
    put(pc, LVT_T, 0x51);
    put(pc, DIVIDE, BY_1);
    pc->cpu->gpr[RBX] = APIC_PA + INITIAL;
    memcpy(pc->ram + CODE, code, sizeof code);
    run_until(pc, 20);
    cr_expect_eq(stack_word(pc, 0), CODE + 7 + 4, "MOV is tick 1; the end is seen before tick 6");
}

Test(local_apic, the_current_count_falls_by_one_a_period_of_the_divided_clock)
{
    APIC(pc);
    put(pc, LVT_T, LVT_MASKED | 0x51);
    put(pc, DIVIDE, 1);
    put(pc, INITIAL, 100);
    for (unsigned tick = 0; tick < 17; tick++) {
        cr_expect_eq(get(pc, CURRENT), 100 - tick / 4);
        run_until(pc, tick + 1);
    }
    cr_expect_eq(get(pc, INITIAL), 100);
}

Test(local_apic, periodic_ends_every_period_without_drift)
{
    APIC(pc);
    put(pc, LVT_T, LVT_PERIODIC | 0x51);
    put(pc, DIVIDE, 0);
    put(pc, INITIAL, 50);
    set_interrupts(pc, false);
    for (unsigned period = 1; period <= 5; period++) {
        run_until(pc, period * 100 - 1);
        cr_expect_not(bit_of(pc, IRR, 0x51));
        run_until(pc, period * 100);
        cr_expect_eq(apic_acknowledge(pc->cpu), 0x51);
        cr_expect_eq(get(pc, CURRENT), 50);
        put(pc, EOI, 0);
    }
    put(pc, INITIAL, 0);
    cr_expect_eq(pc->timer_at, UINT64_MAX, "a count of 0 stops it");
}

Test(local_apic, it_ends_while_the_processor_is_halted)
{
    APIC(pc);
    put(pc, LVT_T, 0x51);
    put(pc, INITIAL, 1000);
    pc->ram[CODE] = 0xf4;
    run_until(pc, 2001);
    cr_expect_eq(pc->cpu->rip, HANDLERS + 0x51 * 16 + 1);
    cr_expect_eq(stack_word(pc, 0), CODE + 1);
}

Test(local_apic, masked_it_counts_and_does_not_interrupt)
{
    APIC(pc);
    put(pc, LVT_T, LVT_MASKED | 0x51);
    put(pc, DIVIDE, BY_1);
    put(pc, INITIAL, 10);
    run_until(pc, 10);
    cr_expect_eq(get(pc, CURRENT), 0);
    cr_expect_not(bit_of(pc, IRR, 0x51));
}

Test(local_apic, another_divisor_applies_to_what_is_left)
{
    APIC(pc);
    put(pc, LVT_T, 0x51);
    put(pc, DIVIDE, BY_1);
    put(pc, INITIAL, 100);
    run_until(pc, 40);
    put(pc, DIVIDE, 0);
    cr_expect_eq(get(pc, CURRENT), 60);
    cr_expect_eq(pc->timer_at, 40 + 120);
}

Test(local_apic, from_periodic_to_one_shot_it_counts_to_its_end_and_stops)
{
    APIC(pc);
    put(pc, LVT_T, LVT_PERIODIC | 0x51);
    put(pc, DIVIDE, BY_1);
    put(pc, INITIAL, 100);
    run_until(pc, 130);
    put(pc, LVT_T, 0x51);
    cr_expect_eq(pc->timer_at, 200);
    set_interrupts(pc, false);
    run_until(pc, 200);
    cr_expect_eq(pc->timer_at, UINT64_MAX);
}

/* --- "TSC-Deadline Mode" --- */

static void by_deadline(struct pc *pc) { put(pc, LVT_T, LVT_TSC_DEADLINE | 0x51); }

Test(local_apic, the_tsc_deadline_is_met_exactly_and_then_forgotten)
{
    NEWER(pc);
    by_deadline(pc);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 500), "%s", told(pc));
    cr_expect_eq(rdmsr_ok(pc, MSR_DEADLINE), 500);
    cr_expect_eq(pc->timer_at, 500);
    run_until(pc, 499);
    cr_expect_not(bit_of(pc, IRR, 0x51));
    run_until(pc, 500);
    cr_expect(bit_of(pc, IRR, 0x51));
    cr_expect_eq(rdmsr_ok(pc, MSR_DEADLINE), 0);
    cr_expect_eq(get(pc, CURRENT), 0);
}

Test(local_apic, a_deadline_that_has_passed_interrupts_at_once)
{
    NEWER(pc);
    by_deadline(pc);
    run_until(pc, 50);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 20));
    cr_expect(bit_of(pc, IRR, 0x51));
    cr_expect_eq(rdmsr_ok(pc, MSR_DEADLINE), 0);
}

Test(local_apic, a_deadline_that_is_now_interrupts_at_once)
{
    NEWER(pc);
    by_deadline(pc);
    run_until(pc, 50);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 50));
    cr_expect(bit_of(pc, IRR, 0x51));
    cr_expect_eq(pc->timer_at, UINT64_MAX);
}

Test(local_apic, the_deadline_follows_a_write_of_the_tsc)
{
    NEWER(pc);
    by_deadline(pc);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 10000));
    u64 now = pc->time.now;
    cr_assert(wrmsr(pc, 0x10, 9000));
    cr_expect_eq(pc->timer_at, now + 1000);
    cr_assert(wrmsr(pc, 0x10, ~0ull));
    cr_expect(bit_of(pc, IRR, 0x51));
}

Test(local_apic, zero_or_another_mode_disarms_the_deadline)
{
    NEWER(pc);
    by_deadline(pc);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 5000) && wrmsr(pc, MSR_DEADLINE, 0));
    cr_expect_eq(pc->timer_at, UINT64_MAX);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 5000));
    put(pc, LVT_T, 0x51);
    cr_expect_eq(pc->timer_at, UINT64_MAX);
    cr_expect_eq(rdmsr_ok(pc, MSR_DEADLINE), 0);
    cr_assert(wrmsr(pc, MSR_DEADLINE, 5000));
    cr_expect_eq(rdmsr_ok(pc, MSR_DEADLINE), 0, "ignored in another mode");
    by_deadline(pc);
    put(pc, INITIAL, 5);
    cr_expect_eq(get(pc, INITIAL), 0, "ignored in deadline mode");
    APIC(p6);
    cr_expect_not(wrmsr(p6, MSR_DEADLINE, 1), "the MSR is the feature's");
}

/* --- IA32_APIC_BASE and x2APIC mode: "x2APIC State Transitions" --- */

enum { OFF = 0x100, XAPIC = 0x900, X2APIC = 0xd00, INVALID = 0x500 };
static const struct { u32 from, to; bool allowed; } transition_case[] = {
    { OFF, OFF, true },     { OFF, XAPIC, true },     { OFF, X2APIC, false },   { OFF, INVALID, false },
    { XAPIC, OFF, true },   { XAPIC, XAPIC, true },   { XAPIC, X2APIC, true },  { XAPIC, INVALID, false },
    { X2APIC, OFF, true },  { X2APIC, XAPIC, false }, { X2APIC, X2APIC, true }, { X2APIC, INVALID, false },
};

Test(local_apic, the_mode_changes_only_as_the_figure_allows)
{
    for (unsigned i = 0; i < ARRAY_COUNT(transition_case); i++) {
        NEWER(pc);
        cr_assert(wrmsr(pc, MSR_BASE, APIC_PA | transition_case[i].from));
        bool done = wrmsr(pc, MSR_BASE, APIC_PA | transition_case[i].to);
        cr_expect_eq(done, transition_case[i].allowed, "row %u", i);
        u32 is = done ? transition_case[i].to : transition_case[i].from;
        cr_expect_eq(pc->cpu->apic_base, APIC_PA | is);
    }
}

static const u64 base_reserved_case[] = { APIC_PA | 0x901, APIC_PA | 0xb00, APIC_PA | 0x980, 1ull << 36 | APIC_PA | 0x900 };

Test(local_apic, reserved_bits_of_the_base_fault_and_the_bsp_flag_stays)
{
    for (unsigned i = 0; i < ARRAY_COUNT(base_reserved_case); i++) {
        APIC(pc);
        cr_expect_not(wrmsr(pc, MSR_BASE, base_reserved_case[i]), "row %u", i);
    }
    APIC(pc);
    cr_expect_not(wrmsr(pc, MSR_BASE, APIC_PA | X2APIC), "x2APIC is a feature");
    cr_expect(wrmsr(pc, MSR_BASE, APIC_PA | 0x800));
    cr_expect_eq(pc->cpu->apic_base, APIC_PA | XAPIC);
}

#define EXTENDED(pc) NEWER(pc); cr_assert(wrmsr(pc, MSR_BASE, APIC_PA | X2APIC), "%s", told(pc))

Test(local_apic, in_x2apic_mode_the_page_is_gone_and_the_msrs_are_there)
{
    NEWER(xapic);
    u64 v;
    cr_expect_not(rdmsr(xapic, 0x803, &v));
    EXTENDED(pc);
    cr_assert(access_read(pc->cpu, CPU_SEG_DS, APIC_PA + VERSION, 4, &v));
    cr_expect_eq(v, 0x5a5a5a5a);
    cr_expect_eq(rdmsr_ok(pc, 0x803), 0x01050015);
    cr_expect_eq(rdmsr_ok(pc, 0x802), 0);
    cr_expect_eq(rdmsr_ok(pc, 0x80d), 1);
    cr_expect_eq(rdmsr_ok(pc, 0x80f), 0x1ff, "SVR survives the change");
}

/* MSR, what is written, whether reading and writing raise nothing. */
static const struct { u32 number; u64 value; bool reads, writes; } msr_case[] = {
    { 0x802, 0, true, false },    { 0x803, 0, true, false },    { 0x808, 0xff, true, true },   { 0x808, 0x100, true, false },
    { 0x809, 0, false, false },   { 0x80a, 0, true, false },    { 0x80b, 0, false, true },     { 0x80b, 1, false, false },
    { 0x80c, 0, false, false },   { 0x80d, 0, true, false },    { 0x80e, 0, false, false },    { 0x80f, 0x11ff, true, true },
    { 0x80f, 0x200, true, false },{ 0x810, 0, true, false },    { 0x827, 0, true, false },     { 0x828, 0, true, true },
    { 0x828, 1, true, false },    { 0x829, 0, false, false },   { 0x82f, 0, false, false },    { 0x830, 0xfffffffe000c4051, true, true },
    { 0x830, 0x1000, true, false },{ 0x831, 0, false, false },  { 0x832, 0x710ff & ~0x20000, true, true }, { 0x832, 0x80000, true, false },
    { 0x833, 0x107ff, true, true }, { 0x834, 0x2000, true, false }, { 0x835, 0x1f7ff, true, true }, { 0x836, 0x800, true, false },
    { 0x837, 0x100ff, true, true }, { 0x837, 0x100, true, false }, { 0x838, 0xffffffff, true, true }, { 0x838, 1ull << 32, true, false },
    { 0x839, 0, true, false },    { 0x83e, 0xb, true, true },   { 0x83e, 4, true, false },     { 0x83f, 0x51, false, true },
    { 0x83f, 0x151, false, false }, { 0x840, 0, false, false }, { 0xbff, 0, false, false },    { 0x800, 0, false, false },
};

Test(local_apic, x2apic_registers_check_direction_and_reserved_bits)
{
    for (unsigned i = 0; i < ARRAY_COUNT(msr_case); i++) {
        EXTENDED(pc);
        u64 v;
        cr_expect_eq(rdmsr(pc, msr_case[i].number, &v), msr_case[i].reads, "RDMSR %x", msr_case[i].number);
        cr_expect_eq(wrmsr(pc, msr_case[i].number, msr_case[i].value), msr_case[i].writes, "WRMSR %x, %llx", msr_case[i].number,
                     (unsigned long long)msr_case[i].value);
    }
}

Test(local_apic, self_ipi_and_the_64_bit_icr)
{
    static const struct { u64 icr; bool comes; } row[] = {
        { 0x51, true }, { 1ull << 32 | 0x51, false }, { ~0ull << 32 | 0x51, true }, { 1ull << 32 | 0x851, true },
        { 2ull << 32 | 0x851, false }, { 0x10001ull << 32 | 0x851, false }, { SELF | 0x51, true }, { OTHERS | 0x51, false },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        EXTENDED(pc);
        cr_assert(wrmsr(pc, MSR_ICR, row[i].icr));
        cr_expect_eq(rdmsr_ok(pc, 0x822) >> 17 & 1, row[i].comes, "row %u", i);
        cr_expect_eq(rdmsr_ok(pc, MSR_ICR), row[i].icr);
    }
    EXTENDED(pc);
    cr_assert(wrmsr(pc, 0x83f, 0x51));
    cr_expect_eq(apic_acknowledge(pc->cpu), 0x51);
    cr_assert(wrmsr(pc, 0x80b, 0) && wrmsr(pc, 0x83f, 9) && wrmsr(pc, 0x828, 0));
    cr_expect_eq(rdmsr_ok(pc, 0x828), ESR_SEND_VECTOR | ESR_RECEIVE_VECTOR);
}

Test(local_apic, entering_x2apic_mode_clears_the_icrs_high_half)
{
    NEWER(pc);
    put(pc, ICR_HIGH, 0x05000000);
    cr_assert(wrmsr(pc, MSR_BASE, APIC_PA | X2APIC));
    cr_expect_eq(rdmsr_ok(pc, MSR_ICR) >> 32, 0);
}

Test(local_apic, init_leaves_x2apic_mode_as_it_is)
{
    EXTENDED(pc);
    cr_assert(wrmsr(pc, 0x808, 0x55));
    cpu_initialize(pc->cpu);
    cr_expect_eq(pc->cpu->apic_base, APIC_PA | X2APIC);
    enter_protected(pc, 0);
    cr_expect_eq(rdmsr_ok(pc, 0x808), 0);
    cr_expect_eq(rdmsr_ok(pc, 0x80f), 0xff);
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
