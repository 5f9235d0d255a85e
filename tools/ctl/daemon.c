// SPDX-License-Identifier: GPL-2.0
/*
 * Continue in the background, after reporting the outcome to a waiting parent.
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
 * daemon_begin - fork: the parent waits, the child continues
 * @status: exit status of the parent, as reported by the child
 * @lock: a file that the child keeps; it closes all others that it inherited
 *
 * Return: true in the parent, when it is done or could not fork.
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
	/* The parent may have been interrupted. */
	signal(SIGPIPE, SIG_IGN);
	/* Do not keep a file system busy. */
	if (chdir("/"))
		fail(STATUS_DONE, "cannot change to directory /: %s",
		     strerror(errno));
	files_null(STDIN_FILENO);
	files_null(STDOUT_FILENO);
	return false;
}

/**
 * daemon_tell - report the outcome to the parent, if there is one
 * @status: the outcome
 *
 * From now on errors go to the system log.
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
	openlog(options.program, LOG_PID, LOG_DAEMON);
	options.syslog = true;
}
