/* Our side: a processor in protected mode at CPL 3 with paging, holding the same code and data at the same linear
 * addresses; one instruction, and the fetch behind it, in the exact instance.                doc: oracle */
#include <string.h>

#include "cpu/decode/trace.h"
#include "cpu/memory/access.h"
#include "cpu/run/exact.h"
#include "cpu/system/system.h"
#include "tests/oracle/oracle.h"

enum { TABLES_PA = 0x100000, CODE_PA = 0x200000, DATA_PA = 0x300000 };

static struct {
    struct cpu *cpu;
    struct cpu_time time;
    struct physical_map *memory;
    u8 tables[5 * PAGE_BYTES] __attribute__((aligned(4096)));     /* page directory, page tables */
    u8 code[CODE_BYTES] __attribute__((aligned(4096)));
    u8 data[DATA_BYTES] __attribute__((aligned(4096)));
} ours;

static u32 no_port_in(void *board, u16 port, unsigned size) { (void)board; (void)port; (void)size; return ~0u; }
static void no_port_out(void *board, u16 port, unsigned size, u32 v) { (void)board; (void)port; (void)size; (void)v; }
static u64 no_read(void *board, u64 pa, unsigned size) { (void)board; (void)pa; (void)size; return ~0ull; }
static void no_write(void *board, u64 pa, unsigned size, u64 v) { (void)board; (void)pa; (void)size; (void)v; }
static u8 no_vector(void *board) { (void)board; return 0; }

/* 4 KiB pages from la to pa, user, read-write. */
static void map_pages(u32 la, u32 pa, u32 bytes, unsigned table)
{
    put32(ours.tables + (la >> 22) * 4, (TABLES_PA + table * PAGE_BYTES) | 7);
    for (u32 at = 0; at < bytes; at += PAGE_BYTES)
        put32(ours.tables + table * PAGE_BYTES + ((la + at) >> 12 & 1023) * 4, (pa + at) | 7);
}

void oracle_ours_start(void)
{
    static const struct cpu_bus bus = { .in = no_port_in, .out = no_port_out, .mmio_read = no_read,
                                        .mmio_write = no_write, .interrupt_acknowledge = no_vector };
    ours.memory = physical_create();
    physical_set(ours.memory, TABLES_PA, sizeof ours.tables, ours.tables, ours.tables);
    physical_set(ours.memory, CODE_PA, CODE_BYTES, ours.code, ours.code);
    physical_set(ours.memory, DATA_PA, DATA_BYTES, ours.data, ours.data);
    map_pages(CODE_LA, CODE_PA, CODE_BYTES, 1);
    map_pages(DATA_LA, DATA_PA, DATA_BYTES, 1);
    ours.cpu = cpu_create(cpu_model_find("p6_nofpu"), &ours.time, &bus, ours.memory);
    ours.cpu->cr0 |= CR0_PE | CR0_PG | CR0_WP | CR0_AM;
    ours.cpu->cr3 = TABLES_PA;
}

void oracle_ours_end(void)
{
    cpu_destroy(ours.cpu);
    physical_destroy(ours.memory);
}

static void set_segment(unsigned seg, u32 base, u32 limit, unsigned rights)
{
    ours.cpu->seg[seg] = (struct segment){ .base = base, .limit = limit, .rights = (u16)rights, .selector = 7, .usable = true };
    segment_derive(&ours.cpu->seg[seg]);
}

static void set_mode(const struct oracle_case *c)
{
    enum { CODE = 0xfb, DATA = 0xf3 };
    bool flat = !c->code16;

    set_segment(CPU_SEG_CS, flat ? 0 : CODE_LA, flat ? 0xffffffff : CODE_BYTES - 1, CODE | (flat ? RIGHTS_DB | RIGHTS_G : 0));
    for (unsigned seg = CPU_SEG_ES; seg <= CPU_SEG_DS; seg++) {
        if (seg == CPU_SEG_CS) continue;
        set_segment(seg, flat ? 0 : DATA_LA, flat ? 0xffffffff : c->data_limit, DATA | (flat ? RIGHTS_DB | RIGHTS_G : 0));
    }
    ours.cpu->cpl = 3;
}

/* One instruction, or the fetch of one; false when it faulted. */
static bool step(struct cpu *cpu)
{
    cpu->slice_end = ours.time.now + 1;
    cpu->budget = 1;
    cpu->in_instruction = true;
    struct trace *trace = trace_find(cpu);
    bool done = trace && exact_run(cpu, trace);
    cpu->in_instruction = false;
    ours.time.now++;
    return done;
}

static void report_fault(struct cpu *cpu, struct registers *out)
{
    out->end = END_FAULT;
    out->vector = cpu->fault.vector;
    out->error = cpu->fault.has_error_code ? cpu->fault.error_code : 0;
    out->cr2 = (u32)cpu->cr2;
}

void oracle_ours_run(const struct oracle_case *c, struct registers *out, u8 *data)
{
    struct cpu *cpu = ours.cpu;
    u32 page = c->code16 ? 0 : CODE_LA;

    memset(ours.code, 0xcc, CODE_BYTES);
    memcpy(ours.code + CODE_START, c->code, c->length);
    trace_cache_flush(cpu);
    oracle_fill(ours.data, c->data_seed);
    set_mode(c);
    for (int i = 0; i < 8; i++) cpu->gpr[i] = c->in.gpr[i];
    cpu_set_eflags(cpu, (c->in.eflags & (0xcd5 | EFLAGS_AC | EFLAGS_ID)) | 0x202);
    mode_derive(cpu);
    cpu->rip = page + CODE_START;
    memset(out, 0, sizeof *out);

    bool done = step(cpu);
    u32 offset = (u32)cpu->rip - page;
    /* a repeated instruction takes a tick an iteration */
    for (unsigned i = 0; done && offset == CODE_START && i < 100000; i++) {
        done = step(cpu);
        offset = (u32)cpu->rip - page;
    }
    if (done && (u32)cpu->rip - page - (DATA_LA - CODE_LA) < DATA_BYTES && !c->code16) {
        *out = (struct registers){ .end = END_FAULT, .vector = 14, .error = 5, .cr2 = (u32)cpu->rip };   /* the host's data is NX */
        cpu->cr2 = cpu->rip;
    } else if (done && offset == CODE_START + c->length) out->end = END_NEXT;
    else if (done && offset < CODE_BYTES) out->end = END_TAKEN;
    else if (!done || !step(cpu)) report_fault(cpu, out);
    for (int i = 0; i < 8; i++) out->gpr[i] = (u32)cpu->gpr[i];
    out->eip = (u32)cpu->rip - (out->end == END_FAULT ? 0 : page);
    out->eflags = cpu_eflags(cpu);
    memcpy(data, ours.data, DATA_BYTES);
}
