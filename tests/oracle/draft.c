/* Addressing forms of 32- and 64-bit code, and registers that make them point somewhere.    doc: oracle */
#include <string.h>

#include "cpu/base/bits.h"
#include "cpu/run/processor.h"
#include "tests/oracle/generate.h"

void draft_put(struct draft *d, u64 value, unsigned bytes)
{
    memcpy(d->c->code + d->c->length, &value, bytes);
    d->c->length += bytes;
}

static unsigned hex_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
}

const char *draft_put_hex(struct draft *d, const char *at)
{
    while (at[0] && strchr("0123456789ABCDEF", at[0]) && at[1] && strchr("0123456789ABCDEF", at[1])) {
        draft_put(d, hex_digit(at[0]) << 4 | hex_digit(at[1]), 1);
        at += 2;
        if (*at == ' ') at++;
    }
    return at;
}

void draft_register(struct draft *d, unsigned reg, unsigned rm)
{
    draft_put(d, 0xc0 | (reg & 7) << 3 | (rm & 7), 1);
}

static void put_sib(struct draft *d, bool vsib)
{
    u8 sib = (u8)next_random(d->random);
    unsigned index = (sib >> 3 & 7) | (d->rex & REX_X ? 8 : 0);

    draft_put(d, sib, 1);
    d->scale = sib >> 6;
    d->base = (sib & 7) | (d->rex & REX_B ? 8 : 0);
    d->index = index == 4 && !vsib ? NO_REGISTER : (int)index;
    d->vector_index = vsib;
}

static void put_disp(struct draft *d, unsigned bytes)
{
    u64 *random = d->random;
    u32 value = (u32)next_random(random);

    d->disp = bytes == 1 ? (s8)value : bytes == 2 ? (s16)value : (s32)(pick(random, 4) ? pick(random, 0x2000) - 0x1000 : value);
    draft_put(d, (u64)d->disp, bytes);
}

/* SDM vol. 2, "16-Bit Addressing Forms with the ModR/M Byte". */
static void put_memory16(struct draft *d, unsigned reg)
{
    static const s8 base[] = { RBX, RBX, RBP, RBP, RSI, RDI, RBP, RBX };
    static const s8 index[] = { RSI, RDI, RSI, RDI, NO_REGISTER, NO_REGISTER, NO_REGISTER, NO_REGISTER };
    unsigned mod = pick(d->random, 3), rm = pick(d->random, 8);

    draft_put(d, mod << 6 | (reg & 7) << 3 | rm, 1);
    d->base = base[rm];
    d->index = index[rm];
    if (mod == 0 && rm == 6) {
        d->base = NO_REGISTER;
        d->disp_at = d->c->length;
        draft_put(d, 0, 2);
    } else if (mod) put_disp(d, mod);
}

void draft_memory(struct draft *d, unsigned reg, bool vsib)
{
    d->memory = true;
    d->scale = 0;
    if (d->address_bits == 16 && !vsib) {
        put_memory16(d, reg);
        return;
    }
    unsigned mod = pick(d->random, 3), rm = vsib ? 4 : pick(d->random, 8);

    draft_put(d, mod << 6 | (reg & 7) << 3 | rm, 1);
    d->index = NO_REGISTER;
    d->base = (int)(rm | (d->rex & REX_B ? 8 : 0));
    if (rm == 4) put_sib(d, vsib);
    if (mod == 0 && (d->base & 7) == 5) {            /* no base; RIP in 64-bit code without SIB */
        d->base = NO_REGISTER;
        d->rip_relative = rm == 5 && d->c->code_bits == 64;
        d->disp_at = d->c->length;
        draft_put(d, DATA_LA, 4);
    } else if (mod) put_disp(d, mod == 1 ? 1 : 4);
}

/* The host has this program somewhere at the lowest addresses, and libraries towards the top of the lower half. */
static u64 away_from_program(u64 la)
{
    if (la >= 0x10000 && la < CODE_LA) return la + CODE_LA;
    return la >> 40 != 0 && la >> 47 == 0 ? la | 1ull << 63 : la;
}

/* Where an operand begins that may reach past the end of something. */
static u64 before(struct draft *d, u64 end)
{
    return end - pick(d->random, pick(d->random, 4) ? 40 : 1100);
}

/* The limit of 16-bit code's data; both ends of the writable data, one of them at what is read-only; ends of the canonical halves. */
static u64 edge_target(struct draft *d)
{
    if (d->c->code_bits == 16) return before(d, DATA_LA + d->c->data_limit + 1);
    switch (pick(d->random, 8)) {
    case 0: return d->c->code_bits == 64 ? before(d, 1ull << 47) : before(d, READ_ONLY_LA);
    case 1: return d->c->code_bits == 64 ? before(d, 0 - (1ull << 47)) : before(d, DATA_LA);
    case 2: return before(d, READ_ONLY_LA);
    case 3: case 4: return before(d, DATA_LA);
    default: return before(d, DATA_LA + DATA_BYTES);
    }
}

u64 draft_target(struct draft *d)
{
    static const u8 alignment[] = { 1, 4, 8, 16, 32, 32, 32, 64 };
    u64 *random = d->random;
    u64 plain = DATA_LA + 0x1000 + pick(random, 0xe000);

    switch (pick(random, 32)) {
    case 0:
        if (d->c->code_bits == 16) return DATA_LA + edge_value(random);
        return away_from_program(d->c->code_bits == 64 ? edge_value64(random) : edge_value(random));
    case 1: case 2: case 3: return edge_target(d);
    default: return plain & ~(u64)(alignment[pick(random, 8)] - 1);
    }
}

static void aim_displacement(struct draft *d, u64 offset)
{
    u64 from = d->rip_relative ? CODE_LA + CODE_START + d->c->length - d->c->tail : 0;
    s64 distance = (s64)(offset - from);

    if (distance != (s32)distance) distance = (s64)(DATA_LA + 0x2000 - from);
    d->disp = distance;
    if (d->address_bits == 16) put16(d->c->code + d->disp_at, (u16)distance);
    else put32(d->c->code + d->disp_at, (u32)distance);
}

/* Of gathers: the elements of the index are small offsets of either size; the base points. */
static void aim_vector_index(struct draft *d)
{
    u8 *index = d->c->extended_in.ymm[d->index];

    for (unsigned i = 0; i < 8; i++)
        put32(index + 4 * i, i & 1 && pick(d->random, 2) ? 0 : pick(d->random, 0x800) - 0x400);
    if (pick(d->random, 2)) return;
    for (unsigned i = 0; i < 4; i++) put64(index + 8 * i, (u64)(s64)(s32)get32(index + 8 * i));
}

/* What lies above them in a register does not count. */
static void keep_address_bits(struct draft *d, int reg)
{
    unsigned registers = d->c->code_bits == 64 ? 64 : 32;

    if (reg < 0 || d->address_bits == registers) return;
    u64 kept = (1ull << d->address_bits) - 1, above = registers == 64 ? ~kept : (u32)~kept;
    d->c->in.gpr[reg] = (d->c->in.gpr[reg] & kept) | (pick(d->random, 2) ? random64(d->random) & above : 0);
}

void draft_aim(struct draft *d, u64 target)
{
    u64 *gpr = d->c->in.gpr, offset = target - d->segment_base;

    if (!d->memory) return;
    if (d->vector_index) aim_vector_index(d);
    bool indexed = d->index >= 0 && !d->vector_index;
    if (d->base < 0) {
        if (!indexed || pick(d->random, 2)) aim_displacement(d, offset);
        if (!indexed) return;
        gpr[d->index] = (offset - (u64)d->disp) >> d->scale;
    } else if (indexed && d->index == d->base) {
        gpr[d->base] = (offset - (u64)d->disp) / ((1u << d->scale) + 1);
    } else {
        gpr[d->base] = offset - (u64)d->disp - (indexed ? gpr[d->index] << d->scale : 0);
    }
    keep_address_bits(d, d->base);
    if (!d->vector_index) keep_address_bits(d, d->index);
}

void draft_plant(struct draft *d, u64 la, const void *bytes, unsigned size)
{
    struct plant *p = d->c->plants;

    if (la - DATA_LA > DATA_BYTES - size) return;
    if (p->size) p++;
    p->offset = (u32)(la - DATA_LA);
    p->size = size;
    memcpy(p->bytes, bytes, size);
}

void draft_bases(struct draft *d)
{
    if (d->c->code_bits != 64 || !(d->can & CAN_BASES)) return;
    d->c->fs_base = DATA_LA + pick(d->random, 0x1000);
    d->c->gs_base = pick(d->random, 4) ? DATA_LA + 0x8000 : 0x100000000 + pick(d->random, 0x1000);
}

u32 draft_limit(u64 *random)
{
    return pick(random, 8) ? 0xffff : oracle_limits[pick(random, DATA_LIMITS)];
}

void draft_string_edge(struct draft *d)
{
    if (pick(d->random, 8) == 0) d->c->in.gpr[pick(d->random, 2) ? RSI : RDI] = edge_target(d) - d->segment_base;
}

void draft_popped_flags(struct draft *d)
{
    u64 flags = (next_random(d->random) & (0xcd5 | EFLAGS_AC | EFLAGS_ID)) | EFLAGS_IF | EFLAGS_1;
    u64 data = d->c->code_bits == 16 ? 0 : DATA_LA;

    if (d->c->in.gpr[RSP] - data > DATA_BYTES - 8) d->c->in.gpr[RSP] = data + 0x8000;
    draft_plant(d, d->c->in.gpr[RSP] + DATA_LA - data, &flags, 8);
}

void draft_registers(struct draft *d)
{
    struct oracle_case *c = d->c;
    u64 *random = d->random;
    bool wide = c->code_bits == 64;
    u64 data = c->code_bits == 16 ? 0 : DATA_LA;

    for (unsigned i = 0; i < (wide ? 16 : 8); i++) {
        u64 pointer = data + 0x1000 + pick(random, 0xe000);
        u64 edge = wide ? edge_value64(random) : edge_value(random);
        c->in.gpr[i] = pick(random, 8) < 3 ? away_from_program(edge) : pointer;
    }
    c->in.gpr[RSP] = data + 0x4000 + (pick(random, 0x8000) & (pick(random, 8) ? ~7u : ~0u));
    if (pick(random, 24) == 0) c->in.gpr[RSP] = draft_target(d) - (DATA_LA - data);
    if (pick(random, 2)) c->in.gpr[RCX] = (c->in.gpr[RCX] & ~0xffull) | pick(random, 70);
    c->in.rflags = next_random(random) & 0xcd5;
    if (pick(random, 12) == 0) c->in.rflags |= EFLAGS_AC;
}
