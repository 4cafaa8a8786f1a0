/* rom_checksum IN OUT SIZE: a ROM of exactly SIZE bytes that sum to zero, by its last byte.      doc: bios */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: rom_checksum IN OUT SIZE\n", stderr);
        return 2;
    }
    size_t size = strtoul(argv[3], NULL, 0);
    unsigned char *image = calloc(1, size + 1), sum = 0;
    FILE *in = fopen(argv[1], "rb");
    size_t got = in && image ? fread(image, 1, size + 1, in) : 0;

    if (!got || got > size || image[size - 1]) {
        fprintf(stderr, "%s: not a ROM of up to %zu bytes with room for its checksum\n", argv[1], size);
        return 1;
    }
    for (size_t i = 0; i < size; i++) sum = (unsigned char)(sum + image[i]);
    image[size - 1] = (unsigned char)-sum;
    FILE *out = fopen(argv[2], "wb");
    if (!out || fwrite(image, 1, size, out) != size || fclose(out)) {
        perror(argv[2]);
        return 1;
    }
    return 0;
}
