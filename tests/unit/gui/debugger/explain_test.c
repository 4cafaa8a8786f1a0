/* What `explain` tells of an instruction.  SDM vol. 2A, "Instruction Format".                      doc: debugger */
#include <stdio.h>

#include "gui/debugger/explain.h"
#include "tests/unit/cpu/fixture.h"

enum { ROOM = 4096 };

/* The text for these bytes at CODE; one line of err when there is none. */
static void explained(struct pc *pc, const void *bytes, size_t size, char *text)
{
    struct error err = { 0 };
    FILE *out = stdout, *memory = fmemopen(text, ROOM, "w");

    memcpy(pc->ram + pc->cpu->seg[CPU_SEG_CS].base + pc->cpu->rip, bytes, size);
    stdout = memory;
    if (!explain(pc->cpu, NULL, pc->cpu->rip, &err)) printf("%s", err.text);
    stdout = out;
    fclose(memory);
}

static void expect_lines(const char *text, const char *const *line)
{
    const char *at = text;

    for (; *line; line++) {
        const char *found = strstr(at, *line);
        cr_expect(found != NULL, "missing, or too early: %s\nin: %s", *line, text);
        if (found) at = found;
    }
}
#define EXPLAINED(pc, code, ...) \
    do { \
        static const u8 bytes_[] = code; \
        char text_[ROOM]; \
        explained(pc, bytes_, sizeof bytes_, text_); \
        expect_lines(text_, (const char *const[]){ __VA_ARGS__, NULL }); \
    } while (0)
#define BYTES(...) { __VA_ARGS__ }

Test(explain, takes_prefixes_modrm_sib_and_displacement_apart)
{
    PC(pc) = pc_create("p2_klamath");
    enter_protected(pc, 0);
    pc->cpu->gpr[RBX] = DATA;
    pc->cpu->gpr[RCX] = 4;
    put16(pc->ram + DATA + 24, 0xbeef);
    EXPLAINED(pc, BYTES(0x66, 0x03, 0x44, 0x8b, 0x08), "0008:00010000  add ax, [ebx+ecx*4+0x08]    (protected mode, 32-bit code, CPL 0; 5 bytes)",
              "66              prefix: operand size: 16 bits", "03              opcode: add, operand size 16, address size 32", "44              ModRM: mod 1 (memory with an 8-bit displacement), reg 0, r/m 4",
              "8b              SIB: scale 4, index 1, base 3", "08              displacement: 8", "operand 1  ax, read and written, holds 0", "[ebx+ecx*4+0x08], 2 bytes, read",
              "offset ebx 20000 + ecx 4 * 4 + 8 = 20018", "DS: selector 0010, base 00000000, limit ffffffff: within", "linear 20018 -> physical 20018, holds beef", "flags set by the result: CF PF AF ZF SF OF");
}

Test(explain, says_that_a_limit_is_passed)
{
    PC(pc) = pc_create("p2_klamath");
    enter_protected(pc, 0);
    set_segment(pc->cpu, CPU_SEG_DS, KERNEL_DS, 0, DATA + 2, DATA_WRITE | B32);
    EXPLAINED(pc, BYTES(0xa1, 0x00, 0x00, 0x02, 0x00), "mov eax, [0x00020000]", "displacement: 20000", "DS: selector 0010, base 00000000, limit 00020002: BEYOND, a fault");
}

Test(explain, says_that_a_page_is_not_mapped)
{
    PC(pc) = pc_create("p2_klamath");
    enter_protected(pc, 0);
    enter_paging(pc);
    EXPLAINED(pc, BYTES(0xff, 0x35, 0x00, 0x00, 0x40, 0x00), "push [0x00400000]", "ModRM: mod 0 (memory), reg 6, r/m 5", "linear 400000: not mapped, a page fault (walk 400000)", "(implied)");
}

Test(explain, knows_rex_and_addresses_relative_to_rip)
{
    PC(pc) = pc_create("corei7_haswell");
    enter_long(pc, 0);
    pc->cpu->gpr[9] = 0x1122334455667788;
    EXPLAINED(pc, BYTES(0x4c, 0x89, 0x0d, 0xf9, 0xff, 0x00, 0x00), "mov [0x0000000000020000], r9", "64-bit mode, CPL 0; 7 bytes", "4c              REX: W=1 (64-bit operands) R=1 X=0 B=0",
              "offset rip 10007 + fff9 = 20000", "DS: base 0, no limit in 64-bit mode", "linear 20000 -> physical 20000, writable, holds 0000000000000000", "r9, read, holds 1122334455667788", "flags: none read, none written");
}

Test(explain, knows_flags_that_are_read_and_that_are_undefined)
{
    PC(pc) = pc_create("p2_klamath");
    enter_protected(pc, 0);
    cpu_set_eflags(pc->cpu, EFLAGS_1 | EFLAGS_CF);
    EXPLAINED(pc, BYTES(0x11, 0xd8), "adc eax, ebx", "flags read: CF=1", "flags set by the result:");
    EXPLAINED(pc, BYTES(0xf7, 0xf3), "div ebx", "flags left undefined (the processor model decides): CF PF AF ZF SF OF");
}

Test(explain, says_that_bytes_are_no_instruction)
{
    PC(pc) = pc_create("p2_klamath");
    enter_protected(pc, 0);
    EXPLAINED(pc, BYTES(0x0f, 0x0a, 0x00, 0x00), "at linear 0x10000 stands no instruction: 0f 0a 00 00");
}
