#ifndef ORRERY_CHIP_PM_PIIX4_FUNCTION_H
#define ORRERY_CHIP_PM_PIIX4_FUNCTION_H
#include "cpu/base/state.h"
#include "devices/chip/pci_config.h"

#define PM_PIIX4_FUNCTION_STATE(ONE, MANY) \
    /*    type  name                      unit  min   max  meaning               */ \
    MANY(u8,   config, PCI_CONFIG_BYTES, "",    0, 0xff, "configuration space")

struct pm_piix4_function {
    STATE_MEMBERS(PM_PIIX4_FUNCTION_STATE)
    void *board;                                         /* wires */
    void (*decode_changed)(void *board);
    bool apm_is_set_up;          /* from a reset on APMC_EN is 1, which tells firmware that it need not set up SMI */
};

extern const struct state_layout pm_piix4_function_state;

void pm_piix4_function_init(struct pm_piix4_function *p, void *board, void (*decode_changed)(void *board));
void pm_piix4_function_reset(struct pm_piix4_function *p);
u8 pm_piix4_function_read(void *chip, unsigned at);
void pm_piix4_function_write(void *chip, unsigned at, u8 value);
bool pm_piix4_function_base(const struct pm_piix4_function *p, u16 *base);       /* of pm_piix4's ports; false: not decoded */
bool pm_piix4_function_apm_enabled(const struct pm_piix4_function *p);           /* a write to APMC asks for SMI */
bool pm_piix4_function_smbus(const struct pm_piix4_function *p, u16 *base);      /* of the SMBus controller's; false: not decoded */
bool pm_piix4_function_smbus_enabled(const struct pm_piix4_function *p);
bool pm_piix4_function_smbus_by_irq(const struct pm_piix4_function *p);          /* else by SMI */
const char *pm_piix4_function_invariant(const struct pm_piix4_function *p);

#endif
