#include "devices/storage/vvfat_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices/storage/vvfat_names.h"

enum { FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

struct scan {
    struct vvfat_tree *tree;
    const char *path, *what;
    struct error *err;
};

static bool out_of_memory(const struct scan *s) { return fail(s->err, "%s: path=\"%s\": out of memory", s->what, s->path); }

static void leave_out(struct vvfat_tree *t, u32 parent, const char *name, const char *why)
{
    char path[256];

    vvfat_tree_path(t, parent, path, sizeof path);
    if (!t->left_out++) snprintf(t->why_left_out, sizeof t->why_left_out, "%s%.150s: %s", path, name, why);
}

/* --- one folder --- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct vvfat_node *)a)->name, ((const struct vvfat_node *)b)->name);
}

/* NULL: it is shown. */
static const char *why_not(const struct stat *st, const char *name, int folder, u16 *shown)
{
    if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode)) return "is neither a file nor a folder";
    if (S_ISREG(st->st_mode) && (u64)st->st_size > VVFAT_FILE_MOST) return "is larger than a file of FAT can be (4 GiB)";
    if (faccessat(folder, name, S_ISDIR(st->st_mode) ? R_OK | X_OK : R_OK, 0)) return "may not be read";
    return vvfat_name_shown(name, shown) ? NULL : "has a name that FAT cannot have: no UTF-8, or longer than 255";
}

static bool add_node(struct scan *s, u32 parent, const char *name, const struct stat *st, const u16 *shown)
{
    struct vvfat_tree *t = s->tree;
    struct vvfat_node *n = &t->node[t->nodes];

    if (t->nodes == VVFAT_NODES_MOST) return fail(s->err, "%s: path=\"%s\": has more than %d files and folders; name a smaller folder", s->what, s->path, VVFAT_NODES_MOST);
    *n = (struct vvfat_node){
        .parent = parent, .is_folder = S_ISDIR(st->st_mode), .name = strdup(name), .shown = malloc((VVFAT_NAME_MOST + 1) * 2), .device = st->st_dev, .inode = st->st_ino,
        .size_bytes = S_ISDIR(st->st_mode) ? 0 : (u64)st->st_size, .changed_ns = (s64)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
    };
    t->nodes++;
    if (!n->name || !n->shown) return out_of_memory(s);
    unsigned length = 0;
    do n->shown[length] = shown[length]; while (shown[length++]);
    return true;
}

static bool read_names(struct scan *s, u32 parent, DIR *dir)
{
    bool ok = true;

    for (struct dirent *e; ok && (e = readdir(dir));) {
        u16 shown[VVFAT_NAME_MOST + 1];
        struct stat st;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || !strcmp(e->d_name, VVFAT_TEMPORARY)) continue;
        if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW)) continue;          /* gone meanwhile */
        const char *why = why_not(&st, e->d_name, dirfd(dir), shown);
        if (why) leave_out(s->tree, parent, e->d_name, why);
        else ok = add_node(s, parent, e->d_name, &st, shown);
    }
    return ok;
}

static void free_node(struct vvfat_node *n)
{
    free(n->name);
    free(n->shown);
    free(n->entries);
}

static int by_shown(const void *a, const void *b)
{
    const struct vvfat_node *x = *(struct vvfat_node *const *)a, *y = *(struct vvfat_node *const *)b;
    int order = vvfat_compare(x->shown, y->shown);
    return order ? order : x < y ? -1 : 1;
}

/* Names that differ in case alone are one name in the guest: the first stays. */
static bool drop_twins(struct scan *s, u32 first)
{
    struct vvfat_tree *t = s->tree;
    u32 count = t->nodes - first, kept = first;
    struct vvfat_node **order = malloc((count + 1) * sizeof *order);

    if (!order) return out_of_memory(s);
    for (u32 i = 0; i < count; i++) order[i] = &t->node[first + i];
    qsort(order, count, sizeof *order, by_shown);
    for (u32 i = 1; i < count; i++) order[i]->is_twin = !vvfat_compare(order[i]->shown, order[i - 1]->shown);
    free(order);
    for (u32 i = first; i < t->nodes; i++) {
        if (!t->node[i].is_twin) {
            t->node[kept++] = t->node[i];
            continue;
        }
        leave_out(t, t->node[i].parent, t->node[i].name, "has the name of another one there, as the guest sees names");
        free_node(&t->node[i]);
    }
    t->nodes = kept;
    return true;
}

/* --- short names of one folder --- */

enum { TAKEN = 65536 };                  /* more than there are nodes */

struct taken {
    u8 name[TAKEN][11];                  /* by its hash, or where the next free place was; all 0: free */
    u32 next_tail[TAKEN];                /* by the hash of the name without a number */
};

static u32 hash_of(const u8 name[11])
{
    u32 hash = 2166136261u;
    for (unsigned i = 0; i < 11; i++) hash = (hash ^ name[i]) * 16777619u;
    return hash % TAKEN;
}

/* False: another one has it. */
static bool take(struct taken *taken, const u8 name[11])
{
    u32 at = hash_of(name);

    for (; taken->name[at][0]; at = (at + 1) % TAKEN)
        if (!memcmp(taken->name[at], name, 11)) return false;
    memcpy(taken->name[at], name, 11);
    return true;
}

static bool is_own_short_name(struct vvfat_node *n)
{
    return vvfat_short_name(n->shown, 0, n->short_name) && vvfat_name_is_short(n->shown, n->short_name);
}

/* Those whose name is a short one have it; the others get a number when it is taken, or something is lost. */
static bool give_short_names(struct scan *s, u32 first)
{
    struct vvfat_tree *t = s->tree;
    struct taken *taken = calloc(1, sizeof *taken);

    if (!taken) return out_of_memory(s);
    for (u32 i = first; i < t->nodes; i++)
        if (is_own_short_name(&t->node[i])) take(taken, t->node[i].short_name);
    for (u32 i = first; i < t->nodes; i++) {
        struct vvfat_node *n = &t->node[i];
        if (is_own_short_name(n)) continue;
        bool whole = vvfat_short_name(n->shown, 0, n->short_name);
        u32 *tail = &taken->next_tail[hash_of(n->short_name)];
        while (!whole || !take(taken, n->short_name)) whole = vvfat_short_name(n->shown, ++*tail, n->short_name);
    }
    free(taken);
    return true;
}

static bool read_folder(struct scan *s, u32 parent, int fd)
{
    u32 first = s->tree->nodes;
    DIR *dir = fdopendir(fd);

    if (!dir) {
        close(fd);
        return fail(s->err, "%s: path=\"%s\": a folder in it cannot be read: %s", s->what, s->path, strerror(errno));
    }
    bool ok = read_names(s, parent, dir);
    closedir(dir);
    if (!ok) return false;
    qsort(s->tree->node + first, s->tree->nodes - first, sizeof *s->tree->node, by_name);
    return drop_twins(s, first) && give_short_names(s, first);
}

/* --- all of it --- */

/* The folder that holds a node, by way of the one that was opened: no link is followed anywhere.  -1: it is not there any more. */
static int open_folder(const struct vvfat_tree *t, u32 n)
{
    if (!n) return fcntl(t->folder, F_DUPFD_CLOEXEC, 0);
    int above = open_folder(t, t->node[n].parent), fd;
    if (above < 0) return -1;
    fd = openat(above, t->node[n].name, FOLDER_FLAGS);
    close(above);
    return fd;
}

static u32 depth_of(const struct vvfat_tree *t, u32 n)
{
    u32 depth = 0;
    for (; n; n = t->node[n].parent) depth++;
    return depth;
}

static bool scan_all(struct scan *s)
{
    static const u16 nothing[1];
    struct stat st = { .st_mode = S_IFDIR };

    if (!add_node(s, 0, "", &st, nothing)) return false;
    for (u32 n = 0; n < s->tree->nodes; n++) {
        if (!s->tree->node[n].is_folder) continue;
        if (depth_of(s->tree, n) >= VVFAT_DEPTH_MOST) {
            leave_out(s->tree, s->tree->node[n].parent, s->tree->node[n].name, "what is in it lies too deep");
            continue;
        }
        int fd = n ? open_folder(s->tree, n) : openat(s->tree->folder, ".", FOLDER_FLAGS);
        if (fd < 0) return fail(s->err, "%s: path=\"%s\": %s in it cannot be read: %s", s->what, s->path, s->tree->node[n].name, strerror(errno));
        if (!read_folder(s, n, fd)) return false;
    }
    return true;
}

bool vvfat_tree_open(struct vvfat_tree *t, const char *path, const char *what, struct error *err)
{
    struct scan s = { t, path, what, err };

    *t = (struct vvfat_tree){ .folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
    if (t->folder < 0) return fail(err, "%s: path=\"%s\": mode=vvfat shows a folder of the host; this one cannot be opened: %s", what, path, strerror(errno));
    t->node = calloc(VVFAT_NODES_MOST, sizeof *t->node);
    return t->node ? scan_all(&s) : out_of_memory(&s);
}

void vvfat_tree_close(struct vvfat_tree *t)
{
    for (u32 n = 0; n < t->nodes; n++) free_node(&t->node[n]);
    free(t->node);
    if (t->folder >= 0) close(t->folder);
    *t = (struct vvfat_tree){ .folder = -1 };
}

/* --- looking up --- */

u32 vvfat_tree_child(const struct vvfat_tree *t, u32 parent, const u16 *shown)
{
    for (u32 n = 1; n < t->nodes; n++)
        if (t->node[n].parent == parent && !vvfat_compare(t->node[n].shown, shown)) return n;
    return 0;
}

u32 vvfat_tree_child_short(const struct vvfat_tree *t, u32 parent, const u8 short_name[11])
{
    for (u32 n = 1; n < t->nodes; n++)
        if (t->node[n].parent == parent && !memcmp(t->node[n].short_name, short_name, 11)) return n;
    return 0;
}

int vvfat_tree_open_file(const struct vvfat_tree *t, u32 n, struct error *err)
{
    const struct vvfat_node *node = &t->node[n];
    char path[1024];
    struct stat st;
    int folder = open_folder(t, node->parent);
    int fd = folder < 0 ? -1 : openat(folder, node->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int why = errno;

    if (folder >= 0) close(folder);
    vvfat_tree_path(t, n, path, sizeof path);
    if (fd < 0) {
        fail(err, "vvfat: %s cannot be read any more: %s", path, strerror(why));
        return -1;
    }
    if (fstat(fd, &st) == 0 && st.st_dev == node->device && st.st_ino == node->inode && (u64)st.st_size == node->size_bytes &&
        (s64)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec == node->changed_ns) return fd;
    close(fd);
    fail(err, "vvfat: %s was changed after the machine was built: what the guest has read of it does not fit any more", path);
    return -1;
}

void vvfat_tree_path(const struct vvfat_tree *t, u32 n, char *text, size_t size)
{
    size_t used;

    text[0] = 0;
    if (!n || n >= t->nodes) return;
    vvfat_tree_path(t, t->node[n].parent, text, size);
    used = strlen(text);
    snprintf(text + used, size - used, "%s%s", t->node[n].name, t->node[n].is_folder ? "/" : "");
}
