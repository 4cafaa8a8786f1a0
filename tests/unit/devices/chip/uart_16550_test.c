/* 16550A.  National Semiconductor PC16550D. */
#include "devices/chip/uart_16550.h"
#include "tests/unit/devices/bench.h"

enum { RBR, IER, FCR, LCR, MCR, LSR, MSR, SCR, IIR = FCR, CHARACTER = 87 };      /* 10 bits at 115200 in ticks, rounded up */

static struct clock bench;
static struct line irq;
static struct uart_16550 uart;
static u8 sent[64];
static unsigned sent_count;

static void take(void *to, u8 byte)
{
    (void)to;
    if (sent_count < sizeof sent) sent[sent_count++] = byte;
}

static u8 get(unsigned reg) { return uart_16550_read(&uart, reg); }
static void set(unsigned reg, u8 value) { uart_16550_write(&uart, reg, value); }

static void setup(void)
{
    clock_init(&bench, BENCH_IPS);
    irq = (struct line){ 0 };
    sent_count = 0;
    uart_16550_init(&uart, &bench, &irq, (struct byte_sink){ NULL, take });
    set(LCR, 0x83);
    set(0, 1);
    set(1, 0);
    set(LCR, 0x03);                                  /* 115200 8N1 */
    set(MCR, 0x0b);
}

static void teardown(void) { clock_free(&bench); }
TestSuite(uart_16550, .init = setup, .fini = teardown);

Test(uart_16550, a_character_takes_its_bits_at_the_programmed_rate)
{
    set(RBR, 'A');
    bench_run(&bench, CHARACTER - 2);
    cr_expect_eq(sent_count, 0);
    cr_expect_eq(get(LSR) & 0x60, 0x20, "the holding register is free, the shift register is not");
    bench_run(&bench, 3);
    cr_expect_eq(sent_count, 1);
    cr_expect_eq(sent[0], 'A');
    cr_expect_eq(get(LSR) & 0x60, 0x60);
}

Test(uart_16550, the_fifo_sends_sixteen_bytes_in_order)
{
    set(FCR, 0x01);
    for (unsigned i = 0; i < 17; i++) set(RBR, (u8)i);           /* one goes to the shift register at once */
    bench_run(&bench, 20 * CHARACTER);
    cr_assert_eq(sent_count, 17);
    for (unsigned i = 0; i < 17; i++) cr_expect_eq(sent[i], i);
}

Test(uart_16550, thre_interrupts_when_enabled_and_is_cleared_by_reading_iir)
{
    set(IER, 0x02);
    cr_expect(irq.level);
    cr_expect_eq(get(IIR), 0x02);
    cr_expect(!irq.level);
    set(RBR, 'x');
    bench_run(&bench, 2 * CHARACTER);
    cr_expect(irq.level);
}

Test(uart_16550, received_data_interrupts_at_the_trigger_level)
{
    set(FCR, 0x41);                                  /* four bytes */
    set(IER, 0x01);
    for (unsigned i = 0; i < 3; i++) uart_16550_receive(&uart, (u8)i);
    cr_expect(!irq.level);
    uart_16550_receive(&uart, 3);
    cr_expect(irq.level);
    cr_expect_eq(get(IIR), 0xc4);
    cr_expect_eq(get(RBR), 0);
    cr_expect(!irq.level);
}

Test(uart_16550, bytes_below_the_trigger_time_out_after_four_characters)
{
    set(FCR, 0x81);
    set(IER, 0x01);
    uart_16550_receive(&uart, 'z');
    bench_run(&bench, 3 * CHARACTER);
    cr_expect(!irq.level);
    bench_run(&bench, 2 * CHARACTER);
    cr_expect(irq.level);
    cr_expect_eq(get(IIR), 0xcc);
    cr_expect_eq(get(RBR), 'z');
    cr_expect(!irq.level);
}

Test(uart_16550, an_overrun_is_reported_once)
{
    set(IER, 0x04);
    uart_16550_receive(&uart, 1);
    cr_expect(!uart_16550_receive(&uart, 2));
    cr_expect_eq(get(IIR), 0x06);
    cr_expect_eq(get(LSR) & 0x03, 0x03);
    cr_expect_eq(get(LSR) & 0x03, 0x01);
}

Test(uart_16550, loopback_returns_bytes_and_modem_lines)
{
    set(MCR, 0x1a);                                  /* loop, OUT2, RTS */
    cr_expect_eq(get(MSR) & 0xf0, 0x90, "RTS is CTS, OUT2 is DCD");
    set(RBR, 0x5a);
    bench_run(&bench, 2 * CHARACTER);
    cr_expect_eq(get(RBR), 0x5a);
    cr_expect_eq(sent_count, 0);
}

Test(uart_16550, out2_gates_the_interrupt)
{
    set(MCR, 0x03);
    set(IER, 0x01);
    uart_16550_receive(&uart, 1);
    cr_expect(!irq.level);
    set(MCR, 0x0b);
    cr_expect(irq.level);
}

Test(uart_16550, dlab_reaches_the_divisor)
{
    set(LCR, 0x83);
    set(0, 0x34);
    set(1, 0x12);
    cr_expect_eq(get(0), 0x34);
    cr_expect_eq(get(1), 0x12);
    set(LCR, 0x03);
    cr_expect_eq(get(IER), 0x00);
    set(SCR, 0xa5);
    cr_expect_eq(get(SCR), 0xa5);
    cr_expect_null(uart_16550_invariant(&uart));
}
