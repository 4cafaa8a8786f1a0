/* LLDT LTR LAR LSL VERR VERW.  SDM vol. 2, "Operation" of each.                      doc: system */
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/transfer.h"

/* In long mode LDT and TSS descriptors have 16 bytes and a base of 64 bits. */
static bool fetch_long(struct cpu *cpu, u16 selector, struct descriptor *d)
{
    if (!long_mode(cpu)) return true;
    if (!descriptor_fetch_upper(cpu, selector, d)) return false;
    u64 base = descriptor_base(d);
    return canonical(base) || FAULT(cpu, TABLE_BASE_NOT_CANONICAL, .la = base);
}

bool load_ldtr(struct cpu *cpu, u16 selector)
{
    struct descriptor d;

    cpu->procedure = PROCEDURE_LLDT;
    if (selector_is_null(selector)) {
        segment_set_null(cpu, CPU_SEG_LDTR, selector);
        return procedure_done(cpu);
    }
    if (selector & 4) return FAULT(cpu, LLDT_TYPE, .selector = selector);
    if (!descriptor_fetch(cpu, selector, &d, REASON_SELECTOR_PAST_LIMIT)) return false;
    struct fault_facts facts = descriptor_facts(selector, &d);
    if (facts.type != TYPE_LDT) return fault_raise(cpu, REASON_LLDT_TYPE, facts);
    if (!(descriptor_rights(&d) & RIGHTS_P))
        return fault_raise(cpu, REASON_LLDT_NOT_PRESENT, facts);
    if (!fetch_long(cpu, selector, &d)) return false;
    segment_set(cpu, CPU_SEG_LDTR, selector, &d);
    return procedure_done(cpu);
}

bool load_tr(struct cpu *cpu, u16 selector)
{
    struct descriptor d;

    cpu->procedure = PROCEDURE_LTR;
    if (selector_is_null(selector)) return FAULT(cpu, LTR_NULL, .value = selector);
    if (selector & 4) return FAULT(cpu, TSS_LOCAL, .selector = selector);
    if (!descriptor_fetch(cpu, selector, &d, REASON_TSS_PAST_LIMIT)) return false;
    struct fault_facts facts = descriptor_facts(selector, &d);
    if ((facts.type != TYPE_TSS_16 || long_mode(cpu)) && facts.type != TYPE_TSS_32)
        return fault_raise(cpu, REASON_TSS_TYPE, facts);
    if (!(descriptor_rights(&d) & RIGHTS_P)) return fault_raise(cpu, REASON_TSS_NOT_PRESENT, facts);
    if (!fetch_long(cpu, selector, &d)) return false;
    d.raw |= (u64)TYPE_BUSY << 40;
    if (!system_write(cpu, d.la + 5, 1, d.raw >> 40 & 0xff)) return false;
    segment_set(cpu, CPU_SEG_TR, selector, &d);
    u32 limit = cpu->seg[CPU_SEG_TR].limit, least = facts.type == TYPE_TSS_16 ? TSS_16_LEAST_LIMIT : TSS_32_LEAST_LIMIT;
    if (limit < least) breaks_catch(cpu, CPU_CATCH_SHORT_TSS, selector, 1, limit);
    return procedure_done(cpu);
}

/* --- questions about a selector: *ok is the answer in ZF --- */

/* The descriptor, where CPL and RPL may see it. */
static bool visible(struct cpu *cpu, u16 selector, struct descriptor *d, bool *ok)
{
    unsigned conforming_code = RIGHTS_S | RIGHTS_CODE | RIGHTS_CONFORMING;
    bool in_limit;

    *ok = false;
    if (selector_is_null(selector)) return true;
    if (!descriptor_find(cpu, selector, d, &in_limit)) return false;
    if (!in_limit) return true;
    unsigned rights = descriptor_rights(d), dpl = rights_dpl(rights);
    bool conforming = (rights & conforming_code) == conforming_code;
    *ok = conforming || (dpl >= cpu->cpl && dpl >= selector_rpl(selector));
    return true;
}

enum { TYPES_LONG_MODE = 1 << TYPE_LDT | 1 << TYPE_TSS_32 | 1 << (TYPE_TSS_32 | TYPE_BUSY) | 1 << TYPE_CALL_GATE_32 };

/* A question that system descriptors answer by type only: bit n of system_types is type n. */
static bool ask(struct cpu *cpu, u16 selector, unsigned system_types, struct descriptor *d,
                bool *ok)
{
    if (!visible(cpu, selector, d, ok)) return false;
    if (!*ok) return true;
    unsigned rights = descriptor_rights(d);
    if (long_mode(cpu)) system_types &= TYPES_LONG_MODE;
    *ok = rights & RIGHTS_S || system_types >> rights_type(rights) & 1;
    return true;
}

enum {
    TYPES_TSS = 1 << TYPE_TSS_16 | 1 << (TYPE_TSS_16 | TYPE_BUSY) | 1 << TYPE_TSS_32 |
                1 << (TYPE_TSS_32 | TYPE_BUSY),
    TYPES_LSL = TYPES_TSS | 1 << TYPE_LDT,
    TYPES_LAR = TYPES_LSL | 1 << TYPE_CALL_GATE_16 | 1 << TYPE_TASK_GATE | 1 << TYPE_CALL_GATE_32,
};

bool lar(struct cpu *cpu, u16 selector, u32 *rights, bool *ok)
{
    struct descriptor d;

    if (!ask(cpu, selector, TYPES_LAR, &d, ok)) return false;
    if (*ok) *rights = (u32)(d.raw >> 32) & 0x00f0ff00;
    return true;
}

bool lsl(struct cpu *cpu, u16 selector, u32 *limit, bool *ok)
{
    struct descriptor d;

    if (!ask(cpu, selector, TYPES_LSL, &d, ok)) return false;
    if (*ok) *limit = descriptor_limit(&d);
    return true;
}

bool verify(struct cpu *cpu, u16 selector, bool write, bool *ok)
{
    struct descriptor d;

    if (!ask(cpu, selector, 0, &d, ok)) return false;
    if (!*ok) return true;
    unsigned rights = descriptor_rights(&d);
    bool code = rights & RIGHTS_CODE;
    *ok = write ? !code && rights & RIGHTS_WRITABLE : !code || rights & RIGHTS_READABLE;
    return true;
}
