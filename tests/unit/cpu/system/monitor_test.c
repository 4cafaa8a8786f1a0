/* MONITOR and MWAIT.  SDM vol. 2, under their names. */
#include "tests/unit/cpu/fixture.h"

enum { LINE = DATA + 0x140, WITHIN = LINE + 0x2a };

#define MONITOR(pc) RUN(pc, 0x0f, 0x01, 0xc8)
#define MWAIT(pc)   RUN(pc, 0x0f, 0x01, 0xc9)

static struct pc *pc_at(unsigned cpl)
{
    struct pc *pc = pc_create("core2_penryn");
    enter_protected(pc, cpl);
    pc->cpu->gpr[RAX] = WITHIN;
    return pc;
}

static bool waits(struct pc *pc)
{
    pc->time.deadline = pc->time.now + 10;
    return cpu_run(pc->cpu) == CPU_STOP_HALTED && pc->cpu->activity == ACTIVITY_WAITING;
}

static void start_waiting(struct pc *pc, u64 extensions)
{
    MONITOR(pc);
    pc->cpu->gpr[RCX] = extensions;
    MWAIT(pc);
    EXPECT_NO_FAULT(pc);
    cr_assert(waits(pc));
}

Test(monitor, mwait_waits_until_a_store_to_the_line)
{
    static const struct { u32 at; unsigned bytes; bool ends; } row[] = {
        { LINE, 1, true },      { LINE + 63, 1, true }, { LINE - 1, 1, false }, { LINE + 64, 4, false },
        { LINE - 1, 2, true },  { LINE + 62, 8, true }, { DATA, 4096, true },   { DATA + 0x1000, 64, false },
    };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_at(0);
        start_waiting(pc, 0);
        cpu_memory_written(pc->cpu, row[i].at, row[i].bytes);
        cr_expect_eq(!waits(pc), row[i].ends, "row %u", i);
        cr_expect_eq(pc->cpu->rip > CODE + 6, row[i].ends, "behind MWAIT");
    }
}

Test(monitor, without_monitor_mwait_does_not_wait)
{
    PC(pc) = pc_at(0);
    MWAIT(pc);
    cr_expect_not(waits(pc));
}

Test(monitor, a_store_of_the_processor_between_the_two_ends_the_wait_before_it_begins)
{
    static const struct { u32 at; bool ends; } row[] = { { LINE, true }, { LINE - 4, false }, { LINE + 60, true }, { LINE + 64, false } };
    for (unsigned i = 0; i < ARRAY_COUNT(row); i++) {
        PC(pc) = pc_at(0);
        pc->cpu->gpr[RBX] = row[i].at;
        RUN(pc, 0x89, 0x13);                                             /* MOV [EBX], EDX: the TLB knows the page as written */
        MONITOR(pc);
        RUN(pc, 0x89, 0x13);
        MWAIT(pc);
        cr_expect_eq(!waits(pc), row[i].ends, "row %u", i);
    }
}

Test(monitor, another_monitor_takes_the_place_of_the_first)
{
    PC(pc) = pc_at(0);
    MONITOR(pc);
    pc->cpu->gpr[RAX] = DATA + 0x3000;
    start_waiting(pc, 0);
    cpu_memory_written(pc->cpu, LINE, 4);
    cr_expect(waits(pc));
    cpu_memory_written(pc->cpu, DATA + 0x3000, 4);
    cr_expect_not(waits(pc));
}

Test(monitor, an_interrupt_ends_the_wait_and_returns_behind_mwait)
{
    PC(pc) = pc_at(0);
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_IF);
    pc->cpu->apic_base = 0;                                              /* the pin goes to the core */
    pc->vector = 0x51;
    start_waiting(pc, 0);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
    cr_expect_not(waits(pc));
    cr_expect_eq(stack_word(pc, 0), CODE + 6);
    cpu_set_line(pc->cpu, CPU_LINE_INTR, false);
}

Test(monitor, a_masked_interrupt_ends_the_wait_with_ecx_1_alone)
{
    for (unsigned extension = 0; extension < 2; extension++) {
        PC(pc) = pc_at(0);
        pc->cpu->apic_base = 0;
        start_waiting(pc, extension);
        cpu_set_line(pc->cpu, CPU_LINE_INTR, true);
        cr_expect_eq(waits(pc), !extension);
        cr_expect_eq(pc->acknowledged, 0, "it still waits");
    }
}

Test(monitor, an_nmi_ends_the_wait)
{
    PC(pc) = pc_at(0);
    pc->cpu->apic_base = 0;
    start_waiting(pc, 0);
    cpu_set_line(pc->cpu, CPU_LINE_NMI, true);
    cr_expect_not(waits(pc));
    cr_expect_eq(pc->cpu->rip & ~15ull, HANDLERS + 2 * 16);
}

Test(monitor, monitor_is_checked_as_a_load_of_a_byte)
{
    PC(pc) = pc_at(0);
    enter_paging(pc);
    put32(pte_of(pc, LINE), 0);
    MONITOR(pc);
    EXPECT_FAULT(pc, PTE_NOT_PRESENT, 0);
    cr_expect_eq(pc->cpu->monitor_line, 0);
}

Test(monitor, a_segment_override_chooses_the_segment)
{
    PC(pc) = pc_at(0);
    set_segment(pc->cpu, CPU_SEG_FS, KERNEL_DS, DATA, ~0u, DATA_WRITE | FLAT);
    pc->cpu->gpr[RAX] = 0x140;
    RUN(pc, 0x64, 0x0f, 0x01, 0xc8);
    cr_expect_eq(pc->cpu->monitor_line & ~1ull, LINE);
}

Test(monitor, extensions_that_do_not_exist_fault)
{
    for (unsigned wait = 0; wait < 2; wait++) {
        for (unsigned ecx = 0; ecx < 4; ecx++) {
            PC(pc) = pc_at(0);
            pc->cpu->gpr[RCX] = ecx;
            if (wait) MWAIT(pc);
            else MONITOR(pc);
            cr_expect_eq(pc->cpu->fault_log.count == 0, ecx <= wait, "%u of ECX %u", wait, ecx);
        }
    }
}

Test(monitor, both_are_undefined_without_the_feature_or_its_switch)
{
    static const char *const without[] = { "p3_katmai", "athlon64" };
    for (unsigned i = 0; i < ARRAY_COUNT(without); i++) {
        PC(pc) = pc_create(without[i]);
        enter_protected(pc, 0);
        MONITOR(pc);
        EXPECT_FAULT(pc, UNDEFINED_OPCODE, 0);
    }
    PC(pc) = pc_at(0);
    pc->cpu->misc_enable = 1;
    MONITOR(pc);
    EXPECT_FAULT(pc, UNDEFINED_OPCODE, 0);
    pc->cpu->gpr[RAX] = 1;
    cpuid(pc->cpu);
    cr_expect_not(pc->cpu->gpr[RCX] & 8);
    pc->cpu->gpr[RAX] = 5;
    cpuid(pc->cpu);
    cr_expect_eq(pc->cpu->gpr[RBX], 0);
}

Test(monitor, cpuid_5_tells_a_line_of_64_bytes)
{
    for (unsigned i = 0; cpu_model_at(i); i++) {
        PC(pc) = pc_create_of(cpu_model_at(i));
        if (!has(pc->cpu, FEATURE_MONITOR)) continue;
        pc->cpu->gpr[RAX] = 5;
        cpuid(pc->cpu);
        cr_expect_eq(pc->cpu->gpr[RAX], 64);
        cr_expect_eq(pc->cpu->gpr[RBX], 64);
    }
}
