/* Known instructions on the host alone: is the thunk to be trusted?                         doc: oracle */
#include <string.h>

#include "cpu/base/bits.h"
#include "cpu/run/processor.h"
#include "tests/oracle/generate.h"

enum { MXCSR_MASKED = 0x1f80, FCW_MASKED = 0x37f, NO_FAULT = -1 };

struct known {
    const char *sentence;
    const char *code;                    /* hexadecimal */
    unsigned needs;                      /* CAN_* */
    int vector;                          /* NO_FAULT: goes on */
    void (*prepare)(struct oracle_case *c);
    bool (*check)(const struct oracle_case *c, const struct outcome *o);
};

static void put_single(u8 *lane, float value) { memcpy(lane, &value, 4); }
static void put_double(u8 *lane, double value) { memcpy(lane, &value, 8); }
static double get_double(const u8 *lane) { double v; memcpy(&v, lane, 8); return v; }
static float get_single(const u8 *lane) { float v; memcpy(&v, lane, 4); return v; }

/* ST(i) = value, a small power of two times an integer below 2^64. */
static void put_stack(struct extended *x, unsigned i, u64 significand, u16 sign_exponent)
{
    put64(x->st[i], significand);
    put16(x->st[i] + 8, sign_exponent);
    x->ftw |= (u8)(1 << ((i + (x->fsw >> 11)) & 7));
}

/* --- general registers --- */

static void prepare_add(struct oracle_case *c) { c->in.gpr[8] = 0x7fffffffffffffff; c->in.gpr[15] = 1; }
static bool check_add(const struct oracle_case *c, const struct outcome *o)
{
    (void)c;
    return o->regs.gpr[8] == 0x8000000000000000 && o->regs.gpr[15] == 1 && (o->regs.rflags & 0x8d5) == 0x894;
}

static void prepare_relative(struct oracle_case *c)
{
    c->plants[0].offset = 0x1234;
    c->plants[0].size = 8;
    put64(c->plants[0].bytes, 0x0123456789abcdef);
    put32(c->code + 3, DATA_LA + 0x1234 - (CODE_LA + CODE_START + 7));
}
static bool check_relative(const struct oracle_case *c, const struct outcome *o)
{
    (void)c;
    return o->regs.gpr[9] == 0x0123456789abcdef;
}

static bool check_all_registers(const struct oracle_case *c, const struct outcome *o)
{
    return memcmp(o->regs.gpr, c->in.gpr, sizeof c->in.gpr) == 0 && !((o->regs.rflags ^ c->in.rflags) & 0xcd5);
}
static void prepare_all_registers(struct oracle_case *c)
{
    for (unsigned i = 0; i < 16; i++) c->in.gpr[i] = 0x1111111111111111ull * i + 0x8000000000000000;
    c->in.rflags = 0xcd5;
}

static bool check_branch(const struct oracle_case *c, const struct outcome *o)
{
    return o->regs.end == END_TAKEN && o->regs.rip == EXIT_1_OFFSET && check_all_registers(c, o);
}

static void prepare_base(struct oracle_case *c)
{
    c->fs_base = DATA_LA + 0x100;
    c->in.gpr[RBX] = 0x18;
    c->plants[0].offset = 0x118;
    c->plants[0].size = 8;
    put64(c->plants[0].bytes, 0xfedcba9876543210);
}
static bool check_base(const struct oracle_case *c, const struct outcome *o)
{
    (void)c;
    return o->regs.gpr[RAX] == 0xfedcba9876543210;
}

/* --- faults --- */

static bool check_fault_registers(const struct oracle_case *c, const struct outcome *o)
{
    return memcmp(o->regs.gpr, c->in.gpr, sizeof c->in.gpr) == 0 && o->regs.rip == CODE_LA + CODE_START;
}

static void prepare_divide(struct oracle_case *c) { c->in.gpr[RAX] = 5; c->in.gpr[RSI] = 0; }

static void prepare_page(struct oracle_case *c) { prepare_all_registers(c); c->in.gpr[RBX] = DATA_LA + DATA_BYTES - 4; }
static bool check_page(const struct oracle_case *c, const struct outcome *o)
{
    return o->regs.cr2 == DATA_LA + DATA_BYTES && o->regs.error == 6 && check_fault_registers(c, o);
}

static void prepare_noncanonical(struct oracle_case *c) { c->in.gpr[RBX] = 0x800000000000; c->in.gpr[RSP] = 1ull << 63; }

static void prepare_alignment(struct oracle_case *c) { c->in.gpr[RBX] = DATA_LA + 1; c->in.rflags |= EFLAGS_AC; }

/* --- x87 --- */

static void prepare_stack(struct oracle_case *c)
{
    c->extended_in.fsw = 5 << 11;
    put_stack(&c->extended_in, 0, 0xc000000000000000, 0x3fff);           /* 1.5 */
    put_stack(&c->extended_in, 1, 0x8000000000000000, 0xc000);           /* -2 */
}
static bool check_faddp(const struct oracle_case *c, const struct outcome *o)
{
    const struct extended *x = &o->extended;
    return get64(x->st[0]) == 0x8000000000000000 && get16(x->st[0] + 8) == 0xbffe && x->fsw >> 11 == 6 &&
           x->ftw == 1 << 6 && x->fcw == c->extended_in.fcw && memcmp(x->ymm, c->extended_in.ymm, sizeof x->ymm) == 0;
}
static bool check_underflow(const struct oracle_case *c, const struct outcome *o)
{
    (void)c;
    return (o->extended.fsw & 0x7f) == 0x41 && get64(o->extended.st[0]) == 0xc000000000000000 &&
           get16(o->extended.st[0] + 8) == 0xffff;
}
static void prepare_zero_divide(struct oracle_case *c)
{
    prepare_stack(c);
    c->extended_in.fcw &= ~4;                                            /* ZM */
    put_stack(&c->extended_in, 1, 0, 0);
    c->tail = 1;
}
static bool check_zero_divide(const struct oracle_case *c, const struct outcome *o)
{
    return o->regs.rip == CODE_LA + CODE_START + c->length - 1 && (o->extended.fsw & 0x80ff) == 0x8084 &&
           get64(o->extended.st[0]) == 0xc000000000000000 && o->extended.fip == CODE_LA + CODE_START;
}

/* --- vectors --- */

static void prepare_double(struct oracle_case *c)
{
    put_double(c->extended_in.ymm[9], 1.0);
    put_double(c->extended_in.ymm[10], 3.0);
    put64(c->extended_in.ymm[9] + 8, 77);
    c->extended_in.mxcsr |= 2 << 13;                                     /* towards plus infinity */
}
static bool check_double(const struct oracle_case *c, const struct outcome *o)
{
    const u8 *lane = o->extended.ymm[9];
    return get64(lane) == 0x3fd5555555555556 && get64(lane + 8) == 77 &&
           o->extended.mxcsr == (c->extended_in.mxcsr | 0x20);
}
static void prepare_simd_fault(struct oracle_case *c)
{
    prepare_double(c);
    put_double(c->extended_in.ymm[10], 0.0);
    c->extended_in.mxcsr &= ~(4u << 7);                                  /* ZM */
}
static bool check_simd_fault(const struct oracle_case *c, const struct outcome *o)
{
    return get_double(o->extended.ymm[9]) == 1.0 && o->extended.mxcsr == (c->extended_in.mxcsr | 4) &&
           check_fault_registers(c, o);
}
static void prepare_singles(struct oracle_case *c)
{
    for (unsigned i = 0; i < 8; i++) {
        put_single(c->extended_in.ymm[14] + 4 * i, (float)i);
        put_single(c->extended_in.ymm[15] + 4 * i, 0.25f);
    }
}
static bool check_singles(const struct oracle_case *c, const struct outcome *o)
{
    for (unsigned i = 0; i < 8; i++)
        if (get_single(o->extended.ymm[13] + 4 * i) != 0.25f + (float)i) return false;
    return memcmp(o->extended.ymm[15], c->extended_in.ymm[15], 32) == 0;
}
static bool check_upper_zero(const struct oracle_case *c, const struct outcome *o)
{
    static const u8 zero[16];
    for (unsigned i = 0; i < 16; i++) {
        if (memcmp(o->extended.ymm[i], c->extended_in.ymm[i], 16)) return false;
        if (memcmp(o->extended.ymm[i] + 16, zero, 16)) return false;
    }
    return true;
}
static bool check_state_kept(const struct oracle_case *c, const struct outcome *o)
{
    return memcmp(&o->extended, &c->extended_in, sizeof o->extended) == 0;
}
static void prepare_state(struct oracle_case *c)
{
    u64 random = 7;
    memset(&c->extended_in, 0, sizeof c->extended_in);
    contents_extended(&c->extended_in, ELEMENT_ANY, ELEMENT_EXTENDED, &random);
    if (oracle_host_can() & CAN_POINTERS) return;
    c->extended_in.fop = c->extended_in.fip = c->extended_in.fdp = 0;
}
static void prepare_state_fault(struct oracle_case *c) { prepare_state(c); prepare_all_registers(c); }
static bool check_state_fault(const struct oracle_case *c, const struct outcome *o)
{
    return check_state_kept(c, o) && check_fault_registers(c, o);
}
static void prepare_misaligned(struct oracle_case *c) { c->in.gpr[RBX] = DATA_LA + 8; }

static const struct known known[] = {
    { "ADD r8, r15 overflows", "4D 01 F8", 0, NO_FAULT, prepare_add, check_add },
    { "MOV r9, [rip + disp32]", "4C 8B 0D 00 00 00 00", 0, NO_FAULT, prepare_relative, check_relative },
    { "NOP keeps all registers and flags", "90", 0, NO_FAULT, prepare_all_registers, check_all_registers },
    { "JMP rel8 lands", "EB 3E", 0, NO_FAULT, prepare_all_registers, check_branch },
    { "MOV rax, fs:[rbx] adds the base", "64 48 8B 03", CAN_BASES, NO_FAULT, prepare_base, check_base },
    { "DIV by 0 is #DE", "48 F7 F6", 0, 0, prepare_divide, check_fault_registers },
    { "UD2 is #UD", "0F 0B", 0, 6, prepare_all_registers, check_fault_registers },
    { "PUSH ES is #UD", "06", 0, 6, prepare_all_registers, check_fault_registers },
    { "a store across the end of the data is #PF", "48 89 03", 0, 14, prepare_page, check_page },
    { "a non-canonical address is #GP", "48 8B 03", 0, 13, prepare_noncanonical, check_fault_registers },
    { "PUSH to a non-canonical stack is #SS", "50", 0, 12, prepare_noncanonical, check_fault_registers },
    { "a misaligned load with AC is #AC", "8B 03", 0, 17, prepare_alignment, check_fault_registers },
    { "FADDP adds and pops", "DE C1", CAN_EXTENDED, NO_FAULT, prepare_stack, check_faddp },
    { "FSQRT of an empty register is a stack fault", "D9 FA", CAN_EXTENDED, NO_FAULT, NULL, check_underflow },
    { "FDIV by 0 unmasked is #MF at the FWAIT", "D8 F1 9B", CAN_EXTENDED, 16, prepare_zero_divide, check_zero_divide },
    { "DIVSD xmm9, xmm10 rounds as MXCSR says", "F2 45 0F 5E CA", CAN_EXTENDED, NO_FAULT, prepare_double, check_double },
    { "DIVSD by 0 unmasked is #XM", "F2 45 0F 5E CA", CAN_EXTENDED, 19, prepare_simd_fault, check_simd_fault },
    { "MOVAPS misaligned is #GP", "0F 28 03", CAN_EXTENDED, 13, prepare_misaligned, check_state_fault },
    { "VADDPS ymm13, ymm14, ymm15", "C4 41 0C 58 EF", CAN_AVX, NO_FAULT, prepare_singles, check_singles },
    { "VZEROUPPER clears the upper halves", "C5 F8 77", CAN_AVX, NO_FAULT, prepare_singles, check_upper_zero },
    { "NOP keeps the extended state", "90", CAN_AVX, NO_FAULT, prepare_state, check_state_kept },
    { "a fault's frame has the extended state", "0F 0B", CAN_AVX, 6, prepare_state_fault, check_state_fault },
};

static bool comes_out(const struct known *k)
{
    struct outcome o;
    struct oracle_case c = { .code_bits = 64, .name = k->sentence, .data_limit = 0xffff };
    struct draft d = { .c = &c };

    draft_put_hex(&d, k->code);
    c.in.gpr[RSP] = DATA_LA + 0x8000;
    c.in.gpr[RBX] = DATA_LA;
    c.in.rflags = 2;
    c.extended = oracle_host_can() & CAN_EXTENDED;
    c.extended_in.fcw = FCW_MASKED;
    c.extended_in.mxcsr = MXCSR_MASKED;
    if (k->prepare) k->prepare(&c);
    oracle_host_run(&c, &o);
    bool faulted = o.regs.end == END_FAULT;
    bool right = faulted ? k->vector == (int)o.regs.vector : k->vector == NO_FAULT;
    if (right && k->check(&c, &o)) return true;
    printf("host: %s: wrong; ", k->sentence);
    if (faulted) printf("vector %u error %x cr2 %llx\n", o.regs.vector, o.regs.error, (unsigned long long)o.regs.cr2);
    else printf("no fault\n");
    struct outcome *before = &(struct outcome){ .regs = c.in, .extended = c.extended_in, .data = o.data };
    oracle_print_case(&c, stdout);
    oracle_compare(&c, &o, before, stdout);
    return false;
}

unsigned oracle_selftest(unsigned *tests)
{
    unsigned wrong = 0;

    *tests = 0;
    for (unsigned i = 0; i < ARRAY_COUNT(known); i++) {
        if (known[i].needs & ~oracle_host_can()) continue;
        wrong += !comes_out(&known[i]);
        ++*tests;
    }
    return wrong;
}
