/* Ports: permission, the exact time for the device, the bus.  SDM vol. 1, "Input/Output".   doc: operations */
#include "cpu/run/operations.h"

bool port_in(struct cpu *cpu, u16 port, unsigned size, u32 *value)
{
    if (!io_allowed(cpu, port, size)) return false;
    debug_note_io(cpu, port, size);
    cpu_sync_time(cpu);
    *value = cpu->bus.in(cpu->bus.board, port, size);
    return true;
}

bool port_out(struct cpu *cpu, u16 port, unsigned size, u32 value)
{
    if (!io_allowed(cpu, port, size)) return false;
    debug_note_io(cpu, port, size);
    cpu_sync_time(cpu);
    cpu->bus.out(cpu->bus.board, port, size, value);
    return true;
}

static void step(struct cpu *cpu, unsigned n, unsigned size, const struct record *rec)
{
    string_advance(&cpu->gpr[n], cpu->rflags & EFLAGS_DF ? -(s64)size : (s64)size, record_mask(cpu, rec));
}

/* The store must be known to succeed before the port is read: a byte taken from a device is gone. */
bool ins_once(struct cpu *cpu, const struct record *rec, unsigned size)
{
    u64 di = cpu->gpr[RDI] & record_mask(cpu, rec);
    u16 port = (u16)cpu->gpr[RDX];
    u32 value;

    if (!io_allowed(cpu, port, size)) return false;
    if (!segment_may_write(cpu, CPU_SEG_ES, di, size)) return segment_violation(cpu, CPU_SEG_ES, di, size, ACCESS_WRITE);
    u64 la = linear_of(cpu, CPU_SEG_ES, di);
    if (!access_probe_write(cpu, CPU_SEG_ES, la, size)) return false;
    if (!port_in(cpu, port, size, &value) || !linear_write(cpu, CPU_SEG_ES, la, size, value)) return false;
    step(cpu, RDI, size, rec);
    return true;
}

bool outs_once(struct cpu *cpu, const struct record *rec, unsigned size)
{
    u64 value;

    if (!io_allowed(cpu, (u16)cpu->gpr[RDX], size)) return false;
    if (!load(cpu, record_segment(rec), cpu->gpr[RSI] & record_mask(cpu, rec), size, &value)) return false;
    if (!port_out(cpu, (u16)cpu->gpr[RDX], size, (u32)value)) return false;
    step(cpu, RSI, size, rec);
    return true;
}

/* A call-out may lower the budget, so it is looked at before each iteration.  AMD's processors ask for the port's permission even
 * where nothing is repeated. */
static bool repeat_io(struct cpu *cpu, const struct record *rec, unsigned size,
                      bool (*once)(struct cpu *, const struct record *, unsigned))
{
    if (repeat_count(cpu, rec) == 0) {
        if (is_amd(cpu) && !io_allowed(cpu, (u16)cpu->gpr[RDX], size)) return false;
        cpu->budget--;
        return true;
    }
    while (repeat_count(cpu, rec) && cpu->budget > 0) {
        if (!once(cpu, rec, size)) return false;
        repeat_done(cpu, rec, 1);
    }
    if (repeat_count(cpu, rec)) cpu->next_rip = cpu->rip;
    return true;
}

bool rep_ins(struct cpu *cpu, const struct record *rec, unsigned size) { return repeat_io(cpu, rec, size, ins_once); }
bool rep_outs(struct cpu *cpu, const struct record *rec, unsigned size) { return repeat_io(cpu, rec, size, outs_once); }
