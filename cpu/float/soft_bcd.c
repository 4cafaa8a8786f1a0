#include "cpu/float/soft.h"
#include "cpu/float/soft_number.h"
/* Packed decimal integers of the x87: 18 digits, two a byte, the lowest first; bit 7 of the last
 * byte is the sign.  SDM vol. 1, "Packed BCD Integers". */
#include <string.h>

enum { DIGIT_BYTES = 9, SIGN_BYTE = 9 };
#define BCD_LIMIT 1000000000000000000u         /* 10^18 */

f80 soft_f80_from_bcd(const u8 bcd[10])
{
    u64 value = 0;

    for (int i = DIGIT_BYTES - 1; i >= 0; i--)
        value = value * 100 + (bcd[i] >> 4) * 10u + (bcd[i] & 15);
    return pack_f80(number_of_integer(bcd[SIGN_BYTE] >> 7, value));
}

void soft_f80_to_bcd(struct float_env *env, f80 a_bits, u8 bcd[10])
{
    static const u8 indefinite[10] = { 0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xff };
    struct number a = unpack_f80(a_bits);
    struct integer i = { .huge = true };

    env->rounded_up = false;
    if (a.kind <= FLOAT_DENORMAL) i = number_integer(a, env->rounding);
    if (i.huge || i.magnitude >= BCD_LIMIT) {
        number_raise(env, FLOAT_I);
        memcpy(bcd, indefinite, sizeof indefinite);
        return;
    }
    if (i.inexact) number_raise(env, FLOAT_P);
    env->rounded_up = i.up;
    for (unsigned n = 0; n < DIGIT_BYTES; n++, i.magnitude /= 100)
        bcd[n] = (u8)(i.magnitude / 10 % 10 << 4 | i.magnitude % 10);
    bcd[SIGN_BYTE] = a.negative ? 0x80 : 0;
}
