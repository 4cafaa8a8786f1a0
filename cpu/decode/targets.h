#ifndef ORRERY_DECODE_TARGETS_H
#define ORRERY_DECODE_TARGETS_H
/* Where transfers lead, for the fast instance, and when that is forgotten.                  doc: fast */
#include "cpu/memory/access.h"

struct record;

/* An address alone says enough where CS begins at 0 and has no limit that may be
 * passed; what is known holds until a translation is forgotten: targets_forget. */
static inline struct target *target_at(struct cpu *cpu, u64 rip) { return &cpu->targets[(rip ^ rip >> 12) & (TARGETS - 1)]; }
static inline struct record *target_known(struct cpu *cpu, u64 rip)
{
    const struct target *target = target_at(cpu, rip);
    return likely(target->key == (rip ^ cpu->target_salt)) ? target->first : NULL;
}
/* Of a trace whose page the TLB holds. */
static inline void target_learn(struct cpu *cpu, u64 rip, struct record *first)
{
    struct known_targets *known = &cpu->known[cpu->cpl == 3];
    unsigned page = rip >> 12 & (TARGET_PAGES - 1), region = rip >> 22 & (TARGET_REGIONS - 1);

    if (cpu->target_salt == TARGET_SALT_NEVER) return;
    known->page[page / 64] |= 1ull << (page & 63);
    known->region[region / 64] |= 1ull << (region & 63);
    if (!known->local) known->local = !tlb_holds_global(cpu, rip);
    *target_at(cpu, rip) = (struct target){ rip ^ cpu->target_salt, first };
}
/* The page at la, of the TLB's entry t, is fetched from by this address for the first time since it stands there. */
void target_page_fetched(struct cpu *cpu, u64 la, struct tlb_entry *t);
/* No other address leads to the code of the page at la: what lies beside it is always the same. */
bool target_page_has_one_address(struct cpu *cpu, u64 la);
void targets_derive(struct cpu *cpu);                    /* after a change of mode */
void targets_forget(struct cpu *cpu);                    /* all */
void targets_forget_local(struct cpu *cpu);              /* those in pages that a load of CR3 drops, at least */
/* Those in the page at la, whose size may be 4 KiB alone, or up to 4 MiB. */
void targets_forget_page(struct cpu *cpu, u64 la, bool big);

#endif
