// SPDX-License-Identifier: GPL-2.0
/*
 * The original settings of a home link are saved in a file, as they must outlive
 * the home agent that changes them: the next one, or the last one of several,
 * restores them. Each of them holds a shared lock on the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "ctl/lock.h"
#include "lib/say.h"
#include "mipd/home/before.h"

#define BEFORE_FORM	"proxy_ndp %u proxy_delay %" PRIu64 " arp %" PRIu64 "\n"
#define BEFORE_SCAN	"proxy_ndp %u proxy_delay %" SCNu64 " arp %" SCNu64
#define BEFORE_SIZE	128

static void before_path(const char *link, char *path)
{
	struct stat netns = { .st_ino = 0 };

	/* Another netns may have a link of this name. */
	stat("/proc/self/ns/net", &netns);
	snprintf(path, PATH_MAX, "%s/%s-%ju.home", LOCK_DIR, link,
		 (uintmax_t)netns.st_ino);
}

/* Open the file, locked, and make sure that it is not being removed. */
static int before_open(const char *path, bool *alone)
{
	struct stat file;
	int fd;

	while (true) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			  0600);
		if (fd < 0)
			return -1;
		*alone = !flock(fd, LOCK_EX | LOCK_NB);
		if ((!*alone && flock(fd, LOCK_SH)) || fstat(fd, &file)) {
			close(fd);
			return -1;
		}
		if (file.st_nlink)
			return fd;
		close(fd);
	}
}

static bool before_read(int fd, struct before *before)
{
	char text[BEFORE_SIZE];
	uint64_t delay6, delay4;
	unsigned int proxy;
	ssize_t len;

	len = pread(fd, text, sizeof(text) - 1, 0);
	if (len <= 0)
		return false;
	text[len] = '\0';
	if (sscanf(text, BEFORE_SCAN, &proxy, &delay6, &delay4) != 3)
		return false;
	*before = (struct before){ proxy, delay6, delay4 };
	return true;
}

static bool before_write(int fd, const struct before *before)
{
	char text[BEFORE_SIZE];
	int len;

	len = snprintf(text, sizeof(text), BEFORE_FORM, before->proxy,
		       before->delay6, before->delay4);
	return pwrite(fd, text, len, 0) == len;
}

/**
 * before_keep - save the settings of a home link before they are changed
 * @link: its name
 * @before: its settings; set to those before the first home agent
 *
 * Return: the file, for before_end(); or -1, and an error was printed: then only
 * @before has it.
 */
int before_keep(const char *link, struct before *before)
{
	char path[PATH_MAX];
	bool alone;
	int fd;

	before_path(link, path);
	fd = before_open(path, &alone);
	if (fd >= 0 && !before_read(fd, before) && alone &&
	    !before_write(fd, before)) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		fail(STATUS_DONE, "cannot keep the settings of %s in %s: %s",
		     link, path, strerror(errno));
	else if (alone)
		flock(fd, LOCK_SH);
	return fd;
}

/**
 * before_end - whether the settings of a home link must be restored
 * @fd: what before_keep() returned
 * @link: its name
 *
 * Return: false if another home agent uses it.
 */
bool before_end(int fd, const char *link)
{
	char path[PATH_MAX];

	if (fd < 0)
		return true;
	if (flock(fd, LOCK_EX | LOCK_NB))
		return false;

	before_path(link, path);
	unlink(path);
	return true;
}
