/* LLDT LTR LAR LSL VERR VERW.  SDM vol. 2, "Operation" of each.                             doc: system */
#include "cpu/memory/access.h"
#include "cpu/system/interrupt.h"

bool load_ldtr(struct cpu *cpu, u16 selector)
{
    struct descriptor d;

    if (!(selector & ~3u)) {
        segment_set_null(cpu, CPU_SEG_LDTR, selector);
        return true;
    }
    if (selector & 4) return FAULT(cpu, LLDT_TYPE, .selector = selector);
    if (!descriptor_fetch(cpu, selector, &d, REASON_SELECTOR_PAST_LIMIT)) return false;
    if ((descriptor_rights(&d) & 31) != 2) return FAULT(cpu, LLDT_TYPE, .selector = selector);
    if (!(descriptor_rights(&d) & RIGHTS_P)) return FAULT(cpu, LLDT_NOT_PRESENT, .selector = selector);
    segment_set(cpu, CPU_SEG_LDTR, selector, &d);
    return true;
}

bool load_tr(struct cpu *cpu, u16 selector)
{
    struct descriptor d;

    if (!(selector & ~3u)) return FAULT(cpu, LTR_NULL, .value = selector);
    if (selector & 4) return FAULT(cpu, TSS_LOCAL, .selector = selector);
    if (!descriptor_fetch(cpu, selector, &d, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned type = descriptor_rights(&d) & 31;
    if (type != 1 && type != 9) return FAULT(cpu, TSS_TYPE, .selector = selector, .type = (u8)(type & 15));
    if (!(descriptor_rights(&d) & RIGHTS_P)) return FAULT(cpu, TSS_NOT_PRESENT, .selector = selector);
    d.raw |= 2ull << 40;                     /* busy */
    if (!system_write(cpu, d.la + 5, 1, d.raw >> 40 & 0xff)) return false;
    segment_set(cpu, CPU_SEG_TR, selector, &d);
    return true;
}

/* The descriptor, if CPL and RPL may see it. */
static bool visible(struct cpu *cpu, u16 selector, struct descriptor *d, bool *ok)
{
    bool present, in_limit = false;

    *ok = false;
    if (!(selector & ~3u)) return true;
    if (!descriptor_find(cpu, selector, d, &present, &in_limit)) return false;
    if (!in_limit) return true;
    unsigned rights = descriptor_rights(d), dpl = rights_dpl(rights);
    bool conforming = (rights & (RIGHTS_S | RIGHTS_CODE | RIGHTS_CONFORMING)) == (RIGHTS_S | RIGHTS_CODE | RIGHTS_CONFORMING);
    *ok = conforming || (dpl >= cpu->cpl && dpl >= (selector & 3u));
    return true;
}

bool lar(struct cpu *cpu, u16 selector, u32 *rights, bool *ok)
{
    /* system types that LAR knows: TSS, LDT, call gate, task gate, and the 32-bit TSS and call gate */
    static const u16 known = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 9 | 1 << 11 | 1 << 12;
    struct descriptor d;

    if (!visible(cpu, selector, &d, ok)) return false;
    if (!*ok) return true;
    if (!(descriptor_rights(&d) & RIGHTS_S)) *ok = known >> rights_type(descriptor_rights(&d)) & 1;
    *rights = (u32)(d.raw >> 32) & 0xf0ff00;
    return true;
}

bool lsl(struct cpu *cpu, u16 selector, u32 *limit, bool *ok)
{
    static const u16 known = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 9 | 1 << 11;
    struct descriptor d;

    if (!visible(cpu, selector, &d, ok)) return false;
    if (!*ok) return true;
    if (!(descriptor_rights(&d) & RIGHTS_S)) *ok = known >> rights_type(descriptor_rights(&d)) & 1;
    *limit = descriptor_limit(&d);
    return true;
}

bool verify(struct cpu *cpu, u16 selector, bool write, bool *ok)
{
    struct descriptor d;

    if (!visible(cpu, selector, &d, ok)) return false;
    if (!*ok) return true;
    unsigned rights = descriptor_rights(&d);
    bool code = rights & RIGHTS_CODE;
    *ok = rights & RIGHTS_S && (write ? !code && rights & RIGHTS_WRITABLE : !code || rights & RIGHTS_READABLE);
    return true;
}
