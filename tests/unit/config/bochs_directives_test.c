/* Every directive of Bochs's, with every option of its: taken, taken with a word about what is not there, or refused with the reason; none of them is unknown. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/bochsrc.h"

static const char *const lines[] = {
    "plugin_ctrl: unmapped=true, biosdev=1, speaker=true, e1000=false",
    "config_interface: textconfig",
    "display_library: sdl2, options=\"cmdmode, fullscreen, hideIPS, nokeyrepeat, no_gui_console, timeout=5, traphotkeys, autoscale\"",
    "cpu: model=core2_penryn_t9600, count=1:1:1, quantum=16, ips=50000000, reset_on_triple_fault=1, ignore_bad_msrs=1",
    "cpu: cpuid_limit_winnt=0, force_ignne=0, cpuid_freq=hardware, mwait_is_nop=0, msrs=file, add_features=sse4_1, exclude_features=nx",
    "cpu: brand_string=x", "cpu: force_ignne=1", "cpu: cpuid_limit_winnt=1", "memory: guest=32, host=32, block_size=128", "megs: 32",
    "romimage: file=rom, address=0, options=fastboot, flash_data=vars", "vgaromimage: file=rom", "fw_cfg: enabled=1",
    "optromimage1: file=rom, address=0xd0000", "optromimage4: file=rom, address=0xd0000", "optramimage1: file=rom, address=0x100000", "optramimage4: file=rom, address=0x100000",
    "vga: extension=none, update_freq=0, realtime=1, ddc=builtin, vbe_memsize=16", "vga: extension=cirrus", "vga: extension=voodoo", "vga: extension=geforce", "vga: ddc=builtin_gui", "vga: ddc=file:edid",
    "voodoo: enabled=1, model=banshee", "geforce: enabled=1, model=geforce3",
    "keyboard: type=mf, serial_delay=150, paste_delay=100000, keymap=de.map, user_shortcut=ctrl-alt-del",
    "mouse: type=serial_msys, enabled=0, toggle=ctrl+mbutton", "mouse: type=inport", "mouse: type=bus", "mouse: type=none",
    "pci: enabled=1, chipset=i440fx, slot1=ne2k, slot5=e1000, advopts=\"noacpi, nohpet, noagp, nofdc, altdevmap\"", "pci: enabled=1, chipset=i430fx", "pci: enabled=1, chipset=i440bx", "pci: enabled=0",
    "clock: sync=none, rtc_sync=0, time0=local", "clock: sync=both, time0=utc", "clock: sync=realtime, time0=1", "clock: sync=slowdown, time0=\"Mon Jan  1 00:00:00 1990\"",
    "cmosimage: file=cmos, rtc_init=time0", "private_colormap: enabled=0", "fullscreen: enabled=0", "screenmode: name=sample",
    "floppya: 1_44=a, status=inserted, write_protected=0", "floppyb: image=b, type=2_88, status=ejected", "floppya: 1_44=vvfat:folder", "floppyb: type=none",
    "ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14", "ata1: enabled=0", "ata2: enabled=0", "ata3: enabled=1, ioaddr1=0x168, ioaddr2=0x360, irq=9",
    "ata0-master: type=disk, path=c, mode=flat, cylinders=0, heads=0, spt=0, sect_size=512, biosdetect=auto, translation=auto, model=\"a b\", journal=j", "ata0-master: sect_size=4096",
    "ata0-slave: type=disk, path=c, mode=concat", "ata0-slave: mode=sparse", "ata0-slave: mode=growing", "ata0-slave: mode=undoable", "ata0-slave: mode=volatile", "ata0-slave: mode=vvfat", "ata0-slave: mode=vmware3",
    "ata0-slave: mode=vmware4", "ata0-slave: mode=vbox", "ata0-slave: mode=vpc", "ata0-slave: mode=vhdx", "ata0-slave: mode=dll", "ata0-slave: translation=rechs", "ata0-slave: translation=echs",
    "ata1-master: type=cdrom, path=i, status=ejected", "ata1-slave: type=none", "ata2-master: type=disk, path=c", "ata3-slave: type=cdrom, path=i",
    "boot: floppy, disk, cdrom", "boot: network", "boot: usb", "boot: none", "floppy_bootsig_check: disabled=0", "log: -", "logprefix: %t%i%e%d",
    "panic: action=ask", "error: action=report, cpu0=ignore", "warn: action=warn", "info: action=report", "debug: action=ignore, pci=report",
    "debugger: log=-, gui=0", "debugger: gui=globalini", "magic_break: enabled=1 cx dx bx sp bp si di", "debug_symbols: file=s, offset=0", "print_timestamps: enabled=0", "port_e9_hack: enabled=1, all_rings=0",
    "iodebug: all_rings=0", "gdbstub: enabled=0, port=1234, text_base=0, data_base=0, bss_base=0",
    "com1: enabled=1, mode=null", "com2: enabled=1, mode=file, dev=f", "com3: enabled=1, mode=term, dev=f", "com4: enabled=1, mode=raw, dev=f", "com1: mode=mouse", "com1: mode=socket-client, dev=localhost:1",
    "com1: mode=socket-server, dev=localhost:1", "com1: mode=pipe-client, dev=p", "com1: mode=pipe-server, dev=p", "parport1: enabled=1, file=f", "parport2: enabled=0",
    "sound: driver=default", "sound: waveoutdrv=alsa, waveout=d, waveindrv=dummy, wavein=d, midioutdrv=dummy, midiout=d", "speaker: enabled=1, mode=sound, volume=15", "speaker: mode=system", "speaker: mode=gui",
    "sb16: enabled=1, midimode=0, midifile=m, wavemode=1, wavefile=w, loglevel=2, log=l, dmatimer=900000", "es1370: enabled=1, wavemode=2, wavefile=w, midimode=1, midifile=m",
    "ne2k: card=0, enabled=1, type=pci, ioaddr=0x300, irq=9, mac=52:54:00:12:34:56, ethmod=null, ethdev=eth0, script=s, bootrom=none", "ne2k: ethmod=slirp", "ne2k: ethmod=vde", "ne2k: ethmod=tap", "ne2k: ethmod=tuntap",
    "ne2k: ethmod=linux", "ne2k: ethmod=socket", "ne2k: ethmod=vnet", "e1000: card=3, enabled=1, mac=52:54:00:12:34:56, ethmod=vnet, ethdev=f, script=s, bootrom=r", "pcipnic: enabled=1",
    "usb_uhci: enabled=1, port1=mouse, options1=\"speed:low\", port2=tablet", "usb_uhci: port1=keyboard", "usb_uhci: port1=keypad", "usb_uhci: port1=hub, options1=\"ports:4\"", "usb_uhci: port1=printer",
    "usb_uhci: port1=disk, options1=\"speed:full, path:growing:c, journal:j, sect_size:512, proto:bbb, pcap:p\"", "usb_uhci: port1=cdrom", "usb_uhci: port1=floppy",
    "usb_ohci: enabled=1, port1=mouse", "usb_ehci: enabled=1, companion=uhci", "usb_xhci: enabled=1, model=uPD720202, n_ports=4", "usb_debug: type=xhci, reset=1", "pcidev: vendor=1, device=2",
};

Test(bochs_directives, none_of_them_is_unknown)
{
    static struct machine_config config;

    for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct error err = { 0 }, notes = { 0 };
        machine_config_defaults(&config);
        bool taken = bochsrc_directive("rc:7", lines[i], &config, &err, &notes);
        cr_expect(!strstr(err.text, "unknown"), "%s", err.text);
        cr_expect(taken || strstr(err.text, "rc:7"), "\"%s\" is refused without a word", lines[i]);
    }
}

static void said(const char *line, bool refused, const char *words)
{
    static struct machine_config config;
    struct error err = { 0 }, notes = { 0 };

    machine_config_defaults(&config);
    cr_expect_eq(bochsrc_directive("rc:7", line, &config, &err, &notes), !refused, "%s", line);
    cr_expect(strstr(refused ? err.text : notes.text, words), "\"%s\" is not in: %s%s", words, err.text, notes.text);
}

Test(bochs_directives, what_would_be_missed_is_said)
{
    said("romimage: file=rom, flash_data=vars", false, "keeps its variables in RAM");
    said("cpu: msrs=file", false, "not there");
    said("geforce: enabled=1", true, "geforce: this part is not there");
    said("geforce: enabled=0", false, "");
    said("biosdev: x", false, "is not shown");
    said("cpu: brand_string=x", true, "the model says it");
    said("cpu: force_ignne=1", true, "IGNNE#");
    said("cpu: cpuid_limit_winnt=1", true, "few leaves");
    said("ata0-master: sect_size=4096", true, "it takes 512");
}
