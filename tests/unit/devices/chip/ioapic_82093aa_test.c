/* The 82093AA's registers, pins and messages.  Intel 290566-001. */
#include <criterion/criterion.h>

#include "devices/chip/ioapic_82093aa.h"

enum { SEL = 0x00, WIN = 0x10, LEVEL = 1 << 15, MASKED = 1 << 16, LOW = 1 << 13, REMOTE_IRR = 1 << 14, PENDING = 1 << 12, LOGICAL = 1 << 11 };

static struct ioapic_82093aa apic;
static struct cpu_message last;
static unsigned sent;
static bool accepting;

static bool take(void *board, const struct cpu_message *message)
{
    (void)board;
    if (!accepting) return false;
    last = *message;
    sent++;
    return true;
}

static void setup(void)
{
    ioapic_82093aa_init(&apic, NULL, take);
    sent = 0;
    accepting = true;
}
static void teardown(void) { cr_expect_null(ioapic_82093aa_invariant(&apic), "%s", ioapic_82093aa_invariant(&apic)); }
TestSuite(ioapic, .init = setup, .fini = teardown);

static u32 get(unsigned n) { ioapic_82093aa_write(&apic, SEL, n); return ioapic_82093aa_read(&apic, WIN); }
static void put(unsigned n, u32 v) { ioapic_82093aa_write(&apic, SEL, n); ioapic_82093aa_write(&apic, WIN, v); }
static void entry(unsigned pin, u32 low, u8 destination) { put(0x11 + 2 * pin, (u32)destination << 24); put(0x10 + 2 * pin, low); }

Test(ioapic, the_version_register_says_11h_and_24_inputs)
{
    cr_expect_eq(get(1), 0x00170011);
    put(1, 0xffffffff);
    cr_expect_eq(get(1), 0x00170011);
}

Test(ioapic, the_id_has_four_bits_and_is_the_arbitration_id)
{
    put(0, 0xffffffff);
    cr_expect_eq(get(0), 0x0f000000);
    cr_expect_eq(get(2), 0x0f000000);
}

Test(ioapic, after_reset_every_entry_is_masked_and_reserved_bits_stay_0)
{
    for (unsigned pin = 0; pin < 24; pin++) {
        cr_expect_eq(get(0x10 + 2 * pin), MASKED);
        put(0x10 + 2 * pin, 0xffffffff);
        put(0x11 + 2 * pin, 0xffffffff);
        cr_expect_eq(get(0x10 + 2 * pin), 0x0001afff);
        cr_expect_eq(get(0x11 + 2 * pin), 0xff000000);
    }
    cr_expect_eq(get(0x40), 0);
    ioapic_82093aa_reset(&apic);
    cr_expect_eq(get(0x10), MASKED);
}

Test(ioapic, a_rising_edge_sends_one_message_with_the_entry_s_fields)
{
    entry(4, 0x31 | LOGICAL | 1 << 8, 0x05);
    ioapic_82093aa_set_pin(&apic, 4, true);
    cr_expect_eq(sent, 1);
    cr_expect_eq(last.vector, 0x31);
    cr_expect_eq(last.mode, 1);
    cr_expect(last.logical && !last.everyone && !last.level_triggered);
    cr_expect_eq(last.destination, 5);
    ioapic_82093aa_set_pin(&apic, 4, true);
    ioapic_82093aa_set_pin(&apic, 4, false);
    cr_expect_eq(sent, 1);
}

Test(ioapic, destination_ffh_is_everyone)
{
    entry(4, 0x31, 0xff);
    ioapic_82093aa_set_pin(&apic, 4, true);
    cr_expect(last.everyone);
}

Test(ioapic, an_edge_on_a_masked_pin_is_ignored)
{
    entry(4, 0x31 | MASKED, 0);
    ioapic_82093aa_set_pin(&apic, 4, true);
    entry(4, 0x31, 0);
    cr_expect_eq(sent, 0);
}

Test(ioapic, an_active_low_pin_asks_when_it_falls)
{
    ioapic_82093aa_set_pin(&apic, 16, true);
    entry(16, 0x31 | LOW, 0);
    cr_expect_eq(sent, 0);
    ioapic_82093aa_set_pin(&apic, 16, false);
    cr_expect_eq(sent, 1);
}

Test(ioapic, a_level_waits_for_its_eoi_in_remote_irr_and_is_sent_again_while_it_stands)
{
    entry(11, 0x51 | LEVEL, 0);
    ioapic_82093aa_set_pin(&apic, 11, true);
    cr_expect_eq(sent, 1);
    cr_expect(last.level_triggered);
    cr_expect(get(0x10 + 22) & REMOTE_IRR);
    ioapic_82093aa_end_of_interrupt(&apic, 0x52);
    cr_expect_eq(sent, 1);
    ioapic_82093aa_end_of_interrupt(&apic, 0x51);
    cr_expect_eq(sent, 2);
    ioapic_82093aa_set_pin(&apic, 11, false);
    ioapic_82093aa_end_of_interrupt(&apic, 0x51);
    cr_expect_eq(sent, 2);
    cr_expect(!(get(0x10 + 22) & REMOTE_IRR));
}

Test(ioapic, a_level_that_stands_is_sent_when_it_is_unmasked)
{
    entry(11, 0x51 | LEVEL | MASKED, 0);
    ioapic_82093aa_set_pin(&apic, 11, true);
    cr_expect_eq(sent, 0);
    entry(11, 0x51 | LEVEL, 0);
    cr_expect_eq(sent, 1);
}

Test(ioapic, nmi_is_an_edge_whatever_the_trigger_mode_says)
{
    entry(3, 4 << 8 | LEVEL, 0);
    ioapic_82093aa_set_pin(&apic, 3, true);
    cr_expect_eq(sent, 1);
    cr_expect(!last.level_triggered);
    cr_expect(!(get(0x10 + 6) & REMOTE_IRR));
}

Test(ioapic, what_nobody_accepts_is_pending_until_somebody_does)
{
    accepting = false;
    entry(4, 0x31, 0);
    entry(11, 0x51 | LEVEL, 0);
    ioapic_82093aa_set_pin(&apic, 4, true);
    ioapic_82093aa_set_pin(&apic, 11, true);
    cr_expect(get(0x10 + 8) & PENDING);
    cr_expect(!(get(0x10 + 22) & REMOTE_IRR));
    accepting = true;
    entry(4, 0x31, 0);
    entry(11, 0x51 | LEVEL, 0);
    cr_expect_eq(sent, 2);
    cr_expect(!(get(0x10 + 8) & PENDING));
}
