#ifndef ORRERY_CHIP_SMBUS_PIIX4_H
#define ORRERY_CHIP_SMBUS_PIIX4_H
#include "cpu/base/state.h"
#include "devices/board/clock.h"
#include "devices/board/wires.h"

enum { SMBUS_PORTS = 16, SMBUS_ADDRESSES = 128, SMBUS_BLOCK_BYTES = 32 };

/* A device on the bus, byte by byte: every byte that the host sends is acknowledged or not. */
struct smbus_slave {
    void *chip;                              /* NULL: nobody acknowledges this address */
    void (*start)(void *chip, bool read);    /* (repeated) START with its address */
    bool (*write)(void *chip, u8 byte);
    u8 (*read)(void *chip);
};

#define SMBUS_PIIX4_STATE(ONE, MANY) \
    /*    type  name                        unit    min         max  meaning                                                */ \
    ONE (u8,   status,                     "bits",    0,       0x1f, "SMBHSTSTS: FAILED, bus collision, device error, interrupt, HOST_BUSY") \
    ONE (u8,   control,                    "bits",    0,       0x1f, "SMBHSTCNT without START: protocol, KILL, INTEREN")      \
    ONE (u8,   command,                    "",        0,       0xff, "SMBHSTCMD")                                             \
    ONE (u8,   address,                    "",        0,       0xff, "SMBHSTADD: address in 7:1, read in 0")                  \
    MANY(u8,   data, 2,                    "",        0,       0xff, "SMBHSTDAT0, SMBHSTDAT1")                                \
    MANY(u8,   block, SMBUS_BLOCK_BYTES,   "",        0,       0xff, "what SMBBLKDAT reads and writes")                       \
    ONE (u8,   block_at,                   "",        0,         31, "the byte of it that comes next")                        \
    ONE (u8,   slave_control,              "bits",    0,       0x0f, "SMBSLVCNT")                                             \
    MANY(u8,   slave_event, 2,             "bits",    0,       0xff, "SMBSLVEVT")                                             \
    ONE (event, done,                      "tick",    0, UINT64_MAX, "the transaction has left the bus")

struct smbus_piix4 {
    STATE_MEMBERS(SMBUS_PIIX4_STATE)
    struct clock *clock;                     /* wires */
    struct line *interrupt;
    bool enabled;                            /* SMB_HST_EN of the function's configuration */
    struct smbus_slave slave[SMBUS_ADDRESSES];
};

extern const struct state_layout smbus_piix4_state;

void smbus_piix4_init(struct smbus_piix4 *p, struct clock *clock, struct line *interrupt);
void smbus_piix4_reset(struct smbus_piix4 *p);
void smbus_piix4_enable(struct smbus_piix4 *p, bool enabled);
u8 smbus_piix4_read(void *chip, unsigned reg);
void smbus_piix4_write(void *chip, unsigned reg, u8 value);
const char *smbus_piix4_invariant(const struct smbus_piix4 *p);

#endif
