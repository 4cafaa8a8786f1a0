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
    strcpy(config.cpu_model, "corei7_haswell");          /* it has MONITOR */
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

/* Long loops of the boot processor around what wakes the other one: by a message, and by a store to the line at which it waits. */
static struct machine *worker_and_sleeper(void)
{
    static const u8 worker[] = { 0xb9, 0xf4, 0x01, 0xe2, 0xfe,                            /* MOV CX, 500; LOOP $ */
                                 0x66, 0xc7, 0x06, 0x00, 3, VECTOR, 0x40, 0, 0,           /* MOV [ICR], assert fixed */
                                 0xb9, 0x40, 0x01, 0xe2, 0xfe,                            /* MOV CX, 320; LOOP $ */
                                 0x26, 0xfe, 0x06, 0x00, 0x06,                            /* INC BYTE ES:[600h] */
                                 0xeb, 0xe6 };                                            /* JMP to the beginning */
    static const u8 sleeper[] = { 0xfb, 0xf4, 0xb8, 0x00, 0x06, 0x66, 0x31, 0xc9, 0x66, 0x31, 0xd2,      /* STI; HLT; MOV AX, 600h; XOR ECX, ECX; XOR EDX, EDX */
                                  0x0f, 0x01, 0xc8, 0x0f, 0x01, 0xc9, 0xeb, 0xed };       /* MONITOR; MWAIT; JMP to the HLT */
    static const u8 service[] = { 0xff, 0x06, COUNTED & 0xff, COUNTED >> 8,                /* INC [COUNTED] */
                                  0x26, 0x66, 0xc7, 0x06, 0xb0, 0, 0, 0, 0, 0, 0xcf };    /* MOV ES:[EOI], 0; IRET */
    struct machine *m = sleeper_and_sender();

    m->processor[1].cpu->seg[CPU_SEG_ES].base = APIC_PA;
    segment_derive(m->processor[1].cpu, CPU_SEG_ES);
    machine_poke(m, SERVICE, service, sizeof service);
    machine_poke(m, SLEEPER, sleeper, sizeof sleeper);
    machine_poke(m, SENDER, worker, sizeof worker);
    apic_mmio_write(m->processor[0].cpu, APIC_PA + 0x310, 4, 1u << 24);                   /* ICR high: to 1 */
    return m;
}

Test(board_processors, one_that_is_alone_runs_on_as_if_it_gave_its_turns_away)
{
    static const struct cpu_break nowhere = { .kind = CPU_BREAK_LINEAR, .address = 0x12345 };
    struct machine *alone = worker_and_sleeper(), *by_turns = worker_and_sleeper();
    u16 counted = 0;

    for (unsigned n = 0; n < 60; n++) {
        for (unsigned p = 0; p < 2; p++) cpu_set_breaks(by_turns->processor[p].cpu, &nowhere, 1);      /* who has breakpoints is asked at each turn */
        machine_run(alone, 87);
        machine_run(by_turns, 87);
        cr_assert_eq(machine_hash(alone), machine_hash(by_turns), "tick %llu", (unsigned long long)machine_tick(alone));
    }
    machine_peek(alone, COUNTED, &counted, sizeof counted);
    cr_expect_geq(counted, 4, "%u", counted);
    machine_destroy(alone);
    machine_destroy(by_turns);
}
