// SPDX-License-Identifier: GPL-2.0
/*
 * Sequence numbers that outlive the process: a line for each change, of which the
 * last one for a home address counts. The file is rewritten when it has become
 * long.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/stat.h>

#include "lib/say.h"
#include "mipd/seq.h"

#define SEQ_LINE	64

static int seq_create(const char *path, int flags)
{
	return open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC |
		    O_NOFOLLOW | flags, 0600);
}

/**
 * seq_open - open the file, or create it
 * @file: to be filled
 * @dir: the directory, which is created
 * @name: name of the device
 *
 * Without it, mobile nodes have to register again after a restart: an error is
 * only printed.
 */
void seq_open(struct seq_file *file, const char *dir, const char *name)
{
	struct stat netns = { .st_ino = 0 };

	file->lines = 0;
	/* Another netns may have a device of this name. */
	stat("/proc/self/ns/net", &netns);
	snprintf(file->path, sizeof(file->path), "%s/%s-%ju.seq", dir, name,
		 (uintmax_t)netns.st_ino);
	if (mkdir(dir, 0755) && errno != EEXIST) {
		file->fd = -1;
		fail(STATUS_DONE, "cannot create %s: %s", dir,
		     strerror(errno));
		return;
	}

	file->fd = seq_create(file->path, 0);
	if (file->fd < 0)
		fail(STATUS_DONE, "cannot open %s: %s", file->path,
		     strerror(errno));
}

/**
 * seq_close - close the file
 * @file: opened by seq_open()
 */
void seq_close(struct seq_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

static bool seq_line(const char *line, struct in6_addr *hoa, uint16_t *seq)
{
	char addr[INET6_ADDRSTRLEN];

	return sscanf(line, "%45s %" SCNu16 "\n", addr, seq) == 2 &&
	       inet_pton(AF_INET6, addr, hoa) == 1;
}

/**
 * seq_read - read all sequence numbers
 * @file: the file
 * @cb: called for each line; the last one of a home address counts
 * @arg: passed to it
 *
 * A truncated line is skipped.
 */
void seq_read(struct seq_file *file, seq_cb cb, void *arg)
{
	FILE *stream = fopen(file->path, "re");
	struct in6_addr hoa;
	char line[SEQ_LINE];
	uint16_t seq;

	if (!stream)
		return;
	while (fgets(line, sizeof(line), stream)) {
		file->lines++;
		if (seq_line(line, &hoa, &seq))
			cb(&hoa, seq, arg);
	}
	fclose(stream);
}

/**
 * seq_put - append a sequence number
 * @file: the file
 * @hoa: home address
 * @seq: its sequence number
 */
void seq_put(struct seq_file *file, const struct in6_addr *hoa, uint16_t seq)
{
	char addr[INET6_ADDRSTRLEN];
	char line[SEQ_LINE];
	int len;

	if (file->fd < 0)
		return;
	inet_ntop(AF_INET6, hoa, addr, sizeof(addr));
	len = snprintf(line, sizeof(line), "%s %u\n", addr, seq);
	if (write(file->fd, line, len) == len) {
		file->lines++;
		return;
	}

	fail(STATUS_DONE, "cannot write to %s: %s", file->path,
	     strerror(errno));
	seq_close(file);
}

/* The name of a new file, which replaces the old one once it is complete. */
static void seq_new_path(const struct seq_file *file, char *path)
{
	snprintf(path, PATH_MAX, "%.*s.new", PATH_MAX - 5, file->path);
}

/**
 * seq_begin - begin a new file; seq_put() all of it, then seq_end()
 * @file: the file
 */
void seq_begin(struct seq_file *file)
{
	char path[PATH_MAX];

	seq_new_path(file, path);
	seq_close(file);
	file->fd = seq_create(path, O_TRUNC);
	file->lines = 0;
}

/**
 * seq_end - the new file is complete
 * @file: the file
 */
void seq_end(struct seq_file *file)
{
	char path[PATH_MAX];

	seq_new_path(file, path);
	if (file->fd >= 0 && !rename(path, file->path))
		return;
	fail(STATUS_DONE, "cannot replace %s: %s", file->path,
	     strerror(errno));
}
