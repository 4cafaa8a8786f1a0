/* UHCI: schedule, status, ports.  Intel, "Universal Host Controller Interface (UHCI) Design Guide" 1.1. */
#include "cpu/base/bits.h"
#include "devices/chip/uhci_piix3.h"
#include "devices/chip/usb_hid.h"
#include "tests/unit/devices/bench.h"

enum { CMD = 0, STS = 2, INTR = 4, FRNUM = 6, FRBASE = 8, SOFMOD = 12, PORT = 16 };
enum { LIST = 0x1000, QH_1 = 0x2000, QH_2 = 0x2020, TD_1 = 0x3000, TD_2 = 0x3020, BUFFER = 0x4000, RAM = 0x8000 };
enum { T = 1, Q = 2, VF = 4, LS = 1 << 26, ACTIVE = 1 << 23, IOC = 1 << 24, SPD = 1 << 29, ERRORS_3 = 3 << 27, STALLED = 1 << 22, NAK = 1 << 19, TIMEOUT = 1 << 18, BABBLE = 1 << 20 };
enum { PID_IN = 0x69, PID_OUT = 0xe1, PID_SETUP = 0x2d };

static struct clock bench;
static struct line interrupt;
static struct uhci_piix3 uhci;
static struct usb_hid mouse;
static u8 ram[RAM];
static unsigned accesses;

static void nothing(void *board) { (void)board; }
static void ram_read(void *board, u64 pa, u8 *bytes, unsigned size)
{
    (void)board;
    accesses++;
    for (unsigned i = 0; i < size; i++) bytes[i] = ram[(pa + i) % RAM];
}
static void ram_write(void *board, u64 pa, const u8 *bytes, unsigned size)
{
    (void)board;
    for (unsigned i = 0; i < size; i++) ram[(pa + i) % RAM] = bytes[i];
}

static u16 reg(unsigned at) { return (u16)uhci_piix3_read(&uhci, at, 2); }
static void set(unsigned at, u16 value) { uhci_piix3_write(&uhci, at, 2, value); }
static u32 mem(u32 at) { return get32(ram + at); }
static void put(u32 at, u32 value) { put32(ram + at, value); }

static void setup(void)
{
    const struct uhci_wires wires = { .decode_changed = nothing, .memory_read = ram_read, .memory_write = ram_write };

    memset(ram, 0, sizeof ram);
    accesses = 0;
    clock_init(&bench, 12000000);                        /* a tick is a bit */
    interrupt = (struct line){ 0 };
    uhci_piix3_init(&uhci, &bench, &interrupt, &wires);
    usb_hid_init(&mouse, USB_MOUSE, &bench);
    uhci_piix3_plug(&uhci, 0, &mouse.device);
    uhci_piix3_reset(&uhci);
    uhci_piix3_config_write(&uhci, 4, 5);
    for (unsigned i = 0; i < 1024; i++) put(LIST + 4 * i, T);
    set(FRBASE, LIST), set(FRBASE + 2, 0);
}

static void teardown(void)
{
    cr_expect_null(uhci_piix3_invariant(&uhci));
    clock_free(&bench);
}
TestSuite(uhci, .init = setup, .fini = teardown);

static void enable_port(void) { set(PORT, 4 | 2); }
static void frames(unsigned n) { bench_run(&bench, n * 12000ull), clock_fire_due(&bench); }
static void run(void) { set(CMD, 1), bench_run(&bench, 2), clock_fire_due(&bench); }

static void qh(u32 at, u32 next, u32 element) { put(at, next), put(at + 4, element); }
static void td(u32 at, u32 link, u32 control, u8 pid, unsigned endpoint, unsigned toggle, unsigned size, u32 buffer)
{
    put(at, link), put(at + 4, control | ACTIVE);
    put(at + 8, pid | endpoint << 15 | toggle << 19 | ((size - 1) & 0x7ff) << 21);
    put(at + 12, buffer);
}
static void schedule(u32 pointer) { for (unsigned i = 0; i < 1024; i++) put(LIST + 4 * i, pointer); }

/* GET_DESCRIPTOR, device, eight bytes */
static void put_setup(u8 length)
{
    const u8 bytes[] = { 0x80, 6, 0, 1, 0, 0, length, 0 };
    memcpy(ram + BUFFER, bytes, sizeof bytes);
}

Test(uhci, a_reset_leaves_it_halted_with_the_connection_noted)
{
    cr_expect_eq(reg(STS), 0x20);
    cr_expect_eq(uhci_piix3_read(&uhci, SOFMOD, 1), 64);
    cr_expect_eq(reg(PORT), 0x80 | 0x100 | 0x20 | 3, "low speed: D- is high");
    cr_expect_eq(reg(PORT + 2), 0x80, "nothing there");
    set(PORT, 2);
    cr_expect_eq(reg(PORT) & 3, 1);
}

Test(uhci, frnum_counts_frames_of_11936_bits_and_sofmod)                              /* "Start of Frame Modify Register" */
{
    run();
    frames(10);
    cr_expect_eq(reg(FRNUM), 10);
    set(CMD, 0);
    frames(2);
    cr_expect_eq(reg(STS), 0x20);
    u16 stopped = reg(FRNUM);
    unsigned before = accesses;
    frames(5);
    cr_expect_eq(reg(FRNUM), stopped);
    cr_expect_eq(accesses, before, "nothing while it stands still");
    cr_expect_eq(uhci.next_frame.at, NEVER);
    uhci_piix3_write(&uhci, SOFMOD, 1, 0);
    run();
    bench_run(&bench, 11936 * 10ull), clock_fire_due(&bench);
    cr_expect_eq(reg(FRNUM), stopped + 10);
}

Test(uhci, a_queue_s_transfer_goes_down_to_its_end_and_iocs_interrupt_at_the_end_of_the_frame)
{
    enable_port();
    put_setup(8);
    schedule(QH_1 | Q);
    qh(QH_1, T, TD_1);
    td(TD_1, TD_2 | VF, LS | ERRORS_3, PID_SETUP, 0, 0, 8, BUFFER);
    td(TD_2, T, LS | ERRORS_3 | IOC, PID_IN, 0, 1, 8, BUFFER + 64);
    set(INTR, 4);
    run();
    cr_expect_eq(mem(TD_1 + 4) & (ACTIVE | 0x7ff), 7);
    cr_expect_eq(mem(TD_2 + 4) & (ACTIVE | 0x7ff), 7);
    cr_expect_eq(mem(QH_1 + 4), T, "the element went on");
    cr_expect_eq(ram[BUFFER + 64], 18);
    cr_expect_not(interrupt.level);
    frames(1);
    cr_expect(interrupt.level);
    cr_expect_eq(reg(STS), 1);
    set(STS, 1);
    cr_expect_not(interrupt.level);
}

Test(uhci, a_short_packet_stops_its_queue_where_spd_says_so)                          /* "Short Packet Detect" */
{
    enable_port();
    put_setup(4);
    schedule(QH_1 | Q);
    qh(QH_1, T, TD_1);
    td(TD_1, TD_2 | VF, LS, PID_SETUP, 0, 0, 8, BUFFER);
    td(TD_2, T, LS | SPD, PID_IN, 0, 1, 8, BUFFER + 64);
    set(INTR, 8);
    run();
    cr_expect_eq(mem(TD_2 + 4) & (ACTIVE | 0x7ff), 3, "four bytes");
    cr_expect_eq(mem(QH_1 + 4), TD_2 | VF, "the element stays");
    frames(1);
    cr_expect(interrupt.level);
}

Test(uhci, a_nak_leaves_the_td_active)
{
    enable_port();
    mouse.device.configuration = 1;
    schedule(QH_1 | Q);
    qh(QH_1, QH_1 | Q, TD_1);                            /* a ring */
    td(TD_1, T, LS | ERRORS_3, PID_IN, 1, 0, 4, BUFFER);
    run();
    cr_expect_eq(mem(TD_1 + 4), LS | ERRORS_3 | ACTIVE | NAK);
    unsigned before = accesses;
    frames(1);
    cr_expect_lt(accesses - before, 40, "a lap without progress ends the frame's work: %u", accesses - before);
    usb_hid_move(&mouse, 1, 2, 0, 0);
    frames(1);
    cr_expect_eq(mem(TD_1 + 4), (u32)(LS | ERRORS_3 | 3));
    cr_expect_eq(ram[BUFFER + 2], 2);
}

Test(uhci, a_device_that_is_silent_is_given_up_after_three_errors)                    /* "Error counter" */
{
    schedule(QH_1 | Q);
    qh(QH_1, T, TD_1);
    td(TD_1, T, LS | ERRORS_3, PID_IN, 1, 0, 4, BUFFER);
    set(INTR, 1);
    run();
    cr_expect_eq(mem(TD_1 + 4), (u32)(LS | 2 << 27 | ACTIVE | TIMEOUT));
    frames(2);
    cr_expect_eq(mem(TD_1 + 4), (u32)(LS | STALLED | TIMEOUT));
    frames(1);
    cr_expect(interrupt.level);
    cr_expect_eq(reg(STS), 2);
    cr_expect_eq(mem(QH_1 + 4), TD_1);
}

Test(uhci, a_stall_ends_the_td_at_once_and_more_bytes_than_room_are_babble)
{
    enable_port();
    schedule(QH_1 | Q);
    qh(QH_1, QH_2 | Q, TD_1);
    td(TD_1, T, LS | ERRORS_3, PID_IN, 1, 0, 4, BUFFER);
    mouse.device.configuration = 1, mouse.device.halted_in = 2;
    qh(QH_2, T, T);
    run();
    cr_expect_eq(mem(TD_1 + 4), (u32)(LS | ERRORS_3 | STALLED));
    mouse.device.halted_in = 0;
    usb_hid_move(&mouse, 1, 0, 0, 0);
    td(TD_1, T, LS | ERRORS_3, PID_IN, 1, 0, 2, BUFFER);
    frames(1);
    cr_expect_eq(mem(TD_1 + 4), (u32)(LS | ERRORS_3 | STALLED | BABBLE));
}

Test(uhci, an_illegal_td_is_a_process_error_that_halts)                               /* "Host Controller Process Error" */
{
    schedule(TD_1);
    td(TD_1, T, 0, 0x55, 0, 0, 8, BUFFER);
    run();
    cr_expect_eq(reg(STS), 0x30);
    cr_expect(interrupt.level);
    cr_expect_eq(reg(CMD) & 1, 0);
}

Test(uhci, a_ring_of_descriptors_ends_with_the_frame)
{
    schedule(TD_1);
    put(TD_1, TD_2), put(TD_2, TD_1);
    run();
    cr_expect_lt(accesses, 4 * 1600);
    cr_expect_eq(reg(STS), 0);
}

Test(uhci, a_port_in_reset_is_disabled_and_resets_its_device)                         /* "Port Status and Control Register" */
{
    enable_port();
    mouse.device.address = 9;
    set(PORT, 0x200);
    cr_expect_eq(reg(PORT) & 0x204, 0x200);
    cr_expect_eq(mouse.device.address, 0);
    set(PORT, 0);
    set(PORT, 4);
    cr_expect_eq(reg(PORT) & 4, 4);
    set(PORT + 2, 4);
    cr_expect_eq(reg(PORT + 2) & 4, 0, "nothing is plugged in");
}

Test(uhci, a_sleeping_device_wakes_its_port)
{
    enable_port();
    set(INTR, 2);
    mouse.device.may_wake = true;
    set(PORT, 0x1004);
    usb_hid_move(&mouse, 0, 0, 0, 1);
    cr_expect_eq(reg(PORT) & 0x40, 0x40);
    cr_expect(interrupt.level);
}

Test(uhci, without_the_right_to_be_master_it_is_a_host_error)
{
    uhci_piix3_config_write(&uhci, 4, 1);
    run();
    cr_expect_eq(reg(STS), 0x28);
}

Test(uhci, the_interrupt_leaves_by_the_pirq_where_legsup_lets_it)
{
    schedule(TD_1);
    td(TD_1, T, 0, 0x55, 0, 0, 8, BUFFER);
    uhci_piix3_config_write(&uhci, 0xc1, 0);
    run();
    cr_expect_not(interrupt.level);
    cr_expect_eq(uhci_piix3_config_read(&uhci, 0xc1), 0x10, "USBIRQS");
    uhci_piix3_config_write(&uhci, 0xc1, 0x20);
    cr_expect(interrupt.level);
}
