#ifndef ORRERY_LOADER_KERNEL_IMAGE_H
#define ORRERY_LOADER_KERNEL_IMAGE_H
/* A kernel without a disk: a Linux bzImage, or an ELF image with a Multiboot header.        doc: kernel
 * The files are read and judged before the machine starts; what the loader in the option ROM then needs is plain bytes. */
#include "cpu/base/error.h"
#include "devices/machine_config.h"

/* Two items of firmware configuration, as bios/kernel/plan.h describes them. */
struct kernel_image {
    u8 *plan, *bytes;            /* NULL: no kernel */
    u32 plan_bytes, size_bytes;
};

/* False: err names the file, what is wrong with it, and what would be right. */
bool kernel_image_load(struct kernel_image *image, const struct kernel_config *config, u64 ram_bytes, struct error *err);
void kernel_image_free(struct kernel_image *image);

#endif
