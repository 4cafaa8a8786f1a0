#ifndef ORRERY_STORAGE_VVFAT_TREE_H
#define ORRERY_STORAGE_VVFAT_TREE_H
/* A folder of the host as it was when it was opened: what is in it, in an order of its own.          doc: vvfat
 * Only plain files and folders, and only through the descriptor of the folder: nothing leads elsewhere. */
#include "cpu/base/error.h"
#include "cpu/base/types.h"

enum { VVFAT_NODES_MOST = 20000, VVFAT_DEPTH_MOST = 24, VVFAT_NAME_MOST = 255 };
#define VVFAT_FILE_MOST 0xffffffffull
#define VVFAT_TEMPORARY ".orrery-writeback"      /* of a file that is written back; one that a program that was killed has left is nobody's file */

struct vvfat_node {
    u32 parent;                          /* of the root: itself, 0 */
    bool is_folder;
    bool is_twin;                        /* while the folder is read */
    char *name;                          /* on the host */
    u16 *shown;                          /* in the guest, UTF-16, ended by 0: what FAT does not allow is '_' */
    u8 short_name[11];
    u64 size_bytes;
    s64 changed_ns;                      /* last change, since 1970 */
    u64 device, inode;
    u32 first_cluster, clusters;         /* 0, 0: it has none */
    u8 *entries;                         /* of a folder: its directory, whole clusters */
    u32 entries_bytes;
};

/* Nodes stand in the order: a folder, what is in it by name, then what is in the first folder of it ... so that a folder's are together. */
struct vvfat_tree {
    int folder;                          /* descriptor */
    struct vvfat_node *node;
    u32 nodes, left_out;
    char why_left_out[512];              /* the first that is not shown, and why; "" = all are */
};

bool vvfat_tree_open(struct vvfat_tree *t, const char *path, const char *what, struct error *err);
void vvfat_tree_close(struct vvfat_tree *t);

u32 vvfat_tree_child(const struct vvfat_tree *t, u32 parent, const u16 *shown);        /* without regard to case; 0: there is none */
u32 vvfat_tree_child_short(const struct vvfat_tree *t, u32 parent, const u8 short_name[11]);

/* The file's descriptor, to be closed; -1 with a sentence in err: it is not the one that was there. */
int vvfat_tree_open_file(const struct vvfat_tree *t, u32 n, struct error *err);
/* Its path below the folder, for messages. */
void vvfat_tree_path(const struct vvfat_tree *t, u32 n, char *text, size_t size);

#endif
