#ifndef ORRERY_BIOS_SYSTEM_APM_CALLS_H
#define ORRERY_BIOS_SYSTEM_APM_CALLS_H
/* Advanced Power Management: what is the same for INT 15h AH=53h and for the 16- and 32-bit entries; each includes this.     doc: bios
 * Source: Intel and Microsoft, "Advanced Power Management (APM) BIOS Interface Specification" 1.2.
 * Not there: standby and suspend, which are refused; batteries; devices that are managed one by one. */
#include "bios.h"

/* EBDA.apm */
enum { APM_CONNECTION = 3, APM_DISABLED = 4, APM_DISENGAGED = 8, APM_VERSION = 0x30, APM_VERSION_AT = 4 };
enum apm_interface { APM_NONE, APM_REAL, APM_16, APM_32 };

enum apm_status {
    APM_FINE = 0, APM_IS_DISABLED = 0x01, APM_REAL_CONNECTED = 0x02, APM_NOT_CONNECTED = 0x03, APM_16_CONNECTED = 0x05, APM_32_CONNECTED = 0x07, APM_UNKNOWN_DEVICE = 0x09,
    APM_BAD_PARAMETER = 0x0a, APM_NOT_SUPPORTED = 0x0c, APM_CANNOT_ENTER = 0x60, APM_NO_EVENT = 0x80,
};
enum { ALL_DEVICES = 0x0001, ALL_DEVICES_1_0 = 0xffff, FIRST_CLASS = 0x0100, CLASSES_END = 0x0700, STATE_READY = 0, STATE_OFF = 3 };
enum { PM1_CONTROL = 0xb004, SLP_TYP = 0x1c00, SLP_EN = 0x2000 };

/* Until an interrupt, where one is sure to come. */
static void idle(enum apm_interface via);

static bool everything(const struct frame *f) { return f->bx == ALL_DEVICES || f->bx == ALL_DEVICES_1_0; }
static bool one_class(const struct frame *f) { return f->bx >= FIRST_CLASS && f->bx < CLASSES_END; }

static enum apm_status check_installation(struct frame *f, u8 apm)
{
    enum { BOTH_PROTECTED_INTERFACES = 3 };

    if (f->bx) return APM_UNKNOWN_DEVICE;
    f->ax = 0x0102;
    f->bx = 0x504d;                                          /* "PM" */
    f->cx = (u16)(BOTH_PROTECTED_INTERFACES | (apm & APM_DISABLED ? 8 : 0) | (apm & APM_DISENGAGED ? 0x10 : 0));
    return APM_FINE;
}

/* Soft off, as ACPI's S5 is. */
static enum apm_status set_state(const struct frame *f, u8 apm)
{
    if (!everything(f) && !one_class(f)) return APM_UNKNOWN_DEVICE;
    if (f->cx > STATE_OFF || (everything(f) && f->cx == STATE_READY)) return APM_BAD_PARAMETER;
    if (apm & APM_DISABLED) return APM_IS_DISABLED;
    if (one_class(f)) return f->cx == STATE_READY ? APM_FINE : APM_CANNOT_ENTER;
    if (f->cx != STATE_OFF) return APM_CANNOT_ENTER;
    outw(PM1_CONTROL, (u16)((inw(PM1_CONTROL) & ~SLP_TYP) | SLP_EN));
    return APM_CANNOT_ENTER;
}

/* A flag whose 1 means that CX is 0. */
static enum apm_status set_flag(const struct frame *f, u8 *apm, u8 flag)
{
    if (!everything(f)) return APM_UNKNOWN_DEVICE;
    if (f->cx > 1) return APM_BAD_PARAMETER;
    *apm = (u8)((*apm & ~flag) | (f->cx ? 0 : flag));
    return APM_FINE;
}

static enum apm_status power_status(struct frame *f)
{
    if (f->bx != ALL_DEVICES) return APM_UNKNOWN_DEVICE;
    f->bx = 0x01ff;                                          /* on line; of the battery nothing is known, */
    f->cx = 0x80ff;                                          /* for there is none */
    f->dx = 0xffff;
    return APM_FINE;
}

/* The lower one of the driver's version and ours, 1.0 for a driver that names an older one. */
static enum apm_status driver_version(struct frame *f, u8 *apm)
{
    u8 minor = f->cx >= 0x0102 ? 2 : f->cx == 0x0101;

    if (f->bx) return APM_UNKNOWN_DEVICE;
    *apm = (u8)((*apm & ~APM_VERSION) | minor << APM_VERSION_AT);
    f->ax = (u16)(0x0100 | minor);
    return APM_FINE;
}

/* A function behind the connections, called through the interface that is connected. */
static enum apm_status apm_function(struct frame *f, u8 *apm, enum apm_interface via)
{
    if ((*apm & APM_CONNECTION) != via) return APM_NOT_CONNECTED;
    switch (f->al) {
    case 0x04:
        if (f->bx) return APM_UNKNOWN_DEVICE;
        *apm &= (u8)~(APM_CONNECTION | APM_VERSION);
        return APM_FINE;
    case 0x05: idle(via); return APM_FINE;
    case 0x06: return APM_FINE;                              /* busy: the processor is not slowed when idle */
    case 0x07: return set_state(f, *apm);
    case 0x08: return set_flag(f, apm, APM_DISABLED);
    case 0x09:
        if (!everything(f)) return APM_UNKNOWN_DEVICE;
        *apm &= (u8)~(APM_DISABLED | APM_DISENGAGED);
        return APM_FINE;
    case 0x0a: return power_status(f);
    case 0x0b: return APM_NO_EVENT;
    case 0x0c:
        if (!everything(f) && !one_class(f)) return APM_UNKNOWN_DEVICE;
        f->cx = STATE_READY;
        return APM_FINE;
    case 0x0e: return driver_version(f, apm);
    case 0x0f: return set_flag(f, apm, APM_DISENGAGED);
    case 0x10:
        if (f->bx != ALL_DEVICES) return APM_UNKNOWN_DEVICE;
        f->bl = 0;                                           /* batteries */
        f->cx = 0;                                           /* none of the optional ones */
        return APM_FINE;
    default: return APM_NOT_SUPPORTED;
    }
}

/* AH gets a status that is not 0, CF says that there is one. */
static void apm_answer(struct frame *f, enum apm_status status)
{
    if (status) f->ah = (u8)status;
    set_carry(f, status != APM_FINE);
}

#endif
