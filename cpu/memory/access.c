/* The slow paths of loads and stores: what a TLB tag does not say.       doc: memory-access */
#include "cpu/memory/access.h"

#include "cpu/system/system.h"

/* Where an access goes, once translated. */
struct place {
    u64 pa;
    struct physical_page *page;
};

/* Translates the part of an access that lies in one page; set is TLB_USER or TLB_SUPERVISOR.  A TLB
 * hit is used as it stands even where memory says otherwise by now, as the hardware does. */
static bool locate(struct cpu *cpu, u64 la, unsigned access, unsigned set, struct place *place)
{
    const struct tlb_entry *t = &cpu->tlb_set[set][la >> 12 & (TLB_ENTRIES - 1)];
    struct translation to;

    if (t->tag_read == (la & ~0xfffull) && !(access & ACCESS_WRITE)) {
        place->pa = t->pa | (la & 0xfff);
        place->page = physical_page_at(cpu->memory, place->pa);
        return true;
    }
    if (!page_walk(cpu, la, access, set == TLB_USER, &to)) return false;
    *place = (struct place){ .pa = to.pa, .page = physical_page_at(cpu->memory, to.pa) };
    tlb_fill(cpu, set, la, access, &to, place->page);
    return true;
}

static unsigned set_of_cpl(const struct cpu *cpu)
{
    return cpu->cpl == 3 ? TLB_USER : TLB_SUPERVISOR;
}

static u64 place_read(struct cpu *cpu, const struct place *place, unsigned size)
{
    u64 v = 0;

    if (place->page->read) {
        memcpy(&v, place->page->read + (place->pa & 0xfff), size);
        return v;
    }
    cpu_sync_time(cpu);
    v = cpu->bus.mmio_read(cpu->bus.board, place->pa, size);
    return low_bits(v, size * 8);
}

static void place_write(struct cpu *cpu, const struct place *place, unsigned size, u64 value)
{
    if (place->page->write) {
        if (place->page->code_chunks) trace_code_written(cpu, place->pa, size);
        memcpy(place->page->write + (place->pa & 0xfff), &value, size);
        return;
    }
    cpu_sync_time(cpu);
    cpu->bus.mmio_write(cpu->bus.board, place->pa, size, low_bits(value, size * 8));
}

/* An access of at most 8 bytes lies in one page or two. */
struct span {
    struct place part[2];
    unsigned bytes[2];       /* bytes[1] is 0 within one page */
};

static bool locate_span(struct cpu *cpu, u64 la, unsigned size, unsigned access, unsigned set,
                        struct span *span)
{
    unsigned room = PAGE_BYTES - (unsigned)(la & 0xfff);

    span->bytes[0] = size < room ? size : room;
    span->bytes[1] = size - span->bytes[0];
    return locate(cpu, la, access, set, &span->part[0]) &&
           (!span->bytes[1] || locate(cpu, (u32)(la + room), access, set, &span->part[1]));
}

static u64 span_read(struct cpu *cpu, const struct span *span)
{
    u64 v = 0;
    unsigned at = 0;

    if (!span->bytes[1]) return place_read(cpu, &span->part[0], span->bytes[0]);
    /* over a page boundary: byte by byte, as the pieces may be of any size */
    for (unsigned p = 0; p < 2; p++) {
        for (unsigned i = 0; i < span->bytes[p]; i++, at++) {
            struct place byte = span->part[p];
            byte.pa += i;
            v |= place_read(cpu, &byte, 1) << 8 * at;
        }
    }
    return v;
}

static void span_write(struct cpu *cpu, const struct span *span, u64 value)
{
    if (!span->bytes[1]) {
        place_write(cpu, &span->part[0], span->bytes[0], value);
        return;
    }
    for (unsigned p = 0; p < 2; p++) {
        for (unsigned i = 0; i < span->bytes[p]; i++, value >>= 8) {
            struct place byte = span->part[p];
            byte.pa += i;
            place_write(cpu, &byte, 1, value & 0xff);
        }
    }
}

/* The TLB set that stays empty brings every access of CPL 3 here while alignment is checked. */
static bool aligned(struct cpu *cpu, u64 la, unsigned size)
{
    if (cpu->tlb != cpu->tlb_set[TLB_NEVER] || !(la & (size - 1))) return true;
    return FAULT(cpu, MISALIGNED, .la = la, .size = (u8)size);
}

bool access_read(struct cpu *cpu, u64 la, unsigned size, u64 *value)
{
    struct span span;

    if (!aligned(cpu, la, size) || !locate_span(cpu, la, size, ACCESS_READ, set_of_cpl(cpu), &span))
        return false;
    debug_note_data(cpu, la, size, false);
    *value = span_read(cpu, &span);
    return true;
}

bool access_write(struct cpu *cpu, u64 la, unsigned size, u64 value)
{
    struct span span;

    if (!aligned(cpu, la, size) ||
        !locate_span(cpu, la, size, ACCESS_WRITE, set_of_cpl(cpu), &span))
        return false;
    debug_note_data(cpu, la, size, true);
    span_write(cpu, &span, value);
    return true;
}

bool access_probe_write(struct cpu *cpu, u64 la, unsigned size)
{
    struct span span;
    return aligned(cpu, la, size) &&
           locate_span(cpu, la, size, ACCESS_WRITE, set_of_cpl(cpu), &span);
}

bool system_read(struct cpu *cpu, u64 la, unsigned size, u64 *value)
{
    struct span span;

    if (!locate_span(cpu, (u32)la, size, ACCESS_READ, TLB_SUPERVISOR, &span)) return false;
    *value = span_read(cpu, &span);
    return true;
}

bool system_write(struct cpu *cpu, u64 la, unsigned size, u64 value)
{
    struct span span;

    if (!locate_span(cpu, (u32)la, size, ACCESS_WRITE, TLB_SUPERVISOR, &span)) return false;
    span_write(cpu, &span, value);
    return true;
}

bool system_probe_write(struct cpu *cpu, u64 la, unsigned size)
{
    struct span span;
    return locate_span(cpu, (u32)la, size, ACCESS_WRITE, TLB_SUPERVISOR, &span);
}

u8 *access_host(struct cpu *cpu, u64 la, unsigned size, enum access access)
{
    struct tlb_entry *t = tlb_entry_of(cpu, la);

    if ((la & 0xfff) + size > PAGE_BYTES) return NULL;
    if ((access == ACCESS_WRITE ? t->tag_write : t->tag_read) != (la & ~0xfffull)) return NULL;
    return (u8 *)(uintptr_t)(t->addend + la);
}

bool access_fetch(struct cpu *cpu, u64 la, u64 *pa)
{
    struct place place;

    if (!locate(cpu, la, ACCESS_FETCH, set_of_cpl(cpu), &place)) return false;
    *pa = place.pa;
    return true;
}

/* SDM vol. 3A, "Limit Checking", "Type Checking"; what is wrong with SS is #SS(0), with any other
 * segment #GP(0). */
bool segment_violation(struct cpu *cpu, unsigned seg, u64 ea, unsigned size, enum access access)
{
    const struct segment *s = &cpu->seg[seg];
    bool code = s->rights & RIGHTS_CODE, two = s->rights & 2 /* writable data, or readable code */;
    bool stack = seg == CPU_SEG_SS;
    struct fault_facts facts = {
        .segment = (u8)seg, .ea = ea, .size = (u8)size, .limit = s->limit, .value = s->selector,
    };

    if (!s->usable)
        return fault_raise(cpu, stack ? REASON_STACK_IS_NULL : REASON_SEGMENT_IS_NULL, facts);
    if (access == ACCESS_WRITE && (code || !two))
        return fault_raise(cpu, stack ? REASON_STACK_NOT_WRITABLE : REASON_SEGMENT_NOT_WRITABLE,
                           facts);
    if (access == ACCESS_READ && code && !two)
        return fault_raise(cpu, REASON_SEGMENT_NOT_READABLE, facts);
    return fault_raise(cpu, stack ? REASON_STACK_PAST_LIMIT : REASON_DATA_PAST_LIMIT, facts);
}
