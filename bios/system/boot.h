#ifndef ORRERY_BIOS_SYSTEM_BOOT_H
#define ORRERY_BIOS_SYSTEM_BOOT_H
/* Why a device did not boot, as INT 19h lists it.                                          doc: bios */
#define BOOT_REASONS(X) \
    X(BOOT_FINE,            "it started and gave up") \
    X(BOOT_NO_DRIVE,        "there is no such drive") \
    X(BOOT_NO_MEDIUM,       "there is no disk in it") \
    X(BOOT_READ_ERROR,      "its first sector cannot be read") \
    X(BOOT_NO_SIGNATURE,    "its first sector does not end in 55 AA") \
    X(BOOT_NOT_BOOTABLE_CD, "the disc has no El Torito boot catalog") \
    X(BOOT_BAD_IMAGE,       "the boot catalog names an image that cannot be emulated") \
    X(BOOT_NO_NETWORK,      "no ROM boots from it")

#define BOOT_ENUM(name, text) name,
enum boot_reason { BOOT_REASONS(BOOT_ENUM) };

#endif
