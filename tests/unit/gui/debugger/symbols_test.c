/* Names of addresses: the forms of their files, what an address is called, and files that are none. */
#include <criterion/criterion.h>

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gui/debugger/symbols.h"
#include "tests/unit/room.h"

static struct symbols *table;
static struct error err;
static char path[TEST_ROOM];

static void setup(void)
{
    close(test_file(path));
    table = symbols_open();
    err = (struct error){ 0 };
}
static void done(void)
{
    symbols_free(table);
    unlink(path);
}
TestSuite(symbols, .init = setup, .fini = done);

static bool load(const void *content, size_t size, u64 base)
{
    FILE *f = fopen(path, "wb");

    cr_assert(f && (!size || fwrite(content, size, 1, f) == 1) && !fclose(f));
    return symbols_load(table, path, base, &err);
}

static bool load_text(const char *text) { return load(text, strlen(text), 0); }

static void is_called(u64 address, const char *wanted)
{
    char text[SYMBOL_TEXT];
    cr_expect_str_eq(symbols_text(table, address, text), wanted, "%llx is \"%s\", not \"%s\"", (unsigned long long)address, text, wanted);
}

static void is_at(const char *name, u64 wanted)
{
    u64 address = 0;
    cr_expect(symbols_find(table, name, &address), "%s is missing", name);
    cr_expect_eq(address, wanted, "%s is at %llx", name, (unsigned long long)address);
}

/* --- text --- */

Test(symbols, lines_of_bochs_nm_and_system_map_give_names)
{
    cr_assert(load_text("7c00 boot\n"
                        "0x7c3e start   # a comment\n"
                        "\n"
                        "0000000000008000 T kernel\n"
                        "ffffffff81000000 t startup_64\n"
                        "0000000000009000 0000000000000010 D sized\n"
                        "ffffffffc0000000 t helper\t[module]\n"
                        "                 U printf\n"
                        "a one_digit\n"), "%s", err.text);
    is_at("boot", 0x7c00);
    is_at("start", 0x7c3e);
    is_at("kernel", 0x8000);
    is_at("startup_64", 0xffffffff81000000);
    is_at("sized", 0x9000);
    is_at("helper", 0xffffffffc0000000);
    is_at("one_digit", 10);
    cr_expect_eq(symbols_count(table), 7);
}

Test(symbols, a_name_reaches_to_the_next_one_or_as_far_as_its_size)
{
    cr_assert(load_text("1000 T first\n1010 T second\n2000 0000000000000008 T sized\n"), "%s", err.text);
    is_called(0xfff, "");
    is_called(0x1000, "first+0x0");
    is_called(0x100f, "first+0xf");
    is_called(0x1010, "second+0x0");
    is_called(0x1fff, "second+0xfef");
    is_called(0x2007, "sized+0x7");
    is_called(0x2008, "");
}

Test(symbols, the_last_name_does_not_reach_for_ever)
{
    cr_assert(load_text("1000 T only\n"));
    is_called(0x1000 + 0xfffff, "only+0xfffff");
    is_called(0x1000 + 0x100000, "");
    is_called(0xffffffff81000000, "");
}

Test(symbols, an_address_has_the_name_of_a_function_before_that_of_a_label)
{
    cr_assert(load_text("1000 a_label\n1000 t a_local_function\n1000 T function\n"));
    is_called(0x1004, "function+0x4");
    is_at("a_label", 0x1000);
}

Test(symbols, names_of_data_are_no_code)
{
    cr_assert(load_text("1000 T function\n2000 d object\n3000 plain\n4000 0000000000000004 W weak\n"));
    cr_expect(symbols_in_code(table, 0x1fff));
    cr_expect_not(symbols_in_code(table, 0x2000));
    cr_expect(symbols_in_code(table, 0x3000));
    cr_expect(symbols_in_code(table, 0x4003));
    cr_expect_not(symbols_in_code(table, 0x4004));
    cr_expect_not(symbols_in_code(NULL, 0x1000));
}

Test(symbols, an_absolute_symbol_is_a_number_and_no_place)
{
    cr_assert(load_text("0000000000000000 A fixed_percpu_data\n0000000000000100 A limit\n0000000000000200 T code\n"));
    is_at("limit", 0x100);
    is_called(0x100, "");
    is_called(0x204, "code+0x4");
}

Test(symbols, files_join_and_a_base_moves_places)
{
    cr_assert(load_text("1000 T one\n"));
    cr_assert(load("10 T two\n5 A five\n", 18, 0x2000));
    is_at("one", 0x1000);
    is_at("two", 0x2010);
    is_at("five", 5);
    is_called(0x2010, "two+0x0");
}

static void count_one(void *context, u64 address, const char *name)
{
    (void)address, (void)name;
    ++*(unsigned *)context;
}

Test(symbols, a_prefix_chooses)
{
    unsigned count = 0;

    cr_assert(load_text("1 a\n2 ab\n3 abc\n4 b\n"));
    symbols_each(table, "ab", count_one, &count);
    cr_expect_eq(count, 2);
}

Test(symbols, a_wrong_file_says_where_and_changes_nothing)
{
    static const struct { const char *text, *message; } row[] = {
        { "1000 T one\nno address\n", ":2: neither" },
        { "1000\n", ":1: neither" },
        { "1000 TT one\n", ":1: neither" },
        { "1000 T one two three\n", ":1: neither" },
        { "11112222333344445 T too_long\n", ":1: neither" },
        { "-5 name\n", ":1: neither" },
        { "", "holds no symbols" },
    };

    cr_assert(load_text("1 kept\n"));
    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        err = (struct error){ 0 };
        cr_expect(!load_text(row[i].text), "\"%s\" is taken", row[i].text);
        cr_expect(strstr(err.text, row[i].message), "\"%s\" is not in: %s", row[i].message, err.text);
        cr_expect_eq(symbols_count(table), 1);
    }
    cr_expect(!symbols_load(table, "/nowhere/at/all", 0, &err));
    cr_expect(strstr(err.text, "No such file"), "%s", err.text);
    is_at("kept", 1);
}

/* --- ELF --- */

enum { SECTIONS = 4, SYMBOLS = 7 };
struct program {
    Elf64_Ehdr header;
    Elf64_Shdr section[SECTIONS];
    Elf64_Sym symbol[SYMBOLS];
    char strings[64];
};

/* System V ABI, "Symbol Table": names of places, a number, and what is neither. */
static struct program a_program(void)
{
    static const char strings[] = "\0code\0data\0number\0elsewhere\0file.c\0local";
    struct program p = {
        .header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT }, .e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
                    .e_shoff = offsetof(struct program, section), .e_ehsize = sizeof(Elf64_Ehdr), .e_shentsize = sizeof(Elf64_Shdr), .e_shnum = SECTIONS, .e_shstrndx = 2 },
        .section = { { 0 },
                     { .sh_type = SHT_SYMTAB, .sh_offset = offsetof(struct program, symbol), .sh_size = SYMBOLS * sizeof(Elf64_Sym), .sh_entsize = sizeof(Elf64_Sym), .sh_link = 2, .sh_addralign = 8 },
                     { .sh_type = SHT_STRTAB, .sh_offset = offsetof(struct program, strings), .sh_size = 64, .sh_addralign = 1 },
                     { .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC | SHF_EXECINSTR, .sh_addr = 0x100000, .sh_offset = offsetof(struct program, strings), .sh_size = 64, .sh_addralign = 1 } },
        .symbol = { { 0 },
                    { .st_name = 1, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 3, .st_value = 0x100000, .st_size = 0x20 },
                    { .st_name = 6, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), .st_shndx = 3, .st_value = 0x100020, .st_size = 8 },
                    { .st_name = 11, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE), .st_shndx = SHN_ABS, .st_value = 42 },
                    { .st_name = 18, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE), .st_shndx = SHN_UNDEF },
                    { .st_name = 28, .st_info = ELF64_ST_INFO(STB_LOCAL, STT_FILE), .st_shndx = SHN_ABS },
                    { .st_name = 35, .st_info = ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE), .st_shndx = 3, .st_value = 0x100000 } },
    };

    memcpy(p.strings, strings, sizeof strings);
    return p;
}

static void need_libelf(void)
{
    if (strstr(err.text, "built without libelf")) cr_skip_test("built without libelf");
}

Test(symbols, a_program_gives_its_functions_and_objects)
{
    struct program p = a_program();

    if (!load(&p, sizeof p, 0x1000)) need_libelf();
    cr_assert_not(err.count, "%s", err.text);
    is_at("code", 0x101000);
    is_at("data", 0x101020);
    is_at("number", 42);
    is_at("local", 0x101000);
    is_called(0x10101f, "code+0x1f");
    is_called(0x101028, "");
    cr_expect_eq(symbols_count(table), 4);
}

Test(symbols, a_label_without_a_size_reaches_to_the_end_of_its_section)
{
    struct program p = a_program();

    p.symbol[6].st_value = 0x100030;
    if (!load(&p, sizeof p, 0)) need_libelf();
    is_called(0x10003f, "local+0xf");
    is_called(0x100040, "");
    p.symbol[6].st_value = 0x100040;                     /* as linker scripts name the end of .bss */
    cr_assert(load(&p, sizeof p, 0x1000), "%s", err.text);
    is_called(0x101040, "local+0x0");
    is_called(0x101041, "");
    is_called(0x1000f0000, "");
}

Test(symbols, a_program_without_names_says_so)
{
    struct program p = a_program();

    p.section[1].sh_type = SHT_NULL;
    cr_expect(!load(&p, sizeof p, 0));
    need_libelf();
    cr_expect(strstr(err.text, "stripped"), "%s", err.text);
    p = a_program();
    p.header.e_type = ET_REL;
    cr_expect(!load(&p, sizeof p, 0));
    cr_expect(strstr(err.text, "not linked"), "%s", err.text);
}

/* libdw would read on behind the section. */
Test(symbols, strings_of_lines_have_an_end)
{
    struct program p = a_program();

    strcpy(p.strings + 41, ".debug_line_str");
    p.section[3].sh_name = 41;
    p.section[3].sh_size = 6;
    if (!load(&p, sizeof p, 0)) need_libelf();
    cr_assert_not(err.count, "%s", err.text);
    p.section[3].sh_size = 5;
    cr_expect_not(load(&p, sizeof p, 0x1000));
    cr_expect(strstr(err.text, "the last string of section .debug_line_str has no end"), "%s", err.text);
}

Test(symbols, a_program_that_is_cut_off_anywhere_is_refused_or_whole)
{
    struct program p = a_program();

    cr_assert(load_text("1 kept\n"));
    for (size_t size = 4; size < sizeof p; size++) {
        size_t before = symbols_count(table);
        err = (struct error){ 0 };
        bool taken = load(&p, size, 0);
        cr_expect_eq(taken, !err.count);
        cr_expect(taken || symbols_count(table) == before, "%zu bytes: the table changed", size);
        if (taken) cr_expect(size >= offsetof(struct program, strings), "%zu bytes are taken", size);
    }
    is_at("kept", 1);
}

Test(symbols, a_damaged_program_harms_nothing)
{
    u32 seed = 1;

    for (unsigned round = 0; round < 2000; round++) {
        struct program p = a_program();
        struct symbols *fresh = symbols_open(), *kept = table;
        for (unsigned i = 0; i < 3; i++) {
            seed = seed * 1664525 + 1013904223;
            ((u8 *)&p)[(seed >> 8) % sizeof p] = (u8)(seed >> 24);
        }
        err = (struct error){ 0 };
        table = fresh;
        cr_expect_eq(load(&p, sizeof p, 0), symbols_count(fresh) != 0);
        table = kept;
        symbols_free(fresh);
    }
}
