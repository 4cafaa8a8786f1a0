#ifndef ORRERY_CHIP_MPU_401_H
#define ORRERY_CHIP_MPU_401_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

#define MPU_401_STATE(ONE, MANY) \
    /*    type  name        unit     min         max  meaning                                    */ \
    ONE (bool, uart,        "",        0,          1, "UART mode: data goes out as it is")         \
    ONE (bool, answered,    "",        0,          1, "there is a byte to read: an acknowledge")   \
    ONE (u64,  sent_at,     "tick",    0, UINT64_MAX, "the bytes written so far are on the wire then")

struct mpu_401 {
    STATE_MEMBERS(MPU_401_STATE)
    struct clock *clock;
    struct line *irq;
    struct byte_sink midi;
};

extern const struct state_layout mpu_401_state;

void mpu_401_init(struct mpu_401 *u, struct clock *clock, struct line *irq);
void mpu_401_reset(struct mpu_401 *u);
u8 mpu_401_read(void *chip, unsigned reg);               /* 0 data, 1 status and command */
void mpu_401_write(void *chip, unsigned reg, u8 value);
const char *mpu_401_invariant(const struct mpu_401 *u);

#endif
