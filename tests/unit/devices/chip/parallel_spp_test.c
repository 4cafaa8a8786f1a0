/* The parallel port: strobe, busy, acknowledge. */
#include "devices/chip/parallel_spp.h"
#include "tests/unit/devices/bench.h"

static char printed[16];
static unsigned count, edges;

static void put(void *to, u8 byte) { (void)to; printed[count++ & 15] = (char)byte; }
static void on_irq(void *listener, unsigned n, bool level) { (void)listener, (void)n; edges += level; }

static struct clock clock_;
static struct line irq = { .changed = on_irq };
static struct parallel_spp port;

static void setup(void)
{
    clock_init(&clock_, 1000000);
    parallel_spp_init(&port, &clock_, &irq, (struct byte_sink){ NULL, put });
    parallel_spp_reset(&port);
}
static void done(void) { clock_free(&clock_); }
TestSuite(parallel_spp, .init = setup, .fini = done);

static void strobe(u8 byte, u8 control)
{
    parallel_spp_write(&port, 0, byte);
    parallel_spp_write(&port, 2, control | 1);
    parallel_spp_write(&port, 2, control);
}

static void pass(u64 ticks)
{
    clock_.time.now += ticks;
    clock_fire_due(&clock_);
}

Test(parallel_spp, the_rising_strobe_hands_the_data_to_the_printer_which_is_busy_then)
{
    strobe('A', 0x0c);
    cr_expect_eq(count, 1);
    cr_expect_eq(printed[0], 'A');
    cr_expect_eq(parallel_spp_read(&port, 1) & 0x80, 0);
    strobe('B', 0x0c);
    cr_expect_eq(count, 1, "a busy printer takes nothing");
    pass(10);
    cr_expect_eq(parallel_spp_read(&port, 1) & 0x80, 0x80);
    cr_expect_null(parallel_spp_invariant(&port));
}

Test(parallel_spp, the_acknowledge_interrupts_when_control_bit_4_allows_it)
{
    strobe('A', 0x0c);
    pass(10);
    cr_expect_eq(edges, 0);
    strobe('B', 0x1c);
    pass(10);
    cr_expect_eq(edges, 1);
}

Test(parallel_spp, data_and_control_read_back_and_init_holds_the_printer_in_reset)
{
    parallel_spp_write(&port, 0, 0x5a);
    cr_expect_eq(parallel_spp_read(&port, 0), 0x5a);
    parallel_spp_write(&port, 2, 0xff);
    cr_expect_eq(parallel_spp_read(&port, 2), 0xff);
    count = 0;
    parallel_spp_write(&port, 2, 0x08);
    strobe('C', 0x08);
    cr_expect_eq(count, 0);
}
