/* The TLB: direct-mapped sets of host pointers, one set a privilege.             doc: memory-access
 * An entry answers for a page as long as the guest has not asked for it to go; a page whose
 * accesses must all be looked at (a device, ROM for writes, decoded code for writes, a data
 * breakpoint) gets no tag. */
#include "cpu/decode/trace.h"
#include "cpu/memory/access.h"
#include "cpu/memory/unwritten.h"
#include "cpu/run/breaks.h"
#include "cpu/system/system.h"

static unsigned index_of(u64 la)
{
    return la >> 12 & (TLB_ENTRIES - 1);
}

static void mark(u64 *words, unsigned i, bool on)
{
    u64 one = 1ull << (i & 63);
    words[i / 64] = on ? words[i / 64] | one : words[i / 64] & ~one;
}

/* A valid tag of the page at la, whatever hinders a hit. */
static bool is_tag_of(u64 tag, u64 la) { return (tag & ~(TLB_WATCHED | TLB_DEVICE)) == (la & ~0xfffull); }

static void empty(struct tlb_entry *t) { t->tag_read = t->tag_write = TLB_INVALID; }

static void invalidate(struct cpu *cpu, unsigned set, unsigned i)
{
    struct tlb_marks *m = &cpu->tlb_marks[set];

    empty(&cpu->tlb_set[set][i]);
    mark(m->filled, i, false);
    if (!m->filled[i / 64]) m->some_filled &= ~(1ull << i / 64);
}

/* Bits that are left, lowest first; wanted loses what it yields. */
static unsigned take_lowest(u64 *wanted)
{
    unsigned i = (unsigned)__builtin_ctzll(*wanted);
    *wanted &= *wanted - 1;
    return i;
}

bool tlb_holds_global(const struct cpu *cpu, u64 la)
{
    unsigned set = (unsigned)(cpu->tlb - cpu->tlb_set[0]) / TLB_ENTRIES, i = index_of(la);

    return is_tag_of(cpu->tlb[i].tag_read, la) && cpu->tlb_marks[set].global[i / 64] >> (i & 63) & 1;
}

void tlb_create(struct cpu *cpu)
{
    cpu->flushes = cpu->local_flushes = 1;           /* no page has been noted at 0 */
    for (unsigned set = 0; set < TLB_SETS; set++)
        for (unsigned i = 0; i < TLB_ENTRIES; i++) empty(&cpu->tlb_set[set][i]);
}

/* --- which entries let stores pass to a page --- */

enum tag_holders { TAG_HOLDER_NONE, TAG_HOLDER_ONE, TAG_HOLDERS_MANY };
_Static_assert((int)TLB_NEVER * (int)TLB_ENTRIES <= UINT16_MAX, "tag_at names an entry of any set");

static struct tlb_entry *holder(struct cpu *cpu, const struct physical_page *page)
{
    return &cpu->tlb_set[0][0] + page->tag_at;
}

static bool lets_stores_pass(const struct tlb_entry *t, u64 pa)
{
    return t->tag_write != TLB_INVALID && t->pa >> 12 == pa >> 12;
}

static void note_holder(struct cpu *cpu, struct physical_page *page, const struct tlb_entry *t, u64 pa)
{
    u16 at = (u16)(t - &cpu->tlb_set[0][0]);
    bool other = page->tag_holders == TAG_HOLDER_ONE && page->tag_at != at && lets_stores_pass(holder(cpu, page), pa);

    if (page->tag_holders == TAG_HOLDERS_MANY) return;
    other |= cpu->next != cpu;                       /* the entry is one of this processor: that of another has no number here */
    page->tag_holders = other ? TAG_HOLDERS_MANY : TAG_HOLDER_ONE;
    page->tag_at = at;
}

static void protect_everywhere(struct cpu *cpu, u64 pa)
{
    for (unsigned set = 0; set < TLB_NEVER; set++) {
        const struct tlb_marks *m = &cpu->tlb_marks[set];
        for (u64 words = m->some_filled; words;) {
            unsigned word = take_lowest(&words);
            for (u64 look = m->filled[word]; look;) {
                struct tlb_entry *t = &cpu->tlb_set[set][word * 64 + take_lowest(&look)];
                if (t->pa >> 12 == pa >> 12) t->tag_write = TLB_INVALID;
            }
        }
    }
}

void tlb_protect_page(struct cpu *cpu, u64 pa)
{
    struct physical_page *page = physical_page_at(cpu->memory, pa);
    enum tag_holders holders = page->tag_holders;
    struct cpu *c = cpu;

    page->tag_holders = TAG_HOLDER_NONE;
    if (holders == TAG_HOLDER_ONE && lets_stores_pass(holder(cpu, page), pa)) holder(cpu, page)->tag_write = TLB_INVALID;
    if (holders != TAG_HOLDERS_MANY) return;
    do {
        protect_everywhere(c, pa);
        c = c->next;
    } while (c != cpu);
}

/* --- filling --- */

/* A tag for the page at pa, valid or not, as the debugger's watchpoints want it. */
static u64 watched_tag(const struct cpu *cpu, u64 tag, u64 pa, bool write)
{
    if (tag == TLB_INVALID) return tag;
    return cpu->breaks && breaks_page_watched(cpu, tag, pa, write) ? tag | TLB_WATCHED : tag & ~TLB_WATCHED;
}

static void mark_entry(const struct cpu *cpu, struct tlb_entry *t)
{
    t->tag_read = watched_tag(cpu, t->tag_read, t->pa, false);
    t->tag_write = watched_tag(cpu, t->tag_write, t->pa, true);
}

/* A store may follow at once (access_probe_write says that one will): that is why `written` is set
 * here. */
void tlb_fill(struct cpu *cpu, unsigned set, u64 la, unsigned access, const struct translation *to,
              struct physical_page *page)
{
    unsigned i = index_of(la);
    struct tlb_entry *t = &cpu->tlb_set[set][i];
    struct tlb_marks *m = &cpu->tlb_marks[set];
    u64 page_la = la & ~0xfffull;
    bool device = !page->read && !page->write;

    if (access & ACCESS_WRITE && page->write) page->written = page->changed = true;
    if ((!page->read && !device) || !to->readable || debug_page_watched(cpu, la)) {
        if (is_tag_of(t->tag_read, la)) invalidate(cpu, set, i);
        return;
    }
    bool plain = page->write == page->read && !page->code_chunks && page->written && !processors_monitor(cpu, page);
    *t = (struct tlb_entry){
        .tag_read = page_la, .tag_write = to->storable && plain ? page_la | (page->shown && !page->changed ? TLB_DRAWN : 0) : TLB_INVALID,
        .addend = (u64)(uintptr_t)page->read - page_la, .pa = (to->pa & ~0xfffull) | (to->executable ? 0 : TLB_NO_FETCH) | TLB_NOT_FETCHED,
    };
    if (device) {
        t->tag_read = page_la | TLB_DEVICE;
        t->tag_write = to->storable ? page_la | TLB_DEVICE : TLB_INVALID;
    } else if (t->tag_write != TLB_INVALID) note_holder(cpu, page, t, to->pa);
    if (unlikely(cpu->breaks)) mark_entry(cpu, t);
    mark(m->filled, i, true);
    mark(m->global, i, to->global);
    mark(m->big, i, to->page_bits > 12);
    m->some_filled |= 1ull << i / 64;
    if (to->page_bits > 12) m->some_big |= 1ull << i / 64;
    m->huge |= to->page_bits == 30;
}

/* --- forgetting --- */

void tlb_flush(struct cpu *cpu)
{
    cpu->flushes++;
    cpu->local_flushes++;
    targets_forget(cpu);
    for (unsigned set = 0; set < TLB_NEVER; set++) {
        struct tlb_marks *m = &cpu->tlb_marks[set];
        for (u64 words = m->some_filled; words;) {
            unsigned word = take_lowest(&words);
            for (u64 go = m->filled[word]; go;) empty(&cpu->tlb_set[set][word * 64 + take_lowest(&go)]);
            m->filled[word] = m->big[word] = 0;
        }
        m->some_filled = m->some_big = 0;
        m->huge = false;
    }
}

void tlb_flush_local(struct cpu *cpu)
{
    cpu->local_flushes++;
    targets_forget_local(cpu);
    for (unsigned set = 0; set < TLB_NEVER; set++) {
        struct tlb_marks *m = &cpu->tlb_marks[set];
        for (u64 words = m->some_filled; words;) {
            unsigned word = take_lowest(&words);
            for (u64 go = m->filled[word] & ~m->global[word]; go;)
                empty(&cpu->tlb_set[set][word * 64 + take_lowest(&go)]);
            m->filled[word] &= m->global[word];
            if (!m->filled[word]) m->some_filled &= ~(1ull << word);
        }
    }
}

/* Words of marks in which pieces of a page of at most 4 MiB at la can stand. */
static u64 words_of_big_page(u64 la)
{
    unsigned first = index_of(la) / 64 & ~15u;       /* 1024 entries */
    return 0xffffull << first;
}

/* INVLPG of an address in a big page drops every piece of it: whatever its size is, all of its 4 MiB, or GiB when there are pages of
 * that size. */
static void flush_big_page(struct cpu *cpu, unsigned set, u64 la)
{
    struct tlb_marks *m = &cpu->tlb_marks[set];
    unsigned shift = m->huge ? 30 : 22;

    for (u64 words = m->some_big & (m->huge ? UINT64_MAX : words_of_big_page(la)); words;) {
        unsigned word = take_lowest(&words);
        if (!(m->filled[word] & m->big[word])) m->some_big &= ~(1ull << word);
        for (u64 look = m->filled[word] & m->big[word]; look;) {
            unsigned i = word * 64 + take_lowest(&look);
            if (cpu->tlb_set[set][i].tag_read >> shift == la >> shift) invalidate(cpu, set, i);
        }
    }
}

void tlb_flush_page(struct cpu *cpu, u64 la)
{
    unsigned i = index_of(la);

    bool big = false, huge = false;

    for (unsigned set = 0; set < TLB_NEVER; set++) {
        if (is_tag_of(cpu->tlb_set[set][i].tag_read, la)) invalidate(cpu, set, i);
        if (cpu->tlb_marks[set].some_big) {
            big = true;
            huge |= cpu->tlb_marks[set].huge;
            flush_big_page(cpu, set, la);
        }
    }
    if (huge) targets_forget(cpu);
    else targets_forget_page(cpu, la, big);
}

void tlb_mark_watched(struct cpu *cpu)
{
    for (unsigned set = 0; set < TLB_NEVER; set++)
        for (unsigned i = 0; i < TLB_ENTRIES; i++) mark_entry(cpu, &cpu->tlb_set[set][i]);
}

/* --- pages that are shown --- */

void cpu_pages_drawn(struct cpu *cpu, u64 pa, u64 size)
{
    for (unsigned set = 0; set < TLB_NEVER; set++) {
        const struct tlb_marks *m = &cpu->tlb_marks[set];
        for (u64 words = m->some_filled; words;) {
            unsigned word = take_lowest(&words);
            for (u64 look = m->filled[word]; look;) {
                struct tlb_entry *t = &cpu->tlb_set[set][word * 64 + take_lowest(&look)];
                if ((t->pa & ~0xfffull) - pa < size && t->tag_write != TLB_INVALID) t->tag_write |= TLB_DRAWN;
            }
        }
    }
    for (u64 at = 0; at < size; at += PAGE_BYTES) physical_page_at(cpu->memory, pa + at)->changed = false;
}

bool tlb_store_after_drawing(struct cpu *cpu, struct tlb_entry *t, u64 la, unsigned size)
{
    if (likely((t->tag_write & ~TLB_WATCHED) != (page_of_last(la, size) | TLB_DRAWN))) return false;
    t->tag_write &= ~TLB_DRAWN;
    physical_page_at(cpu->memory, t->pa)->changed = true;
    return !(t->tag_write & TLB_WATCHED);
}

/* --- what the board tells --- */

void cpu_memory_changed(struct cpu *cpu)
{
    tlb_flush(cpu);
    cpu_leave_after_instruction(cpu);
}

void cpu_set_a20(struct cpu *cpu, bool enabled)
{
    if (cpu->a20 == enabled) return;
    cpu->a20 = enabled;
    tlb_flush(cpu);
    cpu_leave_after_instruction(cpu);
}

void cpu_memory_written(struct cpu *cpu, u64 pa, u64 size_bytes)
{
    if (unlikely(cpu->memory->unwritten)) unwritten_store(cpu->memory->unwritten, pa, size_bytes);
    while (size_bytes) {
        u64 room = PAGE_BYTES - (pa & (PAGE_BYTES - 1)), n = size_bytes < room ? size_bytes : room;
        struct physical_page *page = physical_page_at(cpu->memory, pa);
        if (page->write) page->written = page->changed = true;
        if (page->code_chunks) trace_code_written(cpu, pa, (unsigned)n);
        if (processors_monitor(cpu, page)) processors_store(cpu, page, pa, (unsigned)n);
        pa += n;
        size_bytes -= n;
    }
}
