#ifndef ORRERY_CHIP_E1000_PARTS_H
#define ORRERY_CHIP_E1000_PARTS_H
/* What the files of the 82540EM share. */
#include "cpu/base/bits.h"
#include "cpu/base/frame_sums.h"
#include "devices/chip/e1000_82540em.h"

enum { CTRL_SLU = 1 << 6, CTRL_RST = 1 << 26, CTRL_VME = 1 << 30 };
enum { ICR_TXDW = 1 << 0, ICR_TXQE = 1 << 1, ICR_LSC = 1 << 2, ICR_RXDMT0 = 1 << 4, ICR_RXO = 1 << 6, ICR_RXT0 = 1 << 7, ICR_MDAC = 1 << 9, ICR_SRPD = 1 << 16 };
enum { RCTL_EN = 1 << 1, RCTL_UPE = 1 << 3, RCTL_MPE = 1 << 4, RCTL_LPE = 1 << 5, RCTL_LBM = 3 << 6, RCTL_BAM = 1 << 15, RCTL_VFE = 1 << 18, RCTL_CFIEN = 1 << 19,
       RCTL_CFI = 1 << 20, RCTL_BSEX = 1 << 25, RCTL_SECRC = 1 << 26 };
enum { TCTL_EN = 1 << 1, TCTL_PSP = 1 << 3 };
enum { DESCRIPTOR_BYTES = 16, ADDRESS_BYTES = 6, TAG_BYTES = 4, ETHERNET_HEADER = 14, FRAME_LONGEST = 1518, FCS_BYTES = 4 };

/* Statistics by their place from 4000h on, in doublewords.  "Statistics Registers". */
enum { MPC = 0x10 / 4, ROC = 0xac / 4, RUC = 0xa4 / 4, RNBC = 0xa0 / 4, PRC64 = 0x5c / 4, GPRC = 0x74 / 4, BPRC = 0x78 / 4, MPRC = 0x7c / 4, GPTC = 0x80 / 4, GORCL = 0x88 / 4,
       GOTCL = 0x90 / 4, TORL = 0xc0 / 4, TOTL = 0xc8 / 4, TPR = 0xd0 / 4, TPT = 0xd4 / 4, PTC64 = 0xd8 / 4, MPTC = 0xf0 / 4, BPTC = 0xf4 / 4, TSCTC = 0xf8 / 4 };

void e1000_cause(struct e1000_82540em *e, u32 causes);           /* sets them in ICR */
void e1000_count(struct e1000_82540em *e, unsigned statistic);
/* A good frame of `size` bytes with its FCS: packets, octets (64 bits), by length and by address. */
void e1000_count_frame(struct e1000_82540em *e, bool sent, const u8 *frame, unsigned size);
bool e1000_masters(const struct e1000_82540em *e);               /* PCI command: it may read and write memory */
u64 e1000_ticks_of_units(const struct e1000_82540em *e, u32 units);      /* of 1.024 us */

/* e1000_eeprom.c */
void e1000_eeprom_init(struct e1000_82540em *e, const u8 *mac);
void e1000_eeprom_readdress(struct e1000_82540em *e, const u8 *mac);
u32 e1000_eecd_read(const struct e1000_82540em *e);
void e1000_eecd_write(struct e1000_82540em *e, u32 value);
void e1000_eerd_write(struct e1000_82540em *e, u32 value);
void e1000_phy_reset(struct e1000_82540em *e);
void e1000_mdic_write(struct e1000_82540em *e, u32 value);

/* e1000_receive.c */
void e1000_loop(struct e1000_82540em *e, const u8 *frame, unsigned size);          /* a frame that comes back */

/* e1000_transmit.c */
void e1000_transmit_start(struct e1000_82540em *e);              /* tail or TCTL have changed */
void e1000_on_transmit(void *chip);

#endif
