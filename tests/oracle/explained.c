/* Differences that say nothing of us, each with its reason: the rows of docs/internals/oracle.md.  doc: oracle */
#include <string.h>

#include "cpu/run/processor.h"
#include "tests/oracle/oracle.h"

static bool named(const struct oracle_case *c, const char *name)
{
    return strcmp(c->name, name) == 0;
}

static bool fault_of(const struct outcome *o, u32 vector)
{
    return o->regs.end == END_FAULT && o->regs.vector == vector;
}

static bool both_fault(const struct outcome *host, const struct outcome *our)
{
    return host->regs.end == END_FAULT && our->regs.end == END_FAULT;
}

/* --- conditions: the case, the host's outcome, ours --- */

static bool at_foreign_page(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    bool foreign = our->regs.cr2 < CODE_LA || our->regs.cr2 >= DATA_LA + DATA_BYTES;

    (void)c;
    return fault_of(host, VECTOR_PF) && fault_of(our, VECTOR_PF) && foreign && host->regs.cr2 == our->regs.cr2;
}

static bool call_checks_target(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return named(c, "CALL") && fault_of(our, VECTOR_GP) &&
           (fault_of(host, VECTOR_SS) || fault_of(host, VECTOR_PF) || fault_of(host, VECTOR_AC));
}

static bool popa_faults(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return named(c, "POPA") && both_fault(host, our);
}

static bool offset_not_canonical(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return c->code_bits == 64 && fault_of(host, VECTOR_GP) &&
           ((fault_of(our, VECTOR_PF) && our->regs.cr2 >> 47) || fault_of(our, VECTOR_AC));
}

static bool long_image_faults(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    static const char *const images[] = { "FRSTOR", "FNSAVE", "FLDENV", "FNSTENV", "FXSAVE", "FXRSTOR",
                                          "XSAVE", "XSAVEOPT", "XSAVEC", "XRSTOR" };

    for (unsigned i = 0; i < ARRAY_COUNT(images); i++)
        if (named(c, images[i])) return both_fault(host, our);
    return false;
}

static u64 extend_57(u64 pointer) { return (u64)((s64)(pointer << 7) >> 7); }

static bool pointers_not_canonical(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    struct outcome near = *our;

    if (!named(c, "FXRSTOR") && !named(c, "XRSTOR")) return false;
    near.extended.fip = extend_57(our->extended.fip);
    near.extended.fdp = extend_57(our->extended.fdp);
    return !oracle_compare(c, host, &near, NULL);
}

/* |ST(0)| >= 2^-exponent * (1 + fraction / 128), an f80's leading bits. */
static bool st0_from(const struct oracle_case *c, unsigned sign_exponent, u8 leading)
{
    unsigned exponent = get16(c->extended_in.st[0] + 8) & 0x7fff;
    return exponent > sign_exponent || (exponent == sign_exponent && c->extended_in.st[0][7] >= leading);
}

static bool outside_2xm1(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    (void)host, (void)our;
    return named(c, "F2XM1") && st0_from(c, 0x3fff, 0);
}

static bool outside_yl2xp1(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    (void)host, (void)our;
    return named(c, "FYL2XP1") && st0_from(c, 0x3ffd, 0);
}

bool oracle_transcendental(const char *name)
{
    static const char *const names[] = { "F2XM1", "FYL2X", "FYL2XP1", "FPTAN", "FPATAN", "FSIN", "FCOS", "FSINCOS" };

    for (unsigned i = 0; i < ARRAY_COUNT(names); i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

/* An f80 as an integer in which neighbours are neighbours: sign and magnitude. */
static __int128 ordinal(const u8 st[10])
{
    u16 sign_exponent = get16(st + 8);
    __int128 magnitude = ((__int128)(sign_exponent & 0x7fff) << 63) + (s64)(get64(st) & INT64_MAX);

    return sign_exponent >> 15 ? -magnitude : magnitude;
}

/* Both lie within a unit in the last place of the true result: they may be neighbours, with C1 as each rounded, and P and U of what is
 * exact by chance. */
static bool neighbours(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    struct outcome near = *our;

    if (!oracle_transcendental(c->name)) return false;
    for (unsigned i = 0; i < 2; i++) {
        __int128 apart = ordinal(host->extended.st[i]) - ordinal(our->extended.st[i]);
        if (apart >= -2 && apart <= 2) memcpy(near.extended.st[i], host->extended.st[i], 10);
    }
    near.extended.fsw = (u16)((our->extended.fsw & ~0x230) | (host->extended.fsw & 0x230));
    return !oracle_compare(c, host, &near, NULL);
}

static bool dot_product_faults(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return named(c, "DPPS") && both_fault(host, our);
}

static bool masked_store_alignment(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return named(c, "MASKMOVDQU") && (fault_of(host, VECTOR_AC) || fault_of(our, VECTOR_AC));
}

static bool masked_store_wraps(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return named(c, "MASKMOVDQU") && c->code_bits != 64 && (c->in.gpr[RDI] & 0xffff) > 0xfff0 && !fault_of(host, VECTOR_GP) &&
           (fault_of(our, VECTOR_GP) || fault_of(our, VECTOR_SS));
}

static bool area_not_touched(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return (strncmp(c->name, "XSAVE", 5) == 0 || named(c, "XRSTOR")) && host->regs.end == END_FAULT && our->regs.end == END_NEXT;
}

static bool xgetbv_of_the_system(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    u64 known = XCR0_X87 | XCR0_SSE | XCR0_AVX;
    return named(c, "XGETBV") && host->regs.end == END_NEXT && our->regs.end == END_NEXT &&
           (host->regs.gpr[RAX] & known) == our->regs.gpr[RAX];
}

static bool permutation_without_w(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return (named(c, "VPERMQ") || named(c, "VPERMPD")) && fault_of(our, VECTOR_UD) && !fault_of(host, VECTOR_UD);
}

static bool movsxd_reads_32_bits(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    (void)our;
    return named(c, "MOVSXD") && memchr(c->code, 0x66, 4) && host->regs.end == END_FAULT;
}

/* The host may fetch ModRM and what it asks for, of an opcode that does not exist. */
static bool undefined_and_long(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return c->length - c->tail >= 12 && fault_of(our, VECTOR_UD) && fault_of(host, VECTOR_GP);
}

static bool word_shifted_out(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    (void)host, (void)our;
    return !(oracle_host_can() & CAN_UNDEFINED) && (named(c, "SHLD") || named(c, "SHRD")) && (c->in.gpr[RCX] & 31) >= 16 && memchr(c->code, 0x66, 4);
}

/* --- processors of Intel's, since some year or all of them --- */

static bool intel_host(void) { return !(oracle_host_can() & CAN_UNDEFINED); }

static bool same_but_for_memory(const struct oracle_case *c, const struct outcome *host, const struct outcome *our, unsigned bytes)
{
    struct outcome near = *our;
    unsigned differ = 0;

    for (unsigned i = 0; i < DATA_BYTES; i++) differ += host->data[i] != our->data[i];
    near.data = host->data;
    return differ <= bytes && !oracle_compare(c, host, &near, NULL);
}

static bool call_pushes_first(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return intel_host() && named(c, "CALL") && fault_of(host, VECTOR_GP) && fault_of(our, VECTOR_GP) && same_but_for_memory(c, host, our, 8);
}

static bool compare_reads_other_first(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return intel_host() && named(c, "CMPS") && both_fault(host, our);
}

/* SDM vol. 2, "REP/REPE/REPZ/REPNE/REPNZ": EFLAGS are as before the instruction.  Ours are as after the last whole iteration, as AMD's. */
static bool flags_of_no_iteration(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    enum { ARITHMETIC = 0x8d5 };
    struct outcome near = *our;

    near.regs.rflags = host->regs.rflags;
    return intel_host() && (named(c, "SCAS") || named(c, "CMPS")) && both_fault(host, our) && !((host->regs.rflags ^ c->in.rflags) & ARITHMETIC) && !oracle_compare(c, host, &near, NULL);
}

static bool overflow_of_a_long_shift(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    static const char *const shifts[] = { "SHL", "SHR", "SAR", "ROL", "ROR", "RCL", "RCR", "SHLD", "SHRD" };
    struct outcome near = *our;
    bool shift = false;

    for (unsigned i = 0; i < ARRAY_COUNT(shifts); i++) shift |= named(c, shifts[i]);
    near.regs.rflags = (our->regs.rflags & ~(u64)EFLAGS_OF) | (host->regs.rflags & EFLAGS_OF);
    return intel_host() && shift && !oracle_compare(c, host, &near, NULL);
}

/* 64-bit mode has no branches of 16 bits: the displacement goes on behind the case, where the two sides have other bytes. */
static bool branch_of_16_bits(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return intel_host() && c->code_bits == 64 && memchr(c->code, 0x66, c->length) && (c->name[0] == 'J' || named(c, "CALL")) && both_fault(host, our);
}

static bool condition_codes_of_comi(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    enum { CONDITION_CODES = 0x4700 };
    struct outcome near = *our;

    near.extended.fsw = (u16)((our->extended.fsw & ~CONDITION_CODES) | (host->extended.fsw & CONDITION_CODES));
    return intel_host() && strstr(c->name, "COMI") && c->name[0] == 'F' && same_but_for_memory(c, host, &near, 24);
}

static bool string_of_none(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return intel_host() && (named(c, "INS") || named(c, "OUTS")) && fault_of(host, VECTOR_GP) && our->regs.end == END_NEXT;
}

static bool count_of_32_bits(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    struct outcome near = *our;

    near.regs.gpr[RCX] = (u32)our->regs.gpr[RCX];
    return intel_host() && c->code_bits == 64 && memchr(c->code, 0x67, c->length) && both_fault(host, our) && !oracle_compare(c, host, &near, NULL);
}

/* Which of two NaNs a sum hands on. */
static bool dot_product_of_nans(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    struct outcome near = *our;

    memcpy(near.extended.ymm, host->extended.ymm, sizeof near.extended.ymm);
    return intel_host() && (strstr(c->name, "DPPS") || strstr(c->name, "DPPD")) && !oracle_compare(c, host, &near, NULL);
}

/* The system has enabled components that our model does not have, and the case asks for all. */
static bool more_components(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return intel_host() && !strncmp(c->name, "XSAVE", 5) && same_but_for_memory(c, host, our, DATA_BYTES);
}

static bool other_fault_first(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    (void)c;
    return intel_host() && both_fault(host, our) && host->regs.vector != our->regs.vector && !fault_of(host, VECTOR_UD) && !fault_of(our, VECTOR_UD);
}

static bool vector_alignment(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return intel_host() && c->extended && fault_of(our, VECTOR_AC) && host->regs.end == END_NEXT;
}

static bool stored_in_mmx_state(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return intel_host() && (named(c, "MOVNTQ") || named(c, "MOVQ") || named(c, "MOVD")) && both_fault(host, our) && host->regs.vector == our->regs.vector;
}

/* Gathered elements, the exceptions of a conversion, the byte of a masked store that a page fault names. */
static bool done_in_part(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return intel_host() && both_fault(host, our) && (strstr(c->name, "GATHER") || strstr(c->name, "MASKMOV") || named(c, "VCVTPS2PH"));
}

/* An unmasked numeric exception is found before the operand's address is looked at. */
static bool store_not_tried(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return intel_host() && (!strncmp(c->name, "FST", 3) || !strncmp(c->name, "FIST", 4) || named(c, "FBSTP")) && our->regs.end == END_FAULT && !(fault_of(our, VECTOR_MF)) && (host->regs.end == END_NEXT || fault_of(host, VECTOR_MF));
}

static bool prefetch_of_a_register(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    return intel_host() && named(c, "PREFETCH") && fault_of(our, VECTOR_UD) && host->regs.end == END_NEXT;
}

/* FOP, FCS, FDP and FDS, wherever an image of them was stored. */
static bool pointers_of_exceptions(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    enum { POINTER_BYTES = 24 };
    struct outcome near = *our;

    if (!intel_host() || !c->extended) return false;
    near.extended.fop = host->extended.fop;
    near.extended.fip = host->extended.fip;
    near.extended.fdp = host->extended.fdp;
    return same_but_for_memory(c, host, &near, POINTER_BYTES);
}

/* --- the table: as docs/internals/oracle.md has it --- */

static struct explanation {
    const char *what, *why;
    bool (*holds)(const struct oracle_case *c, const struct outcome *host, const struct outcome *our);
    unsigned long times;
} table[] = {
    { "#PF at an address that our side does not map", "this program is there, or Linux hides the error code", at_foreign_page, 0 },
    { "CALL: #GP here, #SS, #PF or #AC there", "makers check the target and push in different order", call_checks_target, 0 },
    { "POPA that faults", "AMD keeps the registers popped before the fault", popa_faults, 0 },
    { "64-bit: #PF or #AC here, #GP there", "AMD refuses an offset that is not canonical", offset_not_canonical, 0 },
    { "FSAVE and its kind that fault", "which byte of a long image is met first", long_image_faults, 0 },
    { "FXRSTOR, XRSTOR of a pointer that is not canonical", "AMD's extend bit 56", pointers_not_canonical, 0 },
    { "F2XM1 from -1 and 1 on", "SDM: undefined", outside_2xm1, 0 },
    { "FYL2XP1 beyond -1 + 2^-1/2", "SDM: undefined", outside_yl2xp1, 0 },
    { "transcendental results one unit apart", "SDM: both are within one unit", neighbours, 0 },
    { "DPPS that faults", "which steps of two halves hide each other's flags", dot_product_faults, 0 },
    { "MASKMOVDQU and #AC", "depends on where the operand lies", masked_store_alignment, 0 },
    { "MASKMOVDQU over the last offset", "AMD's let its bytes wrap, with some masks", masked_store_wraps, 0 },
    { "XSAVE and its kind, XRSTOR: a fault there alone", "AMD's ask for parts of the area that are not moved", area_not_touched, 0 },
    { "XGETBV", "which components the system has enabled", xgetbv_of_the_system, 0 },
    { "VPERMQ and VPERMPD with VEX.W = 0", "SDM: #UD; AMD's do not look at W", permutation_without_w, 0 },
    { "MOVSXD of 16 bits that faults", "AMD's read 32 bits, Intel's 16", movsxd_reads_32_bits, 0 },
    { "an undefined opcode of 12 bytes or more", "which of #UD and #GP comes first", undefined_and_long, 0 },
    { "CALL that faults behind its push, on an Intel host", "the return address stays in memory", call_pushes_first, 0 },
    { "CMPS that faults, on an Intel host", "which of its operands is read first", compare_reads_other_first, 0 },
    { "CMPS, SCAS that fault when repeated, on an Intel host", "EFLAGS are as before the first iteration; not modelled", flags_of_no_iteration, 0 },
    { "OF of a shift by more than 1, on an Intel host", "SDM: undefined", overflow_of_a_long_shift, 0 },
    { "a near branch with 66h in 64-bit code, on an Intel host", "it is of 32 bits, and where they end is not the case's", branch_of_16_bits, 0 },
    { "condition codes behind FCOMI and its kind, on an Intel host", "SDM: C1 is cleared; they keep it, and clear others", condition_codes_of_comi, 0 },
    { "INS, OUTS repeated 0 times, on an Intel host", "the permission is asked for all the same", string_of_none, 0 },
    { "a repeat counted in ECX that faults in 64-bit code, on an Intel host", "RCX[63:32] is cleared already", count_of_32_bits, 0 },
    { "DPPS, DPPD of NaNs, on an Intel host", "which of two is handed on", dot_product_of_nans, 0 },
    { "XSAVE and its kind, on an Intel host", "its system has enabled components that the model lacks", more_components, 0 },
    { "two faults, on an Intel host", "which comes first differs between makers", other_fault_first, 0 },
    { "vector operands and #AC, on an Intel host", "fewer of its accesses are checked", vector_alignment, 0 },
    { "a store of an MMX register that faults, on an Intel host", "the registers are MMX ones already", stored_in_mmx_state, 0 },
    { "gathers, masked stores, VCVTPS2PH that fault, on an Intel host", "how far it came", done_in_part, 0 },
    { "FST, FIST, FBSTP of what does not fit to where nothing can be stored, on an Intel host", "the numeric exception comes first", store_not_tried, 0 },
    { "PREFETCH of a register, on an Intel host", "a NOP there", prefetch_of_a_register, 0 },
    { "FOP, FDP on an Intel host", "SDM vol. 1, \"x87 FPU Instruction and Data Pointers\": since Skylake of unmasked exceptions alone", pointers_of_exceptions, 0 },
    { "SHLD, SHRD of a word by 16 or more, on an Intel host", "SDM: undefined", word_shifted_out, 0 },
};

bool oracle_explained(const struct oracle_case *c, const struct outcome *host, const struct outcome *our)
{
    struct outcome near = *our;                          /* of two differences one may be the pointers' */

    if (intel_host() && c->extended) near.extended.fop = host->extended.fop, near.extended.fip = host->extended.fip, near.extended.fdp = host->extended.fdp;
    for (unsigned i = 0; i < ARRAY_COUNT(table); i++) {
        if (!table[i].holds(c, host, our) && !table[i].holds(c, host, &near)) continue;
        table[i].times++;
        return true;
    }
    return false;
}

void oracle_print_explained(FILE *to)
{
    for (unsigned i = 0; i < ARRAY_COUNT(table); i++)
        if (table[i].times) fprintf(to, "oracle: explained %8lu: %s: %s\n", table[i].times, table[i].what, table[i].why);
}
