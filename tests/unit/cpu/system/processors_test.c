/* Several processors: who starts, messages among them, and what a store of one means to the others.  SDM vol. 3A, "Multiple-Processor Management". */
#include "tests/unit/cpu/system/local_apic_bench.h"

#include "cpu/run/processor.h"

enum { COUNT = 3, ICR_INIT = 5 << 8, ICR_START = 6 << 8, ICR_NMI = 4 << 8, ICR_LOWEST = 1 << 8, ICR_LOGICAL = 1 << 11, ICR_ASSERT = 1 << 14 };

static struct cpu *all[COUNT];

static bool send(void *board, const struct cpu_message *m, unsigned except)
{
    bool accepted = false;
    (void)board;
    for (unsigned n = 0; n < COUNT; n++)
        if (n != except && cpu_message_is_for(all[n], m)) accepted |= cpu_take_message(all[n], m);
    return accepted;
}

/* Three processors on the memory of one; the first has it enabled its APIC. */
static struct pc *three(const struct cpu_model *model)
{
    struct pc *pc = pc_create_of(model);
    struct cpu_bus bus = pc->cpu->bus;

    bus.send_message = send;
    pc->cpu->bus = bus;
    all[0] = pc->cpu;
    for (unsigned n = 1; n < COUNT; n++) all[n] = cpu_create(model, &pc->time, &bus, pc->memory);
    cpu_join(all, COUNT);
    for (unsigned n = 0; n < COUNT; n++) apic_mmio_write(all[n], APIC_PA + SVR, 4, 0x1ff);
    return pc;
}

static void three_free(struct pc **pc)
{
    for (unsigned n = 1; n < COUNT; n++) cpu_destroy(all[n]);
    pc_free(pc);
}
#define THREE(pc)                                                                                 \
    const struct cpu_model pc##_model = with_apic("core2_penryn", 0, 0);                          \
    struct pc *pc __attribute__((cleanup(three_free))) = three(&pc##_model)

static void turn_of(unsigned from, unsigned to) { cpu_pause(all[from]); cpu_resume(all[to]); }
static void icr(unsigned from, u8 destination, u32 low)
{
    apic_mmio_write(all[from], APIC_PA + ICR_HIGH, 4, (u32)destination << 24);
    apic_mmio_write(all[from], APIC_PA + ICR, 4, low);
}
static bool waits(unsigned n, u8 vector) { return all[n]->apic.irr[vector >> 5] >> (vector & 31) & 1; }
static enum cpu_stop run(struct pc *pc, unsigned n, u64 ticks) { pc->time.deadline = pc->time.now + ticks; return cpu_run(all[n]); }

Test(processors, the_first_is_the_boot_processor_and_ids_are_numbers)
{
    THREE(pc);
    for (unsigned n = 0; n < COUNT; n++) {
        cr_expect_eq(apic_mmio_read(all[n], APIC_PA + ID, 4), (u64)n << 24);
        cr_expect_eq(!!(all[n]->apic_base & APIC_BASE_BSP), n == 0);
        cr_expect_eq(cpu_halted_for_good(all[n]), n > 0);
    }
}

Test(processors, the_others_wait_for_a_start_up_message_and_begin_at_its_page)
{
    THREE(pc);
    memset(pc->ram + 0x9000, 0x90, 16);
    cr_expect_eq(run(pc, 1, 10), CPU_STOP_HALTED);
    icr(0, 1, ICR_INIT | ICR_ASSERT);
    icr(0, 1, ICR_START | 9);
    turn_of(0, 1);
    u64 before = pc->time.now;
    cr_expect_eq(run(pc, 1, 5), CPU_STOP_DEADLINE);
    cr_expect_eq(pc->time.now, before + 5);
    cr_expect_eq(all[1]->seg[CPU_SEG_CS].base, 0x9000);
    cr_expect_eq(all[1]->seg[CPU_SEG_CS].selector, 0x900);
    cr_expect_eq(all[1]->rip, 5);
    icr(0, 1, ICR_START | 8);                            /* a second one finds nobody who waits */
    cr_expect_eq(all[1]->rip, 5);
    cr_expect(cpu_halted_for_good(all[2]));
}

Test(processors, nmi_and_interrupts_do_not_start_one)
{
    THREE(pc);
    icr(0, 1, ICR_NMI | ICR_ASSERT);
    icr(0, 1, 0x31 | ICR_ASSERT);
    cr_expect_eq(run(pc, 1, 10), CPU_STOP_HALTED);
    cr_expect(waits(1, 0x31));
}

Test(processors, messages_go_by_id_by_set_and_by_shorthand)
{
    THREE(pc);
    for (unsigned n = 0; n < COUNT; n++) apic_mmio_write(all[n], APIC_PA + LDR, 4, 1u << (24 + n));
    icr(1, 2, 0x41);
    cr_expect(waits(2, 0x41) && !waits(0, 0x41) && !waits(1, 0x41));
    icr(1, 3, 0x42 | ICR_LOGICAL);
    cr_expect(waits(0, 0x42) && waits(1, 0x42) && !waits(2, 0x42));
    icr(1, 0, 0x43 | OTHERS);
    cr_expect(waits(0, 0x43) && !waits(1, 0x43) && waits(2, 0x43));
    icr(1, 0, 0x44 | ALL);
    cr_expect(waits(0, 0x44) && waits(1, 0x44) && waits(2, 0x44));
    icr(1, 0, 0x45 | SELF);
    cr_expect(!waits(0, 0x45) && waits(1, 0x45) && !waits(2, 0x45));
    icr(1, 0xff, 0x46);
    cr_expect(waits(0, 0x46) && waits(1, 0x46) && waits(2, 0x46));
}

/* jmp $ at 9000h, which the first processor turns into nops: "Handling Self- and Cross-Modifying Code". */
Test(processors, a_store_of_one_changes_the_code_that_another_has_decoded)
{
    static const u8 patch[] = { 0xb0, 0x90, 0xa2, 0x00, 0x90, 0xa2, 0x01, 0x90, 0xeb, 0xfe };        /* mov al, 90h; mov [9000h], al; mov [9001h], al; jmp $ */
    THREE(pc);
    memset(pc->ram + 0x9002, 0x90, 0x80);
    pc->ram[0x9000] = 0xeb, pc->ram[0x9001] = 0xfe;
    memcpy(pc->ram + 0x8000, patch, sizeof patch);
    icr(0, 1, ICR_INIT | ICR_ASSERT);
    icr(0, 1, ICR_START | 9);
    icr(0, 2, ICR_INIT | ICR_ASSERT);
    icr(0, 2, ICR_START | 8);
    turn_of(0, 1);
    run(pc, 1, 1000);
    cr_expect_eq(all[1]->rip, 0);
    turn_of(1, 2);
    run(pc, 2, 10);
    cr_expect_eq(pc->ram[0x9000], 0x90);
    turn_of(2, 1);
    run(pc, 1, 6);
    cr_expect_eq(all[1]->rip, 6);
}

Test(processors, a_tag_that_let_stores_pass_goes_when_another_decodes_the_page)
{
    static const u8 writer[] = { 0xa2, 0x00, 0x90, 0xeb, 0xfb };                        /* mov [9000h], al; jmp back */
    THREE(pc);
    memcpy(pc->ram + 0x8000, writer, sizeof writer);
    memset(pc->ram + 0x9000, 0x90, 0x100);
    for (u8 n = 1; n < COUNT; n++) {
        icr(0, n, ICR_INIT | ICR_ASSERT);
        icr(0, n, ICR_START | (n == 1 ? 8 : 9));
    }
    all[1]->gpr[RAX] = 0x90;
    turn_of(0, 1);
    run(pc, 1, 100);                                     /* its stores pass by the TLB */
    turn_of(1, 2);
    run(pc, 2, 3);
    all[2]->rip = all[2]->trace_rip = 0;
    turn_of(2, 1);
    all[1]->gpr[RAX] = 0xf4;                             /* HLT */
    run(pc, 1, 4);
    turn_of(1, 2);
    cr_expect_eq(run(pc, 2, 100), CPU_STOP_HALTED);
    cr_expect_eq(all[2]->rip, 1);
}

Test(processors, a_store_of_another_ends_a_wait)
{
    THREE(pc);
    all[0]->monitor_line = 0x9001;
    all[0]->monitored = physical_page_at(pc->memory, 0x9000);
    cpu_set_activity(all[0], ACTIVITY_WAITING);
    cr_expect_eq(run(pc, 0, 10), CPU_STOP_HALTED);
    cpu_memory_written(all[1], 0x9040, 4);
    cr_expect_eq(all[0]->activity, ACTIVITY_WAITING);
    cpu_memory_written(all[1], 0x903f, 1);
    cr_expect_eq(all[0]->activity, ACTIVITY_RUNNING);
}

Test(processors, a_shadow_of_sti_outlasts_the_turns_of_others)
{
    THREE(pc);
    all[0]->shadow_tick = pc->time.now;
    turn_of(0, 1);
    pc->time.now += 50;
    turn_of(1, 0);
    cr_expect_eq(all[0]->shadow_tick, pc->time.now);
}
