/* INT 19h: from a disk to its operating system; INT 18h: when there is none.               doc: bios */
#include "bios.h"
#include "boot.h"

enum boot_device { NONE, FLOPPY, DISK, CD, NETWORK, DEVICES };
enum { NO_DISK = 0x80 };

static void say_device(unsigned device)
{
    if (device == FLOPPY) say(T("floppy A"));
    else if (device == DISK) say(T("hard disk C"));
    else if (device == CD) say(T("CD-ROM"));
    else say(T("network"));
}

static void say_reason(enum boot_reason reason)
{
#define SAY(name, text) if (reason == name) say(T(text));
    BOOT_REASONS(SAY)
#undef SAY
}

/* The boot order of CMOS: a device a step, NONE at the end. */
static unsigned device_at(unsigned step)
{
    u8 first_two = cmos_read(0x3d);
    unsigned device = step == 0 ? first_two & 15 : step == 1 ? first_two >> 4 : step == 2 ? cmos_read(0x38) >> 4 : NONE;

    if (!first_two) device = step == 0 ? FLOPPY : step == 1 ? DISK : step == 2 ? CD : NONE;
    return device < DEVICES ? device : NONE;
}

/* The first sector to 0:7C00.  A drive that has just got its disk says so once. */
static u8 read_first(u8 drive)
{
    u8 status = 0;

    for (unsigned tries = 0; tries < 4; tries++) {
        struct frame f = { .ax = 0x0201, .bx = 0x7c00, .cx = 1, .dx = drive };
        call_int_frame(0x13, &f);
        if (!(f.flags & FLAG_CF)) return 0;
        status = f.ah;
        if (status == NO_DISK) break;
        f.ax = 0;
        f.dx = drive;
        call_int_frame(0x13, &f);
    }
    return status;
}

static enum boot_reason boot_sector(u8 drive)
{
    u8 status = read_first(drive);
    bool check = drive || !(cmos_read(0x38) & 1);

    if (status) return status == NO_DISK ? BOOT_NO_MEDIUM : BOOT_READ_ERROR;
    if (check && far16(0, 0x7dfe) != 0xaa55) return BOOT_NO_SIGNATURE;
    boot_jump(0, 0x7c00, drive);
}

void call_far(u32 segment, u32 offset, u32 ax);

/* "BIOS Boot Specification", "Boot Entry Vector": it comes back when it has not booted. */
static enum boot_reason network_boot(void)
{
    u16 segment = EBDA->network_boot.segment;

    if (!segment) return BOOT_NO_NETWORK;
    call_far(segment, EBDA->network_boot.offset, 0);
    return BOOT_FINE;
}

static enum boot_reason try(unsigned device)
{
    if (device == FLOPPY) return BDA->equipment & 1 ? boot_sector(0) : BOOT_NO_DRIVE;
    if (device == DISK) return EBDA->disks ? boot_sector(0x80) : BOOT_NO_DRIVE;
    if (device == CD) return (enum boot_reason)cd_boot();
    return network_boot();
}

static void list_failures(void)
{
    say(T("\nNothing to boot from:\n"));
    for (unsigned step = 0; step < 3; step++) {
        unsigned device = device_at(step);
        if (!device) continue;
        say(T("  "));
        say_device(device);
        say(T(": "));
        say_reason((enum boot_reason)EBDA->boot_reason[device]);
        say(T(".\n"));
    }
}

void __attribute__((noreturn)) boot_service(void)
{
    cd_end_emulation();
    for (unsigned step = 0; step < 3; step++) {
        unsigned device = device_at(step);
        if (!device) continue;
        say(T("Booting from "));
        say_device(device);
        say(T(" ...\n"));
        EBDA->boot_reason[device] = BOOT_FINE;
        EBDA->boot_reason[device] = (u8)try(device);
    }
    list_failures();
    call_int(0x18, 0, 0);
    boot_again();
}

/* INT 18h, where IBM's went to BASIC. */
void __attribute__((noreturn)) nothing_boots(void)
{
    say(T("\nNo operating system has been started.  Press a key to try again.\n"));
    (void)wait_key();
    boot_again();
}
