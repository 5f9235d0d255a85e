// SPDX-License-Identifier: GPL-2.0
/*
 * The lock that allows one m6tctl for each device, and names its process.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "ctl/lock.h"
#include "lib/say.h"

static int lock_open(const char *name)
{
	char path[sizeof(LOCK_DIR) + 64];
	struct stat netns;

	/* Only root can create this directory, so others cannot interfere. */
	if (stat("/proc/self/ns/net", &netns) ||
	    (mkdir(LOCK_DIR, 0755) && errno != EEXIST))
		return -1;

	snprintf(path, sizeof(path), LOCK_DIR "/follow-%ju-%s",
		 (uintmax_t)netns.st_ino, name);
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/**
 * lock_take - become the only process in this netns that follows a device
 * @name: the device; empty: all that no other process follows
 *
 * The file is not removed: that would take the lock from a waiting process.
 *
 * Return: a file to keep open, or a negative errno; -EWOULDBLOCK: another
 * process follows it.
 */
int lock_take(const char *name)
{
	int fd = lock_open(name);
	int err;

	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;

	err = -errno;
	close(fd);
	return err;
}

/**
 * lock_keep - make sure that the lock is the one that others would take
 * @fd: from lock_take(); replaced if that file was removed
 * @name: the device; empty: all that no other process follows
 * @sign: sign the new one, too
 *
 * Return: an enum status; if another process has it now, an error was printed.
 */
int lock_keep(int *fd, const char *name, bool sign)
{
	struct stat state;
	int other;

	if (fstat(*fd, &state) || state.st_nlink)
		return STATUS_DONE;

	other = lock_take(name);
	if (other == -EWOULDBLOCK)
		return lock_fail(other, *name ? name : "all mobile nodes");
	/* If there cannot be a file, no other process has one either. */
	if (other < 0)
		return STATUS_DONE;

	close(*fd);
	*fd = other;
	if (sign)
		lock_sign(other);
	return STATUS_DONE;
}

/**
 * lock_sign - let others know that this process created the device
 * @fd: from lock_take(), possibly called by another process
 */
void lock_sign(int fd)
{
	struct flock sign = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	/* Unlike the flock, a record lock belongs to one process. */
	if (fcntl(fd, F_SETLK, &sign))
		fail(STATUS_DONE, "cannot lock in " LOCK_DIR ": %s",
		     strerror(errno));
}

/**
 * lock_owner - find the process that created a device and manages it
 * @name: the device
 *
 * Return: the process; 0: none, or one in another PID namespace.
 */
pid_t lock_owner(const char *name)
{
	struct flock sign = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = lock_open(name);

	if (fd < 0)
		return 0;
	if (fcntl(fd, F_GETLK, &sign))
		sign.l_type = F_UNLCK;
	close(fd);

	return sign.l_type == F_UNLCK || sign.l_pid < 0 ? 0 : sign.l_pid;
}

/**
 * lock_fail - print why there is no lock
 * @err: what lock_take() returned
 * @who: the device, or all of them
 *
 * Return: an enum status.
 */
int lock_fail(int err, const char *who)
{
	if (err == -EWOULDBLOCK)
		return fail(STATUS_REFUSED,
			    "%s: another m6tctl follow manages it", who);

	return fail(STATUS_REFUSED,
		    "%s: cannot take the lock in " LOCK_DIR ": %s", who,
		    strerror(-err));
}
