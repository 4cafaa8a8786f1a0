/* 8237A DMA controller with the page registers an AT puts beside it.            doc: dma
 *   reg 0..7   address (even) and count (odd) of channels 0..3, low byte then high
 *   reg 8      write command, read status        9 request    A mask one    B mode
 *   reg C      clear byte pointer    D master clear, read temporary    E clear mask    F mask all
 *   page reg n the board's offset; channels 0..3 use offsets 7, 3, 1, 2
 * Source: Intel 231466.  Not modelled: memory-to-memory, cascade bus timing, compressed timing: a device's transfer happens at
 * its own event, in one piece. */
#include "devices/chip/dma_8237.h"

enum { MODE_DECREMENT = 0x20, MODE_AUTO = 0x10, COMMAND_DISABLE = 4, PIECE = 512 };

#define STATE_OWNER struct dma_8237
STATE_LAYOUT_OF(dma_8237_state, "dma_8237", DMA_8237_STATE, dma_8237_invariant);

void dma_8237_init(struct dma_8237 *d, unsigned shift, void *board,
                   void (*memory_read)(void *board, u64 pa, u8 *bytes, unsigned size),
                   void (*memory_write)(void *board, u64 pa, const u8 *bytes, unsigned size))
{
    *d = (struct dma_8237){ .shift = shift, .board = board, .memory_read = memory_read, .memory_write = memory_write, .mask = 15 };
}

void dma_8237_reset(struct dma_8237 *d)
{
    d->command = d->status = d->request = 0;
    d->high_next = false;
    d->mask = 15;
}

static void put_byte(struct dma_8237 *d, u16 *base, u16 *current, u8 value)
{
    *base = d->high_next ? (u16)((*base & 0x00ff) | value << 8) : (u16)((*base & 0xff00) | value);
    *current = *base;
    d->high_next = !d->high_next;
}

void dma_8237_write(void *chip, unsigned reg, u8 value)
{
    struct dma_8237 *d = chip;
    unsigned channel = reg >> 1 & 3;
    u8 bit = (u8)(1 << (value & 3));

    switch (reg & 15) {
    case 8: d->command = value; break;
    case 9: d->request = value & 4 ? d->request | bit : d->request & (u8)~bit; break;
    case 10: d->mask = value & 4 ? d->mask | bit : d->mask & (u8)~bit; break;
    case 11: d->mode[value & 3] = value; break;
    case 12: d->high_next = false; break;
    case 13: dma_8237_reset(d); break;
    case 14: d->mask = 0; break;
    case 15: d->mask = value & 15; break;
    default:
        if (reg & 1) put_byte(d, &d->base_count[channel], &d->count[channel], value);
        else put_byte(d, &d->base_address[channel], &d->address[channel], value);
    }
}

u8 dma_8237_read(void *chip, unsigned reg)
{
    struct dma_8237 *d = chip;
    unsigned channel = reg >> 1 & 3;
    u8 status = d->status;

    if ((reg & 15) == 8) {
        d->status &= 0xf0;                           /* reading clears the terminal counts */
        return status;
    }
    if ((reg & 15) == 15) return d->mask | 0xf0;
    if ((reg & 15) > 8) return 0;                    /* temporary register: no memory-to-memory transfer ran */
    u16 v = reg & 1 ? d->count[channel] : d->address[channel];
    d->high_next = !d->high_next;
    return (u8)(d->high_next ? v : v >> 8);
}

u8 dma_8237_page_read(void *chip, unsigned reg) { return ((struct dma_8237 *)chip)->page[reg & 7]; }
void dma_8237_page_write(void *chip, unsigned reg, u8 value) { ((struct dma_8237 *)chip)->page[reg & 7] = value; }

static u64 physical(const struct dma_8237 *d, unsigned channel)
{
    static const u8 page_of[] = { 7, 3, 1, 2 };
    u64 page = d->page[page_of[channel]];
    return d->shift ? (page & 0xfe) << 16 | (u64)d->address[channel] << 1 : page << 16 | d->address[channel];
}

/* One DREQ/DACK cycle; true when it reached terminal count. */
static bool cycle(struct dma_8237 *d, unsigned channel, u8 *bytes, bool to_memory)
{
    unsigned size = 1u << d->shift, type = d->mode[channel] >> 2 & 3;

    if (to_memory && type == 1) d->memory_write(d->board, physical(d, channel), bytes, size);
    if (!to_memory && type == 2) d->memory_read(d->board, physical(d, channel), bytes, size);
    d->address[channel] += d->mode[channel] & MODE_DECREMENT ? 0xffff : 1;
    if (d->count[channel]-- != 0) return false;
    d->status |= (u8)(1 << channel);
    if (d->mode[channel] & MODE_AUTO) {
        d->address[channel] = d->base_address[channel];
        d->count[channel] = d->base_count[channel];
    } else {
        d->mask |= (u8)(1 << channel);
    }
    return true;
}

unsigned dma_8237_transfer(void *chip, unsigned channel, u8 *bytes, unsigned count, bool to_memory, bool *tc)
{
    struct dma_8237 *d = chip;
    unsigned done = 0, size = 1u << d->shift;

    *tc = false;
    channel &= 3;
    while (done + size <= count && !*tc && !(d->mask >> channel & 1) && !(d->command & COMMAND_DISABLE)) {
        *tc = cycle(d, channel, bytes + done, to_memory);
        done += size;
    }
    return done;
}

const char *dma_8237_invariant(const struct dma_8237 *d)
{
    if (d->mask > 15 || d->request > 15) return "four channels have four mask and request bits";
    return 0;
}
