// SPDX-License-Identifier: GPL-2.0
/*
 * The file of a device: where it is, whether it may be trusted, its text.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <net/if.h>
#include <sys/stat.h>

#include "ctl/conf/conf_file.h"
#include "lib/names.h"
#include "lib/say.h"

#define CONF_DIR	"/etc/m6t/"
#define CONF_SUFFIX	".conf"

/**
 * conf_is_ifname - whether a name is valid for a device
 * @name: the name, followed by anything
 * @len: bytes of it
 * @max: IFNAMSIZ, or %NAMES_MAX if alternative names are accepted
 *
 * Return: true if it is.
 */
bool conf_is_ifname(const char *name, size_t len, size_t max)
{
	return len && len < max && !memchr(name, '/', len) &&
	       strcspn(name, CONF_SPACE ":%") >= len &&
	       !(len == 1 && name[0] == '.') &&
	       !(len == 2 && name[0] == '.' && name[1] == '.');
}

/**
 * conf_name - the name of the device of a name or a file
 * @arg: name of a device; with a slash in it, of a file NAME.conf
 * @name: room for IFNAMSIZ bytes
 *
 * Return: an enum status; an error was printed.
 */
int conf_name(const char *arg, char *name)
{
	const char *slash = strrchr(arg, '/');
	const char *base = slash ? slash + 1 : arg;
	size_t len = strlen(base);
	size_t suffix = strlen(CONF_SUFFIX);

	if (slash) {
		if (len <= suffix || strcmp(base + len - suffix, CONF_SUFFIX))
			return fail(STATUS_USAGE,
				    "file \"%s\" is wrong: expected a path that ends in NAME.conf",
				    arg);
		len -= suffix;
	}
	/* An existing device, by any of its names. */
	if (!slash && names_find(arg, name))
		return STATUS_DONE;
	if (!conf_is_ifname(base, len, IFNAMSIZ))
		return fail(STATUS_USAGE,
			    "name \"%.*s\" is wrong: expected the name of a device, 1 to %u characters other than /, :, %% and space",
			    (int)len, base, IFNAMSIZ - 1);

	snprintf(name, IFNAMSIZ, "%.*s", (int)len, base);
	return STATUS_DONE;
}

/**
 * conf_file_find - where the file of a device is
 * @arg: name of the device; with a slash in it, of the file
 * @path: room for PATH_MAX bytes: an absolute path, as daemon_begin() changes
 *	the working directory
 *
 * Return: an enum status; an error was printed.
 */
int conf_file_find(const char *arg, char *path)
{
	char here[PATH_MAX] = "";
	int len;

	if (!strchr(arg, '/'))
		len = snprintf(path, PATH_MAX, CONF_DIR "%s" CONF_SUFFIX, arg);
	else if (arg[0] == '/')
		len = snprintf(path, PATH_MAX, "%s", arg);
	else if (getcwd(here, sizeof(here)))
		len = snprintf(path, PATH_MAX, "%s/%s", here, arg);
	else
		return fail(STATUS_REFUSED, "%s: %s", arg, strerror(errno));
	if (len >= PATH_MAX)
		return fail(STATUS_USAGE,
			    "the path of the file is too long: expected at most %u bytes",
			    PATH_MAX - 1);

	return STATUS_DONE;
}

/**
 * conf_exists - whether there is a file for a device
 * @name: name of the device
 *
 * Return: true if there is.
 */
bool conf_exists(const char *name)
{
	char path[PATH_MAX];

	return !conf_file_find(name, path) && !access(path, F_OK);
}

/* A user who may write to the file is as powerful as root. */
static int conf_check_file(int fd, const char *path)
{
	struct stat file;

	if (fstat(fd, &file))
		return fail(STATUS_REFUSED, "%s: %s", path, strerror(errno));
	if (!S_ISREG(file.st_mode))
		return fail(STATUS_REFUSED, "%s is not a regular file",
			    path);
	if (file.st_size > CONF_SIZE)
		return fail(STATUS_REFUSED,
			    "%s is too large: expected at most %u bytes", path,
			    CONF_SIZE);
	if (geteuid())
		return STATUS_DONE;
	if (file.st_uid)
		return fail(STATUS_REFUSED,
			    "%s belongs to another user: expected root",
			    path);
	if (file.st_mode & 0022)
		return fail(STATUS_REFUSED,
			    "%s is writable by others: expected only root",
			    path);

	return STATUS_DONE;
}

static int conf_read(int fd, const char *path, char *text)
{
	size_t used = 0;
	ssize_t len;

	do {
		len = read(fd, text + used, CONF_SIZE - used);
		if (len < 0)
			return fail(STATUS_REFUSED, "%s: %s", path,
				    strerror(errno));
		used += len;
	} while (len);

	text[used] = '\0';
	if (strlen(text) != used)
		return fail(STATUS_USAGE, "%s contains a NUL byte: expected text",
			    path);

	return STATUS_DONE;
}

/**
 * conf_file_read - read a file, if it can be trusted
 * @path: the file
 * @text: room for %CONF_SIZE bytes and one more
 *
 * Return: an enum status; an error was printed.
 */
int conf_file_read(const char *path, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int status;

	if (fd < 0 && errno == ENOENT)
		return fail(STATUS_ABSENT,
			    "%s does not exist (see m6t.conf(5))",
			    path);
	if (fd < 0)
		return fail(STATUS_REFUSED, "%s: %s", path, strerror(errno));

	status = conf_check_file(fd, path) ?: conf_read(fd, path, text);
	close(fd);
	return status;
}
