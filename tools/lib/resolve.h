/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Resolve names to IPv4 addresses in a child process, as it may take long.
 */
#ifndef M6T_RESOLVE_H
#define M6T_RESOLVE_H

#include <stdbool.h>
#include <netinet/in.h>
#include <sys/types.h>

#define RESOLVE_ADDRS	16

/**
 * struct resolve_answer - the result
 * @pid: the child process
 * @error: 0, or an error of getaddrinfo()
 * @count: number of addresses
 * @addrs: the addresses
 */
struct resolve_answer {
	pid_t pid;
	int error;
	unsigned int count;
	struct in_addr addrs[RESOLVE_ADDRS];
};

pid_t resolve_start(int fd, const char *host);
void resolve_stop(pid_t pid);
bool resolve_read(int fd, struct resolve_answer *answer);

#endif /* M6T_RESOLVE_H */
