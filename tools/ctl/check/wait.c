// SPDX-License-Identifier: GPL-2.0
/*
 * Wait for answers to several probes at once.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <linux/errqueue.h>

#include "ctl/check/answer.h"
#include "ctl/check/probe.h"
#include "ctl/check/wait.h"

#define WAIT_MAX	16	/* probes */
#define WAIT_MS		1000000	/* ns */

/**
 * wait_now - the time
 *
 * Return: nanoseconds of a monotonic clock.
 */
uint64_t wait_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* An ICMP error; the kernel has matched it with a datagram of ours. */
static bool wait_icmp(const struct cmsghdr *cmsg, struct answer *answer)
{
	struct {
		struct sock_extended_err err;
		struct sockaddr_in from;
	} said;

	if (cmsg->cmsg_level != IPPROTO_IP || cmsg->cmsg_type != IP_RECVERR ||
	    cmsg->cmsg_len < CMSG_LEN(sizeof(said)))
		return false;
	memcpy(&said, CMSG_DATA(cmsg), sizeof(said));
	/* A too small MTU of our own link is reported in the same form. */
	if (said.err.ee_origin == SO_EE_ORIGIN_LOCAL &&
	    said.err.ee_errno == EMSGSIZE) {
		answer->kind = ANSWER_ICMP;
		answer->mtu = said.err.ee_info;
		return true;
	}
	if (said.err.ee_origin != SO_EE_ORIGIN_ICMP)
		return false;

	answer->kind = ANSWER_ICMP;
	answer->type = said.err.ee_type;
	answer->code = said.err.ee_code;
	answer->from = said.from.sin_addr;
	if (answer->type == ICMP_DEST_UNREACH &&
	    answer->code == ICMP_FRAG_NEEDED)
		answer->mtu = said.err.ee_info;
	return true;
}

/* Return: false if the queue of errors is empty. */
static bool wait_error(const struct probe *probe, struct answer *answer)
{
	union {
		struct cmsghdr align;
		char bytes[512];
	} control;
	struct msghdr msg = {
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *cmsg;

	memset(answer, 0, sizeof(*answer));
	if (recvmsg(probe->fd, &msg, MSG_ERRQUEUE) < 0)
		return false;
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg))
		if (wait_icmp(cmsg, answer))
			break;

	return true;
}

/* Return: false if there is nothing more to read. */
static bool wait_datagram(const struct probe *probe, struct answer *answer)
{
	uint8_t data[2048];
	ssize_t len;

	answer->kind = ANSWER_NONE;
	len = recv(probe->fd, data, sizeof(data), MSG_TRUNC);
	/* It may report an error that is also in the error queue. */
	if (len < 0)
		return errno != EAGAIN;
	if ((size_t)len > sizeof(data) ||
	    !answer_read(probe, data, len, answer))
		answer->kind = ANSWER_NONE;
	return true;
}

/* One of each per round, so that a flood to one port does not delay others. */
static bool wait_one(const struct probe *probe, unsigned int index,
		     answer_cb cb, void *arg)
{
	struct answer answer;

	if (wait_error(probe, &answer) && answer.kind &&
	    cb(index, &answer, arg))
		return true;
	return wait_datagram(probe, &answer) && answer.kind &&
	       cb(index, &answer, arg);
}

/**
 * wait_answers - wait for answers
 * @probes: to these; those without a socket are skipped
 * @n: number of probes, up to 16
 * @until: end of the wait
 * @cb: called with the index of the probe and each answer; the wait ends if it
 *	returns true
 * @arg: passed to @cb
 */
void wait_answers(struct probe *probes, unsigned int n, uint64_t until,
		  answer_cb cb, void *arg)
{
	struct pollfd fds[WAIT_MAX];
	uint64_t now;
	unsigned int i;

	for (i = 0; i < n; i++) {
		fds[i].fd = probes[i].fd;
		fds[i].events = POLLIN;
	}
	for (now = wait_now(); now < until; now = wait_now()) {
		if (poll(fds, n, (until - now) / WAIT_MS + 1) < 0 &&
		    errno != EINTR)
			return;
		for (i = 0; i < n; i++)
			if (fds[i].fd >= 0 && fds[i].revents &&
			    wait_one(&probes[i], i, cb, arg))
				return;
	}
}
