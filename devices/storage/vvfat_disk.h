#ifndef ORRERY_STORAGE_VVFAT_DISK_H
#define ORRERY_STORAGE_VVFAT_DISK_H
/* The parts of a vvfat disk that several files make.                                     doc: vvfat */
#include "devices/storage/vvfat.h"
#include "devices/storage/vvfat_tree.h"

enum { VVFAT_OPEN_MOST = 16 };
#define NO_NODE UINT32_MAX

struct vvfat_open {
    u32 node;
    int fd;                              /* -1: none */
};

struct vvfat_disk {
    struct image_layer layer;
    struct vvfat_tree tree;
    struct fat_shape shape;
    bool partitioned;                    /* false: a floppy */
    u32 heads;
    u64 used_clusters;                   /* from cluster 2 on */
    u32 *by_cluster, placed;             /* nodes that have clusters, ascending */
    struct vvfat_open open[VVFAT_OPEN_MOST];
    u32 turn;                            /* of open[] */
    char notice[1024];
};

/* vvfat_system.c */
void vvfat_partition_table(const struct vvfat_disk *d, u8 *sector);
void vvfat_reserved_sector(const struct vvfat_disk *d, u32 n, u8 *sector);
u32 vvfat_directory_bytes(const struct vvfat_tree *t, u32 n);            /* what its entries take */
bool vvfat_directory_make(struct vvfat_tree *t, u32 n);         /* false: no memory */

#endif
