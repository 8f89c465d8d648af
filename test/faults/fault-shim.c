/*
 * Stands between a program and the C library (LD_PRELOAD, Linux) and sees every call that makes something durable. It
 * writes them down, and does what a control file says: end the process at one of them, or answer it with an error.
 *
 *   FAULT_UNDER    folders that count, separated by ':'
 *   FAULT_LOG      file that calls are appended to: PID PROGRAM CALL PATH. A sync is written down once it is done, any
 *                  other call before it is made, so that what stands in order there happened in that order.
 *   FAULT_CONTROL  file of rules, one a line, read again at every call; without the file nothing is disturbed:
 *                  ACTION PROGRAM CALL PATTERN NTH TIMES
 *                    ACTION   before | after: SIGKILL, before or after the call; tree-before | tree-after: the parent
 *                             too; a number: that errno
 *                    PROGRAM  beginning of the process's label ("worker-"); "engine" has none; * any
 *                    CALL     open (to write), write, sync, truncate, rename, link, unlink, mkdir, openread, read; * any
 *                             of the first eight
 *                    PATTERN  as for fnmatch, on the whole path
 *                    NTH      the how-manieth such call of a process it starts with
 *                    TIMES    once: the control file goes away with it; always: as long as the file is there
 *
 *   FAULT_SHADOW   folder that keeps each file as it was when it was last synced, by inode: what a power cut would leave
 *   FAULT_CLOCK    a number of seconds: the clock on the wall is so much ahead, then behind, by turns, and each turn is a
 *                  hundred looks at it long
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { most_rules = 64 };

static __thread int is_inside = 0;
static int counts[most_rules];

static int is_counted(const char *path) {
  const char *under = getenv("FAULT_UNDER");
  while (under != NULL && *under != '\0') {
    const char *end = strchrnul(under, ':');
    size_t length = (size_t)(end - under);
    if (strncmp(path, under, length) == 0 && (path[length] == '/' || path[length] == '\0')) return 1;
    under = *end == ':' ? end + 1 : end;
  }
  return 0;
}

static const char *program(void) {
  const char *label = getenv("BATCHDECK_PROCESS");
  return label == NULL ? "engine" : label;
}

static void write_down(const char *call, const char *path) {
  const char *log = getenv("FAULT_LOG");
  if (log == NULL || strstr(call, "read") != NULL) return;
  int file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) return;
  char line[PATH_MAX + 128];
  int length = snprintf(line, sizeof line, "%d %s %s %s\n", (int)getpid(), program(), call, path);
  syscall(SYS_write, file, line, (size_t)length);
  syscall(SYS_close, file);
}

static void end_here(int with_parent) {
  if (with_parent) syscall(SYS_kill, getppid(), SIGKILL);
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

/* Keeps the content of a file that was synced, or forgets that of one whose last name goes. */
static void keep_shadow(const char *call, const char *path) {
  const char *folder = getenv("FAULT_SHADOW");
  int is_sync = strcmp(call, "sync") == 0;
  struct stat found;
  if (folder == NULL || (!is_sync && strcmp(call, "unlink") != 0)) return;
  if (syscall(SYS_newfstatat, AT_FDCWD, path, &found, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(found.st_mode)) return;
  char shadow[PATH_MAX], part[PATH_MAX + 32];
  snprintf(shadow, sizeof shadow, "%s/%lu", folder, (unsigned long)found.st_ino);
  if (!is_sync) {
    if (found.st_nlink == 1) syscall(SYS_unlinkat, AT_FDCWD, shadow, 0);
    return;
  }
  snprintf(part, sizeof part, "%s.%d.part", shadow, (int)syscall(SYS_gettid));
  int from = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  int to = (int)syscall(SYS_openat, AT_FDCWD, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  char block[1 << 14];
  for (long length; (length = syscall(SYS_read, from, block, sizeof block)) > 0;) {
    syscall(SYS_write, to, block, (size_t)length);
  }
  syscall(SYS_close, from);
  syscall(SYS_close, to);
  syscall(SYS_renameat2, AT_FDCWD, part, AT_FDCWD, shadow, 0);
}

/* What the rules say about a call: 0 go on, an errno to answer, or -1 to end the process after the call (-2: the tree). */
static int asked(const char *call, const char *path) {
  const char *control = getenv("FAULT_CONTROL");
  if (control == NULL) return 0;
  int file = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[1 << 15];
  long length = syscall(SYS_read, file, text, sizeof text - 1);
  syscall(SYS_close, file);
  if (length <= 0) return 0;
  text[length] = '\0';
  char *rest = text;
  int number = 0;
  for (char *line = strtok_r(text, "\n", &rest); line != NULL && number < most_rules; line = strtok_r(NULL, "\n", &rest)) {
    int rule = number++;
    char action[32], who[64], what[32], pattern[PATH_MAX], times[16];
    int nth;
    if (sscanf(line, "%31s %63s %31s %4095s %d %15s", action, who, what, pattern, &nth, times) != 6) continue;
    int is_reading = strstr(call, "read") != NULL;
    if (strcmp(what, "*") == 0 ? is_reading : strcmp(what, call) != 0) continue;
    if (strcmp(who, "*") != 0 && strncmp(program(), who, strlen(who)) != 0) continue;
    if (fnmatch(pattern, path, 0) != 0) continue;
    if (__atomic_add_fetch(&counts[rule], 1, __ATOMIC_SEQ_CST) < nth) continue;
    /* Whoever takes the file away is the one that acts. */
    if (strcmp(times, "once") == 0 && syscall(SYS_unlinkat, AT_FDCWD, control, 0) != 0) continue;
    if (strcmp(action, "before") == 0) end_here(0);
    if (strcmp(action, "tree-before") == 0) end_here(1);
    if (strcmp(action, "after") == 0) return -1;
    if (strcmp(action, "tree-after") == 0) return -2;
    return atoi(action);
  }
  return 0;
}

/* Brackets one call: `what` says which, `path` which file, `real` makes it. */
#define DISTURBED(type, what, path, real)                            \
  do {                                                               \
    const char *place = (path);                                        \
    if (is_inside || place == NULL || !is_counted(place)) return (real);\
    is_inside = 1;                                                   \
    int is_sync = strcmp((what), "sync") == 0;                       \
    if (!is_sync) write_down((what), place);                          \
    int answer = asked((what), place);                                \
    type result = (type)-1;                                          \
    if (!is_sync && answer <= 0) keep_shadow((what), place);         \
    if (answer > 0) errno = answer;                                  \
    else result = (real);                                            \
    int kept = errno;                                                \
    if (is_sync && answer <= 0) write_down((what), place);           \
    if (is_sync && answer <= 0) keep_shadow((what), place);          \
    if (answer < 0) end_here(answer == -2);                          \
    is_inside = 0;                                                   \
    errno = kept;                                                    \
    return result;                                                   \
  } while (0)

/* The path of a descriptor, or of a name below one; null when there is none. */
static const char *path_of(int folder, const char *name, char *room) {
  if (name != NULL && name[0] == '/') return name;
  if (folder == AT_FDCWD) {
    if (getcwd(room, PATH_MAX) == NULL) return NULL;
  } else {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, room, (size_t)(PATH_MAX - 1));
    if (length <= 0) return NULL;
    room[length] = '\0';
  }
  if (name != NULL) snprintf(room + strlen(room), PATH_MAX - strlen(room), "/%s", name);
  return room;
}

static int opened(int folder, const char *name, int flags, int mode) {
  char room[PATH_MAX * 2];
  const char *what = (flags & (O_CREAT | O_WRONLY | O_RDWR)) == 0 ? "openread" : "open";
  DISTURBED(int, what, path_of(folder, name, room), (int)syscall(SYS_openat, folder, name, flags, mode));
}

#define MODE_OF(flags) \
  int mode = 0;        \
  if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, int); va_end(more); }

int open(const char *name, int flags, ...) { MODE_OF(flags) return opened(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE_OF(flags) return opened(AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE_OF(flags) return opened(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE_OF(flags) return opened(folder, name, flags, mode); }
int creat(const char *name, mode_t mode) { return opened(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, (int)mode); }

#define ON_FILE(type, what, file, real) \
  char room[PATH_MAX * 2];              \
  DISTURBED(type, what, path_of(file, NULL, room), real)

ssize_t read(int file, void *bytes, size_t count) { ON_FILE(ssize_t, "read", file, syscall(SYS_read, file, bytes, count)); }
ssize_t pread(int file, void *bytes, size_t count, off_t at) { ON_FILE(ssize_t, "read", file, syscall(SYS_pread64, file, bytes, count, at)); }
ssize_t pread64(int file, void *bytes, size_t count, off_t at) { ON_FILE(ssize_t, "read", file, syscall(SYS_pread64, file, bytes, count, at)); }
ssize_t write(int file, const void *bytes, size_t count) { ON_FILE(ssize_t, "write", file, syscall(SYS_write, file, bytes, count)); }
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) { ON_FILE(ssize_t, "write", file, syscall(SYS_pwrite64, file, bytes, count, at)); }
ssize_t pwrite64(int file, const void *bytes, size_t count, off_t at) { ON_FILE(ssize_t, "write", file, syscall(SYS_pwrite64, file, bytes, count, at)); }
ssize_t writev(int file, const struct iovec *parts, int count) { ON_FILE(ssize_t, "write", file, syscall(SYS_writev, file, parts, count)); }
ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at) { ON_FILE(ssize_t, "write", file, syscall(SYS_pwritev, file, parts, (long)count, at, 0L)); }
ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t at) { ON_FILE(ssize_t, "write", file, syscall(SYS_pwritev, file, parts, (long)count, at, 0L)); }
int fsync(int file) { ON_FILE(int, "sync", file, (int)syscall(SYS_fsync, file)); }
int fdatasync(int file) { ON_FILE(int, "sync", file, (int)syscall(SYS_fdatasync, file)); }
int ftruncate(int file, off_t length) { ON_FILE(int, "truncate", file, (int)syscall(SYS_ftruncate, file, length)); }
int ftruncate64(int file, off_t length) { ON_FILE(int, "truncate", file, (int)syscall(SYS_ftruncate, file, length)); }

/* Of two names the new one counts. */
#define ON_NAME(what, folder, name, real) \
  char room[PATH_MAX * 2];                \
  DISTURBED(int, what, path_of(folder, name, room), (int)(real))

int rename(const char *from, const char *to) { ON_NAME("rename", AT_FDCWD, to, syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0)); }
int link(const char *from, const char *to) { ON_NAME("link", AT_FDCWD, to, syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0)); }
int unlink(const char *name) { ON_NAME("unlink", AT_FDCWD, name, syscall(SYS_unlinkat, AT_FDCWD, name, 0)); }
int rmdir(const char *name) { ON_NAME("unlink", AT_FDCWD, name, syscall(SYS_unlinkat, AT_FDCWD, name, AT_REMOVEDIR)); }
int unlinkat(int folder, const char *name, int flags) { ON_NAME("unlink", folder, name, syscall(SYS_unlinkat, folder, name, flags)); }
int mkdir(const char *name, mode_t mode) { ON_NAME("mkdir", AT_FDCWD, name, syscall(SYS_mkdirat, AT_FDCWD, name, mode)); }

static long leap(void) {
  static int looks = 0;
  const char *seconds = getenv("FAULT_CLOCK");
  if (seconds == NULL) return 0;
  int turn = __atomic_add_fetch(&looks, 1, __ATOMIC_SEQ_CST) / 100;
  return turn % 2 == 0 ? atol(seconds) : -atol(seconds);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += leap();
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec precise;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return 0;
}
