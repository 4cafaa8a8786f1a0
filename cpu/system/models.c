/* Processor models, as data.                                                     doc: cpu-models */
#include <string.h>

#include "cpu/run/processor.h"

enum {
    FEATURES_PENTIUM = CPUID_1_EDX_VME | CPUID_1_EDX_DE | CPUID_1_EDX_PSE | CPUID_1_EDX_TSC |
                       CPUID_1_EDX_MSR | CPUID_1_EDX_CX8,
    FEATURES_P6 = FEATURES_PENTIUM | CPUID_1_EDX_SEP | CPUID_1_EDX_PGE | CPUID_1_EDX_CMOV,
};

static const struct cpu_model models[] = {
    { .name = "p6_nofpu",
      .meaning = "i686 instructions, 4 MiB and global pages, SYSENTER; no coprocessor",
      .family = 6, .model = 5, .stepping = 2, .has_cpuid = true, .vendor = "GenuineIntel",
      .features_edx = FEATURES_P6 },
    { .name = "pentium", .meaning = "Pentium; its FPU is not there yet",
      .family = 5, .model = 2, .stepping = 12, .has_cpuid = true, .vendor = "GenuineIntel",
      .features_edx = FEATURES_PENTIUM },
    { .name = "i486dx4", .meaning = "486DX4; its FPU is not there yet",
      .family = 4, .model = 8, .stepping = 0, .has_cpuid = true, .vendor = "GenuineIntel" },
    { .name = "i486sx", .meaning = "486SX with CPUID, no coprocessor",
      .family = 4, .model = 2, .stepping = 10, .has_cpuid = true, .vendor = "GenuineIntel" },
    { .name = "i386", .meaning = "386 without a 387",
      .family = 3, .model = 0, .stepping = 8, .vendor = "GenuineIntel" },
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
