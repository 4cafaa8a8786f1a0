/* The symbol table of an ELF program, by libelf.  System V ABI, "Symbol Table".             doc: symbols */
#include <gelf.h>

#include "gui/debugger/program_parts.h"
#include "gui/debugger/symbol_files.h"

static bool refuse(const char *path, struct error *err)
{
    return fail(err, "%s: is a damaged ELF file: %s", path, elf_errmsg(-1));
}

/* How far a label without a size may reach: to the end of its section; one at the end names that address alone. */
static u64 bytes_behind(Elf *elf, const GElf_Sym *symbol)
{
    Elf_Scn *section = symbol->st_shndx < SHN_LORESERVE ? elf_getscn(elf, symbol->st_shndx) : NULL;
    GElf_Shdr header;

    if (!section || !gelf_getshdr(section, &header) || symbol->st_value < header.sh_addr) return 0;
    u64 offset = symbol->st_value - header.sh_addr;
    return offset < header.sh_size ? header.sh_size - offset : 1;
}

static bool take_symbol(struct symbol_batch *b, Elf *elf, u32 strings, const GElf_Sym *from)
{
    unsigned type = GELF_ST_TYPE(from->st_info);
    struct symbol s = { .address = from->st_value, .size_bytes = from->st_size, .most_bytes = bytes_behind(elf, from), .is_place = from->st_shndx != SHN_ABS };

    if (from->st_shndx == SHN_UNDEF || (type != STT_NOTYPE && type != STT_OBJECT && type != STT_FUNC && type != STT_GNU_IFUNC)) return true;
    s.rank = type == STT_OBJECT ? SYMBOL_OBJECT : type == STT_NOTYPE ? SYMBOL_PLAIN : SYMBOL_FUNCTION;
    if (GELF_ST_BIND(from->st_info) == STB_LOCAL) s.rank += SYMBOL_LOCAL;
    const char *name = elf_strptr(elf, strings, from->st_name);
    if (!name) return false;
    if (*name) symbol_batch_add(b, &s, name);
    return true;
}

static bool take_table(struct symbol_batch *b, Elf *elf, Elf_Scn *section, const char *path, struct error *err)
{
    GElf_Shdr header;
    Elf_Data *content = elf_getdata(section, NULL);
    GElf_Sym symbol;

    if (!gelf_getshdr(section, &header) || !content || !header.sh_entsize) return refuse(path, err);
    for (int i = 0; (size_t)i < header.sh_size / header.sh_entsize; i++)
        if (!gelf_getsym(content, i, &symbol) || !take_symbol(b, elf, header.sh_link, &symbol)) return refuse(path, err);
    return true;
}

/* Tables of that type; a stripped program still has the names that it shares with libraries. */
static bool take_tables(struct symbol_batch *b, Elf *elf, u32 type, const char *path, struct error *err)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(elf, section))) {
        if (!gelf_getshdr(section, &header)) return refuse(path, err);
        if (header.sh_type == type && !take_table(b, elf, section, path, err)) return false;
    }
    return true;
}

bool program_symbols(struct program *program, struct symbol_batch *b, const char *path, struct error *err)
{
    if (!take_tables(b, program->elf, SHT_SYMTAB, path, err)) return false;
    return b->count || take_tables(b, program->elf, SHT_DYNSYM, path, err);
}
