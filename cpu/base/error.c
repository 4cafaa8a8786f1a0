#include "cpu/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool fail(struct error *err, const char *format, ...)
{
    size_t used = strnlen(err->text, sizeof err->text - 1);
    size_t room = sizeof err->text - used;
    va_list args;

    err->count++;
    va_start(args, format);
    int length = vsnprintf(err->text + used, room, format, args);
    va_end(args);
    if (length < 0 || (size_t)length + 2 > room) {
        err->text[used] = 0;      /* a finding is shown whole or not at all; count still says it */
        return false;
    }
    memcpy(err->text + used + length, "\n", 2);
    return false;
}
