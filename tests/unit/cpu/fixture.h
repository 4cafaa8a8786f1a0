#ifndef ORRERY_TESTS_CPU_FIXTURE_H
#define ORRERY_TESTS_CPU_FIXTURE_H
/* A processor with 1 MiB of memory, a bus that remembers, and, for protected mode, tables that a test changes.
 *   1000h GDT   2000h IDT: 32-bit interrupt gates of DPL 3 to HANDLERS + 16 * vector, where a HLT stands
 *   3000h LDT   4000h, 5000h 32-bit TSSs   CODE: what run() runs   DATA: free   PAGES: directory and first table */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/memory/access.h"
#include "cpu/memory/segment.h"
#include "cpu/run/mode.h"
#include "cpu/system/transfer.h"

enum {
    RAM_BYTES = 1 << 20,
    GDT = 0x1000, IDT = 0x2000, LDT = 0x3000, TSS = 0x4000, TSS_2 = 0x5000, STACK_0 = 0x8000, STACK_3 = 0x9000,
    CODE = 0x10000, HANDLERS = 0x11000, DATA = 0x20000, PAGES = 0x30000, BITMAP = 104 /* in the TSS */,
};

enum {
    KERNEL_CS = 0x08, KERNEL_DS = 0x10, USER_CS = 0x1b, USER_DS = 0x23, TSS_SELECTOR = 0x28, LDT_SELECTOR = 0x30,
    TSS_2_SELECTOR = 0x38, FREE = 0x40, FREE_2 = 0x48, PAST_GDT = 0x80,
};

/* Rights as struct segment has them: type and S, DPL, P, then D/B and G. */
enum {
    CODE_READ = 0x1a, CODE_ONLY = 0x18, CODE_CONFORMING = 0x1e, DATA_WRITE = 0x12, DATA_READ = 0x10, DATA_DOWN = 0x16,
    P = 0x80, DPL_1 = 0x20, DPL_3 = 0x60, B32 = 0x4000, G4K = 0x8000, FLAT = B32 | G4K,
};

struct pc {
    struct cpu *cpu;
    struct cpu_time time;
    struct physical_map *memory;
    u8 *ram;
    struct { unsigned in, out, reads, writes; u64 address, value; unsigned size; } bus;
    u8 vector;               /* what INTA answers */
    unsigned acknowledged;   /* how often it did */
    u64 timer_at;            /* tick that the processor asked to be called at */
};

static inline u32 bus_in(void *board, u16 port, unsigned size)
{
    struct pc *pc = board;
    pc->bus.in++;
    pc->bus.address = port;
    pc->bus.size = size;
    return 0xa5a5a5a5;
}

static inline void bus_out(void *board, u16 port, unsigned size, u32 value)
{
    struct pc *pc = board;
    pc->bus.out++;
    pc->bus.address = port;
    pc->bus.size = size;
    pc->bus.value = value;
}

static inline u64 bus_read(void *board, u64 pa, unsigned size)
{
    struct pc *pc = board;
    pc->bus.reads++;
    pc->bus.address = pa;
    pc->bus.size = size;
    return 0x5a5a5a5a5a5a5a5aull;
}

static inline void bus_write(void *board, u64 pa, unsigned size, u64 value)
{
    struct pc *pc = board;
    pc->bus.writes++;
    pc->bus.address = pa;
    pc->bus.size = size;
    pc->bus.value = value;
}

static inline u8 bus_acknowledge(void *board)
{
    struct pc *pc = board;
    pc->acknowledged++;
    return pc->vector;
}

static inline void bus_call_at(void *board, unsigned processor, u64 tick)
{
    struct pc *pc = board;
    (void)processor;
    pc->timer_at = tick;
    if (tick < pc->time.deadline) pc->time.deadline = tick;
}

static inline struct pc *pc_create_of(const struct cpu_model *model)
{
    struct pc *pc = calloc(1, sizeof *pc);
    struct cpu_bus bus = { .board = pc, .in = bus_in, .out = bus_out, .mmio_read = bus_read, .mmio_write = bus_write,
                           .interrupt_acknowledge = bus_acknowledge, .call_at = bus_call_at };

    pc->ram = aligned_alloc(PAGE_BYTES, RAM_BYTES);
    memset(pc->ram, 0, RAM_BYTES);
    pc->memory = physical_create();
    physical_set(pc->memory, 0, RAM_BYTES, pc->ram, pc->ram);
    pc->timer_at = UINT64_MAX;
    pc->cpu = cpu_create(model, &pc->time, &bus, pc->memory);
    cr_assert(pc->cpu != NULL);
    return pc;
}

static inline struct pc *pc_create(const char *model) { return pc_create_of(cpu_model_find(model)); }

static inline void pc_free(struct pc **at)
{
    struct pc *pc = *at;
    cpu_destroy(pc->cpu);
    physical_destroy(pc->memory);
    free(pc->ram);
    free(pc);
}
#define PC(name) struct pc *name __attribute__((cleanup(pc_free)))

/* --- tables --- */

static inline u64 descriptor(u32 base, u32 limit, unsigned rights)
{
    return (limit & 0xffff) | (u64)(base & 0xffffff) << 16 | (u64)(rights & 0xff) << 40 |
           (u64)(limit >> 16 & 15) << 48 | (u64)(rights >> 12 & 15) << 52 | (u64)(base >> 24) << 56;
}

static inline u64 gate(u16 selector, u32 offset, unsigned rights, unsigned parameters)
{
    return (offset & 0xffff) | (u64)selector << 16 | (u64)parameters << 32 | (u64)(rights & 0xff) << 40 |
           (u64)(offset >> 16) << 48;
}

static inline void set_gdt(struct pc *pc, u16 selector, u64 raw) { put64(pc->ram + GDT + (selector & ~7u), raw); }
static inline void set_idt(struct pc *pc, u8 vector, u64 raw) { put64(pc->ram + IDT + vector * 8u, raw); }
static inline u64 gdt_entry(const struct pc *pc, u16 selector) { return get64(pc->ram + GDT + (selector & ~7u)); }

static inline void fill_tables(struct pc *pc)
{
    set_gdt(pc, KERNEL_CS, descriptor(0, 0xfffff, CODE_READ | P | FLAT));
    set_gdt(pc, KERNEL_DS, descriptor(0, 0xfffff, DATA_WRITE | P | FLAT));
    set_gdt(pc, USER_CS, descriptor(0, 0xfffff, CODE_READ | DPL_3 | P | FLAT));
    set_gdt(pc, USER_DS, descriptor(0, 0xfffff, DATA_WRITE | DPL_3 | P | FLAT));
    set_gdt(pc, TSS_SELECTOR, descriptor(TSS, 0xfff, TYPE_TSS_32 | P));
    set_gdt(pc, LDT_SELECTOR, descriptor(LDT, 0xff, TYPE_LDT | P));
    set_gdt(pc, TSS_2_SELECTOR, descriptor(TSS_2, 0xfff, TYPE_TSS_32 | P));
    for (unsigned v = 0; v < 256; v++) {
        set_idt(pc, (u8)v, gate(KERNEL_CS, HANDLERS + v * 16, TYPE_INTERRUPT_GATE_32 | DPL_3 | P, 0));
        pc->ram[HANDLERS + v * 16] = 0xf4;
    }
    put32(pc->ram + TSS + 4, STACK_0);
    put16(pc->ram + TSS + 8, KERNEL_DS);
    put16(pc->ram + TSS + 102, BITMAP);
}

static inline void set_segment(struct cpu *cpu, unsigned seg, u16 selector, u32 base, u32 limit, unsigned rights)
{
    cpu->seg[seg] = (struct segment){ .selector = selector, .base = base, .limit = limit,
                                      .rights = (u16)(rights | P | RIGHTS_ACCESSED), .usable = true };
    segment_derive(cpu, seg);
}

/* As an operating system's start leaves it: flat segments at `cpl`, TR loaded, interrupts off. */
static inline void enter_protected(struct pc *pc, unsigned cpl)
{
    struct cpu *cpu = pc->cpu;
    u16 data = cpl ? USER_DS : KERNEL_DS;

    fill_tables(pc);
    cpu->gdtr_base = GDT;
    cpu->gdtr_limit = PAST_GDT - 1;
    cpu->idtr_base = IDT;
    cpu->idtr_limit = 256 * 8 - 1;
    cpu->cr0 |= CR0_PE;
    cpu->cpl = (u8)cpl;
    set_segment(cpu, CPU_SEG_CS, cpl ? USER_CS : KERNEL_CS, 0, ~0u, CODE_READ | cpl << 5 | FLAT);
    for (unsigned seg = 0; seg < 6; seg++)
        if (seg != CPU_SEG_CS) set_segment(cpu, seg, data, 0, ~0u, DATA_WRITE | cpl << 5 | FLAT);
    set_segment(cpu, CPU_SEG_TR, TSS_SELECTOR, TSS, 0xfff, TYPE_TSS_32 | TYPE_BUSY);
    set_gdt(pc, TSS_SELECTOR, gdt_entry(pc, TSS_SELECTOR) | (u64)TYPE_BUSY << 40);
    cpu->gpr[RSP] = cpl ? STACK_3 : STACK_0;
    cpu_set_eflags(cpu, EFLAGS_1);
    cpu->rip = CODE;
    mode_derive(cpu);
}

/* V86 mode: CS = CODE / 16, the other segments at DATA; a stack of 4 KiB. */
static inline void enter_v86(struct pc *pc, unsigned iopl_value)
{
    struct cpu *cpu = pc->cpu;

    enter_protected(pc, 3);
    cpu_set_eflags(cpu, EFLAGS_1 | EFLAGS_VM | iopl_value << 12);
    for (unsigned seg = 0; seg < 6; seg++) segment_set_real(cpu, seg, DATA >> 4);
    segment_set_real(cpu, CPU_SEG_CS, CODE >> 4);
    cpu->gpr[RSP] = 0x1000;
    cpu->rip = 0;
    mode_derive(cpu);
}

/* Identity map of the first 4 MiB, all rights; PAGES + 1000h is its table. */
static inline void enter_paging(struct pc *pc)
{
    put32(pc->ram + PAGES, (PAGES + 0x1000) | 7);
    for (u32 i = 0; i < 1024; i++) put32(pc->ram + PAGES + 0x1000 + i * 4, i << 12 | 7);
    pc->cpu->cr3 = PAGES;
    pc->cpu->cr0 |= CR0_PG;
    tlb_flush(pc->cpu);
}

/* --- long mode: LONG_PAGES holds PML4, PDPT, directory, table; the first 2 MiB identity-mapped by 4 KiB pages, all rights.  The same
 *     GDT with 64-bit code segments; the IDT has gates of 16 bytes to the same handlers, for vectors 0 to 31. --- */
enum { LONG_PAGES = 0x34000, LONG_TABLE = LONG_PAGES + 0x3000, L64 = 0x2000 };

static inline void set_idt64(struct pc *pc, u8 vector, u64 raw, u64 upper)
{
    put64(pc->ram + IDT + vector * 16u, raw);
    put64(pc->ram + IDT + vector * 16u + 8, upper);
}

static inline u8 *pte64_of(struct pc *pc, u32 la) { return pc->ram + LONG_TABLE + (la >> 12) * 8; }

static inline void enter_long(struct pc *pc, unsigned cpl)
{
    struct cpu *cpu = pc->cpu;

    enter_protected(pc, cpl);
    set_gdt(pc, KERNEL_CS, descriptor(0, 0xfffff, CODE_READ | P | L64 | G4K));
    set_gdt(pc, USER_CS, descriptor(0, 0xfffff, CODE_READ | DPL_3 | P | L64 | G4K));
    for (unsigned v = 0; v < 32; v++) set_idt64(pc, (u8)v, gate(KERNEL_CS, HANDLERS + v * 16, TYPE_INTERRUPT_GATE_32 | DPL_3 | P, 0), 0);
    memset(pc->ram + TSS, 0, 104);
    put64(pc->ram + TSS + 4, STACK_0);
    put16(pc->ram + TSS + 102, BITMAP);
    for (unsigned level = 0; level < 3; level++) put64(pc->ram + LONG_PAGES + level * 0x1000, (LONG_PAGES + (level + 1) * 0x1000) | 7);
    for (u64 i = 0; i < 512; i++) put64(pc->ram + LONG_TABLE + i * 8, i << 12 | 7);
    cpu->cr3 = LONG_PAGES;
    cpu->cr4 |= CR4_PAE;
    cpu->efer |= EFER_LME | EFER_LMA | EFER_NXE | EFER_SCE;
    cpu->cr0 |= CR0_PG;
    cpu->idtr_limit = 32 * 16 - 1;
    tlb_flush(cpu);
    set_segment(cpu, CPU_SEG_CS, cpl ? USER_CS : KERNEL_CS, 0, ~0u, CODE_READ | cpl << 5 | L64 | G4K);
    mode_derive(cpu);
}

static inline u64 stack_quad(const struct pc *pc, unsigned n) { return get64(pc->ram + (u32)pc->cpu->gpr[RSP] + n * 8); }

static inline u8 *pte_of(struct pc *pc, u32 la) { return pc->ram + PAGES + 0x1000 + (la >> 12) * 4; }

/* --- running --- */

/* As a board runs it: the timer's tick is a deadline too, and HLT goes on there. */
static inline void run_until(struct pc *pc, u64 end)
{
    while (pc->time.now < end) {
        pc->time.deadline = pc->timer_at < end ? pc->timer_at : end;
        if (pc->time.now < pc->time.deadline && cpu_run(pc->cpu) == CPU_STOP_HALTED) pc->time.now = pc->time.deadline;
        if (pc->time.now < pc->timer_at) continue;
        pc->timer_at = UINT64_MAX;
        cpu_timer(pc->cpu);
    }
}

static inline void run_ticks(struct pc *pc, unsigned ticks)
{
    pc->time.deadline = pc->time.now + ticks;
    cpu_run(pc->cpu);
}

/* One instruction, from the place where CS:EIP points. */
static inline void run_bytes(struct pc *pc, const void *bytes, size_t size)
{
    u32 at = (u32)(pc->cpu->seg[CPU_SEG_CS].base + pc->cpu->rip);

    cr_assert(at + size <= RAM_BYTES);
    memcpy(pc->ram + at, bytes, size);
    cpu_memory_written(pc->cpu, at, size);
    run_ticks(pc, 1);
}
#define RUN(pc, ...) run_bytes(pc, (const u8[]){ __VA_ARGS__ }, sizeof (const u8[]){ __VA_ARGS__ })
#define WORD(v) (u8)(v), (u8)((v) >> 8)
#define DWORD(v) WORD(v), WORD((u32)(v) >> 16)

/* --- what came of it --- */

static inline const struct fault *last_fault(const struct pc *pc)
{
    cr_assert(pc->cpu->fault_log.count > 0, "no fault was raised");
    return &pc->cpu->fault_log.entry[(pc->cpu->fault_log.count - 1) % FAULT_LOG_ENTRIES];
}

static inline const char *told(const struct pc *pc)
{
    static char text[512];
    cpu_describe_fault(pc->cpu, 0, text, sizeof text);
    return text;
}

#define EXPECT_NO_FAULT(pc) cr_expect((pc)->cpu->fault_log.count == 0, "%s", told(pc))
#define EXPECT_FAULT(pc, name, code)                                                              \
    do {                                                                                          \
        cr_expect(last_fault(pc)->reason == REASON_##name, "not " #name ": %s", told(pc));        \
        cr_expect_eq(last_fault(pc)->error_code, (u32)(code), "%s", told(pc));                    \
    } while (0)
/* The handler of a vector is about to run. */
#define EXPECT_HANDLER(pc, vector) cr_expect_eq((pc)->cpu->rip, HANDLERS + (vector) * 16u, "%s", told(pc))

static inline u32 stack_word(const struct pc *pc, unsigned n)
{
    return get32(pc->ram + pc->cpu->seg[CPU_SEG_SS].base + (u32)pc->cpu->gpr[RSP] + n * 4);
}

#endif
