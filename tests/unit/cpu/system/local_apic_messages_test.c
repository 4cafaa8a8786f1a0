/* The local APIC: pins and interprocessor interrupts.  SDM vol. 3A, "Advanced Programmable Interrupt Controller (APIC)". */
#include "tests/unit/cpu/system/local_apic_bench.h"

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
