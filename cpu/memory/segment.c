/* Segment registers and descriptors.  SDM vol. 3A, "Segment Descriptors", "Protection".
 *                                                                                     doc: segments
 *
 *   63     56 55 54 53 52 51   48 47 46 45 44 43  40 39             16 15            0
 *   | base   | G|DB| L|AV| limit | P| DPL | S| type |      base       |     limit    |
 *   |  31:24 |  |  |  |L | 19:16 |  |     |  |      |      23:0       |      15:0    |  */
#include "cpu/memory/segment.h"

#include "cpu/memory/access.h"

/* present, DPL 3, writable data, accessed: every segment of V86 mode */
enum { RIGHTS_DATA_3 = 0xf3 };

/* Access ranges: an access is legal iff first <= ea and its last byte <= last; an empty range has
 * first > last. */
void segment_ranges(struct segment *s)
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

/* 64-bit mode looks at no limit, type or null selector: a TLB tag is canonical, and the slow path asks. */
void segment_derive(struct cpu *cpu, unsigned seg)
{
    struct segment *s = &cpu->seg[seg];
    bool plain = cpu->segments_64bit && seg < 6;

    segment_ranges(s);
    s->effective_base = plain && seg != CPU_SEG_FS && seg != CPU_SEG_GS ? 0 : s->base;
    if (seg != CPU_SEG_CS && seg <= CPU_SEG_DS) mode_derive_flat(cpu);
    if (!plain) return;
    s->read_first = s->write_first = 0;
    s->read_last = s->write_last = UINT64_MAX;
}

/* Real mode changes selector and base and, of CS, makes a writable data segment; limits and sizes
 * stay as protected mode left them, which is what "unreal mode" lives by.  V86 mode sets
 * everything.  SDM vol. 3B, "8086 Emulation". */
void segment_set_real(struct cpu *cpu, unsigned seg, u16 selector)
{
    struct segment *s = &cpu->seg[seg];

    s->selector = selector;
    s->base = (u32)selector << 4;
    s->usable = true;
    if (v86_mode(cpu)) {
        s->limit = 0xffff;
        s->rights = RIGHTS_DATA_3;
    } else if (seg == CPU_SEG_CS) {
        s->rights =
            (u16)((s->rights & ~0xffu) | RIGHTS_P | RIGHTS_S | RIGHTS_WRITABLE | RIGHTS_ACCESSED);
    }
    segment_derive(cpu, seg);
    if (seg == CPU_SEG_CS || seg == CPU_SEG_SS) mode_derive(cpu);
}

void segment_set(struct cpu *cpu, unsigned seg, u16 selector, const struct descriptor *d)
{
    struct segment *s = &cpu->seg[seg];

    *s = (struct segment){
        .selector = selector, .base = descriptor_base(d), .limit = descriptor_limit(d),
        .rights = descriptor_rights(d), .usable = true,
    };
    segment_derive(cpu, seg);
}

void segment_set_null(struct cpu *cpu, unsigned seg, u16 selector)
{
    struct segment *s = &cpu->seg[seg];

    s->selector = selector;
    s->usable = false;
    if (seg == CPU_SEG_FS || seg == CPU_SEG_GS) s->base = 0;
    segment_derive(cpu, seg);
}

/* --- descriptors --- */

struct fault_facts descriptor_facts(u16 selector, const struct descriptor *d)
{
    unsigned rights = descriptor_rights(d);
    return (struct fault_facts){
        .selector = selector, .rpl = (u8)selector_rpl(selector), .dpl = (u8)rights_dpl(rights),
        .type = rights & (RIGHTS_S | 15), .limit = descriptor_limit(d), .entry = d->raw,
        .entry_pa = d->la,
    };
}

static u32 table_limit(const struct cpu *cpu, u16 selector)
{
    return selector & 4 ? cpu->seg[CPU_SEG_LDTR].limit : cpu->gdtr_limit;
}

bool descriptor_find(struct cpu *cpu, u16 selector, struct descriptor *d, bool *in_limit)
{
    bool local = selector & 4;
    u64 base = local ? cpu->seg[CPU_SEG_LDTR].base : cpu->gdtr_base;

    d->upper = 0;
    d->la = base + (selector & ~7u);
    if (!long_mode(cpu)) d->la = (u32)d->la;
    *in_limit = (!local || cpu->seg[CPU_SEG_LDTR].usable) &&
                (selector | 7u) <= table_limit(cpu, selector);
    return !*in_limit || system_read(cpu, d->la, 8, &d->raw);
}

bool descriptor_fetch(struct cpu *cpu, u16 selector, struct descriptor *d, enum reason past_limit)
{
    bool in_limit;

    if (!descriptor_find(cpu, selector, d, &in_limit)) return false;
    if (in_limit) return true;
    return fault_raise(cpu, past_limit, (struct fault_facts){
        .selector = selector, .limit = table_limit(cpu, selector),
    });
}

bool descriptor_fetch_upper(struct cpu *cpu, u16 selector, struct descriptor *d)
{
    if ((selector | 7u) + 8 > table_limit(cpu, selector))
        return FAULT(cpu, SELECTOR_PAST_LIMIT, .selector = selector, .limit = table_limit(cpu, selector));
    if (!system_read(cpu, d->la + 8, 8, &d->upper)) return false;
    return !bits(d->upper, 44, 40) || FAULT(cpu, SYSTEM_UPPER_TYPE, .selector = selector, .entry = d->upper);
}

bool descriptor_set_accessed(struct cpu *cpu, struct descriptor *d)
{
    if (d->raw >> 40 & RIGHTS_ACCESSED) return true;
    d->raw |= (u64)RIGHTS_ACCESSED << 40;
    return system_write(cpu, d->la + 5, 1, d->raw >> 40 & 0xff);
}

/* --- SS --- */

const struct stack_reasons stack_reasons_gp = {
    .null = REASON_SS_NULL, .past_limit = REASON_SELECTOR_PAST_LIMIT, .rpl = REASON_SS_RPL_NOT_CPL,
    .type = REASON_SS_NOT_WRITABLE_DATA, .dpl = REASON_SS_DPL_NOT_CPL,
};
const struct stack_reasons stack_reasons_ts = {
    .null = REASON_TSS_SS_NULL, .past_limit = REASON_TSS_SS_PAST_LIMIT, .rpl = REASON_TSS_SS_RPL,
    .type = REASON_TSS_SS_TYPE, .dpl = REASON_TSS_SS_DPL,
};

static bool refuse_stack(struct cpu *cpu, enum reason reason, u16 selector, const struct descriptor *d, unsigned cpl)
{
    struct fault_facts facts = descriptor_facts(selector, d);
    facts.value = cpl;
    return fault_raise(cpu, reason, facts);
}

/* SDM vol. 3A, "Privilege Level Checking When Loading the SS Register". */
bool stack_segment_fetch(struct cpu *cpu, u16 selector, unsigned cpl,
                         const struct stack_reasons *why, struct descriptor *d)
{
    if (selector_is_null(selector))
        return fault_raise(cpu, why->null, (struct fault_facts){ .value = cpl });
    if (!descriptor_fetch(cpu, selector, d, why->past_limit)) return false;
    unsigned rights = descriptor_rights(d);
    bool data = rights & RIGHTS_S && !(rights & RIGHTS_CODE);
    if (selector_rpl(selector) != cpl) return refuse_stack(cpu, why->rpl, selector, d, cpl);
    if (!data || !(rights & RIGHTS_WRITABLE)) return refuse_stack(cpu, why->type, selector, d, cpl);
    if (rights_dpl(rights) != cpl) return refuse_stack(cpu, why->dpl, selector, d, cpl);
    if (!(rights & RIGHTS_P)) return refuse_stack(cpu, REASON_SS_NOT_PRESENT, selector, d, cpl);
    return descriptor_set_accessed(cpu, d);
}

/* 64-bit mode runs CPL 0 to 2 with a null SS whose RPL is CPL.  SDM vol. 2, "MOV". */
bool null_stack_allowed(const struct cpu *cpu, u16 selector, unsigned cpl)
{
    return code_64bit(cpu) && selector_is_null(selector) && cpl < 3 && selector_rpl(selector) == cpl;
}

static bool load_ss(struct cpu *cpu, u16 selector)
{
    struct descriptor d;

    if (null_stack_allowed(cpu, selector, cpu->cpl)) {
        segment_set_null(cpu, CPU_SEG_SS, selector);
        return true;
    }
    if (!stack_segment_fetch(cpu, selector, cpu->cpl, &stack_reasons_gp, &d)) return false;
    segment_set(cpu, CPU_SEG_SS, selector, &d);
    mode_derive(cpu);
    return true;
}

/* --- ES DS FS GS --- */

static bool refuse_data(struct cpu *cpu, enum reason reason, unsigned seg, u16 selector, const struct descriptor *d)
{
    struct fault_facts facts = descriptor_facts(selector, d);
    facts.segment = (u8)seg;
    return fault_raise(cpu, reason, facts);
}

/* SDM vol. 3A, "Privilege Level Checking When Accessing Data Segments". */
static bool load_data(struct cpu *cpu, unsigned seg, u16 selector)
{
    struct descriptor d;

    if (selector_is_null(selector)) {
        segment_set_null(cpu, seg, selector);
        return true;
    }
    if (!descriptor_fetch(cpu, selector, &d, REASON_SELECTOR_PAST_LIMIT)) return false;
    unsigned rights = descriptor_rights(&d), dpl = rights_dpl(rights);
    bool code = rights & RIGHTS_CODE, conforming = code && rights & RIGHTS_CONFORMING;
    if (!(rights & RIGHTS_S) || (code && !(rights & RIGHTS_READABLE)))
        return refuse_data(cpu, REASON_DATA_SEGMENT_TYPE, seg, selector, &d);
    if (!conforming && (selector_rpl(selector) > dpl || cpu->cpl > dpl))
        return refuse_data(cpu, REASON_DATA_SEGMENT_PRIVILEGE, seg, selector, &d);
    if (!(rights & RIGHTS_P)) return refuse_data(cpu, REASON_DATA_SEGMENT_NOT_PRESENT, seg, selector, &d);
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
    cpu->procedure = seg == CPU_SEG_SS ? PROCEDURE_LOAD_SS : PROCEDURE_LOAD_DATA;
    return (seg == CPU_SEG_SS ? load_ss(cpu, selector) : load_data(cpu, seg, selector)) && procedure_done(cpu);
}
