/* What the TLB holds, as bytes.                                                   doc: time-travel
 * A guest that changes a table and does not ask for the page to go may see the old translation, so a snapshot that forgot them would go
 * another way than the run that it was taken from.  Three words an entry:
 *
 *   linear address | set [1:0]  [2] global  [3] of a page larger than 4 KiB  [4] of 1 GiB  [5] stores are allowed
 *   physical address | [0] no fetch
 *
 * behind two words: what the last fetch met ([0] RAM to which nothing was ever stored), and how many faults were raised. */
#include <string.h>

#include "cpu/memory/access.h"
#include "cpu/run/breaks.h"
#include "cpu/system/system.h"

enum { ENTRY_SET = 3, ENTRY_GLOBAL = 4, ENTRY_BIG = 8, ENTRY_HUGE = 16, ENTRY_STORE = 32, ENTRY_BYTES = 16, HEAD_BYTES = 16 };
#define PAGE_OF(word) ((word) & ~0xfffull)

static bool marked(const u64 *words, unsigned i) { return words[i / 64] >> (i & 63) & 1; }

static u64 first_word(const struct cpu *cpu, unsigned set, unsigned i)
{
    const struct tlb_entry *t = &cpu->tlb_set[set][i];
    const struct tlb_marks *m = &cpu->tlb_marks[set];

    return PAGE_OF(t->tag_read) | set | (marked(m->global, i) ? ENTRY_GLOBAL : 0) | (marked(m->big, i) ? ENTRY_BIG : 0) | (m->huge ? ENTRY_HUGE : 0) |
           (t->tag_write != TLB_INVALID ? ENTRY_STORE : 0);
}

size_t cpu_save_translations(const struct cpu *cpu, u8 *bytes, size_t room)
{
    size_t used = HEAD_BYTES;

    if (room >= HEAD_BYTES) {
        put64(bytes, cpu->never_written_fetch);
        put64(bytes + 8, cpu_faults_raised(cpu));
    }
    for (unsigned set = 0; set < TLB_NEVER; set++)
        for (unsigned i = 0; i < TLB_ENTRIES; i++) {
            const struct tlb_entry *t = &cpu->tlb_set[set][i];
            if (!marked(cpu->tlb_marks[set].filled, i) || t->tag_read == TLB_INVALID) continue;
            if (used + ENTRY_BYTES <= room) {
                put64(bytes + used, first_word(cpu, set, i));
                put64(bytes + used + 8, t->pa & ~TLB_NOT_FETCHED);
            }
            used += ENTRY_BYTES;
        }
    return used;
}

bool cpu_translations_sound(const u8 *bytes, size_t size)
{
    if (size < HEAD_BYTES || (size - HEAD_BYTES) % ENTRY_BYTES || get64(bytes) > 1) return false;
    for (size_t at = HEAD_BYTES; at < size; at += ENTRY_BYTES)
        if ((get64(bytes + at) & ENTRY_SET) >= TLB_NEVER || get64(bytes + at) & 0xfc0 || get64(bytes + at + 8) & 0xffe) return false;
    return true;
}

static void put_back(struct cpu *cpu, const u8 *bytes)
{
    u64 word = get64(bytes), pa = get64(bytes + 8);
    struct translation to = { .pa = PAGE_OF(pa), .executable = !(pa & TLB_NO_FETCH), .readable = true, .storable = word & ENTRY_STORE,
                              .global = word & ENTRY_GLOBAL, .page_bits = word & ENTRY_HUGE && word & ENTRY_BIG ? 30 : word & ENTRY_BIG ? 22 : 12 };

    tlb_fill(cpu, word & ENTRY_SET, PAGE_OF(word), ACCESS_READ, &to, page_at(cpu, to.pa));
}

void cpu_derive(struct cpu *cpu, const u8 *translations, size_t size)
{
    tlb_flush(cpu);
    cpu->resume = NULL;
    cpu->budget = 0;
    cpu->code_written = cpu->in_instruction = cpu->software_interrupt = cpu->external_event = cpu->stop_requested = cpu->fast_failed = false;
    cpu->monitored = cpu->monitor_line ? page_at(cpu, cpu->monitor_line & ~1ull) : NULL;
    for (unsigned seg = 0; seg < CPU_SEGS; seg++) segment_derive(cpu, seg);
    cpu->paging.key = 0;
    performance_derive(cpu);
    apic_derive(cpu);
    mode_derive(cpu);
    cpu->never_written_fetch = get64(translations);
    cpu->fault_log.count = cpu->fault_log.intended = 0;
    cpu->fault_log.before = get64(translations + 8);
    for (size_t at = HEAD_BYTES; at + ENTRY_BYTES <= size; at += ENTRY_BYTES) put_back(cpu, translations + at);
}

size_t cpu_fault_log_bytes(void) { return sizeof(struct fault_log); }
void cpu_save_fault_log(const struct cpu *cpu, void *block) { memcpy(block, &cpu->fault_log, sizeof cpu->fault_log); }
void cpu_load_fault_log(struct cpu *cpu, const void *block) { memcpy(&cpu->fault_log, block, sizeof cpu->fault_log); }
