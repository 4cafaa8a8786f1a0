/* What always holds of every chip.  doc: fuzz */
#include <stdio.h>
#include <stdlib.h>

#include "devices/network/vnet.h"
#include "tests/fuzz/hostile.h"

static void complain(const char *chip, const char *sentence)
{
    if (!sentence) return;
    fprintf(stderr, "fuzz: %s: it no longer holds that %s\n", chip, sentence);
    abort();
}

void check_invariants(struct machine *m)
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
