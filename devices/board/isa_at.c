/* The board of a PC/AT: chips, their ports, lines and DMA channels.                        doc: board */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bios/images.h"
#include "bios/kernel/plan.h"
#include "devices/board/board.h"

#define STATE_OWNER struct system_ports
STATE_LAYOUT(system_ports_state, "system_ports", SYSTEM_PORTS_STATE);

void board_stop(struct machine *m, enum machine_stop_kind kind, int code, const char *format, ...)
{
    va_list args;

    if (m->frozen) return;
    m->frozen = true;
    m->stop = (struct machine_stop){ .kind = kind, .code = code };
    va_start(args, format);
    vsnprintf(m->stop.text, sizeof m->stop.text, format, args);
    va_end(args);
    processors_request_stop(m);
}

/* What was to happen at this tick stays due. */
void board_pause(struct machine *m, const char *sentence)
{
    if (m->frozen) return;
    m->clock.held = true;
    m->stop = (struct machine_stop){ .kind = MACHINE_PAUSED };
    snprintf(m->stop.text, sizeof m->stop.text, "the machine waits: %s", sentence);
    processors_request_stop(m);
}

/* --- lines --- */

void board_request_changed(struct machine *m, unsigned n)
{
    bool level = m->irq[n].level || networks_request(m, n) || power_request(m, n) || sb16_card_request(m, n);

    board_apic_replaces(m, n, &level);
    bool asserted = level || m->pci.irq[n].level;
    if (asserted && !(m->pic[n >> 3].lines >> (n & 7) & 1)) cpu_note(processors_running(m), CPU_CATCH_LINE, n, 1, 1);
    pic_8259_set_ir(&m->pic[n >> 3], n & 7, asserted);
    if (m->pci.present) board_apic_request(m, n, level);
}

static void on_irq(void *listener, unsigned n, bool level)
{
    (void)level;
    board_request_changed(listener, n);
}

/* Ports 1 and 3 share a request, 2 and 4 the other one. */
static void on_com_irq(void *listener, unsigned n, bool level)
{
    struct machine *m = listener;
    line_set(&m->irq[4 - (n & 1)], level || m->com_irq[n ^ 2].level);
}

static void on_slave_intr(void *listener, unsigned n, bool level)
{
    pic_8259_set_ir(&((struct machine *)listener)->pic[0], n, level);
}

static void on_master_intr(void *listener, unsigned n, bool level)
{
    struct machine *m = listener;
    (void)n;
    cpu_set_line(m->cpu, CPU_LINE_INTR, level);
    if (m->pci.present) board_apic_intr(m, level);
}

/* Keyboard controller and port 92h drive one latch, so the last one to say something about A20 is right. */
static void update_a20(struct machine *m)
{
    for (unsigned n = 0; n < m->processors; n++) cpu_set_a20(m->processor[n].cpu, m->system.port_a & 2);
}

static void on_a20(void *listener, unsigned n, bool level)
{
    struct machine *m = listener;
    (void)n;
    m->system.port_a = (u8)((m->system.port_a & ~2) | (level ? 2 : 0));
    update_a20(m);
}

static void on_reset(void *listener, unsigned n, bool level)
{
    (void)n;
    if (level) processors_init_line(listener);
}

static void on_soft_off(void *listener, unsigned n, bool level)
{
    (void)n;
    if (level) board_stop(listener, MACHINE_POWER_OFF, 0, "the guest switched off");
}

static u8 acknowledge(void *board)
{
    struct machine *m = board;
    int served;
    u8 vector = pic_8259_acknowledge(&m->pic[0], &served);
    return served == 2 ? pic_8259_acknowledge(&m->pic[1], &served) : vector;
}

/* --- ports that are gates on the board rather than a chip --- */

static u8 port_b_read(void *chip, unsigned reg)
{
    struct machine *m = chip;
    (void)reg;
    bool refresh = clock_cycles(&m->clock, (struct rate){ 66287, 1 }) & 1;      /* toggles every 15.085 us */
    return (u8)(m->system.port_b | (refresh ? 0x10 : 0) | (pit_8254_out(&m->pit, 2) ? 0x20 : 0));
}

static void port_b_write(void *chip, unsigned reg, u8 value)
{
    struct machine *m = chip;
    (void)reg;
    m->system.port_b = value & 15;
    sounds_set_speaker(m, value & 2);
    pit_8254_set_gate(&m->pit, 2, value & 1);
}

static u8 port_a_read(void *chip, unsigned reg) { (void)reg; return ((struct machine *)chip)->system.port_a; }

static void port_a_write(void *chip, unsigned reg, u8 value)
{
    struct machine *m = chip;
    (void)reg;
    bool reset = value & ~m->system.port_a & 1;
    m->system.port_a = value & 0xdb;
    kbc_8042_follow_a20(&m->kbc, value & 2);
    update_a20(m);
    if (reset) processors_init_line(m);
}

static u8 post_read(void *chip, unsigned reg) { (void)reg; return ((struct machine *)chip)->system.post; }
static void post_write(void *chip, unsigned reg, u8 value) { (void)reg; ((struct machine *)chip)->system.post = value; }
/* FERR# is IRQ 13.  A write to F0h takes the request away and lets the processor go on (IGNNE#) until the error is cleared.  SDM vol. 1,
 * "MS-DOS Compatibility Sub-mode". */
static void coprocessor_error(void *board, bool level)
{
    struct machine *m = board;
    line_set(&m->irq[13], level);
    if (!level) cpu_set_line(m->cpu, CPU_LINE_IGNNE, false);
}

static void coprocessor_write(void *chip, unsigned reg, u8 value)
{
    struct machine *m = chip;
    (void)reg, (void)value;
    line_set(&m->irq[13], false);
    cpu_set_line(m->cpu, CPU_LINE_IGNNE, true);
}

static void put_capture(void *to, u8 byte)
{
    struct capture *c = to;
    c->byte[c->total++ % CAPTURE_BYTES] = byte;
    if (!serial_line_leads_out(&c->line) || c->machine->past || !limits_allow(c->machine, LIMIT_SERIAL, 1)) return;
    serial_line_put(&c->line, byte);
    if (c->line.error) board_outputs_flow(c->machine);
}

static u8 e9_read(void *chip, unsigned reg) { (void)chip; (void)reg; return 0xe9; }
static void e9_write(void *chip, unsigned reg, u8 value)
{
    struct machine *m = chip;
    (void)reg;
    put_capture(&m->capture[MACHINE_E9], value);
    if (!m->past && limits_allow(m, LIMIT_DEBUG, 1) && m->e9_put) m->e9_put(m->e9_context, value);
}

static void exit_write(void *chip, unsigned reg, u8 value)
{
    (void)reg;
    board_stop(chip, MACHINE_EXIT, value << 1 | 1, "the guest wrote %u to the debug exit port", value);
}

static void shutdown_write(void *chip, unsigned reg, u8 value)
{
    static const char word[] = "Shutdown";
    struct machine *m = chip;
    (void)reg;
    m->system.shutdown_matched = value == (u8)word[m->system.shutdown_matched & 7] ? m->system.shutdown_matched + 1 : value == 'S';
    if (m->system.shutdown_matched < 8) return;
    m->system.shutdown_matched = 0;
    board_stop(m, MACHINE_POWER_OFF, 0, "the guest switched off");
}

/* --- the map --- */

static bool add_ports(struct machine *m, struct error *err)
{
    static const u16 com_base[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };
    static const char *const com_name[] = { "com1", "com2", "com3", "com4" };
    static const struct port_wide fw_cfg_words = { .write = fw_cfg_write_wide }, fw_cfg_dma = { .write = fw_cfg_dma_write_wide };
    static const struct port_wide dispi_words = { .read = vga_dispi_port_read, .write = vga_dispi_port_write };
    const struct port_range rows[] = {
        { 0x000, 0x00f, "dma1", &m->dma[0], dma_8237_read, dma_8237_write, NULL },
        { 0x020, 0x021, "pic1", &m->pic[0], pic_8259_read, pic_8259_write, NULL },
        { 0x040, 0x043, "pit", &m->pit, pit_8254_read, pit_8254_write, NULL },
        { 0x060, 0x060, "kbc data", &m->kbc, kbc_8042_data_read, kbc_8042_data_write, NULL },
        { 0x061, 0x061, "port b", m, port_b_read, port_b_write, NULL },
        { 0x064, 0x064, "kbc command", &m->kbc, kbc_8042_status_read, kbc_8042_command_write, NULL },
        { 0x070, 0x071, "cmos", &m->cmos, cmos_mc146818_read, cmos_mc146818_write, NULL },
        { 0x080, 0x080, "post", m, post_read, post_write, NULL },
        { 0x092, 0x092, "port a", m, port_a_read, port_a_write, NULL },
        { 0x0a0, 0x0a1, "pic2", &m->pic[1], pic_8259_read, pic_8259_write, NULL },
        { 0x0e9, 0x0e9, "port e9", m, e9_read, e9_write, NULL },
        { 0x0f0, 0x0f1, "coprocessor", m, NULL, coprocessor_write, NULL },
        { 0x0f4, 0x0f4, "debug exit", m, NULL, exit_write, NULL },
        { 0x201, 0x201, "gameport", &m->gameport, gameport_558_read, gameport_558_write, NULL },
        { 0x1ce, 0x1d0, "vbe", &m->vga, NULL, NULL, &dispi_words },
        { 0x3b0, 0x3df, "vga", &m->vga, vga_port_read, vga_port_write, NULL },
        { 0x510, 0x511, "fw_cfg", &m->fw_cfg, fw_cfg_read, fw_cfg_write, &fw_cfg_words },
        { 0x514, 0x51b, "fw_cfg dma", &m->fw_cfg, fw_cfg_dma_read, fw_cfg_dma_write, &fw_cfg_dma },
        { 0x4d0, 0x4d0, "elcr1", &m->pic[0], pic_8259_elcr_read, pic_8259_elcr_write, NULL },
        { 0x4d1, 0x4d1, "elcr2", &m->pic[1], pic_8259_elcr_read, pic_8259_elcr_write, NULL },
        { 0xb000, 0xb00b, "pm", &m->pm, pm_piix4_read, pm_piix4_write, NULL },
        { 0x8900, 0x8900, "shutdown", m, NULL, shutdown_write, NULL },
    };
    bool ok = true;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
        if (rows[i].chip == &m->gameport && !m->config.gameport) continue;
        if (rows[i].write == e9_write && !m->config.port_e9) continue;
        if (rows[i].write == pm_piix4_write && m->pci.present) continue;
        if (rows[i].chip == &m->fw_cfg && !m->config.system_rom.path[0] && !m->kernel.plan) continue;
        if (rows[i].wide == &dispi_words && !m->vga.dispi.present) continue;
        ok &= ports_add(m->ports, &rows[i], err);
    }
    for (unsigned n = 0; n < MACHINE_COMS; n++) {
        struct port_range com = { com_base[n], (u16)(com_base[n] + 7), com_name[n], &m->com[n], uart_16550_read, uart_16550_write, NULL };
        if (!m->config.com[n].enabled) continue;
        ok &= ports_add(m->ports, &com, err);
        ok &= serial_line_open(&m->capture[n].line, &m->config.com[n], com_name[n], err);
    }
    return ok;
}

/* Chips whose first register is not the first port of a row. */
static u8 fdc_read(void *chip, unsigned reg) { return fdc_82077_read(chip, reg + 2); }
static void fdc_write(void *chip, unsigned reg, u8 value) { fdc_82077_write(chip, reg + 2, value); }
static u8 fdc_dir_read(void *chip, unsigned reg) { (void)reg; return fdc_82077_read(chip, 7); }
static void fdc_ccr_write(void *chip, unsigned reg, u8 value) { (void)reg; fdc_82077_write(chip, 7, value); }
static u8 page_read(void *chip, unsigned reg) { return dma_8237_page_read(chip, reg + 1); }
static void page_write(void *chip, unsigned reg, u8 value) { dma_8237_page_write(chip, reg + 1, value); }
/* The second controller's registers are two ports apart. */
static u8 dma2_read(void *chip, unsigned reg) { return dma_8237_read(chip, reg >> 1); }
static void dma2_write(void *chip, unsigned reg, u8 value) { dma_8237_write(chip, reg >> 1, value); }

static bool add_offset_ports(struct machine *m, struct error *err)
{
    const struct port_range rows[] = {
        { 0x081, 0x087, "dma1 pages", &m->dma[0], page_read, page_write, NULL },
        { 0x089, 0x08f, "dma2 pages", &m->dma[1], page_read, page_write, NULL },
        { 0x0c0, 0x0df, "dma2", &m->dma[1], dma2_read, dma2_write, NULL },
        { 0x3f2, 0x3f5, "fdc", &m->fdc, fdc_read, fdc_write, NULL },
        { 0x3f7, 0x3f7, "fdc", &m->fdc, fdc_dir_read, fdc_ccr_write, NULL },
    };
    bool ok = true;
    for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) ok &= ports_add(m->ports, &rows[i], err);
    return ok;
}

static void print_byte(void *to, u8 byte)
{
    struct printer *printer = to;
    if (printer->machine->past || !limits_allow(printer->machine, LIMIT_LOG, 1)) return;
    serial_line_put(&printer->line, byte);
    if (printer->line.error) board_outputs_flow(printer->machine);
}

static bool add_parallel_ports(struct machine *m, struct error *err)
{
    static const u16 base[] = { 0x378, 0x278 };
    static const char *const name[] = { "parport1", "parport2" };
    bool ok = true;

    for (unsigned n = 0; n < CONFIG_PARALLELS; n++) {
        struct port_range range = { base[n], (u16)(base[n] + 2), name[n], &m->parallel[n], parallel_spp_read, parallel_spp_write, NULL };
        struct com_config printer = { .enabled = true, .mode = COM_FILE };
        if (!m->config.parallel[n][0]) continue;
        memcpy(printer.path, m->config.parallel[n], sizeof printer.path);
        ok &= ports_add(m->ports, &range, err);
        ok &= serial_line_open(&m->printer[n].line, &printer, name[n], err);
    }
    return ok;
}

static bool add_ata_ports(struct machine *m, struct error *err)
{
    static const char *const name[] = { "ata0", "ata1" };
    static const struct port_wide data = { ata_channel_data_read, ata_channel_data_write, ata_channel_block_read, ata_channel_block_write };
    bool ok = true;

    for (unsigned n = 0; n < CONFIG_ATA_CHANNELS; n++) {
        const struct ata_channel_config *c = &m->config.ata[n];
        struct port_range command = { c->ioaddr1, (u16)(c->ioaddr1 + 7), name[n], &m->ata[n], ata_channel_read, ata_channel_write, &data };
        struct port_range control = { (u16)(c->ioaddr2 + 6), (u16)(c->ioaddr2 + 6), name[n], &m->ata[n], ata_channel_control_read,
                                      ata_channel_control_write, NULL };
        if (!c->enabled) continue;
        ok &= m->pci.present ? pci_add_ata(m, n, &command, &control, err) : ports_add(m->ports, &command, err) && ports_add(m->ports, &control, err);
    }
    return ok;
}

/* Registers that programs wait by. */
static void promise_steady_ports(struct ports *ports)
{
    ports_promise(ports, uart_16550_read, uart_16550_steady);
    ports_promise(ports, kbc_8042_status_read, kbc_8042_status_steady);
    ports_promise(ports, ata_channel_read, ata_channel_steady);
    ports_promise(ports, ata_channel_control_read, ata_channel_control_steady);
}

static void wire(struct line *line, void (*changed)(void *, unsigned, bool), void *listener, unsigned n)
{
    *line = (struct line){ .changed = changed, .listener = listener, .n = n };
}

static void build_chips(struct machine *m)
{
    for (unsigned n = 0; n < 16; n++) wire(&m->irq[n], on_irq, m, n);
    for (unsigned n = 0; n < MACHINE_COMS; n++) wire(&m->com_irq[n], on_com_irq, m, n);
    wire(&m->intr_master, on_master_intr, m, 0);
    wire(&m->intr_slave, on_slave_intr, m, 2);
    wire(&m->a20, on_a20, m, 0);
    wire(&m->reset_cpu, on_reset, m, 0);
    wire(&m->soft_off, on_soft_off, m, 0);
    pic_8259_init(&m->pic[0], &m->intr_master, true);
    pic_8259_init(&m->pic[1], &m->intr_slave, false);
    pit_8254_init(&m->pit, &m->clock, &m->irq[0], NULL, NULL);
    sounds_init(m);
    gameport_558_init(&m->gameport, &m->clock, m->config.gameport_sticks);
    cmos_mc146818_init(&m->cmos, &m->clock, &m->irq[8]);
    for (unsigned n = 0; n < 2; n++) dma_8237_init(&m->dma[n], n, m, memory_dma_read, memory_dma_write);
    m->kbc.irq_keyboard = &m->irq[1];
    m->kbc.irq_aux = &m->irq[12];
    m->kbc.a20 = &m->a20;
    m->kbc.reset_cpu = &m->reset_cpu;
    m->kbc.keyboard = (struct kbc_8042_device){ &m->keyboard, keyboard_mf2_receive, keyboard_mf2_send, keyboard_mf2_waiting };
    m->kbc.aux = (struct kbc_8042_device){ &m->mouse, mouse_ps2_receive, mouse_ps2_send, mouse_ps2_waiting };
    m->kbc.serial_ticks = clock_ticks_of_ns(&m->clock, m->config.keyboard_serial_delay_us * 1000ull);
    kbc_8042_init(&m->kbc, &m->clock);
    keyboard_mf2_init(&m->keyboard, &m->clock, &m->kbc, kbc_8042_device_ready);
    mouse_ps2_init(&m->mouse, &m->clock, &m->kbc, kbc_8042_device_ready);
    fdc_82077_init(&m->fdc, &m->clock, &m->irq[6], (struct dma_wire){ &m->dma[0], 2, dma_8237_transfer });
    m->fdc.forgiving = m->config.system_rom.path[0];             /* a foreign BIOS may neither seek nor set a rate */
    for (unsigned n = 0; n < MACHINE_COMS; n++)
        uart_16550_init(&m->com[n], &m->clock, &m->com_irq[n], (struct byte_sink){ &m->capture[n], put_capture });
    for (unsigned n = 0; n < MACHINE_COMS; n++) com_input_init(m, n);
    for (unsigned n = 0; n < CONFIG_PARALLELS; n++)
        parallel_spp_init(&m->parallel[n], &m->clock, &m->irq[n ? 5 : 7], (struct byte_sink){ &m->printer[n], print_byte });
    for (unsigned n = 0; n < CONFIG_ATA_CHANNELS; n++) ata_channel_init(&m->ata[n], &m->clock, &m->irq[m->config.ata[n].irq & 15], n);
    if (m->pci.present) {
        pci_init(m);
        board_apic_init(m);
    }
    networks_init(m);
    fw_cfg_init(&m->fw_cfg, &(struct fw_cfg_memory){ m, m->ram_bytes, memory_dma_read, memory_dma_write });
    pm_piix4_init(&m->pm, &m->clock, &m->irq[9], &m->soft_off, &m->pci.smi);
    if (m->vga_rom_bytes)
        fw_cfg_add(&m->fw_cfg, video_rom_is_of_pci(m) ? m->vga.cirrus.present ? "pci1013,00b8.rom" : "pci1234,1111.rom" : "vgaroms/vgaromimage.rom", m->vga_rom, (u32)m->vga_rom_bytes);
    if (m->kernel.plan) {
        fw_cfg_add(&m->fw_cfg, PLAN_ITEM, m->kernel.plan, m->kernel.plan_bytes);
        fw_cfg_add(&m->fw_cfg, BYTES_ITEM, m->kernel.bytes, m->kernel.size_bytes);
        fw_cfg_add(&m->fw_cfg, "genroms/kernel.bin", kernel_loader_image, kernel_loader_image_size);
    }
    board_watch_init(m);
}

/* --- what the BIOS finds in CMOS: IBM PC AT Technical Reference, and the locations Bochs's and SeaBIOS use --- */

static void put_cmos16(struct machine *m, unsigned at, u64 value)
{
    m->cmos.ram[at] = (u8)value;
    m->cmos.ram[at + 1] = (u8)(value >> 8);
}

static unsigned boot_code(enum boot_device d) { return d == BOOT_NETWORK ? 4 : d == BOOT_CDROM ? 3 : d == BOOT_DISK ? 2 : d == BOOT_FLOPPY ? 1 : 0; }

static void fill_cmos(struct machine *m)
{
    u64 extended_kib = (m->ram_bytes >> 10) - 1024, above_16m = m->ram_bytes > 16 << 20 ? (m->ram_bytes - (16 << 20)) >> 16 : 0;
    u8 *ram = m->cmos.ram;
    unsigned sum = 0;

    board_disks_fill_cmos(m);
    ram[0x5f] = (u8)(m->processors - 1);
    put_cmos16(m, 0x15, 640);
    put_cmos16(m, 0x17, extended_kib > 0xffff ? 0xffff : extended_kib);
    put_cmos16(m, 0x30, extended_kib > 0xffff ? 0xffff : extended_kib);
    put_cmos16(m, 0x34, above_16m > 0xffff ? 0xffff : above_16m);
    ram[0x3d] = (u8)(boot_code(m->config.boot[0]) | boot_code(m->config.boot[1]) << 4);
    ram[0x38] = (u8)(boot_code(m->config.boot[2]) << 4 | (m->config.floppy_bootsig_check_disabled ? 1 : 0));
    ram[0x2d] = 0x20;                                /* boot from A: first */
    for (unsigned i = 0x10; i <= 0x2d; i++) sum += ram[i];
    ram[0x2e] = (u8)(sum >> 8);
    ram[0x2f] = (u8)sum;
}

/* An image of CMOS RAM replaces what the board would put there; its clock counts when rtc_init=image. */
bool board_load_cmos(struct machine *m, struct error *err)
{
    enum { CLOCK_REGISTERS = 14 };
    const char *path = m->config.cmos_image;
    u8 bytes[sizeof m->cmos.ram + 1];

    if (!path[0]) return true;
    FILE *f = fopen(path, "rbe");
    if (!f) return fail(err, "cmosimage: file=\"%s\": %s", path, strerror(errno));
    size_t size = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    if (size != 64 && size != sizeof m->cmos.ram) return fail(err, "cmosimage: file=\"%s\": an image has 64 or %zu bytes", path, sizeof m->cmos.ram);
    size_t first = m->config.cmos_image_rtc ? 0 : CLOCK_REGISTERS;
    memcpy(m->cmos.ram + first, bytes + first, size - first);
    return true;
}

static u32 port_in(void *board, u16 port, unsigned size)
{
    struct machine *m = board;
    u32 value = ports_read(m->ports, port, size);

    board_heed_hurry(m);
    if (!ports_decode(m->ports, port)) cpu_note(processors_running(m), CPU_CATCH_NO_PORT, port, size, value);
    return value;
}

static void port_out(void *board, u16 port, unsigned size, u32 value)
{
    struct machine *m = board;

    if (!ports_decode(m->ports, port)) cpu_note(processors_running(m), CPU_CATCH_NO_PORT, port, size, value);
    ports_write(m->ports, port, size, value);
    board_heed_hurry(m);
}

static bool port_is_steady(void *board, u16 port, unsigned size) { return ports_steady(((struct machine *)board)->ports, port, size); }

static u32 port_in_block(void *board, u16 port, unsigned size, u32 count, u8 *to)
{
    return ports_read_block(((struct machine *)board)->ports, port, size, count, to);
}

static u32 port_out_block(void *board, u16 port, unsigned size, u32 count, const u8 *from)
{
    return ports_write_block(((struct machine *)board)->ports, port, size, count, from);
}

bool board_build(struct machine *m, struct error *err)
{
    static const struct cpu_bus functions = { .mmio_read = memory_mmio_read, .mmio_write = memory_mmio_write, .interrupt_acknowledge = acknowledge,
                                              .ferr = coprocessor_error, .smm_changed = power_smm_changed,
                                              .end_of_interrupt = board_apic_end_of_interrupt };
    const struct cpu_model *model = m->config.cpu_model[0] ? cpu_model_find(m->config.cpu_model) : cpu_model_at(0);

    if (!model) return fail(err, "cpu: model=%s does not exist; see orrery --help cpu", m->config.cpu_model);
    if (!cpu_model_with(model, m->config.cpu_add_features, m->config.cpu_exclude_features, &m->cpu_model, err)) return false;
    m->pci.present = pci_wanted(m);
    if (m->config.usb.enabled && !m->pci.present) return fail(err, "usb_uhci: the controller is a PCI function; take a Pentium or a later model, or pci: enabled=1");
    if (!memory_build(m, err)) return false;
    clock_init(&m->clock, m->config.ips);
    m->ports = ports_create();
    struct cpu_bus bus = functions;
    bus.in = port_in;
    bus.in_is_steady = port_is_steady;
    bus.out = port_out;
    bus.in_block = port_in_block;
    bus.out_block = port_out_block;
    if (!processors_build(m, &bus, err)) return false;
    m->system.port_a = 2;
    build_chips(m);
    bool ok = video_build(m, err) && mice_build(m, err) && add_ports(m, err);
    ok &= add_offset_ports(m, err);
    ok &= add_parallel_ports(m, err);
    if (m->pci.present) ok &= pci_build(m, err);
    ok &= add_ata_ports(m, err);
    promise_steady_ports(m->ports);
    ok &= networks_build(m, err);
    ok &= sounds_build(m, err);
    ok &= board_disks_open(m, err);
    if (!ok) return false;
    fill_cmos(m);
    if (!board_load_cmos(m, err)) return false;
    if (!m->config.cmos_image_rtc || !m->config.cmos_image[0]) cmos_mc146818_set_time(&m->cmos, m->config.time0);
    perturb_build(m);
    board_reset(m);
    return true;
}

void board_reset(struct machine *m)
{
    memory_shadow_roms(m);
    if (m->pci.present) {
        pci_reset(m);
        board_apic_reset(m);
    }
    for (unsigned n = 0; n < 2; n++) {
        pic_8259_reset(&m->pic[n]);
        dma_8237_reset(&m->dma[n]);
    }
    for (unsigned n = 0; n < MACHINE_COMS; n++) {
        uart_16550_reset(&m->com[n]);
        com_input_reset(&m->com_input[n]);
    }
    board_watch_reset(m);
    pit_8254_reset(&m->pit);
    cmos_mc146818_reset(&m->cmos);
    keyboard_mf2_reset(&m->keyboard);
    mice_reset(m);
    kbc_8042_reset(&m->kbc);
    for (unsigned n = 0; n < CONFIG_PARALLELS; n++) parallel_spp_reset(&m->parallel[n]);
    fdc_82077_reset(&m->fdc);
    for (unsigned n = 0; n < CONFIG_ATA_CHANNELS; n++) ata_channel_reset(&m->ata[n]);
    networks_reset(m);
    sounds_reset(m);
    vga_reset(&m->vga);
    fw_cfg_reset(&m->fw_cfg);
    pm_piix4_reset(&m->pm);
    m->system.port_b = 0;
    m->system.port_a = 2;
    update_a20(m);
    processors_reset(m);
}
