#ifndef ORRERY_SYSTEM_FAULT_H
#define ORRERY_SYSTEM_FAULT_H
/* Faults and why they were raised.                                                         doc: faults */
#include "cpu/base/types.h"

/* SDM vol. 3A, "Exception and Interrupt Vectors". */
enum exception_vector {
    VECTOR_DE = 0, VECTOR_DB = 1, VECTOR_NMI = 2, VECTOR_BP = 3, VECTOR_OF = 4, VECTOR_BR = 5, VECTOR_UD = 6,
    VECTOR_NM = 7, VECTOR_DF = 8, VECTOR_TS = 10, VECTOR_NP = 11, VECTOR_SS = 12, VECTOR_GP = 13, VECTOR_PF = 14,
    VECTOR_MF = 16, VECTOR_AC = 17, VECTOR_MC = 18, VECTOR_XM = 19,
};

/* cpu/system/reasons.inc:  X(identifier, vector, sentence with {placeholders}, section of SDM vol. 3A or opcode) */
enum reason {
#define X(name, vector, sentence, manual) REASON_##name,
#include "cpu/system/reasons.inc"
#undef X
    REASON_COUNT
};

struct reason_row {
    const char *name, *sentence, *manual;
    u8 vector;
};
extern const struct reason_row fault_reasons[REASON_COUNT];

/* What a reason's sentence may name.  A raise site fills what it knows.
 * error: the error code is (selector & ~3... as the vector asks) when has no explicit one; see fault_raise. */
struct fault_facts {
    u16 selector;            /* error code of #TS #NP #SS #GP is selector & 0xfffc | ext/idt bits, when set */
    bool idt;                /* the error code's IDT bit: selector holds vector << 3 */
    u32 error;               /* explicit error code (#PF) */
    u8 segment;              /* CPU_SEG_* of the access */
    u8 size, cpl, dpl, rpl, vector, type;
    u32 limit;
    u64 ea, la, pa;          /* offset, linear, physical */
    u64 entry, entry_pa;     /* descriptor or page-table entry, and where it lies (linear for descriptors) */
    u64 value;
};

/* cpu/system/checks.inc: what is at work when a check fails, and what of memory it looks at. */
enum procedure {
    PROCEDURE_NONE,
#define PROCEDURE(name, looks_at, title) PROCEDURE_##name,
#define CHECK(reason, rule)
#define CHECK_2(reason, other, rule)
#include "cpu/system/checks.inc"
#undef PROCEDURE
#undef CHECK
#undef CHECK_2
};

enum { FAULT_BYTES = 15 };
struct fault {
    enum reason reason;
    u8 vector;
    bool has_error_code;
    u32 error_code;
    struct fault_facts facts;
    u8 procedure;            /* enum procedure: cpu->procedure at the time */
    /* filled when it is logged */
    u64 tick, rip, rip_la, cr3;              /* rip_la: the linear address of the instruction */
    u16 cs;
    u32 mode, rflags;
    u8 bytes[FAULT_BYTES], byte_count;       /* from CS:RIP on, as far as a fetch has a translation */
    struct { u64 base; u32 limit; u16 selector, rights; bool usable; } segment;       /* facts.segment then */
    u8 nesting;              /* 0 first, 1 became a double fault, 2 a triple fault */
};

enum { FAULT_LOG_ENTRIES = 64 };
struct fault_log {
    struct fault entry[FAULT_LOG_ENTRIES];
    u64 count;               /* ever; newest is entry[(count - 1) % 64] */
    u64 before;              /* raised before the first one of these: a snapshot does not bring them */
    u64 intended;            /* of them by INT3, INTO and INT1 */
};

struct cpu;

/* Notes the fault in cpu->fault; the run loop delivers it.  Always false, so that a check reads
 *     if (d.dpl != cpl) return FAULT(cpu, SS_DPL_NOT_CPL, .selector = sel, .dpl = d.dpl, .cpl = cpl);      */
bool fault_raise(struct cpu *cpu, enum reason reason, struct fault_facts facts);
/* What cpu->procedure said is over, well; when it fails, the fault keeps it. */
bool procedure_done(struct cpu *cpu);
#define FAULT(cpu, name, ...) fault_raise(cpu, REASON_##name, (struct fault_facts){ __VA_ARGS__ })

#endif
