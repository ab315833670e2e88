// Preloaded into a PostgreSQL server: while the file that FULL_DISK names is there, no other file grows. Writes within
// files go on, as they do on a disk that is full.

#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_full(int file, off_t end) {
    struct stat now;
    const char *sign = getenv("FULL_DISK");
    return sign && access(sign, F_OK) == 0 && fstat(file, &now) == 0 && S_ISREG(now.st_mode) && end > now.st_size;
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) {
    if (is_full(file, at + (off_t)length)) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_pwrite64, file, bytes, length, at);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at) {
    off_t end = at;
    for (int part = 0; part < count; part++) end += (off_t)parts[part].iov_len;
    if (is_full(file, end)) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_pwritev, file, parts, count, at, 0);
}

// PostgreSQL 16 and newer grow tables with it. It returns its error.
int posix_fallocate(int file, off_t at, off_t length) {
    if (is_full(file, at + length)) return ENOSPC;
    return syscall(SYS_fallocate, file, 0, at, length) == 0 ? 0 : errno;
}
