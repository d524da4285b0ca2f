/* Stands between a worker and the C library: a disk without room, a slow disk, a wall clock that jumps.
 *
 * Loaded with LD_PRELOAD. Its orders stand in a small file that the parent maps too and changes at any time; they
 * concern files under one directory, and the clock. Without orders every call is handed on as it is. Calls that
 * do not come through the C library's symbols (its own streams, mapped files, direct system calls) are not seen.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct orders {                       /* orders.py has the same fields in the same order */
    _Atomic uint64_t full;            /* 1: what would make a file longer fails with ENOSPC */
    _Atomic uint64_t write_delay_ns;
    _Atomic uint64_t sync_delay_ns;
    _Atomic int64_t clock_offset_ns;
    _Atomic uint64_t refused, delayed, shifted; /* counted here */
};

static struct orders *orders;
static char directory[4096];
static size_t directory_length;

#define REAL(result, name, ...)                                               \
    static result (*real_##name)(__VA_ARGS__);                                \
    if (!real_##name) real_##name = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("MEMPRESS_FAULT_ORDERS"), *under = getenv("MEMPRESS_FAULT_DIRECTORY");
    if (!path || !under || strlen(under) >= sizeof directory) return;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof *orders, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped == MAP_FAILED) return;
    directory_length = strlen(strcpy(directory, under));
    orders = mapped;
}

static int is_under(const char *path, size_t length)
{
    return length > directory_length && path[directory_length] == '/' && !memcmp(path, directory, directory_length);
}

static int concerns(int file)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path);
    return length > 0 && is_under(path, (size_t)length);
}

static void wait_ns(uint64_t ns)
{
    struct timespec left = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    while (nanosleep(&left, &left) && errno == EINTR) {}
}

/* Whether a write of `count` bytes at `offset` (-1: where the file stands) needs room that is not there. A file with
 * holes always does: its blocks are not there yet. */
static int needs_room(int file, off_t offset, size_t count)
{
    struct stat now;
    if (!count || fstat(file, &now) || !S_ISREG(now.st_mode)) return 0;
    int flags = fcntl(file, F_GETFL);
    if (flags & O_APPEND) return 1;
    if (offset < 0) offset = lseek(file, 0, SEEK_CUR);
    return offset + (off_t)count > now.st_size || (off_t)now.st_blocks * 512 < now.st_size;
}

/* What is done before a write: gives -1 with errno where it fails. */
static int before_write(int file, off_t offset, size_t count)
{
    if (!orders || (!orders->full && !orders->write_delay_ns)) return 0;
    int kept = errno;
    if (!concerns(file)) { errno = kept; return 0; }
    if (orders->write_delay_ns) { orders->delayed++; wait_ns(orders->write_delay_ns); }
    if (orders->full && needs_room(file, offset, count)) { orders->refused++; errno = ENOSPC; return -1; }
    errno = kept;
    return 0;
}

static void before_sync(int file)
{
    if (!orders || !orders->sync_delay_ns) return;
    int kept = errno;
    if (concerns(file)) { orders->delayed++; wait_ns(orders->sync_delay_ns); }
    errno = kept;
}

static size_t total(const struct iovec *parts, int count)
{
    size_t bytes = 0;
    for (int at = 0; at < count; at++) bytes += parts[at].iov_len;
    return bytes;
}

ssize_t write(int file, const void *data, size_t count)
{
    REAL(ssize_t, write, int, const void *, size_t);
    return before_write(file, -1, count) ? -1 : real_write(file, data, count);
}

ssize_t pwrite(int file, const void *data, size_t count, off_t offset)
{
    REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
    return before_write(file, offset, count) ? -1 : real_pwrite(file, data, count, offset);
}

ssize_t pwrite64(int file, const void *data, size_t count, off64_t offset)
{
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    return before_write(file, offset, count) ? -1 : real_pwrite64(file, data, count, offset);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
    REAL(ssize_t, writev, int, const struct iovec *, int);
    return before_write(file, -1, total(parts, count)) ? -1 : real_writev(file, parts, count);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset)
{
    REAL(ssize_t, pwritev, int, const struct iovec *, int, off_t);
    return before_write(file, offset, total(parts, count)) ? -1 : real_pwritev(file, parts, count, offset);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t offset)
{
    REAL(ssize_t, pwritev64, int, const struct iovec *, int, off64_t);
    return before_write(file, offset, total(parts, count)) ? -1 : real_pwritev64(file, parts, count, offset);
}

ssize_t pwritev2(int file, const struct iovec *parts, int count, off_t offset, int flags)
{
    REAL(ssize_t, pwritev2, int, const struct iovec *, int, off_t, int);
    return before_write(file, offset, total(parts, count)) ? -1 : real_pwritev2(file, parts, count, offset, flags);
}

ssize_t pwritev64v2(int file, const struct iovec *parts, int count, off64_t offset, int flags)
{
    REAL(ssize_t, pwritev64v2, int, const struct iovec *, int, off64_t, int);
    return before_write(file, offset, total(parts, count)) ? -1 : real_pwritev64v2(file, parts, count, offset, flags);
}

ssize_t sendfile(int out, int in, off_t *offset, size_t count)
{
    REAL(ssize_t, sendfile, int, int, off_t *, size_t);
    return before_write(out, -1, count) ? -1 : real_sendfile(out, in, offset, count);
}

ssize_t sendfile64(int out, int in, off64_t *offset, size_t count)
{
    REAL(ssize_t, sendfile64, int, int, off64_t *, size_t);
    return before_write(out, -1, count) ? -1 : real_sendfile64(out, in, offset, count);
}

ssize_t copy_file_range(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t count, unsigned int flags)
{
    REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned int);
    if (before_write(out, out_offset ? *out_offset : -1, count)) return -1;
    return real_copy_file_range(in, in_offset, out, out_offset, count, flags);
}

/* Making a file longer without writing: a file system with room would give blocks sooner or later. */
static int before_growth(int file, off_t length)
{
    struct stat now;
    if (!orders || !orders->full || fstat(file, &now) || length <= now.st_size) return 0;
    return before_write(file, now.st_size, (size_t)(length - now.st_size));
}

int ftruncate(int file, off_t length)
{
    REAL(int, ftruncate, int, off_t);
    return before_growth(file, length) ? -1 : real_ftruncate(file, length);
}

int ftruncate64(int file, off64_t length)
{
    REAL(int, ftruncate64, int, off64_t);
    return before_growth(file, length) ? -1 : real_ftruncate64(file, length);
}

static int before_allocation(int file, int mode)
{
    if (!orders || !orders->full || mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE) || !concerns(file)) return 0;
    orders->refused++;
    return ENOSPC;
}

int fallocate(int file, int mode, off_t offset, off_t length)
{
    REAL(int, fallocate, int, int, off_t, off_t);
    if (before_allocation(file, mode)) { errno = ENOSPC; return -1; }
    return real_fallocate(file, mode, offset, length);
}

int fallocate64(int file, int mode, off64_t offset, off64_t length)
{
    REAL(int, fallocate64, int, int, off64_t, off64_t);
    if (before_allocation(file, mode)) { errno = ENOSPC; return -1; }
    return real_fallocate64(file, mode, offset, length);
}

int posix_fallocate(int file, off_t offset, off_t length)
{
    REAL(int, posix_fallocate, int, off_t, off_t);
    return before_allocation(file, 0) ? ENOSPC : real_posix_fallocate(file, offset, length);
}

int posix_fallocate64(int file, off64_t offset, off64_t length)
{
    REAL(int, posix_fallocate64, int, off64_t, off64_t);
    return before_allocation(file, 0) ? ENOSPC : real_posix_fallocate64(file, offset, length);
}

int mkdir(const char *path, mode_t mode)
{
    REAL(int, mkdir, const char *, mode_t);
    if (orders && orders->full && is_under(path, strlen(path)) && access(path, F_OK)) {
        orders->refused++;
        errno = ENOSPC;
        return -1;
    }
    return real_mkdir(path, mode);
}

int fsync(int file)
{
    REAL(int, fsync, int);
    before_sync(file);
    return real_fsync(file);
}

int fdatasync(int file)
{
    REAL(int, fdatasync, int);
    before_sync(file);
    return real_fdatasync(file);
}

int sync_file_range(int file, off64_t offset, off64_t count, unsigned int flags)
{
    REAL(int, sync_file_range, int, off64_t, off64_t, unsigned int);
    before_sync(file);
    return real_sync_file_range(file, offset, count, flags);
}

static int is_wall(clockid_t clock)
{
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    REAL(int, clock_gettime, clockid_t, struct timespec *);
    int result = real_clock_gettime(clock, now);
    if (orders && !result && is_wall(clock) && orders->clock_offset_ns) {
        int64_t ns = now->tv_sec * INT64_C(1000000000) + now->tv_nsec + orders->clock_offset_ns;
        now->tv_sec = (time_t)(ns / 1000000000 - (ns % 1000000000 < 0));
        now->tv_nsec = (long)((ns % 1000000000 + 1000000000) % 1000000000);
        orders->shifted++;
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    struct timespec precise;
    if (clock_gettime(CLOCK_REALTIME, &precise)) return -1;
    *now = (struct timeval){precise.tv_sec, precise.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *seconds)
{
    struct timespec precise;
    if (clock_gettime(CLOCK_REALTIME_COARSE, &precise)) return -1;
    if (seconds) *seconds = precise.tv_sec;
    return precise.tv_sec;
}
