/* 82371AB (PIIX4), function 3: where power management and the SMBus controller have their ports.   doc: pci
 *   40 PMBASE  15..6 the ports   80 PMREGMISC  0 they are decoded   58 DEVACTB  25 APMC_EN
 *   90 SMBBA   15..4 the SMBus controller's, decoded by PCICMD.IOSE   D2 SMBHSTCFG  0 SMB_HST_EN  3..1 its interrupt: 0 SMI, 4 IRQ
 * Source: Intel 290562-001, "PCI Configuration Registers (Function 3)".  Not modelled: device monitors, general-purpose
 * pins. */
#include "devices/chip/pm_piix4_function.h"

enum { DEVACTB = 0x58, APMC_EN = 1 << 25 };
enum { PMBASE = 0x40, PMREGMISC = 0x80, SMBBA = 0x90, SMBHSTCFG = 0xd2, SMB_HST_EN = 1, SMB_INTRSEL = 0x0e, SMB_INTRSEL_IRQ = 0x08 };

#define STATE_OWNER struct pm_piix4_function
STATE_LAYOUT_OF(pm_piix4_function_state, "pm_piix4_function", PM_PIIX4_FUNCTION_STATE, pm_piix4_function_invariant);

static const struct pci_register rows[] = {
    /* at   size reset       writable    cleared */
    { 0x00, 4, 0x71138086, 0,          0          },     /* VID, DID */
    { 0x04, 2, 0x0000,     0x0001,     0          },     /* PCICMD */
    { 0x06, 2, 0x0280,     0,          0x3800     },     /* PCISTS */
    { 0x08, 4, 0x06800000, 0,          0          },     /* RID, CLASSC: bridge of another kind */
    { 0x3c, 1, 0x00,       0xff,       0          },     /* INTLN */
    { 0x3d, 1, 0x01,       0,          0          },     /* INTPN */
    { 0x40, 4, 0x00000001, 0x0000ffc0, 0          },     /* PMBASE */
    { 0x44, 4, 0x00000000, 0xffffffff, 0          },     /* CNTA */
    { 0x48, 4, 0x00000000, 0xffffffff, 0          },     /* CNTB */
    { 0x4c, 4, 0x00000000, 0xffffffff, 0          },     /* GPICTL */
    { 0x50, 4, 0x00000000, 0xffffffff, 0          },     /* DEVRESD */
    { 0x54, 4, 0x00000000, 0xffffffff, 0          },     /* DEVACTA */
    { 0x58, 4, 0x00000000, 0xffffffff, 0          },     /* DEVACTB */
    { 0x80, 1, 0x00,       0x01,       0          },     /* PMREGMISC */
    { 0x90, 4, 0x00000001, 0x0000fff0, 0          },     /* SMBBA */
    { 0xd2, 1, 0x00,       0x0f,       0          },     /* SMBHSTCFG */
    { 0xd3, 1, 0x00,       0xff,       0          },     /* SMBSLVC */
    { 0xd4, 2, 0x0000,     0xffff,     0          },     /* SMBSHDW1, SMBSHDW2 */
};
static const struct pci_registers registers = { rows, ARRAY_COUNT(rows) };

void pm_piix4_function_init(struct pm_piix4_function *p, void *board, void (*decode_changed)(void *board))
{
    *p = (struct pm_piix4_function){ .board = board, .decode_changed = decode_changed };
    pci_config_reset(p->config, registers);
}

void pm_piix4_function_reset(struct pm_piix4_function *p)
{
    pci_config_reset(p->config, registers);
    if (p->apm_is_set_up) p->config[DEVACTB + 3] |= APMC_EN >> 24;
    p->decode_changed(p->board);
}

u8 pm_piix4_function_read(void *chip, unsigned at) { return ((struct pm_piix4_function *)chip)->config[at & 0xff]; }

void pm_piix4_function_write(void *chip, unsigned at, u8 value)
{
    struct pm_piix4_function *p = chip;

    pci_config_write(p->config, registers, at & 0xff, value);
    p->decode_changed(p->board);
}

bool pm_piix4_function_base(const struct pm_piix4_function *p, u16 *base)
{
    *base = (u16)(pci_config_get(p->config, PMBASE, 2) & 0xffc0);
    return p->config[PMREGMISC] & 1 && *base;
}

bool pm_piix4_function_apm_enabled(const struct pm_piix4_function *p) { return pci_config_get(p->config, DEVACTB, 4) & APMC_EN; }

bool pm_piix4_function_smbus(const struct pm_piix4_function *p, u16 *base)
{
    *base = (u16)(pci_config_get(p->config, SMBBA, 2) & 0xfff0);
    return p->config[PCI_COMMAND] & COMMAND_IO && *base;
}

bool pm_piix4_function_smbus_enabled(const struct pm_piix4_function *p) { return p->config[SMBHSTCFG] & SMB_HST_EN; }
bool pm_piix4_function_smbus_by_irq(const struct pm_piix4_function *p) { return (p->config[SMBHSTCFG] & SMB_INTRSEL) == SMB_INTRSEL_IRQ; }

const char *pm_piix4_function_invariant(const struct pm_piix4_function *p)
{
    return pci_config_valid(p->config, registers) ? NULL : "bits that cannot be written are as reset left them";
}
