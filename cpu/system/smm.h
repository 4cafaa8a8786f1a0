#ifndef ORRERY_SYSTEM_SMM_H
#define ORRERY_SYSTEM_SMM_H
/* System management mode: what is saved where.                                            doc: smm */
#include "cpu/run/processor.h"

/* What a state save map may hold.  Registers in the order of struct cpu. */
enum smm_field {
    SMM_GPR = 0, SMM_RIP = 16, SMM_RFLAGS, SMM_CR0, SMM_CR3, SMM_CR4, SMM_EFER, SMM_DR6, SMM_DR7, SMM_CPL,
    SMM_SELECTOR,                            /* of ES CS SS DS FS GS LDTR TR */
    SMM_BASE = SMM_SELECTOR + CPU_SEGS, SMM_LIMIT = SMM_BASE + CPU_SEGS,
    SMM_RIGHTS = SMM_LIMIT + CPU_SEGS,       /* as struct segment has them; bit 16: not usable */
    SMM_GDTR_BASE = SMM_RIGHTS + CPU_SEGS, SMM_GDTR_LIMIT, SMM_IDTR_BASE, SMM_IDTR_LIMIT,
    SMM_IO_RIP, SMM_IO_RCX, SMM_IO_RSI, SMM_IO_RDI, SMM_IO_STATE,        /* of the I/O instruction before the SMI */
    SMM_HALT, SMM_IO_RESTART, SMM_REVISION, SMM_SMBASE,
    SMM_FIELDS,
};
enum { SMM_UNUSABLE = 1 << 16 };

/* One place of a map: bytes of a field, from bit `shift` on, at SMBASE + 8000h + at. */
struct smm_slot {
    u16 at;
    u8 bytes, field, shift;
};
struct smm_map {
    const struct smm_slot *slot;
    unsigned count;
    u32 revision;
    u8 halt_bits, restart_bits;              /* of the auto HALT and I/O restart fields as they stand in it: all ones asks for the restart */
    bool packed_rights;                      /* AVL L D G in bits 11:8 */
};

/* That of the model. */
const struct smm_map *smm_map_of(const struct cpu *cpu);

#endif
