/* SMI by the APM port, and SMRAM at A0000h.  Intel 290562-001 (PIIX4); 290549-001 (82441FX), "System Management RAM Control Register". */
#include <criterion/criterion.h>

#include "cpu/run/processor.h"
#include "cpu/system/local_apic.h"
#include "cpu/system/system.h"
#include "devices/board/board.h"

enum { CODE = 0x7000, ENTRY = 0x38000, SMRAM = 0xa0000, RESULT = 0x500 };
enum { SMRAM_CLOSED_VALUE = 0x0a, SMRAM_OPEN_VALUE = 0x4a, SMRAM_CODE_VALUE = 0x2a };

static const u8 out_apm[] = { 0xe6, 0xb2, 0xe6, 0xb2, 0xf4 };                /* OUT B2h, AL twice; HLT */
/* MOV EAX, A0000h; MOV [38000h + 7EF8h], EAX; RSM: of a P6, at the default SMBASE */
static const u8 move_to_a0000[] = { 0x66, 0xb8, 0x00, 0x00, 0x0a, 0x00, 0x2e, 0x66, 0xa3, 0xf8, 0xfe, 0x0f, 0xaa };
/* In SMRAM: MOV AL, [A0000h]; MOV [500h], AL; RSM */
static const u8 look[] = { 0x67, 0xa0, 0x00, 0x00, 0x0a, 0x00, 0x67, 0xa2, 0x00, 0x05, 0x00, 0x00, 0x0f, 0xaa };

static void configure(struct machine *m, u8 function, u8 at, u32 value)
{
    ports_write(m->ports, 0xcf8, 4, 0x80000000u | function << 8 | (at & 0xfc));
    ports_write(m->ports, (u16)(0xcfc + (at & 3)), 4 - (at & 3), value);
}

static struct machine *board(unsigned processors)
{
    struct machine_config config;
    struct error err;

    machine_config_defaults(&config);
    config.cpu_count = processors;
    strcpy(config.cpu_model, "p2_klamath");
    struct machine *m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
    machine_run(m, 3000000);
    ports_write(m->ports, 0xb028, 4, 1);                                     /* GLBCTL.SMI_EN */
    configure(m, 0x0b, 0x58, 1 << 25);                                       /* DEVACTB.APMC_EN */
    machine_poke(m, CODE, out_apm, sizeof out_apm);
    machine_poke(m, ENTRY, move_to_a0000, sizeof move_to_a0000);
    memcpy(m->ram + SMRAM + 0x8000, look, sizeof look);
    m->ram[SMRAM] = 0x5a;
    return m;
}

static void begin(struct machine *m, unsigned n)
{
    struct cpu *cpu = m->processor[n].cpu;

    m->frozen = false;                                                       /* by the last HLT */
    cpu_reset(cpu);
    segment_set_real(cpu, CPU_SEG_CS, 0);
    cpu->rip = cpu->trace_rip = CODE;
    cpu_set_activity(cpu, ACTIVITY_RUNNING);
}

static u8 result(struct machine *m)
{
    u8 byte;
    machine_peek(m, RESULT, &byte, 1);
    return byte;
}

Test(board_smm, a_write_to_apmc_enters_smram_at_a0000h_which_is_the_display_outside)
{
    struct machine *m = board(1);
    u8 byte;

    configure(m, 0, 0x72, SMRAM_CLOSED_VALUE);
    begin(m, 0);
    machine_run(m, 50);
    cr_expect_eq(m->cpu->smbase, SMRAM);
    cr_expect_eq(m->pm.global_status, 0x20, "APM_STS");
    cr_expect_eq(result(m), 0x5a);
    cr_expect_not(cpu_in_smm(m->cpu));
    cr_expect_eq(machine_peek(m, SMRAM, &byte, 1), 0, "the display's own memory again");
    machine_destroy(m);
}

Test(board_smm, with_dcls_code_comes_from_smram_and_data_from_the_display)
{
    struct machine *m = board(1);

    ports_write(m->ports, 0x3ce, 2, 0x0506);                                 /* a window at A0000h */
    configure(m, 0, 0x72, SMRAM_CLOSED_VALUE);
    memory_mmio_write(m, SMRAM, 1, 0xc3);
    u8 shown = (u8)memory_mmio_read(m, SMRAM, 1);
    configure(m, 0, 0x72, SMRAM_CODE_VALUE);
    begin(m, 0);
    machine_run(m, 50);
    cr_expect_eq(m->cpu->smbase, SMRAM);
    cr_expect_neq(shown, 0x5a);
    cr_expect_eq(result(m), shown);
    machine_destroy(m);
}

Test(board_smm, nothing_happens_without_smi_en_or_apmc_en)
{
    struct machine *m = board(1);

    ports_write(m->ports, 0xb028, 4, 0);
    begin(m, 0);
    machine_run(m, 50);
    cr_expect_eq(m->cpu->smbase, 0x30000);
    ports_write(m->ports, 0xb028, 4, 1);
    configure(m, 0x0b, 0x58, 0);
    begin(m, 0);
    machine_run(m, 50);
    cr_expect_eq(m->cpu->smbase, 0x30000);
    configure(m, 0x08, 0xa2, 0x80);                                          /* SMIEN of the ISA bridge, CSMIGATE off */
    begin(m, 0);
    machine_run(m, 50);
    cr_expect_eq(m->cpu->smbase, 0x30000);
    configure(m, 0x08, 0xa0, 0x00800009);
    begin(m, 0);
    machine_run(m, 50);
    cr_expect_eq(m->cpu->smbase, SMRAM, "the ISA bridge's own way");
    machine_destroy(m);
}

Test(board_smm, masters_never_reach_smram)
{
    struct machine *m = board(1);
    u8 bytes[2] = { 1, 2 };

    configure(m, 0, 0x72, SMRAM_OPEN_VALUE);
    memory_dma_read(m, SMRAM, bytes, 1);
    cr_expect_eq(bytes[0], 0xff);
    memory_dma_write(m, SMRAM, bytes + 1, 1);
    cr_expect_eq(m->ram[SMRAM], 0x5a);
    machine_destroy(m);
}

Test(board_smm, every_processor_takes_it_and_sees_smram_for_itself_alone)
{
    struct machine *m = board(2);
    static const u8 spin[] = { 0xeb, 0xfe };

    configure(m, 0, 0x72, SMRAM_CLOSED_VALUE);
    machine_poke(m, CODE + 0x100, spin, sizeof spin);
    begin(m, 0);
    begin(m, 1);
    m->processor[1].cpu->rip = m->processor[1].cpu->trace_rip = CODE + 0x100;
    for (unsigned i = 0; i < 600; i++) {
        machine_run(m, 1);
        cr_expect_eq(m->video.smram == SMRAM_SEEN, cpu_in_smm(processors_running(m)), "tick %u", i);
    }
    cr_expect_eq(m->processor[0].cpu->smbase, SMRAM);
    cr_expect_eq(m->processor[1].cpu->smbase, SMRAM);
    machine_destroy(m);
}
