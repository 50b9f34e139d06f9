/* Preloaded into a process: fsync and fdatasync of files whose path contains FAIL_SYNC_OF fail as a
 * broken disk makes them fail, while the file FAIL_SYNC_WHILE exists. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(int fd) {
    const char *control = getenv("FAIL_SYNC_WHILE");
    const char *part = getenv("FAIL_SYNC_OF");
    char link[64];
    char path[4096];
    ssize_t length;
    if (!control || !part || access(control, F_OK) != 0) {
        return 0;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) {
        return 0;
    }
    path[length] = 0;
    return strstr(path, part) != NULL;
}

static int synced(const char *name, int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (fails(fd)) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}

int fsync(int fd) {
    return synced("fsync", fd);
}

int fdatasync(int fd) {
    return synced("fdatasync", fd);
}
