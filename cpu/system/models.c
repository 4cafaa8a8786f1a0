/* Processor models, as data.                                                     doc: cpu-models */
#include <string.h>

#include "cpu/run/processor.h"

#define F(name) (1u << FEATURE_##name % 32)
enum {
    PENTIUM_1_EDX = F(VME) | F(DE) | F(PSE) | F(TSC) | F(MSR) | F(CX8),
    P6_1_EDX = PENTIUM_1_EDX | F(SEP) | F(PGE) | F(CMOV),
};

/* one query; no descriptor: no cache and no TLB is told of */
static const struct cpuid_leaf leaves_p6[] = { { .leaf = 2, .eax = 1 } };
#define LEAVES(list) .leaves = list, .leaf_count = ARRAY_COUNT(list)

static const struct cpu_model models[] = {
    { .name = "p6_nofpu",
      .meaning = "i686 instructions, 4 MiB and global pages, SYSENTER; no coprocessor",
      .family = 6, .model = 5, .stepping = 2, .has_cpuid = true, .vendor = "GenuineIntel",
      .features = { P6_1_EDX }, .pa_bits = 32, .last_leaf = 2, LEAVES(leaves_p6) },
    { .name = "corei7_haswell", .meaning = "Core i7-4770",
      .family = 6, .model = 60, .stepping = 3, .has_cpuid = true, .vendor = "GenuineIntel", .brand = "Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz",
      .features = {
          [WORD_1_EDX] = P6_1_EDX | F(PAE) | F(MCE) | F(MTRR) | F(MCA) | F(PAT) | F(PSE36) | F(CLFSH) | F(FPU) | F(MMX) | F(FXSR) | F(SSE) | F(SSE2),
          [WORD_1_ECX] = F(SSE3) | F(PCLMULQDQ) | F(SSSE3) | F(FMA) | F(CX16) | F(PCID) | F(SSE4_1) | F(SSE4_2) | F(MOVBE) | F(POPCNT) | F(AES) | F(XSAVE) | F(AVX) | F(F16C) | F(RDRAND),
          [WORD_7_EBX] = F(FSGSBASE) | F(BMI1) | F(AVX2) | F(SMEP) | F(BMI2) | F(ERMS) | F(INVPCID) | F(SMAP) | F(ADX) | F(RDSEED) | F(SHA),
          [WORD_7_ECX] = F(UMIP), [WORD_D_EAX] = F(XSAVEOPT),
          [WORD_81_EDX] = F(SYSCALL) | F(NX) | F(PAGE1GB) | F(RDTSCP) | F(LM), [WORD_81_ECX] = F(LAHF64) | F(ABM),
      },
      .pa_bits = 39, .last_leaf = 13, .last_extended_leaf = 0x80000008, LEAVES(leaves_p6) },
    { .name = "ryzen", .meaning = "Ryzen 7 1700", .family = 23, .model = 1, .stepping = 1, .has_cpuid = true, .vendor = "AuthenticAMD",
      .brand = "AMD Ryzen 7 1700 Eight-Core Processor",
      .features = {
          [WORD_1_EDX] = P6_1_EDX | F(PAE) | F(MCE) | F(MTRR) | F(MCA) | F(PAT) | F(PSE36) | F(CLFSH) | F(FPU) | F(MMX) | F(FXSR) | F(SSE) | F(SSE2),
          [WORD_1_ECX] = F(SSE3) | F(PCLMULQDQ) | F(SSSE3) | F(FMA) | F(CX16) | F(SSE4_1) | F(SSE4_2) | F(MOVBE) | F(POPCNT) | F(AES) | F(XSAVE) | F(AVX) | F(F16C) | F(RDRAND),
          [WORD_7_EBX] = F(FSGSBASE) | F(BMI1) | F(AVX2) | F(SMEP) | F(BMI2) | F(SMAP) | F(ADX) | F(RDSEED) | F(SHA) | F(CLFLUSHOPT),
          [WORD_D_EAX] = F(XSAVEOPT),
          [WORD_81_EDX] = F(SYSCALL) | F(NX) | F(PAGE1GB) | F(RDTSCP) | F(LM) | F(MMXEXT) | F(FFXSR), [WORD_81_ECX] = F(LAHF64) | F(ABM) | F(MISALIGNSSE) | F(PREFETCHW) | F(CR8_LEGACY),
      },
      .pa_bits = 48, .last_leaf = 13, .last_extended_leaf = 0x80000008 },
    { .name = "pentium", .meaning = "Pentium; its FPU is not there yet",
      .family = 5, .model = 2, .stepping = 12, .has_cpuid = true, .vendor = "GenuineIntel",
      .features = { PENTIUM_1_EDX }, .pa_bits = 32, .last_leaf = 1 },
    { .name = "i486dx4", .meaning = "486DX4; its FPU is not there yet",
      .family = 4, .model = 8, .stepping = 0, .has_cpuid = true, .vendor = "GenuineIntel",
      .pa_bits = 32, .last_leaf = 1 },
    { .name = "i486sx", .meaning = "486SX with CPUID, no coprocessor",
      .family = 4, .model = 2, .stepping = 10, .has_cpuid = true, .vendor = "GenuineIntel",
      .pa_bits = 32, .last_leaf = 1 },
    { .name = "i386", .meaning = "386 without a 387",
      .family = 3, .model = 0, .stepping = 8, .vendor = "GenuineIntel", .pa_bits = 32 },
};

const struct cpu_model *cpu_model_at(unsigned i)
{
    return i < ARRAY_COUNT(models) ? &models[i] : NULL;
}

const struct cpu_model *cpu_model_find(const char *name)
{
    for (unsigned i = 0; i < ARRAY_COUNT(models); i++)
        if (strcmp(models[i].name, name) == 0) return &models[i];
    return NULL;
}

const struct cpu_feature_row *cpu_feature_at(unsigned i)
{
    static const struct cpu_feature_row rows[] = {
#define X(name, word, bit, flag, meaning) { flag, meaning, FEATURE_##name },
#include "cpu/system/features.inc"
#undef X
    };
    return i < ARRAY_COUNT(rows) ? &rows[i] : NULL;
}
