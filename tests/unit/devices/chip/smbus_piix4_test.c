/* SMBus host controller of the PIIX4 and a module's EEPROM.  Intel 290562-001, "SMBus I/O Registers"; SMBus Specification 1.0, "Command Protocols". */
#include "devices/chip/smbus_piix4.h"
#include "devices/chip/spd_24c02.h"
#include "tests/unit/devices/bench.h"

enum { HSTSTS, HSTCNT = 2, HSTCMD, HSTADD, HSTDAT0, HSTDAT1, BLKDAT };
enum { BUSY = 1, INTERRUPT = 2, DEVICE_ERROR = 4, FAILED = 0x10 };
enum { QUICK = 0, BYTE = 1 << 2, BYTE_DATA = 2 << 2, WORD_DATA = 3 << 2, BLOCK = 5 << 2, START = 0x40, KILL = 2, INTEREN = 1 };
enum { MODULE = 0x50, LONG_ENOUGH = 5000 };

static struct clock bench;
static struct line interrupt;
static struct smbus_piix4 bus;
static struct spd_24c02 spd;

static void setup(void)
{
    clock_init(&bench, BENCH_IPS);
    interrupt = (struct line){ 0 };
    smbus_piix4_init(&bus, &bench, &interrupt);
    smbus_piix4_reset(&bus);
    smbus_piix4_enable(&bus, true);
    spd_24c02_init(&spd, 64);
    bus.slave[MODULE] = (struct smbus_slave){ &spd, spd_24c02_start, spd_24c02_write, spd_24c02_read };
}

static void teardown(void)
{
    cr_expect_null(smbus_piix4_invariant(&bus));
    cr_expect_null(spd_24c02_invariant(&spd));
    clock_free(&bench);
}
TestSuite(smbus_piix4, .init = setup, .fini = teardown);

static u8 transact(u8 protocol, u8 address, bool read, u8 command)
{
    smbus_piix4_write(&bus, HSTSTS, 0x1e);
    smbus_piix4_write(&bus, HSTADD, (u8)(address << 1 | read));
    smbus_piix4_write(&bus, HSTCMD, command);
    smbus_piix4_write(&bus, HSTCNT, (u8)(protocol | START));
    cr_expect_eq(smbus_piix4_read(&bus, HSTSTS), BUSY);
    bench_run(&bench, LONG_ENOUGH);
    clock_fire_due(&bench);
    return smbus_piix4_read(&bus, HSTSTS);
}

Test(smbus_piix4, an_address_that_nobody_acknowledges_is_a_device_error)
{
    cr_expect_eq(transact(BYTE_DATA, 0x51, true, 0), DEVICE_ERROR);
    cr_expect_eq(transact(QUICK, 0x51, false, 0), DEVICE_ERROR);
}

Test(smbus_piix4, a_quick_command_finds_who_is_there)
{
    cr_expect_eq(transact(QUICK, MODULE, false, 0), INTERRUPT);
}

Test(smbus_piix4, read_byte_gives_the_byte_at_the_command)
{
    cr_expect_eq(transact(BYTE_DATA, MODULE, true, 2), INTERRUPT);
    cr_expect_eq(smbus_piix4_read(&bus, HSTDAT0), 2, "EDO");
}

Test(smbus_piix4, receive_byte_goes_on_from_the_last_one)
{
    transact(BYTE, MODULE, false, 3);
    transact(BYTE, MODULE, true, 0);
    u8 rows = smbus_piix4_read(&bus, HSTDAT0);
    transact(BYTE, MODULE, true, 0);
    cr_expect_eq(1u << (rows + smbus_piix4_read(&bus, HSTDAT0)), (64u << 20) / 8, "64 MiB in words of 8 bytes");
}

Test(smbus_piix4, read_word_gives_two_bytes_the_lower_first)
{
    transact(WORD_DATA, MODULE, true, 0);
    cr_expect_eq(smbus_piix4_read(&bus, HSTDAT0), 128);
    cr_expect_eq(smbus_piix4_read(&bus, HSTDAT1), 8);
}

Test(smbus_piix4, a_block_begins_with_its_length)
{
    spd.byte[100] = 3, spd.byte[101] = 0x11, spd.byte[102] = 0x22, spd.byte[103] = 0x33;
    cr_expect_eq(transact(BLOCK, MODULE, true, 100), INTERRUPT);
    cr_expect_eq(smbus_piix4_read(&bus, HSTDAT0), 3);
    (void)smbus_piix4_read(&bus, HSTCNT);
    for (unsigned i = 1; i <= 3; i++) cr_expect_eq(smbus_piix4_read(&bus, BLKDAT), 0x11 * i);
    spd.byte[100] = 33;
    cr_expect_eq(transact(BLOCK, MODULE, true, 100), DEVICE_ERROR, "32 bytes at most");
}

Test(smbus_piix4, what_is_written_to_a_protected_module_is_lost)
{
    smbus_piix4_write(&bus, HSTDAT0, 0x55);
    cr_expect_eq(transact(BYTE_DATA, MODULE, false, 2), INTERRUPT);
    cr_expect_eq(spd.byte[2], 2);
}

Test(smbus_piix4, kill_ends_the_transaction_and_sets_failed)
{
    smbus_piix4_write(&bus, HSTADD, MODULE << 1);
    smbus_piix4_write(&bus, HSTCNT, START);
    smbus_piix4_write(&bus, HSTCNT, KILL);
    cr_expect_eq(smbus_piix4_read(&bus, HSTSTS), FAILED);
}

Test(smbus_piix4, interrupts_where_interen_asks_for_them)
{
    transact(QUICK, MODULE, false, 0);
    cr_expect_not(interrupt.level);
    transact(QUICK | INTEREN, MODULE, false, 0);
    cr_expect(interrupt.level);
    smbus_piix4_write(&bus, HSTSTS, INTERRUPT);
    cr_expect_not(interrupt.level);
}

Test(smbus_piix4, starts_nothing_while_the_host_is_disabled)
{
    smbus_piix4_enable(&bus, false);
    smbus_piix4_write(&bus, HSTCNT, START);
    cr_expect_eq(smbus_piix4_read(&bus, HSTSTS), 0);
}

Test(smbus_piix4, a_transaction_takes_its_bits_at_100_khz)
{
    smbus_piix4_write(&bus, HSTADD, MODULE << 1 | 1);
    smbus_piix4_write(&bus, HSTCNT, BYTE_DATA | START);
    bench_run(&bench, 370);                              /* 4 bytes of 9 bits, start and stop: 38 bits */
    cr_expect_eq(smbus_piix4_read(&bus, HSTSTS), BUSY);
    bench_run(&bench, 20);
    cr_expect_eq(smbus_piix4_read(&bus, HSTSTS), INTERRUPT);
}
