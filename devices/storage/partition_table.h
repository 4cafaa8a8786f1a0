#ifndef ORRERY_STORAGE_PARTITION_TABLE_H
#define ORRERY_STORAGE_PARTITION_TABLE_H
/* Partitions of a disk, for people: MBR with logical ones, GPT.                          doc: disk-images */
#include "devices/storage/disk_image.h"

struct partition {
    unsigned number;             /* 1..4 primary, 5.. logical; of a GPT its entry */
    const char *type;
    u64 first, last;             /* sectors */
    bool active, outside;        /* it boots; it ends past the end of the disk */
};

/* Calls back for each, in the order of the table. */
void partition_table_each(struct disk_image *image, void (*each)(void *context, const struct partition *p), void *context);

#endif
