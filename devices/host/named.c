/* What a person named at the start, and types.                                              doc: sandbox */
#include "devices/host/sandbox.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXTS_MOST = 256, FILE_MOST = 1 << 20, TYPED_MOST = 4096, TEMPORARY = 7, FOLDERS_MOST = 16, SHEETS_MOST = 64, SHEET_BYTES_MOST = 65536 };

struct text {
    char *bytes;
    bool may_write;
    bool series;                 /* the first of files whose last characters count on */
};

/* A CUE sheet, and what it says; NULL: it counts for nothing. */
struct sheet {
    char *path, *text;
};

struct named {
    pthread_mutex_t lock;        /* what is typed comes while the broker looks */
    struct text text[TEXTS_MOST];
    unsigned count;
    bool clones;                 /* may be made */
    struct text folder[FOLDERS_MOST];    /* with the slash at their end */
    unsigned folders;
    struct sheet sheet[SHEETS_MOST];
    unsigned sheets;
    char typed[TYPED_MOST + 1];
    size_t typed_size;
};

struct named *named_create(void)
{
    struct named *n = calloc(1, sizeof *n);

    if (n) pthread_mutex_init(&n->lock, NULL);
    return n;
}

void named_free(struct named *n)
{
    for (unsigned i = 0; n && i < n->count; i++) free(n->text[i].bytes);
    for (unsigned i = 0; n && i < n->folders; i++) free(n->folder[i].bytes);
    for (unsigned i = 0; n && i < n->sheets; i++) free(n->sheet[i].path), free(n->sheet[i].text);
    free(n);
}

static void add(struct named *n, const char *text, bool may_write, bool series)
{
    char *copy = text && *text ? strdup(text) : NULL;

    pthread_mutex_lock(&n->lock);
    if (copy && n->count < TEXTS_MOST) n->text[n->count++] = (struct text){ copy, may_write, series };
    else free(copy);
    pthread_mutex_unlock(&n->lock);
}

void named_add(struct named *n, const char *text, bool may_write) { add(n, text, may_write, false); }
void named_add_series(struct named *n, const char *first) { add(n, first, true, true); }

void named_add_clones(struct named *n) { n->clones = true; }

void named_add_folder(struct named *n, const char *folder, bool may_write)
{
    char *with_slash = NULL;
    size_t size = strlen(folder);

    if (n->folders < FOLDERS_MOST && asprintf(&with_slash, "%s%s", folder, size && folder[size - 1] == '/' ? "" : "/") > 0) n->folder[n->folders++] = (struct text){ with_slash, may_write, false };
}

void named_add_file(struct named *n, const char *path)
{
    FILE *f = fopen(path, "re");
    char *bytes = f ? malloc(FILE_MOST + 1) : NULL;

    if (bytes) {
        bytes[fread(bytes, 1, FILE_MOST, f)] = 0;
        named_add(n, bytes, true);
    }
    free(bytes);
    if (f) fclose(f);
}

static struct sheet *sheet_at(struct named *n, const char *path)
{
    for (unsigned i = 0; i < n->sheets; i++)
        if (!strcmp(n->sheet[i].path, path)) return &n->sheet[i];
    if (n->sheets == SHEETS_MOST || !(n->sheet[n->sheets].path = strdup(path))) return NULL;
    return &n->sheet[n->sheets++];
}

/* Read each time, as somebody may have mended it; one that a machine has had to write is a guest's. */
void named_add_sheet(struct named *n, const char *path, int fd)
{
    pthread_mutex_lock(&n->lock);
    unsigned known = n->sheets;
    struct sheet *s = sheet_at(n, path);
    char *text = s && fd >= 0 && (s->text || n->sheets > known) ? calloc(1, SHEET_BYTES_MOST + 1) : NULL;
    if (text && pread(fd, text, SHEET_BYTES_MOST, 0) < 0) text[0] = 0;
    if (s) free(s->text), s->text = text;
    pthread_mutex_unlock(&n->lock);
}

void named_type(struct named *n, const char *utf8)
{
    pthread_mutex_lock(&n->lock);
    for (; *utf8; utf8++) {
        if (*utf8 == '\b') {
            n->typed_size -= n->typed_size > 0;
            continue;
        }
        if (n->typed_size == TYPED_MOST) memmove(n->typed, n->typed + TYPED_MOST / 2, n->typed_size = TYPED_MOST / 2);
        n->typed[n->typed_size++] = *utf8;
    }
    n->typed[n->typed_size] = 0;
    pthread_mutex_unlock(&n->lock);
}

/* --- does a text name it? --- */

static bool ends_a_word(char c) { return !c || strchr(" \t\r\n\"'=,;:()<>|", c); }

/* "%n" of a text stands for a clone's number.  How much of the text the path takes; 0: it is not there. */
static size_t length_at(const char *text, const char *path, size_t size)
{
    const char *at = text, *end = path + size;

    while (path < end) {
        if (at[0] == '%' && at[1] == 'n' && *path >= '0' && *path <= '9') {
            while (path < end && *path >= '0' && *path <= '9') path++;
            at += 2;
        } else if (*at++ != *path++) return 0;
    }
    return (size_t)(at - text);
}

static bool says(const char *text, const char *path, size_t size)
{
    for (const char *at = text; *at; at++) {
        size_t length = at == text || ends_a_word(at[-1]) ? length_at(at, path, size) : 0;
        if (length && ends_a_word(at[length])) return true;
    }
    return false;
}

static bool says_exactly(const struct named *n, const char *path, size_t size, bool to_write)
{
    bool found = size && says(n->typed, path, size);

    for (unsigned i = 0; !found && size && i < n->count; i++)
        found = (n->text[i].may_write || !to_write) && (!strcmp(n->text[i].bytes, path) || says(n->text[i].bytes, path, size));
    return found;
}

static bool is_temporary(const char *end)
{
    for (unsigned i = 1; i < TEMPORARY; i++)
        if (end[-(int)i] == '/' || end[-(int)i] == '.') return false;
    return end[-TEMPORARY] == '.';
}

/* mkstemp's names beside a file, and before it was given a dot; redo logs of Bochs's. */
static bool says_companion(const struct named *n, const char *path, size_t size, bool to_write)
{
    static const char *const suffixes[] = { ".redolog", ".lock" };
    char plain[4096];

    for (unsigned i = 0; i < ARRAY_COUNT(suffixes); i++) {
        size_t length = strlen(suffixes[i]);
        if (size > length && !strcmp(path + size - length, suffixes[i]) && says_exactly(n, path, size - length, to_write)) return true;
    }
    if (size <= TEMPORARY || size >= sizeof plain || !is_temporary(path + size)) return false;
    if (says_exactly(n, path, size - TEMPORARY, to_write)) return true;
    snprintf(plain, sizeof plain, "%.*s", (int)(size - TEMPORARY), path);
    char *name = strrchr(plain, '/') ? strrchr(plain, '/') + 1 : plain;
    if (*name != '.') return false;
    memmove(name, name + 1, strlen(name));
    return says_exactly(n, plain, strlen(plain), to_write) || says_companion(n, plain, strlen(plain), to_write);
}

static bool is_of_series(const struct named *n, const char *path, size_t size)
{
    for (unsigned i = 0; size && i < n->count; i++) {
        const char *first = n->text[i].bytes;
        if (n->text[i].series && strlen(first) == size && !strncmp(first, path, size - 1) && path[size - 1] >= first[size - 1]) return true;
    }
    return false;
}

/* What `clone N` writes where it was started: clone-TICK.snapshot, clone-TICK.NUMBER.journal. */
static bool is_of_clones(const char *path)
{
    const char *at = path + 6;

    if (strncmp(path, "clone-", 6)) return false;
    at += strspn(at, "0123456789-");
    if (*at == '.' && at[1] >= '0' && at[1] <= '9') return at += 1 + strspn(at + 1, "0123456789"), !strcmp(at, ".journal");
    return !strncmp(at, ".snapshot", 9) && (!at[9] || (at[9] == '.' && strlen(at) == 9 + TEMPORARY));
}

/* "./" is what has no slash. */
static bool is_in_folder(const struct named *n, const char *path, bool to_write)
{
    bool found = false;

    for (unsigned i = 0; !found && i < n->folders; i++) {
        const struct text *f = &n->folder[i];
        bool inside = !strncmp(path, f->bytes, strlen(f->bytes)) || (!strcmp(f->bytes, "./") && !strchr(path, '/'));
        found = inside && (f->may_write || !to_write);
    }
    return found && !strstr(path, "/../") && strncmp(path, "../", 3);
}

/* What a sheet says is read, and nothing more; a name with a slash leads out of its folder. */
static bool is_of_sheet(const struct named *n, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t folder = (size_t)(name - path), size = strlen(name);

    for (unsigned i = 0; size && i < n->sheets; i++) {
        const char *sheet = n->sheet[i].path, *end = strrchr(sheet, '/');
        size_t own = end ? (size_t)(end + 1 - sheet) : 0;
        if (own == folder && !strncmp(path, sheet, own) && n->sheet[i].text && says(n->sheet[i].text, name, size)) return true;
    }
    return false;
}

bool named_path(const struct named *named, const char *path, bool to_write)
{
    struct named *n = (struct named *)named;
    size_t size = strlen(path);

    pthread_mutex_lock(&n->lock);
    bool found = says_exactly(n, path, size, to_write) || says_companion(n, path, size, to_write) || is_of_series(n, path, size) || (n->clones && is_of_clones(path + (*path == '.'))) ||
                 is_in_folder(n, path, to_write) || (!to_write && is_of_sheet(n, path));
    pthread_mutex_unlock(&n->lock);
    return found;
}

static size_t word_length(const char *at)
{
    size_t length = 0;

    while (!ends_a_word(at[length])) length++;
    return length;
}

/* FOLDER, FOLDER/ and "." for what has no slash. */
static bool says_inside(const char *text, const char *folder)
{
    size_t size = strlen(folder);
    bool here = !strcmp(folder, ".") || !strcmp(folder, "./");

    while (size && folder[size - 1] == '/') size--;
    for (const char *at = text; *at; at++) {
        if (at != text && !ends_a_word(at[-1])) continue;
        size_t length = word_length(at);
        const char *slash = memrchr(at, '/', length);
        if (slash ? (size_t)(slash - at) == size && !strncmp(at, folder, size) && slash + 1 < at + length : here && length) return true;
    }
    return false;
}

bool named_folder_of(const struct named *named, const char *folder)
{
    struct named *n = (struct named *)named;

    pthread_mutex_lock(&n->lock);
    bool found = says_inside(n->typed, folder);
    for (unsigned i = 0; !found && i < n->count; i++) found = says_inside(n->text[i].bytes, folder);
    pthread_mutex_unlock(&n->lock);
    return found;
}

/* --- addresses --- */

static bool is_same_host(const struct sockaddr *a, const struct sockaddr *b)
{
    if (a->sa_family != b->sa_family) return false;
    if (a->sa_family == AF_INET) return ((const struct sockaddr_in *)a)->sin_addr.s_addr == ((const struct sockaddr_in *)b)->sin_addr.s_addr;
    return a->sa_family == AF_INET6 && !memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr, &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr));
}

static bool is_address_of(const char *host, size_t size, const struct sockaddr *address)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC }, *found = NULL;
    char name[256];
    bool same = false;

    if (!size || size >= sizeof name) return false;
    memcpy(name, host, size);
    name[size] = 0;
    if (getaddrinfo(name, NULL, &hints, &found)) return false;
    for (struct addrinfo *a = found; a; a = a->ai_next) same |= is_same_host(a->ai_addr, address);
    freeaddrinfo(found);
    return same;
}

static bool says_host(const char *text, const struct sockaddr *address, const char *port)
{
    size_t size = strlen(port);

    for (const char *at = text; (at = strchr(at, ':')); at++) {
        const char *from = at;
        if (strncmp(at + 1, port, size) || !ends_a_word(at[1 + size])) continue;
        while (from > text && !ends_a_word(from[-1])) from--;
        if (is_address_of(from, (size_t)(at - from), address)) return true;
    }
    return false;
}

bool named_host(const struct named *n, const struct sockaddr *address, const char *port)
{
    bool found = false;

    for (unsigned i = 0; !found && i < n->count; i++) found = n->text[i].may_write && says_host(n->text[i].bytes, address, port);      /* none is added while machines run */
    return found;
}
