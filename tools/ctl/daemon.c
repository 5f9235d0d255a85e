// SPDX-License-Identifier: GPL-2.0
/*
 * Going on in the background, once the one who waits knows how it went.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include <sys/wait.h>

#include "ctl/daemon.h"
#include "lib/files.h"
#include "lib/say.h"

static int daemon_pipe = -1;

static int daemon_wait(int fd, pid_t pid)
{
	uint8_t status;
	ssize_t len;

	do {
		len = read(fd, &status, sizeof(status));
	} while (len < 0 && errno == EINTR);

	if (len == sizeof(status))
		return status;
	waitpid(pid, NULL, 0);
	return fail(STATUS_REFUSED, "the background process died");
}

/**
 * daemon_begin - split into one that waits and one that goes on
 * @status: of the former, what the latter tells
 * @lock: a file that the latter keeps; whatever else was inherited it closes
 *
 * Return: true in the one that waits and is done, or where there is no other.
 */
bool daemon_begin(int *status, int lock)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC)) {
		*status = fail(STATUS_REFUSED, "cannot open a pipe: %s",
			       strerror(errno));
		return true;
	}

	pid = fork();
	if (pid < 0) {
		*status = fail(STATUS_REFUSED, "cannot start a process: %s",
			       strerror(errno));
		return true;
	}
	if (pid) {
		close(fds[1]);
		*status = daemon_wait(fds[0], pid);
		return true;
	}

	daemon_pipe = fds[1];
	files_keep((const int[]){ daemon_pipe, lock }, 2);
	setsid();
	/* The one who waits may be interrupted. */
	signal(SIGPIPE, SIG_IGN);
	/* Nothing that may be unmounted is held. */
	if (chdir("/"))
		fail(STATUS_DONE, "cannot change to directory /: %s", strerror(errno));
	files_null(STDIN_FILENO);
	files_null(STDOUT_FILENO);
	return false;
}

/**
 * daemon_tell - tell the one who waits, if there is one
 * @status: how it went
 *
 * From now on nobody reads what is printed.
 */
void daemon_tell(int status)
{
	uint8_t byte = status;

	if (daemon_pipe < 0)
		return;
	if (write(daemon_pipe, &byte, sizeof(byte)) < 0)
		byte = 0;
	close(daemon_pipe);
	daemon_pipe = -1;
	files_null(STDERR_FILENO);
	openlog("m6tctl", LOG_PID, LOG_DAEMON);
	options.syslog = true;
}
