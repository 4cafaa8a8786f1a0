/* mkdisk BOOT PROGRAM README OUT: a FAT12 floppy of 1.44 MB with the program and the text.   doc: demo-disk
 * Layout: boot sector, two FATs of 9 sectors, 14 sectors of directory, then data; Microsoft, "FAT: General Overview". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512, SECTORS = 2880, FAT_FIRST = 1, FAT_SECTORS = 9, ROOT = 19, DATA = 33, FILE_SECTORS = 0x1fc };

static unsigned char disk[SECTORS * SECTOR];

static void put16(unsigned char *at, unsigned v) { at[0] = (unsigned char)v, at[1] = (unsigned char)(v >> 8); }

static void fat_entry(unsigned cluster, unsigned value)
{
    for (unsigned copy = 0; copy < 2; copy++) {
        unsigned char *at = disk + (FAT_FIRST + copy * FAT_SECTORS) * SECTOR + cluster * 3 / 2;
        if (cluster & 1) at[0] = (unsigned char)((at[0] & 15) | value << 4), at[1] = (unsigned char)(value >> 4);
        else at[0] = (unsigned char)value, at[1] = (unsigned char)((at[1] & 0xf0) | value >> 8);
    }
}

static long load(const char *path, unsigned char *to, long room)
{
    FILE *f = fopen(path, "rb");
    long size = f ? (long)fread(to, 1, (size_t)room, f) : -1;

    if (size < 0 || fgetc(f) != EOF) {
        fprintf(stderr, "mkdisk: %s: cannot be read, or has more than %ld bytes\n", path, room);
        exit(1);
    }
    fclose(f);
    return size;
}

/* A file from `cluster` on; returns the cluster behind it. */
static unsigned add_file(unsigned slot, const char *name11, unsigned cluster, long size)
{
    unsigned char *entry = disk + ROOT * SECTOR + slot * 32;
    unsigned count = (unsigned)((size + SECTOR - 1) / SECTOR);

    memcpy(entry, name11, 11);
    entry[11] = 0x20;
    put16(entry + 22, 12 << 11);
    put16(entry + 24, (2026 - 1980) << 9 | 11 << 5 | 20);
    put16(entry + 26, cluster);
    put16(entry + 28, (unsigned)size & 0xffff);
    put16(entry + 30, (unsigned)size >> 16);
    for (unsigned i = 0; i < count; i++) fat_entry(cluster + i, i + 1 == count ? 0xfff : cluster + i + 1);
    return cluster + count;
}

int main(int argc, char **argv)
{
    if (argc != 5) return fputs("usage: mkdisk BOOT PROGRAM README OUT\n", stderr), 2;
    if (load(argv[1], disk, SECTOR) != SECTOR) return fputs("mkdisk: the boot sector has 512 bytes\n", stderr), 1;
    fat_entry(0, 0xff0);
    fat_entry(1, 0xfff);
    long size = load(argv[2], disk + DATA * SECTOR, 65536);
    put16(disk + FILE_SECTORS, (unsigned)((size + SECTOR - 1) / SECTOR));
    unsigned next = add_file(0, "DEMO    BIN", 2, size);
    add_file(1, "README  TXT", next, load(argv[3], disk + (DATA + next - 2) * SECTOR, 65536));
    memcpy(disk + ROOT * SECTOR + 64, "ORRERY DEMO\x08", 12);
    FILE *out = fopen(argv[4], "wb");
    return out && fwrite(disk, 1, sizeof disk, out) == sizeof disk && fclose(out) == 0 ? 0 : (perror(argv[4]), 1);
}
