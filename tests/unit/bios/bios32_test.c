/* BIOS32 and the PCI BIOS's 32-bit entry, run as a program in protected mode runs them.  "Standard BIOS 32-bit Service Directory Proposal" 0.4;
 * PCI BIOS Specification 2.1. */
#include "bios/images.h"
#include "tests/unit/cpu/fixture.h"

enum { ROM = 0xf0000, ROM_CS = FREE, ROM_DS = FREE_2 };
enum { PCI_PRESENT = 0xb101, FIND_DEVICE = 0xb102, READ_WORD = 0xb109, GET_ROUTING = 0xb10e };

static u32 config_address;

static u32 config_in(void *board, u16 port, unsigned size)
{
    (void)board;
    if (port == 0xcf8) return config_address;
    u32 value = config_address == 0x80000800 ? 0x70008086 : config_address == 0x80000000 ? 0x12378086 : 0xffffffff;
    return value >> 8 * (port & 3) & (u32)(UINT64_MAX >> (64 - 8 * size));
}

static void config_out(void *board, u16 port, unsigned size, u32 value)
{
    (void)board, (void)size;
    if (port == 0xcf8) config_address = value & 0x80fffffc;
}

static u32 header(void)
{
    for (u32 at = 0; at < 0x10000; at += 16)
        if (!memcmp(bios_system_image + at, "_32_", 4)) return at;
    cr_assert_fail("there is no _32_");
    return 0;
}

static struct pc *program(bool has_pci)
{
    struct pc *pc = pc_create("pentium");

    memcpy(pc->ram + ROM, bios_system_image, 0x10000);
    enter_protected(pc, 0);
    set_gdt(pc, ROM_CS, descriptor(ROM, 0xffff, CODE_READ | P | B32));
    set_gdt(pc, ROM_DS, descriptor(ROM, 0xffff, DATA_READ | P | B32));
    if (has_pci) pc->cpu->bus.in = config_in, pc->cpu->bus.out = config_out;
    return pc;
}

/* CALL FAR, then HLT. */
static void call(struct pc *pc, u16 selector, u32 offset)
{
    u8 code[] = { 0x9a, DWORD(offset), WORD(selector), 0xf4 };

    pc->cpu->rip = CODE;
    pc->cpu->activity = ACTIVITY_RUNNING;
    memcpy(pc->ram + CODE, code, sizeof code);
    cpu_memory_written(pc->cpu, CODE, sizeof code);
    run_ticks(pc, 20000);
    cr_assert_eq(pc->cpu->rip, CODE + sizeof code, "%s", told(pc));
}

static u32 eax(const struct pc *pc) { return (u32)pc->cpu->gpr[RAX]; }
static u8 ah(const struct pc *pc) { return (u8)(pc->cpu->gpr[RAX] >> 8); }
static bool carry(const struct pc *pc) { return cpu_eflags(pc->cpu) & EFLAGS_CF; }

static u32 find_pci(struct pc *pc)
{
    u32 directory = get32(pc->ram + ROM + header() + 4);

    cr_assert(directory >= ROM && directory < 0x100000);
    pc->cpu->gpr[RAX] = 0x49435024;
    pc->cpu->gpr[RBX] = 0;
    call(pc, KERNEL_CS, directory);
    cr_assert_eq(eax(pc) & 0xff, 0);
    cr_expect_eq(pc->cpu->gpr[RBX], ROM);
    return (u32)pc->cpu->gpr[RDX];
}

Test(bios32, the_header_s_paragraph_sums_to_zero)
{
    u8 sum = 0;

    for (unsigned i = 0; i < 16; i++) sum = (u8)(sum + bios_system_image[header() + i]);
    cr_expect_eq(sum, 0);
    cr_expect_eq(bios_system_image[header() + 9], 1);
}

Test(bios32, knows_no_other_service_and_no_other_function)
{
    PC(pc) = program(true);
    u32 directory = get32(pc->ram + ROM + header() + 4);

    pc->cpu->gpr[RAX] = 0x44334241;
    pc->cpu->gpr[RBX] = 0;
    call(pc, KERNEL_CS, directory);
    cr_expect_eq(eax(pc) & 0xff, 0x80);
    pc->cpu->gpr[RBX] = 1;
    call(pc, KERNEL_CS, directory);
    cr_expect_eq(eax(pc) & 0xff, 0x81);
}

Test(bios32, the_pci_bios_answers_wherever_its_segment_begins)
{
    PC(pc) = program(true);
    u32 entry = find_pci(pc);

    for (unsigned flat = 0; flat < 2; flat++) {
        if (!flat) set_segment(pc->cpu, CPU_SEG_DS, ROM_DS, ROM, 0xffff, DATA_READ | B32);
        pc->cpu->gpr[RAX] = PCI_PRESENT;
        call(pc, flat ? KERNEL_CS : ROM_CS, flat ? ROM + entry : entry);
        cr_expect_not(carry(pc));
        cr_expect_eq(ah(pc), 0);
        cr_expect_eq(pc->cpu->gpr[RDX], 0x20494350);
        cr_expect_eq(pc->cpu->gpr[RBX] & 0xffff, 0x210);
    }
}

Test(bios32, finds_a_device_and_reads_its_registers)
{
    PC(pc) = program(true);
    u32 entry = ROM + find_pci(pc);

    pc->cpu->gpr[RAX] = FIND_DEVICE;
    pc->cpu->gpr[RCX] = 0x7000, pc->cpu->gpr[RDX] = 0x8086, pc->cpu->gpr[RSI] = 0;
    call(pc, KERNEL_CS, entry);
    cr_expect_not(carry(pc));
    cr_expect_eq(pc->cpu->gpr[RBX] & 0xffff, 1 << 3);
    pc->cpu->gpr[RAX] = READ_WORD;
    pc->cpu->gpr[RDI] = 2;
    call(pc, KERNEL_CS, entry);
    cr_expect_eq(pc->cpu->gpr[RCX] & 0xffff, 0x7000);
    pc->cpu->gpr[RAX] = READ_WORD;
    pc->cpu->gpr[RDI] = 1;
    call(pc, KERNEL_CS, entry);
    cr_expect(carry(pc));
    cr_expect_eq(ah(pc), 0x87, "a word at an odd place");
}

Test(bios32, what_is_not_there_is_not_supported)
{
    PC(pc) = program(true);
    u32 entry = ROM + find_pci(pc);
    PC(isa) = program(false);

    pc->cpu->gpr[RAX] = GET_ROUTING;
    call(pc, KERNEL_CS, entry);
    cr_expect(carry(pc));
    cr_expect_eq(ah(pc), 0x81);
    isa->cpu->gpr[RAX] = PCI_PRESENT;
    call(isa, KERNEL_CS, entry);
    cr_expect(carry(isa));
    cr_expect_eq(ah(isa), 0x81, "no PCI");
}
