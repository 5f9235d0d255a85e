// SPDX-License-Identifier: GPL-2.0
/*
 * Open files of a background process: a reader of the other end of a pipe, or a
 * process that waits for a lock, must not wait for it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "lib/files.h"

/**
 * files_null - redirect a file descriptor to /dev/null
 * @fd: the descriptor
 */
void files_null(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, fd);
		close(null);
	}
}

/**
 * files_keep - close all files but the standard ones and a few others
 * @keep: those to be kept open, in any order
 * @count: number of them
 */
void files_keep(const int *keep, size_t count)
{
	unsigned int from = STDERR_FILENO + 1;
	unsigned int next;
	size_t i;

	do {
		next = INT_MAX;
		for (i = 0; i < count; i++)
			if ((unsigned int)keep[i] >= from &&
			    (unsigned int)keep[i] < next)
				next = keep[i];
		if (next > from)
			close_range(from, next - 1, 0);
		from = next + 1;
	} while (next < INT_MAX);
}
