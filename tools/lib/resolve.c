// SPDX-License-Identifier: GPL-2.0
/*
 * Resolve names to IPv4 addresses. getaddrinfo() blocks while name servers do
 * not answer, so a child process calls it.
 */
#include <netdb.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "lib/files.h"
#include "lib/resolve.h"
#include "lib/text.h"

#define RESOLVE_LIMIT	60	/* s; longer than any resolver tries */

static bool resolve_has(const struct resolve_answer *answer,
			struct in_addr addr)
{
	unsigned int i;

	for (i = 0; i < answer->count; i++)
		if (answer->addrs[i].s_addr == addr.s_addr)
			return true;

	return false;
}

static void resolve_ask(const char *host, struct resolve_answer *answer)
{
	struct addrinfo hints = {
		.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM,
	};
	struct addrinfo *found = NULL;
	const struct addrinfo *at;
	struct in_addr addr;

	answer->error = getaddrinfo(host, NULL, &hints, &found);
	if (answer->error)
		return;

	for (at = found; at && answer->count < RESOLVE_ADDRS;
	     at = at->ai_next) {
		addr = ((struct sockaddr_in *)at->ai_addr)->sin_addr;
		/* Do not trust the name server. */
		if (text_ipv4_is_host(addr) && !resolve_has(answer, addr))
			answer->addrs[answer->count++] = addr;
	}
	if (!answer->count)
		answer->error = EAI_NONAME;
}

static void resolve_child(int fd, const char *host, pid_t asker)
{
	struct resolve_answer answer = { .pid = getpid() };
	sigset_t none;
	int std;

	/* Exit with the parent, which may have exited before the signal was
	 * requested.
	 */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != asker)
		_exit(1);
	for (std = STDIN_FILENO; std <= STDERR_FILENO; std++)
		files_null(std);
	files_keep(&fd, 1);
	signal(SIGALRM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	alarm(RESOLVE_LIMIT);

	resolve_ask(host, &answer);
	/* Short enough for an atomic write. */
	_exit(write(fd, &answer, sizeof(answer)) != sizeof(answer));
}

/**
 * resolve_start - begin to resolve a name
 * @fd: the writing end of a pipe, for the answer
 * @host: the name
 *
 * Return: the child process, negative on failure.
 */
pid_t resolve_start(int fd, const char *host)
{
	pid_t asker = getpid(), pid = fork();

	if (!pid)
		resolve_child(fd, host, asker);
	return pid;
}

/**
 * resolve_stop - end a process that has answered or is not needed
 * @pid: from resolve_start()
 */
void resolve_stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/**
 * resolve_read - read an answer
 * @fd: the reading end of the pipe, non-blocking
 * @answer: to be filled
 *
 * Return: true when there was one.
 */
bool resolve_read(int fd, struct resolve_answer *answer)
{
	return read(fd, answer, sizeof(*answer)) == sizeof(*answer) &&
	       answer->count <= RESOLVE_ADDRS;
}
