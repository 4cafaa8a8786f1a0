/* rom_checksum IN OUT SIZE: a ROM of exactly SIZE bytes that sum to zero, by its last byte; the ACPI tables that an RSDP in it
 * leads to, a PCI interrupt routing table, a Plug and Play structure and a BIOS32 header sum to zero too.                     doc: bios */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOP = 0x100000, RSDP_BYTES = 20, LENGTH_AT = 4, CHECKSUM_AT = 9, RSDP_CHECKSUM_AT = 8, HEADER_BYTES = 36, RSDT_AT = 16, DSDT_AT = 40 };

static unsigned char *image;
static size_t size;

static uint32_t get32(const unsigned char *p) { return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24; }

static void fill(unsigned char *checksum, const unsigned char *from, size_t bytes)
{
    unsigned char sum = 0;

    *checksum = 0;
    for (size_t i = 0; i < bytes; i++) sum = (unsigned char)(sum + from[i]);
    *checksum = (unsigned char)-sum;
}

/* The table at a physical address below 1 MiB, with its checksum; NULL when it is not whole in this ROM. */
static unsigned char *table(uint32_t pa)
{
    size_t at = pa - (TOP - size);

    if (pa < TOP - size || at > size - HEADER_BYTES) return NULL;
    uint32_t length = get32(image + at + LENGTH_AT);
    if (length < HEADER_BYTES || length > size - at) return NULL;
    fill(image + at + CHECKSUM_AT, image + at, length);
    return image + at;
}

/* ACPI specification, "Root System Description Pointer". */
static int fill_acpi(void)
{
    for (size_t at = 0; at + RSDP_BYTES <= size; at += 16) {
        if (memcmp(image + at, "RSD PTR ", 8)) continue;
        fill(image + at + RSDP_CHECKSUM_AT, image + at, RSDP_BYTES);
        unsigned char *rsdt = table(get32(image + at + RSDT_AT));
        if (!rsdt) return 0;
        for (uint32_t i = HEADER_BYTES; i + 4 <= get32(rsdt + LENGTH_AT); i += 4) {
            unsigned char *t = table(get32(rsdt + i));
            if (!t || (!memcmp(t, "FACP", 4) && !table(get32(t + DSDT_AT)))) return 0;
        }
    }
    return 1;
}

/* "PCI IRQ Routing Table Specification": the size in bytes at 6, the checksum at 31. */
static int fill_routing(void)
{
    enum { SIZE_AT = 6, ROUTING_CHECKSUM_AT = 31 };

    for (size_t at = 0; at + 32 <= size; at += 16) {
        if (memcmp(image + at, "$PIR", 4)) continue;
        size_t length = image[at + SIZE_AT] | (size_t)image[at + SIZE_AT + 1] << 8;
        if (length < 32 || length > size - at) return 0;
        fill(image + at + ROUTING_CHECKSUM_AT, image + at, length);
    }
    return 1;
}

/* "Plug and Play BIOS Specification", "Installation Check": length in bytes at 5, the checksum at 8. */
static int fill_plug_and_play(void)
{
    enum { PNP_BYTES = 33, PNP_REVISION_AT = 4, PNP_LENGTH_AT = 5, PNP_CHECKSUM_AT = 8 };

    for (size_t at = 0; at + PNP_BYTES <= size; at += 16) {
        if (memcmp(image + at, "$PnP", 4) || image[at + PNP_REVISION_AT] != 0x10) continue;      /* code has it as an operand too */
        if (image[at + PNP_LENGTH_AT] != PNP_BYTES) return 0;
        fill(image + at + PNP_CHECKSUM_AT, image + at, PNP_BYTES);
    }
    return 1;
}

/* "Standard BIOS 32-bit Service Directory Proposal": length in paragraphs at 9, the checksum at 10. */
static int fill_bios32(void)
{
    enum { BIOS32_BYTES = 16, BIOS32_LENGTH_AT = 9, BIOS32_CHECKSUM_AT = 10 };

    for (size_t at = 0; at + BIOS32_BYTES <= size; at += 16) {
        if (memcmp(image + at, "_32_", 4)) continue;
        if (image[at + BIOS32_LENGTH_AT] != BIOS32_BYTES / 16) return 0;
        fill(image + at + BIOS32_CHECKSUM_AT, image + at, BIOS32_BYTES);
    }
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: rom_checksum IN OUT SIZE\n", stderr);
        return 2;
    }
    size = strtoul(argv[3], NULL, 0);
    image = calloc(1, size + 1);
    FILE *in = fopen(argv[1], "rb");
    size_t got = in && image ? fread(image, 1, size + 1, in) : 0;

    if (!got || got > size || image[size - 1]) {
        fprintf(stderr, "%s: not a ROM of up to %zu bytes with room for its checksum\n", argv[1], size);
        return 1;
    }
    if (!fill_acpi() || !fill_routing() || !fill_plug_and_play() || !fill_bios32()) {
        fprintf(stderr, "%s: an ACPI, routing, Plug and Play or BIOS32 table is not whole\n", argv[1]);
        return 1;
    }
    fill(image + size - 1, image, size);
    FILE *out = fopen(argv[2], "wb");
    if (!out || fwrite(image, 1, size, out) != size || fclose(out)) {
        perror(argv[2]);
        return 1;
    }
    return 0;
}
