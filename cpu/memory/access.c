/* The slow paths of loads and stores: what a TLB tag does not say.       doc: memory-access */
#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"

#include "cpu/system/system.h"

/* Where an access goes, once translated. */
struct place {
    u64 la, pa;
    struct physical_page *page;
};

/* The largest naturally aligned piece of an access. */
static unsigned mmio_piece(u64 pa, unsigned left)
{
    unsigned n = 8;
    while (n > left || (n > 1 && pa & (n - 1))) n /= 2;
    return n;
}

/* Translates the part of an access that lies in one page; set is TLB_USER or TLB_SUPERVISOR.  A TLB
 * hit is used as it stands even where memory says otherwise by now, as the hardware does. */
static bool locate(struct cpu *cpu, u64 la, unsigned access, unsigned set, struct place *place)
{
    const struct tlb_entry *t = &cpu->tlb_set[set][la >> 12 & (TLB_ENTRIES - 1)];
    struct translation to;

    bool forbidden = access & ACCESS_WRITE || (access & ACCESS_FETCH && t->pa & TLB_NO_FETCH);
    bool hit = (t->tag_read & ~TLB_WATCHED) == (la & ~0xfffull) && !forbidden;
    u64 tag = access & ACCESS_WRITE ? t->tag_write : t->tag_read;
    bool device = (tag & ~TLB_WATCHED) == ((la & ~0xfffull) | TLB_DEVICE) && !(access & ACCESS_FETCH);

    if (hit || device) {
        *place = (struct place){ .la = la, .pa = (t->pa & ~0xfffull) | (la & 0xfff), .page = page_at(cpu, t->pa) };
        return true;
    }
    if (!page_walk(cpu, la, access, set == TLB_USER, &to)) return false;
    *place = (struct place){ .la = la, .pa = to.pa, .page = page_at(cpu, to.pa) };
    tlb_fill(cpu, set, la, access, &to, place->page);
    return true;
}

u64 bus_load(struct cpu *cpu, u64 pa, unsigned size)
{
    if (at_local_apic(cpu, pa)) return apic_mmio_read(cpu, pa, size);
    cpu_sync_time(cpu);
    cpu->steady_port = 0;
    u64 value = low_bits(cpu->bus.mmio_read(cpu->bus.board, pa, size), size * 8);
    cpu_see_deadline(cpu);
    return value;
}

void bus_store(struct cpu *cpu, u64 pa, unsigned size, u64 value)
{
    if (at_local_apic(cpu, pa)) {
        apic_mmio_write(cpu, pa, size, value);
        return;
    }
    cpu_sync_time(cpu);
    cpu->steady_port = 0;
    cpu->bus.mmio_write(cpu->bus.board, pa, size, value);
    cpu_see_deadline(cpu);
}

/* A device is asked in pieces of at most 8 bytes, naturally where they fit. */
static void place_read(struct cpu *cpu, const struct place *place, u8 *out, unsigned size)
{
    breaks_note(cpu, place->la, place->pa, size, false);
    if (place->page->read) {
        memcpy(out, place->page->read + (place->pa & 0xfff), size);
        return;
    }
    for (unsigned at = 0, n; at < size; at += n) {
        n = mmio_piece(place->pa + at, size - at);
        u64 v = bus_load(cpu, place->pa + at, n);
        memcpy(out + at, &v, n);
    }
}

static void place_write(struct cpu *cpu, const struct place *place, const u8 *in, unsigned size)
{
    breaks_note(cpu, place->la, place->pa, size, true);
    if (place->page->write) {
        if (place->page->code_chunks) trace_code_written(cpu, place->pa, size);
        if (processors_monitor(cpu, place->page)) processors_store(cpu, place->page, place->pa, size);
        memcpy(place->page->write + (place->pa & 0xfff), in, size);
        return;
    }
    for (unsigned at = 0, n; at < size; at += n) {
        u64 v = 0;
        n = mmio_piece(place->pa + at, size - at);
        memcpy(&v, in + at, n);
        bus_store(cpu, place->pa + at, n, v);
    }
}

/* An access of at most 64 bytes lies in one page or two. */
struct span {
    struct place part[2];
    unsigned bytes[2];       /* bytes[1] is 0 within one page */
};

static bool locate_span(struct cpu *cpu, u64 la, unsigned size, unsigned access, unsigned set,
                        struct span *span)
{
    unsigned room = PAGE_BYTES - (unsigned)(la & 0xfff);
    u64 mask = long_mode(cpu) ? UINT64_MAX : 0xffffffff;

    span->bytes[0] = size < room ? size : room;
    span->bytes[1] = size - span->bytes[0];
    return locate(cpu, la, access, set, &span->part[0]) &&
           (!span->bytes[1] || locate(cpu, (la + room) & mask, access, set, &span->part[1]));
}

static void span_read(struct cpu *cpu, const struct span *span, u8 *out)
{
    place_read(cpu, &span->part[0], out, span->bytes[0]);
    if (span->bytes[1]) place_read(cpu, &span->part[1], out + span->bytes[0], span->bytes[1]);
}

static void span_write(struct cpu *cpu, const struct span *span, const u8 *in)
{
    place_write(cpu, &span->part[0], in, span->bytes[0]);
    if (span->bytes[1]) place_write(cpu, &span->part[1], in + span->bytes[0], span->bytes[1]);
}

/* Only 64-bit mode can make an address that is not canonical.  SDM vol. 1, "Canonical Addressing". */
static bool is_canonical(struct cpu *cpu, unsigned seg, u64 la, unsigned size)
{
    if (canonical(la) && canonical(la + size - 1)) return true;
    if (seg == CPU_SEG_SS) return FAULT(cpu, STACK_NOT_CANONICAL, .la = la, .size = (u8)size, .segment = CPU_SEG_SS);
    return FAULT(cpu, NOT_CANONICAL, .la = la, .size = (u8)size, .segment = (u8)seg);
}

/* The TLB set that stays empty brings every access of CPL 3 here while alignment is checked. */
static bool aligned(struct cpu *cpu, u64 la, unsigned size)
{
    unsigned boundary = size < 16 ? size : 16;

    if (cpu->tlb != cpu->tlb_set[TLB_NEVER] || !(la & (boundary - 1))) return true;
    return FAULT(cpu, MISALIGNED, .la = la, .size = (u8)size);
}

bool access_aligned(struct cpu *cpu, unsigned seg, u64 ea, unsigned boundary)
{
    u64 la = linear_of(cpu, seg, ea);
    return is_canonical(cpu, seg, la, boundary) && aligned(cpu, la, boundary);
}

/* An aligned access in one piece whose tag lacks nothing but memory: the device at pa is asked for all of it. */
static bool is_device(u64 tag, u64 la, unsigned size)
{
    return tag == (page_of_last(la, size) | TLB_DEVICE) && !((la | size) & (size - 1));
}

/* But for a watchpoint the TLB would have answered: the page tables are left alone then too. */
static bool open_watched(struct cpu *cpu, u64 la, unsigned size, unsigned access, struct span *span)
{
    const struct tlb_entry *t = tlb_entry_of(cpu, la);

    if ((access & ACCESS_WRITE ? t->tag_write : t->tag_read) != (page_of_last(la, size) | TLB_WATCHED)) return false;
    span->part[0] = (struct place){ .la = la, .pa = (t->pa & ~0xfffull) | (la & 0xfff), .page = page_at(cpu, t->pa) };
    span->bytes[0] = size;
    span->bytes[1] = 0;
    return true;
}

static bool open_span(struct cpu *cpu, unsigned seg, u64 la, unsigned size, unsigned access, struct span *span)
{
    if (unlikely(cpu->breaks) && open_watched(cpu, la, size, access, span)) return true;
    return is_canonical(cpu, seg, la, size) && locate_span(cpu, la, size, access, tlb_set_of_cpl(cpu), span);
}

bool access_read(struct cpu *cpu, unsigned seg, u64 la, unsigned size, u64 *value)
{
    const struct tlb_entry *t = tlb_entry_of(cpu, la);

    if (is_device(t->tag_read, la, size)) {
        *value = bus_load(cpu, (t->pa & ~0xfffull) | (la & 0xfff), size);
        return true;
    }
    *value = 0;
    return access_read_bytes(cpu, seg, la, size, (u8 *)value);
}

bool access_write(struct cpu *cpu, unsigned seg, u64 la, unsigned size, u64 value)
{
    const struct tlb_entry *t = tlb_entry_of(cpu, la);

    if (is_device(t->tag_write, la, size)) {
        bus_store(cpu, (t->pa & ~0xfffull) | (la & 0xfff), size, low_bits(value, size * 8));
        return true;
    }
    return access_write_bytes(cpu, seg, la, size, (const u8 *)&value);
}

bool access_probe_write(struct cpu *cpu, unsigned seg, u64 la, unsigned size)
{
    struct span span;

    if (tlb_store_after_drawing(cpu, tlb_entry_of(cpu, la), la, size)) return true;
    return is_canonical(cpu, seg, la, size) && aligned(cpu, la, size) && open_span(cpu, seg, la, size, ACCESS_WRITE, &span);
}

bool access_read_bytes(struct cpu *cpu, unsigned seg, u64 la, unsigned size, u8 *out)
{
    struct span span;

    if (!(size & (size - 1)) && is_canonical(cpu, seg, la, size) && !aligned(cpu, la, size)) return false;
    if (!open_span(cpu, seg, la, size, ACCESS_READ, &span)) return false;
    debug_note_data(cpu, la, size, false);
    span_read(cpu, &span, out);
    return true;
}

static u8 *host_of(const struct tlb_entry *t, u64 la) { return (u8 *)(uintptr_t)(t->addend + la); }

bool access_write_bytes(struct cpu *cpu, unsigned seg, u64 la, unsigned size, const u8 *in)
{
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    struct span span;

    if (tlb_store_after_drawing(cpu, t, la, size)) {
        memcpy(host_of(t, la), in, size);
        return true;
    }
    if (!(size & (size - 1)) && is_canonical(cpu, seg, la, size) && !aligned(cpu, la, size)) return false;
    if (!open_span(cpu, seg, la, size, ACCESS_WRITE, &span)) return false;
    debug_note_data(cpu, la, size, true);
    span_write(cpu, &span, in);
    return true;
}

/* --- descriptor tables and the TSS --- */

static bool open_system_span(struct cpu *cpu, u64 la, unsigned size, unsigned access, struct span *span)
{
    if (!long_mode(cpu)) la = (u32)la;
    return is_canonical(cpu, CPU_SEG_DS, la, size) && locate_span(cpu, la, size, access, TLB_SUPERVISOR, span);
}

bool access_system_read(struct cpu *cpu, u64 la, unsigned size, u64 *value)
{
    struct span span;

    if (!open_system_span(cpu, la, size, ACCESS_READ | ACCESS_IMPLICIT, &span)) return false;
    *value = 0;
    span_read(cpu, &span, (u8 *)value);
    return true;
}

bool access_system_write(struct cpu *cpu, u64 la, unsigned size, u64 value)
{
    u64 page_la = long_mode(cpu) ? la : (u32)la;
    struct tlb_entry *t = &cpu->tlb_set[TLB_SUPERVISOR][page_la >> 12 & (TLB_ENTRIES - 1)];
    struct span span;

    if (tlb_store_after_drawing(cpu, t, page_la, size)) {
        memcpy(host_of(t, page_la), &value, size);
        return true;
    }
    if (!open_system_span(cpu, la, size, ACCESS_WRITE | ACCESS_IMPLICIT, &span)) return false;
    span_write(cpu, &span, (const u8 *)&value);
    return true;
}

bool system_probe_write(struct cpu *cpu, u64 la, unsigned size)
{
    struct span span;
    return open_system_span(cpu, la, size, ACCESS_WRITE | ACCESS_IMPLICIT, &span);
}

u8 *access_host(struct cpu *cpu, u64 la, unsigned size, enum access access)
{
    struct tlb_entry *t = tlb_entry_of(cpu, la);

    if ((la & 0xfff) + size > PAGE_BYTES) return NULL;
    if ((access == ACCESS_WRITE ? t->tag_write : t->tag_read) != (la & ~0xfffull)) return NULL;
    return host_of(t, la);
}

bool access_refill(struct cpu *cpu, u64 la, unsigned access)
{
    struct tlb_entry *t = tlb_entry_of(cpu, la);
    const u64 *tag = access & ACCESS_WRITE ? &t->tag_write : &t->tag_read;
    u64 page_la = la & ~0xfffull;
    struct translation to;

    if (access & ACCESS_WRITE && tlb_store_after_drawing(cpu, t, la, 1)) return true;
    if (cpu->tlb == cpu->tlb_set[TLB_NEVER] || (*tag & ~(TLB_WATCHED | TLB_DEVICE)) == page_la || !canonical(la)) return false;
    if (!page_walk_quiet(cpu, la, access, cpu->cpl == 3, &to)) return false;
    tlb_fill(cpu, tlb_set_of_cpl(cpu), la, access, &to, page_at(cpu, to.pa));
    return *tag == page_la;
}

bool access_fetch(struct cpu *cpu, u64 la, u64 *pa)
{
    struct place place;

    if (!locate(cpu, la, ACCESS_FETCH, tlb_set_of_cpl(cpu), &place)) return false;
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
