/* Processor models, as data.  Facts: Intel's and AMD's CPUID guides and published CPUID readings of the parts.   doc: cpu-models
 * Left out of each is what is not modelled: further logical processors, virtualization, power management, transactional memory.
 * A row of leaves is { leaf, subleaf, EAX, EBX, ECX, EDX }. */
#include <string.h>

#include "cpu/run/processor.h"

#define F(name) (1u << FEATURE_##name % 32)
enum {
    PENTIUM_1_EDX = F(VME) | F(DE) | F(PSE) | F(TSC) | F(MSR) | F(CX8),
    P6_1_EDX = PENTIUM_1_EDX | F(SEP) | F(PGE) | F(CMOV),
    KLAMATH_1_EDX = P6_1_EDX | F(FPU) | F(PAE) | F(MCE) | F(APIC) | F(MTRR) | F(MCA) | F(MMX),
    KATMAI_1_EDX = KLAMATH_1_EDX | F(PAT) | F(PSE36) | F(FXSR) | F(SSE),
    X64_1_EDX = KATMAI_1_EDX | F(CLFSH) | F(SSE2),
};
#define PENRYN_1_ECX (F(SSE3) | F(MONITOR) | F(SSSE3) | F(CX16) | F(SSE4_1))
#define LYNNFIELD_1_ECX (PENRYN_1_ECX | F(SSE4_2) | F(POPCNT))
#define SANDY_BRIDGE_1_ECX (LYNNFIELD_1_ECX | F(PCLMULQDQ) | F(PCID) | F(X2APIC) | F(TSC_DEADLINE) | F(AES) | F(XSAVE) | F(AVX))
#define HASWELL_1_ECX (SANDY_BRIDGE_1_ECX | F(FMA) | F(MOVBE) | F(F16C) | F(RDRAND))
#define HASWELL_7_EBX (F(FSGSBASE) | F(TSC_ADJUST) | F(BMI1) | F(AVX2) | F(SMEP) | F(BMI2) | F(ERMS) | F(INVPCID))
#define RYZEN_1_ECX (LYNNFIELD_1_ECX | F(PCLMULQDQ) | F(FMA) | F(MOVBE) | F(AES) | F(XSAVE) | F(AVX) | F(F16C) | F(RDRAND))
#define RYZEN_7_EBX (F(FSGSBASE) | F(BMI1) | F(AVX2) | F(SMEP) | F(BMI2) | F(RDSEED) | F(ADX) | F(SMAP) | F(CLFLUSHOPT) | F(SHA))

/* one query; no descriptor: no cache and no TLB is told of */
static const struct cpuid_leaf leaves_nothing[] = { { .leaf = 2, .eax = 1 } };
static const struct cpuid_leaf leaves_p2[] = { { 2, 0, 0x03020101, 0, 0, 0x0c040843 } };
static const struct cpuid_leaf leaves_prescott[] = { { 2, 0, 0x605b5001, 0, 0, 0x003c7040 }, { 4, 0, 0x121, 0x01c0003f, 31, 0 } };
static const struct cpuid_leaf leaves_athlon64[] = {
    { 0x80000005, 0, 0xff08ff08, 0xff20ff20, 0x40020140, 0x40020140 }, { 0x80000006, 0, 0, 0x42004200, 0x04008140, 0 },
};
/* MWAIT takes ECX[0]; C1 and its substates are the deepest that there is here, all of them a wait */
#define WAITS(substates) { 5, 0, 64, 64, 3, (substates) << 4 }
/* Performance monitoring; of the architectural events three are counted: cycles, instructions, reference cycles */
#define COUNTERS_V2 { 10, 0, 0x07280202, 0x78, 0, 0x503 }
#define COUNTERS_V3 { 10, 0, 0x07300403, 0x78, 0, 0x603 }
#define STEADY_TSC { 0x80000007, 0, 0, 0, 0, 1 << 8 }
/* 32 KiB each of code and data, then the levels of the part */
#define LEVEL_1 { 4, 0, 0x121, 0x01c0003f, 63, 0 }, { 4, 1, 0x122, 0x01c0003f, 63, 0 }
static const struct cpuid_leaf leaves_penryn[] = { { 2, 0, 0x05b0b101, 0x005657f0, 0, 0x2cb4304e }, LEVEL_1, { 4, 2, 0x143, 0x05c0003f, 4095, 1 }, WAITS(2), COUNTERS_V2 };
static const struct cpuid_leaf leaves_lynnfield[] = {
    { 2, 0, 0x55035a01, 0x00f0b2e4, 0, 0x09ca212c }, LEVEL_1, { 4, 2, 0x143, 0x01c0003f, 511, 0 }, { 4, 3, 0x163, 0x03c0003f, 8191, 2 }, WAITS(2),
    COUNTERS_V3, STEADY_TSC,
};
#define TOPOLOGY { 11, 0, 0, 1, 0x100, 0 }, { 11, 1, 0, 1, 0x201, 0 }
#define ARAT { 6, 0, 4, 0, 0, 0 }       /* the APIC timer always runs */
static const struct cpuid_leaf leaves_sandy_bridge[] = {
    { 2, 0, 0x76035a01, 0x00f0b2ff, 0, 0x00ca0000 }, LEVEL_1, { 4, 2, 0x143, 0x01c0003f, 511, 0 }, { 4, 3, 0x163, 0x03c0003f, 8191, 6 }, WAITS(2), ARAT, TOPOLOGY,
    COUNTERS_V3, STEADY_TSC,
};
static const struct cpuid_leaf leaves_haswell[] = {
    { 2, 0, 0x76036301, 0x00f0b5ff, 0, 0x00c10000 }, LEVEL_1, { 4, 2, 0x143, 0x01c0003f, 511, 0 }, { 4, 3, 0x163, 0x03c0003f, 8191, 6 }, WAITS(2), ARAT, TOPOLOGY,
    COUNTERS_V3, STEADY_TSC,
};
static const struct cpuid_leaf leaves_ryzen[] = {
    WAITS(1), ARAT, STEADY_TSC, { 0x80000005, 0, 0xff40ff40, 0xff40ff40, 0x20080140, 0x40040140 }, { 0x80000006, 0, 0x26006400, 0x66006400, 0x02006140, 0x00808140 },
};
#define LEAVES(list) .leaves = list, .leaf_count = ARRAY_COUNT(list)
#define INTEL .has_cpuid = true, .vendor = "GenuineIntel"
#define AMD .has_cpuid = true, .vendor = "AuthenticAMD"

static const struct cpu_model models[] = {
    { .name = "core2_penryn", .alias = "core2_penryn_t9600", .meaning = "Core 2 Duo T9600: 64 bits, SSE4.1", INTEL,
      .brand = "Intel(R) Core(TM)2 Duo CPU     T9600  @ 2.80GHz", .family = 6, .model = 23, .stepping = 6, .pa_bits = 36,
      .features = { [WORD_1_EDX] = X64_1_EDX, [WORD_1_ECX] = PENRYN_1_ECX, [WORD_81_EDX] = F(SYSCALL) | F(NX) | F(LM), [WORD_81_ECX] = F(LAHF64) },
      .last_leaf = 10, .last_extended_leaf = 0x80000008, LEAVES(leaves_penryn) },
    { .name = "i386", .meaning = "386 without a 387", .family = 3, .model = 0, .stepping = 8, .vendor = "GenuineIntel", .pa_bits = 32 },
    { .name = "i386_387", .meaning = "386 with a 387", .family = 3, .model = 0, .stepping = 8, .vendor = "GenuineIntel", .pa_bits = 32,
      .features = { [WORD_1_EDX] = F(FPU) } },
    { .name = "i486sx", .meaning = "486SX with CPUID, no coprocessor", INTEL, .family = 4, .model = 2, .stepping = 10, .pa_bits = 32, .last_leaf = 1 },
    { .name = "i486dx4", .meaning = "486DX4", INTEL, .family = 4, .model = 8, .stepping = 0, .pa_bits = 32,
      .features = { [WORD_1_EDX] = F(FPU) | F(VME) }, .last_leaf = 1 },
    { .name = "pentium", .meaning = "Pentium (P54C)", INTEL, .family = 5, .model = 2, .stepping = 12, .pa_bits = 32,
      .features = { [WORD_1_EDX] = PENTIUM_1_EDX | F(FPU) | F(MCE) }, .last_leaf = 1 },
    { .name = "pentium_mmx", .meaning = "Pentium with MMX (P55C)", INTEL, .family = 5, .model = 4, .stepping = 3, .pa_bits = 32,
      .features = { [WORD_1_EDX] = PENTIUM_1_EDX | F(FPU) | F(MCE) | F(MMX) }, .last_leaf = 1 },
    { .name = "p6_nofpu", .meaning = "i686 instructions, 4 MiB and global pages, SYSENTER; no coprocessor", INTEL, .family = 6, .model = 5, .stepping = 2,
      .pa_bits = 32, .features = { [WORD_1_EDX] = P6_1_EDX }, .last_leaf = 2, LEAVES(leaves_nothing) },
    { .name = "p2_klamath", .meaning = "Pentium II: MMX, APIC, PAE", INTEL, .family = 6, .model = 3, .stepping = 4, .pa_bits = 36,
      .features = { [WORD_1_EDX] = KLAMATH_1_EDX }, .last_leaf = 2, LEAVES(leaves_p2) },
    { .name = "p3_katmai", .meaning = "Pentium III: SSE", INTEL, .family = 6, .model = 7, .stepping = 2, .pa_bits = 36,
      .features = { [WORD_1_EDX] = KATMAI_1_EDX }, .last_leaf = 2, LEAVES(leaves_p2) },
    { .name = "p4_prescott", .alias = "p4_prescott_celeron_336", .meaning = "Celeron D 336 (Prescott): SSE3, 64 bits", INTEL,
      .brand = "Intel(R) Celeron(R) CPU 2.80GHz", .family = 15, .model = 4, .stepping = 1, .pa_bits = 36,
      .features = { [WORD_1_EDX] = X64_1_EDX, [WORD_1_ECX] = F(SSE3) | F(MONITOR) | F(CX16), [WORD_81_EDX] = F(SYSCALL) | F(NX) | F(LM) },
      .last_leaf = 5, .last_extended_leaf = 0x80000008, LEAVES(leaves_prescott) },
    { .name = "athlon64", .alias = "athlon64_clawhammer", .meaning = "Athlon 64 (ClawHammer): 64 bits, SSE2, 3DNow!", AMD,
      .brand = "AMD Athlon(tm) 64 Processor 2800+", .family = 15, .model = 4, .stepping = 8, .pa_bits = 40,
      .features = { [WORD_1_EDX] = X64_1_EDX,
                    [WORD_81_EDX] = F(SYSCALL) | F(NX) | F(MMXEXT) | F(LM) | F(3DNOWEXT) | F(3DNOW) },
      .last_leaf = 1, .last_extended_leaf = 0x80000008, LEAVES(leaves_athlon64) },
    { .name = "corei5_lynnfield", .alias = "corei5_lynnfield_750", .meaning = "Core i5-750: SSE4.2, POPCNT, RDTSCP", INTEL,
      .brand = "Intel(R) Core(TM) i5 CPU         750  @ 2.67GHz", .family = 6, .model = 30, .stepping = 5, .pa_bits = 36,
      .features = { [WORD_1_EDX] = X64_1_EDX, [WORD_1_ECX] = LYNNFIELD_1_ECX, [WORD_81_EDX] = F(SYSCALL) | F(NX) | F(RDTSCP) | F(LM),
                    [WORD_81_ECX] = F(LAHF64) },
      .last_leaf = 11, .last_extended_leaf = 0x80000008, LEAVES(leaves_lynnfield) },
    { .name = "corei7_sandy_bridge", .alias = "corei7_sandy_bridge_2600k", .meaning = "Core i7-2600K: AVX, AES, XSAVE, x2APIC", INTEL,
      .brand = "Intel(R) Core(TM) i7-2600K CPU @ 3.40GHz", .family = 6, .model = 42, .stepping = 7, .pa_bits = 36,
      .features = { [WORD_1_EDX] = X64_1_EDX, [WORD_1_ECX] = SANDY_BRIDGE_1_ECX, [WORD_D_EAX] = F(XSAVEOPT),
                    [WORD_81_EDX] = F(SYSCALL) | F(NX) | F(RDTSCP) | F(LM), [WORD_81_ECX] = F(LAHF64) },
      .last_leaf = 13, .last_extended_leaf = 0x80000008, LEAVES(leaves_sandy_bridge) },
    { .name = "corei7_haswell", .alias = "corei7_haswell_4770", .meaning = "Core i7-4770: AVX2, FMA, BMI, INVPCID", INTEL,
      .brand = "Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz", .family = 6, .model = 60, .stepping = 3, .pa_bits = 39,
      .features = { [WORD_1_EDX] = X64_1_EDX, [WORD_1_ECX] = HASWELL_1_ECX, [WORD_7_EBX] = HASWELL_7_EBX, [WORD_D_EAX] = F(XSAVEOPT),
                    [WORD_81_EDX] = F(SYSCALL) | F(NX) | F(PAGE1GB) | F(RDTSCP) | F(LM), [WORD_81_ECX] = F(LAHF64) | F(ABM) },
      .last_leaf = 13, .last_extended_leaf = 0x80000008, LEAVES(leaves_haswell) },
    { .name = "ryzen", .meaning = "Ryzen 7 1700: AVX2, SHA, SMAP", AMD, .brand = "AMD Ryzen 7 1700 Eight-Core Processor",
      .family = 23, .model = 1, .stepping = 1, .pa_bits = 48,
      .features = { [WORD_1_EDX] = X64_1_EDX, [WORD_1_ECX] = RYZEN_1_ECX, [WORD_7_EBX] = RYZEN_7_EBX,
                    [WORD_D_EAX] = F(XSAVEOPT) | F(XSAVEC) | F(XGETBV1) | F(XSAVES),
                    [WORD_81_EDX] = F(SYSCALL) | F(NX) | F(MMXEXT) | F(FFXSR) | F(PAGE1GB) | F(RDTSCP) | F(LM),
                    [WORD_81_ECX] = F(LAHF64) | F(ABM) | F(MISALIGNSSE) | F(PREFETCHW) | F(SSE4A) | F(CR8_LEGACY) | F(PERFCTR_CORE),
                    [WORD_88_EBX] = F(CLZERO) | F(XSAVEERPTR) },
      .last_leaf = 13, .last_extended_leaf = 0x80000008, LEAVES(leaves_ryzen) },
};

const struct cpu_model *cpu_model_at(unsigned i)
{
    return i < ARRAY_COUNT(models) ? &models[i] : NULL;
}

const struct cpu_model *cpu_model_find(const char *name)
{
    for (unsigned i = 0; i < ARRAY_COUNT(models); i++)
        if (strcmp(models[i].name, name) == 0 || (models[i].alias && strcmp(models[i].alias, name) == 0)) return &models[i];
    return NULL;
}
