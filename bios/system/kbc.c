/* The 8042 by polling, for POST, lights and the mouse services.                            doc: bios */
#include "kbc.h"

enum { REFRESHES_A_MS = 67 };

static void wait_input_empty(void)
{
    for (unsigned i = 0; i < 0x4000 && inb(KBC_STATUS) & KBC_BUSY; i++) wait_refresh();
}

void kbc_command(u8 command)
{
    wait_input_empty();
    outb(KBC_STATUS, command);
    wait_input_empty();
}

void kbc_write(u8 data)
{
    wait_input_empty();
    outb(KBC_DATA, data);
}

void kbc_drain(void)
{
    for (unsigned i = 0; i < 64 && inb(KBC_STATUS) & KBC_FULL; i++) {
        (void)inb(KBC_DATA);
        wait_refresh();
    }
}

/* Bytes of the other device are lost: its interface is disabled by whoever asks. */
int kbc_read(bool aux, u32 ms)
{
    for (u32 i = 0; i < ms * REFRESHES_A_MS; i++) {
        u8 status = inb(KBC_STATUS);
        if (status & KBC_FULL) {
            u8 byte = inb(KBC_DATA);
            if (!aux == !(status & KBC_AUX)) return byte;
        }
        wait_refresh();
    }
    return -1;
}

/* A byte that waits is left to its interrupt first, then the keyboard is held back: what comes is the mode. */
u8 kbc_get_mode(void)
{
    for (unsigned i = 0; i < 64 && inb(KBC_STATUS) & KBC_FULL; i++) {
        sti_nop();
        wait_refresh();
    }
    cli();
    kbc_command(0xad);
    kbc_drain();
    kbc_command(0x20);
    int mode = kbc_read(false, 20);
    return mode < 0 ? KBC_TRANSLATE | KBC_SYSTEM | KBC_INT : (u8)mode & (u8)~KBC_DISABLE;
}

void kbc_set_mode(u8 mode)
{
    kbc_command(0x60);
    kbc_write(mode);
    wait_input_empty();
}
