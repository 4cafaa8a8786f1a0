#include "cpu/decode/targets.h"

#include <string.h>

#include "cpu/decode/trace.h"

void targets_derive(struct cpu *cpu)
{
    bool plain = cpu->mode & MODE_LIMIT_4G && (cpu->mode & MODE_LONG64 || cpu->seg[CPU_SEG_CS].base == 0);

    _Static_assert(MODE_FLAT < 0x100, "a mode has eight bits, never all of them: no 64-bit code has CS.D");
    const struct known_targets *known = &cpu->known[cpu->cpl == 3];
    cpu->link_tag = plain ? known->link_epoch : 0;
    cpu->target_salt = plain ? (u64)(cpu->mode | (u32)known->epoch << 8) << 48 : TARGET_SALT_NEVER;
}

/* Links keep a tag of 16 bits: before one comes again none may have it.  A link that leads to itself is looked up anew, whatever it says. */
static void forget_links(struct cpu *cpu, struct known_targets *known)
{
    struct record *records = cpu->traces->records;

    for (u32 i = 0; i < cpu->traces->records_used; i++)
        if (records[i].h == OP_LINK) ((struct link *)&records[i])->target = &records[i];
    known->link_epoch = 1;
}

/* A link to another page leads to a target that was learned, so where there is none there is no link. */
static bool knows_some(const struct known_targets *known)
{
    u64 some = 0;

    for (unsigned n = 0; n < ARRAY_COUNT(known->region); n++) some |= known->region[n];
    return some;
}

static void forget(struct cpu *cpu, struct known_targets *known)
{
    if (!knows_some(known)) return;
    if (!++known->link_epoch) forget_links(cpu, known);
    if (!++known->epoch) memset(cpu->targets, 0, sizeof cpu->targets);
    memset(known->page, 0, sizeof known->page);
    memset(known->region, 0, sizeof known->region);
    known->local = false;
    targets_derive(cpu);
}

void targets_forget(struct cpu *cpu)
{
    forget(cpu, &cpu->known[0]);
    forget(cpu, &cpu->known[1]);
}

void targets_forget_local(struct cpu *cpu)
{
    for (unsigned user = 0; user < 2; user++)
        if (cpu->known[user].local) forget(cpu, &cpu->known[user]);
}

void targets_forget_page(struct cpu *cpu, u64 la, bool big)
{
    unsigned page = la >> 12 & (TARGET_PAGES - 1), region = la >> 22 & (TARGET_REGIONS - 1);

    for (unsigned user = 0; user < 2; user++) {
        const struct known_targets *known = &cpu->known[user];
        bool in_region = known->region[region / 64] >> (region & 63) & 1, in_page = known->page[page / 64] >> (page & 63) & 1;
        if (in_region && (in_page || big)) forget(cpu, &cpu->known[user]);
    }
}

/* --- pages with one address --- */

static struct fetched_page *fetched_page_of(struct known_targets *known, u64 pa) { return &known->fetched[(pa >> 12 ^ pa >> 24) & (FETCHED_PAGES - 1)]; }

static bool lives(const struct cpu *cpu, const struct fetched_page *page) { return page->flushes == (page->global ? cpu->flushes : cpu->local_flushes); }

/* What stands for another page gives way; that one says again when it is fetched from. */
static void replace(struct cpu *cpu, struct known_targets *known, const struct fetched_page *page)
{
    forget(cpu, known);
    for (unsigned set = 0; set < TLB_SETS; set++) {
        struct tlb_entry *t = &cpu->tlb_set[set][page->la >> 12 & (TLB_ENTRIES - 1)];
        if (t->tag_read != TLB_INVALID && t->tag_read >> 12 == page->la >> 12) t->pa |= TLB_NOT_FETCHED;
    }
}

void target_page_fetched(struct cpu *cpu, u64 la, struct tlb_entry *t)
{
    struct known_targets *known = &cpu->known[cpu->cpl == 3];
    struct fetched_page *page = fetched_page_of(known, t->pa);
    bool global = tlb_holds_global(cpu, la);
    u64 page_la = la & ~0xfffull, page_pa = t->pa & ~0xfffull;

    if (!lives(cpu, page)) *page = (struct fetched_page){ .pa = page_pa, .la = page_la, .flushes = cpu->local_flushes };
    else if (page->pa == page_pa && page->la != page_la && !page->many) {
        forget(cpu, known);
        page->many = true;
    } else if (page->pa != page_pa && !page->many) {         /* one of several addresses stays, and this page has no entry */
        replace(cpu, known, page);
        *page = (struct fetched_page){ .pa = page_pa, .la = page_la, .flushes = cpu->local_flushes };
    }
    t->pa &= ~TLB_NOT_FETCHED;
    if (!global || page->global || page->pa != page_pa) return;
    page->global = true;
    page->flushes = cpu->flushes;
}

bool target_page_has_one_address(struct cpu *cpu, u64 la)
{
    const struct tlb_entry *t = tlb_entry_of(cpu, la);
    u64 page_la = la & ~0xfffull;

    if (t->tag_read != page_la || t->pa & TLB_NOT_FETCHED) return false;
    const struct fetched_page *page = fetched_page_of(&cpu->known[cpu->cpl == 3], t->pa);
    return lives(cpu, page) && page->pa == (t->pa & ~0xfffull) && page->la == page_la && !page->many;
}
