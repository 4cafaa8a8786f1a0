/* The processor under test: a few mapped pages, so that each access has one of its own, and its whole state to compare.   doc: oracle */
#include "tests/atomic/atomic.h"

#include "cpu/decode/trace.h"
#include "cpu/run/fast.h"

const struct role_place role_places[ROLES] = {
    [ROLE_OPERAND]     = { RBX, CPU_SEG_DS, 0x40000, 0x48000 },
    [ROLE_SOURCE]      = { RSI, CPU_SEG_DS, 0x40000, 0x4c000 },
    [ROLE_DESTINATION] = { RDI, CPU_SEG_ES, 0x60000, 0x68000 },
    [ROLE_STACK]       = { RSP, CPU_SEG_SS, 0x80000, 0x88000 },
    [ROLE_FRAME]       = { RBP, CPU_SEG_SS, 0x80000, 0x8a000 },
};

const struct page pages[PAGES_MAX] = {
    { GDT, true }, { IDT, true }, { LDT, true }, { TSS, true }, { TSS_2, true }, { STACK_0 - PAGE_BYTES, true },
    { CODE, false }, { 0x47000, false }, { 0x48000, false }, { 0x4b000, false }, { 0x4c000, false }, { 0x67000, false }, { 0x68000, false },
    { 0x87000, false }, { 0x88000, false }, { 0x89000, false }, { 0x8a000, false },
};
const unsigned page_count = 17;

enum { START = 0x100 };          /* of the instance in the code page */
enum { TOP_TABLES = 0x90000 };   /* map the last page of the lower half onto the operand's first */

/* --- page tables --- */

u64 bench_entry(const struct bench *b, u32 la) { return b->code_bits == 64 ? get64(pte64_of(b->pc, la)) : get32(pte_of(b->pc, la)); }

void bench_set_entry(struct bench *b, u32 la, u64 entry)
{
    if (b->code_bits == 64) put64(pte64_of(b->pc, la), entry);
    else put32(pte_of(b->pc, la), (u32)entry);
}

static void map_top_page(struct bench *b)
{
    u8 *ram = b->pc->ram;

    put64(ram + LONG_PAGES + 255 * 8, TOP_TABLES | 7);
    put64(ram + TOP_TABLES + 511 * 8, (TOP_TABLES + 0x1000) | 7);
    put64(ram + TOP_TABLES + 0x1000 + 511 * 8, (TOP_TABLES + 0x2000) | 7);
    put64(ram + TOP_TABLES + 0x2000 + 511 * 8, role_places[ROLE_OPERAND].boundary - PAGE_BYTES + 7);
}

static void map_pages(struct bench *b)
{
    for (unsigned i = 0; i < page_count; i++)
        bench_set_entry(b, pages[i].la, pages[i].la | ENTRY_PRESENT | ENTRY_WRITABLE | (pages[i].system ? 0u : ENTRY_USER));
}

/* --- modes --- */

static void enter_16bit_code(struct bench *b)
{
    struct cpu *cpu = b->pc->cpu;
    unsigned dpl = b->cpl << 5;

    set_segment(cpu, CPU_SEG_CS, b->cpl ? USER_CS : KERNEL_CS, CODE, 0xffff, CODE_READ | dpl);
    for (unsigned i = 0; i < ROLES; i++)
        set_segment(cpu, role_places[i].segment, b->cpl ? USER_DS : KERNEL_DS, role_places[i].segment_base, 0xffff, DATA_WRITE | dpl);
    mode_derive(cpu);
}

static void fill_memory(struct bench *b)
{
    for (unsigned i = 0; i < page_count; i++)
        if (!pages[i].system)
            for (unsigned k = 0; k < PAGE_BYTES; k++) b->pc->ram[pages[i].la + k] = (u8)(0x31 + (k * 7 & 0x3f));
}

void bench_keep(struct bench *b, struct snapshot *to)
{
    memcpy(to->cpu, b->pc->cpu, STATE_BYTES);
    for (unsigned i = 0; i < page_count; i++) memcpy(to->memory[i], b->pc->ram + pages[i].la, PAGE_BYTES);
}

static void enter_virtual_8086(struct bench *b)
{
    struct cpu *cpu = b->pc->cpu;

    enter_v86(b->pc, 3);
    segment_set_real(cpu, CPU_SEG_CS, CODE >> 4);
    for (unsigned i = 0; i < ROLES; i++) segment_set_real(cpu, role_places[i].segment, (u16)(role_places[i].segment_base >> 4));
    mode_derive(cpu);
}

struct bench *bench_create(const struct cpu_model *model, unsigned code_bits, unsigned cpl, bool v86)
{
    struct bench *b = calloc(1, sizeof *b);
    struct cpu *cpu;

    b->pc = pc_create_of(model);
    b->code_bits = code_bits;
    b->cpl = cpl;
    b->v86 = v86;
    b->fresh = calloc(1, sizeof *b->fresh);
    b->start = calloc(1, sizeof *b->start);
    b->end = calloc(1, sizeof *b->end);
    cpu = b->pc->cpu;
    if (code_bits == 64) {
        enter_long(b->pc, cpl);
        memset(b->pc->ram + LONG_TABLE, 0, PAGE_BYTES);
        map_top_page(b);
    } else {
        enter_protected(b->pc, cpl);
        if (v86) enter_virtual_8086(b);
        else if (code_bits == 16) enter_16bit_code(b);
        enter_paging(b->pc);
        memset(b->pc->ram + PAGES + 0x1000, 0, PAGE_BYTES);
    }
    cpu->cr0 = (cpu->cr0 | CR0_WP | CR0_AM | CR0_MP | CR0_NE) & ~(u64)(CR0_EM | CR0_TS);
    cpu->cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_OSXSAVE | CR4_FSGSBASE;
    cpu->xcr0 = XCR0_X87 | XCR0_SSE | XCR0_AVX;
    b->start_rip = (code_bits == 16 ? 0 : CODE) + START;
    mode_derive(cpu);
    fill_memory(b);
    bench_keep(b, b->fresh);
    return b;
}

void bench_free(struct bench *b)
{
    pc_free(&b->pc);
    free(b->fresh);
    free(b->start);
    free(b->end);
    free(b);
}

/* --- an instance --- */

/* Masks are all ones, indices of gathers small, numbers small: a division ends well. */
static void set_registers(struct bench *b, const struct form *f, unsigned round)
{
    static const u64 small[16] = { [RAX] = 7, [RCX] = 3, [8] = 0x808, [9] = 0x909, [10] = 0x1010, [15] = 0x1515 };
    struct cpu *cpu = b->pc->cpu;
    bool wide_index = strstr(f->name, "GATHERQ") != NULL;

    memcpy(cpu->gpr, small, sizeof small);
    for (unsigned i = 0; i < ROLES; i++)
        cpu->gpr[role_places[i].reg] = b->at[i] - (b->code_bits == 16 ? role_places[i].segment_base : 0);
    if (strcmp(f->row->name, "XLAT") == 0 || strcmp(f->row->name, "INVPCID") == 0) cpu->gpr[RAX] = 0, cpu->gpr[RCX] = 2;
    for (unsigned i = 0; i < ARRAY_COUNT(cpu->ymm); i++) cpu->ymm[i] = i / 4 == 0 || i / 4 == 2 ? ~0ull : 0x3ff0000040000000ull + i;
    for (unsigned i = 0; i < 4; i++) cpu->ymm[5 * 4 + i] = wide_index ? 8ull * i : (8ull * i + 4) << 32 | 8ull * i;
    if (strstr(f->name, "MASKMOVQ")) memset(cpu->ymm, 0xff, sizeof cpu->ymm);
    cpu->x87 = (struct x87){ .control = 0x37f, .in_use = 0xff };
    for (unsigned i = 0; i < 8; i++) cpu->x87.r[i].significand = ~0ull, cpu->x87.r[i].sign_exponent = 0x3fff;
    cpu->mxcsr = 0x1f80;
    u32 flags = EFLAGS_1 | EFLAGS_OF | 3u << 12;                 /* INTO acts, IN and OUT are allowed */
    bool backwards = round & 1 && f->row->reads & FLAGS_D;
    cpu_set_eflags(cpu, flags | (b->v86 ? EFLAGS_VM : 0) | (backwards ? EFLAGS_DF : 0));
}

/* Where operands lie against a page boundary: whole behind it, then so many bytes before it. */
static void choose_places(struct bench *b, unsigned round)
{
    static const u16 before[] = { 0, 64, 4, 1, 16, 8, 2, 512, 3, 32, 15, 128, 7, 24, 576, 6, 31, 256, 5, 12, 416, 9, 48, 20, 288, 28, 27 };
    static const s8 stack[] = { 0, 4, -4, 8, 2, -8, 1, 12, -2, 16, 3, -16, 6, 20, -12, -1, 28, -6, 5, -3 };

    for (unsigned i = 0; i < ROLES; i++) {
        bool is_stack = i == ROLE_STACK || i == ROLE_FRAME;
        s64 by = is_stack ? stack[(round + 2 * (i == ROLE_FRAME)) % ARRAY_COUNT(stack)] : -(s64)before[(round + (i == ROLE_SOURCE ? 3 * round : 0)) % ARRAY_COUNT(before)];
        b->at[i] = (u64)(role_places[i].boundary + by);
    }
}

void bench_place(struct bench *b, const struct form *f, unsigned round)
{
    struct cpu *cpu = b->pc->cpu;

    memcpy(cpu, b->fresh->cpu, STATE_BYTES);
    for (unsigned i = 0; i < page_count; i++) memcpy(b->pc->ram + pages[i].la, b->fresh->memory[i], PAGE_BYTES);
    choose_places(b, round);
    memcpy(b->pc->ram + CODE + START, f->code, sizeof f->code);
    plant_operands(b, f);
    trace_code_written(cpu, CODE, PAGE_BYTES);
    set_registers(b, f, round);
    cpu->rip = b->start_rip;
    b->pc->time.now = 1000;
    bench_keep(b, b->start);
}

static void rewind_state(struct bench *b)
{
    memcpy(b->pc->cpu, b->start->cpu, STATE_BYTES);
    for (unsigned i = 0; i < page_count; i++)
        if (memcmp(b->pc->ram + pages[i].la, b->start->memory[i], PAGE_BYTES)) memcpy(b->pc->ram + pages[i].la, b->start->memory[i], PAGE_BYTES);
    b->pc->time.now = 1000;
    b->pc->bus.in = b->pc->bus.out = 0;
}

void bench_rewind(struct bench *b)
{
    rewind_state(b);
    map_pages(b);
    tlb_flush(b->pc->cpu);
}

void bench_rewind_warm(struct bench *b)
{
    bench_rewind(b);
    if (b->exact) return;
    bench_run(b);
    rewind_state(b);
}

/* As cpu_run, but a fault is left undelivered. */
static bool step(struct bench *b)
{
    b->pc->cpu->exact_only = b->exact;
    return fast_instruction(b->pc->cpu, b->pc->time.now);
}

bool bench_run(struct bench *b)
{
    for (unsigned i = 0; i < 100; i++) {
        if (!step(b)) return false;
        if (b->pc->cpu->rip != b->start_rip) return true;
    }
    return true;
}

/* --- what changed --- */

/* Fields that are no architectural state, or are compared as EFLAGS and registers, or are what a fault sets. */
static bool compared(const char *field, unsigned allowed)
{
    static const char *const left_out[] = { "flag_result", "flag_first", "flag_kept", "flag_kind", "rflags", "trace_rip", "cr2", "gpr" };

    for (unsigned i = 0; i < ARRAY_COUNT(left_out); i++)
        if (strcmp(field, left_out[i]) == 0) return false;
    return !(allowed & ALLOW_VECTORS && strcmp(field, "ymm") == 0);
}

static const char *field_difference(const struct cpu_state_part *part, const u8 *now, const u8 *before, unsigned allowed)
{
    for (unsigned i = 0; i < part->layout->count; i++) {
        const struct state_field *field = &part->layout->fields[i];
        size_t size = (size_t)field->count * field->stride;
        if (memcmp(now + field->offset, before + field->offset, size) && compared(field->name, allowed)) return field->name;
    }
    return NULL;
}

static const char *register_difference(const struct cpu *now, const struct cpu *before, unsigned allowed)
{
    static const char *const names[16] = { "RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15" };

    for (unsigned i = 0; i < 16; i++) {
        if (allowed & ALLOW_COUNTERS && (i == RCX || i == RSI || i == RDI)) continue;
        if (allowed & ALLOW_ACCUMULATOR && i == RAX) continue;
        if (now->gpr[i] != before->gpr[i]) return names[i];
    }
    if (allowed & ALLOW_FLAGS) return NULL;
    return (cpu_eflags(now) ^ cpu_eflags(before)) & ~(u32)EFLAGS_RF ? "EFLAGS" : NULL;
}

/* Below the stack pointer: on the stack's pages, the inner stack's with them. */
static bool below_stack(const struct bench *b, u32 la, u32 from)
{
    u32 window = role_places[ROLE_STACK].boundary;
    bool inner = pages[from].la == STACK_0 - PAGE_BYTES, outer = la - (window - PAGE_BYTES) < 2 * PAGE_BYTES;

    return inner || (outer && la < b->at[ROLE_STACK]);
}

/* Type bit 0 of a descriptor has become 1. */
static bool accessed_bit(u32 la, u8 now, u8 before)
{
    return la - GDT < PAGE_BYTES && la % 8 == 5 && (now ^ before) == 1 && now & 1;
}

static const char *memory_difference(const struct bench *b, const struct snapshot *from, unsigned allowed)
{
    for (unsigned i = 0; i < page_count; i++) {
        const u8 *bytes = b->pc->ram + pages[i].la;
        if (memcmp(bytes, from->memory[i], PAGE_BYTES) == 0) continue;
        for (u32 at = 0; at < PAGE_BYTES; at++) {
            u32 la = pages[i].la + at;
            if (bytes[at] == from->memory[i][at]) continue;
            if (allowed & ALLOW_STACK && below_stack(b, la, i)) continue;
            if (allowed & ALLOW_ACCESSED && accessed_bit(la, bytes[at], from->memory[i][at])) continue;
            return "memory";
        }
    }
    return NULL;
}

const char *bench_difference(const struct bench *b, const struct snapshot *from, unsigned allowed)
{
    struct cpu_state_part part[16];
    struct cpu *cpu = b->pc->cpu;
    unsigned count = cpu_state_parts(cpu, part, ARRAY_COUNT(part));

    for (unsigned p = 0; p < count; p++) {
        const u8 *now = part[p].instance;
        const char *name = field_difference(&part[p], now, from->cpu + (now - (const u8 *)cpu), allowed);
        if (name) return name;
    }
    const char *name = register_difference(cpu, (const struct cpu *)from->cpu, allowed);
    return name || allowed & ALLOW_MEMORY ? name : memory_difference(b, from, allowed);
}
