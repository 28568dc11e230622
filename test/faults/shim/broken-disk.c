/*
 * LD_PRELOAD shim: a disk that is broken or slow, for the files below BROKEN_FOLDER only. The file BROKEN_CONTROL says how,
 * and is read at every call, so that a test changes it while the hub runs: "eio" fails write and fsync, "slow N" makes each
 * fsync take N milliseconds, anything else lets all pass.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Read with plain system calls: the library's own are ours. */
static int control(char *text, size_t size) {
  const char *path = getenv("BROKEN_CONTROL");
  if (path == NULL) return 0;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
  if (fd < 0) return 0;
  ssize_t n = (ssize_t)syscall(SYS_read, fd, text, size - 1);
  syscall(SYS_close, fd);
  if (n <= 0) return 0;
  text[n] = '\0';
  return 1;
}

static int lies_below(int fd) {
  const char *folder = getenv("BROKEN_FOLDER");
  char link[64], path[4096];
  if (folder == NULL) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n <= 0) return 0;
  path[n] = '\0';
  return strncmp(path, folder, strlen(folder)) == 0;
}

static int is_broken(int fd) {
  char text[64];
  return lies_below(fd) && control(text, sizeof text) && strncmp(text, "eio", 3) == 0;
}

static void take_time(int fd) {
  char text[64];
  if (!lies_below(fd) || !control(text, sizeof text) || strncmp(text, "slow ", 5) != 0) return;
  long ms = strtol(text + 5, NULL, 10);
  struct timespec wait = {ms / 1000, (ms % 1000) * 1000000L};
  nanosleep(&wait, NULL);
}

#define REAL(name, result, ...) ((result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))
#define FAIL_IF_BROKEN(fd) do { if (is_broken(fd)) { errno = EIO; return -1; } } while (0)

ssize_t write(int fd, const void *bytes, size_t size) {
  FAIL_IF_BROKEN(fd);
  return REAL("write", ssize_t, int, const void *, size_t)(fd, bytes, size);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  FAIL_IF_BROKEN(fd);
  return REAL("writev", ssize_t, int, const struct iovec *, int)(fd, parts, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
  FAIL_IF_BROKEN(fd);
  return REAL("pwrite64", ssize_t, int, const void *, size_t, off64_t)(fd, bytes, size, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  FAIL_IF_BROKEN(fd);
  return REAL("pwrite", ssize_t, int, const void *, size_t, off_t)(fd, bytes, size, at);
}

int fsync(int fd) {
  FAIL_IF_BROKEN(fd);
  take_time(fd);
  return REAL("fsync", int, int)(fd);
}

int fdatasync(int fd) {
  FAIL_IF_BROKEN(fd);
  take_time(fd);
  return REAL("fdatasync", int, int)(fd);
}
