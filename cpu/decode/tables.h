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

/* Operand codes of rows.inc, SDM vol. 2, "Codes for Addressing Method" and "Codes for Operand Type". */
enum operand {
    OPERAND_None, OPERAND_Eb, OPERAND_Ew, OPERAND_Ev, OPERAND_Gb, OPERAND_Gw, OPERAND_Gv, OPERAND_Zb, OPERAND_Zv,
    OPERAND_AL, OPERAND_rAX, OPERAND_Ib, OPERAND_Iw, OPERAND_Iz, OPERAND_Ibs, OPERAND_ONE, OPERAND_CL, OPERAND_DX,
    OPERAND_M, OPERAND_Ob, OPERAND_Ov, OPERAND_Jb, OPERAND_Jz, OPERAND_Ap, OPERAND_Sw, OPERAND_Rd, OPERAND_Cd,
    OPERAND_ES, OPERAND_CS, OPERAND_SS, OPERAND_DS, OPERAND_FS, OPERAND_GS,
    OPERAND_Xb, OPERAND_Xv, OPERAND_Yb, OPERAND_Yv,
};

enum row_since { SINCE_I8086, SINCE_I186, SINCE_I286, SINCE_I386, SINCE_I486, SINCE_CPUID, SINCE_TSC, SINCE_MSR,
                 SINCE_CX8, SINCE_SEP, SINCE_CMOV };

enum row_notes {
    LOCKABLE = 1,        /* LOCK is legal with a memory destination */
    BY_OPSIZE = 2,       /* the form's width is the operand size although no operand says so */
    ENDS = 4,            /* a trace ends after it */
    REP = 8,             /* F2 and F3 repeat it */
    REPCC = 16,          /* F3 repeats while ZF = 1, F2 while ZF = 0 */
    BRANCH = 32,         /* direct branch: a link follows the record */
    SEGMENT = 64,        /* takes a segment override without ModRM */
    UP_TO_486 = 128,     /* not on a Pentium and later */
};

/* Flag groups of the columns: bits as in EFLAGS. */
enum row_flags {
    FLAGS_NONE = 0, FLAGS_C = 0x001, FLAGS_P = 0x004, FLAGS_A = 0x010, FLAGS_Z = 0x040, FLAGS_S = 0x080, FLAGS_D = 0x400,
    FLAGS_O = 0x800, FLAGS_OC = 0x801, FLAGS_AC = 0x011, FLAGS_ZC = 0x041, FLAGS_OS = 0x880, FLAGS_OSZ = 0x8c0,
    FLAGS_SZP = 0x0c4, FLAGS_SZAP = 0x0d4, FLAGS_OSAP = 0x894, FLAGS_OSAPC = 0x895, FLAGS_OSZP = 0x8c4, FLAGS_OAC = 0x811,
    FLAGS_SZAPC = 0x0d5, FLAGS_OSZAP = 0x8d4, FLAGS_OSZ_PC = 0x8c5, FLAGS_OSZAPC = 0x8d5, FLAGS_ALL = 0xffff,
};

struct opcode_row {
    const char *bytes, *name;
    enum operand operand[3];
    enum row_since since;
    u16 reads, writes, undefined, notes;
};
extern const struct opcode_row opcode_rows[];
extern const unsigned opcode_row_count;

enum { OPSIZE_16, OPSIZE_32, OPSIZES };
enum { REPEAT_NONE, REPEAT_F3, REPEAT_F2, REPEATS };

/* A row made ready: forms by operand size, repeat prefix and whether ModRM names memory.  0 where there is none. */
struct decode_entry {
    const struct opcode_row *row;
    bool has_modrm;
    u16 form[OPSIZES][REPEATS][2 /* memory, register */];
};

struct decode_tables {
    struct decode_entry *entries;
    u16 index[2 /* one byte, 0F */][256][8 /* ModRM.reg */];     /* entry + 1, 0 undefined on this model */
    bool modrm[2][256];
};

/* NULL and a sentence in err when a row has no body (a mistake of ours, found at start). */
struct decode_tables *decode_tables_create(const struct cpu_model *model, struct error *err);
void decode_tables_destroy(struct decode_tables *tables);

#endif
