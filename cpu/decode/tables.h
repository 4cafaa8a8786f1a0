#ifndef ORRERY_DECODE_TABLES_H
#define ORRERY_DECODE_TABLES_H
/* The opcode map, made of rows.inc when a processor is created.                            doc: decode */
#include "cpu/cpu.h"

/* Forms: one value for each OP(...) body of cpu/ops, named as there, with its width. */
enum op {
    OP_HEADER = 0,
#define OP_FORM(name) OP_##name,
#include "op_forms.h"
#undef OP_FORM
    OP_COUNT
};
extern const char *const op_names[OP_COUNT];

/* Operand codes of rows.inc, SDM vol. 2, "Codes for Addressing Method" and "Codes for Operand Type".  Ours: Z register of the
 * opcode's low bits, Ibs sign-extended imm8, Iv immediate of the whole operand size, Oq* a 64-bit offset, Tr the bits 2-0 of ModRM as
 * a number (ST(i)), Lx the register in bits 7-4 of an immediate, Sx memory by a vector of indices. */
#define OPERANDS(X) \
    /* code  letter in the form's name, width it gives: 8 16 32 64 80, V operand size, Y 32 or 64 by W, 0 none */ \
    X(None, 0, 0)   X(Eb, 'E', 8)   X(Ew, 'E', 16)  X(Ev, 'E', 'V') X(Ey, 'E', 'Y') X(Ed, 'E', 32)  X(Gb, 'R', 8)   X(Gw, 'R', 16) \
    X(Gv, 'R', 'V') X(Gy, 'R', 'Y') X(Gd, 'R', 32)  X(By, 'H', 'Y') X(Zb, 'R', 8)   X(Zv, 'R', 'V') X(AL, 'R', 8)   X(rAX, 'R', 'V') \
    X(Ib, 'I', 0)   X(Iw, 'I', 0)   X(Iz, 'I', 0)   X(Iv, 'V', 0)   X(Ibs, 'I', 0)  X(ONE, 'I', 0)  X(CL, 'C', 0)   X(DX, 'D', 0) \
    X(M, 'M', 0)    X(Mw, 'M', 16)  X(Md, 'M', 32)  X(Mq, 'M', 64)  X(Mt, 'M', 80)  X(My, 'M', 'Y') X(Mv, 'M', 'V') \
    X(Ob, 'M', 8)   X(Ov, 'M', 'V') X(Oqb, 'O', 8)  X(Oqv, 'O', 'V') X(Jb, 'J', 'V') X(Jz, 'J', 'V') X(Ap, 'A', 0)  X(Sw, 'S', 0) \
    X(Rr, 'R', 0)   X(Rv, 'R', 'V') X(Ry, 'R', 'Y') X(Cd, 'N', 0)   X(Tr, 'T', 0)   X(ES, 'S', 0)   X(CS, 'S', 0)   X(SS, 'S', 0) \
    X(DS, 'S', 0)   X(FS, 'S', 0)   X(GS, 'S', 0)   X(Xb, 0, 8)     X(Xv, 0, 'V')   X(Yb, 0, 8)     X(Yv, 0, 'V') \
    /* vector registers and memory: P Q N are MMX, V W U H L are XMM or YMM */ \
    X(Pq, 0, 0)     X(Qq, 'E', 0)   X(Nq, 'R', 0)   X(Vx, 0, 0)     X(Wx, 'E', 0)   X(Ux, 'R', 0)   X(Hx, 0, 0)     X(Lx, 0, 0)     X(Sx, 'M', 0)
enum operand {
#define X(code, letter, width) OPERAND_##code,
    OPERANDS(X)
#undef X
    OPERAND_COUNT
};

/* Generations by number; a feature of features.inc by 256 and its number. */
enum row_since {
    SINCE_I8086, SINCE_I186, SINCE_I286, SINCE_I386, SINCE_I486, SINCE_CPUID,
#define X(name, word, bit, flag, meaning) SINCE_##name = 256 + FEATURE_##name,
#include "cpu/system/features.inc"
#undef X
};

enum row_notes {
    LOCKABLE = 1,        /* LOCK is legal with a memory destination */
    BY_OPSIZE = 2,       /* the form's width is the operand size although no operand says so */
    ENDS = 4,            /* a trace ends after it */
    REP = 8,             /* F2 and F3 repeat it */
    REPCC = 16,          /* F3 repeats while ZF = 1, F2 while ZF = 0 */
    BRANCH = 32,         /* direct branch: a link follows the record */
    SEGMENT = 64,        /* takes a segment override without ModRM */
    UP_TO_486 = 128,     /* not on a Pentium and later */
    NOT_IN_64BIT = 256,  /* #UD in 64-bit mode, or another instruction there */
    ONLY_64BIT = 512,    /* an instruction in 64-bit mode alone */
    D64 = 1024,          /* operand size 64 in 64-bit mode, 16 with 66 */
    F64 = 2048,          /* operand size 64 in 64-bit mode; 66 makes it 16 on AMD's processors alone */
    BY_W = 4096,         /* the form's width is 64 with REX.W or VEX.W, else 32 */
    VEX_FP = 8192,       /* also by VEX, 128 and 256 bits, with AVX */
    VEX_INT = 16384,     /* also by VEX, 128 bits with AVX, 256 with AVX2 */
    VEX_SCALAR = 32768,  /* also by VEX with AVX, whatever VEX.L says */
    VEX_128 = 65536,     /* also by VEX with AVX, VEX.L = 0 alone */
    NEEDS_FPU = 131072,  /* besides its feature */
    WITHOUT_FPU = 262144, /* on a processor without one */
    VEX_256 = 524288,    /* by VEX, VEX.L = 1 alone */
};

/* Flag groups of the columns: bits as in EFLAGS. */
enum row_flags {
    FLAGS_NONE = 0, FLAGS_C = 0x001, FLAGS_P = 0x004, FLAGS_A = 0x010, FLAGS_Z = 0x040, FLAGS_S = 0x080, FLAGS_D = 0x400,
    FLAGS_O = 0x800, FLAGS_OC = 0x801, FLAGS_AC = 0x011, FLAGS_ZC = 0x041, FLAGS_OS = 0x880, FLAGS_OSZ = 0x8c0,
    FLAGS_SZP = 0x0c4, FLAGS_SZAP = 0x0d4, FLAGS_OSAP = 0x894, FLAGS_OSAPC = 0x895, FLAGS_OSZP = 0x8c4, FLAGS_OAC = 0x811,
    FLAGS_SZAPC = 0x0d5, FLAGS_OSZAP = 0x8d4, FLAGS_OSZ_PC = 0x8c5, FLAGS_OSZAPC = 0x8d5, FLAGS_ALL = 0xffff,
};

enum { OPERANDS_MAX = 4 };
struct opcode_row {
    const char *bytes, *name;
    enum operand operand[OPERANDS_MAX];
    enum row_since since;
    u16 reads, writes, undefined;
    u32 notes;
};
extern const struct opcode_row opcode_rows[];
extern const unsigned opcode_row_count;

enum { OPSIZE_16, OPSIZE_32, OPSIZE_64, OPSIZES };
enum { REPEAT_NONE, REPEAT_F3, REPEAT_F2, REPEATS };
enum { MAP_ONE_BYTE, MAP_0F, MAP_0F38, MAP_0F3A, MAPS };
enum { PREFIX_NONE, PREFIX_66, PREFIX_F3, PREFIX_F2, PREFIXES };   /* mandatory prefixes, numbered as VEX.pp */

/* A row made ready: forms by operand size, repeat prefix and whether ModRM names memory.  0 where there is none. */
struct decode_entry {
    const struct opcode_row *row;
    bool has_modrm, vector, vsib;
    bool mmx;            /* the destination is an MMX register, or memory that one is stored to */
    u16 form[OPSIZES][REPEATS][2 /* memory, register */];
};

/* The meanings of one opcode, by ModRM: entry + 1, 0 undefined on this model. */
struct opcode_block {
    bool modrm;
    u16 memory[8 /* ModRM.reg */], reg[64 /* ModRM[5:0] */];
};

/* What chooses a block. */
struct opcode_place {
    bool code64, vex, w;
    u8 map, opcode, prefix;
};

struct decode_tables {
    const struct cpu_model *model;
    struct decode_entry *entries;
    struct opcode_block *blocks;
    unsigned blocks_used, blocks_room;
    u16 index[2 /* code64 */][2 /* vex */][2 /* w */][MAPS][256][PREFIXES];  /* block + 1 */
    bool modrm[2][MAPS][256];            /* ModRM follows even where the opcode is undefined with these prefixes */
};

static inline const struct opcode_block *opcode_block_at(const struct decode_tables *t, struct opcode_place p)
{
    unsigned number = t->index[p.code64][p.vex][p.w][p.map][p.opcode][p.prefix];
    return number ? &t->blocks[number - 1] : NULL;
}

/* NULL and a sentence in err when a row has no body (a mistake of ours, found at start). */
struct decode_tables *decode_tables_create(const struct cpu_model *model, struct error *err);
void decode_tables_destroy(struct decode_tables *tables);

#endif
