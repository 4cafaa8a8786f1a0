#define _GNU_SOURCE
#include "cpu/decode/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/run/processor.h"

const char *const op_names[OP_COUNT] = {
    "HEADER",
#define OP_FORM(name) #name,
#include "op_forms.h"
#undef OP_FORM
};

const struct opcode_row opcode_rows[] = {
#define OP_ROW(bytes, name, dst, src, third, since, reads, writes, undefined, notes)                       \
    { bytes, #name, { OPERAND_##dst, OPERAND_##src, OPERAND_##third }, SINCE_##since, FLAGS_##reads,        \
      FLAGS_##writes, FLAGS_##undefined, notes },
#include "cpu/decode/rows.inc"
#undef OP_ROW
};
const unsigned opcode_row_count = ARRAY_COUNT(opcode_rows);

/* How an operand appears in a form's name, and the width it gives the form: 8, 16, 32, 'v' or 0. */
static const struct { char letter; u8 width; } operand_shape[] = {
    [OPERAND_None] = { 0, 0 },      [OPERAND_Eb] = { 'E', 8 },    [OPERAND_Ew] = { 'E', 16 },  [OPERAND_Ev] = { 'E', 'v' },
    [OPERAND_Gb] = { 'R', 8 },      [OPERAND_Gw] = { 'R', 16 },   [OPERAND_Gv] = { 'R', 'v' }, [OPERAND_Zb] = { 'R', 8 },
    [OPERAND_Zv] = { 'R', 'v' },    [OPERAND_AL] = { 'R', 8 },    [OPERAND_rAX] = { 'R', 'v' }, [OPERAND_Ib] = { 'I', 0 },
    [OPERAND_Iw] = { 'I', 0 },      [OPERAND_Iz] = { 'I', 0 },    [OPERAND_Ibs] = { 'I', 0 },  [OPERAND_ONE] = { 'I', 0 },
    [OPERAND_CL] = { 'C', 0 },      [OPERAND_DX] = { 'D', 0 },    [OPERAND_M] = { 'E', 0 },    [OPERAND_Ob] = { 'M', 8 },
    [OPERAND_Ov] = { 'M', 'v' },    [OPERAND_Jb] = { 'J', 'v' },  [OPERAND_Jz] = { 'J', 'v' }, [OPERAND_Ap] = { 'A', 0 },
    [OPERAND_Sw] = { 'S', 0 },      [OPERAND_Rd] = { 'R', 32 },   [OPERAND_Cd] = { 'N', 0 },   [OPERAND_ES] = { 'S', 0 },
    [OPERAND_CS] = { 'S', 0 },      [OPERAND_SS] = { 'S', 0 },    [OPERAND_DS] = { 'S', 0 },   [OPERAND_FS] = { 'S', 0 },
    [OPERAND_GS] = { 'S', 0 },      [OPERAND_Xb] = { 0, 8 },      [OPERAND_Xv] = { 0, 'v' },   [OPERAND_Yb] = { 0, 8 },
    [OPERAND_Yv] = { 0, 'v' },
};

static bool model_has(const struct cpu_model *model, const struct opcode_row *row)
{
    static const u32 feature[] = {
        [SINCE_TSC] = CPUID_1_EDX_TSC, [SINCE_MSR] = CPUID_1_EDX_MSR, [SINCE_CX8] = CPUID_1_EDX_CX8,
        [SINCE_SEP] = CPUID_1_EDX_SEP, [SINCE_CMOV] = CPUID_1_EDX_CMOV,
    };
    if (row->notes & UP_TO_486 && model->family > 4) return false;
    if (row->since == SINCE_I486) return model->family >= 4;
    if (row->since == SINCE_CPUID) return model->has_cpuid;
    if (row->since > SINCE_CPUID) return model->features_edx & feature[row->since];
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

/* "ADD_M_R_32": the row's name, a letter an operand, the width. */
static void form_name(char *text, size_t size, const struct opcode_row *row, unsigned opsize_bits, unsigned repeat,
                      bool reg)
{
    static const char *const repcc[] = { "", "REPE_", "REPNE_" };
    const char *prefix = repeat == REPEAT_NONE ? "" : row->notes & REPCC ? repcc[repeat] : "REP_";
    size_t n = (size_t)snprintf(text, size, "%s%s", prefix, row->name);
    unsigned width = row->notes & BY_OPSIZE ? 'v' : 0;

    for (unsigned i = 0; i < 3; i++) {
        char letter = operand_shape[row->operand[i]].letter;
        if (letter == 'E') letter = reg ? 'R' : 'M';
        if (letter) n += (size_t)snprintf(text + n, size - n, "_%c", letter);
        if (!width) width = operand_shape[row->operand[i]].width;
    }
    if (width) snprintf(text + n, size - n, "_%u", width == 'v' ? opsize_bits : width);
}

static bool has_modrm(const struct opcode_row *row)
{
    return strchr(row->bytes, '/') != NULL;
}

/* Looks up every form of a row; a row without any body is our mistake. */
static bool fill_entry(struct decode_entry *entry, const struct opcode_row *row, const u16 *sorted, struct error *err)
{
    char name[64];
    bool any = false, repeats = row->notes & (REP | REPCC);

    entry->row = row;
    entry->has_modrm = has_modrm(row);
    for (unsigned size = 0; size < OPSIZES; size++) {
        for (unsigned repeat = 0; repeat < REPEATS; repeat++) {
            for (unsigned reg = 0; reg < 2; reg++) {
                form_name(name, sizeof name, row, size == OPSIZE_16 ? 16 : 32, repeats ? repeat : REPEAT_NONE, reg);
                entry->form[size][repeat][reg] = form_number(sorted, name);
                any |= entry->form[size][repeat][reg] != 0;
            }
        }
    }
    return any || fail(err, "row %s %s: no operation body is called %s", row->bytes, row->name, name);
}

/* Enters a row under its opcode bytes: "0F AF /r", "80 /5", "B8+r". */
static void enter_row(struct decode_tables *tables, const struct opcode_row *row, u16 number)
{
    unsigned map = strncmp(row->bytes, "0F ", 3) == 0;
    char *end;
    unsigned opcode = (unsigned)strtoul(row->bytes + (map ? 3 : 0), &end, 16);
    unsigned last = strncmp(end, "+r", 2) == 0 ? opcode | 7 : opcode;
    const char *slash = strchr(end, '/');
    bool group = slash && slash[1] != 'r';

    for (unsigned code = opcode; code <= last; code++) {
        if (slash) tables->modrm[map][code] = true;
        for (unsigned reg = 0; reg < 8; reg++) {
            if (!group || reg == (unsigned)(slash[1] - '0')) tables->index[map][code][reg] = number;
        }
    }
}

struct decode_tables *decode_tables_create(const struct cpu_model *model, struct error *err)
{
    struct decode_tables *tables = calloc(1, sizeof *tables);
    u16 *sorted = malloc(OP_COUNT * sizeof *sorted);

    tables->entries = calloc(opcode_row_count, sizeof *tables->entries);
    for (unsigned i = 0; i < OP_COUNT; i++) sorted[i] = (u16)i;
    qsort_r(sorted, OP_COUNT, sizeof *sorted, compare_names, (void *)op_names);
    bool ok = true;
    for (unsigned i = 0; i < opcode_row_count; i++) {
        const struct opcode_row *row = &opcode_rows[i];
        ok &= fill_entry(&tables->entries[i], row, sorted, err);
        if (model_has(model, row)) enter_row(tables, row, (u16)(i + 1));
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
    free(tables);
}
