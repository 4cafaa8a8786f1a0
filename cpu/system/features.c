/* Features by name, and models with some more or fewer of them.                  doc: cpu-models */
#include <string.h>

#include "cpu/run/processor.h"

static const struct cpu_feature_row rows[] = {
#define X(name, word, bit, flag, meaning) { flag, meaning, FEATURE_##name },
#include "cpu/system/features.inc"
#undef X
};

const struct cpu_feature_row *cpu_feature_at(unsigned i)
{
    return i < ARRAY_COUNT(rows) ? &rows[i] : NULL;
}

/* What a feature is of no use without. */
static const struct { enum cpu_feature feature, needs; } needs[] = {
    { FEATURE_MMX, FEATURE_FPU },      { FEATURE_FXSR, FEATURE_FPU },    { FEATURE_SSE, FEATURE_FXSR },     { FEATURE_SSE2, FEATURE_SSE },
    { FEATURE_SSE3, FEATURE_SSE2 },    { FEATURE_SSSE3, FEATURE_SSE3 },  { FEATURE_SSE4_1, FEATURE_SSSE3 }, { FEATURE_SSE4_2, FEATURE_SSE4_1 },
    { FEATURE_AES, FEATURE_SSE2 },     { FEATURE_PCLMULQDQ, FEATURE_SSE2 }, { FEATURE_SHA, FEATURE_SSE2 },  { FEATURE_AVX, FEATURE_XSAVE },
    { FEATURE_AVX, FEATURE_SSE4_2 },   { FEATURE_AVX2, FEATURE_AVX },    { FEATURE_FMA, FEATURE_AVX },      { FEATURE_F16C, FEATURE_AVX },
    { FEATURE_XSAVE, FEATURE_FXSR },   { FEATURE_XSAVEOPT, FEATURE_XSAVE }, { FEATURE_XSAVEC, FEATURE_XSAVE },
    { FEATURE_XGETBV1, FEATURE_XSAVE }, { FEATURE_XSAVES, FEATURE_XSAVEC }, { FEATURE_SSE4A, FEATURE_SSE2 }, { FEATURE_LM, FEATURE_PAE },    { FEATURE_LM, FEATURE_SSE2 },
    { FEATURE_LM, FEATURE_APIC },      { FEATURE_CX16, FEATURE_LM },     { FEATURE_PCID, FEATURE_LM },      { FEATURE_FSGSBASE, FEATURE_LM },
    { FEATURE_PAGE1GB, FEATURE_LM },   { FEATURE_LAHF64, FEATURE_LM },   { FEATURE_INVPCID, FEATURE_PCID }, { FEATURE_NX, FEATURE_PAE },
    { FEATURE_X2APIC, FEATURE_APIC },  { FEATURE_TSC_DEADLINE, FEATURE_APIC }, { FEATURE_APIC, FEATURE_MSR }, { FEATURE_MTRR, FEATURE_MSR },
    { FEATURE_RDTSCP, FEATURE_TSC },   { FEATURE_TSC_ADJUST, FEATURE_MSR },   { FEATURE_3DNOW, FEATURE_MMX },   { FEATURE_3DNOWEXT, FEATURE_3DNOW }, { FEATURE_SYSCALL, FEATURE_MSR },
    { FEATURE_PSE36, FEATURE_PSE },    { FEATURE_MSR, FEATURE_TSC },
};

static const char *flag_of(enum cpu_feature feature)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (rows[i].feature == feature) return rows[i].flag;
    return "?";
}

static const struct cpu_feature_row *row_named(const char *name, size_t length)
{
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
        if (strlen(rows[i].flag) == length && strncmp(rows[i].flag, name, length) == 0) return &rows[i];
    return NULL;
}

/* Sets the bits of the listed features in `chosen`. */
static bool choose(const char *list, u32 *chosen, struct error *err)
{
    static const char between[] = ", \t";

    for (const char *at = list + strspn(list, between); *at; at += strspn(at, between)) {
        size_t length = strcspn(at, between);
        const struct cpu_feature_row *row = row_named(at, length);
        if (!row) return fail(err, "no feature is called \"%.*s\"; orrery --help cpu lists them", (int)length, at);
        chosen[row->feature / 32] |= 1u << row->feature % 32;
        at += length;
    }
    return true;
}

bool cpu_model_with(const struct cpu_model *base, const char *add, const char *exclude, struct cpu_model *out, struct error *err)
{
    u32 more[FEATURE_WORDS] = { 0 }, fewer[FEATURE_WORDS] = { 0 };

    if (!choose(add, more, err) || !choose(exclude, fewer, err)) return false;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        unsigned word = rows[i].feature / 32, bit_number = rows[i].feature % 32;
        if (bit(more[word] & fewer[word], bit_number)) return fail(err, "%s is both in add_features and in exclude_features", rows[i].flag);
    }
    *out = *base;
    for (unsigned i = 0; i < FEATURE_WORDS; i++) out->features[i] = (base->features[i] | more[i]) & ~fewer[i];
    for (unsigned i = 0; i < ARRAY_COUNT(needs); i++) {
        if (!cpu_model_has(out, needs[i].feature) || cpu_model_has(out, needs[i].needs)) continue;
        return fail(err, "%s needs %s, which the processor would not have", flag_of(needs[i].feature), flag_of(needs[i].needs));
    }
    return true;
}
