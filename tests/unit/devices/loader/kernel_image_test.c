/* Kernels without a disk: where their parts go, and what is said of files that are none. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bios/kernel/plan.h"
#include "devices/loader/kernel_image.h"
#include "tests/unit/room.h"

enum { MIB = 1 << 20, RAM = 64 * MIB, KERNEL_BYTES = 4096, SETUP_BYTES = 2 * 512 };

static u8 file[65536];
static struct kernel_config config;
static struct error err;

static void put(u32 at, u64 value, unsigned bytes) { for (unsigned i = 0; i < bytes; i++) file[at + i] = (u8)(value >> 8 * i); }
static u32 get(const u8 *p) { return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24; }

static void write_file(char *path, const char *name, const u8 *bytes, size_t size)
{
    snprintf(path, CONFIG_PATH, "%s/%s-%d", test_place(), name, (int)getpid());
    FILE *f = fopen(path, "wb");
    cr_assert(f && fwrite(bytes, 1, size, f) == size && fclose(f) == 0);
}

static bool load(struct kernel_image *image, size_t size)
{
    write_file(config.path, "kernel", file, size);
    err = (struct error){ 0 };
    bool ok = kernel_image_load(image, &config, RAM, &err);
    unlink(config.path);
    if (config.initrd[0]) unlink(config.initrd);
    return ok;
}

static void expect_refused(size_t size, const char *word)
{
    struct kernel_image image;
    cr_expect(!load(&image, size), "a file without \"%s\" is taken", word);
    cr_expect(strstr(err.text, word), "\"%s\" does not say \"%s\"", err.text, word);
    cr_expect_null(image.plan);
}

/* Piece n of the plan. */
static u32 place(const struct kernel_image *image, unsigned n) { return get(image->plan + (PLAN_WORDS + 2 * n) * 4); }
static u32 length(const struct kernel_image *image, unsigned n) { return get(image->plan + (PLAN_WORDS + 2 * n + 1) * 4); }
static u32 word(const struct kernel_image *image, enum plan_word n) { return get(image->plan + n * 4); }
static const u8 *content(const struct kernel_image *image, unsigned n)
{
    const u8 *at = image->bytes;
    for (unsigned i = 0; i < n; i++) at += length(image, i);
    return at;
}

static void setup(void)
{
    memset(file, 0, sizeof file);
    config = (struct kernel_config){ 0 };
}
TestSuite(kernel_image, .init = setup);

/* --- Linux --- */

static void linux_of(u16 version, u8 loadflags)
{
    file[0x1f1] = 1;
    put(0x1f4, KERNEL_BYTES / 16, 4);
    put(0x1fe, 0xaa55, 2);
    put(0x202, 0x53726448, 4);
    put(0x206, version, 2);
    file[0x211] = loadflags;
    put(0x22c, 0x37ffffff, 4);
    put(0x238, 2047, 4);
    put(0x258, 16 * MIB, 8);
    put(0x260, 8 * MIB, 4);
    memset(file + SETUP_BYTES, 0xcc, KERNEL_BYTES);
}

Test(kernel_image, a_bzimage_goes_to_1_mib_and_its_set_up_code_to_64_kib)
{
    struct kernel_image image;

    linux_of(0x20f, 1);
    strcpy(config.cmdline, "quiet");
    cr_assert(load(&image, SETUP_BYTES + KERNEL_BYTES + 100), "%s", err.text);        /* a signature behind it is not loaded */
    cr_expect_eq(word(&image, PLAN_KIND), PLAN_LINUX);
    cr_expect_eq(word(&image, PLAN_ENTRY), 0x1000);
    cr_expect_eq(word(&image, PLAN_STACK), 0xe000);
    cr_expect_eq(word(&image, PLAN_PIECES), 3);
    cr_expect_eq(place(&image, 0), MIB);
    cr_expect_eq(length(&image, 0), KERNEL_BYTES);
    cr_expect_eq(place(&image, 1), 0x1e000);
    cr_expect_str_eq((const char *)content(&image, 1), "quiet");
    cr_expect_eq(place(&image, 2), 0x10000);
    const u8 *header = content(&image, 2);
    cr_expect_eq(header[0x210], 0xff);
    cr_expect_eq(header[0x211], 0x81);
    cr_expect_eq(get(header + 0x224) & 0xffff, 0xde00);
    cr_expect_eq(get(header + 0x228), 0x1e000);
    cr_expect_eq(get(header + 0x218), 0);
    kernel_image_free(&image);
}

Test(kernel_image, a_zimage_goes_to_64_kib_and_has_its_command_line_behind_90000h)
{
    struct kernel_image image;

    linux_of(0x201, 0);
    strcpy(config.cmdline, "auto");
    cr_assert(load(&image, SETUP_BYTES + KERNEL_BYTES), "%s", err.text);
    cr_expect_eq(word(&image, PLAN_ENTRY), 0x9000);
    cr_expect_eq(place(&image, 0), 0x10000);
    cr_expect_eq(place(&image, 1), 0x99800);
    const u8 *header = content(&image, 2);
    cr_expect_eq(get(header + 0x20), 0x9800a33f);
    cr_expect_eq(get(header + 0x212) & 0xffff, 0x9805);
    kernel_image_free(&image);
}

Test(kernel_image, an_initial_ram_disk_lies_high_but_below_its_limit_and_mem)
{
    static const struct { const char *cmdline; u32 limit, at; } cases[] = {
        { "", 0x37ffffff, 63 * MIB - 4096 }, { "mem=48M", 0x37ffffff, 48 * MIB - 4096 }, { "", 40 * MIB - 1, 40 * MIB - 4096 },
    };
    u8 disk[3000] = { 0x1f, 0x8b };
    struct kernel_image image;

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        setup();
        linux_of(0x20f, 1);
        put(0x22c, cases[i].limit, 4);
        strcpy(config.cmdline, cases[i].cmdline);
        write_file(config.initrd, "initrd", disk, sizeof disk);
        cr_assert(load(&image, SETUP_BYTES + KERNEL_BYTES), "%s", err.text);
        cr_expect_eq(place(&image, 1), cases[i].at, "case %u: %x", i, place(&image, 1));
        cr_expect_eq(get(content(&image, 3) + 0x218), cases[i].at);
        cr_expect_eq(get(content(&image, 3) + 0x21c), sizeof disk);
        kernel_image_free(&image);
    }
}

Test(kernel_image, vga_on_the_command_line_is_the_loaders)
{
    static const struct { const char *cmdline; u16 mode; } cases[] = { { "quiet vga=ask", 0xfffd }, { "vga=0x317 quiet", 0x317 }, { "vga=normal", 0xffff }, { "xvga=2", 0 } };
    struct kernel_image image;

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        setup();
        linux_of(0x20f, 1);
        strcpy(config.cmdline, cases[i].cmdline);
        cr_assert(load(&image, SETUP_BYTES + KERNEL_BYTES), "%s", err.text);
        cr_expect_eq(get(content(&image, 2) + 0x1fa) & 0xffff, cases[i].mode, "%s", cases[i].cmdline);
        kernel_image_free(&image);
    }
}

Test(kernel_image, what_is_wrong_with_a_linux_kernel_is_said)
{
    u8 disk[16] = { 0 };

    linux_of(0x20f, 1);
    expect_refused(SETUP_BYTES + KERNEL_BYTES - 17, "cut off");
    expect_refused(SETUP_BYTES, "cut off in its set-up code");
    put(0x260, 49 * MIB, 4);
    expect_refused(SETUP_BYTES + KERNEL_BYTES, "the machine has 64 MiB");
    put(0x260, 47 * MIB, 4);
    write_file(config.initrd, "initrd", disk, sizeof disk);
    expect_refused(SETUP_BYTES + KERNEL_BYTES, "do not fit");
    strcpy(config.initrd, "/nowhere/initrd");
    expect_refused(SETUP_BYTES + KERNEL_BYTES, "initrd: \"/nowhere/initrd\": No such file");
    config.initrd[0] = 0;
    memset(config.cmdline, 'x', 300);
    put(0x238, 255, 4);
    put(0x260, MIB, 4);
    expect_refused(SETUP_BYTES + KERNEL_BYTES, "this kernel takes 255");
    config.cmdline[0] = 0;
    strcpy(config.module[1].path, "x");
    expect_refused(SETUP_BYTES + KERNEL_BYTES, "module2: is for Multiboot");
}

/* --- Multiboot --- */

enum { ELF_BYTES = 0x200, LOAD = 0x100000, HEADER_AT = 0x100 };

/* An ELF file with one segment: the file whole at 1 MiB and as many zeros behind it. */
static void elf_of(u8 class)
{
    bool wide = class == 2;
    u32 at = wide ? 64 : 52;

    memcpy(file, "\177ELF", 4);
    file[4] = class;
    file[5] = 1;
    put(16, 2, 2);
    put(18, wide ? 62 : 3, 2);
    put(24, 0xc0000000 + 0x180, 4);
    put(wide ? 32 : 28, at, 4);
    put(wide ? 54 : 42, wide ? 56 : 32, 2);
    put(wide ? 56 : 44, 1, 2);
    put(at, 1, 4);
    put(at + (wide ? 16 : 8), 0xc0000000, 4);
    put(at + (wide ? 24 : 12), LOAD, 4);
    put(at + (wide ? 32 : 16), ELF_BYTES, 4);
    put(at + (wide ? 40 : 20), 2 * ELF_BYTES, 4);
}

static void header_1(u32 flags)
{
    put(HEADER_AT, 0x1badb002, 4);
    put(HEADER_AT + 4, flags, 4);
    put(HEADER_AT + 8, -(0x1badb002u + flags), 4);
}

/* A header with one tag before its end. */
static void header_2(u16 tag, u16 flags, u32 size, u32 word)
{
    u32 length = 16 + ((size + 7) & ~7u) + 8;

    memset(file + HEADER_AT, 0, 0x80);
    put(HEADER_AT, 0xe85250d6, 4);
    put(HEADER_AT + 8, length, 4);
    put(HEADER_AT + 12, -(0xe85250d6u + length), 4);
    put(HEADER_AT + 16, tag, 2);
    put(HEADER_AT + 18, flags, 2);
    put(HEADER_AT + 20, size, 4);
    put(HEADER_AT + 24, word, 4);
    put(HEADER_AT + length - 4, 8, 4);
}

Test(kernel_image, segments_go_to_physical_addresses_zeros_last_and_the_entry_is_translated)
{
    struct kernel_image image;

    for (u8 class = 1; class <= 2; class++) {
        setup();
        elf_of(class);
        header_1(3);
        cr_assert(load(&image, ELF_BYTES), "%s", err.text);
        cr_expect_eq(word(&image, PLAN_KIND), PLAN_MULTIBOOT);
        cr_expect_eq(word(&image, PLAN_ENTRY), LOAD + 0x180);
        cr_expect_eq(word(&image, PLAN_PIECES), 3);
        cr_expect_eq(place(&image, 0), LOAD);
        cr_expect_eq(place(&image, 1), LOADER_INFO);
        cr_expect_eq(place(&image, 2), LOAD + ELF_BYTES);
        cr_expect_eq(length(&image, 2), ELF_BYTES);
        cr_expect_eq(length(&image, 0) + length(&image, 1), image.size_bytes);
        kernel_image_free(&image);
    }
}

Test(kernel_image, a_header_with_addresses_needs_no_elf)
{
    struct kernel_image image;

    header_1(0x10000);
    put(HEADER_AT + 12, 2 * MIB + HEADER_AT - 0x80, 4);      /* header_addr, load_addr, load_end_addr, bss_end_addr, entry_addr */
    put(HEADER_AT + 16, 2 * MIB, 4);
    put(HEADER_AT + 20, 2 * MIB + 0x100, 4);
    put(HEADER_AT + 24, 2 * MIB + 0x300, 4);
    put(HEADER_AT + 28, 2 * MIB + 0x90, 4);
    cr_assert(load(&image, ELF_BYTES), "%s", err.text);
    cr_expect_eq(word(&image, PLAN_ENTRY), 2 * MIB + 0x90);
    cr_expect_eq(place(&image, 0), 2 * MIB);
    cr_expect_eq(length(&image, 0), 0x100);
    cr_expect_eq(get(content(&image, 0) + 0x80), 0x1badb002);
    cr_expect_eq(place(&image, 2), 2 * MIB + 0x100);
    cr_expect_eq(length(&image, 2), 0x200);
    kernel_image_free(&image);
}

Test(kernel_image, modules_lie_on_pages_above_the_kernel_with_their_text)
{
    u8 first[5000] = { 1 }, second[10] = { 2 };
    struct kernel_image image;

    elf_of(1);
    header_1(1);
    write_file(config.initrd, "initrd", first, sizeof first);
    write_file(config.module[3].path, "module", second, sizeof second);
    strcpy(config.module[3].cmdline, "the second");
    cr_assert(load(&image, ELF_BYTES), "%s", err.text);
    unlink(config.module[3].path);
    const u8 *info = content(&image, 3);
    const u8 *list = info + get(info + 24) - LOADER_INFO;
    cr_expect_eq(get(info + 20), 2);
    cr_expect_eq(get(list), LOAD + 0x1000);
    cr_expect_eq(get(list + 4), LOAD + 0x1000 + sizeof first);
    cr_expect_eq(get(list + 16), LOAD + 0x3000);
    cr_expect_eq(get(list + 20), LOAD + 0x3000 + sizeof second);
    cr_expect_str_eq((const char *)info + get(list + 24) - LOADER_INFO, "the second");
    kernel_image_free(&image);
}

Test(kernel_image, what_is_wrong_with_a_multiboot_kernel_is_said)
{
    expect_refused(ELF_BYTES, "neither a Linux bzImage nor");
    file[0] = 0x1f, file[1] = 0x8b;
    expect_refused(ELF_BYTES, "gunzip");
    setup();
    elf_of(1);
    expect_refused(ELF_BYTES, "without a Multiboot header");
    header_1(0x23);
    expect_refused(ELF_BYTES, "flags 20h");
    header_1(3);
    expect_refused(ELF_BYTES - 1, "segment 0 is cut off");
    put(52 + 12, 0x8000, 4);
    expect_refused(ELF_BYTES, "belongs at 8000h");
    put(52 + 12, RAM - ELF_BYTES, 4);
    expect_refused(ELF_BYTES, "memory: guest=64");
    put(52 + 12, UINT32_MAX, 4);
    expect_refused(ELF_BYTES, "there is memory for it from 10000h");
    put(52 + 12, LOAD, 4);
    put(24, 0x5000, 4);
    expect_refused(ELF_BYTES, "its entry 5000h lies in no ELF segment");
    put(18, 40, 2);
    expect_refused(ELF_BYTES, "for another processor");
    put(18, 3, 2);
    put(16, 1, 2);
    expect_refused(ELF_BYTES, "not an executable");
    put(16, 2, 2);
    put(44, 60, 2);
    expect_refused(ELF_BYTES, "program headers lie outside");
    elf_of(1);
    header_2(1, 0, 12, 9);
    expect_refused(ELF_BYTES, "requires information of type 9");
    header_2(7, 0, 8, 0);
    expect_refused(ELF_BYTES, "requires what this loader has not (tag 7)");
    header_2(4, 0, 12, 3);
    put(HEADER_AT + 20, 200, 4);
    expect_refused(ELF_BYTES, "is cut off");
    strcpy(config.module[0].path, "/nowhere/module");
    header_2(4, 0, 12, 3);
    expect_refused(ELF_BYTES, "module1: \"/nowhere/module\": No such file");
}

Test(kernel_image, version_2_has_tags_and_optional_wishes_do_not_stop_it)
{
    struct kernel_image image;

    elf_of(2);
    header_1(3);
    memset(file + HEADER_AT, 0, 0x80);
    header_2(1, 1, 12, 9);
    strcpy(config.cmdline, "abc");
    cr_assert(load(&image, ELF_BYTES), "%s", err.text);
    const u8 *info = content(&image, 1);
    cr_expect_eq(word(&image, PLAN_KIND), PLAN_MULTIBOOT2);
    cr_expect_eq(get(info + 8), 1);
    cr_expect_eq(get(info + 12), 12);
    cr_expect_str_eq((const char *)info + 16, "abc");
    cr_expect_eq(word(&image, PLAN_MAP) & 7, 0);
    kernel_image_free(&image);
}
