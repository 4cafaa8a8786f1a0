/* The kernel loader: pieces of memory from firmware configuration, the memory map from the BIOS, and the jump.      doc: kernel
 * 16-bit code with CS in the ROM and DS = ES = SS = 0, so a pointer is a physical address below 64 KiB.
 * Source: The Linux/x86 Boot Protocol; Multiboot Specification 0.6.96 and 2.0, "Boot information format". */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef _Bool bool;

#include "bios/kernel/plan.h"

#define ROM_DATA __attribute__((section(".rom")))

bool map_entry(u32 *continuation, void *entry);
u32 base_kib(void);
u32 extended_kib(void);
void start_linux(u32 segment, u32 sp) __attribute__((noreturn));
void start_multiboot(u32 magic, u32 info, u32 entry) __attribute__((noreturn));

static u8 rom8(const void *p) { u8 v; __asm__("movb %%cs:(%1),%0" : "=q"(v) : "r"(p)); return v; }
static u32 peek32(u16 segment, u16 offset)
{
    u32 v;
    __asm__ volatile("movw %1,%%fs\n\tmovl %%fs:(%2),%0" : "=r"(v) : "r"(segment), "b"((u32)offset));
    return v;
}
static void put32(u32 at, u32 value) { *(volatile u32 *)at = value; }

/* --- firmware configuration by DMA --- */

enum { FW_CFG_DMA = 0x514, DMA_READ = 2, DMA_SKIP = 4, DMA_SELECT = 8, DIRECTORY = 0x19, NAME_BYTES = 56 };

static u32 swap(u32 v) { return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24; }
static void outl(u16 port, u32 v) { __asm__ volatile("outl %0,%1" : : "a"(v), "Nd"(port) : "memory"); }

static void dma(u32 control, u32 pa, u32 bytes)
{
    volatile u32 structure[4] = { swap(control), swap(bytes), 0, swap(pa) };

    outl(FW_CFG_DMA, 0);
    outl(FW_CFG_DMA + 4, swap((u32)structure));
}

static void read_on(void *to, u32 bytes) { dma(DMA_READ, (u32)to, bytes); }
static void select_item(u16 item) { dma((u32)item << 16 | DMA_SELECT | DMA_SKIP, 0, 0); }

static bool same(const char *name, const char *rom_name)
{
    for (u32 i = 0;; i++) {
        if (name[i] != (char)rom8(rom_name + i)) return 0;
        if (!name[i]) return 1;
    }
}

/* The selector of a file; the directory has it, for the board put it there. */
static u16 find(const char *rom_name)
{
    struct { u32 size; u16 selector, reserved; char name[NAME_BYTES]; } entry;
    u32 count;

    select_item(DIRECTORY);
    read_on(&count, sizeof count);
    for (count = swap(count); count; count--) {
        read_on(&entry, sizeof entry);
        if (same(entry.name, rom_name)) return (u16)(entry.selector >> 8 | entry.selector << 8);
    }
    return 0;
}

/* --- what Multiboot kernels are told that only the BIOS knows --- */

enum { ENTRY_BYTES = 24, TYPE_RAM = 1, MIB = 0x100000 };

/* Entries of 24 bytes from `at` on, their 20 bytes at `skew`; where they end.  *upper_kib: RAM from 1 MiB on. */
static u32 put_map(u32 at, u32 skew, u32 other, u32 *upper_kib)
{
    u32 continuation = 0, entry[5];

    *upper_kib = extended_kib();
    do {
        if (!map_entry(&continuation, entry)) break;
        for (u32 i = 0; i < 5; i++) put32(at + skew + i * 4, entry[i]);
        put32(at + other, skew ? 20 : 0);
        if (entry[0] == MIB && !entry[1] && entry[4] == TYPE_RAM) *upper_kib = entry[3] ? 0xffffffff >> 10 : entry[2] >> 10;
        at += ENTRY_BYTES;
    } while (continuation && at < LOADER_MAP_LAST);
    return at;
}

/* Each entry has its size before it.  Offsets of the information: 4 mem_lower, 8 mem_upper, 44 mmap_length, 48 mmap_addr. */
static void tell_multiboot(u32 info, u32 map)
{
    u32 upper, end = put_map(map, 4, 0, &upper);

    put32(info + 4, base_kib());
    put32(info + 8, upper);
    put32(info + 44, end - map);
    put32(info + 48, map);
}

enum { TAG_END, TAG_MEMORY = 4, TAG_MAP = 6, TAG_OLD_RSDP = 14, TAG_NEW_RSDP = 15, RSDP_OLD_BYTES = 20, RSDP_NEW_BYTES = 36 };

static u32 put_tag(u32 at, u32 type, u32 size)
{
    put32(at, type);
    put32(at + 4, size);
    return at + 8;
}

/* ACPI specification, "Finding the RSDP on IA-PC Systems": on 16 bytes in E0000h to FFFFFh.  A copy is its tag. */
static u32 put_rsdp(u32 at)
{
    for (u32 segment = 0xe000; segment < 0x10000; segment++) {
        if (peek32((u16)segment, 0) != 0x20445352 || peek32((u16)segment, 4) != 0x20525450) continue;        /* "RSD PTR " */
        bool new = peek32((u16)segment, 12) >> 24 >= 2;
        u32 bytes = new ? RSDP_NEW_BYTES : RSDP_OLD_BYTES;
        put_tag(at, new ? TAG_NEW_RSDP : TAG_OLD_RSDP, 8 + bytes);
        for (u32 i = 0; i < bytes; i += 4) put32(at + 8 + i, peek32((u16)segment, (u16)i));
        return at + ((8 + bytes + 7) & ~7u);
    }
    return at;
}

/* Tags behind those that the board has made: memory sizes, ACPI, the map, the end; then the size of all. */
static void tell_multiboot2(u32 info, u32 at)
{
    u32 upper, tag = put_rsdp(at);

    at = put_tag(tag, TAG_MAP, 0);
    put32(at, ENTRY_BYTES);
    put32(at + 4, 0);
    at = put_map(at + 8, 0, 20, &upper);
    put32(tag + 4, at - tag);
    put_tag(at, TAG_MEMORY, 16);
    put32(at + 8, base_kib());
    put32(at + 12, upper);
    at = put_tag(at + 16, TAG_END, 8);
    put32(info, at - info);
}

/* --- in order --- */

enum { MULTIBOOT_MAGIC = 0x2badb002, MULTIBOOT2_MAGIC = 0x36d76289 };

static const char plan_item[] ROM_DATA = PLAN_ITEM, bytes_item[] ROM_DATA = BYTES_ITEM;

void __attribute__((noreturn)) load_kernel(void)
{
    u32 plan[PLAN_WORDS], piece[PLAN_PIECES_MOST][2];

    select_item(find(plan_item));
    read_on(plan, sizeof plan);
    read_on(piece, sizeof piece);
    select_item(find(bytes_item));
    for (u32 i = 0; i < plan[PLAN_PIECES]; i++) dma(DMA_READ, piece[i][0], piece[i][1]);
    if (plan[PLAN_KIND] == PLAN_LINUX) start_linux(plan[PLAN_ENTRY], plan[PLAN_STACK]);
    if (plan[PLAN_KIND] == PLAN_MULTIBOOT) {
        tell_multiboot(plan[PLAN_INFO], plan[PLAN_MAP]);
        start_multiboot(MULTIBOOT_MAGIC, plan[PLAN_INFO], plan[PLAN_ENTRY]);
    }
    tell_multiboot2(plan[PLAN_INFO], plan[PLAN_MAP]);
    start_multiboot(MULTIBOOT2_MAGIC, plan[PLAN_INFO], plan[PLAN_ENTRY]);
}
