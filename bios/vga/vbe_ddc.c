/* VBE/DDC: the monitor's EDID by DDC2B, an I2C bus of two lines of the adapter.   doc: vga-bios
 * Source: VESA VBE/DDC 1.0; VESA Display Data Channel Standard; "The I2C-bus specification", "Transferring data". */
#include "vbe.h"

enum { EDID_WRITE = 0xa0, EDID_READ = 0xa1, EDID_BYTES = 128 };

static void lines(u8 clock, u8 data) { display_put(DISPI_DDC, (u16)((clock ? DDC_CLOCK : 0) | (data ? DDC_DATA : 0))); }

static u8 bit(u8 drive)
{
    lines(0, drive);
    lines(1, drive);
    u8 level = display_get(DISPI_DDC) & DDC_DATA ? 1 : 0;
    lines(0, drive);
    return level;
}

static void start(void)
{
    lines(0, 1);
    lines(1, 1);
    lines(1, 0);
    lines(0, 0);
}

static void stop(void)
{
    lines(0, 0);
    lines(1, 0);
    lines(1, 1);
}

/* False: nobody acknowledges. */
static bool send(u8 byte)
{
    for (u8 i = 8; i--;) (void)bit(byte >> i & 1);
    return !bit(1);
}

static u8 receive(bool last)
{
    u8 byte = 0;

    for (u8 i = 0; i < 8; i++) byte = (u8)(byte << 1 | bit(1));
    (void)bit(last);
    return byte;
}

static bool read_edid(u16 segment, u16 at)
{
    start();
    bool there = send(EDID_WRITE) && send(0);
    start();
    there = there && send(EDID_READ);
    for (u8 i = 0; there && i < EDID_BYTES; i++) poke8(segment, (u16)(at + i), receive(i == EDID_BYTES - 1));
    stop();
    return there;
}

static bool monitor_answers(void)
{
    start();
    bool there = send(EDID_WRITE);
    stop();
    return there;
}

/* BL=0: seconds a block, DDC2 and no blanking.  BL=1: block DX of controller CX to ES:DI. */
enum status vbe_ddc(struct frame *f)
{
    enum { DDC_2 = 2 };

    if (f->bl == 0) {
        bool there = monitor_answers();
        f->bh = 1;
        f->bl = there ? DDC_2 : 0;
        return VBE_OK;
    }
    if (f->bl != 1 || f->dx) return VBE_FAILED;
    return read_edid(f->es, f->di) ? VBE_OK : VBE_FAILED;
}
