/* The display's memory: the frame buffer and the window at A0000h, and what of them a picture has not seen.   doc: vga-dispi
 * Both are pages of host memory, so stores go past the chip; the processor notes which pages they reach. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "devices/board/board.h"

enum { WINDOW_FIRST = 0xa0000, LEGACY_BYTES = 0x20000 };
#define ISA_FRAME_BUFFER 0xe0000000u             /* where Bochs's VGABIOS looks for it */
#define PCI_MEMORY_END 0xfec00000u               /* the I/O APIC, the local APIC and the system ROM lie behind it */

/* --- what has changed --- */

/* Pages of [pa, pa + bytes) show the display's memory from `at` on. */
static void note_changes(struct machine *m, u64 pa, u32 at, u32 bytes)
{
    bool any = false;

    for (u32 i = 0; i < bytes; i += PAGE_BYTES) {
        if (!physical_page_at(m->map, pa + i)->changed) continue;
        m->vga.page_changed[(at + i) / VGA_PAGE_BYTES] = any = true;
    }
    for (unsigned n = 0; any && n < m->processors; n++) cpu_pages_drawn(m->processor[n].cpu, pa, bytes);
}

static void note_window_changes(struct machine *m)
{
    if (m->video.window) note_changes(m, WINDOW_FIRST, (u32)(m->video.window - m->video.memory), DISPI_BANK_BYTES);
}

static void note_linear_changes(struct machine *m)
{
    if (m->video.frame_buffer) note_changes(m, m->video.frame_buffer, 0, m->video.linear_bytes);
}

void video_note_changes(struct machine *m)
{
    note_linear_changes(m);
    note_window_changes(m);
    vga_stamp_changes(&m->vga);
}

bool machine_take_picture(struct machine *m, struct vga_picture *picture)
{
    if (dispi_shows(&m->vga.dispi) || cirrus_shows(&m->vga.cirrus)) note_linear_changes(m);
    note_window_changes(m);
    return vga_take_picture(&m->vga, picture);
}

/* --- where it is --- */

static void map_pages(struct machine *m, u64 pa, u64 bytes, u8 *memory, bool shown)
{
    for (u64 at = 0; at < bytes; at += PAGE_BYTES)
        if (physical_page_at(m->map, pa + at)->code_chunks) cpu_memory_written(m->cpu, pa + at, PAGE_BYTES);
    physical_set(m->map, pa, bytes, memory, memory);
    for (u64 at = 0; at < bytes; at += PAGE_BYTES) {
        struct physical_page *page = physical_page_at(m->map, pa + at);
        page->shown = shown;
        page->changed = false;
    }
}

static enum smram_view smram_view(const struct machine *m)
{
    return m->pci.present ? pci_i440fx_smram(&m->pci.host, cpu_in_smm(processors_running(m))) : SMRAM_HIDDEN;
}

/* A0000h to BFFFFh: DRAM where the processor sees SMRAM, else the VGA's; with code from DRAM, perhaps. */
void video_map_window(struct machine *m)
{
    bool dram = smram_view(m) == SMRAM_SEEN;

    note_window_changes(m);
    m->video.smram = smram_view(m);
    m->video.window = dram ? NULL : m->vga.window;
    if (dram) map_pages(m, WINDOW_FIRST, LEGACY_BYTES, m->ram + WINDOW_FIRST, false);
    else {
        map_pages(m, WINDOW_FIRST, DISPI_BANK_BYTES, m->video.window, m->video.window);
        map_pages(m, WINDOW_FIRST + DISPI_BANK_BYTES, LEGACY_BYTES - DISPI_BANK_BYTES, NULL, false);
    }
    physical_fetch_apart(m->map, WINDOW_FIRST, LEGACY_BYTES, m->video.smram == SMRAM_FETCHED ? m->ram + WINDOW_FIRST : NULL);
    processors_memory_changed(m);
}

void video_see_smram(struct machine *m)
{
    if (smram_view(m) != m->video.smram) video_map_window(m);
}

bool video_hides_from_masters(const struct machine *m, u64 pa) { return m->video.smram == SMRAM_SEEN && pa - WINDOW_FIRST < LEGACY_BYTES; }

/* What the bridge sends to PCI: between DRAM and the APICs. */
static bool in_pci_memory(const struct machine *m, u64 pa, u64 bytes)
{
    return pa >= m->ram_bytes && pa + bytes <= PCI_MEMORY_END;
}

static u64 frame_buffer_place(const struct machine *m)
{
    u32 base;

    if (!m->pci.present) return m->vga.dispi.present ? ISA_FRAME_BUFFER : 0;
    return vga_pci_memory_base(&m->pci.vga, &base) && in_pci_memory(m, base, m->pci.vga.aperture_bytes) ? base : 0;
}

static void place_frame_buffer(struct machine *m)
{
    u64 place = frame_buffer_place(m);

    if (place == m->video.frame_buffer && m->vga.linear_bytes == m->video.linear_bytes) return;
    if (m->video.frame_buffer) {
        note_changes(m, m->video.frame_buffer, 0, m->video.linear_bytes);
        map_pages(m, m->video.frame_buffer, m->video.linear_bytes, NULL, false);
    }
    m->video.frame_buffer = place;
    m->video.linear_bytes = m->vga.linear_bytes;
    if (place) map_pages(m, place, m->video.linear_bytes, m->video.memory, true);
    processors_memory_changed(m);
}

static void on_window_changed(void *board)
{
    struct machine *m = board;

    if (m->vga.window != m->video.window) video_map_window(m);
    place_frame_buffer(m);
}

/* "PCI Data Structure": its place at 18h, its signature, the function's vendor and device. */
bool video_rom_is_of_pci(const struct machine *m)
{
    static const u8 dispi[] = { 'P', 'C', 'I', 'R', 0x34, 0x12, 0x11, 0x11 }, cirrus[] = { 'P', 'C', 'I', 'R', 0x13, 0x10, 0xb8, 0x00 };
    const u8 *wanted = m->vga.cirrus.present ? cirrus : dispi;
    u64 at = m->vga_rom_bytes > 0x19 ? m->vga_rom[0x18] | (u64)m->vga_rom[0x19] << 8 : 0;

    return m->pci.present && at + sizeof dispi <= m->vga_rom_bytes && !memcmp(m->vga_rom + at, wanted, sizeof dispi);
}

static void on_decode_changed(void *board)
{
    struct machine *m = board;
    u32 base;

    place_frame_buffer(m);
    m->video.registers = vga_pci_mmio_base(&m->pci.vga, &base) && in_pci_memory(m, base, VGA_PCI_MMIO_BYTES) ? base : 0;
}

void video_derive(struct machine *m)
{
    vga_window_update(&m->vga);
    video_map_window(m);
    on_decode_changed(m);
}

/* --- life --- */

bool video_build(struct machine *m, struct error *err)
{
    const struct vga_config *c = &m->config.vga;

    if (c->extension == VGA_CIRRUS && !m->pci.present)
        return fail(err, "vga: extension=cirrus is a CL-GD5446, a PCI function; take a Pentium or a later model, or pci: enabled=1");
    m->video.bytes = c->extension == VGA_NONE ? VGA_MEMORY_LEAST : c->extension == VGA_CIRRUS ? CIRRUS_MEMORY_BYTES : c->memory_mib << 20;
    m->video.memory = mmap(NULL, m->video.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (m->video.memory == MAP_FAILED) {
        m->video.memory = NULL;
        return fail(err, "vga: the host has no %u MiB for its memory", m->video.bytes >> 20);
    }
    vga_init(&m->vga, &m->clock, m->video.memory, m->video.bytes);
    dispi_init(&m->vga.dispi, c->extension == VGA_VBE);
    cirrus_init(&m->vga.cirrus, c->extension == VGA_CIRRUS);
    if (c->ddc) ddc_monitor_join(&m->vga.monitor, c->preferred_width, c->preferred_height);
    m->vga.board = m;
    m->vga.window_changed = on_window_changed;
    if (!m->pci.present) {
        place_frame_buffer(m);
        return true;
    }
    vga_pci_init(&m->pci.vga, &m->vga, m, on_decode_changed);
    return true;
}

void video_free(struct machine *m)
{
    if (m->video.memory) munmap(m->video.memory, m->video.bytes);
    free(m->video.picture);
}

/* --- the bus --- */

static bool in_registers(const struct machine *m, u64 pa) { return m->video.registers && pa - m->video.registers < VGA_PCI_MMIO_BYTES; }
static bool in_window(u64 pa) { return pa - WINDOW_FIRST < LEGACY_BYTES; }
static bool in_aperture(const struct machine *m, u64 pa)
{
    return m->vga.cirrus.present && m->video.frame_buffer && pa - m->video.frame_buffer < CIRRUS_APERTURE_BYTES;
}

bool video_answers(const struct machine *m, u64 pa) { return in_window(pa) || in_registers(m, pa) || in_aperture(m, pa); }

u64 video_mmio_read(struct machine *m, u64 pa, unsigned size)
{
    if (in_window(pa)) return vga_memory_read_wide(&m->vga, (u32)(pa - WINDOW_FIRST), size);
    if (in_aperture(m, pa)) return cirrus_aperture_read(&m->vga, (u32)(pa - m->video.frame_buffer), size);
    return vga_pci_mmio_read(&m->pci.vga, (u32)(pa - m->video.registers), size);
}

void video_mmio_write(struct machine *m, u64 pa, unsigned size, u64 value)
{
    if (in_window(pa)) vga_memory_write_wide(&m->vga, (u32)(pa - WINDOW_FIRST), size, value);
    else if (in_aperture(m, pa)) cirrus_aperture_write(&m->vga, (u32)(pa - m->video.frame_buffer), size, value);
    else vga_pci_mmio_write(&m->pci.vga, (u32)(pa - m->video.registers), size, value);
}
