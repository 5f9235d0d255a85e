// SPDX-License-Identifier: GPL-2.0
/*
 * What keeps a second m6tctl away from a device, and tells who is at work.
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

#define LOCK_DIR	"/run/m6t"

static int lock_open(const char *name)
{
	char path[sizeof(LOCK_DIR) + 64];
	struct stat netns;

	/* Only root makes this folder, so nobody else can be in the way. */
	if (stat("/proc/self/ns/net", &netns) ||
	    (mkdir(LOCK_DIR, 0755) && errno != EEXIST))
		return -1;

	snprintf(path, sizeof(path), LOCK_DIR "/follow-%ju-%s",
		 (uintmax_t)netns.st_ino, name);
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/**
 * lock_take - be the only one in this netns that follows a device
 * @name: the device; empty: all that nobody else follows
 *
 * The file stays: to remove it would take the lock from whoever waits for it.
 *
 * Return: a file to keep open, or a negative errno; -EWOULDBLOCK: somebody
 * else is.
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
 * lock_keep - see that the lock is the one that others would ask for
 * @fd: from lock_take(); another file, where somebody has removed that one
 * @name: the device; empty: all that nobody else follows
 * @sign: sign that one, too
 *
 * Return: an enum status, with a sentence printed: somebody else has it now.
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
	/* Where there cannot be a file, nobody else has one either. */
	if (other < 0)
		return STATUS_DONE;

	close(*fd);
	*fd = other;
	if (sign)
		lock_sign(other);
	return STATUS_DONE;
}

/**
 * lock_sign - let others know that this process made the device
 * @fd: from lock_take(); the lock itself may have been another process'
 */
void lock_sign(int fd)
{
	struct flock sign = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	/* Unlike the lock, it belongs to one process. */
	if (fcntl(fd, F_SETLK, &sign))
		fail(STATUS_DONE, "cannot lock in " LOCK_DIR ": %s",
		     strerror(errno));
}

/**
 * lock_owner - who made a device and looks after it
 * @name: the device
 *
 * Return: the process; 0: none, or one that we cannot see.
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
 * @who: whom it is for
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
