#ifndef ORRERY_CONFIG_IMAGE_INFO_H
#define ORRERY_CONFIG_IMAGE_INFO_H
/* What `orrery image info` and `check` say of an image.                                   doc: disk-images */
#include "devices/storage/image_tool.h"

void image_info_print(const char *path, struct image_layer *layer);

/* Its form, then every sector.  False: something is wrong, and was said. */
bool image_info_check(const char *path, struct image_layer *layer, const struct image_progress *progress);

#endif
