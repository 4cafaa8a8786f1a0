/* Our side: a processor in protected mode at CPL 3 with paging, holding the same code and data at the same linear
 * addresses; one instruction, and the fetch behind it, in the exact instance.                doc: oracle */
#include <string.h>

#include "cpu/decode/decode.h"
#include "cpu/decode/trace.h"
#include "cpu/memory/access.h"
#include "cpu/run/fast.h"
#include "cpu/system/system.h"
#include "tests/oracle/oracle.h"

enum { TABLES_PA = 0x100000, CODE_PA = 0x200000, READ_ONLY_PA = 0x2ff000, DATA_PA = 0x300000 };
enum { READ_ONLY = 5, READ_WRITE = 7 };              /* present, user */

static struct {
    struct cpu *cpu;
    struct cpu_time time;
    struct physical_map *memory;
    u8 tables[6 * PAGE_BYTES] __attribute__((aligned(4096)));     /* directory, table; PML4, PDPT, directory, table */
    bool long_mode;
    u8 code[CODE_BYTES] __attribute__((aligned(4096)));
    u8 data[DATA_BYTES] __attribute__((aligned(4096)));
    u8 read_only[PAGE_BYTES] __attribute__((aligned(4096)));
} ours;

static u32 no_port_in(void *board, u16 port, unsigned size) { (void)board; (void)port; (void)size; return ~0u; }
static void no_port_out(void *board, u16 port, unsigned size, u32 v) { (void)board; (void)port; (void)size; (void)v; }
static u64 no_read(void *board, u64 pa, unsigned size) { (void)board; (void)pa; (void)size; return ~0ull; }
static void no_write(void *board, u64 pa, unsigned size, u64 v) { (void)board; (void)pa; (void)size; (void)v; }
static u8 no_vector(void *board) { (void)board; return 0; }

/* 4 KiB pages from la to pa. */
static void map_pages(u32 la, u32 pa, u32 bytes, unsigned rights)
{
    put32(ours.tables + (la >> 22) * 4, (TABLES_PA + PAGE_BYTES) | READ_WRITE);
    for (u32 at = 0; at < bytes; at += PAGE_BYTES)
        put32(ours.tables + PAGE_BYTES + ((la + at) >> 12 & 1023) * 4, (pa + at) | rights);
}

/* The same pages for long mode. */
static void map_pages_long(u64 la, u64 pa, u64 bytes, unsigned rights)
{
    u8 *level = ours.tables + 2 * PAGE_BYTES;

    for (unsigned shift = 39; shift > 12; shift -= 9, level += PAGE_BYTES)
        put64(level + (la >> shift & 511) * 8, (TABLES_PA + (u64)(level - ours.tables) + PAGE_BYTES) | READ_WRITE);
    for (u64 at = 0; at < bytes; at += PAGE_BYTES) put64(level + ((la + at) >> 12 & 511) * 8, (pa + at) | rights);
}

/* In both kinds of tables. */
static void map_memory(u32 la, u32 pa, u8 *bytes, u32 size, unsigned rights)
{
    physical_set(ours.memory, pa, size, bytes, bytes);
    map_pages(la, pa, size, rights);
    map_pages_long(la, pa, size, rights);
}

static void set_paging(bool long_mode)
{
    struct cpu *cpu = ours.cpu;

    ours.long_mode = long_mode;
    cpu->cr3 = TABLES_PA + (long_mode ? 2 * PAGE_BYTES : 0);
    cpu->cr4 = CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_OSXSAVE | CR4_FSGSBASE | (long_mode ? CR4_PAE : 0);
    cpu->efer = long_mode ? EFER_LME | EFER_LMA | EFER_SCE : 0;
    tlb_flush(cpu);
}

void oracle_ours_start(const struct cpu_model *model)
{
    static const struct cpu_bus bus = { .in = no_port_in, .out = no_port_out, .mmio_read = no_read,
                                        .mmio_write = no_write, .interrupt_acknowledge = no_vector };
    ours.memory = physical_create();
    physical_set(ours.memory, TABLES_PA, sizeof ours.tables, ours.tables, ours.tables);
    oracle_fill_read_only(ours.read_only);
    map_memory(CODE_LA, CODE_PA, ours.code, CODE_BYTES, READ_ONLY);
    map_memory(READ_ONLY_LA, READ_ONLY_PA, ours.read_only, PAGE_BYTES, READ_ONLY);
    map_memory(DATA_LA, DATA_PA, ours.data, DATA_BYTES, READ_WRITE);
    ours.cpu = cpu_create(model, &ours.time, &bus, ours.memory);
    ours.cpu->cr0 |= CR0_PE | CR0_PG | CR0_WP | CR0_AM | CR0_NE | CR0_MP;
    ours.cpu->xcr0 = XCR0_X87 | XCR0_SSE | XCR0_AVX;
    set_paging(false);
}

void oracle_ours_end(void)
{
    cpu_destroy(ours.cpu);
    physical_destroy(ours.memory);
}

static void set_segment(unsigned seg, unsigned selector, u64 base, u32 limit, unsigned rights)
{
    ours.cpu->seg[seg] = (struct segment){ .base = base, .limit = limit, .rights = (u16)rights,
                                            .selector = (u16)selector, .usable = true };
    segment_derive(ours.cpu, seg);
}

static void set_mode(const struct oracle_case *c, bool long_mode)
{
    enum { CODE = 0xfb, DATA = 0xf3 };
    bool flat = c->code_bits != 16, code64 = c->code_bits == 64;

    if (long_mode != ours.long_mode) set_paging(long_mode);
    unsigned data = oracle_data_selector(c), code = code64 ? SELECTOR_CODE64 : flat ? SELECTOR_CODE32 : SELECTOR_CODE16;
    set_segment(CPU_SEG_CS, code, flat ? 0 : CODE_LA, flat ? 0xffffffff : CODE_BYTES - 1, CODE | (code64 ? RIGHTS_L | RIGHTS_G : flat ? RIGHTS_DB | RIGHTS_G : 0));
    for (unsigned seg = CPU_SEG_ES; seg <= CPU_SEG_DS; seg++) {
        if (seg == CPU_SEG_CS) continue;
        set_segment(seg, code64 && seg == CPU_SEG_SS ? SELECTOR_DATA : data, flat ? 0 : DATA_LA, flat ? 0xffffffff : c->data_limit, DATA | (flat ? RIGHTS_DB | RIGHTS_G : 0));
    }
    set_segment(CPU_SEG_FS, 0, code64 ? c->fs_base : 0, 0xffffffff, DATA | RIGHTS_DB | RIGHTS_G);
    set_segment(CPU_SEG_GS, 0, code64 ? c->gs_base : 0, 0xffffffff, DATA | RIGHTS_DB | RIGHTS_G);
    set_segment(CPU_SEG_TR, 0x40, 0, 0, 0x8b);                         /* no I/O permission map: no port may be used */
    ours.cpu->cpl = 3;
    mode_derive(ours.cpu);
}

static bool step(struct cpu *cpu)
{
    return fast_instruction(cpu, ours.time.now++);
}

static void report_fault(struct cpu *cpu, struct registers *out)
{
    out->end = END_FAULT;
    out->vector = cpu->fault.vector;
    out->error = cpu->fault.has_error_code ? cpu->fault.error_code : 0;
    out->cr2 = cpu->cr2;
}

unsigned oracle_ours_can(void)
{
    return CAN_16BIT | CAN_32BIT | CAN_64BIT | CAN_EXTENDED | CAN_AVX | CAN_BASES | CAN_POINTERS;
}

const struct opcode_row *oracle_ours_row(const struct oracle_case *c, unsigned room, unsigned *length)
{
    struct decoded d;

    if (decode(ours.cpu->tables, c->code, room, (struct decode_mode){ .code_bits = (u8)c->code_bits, .protected_mode = true }, &d) != DECODED) return NULL;
    if (d.record.h == OP_UNDEFINED || d.record.h == OP_TOO_LONG || d.record.h == OP_LOCK_FORBIDDEN) return NULL;
    *length = d.length;
    return d.row;
}

static void put_extended(struct cpu *cpu, const struct extended *x)
{
    cpu->x87 = (struct x87){
        .control = x->fcw, .status = x->fsw, .in_use = x->ftw, .fop = x->fop, .fip = x->fip, .fdp = x->fdp,
    };
    for (unsigned i = 0; i < 8; i++) {
        unsigned n = (i + (x->fsw >> 11)) & 7;
        cpu->x87.r[n].significand = get64(x->st[i]);
        cpu->x87.r[n].sign_exponent = get16(x->st[i] + 8);
    }
    cpu->mxcsr = x->mxcsr;
    memcpy(cpu->ymm, x->ymm, sizeof cpu->ymm);
}

static void take_extended(const struct cpu *cpu, struct extended *x)
{
    const struct x87 *from = &cpu->x87;

    *x = (struct extended){ .fcw = from->control, .fsw = from->status, .fop = from->fop, .ftw = from->in_use, .fip = from->fip,
                            .fdp = from->fdp, .mxcsr = cpu->mxcsr };
    for (unsigned i = 0; i < 8; i++) {
        unsigned n = (i + (from->status >> 11)) & 7;
        put64(x->st[i], from->r[n].significand);
        put16(x->st[i] + 8, from->r[n].sign_exponent);
    }
    memcpy(x->ymm, cpu->ymm, sizeof cpu->ymm);
}

static void load_case(struct cpu *cpu, const struct oracle_case *c)
{
    oracle_put_code(ours.code, c);
    trace_code_written(cpu, CODE_PA, CODE_BYTES);
    oracle_fill(ours.data, c);
    set_mode(c, c->code_bits == 64);
    for (unsigned i = 0; i < 16; i++) cpu->gpr[i] = c->in.gpr[i];
    cpu_set_eflags(cpu, ((u32)c->in.rflags & (0xcd5 | EFLAGS_AC | EFLAGS_ID)) | 0x202);
    mode_derive(cpu);
    cpu->rip = (c->code_bits == 16 ? 0 : CODE_LA) + CODE_START;
    if (c->extended) put_extended(cpu, &c->extended_in);
}

/* The instruction to its end, and its tail; false when something faulted. */
static bool run(struct cpu *cpu, const struct oracle_case *c)
{
    u64 start = cpu->rip;
    bool done = step(cpu);

    /* a repeated instruction takes a tick an iteration */
    for (unsigned i = 0; done && cpu->rip == start && i < 100000; i++) done = step(cpu);
    return done && c->tail && cpu->rip == start + c->length - c->tail ? step(cpu) : done;
}

void oracle_ours_run(const struct oracle_case *c, struct outcome *outcome)
{
    struct cpu *cpu = ours.cpu;
    struct registers *out = &outcome->regs;
    u64 page = c->code_bits == 16 ? 0 : CODE_LA, mask = c->code_bits == 64 ? ~0ull : 0xffffffff;

    *outcome = (struct outcome){ .data = ours.data };
    __asm__ volatile("fninit");              /* what the host's side left on the stack of its unit */
    load_case(cpu, c);
    bool done = run(cpu, c);
    u64 offset = cpu->rip - page;
    if (done && c->code_bits != 16 && cpu->rip >= READ_ONLY_LA && cpu->rip < DATA_LA + DATA_BYTES) {   /* the host has them NX */
        *out = (struct registers){ .end = END_FAULT, .vector = VECTOR_PF, .error = 5, .cr2 = cpu->rip };
    } else if (done && offset == CODE_START + c->length) out->end = END_NEXT;
    else if (done && offset < CODE_BYTES) out->end = END_TAKEN;
    else if (!done || !step(cpu)) report_fault(cpu, out);
    for (unsigned i = 0; i < 16; i++) out->gpr[i] = cpu->gpr[i] & mask;
    out->rip = (cpu->rip - (out->end == END_FAULT ? 0 : page)) & mask;
    out->rflags = cpu_eflags(cpu);
    if (c->extended) take_extended(cpu, &outcome->extended);
}

void oracle_ours_probe(const struct oracle_case *c, unsigned n, struct registers *out)
{
    struct cpu *cpu = ours.cpu;
    u32 offset = CODE_BYTES - n;
    bool code16 = c->code_bits == 16;

    memcpy(ours.code + offset, c->code, n);
    trace_code_written(cpu, CODE_PA + offset, n);
    set_mode(c, true);
    for (unsigned seg = CPU_SEG_ES; code16 && seg <= CPU_SEG_DS; seg++)
        if (seg != CPU_SEG_CS) set_segment(seg, 7, PROBE_DATA_LA, 0xffff, 0xf3);
    if (code16) set_segment(CPU_SEG_CS, 7, CODE_LA, 0xffff, 0xfb);
    memcpy(cpu->gpr, c->in.gpr, sizeof cpu->gpr);
    cpu_set_eflags(cpu, 0x202);
    cpu->activity = ACTIVITY_RUNNING;
    cpu->x87.control = 0x37f;
    cpu->x87.status = 0;
    cpu->mxcsr = 0x1f80;
    __asm__ volatile("fninit");              /* what the host's side left on the stack of its unit */
    mode_derive(cpu);
    cpu->rip = (code16 ? 0 : CODE_LA) + offset;
    memset(out, 0, sizeof *out);
    if (step(cpu)) *out = (struct registers){ .end = END_FAULT, .vector = VECTOR_DB };
    else report_fault(cpu, out);
    out->rip = cpu->rip - (code16 ? 0 : CODE_LA);
}
