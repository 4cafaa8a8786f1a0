#define _GNU_SOURCE
#include "cpu/decode/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/base/allocated.h"
#include "cpu/run/processor.h"

const char *const op_names[OP_COUNT] = {
    "HEADER",
#define OP_FORM(name) #name,
#include "op_forms.h"
#undef OP_FORM
};

const struct opcode_row opcode_rows[] = {
#define OP_ROW4(bytes, name, dst, src, third, fourth, since, reads, writes, undefined, notes)              \
    { bytes, #name, { OPERAND_##dst, OPERAND_##src, OPERAND_##third, OPERAND_##fourth }, SINCE_##since,     \
      FLAGS_##reads, FLAGS_##writes, FLAGS_##undefined, notes },
#define OP_ROW(bytes, name, dst, src, third, since, reads, writes, undefined, notes)                       \
    OP_ROW4(bytes, name, dst, src, third, None, since, reads, writes, undefined, notes)
#include "cpu/decode/rows.inc"
#undef OP_ROW
#undef OP_ROW4
};
const unsigned opcode_row_count = ARRAY_COUNT(opcode_rows);

static const struct { char letter; u8 width; } operand_shape[OPERAND_COUNT] = {
#define X(code, letter, width) { letter, width },
    OPERANDS(X)
#undef X
};

static bool model_has(const struct cpu_model *model, const struct opcode_row *row)
{
    if (row->notes & UP_TO_486 && model->family > 4) return false;
    if (row->notes & WITHOUT_FPU && cpu_model_has(model, FEATURE_FPU)) return false;
    if (row->notes & NEEDS_FPU && !cpu_model_has(model, FEATURE_FPU)) return false;
    if (row->since == SINCE_I486) return model->family >= 4;
    if (row->since == SINCE_CPUID) return model->has_cpuid;
    if (row->since >= 256) return cpu_model_has(model, (enum cpu_feature)(row->since - 256));
    return true;                     /* the oldest model is a 386 */
}

static int compare_names(const void *a, const void *b, void *names)
{
    const char *const *n = names;
    return strcmp(n[*(const u16 *)a], n[*(const u16 *)b]);
}

/* Form number of a name, by binary search in `sorted`; 0 when there is no such body. */
static u16 form_number(const u16 *sorted, const char *name)
{
    unsigned low = 0, high = OP_COUNT;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = strcmp(name, op_names[sorted[middle]]);
        if (order == 0) return sorted[middle];
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return 0;
}

/* Bits of a form's width code at an operand size; widths by W are 64 with OPSIZE_64 alone. */
static unsigned width_bits(unsigned width, unsigned opsize)
{
    if (width == 'V') return 16u << opsize;
    if (width == 'Y') return opsize == OPSIZE_64 ? 64 : 32;
    return width;
}

static bool is_vector(const struct opcode_row *row)
{
    for (unsigned i = 0; i < OPERANDS_MAX; i++)
        if (row->operand[i] >= OPERAND_Pq) return true;
    return false;
}

/* The operand that mod and rm of ModRM name. */
static bool names_modrm(enum operand o)
{
    char letter = operand_shape[o].letter;
    return letter == 'E' || letter == 'M' || o == OPERAND_Nq || o == OPERAND_Ux;
}

/* "ADD_M_R_32": the row's name, a letter an operand, the width.  Vector forms: "PADDB_M", "MOVD_LD_R_64": one letter for the
 * operand of ModRM, and a width where general registers make one. */
static void form_name(char *text, size_t size, const struct opcode_row *row, unsigned opsize, unsigned repeat, bool reg)
{
    static const char *const repcc[] = { "", "REPE_", "REPNE_" };
    bool vector = is_vector(row);
    const char *prefix = repeat == REPEAT_NONE ? "" : row->notes & REPCC ? repcc[repeat] : "REP_";
    size_t n = (size_t)snprintf(text, size, "%s%s", prefix, row->name);
    unsigned width = row->notes & BY_OPSIZE ? 'V' : row->notes & BY_W ? 'Y' : 0;

    for (unsigned i = 0; i < OPERANDS_MAX; i++) {
        char letter = operand_shape[row->operand[i]].letter;
        u8 operand_width = operand_shape[row->operand[i]].width;
        if (vector && !names_modrm(row->operand[i])) letter = 0;
        if (vector && operand_width != 'Y') operand_width = 0;
        if (letter == 'E') letter = reg ? 'R' : 'M';
        if (letter) n += (size_t)snprintf(text + n, size - n, "_%c", letter);
        if (!width) width = operand_width;
    }
    if (width) snprintf(text + n, size - n, "_%u", width_bits(width, opsize));
}

static bool has_modrm(const struct opcode_row *row)
{
    return strpbrk(row->bytes, "/!") != NULL;
}

static bool is_mmx(const struct opcode_row *row)
{
    enum operand first = row->operand[0], second = row->operand[1];
    bool memory = first >= OPERAND_M && first <= OPERAND_Mv;
    return (first >= OPERAND_Pq && first <= OPERAND_Nq) || (memory && second == OPERAND_Pq);
}

/* Looks up every form of a row; a row without any body is our mistake. */
static bool fill_entry(struct decode_entry *entry, const struct opcode_row *row, const u16 *sorted, struct error *err)
{
    char name[64];
    bool any = false, repeats = row->notes & (REP | REPCC);

    entry->row = row;
    entry->has_modrm = has_modrm(row);
    entry->vector = is_vector(row);
    entry->mmx = is_mmx(row);
    entry->vsib = row->operand[2] == OPERAND_Sx;
    for (unsigned size = 0; size < OPSIZES; size++) {
        for (unsigned repeat = 0; repeat < REPEATS; repeat++) {
            for (unsigned reg = 0; reg < 2; reg++) {
                u16 *form = entry->form[size][repeat];
                if (repeat && !repeats) {                /* as without */
                    form[reg] = entry->form[size][REPEAT_NONE][reg];
                    continue;
                }
                form_name(name, sizeof name, row, size, repeat, reg);
                form[reg] = form_number(sorted, name);
                any |= form[reg] != 0;
            }
        }
    }
    return any || fail(err, "row %s %s: no operation body is called %s", row->bytes, row->name, name);
}

/* --- the bytes of a row: "0F AF /r", "80 /5", "B8+r", "66 0F 38 1C /r", "D9 !F0", "VEX F2 0F 38 F5 W0 /r" ---
 *     prefix NP 66 F3 F2 (none: any), VEX (by VEX alone), W0 W1, opcode, then /r, /digit, or !ModRM, which +i widens by 8 */
struct row_place {
    bool vex_only;
    unsigned prefixes;       /* bit PREFIX_* */
    unsigned ws;             /* bit 0: W = 0, bit 1: W = 1 */
    unsigned map, first, last;
    int digit, modrm, modrm_last;        /* -1: any */
};

static unsigned parse_prefixes(const char **at, struct row_place *p)
{
    static const struct { const char *word; u8 bit; } word[] = {
        { "NP ", 1 << PREFIX_NONE }, { "66 ", 1 << PREFIX_66 }, { "F3 ", 1 << PREFIX_F3 }, { "F2 ", 1 << PREFIX_F2 },
    };
    unsigned prefixes = 0;

    p->vex_only = strncmp(*at, "VEX ", 4) == 0;
    if (p->vex_only) *at += 4;
    for (unsigned i = 0; i < ARRAY_COUNT(word); i++) {
        if (strncmp(*at, word[i].word, 3)) continue;
        prefixes |= word[i].bit;
        *at += 3;
    }
    return prefixes ? prefixes : 15;
}

static struct row_place parse_row(const char *bytes)
{
    struct row_place p = { .digit = -1, .modrm = -1, .ws = 3 };
    const char *at = bytes;
    char *end;

    p.prefixes = parse_prefixes(&at, &p);
    if (strncmp(at, "0F ", 3) == 0) {
        p.map = MAP_0F;
        at += 3;
        if (strncmp(at, "38 ", 3) == 0) p.map = MAP_0F38;
        if (strncmp(at, "3A ", 3) == 0) p.map = MAP_0F3A;
        if (p.map != MAP_0F) at += 3;
    }
    if (*at == 'W') {                       /* before the opcode, where it is easier to read in columns */
        p.ws = at[1] == '0' ? 1 : 2;
        at += 3;
    }
    p.first = p.last = (unsigned)strtoul(at, &end, 16);
    if (strncmp(end, "+r", 2) == 0) p.last = p.first | 7;
    if (strstr(end, "W0")) p.ws = 1;
    if (strstr(end, "W1")) p.ws = 2;
    const char *slash = strchr(end, '/'), *fixed = strchr(end, '!');
    if (slash && slash[1] != 'r') p.digit = slash[1] - '0';
    if (fixed) {
        p.modrm = (int)strtoul(fixed + 1, &end, 16);
        p.modrm_last = strncmp(end, "+i", 2) == 0 ? p.modrm | 7 : p.modrm;
    }
    return p;
}

static struct opcode_block *block_for(struct decode_tables *t, struct opcode_place p)
{
    u16 *number = &t->index[p.code64][p.vex][p.w][p.map][p.opcode][p.prefix];

    if (*number) return &t->blocks[*number - 1];
    if (t->blocks_used == t->blocks_room) {
        t->blocks_room = t->blocks_room ? 2 * t->blocks_room : 1024;
        t->blocks = allocated(realloc(t->blocks, t->blocks_room * sizeof *t->blocks));
    }
    struct opcode_block *block = &t->blocks[t->blocks_used++];
    *block = (struct opcode_block){ 0 };
    *number = (u16)t->blocks_used;
    return block;
}

enum { TAKES_MEMORY = 1, TAKES_REGISTER = 2 };
static unsigned takes(const struct opcode_row *row)
{
    for (unsigned i = 0; i < OPERANDS_MAX; i++) {
        enum operand o = row->operand[i];
        if ((o >= OPERAND_M && o <= OPERAND_Mv) || o == OPERAND_Sx) return TAKES_MEMORY;
        if (o == OPERAND_Nq || o == OPERAND_Ux || o == OPERAND_Rv || o == OPERAND_Ry) return TAKES_REGISTER;
    }
    return TAKES_MEMORY | TAKES_REGISTER;
}

static void enter_in_block(struct opcode_block *block, const struct row_place *p, const struct decode_entry *e, u16 number)
{
    unsigned kinds = takes(e->row);

    block->modrm |= e->has_modrm;
    for (unsigned reg = 0; reg < 8; reg++) {
        if (p->modrm < 0 && (p->digit < 0 || p->digit == (int)reg) && kinds & TAKES_MEMORY) block->memory[reg] = number;
    }
    for (unsigned low = 0; low < 64; low++) {
        if (p->modrm >= 0 ? (int)low < (p->modrm & 63) || (int)low > (p->modrm_last & 63)
                          : p->digit >= 0 && p->digit != (int)(low >> 3)) continue;
        if (kinds & TAKES_REGISTER) block->reg[low] = number;
    }
}

static void enter_row(struct decode_tables *tables, const struct cpu_model *model, const struct decode_entry *e, u16 number)
{
    struct row_place p = parse_row(e->row->bytes);
    u32 notes = e->row->notes;
    bool vex_too = notes & (VEX_FP | VEX_INT | VEX_SCALAR | VEX_128) && cpu_model_has(model, FEATURE_AVX);

    for (unsigned i = 0; i < 8 * PREFIXES; i++) {
        struct opcode_place at = { .prefix = (u8)(i & 3), .w = i >> 2 & 1, .vex = i >> 3 & 1, .code64 = i >> 4 & 1, .map = (u8)p.map };
        if (!(p.prefixes >> at.prefix & 1) || !(p.ws >> at.w & 1)) continue;
        if (at.vex ? !p.vex_only && !vex_too : p.vex_only) continue;
        if (notes & (at.code64 ? NOT_IN_64BIT : ONLY_64BIT)) continue;
        for (unsigned code = p.first; code <= p.last; code++) {
            at.opcode = (u8)code;
            enter_in_block(block_for(tables, at), &p, e, number);
            tables->modrm[at.vex][at.map][code] |= e->has_modrm;
        }
    }
}

struct decode_tables *decode_tables_create(const struct cpu_model *model, struct error *err)
{
    struct decode_tables *tables = allocated(calloc(1, sizeof *tables));
    u16 *sorted = allocated(malloc(OP_COUNT * sizeof *sorted));

    tables->model = model;
    tables->entries = allocated(calloc(opcode_row_count, sizeof *tables->entries));
    for (unsigned i = 0; i < OP_COUNT; i++) sorted[i] = (u16)i;
    qsort_r(sorted, OP_COUNT, sizeof *sorted, compare_names, (void *)op_names);
    bool ok = true;
    for (unsigned i = 0; i < opcode_row_count; i++) {
        const struct opcode_row *row = &opcode_rows[i];
        ok &= fill_entry(&tables->entries[i], row, sorted, err);
        if (model_has(model, row)) enter_row(tables, model, &tables->entries[i], (u16)(i + 1));
    }
    free(sorted);
    if (ok) return tables;
    decode_tables_destroy(tables);
    return NULL;
}

void decode_tables_destroy(struct decode_tables *tables)
{
    if (!tables) return;
    free(tables->entries);
    free(tables->blocks);
    free(tables);
}
