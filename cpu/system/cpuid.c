/* CPUID.  SDM vol. 2, "CPUID".                                                   doc: cpu-models */
#include "cpu/system/system.h"

struct cpuid_result {
    u32 eax, ebx, ecx, edx;
};

/* A leaf above the highest basic one, those of 8000_0000h included, answers as the highest: so did
 * processors that knew no extended leaves, and software tells them by it. */
void cpuid(struct cpu *cpu)
{
    const struct cpu_model *m = cpu->model;
    const u8 *vendor = (const u8 *)m->vendor;
    u32 last = m->family >= 6 ? 2 : 1, leaf = (u32)cpu->gpr[RAX] < last ? (u32)cpu->gpr[RAX] : last;
    const struct cpuid_result result[] = {
        { .eax = last, .ebx = get32(vendor), .edx = get32(vendor + 4), .ecx = get32(vendor + 8) },
        { .eax = (u32)m->family << 8 | (u32)m->model << 4 | m->stepping, .edx = m->features_edx },
        /* one query; no descriptor: no cache and no TLB is told of */
        { .eax = 1 },
    };

    cpu->gpr[RAX] = result[leaf].eax;
    cpu->gpr[RBX] = result[leaf].ebx;
    cpu->gpr[RCX] = result[leaf].ecx;
    cpu->gpr[RDX] = result[leaf].edx;
}
