#ifndef ORRERY_STORAGE_NBD_H
#define ORRERY_STORAGE_NBD_H
/* Images that another program understands, by the network block device protocol.        doc: nbd */
#include "devices/storage/image_formats.h"

/* A server at an address, as nbd+unix:///?socket=PATH or nbd://localhost. */
struct image_layer *nbd_open(const struct image_source *source, struct error *err);

/* qemu-nbd is started for the image, and ends with it. */
struct image_layer *nbd_open_qcow2(const struct image_source *source, struct error *err);
struct image_layer *nbd_open_vmware3(const struct image_source *source, struct error *err);      /* is only read */
struct image_layer *nbd_open_vmware4(const struct image_source *source, struct error *err);
struct image_layer *nbd_open_vbox(const struct image_source *source, struct error *err);
struct image_layer *nbd_open_vpc(const struct image_source *source, struct error *err);
struct image_layer *nbd_open_vhdx(const struct image_source *source, struct error *err);

#endif
