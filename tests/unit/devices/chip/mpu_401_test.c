/* MPU-401 in UART mode.  "MPU-401 Technical Reference Manual". */
#include "devices/chip/mpu_401.h"
#include "tests/unit/devices/bench.h"

static struct clock bench;
static struct mpu_401 mpu;
static struct line irq;
static unsigned requests, sent;
static u8 last;

static void put(void *to, u8 byte) { (void)to; last = byte; sent++; }

static void setup(void)
{
    clock_init(&bench, BENCH_IPS);
    irq = (struct line){ .changed = bench_count, .listener = &requests };
    mpu_401_init(&mpu, &bench, &irq);
    mpu.midi = (struct byte_sink){ NULL, put };
    requests = sent = 0;
}

static void teardown(void)
{
    cr_expect_null(mpu_401_invariant(&mpu));
    clock_free(&bench);
}
TestSuite(mpu_401, .init = setup, .fini = teardown);

static bool readable(void) { return !(mpu_401_read(&mpu, 1) & 0x80); }
static bool writable(void) { return !(mpu_401_read(&mpu, 1) & 0x40); }

Test(mpu_401, a_reset_is_acknowledged)
{
    cr_expect(!readable());
    mpu_401_write(&mpu, 1, 0xff);
    cr_expect(readable());
    cr_expect_eq(requests, 1);
    cr_expect_eq(mpu_401_read(&mpu, 0), 0xfe);
    cr_expect(!readable());
    cr_expect(!irq.level);
}

Test(mpu_401, data_goes_out_in_uart_mode_alone)
{
    mpu_401_write(&mpu, 0, 0x90);
    cr_expect_eq(sent, 0);
    mpu_401_write(&mpu, 1, 0x3f);
    cr_expect_eq(mpu_401_read(&mpu, 0), 0xfe);
    mpu_401_write(&mpu, 0, 0x90);
    cr_expect_eq(sent, 1);
    cr_expect_eq(last, 0x90);
}

Test(mpu_401, a_reset_out_of_uart_mode_is_not_acknowledged)
{
    mpu_401_write(&mpu, 1, 0x3f);
    mpu_401_write(&mpu, 1, 0xff);
    cr_expect(!readable());
    mpu_401_write(&mpu, 0, 0x90);
    cr_expect_eq(sent, 0);
}

Test(mpu_401, other_commands_do_nothing)
{
    mpu_401_write(&mpu, 1, 0xac);
    cr_expect(!readable());
    mpu_401_write(&mpu, 1, 0x3f);
    (void)mpu_401_read(&mpu, 0);
    mpu_401_write(&mpu, 1, 0xac);
    mpu_401_write(&mpu, 0, 1);
    cr_expect_eq(sent, 1, "it is still in UART mode");
}

Test(mpu_401, a_byte_takes_320_microseconds_and_one_waits)
{
    mpu_401_write(&mpu, 1, 0x3f);
    mpu_401_write(&mpu, 0, 1);
    cr_expect(writable());
    mpu_401_write(&mpu, 0, 2);
    cr_expect(!writable());
    mpu_401_write(&mpu, 0, 3);
    cr_expect_eq(sent, 2, "a third one is lost");
    bench_run(&bench, 319);
    cr_expect(!writable());
    bench_run(&bench, 1);
    cr_expect(writable());
}
