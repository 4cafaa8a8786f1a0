/* ACPI's fixed registers of the PIIX4.  Intel 290562-001; ACPI specification, "ACPI Hardware Specification". */
#include "devices/chip/pm_piix4.h"
#include "tests/unit/devices/bench.h"

enum { STS, EN = 2, CNT = 4, TMR = 8 };

static struct clock bench;
static struct line sci, soft_off, smi;
static struct pm_piix4 pm;

static void setup(void)
{
    clock_init(&bench, 14318180);                        /* four ticks a cycle of the timer */
    sci = soft_off = smi = (struct line){ 0 };
    pm_piix4_init(&pm, &bench, &sci, &soft_off, &smi);
    pm_piix4_reset(&pm);
}

static void teardown(void) { clock_free(&bench); }
TestSuite(pm_piix4, .init = setup, .fini = teardown);

static u32 timer(void)
{
    u32 value = 0;
    for (unsigned i = 0; i < 4; i++) value |= (u32)pm_piix4_read(&pm, TMR + i) << 8 * i;
    return value;
}

Test(pm_piix4, the_timer_counts_24_bits_at_3_58_mhz)
{
    bench_run(&bench, 4000);
    cr_expect_eq(timer(), 1000);
    bench_run(&bench, 4ull << 24);
    cr_expect_eq(timer(), 1000);
}

Test(pm_piix4, a_change_of_bit_23_sets_tmr_sts_and_raises_sci_where_enabled)
{
    pm_piix4_write(&pm, CNT, 1);
    pm_piix4_write(&pm, EN, 1);
    bench_run(&bench, (4ull << 23) - 1);
    cr_expect(!sci.level);
    bench_run(&bench, 1);
    clock_fire_due(&bench);
    cr_expect(sci.level);
    pm_piix4_write(&pm, STS, 1);
    cr_expect(!sci.level);
    bench_run(&bench, 4ull << 23);
    clock_fire_due(&bench);
    cr_expect(sci.level, "bit 23 fell");
    pm_piix4_write(&pm, CNT, 0);
    cr_expect(!sci.level, "SCI_EN = 0");
    cr_expect_null(pm_piix4_invariant(&pm));
}

Test(pm_piix4, sleep_type_0_with_slp_en_is_soft_off)
{
    pm_piix4_write(&pm, CNT + 1, 0);
    cr_expect(!soft_off.level, "SLP_EN = 0");
    pm_piix4_write(&pm, CNT + 1, 0x24);
    cr_expect(!soft_off.level, "another SLP_TYP");
    pm_piix4_write(&pm, CNT + 1, 0x20);
    cr_expect(soft_off.level);
    cr_expect_eq(pm_piix4_read(&pm, CNT + 1), 0, "SLP_EN reads 0");
}

Test(pm_piix4, reserved_bits_read_0)
{
    for (unsigned reg = 0; reg < TMR; reg++) pm_piix4_write(&pm, reg, reg == CNT + 1 ? 0xdf : 0xff);
    cr_expect_eq(pm_piix4_read(&pm, EN) | pm_piix4_read(&pm, EN + 1) << 8, 0x0521);
    cr_expect_eq(pm_piix4_read(&pm, CNT) | pm_piix4_read(&pm, CNT + 1) << 8, 0x1c03);
    cr_expect_eq(pm_piix4_read(&pm, 6) | pm_piix4_read(&pm, 7), 0);
}
