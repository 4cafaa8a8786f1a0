#include "cpu/run/breaks.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "cpu/decode/trace.h"
#include "cpu/memory/access.h"
#include "cpu/memory/unwritten.h"

enum { BEGINS_KEPT = 1024 };     /* beyond it the addresses of mappings that are gone are forgotten */

/* --- where traces begin --- */

static void begin_at(struct cpu *cpu, u64 pa)
{
    struct breaks *b = cpu->breaks;

    if (breaks_begin_at(cpu, pa)) return;
    if (b->begins_count == b->begins_room) {
        b->begins_room = b->begins_room ? 2 * b->begins_room : 16;
        b->begins = allocated(realloc(b->begins, b->begins_room * sizeof *b->begins));
    }
    b->begins[b->begins_count++] = pa;
    b->begins_filter |= 1ull << (pa & 63);
    trace_code_written(cpu, pa, 1);              /* traces across it are stale */
}

static void forget_begins(struct cpu *cpu)
{
    struct breaks *b = cpu->breaks;

    b->begins_count = 0;
    b->begins_filter = 0;
    for (unsigned i = 0; i < b->count; i++)
        if (b->place[i].kind == CPU_BREAK_PHYSICAL) begin_at(cpu, b->place[i].address);
}

/* A page may be mapped at several places, and a place to another page at any time: which physical address a breakpoint has is known when
 * code of its page is looked up there, and that happens before any of it runs. */
void breaks_enter_page(struct cpu *cpu, u64 la, u64 pa)
{
    struct breaks *b = cpu->breaks;

    for (unsigned i = 0; i < b->count; i++) {
        enum cpu_break_kind kind = b->place[i].kind;
        if (kind != CPU_BREAK_LINEAR && kind != CPU_BREAK_VIRTUAL) continue;
        if (b->linear[i] >> 12 == la >> 12) begin_at(cpu, (pa & ~0xfffull) | (b->linear[i] & 0xfff));
    }
    if (b->begins_count > BEGINS_KEPT) {
        forget_begins(cpu);
        trace_forget_lookups(cpu);
    }
}

static void see_cs(struct cpu *cpu)
{
    struct breaks *b = cpu->breaks;

    for (unsigned i = 0; i < b->count; i++) {
        if (b->place[i].kind != CPU_BREAK_VIRTUAL || b->place[i].selector != cpu->seg[CPU_SEG_CS].selector) continue;
        u64 la = linear_of(cpu, CPU_SEG_CS, b->place[i].address);
        if (la == b->linear[i]) continue;
        b->linear[i] = la;
        b->places_filter |= 1ull << (la & 63);
        trace_forget_lookups(cpu);
    }
}

/* XCHG r16, r16 of a register with itself: in 16-bit code 87 /r, elsewhere with an operand-size prefix. */
static bool is_magic(const struct breaks *b, const u8 *bytes, size_t size, bool operands_16)
{
    u16 registers = 0;
    size_t at = operands_16 ? 0 : 1;

    for (unsigned i = 0; i < b->count; i++)
        if (b->place[i].kind == CPU_BREAK_MAGIC) registers |= b->place[i].selector;
    if (size < at + 2 || (at && bytes[0] != 0x66) || bytes[at] != 0x87) return false;
    u8 modrm = bytes[at + 1];
    return modrm >> 6 == 3 && (modrm >> 3 & 7) == (modrm & 7) && registers >> (modrm & 7) & 1;
}

void breaks_see_code(struct cpu *cpu, u64 pa, const u8 *bytes, size_t size, bool operands_16)
{
    if (breaks_catch_some(cpu, CPU_BREAK_MAGIC) && is_magic(cpu->breaks, bytes, size, operands_16)) begin_at(cpu, pa);
}

static bool magic_here(struct cpu *cpu, u64 la)
{
    u8 bytes[3];
    size_t size = cpu_peek_linear(cpu, la, bytes, sizeof bytes);
    return is_magic(cpu->breaks, bytes, size, !(cpu->mode & (MODE_CODE32 | MODE_LONG64)));
}

/* Loading CS is a step of what changes a mode, not always the last one: which mode it is shows between instructions. */
void breaks_see_mode(struct cpu *cpu)
{
    see_cs(cpu);
    if (!breaks_catch_some(cpu, CPU_CATCH_MODE) && !breaks_catch_some(cpu, CPU_CATCH_CPL)) return;
    cpu->breaks->mode_derived = true;
    cpu_leave_after_instruction(cpu);
}

/* --- stops --- */

static bool stands_on(struct cpu *cpu, const struct cpu_break *p)
{
    u64 la = linear_of(cpu, CPU_SEG_CS, cpu->rip), pa;

    switch (p->kind) {
    case CPU_BREAK_LINEAR: return p->address == la;
    case CPU_BREAK_VIRTUAL: return p->selector == cpu->seg[CPU_SEG_CS].selector && p->address == cpu->rip;
    case CPU_BREAK_MAGIC: return magic_here(cpu, la);
    case CPU_BREAK_PHYSICAL: return !((p->address ^ la) & 0xfff) && cpu_translate(cpu, la, &pa) && p->address == pa;
    default: return false;
    }
}

/* RF is set between the iterations of a repeated instruction, and when an instruction that faulted begins again. */
bool breaks_here(struct cpu *cpu)
{
    struct breaks *b = cpu->breaks;

    if (!(b->places_filter >> (linear_of(cpu, CPU_SEG_CS, cpu->rip) & 63) & 1)) return false;
    if (cpu->rflags & EFLAGS_RF || (cpu->time->now == b->passed_tick && cpu->rip == b->passed_rip)) return false;
    for (unsigned i = 0; i < b->count; i++) {
        if (!stands_on(cpu, &b->place[i])) continue;
        b->hit = (struct cpu_break_hit){ .place = i };
        return true;
    }
    return false;
}

static void see_new_mode(struct cpu *cpu)
{
    struct breaks *b = cpu->breaks;
    enum cpu_mode mode = b->mode;
    u8 cpl = b->cpl;

    b->mode_derived = false;
    b->mode = cpu_mode(cpu);
    b->cpl = cpu->cpl;
    if (b->mode != mode) breaks_catch(cpu, CPU_CATCH_MODE, b->mode, 1, mode);
    if (b->cpl != cpl) breaks_catch(cpu, CPU_CATCH_CPL, b->cpl, 1, cpl);
}

bool breaks_hit(struct cpu *cpu)
{
    if (cpu->breaks->mode_derived) see_new_mode(cpu);
    bool hit = cpu->breaks->hit_waits;
    cpu->breaks->hit_waits = false;
    return hit;
}

/* --- watched memory --- */

/* What cannot be known of some pages alone. */
enum { EVERY_ACCESS = 1 << CPU_CATCH_UNWRITTEN | 1 << CPU_CATCH_LOAD | 1 << CPU_CATCH_STORE };

static bool is_watch(enum cpu_break_kind kind) { return kind >= CPU_WATCH_READ && kind <= CPU_WATCH_LINEAR_WRITE; }
static bool is_linear_watch(enum cpu_break_kind kind) { return kind == CPU_WATCH_LINEAR_READ || kind == CPU_WATCH_LINEAR_WRITE; }

/* The last byte that can be watched is not the last one there is, so that sums do not wrap. */
static bool watches(const struct cpu_break *p, u64 la, u64 pa, u64 size_bytes, bool write)
{
    u64 at = is_linear_watch(p->kind) ? la : pa;
    bool of_writes = p->kind == CPU_WATCH_WRITE || p->kind == CPU_WATCH_LINEAR_WRITE;

    return is_watch(p->kind) && of_writes == write && at - p->address + size_bytes - 1 < p->size_bytes + size_bytes - 1;
}

bool breaks_page_watched(const struct cpu *cpu, u64 la, u64 pa, bool write)
{
    const struct breaks *b = cpu->breaks;

    if (b->catches & EVERY_ACCESS) return true;
    for (unsigned i = 0; i < b->count; i++)
        if (watches(&b->place[i], la & ~0xfffull, pa & ~0xfffull, PAGE_BYTES, write)) return true;
    return false;
}

static void look_for_unwritten(struct cpu *cpu, u64 la, u64 pa, unsigned size_bytes, bool write)
{
    u64 first;

    if (write) unwritten_store(cpu->memory->unwritten, pa, size_bytes);
    else if (unwritten_find(cpu->memory->unwritten, pa, size_bytes, &first)) breaks_catch(cpu, CPU_CATCH_UNWRITTEN, first, 1, la);
}

void breaks_look_at(struct cpu *cpu, u64 la, u64 pa, unsigned size_bytes, bool write)
{
    struct breaks *b = cpu->breaks;

    if (cpu->memory->unwritten) look_for_unwritten(cpu, la, pa, size_bytes, write);
    breaks_catch(cpu, write ? CPU_CATCH_STORE : CPU_CATCH_LOAD, la, size_bytes, pa);
    for (unsigned i = 0; i < b->count && !b->hit_waits; i++) {
        if (!watches(&b->place[i], la, pa, size_bytes, write)) continue;
        b->hit = (struct cpu_break_hit){ .place = i, .la = la, .pa = pa, .size_bytes = size_bytes };
        b->hit_waits = true;
        cpu_leave_after_instruction(cpu);
    }
}

/* --- what is caught --- */

void breaks_look_for(struct cpu *cpu, enum cpu_break_kind kind, u64 number, unsigned count, u64 value)
{
    struct breaks *b = cpu->breaks;

    if (cpu->listener.kinds >> kind & 1) {
        u64 rip = kind == CPU_CATCH_RETURN ? cpu->next_rip : cpu->rip;       /* CS is that of the place it returns to */
        struct cpu_heard heard = {
            .kind = kind, .count = count, .tick = cpu->in_instruction ? cpu_now(cpu) : cpu->time->now, .rip = rip, .la = linear_of(cpu, CPU_SEG_CS, rip), .number = number, .value = value,
            .cs = cpu->seg[CPU_SEG_CS].selector, .cpl = cpu->cpl,
        };
        cpu->listener.hear(cpu->listener.context, &heard);
    }
    for (unsigned i = 0; i < b->count && !b->hit_waits; i++) {
        const struct cpu_break *p = &b->place[i];
        bool any = p->size_bytes == CPU_CATCH_ANY;
        if (p->kind != kind || !(any || (number < p->address + p->size_bytes && p->address < number + count))) continue;
        b->hit = (struct cpu_break_hit){ .place = i, .size_bytes = count, .number = number, .value = value };
        b->hit_waits = true;
        cpu_leave_after_instruction(cpu);
    }
}

void cpu_note(struct cpu *cpu, enum cpu_break_kind kind, u64 number, unsigned count, u64 value) { breaks_catch(cpu, kind, number, count, value); }

/* --- the list --- */

void breaks_destroy(struct cpu *cpu)
{
    struct breaks *b = cpu->breaks;

    if (!b) return;
    free(b->place);
    free(b->linear);
    free(b->begins);
    free(b);
    cpu->breaks = NULL;
}

static void add_watched(struct breaks *b, const struct cpu_break *watch)
{
    u64 last = watch->address + watch->size_bytes - 1;
    bool linear = is_linear_watch(watch->kind);
    u64 *lowest = linear ? &b->watched_la_first : &b->watched_first, *highest = linear ? &b->watched_la_last : &b->watched_last;

    if (watch->address < *lowest) *lowest = watch->address;
    if (last > *highest) *highest = last;
}

static struct breaks *breaks_create(const struct cpu_break *places, unsigned count, u32 heard)
{
    struct breaks *b = allocated(calloc(1, sizeof *b));

    b->place = allocated(malloc((count + 1) * sizeof *places));
    b->linear = allocated(malloc((count + 1) * sizeof *b->linear));
    b->count = count;
    b->catches = heard;
    b->watched_first = b->watched_la_first = UINT64_MAX;
    if (count) memcpy(b->place, places, count * sizeof *places);
    for (unsigned i = 0; i < count; i++) {
        enum cpu_break_kind kind = places[i].kind;
        b->linear[i] = kind == CPU_BREAK_LINEAR ? places[i].address : UINT64_MAX;
        if (is_watch(kind)) add_watched(b, &places[i]);
        b->catches |= 1u << kind;
        if (kind == CPU_BREAK_MAGIC) b->places_filter = UINT64_MAX;
        if (kind == CPU_BREAK_LINEAR || kind == CPU_BREAK_PHYSICAL) b->places_filter |= 1ull << (places[i].address & 63);
    }
    return b;
}

static bool same(const struct cpu_break *a, const struct cpu_break *b)
{
    return a->kind == b->kind && a->selector == b->selector && a->address == b->address && a->size_bytes == b->size_bytes;
}

static bool same_list(const struct breaks *b, const struct cpu_break *places, unsigned count)
{
    if ((b ? b->count : 0) != count) return false;
    for (unsigned i = 0; i < count; i++)
        if (!same(&b->place[i], &places[i])) return false;
    return true;
}

/* Which bytes were stored to is known of all processors' memory at once, and looked at whole: every page's accesses are. */
static void follow_stores(struct cpu *cpu, bool on)
{
    struct unwritten **u = &cpu->memory->unwritten;

    if (on && !*u) *u = unwritten_create(cpu->memory);
    if (on || !*u) return;
    unwritten_destroy(*u);
    *u = NULL;
}

static void set_anew(struct cpu *cpu, const struct cpu_break *places, unsigned count)
{
    struct breaks *b = count || cpu->listener.kinds ? breaks_create(places, count, cpu->listener.kinds) : NULL;

    breaks_destroy(cpu);
    trace_cache_flush(cpu);
    cpu->breaks = b;
    follow_stores(cpu, b && b->catches >> CPU_CATCH_UNWRITTEN & 1);
    if (b) {
        if (b->catches & EVERY_ACCESS) b->watched_first = 0, b->watched_last = UINT64_MAX / 2;
        forget_begins(cpu);
        see_cs(cpu);
        b->mode = cpu_mode(cpu);
        b->cpl = cpu->cpl;
    }
    tlb_mark_watched(cpu);
}

void cpu_set_listener(struct cpu *cpu, u32 kinds, void (*hear)(void *context, const struct cpu_heard *heard), void *context)
{
    cpu->listener = (struct cpu_listener){ kinds, hear, context };
    set_anew(cpu, cpu->breaks ? cpu->breaks->place : NULL, cpu->breaks ? cpu->breaks->count : 0);
}

void cpu_set_breaks(struct cpu *cpu, const struct cpu_break *places, unsigned count)
{
    if (!same_list(cpu->breaks, places, count)) set_anew(cpu, places, count);
    if (!cpu->breaks) return;
    cpu->breaks->passed_tick = cpu->time->now;
    cpu->breaks->passed_rip = cpu->rip;
    cpu->breaks->hit_waits = false;
}

const struct cpu_break_hit *cpu_break_hit(const struct cpu *cpu) { return &cpu->breaks->hit; }
