/* MONITOR, MWAIT.  SDM vol. 2, "MONITOR", "MWAIT"; vol. 3A, "MONITOR/MWAIT Instruction".           doc: monitor
 *
 *   MONITOR arms a line of 64 bytes -> a store to it, by whomever, disarms it
 *   MWAIT waits while it is armed; a store, an interrupt, NMI, INIT or RESET ends the wait
 *
 * The page that holds the line gets no write tag in the TLB, so each store of the processor to it is seen; stores of others come by
 * cpu_memory_written.  A wait for what was never armed, or for what has been stored to since, is none. */
#include "cpu/memory/access.h"
#include "cpu/system/system.h"

enum { LINE_BYTES = 64, ARMED = 1 };
#define MISC_ENABLE_MONITOR (1u << 18)

void monitor_disarm(struct cpu *cpu)
{
    cpu->monitor_line = 0;
    cpu->monitored = NULL;
}

/* Intel's processors have a switch for it in IA32_MISC_ENABLE. */
bool monitor_available(const struct cpu *cpu)
{
    return has(cpu, FEATURE_MONITOR) && (is_amd(cpu) || cpu->misc_enable & MISC_ENABLE_MONITOR);
}

static bool monitor_open(struct cpu *cpu)
{
    if (!monitor_available(cpu)) return FAULT(cpu, UNDEFINED_OPCODE);
    return !cpu->cpl || FAULT(cpu, MONITOR_PRIVILEGE, .cpl = cpu->cpl);
}

static u64 extensions(const struct cpu *cpu)
{
    return code_64bit(cpu) ? cpu->gpr[RCX] : (u32)cpu->gpr[RCX];
}

/* Checked as a load of a byte.  No extension in ECX, no hint in EDX means anything. */
bool monitor(struct cpu *cpu, unsigned seg, u64 ea)
{
    u64 unused, pa;

    if (!monitor_open(cpu)) return false;
    if (extensions(cpu)) return FAULT(cpu, MONITOR_EXTENSION, .value = extensions(cpu));
    if (!load(cpu, seg, ea, 1, &unused)) return false;
    monitor_disarm(cpu);
    if (!cpu_translate(cpu, linear_of(cpu, seg, ea), &pa)) return true;
    cpu->monitor_line = (pa & ~(u64)(LINE_BYTES - 1)) | ARMED;
    cpu->monitored = page_at(cpu, pa);
    tlb_protect_page(cpu, pa);
    return true;
}

/* ECX[0]: an interrupt ends the wait whatever IF says.  EAX hints at a depth of sleep: there is one. */
bool monitor_wait(struct cpu *cpu)
{
    if (!monitor_open(cpu)) return false;
    if (extensions(cpu) > 1) return FAULT(cpu, MONITOR_EXTENSION, .value = extensions(cpu));
    if (!cpu->monitor_line) return true;
    cpu->wait_ends_masked = extensions(cpu);
    cpu_set_activity(cpu, ACTIVITY_WAITING);
    return true;
}

static void go_on(struct cpu *cpu)
{
    monitor_disarm(cpu);
    if (cpu->activity != ACTIVITY_WAITING) return;
    cpu_set_activity(cpu, ACTIVITY_RUNNING);
    cpu_leave_after_instruction(cpu);
}

void monitor_store(struct cpu *cpu, u64 pa, unsigned size_bytes)
{
    u64 line = cpu->monitor_line & ~(u64)ARMED;
    if (pa < line + LINE_BYTES && pa + size_bytes > line) go_on(cpu);
}

bool monitor_interrupted(struct cpu *cpu)
{
    if (!cpu->wait_ends_masked || !cpu->interrupt_request) return false;
    go_on(cpu);
    return true;
}
