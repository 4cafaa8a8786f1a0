#ifndef ORRERY_CHIP_NE2000_PARTS_H
#define ORRERY_CHIP_NE2000_PARTS_H
/* What the files of the NE2000 share. */
#include "cpu/base/bits.h"
#include "cpu/base/frame_sums.h"
#include "devices/chip/ne2000_dp8390.h"

enum { CR_STP = 0x01, CR_STA = 0x02, CR_TXP = 0x04, CR_RD0 = 0x08, CR_RD1 = 0x10, CR_RD2 = 0x20 };
enum { ISR_PRX = 0x01, ISR_PTX = 0x02, ISR_RXE = 0x04, ISR_TXE = 0x08, ISR_OVW = 0x10, ISR_CNT = 0x20, ISR_RDC = 0x40, ISR_RST = 0x80 };
enum { DCR_WTS = 0x01, DCR_LAS = 0x04, DCR_LS = 0x08 };
enum { TCR_CRC = 0x01, TCR_LB = 0x06 };
enum { RCR_SEP = 0x01, RCR_AR = 0x02, RCR_AB = 0x04, RCR_AM = 0x08, RCR_PRO = 0x10, RCR_MON = 0x20 };
enum { TSR_PTX = 0x01, TSR_ND = 0x02, TSR_CRS = 0x10, TSR_CDH = 0x40 };
enum { RSR_PRX = 0x01, RSR_CRC = 0x02, RSR_MPA = 0x10, RSR_PHY = 0x20, RSR_DIS = 0x40 };
enum { CNTR0, CNTR1, CNTR2 };
enum { RAM_BIT = 0x4000 };       /* of an address of buffer memory */

/* Buffer memory as local and remote DMA see it. */
u8 ne2000_memory_read(const struct ne2000_dp8390 *n, u16 at);
void ne2000_memory_write(struct ne2000_dp8390 *n, u16 at, u8 value);

void ne2000_update(struct ne2000_dp8390 *n);             /* INT as ISR and IMR say */
void ne2000_count(struct ne2000_dp8390 *n, unsigned counter);
void ne2000_transmit(struct ne2000_dp8390 *n);           /* CR.TXP has been set */
void ne2000_on_sent(void *chip);

#endif
