/* CPUID.  SDM vol. 2, "CPUID"; AMD APM vol. 3, appendix E.                         doc: cpu-models */
#include <string.h>

#include "cpu/system/system.h"

enum { XSAVE_LEGACY_BYTES = 576, XSAVE_AVX_BYTES = 256 };
enum { ECX_OSXSAVE = 1 << 27, EDX_SYSCALL = 1 << 11 };

static bool is_intel(const struct cpu_model *m) { return m->vendor[0] == 'G'; }

/* --- leaves that depend on state --- */

static struct cpuid_leaf version(const struct cpu *cpu)
{
    const struct cpu_model *m = cpu->model;
    struct cpuid_leaf r = {
        .eax = cpu_signature(m), .ebx = (has(cpu, FEATURE_CLFSH) ? 8 << 8 : 0) | cpu->number << 24,        /* each processor is a package of its own */
        .ecx = m->features[WORD_1_ECX], .edx = m->features[WORD_1_EDX],
    };

    if (cpu->cr4 & CR4_OSXSAVE) r.ecx |= ECX_OSXSAVE;
    if (!monitor_available(cpu)) r.ecx &= ~(1u << FEATURE_MONITOR % 32);
    if (!apic_enabled(cpu)) r.edx &= ~(1u << FEATURE_APIC % 32);
    return r;
}

static u32 xsave_bytes(u64 components)
{
    return XSAVE_LEGACY_BYTES + (components & XCR0_AVX ? XSAVE_AVX_BYTES : 0);
}

/* Subleaf 0 the sizes, 1 the instructions and the size of the compacted format, 2 the place of AVX state. */
static struct cpuid_leaf xsave_state(const struct cpu *cpu, u32 subleaf)
{
    u64 known = XCR0_X87 | XCR0_SSE | (has(cpu, FEATURE_AVX) ? XCR0_AVX : 0);

    if (!has(cpu, FEATURE_XSAVE)) return (struct cpuid_leaf){ 0 };
    if (subleaf == 0) return (struct cpuid_leaf){ .eax = (u32)known, .ebx = xsave_bytes(cpu->xcr0), .ecx = xsave_bytes(known) };
    if (subleaf == 1) {
        u32 compacted = has(cpu, FEATURE_XSAVEC) ? xsave_bytes(cpu->xcr0 | cpu->xss) : 0;
        return (struct cpuid_leaf){ .eax = cpu->model->features[WORD_D_EAX], .ebx = compacted };
    }
    if (subleaf == 2 && has(cpu, FEATURE_AVX)) return (struct cpuid_leaf){ .eax = XSAVE_AVX_BYTES, .ebx = XSAVE_LEGACY_BYTES };
    return (struct cpuid_leaf){ 0 };
}

/* Intel's processors show SYSCALL in 64-bit mode alone. */
static struct cpuid_leaf extended_features(const struct cpu *cpu)
{
    const struct cpu_model *m = cpu->model;
    struct cpuid_leaf r = { .ecx = m->features[WORD_81_ECX], .edx = m->features[WORD_81_EDX] };

    if (is_intel(m) && !code_64bit(cpu)) r.edx &= ~(u32)EDX_SYSCALL;
    if (is_intel(m)) return r;
    r.eax = cpu_signature(m);
    r.edx |= m->features[WORD_1_EDX] & 0x0183f3ff;       /* AMD repeats these of leaf 1 */
    return r;
}

static struct cpuid_leaf brand(const struct cpu_model *m, u32 leaf)
{
    char text[48] = { 0 };
    const u8 *at = (const u8 *)text + (leaf - 0x80000002) * 16;

    if (m->brand) strncpy(text, m->brand, sizeof text - 1);
    return (struct cpuid_leaf){ .eax = get32(at), .ebx = get32(at + 4), .ecx = get32(at + 8), .edx = get32(at + 12) };
}

/* The rest stands with the model; a leaf that is not there is all zeros. */
static struct cpuid_leaf listed(const struct cpu_model *m, u32 leaf, u32 subleaf)
{
    for (unsigned i = 0; i < m->leaf_count; i++)
        if (m->leaves[i].leaf == leaf && m->leaves[i].subleaf == subleaf) return m->leaves[i];
    return (struct cpuid_leaf){ 0 };
}

/* A line is 64 bytes on all of them; what else MWAIT knows stands with the model. */
static struct cpuid_leaf monitor_lines(const struct cpu *cpu)
{
    struct cpuid_leaf r = listed(cpu->model, 5, 0);

    if (!monitor_available(cpu)) return (struct cpuid_leaf){ 0 };
    r.eax = r.ebx = 64;
    return r;
}

/* "Extended Topology Enumeration": levels as the model lists them, the x2APIC ID in EDX. */
static struct cpuid_leaf topology(const struct cpu *cpu, u32 subleaf)
{
    struct cpuid_leaf r = listed(cpu->model, 0xb, subleaf);

    if (cpu->model->last_leaf >= 0xb && has(cpu, FEATURE_X2APIC)) r.edx = cpu->number;
    return r;
}

static struct cpuid_leaf answer(const struct cpu *cpu, u32 leaf, u32 subleaf)
{
    const struct cpu_model *m = cpu->model;
    const u8 *vendor = (const u8 *)m->vendor;
    struct cpuid_leaf name = { .ebx = get32(vendor), .edx = get32(vendor + 4), .ecx = get32(vendor + 8) };

    switch (leaf) {
    case 0: name.eax = m->last_leaf; return name;
    case 1: return version(cpu);
    case 5: return monitor_lines(cpu);
    case 7:
        if (subleaf) return (struct cpuid_leaf){ 0 };
        return (struct cpuid_leaf){ .ebx = m->features[WORD_7_EBX], .ecx = m->features[WORD_7_ECX] };
    case 0xd: return xsave_state(cpu, subleaf);
    case 0x80000000:
        if (is_intel(m)) name = (struct cpuid_leaf){ 0 };
        name.eax = m->last_extended_leaf;
        return name;
    case 0x80000001: return extended_features(cpu);
    case 0x80000002: case 0x80000003: case 0x80000004: return brand(m, leaf);
    case 0x80000008: return (struct cpuid_leaf){ .eax = m->pa_bits | (has(cpu, FEATURE_LM) ? 48 : 32) << 8, .ebx = m->features[WORD_88_EBX] };
    case 0xb: return topology(cpu, subleaf);
    default: return listed(m, leaf, subleaf);
    }
}

/* A leaf above the last one: Intel's processors answer as the highest basic leaf, those of 8000_0000h included where there are none,
 * and software tells them by it; AMD's answer with zeros. */
void cpuid(struct cpu *cpu)
{
    const struct cpu_model *m = cpu->model;
    u32 leaf = (u32)cpu->gpr[RAX], subleaf = (u32)cpu->gpr[RCX];
    bool known = leaf >> 31 ? m->last_extended_leaf && leaf <= m->last_extended_leaf : leaf <= m->last_leaf;
    struct cpuid_leaf r = known ? answer(cpu, leaf, subleaf) : is_intel(m) ? answer(cpu, m->last_leaf, subleaf) : (struct cpuid_leaf){ 0 };

    cpu->gpr[RAX] = r.eax;
    cpu->gpr[RBX] = r.ebx;
    cpu->gpr[RCX] = r.ecx;
    cpu->gpr[RDX] = r.edx;
}
