#ifndef ORRERY_CHIP_KBC_8042_H
#define ORRERY_CHIP_KBC_8042_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

#define KBC_8042_STATE(ONE, MANY) \
    /*    type  name          unit     min         max  meaning                                          */ \
    ONE (u8,   command_byte,  "bits",    0,       0xff, "XLAT DIS_AUX DIS_KBD - SYS INT_AUX INT_KBD")          \
    ONE (u8,   output,        "",        0,       0xff, "output buffer")                                    \
    ONE (bool, output_full,   "",        0,          1, "status OBF")                                       \
    ONE (bool, output_aux,    "",        0,          1, "status AUX: the byte came from the auxiliary device")     \
    ONE (bool, last_command,  "",        0,          1, "status A2: the last write went to the command register") \
    ONE (u8,   command,       "",        0,       0xff, "command that waits for its parameter, or 0")       \
    ONE (u8,   output_port,   "bits",    0,       0xff, "P2: bit 0 reset (low), bit 1 A20")                 \
    ONE (bool, break_seen,    "",        0,          1, "translation: F0 came, the next code is a break")   \
    MANY(u8,   ram, 32,       "",        0,       0xff, "controller RAM, byte 0 unused (command_byte)")     \
    ONE (event, serial,       "tick",    0, UINT64_MAX, "the byte on a device's wire has arrived")

struct kbc_8042 {
    STATE_MEMBERS(KBC_8042_STATE)
    struct clock *clock;
    u64 serial_ticks;                        /* one byte on a device's wire */
    struct line *irq_keyboard, *irq_aux, *a20, *reset_cpu;
    struct kbc_8042_device {
        void *device;
        void (*receive)(void *device, u8 byte);
        bool (*send)(void *device, u8 *byte);
        bool (*waiting)(const void *device);
    } keyboard, aux;
};

extern const struct state_layout kbc_8042_state;

/* Wires are set in *k before; init keeps them. */
void kbc_8042_init(struct kbc_8042 *k, struct clock *clock);
void kbc_8042_reset(struct kbc_8042 *k);
void kbc_8042_device_ready(void *chip);                   /* a byte waits in a device */
void kbc_8042_follow_a20(struct kbc_8042 *k, bool level); /* another gate of the board drove A20: P2 follows */
u8 kbc_8042_data_read(void *chip, unsigned reg);
void kbc_8042_data_write(void *chip, unsigned reg, u8 value);
u8 kbc_8042_status_read(void *chip, unsigned reg);
bool kbc_8042_status_steady(const void *chip, unsigned reg);      /* as a board's I/O map asks: ports_promise */
void kbc_8042_command_write(void *chip, unsigned reg, u8 value);
const char *kbc_8042_invariant(const struct kbc_8042 *k);

#endif
