/* Moves the wall clock of the process that it is preloaded into by the seconds that a file holds, which may change.
 *
 * What waits until a time of that clock is told to wait until the same moment of the kernel's. The file of
 * MOVED_CLOCK_FILE holds one int64_t.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *moved;
static long (*plain_syscall)(long, ...);

static int64_t ahead_s(void) { return moved ? *moved : 0; }

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("MOVED_CLOCK_FILE");
    int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    plain_syscall = next("syscall");
    if (fd < 0) return;
    void *found = mmap(0, sizeof *moved, PROT_READ, MAP_SHARED, fd, 0);
    if (found != MAP_FAILED) moved = found;
    close(fd);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*plain)(clockid_t, struct timespec *);
    if (!plain) plain = next("clock_gettime");
    int failed = plain(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += ahead_s();
    return failed;
}

int gettimeofday(struct timeval *now, void *zone) {
    static int (*plain)(struct timeval *, void *);
    if (!plain) plain = next("gettimeofday");
    int failed = plain(now, zone);
    if (!failed) now->tv_sec += ahead_s();
    return failed;
}

time_t time(time_t *kept) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept) *kept = now.tv_sec;
    return now.tv_sec;
}

static struct timespec moment(const struct timespec *until) {
    struct timespec kernels = *until;
    kernels.tv_sec -= ahead_s();
    return kernels;
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until) {
    static int (*plain)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    /* A condition may be made for the monotonic clock, whose times are those since the start of the machine. */
    struct timespec monotonic, kernels = moment(until);
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    if (!plain) plain = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (!plain) plain = next("pthread_cond_timedwait");
    return plain(condition, mutex, until->tv_sec < monotonic.tv_sec + 100000000 ? until : &kernels);
}

int sem_timedwait(sem_t *semaphore, const struct timespec *until) {
    static int (*plain)(sem_t *, const struct timespec *);
    struct timespec kernels = moment(until);
    if (!plain) plain = next("sem_timedwait");
    return plain(semaphore, &kernels);
}

long syscall(long number, ...) {
    va_list given;
    long a[6];
    struct timespec kernels;
    va_start(given, number);
    for (int i = 0; i < 6; i++) a[i] = va_arg(given, long);
    va_end(given);
    if (number == SYS_futex && (a[1] & FUTEX_CLOCK_REALTIME) && a[3]) {
        kernels = moment((const struct timespec *)a[3]);
        a[3] = (long)&kernels;
    }
    return plain_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
