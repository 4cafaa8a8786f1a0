#include "devices/us_keyboard.h"

/* By usage from 4 (A) on: the character alone and with Shift. */
u8 us_keyboard_usage(char c, bool *shift)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz1234567890\n\033\b\t -=[]\\\0;'`,./";
    static const char shifted[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ!@#$%^&*()\0\0\0\0\0_+{}|\0:\"~<>?";

    for (u8 i = 0; c && i < sizeof plain - 1; i++) {
        if (plain[i] != c && shifted[i] != c) continue;
        *shift = plain[i] != c;
        return (u8)(4 + i);
    }
    return 0;
}
