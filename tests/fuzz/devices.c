/* Each device on a board of its own, driven by random operations: its ports and memory, configuration space, structures in memory for its DMA, time, its lines,
 * its media and frames, scenes in which it is set up as a driver might, and snapshots on the way.  A sanitizer or an invariant is the judge.      doc: fuzz */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bios/images.h"
#include "devices/storage/image_tool.h"
#include "tests/fuzz/hostile.h"
#include "tests/fuzz/targets.h"

enum { CHECK_EACH = 200, SNAPSHOT_EACH = 4000, DISK_BYTES = 1 << 18, CD_BYTES = 150 * 2048, PORT_RANGES = 6, WINDOWS = 3, BASES = 3 };

/* --- media --- */

/* The same few bytes always, then zeros up to `whole`. */
static void put_contents(const char *name, u32 whole)
{
    u8 bytes[4096];
    u64 state = 1;

    for (unsigned i = 0; i < sizeof bytes; i++) state = state * 6364136223846793005ull + 1442695040888963407ull, bytes[i] = (u8)(state >> 56);
    room_put(name, bytes, sizeof bytes, whole);
}

static void put_image(enum disk_mode mode, const char *name, const char *base)
{
    struct image_wish wish = { .kind = image_kind_of(mode), .path = in_room(name), .sectors = base ? 0 : DISK_BYTES / 512, .base = base ? in_room(base) : NULL, .force = true };
    struct error err = { 0 };

    if (!image_create(&wish, &err)) fputs(err.text, stderr), exit(2);
}

/* --- the devices --- */

struct device {
    const char *name;
    void (*build)(struct machine_config *config);        /* what its board has more than the plainest one; NULL: nothing */
    struct { u16 first, count; } ports[PORT_RANGES];
    struct { u64 first; u32 bytes; } windows[WINDOWS];
    struct { u16 at; u32 base; } bases[BASES];           /* of its function, which gets these base addresses */
    void (*scene)(struct machine *m);
    unsigned scene_each;                                 /* of so many operations one is a scene */
    void (*outside)(struct machine *m);
};

static void with_pci(struct machine_config *c) { c->pci = PCI_ON, c->vga.extension = VGA_VBE, c->vga.memory_mib = 4; }
static void with_two(struct machine_config *c) { c->pci = PCI_ON, c->cpu_count = 2; }

static void with_serial_mouse(struct machine_config *c)
{
    c->mouse = MOUSE_TYPE_SERIAL + pick(3);
    c->com[pick(2)] = (struct com_config){ .enabled = true, .mode = COM_MOUSE };
}

static void with_coms(struct machine_config *c)
{
    for (unsigned n = 0; n < CONFIG_COMS; n++) {
        c->com[n] = (struct com_config){ .enabled = true, .mode = pick(2) ? COM_FILE : COM_NULL };
        strcpy(c->com[n].path, "/dev/null");
    }
}

static void with_printers(struct machine_config *c) { strcpy(c->parallel[0], "/dev/null"), strcpy(c->parallel[1], "/dev/null"); }

static void with_floppies(struct machine_config *c)
{
    for (unsigned n = 0; n < CONFIG_FLOPPIES; n++) c->floppy[n] = (struct floppy_config){ .drive_type = (u8)(n ? 1 + pick(5) : 4) };
}

/* A disk in any form that a guest may write to. */
static void put_disk(struct ata_device_config *d)
{
    static const enum disk_mode modes[] = { DISK_VOLATILE, DISK_FLAT, DISK_GROWING, DISK_UNDOABLE, DISK_OVERLAY, DISK_VVFAT };
    static const char *const names[] = { "disk", "disk", "growing", "disk", "overlay", "folder" };
    unsigned k = pick(ARRAY_COUNT(modes));

    put_contents("disk", DISK_BYTES);
    if (modes[k] == DISK_GROWING) put_image(DISK_GROWING, "growing", NULL);
    if (modes[k] == DISK_OVERLAY) put_contents("base", DISK_BYTES), put_image(DISK_OVERLAY, "overlay", "base");
    if (modes[k] == DISK_UNDOABLE) unlink(in_room("redolog"));
    if (modes[k] == DISK_VVFAT) room_folder("folder"), put_contents("folder/A long name of a file.text", 0), room_folder("back");
    *d = (struct ata_device_config){ .type = ATA_DISK, .mode = modes[k] };
    strcpy(d->path, in_room(names[k]));
    if (modes[k] == DISK_VVFAT && pick(2)) strcpy(d->writeback, in_room("back"));
    if (modes[k] == DISK_UNDOABLE) strcpy(d->journal, in_room("redolog"));
}

static void with_disks(struct machine_config *c)
{
    c->pci = pick(4) ? PCI_ON : PCI_OFF;
    put_disk(&c->ata[0].device[0]);
    put_contents("second", DISK_BYTES);
    c->ata[0].device[1] = (struct ata_device_config){ .type = ATA_DISK, .mode = DISK_VOLATILE };
    strcpy(c->ata[0].device[1].path, in_room("second"));
    c->ata[1].device[0].type = ATA_CDROM;
}

/* Data, sound with an index and a pregap, and a second session. */
static void put_sheet(void)
{
    static const char sheet[] = "CATALOG 1234567890123\nFILE cd.bin BINARY\nTRACK 01 MODE1/2048\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nISRC ABCDE1234567\nPREGAP 00:00:20\nINDEX 01 00:00:40\nINDEX 02 00:00:50\n"
                                "REM SESSION 02\nTRACK 03 MODE2/2352\nINDEX 01 00:01:00\n";

    put_contents("cd.bin", 2048 * 40 + 2352 * 60);
    room_put("cd.cue", sheet, sizeof sheet - 1, 0);
}

static void with_cds(struct machine_config *c)
{
    c->pci = pick(4) ? PCI_ON : PCI_OFF;
    put_contents("cd", CD_BYTES), put_sheet();
    for (unsigned n = 0; n < 2; n++) {
        c->ata[n].device[0] = (struct ata_device_config){ .type = ATA_CDROM, .inserted = pick(4) };
        strcpy(c->ata[n].device[0].path, in_room(pick(2) ? "cd" : "cd.cue"));
    }
    c->ata[1].device[1].type = ATA_CDROM;
}

static void with_fw_cfg(struct machine_config *c)
{
    room_put("rom", bios_system_image, bios_system_image_size, 0);
    strcpy(c->system_rom.path, in_room("rom"));
}

static void put_cable(struct nic_config *n, bool is_pci)
{
    *n = (struct nic_config){ .present = true, .is_pci = is_pci, .ioaddr = 0x300, .irq = 9, .ethmod = pick(4) ? NETWORK_VNET : NETWORK_NULL };
    room_folder("www"), put_contents("www/small", 0);
    strcpy(n->ethdev, in_room("www"));
}

static void with_ne2000(struct machine_config *c) { put_cable(&c->ne2k[0], false); }
static void with_rtl8029(struct machine_config *c) { c->pci = PCI_ON, put_cable(&c->ne2k[1], true); }
static void with_e1000(struct machine_config *c) { c->pci = PCI_ON, put_cable(&c->e1000[0], true); }
static void with_adlib(struct machine_config *c) { c->adlib = true; }
static void with_sb16(struct machine_config *c) { c->sb16.enabled = true; }
static void with_es1370(struct machine_config *c) { c->pci = PCI_ON, c->es1370.enabled = true; }
static void with_gameport(struct machine_config *c) { c->gameport = true, c->gameport_sticks = (u8)pick(3); }

static void with_vbe(struct machine_config *c)
{
    static const u16 widths[] = { 640, 1024, 1366, 2560 };
    c->pci = pick(4) ? PCI_ON : PCI_OFF;
    c->vga.extension = VGA_VBE;
    c->vga.memory_mib = pick(4) ? 4 : 4u << pick(4), c->vga.preferred_width = widths[pick(4)], c->vga.ddc = pick(4);
}

static void with_cirrus(struct machine_config *c) { c->pci = PCI_ON, c->vga.extension = VGA_CIRRUS, c->vga.memory_mib = 4; }

static void with_usb(struct machine_config *c, enum usb_kind_config kind)
{
    c->pci = PCI_ON, c->usb.enabled = true;
    put_contents("disk", DISK_BYTES);
    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) {
        c->usb.port[n] = (struct usb_port_config){ .kind = n ? CONFIG_USB_NONE + pick(5) : kind, .mode = DISK_VOLATILE, .read_only = pick(3) == 0 };
        strcpy(c->usb.port[n].path, in_room("disk"));
    }
}

static void with_usb_keyboard(struct machine_config *c) { with_usb(c, CONFIG_USB_KEYBOARD); }
static void with_usb_mouse(struct machine_config *c) { with_usb(c, CONFIG_USB_MOUSE); }
static void with_usb_tablet(struct machine_config *c) { with_usb(c, CONFIG_USB_TABLET); }
static void with_usb_stick(struct machine_config *c) { with_usb(c, CONFIG_USB_DISK); }

static void acpi(struct machine *m) { pci_write(m, 0xb40, 4, 0xb001), pci_write(m, 0xb80, 1, 1), system_management(m); }
static void dp8390_talks(struct machine *m) { pick(2) ? dp8390_rings(m) : conversations(m); }
static void e1000_talks(struct machine *m) { pick(2) ? descriptors(m) : conversations(m); }
static void displays(struct machine *m) { if (pick(2)) display(m); else picture(m); }
static void ata_works(struct machine *m) { pick(4) ? ata_commands(m) : packets(m); }

#define IDE_PORTS { { 0x1f0, 8 }, { 0x3f6, 1 }, { 0x170, 8 }, { 0x376, 1 }, { 0xc000, 16 } }
#define VGA_PORTS { 0x3b0, 48 }, { 0x3c0, 2 }, { 0x3c4, 2 }, { 0x3ce, 2 }, { 0x3d4, 2 }
#define UHCI_BASE { { 0xa20, 0xc021 } }
static const struct device devices[] = {
    { .name = "pic",          .ports = { { 0x20, 2 }, { 0xa0, 2 }, { 0x4d0, 2 } }, .scene = request_lines, .scene_each = 8 },
    { .name = "pit",          .ports = { { 0x40, 4 }, { 0x61, 1 } } },
    { .name = "dma",          .ports = { { 0x00, 16 }, { 0x80, 16 }, { 0xc0, 32 } }, .scene = isa_transfers, .scene_each = 16 },
    { .name = "cmos",         .ports = { { 0x70, 2 } } },
    { .name = "keyboard",     .ports = { { 0x60, 1 }, { 0x64, 1 } }, .outside = from_outside },
    { .name = "serial-mouse", .build = with_serial_mouse, .ports = { { 0x3f8, 8 }, { 0x2f8, 8 } }, .outside = from_outside },
    { .name = "serial",       .build = with_coms, .ports = { { 0x3f8, 8 }, { 0x2f8, 8 }, { 0x3e8, 8 }, { 0x2e8, 8 } }, .scene = serial_bursts, .scene_each = 50, .outside = from_outside },
    { .name = "parallel",     .build = with_printers, .ports = { { 0x378, 3 }, { 0x278, 3 } } },
    { .name = "gameport",     .build = with_gameport, .ports = { { 0x201, 1 } }, .outside = from_outside },
    { .name = "speaker",      .ports = { { 0x61, 1 }, { 0x42, 2 } } },
    { .name = "system-ports", .ports = { { 0x61, 1 }, { 0x80, 1 }, { 0x92, 1 }, { 0xf0, 1 }, { 0xe9, 1 }, { 0x60, 5 } } },
    { .name = "floppy",       .build = with_floppies, .ports = { { 0x3f2, 6 }, { 0x04, 2 } }, .scene = floppy_commands, .scene_each = 16, .outside = floppy_media },
    { .name = "ata",          .build = with_disks, .ports = IDE_PORTS, .bases = { { 0x920, 0xc001 } }, .scene = ata_works, .scene_each = 16 },
    { .name = "atapi",        .build = with_cds, .ports = IDE_PORTS, .bases = { { 0x920, 0xc001 } }, .scene = packets, .scene_each = 16, .outside = cd_media },
    { .name = "fw_cfg",       .build = with_fw_cfg, .ports = { { 0x510, 12 } }, .scene = firmware_dma, .scene_each = 8 },
    { .name = "pci",          .build = with_pci, .ports = { { 0xcf8, 8 }, { 0x4d0, 2 } }, .windows = { { 0xc0000, 0x40000 } } },
    { .name = "pm",           .build = with_pci, .ports = { { 0xb000, 64 }, { 0xb2, 2 } }, .bases = { { 0xb40, 0xb001 } }, .scene = acpi, .scene_each = 200 },
    { .name = "smbus",        .build = with_pci, .ports = { { 0xb100, 16 } }, .scene = smbus_transactions, .scene_each = 16 },
    { .name = "ioapic-hpet",  .build = with_two, .ports = { { 0x20, 2 }, { 0x40, 4 } }, .windows = { { 0xfec00000, 0x20 }, { 0xfed00000, 0x400 } }, .scene = timers_and_interrupts, .scene_each = 2, .outside = request_lines },
    { .name = "local-apic",   .build = with_two, .ports = { { 0x20, 2 }, { 0xa0, 2 } }, .windows = { { 0xfec00000, 0x20 } }, .scene = processor_messages, .scene_each = 2, .outside = request_lines },
    { .name = "ne2000",       .build = with_ne2000, .ports = { { 0x300, 32 } }, .scene = dp8390_talks, .scene_each = 20, .outside = frames },
    { .name = "rtl8029",      .build = with_rtl8029, .ports = { { 0xd000, 32 } }, .bases = { { 0x1010, 0xd001 } }, .scene = dp8390_talks, .scene_each = 20, .outside = frames },
    { .name = "e1000",        .build = with_e1000, .ports = { { 0xd040, 8 } }, .windows = { { 0xe2000000, 0x6000 }, { 0xe2000000, 0x20000 } }, .bases = { { 0x1010, 0xe2000000 }, { 0x1014, 0xd041 }, { 0x1018, 0xd041 } },
      .scene = e1000_talks, .scene_each = 20, .outside = frames },
    { .name = "adlib",        .build = with_adlib, .ports = { { 0x388, 4 } }, .scene = sounds, .scene_each = 500 },
    { .name = "sb16",         .build = with_sb16, .ports = { { 0x220, 16 }, { 0x220, 16 }, { 0x330, 2 }, { 0x388, 4 }, { 0x00, 16 }, { 0xc0, 32 } }, .scene = sounds, .scene_each = 200 },
    { .name = "es1370",       .build = with_es1370, .ports = { { 0xd000, 64 } }, .bases = { { 0x1010, 0xd001 } }, .scene = sounds, .scene_each = 200 },
    { .name = "vga",          .ports = { VGA_PORTS }, .windows = { { 0xa0000, 0x20000 } }, .scene = picture, .scene_each = 500 },
    { .name = "vbe",          .build = with_vbe, .ports = { VGA_PORTS, { 0x1ce, 3 } }, .windows = { { 0xa0000, 0x20000 }, { 0xe0000000, 16 << 20 }, { 0xfebf0000, 4096 } }, .bases = { { 0x4010, 0xe0000008 }, { 0x4018, 0xfebf0000 } },
      .scene = displays, .scene_each = 1000 },
    { .name = "cirrus",       .build = with_cirrus, .ports = { VGA_PORTS }, .windows = { { 0xa0000, 0x20000 }, { 0xe0000000, 32 << 20 }, { 0xe4000000, 4096 } }, .bases = { { 0x4010, 0xe0000008 }, { 0x4014, 0xe4000000 } },
      .scene = cirrus, .scene_each = 1000 },
    { .name = "usb-keyboard", .build = with_usb_keyboard, .ports = { { 0xc020, 32 } }, .bases = UHCI_BASE, .scene = usb, .scene_each = 20, .outside = from_outside },
    { .name = "usb-mouse",    .build = with_usb_mouse, .ports = { { 0xc020, 32 } }, .bases = UHCI_BASE, .scene = usb, .scene_each = 20, .outside = from_outside },
    { .name = "usb-tablet",   .build = with_usb_tablet, .ports = { { 0xc020, 32 } }, .bases = UHCI_BASE, .scene = usb, .scene_each = 20, .outside = from_outside },
    { .name = "usb-stick",    .build = with_usb_stick, .ports = { { 0xc020, 32 } }, .bases = UHCI_BASE, .scene = usb, .scene_each = 20, .outside = from_outside },
};

/* --- operations --- */

static u16 a_port(const struct device *d)
{
    unsigned ranges = 0;

    while (ranges < PORT_RANGES && d->ports[ranges].count) ranges++;
    unsigned k = pick(ranges);
    return (u16)(d->ports[k].first + pick(d->ports[k].count));
}

/* Any size, aligned mostly; some begin beside the window. */
static void access_window(struct machine *m, const struct device *d)
{
    unsigned windows = 0, size = 1u << pick(4);

    while (windows < WINDOWS && d->windows[windows].bytes) windows++;
    if (!windows) return;
    unsigned k = pick(windows);
    u64 pa = d->windows[k].first + (pick(16) ? pick(d->windows[k].bytes) : d->windows[k].bytes - 8 + pick(16));

    if (pick(8)) pa &= ~(u64)(size - 1);
    if (pick(3)) store(m, pa, size, (u64)pick_value() << (size == 8 ? pick(33) : 0) | pick_value());
    else load(m, pa, size);
}

static void string_instruction(struct machine *m, u16 port)
{
    u8 bytes[4 * 64];
    unsigned size = 1u << pick(3);

    pick_bytes(bytes, sizeof bytes);
    if (pick(2)) out_block(m, port, size, pick(65), bytes);
    else in_block(m, port, size, pick(65));
}

/* Structures that a bus master might find: pointers into memory, small numbers, flags. */
static void structures(struct machine *m)
{
    u32 words[32], at = 0x1000 + (pick((2 << 20) - 0x2000) & ~15u);

    for (unsigned i = 0; i < ARRAY_COUNT(words); i++) words[i] = pick(2) ? pick(2 << 20) & ~15u : pick_value();
    poke(m, at, words, sizeof words);
}

/* Its function's registers, often its base addresses and command as its scenes want them. */
static void function(struct machine *m, const struct device *d)
{
    if (!m->pci.present) return;
    if (pick(4) && d->bases[0].at)
        for (unsigned i = 0; i < BASES && d->bases[i].at; i++) pci_write(m, d->bases[i].at, 4, d->bases[i].base), pci_write(m, (d->bases[i].at & ~0xffu) | PCI_COMMAND, 2, pick(8) ? 7 : pick(8));
    else if (d->bases[0].at && pick(2)) pci_write(m, (d->bases[0].at & ~0xffu) | pick(256), 1, pick_value());
    else configuration(m, pick_value());
}

static void operation(struct machine *m, const struct device *d)
{
    static const unsigned sizes[] = { 1, 1, 1, 1, 2, 4 };
    u16 port = a_port(d);

    if (d->scene && pick(d->scene_each) == 0) {
        d->scene(m);
        return;
    }
    switch (pick(32)) {
    case 0: pass(m, pick(64) ? pick(pick(2) ? 100 : TICKS) : pick(50) * TICKS); break;
    case 1: structures(m); break;
    case 2: string_instruction(m, port); break;
    case 3: if (pick(8) == 0) function(m, d); break;
    case 4: if (d->outside && pick(4) == 0) d->outside(m); break;
    case 5: if (pick(200) == 0) DO(m, RESET, 0); break;
    case 6: case 7: case 8: case 9: case 10: case 11: case 12: access_window(m, d); break;
    case 13: case 14: case 15: case 16: case 17: case 18: case 19: (void)in(m, port, sizes[pick(6)]); break;
    default: out(m, port, sizes[pick(6)], pick_value()); break;
    }
}

/* --- boards --- */

static const struct device *device_named(const char *name)
{
    for (unsigned i = 0; i < ARRAY_COUNT(devices); i++)
        if (!strcmp(devices[i].name, name)) return &devices[i];
    return NULL;
}

const char *device_name(unsigned n) { return n < ARRAY_COUNT(devices) ? devices[n].name : NULL; }

struct plan {
    const struct device *device;
    struct machine_config *config;
};

static void draw_config(void *context)
{
    struct plan *plan = context;

    machine_config_defaults(plan->config);
    plan->config->limits = (struct limits_config){ 0 };
    plan->config->memory_bytes = 2 << 20;
    plan->config->pci = PCI_OFF;
    plan->config->vga.extension = VGA_NONE;              /* what every snapshot holds, and every hash is of, is no larger than it has to be */
    plan->config->ata[0].enabled = plan->config->ata[1].enabled = true;
    if (plan->device->build) plan->device->build(plan->config);
}

struct machine *device_board(const char *name, u32 variant)
{
    static struct machine_config config;
    struct error err = { 0 };
    const struct device *d = device_named(name);

    if (!d) return NULL;
    hostile_aside(variant + 1, draw_config, &(struct plan){ d, &config });
    struct machine *m = machine_create(&config, &err);
    if (!m) fprintf(stderr, "fuzz: %s: %s\n", d->name, err.text), exit(2);
    operations_rest(true);
    return m;
}

/* Writes to the host's files are not undone by restoring a snapshot. */
static bool writes_files(const struct machine *m)
{
    const struct ata_device_config *d = &m->config.ata[0].device[0];
    return d->type == ATA_DISK && d->mode != DISK_VOLATILE;
}

/* Some operations are done twice, the second time by a machine that comes from a snapshot. */
static unsigned long remember_some(struct machine *m, unsigned long n)
{
    if (writes_files(m)) {
        DO(m, SNAPSHOT, 0);
        return n;
    }
    DO(m, SAVE, 0);
    return n + 1 + pick(300);
}

unsigned long device_play(const struct fuzz_target *t, unsigned long most)
{
    const struct device *d = device_named(t->name);
    struct machine *m = target_begin(t);
    unsigned long again = 0;

    for (unsigned i = 0; i < BASES && d->bases[i].at && m->pci.present; i++) pci_write(m, d->bases[i].at, 4, d->bases[i].base), pci_write(m, (d->bases[i].at & ~0xffu) | PCI_COMMAND, 2, 7);
    for (unsigned long n = 0; operations_performed() < most && !m->frozen && !hostile_over(); n++) {
        hostile_at(n);
        if (n == again) DO(m, AGAIN, 0);
        if (pick(SNAPSHOT_EACH) == 0) again = remember_some(m, n);
        operation(m, d);
        if (n % CHECK_EACH == 0) check(m);
    }
    target_end(m);
    return operations_performed() ? operations_performed() : 1;
}
