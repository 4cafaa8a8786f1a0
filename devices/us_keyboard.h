#ifndef ORRERY_US_KEYBOARD_H
#define ORRERY_US_KEYBOARD_H
/* Characters as keys of a US keyboard.                                                      doc: machine */
#include "cpu/base/types.h"

/* USB HID usage of the key with this character (ASCII; '\n' Enter, '\b' Backspace, 1Bh Esc), and whether it needs Shift.
 * 0: there is none. */
u8 us_keyboard_usage(char c, bool *shift);

#endif
