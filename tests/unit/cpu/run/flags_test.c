/* Lazy flags: what is computed when somebody asks is what the operation's definition says.  SDM vol. 1, "EFLAGS Register". */
#include <criterion/criterion.h>

#include "cpu/run/flags.h"

static struct cpu cpu;

static u32 parity_zero_sign(u64 result, unsigned bits)
{
    u64 mask = bits == 64 ? ~0ull : (1ull << bits) - 1;
    u32 flags = 0;

    result &= mask;
    if (!__builtin_parity((unsigned)(result & 0xff))) flags |= EFLAGS_PF;
    if (!result) flags |= EFLAGS_ZF;
    if (result >> (bits - 1) & 1) flags |= EFLAGS_SF;
    return flags;
}

/* a + b + carry, or a - b - carry, by wide arithmetic and the definitions of CF, AF and OF. */
static u32 by_definition(bool subtract, u64 a, u64 b, unsigned carry, unsigned bits, u64 *result)
{
    u64 mask = (1ull << bits) - 1, sign = 1ull << (bits - 1);
    s64 sa = (s64)(a ^ sign) - (s64)sign, sb = (s64)(b ^ sign) - (s64)sign, exact = subtract ? sa - sb - (s64)carry : sa + sb + (s64)carry;
    u64 wide = subtract ? a - b - carry : a + b + carry;
    u32 flags;

    *result = wide & mask;
    flags = parity_zero_sign(*result, bits);
    if (subtract ? a < b + carry : wide > mask) flags |= EFLAGS_CF;
    if (subtract ? (a & 15) < (b & 15) + carry : (a & 15) + (b & 15) + carry > 15) flags |= EFLAGS_AF;
    if (exact < -(s64)sign || exact >= (s64)sign) flags |= EFLAGS_OF;
    return flags;
}

static u32 lazily(unsigned kind, u64 result, u64 first, u32 kept, unsigned bits)
{
    cpu.rflags = 2;
    cpu.flag_kind = kind | bits << 8;
    cpu.flag_result = result;
    cpu.flag_first = first;
    cpu.flag_kept = kept;
    return cpu_eflags(&cpu) & EFLAGS_ARITHMETIC;
}

static void compare(u64 a, u64 b, unsigned bits)
{
    static const struct { unsigned kind; bool subtract; unsigned carry; const char *name; } kinds[] = {
        { FLAG_ADD, false, 0, "ADD" }, { FLAG_ADC1, false, 1, "ADC" }, { FLAG_SUB, true, 0, "SUB" }, { FLAG_SBB1, true, 1, "SBB" },
    };
    u64 result;

    for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
        u32 wanted = by_definition(kinds[i].subtract, a, b, kinds[i].carry, bits, &result), got = lazily(kinds[i].kind, result, a, 0, bits);
        cr_assert_eq(got, wanted, "%s of %u bits: %llx, %llx: %03x, not %03x", kinds[i].name, bits, (unsigned long long)a, (unsigned long long)b, got, wanted);
    }
}

Test(flags, add_adc_sub_sbb_of_8_bits_with_every_operand)
{
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++) compare(a, b, 8);
}

Test(flags, add_adc_sub_sbb_of_16_and_32_bits_at_the_edges)
{
    static const u32 edge[] = { 0, 1, 2, 0xf, 0x10, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0x8001, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0x80000001,
                                0xfffffffe, 0xffffffff, 0x12345678, 0x9abcdef0 };

    for (unsigned i = 0; i < ARRAY_COUNT(edge); i++)
        for (unsigned k = 0; k < ARRAY_COUNT(edge); k++) {
            compare(edge[i] & 0xffff, edge[k] & 0xffff, 16);
            compare(edge[i], edge[k], 32);
        }
}

Test(flags, inc_and_dec_keep_the_carry)
{
    for (unsigned bits = 8; bits <= 32; bits *= 2)
        for (unsigned kept = 0; kept < 2; kept++)
            for (u64 i = 0; i < 300; i++) {
                u64 mask = (1ull << bits) - 1, a = (i < 150 ? i : 0 - (i - 150)) & mask, result;
                if (i & 1) a ^= 1ull << (bits - 1);
                u32 up = by_definition(false, a, 1, 0, bits, &result);
                u32 got = lazily(FLAG_INC, result, a, kept ? EFLAGS_CF : 0, bits);
                cr_assert_eq(got, (up & ~(u32)EFLAGS_CF) | (kept ? EFLAGS_CF : 0));
                u32 down = by_definition(true, a, 1, 0, bits, &result);
                got = lazily(FLAG_DEC, result, a, kept ? EFLAGS_CF : 0, bits);
                cr_assert_eq(got, (down & ~(u32)EFLAGS_CF) | (kept ? EFLAGS_CF : 0));
            }
}

Test(flags, logic_clears_carry_and_overflow)
{
    for (unsigned r = 0; r < 256; r++) cr_assert_eq(lazily(FLAG_LOGIC, r, 0x55, 0, 8), parity_zero_sign(r, 8));
}

Test(flags, kept_flags_come_back_as_they_were)
{
    for (u32 flags = 0; flags < 0x1000; flags++) {
        cpu_set_arithmetic_flags(&cpu, flags);
        cpu.rflags = 2 | EFLAGS_IF;
        cr_assert_eq(cpu_eflags(&cpu), (flags & EFLAGS_ARITHMETIC) | 2 | EFLAGS_IF);
    }
}

Test(flags, raw_takes_sign_zero_and_parity_from_the_result_and_the_rest_from_what_was_kept)
{
    for (unsigned r = 0; r < 256; r++) {
        u32 kept = (r & 1 ? EFLAGS_CF : 0) | (r & 2 ? EFLAGS_OF : 0) | (r & 4 ? EFLAGS_AF : 0);
        cr_assert_eq(lazily(FLAG_RAW, r, 0, kept, 8), parity_zero_sign(r, 8) | kept);
    }
}

/* SDM vol. 1, "EFLAGS Condition Codes": in pairs, the odd ones are the negations. */
Test(flags, conditions_are_what_their_flags_say)
{
    for (u32 flags = 0; flags < 0x1000; flags++) {
        bool cf = flags & EFLAGS_CF, zf = flags & EFLAGS_ZF, sf = flags & EFLAGS_SF, of = flags & EFLAGS_OF;
        cpu_set_arithmetic_flags(&cpu, flags);
        cr_assert_eq(flag_of(&cpu), of);
        cr_assert_eq(flag_cf(&cpu), cf);
        cr_assert_eq(flag_zf(&cpu), zf);
        cr_assert_eq(flag_sf(&cpu), sf);
        cr_assert_eq(flag_pf(&cpu), (flags & EFLAGS_PF) != 0);
        cr_assert_eq(condition_be(&cpu), cf || zf);
        cr_assert_eq(condition_l(&cpu), sf != of);
        cr_assert_eq(condition_le(&cpu), zf || sf != of);
    }
}
