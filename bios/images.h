#ifndef ORRERY_BIOS_IMAGES_H
#define ORRERY_BIOS_IMAGES_H
/* The guest code that comes with the machine, built from bios/ and embedded.               doc: bios
 * The system image is 64 KiB: the board shows it at F0000h and at the top of 4 GiB.  The VGA image is a multiple of
 * 512 bytes, at most 32 KiB, for C0000h.  The demo disk is a 1.44 MB floppy, sector after sector. The kernel
 * loader is an option ROM of one page. */
#include "cpu/base/types.h"

extern const u8 bios_system_image[], bios_vga_image[], demo_disk_image[], kernel_loader_image[];
extern const u8 vga_font_8x16[4096];     /* 256 glyphs, 16 rows each, the leftmost dot in bit 7: for pictures that the host draws */
extern const u32 bios_system_image_size, bios_vga_image_size, demo_disk_image_size, kernel_loader_image_size;

#endif
