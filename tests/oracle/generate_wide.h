#ifndef ORRERY_TESTS_ORACLE_GENERATE_WIDE_H
#define ORRERY_TESTS_ORACLE_GENERATE_WIDE_H
/* Rows of x87 and vector instructions for the generator.                                    doc: oracle */
#include "tests/oracle/generate.h"

enum { WIDE_OPERANDS = 4 };
enum vex_forms { FORM_NONE, FORM_ANY /* 128 and 256 bits */, FORM_128, FORM_256, FORM_LIG };

/* bytes: "66 0F 58 /r", "D8 !C0+i", "VEX 66 0F 38 98 W1 /r"; prefix NP 66 F3 F2, VEX when there is no other form.
 * operand: codes of the opcode map, destination first; those that name a fixed register are left out. */
struct wide_row {
    const char *bytes, *name;
    const char *operand[WIDE_OPERANDS];
    enum vex_forms vex;
    u32 undefined;                       /* flags */
    u16 undefined_fsw;
};
extern const struct wide_row wide_rows[];
extern const unsigned wide_row_count;

void oracle_generate_row(struct oracle_case *c, const struct wide_row *row, unsigned code_bits, unsigned can,
                         u64 *random);

#endif
