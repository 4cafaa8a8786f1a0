#include "devices/storage/nbd.h"

/* Built where libnbd is not: the forms that need it say so.                               doc: nbd */

struct image_layer *nbd_open(const struct image_source *source, struct error *err)
{
    fail(err, "%s: path=\"%s\": this program was built without libnbd, which such images need; install libnbd-dev and build it again, or convert the image: "
         "qemu-img convert -O raw FILE FILE.img", source->what, source->path);
    return NULL;
}

struct image_layer *nbd_open_qcow2(const struct image_source *source, struct error *err) { return nbd_open(source, err); }
struct image_layer *nbd_open_vmware3(const struct image_source *source, struct error *err) { return nbd_open(source, err); }
struct image_layer *nbd_open_vmware4(const struct image_source *source, struct error *err) { return nbd_open(source, err); }
struct image_layer *nbd_open_vbox(const struct image_source *source, struct error *err) { return nbd_open(source, err); }
struct image_layer *nbd_open_vpc(const struct image_source *source, struct error *err) { return nbd_open(source, err); }
struct image_layer *nbd_open_vhdx(const struct image_source *source, struct error *err) { return nbd_open(source, err); }
