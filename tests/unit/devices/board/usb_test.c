/* The USB controller on a board: its ports, its interrupt, and where input goes. */
#include <criterion/criterion.h>

#include "devices/board/board.h"

enum { PORTS = 0xc020, SOFMOD = 12 };

static struct machine *board(enum usb_kind_config first)
{
    struct machine_config config;
    struct error err;

    machine_config_defaults(&config);
    config.usb.enabled = true;
    config.usb.port[0].kind = first;
    struct machine *m = machine_create(&config, &err);
    cr_assert(m, "%s", err.text);
    machine_run(m, 3000000);                             /* POST places the ports */
    return m;
}

Test(board_usb, registers_are_there_by_bytes_words_and_doublewords)
{
    struct machine *m = board(CONFIG_USB_TABLET);

    ports_write(m->ports, PORTS + SOFMOD, 1, 0x41);
    cr_expect_eq(ports_read(m->ports, PORTS + SOFMOD, 1), 0x41);
    ports_write(m->ports, PORTS + 8, 4, 0x12345000);
    cr_expect_eq(ports_read(m->ports, PORTS + 8, 4), 0x12345000);
    cr_expect_eq(ports_read(m->ports, PORTS + 11, 1), 0x12);
    cr_expect_eq(ports_read(m->ports, PORTS + 2, 2), 0x20);
    machine_destroy(m);
}

Test(board_usb, keys_go_to_the_usb_keyboard_once_a_driver_has_configured_it)
{
    struct machine *m = board(CONFIG_USB_KEYBOARD);

    machine_key(m, 4, true);
    cr_expect_eq(m->pci.usb[0].hid.used, 0);
    cr_expect_neq(m->keyboard.down[0], 0);
    machine_key(m, 4, false);
    m->pci.usb[0].hid.device.configuration = 1;
    machine_key(m, 5, true);
    cr_expect_eq(m->pci.usb[0].hid.used, 1);
    cr_expect_eq(m->keyboard.down[0], 0);
    machine_destroy(m);
}

Test(board_usb, a_tablet_is_one_once_a_driver_has_configured_it)
{
    struct machine *m = board(CONFIG_USB_TABLET);

    cr_expect_not(machine_points(m));
    machine_point(m, 100, 200, 0, 0);
    cr_expect_eq(m->pci.usb[0].hid.x, 0);
    m->pci.usb[0].hid.device.configuration = 1;
    cr_expect(machine_points(m));
    machine_point(m, 100, 200, 0, 0);
    cr_expect_eq(m->pci.usb[0].hid.x, 100);
    machine_destroy(m);
}

Test(board_usb, the_interrupt_is_pirqd)
{
    struct machine *m = board(CONFIG_USB_MOUSE);

    line_set(&m->pci.usb_interrupt, true);
    cr_expect_eq(m->pci.isa.pirq, 8);
    line_set(&m->pci.usb_interrupt, false);
    cr_expect_eq(m->pci.isa.pirq, 0);
    machine_destroy(m);
}
