/* Turns of several processors on the board's one clock. */
#include <criterion/criterion.h>

#include "cpu/run/processor.h"
#include "cpu/system/local_apic.h"
#include "cpu/system/system.h"
#include "devices/board/board.h"

enum { SLEEPER = 0x8000, SENDER = 0x9000, SERVICE = 0x7000, COUNTED = 0x500, VECTOR = 0x30 };
#define APIC_PA 0xfee00000u

static void begin_at(struct cpu *cpu, u32 pa)
{
    apic_mmio_write(cpu, APIC_PA + 0xf0, 4, 0x1ff);      /* SVR: enabled by software */
    cpu_set_activity(cpu, ACTIVITY_WAITING_START);
    cpu_start_up(cpu, (u8)(pa >> 12));
}

/* The second processor, whose turn is the first, sleeps and counts interrupts; the boot processor sends it one and halts. */
static struct machine *sleeper_and_sender(void)
{
    static const u8 sleeper[] = { 0xfb, 0xf4, 0xeb, 0xfd };                               /* STI; HLT; JMP to the HLT */
    static const u8 service[] = { 0xff, 0x06, COUNTED & 0xff, COUNTED >> 8, 0xcf };       /* INC [COUNTED]; IRET */
    static const u8 sender[] = { 0x66, 0xc7, 0x06, 0x10, 3, 0, 0, 0, 1,                   /* MOV [ICR high], to 1 */
                                 0x66, 0xc7, 0x06, 0x00, 3, VECTOR, 0x40, 0, 0, 0xf4 };   /* MOV [ICR], assert fixed; HLT */
    static const u8 entry[] = { SERVICE & 0xff, SERVICE >> 8, 0, 0 };
    struct machine_config config;
    struct error err;

    machine_config_defaults(&config);
    config.cpu_count = 2;
    struct machine *m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
    machine_poke(m, SLEEPER, sleeper, sizeof sleeper);
    machine_poke(m, SERVICE, service, sizeof service);
    machine_poke(m, SENDER, sender, sizeof sender);
    machine_poke(m, VECTOR * 4, entry, sizeof entry);
    begin_at(m->processor[1].cpu, SLEEPER);
    begin_at(m->processor[0].cpu, SENDER);
    m->processor[0].cpu->seg[CPU_SEG_DS].base = APIC_PA;
    segment_derive(m->processor[0].cpu, CPU_SEG_DS);
    return m;
}

Test(board_processors, one_that_was_asked_before_it_was_woken_runs_before_time_jumps)
{
    struct machine *m = sleeper_and_sender();
    u16 counted = 0;

    machine_run(m, 100);
    machine_peek(m, COUNTED, &counted, sizeof counted);
    cr_expect_eq(counted, 1);
    cr_expect_eq(machine_tick(m), 100);
    machine_destroy(m);
}

Test(board_processors, a_run_in_pieces_is_the_same_run)
{
    struct machine *whole = sleeper_and_sender(), *pieces = sleeper_and_sender();

    machine_run(whole, 40);
    for (unsigned n = 0; n < 40; n++) machine_run(pieces, 1);
    cr_expect_eq(machine_hash(whole), machine_hash(pieces));
    machine_destroy(whole);
    machine_destroy(pieces);
}
