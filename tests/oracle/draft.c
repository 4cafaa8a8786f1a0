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

void draft_memory(struct draft *d, unsigned reg, bool vsib)
{
    unsigned mod = pick(d->random, 3), rm = vsib ? 4 : pick(d->random, 8);

    draft_put(d, mod << 6 | (reg & 7) << 3 | rm, 1);
    d->memory = true;
    d->index = NO_REGISTER;
    d->base = (int)(rm | (d->rex & REX_B ? 8 : 0));
    if (rm == 4) put_sib(d, vsib);
    if (mod == 0 && (d->base & 7) == 5) {            /* no base; RIP in 64-bit code without SIB */
        d->base = NO_REGISTER;
        d->rip_relative = rm == 5 && d->c->code_bits == 64;
        d->disp_at = d->c->length;
        draft_put(d, DATA_LA, 4);
    } else if (mod == 1) {
        d->disp = (s8)next_random(d->random);
        draft_put(d, (u64)d->disp, 1);
    } else if (mod == 2) {
        d->disp = (s32)(pick(d->random, 4) ? pick(d->random, 0x2000) - 0x1000 : (u32)next_random(d->random));
        draft_put(d, (u64)d->disp, 4);
    }
}

/* The host has this program somewhere at the lowest addresses, and libraries towards the top of the lower half. */
static u64 away_from_program(u64 la)
{
    if (la >= 0x10000 && la < CODE_LA) return la + CODE_LA;
    return la >> 40 != 0 && la >> 47 == 0 ? la | 1ull << 63 : la;
}

u64 draft_target(struct draft *d)
{
    u64 *random = d->random;
    bool far = d->c->code_bits == 64;
    u64 plain = DATA_LA + 0x1000 + pick(random, 0xe000);

    switch (pick(random, 48)) {
    case 0: return away_from_program(far ? edge_value64(random) : edge_value(random));
    case 1: return DATA_LA + DATA_BYTES - pick(random, 40);
    case 2: return far ? (1ull << 47) - pick(random, 40) : DATA_LA - pick(random, 40);
    case 3: return far ? 0 - (1ull << 47) - pick(random, 40) : plain;
    default: break;
    }
    static const u8 alignment[] = { 1, 4, 8, 16, 32, 32, 32, 32 };
    return plain & ~(u64)(alignment[pick(random, 8)] - 1);
}

static void aim_displacement(struct draft *d, u64 offset)
{
    u64 from = d->rip_relative ? CODE_LA + CODE_START + d->c->length - d->c->fwait : 0;
    s64 distance = (s64)(offset - from);

    if (distance != (s32)distance) distance = (s64)(DATA_LA + 0x2000 - from);
    d->disp = distance;
    put32(d->c->code + d->disp_at, (u32)distance);
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

void draft_aim(struct draft *d, u64 target)
{
    u64 *gpr = d->c->in.gpr, offset = target - d->segment_base;
    bool small = d->small_address || d->c->code_bits == 32;

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
    if (small)
        for (int i = 0; i < 16; i++) {
            if (i != d->base && i != d->index) continue;
            gpr[i] = (u32)gpr[i] | (d->c->code_bits == 64 ? next_random(d->random) << 32 : 0);
        }
}

void draft_plant(struct draft *d, u64 la, const void *bytes, unsigned size)
{
    if (la - DATA_LA > DATA_BYTES - size) return;
    d->c->plant_offset = (u32)(la - DATA_LA);
    d->c->plant_bytes = size;
    memcpy(d->c->plant, bytes, size);
}

/* Few of them: a descriptor costs the host time. */
u32 draft_limit(u64 *random)
{
    static const u16 limits[] = { 0x7fff, 0x8000, 0x87f1, 0x9abc, 0xa00f, 0xbffe, 0xc003, 0xd007, 0xe001, 0xeffd, 0xfff0, 0xfffe };
    return pick(random, 8) ? 0xffff : limits[pick(random, ARRAY_COUNT(limits))];
}

void draft_registers(struct draft *d)
{
    struct oracle_case *c = d->c;
    u64 *random = d->random;
    bool wide = c->code_bits == 64;

    for (unsigned i = 0; i < (wide ? 16 : 8); i++) {
        u64 pointer = DATA_LA + 0x1000 + pick(random, 0xe000);
        u64 edge = wide ? edge_value64(random) : edge_value(random);
        c->in.gpr[i] = pick(random, 8) < 3 ? away_from_program(edge) : pointer;
    }
    c->in.gpr[RSP] = DATA_LA + 0x4000 + (pick(random, 0x8000) & (pick(random, 8) ? ~7u : ~0u));
    if (pick(random, 24) == 0) c->in.gpr[RSP] = draft_target(d);
    if (pick(random, 2)) c->in.gpr[RCX] = (c->in.gpr[RCX] & ~0xffull) | pick(random, 70);
    c->in.rflags = next_random(random) & 0xcd5;
    if (pick(random, 16) == 0) c->in.rflags |= EFLAGS_AC;
}
