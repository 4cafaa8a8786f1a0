/* Ports: permission, the exact time for the device, the bus.  SDM vol. 1, "Input/Output".   doc: operations */
#include "cpu/run/breaks.h"
#include "cpu/run/operations.h"

bool port_in(struct cpu *cpu, u16 port, unsigned size, u32 *value)
{
    if (!io_allowed(cpu, port, size)) return false;
    debug_note_io(cpu, port, size);
    cpu_sync_time(cpu);
    cpu->steady_port = 0;
    *value = cpu->bus.in(cpu->bus.board, port, size);
    cpu_see_deadline(cpu);
    breaks_catch(cpu, CPU_CATCH_IN, port, size, *value);
    return true;
}

bool port_out(struct cpu *cpu, u16 port, unsigned size, u32 value, enum port_access how)
{
    if (!io_allowed(cpu, port, size)) return false;
    debug_note_io(cpu, port, size);
    cpu_sync_time(cpu);
    cpu->steady_port = 0;
    cpu->bus.out(cpu->bus.board, port, size, value);
    cpu_see_deadline(cpu);
    breaks_catch(cpu, CPU_CATCH_OUT, port, size, value);
    if (unlikely(cpu->smi_pending)) smm_note_out(cpu, port, size, how);
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

bool outs_once(struct cpu *cpu, const struct record *rec, unsigned size, enum port_access how)
{
    u64 value;

    if (!io_allowed(cpu, (u16)cpu->gpr[RDX], size)) return false;
    if (!load(cpu, record_segment(rec), cpu->gpr[RSI] & record_mask(cpu, rec), size, &value)) return false;
    if (!port_out(cpu, (u16)cpu->gpr[RDX], size, (u32)value, how)) return false;
    step(cpu, RSI, size, rec);
    return true;
}
