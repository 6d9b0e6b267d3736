/* A directory as some network and FUSE file systems offer it: without locks, shared memory or fsync of a directory.
 *
 *     odd_file_system DIRECTORY WITHOUT MOUNT_POINT       WITHOUT is some of: locks, memory, sync
 *
 * It passes each call on to DIRECTORY. `locks`: fcntl and flock fail with ENOLCK, as on NFS without its lock service.
 * `memory`: the kernel refuses to map a file shared (ENODEV), as on 9p and sshfs with direct I/O.
 * `sync`: a directory cannot be written to disk (EINVAL), as on vboxsf.
 */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int root;
static bool maps;

#define AT(path) ((path)[1] ? (path) + 1 : ".")
#define RESULT(call) ((call) < 0 ? -errno : 0)

static void *begin(struct fuse_conn_info *connection, struct fuse_config *config) {
    (void)connection;
    config->use_ino = 1;
    config->attr_timeout = config->entry_timeout = 0;
    return NULL;
}

static int get_status(const char *path, struct stat *status, struct fuse_file_info *file) {
    return RESULT(file ? fstat(file->fh, status) : fstatat(root, AT(path), status, AT_SYMLINK_NOFOLLOW));
}

static int list(const char *path, void *into, fuse_fill_dir_t fill, off_t at, struct fuse_file_info *file,
                enum fuse_readdir_flags flags) {
    (void)at, (void)file, (void)flags;
    int handle = openat(root, AT(path), O_RDONLY | O_DIRECTORY);
    DIR *directory = handle < 0 ? NULL : fdopendir(handle);
    if (!directory)
        return -errno;
    for (struct dirent *entry; (entry = readdir(directory));)
        fill(into, entry->d_name, NULL, 0, 0);
    closedir(directory);
    return 0;
}

static int open_file(const char *path, struct fuse_file_info *file, mode_t mode) {
    int handle = openat(root, AT(path), file->flags, mode);
    if (handle < 0)
        return -errno;
    file->fh = handle;
    file->direct_io = !maps;
    return 0;
}

static int open_old(const char *path, struct fuse_file_info *file) { return open_file(path, file, 0); }

static int create(const char *path, mode_t mode, struct fuse_file_info *file) { return open_file(path, file, mode); }

static int close_file(const char *path, struct fuse_file_info *file) {
    (void)path;
    return RESULT(close(file->fh));
}

static int read_file(const char *path, char *into, size_t size, off_t at, struct fuse_file_info *file) {
    (void)path;
    ssize_t count = pread(file->fh, into, size, at);
    return count < 0 ? -errno : (int)count;
}

static int write_file(const char *path, const char *from, size_t size, off_t at, struct fuse_file_info *file) {
    (void)path;
    ssize_t count = pwrite(file->fh, from, size, at);
    return count < 0 ? -errno : (int)count;
}

static int sync_file(const char *path, int data_only, struct fuse_file_info *file) {
    (void)path;
    return RESULT(data_only ? fdatasync(file->fh) : fsync(file->fh));
}

static int cut(const char *path, off_t size, struct fuse_file_info *file) {
    int handle = file ? (int)file->fh : openat(root, AT(path), O_WRONLY);
    int result = handle < 0 ? -errno : RESULT(ftruncate(handle, size));
    if (!file && handle >= 0)
        close(handle);
    return result;
}

static int change_mode(const char *path, mode_t mode, struct fuse_file_info *file) {
    return RESULT(file ? fchmod(file->fh, mode) : fchmodat(root, AT(path), mode, 0));
}

static int set_times(const char *path, const struct timespec times[2], struct fuse_file_info *file) {
    return RESULT(file ? futimens(file->fh, times) : utimensat(root, AT(path), times, AT_SYMLINK_NOFOLLOW));
}

static int make_directory(const char *path, mode_t mode) { return RESULT(mkdirat(root, AT(path), mode)); }

static int remove_directory(const char *path) { return RESULT(unlinkat(root, AT(path), AT_REMOVEDIR)); }

static int remove_file(const char *path) { return RESULT(unlinkat(root, AT(path), 0)); }

static int rename_file(const char *from, const char *to, unsigned flags) {
    return RESULT(renameat2(root, AT(from), root, AT(to), flags));
}

static int room(const char *path, struct statvfs *status) {
    (void)path;
    return RESULT(fstatvfs(root, status));
}

static int no_record_lock(const char *path, struct fuse_file_info *file, int command, struct flock *lock) {
    (void)path, (void)file, (void)command, (void)lock;
    return -ENOLCK;
}

static int no_file_lock(const char *path, struct fuse_file_info *file, int operation) {
    (void)path, (void)file, (void)operation;
    return -ENOLCK;
}

static int no_directory_sync(const char *path, int data_only, struct fuse_file_info *file) {
    (void)path, (void)data_only, (void)file;
    return -EINVAL;
}

int main(int count, char **words) {
    if (count != 4)
        return 2;
    struct fuse_operations calls = {
        .init = begin, .getattr = get_status, .readdir = list, .open = open_old, .create = create,
        .release = close_file, .read = read_file, .write = write_file, .fsync = sync_file, .truncate = cut,
        .chmod = change_mode, .utimens = set_times, .mkdir = make_directory, .rmdir = remove_directory,
        .unlink = remove_file, .rename = rename_file, .statfs = room,
    };
    if (strstr(words[2], "locks")) {
        calls.lock = no_record_lock;
        calls.flock = no_file_lock;
    }
    if (strstr(words[2], "sync"))
        calls.fsyncdir = no_directory_sync;
    maps = !strstr(words[2], "memory");
    if ((root = open(words[1], O_RDONLY | O_DIRECTORY)) < 0) {
        perror(words[1]);
        return 1;
    }
    /* In the foreground, one call at a time. */
    char *arguments[] = {words[0], "-f", "-s", "-o", "default_permissions", words[3], NULL};
    return fuse_main(6, arguments, &calls, NULL);
}
