/* The decoder: lengths, prefixes, groups, what is undefined where.  SDM vol. 2, "Instruction Format". */
#include <criterion/criterion.h>

#include <string.h>
#include <Zydis/Zydis.h>

#include "cpu/decode/decode.h"

static struct decode_tables *tables;

static struct decode_mode mode(bool code32) { return (struct decode_mode){ .code_bits = code32 ? 32 : 16 }; }

static void setup(void)
{
    struct error err = { 0 };
    tables = decode_tables_create(cpu_model_find("p6_nofpu"), &err);
    cr_assert(tables, "%s", err.text);
}
static void done(void) { decode_tables_destroy(tables); }
TestSuite(decode, .init = setup, .fini = done);

static struct decoded of(const u8 *bytes, unsigned count, bool code32)
{
    struct decoded d;
    cr_assert_eq(decode(tables, bytes, count, mode(code32), &d), DECODED);
    return d;
}
#define OF(code32, ...) of((const u8[16]){ __VA_ARGS__ }, 16, code32)

static bool named(const struct decoded *d, const char *begin) { return strncmp(op_names[d->record.h], begin, strlen(begin)) == 0; }
#define IS(d, begin) cr_expect(named(&(d), begin), "%s, not %s", op_names[(d).record.h], begin)

Test(decode, lengths_follow_operand_and_address_size)
{
    static const struct { u8 bytes[12]; bool code32; u8 length; const char *name; } cases[] = {
        { { 0x90 }, false, 1, "" }, { { 0xb8, 1, 2 }, false, 3, "MOV" }, { { 0xb8, 1, 2, 3, 4 }, true, 5, "MOV" }, { { 0x66, 0xb8, 1, 2, 3, 4 }, false, 6, "MOV" },
        { { 0x66, 0xb8, 1, 2 }, true, 4, "MOV" }, { { 0xa1, 1, 2 }, false, 3, "MOV" }, { { 0xa1, 1, 2, 3, 4 }, true, 5, "MOV" }, { { 0x67, 0xa1, 1, 2 }, true, 4, "MOV" },
        { { 0x8b, 0x06, 1, 2 }, false, 4, "MOV" }, { { 0x8b, 0x05, 1, 2, 3, 4 }, true, 6, "MOV" }, { { 0x8b, 0x46, 1 }, false, 3, "MOV" }, { { 0x8b, 0x86, 1, 2 }, false, 4, "MOV" },
        { { 0x8b, 0x04, 0x24 }, true, 3, "MOV" }, { { 0x8b, 0x04, 0x25, 1, 2, 3, 4 }, true, 7, "MOV" }, { { 0x8b, 0x44, 0x24, 8 }, true, 4, "MOV" },
        { { 0x8b, 0x84, 0x24, 1, 2, 3, 4 }, true, 7, "MOV" }, { { 0x81, 0xc0, 1, 2, 3, 4 }, true, 6, "ADD" }, { { 0x83, 0xc0, 1 }, true, 3, "ADD" },
        { { 0xf6, 0xc0, 1 }, true, 3, "TEST" }, { { 0xf7, 0xd8 }, true, 2, "NEG" }, { { 0xc8, 1, 2, 3 }, true, 4, "ENTER" }, { { 0xea, 1, 2, 3, 4 }, false, 5, "JMPF" },
        { { 0xea, 1, 2, 3, 4, 5, 6 }, true, 7, "JMPF" }, { { 0x0f, 0x84, 1, 2 }, false, 4, "J" }, { { 0x0f, 0x84, 1, 2, 3, 4 }, true, 6, "J" }, { { 0x0f, 0xc8 }, true, 2, "BSWAP" },
        { { 0x0f, 0x20, 0xc0 }, true, 3, "" }, { { 0x0f, 0xba, 0xe0, 3 }, true, 4, "BT" }, { { 0x6b, 0xc3, 5 }, true, 3, "IMUL" }, { { 0x69, 0xc3, 1, 2, 3, 4 }, true, 6, "IMUL" },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        struct decoded d = of(cases[i].bytes, 12, cases[i].code32);
        cr_expect_eq(d.length, cases[i].length, "case %u: %u bytes, not %u (%s)", i, d.length, cases[i].length, op_names[d.record.h]);
        IS(d, cases[i].name);
    }
}

Test(decode, fifteen_bytes_are_the_most)
{
    u8 bytes[17];

    memset(bytes, 0x66, sizeof bytes);
    bytes[14] = 0x90;
    cr_expect_eq(of(bytes, 17, true).length, 15);
    cr_expect_neq(of(bytes, 17, true).record.h, OP_TOO_LONG);
    bytes[14] = 0x66;
    bytes[15] = 0x90;
    cr_expect_eq(of(bytes, 17, true).record.h, OP_TOO_LONG);
}

Test(decode, bytes_that_end_too_early_ask_for_more)
{
    static const u8 bytes[] = { 0x66, 0x81, 0x84, 0x24, 1, 2, 3, 4, 5, 6 };
    struct decoded d;

    for (unsigned n = 1; n < 10; n++) cr_expect_eq(decode(tables, bytes, n, mode(true), &d), DECODE_NEEDS_MORE, "%u bytes", n);
    cr_expect_eq(decode(tables, bytes, 10, mode(true), &d), DECODED);
    cr_expect_eq(d.length, 10);
}

Test(decode, lock_is_for_listed_instructions_with_a_memory_destination)
{
    cr_expect_neq(OF(true, 0xf0, 0x01, 0x00).record.h, OP_LOCK_FORBIDDEN);
    cr_expect_neq(OF(true, 0xf0, 0x0f, 0xb1, 0x00).record.h, OP_LOCK_FORBIDDEN);
    cr_expect_neq(OF(true, 0xf0, 0x87, 0x00).record.h, OP_LOCK_FORBIDDEN);
    cr_expect_eq(OF(true, 0xf0, 0x01, 0xc0).record.h, OP_LOCK_FORBIDDEN, "a register");
    cr_expect_eq(OF(true, 0xf0, 0x03, 0x00).record.h, OP_LOCK_FORBIDDEN, "memory is the source");
    cr_expect_eq(OF(true, 0xf0, 0x39, 0x00).record.h, OP_LOCK_FORBIDDEN, "CMP writes nothing");
    cr_expect_eq(OF(true, 0xf0, 0x90).record.h, OP_LOCK_FORBIDDEN);
    cr_expect_eq(OF(true, 0xf0, 0x8b, 0x00).record.h, OP_LOCK_FORBIDDEN);
}

Test(decode, the_last_segment_override_counts_and_bp_and_esp_mean_ss)
{
    cr_expect_eq(OF(false, 0x8b, 0x46, 0).record.address & 7, CPU_SEG_SS);
    cr_expect_eq(OF(false, 0x8b, 0x06, 0, 0).record.address & 7, CPU_SEG_DS, "a plain 16-bit address");
    cr_expect_eq(OF(false, 0x26, 0x2e, 0x8b, 0x46, 0).record.address & 7, CPU_SEG_CS);
    cr_expect_eq(OF(true, 0x8b, 0x45, 0).record.address & 7, CPU_SEG_SS);
    cr_expect_eq(OF(true, 0x8b, 0x04, 0x24).record.address & 7, CPU_SEG_SS);
    cr_expect_eq(OF(true, 0x8b, 0x04, 0x2c).record.address & 7, CPU_SEG_SS, "ESP is the base, EBP the index");
    cr_expect_eq(OF(true, 0x8b, 0x04, 0x68).record.address & 7, CPU_SEG_DS, "EBP is only the index");
    cr_expect_eq(OF(true, 0x65, 0x8b, 0x00).record.address & 7, CPU_SEG_GS);
}

Test(decode, pause_stays_pause_with_rex_b)
{
    struct error err = { 0 };
    struct decode_tables *wide = decode_tables_create(cpu_model_find("corei7_haswell"), &err);
    struct decoded d;

    decode(wide, (const u8[4]){ 0x41, 0x90 }, 4, (struct decode_mode){ .code_bits = 64 }, &d);
    IS(d, "XCHG");
    decode(wide, (const u8[4]){ 0xf3, 0x41, 0x90 }, 4, (struct decode_mode){ .code_bits = 64 }, &d);
    IS(d, "NOP");
    decode_tables_destroy(wide);
}

Test(decode, displacements_and_immediates_are_sign_extended)
{
    cr_expect_eq(OF(false, 0x8b, 0x46, 0x80).record.disp, -128);
    cr_expect_eq(OF(false, 0x8b, 0x86, 0x00, 0x80).record.disp, -32768);
    cr_expect_eq(OF(true, 0x83, 0xc0, 0xff).record.imm, -1);
    cr_expect_eq(OF(true, 0xeb, 0xfe).record.disp, -2);
    cr_expect_eq(OF(true, 0x6a, 0x80).record.imm, -128);
    cr_expect_eq(OF(true, 0xcd, 0x80).record.imm, 0x80, "an interrupt's number is not");
}

Test(decode, models_lack_what_came_later)
{
    static const struct { u8 bytes[4]; const char *without, *with; } cases[] = {
        { { 0x0f, 0xc8 }, "i386", "i486sx" },       /* BSWAP */
        { { 0x0f, 0xb1, 0x08 }, "i386", "i486sx" }, /* CMPXCHG */
        { { 0x0f, 0xc1, 0x08 }, "i386", "i486sx" }, /* XADD */
        { { 0x0f, 0x01, 0x38 }, "i386", "i486sx" }, /* INVLPG */
        { { 0x0f, 0x31 }, "i486dx4", "pentium" },   /* RDTSC */
        { { 0x0f, 0x30 }, "i486dx4", "pentium" },   /* WRMSR */
        { { 0x0f, 0xc7, 0x08 }, "i486dx4", "pentium" },     /* CMPXCHG8B */
        { { 0x0f, 0x44, 0xc1 }, "pentium", "p6_nofpu" },    /* CMOVZ */
        { { 0x0f, 0x34 }, "pentium", "p6_nofpu" },  /* SYSENTER */
    };
    struct error err = { 0 };

    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        struct decode_tables *without = decode_tables_create(cpu_model_find(cases[i].without), &err), *with = decode_tables_create(cpu_model_find(cases[i].with), &err);
        struct decoded a, b;
        decode(without, cases[i].bytes, 4, mode(true), &a);
        decode(with, cases[i].bytes, 4, mode(true), &b);
        cr_expect_eq(a.record.h, OP_UNDEFINED, "%02x %02x on %s", cases[i].bytes[0], cases[i].bytes[1], cases[i].without);
        cr_expect_neq(b.record.h, OP_UNDEFINED, "%02x %02x on %s", cases[i].bytes[0], cases[i].bytes[1], cases[i].with);
        decode_tables_destroy(without);
        decode_tables_destroy(with);
    }
}

/* Random bytes: where both know the instruction, both find the same length. */
Test(decode, lengths_agree_with_an_independent_decoder)
{
    ZydisDecoder decoder[2];
    ZydisDecodedInstruction theirs;
    u64 random = 88172645463325252ull;
    unsigned compared = 0;

    ZydisDecoderInit(&decoder[0], ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16);
    ZydisDecoderInit(&decoder[1], ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
    for (unsigned i = 0; i < 2000000; i++) {
        u8 bytes[16];
        struct decoded ours;
        for (unsigned k = 0; k < 16; k += 8) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            memcpy(bytes + k, &random, 8);
        }
        if (i & 2) bytes[0] = 0x0f;
        if (decode(tables, bytes, 16, mode(i & 1), &ours) != DECODED) continue;
        if (ours.record.h == OP_UNDEFINED || ours.record.h == OP_TOO_LONG || ours.record.h == OP_LOCK_FORBIDDEN) continue;
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder[i & 1], NULL, bytes, 16, &theirs))) continue;
        compared++;
        cr_assert_eq(ours.length, theirs.length, "%02x %02x %02x %02x %02x %02x in %u bits: %u bytes (%s), theirs %u (%s)", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4],
                     bytes[5], i & 1 ? 32 : 16, ours.length, op_names[ours.record.h], theirs.length, ZydisMnemonicGetString(theirs.mnemonic));
    }
    cr_expect_gt(compared, 500000);
}

/* --- 64-bit mode, all that the largest models have --- */

static void random_string(u8 bytes[16], u64 *random)
{
    static const u8 first[] = { 0x66, 0xf2, 0xf3, 0x48, 0x41, 0x4f, 0x0f, 0xc4, 0xc5, 0xd9, 0xdf, 0x67, 0x64 };
    unsigned at = 0;

    for (unsigned k = 0; k < 16; k += 8) {
        *random ^= *random << 13, *random ^= *random >> 7, *random ^= *random << 17;
        memcpy(bytes + k, random, 8);
    }
    u64 choice = *random * 0x2545f4914f6cdd1dull;
    for (; at < 3 && choice >> at & 1; at++) bytes[at] = first[(choice >> (8 + 5 * at) & 0xff) % ARRAY_COUNT(first)];
    if (at && choice >> 40 & 1) bytes[at] = choice >> 41 & 1 ? 0x38 : 0x3a;
}

/* What we call an instruction, the other decoder knows with the same length; what lies behind its end does not count. */
static void agree(const char *model, unsigned code_bits, ZydisMachineMode machine, ZydisStackWidth stack)
{
    struct error err = { 0 };
    struct decode_tables *own = decode_tables_create(cpu_model_find(model), &err);
    ZydisDecoder decoder;
    ZydisDecodedInstruction theirs;
    u64 random = 0x9e3779b97f4a7c15ull + code_bits;
    unsigned compared = 0, unknown = 0;

    ZydisDecoderInit(&decoder, machine, stack);
    ZydisDecoderEnableMode(&decoder, ZYDIS_DECODER_MODE_AMD_BRANCHES, own->model->vendor[0] == 'A');
    for (unsigned i = 0; i < 1000000; i++) {
        u8 bytes[16];
        struct decoded ours;
        random_string(bytes, &random);
        if (decode(own, bytes, 16, (struct decode_mode){ .code_bits = (u8)code_bits, .protected_mode = true }, &ours) != DECODED || !ours.row) continue;
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder, NULL, bytes, 16, &theirs))) {
            unknown++;
            continue;
        }
        compared++;
        cr_assert_eq(ours.length, theirs.length, "%02x %02x %02x %02x %02x %02x in %u bits: %u bytes (%s), theirs %u (%s)", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4],
                     bytes[5], code_bits, ours.length, op_names[ours.record.h], theirs.length, ZydisMnemonicGetString(theirs.mnemonic));
    }
    decode_tables_destroy(own);
    cr_expect_gt(compared, 300000);
    cr_expect_lt(unknown, compared / 20, "%u of %u strings are instructions to us alone", unknown, compared);
}

Test(decode, lengths_of_vector_and_64_bit_forms_agree_with_an_independent_decoder)
{
    agree("corei7_haswell", 64, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    agree("ryzen", 64, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    agree("corei7_haswell", 32, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
    agree("athlon64", 32, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
}

Test(decode, a_row_without_its_feature_is_undefined)
{
    static const struct { const char *with, *without; u8 bytes[8]; } cases[] = {
        { "i486dx4", "i486sx", { 0xd9, 0xe8 } },                         /* FLD1: an escape without an FPU, another form with one */
        { "pentium_mmx", "pentium", { 0x0f, 0xfc, 0xc1 } },
        { "p3_katmai", "p2_klamath", { 0x0f, 0x58, 0xc1 } },
        { "p4_prescott", "p3_katmai", { 0x66, 0x0f, 0x58, 0xc1 } },
        { "core2_penryn", "p4_prescott", { 0x66, 0x0f, 0x38, 0x00, 0xc1 } },
        { "corei5_lynnfield", "core2_penryn", { 0xf3, 0x0f, 0xb8, 0xc1 } },
        { "corei7_sandy_bridge", "corei5_lynnfield", { 0xc5, 0xf0, 0x58, 0xc1 } },
        { "corei7_haswell", "corei7_sandy_bridge", { 0xc5, 0xf5, 0xfc, 0xc1 } },
        { "ryzen", "corei7_haswell", { 0x0f, 0x38, 0xc8, 0xc1 } },
        { "athlon64", "ryzen", { 0x0f, 0x0f, 0xc1, 0x9e } },
    };
    struct error err = { 0 };

    for (unsigned i = 0; i < ARRAY_COUNT(cases); i++) {
        struct decode_tables *with = decode_tables_create(cpu_model_find(cases[i].with), &err), *without = decode_tables_create(cpu_model_find(cases[i].without), &err);
        struct decode_mode m = { .code_bits = 32, .protected_mode = true };
        struct decoded a, b;
        decode(with, cases[i].bytes, 8, m, &a);
        decode(without, cases[i].bytes, 8, m, &b);
        cr_expect(a.row != NULL, "case %u", i);
        cr_expect(b.row == NULL || strcmp(b.row->name, "ESC") == 0, "case %u: %s", i, b.row ? b.row->name : "");
        decode_tables_destroy(with);
        decode_tables_destroy(without);
    }
}

/* --- makers and models that decode in their own way --- */

static struct decoded on(const struct cpu_model *model, unsigned code_bits, const u8 bytes[16])
{
    struct error err = { 0 };
    struct decode_tables *own = decode_tables_create(model, &err);
    struct decoded d;

    cr_assert_eq(decode(own, bytes, 16, (struct decode_mode){ .code_bits = (u8)code_bits, .protected_mode = true }, &d), DECODED);
    decode_tables_destroy(own);
    return d;
}
#define ON(model, code_bits, ...) on(cpu_model_find(model), code_bits, (const u8[16]){ __VA_ARGS__ })

Test(decode, an_operand_size_prefix_makes_near_branches_16_bits_wide_in_64_bit_mode_of_amd_alone)
{
    cr_expect_eq(ON("ryzen", 64, 0x66, 0xe9).length, 4);
    cr_expect_eq(ON("ryzen", 64, 0x66, 0x0f, 0x84).length, 5);
    cr_expect_eq(ON("ryzen", 64, 0x66, 0xe8).length, 4);
    cr_expect_eq(ON("ryzen", 64, 0x66, 0x48, 0xe9).length, 7, "REX.W wins");
    cr_expect_eq(ON("corei7_haswell", 64, 0x66, 0xe9).length, 6);
    cr_expect_eq(ON("corei7_haswell", 64, 0x66, 0x0f, 0x84).length, 7);
}

Test(decode, all_of_vvvv_must_be_one_where_there_is_no_second_source_and_its_top_bit_is_ignored_elsewhere)
{
    cr_expect(ON("ryzen", 32, 0xc4, 0xe1, 0x79, 0x28, 0xc8).row != NULL, "VMOVAPD");
    cr_expect(ON("ryzen", 32, 0xc4, 0xe1, 0x39, 0x28, 0xc8).row == NULL);
    cr_expect(ON("ryzen", 32, 0xc4, 0xe1, 0x69, 0x58, 0xc8).row != NULL, "VADDPD");
    cr_expect_eq(ON("ryzen", 32, 0xc4, 0xe1, 0x69, 0x58, 0xc8).record.imm, ON("ryzen", 32, 0xc4, 0xe1, 0x29, 0x58, 0xc8).record.imm);
}

Test(decode, clzero_takes_no_repeat_prefix)                /* other opcodes' place, and #UD on a processor without them */
{
    struct cpu_model model;
    struct error err = { 0 };

    cr_assert(cpu_model_with(cpu_model_find("ryzen"), "clzero", "", &model, &err), "%s", err.text);
    cr_expect(on(&model, 64, (const u8[16]){ 0x66, 0x0f, 0x01, 0xfc }).row != NULL);
    cr_expect(on(&model, 64, (const u8[16]){ 0xf2, 0x0f, 0x01, 0xfc }).row == NULL);
    cr_expect(on(&model, 64, (const u8[16]){ 0xf3, 0x0f, 0x01, 0xfc }).row == NULL);
}

Test(decode, rdpid_has_no_memory_form)
{
    struct cpu_model model;
    struct error err = { 0 };

    cr_assert(cpu_model_with(cpu_model_find("ryzen"), "rdpid", "", &model, &err), "%s", err.text);
    cr_expect(on(&model, 64, (const u8[16]){ 0xf3, 0x0f, 0xc7, 0xf8 }).row != NULL);
    cr_expect(on(&model, 64, (const u8[16]){ 0xf3, 0x0f, 0xc7, 0x38 }).row == NULL);
}

Test(decode, lock_mov_cr0_is_mov_cr8_where_the_model_says_so)
{
    struct cpu_model model;
    struct error err = { 0 };

    cr_assert(cpu_model_with(cpu_model_find("ryzen"), "cr8_legacy", "", &model, &err), "%s", err.text);
    struct decoded d = on(&model, 32, (const u8[16]){ 0xf0, 0x0f, 0x20, 0xc0 });
    IS(d, "LOAD_CR");
    cr_expect_eq(d.record.s, 8);
    cr_expect(on(&model, 32, (const u8[16]){ 0xf0, 0x0f, 0x20, 0xd0 }).row == NULL, "LOCK MOV CR2 is none");
    cr_expect(ON("corei7_haswell", 32, 0xf0, 0x0f, 0x20, 0xc0).row == NULL);
}
