/* The whole machine: random code and random accesses to every device, while keys, serial bytes, frames and media come and go.  A sanitizer or an invariant is the
 * judge.      doc: fuzz */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/hostile.h"
#include "tests/fuzz/targets.h"

enum { CODE_BYTES = 4096, DISK_BYTES = 1 << 18, FIRMWARE_TICKS = 3000000 };

/* Ports that something answers at, three times of four; any port otherwise. */
static u16 a_port(void)
{
    static const struct { u16 first, count; } known[] = {
        { 0x00, 16 }, { 0x20, 2 }, { 0x40, 4 }, { 0x60, 5 }, { 0x70, 2 }, { 0x80, 16 }, { 0x92, 1 }, { 0xa0, 2 }, { 0xc0, 32 }, { 0x170, 8 }, { 0x1f0, 8 }, { 0x376, 1 },
        { 0x3b0, 48 }, { 0x3f2, 6 }, { 0x3f8, 8 }, { 0x2f8, 8 }, { 0x4d0, 2 }, { 0x510, 12 }, { 0x378, 3 }, { 0xb000, 64 }, { 0xb2, 2 }, { 0xcf8, 8 }, { 0xc000, 16 },
        { 0x300, 32 }, { 0x300, 32 }, { 0xd000, 32 }, { 0xd000, 32 }, { 0x1ce, 3 }, { 0xd040, 8 }, { 0xd080, 64 }, { 0xd080, 64 }, { 0x388, 4 }, { 0x220, 16 }, { 0x220, 16 }, { 0x330, 2 }, { 0x201, 1 }, { 0xb100, 16 }, { 0xc020, 32 },
    };
    unsigned k = pick(ARRAY_COUNT(known));
    return pick(4) ? (u16)(known[k].first + pick(known[k].count)) : (u16)pick(65536);
}

/* The VGA's window, or where the firmware puts the first card's registers. */
static u64 a_window(void) { return pick(2) ? 0xa0000 + pick(0x20000) : 0xe2000000 + (pick(2) ? pick(0x6000) : pick(0x20000)); }

/* What it takes a sequence of accesses for; one of them, seldom. */
static void scene(struct machine *m, u32 value)
{
    if (pick(8) == 0) pass(m, pick(TICKS));
    else if (pick(4) == 0) configuration(m, value);
    else if (pick(4) == 0) frames(m);
    else if (pick(4) == 0) descriptors(m);
    else if (pick(32) == 0) dma(m);
    else if (pick(64) == 0) sounds(m);
    else if (pick(8) == 0) firmware_dma(m);
    else if (pick(64) == 0) display(m);
    else if (pick(64) == 0) cirrus(m);
    else if (pick(32) == 0) system_management(m);
    else if (pick(64) == 0) usb(m);
    else if (pick(2) == 0) timers_and_interrupts(m);
}

static void operation(struct machine *m)
{
    static const unsigned sizes[] = { 1, 1, 2, 4 };
    u16 port = a_port();
    unsigned size = sizes[pick(4)];
    u32 value = pick(2) ? pick(256) : pick(0x7fffffff) << 1;

    switch (pick(8)) {
    case 0: case 1: case 2: (void)in(m, port, size); break;
    case 3: store(m, a_window(), size, value); break;
    case 4: load(m, a_window(), size); break;
    case 5: scene(m, value); break;
    default: out(m, port, size, value); break;
    }
    if (pick(500) == 0) from_outside(m);
    if (pick(200) == 0) check(m);
}

/* Random bytes as code, in real mode at a random place, sometimes with paging and protection switched on at once. */
static void garbage(struct machine *m)
{
    static const char *const registers[] = { "eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp" };
    u8 code[CODE_BYTES];
    u32 at = pick(0x80000) & ~15u;

    for (unsigned i = 0; i < sizeof code; i += 64) pick_bytes(code + i, 64);
    poke(m, at, code, sizeof code);
    for (unsigned i = 0; i < ARRAY_COUNT(registers); i++) set_register(m, 0, registers[i], pick(0x7fffffff) << 1);
    set_register(m, 0, "cs", at >> 4);
    set_register(m, 0, "eip", 0);
    if (pick(3) == 0) set_register(m, 0, "cr3", pick(0x100) << 12);
    if (pick(3) == 0) set_register(m, 0, "cr0", 1 | (pick(2) ? 0x80000000u : 0));
    pass(m, TICKS * 10);
    check(m);
}

static void draw_config(void *context)
{
    struct machine_config *c = context;

    machine_config_defaults(c);
    c->limits = (struct limits_config){ 0 };
    c->memory_bytes = 2 << 20;
    c->vga.memory_mib = 4;
    c->reset_on_triple_fault = pick(2);
    strcpy(c->cpu_model, pick(2) ? "" : "i386");
    strcpy(c->floppy[0].path, DEMO_DISK);
    c->adlib = pick(2);
    c->gameport = true;
    c->gameport_sticks = (u8)pick(3);
    c->sb16.enabled = pick(4);
    c->pci = pick(4) ? PCI_ON : PCI_OFF;
    c->cpu_count = c->pci == PCI_ON && !c->cpu_model[0] ? 1 + pick(2) : 1;
    c->ata[0].device[0] = (struct ata_device_config){ .type = ATA_DISK, .mode = DISK_VOLATILE };
    strcpy(c->ata[0].device[0].path, in_room("disk"));
    c->ata[1].device[pick(2)].type = ATA_CDROM;
    c->ne2k[0] = (struct nic_config){ .present = true, .ioaddr = 0x300, .irq = 9, .ethmod = NETWORK_VNET };
    c->ne2k[1] = (struct nic_config){ .present = c->pci == PCI_ON, .is_pci = true, .ethmod = NETWORK_VNET };
    c->e1000[0] = (struct nic_config){ .present = c->pci == PCI_ON, .ethmod = NETWORK_VNET };
    if (c->pci == PCI_ON && pick(3) == 0) c->vga.extension = VGA_CIRRUS;
    c->es1370.enabled = c->pci == PCI_ON;
    c->usb.enabled = c->pci == PCI_ON;
    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) {
        c->usb.port[n] = (struct usb_port_config){ .kind = CONFIG_USB_NONE + pick(5), .mode = DISK_VOLATILE };
        strcpy(c->usb.port[n].path, in_room("disk"));
    }
    c->com[1].enabled = true;
    if (pick(3) == 0) {
        c->mouse = MOUSE_TYPE_SERIAL + pick(3);
        c->com[0].mode = COM_MOUSE;
    }
    strcpy(c->parallel[0], "/dev/null");
}

struct machine *whole_board(u32 variant)
{
    static struct machine_config config;
    struct error err = { 0 };

    room_put("disk", "", 0, DISK_BYTES);
    room_put("cd", "", 0, 100 * 2048);
    hostile_aside(variant + 1, draw_config, &config);
    struct machine *m = machine_create(&config, &err);
    if (!m) fputs(err.text, stderr), exit(2);
    operations_rest(false);
    return m;
}

/* Processors that run code of any kind do it again alike after a snapshot, as everything else does. */
unsigned long whole_play(const struct fuzz_target *t, unsigned long most)
{
    struct machine *m = target_begin(t);
    unsigned long again = 0;

    pass(m, pick(2) ? FIRMWARE_TICKS : 1000);
    for (unsigned long n = 0; operations_performed() < most && !m->frozen && !hostile_over(); n++) {
        hostile_at(n);
        if (n == again) DO(m, AGAIN, 0);
        if (pick(10000) == 0) DO(m, SAVE, 0), again = n + 1 + pick(300);
        operation(m);
    }
    if (m->frozen) DO(m, RESET, 0);
    garbage(m);
    target_end(m);
    return operations_performed() ? operations_performed() : 1;
}
