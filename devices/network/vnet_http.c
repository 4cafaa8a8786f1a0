/* HTTP/1.0: GET and HEAD of the folder's files; / lists them.                              doc: vnet
 * The answer is a function of status, file and its size, so any byte of it can be made again.
 * Source: RFC 1945.  Not modelled: conditional requests, ranges, methods that would change something (501). */
#include <stdio.h>
#include <string.h>

#include "devices/network/vnet.h"

enum { OK = 200, BAD_REQUEST = 400, NOT_FOUND = 404, TOO_LARGE = 413, NOT_IMPLEMENTED = 501, HEAD_MOST = 256 };

static const char *reason(u16 status)
{
    switch (status) {
    case OK: return "OK";
    case NOT_FOUND: return "Not Found";
    case TOO_LARGE: return "Request Entity Too Large";
    case NOT_IMPLEMENTED: return "Not Implemented";
    default: return "Bad Request";
    }
}

static int put_head(const struct vnet *v, const struct vnet_tcp *c, char *text)
{
    char line[64];
    int body = c->status == OK ? 0 : snprintf(line, sizeof line, "%u %s\n", c->status, reason(c->status));

    return snprintf(text, HEAD_MOST, "HTTP/1.0 %u %s\r\nServer: Orrery\r\nContent-Type: %s\r\nContent-Length: %llu\r\nConnection: close\r\n\r\n%s", c->status,
                    reason(c->status), c->status != OK ? "text/plain" : c->file == FOLDER_INDEX ? "text/html" : "application/octet-stream",
                    c->status == OK ? (unsigned long long)folder_size(&v->folder, c->file) : (unsigned long long)body, body ? line : "");
}

static void answer(struct vnet *v, struct vnet_tcp *c, u16 status, unsigned file, bool with_body)
{
    char head[HEAD_MOST];

    c->status = status;
    c->file = (u16)file;
    c->head = (u16)put_head(v, c, head);
    c->total = c->head + (status == OK && with_body ? folder_size(&v->folder, file) : 0);
}

static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 1738: %XX; what follows a ? or # is none of the name.  False: no name can be that. */
static bool decode(const char *path, size_t size, char *name)
{
    size_t used = 0;

    for (size_t i = 0; i < size && path[i] != '?' && path[i] != '#'; i++) {
        int high = path[i] == '%' && i + 2 < size ? hex(path[i + 1]) : -1, low = high >= 0 ? hex(path[i + 2]) : -1;
        char byte = (char)(low >= 0 ? high << 4 | low : path[i]);
        if (low >= 0) i += 2;
        if (!byte || used + 1 >= FOLDER_NAME) return false;
        name[used++] = byte;
    }
    name[used] = 0;
    return true;
}

/* "Request-Line": method, path, version. */
static void take_request(struct vnet *v, struct vnet_tcp *c)
{
    char line[REQUEST_BYTES + 1], name[FOLDER_NAME];

    memcpy(line, c->request, c->request_used);
    line[c->request_used] = 0;
    line[strcspn(line, "\r\n")] = 0;
    bool head = !strncmp(line, "HEAD ", 5);
    if (!head && strncmp(line, "GET ", 4)) {
        bool method = line[0] >= 'A' && line[0] <= 'Z' && strchr(line, ' ');
        answer(v, c, method ? NOT_IMPLEMENTED : BAD_REQUEST, FOLDER_NONE, true);
        return;
    }
    const char *path = line + (head ? 5 : 4);
    size_t size = strcspn(path, " ");
    if (!strncmp(path, "http://", 7)) {                  /* as to a proxy */
        size_t host = 7 + strcspn(path + 7, "/ ");
        path += host;
        size -= host;
    }
    while (size && *path == '/') path++, size--;
    if (!decode(path, size, name)) {
        answer(v, c, BAD_REQUEST, FOLDER_NONE, true);
        return;
    }
    unsigned file = folder_find(&v->folder, name);
    answer(v, c, file == FOLDER_NONE ? NOT_FOUND : OK, file, !head);
}

/* The request is whole with its empty line; one without a version (HTTP/0.9) with its first. */
bool vnet_http_request(struct vnet *v, struct vnet_tcp *c)
{
    const char *text = (const char *)c->request;
    unsigned line = 0;

    for (unsigned i = 0; i < c->request_used; i++) {
        if (text[i] == '\r') continue;
        if (text[i] != '\n') {
            line++;
            continue;
        }
        bool first = memchr(text, '\n', c->request_used) == text + i;
        if (!line || (first && !memmem(text, i, " HTTP/", 6))) {
            take_request(v, c);
            return true;
        }
        line = 0;
    }
    if (c->request_used < REQUEST_BYTES) return false;
    answer(v, c, TOO_LARGE, FOLDER_NONE, true);
    return true;
}

bool vnet_http_read(struct vnet *v, const struct vnet_tcp *c, u64 offset, u8 *bytes, unsigned size)
{
    char head[HEAD_MOST];
    unsigned made = 0;

    put_head(v, c, head);
    for (; made < size && offset + made < c->head; made++) bytes[made] = (u8)head[offset + made];
    return made == size || folder_read(&v->folder, c->file, offset + made - c->head, bytes + made, size - made);
}
