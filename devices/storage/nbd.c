#include "devices/storage/nbd.h"

/* A client of network block devices, and qemu-nbd as a child: what it reads of an image is parsed in its process, not in ours.
 *                                                                                         doc: nbd
 * Source: libnbd(3), nbd_connect_socket(3), qemu-nbd(8). */
#include <errno.h>
#include <libnbd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices/host/sandbox.h"

struct nbd {
    struct image_layer layer;
    struct nbd_handle *handle;
    char *name;                          /* for messages */
};

static struct nbd *of(struct image_layer *layer) { return (struct nbd *)layer; }

static bool nbd_failed(const struct nbd *n, const char *doing, struct error *err)
{
    return fail(err, "%s: %s failed: %s", n->name, doing, nbd_get_error());
}

/* --- sectors --- */

static bool nbd_layer_read(struct image_layer *layer, u64 lba, u32 count, u8 *bytes, struct error *err)
{
    return nbd_pread(of(layer)->handle, bytes, (size_t)count * SECTOR_BYTES, lba * SECTOR_BYTES, 0) == 0 || nbd_failed(of(layer), "reading", err);
}

static bool nbd_layer_write(struct image_layer *layer, u64 lba, u32 count, const u8 *bytes, struct error *err)
{
    return nbd_pwrite(of(layer)->handle, bytes, (size_t)count * SECTOR_BYTES, lba * SECTOR_BYTES, 0) == 0 || nbd_failed(of(layer), "writing", err);
}

static bool nbd_layer_flush(struct image_layer *layer, struct error *err)
{
    return nbd_flush(of(layer)->handle, 0) == 0 || nbd_failed(of(layer), "flushing", err);
}

static void nbd_layer_close(struct image_layer *layer)
{
    struct nbd *n = of(layer);

    if (n->handle) {
        nbd_shutdown(n->handle, 0);
        nbd_close(n->handle);
    }
    free(n->name);
    free(n);
}

static const struct image_format nbd_format = { .name = "nbd", .read = nbd_layer_read, .write = nbd_layer_write, .flush = nbd_layer_flush, .close = nbd_layer_close };

/* --- opening --- */

static struct nbd *new_layer(const struct image_source *source, struct error *err)
{
    struct nbd *n = calloc(1, sizeof *n);

    if (n && asprintf(&n->name, "%s: path=\"%s\"", source->what, source->path) < 0) n->name = NULL;
    if (n) n->layer.format = &nbd_format;
    if (n && n->name && (n->handle = nbd_create())) return n;
    fail(err, "%s: path=\"%s\": out of memory", source->what, source->path);
    if (n) nbd_layer_close(&n->layer);
    return NULL;
}

/* What the server says of the disk.  One that cannot make writes safe is not written. */
static bool learn(struct nbd *n, const struct image_source *source, struct error *err)
{
    int64_t size = nbd_get_size(n->handle);

    if (size < 0) return nbd_failed(n, "asking for its size", err);
    n->layer.sectors = (u64)size / SECTOR_BYTES;
    if (!n->layer.sectors || n->layer.sectors > IMAGE_SECTORS_MOST) return fail(err, "%s: the server says that it has %lld bytes", n->name, (long long)size);
    n->layer.read_only = source->access != IMAGE_WRITABLE || nbd_is_read_only(n->handle) == 1 || nbd_can_flush(n->handle) != 1;
    return true;
}

struct image_layer *nbd_open(const struct image_source *source, struct error *err)
{
    struct nbd *n = new_layer(source, err);

    if (!n) return NULL;
    if (nbd_connect_uri(n->handle, source->path) == 0 ? learn(n, source, err) : nbd_failed(n, "connecting", err)) return &n->layer;
    nbd_layer_close(&n->layer);
    return NULL;
}

/* --- qemu-nbd --- */

/* A comma of the name is two in an option.  NULL: no memory. */
static char *option_of(const char *driver, const char *path)
{
    char *option = NULL, *end;
    size_t size = strlen(driver) + 2 * strlen(path) + 64;

    option = malloc(size);
    if (!option) return NULL;
    end = option + snprintf(option, size, "driver=%s,file.driver=file,file.filename=", driver);
    for (; *path; path++) {
        if (*path == ',') *end++ = ',';
        *end++ = *path;
    }
    *end = 0;
    return option;
}

static bool start_server(struct nbd *n, const char *driver, const struct image_source *source, bool read_only, struct error *err)
{
    struct stat st;
    char *option = option_of(driver, source->path);
    const char *argv[] = { "qemu-nbd", read_only ? "--read-only" : "--cache=writeback", "--image-opts", option, NULL };
    int fd = -1, why = 0;
    bool ok = false;

    if (!option) fail(err, "%s: out of memory", n->name);
    else if (stat(source->path, &st)) fail(err, "%s: cannot be opened: %s", n->name, strerror(errno));
    else if (!S_ISREG(st.st_mode)) fail(err, "%s: is no file", n->name);
    else if ((why = host_start_server(argv, &fd)) == ENOENT) fail(err, "%s: qemu-nbd reads this form of images, and is not installed: apt install qemu-utils; or convert the image to a flat one elsewhere", n->name);
    else if (why) fail(err, "%s: qemu-nbd cannot be started: %s", n->name, strerror(why));
    else ok = nbd_connect_socket(n->handle, fd) == 0 || fail(err, "%s: qemu-nbd cannot open it as %s: %s", n->name, driver, nbd_get_error());
    free(option);
    return ok;
}

static struct image_layer *open_by_qemu(const char *driver, bool may_write, const struct image_source *source, struct error *err)
{
    bool read_only = source->access != IMAGE_WRITABLE || !may_write || access(source->path, W_OK);
    struct image_source asked = *source;
    struct nbd *n = new_layer(source, err);

    if (!n) return NULL;
    if (read_only) asked.access = IMAGE_READ_ONLY;
    if (start_server(n, driver, source, read_only, err) && learn(n, &asked, err)) {
        if (read_only && source->access == IMAGE_WRITABLE) n->layer.notice = may_write ? "cannot be written; the guest finds a read-only disk" : "images of this form are only read; use mode=undoable or mode=volatile";
        return &n->layer;
    }
    nbd_layer_close(&n->layer);
    return NULL;
}

struct image_layer *nbd_open_qcow2(const struct image_source *source, struct error *err) { return open_by_qemu("qcow2", true, source, err); }
struct image_layer *nbd_open_vmware3(const struct image_source *source, struct error *err) { return open_by_qemu("vmdk", false, source, err); }
struct image_layer *nbd_open_vmware4(const struct image_source *source, struct error *err) { return open_by_qemu("vmdk", true, source, err); }
struct image_layer *nbd_open_vbox(const struct image_source *source, struct error *err) { return open_by_qemu("vdi", true, source, err); }
struct image_layer *nbd_open_vpc(const struct image_source *source, struct error *err) { return open_by_qemu("vpc", true, source, err); }
struct image_layer *nbd_open_vhdx(const struct image_source *source, struct error *err) { return open_by_qemu("vhdx", true, source, err); }
