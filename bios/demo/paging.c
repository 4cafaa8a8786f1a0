/* Paging: tables built by hand, one frame at two addresses, demand paging.                  doc: demo-disk
 * SDM vol. 3A, "Paging": 32-bit paging with 4 KiB pages. */
#include "demo.h"

enum { DIRECTORY = 0x30000, TABLE_LOW = 0x31000, TABLE_HIGH = 0x32000, FRAME = 0x33000, DEMAND_FRAME = 0x34000 };
enum { PRESENT = 1, WRITABLE = 2, USER = 4, ACCESSED = 0x20, DIRTY = 0x40 };
#define WINDOW_A 0x00400000u
#define WINDOW_B 0x00401000u
#define ON_DEMAND 0x00402000u

static struct { u32 before, after_read, after_write, through_b, demand_value, demand_pte, faults; struct fault fault; } seen;

static u32 cr_read3(void) { u32 v; __asm__ volatile("movl %%cr3,%0" : "=r"(v)); return v; }
static void cr3_write(u32 v) { __asm__ volatile("movl %0,%%cr3" : : "r"(v) : "memory"); }
static void paging(bool on)
{
    u32 v;
    __asm__ volatile("movl %%cr0,%0" : "=r"(v));
    v = on ? v | 0x80000000u : v & 0x7fffffffu;
    __asm__ volatile("movl %0,%%cr0\n\tjmp 1f\n1:" : : "r"(v) : "memory");
}

static void entry(u32 table, u32 index, u32 value) { poke32(SEL_FLAT, table + index * 4, value); }
static u32 entry_now(u32 table, u32 index) { return peek32(SEL_FLAT, table + index * 4); }

/* The first 4 MiB at their own addresses; two windows on one frame; a third page that is not there. */
static void build(void)
{
    for (u32 i = 0; i < 1024; i++) {
        entry(DIRECTORY, i, 0);
        entry(TABLE_LOW, i, i << 12 | PRESENT | WRITABLE);
        entry(TABLE_HIGH, i, 0);
    }
    entry(DIRECTORY, 0, TABLE_LOW | PRESENT | WRITABLE);
    entry(DIRECTORY, 1, TABLE_HIGH | PRESENT | WRITABLE);
    entry(TABLE_HIGH, 0, FRAME | PRESENT | WRITABLE);
    entry(TABLE_HIGH, 1, FRAME | PRESENT);
    poke32(SEL_FLAT, FRAME, 0);
    poke32(SEL_FLAT, DEMAND_FRAME, 0x0ddba11);
}

/* The handler of demand paging: gives the page its frame, and the instruction runs again. */
static bool give_frame(void)
{
    seen.faults++;
    seen.fault.error = last_fault.error, seen.fault.eip = last_fault.eip, seen.fault.cr2 = last_fault.cr2, seen.fault.vector = last_fault.vector;
    entry(TABLE_HIGH, 2, DEMAND_FRAME | PRESENT | WRITABLE);
    return last_fault.vector == 14;
}

static void experiment(void)
{
    build();
    seen.faults = 0;
    cr3_write(DIRECTORY);
    paging(true);
    seen.before = entry_now(TABLE_HIGH, 0);
    (void)peek32(SEL_FLAT, WINDOW_A);
    seen.after_read = entry_now(TABLE_HIGH, 0);
    poke32(SEL_FLAT, WINDOW_A, 0x600df00d);
    seen.after_write = entry_now(TABLE_HIGH, 0);
    seen.through_b = peek32(SEL_FLAT, WINDOW_B);
    fault_fixed = give_frame;
    seen.demand_value = peek32(SEL_FLAT, ON_DEMAND);
    fault_fixed = 0;
    seen.demand_pte = entry_now(TABLE_HIGH, 2);
    paging(false);
    cr3_write(cr_read3() & 0);
}

static void put_pte(u8 row, const char *what, u32 pte)
{
    struct line l = { .used = 0 };

    line_text(&l, what);
    line_hex(&l, pte, 8);
    line_text(&l, "  frame ");
    line_hex(&l, pte & 0xfffff000, 8);
    line_text(&l, pte & PRESENT ? "  P" : "  -");
    line_text(&l, pte & WRITABLE ? " R/W" : " R/-");
    line_text(&l, pte & ACCESSED ? " A" : " -");
    line_text(&l, pte & DIRTY ? " D" : " -");
    put_line(row, 5, PLAIN, &l);
}

static void put_fault(u8 row)
{
    struct line l = { .used = 0 };

    line_text(&l, "#PF  CR2 ");
    line_hex(&l, seen.fault.cr2, 8);
    line_text(&l, "  error code ");
    line_hex(&l, seen.fault.error, 4);
    line_text(&l, seen.fault.error & 1 ? ": no right, " : ": not present, ");
    line_text(&l, seen.fault.error & 2 ? "a write, " : "a read, ");
    line_text(&l, seen.fault.error & 4 ? "at CPL 3" : "at CPL 0");
    put_line(row, 5, PLAIN, &l);
}

void paging_page(void)
{
    struct line l = { .used = 0 };

    protected_run(experiment);
    page_begin("Paging", "why, xp 0x32000 16");
    put_at(2, 3, PLAIN, "Directory at 30000h, tables at 31000h, 32000h.  Linear 400000h and 401000h");
    put_at(3, 3, PLAIN, "are one frame, 33000h; 402000h is not present.");
    put_at(5, 3, TITLE, "The entry of 400000h: A is set by use, D by writing");
    put_pte(6, "before        ", seen.before);
    put_pte(7, "after a read  ", seen.after_read);
    put_pte(8, "after a write ", seen.after_write);
    put_at(10, 3, TITLE, "Written at 400000h, read at 401000h");
    line_text(&l, "600DF00D went in, ");
    line_hex(&l, seen.through_b, 8);
    line_text(&l, " came out: one frame, two addresses");
    put_line(11, 5, PLAIN, &l);
    put_at(13, 3, TITLE, "Read at 402000h: demand paging");
    put_fault(14);
    line_text(&l, "The handler gave it frame 34000h; the same instruction then read ");
    line_hex(&l, seen.demand_value, 8);
    put_line(15, 5, PLAIN, &l);
    put_pte(16, "its entry now ", seen.demand_pte);
    line_text(&l, "Page faults taken: ");
    line_number(&l, seen.faults, 1);
    put_line(17, 5, PLAIN, &l);
    page_wait();
}
