// SPDX-License-Identifier: GPL-2.0
/*
 * fail_nth.so, preloaded into a tool: the FAIL_NTHth allocation that the kernel
 * makes on behalf of the tool's netlink sockets, or while it loads a module,
 * fails. Other allocations that the tool causes do not count. The file
 * FAIL_HIT is created when there were so many.
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

/* begin() and end() a call that counts, if @on. */
static void begin(int on)
{
	if (!on)
		return;
	if (file < 0)
		abort();
	set(left);
}

static void end(int on)
{
	char text[16] = "";

	if (!on)
		return;
	if (pread(file, text, sizeof(text) - 1, 0) < 1)
		abort();
	left = atoi(text);
	if (left)
		set(0);
	else
		close(open(getenv("FAIL_HIT"), O_CREAT | O_WRONLY, 0600));
}

ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	ssize_t (*real)(int fd, const void *buf, size_t len, int flags) =
		dlsym(RTLD_NEXT, "send");
	int on = counts(fd);
	ssize_t n;

	begin(on);
	n = real(fd, buf, len, flags);
	end(on);
	return n;
}

ssize_t sendto(int fd, const void *buf, size_t len, int flags,
	       const struct sockaddr *to, socklen_t size)
{
	ssize_t (*real)(int fd, const void *buf, size_t len, int flags,
			const struct sockaddr *to, socklen_t size) =
		dlsym(RTLD_NEXT, "sendto");
	int on = counts(fd);
	ssize_t n;

	begin(on);
	n = real(fd, buf, len, flags, to, size);
	end(on);
	return n;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	ssize_t (*real)(int fd, const struct msghdr *msg, int flags) =
		dlsym(RTLD_NEXT, "sendmsg");
	int on = counts(fd);
	ssize_t n;

	begin(on);
	n = real(fd, msg, flags);
	end(on);
	return n;
}

ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	ssize_t (*real)(int fd, void *buf, size_t len, int flags) =
		dlsym(RTLD_NEXT, "recv");
	int on = counts(fd);
	ssize_t n;

	begin(on);
	n = real(fd, buf, len, flags);
	end(on);
	return n;
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t (*real)(int fd, struct msghdr *msg, int flags) =
		dlsym(RTLD_NEXT, "recvmsg");
	int on = counts(fd);
	ssize_t n;

	begin(on);
	n = real(fd, msg, flags);
	end(on);
	return n;
}

long syscall(long number, ...)
{
	long (*real)(long number, ...) = dlsym(RTLD_NEXT, "syscall");
	int i, on = left > 0 && (number == SYS_finit_module ||
				 number == SYS_init_module);
	long a[6], n;
	va_list args;

	va_start(args, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	begin(on);
	n = real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	end(on);
	return n;
}
