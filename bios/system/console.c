/* A line on the screen, through whatever video BIOS is there.                              doc: bios */
#include "bios.h"

#include <stdarg.h>

void put_char(char c)
{
    if (c == '\n') call_int(0x10, 0x0e0d, 7);
    call_int(0x10, 0x0e00 | (u8)c, 7);
}

static void put_number(u32 v, u32 base, unsigned least)
{
    char digits[10];
    unsigned n = 0;

    do {
        u32 d = v % base;
        digits[n++] = (char)(d < 10 ? '0' + d : 'a' + d - 10);
        v /= base;
    } while (v || n < least);
    while (n) put_char(digits[--n]);
}

/* %u decimal, %x and %2x hexadecimal, %c, %s text in the ROM. */
void say(const char *rom_format, ...)
{
    va_list args;
    char c;

    va_start(args, rom_format);
    while ((c = (char)rom8(rom_format++))) {
        if (c != '%') {
            put_char(c);
            continue;
        }
        c = (char)rom8(rom_format++);
        unsigned least = 1;
        if (c == '2') {
            least = 2;
            c = (char)rom8(rom_format++);
        }
        if (c == 'u') put_number(va_arg(args, u32), 10, least);
        else if (c == 'x') put_number(va_arg(args, u32), 16, least);
        else if (c == 'c') put_char((char)va_arg(args, int));
        else for (const char *s = va_arg(args, const char *); (c = (char)rom8(s)); s++) put_char(c);
    }
    va_end(args);
}

u16 wait_key(void)
{
    return (u16)call_int(0x16, 0, 0);
}
