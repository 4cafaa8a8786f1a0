#ifndef ORRERY_BIOS_SYSTEM_KBC_H
#define ORRERY_BIOS_SYSTEM_KBC_H
/* The 8042 by polling.  IBM PS/2 Hardware Interface Technical Reference.                   doc: bios */
#include "bios.h"

enum { KBC_DATA = 0x60, KBC_STATUS = 0x64, KBC_FULL = 1, KBC_BUSY = 2, KBC_AUX = 0x20 };
enum { KBC_INT = 1, KBC_INT_AUX = 2, KBC_SYSTEM = 4, KBC_DISABLE = 0x10, KBC_DISABLE_AUX = 0x20, KBC_TRANSLATE = 0x40 };

void kbc_command(u8 command);
void kbc_write(u8 data);
void kbc_drain(void);
/* The next byte of the keyboard (aux false) or the auxiliary device, or -1 after the time. */
int kbc_read(bool aux, u32 ms);
/* Leaves interrupts off and the keyboard's interface disabled; set_mode with what it returned enables it again. */
u8 kbc_get_mode(void);
void kbc_set_mode(u8 mode);

#endif
