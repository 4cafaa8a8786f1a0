/* The TLB: direct-mapped sets of host pointers, one set a privilege.             doc: memory-access
 * An entry answers for a page as long as the guest has not asked for it to go; a page whose
 * accesses must all be looked at (a device, ROM for writes, decoded code for writes, a data
 * breakpoint) gets no tag. */
#include "cpu/memory/access.h"
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

static void invalidate(struct cpu *cpu, unsigned set, unsigned i)
{
    struct tlb_entry *t = &cpu->tlb_set[set][i];

    t->tag_read = t->tag_write = TLB_INVALID;
    mark(cpu->tlb_marks[set].filled, i, false);
}

/* A store may follow at once (access_probe_write says that one will): that is why `written` is set
 * here. */
void tlb_fill(struct cpu *cpu, unsigned set, u64 la, unsigned access, const struct translation *to,
              struct physical_page *page)
{
    unsigned i = index_of(la);
    struct tlb_entry *t = &cpu->tlb_set[set][i];
    u64 page_la = la & ~0xfffull;

    if (access & ACCESS_WRITE && page->write) page->written = true;
    if (!page->read || !to->readable || debug_page_watched(cpu, la)) {
        if (t->tag_read == page_la) invalidate(cpu, set, i);
        return;
    }
    bool plain = page->write == page->read && !page->code_chunks && page->written && page != cpu->monitored;
    *t = (struct tlb_entry){
        .tag_read = page_la, .tag_write = to->storable && plain ? page_la : TLB_INVALID,
        .addend = (u64)(uintptr_t)page->read - page_la, .pa = (to->pa & ~0xfffull) | (to->executable ? 0 : TLB_NO_FETCH),
    };
    mark(cpu->tlb_marks[set].filled, i, true);
    mark(cpu->tlb_marks[set].global, i, to->global);
    mark(cpu->tlb_marks[set].big, i, to->big);
}

/* Entries of a word of marks, lowest first; wanted loses what it yields. */
static unsigned take_lowest(u64 *wanted, unsigned word)
{
    unsigned i = word * 64 + (unsigned)__builtin_ctzll(*wanted);
    *wanted &= *wanted - 1;
    return i;
}

void tlb_flush(struct cpu *cpu)
{
    for (unsigned set = 0; set < TLB_SETS; set++) {
        for (unsigned i = 0; i < TLB_ENTRIES; i++)
            cpu->tlb_set[set][i].tag_read = cpu->tlb_set[set][i].tag_write = TLB_INVALID;
        cpu->tlb_marks[set] = (struct tlb_marks){ 0 };
    }
}

void tlb_flush_local(struct cpu *cpu)
{
    for (unsigned set = 0; set < TLB_NEVER; set++) {
        struct tlb_marks *m = &cpu->tlb_marks[set];
        for (unsigned word = 0; word < TLB_MARK_WORDS; word++)
            for (u64 go = m->filled[word] & ~m->global[word]; go;)
                invalidate(cpu, set, take_lowest(&go, word));
    }
}

/* INVLPG of an address in a big page drops every piece of it: all of its GiB, whatever the size is. */
static void flush_big_page(struct cpu *cpu, unsigned set, u64 la)
{
    const struct tlb_marks *m = &cpu->tlb_marks[set];

    for (unsigned word = 0; word < TLB_MARK_WORDS; word++) {
        for (u64 look = m->filled[word] & m->big[word]; look;) {
            unsigned i = take_lowest(&look, word);
            if (cpu->tlb_set[set][i].tag_read >> 30 == la >> 30) invalidate(cpu, set, i);
        }
    }
}

void tlb_flush_page(struct cpu *cpu, u64 la)
{
    for (unsigned set = 0; set < TLB_NEVER; set++) {
        unsigned i = index_of(la);
        if (cpu->tlb_set[set][i].tag_read == (la & ~0xfffull)) invalidate(cpu, set, i);
        flush_big_page(cpu, set, la);
    }
}

void tlb_protect_page(struct cpu *cpu, u64 pa)
{
    for (unsigned set = 0; set < TLB_NEVER; set++) {
        for (unsigned word = 0; word < TLB_MARK_WORDS; word++) {
            for (u64 look = cpu->tlb_marks[set].filled[word]; look;) {
                struct tlb_entry *t = &cpu->tlb_set[set][take_lowest(&look, word)];
                if (t->pa >> 12 == pa >> 12) t->tag_write = TLB_INVALID;
            }
        }
    }
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
    while (size_bytes) {
        u64 room = PAGE_BYTES - (pa & (PAGE_BYTES - 1)), n = size_bytes < room ? size_bytes : room;
        struct physical_page *page = physical_page_at(cpu->memory, pa);
        page->written |= page->write != NULL;
        if (page->code_chunks) trace_code_written(cpu, pa, (unsigned)n);
        if (page == cpu->monitored) monitor_store(cpu, pa, (unsigned)n);
        pa += n;
        size_bytes -= n;
    }
}
