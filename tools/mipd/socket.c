// SPDX-License-Identifier: GPL-2.0
/*
 * Raw sockets. The kernel computes and verifies the checksum of mobility headers,
 * and IPsec protects them, as long as both ends are the home address and the home
 * agent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <sys/socket.h>

#include "lib/say.h"
#include "mipd/socket.h"

/* Room for some thousand binding updates at once, e.g. after a restart. */
#define SOCKET_BUFFER	(4 << 20)

/* The largest ICMPv6 error. */
#define SOCKET_ERROR_MAX	(1280 - 40)

static int socket_option(int fd, int option)
{
	int on = 1;

	return setsockopt(fd, IPPROTO_IPV6, option, &on, sizeof(on));
}

/**
 * socket_open - open a socket for mobility headers
 *
 * Return: the socket; or -1, and an error was printed.
 */
int socket_open(void)
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			MH_PROTOCOL);
	int room = SOCKET_BUFFER;

	if (fd < 0 || socket_option(fd, IPV6_RECVPKTINFO) ||
	    socket_option(fd, IPV6_RECVDSTOPTS)) {
		fail(STATUS_REFUSED,
		     "cannot open a socket for mobility headers: %s",
		     strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	return fd;
}

static void socket_take_info(struct packet *packet, const struct cmsghdr *cmsg)
{
	struct in6_pktinfo info;

	if (cmsg->cmsg_len < CMSG_LEN(sizeof(info)))
		return;
	memcpy(&info, CMSG_DATA(cmsg), sizeof(info));
	packet->to = info.ipi6_addr;
	packet->ifindex = info.ipi6_ifindex;
}

/* Read the ancillary data. If there is more than one destination options header, not
 * all are the device's.
 */
static void socket_take_control(struct packet *packet, struct msghdr *msg)
{
	unsigned int headers = 0;
	struct cmsghdr *cmsg;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != IPPROTO_IPV6)
			continue;
		if (cmsg->cmsg_type == IPV6_PKTINFO)
			socket_take_info(packet, cmsg);
		if (cmsg->cmsg_type != IPV6_DSTOPTS)
			continue;
		packet->has_outer = outer_get(CMSG_DATA(cmsg),
					      cmsg->cmsg_len - CMSG_LEN(0),
					      &packet->outer);
		headers++;
	}
	if (headers != 1 || (msg->msg_flags & MSG_CTRUNC))
		packet->has_outer = false;
}

/**
 * socket_receive - receive the next mobility header
 * @fd: the socket
 * @packet: to be filled
 *
 * Return: false if there is none now.
 */
bool socket_receive(int fd, struct packet *packet)
{
	union {
		struct cmsghdr align;
		uint8_t bytes[8192];
	} control;
	struct iovec iov = { packet->data, sizeof(packet->data) };
	struct sockaddr_in6 from;
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t len;

	do {
		len = recvmsg(fd, &msg, MSG_DONTWAIT);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return false;

	packet->from = from.sin6_addr;
	packet->ifindex = 0;
	packet->has_outer = false;
	/* A longer one is invalid, and so is one of length 0. */
	packet->len = msg.msg_flags & MSG_TRUNC ? 0 : len;
	socket_take_control(packet, &msg);
	return true;
}

static void socket_put_control(struct msghdr *msg, int type, const void *data,
			       size_t len)
{
	struct cmsghdr *cmsg;

	/* The unused part of the zeroed buffer. */
	cmsg = (void *)((uint8_t *)msg->msg_control + msg->msg_controllen);
	cmsg->cmsg_level = IPPROTO_IPV6;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(cmsg), data, len);
	msg->msg_controllen += CMSG_SPACE(len);
}

/* Only a socket that is bound to a link ignores routes over other links, such as the
 * one to the home address through the device.
 */
static int socket_send_by(uint32_t link, const struct msghdr *msg)
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			MH_PROTOCOL);
	int bound = link;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &bound,
		       sizeof(bound)) ||
	    sendmsg(fd, msg, MSG_NOSIGNAL) < 0)
		err = -errno;
	close(fd);
	return err;
}

/**
 * socket_send - send a mobility header
 * @fd: the socket
 * @from: its IPv6 source
 * @to: its IPv6 destination
 * @outer: where the device is to send it; NULL: to the home agent. If it contains a
 *	link, it is sent there without the device
 * @mh: the header
 *
 * Return: 0, or a negative errno.
 */
int socket_send(int fd, const struct in6_addr *from, const struct in6_addr *to,
		const struct outer *outer, const struct mh *mh)
{
	struct sockaddr_in6 addr = { .sin6_family = AF_INET6, .sin6_addr = *to };
	struct in6_pktinfo info = { .ipi6_addr = *from };
	uint8_t data[MH_ROOM], header[OUTER_ROOM];
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(info)) +
			      CMSG_SPACE(OUTER_ROOM)];
	} control = { .bytes = { 0 } };
	struct iovec iov = { data, mh_encode(mh, data) };
	struct msghdr msg = {
		.msg_name = &addr, .msg_namelen = sizeof(addr),
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
	};

	socket_put_control(&msg, IPV6_PKTINFO, &info, sizeof(info));
	if (outer && !outer_link(outer))
		socket_put_control(&msg, IPV6_DSTOPTS, header,
				   outer_put(header, outer));

	if (outer && outer_link(outer))
		return socket_send_by(outer_link(outer), &msg);
	return sendmsg(fd, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Quote the packet without extension headers, as its sender does not know them. */
static size_t socket_quote(const struct packet *packet, uint8_t *data,
			   size_t room)
{
	struct ip6_hdr ip6h = { .ip6_nxt = MH_PROTOCOL, .ip6_hlim = 64 };
	size_t len = packet->len;

	ip6h.ip6_vfc = 0x60;
	ip6h.ip6_plen = htons(len);
	ip6h.ip6_src = packet->from;
	ip6h.ip6_dst = packet->to;
	if (len > room - sizeof(ip6h))
		len = room - sizeof(ip6h);
	memcpy(data, &ip6h, sizeof(ip6h));
	memcpy(data + sizeof(ip6h), packet->data, len);
	return sizeof(ip6h) + len;
}

/**
 * socket_parameter_problem - answer a malformed header (RFC 6275 9.2)
 * @packet: the header
 * @offset: of the field that is wrong
 *
 * Return: 0, or a negative errno.
 */
int socket_parameter_problem(const struct packet *packet, uint32_t offset)
{
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_addr = packet->from,
	};
	struct sockaddr_in6 from = {
		.sin6_family = AF_INET6, .sin6_addr = packet->to,
	};
	struct icmp6_hdr icmp6h = {
		.icmp6_type = ICMP6_PARAM_PROB,
		.icmp6_code = ICMP6_PARAMPROB_HEADER,
	};
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	uint8_t data[SOCKET_ERROR_MAX];
	size_t len;
	int err = 0;

	if (fd < 0)
		return -errno;
	icmp6h.icmp6_pptr = htonl(sizeof(struct ip6_hdr) + offset);
	memcpy(data, &icmp6h, sizeof(icmp6h));
	len = sizeof(icmp6h) + socket_quote(packet, data + sizeof(icmp6h),
					    sizeof(data) - sizeof(icmp6h));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) ||
	    sendto(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT,
		   (struct sockaddr *)&to, sizeof(to)) < 0)
		err = -errno;
	close(fd);
	return err;
}
