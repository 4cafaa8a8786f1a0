/* RAM, ROM, the VGA window, and what lies between.                                         doc: memory-map */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "bios/images.h"
#include "cpu/base/allocated.h"
#include "devices/board/board.h"

enum { VGA_FIRST = 0xa0000, OPTION_FIRST = 0xc0000, LOADER_ROM = 0xdf000, MIB = 1 << 20 };

/* Whole pages; what the ROM does not fill reads as ones. */
static u8 *page_room(u64 size)
{
    u64 room = (size + PAGE_BYTES - 1) & ~(u64)(PAGE_BYTES - 1);
    u8 *bytes = allocated(aligned_alloc(PAGE_BYTES, room));

    memset(bytes, 0xff, room);
    return bytes;
}

/* A ROM file whole; its size must be a multiple of `granule`, at most `most`. */
static bool load_rom(const char *who, const char *path, u64 granule, u64 most, u8 **bytes, u64 *size, struct error *err)
{
    struct stat st;
    FILE *f = fopen(path, "rbe");

    if (!f) return fail(err, "%s: file=\"%s\": %s", who, path, strerror(errno));
    if (fstat(fileno(f), &st) || !S_ISREG(st.st_mode) || st.st_size == 0 || (u64)st.st_size > most || (u64)st.st_size % granule) {
        fclose(f);
        return fail(err, "%s: file=\"%s\": a ROM is a file of a multiple of %llu bytes, at most %llu", who, path,
                    (unsigned long long)granule, (unsigned long long)most);
    }
    *size = (u64)st.st_size;
    *bytes = page_room(*size);
    bool whole = fread(*bytes, 1, *size, f) == *size;
    fclose(f);
    return whole || fail(err, "%s: file=\"%s\": cannot be read", who, path);
}

static void builtin_rom(const u8 *image, u32 image_bytes, u8 **bytes, u64 *size)
{
    *size = image_bytes;
    *bytes = page_room(image_bytes);
    memcpy(*bytes, image, image_bytes);
}

static u64 rom_low_bytes(const struct machine *m)
{
    return m->rom_bytes < 128 * 1024 ? m->rom_bytes : 128 * 1024;
}

/* Shadow RAM: boards of this kind copy their slow ROMs to RAM at power-on.  It is not write protected: some firmware keeps
 * variables there, and the next reset loads it anew. */
void memory_shadow_roms(struct machine *m)
{
    u64 low = rom_low_bytes(m);

    if (m->pci.present) return;                          /* firmware does it, by the host bridge */
    memcpy(m->ram + MIB - low, m->rom + m->rom_bytes - low, low);
    if (m->vga_rom_bytes) memcpy(m->ram + OPTION_FIRST, m->vga_rom, m->vga_rom_bytes);
    for (unsigned n = 0; n < ARRAY_COUNT(m->option_rom); n++)
        if (m->option_rom[n]) memcpy(m->ram + m->option_rom_at[n], m->option_rom[n], m->option_rom_bytes[n]);
    for (u64 pa = OPTION_FIRST; pa < MIB; pa += PAGE_BYTES) {
        struct physical_page *page = physical_page_at(m->map, pa);
        if (page->code_chunks) cpu_memory_written(m->cpu, pa, PAGE_BYTES);
        page->written = true;
    }
}

/* Option ROMs lie between the VGA BIOS and the system BIOS, at their address. */
static bool load_options(struct machine *m, struct error *err)
{
    static const char *const who[] = { "optromimage1", "optromimage2", "optromimage3", "optromimage4" };
    u64 lowest = OPTION_FIRST + ((m->vga_rom_bytes + PAGE_BYTES - 1) & ~(u64)(PAGE_BYTES - 1)), end = m->kernel.plan ? LOADER_ROM : MIB - rom_low_bytes(m);
    bool ok = true;

    for (unsigned n = 0; n < ARRAY_COUNT(who); n++) {
        const struct rom_config *rom = &m->config.option_rom[n];
        u8 *bytes = NULL;
        u64 size = 0;
        if (!rom->path[0]) continue;
        if (!load_rom(who[n], rom->path, 512, 128 * 1024, &bytes, &size, err)) ok = false;
        else if (rom->address % PAGE_BYTES || rom->address < lowest || rom->address + size > end)
            ok = fail(err, "%s: address=0x%x: an option ROM of %llu bytes begins at a multiple of 1000h and lies between %llxh and %llxh", who[n], rom->address,
                      (unsigned long long)size, (unsigned long long)lowest, (unsigned long long)end);
        else m->option_rom[n] = bytes, m->option_rom_bytes[n] = size, m->option_rom_at[n] = rom->address, bytes = NULL;
        free(bytes);
    }
    return ok;
}

/* The kernel loader, below the largest system ROM. */
static void add_loader(struct machine *m)
{
    enum { N = OPTION_ROMS - 1 };

    if (!m->kernel.plan) return;
    builtin_rom(kernel_loader_image, kernel_loader_image_size, &m->option_rom[N], &m->option_rom_bytes[N]);
    m->option_rom_at[N] = LOADER_ROM;
}

/* C0000h up to the system ROM: the VGA ROM, and RAM for a foreign BIOS, which may copy option ROMs there. */
static void map_options(struct machine *m)
{
    u64 vga_pages = (m->vga_rom_bytes + PAGE_BYTES - 1) & ~(u64)(PAGE_BYTES - 1), bytes = MIB - OPTION_FIRST - rom_low_bytes(m);
    u8 *ram = m->ram + OPTION_FIRST;

    if (m->config.system_rom.path[0]) physical_set(m->map, OPTION_FIRST, bytes, ram, ram);
    else if (vga_pages) physical_set(m->map, OPTION_FIRST, vga_pages, ram, NULL);
    for (unsigned n = 0; n < ARRAY_COUNT(m->option_rom); n++) {
        u32 at = m->option_rom_at[n];
        u64 pages = (m->option_rom_bytes[n] + PAGE_BYTES - 1) & ~(u64)(PAGE_BYTES - 1);
        if (pages) physical_set(m->map, at, pages, m->ram + at, NULL);
    }
}

/* --- a board with PCI: segments of C0000h to FFFFFh lead to DRAM or to the ROMs, for reads and for writes --- */

/* The page of a ROM that the ISA bus has at pa; NULL: none. */
static u8 *rom_page(struct machine *m, u64 pa)
{
    u64 low = rom_low_bytes(m);

    if (pa >= MIB - low) return m->rom + m->rom_bytes - (MIB - pa);
    if (pa - OPTION_FIRST < m->vga_rom_bytes) return m->vga_rom + (pa - OPTION_FIRST);
    for (unsigned n = 0; n < ARRAY_COUNT(m->option_rom); n++) {
        u64 at = pa - m->option_rom_at[n];
        if (pa >= m->option_rom_at[n] && at < m->option_rom_bytes[n]) return m->option_rom[n] + at;
    }
    return NULL;
}

void memory_map_by_pam(struct machine *m)
{
    const struct pci_i440fx *host = &m->pci.host;

    for (u64 pa = OPTION_FIRST; pa < MIB; pa += PAGE_BYTES) {
        struct physical_page *page = physical_page_at(m->map, pa);
        u8 *ram = m->ram + pa;
        if (page->code_chunks) cpu_memory_written(m->cpu, pa, PAGE_BYTES);
        physical_set(m->map, pa, PAGE_BYTES, pci_i440fx_reads_dram(host, (u32)pa) ? ram : rom_page(m, pa), pci_i440fx_writes_dram(host, (u32)pa) ? ram : NULL);
    }
    video_map_window(m);
}

static void free_roms(struct machine *m)
{
    free(m->rom), free(m->vga_rom);
    m->rom = m->vga_rom = NULL, m->rom_bytes = m->vga_rom_bytes = 0;
    for (unsigned n = 0; n < ARRAY_COUNT(m->option_rom); n++) free(m->option_rom[n]), m->option_rom[n] = NULL, m->option_rom_bytes[n] = m->option_rom_at[n] = 0;
}

static bool load_roms(struct machine *m, struct error *err)
{
    const char *system = m->config.system_rom.path, *vga = m->config.vga_rom.path;
    bool ok = true;

    if (!system[0]) builtin_rom(bios_system_image, bios_system_image_size, &m->rom, &m->rom_bytes);
    else ok = load_rom("romimage", system, PAGE_BYTES, 4 * MIB, &m->rom, &m->rom_bytes, err);
    if (!vga[0]) builtin_rom(bios_vga_image, bios_vga_image_size, &m->vga_rom, &m->vga_rom_bytes);
    else ok &= load_rom("vgaromimage", vga, 512, 64 * 1024, &m->vga_rom, &m->vga_rom_bytes, err);
    if (m->config.kernel.path[0]) ok &= kernel_image_load(&m->kernel, &m->config.kernel, m->config.memory_bytes, err);
    ok = ok && load_options(m, err);
    if (ok) add_loader(m);
    return ok;
}

static void map_roms(struct machine *m)
{
    if (!m->pci.present) {
        u8 *shadow = m->ram + MIB - rom_low_bytes(m);
        map_options(m);
        physical_set(m->map, MIB - rom_low_bytes(m), rom_low_bytes(m), shadow, shadow);
    }
    /* The ROM answers 1 MiB below its place too, where a larger one is not itself: a reset by port 92h may come with A20 low, and the first
     * fetch with it. */
    physical_set(m->map, 0xfff00000ull - rom_low_bytes(m), rom_low_bytes(m), m->rom + m->rom_bytes - rom_low_bytes(m), NULL);
    physical_set(m->map, 0x100000000ull - m->rom_bytes, m->rom_bytes, m->rom, NULL);
}

bool memory_build(struct machine *m, struct error *err)
{
    if (!load_roms(m, err)) return false;
    m->ram_bytes = m->config.memory_bytes;
    m->ram = mmap(NULL, m->ram_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (m->ram == MAP_FAILED) {
        m->ram = NULL;
        return fail(err, "memory: the host has no %llu MiB for the guest", (unsigned long long)(m->ram_bytes / MIB));
    }
    m->map = physical_create();
    physical_set(m->map, 0, VGA_FIRST, m->ram, m->ram);
    physical_set(m->map, MIB, m->ram_bytes - MIB, m->ram + MIB, m->ram + MIB);
    map_roms(m);
    return true;
}

/* Code that was decoded, and what is mapped, is that of the former ones. */
bool memory_change_roms(struct machine *m, struct error *err)
{
    u64 low = rom_low_bytes(m);

    cpu_memory_written(m->cpu, 0x100000000ull - m->rom_bytes, m->rom_bytes);
    cpu_memory_written(m->cpu, 0xfff00000ull - low, low);
    cpu_memory_written(m->cpu, OPTION_FIRST, MIB - OPTION_FIRST);
    physical_set(m->map, 0x100000000ull - m->rom_bytes, m->rom_bytes, NULL, NULL);
    physical_set(m->map, 0xfff00000ull - low, low, NULL, NULL);
    physical_set(m->map, OPTION_FIRST, MIB - OPTION_FIRST, NULL, NULL);
    free_roms(m);
    if (!load_roms(m, err)) return false;
    map_roms(m);
    return true;
}

void memory_free(struct machine *m)
{
    physical_destroy(m->map);
    if (m->ram) munmap(m->ram, m->ram_bytes);
    free_roms(m);
    kernel_image_free(&m->kernel);
}

/* --- the bus --- */

/* An access comes in naturally aligned pieces: it lies in a device's range as a whole or not at all. */
u64 memory_mmio_read(void *board, u64 pa, unsigned size) 
{
    struct machine *m = board;
    u64 value;

    board_heed_hurry(m);
    if (video_answers(m, pa)) return video_mmio_read(m, pa, size);
    if (board_apic_read(m, pa, size, &value)) return value;
    value = mmio_read(&m->mmio, pa, size);
    if (!mmio_decodes(&m->mmio, pa, size)) cpu_note(processors_running(m), CPU_CATCH_NO_MEMORY, pa, size, value);
    return value;
}

void memory_mmio_write(void *board, u64 pa, unsigned size, u64 value) 
{
    struct machine *m = board;
    board_heed_hurry(m);
    if (video_answers(m, pa)) video_mmio_write(m, pa, size, value);
    else if (!board_apic_write(m, pa, size, value)) {
        if (!mmio_decodes(&m->mmio, pa, size)) cpu_note(processors_running(m), CPU_CATCH_NO_MEMORY, pa, size, value);
        mmio_write(&m->mmio, pa, size, value);
    }
}

/* --- DMA reaches RAM and ROM, never MMIO; a page at a time --- */

static u64 within_page(u64 pa, u64 size)
{
    u64 room = PAGE_BYTES - (pa & (PAGE_BYTES - 1));
    return size < room ? size : room;
}

void memory_dma_read(void *board, u64 pa, u8 *bytes, unsigned size)
{
    struct machine *m = board;

    for (u64 n; size; pa += n, bytes += n, size -= (unsigned)n) {
        struct physical_page *page = physical_page_at(m->map, pa);
        n = within_page(pa, size);
        if (page->read && !video_hides_from_masters(m, pa)) memcpy(bytes, page->read + (pa & (PAGE_BYTES - 1)), n);
        else memset(bytes, 0xff, n);
    }
}

static void store(struct machine *m, u64 pa, const u8 *bytes, u64 size, bool master)
{
    for (u64 n; size; pa += n, bytes += n, size -= n) {
        struct physical_page *page = physical_page_at(m->map, pa);
        n = within_page(pa, size);
        if (!page->write || (master && video_hides_from_masters(m, pa))) continue;
        cpu_memory_written(m->cpu, pa, n);
        memcpy(page->write + (pa & (PAGE_BYTES - 1)), bytes, n);
    }
}

void memory_dma_write(void *board, u64 pa, const u8 *bytes, unsigned size) { store(board, pa, bytes, size, true); }
void memory_poke(struct machine *m, u64 pa, const u8 *bytes, size_t size) { store(m, pa, bytes, size, false); }
