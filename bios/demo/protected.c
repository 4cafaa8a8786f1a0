/* Protected mode: tables, and tasks at CPL 3 that do what they must not.                    doc: demo-disk
 * SDM vol. 3A, "Protection": each experiment runs until it faults; the page shows what the processor said. */
#include "demo.h"

enum { GDT_ENTRIES = 8, IDT_ENTRIES = 20, STUB_BYTES = 16 };
enum { CODE = 0x9a, DATA = 0x92, TSS_AVAILABLE = 0x89, FOR_USER = 0x60, INTERRUPT_GATE_386 = 0x8e, GRANULAR = 0x80, SMALL_LIMIT = 0xff };

u8 gdt[GDT_ENTRIES * 8] __attribute__((aligned(8)));
u8 idt[IDT_ENTRIES * 8] __attribute__((aligned(8)));
u8 gdt_pointer[6], idt_pointer[6];
u32 tss[26];
bool (*fault_fixed)(void);
extern u8 exception_stubs[];

static void descriptor(u16 selector, u32 base, u32 limit, u8 access, u8 flags)
{
    u8 *at = gdt + (selector & ~7);

    at[0] = (u8)limit, at[1] = (u8)(limit >> 8);
    at[2] = (u8)base, at[3] = (u8)(base >> 8), at[4] = (u8)(base >> 16);
    at[5] = access;
    at[6] = (u8)(flags | (limit >> 16 & 15));
    at[7] = (u8)(base >> 24);
}

static void table_pointer(u8 *to, const u8 *table, u16 bytes)
{
    u32 base = PROGRAM_BASE + (u32)table;
    to[0] = (u8)(bytes - 1), to[1] = (u8)((bytes - 1) >> 8);
    for (u8 i = 0; i < 4; i++) to[2 + i] = (u8)(base >> 8 * i);
}

void tables_build(void)
{
    descriptor(SEL_CODE, PROGRAM_BASE, 0xffff, CODE, 0);
    descriptor(SEL_DATA, PROGRAM_BASE, 0xffff, DATA, 0);
    descriptor(SEL_USER_CODE, PROGRAM_BASE, 0xffff, CODE | FOR_USER, 0);
    descriptor(SEL_USER_DATA, PROGRAM_BASE, 0xffff, DATA | FOR_USER, 0);
    descriptor(SEL_FLAT, 0, 0xfffff, DATA, GRANULAR);
    descriptor(SEL_TSS, PROGRAM_BASE + (u32)tss, sizeof tss - 1, TSS_AVAILABLE, 0);
    descriptor(SEL_SMALL, PROGRAM_BASE, SMALL_LIMIT, DATA | FOR_USER, 0);
    tss[2] = SEL_DATA;                                   /* SS0; user_run sets ESP0 */
    tss[25] = sizeof tss << 16;                          /* no I/O map: no port is allowed */
    for (u8 n = 0; n < IDT_ENTRIES; n++) {
        u8 *gate = idt + n * 8;
        u16 stub = (u16)((u32)exception_stubs + n * STUB_BYTES);
        gate[0] = (u8)stub, gate[1] = (u8)(stub >> 8);
        gate[2] = SEL_CODE;
        gate[5] = INTERRUPT_GATE_386;
    }
    table_pointer(gdt_pointer, gdt, sizeof gdt);
    table_pointer(idt_pointer, idt, sizeof idt);
}

/* --- experiments: each ends in a fault --- */

static void try_halt(void) { __asm__ volatile("hlt"); }
static void try_port(void) { outb(0x80, 0); }
static void try_selector(void) { __asm__ volatile("movw %w0,%%fs" : : "r"(SEL_DATA)); }
static void try_limit(void) { poke8(SEL_SMALL, SMALL_LIMIT + 1, 0); }
static void try_code_write(void) { poke8(SEL_USER_CODE, 0, 0); }
static void try_interrupt(void) { __asm__ volatile("int $0x0d"); }
static void try_divide(void) { __asm__ volatile("divb %b0" : : "q"(0), "a"(1)); }
static void try_undefined(void) { __asm__ volatile(".byte 0x0f, 0xff"); }

static const struct { const char *what, *why; void (*run)(void); } experiments[] = {
    { "HLT",                     "privileged", try_halt },
    { "OUT 80h, AL",             "no I/O permission", try_port },
    { "MOV FS, 10h",             "DPL 0, CPL is 3", try_selector },
    { "MOV SMALL:[100h], AL",    "the limit is FFh", try_limit },
    { "MOV CS:[0], AL",          "code is read-only", try_code_write },
    { "INT 0Dh",                 "the gate's DPL is 0", try_interrupt },
    { "DIV BL, BL = 0",          "divide error", try_divide },
    { "0F FF",                   "no such instruction", try_undefined },
};
static struct fault ends[ARRAY_COUNT(experiments)];

static void run_all(void)
{
    fault_fixed = 0;
    for (u8 i = 0; i < ARRAY_COUNT(experiments); i++) {
        user_run(experiments[i].run);
        ends[i].vector = last_fault.vector, ends[i].error = last_fault.error, ends[i].eip = last_fault.eip, ends[i].cs = last_fault.cs;
    }
}

static void show(u8 i)
{
    static const char *const names[20] = { "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "", "#TS", "#NP", "#SS", "#GP", "#PF", "", "#MF", "#AC", "#MC", "#XM" };
    struct line l = { .used = 0 };
    u8 row = (u8)(7 + i);

    put_at(row, 4, BRIGHT, experiments[i].what);
    line_text(&l, ends[i].vector < 20 ? names[ends[i].vector] : "?");
    line_text(&l, "  error ");
    line_hex(&l, ends[i].error, 4);
    line_text(&l, "  at ");
    line_hex(&l, ends[i].cs, 4);
    line_text(&l, ":");
    line_hex(&l, ends[i].eip, 4);
    put_line(row, 27, TITLE, &l);
    put_at(row, 58, PLAIN, experiments[i].why);
}

void protected_mode_page(void)
{
    protected_run(run_all);
    page_begin("Protected mode", "why, sreg, creg");
    put_at(2, 3, PLAIN, "GDT, IDT and TSS were built, CR0.PE set, and CPL 3 entered eight times.");
    put_at(3, 3, PLAIN, "Each time an instruction broke a rule; the exception came to CPL 0.");
    put_at(5, 4, QUIET, "at CPL 3               exception, error code, CS:EIP  the rule");
    for (u8 i = 0; i < ARRAY_COUNT(experiments); i++) show(i);
    put_at(17, 3, PLAIN, "#GP's error code is the wrong selector, or 0; for a gate, vector * 8 + 2.");
    put_at(18, 3, PLAIN, "This is real mode again: segments brought their limits of 64 KiB back.");
    page_wait();
}
