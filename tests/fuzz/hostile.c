/* Numbers, invariants and a folder for the fuzzers.  doc: fuzz */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "devices/network/vnet.h"
#include "tests/fuzz/hostile.h"

static u64 state;

void hostile_seed(u64 seed) { state = seed * 0x9e3779b97f4a7c15ull | 1; }

u32 pick(u32 n)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (u32)((state * 0x2545f4914f6cdd1dull >> 33) % n);
}

void pick_bytes(u8 *bytes, unsigned count)
{
    for (unsigned i = 0; i < count; i++) bytes[i] = (u8)pick(256);
}

u32 pick_value(void)
{
    switch (pick(6)) {
    case 0: return pick(8);
    case 1: return 1u << pick(32);
    case 2: return pick(2) ? 0 : 0xffffffff;
    case 3: return pick(65536);
    case 4: return pick(0x7fffffff) << 1 | pick(2);
    default: return pick(256);
    }
}

/* --- time --- */

bool resting;

/* Interrupt vectors that all lead to an IRET after EOIs, and a loop of HLT, whatever DMA has made of them. */
static void put_to_rest(struct machine *m)
{
    static const u8 answer[] = { 0x50, 0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20, 0x58, 0xcf }, loop[] = { 0xfb, 0xf4, 0xeb, 0xfc }, rsm[] = { 0x0f, 0xaa };
    enum { ANSWER = 0x500, LOOP = 0x520, STACK = 0xf00, SMM_ENTRY = 0x38000 };
    struct error err = { 0 };
    u8 low[LOOP + sizeof loop] = { 0 };

    for (unsigned i = 0; i < 256; i++) low[4 * i] = ANSWER & 0xff, low[4 * i + 1] = ANSWER >> 8;
    memcpy(low + ANSWER, answer, sizeof answer);
    memcpy(low + LOOP, loop, sizeof loop);
    if (memcmp(m->ram, low, sizeof low)) machine_poke(m, 0, low, sizeof low);
    if (memcmp(m->ram + SMM_ENTRY, rsm, sizeof rsm)) machine_poke(m, SMM_ENTRY, rsm, sizeof rsm);
    for (unsigned n = 0; n < m->processors; n++) {
        struct cpu *cpu = m->processor[n].cpu;
        cpu_set_register(cpu, "cr0", 0x10, &err);
        cpu_set_register(cpu, "cs", 0, &err), cpu_set_register(cpu, "ss", 0, &err);
        cpu_set_register(cpu, "eip", LOOP, &err), cpu_set_register(cpu, "esp", STACK, &err);
    }
}

/* A reset that was asked for happens in the first tick. */
void pass(struct machine *m, u64 ticks)
{
    if (resting) {
        machine_run(m, 1);
        if (!m->frozen) put_to_rest(m);
    }
    machine_run(m, ticks);
}

/* --- a folder --- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status, (void)kind, (void)where;
    return remove(path);
}

bool room_open(char *path, unsigned size)
{
    snprintf(path, size, "/tmp/orrery-fuzz-XXXXXX");
    return mkdtemp(path);
}

void room_close(const char *path) { nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

/* --- invariants --- */

static void complain(const char *chip, const char *sentence)
{
    if (!sentence) return;
    fprintf(stderr, "fuzz: %s: it no longer holds that %s\n", chip, sentence);
    abort();
}

void check(struct machine *m)
{
    for (unsigned n = 0; n < 2; n++) {
        complain("pic", pic_8259_invariant(&m->pic[n]));
        complain("dma", dma_8237_invariant(&m->dma[n]));
        complain("ata", ata_channel_invariant(&m->ata[n]));
        complain("parallel", parallel_spp_invariant(&m->parallel[n]));
    }
    for (unsigned n = 0; n < MACHINE_COMS; n++) complain("uart", uart_16550_invariant(&m->com[n]));
    complain("pit", pit_8254_invariant(&m->pit));
    complain("cmos", cmos_mc146818_invariant(&m->cmos));
    complain("kbc", kbc_8042_invariant(&m->kbc));
    complain("keyboard", keyboard_mf2_invariant(&m->keyboard));
    complain("mouse", mouse_ps2_invariant(&m->mouse));
    if (m->serial_mouse_port < MACHINE_COMS) complain("serial mouse", mouse_serial_invariant(&m->serial_mouse));
    complain("fdc", fdc_82077_invariant(&m->fdc));
    if (m->config.adlib || m->config.sb16.enabled) complain("opl3", opl3_ymf262_invariant(&m->sounds.opl));
    if (m->config.sb16.enabled) {
        complain("sb16", sb16_ct1741_invariant(&m->sounds.sb16.dsp));
        complain("sb16 mixer", sb16_ct1745_invariant(&m->sounds.sb16.mixer));
        complain("mpu-401", mpu_401_invariant(&m->sounds.sb16.mpu));
    }
    if (m->config.es1370.enabled) {
        complain("es1370", es1370_invariant(&m->sounds.es1370.chip));
        complain("ak4531", ak4531_invariant(&m->sounds.es1370.codec));
    }
    complain("gameport", gameport_558_invariant(&m->gameport));
    complain("speaker", speaker_invariant(&m->sounds.speaker));
    complain("vga", vga_invariant(&m->vga));
    complain("monitor", ddc_monitor_invariant(&m->vga.monitor));
    complain("pm", pm_piix4_invariant(&m->pm));
    if (m->pci.present) {
        complain("pci", pci_bus_invariant(&m->pci.bus));
        complain("i440fx", pci_i440fx_invariant(&m->pci.host));
        complain("isa", isa_piix3_invariant(&m->pci.isa));
        complain("ide", ide_piix3_invariant(&m->pci.ide));
        complain("vga function", vga_pci_invariant(&m->pci.vga));
        complain("pm function", pm_piix4_function_invariant(&m->pci.pm));
        complain("ioapic", ioapic_82093aa_invariant(&m->pci.ioapic));
        complain("hpet", hpet_invariant(&m->pci.hpet));
        if (m->config.usb.enabled) {
            complain("uhci", uhci_piix3_invariant(&m->pci.uhci));
            for (unsigned n = 0; n < CONFIG_USB_PORTS; n++) {
                if (m->pci.usb[n].device) complain("usb device", usb_device_invariant(m->pci.usb[n].device));
                if (m->pci.usb[n].image) complain("stick", usb_storage_invariant(&m->pci.usb[n].storage));
            }
        }
        complain("smbus", smbus_piix4_invariant(&m->pci.smbus));
    }
    for (unsigned n = 0; n < CONFIG_NICS; n++) {
        if (!m->config.ne2k[n].present) continue;
        complain("ne2k", ne2000_dp8390_invariant(&m->ne2k[n].chip));
        complain("cable", network_invariant(&m->ne2k[n].network));
        if (m->config.ne2k[n].ethmod == NETWORK_VNET) complain("vnet", vnet_invariant(m->ne2k[n].network.backend.self));
    }
    if (m->config.e1000[0].present) {
        complain("e1000", e1000_82540em_invariant(&m->e1000[0].chip));
        complain("cable", network_invariant(&m->e1000[0].network));
    }
    complain("fw_cfg", fw_cfg_invariant(&m->fw_cfg));
}
