/* SMBus host controller of the 82371AB (PIIX4).                                            doc: smbus
 *   reg 0  SMBHSTSTS  4 FAILED  3 bus collision  2 device error  1 interrupt: a 1 clears it   0 HOST_BUSY
 *       2  SMBHSTCNT  6 START (reads 0)  4..2 protocol  1 KILL  0 INTEREN; reading it begins SMBBLKDAT anew
 *       3  SMBHSTCMD     4  SMBHSTADD  7..1 address  0 read     5, 6  SMBHSTDAT0, SMBHSTDAT1     7  SMBBLKDAT
 *       1  SMBSLVSTS   8  SMBSLVCNT   9  SMBSHDWCMD   A, B  SMBSLVEVT   C, D  SMBSLVDAT: this controller as a slave
 *   protocol  0 quick  1 byte  2 byte data  3 word data  5 block
 * Source: Intel 290562-001, "SMBus I/O Registers"; System Management Bus Specification 1.0, "Command Protocols".
 * Not modelled: no other master is on this bus, so that nothing ever calls the controller as a slave, and no arbitration is lost. The data
 * sheet gives no rate of the bus: it is the specification's highest, 100 kHz. */
#include "devices/chip/smbus_piix4.h"

enum { HSTSTS, SLVSTS, HSTCNT, HSTCMD, HSTADD, HSTDAT0, HSTDAT1, BLKDAT, SLVCNT, SHDWCMD, SLVEVT, SLVDAT = 12 };
enum { STS_BUSY = 1, STS_INTERRUPT = 2, STS_DEVICE_ERROR = 4, STS_FAILED = 0x10, STS_CLEARED = 0x1e };
enum { CNT_INTEREN = 1, CNT_KILL = 2, CNT_START = 0x40, CNT_KEPT = 0x1f };
enum { QUICK, BYTE, BYTE_DATA, WORD_DATA, BLOCK = 5 };
enum { BIT_NS = 10000, BITS_OF_BYTE = 9 };

#define STATE_OWNER struct smbus_piix4
STATE_LAYOUT_OF(smbus_piix4_state, "smbus_piix4", SMBUS_PIIX4_STATE, smbus_piix4_invariant);

static unsigned protocol(const struct smbus_piix4 *p) { return p->control >> 2 & 7; }
static bool reads(const struct smbus_piix4 *p) { return p->address & 1; }
static bool interrupts(const struct smbus_piix4 *p) { return p->control & CNT_INTEREN && p->status & STS_CLEARED; }
static void update(struct smbus_piix4 *p) { line_set(p->interrupt, interrupts(p)); }

/* --- "Command Protocols": false when a byte was not acknowledged --- */

static bool send(struct smbus_slave *s, const u8 *bytes, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!s->write(s->chip, bytes[i])) return false;
    return true;
}

static bool receive(struct smbus_slave *s, u8 *bytes, unsigned count)
{
    s->start(s->chip, true);
    for (unsigned i = 0; i < count; i++) bytes[i] = s->read(s->chip);
    return true;
}

/* The first byte says how many follow, 1 to 32. */
static bool receive_block(struct smbus_piix4 *p, struct smbus_slave *s)
{
    receive(s, &p->data[0], 1);
    if (p->data[0] == 0 || p->data[0] > SMBUS_BLOCK_BYTES) return false;
    for (unsigned i = 0; i < p->data[0]; i++) p->block[i] = s->read(s->chip);
    return true;
}

static bool send_block(struct smbus_piix4 *p, struct smbus_slave *s)
{
    if (p->data[0] == 0 || p->data[0] > SMBUS_BLOCK_BYTES) return false;
    return send(s, &p->data[0], 1) && send(s, p->block, p->data[0]);
}

static bool transact(struct smbus_piix4 *p)
{
    struct smbus_slave *s = &p->slave[p->address >> 1];
    bool by_command = protocol(p) > BYTE;

    if (!s->chip) return false;
    s->start(s->chip, reads(p) && !by_command);
    if (by_command && !send(s, &p->command, 1)) return false;
    switch (protocol(p)) {
    case QUICK: return true;
    case BYTE: return reads(p) ? receive(s, &p->data[0], 1) : send(s, &p->command, 1);
    case BYTE_DATA: return reads(p) ? receive(s, p->data, 1) : send(s, p->data, 1);
    case WORD_DATA: return reads(p) ? receive(s, p->data, 2) : send(s, p->data, 2);
    case BLOCK: return reads(p) ? receive_block(p, s) : send_block(p, s);
    default: return false;                               /* reserved */
    }
}

/* Bytes on the bus, addresses and commands included; of a block the longest, as its length is not known before. */
static unsigned length(const struct smbus_piix4 *p)
{
    static const u8 bytes[] = { [QUICK] = 1, [BYTE] = 2, [BYTE_DATA] = 3, [WORD_DATA] = 4, [BLOCK] = 3 + SMBUS_BLOCK_BYTES };
    return protocol(p) < ARRAY_COUNT(bytes) ? bytes[protocol(p)] + reads(p) : 1;
}

/* --- time --- */

static void on_done(void *owner)
{
    struct smbus_piix4 *p = owner;
    bool acknowledged = transact(p);

    p->status = (u8)((p->status & ~STS_BUSY) | (acknowledged ? STS_INTERRUPT : STS_DEVICE_ERROR));
    p->block_at = 0;
    update(p);
}

static void start(struct smbus_piix4 *p)
{
    u64 bits = 2 + (u64)length(p) * BITS_OF_BYTE;

    if (p->status & STS_BUSY || !p->enabled) return;
    p->status |= STS_BUSY;
    clock_at(p->clock, &p->done, clock_now(p->clock) + clock_ticks_of_ns(p->clock, bits * BIT_NS));
}

static void kill(struct smbus_piix4 *p)
{
    if (!(p->status & STS_BUSY)) return;
    clock_cancel(p->clock, &p->done);
    p->status = (u8)((p->status & ~STS_BUSY) | STS_FAILED);
}

void smbus_piix4_init(struct smbus_piix4 *p, struct clock *clock, struct line *interrupt)
{
    *p = (struct smbus_piix4){ .clock = clock, .interrupt = interrupt };
    clock_add(clock, &p->done, on_done, p);
}

void smbus_piix4_reset(struct smbus_piix4 *p)
{
    clock_cancel(p->clock, &p->done);
    p->status = p->control = p->command = p->address = p->block_at = p->slave_control = 0;
    for (unsigned i = 0; i < 2; i++) p->data[i] = p->slave_event[i] = 0;
    for (unsigned i = 0; i < SMBUS_BLOCK_BYTES; i++) p->block[i] = 0;
    update(p);
}

void smbus_piix4_enable(struct smbus_piix4 *p, bool enabled) { p->enabled = enabled; }

/* --- registers --- */

static u8 next_of_block(struct smbus_piix4 *p)
{
    u8 at = p->block_at;
    p->block_at = (at + 1) % SMBUS_BLOCK_BYTES;
    return at;
}

u8 smbus_piix4_read(void *chip, unsigned reg)
{
    struct smbus_piix4 *p = chip;

    switch (reg) {
    case HSTSTS: return p->status;
    case HSTCNT: p->block_at = 0; return p->control;
    case HSTCMD: return p->command;
    case HSTADD: return p->address;
    case HSTDAT0: case HSTDAT1: return p->data[reg - HSTDAT0];
    case BLKDAT: return p->block[next_of_block(p)];
    case SLVCNT: return p->slave_control;
    case SLVEVT: case SLVEVT + 1: return p->slave_event[reg - SLVEVT];
    default: return 0;                                   /* nothing was ever said to the slave */
    }
}

void smbus_piix4_write(void *chip, unsigned reg, u8 value)
{
    struct smbus_piix4 *p = chip;

    switch (reg) {
    case HSTSTS: p->status &= (u8)~(value & STS_CLEARED); break;
    case HSTCNT:
        if (p->status & STS_BUSY) value = (u8)((value & (CNT_KILL | CNT_INTEREN)) | (p->control & 0x1c));
        p->control = value & CNT_KEPT;
        if (value & CNT_KILL) kill(p);
        else if (value & CNT_START) start(p);
        break;
    case HSTCMD: p->command = value; break;
    case HSTADD: p->address = value; break;
    case HSTDAT0: case HSTDAT1: p->data[reg - HSTDAT0] = value; break;
    case BLKDAT: p->block[next_of_block(p)] = value; break;
    case SLVCNT: p->slave_control = value & 15; break;
    case SLVEVT: case SLVEVT + 1: p->slave_event[reg - SLVEVT] = value; break;
    default: break;
    }
    update(p);
}

const char *smbus_piix4_invariant(const struct smbus_piix4 *p)
{
    if (state_out_of_range(&smbus_piix4_state, p)) return "every field is in the range its list gives";
    if (!(p->status & STS_BUSY) != (p->done.at == NEVER)) return "HOST_BUSY is set exactly while a transaction is on the bus";
    return p->interrupt && p->interrupt->level != interrupts(p) ? "the interrupt follows status and INTEREN" : NULL;
}
