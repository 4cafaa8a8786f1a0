/* Segment registers and descriptors.  SDM vol. 3A, "Protection", "Segment Descriptors".      doc: segments */
#include "cpu/memory/segment.h"

#include "cpu/memory/access.h"

/* Access ranges: an access is legal iff first <= ea and its last byte <= last; an empty range has first > last. */
void segment_derive(struct segment *s)
{
    bool code = s->rights & RIGHTS_CODE, expand_down = !code && s->rights & RIGHTS_EXPAND_DOWN;
    u64 top = s->rights & RIGHTS_DB ? 0xffffffff : 0xffff;
    u64 first = expand_down ? (u64)s->limit + 1 : 0, last = expand_down ? top : s->limit;
    bool readable = s->usable && (!code || s->rights & RIGHTS_READABLE);
    bool writable = s->usable && !code && s->rights & RIGHTS_WRITABLE;

    s->read_first = readable ? first : 1;
    s->read_last = readable ? last : 0;
    s->write_first = writable ? first : 1;
    s->write_last = writable ? last : 0;
}

/* Real mode changes selector and base only: limit and rights stay as they were (what "unreal mode" lives by).  V86 mode loads
 * them all.  SDM vol. 3B, "Real-Address Mode Operation", "Virtual-8086 Mode". */
void segment_set_real(struct cpu *cpu, unsigned seg, u16 selector)
{
    struct segment *s = &cpu->seg[seg];

    s->selector = selector;
    s->base = (u32)selector << 4;
    s->usable = true;
    if (v86_mode(cpu)) {
        s->limit = 0xffff;
        s->rights = 0xf3;
    } else if (seg == CPU_SEG_CS) {
        s->rights = (u16)((s->rights & ~(RIGHTS_DB | 0xff)) | 0x93);       /* writable data behaviour, as after reset */
    }
    segment_derive(s);
    if (seg == CPU_SEG_CS || seg == CPU_SEG_SS) mode_derive(cpu);
}

void segment_set(struct cpu *cpu, unsigned seg, u16 selector, const struct descriptor *d)
{
    struct segment *s = &cpu->seg[seg];

    *s = (struct segment){ .selector = selector, .base = descriptor_base(d), .limit = descriptor_limit(d),
                           .rights = descriptor_rights(d), .usable = true };
    segment_derive(s);
}

void segment_set_null(struct cpu *cpu, unsigned seg, u16 selector)
{
    struct segment *s = &cpu->seg[seg];

    s->selector = selector;
    s->usable = false;
    segment_derive(s);
}

u32 descriptor_base(const struct descriptor *d)
{
    return (u32)(bits(d->raw, 39, 16) | bits(d->raw, 63, 56) << 24);
}

u32 descriptor_limit(const struct descriptor *d)
{
    u32 limit = (u32)(bits(d->raw, 15, 0) | bits(d->raw, 51, 48) << 16);
    return bit(d->raw, 55) ? limit << 12 | 0xfff : limit;
}

u16 descriptor_rights(const struct descriptor *d)
{
    return (u16)(bits(d->raw, 47, 40) | bits(d->raw, 55, 52) << 12);
}

bool descriptor_find(struct cpu *cpu, u16 selector, struct descriptor *d, bool *present, bool *in_limit)
{
    bool local = selector & 4;
    const struct segment *ldt = &cpu->seg[CPU_SEG_LDTR];
    u64 base = local ? ldt->base : cpu->gdtr_base;
    u64 limit = local ? ldt->limit : cpu->gdtr_limit;

    d->la = (u32)(base + (selector & ~7u));
    *in_limit = (!local || ldt->usable) && (u64)(selector | 7) <= limit;
    if (!*in_limit) return true;
    if (!system_read(cpu, d->la, 8, &d->raw)) return false;
    *present = bit(d->raw, 47);
    return true;
}

bool descriptor_fetch(struct cpu *cpu, u16 selector, struct descriptor *d, enum reason past_limit)
{
    bool present = false, in_limit;

    if (!descriptor_find(cpu, selector, d, &present, &in_limit)) return false;
    return in_limit || fault_raise(cpu, past_limit, (struct fault_facts){ .selector = selector, .limit = selector & 4 ? cpu->seg[CPU_SEG_LDTR].limit : cpu->gdtr_limit });
}

bool descriptor_set_accessed(struct cpu *cpu, struct descriptor *d)
{
    if (d->raw >> 40 & RIGHTS_ACCESSED) return true;
    d->raw |= (u64)RIGHTS_ACCESSED << 40;
    return system_write(cpu, d->la + 5, 1, d->raw >> 40 & 0xff);
}

/* SDM vol. 3A, "Privilege Level Checking When Loading the SS Register". */
bool stack_segment_check(struct cpu *cpu, u16 selector, const struct descriptor *d, unsigned cpl, const struct stack_reasons *why)
{
    unsigned rights = descriptor_rights(d), dpl = rights_dpl(rights);
    struct fault_facts facts = { .selector = selector, .rpl = selector & 3, .dpl = (u8)dpl, .cpl = (u8)cpl, .entry = d->raw, .entry_pa = d->la, .type = (u8)rights_type(rights) };

    if ((selector & 3u) != cpl) return fault_raise(cpu, why->rpl, facts);
    if (!(rights & RIGHTS_S) || rights & RIGHTS_CODE || !(rights & RIGHTS_WRITABLE)) return fault_raise(cpu, why->type, facts);
    if (dpl != cpl) return fault_raise(cpu, why->dpl, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_SS_NOT_PRESENT, facts);
    return true;
}

static bool load_ss(struct cpu *cpu, u16 selector)
{
    static const struct stack_reasons why = { REASON_SS_RPL_NOT_CPL, REASON_SS_NOT_WRITABLE_DATA, REASON_SS_DPL_NOT_CPL };
    struct descriptor d;

    if (!(selector & ~3u)) return FAULT(cpu, SS_NULL, .selector = 0, .value = selector);
    if (!descriptor_fetch(cpu, selector, &d, REASON_SELECTOR_PAST_LIMIT)) return false;
    if (!stack_segment_check(cpu, selector, &d, cpu->cpl, &why)) return false;
    if (!descriptor_set_accessed(cpu, &d)) return false;
    segment_set(cpu, CPU_SEG_SS, selector, &d);
    mode_derive(cpu);
    return true;
}

/* ES DS FS GS.  SDM vol. 3A, "Privilege Level Checking When Accessing Data Segments". */
static bool load_data(struct cpu *cpu, unsigned seg, u16 selector)
{
    struct descriptor d;

    if (!(selector & ~3u)) {
        segment_set_null(cpu, seg, selector);
        return true;
    }
    if (!descriptor_fetch(cpu, selector, &d, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(&d), dpl = rights_dpl(rights), rpl = selector & 3;
    bool code = rights & RIGHTS_CODE, conforming = code && rights & RIGHTS_CONFORMING;
    struct fault_facts facts = { .selector = selector, .segment = (u8)seg, .rpl = (u8)rpl, .dpl = (u8)dpl, .cpl = cpu->cpl, .entry = d.raw, .entry_pa = d.la, .type = (u8)rights_type(rights) };
    if (!(rights & RIGHTS_S) || (code && !(rights & RIGHTS_READABLE))) return fault_raise(cpu, REASON_DATA_SEGMENT_TYPE, facts);
    if (!conforming && (rpl > dpl || cpu->cpl > dpl)) return fault_raise(cpu, REASON_DATA_SEGMENT_PRIVILEGE, facts);
    if (!(rights & RIGHTS_P)) return fault_raise(cpu, REASON_DATA_SEGMENT_NOT_PRESENT, facts);
    if (!descriptor_set_accessed(cpu, &d)) return false;
    segment_set(cpu, seg, selector, &d);
    return true;
}

bool segment_load(struct cpu *cpu, unsigned seg, u16 selector)
{
    if (!protected_mode(cpu)) {
        segment_set_real(cpu, seg, selector);
        return true;
    }
    return seg == CPU_SEG_SS ? load_ss(cpu, selector) : load_data(cpu, seg, selector);
}
