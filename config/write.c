#include "config/write.h"

#include "config/nic.h"
#include "config/perturb.h"
#include "config/sound.h"
#include "devices/storage/image_formats.h"
#include "config/usb.h"

static void write_rom(FILE *to, const char *directive, const struct rom_config *rom)
{
    if (!rom->path[0]) return;
    fprintf(to, "%s: file=\"%s\"", directive, rom->path);
    if (rom->address) fprintf(to, ", address=0x%x", rom->address);
    fputc('\n', to);
}

static void write_floppy(FILE *to, unsigned n, const struct floppy_config *f)
{
    static const char *const type[] = { "none", "360k", "1_2", "720k", "1_44", "2_88" };

    if (f->drive_type) fprintf(to, "floppy%c: type=%s\n", 'a' + n, type[f->drive_type % 6]);
    if (!f->path[0]) return;
    fprintf(to, "floppy%c: %s=\"%s\", status=%s, write_protected=%d\n", 'a' + n, f->drive_type ? type[f->drive_type % 6] : "image", f->path,
            f->inserted ? "inserted" : "ejected", f->write_protected);
}

static void write_ata(FILE *to, unsigned n, const struct ata_channel_config *c)
{
    static const char *const type[] = { "none", "disk", "cdrom" }, *const translation[] = { "auto", "none", "lba", "large", "rechs" };

    fprintf(to, "ata%u: enabled=%d, ioaddr1=0x%x, ioaddr2=0x%x, irq=%u\n", n, c->enabled, c->ioaddr1, c->ioaddr2, c->irq);
    for (unsigned unit = 0; unit < 2; unit++) {
        const struct ata_device_config *d = &c->device[unit];
        if (d->type == ATA_NONE) continue;
        fprintf(to, "ata%u-%s: type=%s, path=\"%s\"", n, unit ? "slave" : "master", type[d->type], d->path);
        if (d->model[0]) fprintf(to, ", model=\"%s\"", d->model);
        if (d->type == ATA_CDROM) fprintf(to, ", status=%s\n", d->inserted ? "inserted" : "ejected");
        if (d->type == ATA_DISK && d->journal[0]) fprintf(to, ", journal=\"%s\"", d->journal);
        if (d->type == ATA_DISK && d->writeback[0]) fprintf(to, ", writeback=\"%s\"", d->writeback);
        if (d->type == ATA_DISK) fprintf(to, ", mode=%s, cylinders=%u, heads=%u, spt=%u, translation=%s\n", image_kind_of(d->mode)->name, d->cylinders,
                     d->heads, d->sectors, translation[d->translation]);
    }
}

static void write_boot(FILE *to, const struct machine_config *c)
{
    static const char *const name[] = { "none", "floppy", "disk", "cdrom", "network" };

    fputs("boot: ", to);
    for (unsigned i = 0; i < 3; i++)
        if (c->boot[i] != BOOT_NONE) fprintf(to, "%s%s", i ? ", " : "", name[c->boot[i]]);
    fprintf(to, "\nfloppy_bootsig_check: disabled=%d\n", c->floppy_bootsig_check_disabled);
}

static void write_kernel(FILE *to, const struct kernel_config *k)
{
    if (!k->path[0]) return;
    fprintf(to, "kernel: file=\"%s\"\n", k->path);
    if (k->initrd[0]) fprintf(to, "initrd: file=\"%s\"\n", k->initrd);
    if (k->cmdline[0]) fprintf(to, "cmdline: \"%s\"\n", k->cmdline);
    for (unsigned n = 0; n < CONFIG_MODULES; n++)
        if (k->module[n].path[0]) fprintf(to, "module%u: file=\"%s\", cmdline=\"%s\"\n", n + 1, k->module[n].path, k->module[n].cmdline);
}

static const char *const mouse_names[] = {
    [MOUSE_TYPE_NONE] = "none", [MOUSE_TYPE_PS2] = "ps2", [MOUSE_TYPE_IMPS2] = "imps2", [MOUSE_TYPE_SERIAL] = "serial",
    [MOUSE_TYPE_SERIAL_WHEEL] = "serial_wheel", [MOUSE_TYPE_SERIAL_MSYS] = "serial_msys",
};

static void write_limits(FILE *to, const struct limits_config *l)
{
    static const char *const name[HOST_LIMITS] = { [LIMIT_SERIAL] = "serial", [LIMIT_DEBUG] = "debug", [LIMIT_NETWORK] = "network", [LIMIT_LOG] = "log" };

    fprintf(to, "limits: overlay=%llu, resets=%u", (unsigned long long)l->overlay, l->resets);
    for (unsigned n = 0; n < HOST_LIMITS; n++)
        fprintf(to, ", %s=%llu, %s_rate=%llu", name[n], (unsigned long long)l->bytes[n], name[n], (unsigned long long)l->rate[n]);
    fputc('\n', to);
}

void config_write(const struct machine_config *c, FILE *to)
{
    static const char *const triple_fault[] = { [TRIPLE_FAULT_FREEZES] = "0", [TRIPLE_FAULT_RESETS] = "1", [TRIPLE_FAULT_AUTO] = "auto" };

    if (c->cpu_model[0]) fprintf(to, "cpu: model=%s\n", c->cpu_model);
    if (c->cpu_add_features[0]) fprintf(to, "cpu: add_features=\"%s\"\n", c->cpu_add_features);
    if (c->cpu_exclude_features[0]) fprintf(to, "cpu: exclude_features=\"%s\"\n", c->cpu_exclude_features);
    fprintf(to, "cpu: ips=%llu, reset_on_triple_fault=%s, rdrand_seed=%llu\n", (unsigned long long)c->ips, triple_fault[c->reset_on_triple_fault],
            (unsigned long long)c->rdrand_seed);
    fprintf(to, "cpu: count=%u, quantum=%u\n", c->cpu_count, c->cpu_quantum);
    perturb_write(&c->perturb, to);
    fprintf(to, "memory: guest=%llu\n", (unsigned long long)(c->memory_bytes >> 20));
    if (c->pci != PCI_BY_MODEL) fprintf(to, "pci: enabled=%d\n", c->pci == PCI_ON);
    for (unsigned n = 0; n < CONFIG_SLOTS; n++)
        if (c->slot[n][0]) fprintf(to, "pci: slot%u=%s\n", n + 1, c->slot[n]);
    fprintf(to, "vga: extension=%s, vbe_memsize=%u, ddc=%s, preferred=%ux%u\n", c->vga.extension == VGA_NONE ? "none" : c->vga.extension == VGA_CIRRUS ? "cirrus" : "vbe", c->vga.memory_mib,
            c->vga.ddc ? "builtin" : "disabled", c->vga.preferred_width, c->vga.preferred_height);
    nic_write(c, to);
    sound_write(c, to);
    usb_write(c, to);
    if (c->no_hpet) fputs("pci: advopts=nohpet\n", to);
    write_rom(to, "romimage", &c->system_rom);
    write_rom(to, "vgaromimage", &c->vga_rom);
    for (unsigned n = 0; n < 4; n++) {
        static const char *const name[] = { "optromimage1", "optromimage2", "optromimage3", "optromimage4" };
        write_rom(to, name[n], &c->option_rom[n]);
    }
    for (unsigned n = 0; n < CONFIG_PARALLELS; n++)
        if (c->parallel[n][0]) fprintf(to, "parport%u: enabled=1, file=/dev/null\n", n + 1);
    if (c->cmos_image[0]) fprintf(to, "cmosimage: file=\"%s\", rtc_init=%s\n", c->cmos_image, c->cmos_image_rtc ? "image" : "time0");
    for (unsigned n = 0; n < CONFIG_FLOPPIES; n++) write_floppy(to, n, &c->floppy[n]);
    for (unsigned n = 0; n < CONFIG_ATA_CHANNELS; n++) write_ata(to, n, &c->ata[n]);
    write_boot(to, c);
    write_kernel(to, &c->kernel);
    for (unsigned n = 0; n < CONFIG_COMS; n++) fprintf(to, "com%u: enabled=%d, mode=%s\n", n + 1, c->com[n].enabled, c->com[n].mode == COM_MOUSE ? "mouse" : "null");
    fprintf(to, "mouse: type=%s\n", mouse_names[c->mouse]);
    fprintf(to, "clock: time0=%lld\nport_e9_hack: enabled=%d\n", (long long)c->time0, c->port_e9);
    fprintf(to, "keyboard: serial_delay=%u, paste_delay=%u\n", c->keyboard_serial_delay_us, c->keyboard_paste_delay_us);
    write_limits(to, &c->limits);
    if (c->keymap[0]) fprintf(to, "keyboard: keymap=\"%s\"\n", c->keymap);
}
