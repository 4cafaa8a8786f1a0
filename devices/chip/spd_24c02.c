/* 24C02: the 256 bytes by which a memory module says what it is.                           doc: smbus
 *   START, address W: the next byte is a word address; bytes behind it would be stored, but WP is high: acknowledged and lost
 *   START, address R: bytes from that address on, which wraps at 256
 * Source: Atmel AT24C02 data sheet, "Device Operation"; JEDEC Standard 21-C, "Serial Presence Detect", 4.1.2: the format of FPM and EDO modules. */
#include "devices/chip/spd_24c02.h"

enum { USED = 0, SIZE = 1, TYPE = 2, ROWS = 3, COLUMNS = 4, BANKS = 5, WIDTH = 6, VOLTAGE = 8, RAC_NS = 9, CAC_NS = 10, CHIP_WIDTH = 13, REVISION = 62, CHECKSUM = 63 };
enum { TYPE_EDO = 2, LVTTL = 1, BYTES_OF_WORD = 8, CHECKED = 63 };

#define STATE_OWNER struct spd_24c02
STATE_LAYOUT_OF(spd_24c02_state, "spd_24c02", SPD_24C02_STATE, spd_24c02_invariant);

static u8 sum(const struct spd_24c02 *p)
{
    u8 total = 0;
    for (unsigned i = 0; i < CHECKED; i++) total = (u8)(total + p->byte[i]);
    return total;
}

/* One bank of 64 bits: rows and columns address its words. */
void spd_24c02_init(struct spd_24c02 *p, unsigned module_mib)
{
    unsigned words = (module_mib << 20) / BYTES_OF_WORD, bits = 0;

    while (words >> bits > 1) bits++;
    *p = (struct spd_24c02){ 0 };
    p->byte[USED] = 128;
    p->byte[SIZE] = 8;                       /* 2^8 bytes */
    p->byte[TYPE] = TYPE_EDO;
    p->byte[ROWS] = (u8)(bits - bits / 2);
    p->byte[COLUMNS] = (u8)(bits / 2);
    p->byte[BANKS] = 1;
    p->byte[WIDTH] = 64;
    p->byte[VOLTAGE] = LVTTL;
    p->byte[RAC_NS] = 60;
    p->byte[CAC_NS] = 15;
    p->byte[CHIP_WIDTH] = 8;
    p->byte[REVISION] = 1;
    p->byte[CHECKSUM] = sum(p);
}

void spd_24c02_start(void *chip, bool read) { ((struct spd_24c02 *)chip)->addressed = !read; }

bool spd_24c02_write(void *chip, u8 byte)
{
    struct spd_24c02 *p = chip;

    if (p->addressed) p->at = byte;
    p->addressed = false;
    return true;
}

u8 spd_24c02_read(void *chip)
{
    struct spd_24c02 *p = chip;
    return p->byte[p->at++];
}

const char *spd_24c02_invariant(const struct spd_24c02 *p)
{
    return p->byte[CHECKSUM] == sum(p) ? NULL : "byte 63 is the sum of those before it";
}
