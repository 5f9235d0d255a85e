// SPDX-License-Identifier: GPL-2.0
/*
 * fail_nth.so, preloaded into a tool: the FAIL_NTHth allocation that the kernel
 * makes on behalf of the tool's netlink sockets, or while it loads a module,
 * fails. Allocations that the tool causes otherwise do not count. The file
 * FAIL_HIT is made when there were so many.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int file = -1;
static int left;

static void __attribute__((constructor)) start(void)
{
	const char *nth = getenv("FAIL_NTH");

	left = nth ? atoi(nth) : 0;
	if (left > 0)
		file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
}

static void set(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(file, text, len, 0) != len)
		abort();
}

static int counts(int fd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);

	return left > 0 &&
	       !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) &&
	       domain == AF_NETLINK;
}

static void begin(void)
{
	if (file < 0)
		abort();
	set(left);
}

static void end(void)
{
	char text[16] = "";

	if (pread(file, text, sizeof(text) - 1, 0) < 1)
		abort();
	left = atoi(text);
	if (left)
		set(0);
	else
		close(open(getenv("FAIL_HIT"), O_CREAT | O_WRONLY, 0600));
}

#define WRAP(name, args, ...)						\
ssize_t name args							\
{									\
	ssize_t (*real) args = dlsym(RTLD_NEXT, #name);			\
	int on = counts(fd);						\
	ssize_t n;							\
									\
	if (on)								\
		begin();						\
	n = real(__VA_ARGS__);						\
	if (on)								\
		end();							\
	return n;							\
}

WRAP(send, (int fd, const void *buf, size_t len, int flags),
     fd, buf, len, flags)
WRAP(sendto, (int fd, const void *buf, size_t len, int flags,
	      const struct sockaddr *to, socklen_t size),
     fd, buf, len, flags, to, size)
WRAP(sendmsg, (int fd, const struct msghdr *msg, int flags), fd, msg, flags)
WRAP(recv, (int fd, void *buf, size_t len, int flags), fd, buf, len, flags)
WRAP(recvmsg, (int fd, struct msghdr *msg, int flags), fd, msg, flags)

long syscall(long number, ...)
{
	long (*real)(long, ...) = dlsym(RTLD_NEXT, "syscall");
	long a[6], n;
	va_list args;
	int i, on = left > 0 && (number == SYS_finit_module ||
				 number == SYS_init_module);

	va_start(args, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (on)
		begin();
	n = real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (on)
		end();
	return n;
}
