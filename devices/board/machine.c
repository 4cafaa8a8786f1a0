/* The machine's door: creation, input, seeing.  doc: machine */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "cpu/base/allocated.h"
#include "devices/host/sandbox.h"
#include "devices/board/board.h"

void machine_config_defaults(struct machine_config *config)
{
    *config = (struct machine_config){
        .gdbstub = { .port = 1234, .wait = true }, .time_travel = { .memory_mib = 512 }, .sandbox = { .level = SANDBOX_STANDARD }, .cpu_count = 1, .cpu_quantum = 100, .ips = 50000000, .reset_on_triple_fault = TRIPLE_FAULT_AUTO, .memory_bytes = 32ull << 20, .boot = { BOOT_FLOPPY, BOOT_DISK, BOOT_CDROM }, .sync = SYNC_SLOWDOWN,
        .com = { { .enabled = true } }, .speaker = { .enabled = true, .volume = 15 }, .sb16 = { .wave = CARD_WAVE_SHARED }, .es1370 = { .wave = CARD_WAVE_SHARED }, .port_e9 = true, .mouse = MOUSE_TYPE_IMPS2, .time0 = 946684800, .keyboard_type = 2, .keyboard_serial_delay_us = 150,
        .keyboard_paste_delay_us = 50000, .limits = { .bytes = { [LIMIT_SERIAL] = 1000000000, [LIMIT_LOG] = 1000000000 }, .resets = 20 },
        .vga = { .extension = VGA_VBE, .memory_mib = 16, .ddc = true, .preferred_width = 1024, .preferred_height = 768, .update_hz = 60 },
    };
    config->floppy[0].inserted = true;
    config->ata[0] = (struct ata_channel_config){ .enabled = true, .ioaddr1 = 0x1f0, .ioaddr2 = 0x3f0, .irq = 14 };
    config->ata[1] = (struct ata_channel_config){ .enabled = true, .ioaddr1 = 0x170, .ioaddr2 = 0x370, .irq = 15 };
}

/* --- parts with state --- */

static void add_part(struct machine *m, const char *name, const struct state_layout *layout, void *instance)
{
    struct machine_part *part = &m->part[m->parts];

    if (m->parts == MACHINE_PARTS) return;
    *part = (struct machine_part){ .layout = layout, .instance = instance };
    snprintf(part->name, sizeof part->name, "%s", name);
    m->parts++;
}

static void register_ata(struct machine *m)
{
    static const char *const channel[] = { "ata0", "ata1" };
    static const char *const disc[] = { "ata0-master.cd", "ata0-slave.cd", "ata1-master.cd", "ata1-slave.cd" };

    for (unsigned n = 0; n < CONFIG_ATA_CHANNELS; n++) add_part(m, channel[n], &ata_channel_state, &m->ata[n]);
    for (unsigned i = 0; i < CONFIG_ATA_CHANNELS * 2; i++) {
        struct ata_device *d = &m->ata[i >> 1].device[i & 1];
        if (d->kind == ATA_KIND_NONE) continue;
        add_part(m, board_ata_name(i >> 1, i & 1), &ata_device_state, d);
        if (d->kind == ATA_KIND_CDROM) add_part(m, disc[i], &atapi_cdrom_state, &d->cd);
    }
}

static void register_pci(struct machine *m)
{
    static const char *const dma[] = { "ata0-master.dma", "ata0-slave.dma", "ata1-master.dma", "ata1-slave.dma" };
    static const char *const spd[MEMORY_MODULES] = { "dimm0", "dimm1", "dimm2", "dimm3", "dimm4", "dimm5", "dimm6", "dimm7" };
    struct pci *p = &m->pci;

    add_part(m, "pci", &pci_bus_state, &p->bus);
    add_part(m, "pci.host", &pci_i440fx_state, &p->host);
    add_part(m, "pci.isa", &isa_piix3_state, &p->isa);
    add_part(m, "pci.ide", &ide_piix3_state, &p->ide);
    add_part(m, "pci.pm", &pm_piix4_function_state, &p->pm);
    add_part(m, "smbus", &smbus_piix4_state, &p->smbus);
    for (unsigned n = 0; n < MEMORY_MODULES && p->spd[n].byte[0]; n++) add_part(m, spd[n], &spd_24c02_state, &p->spd[n]);
    usb_each_part(m, add_part);
    add_part(m, "pci.vga", &vga_pci_state, &p->vga);
    add_part(m, "ioapic", &ioapic_82093aa_state, &p->ioapic);
    add_part(m, "hpet", &hpet_state, &p->hpet);
    for (unsigned i = 0; i < CONFIG_ATA_CHANNELS * 2; i++) {
        struct ata_device *d = &m->ata[i >> 1].device[i & 1];
        if (d->kind != ATA_KIND_NONE) add_part(m, dma[i], &ata_dma_state, &d->dma);
    }
}

static void register_parts(struct machine *m)
{
    for (unsigned n = 0; n < m->processors; n++) {
        struct cpu_state_part cpu[16];
        unsigned count = cpu_state_parts(m->processor[n].cpu, cpu, ARRAY_COUNT(cpu));
        for (unsigned i = 0; i < count; i++) add_part(m, cpu[i].name, cpu[i].layout, cpu[i].instance);
    }
    if (m->processors > 1) add_part(m, "turn", &turn_state, &m->turn);
    add_part(m, "pic1", &pic_8259_state, &m->pic[0]);
    add_part(m, "pic2", &pic_8259_state, &m->pic[1]);
    add_part(m, "pit", &pit_8254_state, &m->pit);
    add_part(m, "cmos", &cmos_mc146818_state, &m->cmos);
    add_part(m, "dma1", &dma_8237_state, &m->dma[0]);
    add_part(m, "dma2", &dma_8237_state, &m->dma[1]);
    add_part(m, "kbc", &kbc_8042_state, &m->kbc);
    add_part(m, "keyboard", &keyboard_mf2_state, &m->keyboard);
    add_part(m, "mouse", &mouse_ps2_state, &m->mouse);
    if (m->serial_mouse_port < MACHINE_COMS) add_part(m, "mouse.serial", &mouse_serial_state, &m->serial_mouse);
    add_part(m, "fdc", &fdc_82077_state, &m->fdc);
    register_ata(m);
    for (unsigned n = 0; n < MACHINE_COMS; n++) {
        static const char *const name[] = { "com1", "com2", "com3", "com4" };
        static const char *const input[] = { "com1.in", "com2.in", "com3.in", "com4.in" };
        add_part(m, name[n], &uart_16550_state, &m->com[n]);
        add_part(m, input[n], &com_input_state, &m->com_input[n]);
    }
    add_part(m, "parport1", &parallel_spp_state, &m->parallel[0]);
    add_part(m, "parport2", &parallel_spp_state, &m->parallel[1]);
    add_part(m, "typing", &typing_state, &m->typing);
    add_part(m, "watch", &board_watch_state, &m->watch);
    add_part(m, "vga", &vga_state, &m->vga);
    add_part(m, "vga.dispi", &vga_dispi_state, &m->vga.dispi);
    if (m->vga.cirrus.present) add_part(m, "vga.cirrus", &vga_cirrus_state, &m->vga.cirrus);
    add_part(m, "vga.monitor", &ddc_monitor_state, &m->vga.monitor);
    add_part(m, "fw_cfg", &fw_cfg_state, &m->fw_cfg);
    add_part(m, "pm", &pm_piix4_state, &m->pm);
    add_part(m, "system", &system_ports_state, &m->system);
    if (m->pci.present) register_pci(m);
    networks_each_part(m, add_part);
    sounds_each_part(m, add_part);
    if (m->config.gameport) add_part(m, "gameport", &gameport_558_state, &m->gameport);
    if (perturb_wanted(&m->config.perturb)) add_part(m, "perturb", &perturb_state, &m->perturb);      /* the last one: snapshot_restore.c */
}

const char *machine_device_name(const struct machine *m, unsigned index)
{
    return index < m->parts ? m->part[index].name : NULL;
}

const struct state_layout *machine_device_state(const struct machine *m, const char *name, const void **instance)
{
    for (unsigned i = 0; i < m->parts; i++) {
        if (strcmp(m->part[i].name, name)) continue;
        *instance = m->part[i].instance;
        return m->part[i].layout;
    }
    return NULL;
}

static void hash_bytes(void *context, const void *bytes, size_t size)
{
    XXH3_64bits_update(context, bytes, size);
}

u64 machine_hash(struct machine *m)
{
    XXH3_state_t *state = allocated(XXH3_createState());

    for (unsigned n = 0; n < m->processors; n++) cpu_settle(m->processor[n].cpu);
    XXH3_64bits_reset(state);
    hash_bytes(state, &m->clock.time.now, sizeof m->clock.time.now);
    for (unsigned i = 0; i < m->parts; i++) state_each_byte(m->part[i].layout, m->part[i].instance, hash_bytes, state);
    hash_bytes(state, m->ram, m->ram_bytes);
    hash_bytes(state, m->video.memory, m->video.bytes);
    board_disks_each_byte(m, hash_bytes, state);
    u64 hash = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    return hash;
}

/* --- life --- */

struct machine *machine_create(const struct machine_config *config, struct error *err)
{
    struct machine *m = allocated(calloc(1, sizeof *m));

    m->config = *config;
    for (unsigned n = 0; n <= MACHINE_E9; n++) serial_line_init(&m->capture[n].line), m->capture[n].machine = m;
    for (unsigned n = 0; n < CONFIG_PARALLELS; n++) serial_line_init(&m->printer[n].line), m->printer[n].machine = m;
    if (!board_build(m, err) || !typing_init(m, err)) {
        machine_destroy(m);
        return NULL;
    }
    register_parts(m);
    perturb_find_completions(m);
    return m;
}

void machine_destroy(struct machine *m)
{
    if (!m) return;
    machine_forget_history(m);
    machine_end_mirror(m);
    journal_close(m);
    board_disks_close(m);
    networks_close(m);
    sounds_close(m);
    for (unsigned n = 0; n <= MACHINE_E9; n++) serial_line_close(&m->capture[n].line);
    for (unsigned n = 0; n < CONFIG_PARALLELS; n++) serial_line_close(&m->printer[n].line);
    processors_free(m);
    memory_free(m);
    video_free(m);
    ports_destroy(m->ports);
    clock_free(&m->clock);
    free(m);
}


u64 machine_tick(const struct machine *m) { return m->clock.time.now; }
u64 machine_ips(const struct machine *m) { return m->clock.ips; }
const struct machine_config *machine_configuration(const struct machine *m) { return &m->config; }

/* --- seeing --- */

static const struct vga_picture *picture_now(struct machine *m)
{
    if (!m->video.picture) m->video.picture = calloc(1, sizeof *m->video.picture);
    machine_take_picture(m, m->video.picture);
    return m->video.picture;
}

size_t machine_screen_text(struct machine *m, char *text, size_t size) { return vga_text(picture_now(m), text, size); }
void machine_picture(struct machine *m, struct vga_frame *frame) { vga_render(picture_now(m), frame); }

void machine_on_e9(struct machine *m, void (*put)(void *context, u8 byte), void *context)
{
    m->e9_put = put;
    m->e9_context = context;
}

size_t machine_serial_text(struct machine *m, unsigned n, char *text, size_t size)
{
    const struct capture *c = &m->capture[n <= MACHINE_E9 ? n : MACHINE_E9];
    u64 kept = c->total < CAPTURE_BYTES ? c->total : CAPTURE_BYTES, used = 0;

    if (!size) return 0;
    if (kept > size - 1) kept = size - 1;
    for (u64 at = c->total - kept; at < c->total; at++) text[used++] = (char)c->byte[at % CAPTURE_BYTES];
    text[used] = 0;
    return used;
}

size_t machine_peek(struct machine *m, u64 pa, void *bytes, size_t size)
{
    size_t backed = 0;
    for (size_t i = 0; i < size; i++) {
        struct physical_page *page = physical_page_at(m->map, pa + i);
        ((u8 *)bytes)[i] = page->read ? page->read[(pa + i) & (PAGE_BYTES - 1)] : 0xff;
        backed += page->read != NULL;
    }
    return backed;
}

size_t machine_peek_linear(struct machine *m, u64 la, void *bytes, size_t size)
{
    return cpu_peek_linear(machine_cpu(m), la, bytes, size);
}
