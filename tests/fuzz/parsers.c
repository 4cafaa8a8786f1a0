/* Files that a person gives: each read through the door that the product reads it through, and used as the product uses it.  doc: fuzz */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "bios/images.h"
#include "config/arguments.h"
#include "config/bochsrc.h"
#include "config/write.h"
#include "cpu/base/bits.h"
#include "gui/debugger/symbols.h"
#include "tests/fuzz/hostile.h"
#include "tests/fuzz/kept.h"
#include "tests/fuzz/targets.h"

enum { MANY = 256 };

extern const u8 seed_program[], seed_program_end[];

static void refuse_silence(bool ok, const struct error *err, const char *what)
{
    if (ok || err->count) return;
    fprintf(stderr, "fuzz: %s: refused, and nothing is said\n", what);
    abort();
}

/* Inputs that create a machine, or destroy theirs: the contents decide, so that each alone does again what it did among others. */
static bool is_one_of_many(const u8 *bytes, size_t size) { return XXH3_64bits(bytes, size) % MANY == 0; }

static void give_text(target_seed give, void *context, const char *text) { give(context, text, strlen(text)); }

/* --- configuration --- */

const char *const config_words[] = {
    "cpu: ", "model=pentium", "model=", "count=2", "quantum=", "ips=", "megs: ", "memory: guest=", "host=", "romimage: file=", "address=0xfffe0000", "vgaromimage: file=", "optromimage1: file=", "floppya: 1_44=", "status=inserted", "type=1_44",
    "write_protected=1", "ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14", "ata0-master: type=disk, path=", "mode=growing", "mode=", "cylinders=", "heads=", "spt=", "translation=", "journal=", "ata1-slave: type=cdrom, path=", "boot: ",
    "com1: enabled=1, mode=", "parport1: enabled=1, file=", "mouse: enabled=1, type=", "keyboard: type=", "keymap=", "clock: sync=", "time0=", "display_library: ", "vga: extension=", "sound: driver=", "sb16: ", "es1370: ", "ne2k: ", "e1000: ",
    "ioaddr=0x300", "mac=52:54:00:12:34:56", "ethmod=vnet", "ethdev=", "usb_uhci: enabled=1, port1=", "pci: enabled=1, chipset=i440fx", "slot1=", "advopts=", "debug: action=", "log: ", "panic: action=ask", "limits: ", "sandbox: ", "gdbstub: ",
    "time_travel: ", "perturb: ", "symbols: ", "kernel: ", "cmosimage: file=", "port_e9_hack: enabled=1", "magic_break: enabled=1", "plugin_ctrl: ", "config_interface: ", "#include ", "\"", "\\\n", "$HOME", "${", "\t", "=", ",", ":", "0x", "-1", "4294967296", "18446744073709551616", NULL,
};

static void take_directives(char *text, struct machine_config *config)
{
    struct error err = { 0 }, notes = { 0 };

    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) bochsrc_directive("command line", line, config, &err, &notes);
}

/* What was read whole can be written, and read once more. */
static void write_again(const struct machine_config *config)
{
    static struct machine_config second;
    struct error err = { 0 }, notes = { 0 };
    FILE *f = fopen(in_room("written"), "w");

    if (!f) return;
    config_write(config, f);
    fclose(f);
    machine_config_defaults(&second);
    if (bochsrc_read(in_room("written"), &second, &err, &notes)) return;
    fprintf(stderr, "fuzz: config: what was written cannot be read: %s", err.text);
    abort();
}

void config_take(const u8 *bytes, size_t size)
{
    static struct machine_config config;
    struct error err = { 0 }, notes = { 0 };
    char *text = malloc(size + 1);

    room_put("bochsrc", bytes, size, 0);
    machine_config_defaults(&config);
    bool ok = bochsrc_read(in_room("bochsrc"), &config, &err, &notes);
    refuse_silence(ok, &err, "config");
    if (ok) write_again(&config);
    memcpy(text, bytes, size);
    text[size] = 0;
    take_directives(text, &config);
    free(text);
}

static void give_sample(target_seed give, void *context)
{
    char *text = NULL;
    size_t size = 0, from = 0;
    FILE *f = open_memstream(&text, &size), *before = stdout;

    stdout = f;
    bochsrc_sample();
    stdout = before;
    fclose(f);
    for (size_t i = 1; i + 1 < size; i++) {              /* paragraphs, and the whole of it */
        if (text[i] != '\n' || text[i + 1] != '\n' || i - from < 1500) continue;
        give(context, text + from, i - from);
        from = i + 1;
    }
    give(context, text, size);
    free(text);
}

void config_seeds(target_seed give, void *context)
{
    give_text(give, context, "cpu: model=pentium, count=2, ips=20000000\nmemory: guest=64\npci: enabled=1, slot1=ne2k\nne2k: mac=52:54:00:12:34:56, ethmod=vnet\nata0-master: type=disk, path=\"a b.img\", mode=volatile\nboot: cdrom, disk\n");
    give_text(give, context, "megs: 32\nfloppya: 1_44=builtin:demo, status=inserted\ncom1: enabled=1, mode=file, dev=serial.txt\nsb16: enabled=1\nclock: sync=none, time0=946684800\nlimits: serial=1M\nsandbox: off\n#include missing\n");
    give_sample(give, context);
}

const char *const arguments_words[] = { "-q", "-f", "-n", "-rc", "-r", "-log", "--headless", "--max-instructions", "--max-time", "--max-wall", "--record", "--replay", "--kernel", "--initrd", "--append", "--clones", "--perturb",
                                       "--display", "--screenshot", "--wait", "-dbglog", "-benchmark", "1e9", "cpu: count=2", "1-9", "\n", NULL };

/* A word a line. */
void arguments_take(const u8 *bytes, size_t size)
{
    enum { WORDS = 64 };
    static struct machine_config config;
    static struct arguments a;
    struct error err = { 0 }, notes = { 0 };
    char *text = malloc(size + 1), *word[WORDS + 2] = { "orrery" };
    int count = 1;

    memcpy(text, bytes, size);
    text[size] = 0;
    for (char *line = strtok(text, "\n"); line && count <= WORDS; line = strtok(NULL, "\n")) word[count++] = line;
    memset(&a, 0, sizeof a);
    machine_config_defaults(&config);
    bool ok = arguments_parse(count, word, &a, &err);
    refuse_silence(ok, &err, "arguments");
    for (unsigned i = 0; ok && i < a.directives; i++) bochsrc_directive("command line", a.directive[i], &config, &err, &notes);
    free(text);
}

void arguments_seeds(target_seed give, void *context)
{
    give_text(give, context, "-q\n-f\nbochsrc\n-rc\nscript\n--headless\nfloppya: 1_44=a.img, status=inserted\n");
    give_text(give, context, "-n\n--max-instructions\n1000000\n--max-time\n2.5\ncpu: model=i486\nmemory: guest=16\n");
}

/* --- keyboards --- */

const char *const keymap_words[] = { "BX_KEY_A", "BX_KEY_SHIFT_L", "BX_KEY_ALT_R", "+", "'a'", "'\\n'", "none", "XK_a", "XK_", "SDLK_a", " ", "\t", "#", "'", "\xc3\xa4", NULL };

void keymap_take(const u8 *bytes, size_t size)
{
    struct keymap map;
    struct error err = { 0 };

    room_put("keymap", bytes, size, 0);
    refuse_silence(keymap_read(&map, in_room("keymap"), &err), &err, "keymap");
}

void keymap_seeds(target_seed give, void *context)
{
    give_text(give, context, "# a layout\nBX_KEY_A 'a' XK_a\nBX_KEY_A + BX_KEY_SHIFT_L 'A' XK_A\nBX_KEY_2+BX_KEY_ALT_R+BX_KEY_SHIFT_L '@' XK_at\nBX_KEY_ENTER none XK_Return\n");
    give_text(give, context, "BX_KEY_Q 'a' SDLK_q\r\nBX_KEY_MINUS '\xc3\x9f' SDLK_WORLD_63\n\nBX_KEY_SPACE ' ' SDLK_SPACE\n");
}

/* --- symbols --- */

static void see_symbol(void *context, u64 address, const char *name) { *(u64 *)context ^= address + (u8)name[0]; }

static bool read_nothing(void *context, u64 address, unsigned bytes, u64 *value)
{
    (void)context, (void)bytes;
    *value = address >> 4;
    return true;
}

/* Every question that the debugger asks. */
static void ask(struct symbols *s, u64 address)
{
    char text[SYMBOL_TEXT];
    struct symbol_line line;
    struct symbol_frame frame = { .pc = address, .known = 0xffff };
    u64 offset;
    unsigned found;

    frame.gpr[4] = 0x9000, frame.gpr[5] = 0x9010;
    symbols_at(s, address, &offset);
    symbols_in_code(s, address);
    symbols_text(s, address, text), symbols_name(s, address, text), symbols_text_of_return(s, address, text);
    if (symbols_line(s, address, &line)) symbols_line_address(s, line.file, line.line + 1, &offset, &found);
    for (unsigned bits = 32; bits <= 64; bits += 32)
        for (unsigned i = 0; i < 4; i++)
            if (!symbols_unwind(s, &frame, &(struct symbol_stack){ .read = read_nothing, .bits = bits })) break;
}

void symbols_take(const u8 *bytes, size_t size)
{
    static const u64 addresses[] = { 0, 0x1000, 0x100000, 0x100002, 0x10000a, 0x100010, 0x100018, 0x100020, 0x100030, 0xffffffff, 0xffffffff81000000, UINT64_MAX };
    struct symbols *s = symbols_open();
    struct error err = { 0 };
    u64 sum = 0, address;

    room_put("symbols", bytes, size, 0);
    symbols_in_program(in_room("symbols"));
    refuse_silence(symbols_load(s, in_room("symbols"), 0, &err), &err, "symbols");
    (void)symbols_load(s, in_room("symbols"), 0xfff00000, &err);
    for (unsigned i = 0; i < ARRAY_COUNT(addresses); i++) ask(s, addresses[i]);
    symbols_find(s, "_start", &address);
    symbols_each(s, "", see_symbol, &sum);
    symbols_free(s);
}

void symbols_seeds(target_seed give, void *context)
{
    give(context, seed_program, (size_t)(seed_program_end - seed_program));
    give_text(give, context, "00001000 T _start\n00001010 t sum\n00002000 D numbers\n         U outside\n");
    give_text(give, context, "0x7c00 boot\n7c10 print_string\nffffffff81000000 startup_64\n");
}

const char *const symbols_words[] = { " T ", " t ", " U ", "\n", "0x", "ffffffffffffffff", ".symtab", ".strtab", ".debug_line", ".debug_frame", "\177ELF", "\x11\x01", "\x12\x2e", NULL };

/* --- kernels --- */

/* First one byte: which machine and which of its files they are. */
void kernel_take(const u8 *bytes, size_t size)
{
    static struct kernel_config config;
    struct kernel_image image = { 0 };
    struct error err = { 0 };
    u8 kind = size ? *bytes : 0;

    if (size) bytes++, size--;
    memset(&config, 0, sizeof config);
    room_put("kernel", bytes, size, 0);
    snprintf(config.path, sizeof config.path, "%s", in_room("kernel"));
    if (kind & 1) snprintf(config.initrd, sizeof config.initrd, "%s", in_room("kernel"));
    if (kind & 2) snprintf(config.module[0].path, sizeof config.module[0].path, "%s", in_room("kernel"));
    strcpy(config.cmdline, kind & 4 ? "vga=ask mem=7m quiet" : kind & 8 ? "mem=99999999999g" : "");
    refuse_silence(kernel_image_load(&image, &config, (u64)(kind & 16 ? 2 : 64) << 20, &err), &err, "kernel");
    kernel_image_free(&image);
}

/* A bzImage of two set-up sectors, protocol 2.06 or 2.10. */
static void give_linux(target_seed give, void *context, u16 version)
{
    static u8 image[1 + 6 * 512];

    image[1 + 0x1f1] = 2;
    put32(image + 1 + 0x1f4, 0x30), put16(image + 1 + 0x1fe, 0xaa55), put16(image + 1 + 0x200, 0x66eb), put32(image + 1 + 0x202, 0x53726448), put16(image + 1 + 0x206, version);
    image[1 + 0x211] = 1, put32(image + 1 + 0x214, 0x100000), put32(image + 1 + 0x22c, 0x37ffffff), put32(image + 1 + 0x238, 255), put64(image + 1 + 0x258, 0x100000), put32(image + 1 + 0x260, 0x8000);
    give(context, image, sizeof image);
}

void kernel_seeds(target_seed give, void *context)
{
    size_t size = (size_t)(seed_program_end - seed_program);
    u8 *kernel = calloc(1, size + 1);
    static u8 flat[65] = { 0 };

    memcpy(kernel + 1, seed_program, size);
    give(context, kernel, size + 1);
    free(kernel);
    give_linux(give, context, 0x206), give_linux(give, context, 0x20a);
    put32(flat + 1, 0x1badb002), put32(flat + 5, 0x10003), put32(flat + 9, -(0x1badb002u + 0x10003));
    put32(flat + 13, 0x100000), put32(flat + 17, 0x100000), put32(flat + 21, 0x100040), put32(flat + 25, 0x101000), put32(flat + 29, 0x100020);
    give(context, flat, sizeof flat);
    memset(flat, 0, sizeof flat);
    put32(flat + 1, 0xe85250d6), put32(flat + 9, 48), put32(flat + 13, -(0xe85250d6u + 48)), put16(flat + 17, 2), put32(flat + 21, 24), put32(flat + 25, 0x100000), put32(flat + 29, 0x100000), put32(flat + 41, 0);
    put16(flat + 41, 0), put32(flat + 45, 8);
    give(context, flat, sizeof flat);
}

const char *const kernel_words[] = { "HdrS", "\x55\xaa", "\x02\xb0\xad\x1b", "\xd6\x50\x52\xe8", "\177ELF", "\x01\x01\x01", NULL };

/* --- ROMs, and what is in the CMOS --- */

enum { ROM_TICKS = 3000 };

/* Which machine, and which of its files the rest of an input is. */
enum { ROM_KIND = 3, ROM_CMOS = 3, ROM_HIGH = 4, ROM_PCI = 8 };

static void name_rom(struct machine_config *c, u8 kind)
{
    struct rom_config *rom = (kind & ROM_KIND) == 0 ? &c->system_rom : (kind & ROM_KIND) == 1 ? &c->vga_rom : &c->option_rom[0];

    if ((kind & ROM_KIND) == ROM_CMOS) strcpy(c->cmos_image, in_room("rom")), c->cmos_image_rtc = kind & ROM_HIGH;
    else strcpy(rom->path, in_room("rom")), rom->address = kind & ROM_HIGH ? 0xd0000 : 0;
}

static void run_roms(struct machine *m)
{
    machine_run(m, ROM_TICKS);
    check_invariants(m);
}

/* One as it is created: some inputs'. */
static void create_with_rom(const struct machine_config *plain, u8 kind)
{
    static struct machine_config config;
    struct error err = { 0 };

    config = *plain;
    name_rom(&config, kind);
    struct machine *m = machine_create(&config, &err);
    refuse_silence(m, &err, "rom");
    if (m) run_roms(m);
    machine_destroy(m);
}

/* One that is there already loads them, and is switched on. */
static void change_roms(struct kept_machine *kept, const struct machine_config *plain, u8 kind)
{
    struct error err = { 0 };
    struct machine *m = kept_begin(kept, plain, &err);

    if (!m) fputs(err.text, stderr), abort();
    m->config = *plain;
    name_rom(&m->config, kind);
    bool ok = memory_change_roms(m, &err) && board_load_cmos(m, &err);
    refuse_silence(ok, &err, "rom");
    if (!ok) return;
    board_reset(m);
    run_roms(m);
}

/* First one byte: what the file is for. */
void rom_take(const u8 *bytes, size_t size)
{
    static struct kept_machine kept[2];
    static struct machine_config plain;
    u8 kind = size ? *bytes : 0;

    if (size) bytes++, size--;
    room_put("rom", bytes, size, 0);
    machine_config_defaults(&plain);
    plain.memory_bytes = 1 << 20;
    plain.pci = kind & ROM_PCI ? PCI_ON : PCI_OFF;
    plain.vga.extension = VGA_NONE;
    if (is_one_of_many(bytes, size)) create_with_rom(&plain, kind);
    else change_roms(&kept[plain.pci == PCI_ON], &plain, kind);
}

void rom_seeds(target_seed give, void *context)
{
    u8 *rom = calloc(1, 1 + bios_system_image_size);

    memcpy(rom + 1, bios_system_image, bios_system_image_size);
    give(context, rom, 1 + bios_system_image_size);
    rom[0] = 1;
    memcpy(rom + 1, bios_vga_image, bios_vga_image_size);
    give(context, rom, 1 + bios_vga_image_size);
    rom[0] = 2 | 4;
    memcpy(rom + 1, kernel_loader_image, kernel_loader_image_size);
    give(context, rom, 1 + kernel_loader_image_size);
    memset(rom, 0, 257);
    rom[0] = 3, rom[11] = 0x26, rom[12] = 2, rom[14] = 0x80, rom[17] = 0x40;
    give(context, rom, 129), give(context, rom, 257);
    free(rom);
}

const char *const rom_words[] = { "\x55\xaa", "_32_", "$PnP", "PCIR", "\xea", "\xcb", NULL };

/* --- journals --- */

static void keep_directive(void *context, const char *directive)
{
    struct error err = { 0 }, notes = { 0 };
    if (!strncmp(directive, "cpu", 3) || !strncmp(directive, "mem", 3)) bochsrc_directive("journal", directive, context, &err, &notes);
}

static void configure_small(struct machine_config *c)
{
    machine_config_defaults(c);
    c->memory_bytes = 1 << 20;
    c->pci = PCI_OFF;
    c->vga.extension = VGA_NONE;
    c->limits = (struct limits_config){ 0 };             /* what a guest has had of the host is no machine's state */
    strcpy(c->floppy[0].path, DEMO_DISK);
    c->com[0] = (struct com_config){ .enabled = true, .mode = COM_NULL };
}

/* What a replay may change that no checkpoint brings back. */
static bool mentions(const u8 *bytes, size_t size, const char *word) { return memmem(bytes, size, word, strlen(word)); }

static void media_as_ever(struct machine *m)
{
    struct error err = { 0 };

    for (unsigned n = 0; n < CONFIG_FLOPPIES; n++) disks_floppy_eject(m, n);
    if (!disks_floppy_insert(m, 0, DEMO_DISK, false, &err)) fputs(err.text, stderr), abort();
}

void journal_take(const u8 *bytes, size_t size)
{
    static struct machine_config config, said;
    static struct kept_machine kept;
    struct error err = { 0 };
    u64 end = 0, recorded, got;

    room_put("journal", bytes, size, 0);
    configure_small(&config);
    refuse_silence(machine_journal_config(in_room("journal"), keep_directive, &said, &err), &err, "journal");
    struct machine *m = kept_begin(&kept, &config, &err);
    if (!m) fputs(err.text, stderr), abort();
    memset(&err, 0, sizeof err);
    bool ok = machine_replay(m, in_room("journal"), &end, &err);
    refuse_silence(ok, &err, "journal");
    if (ok) machine_run(m, end < 50000 ? end : 50000), machine_replay_agrees(m, &recorded, &got);
    check_invariants(m);
    if (is_one_of_many(bytes, size) || m->clone) kept_drop(&kept);
    else if (mentions(bytes, size, "floppy")) media_as_ever(m), kept_media(&kept);
}

/* One that a machine has recorded. */
void journal_seeds(target_seed give, void *context)
{
    static struct machine_config config;
    struct error err = { 0 };
    u8 bytes[65536];

    configure_small(&config);
    for (unsigned n = 0; n < 2; n++) {
        struct machine *m = machine_create(&config, &err);
        unlink(in_room("recorded"));
        if (!m || !machine_record(m, in_room("recorded"), "cpu: model=pentium\nmemory: guest=1\n", NULL, &err)) fputs(err.text, stderr), exit(2);
        machine_run(m, 1000), machine_key(m, 4, true), machine_mouse(m, 3, -4, 0, 1), machine_run(m, 500), machine_key(m, 4, false), machine_type(m, "ab\n");
        machine_serial_send(m, 0, "hello", 5), machine_run(m, 2000), machine_joystick(m, 0, 1, 2, 3), machine_poke(m, 0x5000, "xyz", 3);
        if (n) machine_floppy_eject(m, 0), machine_run(m, 700), machine_floppy_insert(m, 0, DEMO_DISK, true, &err), machine_set_register(m, 0, "eax", 5, &err), machine_reset(m), machine_run(m, 10);
        machine_destroy(m);
        FILE *f = fopen(in_room("recorded"), "rb");
        size_t size = f ? fread(bytes, 1, sizeof bytes, f) : 0;
        if (f) fclose(f);
        give(context, bytes, size);
    }
}

const char *const journal_words[] = { "start", "end ", "config ", "image ", "snapshot ", "key ", "mouse ", "type ", "serial ", "line ", "frame ", "floppy ", "eject", "insert", "reset", "poke ", "register ", "joystick ", "point ", "cd ", "4294967296", "18446744073709551615", "-1", "\n", NULL };
