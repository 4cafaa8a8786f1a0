/* fuzz ROUNDS [SEED]: hostile guests.  Each round builds a machine and lets random code and random accesses to every device
 * loose on it, while keys, serial bytes and media come and go.  A sanitizer or an invariant is the judge.      doc: fuzz */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/hostile.h"

enum { CODE_BYTES = 4096, ACCESSES = 20000, DISK_BYTES = 1 << 20 };

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

static void accesses(struct machine *m)
{
    static const unsigned sizes[] = { 1, 1, 2, 4 };

    for (unsigned i = 0; i < ACCESSES && !m->frozen; i++) {
        u16 port = a_port();
        unsigned size = sizes[pick(4)];
        u32 value = pick(2) ? pick(256) : pick(0x7fffffff) << 1;
        switch (pick(8)) {
        case 0: case 1: case 2: (void)ports_read(m->ports, port, size); break;
        case 3: memory_mmio_write(m, a_window(), size, value); break;
        case 4: (void)memory_mmio_read(m, a_window(), size); break;
        case 5:
            if (pick(8) == 0) machine_run(m, pick(TICKS));
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
            break;
        default: ports_write(m->ports, port, size, value); break;
        }
        if (pick(500) == 0) from_outside(m);
        if (pick(200) == 0) check(m);
    }
}

/* Random bytes as code, in real mode at a random place, sometimes with paging and protection switched on at once. */
static void garbage(struct machine *m)
{
    static const char *const registers[] = { "eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp" };
    struct error err = { 0 };
    u8 code[CODE_BYTES];
    u32 at = pick(0x80000) & ~15u;

    for (unsigned i = 0; i < sizeof code; i++) code[i] = (u8)pick(256);
    machine_poke(m, at, code, sizeof code);
    for (unsigned i = 0; i < ARRAY_COUNT(registers); i++) cpu_set_register(m->cpu, registers[i], pick(0x7fffffff) << 1, &err);
    cpu_set_register(m->cpu, "cs", at >> 4, &err);
    cpu_set_register(m->cpu, "eip", 0, &err);
    if (pick(3) == 0) cpu_set_register(m->cpu, "cr3", pick(0x100) << 12, &err);
    if (pick(3) == 0) cpu_set_register(m->cpu, "cr0", 1 | (pick(2) ? 0x80000000u : 0), &err);
    machine_run(m, TICKS * 10);
    check(m);
}

static void round_of(u64 seed, const char *disk)
{
    struct machine_config config;
    struct error err = { 0 };

    hostile_seed(seed);
    machine_config_defaults(&config);
    config.limits = (struct limits_config){ 0 };
    config.memory_bytes = 2 << 20;
    config.reset_on_triple_fault = pick(2);
    strcpy(config.cpu_model, pick(2) ? "" : "i386");
    strcpy(config.floppy[0].path, DEMO_DISK);
    config.adlib = pick(2);
    config.gameport = true;
    config.gameport_sticks = (u8)pick(3);
    config.sb16.enabled = pick(4);
    config.pci = pick(4) ? PCI_ON : PCI_OFF;
    config.cpu_count = config.pci == PCI_ON && !config.cpu_model[0] ? 1 + pick(2) : 1;
    config.ata[0].device[0] = (struct ata_device_config){ .type = ATA_DISK, .mode = DISK_VOLATILE };
    strcpy(config.ata[0].device[0].path, disk);
    config.ata[1].device[pick(2)].type = ATA_CDROM;
    config.ne2k[0] = (struct nic_config){ .present = true, .ioaddr = 0x300, .irq = 9, .ethmod = NETWORK_VNET };
    config.ne2k[1] = (struct nic_config){ .present = config.pci == PCI_ON, .is_pci = true, .ethmod = NETWORK_VNET };
    config.e1000[0] = (struct nic_config){ .present = config.pci == PCI_ON, .ethmod = NETWORK_VNET };
    if (config.pci == PCI_ON && pick(3) == 0) config.vga.extension = VGA_CIRRUS;
    config.es1370.enabled = config.pci == PCI_ON;
    config.usb.enabled = config.pci == PCI_ON;
    for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) {
        config.usb.port[n] = (struct usb_port_config){ .kind = CONFIG_USB_NONE + pick(5), .mode = DISK_VOLATILE };
        strcpy(config.usb.port[n].path, disk);
    }
    config.com[1].enabled = true;
    if (pick(3) == 0) {
        config.mouse = MOUSE_TYPE_SERIAL + pick(3);
        config.com[0].mode = COM_MOUSE;
    }
    strcpy(config.parallel[0], "/dev/null");
    struct machine *m = machine_create(&config, &err);
    if (!m) {
        fputs(err.text, stderr);
        exit(2);
    }
    machine_run(m, pick(2) ? 3000000 : 1000);
    accesses(m);
    if (m->frozen) machine_reset(m);
    garbage(m);
    (void)machine_hash(m);
    machine_destroy(m);
}

int main(int argc, char **argv)
{
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 0) : 20, seed = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;

    char disk[] = "/tmp/orrery-fuzz-XXXXXX";
    int fd = mkstemp(disk);

    if (fd < 0 || ftruncate(fd, DISK_BYTES)) return perror(disk), 2;
    close(fd);
    for (unsigned long i = 0; i < rounds; i++) round_of(seed + i, disk);
    unlink(disk);
    printf("fuzz: %lu rounds from seed %lu: nothing broke\n", rounds, seed);
    return 0;
}
