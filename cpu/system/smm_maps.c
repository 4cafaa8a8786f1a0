/* State save maps, in the manuals' order, from the top down.                               doc: smm
 * Sources: SDM vol. 3C, "SMRAM State Save Map", "SMRAM State Save Map and Intel 64 Architecture"; AMD64 Architecture Programmer's Manual
 * vol. 2, "SMM State-Save Area".  What those call reserved holds what a return needs besides: where, is each processor's own affair. */
#include "cpu/system/smm.h"

enum { ES, CS, SS, DS, FS, GS, LDTR, TR };

#define GPR(at, bytes, n) { at, bytes, SMM_GPR + (n), 0 }
#define WHOLE(at, bytes, field) { at, bytes, SMM_##field, 0 }
#define UPPER(at, bytes, field) { at, bytes, SMM_##field, 32 }
#define SELECTOR(at, seg) { at, 2, SMM_SELECTOR + (seg), 0 }
/* A descriptor: rights, limit, base. */
#define HIDDEN(at, seg, base_bytes) \
    { at, 4, SMM_RIGHTS + (seg), 0 }, { (at) + 4, 4, SMM_LIMIT + (seg), 0 }, { (at) + 8, base_bytes, SMM_BASE + (seg), 0 }

static const struct smm_slot ia32[] = {
    WHOLE(0x7ffc, 4, CR0), WHOLE(0x7ff8, 4, CR3), WHOLE(0x7ff4, 4, RFLAGS), WHOLE(0x7ff0, 4, RIP),
    GPR(0x7fec, 4, RDI), GPR(0x7fe8, 4, RSI), GPR(0x7fe4, 4, RBP), GPR(0x7fe0, 4, RSP),
    GPR(0x7fdc, 4, RBX), GPR(0x7fd8, 4, RDX), GPR(0x7fd4, 4, RCX), GPR(0x7fd0, 4, RAX),
    WHOLE(0x7fcc, 4, DR6), WHOLE(0x7fc8, 4, DR7), SELECTOR(0x7fc4, TR), SELECTOR(0x7fc0, LDTR),
    SELECTOR(0x7fbc, GS), SELECTOR(0x7fb8, FS), SELECTOR(0x7fb4, DS), SELECTOR(0x7fb0, SS), SELECTOR(0x7fac, CS), SELECTOR(0x7fa8, ES),
    WHOLE(0x7f02, 2, HALT), WHOLE(0x7f00, 2, IO_RESTART), WHOLE(0x7efc, 4, REVISION), WHOLE(0x7ef8, 4, SMBASE),
    /* reserved */
    HIDDEN(0x7f94, ES, 4), HIDDEN(0x7f88, CS, 4), HIDDEN(0x7f7c, SS, 4), HIDDEN(0x7f70, DS, 4), HIDDEN(0x7f64, FS, 4), HIDDEN(0x7f58, GS, 4),
    HIDDEN(0x7f4c, LDTR, 4), HIDDEN(0x7f40, TR, 4), WHOLE(0x7f3c, 4, GDTR_BASE), WHOLE(0x7f38, 4, IDTR_BASE), WHOLE(0x7f36, 2, GDTR_LIMIT),
    WHOLE(0x7f34, 2, IDTR_LIMIT), WHOLE(0x7f14, 4, CR4), WHOLE(0x7f18, 1, CPL),
    WHOLE(0x7f10, 4, IO_RIP), WHOLE(0x7f0c, 4, IO_RSI), WHOLE(0x7f08, 4, IO_RCX), WHOLE(0x7f04, 4, IO_RDI),
};

static const struct smm_slot intel64[] = {
    WHOLE(0x7ff8, 8, CR0), WHOLE(0x7ff0, 8, CR3), WHOLE(0x7fe8, 8, RFLAGS), WHOLE(0x7fe0, 8, EFER), WHOLE(0x7fd8, 8, RIP),
    WHOLE(0x7fd0, 8, DR6), WHOLE(0x7fc8, 8, DR7), SELECTOR(0x7fc4, TR), SELECTOR(0x7fc0, LDTR),
    SELECTOR(0x7fbc, GS), SELECTOR(0x7fb8, FS), SELECTOR(0x7fb4, DS), SELECTOR(0x7fb0, SS), SELECTOR(0x7fac, CS), SELECTOR(0x7fa8, ES),
    WHOLE(0x7fa4, 4, IO_STATE),
    GPR(0x7f94, 8, RDI), GPR(0x7f8c, 8, RSI), GPR(0x7f84, 8, RBP), GPR(0x7f7c, 8, RSP), GPR(0x7f74, 8, RBX), GPR(0x7f6c, 8, RDX),
    GPR(0x7f64, 8, RCX), GPR(0x7f5c, 8, RAX), GPR(0x7f54, 8, R8), GPR(0x7f4c, 8, R9), GPR(0x7f44, 8, R10), GPR(0x7f3c, 8, R11),
    GPR(0x7f34, 8, R12), GPR(0x7f2c, 8, R13), GPR(0x7f24, 8, R14), GPR(0x7f1c, 8, R15),
    WHOLE(0x7f02, 2, HALT), WHOLE(0x7f00, 2, IO_RESTART), WHOLE(0x7efc, 4, REVISION), WHOLE(0x7ef8, 4, SMBASE),
    { 0x7e9c, 4, SMM_BASE + LDTR, 0 }, WHOLE(0x7e94, 4, IDTR_BASE), WHOLE(0x7e8c, 4, GDTR_BASE), WHOLE(0x7e40, 8, CR4),
    WHOLE(0x7de8, 8, IO_RIP), UPPER(0x7dd8, 4, IDTR_BASE), { 0x7dd4, 4, SMM_BASE + LDTR, 32 }, UPPER(0x7dd0, 4, GDTR_BASE),
    /* reserved */
    HIDDEN(0x7c00, ES, 8), HIDDEN(0x7c10, CS, 8), HIDDEN(0x7c20, SS, 8), HIDDEN(0x7c30, DS, 8), HIDDEN(0x7c40, FS, 8), HIDDEN(0x7c50, GS, 8),
    { 0x7c60, 4, SMM_RIGHTS + LDTR, 0 }, { 0x7c64, 4, SMM_LIMIT + LDTR, 0 }, HIDDEN(0x7c70, TR, 8),
    WHOLE(0x7c80, 2, GDTR_LIMIT), WHOLE(0x7c82, 2, IDTR_LIMIT), WHOLE(0x7c84, 1, CPL),
    WHOLE(0x7c88, 8, IO_RCX), WHOLE(0x7c90, 8, IO_RSI), WHOLE(0x7c98, 8, IO_RDI),
};

/* A segment in AMD's map: selector, attributes, limit, base. */
#define AMD_SEGMENT(at, seg) \
    { at, 2, SMM_SELECTOR + (seg), 0 }, { (at) + 2, 2, SMM_RIGHTS + (seg), 0 }, { (at) + 4, 4, SMM_LIMIT + (seg), 0 }, { (at) + 8, 8, SMM_BASE + (seg), 0 }

static const struct smm_slot amd64[] = {
    GPR(0x7ff8, 8, RAX), GPR(0x7ff0, 8, RCX), GPR(0x7fe8, 8, RDX), GPR(0x7fe0, 8, RBX), GPR(0x7fd8, 8, RSP), GPR(0x7fd0, 8, RBP),
    GPR(0x7fc8, 8, RSI), GPR(0x7fc0, 8, RDI), GPR(0x7fb8, 8, R8), GPR(0x7fb0, 8, R9), GPR(0x7fa8, 8, R10), GPR(0x7fa0, 8, R11),
    GPR(0x7f98, 8, R12), GPR(0x7f90, 8, R13), GPR(0x7f88, 8, R14), GPR(0x7f80, 8, R15),
    WHOLE(0x7f78, 8, RIP), WHOLE(0x7f70, 8, RFLAGS), WHOLE(0x7f68, 8, DR6), WHOLE(0x7f60, 8, DR7), WHOLE(0x7f58, 8, CR0), WHOLE(0x7f50, 8, CR3),
    WHOLE(0x7f48, 8, CR4), WHOLE(0x7f00, 4, SMBASE), WHOLE(0x7efc, 4, REVISION), WHOLE(0x7ed0, 8, EFER), WHOLE(0x7ecb, 1, CPL),
    WHOLE(0x7ec9, 1, HALT), WHOLE(0x7ec8, 1, IO_RESTART), WHOLE(0x7ec0, 4, IO_STATE),
    WHOLE(0x7eb8, 8, IO_RDI), WHOLE(0x7eb0, 8, IO_RSI), WHOLE(0x7ea8, 8, IO_RCX), WHOLE(0x7ea0, 8, IO_RIP),
    AMD_SEGMENT(0x7e90, TR), WHOLE(0x7e88, 8, IDTR_BASE), WHOLE(0x7e84, 2, IDTR_LIMIT), AMD_SEGMENT(0x7e70, LDTR),
    WHOLE(0x7e68, 8, GDTR_BASE), WHOLE(0x7e64, 2, GDTR_LIMIT), AMD_SEGMENT(0x7e50, GS), AMD_SEGMENT(0x7e40, FS), AMD_SEGMENT(0x7e30, DS),
    AMD_SEGMENT(0x7e20, SS), AMD_SEGMENT(0x7e10, CS), AMD_SEGMENT(0x7e00, ES),
};

/* "SMM Revision Identifier": bit 16 I/O instruction restart, 17 SMBASE relocation; the level below is the part's. */
enum { REVISION_PENTIUM = 0x30000, REVISION_P6 = 0x30002, REVISION_INTEL64 = 0x30101, REVISION_AMD64 = 0x30064 };

static const struct smm_map maps[] = {
    { ia32, ARRAY_COUNT(ia32), REVISION_PENTIUM, 1, 0xff, false }, { ia32, ARRAY_COUNT(ia32), REVISION_P6, 1, 0xff, false },
    { intel64, ARRAY_COUNT(intel64), REVISION_INTEL64, 1, 0xff, false }, { amd64, ARRAY_COUNT(amd64), REVISION_AMD64, 0xff, 0xff, true },
};

const struct smm_map *smm_map_of(const struct cpu *cpu)
{
    enum { PENTIUM, P6, INTEL64, AMD64 };
    bool x64 = has(cpu, FEATURE_LM);

    return &maps[x64 && is_amd(cpu) ? AMD64 : x64 ? INTEL64 : cpu->model->family > 5 ? P6 : PENTIUM];
}
