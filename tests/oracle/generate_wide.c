/* Cases of x87, MMX, SSE, AVX and what else wants a mandatory prefix or VEX: rows by their operand codes.  doc: oracle */
#include <string.h>

#include "cpu/run/processor.h"
#include "tests/oracle/generate_wide.h"

/* --- operand codes: where the operand lies --- */

enum place { PLACE_NONE, PLACE_REG /* ModRM.reg */, PLACE_RM, PLACE_RM_REGISTER, PLACE_RM_MEMORY, PLACE_RM_VSIB,
             PLACE_VVVV, PLACE_IMMEDIATE };

/* As the opcode map's: the lead letter says the place, what follows the width.  Codes not here lie in no byte of the code. */
static const struct {
    char letter;
    u8 place;
} places[] = {
    { 'V', PLACE_REG }, { 'P', PLACE_REG }, { 'G', PLACE_REG }, { 'W', PLACE_RM }, { 'Q', PLACE_RM }, { 'E', PLACE_RM },
    { 'U', PLACE_RM_REGISTER }, { 'N', PLACE_RM_REGISTER }, { 'R', PLACE_RM_REGISTER }, { 'M', PLACE_RM_MEMORY },
    { 'S', PLACE_RM_VSIB }, { 'H', PLACE_VVVV }, { 'B', PLACE_VVVV }, { 'I', PLACE_IMMEDIATE }, { 'L', PLACE_IMMEDIATE },
};

static enum place place_of(const char *code)
{
    for (unsigned i = 0; i < ARRAY_COUNT(places); i++)
        if (code && places[i].letter == code[0]) return places[i].place;
    return PLACE_NONE;
}

static bool has_place(const struct wide_row *row, enum place place)
{
    for (unsigned i = 0; i < WIDE_OPERANDS; i++)
        if (place_of(row->operand[i]) == place) return true;
    return false;
}

/* --- names: what values an instruction cares about.  The first row that fits; '*' stands for any characters. --- */

static const struct {
    const char *pattern;
    enum element element;
} elements[] = {
    { "FI*", ELEMENT_INT32 }, { "FBLD", ELEMENT_BCD }, { "F*32", ELEMENT_SINGLE }, { "F*64", ELEMENT_DOUBLE },
    { "VCVTPH2PS", ELEMENT_HALF }, { "CVTDQ*", ELEMENT_INT32 }, { "CVTPI2*", ELEMENT_INT32 }, { "CVTSI2*", ELEMENT_INT32 },
    { "F*", ELEMENT_EXTENDED }, { "CVT*PS2*", ELEMENT_SINGLE }, { "CVT*SS2*", ELEMENT_SINGLE },
    { "CVT*PD2*", ELEMENT_DOUBLE }, { "CVT*SD2*", ELEMENT_DOUBLE }, { "VCVTPS2PH", ELEMENT_SINGLE },
    { "VFM*PS", ELEMENT_SINGLE }, { "VFM*SS", ELEMENT_SINGLE }, { "VFN*PS", ELEMENT_SINGLE }, { "VFN*SS", ELEMENT_SINGLE },
    { "VFM*", ELEMENT_DOUBLE }, { "VFN*", ELEMENT_DOUBLE },
    { "P*B", ELEMENT_INT8 }, { "P*W", ELEMENT_INT16 }, { "P*D", ELEMENT_INT32 }, { "P*Q", ELEMENT_INT64 },
    { "*PS", ELEMENT_SINGLE }, { "*SS", ELEMENT_SINGLE }, { "*PD", ELEMENT_DOUBLE }, { "*SD", ELEMENT_DOUBLE },
};

static bool fits(const char *pattern, const char *name)
{
    for (; *pattern != '*'; pattern++, name++) {
        if (*pattern != *name) return false;
        if (!*pattern) return true;
    }
    for (;; name++) {
        if (fits(pattern + 1, name)) return true;
        if (!*name) return false;
    }
}

static enum element element_of(const char *name)
{
    for (unsigned i = 0; i < ARRAY_COUNT(elements); i++)
        if (fits(elements[i].pattern, name)) return elements[i].element;
    return ELEMENT_ANY;
}

/* --- bytes --- */

static const char *const prefix_words[] = { "NP ", "66 ", "F3 ", "F2 " };        /* numbered as VEX.pp */
static const u8 prefix_bytes[] = { 0, 0x66, 0xf3, 0xf2 };

/* What the bytes column says before the opcode.  SDM vol. 2, "The VEX Prefix". */
struct encoding {
    bool vex;
    unsigned prefix, map;        /* VEX.pp; 0 one byte, 1 0F, 2 0F 38, 3 0F 3A */
    bool w0, w1;                 /* fixed */
    const char *rest;            /* opcode and what follows */
};

static struct encoding parse_row(const struct wide_row *row, unsigned can, u64 *random)
{
    struct encoding e = { .rest = row->bytes };

    if (strncmp(e.rest, "VEX ", 4) == 0) {
        e.vex = true;
        e.rest += 4;
    } else e.vex = row->vex != FORM_NONE && can & CAN_AVX && pick(random, 2);
    for (unsigned i = 0; i < 4; i++) {
        if (strncmp(e.rest, prefix_words[i], 3)) continue;
        e.prefix = i;
        e.rest += 3;
        break;
    }
    static const char *const maps[] = { "0F 38 ", "0F 3A ", "0F " };
    static const u8 numbers[] = { 2, 3, 1 };
    for (unsigned i = 0; i < 3; i++) {
        if (strncmp(e.rest, maps[i], strlen(maps[i]))) continue;
        e.map = numbers[i];
        e.rest += strlen(maps[i]);
        break;
    }
    e.w0 = strstr(e.rest, "W0") != NULL;
    e.w1 = strstr(e.rest, "W1") != NULL;
    return e;
}

static void choose_rex(struct draft *d, const struct encoding *e)
{
    d->rex = (u8)pick(d->random, 16);
    if (d->c->code_bits != 64) d->rex &= REX_W;
    if (d->c->code_bits != 64 && !e->vex) d->rex = 0;
    if (pick(d->random, 32) == 0) return;                        /* W that is not the row's: #UD, or another row */
    if (e->w0) d->rex &= (u8)~REX_W;
    if (e->w1) d->rex |= REX_W;
}

static bool vex_long(const struct wide_row *row, u64 *random)
{
    /* a later host may have these with 256 bits */
    if (strncmp(row->name, "AES", 3) == 0 || strcmp(row->name, "PCLMULQDQ") == 0) return false;
    if (row->vex == FORM_128) return pick(random, 32) == 0;       /* #UD */
    if (row->vex == FORM_256) return pick(random, 32) != 0;
    return pick(random, 2);
}

static void put_vex(struct draft *d, const struct wide_row *row, const struct encoding *e)
{
    u64 *random = d->random;
    unsigned second = has_place(row, PLACE_VVVV) || pick(random, 32) == 0 ? pick(random, 16) : 0;
    if (d->c->code_bits != 64) second &= 7;
    unsigned tail = (~second & 15) << 3 | (unsigned)vex_long(row, random) << 2 | e->prefix;

    if (e->map == 1 && !(d->rex & (REX_W | REX_X | REX_B)) && pick(random, 4)) {
        draft_put(d, 0xc5, 1);
        draft_put(d, (d->rex & REX_R ? 0 : 0x80) | tail, 1);
        return;
    }
    draft_put(d, 0xc4, 1);
    unsigned map = pick(random, 64) ? e->map : pick(random, 2) ? 0 : 8 + pick(random, 24);       /* #UD */
    draft_put(d, (~(unsigned)d->rex & 7) << 5 | map, 1);
    draft_put(d, (d->rex & REX_W ? 0x80 : 0) | tail, 1);
}

static void put_legacy(struct draft *d, const struct encoding *e)
{
    static const u8 escapes[4][2] = { { 0, 0 }, { 0x0f, 0 }, { 0x0f, 0x38 }, { 0x0f, 0x3a } };

    if (e->prefix) draft_put(d, prefix_bytes[e->prefix], 1);
    if (d->rex) draft_put(d, 0x40 | d->rex, 1);
    for (unsigned i = 0; i < 2; i++)
        if (escapes[e->map][i]) draft_put(d, escapes[e->map][i], 1);
}

/* "/r", "/5", "!C0+i", or nothing. */
static void put_modrm(struct draft *d, const struct wide_row *row, const char *rest)
{
    const char *slash = strchr(rest, '/'), *fixed = strchr(rest, '!');
    bool memory = has_place(row, PLACE_RM_MEMORY) || has_place(row, PLACE_RM_VSIB);

    if (fixed) {
        const char *end = draft_put_hex(d, fixed + 1);
        if (strncmp(end, "+i", 2) == 0) d->c->code[d->c->length - 1] |= (u8)pick(d->random, 8);
    }
    if (!slash) return;
    unsigned reg = slash[1] == 'r' ? pick(d->random, 8) : (unsigned)(slash[1] - '0');
    if (!memory && (has_place(row, PLACE_RM_REGISTER) || pick(d->random, 2))) draft_register(d, reg, pick(d->random, 8));
    else draft_memory(d, reg, has_place(row, PLACE_RM_VSIB));
}

/* 67, a segment override, 66 where it chooses an image's size.  CS is the code page in 16-bit code. */
static void put_common_prefixes(struct draft *d, const struct wide_row *row)
{
    static const u8 segments[] = { 0x26, 0x36, 0x3e, 0x2e, 0x64, 0x65 };
    struct oracle_case *c = d->c;
    u64 *random = d->random;
    bool vsib = has_place(row, PLACE_RM_VSIB);
    unsigned code16 = c->code_bits == 16, code64 = c->code_bits == 64;

    if (pick(random, 8) == 0) {
        u8 segment = segments[pick(random, code16 ? 3 : code64 && d->can & CAN_BASES ? 6 : 4)];
        if (segment >= 0x64) d->segment_base = segment == 0x64 ? c->fs_base : c->gs_base;
        draft_put(d, segment, 1);
    }
    if (code16 ? pick(random, vsib ? 16 : 3) != vsib ? vsib : !vsib : code64 && pick(random, 8) == 0) {
        draft_put(d, 0x67, 1);
        d->address_bits = 32;
    }
    if (row->name[0] == 'F' && row->bytes[0] == 'D' && pick(random, 4) == 0) {
        draft_put(d, 0x66, 1);
        d->opsize16 = !code16;
    }
}

/* What makes an instruction undefined, or would if it stood elsewhere: LOCK, a legacy prefix or REX before VEX, REX before a legacy
 * prefix (nothing), more than 15 bytes (#GP). */
static void put_spoiler(struct draft *d, const struct encoding *e)
{
    static const u8 before_vex[] = { 0xf0, 0x66, 0xf2, 0xf3, 0x48, 0x41 };
    u64 *random = d->random;

    if (pick(random, 32)) return;
    switch (pick(random, 4)) {
    case 0: draft_put(d, 0xf0, 1); break;
    case 1:
        for (unsigned i = 7 + pick(random, 6); i > 0; i--) draft_put(d, 0x3e, 1);
        d->segment_base = d->c->code_bits == 16 ? DATA_LA : 0;
        break;
    case 2:
        if (e->vex) draft_put(d, before_vex[pick(random, d->c->code_bits == 64 ? 6 : 4)], 1);
        break;
    default:
        if (d->c->code_bits != 64 || e->vex) break;
        draft_put(d, 0x40 | pick(random, 16), 1);
        draft_put(d, 0x3e, 1);
        d->segment_base = 0;
        break;
    }
}

static void put_code(struct draft *d, const struct wide_row *row, const struct encoding *e)
{
    put_common_prefixes(d, row);
    put_spoiler(d, e);
    choose_rex(d, e);
    if (e->vex) put_vex(d, row, e);
    else put_legacy(d, e);
    const char *rest = draft_put_hex(d, e->rest);
    if (strncmp(rest, "+r", 2) == 0) d->c->code[d->c->length - 1] |= (u8)pick(d->random, 8);
    put_modrm(d, row, rest);
    if (has_place(row, PLACE_IMMEDIATE)) draft_put(d, next_random(d->random), 1);
}

/* --- state --- */

/* The first 32 bytes of an FXSAVE area: no reserved bit of MXCSR, mostly, and pointers that are canonical. */
static void plant_legacy_head(struct draft *d, u8 *plant)
{
    const struct extended *x = &d->c->extended_in;
    u16 head[4] = { x->fcw, x->fsw, x->ftw, x->fop };

    memcpy(plant, head, sizeof head);
    put64(plant + 8, random64(d->random) >> 17);
    put64(plant + 16, random64(d->random) >> 17);
    put32(plant + 24, x->mxcsr ^ (pick(d->random, 16) == 0 ? 1u << pick(d->random, 32) : 0));
    put32(plant + 28, 0);
}

/* Environments and control words from memory: valid ones, so that no exception is pending that no mask explains. */
static void plant_control(struct draft *d, const char *name, u8 *plant)
{
    const struct extended *x = &d->c->extended_in;

    if (strcmp(name, "LDMXCSR") == 0) {
        u32 mxcsr = x->mxcsr ^ (pick(d->random, 16) == 0 ? 1u << pick(d->random, 32) : 0);
        memcpy(plant, &mxcsr, 4);
    } else if (strcmp(name, "FLDCW") == 0) {
        memcpy(plant, &x->fcw, 2);
    } else if (strcmp(name, "FLDENV") == 0 || strcmp(name, "FRSTOR") == 0) {
        u16 words[3] = { x->fcw, x->fsw, (u16)next_random(d->random) };
        for (unsigned i = 0; i < 3; i++) {
            if (d->opsize16) put16(plant + 2 * i, words[i]);
            else put32(plant + 4 * i, words[i] | 0xffff0000);
        }
    } else if (strcmp(name, "FXRSTOR") == 0 || strcmp(name, "XRSTOR") == 0) {
        plant_legacy_head(d, plant);
    }
}

/* SDM vol. 1, "XSAVE Header": XSTATE_BV, XCOMP_BV, zeros.  One in four is malformed, one in four compacted. */
static void plant_xsave_header(struct draft *d, u64 area)
{
    u64 *random = d->random, header[8] = { pick(random, 8) };

    switch (pick(random, 8)) {
    case 0: header[0] |= 1ull << (8 + pick(random, 56)); break;
    case 1: header[1 + pick(random, 7)] = 1ull << pick(random, 63); break;
    case 2: case 3: header[1] = 1ull << 63 | header[0] | pick(random, 8); break;
    case 4: header[1] = 1ull << 63 | pick(random, 8); break;
    default: break;
    }
    draft_plant(d, area + 512, header, sizeof header);
}

/* EDX:EAX of XSAVE's kind: x87, SSE, AVX, and bits that no host has enabled.  AVX-512 and what comes after it our side has not. */
static u64 choose_xsave(struct draft *d, u64 target)
{
    struct oracle_case *c = d->c;

    c->in.gpr[RAX] = pick(d->random, 4) ? pick(d->random, 8) : next_random(d->random) & 0xffff001f;
    c->in.gpr[RDX] = pick(d->random, 4) ? 0 : next_random(d->random) & 0x3fffffff;
    return pick(d->random, 8) ? target & ~63ull : target;
}

static void choose_state(struct draft *d, const struct wide_row *row)
{
    struct oracle_case *c = d->c;
    enum element element = element_of(row->name);
    bool x87 = row->name[0] == 'F';
    u8 plant[PLANT_BYTES];

    draft_registers(d);
    c->extended = true;
    contents_extended(&c->extended_in, x87 ? ELEMENT_ANY : element,
                      x87 || pick(d->random, 2) ? ELEMENT_EXTENDED : element, d->random);
    if (oracle_transcendental(row->name)) {                      /* P likewise: masked */
        c->extended_in.fcw |= 0x20;
        c->extended_in.fsw = contents_fsw_summary(c->extended_in.fsw, c->extended_in.fcw);
    }
    if (!(d->can & CAN_POINTERS) && !(c->extended_in.fsw & 0x80))
        c->extended_in.fop = c->extended_in.fip = c->extended_in.fdp = 0;
    contents_fill(element, plant, sizeof plant, d->random);
    plant_control(d, row->name, plant);
    if (strncmp(row->name, "PCMPESTR", 8) == 0 || strncmp(row->name, "PCMPISTR", 8) == 0) {
        c->in.gpr[RAX] = pick(d->random, 40) - 20ull;
        c->in.gpr[RDX] = pick(d->random, 40) - 20ull;
    }
    if (strcmp(row->name, "CMPXCHG8B") == 0 && pick(d->random, 2)) {
        c->in.gpr[RAX] = d->rex & REX_W ? get64(plant) : get32(plant);
        c->in.gpr[RDX] = d->rex & REX_W ? get64(plant + 8) : get32(plant + 4);
    }
    bool xsave = row->name[0] == 'X' && row->name[1] != 'G' && d->memory;
    u64 target = xsave ? choose_xsave(d, draft_target(d)) : draft_target(d);
    draft_aim(d, target);
    if (d->memory) draft_plant(d, target, plant, sizeof plant);
    if (xsave) plant_xsave_header(d, target);
    if (strncmp(row->name, "MASKMOV", 7) == 0) c->in.gpr[RDI] = target - d->segment_base;
}

/* An unmasked exception shows at the next waiting instruction; FNSTENV tells pointers that FXSAVE hides. */
enum { TAIL_OFFSET = 0x40 };             /* of FNSTENV's operand in the data */

static void put_tail(struct draft *d, const struct wide_row *row)
{
    struct oracle_case *c = d->c;
    unsigned before = c->length;

    if (row->name[0] != 'F') return;
    switch (pick(d->random, 4)) {
    case 0: case 1: draft_put(d, 0x9b, 1); break;
    case 2:
        if (oracle_transcendental(row->name)) break;             /* C1 and P depend on the last digit */
        if (pick(d->random, 4) == 0) draft_put(d, 0x66, 1);
        draft_put(d, c->code_bits == 16 ? 0x36d9 : c->code_bits == 32 ? 0x35d9 : 0x2534d9, c->code_bits == 64 ? 3 : 2);
        draft_put(d, (c->code_bits == 16 ? 0 : DATA_LA) + TAIL_OFFSET, c->code_bits == 16 ? 2 : 4);
        break;
    default: break;
    }
    c->tail = c->length - before;
}

void oracle_generate_row(struct oracle_case *c, const struct wide_row *row, unsigned code_bits, unsigned can,
                         u64 *random)
{
    struct draft d = { .c = c, .random = random, .can = can, .address_bits = code_bits, .opsize16 = code_bits == 16,
                       .segment_base = code_bits == 16 ? DATA_LA : 0, .base = NO_REGISTER, .index = NO_REGISTER };

    *c = (struct oracle_case){ .code_bits = code_bits, .data_limit = draft_limit(random), .name = row->name,
                               .undefined = row->undefined, .undefined_fsw = row->undefined_fsw };
    draft_bases(&d);
    struct encoding e = parse_row(row, can, random);
    put_code(&d, row, &e);
    put_tail(&d, row);
    choose_state(&d, row);
}

/* EAX addresses the area and selects AVX-512, which the host has and our side has not. */
static bool asks_for_more(const struct oracle_case *c, const struct wide_row *row)
{
    return row->name[0] == 'X' && c->in.gpr[RAX] & 0xe0;
}

void oracle_generate_wide(struct oracle_case *c, unsigned code_bits, unsigned can, u64 *random)
{
    const struct wide_row *row;

    do row = &wide_rows[pick(random, wide_row_count)];
    while ((!(can & CAN_AVX) && strncmp(row->bytes, "VEX ", 4) == 0) || (!(can & CAN_BASES) && strstr(row->name, "SBASE")));
    do oracle_generate_row(c, row, code_bits, can, random); while (asks_for_more(c, row));
}
