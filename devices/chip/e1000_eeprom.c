/* The 82540EM's EEPROM, by Microwire and by EERD, and its PHY behind MDIC.                 doc: network
 * Sources: Intel 317453, "EEPROM Interface", "EEPROM Device and Interface", "PHY Registers"; the instruction set of a 93C46. */
#include "devices/chip/e1000_parts.h"

enum { EECD_SK = 1, EECD_CS = 2, EECD_DI = 4, EECD_DO = 8, EECD_REQ = 0x40, EECD_GNT = 0x80, EECD_PRES = 0x100 };
enum { EERD_START = 1, EERD_DONE = 0x10, COMMAND_BITS = 9, WRITE_BITS = COMMAND_BITS + 16 };
enum { OP_EXTENDED = 0, OP_WRITE = 1, OP_READ = 2, OP_ERASE = 3 };
enum { CHECKSUM_WORD = 0x3f, CHECKSUM = 0xbaba };

/* --- contents --- */

static void set_checksum(struct e1000_82540em *e)
{
    u16 sum = 0;

    for (unsigned n = 0; n < CHECKSUM_WORD; n++) sum = (u16)(sum + e->eeprom[n]);
    e->eeprom[CHECKSUM_WORD] = (u16)(CHECKSUM - sum);
}

void e1000_eeprom_readdress(struct e1000_82540em *e, const u8 *mac)
{
    for (unsigned i = 0; i < 3; i++) e->eeprom[i] = get16(mac + 2 * i);
    set_checksum(e);
}

/* "EEPROM Address Map": address, then what configuration space is loaded from. */
void e1000_eeprom_init(struct e1000_82540em *e, const u8 *mac)
{
    static const struct { u8 at; u16 value; } words[] = {
        { 0x03, 0x0000 }, { 0x08, 0xffff }, { 0x09, 0xffff }, { 0x0a, 0x4408 }, { 0x0b, 0x001e }, { 0x0c, 0x8086 }, { 0x0d, 0x100e }, { 0x0e, 0x8086 }, { 0x0f, 0x3040 },
    };

    for (unsigned i = 0; i < ARRAY_COUNT(words); i++) e->eeprom[words[i].at] = words[i].value;
    e1000_eeprom_readdress(e, mac);
}

/* --- Microwire: a start bit, two of operation, six of address, most significant first; data for a WRITE --- */

static void command_done(struct e1000_82540em *e)
{
    unsigned operation = e->ee_shift >> 6 & 3, word = e->ee_shift & 0x3f;

    switch (operation) {
    case OP_READ:
        e->ee_reading = true;
        e->ee_output = e->eeprom[word];
        e->ee_out_left = 16;
        e->ee_do = false;                                /* the dummy bit */
        break;
    case OP_ERASE: if (e->ee_writable) e->eeprom[word] = 0xffff; break;
    case OP_EXTENDED:                                    /* EWDS 00, EWEN 11; WRAL and ERAL are not taken */
        if (word >> 4 == 0) e->ee_writable = false;
        if (word >> 4 == 3) e->ee_writable = true;
        break;
    default: break;                                      /* a WRITE waits for its data */
    }
}

static void shift_in(struct e1000_82540em *e, bool level)
{
    if (!e->ee_count && !level) return;                  /* before the start bit */
    if (e->ee_count == WRITE_BITS) return;
    e->ee_shift = (e->ee_shift << 1 | level) & 0x1ffffff;
    e->ee_count++;
    if (e->ee_count == COMMAND_BITS) command_done(e);
    if (e->ee_count != WRITE_BITS) return;
    bool is_write = (e->ee_shift >> 22 & 3) == OP_WRITE;
    if (is_write && e->ee_writable) e->eeprom[e->ee_shift >> 16 & 0x3f] = (u16)e->ee_shift;
}

static void clock_rises(struct e1000_82540em *e)
{
    if (!e->ee_reading) {
        shift_in(e, e->eecd & EECD_DI);
        return;
    }
    if (!e->ee_out_left) {                               /* the next word follows */
        e->ee_shift = (e->ee_shift & ~0x3fu) | ((e->ee_shift + 1) & 0x3f);
        e->ee_output = e->eeprom[e->ee_shift & 0x3f];
        e->ee_out_left = 16;
    }
    e->ee_do = e->ee_output >> 15;
    e->ee_output = (u16)(e->ee_output << 1);
    e->ee_out_left--;
}

void e1000_eecd_write(struct e1000_82540em *e, u32 value)
{
    u32 before = e->eecd;

    e->eecd = value & 0x77;
    if (!(e->eecd & EECD_CS)) {
        e->ee_count = e->ee_out_left = 0;
        e->ee_shift = 0;
        e->ee_reading = false;
        e->ee_do = true;                                 /* ready: a write takes no time here */
    } else if (e->eecd & ~before & EECD_SK) clock_rises(e);
}

u32 e1000_eecd_read(const struct e1000_82540em *e)
{
    return (e->eecd & 0x77) | EECD_PRES | (e->ee_do ? EECD_DO : 0) | (e->eecd & EECD_REQ ? EECD_GNT : 0);
}

void e1000_eerd_write(struct e1000_82540em *e, u32 value)
{
    if (!(value & EERD_START)) return;
    e->eerd = EERD_DONE | (value & 0xff00) | (u32)e->eeprom[value >> 8 & 0x3f] << 16;
}

/* --- PHY: a Marvell 88E1011 that has agreed on 1000 Mbit/s, full duplex --- */

static const struct {
    u16 reset, writable;
} phy_registers[E1000_PHY_REGISTERS] = {
    [0] = { 0x1140, 0x7fff },            /* control: autonegotiation, full duplex, 1000 */
    [1] = { 0x796d, 0 },                 /* status: link, autonegotiation complete */
    [2] = { 0x0141, 0 },                 /* identifier */
    [3] = { 0x0c24, 0 },
    [4] = { 0x0de1, 0xffff },            /* advertisement */
    [5] = { 0xcde1, 0 },                 /* link partner's ability */
    [6] = { 0x000f, 0 },                 /* expansion */
    [7] = { 0x2001, 0xffff },            /* next page */
    [9] = { 0x0e00, 0xffff },            /* 1000BASE-T control */
    [10] = { 0x7c00, 0 },                /* 1000BASE-T status: partner can, receivers are well */
    [15] = { 0x3000, 0 },                /* extended status: 1000BASE-T */
    [16] = { 0x0068, 0xffff },           /* PHY specific control */
    [17] = { 0xac00, 0 },                /* PHY specific status: 1000, full duplex, resolved, link */
    [18] = { 0x0000, 0xffff },           /* interrupt enable */
    [20] = { 0x0d60, 0xffff },           /* extended control */
    [24] = { 0x4100, 0xffff },           /* LED control */
    [29] = { 0x0000, 0xffff },
    [30] = { 0x0000, 0xffff },
};
enum { PHY_ADDRESS = 1, PHY_CONTROL = 0, PHY_RESET = 0x8000, PHY_RESTART = 0x0200 };
enum { MDIC_WRITE = 1, MDIC_READ = 2, MDIC_READY = 1 << 28, MDIC_INTERRUPT = 1 << 29, MDIC_ERROR = 1 << 30 };

void e1000_phy_reset(struct e1000_82540em *e)
{
    for (unsigned n = 0; n < E1000_PHY_REGISTERS; n++) e->phy[n] = phy_registers[n].reset;
}

static void phy_write(struct e1000_82540em *e, unsigned n, u16 value)
{
    if (n == PHY_CONTROL && value & PHY_RESET) {
        e1000_phy_reset(e);
        return;
    }
    if (n == PHY_CONTROL) value &= (u16)~PHY_RESTART;    /* it has been agreed again at once */
    e->phy[n] = (u16)((e->phy[n] & ~phy_registers[n].writable) | (value & phy_registers[n].writable));
}

/* "MDI Control Register" */
void e1000_mdic_write(struct e1000_82540em *e, u32 value)
{
    unsigned operation = (unsigned)bits(value, 27, 26), phy = (unsigned)bits(value, 25, 21), n = (unsigned)bits(value, 20, 16);

    e->mdic = (value & ~(u32)(MDIC_ERROR)) | MDIC_READY;
    if (phy != PHY_ADDRESS || (operation != MDIC_READ && operation != MDIC_WRITE)) e->mdic |= MDIC_ERROR;
    else if (operation == MDIC_WRITE) phy_write(e, n, (u16)value);
    else e->mdic = (e->mdic & 0xffff0000u) | e->phy[n];
    if (value & MDIC_INTERRUPT) e1000_cause(e, ICR_MDAC);
}
