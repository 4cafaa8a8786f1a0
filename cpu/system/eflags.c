/* EFLAGS as instructions of each privilege may see and change it.  SDM vol. 2, "PUSHF", "POPF",
 * "CLI", "STI", "IRET"; vol. 3B, "Class 2--Maskable Hardware Interrupt Handling in Virtual-8086
 * Mode Using the Virtual Interrupt Mechanism", "Protected-Mode Virtual Interrupts".  doc: eflags */
#include "cpu/system/transfer.h"

u32 eflags_known(const struct cpu *cpu)
{
    const struct cpu_model *m = cpu->model;
    u32 first = EFLAGS_ARITHMETIC | EFLAGS_TF | EFLAGS_IF | EFLAGS_DF | EFLAGS_IOPL | EFLAGS_NT |
        EFLAGS_RF | EFLAGS_VM;

    return first | (m->family >= 4 ? EFLAGS_AC : 0) | (m->has_cpuid ? EFLAGS_ID : 0) |
           (cpu_model_has(m, FEATURE_VME) ? EFLAGS_VIF | EFLAGS_VIP : 0);
}

u32 eflags_popped(const struct cpu *cpu, unsigned opsize)
{
    u32 popped = EFLAGS_ARITHMETIC | EFLAGS_TF | EFLAGS_DF | EFLAGS_NT;

    if (opsize >= 4) popped |= EFLAGS_AC | EFLAGS_ID;
    if (cpu->cpl <= iopl(cpu)) popped |= EFLAGS_IF;
    if (cpu->cpl == 0) popped |= EFLAGS_IOPL;
    return popped & eflags_known(cpu);
}

/* V86 mode below IOPL 3 with a 16-bit image: VIF is the program's IF. */
static bool virtual_if_applies(const struct cpu *cpu, unsigned opsize)
{
    return cpu->cr4 & CR4_VME && opsize == 2;
}

bool pop_virtual_flags(struct cpu *cpu, u32 image, unsigned opsize)
{
    u32 popped = eflags_popped(cpu, opsize) | EFLAGS_VIF;

    if (image & EFLAGS_TF) return FAULT(cpu, VIRTUAL_TF, .value = image);
    if (image & EFLAGS_IF && cpu->rflags & EFLAGS_VIP)
        return FAULT(cpu, VIRTUAL_IF_PENDING, .value = image);
    image = (image & 0xffff) | (image & EFLAGS_IF ? EFLAGS_VIF : 0);
    cpu_set_eflags(cpu, (cpu_eflags(cpu) & ~popped) | (image & popped));
    return true;
}

bool pop_flags(struct cpu *cpu, u32 image, unsigned opsize)
{
    u32 popped = eflags_popped(cpu, opsize);

    if (v86_mode(cpu) && iopl(cpu) < 3) {
        if (!virtual_if_applies(cpu, opsize))
            return FAULT(cpu, V86_NEEDS_IOPL3, .value = iopl(cpu));
        return pop_virtual_flags(cpu, image, opsize);
    }
    cpu_set_eflags(cpu, (cpu_eflags(cpu) & ~popped & ~(u32)EFLAGS_RF) | (image & popped));
    return true;
}

bool push_flags_value(struct cpu *cpu, unsigned opsize, u32 *value)
{
    u32 flags = cpu_eflags(cpu) & ~(u32)(EFLAGS_VM | EFLAGS_RF);

    if (v86_mode(cpu) && iopl(cpu) < 3) {
        if (!virtual_if_applies(cpu, opsize))
            return FAULT(cpu, V86_NEEDS_IOPL3, .value = iopl(cpu));
        flags = (flags & ~(u32)EFLAGS_IF) | EFLAGS_IOPL | (flags & EFLAGS_VIF ? EFLAGS_IF : 0);
    }
    *value = flags;
    return true;
}

/* --- CLI, STI --- */

enum interrupt_flag { FLAG_IF, FLAG_VIF, FLAG_REFUSED };

/* Which flag the program's CLI and STI mean. */
static enum interrupt_flag flag_meant(const struct cpu *cpu)
{
    if (cpu->cpl <= iopl(cpu)) return FLAG_IF;                   /* real mode too: CPL is 0 */
    if (v86_mode(cpu)) return cpu->cr4 & CR4_VME ? FLAG_VIF : FLAG_REFUSED;
    return cpu->cpl == 3 && cpu->cr4 & CR4_PVI ? FLAG_VIF : FLAG_REFUSED;
}

static bool refuse(struct cpu *cpu)
{
    if (v86_mode(cpu)) return FAULT(cpu, V86_NEEDS_IOPL3, .value = iopl(cpu));
    return FAULT(cpu, IOPL_TOO_LOW, .value = iopl(cpu));
}

bool clear_interrupt_flag(struct cpu *cpu)
{
    enum interrupt_flag flag = flag_meant(cpu);

    if (flag == FLAG_REFUSED) return refuse(cpu);
    cpu->rflags &= ~(u32)(flag == FLAG_IF ? EFLAGS_IF : EFLAGS_VIF);
    return true;
}

bool set_interrupt_flag(struct cpu *cpu)
{
    enum interrupt_flag flag = flag_meant(cpu);

    if (flag == FLAG_REFUSED) return refuse(cpu);
    if (flag == FLAG_VIF && cpu->rflags & EFLAGS_VIP)
        return FAULT(cpu, VIRTUAL_IF_PENDING, .value = 0);
    cpu->rflags |= flag == FLAG_IF ? EFLAGS_IF : EFLAGS_VIF;
    return true;
}

/* "If the processor finds that both the VIF and VIP flags are set at the beginning of an
 * instruction, it generates a general-protection exception": only a return or a task switch into
 * V86 mode can bring them together. */
void check_virtual_interrupt(struct cpu *cpu)
{
    u32 both = EFLAGS_VIF | EFLAGS_VIP;

    if (!(cpu->cr4 & CR4_VME) || (cpu->rflags & both) != both) return;
    cpu->rip = cpu->next_rip;
    FAULT(cpu, VIRTUAL_IF_PENDING, .value = cpu->rflags);
    exception_deliver(cpu);
    cpu->next_rip = cpu->rip;
}
