/* Bochs's syntax: words, values, old forms, and what is said about mistakes. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "config/bochsrc.h"
#include "config/tokens.h"

static struct machine_config config;
static struct error err, notes;

static void setup(void) { machine_config_defaults(&config); }
TestSuite(bochsrc, .init = setup);
TestSuite(tokens, .init = setup);

static bool take(const char *line) { return bochsrc_directive("rc:7", line, &config, &err, &notes); }

static void refused(const char *line, const char *message)
{
    err = (struct error){ 0 };
    cr_expect(!take(line), "\"%s\" is taken", line);
    cr_expect_eq(err.count, 1, "%s", err.text);
    cr_expect(strstr(err.text, message), "\"%s\" is not in: %s", message, err.text);
}

static void taken(const char *line)
{
    cr_expect(take(line), "%s", err.text);
    cr_expect_eq(notes.count, 0, "%s", notes.text);
}

static void noted(const char *line, const char *message)
{
    notes = (struct error){ 0 };
    cr_expect(take(line), "%s", err.text);
    cr_expect(strstr(notes.text, message), "\"%s\" is not in: %s", message, notes.text);
}

/* --- words --- */

static const char *words(const char *line)
{
    static char joined[8192];
    struct tokens t;
    struct place p = { "rc:1", &err, &notes };

    joined[0] = 0;
    if (!tokenize(line, &t, &p)) return "!";
    for (unsigned i = 0; i < t.count; i++) strcat(strcat(joined, i ? "|" : ""), t.word[i]);
    return joined;
}

Test(tokens, the_name_ends_at_the_first_colon_and_parameters_at_commas)
{
    cr_expect_str_eq(words("a: b=1, c=d:e ,f"), "a|b=1|c=d:e|f");
    cr_expect_str_eq(words("  a :b"), "a|b");
    cr_expect_str_eq(words(""), "");
    cr_expect_str_eq(words("   # nothing"), "");
}

Test(tokens, blanks_outside_quotes_vanish_and_quotes_protect_blanks_and_separators)
{
    cr_expect_str_eq(words("port: enabled=1 di sp"), "port|enabled=1disp");
    cr_expect_str_eq(words("a: path=\"x, y: z #1\" , b"), "a|path=x, y: z #1|b");
    cr_expect_str_eq(words("a: b # c, d"), "a|b");
    cr_expect_str_eq(words("a: \" b\""), "a| b");
}

Test(tokens, variables_come_from_the_environment_and_bxshare_has_a_default)
{
    setenv("ORRERY_TEST", "value", 1);
    unsetenv("BXSHARE");
    cr_expect_str_eq(words("a: $ORRERY_TEST/x, $BXSHARE/y"), "a|value/x|/usr/share/bochs/y");
    cr_expect_str_eq(words("a: $NO_SUCH_NAME_HERE"), "!");
    cr_expect(strstr(err.text, "rc:1:4: $NO_SUCH_NAME_HERE is not in the environment"), "%s", err.text);
}

Test(tokens, open_quotes_long_words_and_too_many_of_them_are_said)
{
    char line[LINE_BYTES + 10];

    cr_expect_str_eq(words("a: b=\"c"), "!");
    cr_expect(strstr(err.text, "rc:1:6: this quote is not closed"), "%s", err.text);
    memset(line, 'x', 700);
    memcpy(line, "a:", 2);
    line[700] = 0;
    cr_expect_str_eq(words(line), "!");
    memset(line, ',', 60);
    memcpy(line, "a:", 2);
    line[60] = 0;
    for (unsigned i = 2; i < 60; i += 2) line[i] = 'b';
    cr_expect(strcmp(words(line), "!"), "29 parameters fit");
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = 0;
    cr_expect_str_eq(words(line), "!");
    cr_expect(strstr(err.text, "the line has more than"), "%s", err.text);
}

/* --- values --- */

Test(bochsrc, directives_set_what_they_name)
{
    taken("memory: guest=64");
    cr_expect_eq(config.memory_bytes, 64ull << 20);
    taken("cpu: model=i486dx4, ips=25M, reset_on_triple_fault=0");
    cr_expect_str_eq(config.cpu_model, "i486dx4");
    cr_expect_eq(config.ips, 25000000);
    cr_expect_eq(config.reset_on_triple_fault, TRIPLE_FAULT_FREEZES);
    taken("cpu: reset_on_triple_fault=true");
    cr_expect_eq(config.reset_on_triple_fault, TRIPLE_FAULT_RESETS);
    taken("cpu: reset_on_triple_fault=auto");
    cr_expect_eq(config.reset_on_triple_fault, TRIPLE_FAULT_AUTO);
    taken("cpu: rdrand_seed=18446744073709551615");
    cr_expect_eq(config.rdrand_seed, UINT64_MAX);
    taken("floppyb: 1_2=\"a b.img\", status=inserted, write_protected=1");
    cr_expect_str_eq(config.floppy[1].path, "a b.img");
    cr_expect_eq(config.floppy[1].drive_type, 2);
    cr_expect(config.floppy[1].write_protected);
    taken("ata1-slave: type=cdrom, path=x.iso, status=ejected");
    cr_expect_eq(config.ata[1].device[1].type, ATA_CDROM);
    cr_expect(!config.ata[1].device[1].inserted);
    taken("ata0-master: type=disk, path=c.img, cylinders=306, heads=4, spt=17, translation=large, mode=volatile, model=\"A disk\"");
    cr_expect_eq(config.ata[0].device[0].sectors, 17);
    cr_expect_eq(config.ata[0].device[0].translation, TRANSLATION_LARGE);
    cr_expect_eq(config.ata[0].device[0].mode, DISK_VOLATILE);
    taken("ata0-slave: type=disk, path=d.img, mode=undoable, journal=d.log");
    cr_expect_eq(config.ata[0].device[1].mode, DISK_UNDOABLE);
    cr_expect_str_eq(config.ata[0].device[1].journal, "d.log");
    taken("ata0: enabled=1, ioaddr1=0x1e8, ioaddr2=0x3e0, irq=11");
    cr_expect_eq(config.ata[0].ioaddr1, 0x1e8);
    cr_expect_eq(config.ata[0].irq, 11);
    taken("boot: cdrom, floppy");
    cr_expect_eq(config.boot[0], BOOT_CDROM);
    cr_expect_eq(config.boot[1], BOOT_FLOPPY);
    cr_expect_eq(config.boot[2], BOOT_NONE);
    taken("clock: sync=none, time0=\"Mon Jan  1 00:00:00 1990\"");
    cr_expect_eq(config.time0, 631152000);
    cr_expect_eq(config.sync, SYNC_NONE);
    taken("com2: enabled=1, mode=socket-server, dev=localhost:8888");
    cr_expect_eq(config.com[1].mode, COM_SOCKET_SERVER);
    taken("parport1: enabled=1, file=p.txt");
    cr_expect_str_eq(config.parallel[0], "p.txt");
    taken("display_library: sdl2, options=\"cmdmode, hideIPS\"");
    cr_expect_str_eq(config.display, "window");
    taken("log: out.txt");
    cr_expect_str_eq(config.log_path, "out.txt");
    taken("info: action=report, cpu0=ignore");
}

Test(bochsrc, each_line_of_symbols_is_a_file_of_its_own)
{
    taken("symbols: , file=vmlinux, base=0x1000, source=linux");
    taken("debug_symbols: offset=16, file=kernel.sym");
    taken("symbols: System.map");
    cr_expect_eq(config.symbol_files, 3);
    cr_expect_str_eq(config.symbols[0].path, "vmlinux");
    cr_expect_eq(config.symbols[0].base, 0x1000);
    cr_expect_str_eq(config.symbols[0].source, "linux");
    cr_expect_str_eq(config.symbols[1].path, "kernel.sym");
    cr_expect_eq(config.symbols[1].base, 16);
    cr_expect_str_eq(config.symbols[2].path, "System.map");
    for (unsigned i = 3; i < CONFIG_SYMBOLS; i++) taken("symbols: file=more");
    refused("symbols: file=one_too_many", "16 lines at most");
    refused("symbols: base=x", "16 lines at most");
    machine_config_defaults(&config);
    refused("symbols: a=\"\", System.map", "\"a\"");
}

Test(bochsrc, the_debugger_in_the_window_is_asked_for_in_three_ways)
{
    taken("debugger: gui=0, log=-");
    cr_expect_not(config.debugger_panes);
    taken("debugger: log=d.txt, gui=1");
    cr_expect(config.debugger_panes);
    cr_expect_str_eq(config.debugger_log, "d.txt");
    config.debugger_panes = false;
    taken("debugger: gui=globalini");
    cr_expect(config.debugger_panes);
    config.debugger_panes = false;
    taken("display_library: x, options=\"cmdmode, gui_debug\"");
    cr_expect(config.debugger_panes);
    config.debugger_panes = false;
    taken("display_library: options=gui_debug");
    cr_expect(config.debugger_panes);
    refused("debugger: gui=maybe", "0, 1 or globalini");
    refused("debugger: gii=1", "gui");
}

Test(bochsrc, gdb_comes_by_a_port_or_a_socket)
{
    cr_expect_eq(config.gdbstub.port, 1234);
    cr_expect(config.gdbstub.wait && !config.gdbstub.enabled);
    taken("gdbstub: enabled=1, port=4321, text_base=0x100, data_base=0, bss_base=0");
    cr_expect(config.gdbstub.enabled && config.gdbstub.port == 4321 && config.gdbstub.text_base == 0x100);
    taken("gdbstub: enabled=1, socket=s, wait=0, arch=x86-64");
    cr_expect(!config.gdbstub.port && !config.gdbstub.wait && config.gdbstub.arch == GDBSTUB_X86_64);
    cr_expect_str_eq(config.gdbstub.socket, "s");
    taken("gdbstub: enabled=1, socket=s, port=99");
    cr_expect_eq(config.gdbstub.port, 99);
    refused("gdbstub: port=0", "1 to 65535");
    refused("gdbstub: arch=z80", "auto i8086 i386 x86-64");
}

Test(bochsrc, a_mouse_has_a_type_and_may_be_on_a_serial_port)
{
    taken("mouse: type=serial_msys, enabled=0, toggle=ctrl+mbutton");
    cr_expect_eq(config.mouse, MOUSE_TYPE_SERIAL_MSYS);
    taken("com1: enabled=1, mode=mouse");
    cr_expect_eq(config.com[0].mode, COM_MOUSE);
    refused("mouse: type=bus", "a bus mouse is not there");
    refused("mouse: type=rat", "it takes none, ps2");
}

Test(bochsrc, the_display_adapter_has_an_extension_memory_and_a_monitor)
{
    taken("vga: extension=none");
    cr_expect_eq(config.vga.extension, VGA_NONE);
    taken("vga: extension=vbe, update_freq=5, realtime=1, ddc=disabled, vbe_memsize=32, preferred=1920x1080");
    cr_expect(config.vga.extension == VGA_VBE && config.vga.memory_mib == 32 && config.vga.update_hz == 5 && !config.vga.ddc);
    cr_expect(config.vga.preferred_width == 1920 && config.vga.preferred_height == 1080);
    taken("vga: extension=cirrus");
    cr_expect_eq(config.vga.extension, VGA_CIRRUS);
    noted("vga: extension=voodoo", "extension=vbe runs");
    noted("vga_update_interval: 100000", "vga: update_freq=");
    cr_expect_eq(config.vga.update_hz, 10);
    refused("vga: extension=foo", "extension=foo; it takes none, vbe or cirrus");
    refused("vga: vbe_memsize=12", "it takes 4, 8, 16 or 32");
    refused("vga: preferred=1920", "it takes WIDTHxHEIGHT");
    refused("vga: preferred=4000x3000", "it takes WIDTHxHEIGHT");
}

Test(bochsrc, a_kernel_has_a_path_a_command_line_as_it_stands_and_modules)
{
    taken("kernel: vmlinuz");
    taken("initrd: file=\"a b.gz\"");
    taken("cmdline: \"root=/dev/sda quiet\"");
    cr_expect_str_eq(config.kernel.cmdline, "root=/dev/sda quiet");
    taken("cmdline:  root=/dev/sda  quiet # and so on");
    cr_expect(!strncmp(config.kernel.cmdline, "root=/dev/sda  quiet", 20), "%s", config.kernel.cmdline);
    taken("cmdline: console=ttyS0,115200");
    taken("module8: file=m.bin, cmdline=\"a=b, c\"");
    cr_expect_str_eq(config.kernel.path, "vmlinuz");
    cr_expect_str_eq(config.kernel.initrd, "a b.gz");
    cr_expect_str_eq(config.kernel.cmdline, "console=ttyS0,115200");
    cr_expect_str_eq(config.kernel.module[7].path, "m.bin");
    cr_expect_str_eq(config.kernel.module[7].cmdline, "a=b, c");
}

Test(bochsrc, a_wrong_value_is_said_with_its_column_and_what_would_be_right)
{
    refused("memory: guest=0", "rc:7:9: memory: guest=0; it takes 1 to 3072");
    refused("floppya: write_protected=2", "rc:7:10: floppya: write_protected=2; it takes 0 or 1");
    refused("ata0-master: heads=17", "it takes 0 to 16");
    refused("ata0-master: type=disc", "did you mean disk?");
    refused("cpu: ips=-1", "cpu: ips=-1; it takes");
    refused("cpu: ips=99999999999999999999999", "it takes");
    refused("cpu: model=i486dx5", "model=i486dx5 does not exist; did you mean i486dx4");
    refused("boot: tape", "boot: \"tape\"; it takes floppy");
    refused("boot: a, c, cdrom, floppy", "at most three");
    refused("clock: time0=yesterday", "seconds since 1970");
    refused("panic: action=explode", "it takes ignore, report");
    refused("info: cpu0=loud", "it takes ignore, report");
    refused("com1: mode=carrier", "null, file, term");
}

Test(bochsrc, a_drive_and_a_processor_have_a_name)
{
    refused("ata0-master: model=\"\"", "rc:7:14: ata0-master: model=; it takes a name of 1 to 40 characters");
    refused("ata1-slave: model=\"   \"", "1 to 40 characters");
    refused("cpu: model=", "rc:7:6: cpu: model=; it takes the name of a processor");
    taken("ata0-master: model=\"Generic 1234\"");
    cr_expect_str_eq(config.ata[0].device[0].model, "Generic 1234");
}

Test(bochsrc, echs_is_another_word_for_large)
{
    noted("ata0-master: translation=echs", "translation=large");
    cr_expect_eq(config.ata[0].device[0].translation, TRANSLATION_LARGE);
    notes = (struct error){ 0 };
    taken("ata0-slave: translation=rechs");
    cr_expect_eq(config.ata[0].device[1].translation, TRANSLATION_RECHS);
    refused("ata0-master: translation=larg", "it takes auto none lba large rechs; did you mean large?");
}

Test(bochsrc, an_unknown_word_is_answered_with_the_nearest_one)
{
    refused("vgaromimge: file=x", "rc:7:1: unknown directive \"vgaromimge\"; did you mean \"vgaromimage\"?");
    refused("floppya: statsu=inserted", "rc:7:10: floppya: unknown parameter \"statsu\"; did you mean \"status\"?");
    refused("memory: 1=2", "memory: unknown parameter \"1\"; it takes: guest");
    refused("qqqqqqqqqqqqqqqq: 1", "orrery --help lists them");
}

Test(bochsrc, every_mistake_of_a_line_is_said)
{
    cr_expect(!take("ata0-master: type=disc, heads=99, path=x, spt=-3"));
    cr_expect_eq(err.count, 3, "%s", err.text);
    cr_expect_str_eq(config.ata[0].device[0].path, "x", "what is right is taken");
}

/* --- what is not there, and what was --- */

Test(bochsrc, parts_that_are_not_there_are_refused_unless_they_are_switched_off)
{
    refused("pcipnic: enabled=1, ioaddr=0x300", "rc:7: pcipnic: this part is not there, and a guest would miss it");
    notes = (struct error){ 0 };
    taken("pcipnic: enabled=0");
    taken("usb_uhci: enabled=0");
    noted("cpu: model=zambezi, count=1", "this model is not there");
    cr_expect_str_eq(config.cpu_model, "");
}

Test(bochsrc, sound_goes_to_a_window_a_file_or_nowhere)
{
    taken("sound: driver=file, waveout=heard.wav");
    cr_expect_eq(config.sound.wave, SOUND_FILE);
    cr_expect_str_eq(config.sound.wave_file, "heard.wav");
    taken("sound: waveoutdrv=dummy");
    cr_expect_eq(config.sound.wave, SOUND_DUMMY);
    noted("sound: driver=alsa, waveout=/dev/dsp, wavein=, midiout=", "by SDL");
    cr_expect_eq(config.sound.wave, SOUND_SHOWN);
    cr_expect_str_eq(config.sound.wave_file, "heard.wav", "a device is no file");
    notes = (struct error){ 0 };
    refused("sound: driver=foo", "default, sdl, file or dummy");
    taken("speaker: enabled=1, mode=sound, volume=8");
    cr_expect_eq(config.speaker.volume, 8);
    noted("speaker: mode=system", "the host's own beeper is not used");
    notes = (struct error){ 0 };
    refused("speaker: volume=16", "0 to 15");
    err = (struct error){ 0 };
    taken("sb16: enabled=1, wavemode=2, wavefile=a.wav, midimode=2, midifile=a.mid, loglevel=2, log=sb16.log, dmatimer=900000");
    cr_expect(config.sb16.enabled && config.sb16.wave == CARD_WAVE_FILE && config.sb16.midi == CARD_MIDI_FILE);
    taken("sb16: enabled=0, wavemode=1");
    cr_expect(!config.sb16.enabled);
    noted("sb16: midimode=1, midi=/dev/midi00, wavemode=1, wave=/dev/dsp, loglevel=2", "midimode=2, midifile=PATH");
    cr_expect(config.sb16.enabled, "an old line is a card");
    notes = (struct error){ 0 };
    refused("sb16: wavemode=4", "2 (a WAV file of its own)");
    err = (struct error){ 0 };
    taken("es1370: enabled=1, wavemode=1, midimode=2, midifile=b.mid");
    cr_expect(config.es1370.enabled && config.es1370.midi == CARD_MIDI_FILE);
    taken("gameport: enabled=1, sticks=2");
    cr_expect(config.gameport && config.gameport_sticks == 2);
    taken("adlib: enabled=1");
    cr_expect(config.adlib);
    taken("speaker: enabled=0");
    cr_expect(!config.speaker.enabled);
}

Test(bochsrc, old_forms_act_and_say_how_they_are_written_today)
{
    noted("romimage: bios.bin, address=0xf0000", "file=PATH");
    cr_expect_str_eq(config.system_rom.path, "bios.bin");
    noted("megs: 16", "memory: guest=");
    cr_expect_eq(config.memory_bytes, 16 << 20);
    noted("ips: 5000000", "cpu: ips=");
    cr_expect_eq(config.ips, 5000000);
    noted("diskc: file=c.img, cyl=306, heads=4, spt=17", "ata0-master");
    cr_expect_eq(config.ata[0].device[0].type, ATA_DISK);
    cr_expect_eq(config.ata[0].device[0].cylinders, 306);
    noted("cdromd: dev=x.iso, status=inserted", "ata0-slave");
    cr_expect_eq(config.ata[0].device[1].type, ATA_CDROM);
    noted("time0: 938581955", "clock: time0=");
    cr_expect_eq(config.time0, 938581955);
    noted("boot: c", "floppy or disk");
    cr_expect_eq(config.boot[0], BOOT_DISK);
    noted("keyboard_serial_delay: 250", "keyboard: serial_delay=");
    cr_expect_eq(config.keyboard_serial_delay_us, 250);
    noted("cpuid: level=6, mmx=1, sep=1", "cpu: model=");
    noted("newharddrivesupport: enabled=1", "always on");
}

Test(bochsrc, a_network_card_is_the_one_that_card_names_wherever_that_stands)
{
    static const u8 mac[6] = { 0xb0, 0xc4, 0x20, 0x00, 0x00, 0x07 };

    taken("ne2k: ioaddr=0x340, irq=2, mac=b0:c4:20:00:00:07, ethmod=vnet, ethdev=/srv, card=2, script=loader");
    const struct nic_config *nic = &config.ne2k[2];
    cr_expect(nic->present && !nic->is_pci && nic->ioaddr == 0x340 && nic->irq == 9 && nic->ethmod == NETWORK_VNET);
    cr_expect(!memcmp(nic->mac, mac, 6) && !strcmp(nic->ethdev, "/srv") && !strcmp(nic->bootfile, "loader"));
    cr_expect_not(config.ne2k[0].present);
    taken("ne2k: type=pci");
    cr_expect(config.ne2k[0].present && config.ne2k[0].is_pci);
    taken("ne2k: card=2, enabled=0");
    cr_expect_not(config.ne2k[2].present);
    taken("pci: slot3=ne2k");
    cr_expect_str_eq(config.slot[2], "ne2k");
    refused("ne2k: card=4", "0 to 3");
    refused("ne2k: mac=b1:c4:20:00:00:00", "of one station");
    refused("ne2k: mac=b0:c4:20:00:00", "six bytes");
    refused("ne2k: irq=8", "an interrupt request");
    refused("ne2k: ioaddr=0x301", "a multiple of 20h");
    refused("ne2k: ethmod=slirp", "this one is not there");
}

Test(bochsrc, perturb_is_off_until_something_is_to_vary)
{
    taken("perturb: seed=0xffffffffffffffff");
    cr_expect(!perturb_wanted(&config.perturb));
    taken("perturb: timer=100, dma=25, ram=random, undefined=random");
    cr_expect(config.perturb.seed == UINT64_MAX && config.perturb.timer_ticks == 100 && config.perturb.completion_percent == 25);
    cr_expect(config.perturb.ram == PERTURB_RANDOM && config.perturb.undefined == PERTURB_RANDOM && perturb_wanted(&config.perturb));
    refused("perturb: dma=101", "0 to 100");
    refused("perturb: ram=dirty", "zero");
    taken("perturb: seed=0, timer=0, dma=0, ram=zero, undefined=model");
}
