// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: send a request, process the answers, keep the extack message.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"

#define NL_TRIES	10	/* of a dump */

/**
 * nl_open - open a netlink socket
 * @nl: to be filled
 * @bus: NETLINK_GENERIC or NETLINK_ROUTE
 *
 * Return: an enum status; an error was printed.
 */
int nl_open(struct nl *nl, int bus)
{
	int one = 1;

	nl->seq = 0;
	nl->extack[0] = '\0';
	nl->sock = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->sock)
		return fail(STATUS_REFUSED, "cannot open a netlink socket: %s",
			    strerror(errno));
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		mnl_socket_close(nl->sock);
		return fail(STATUS_REFUSED, "cannot bind a netlink socket: %s",
			    strerror(errno));
	}

	/* Ignore errors: older kernels then report less or filter less. */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_GET_STRICT_CHK, &one,
			      sizeof(one));
	nl->portid = mnl_socket_get_portid(nl->sock);

	return STATUS_DONE;
}

/**
 * nl_receive_room - enlarge the receive buffer
 * @nl: the socket
 * @size: bytes; above the limit of the system only with privilege
 */
void nl_receive_room(const struct nl *nl, int size)
{
	int fd = mnl_socket_get_fd(nl->sock);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/**
 * nl_join - listen to a multicast group
 * @nl: the socket
 * @group: number of the group
 *
 * Return: an enum status; an error was printed.
 */
int nl_join(const struct nl *nl, int group)
{
	if (!mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &group,
				   sizeof(group)))
		return STATUS_DONE;
	if (errno == EPERM)
		return fail(STATUS_REFUSED,
			    "listening to events needs CAP_NET_ADMIN in the netns");

	return fail(STATUS_REFUSED, "cannot listen to events: %s",
		    strerror(errno));
}

/**
 * nl_close - close a netlink socket
 * @nl: opened by nl_open()
 */
void nl_close(struct nl *nl)
{
	mnl_socket_close(nl->sock);
}

/* Keep the message of an error; its attributes start at @offset. */
static void nl_keep_extack(struct nl *nl, const struct nlmsghdr *nlh,
			   size_t offset)
{
	const struct nlattr *tb[NLMSGERR_ATTR_MSG + 1];

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;

	nl_attrs(nlh, offset, tb, NLMSGERR_ATTR_MSG);
	if (tb[NLMSGERR_ATTR_MSG])
		snprintf(nl->extack, sizeof(nl->extack), "%s",
			 nl_string(tb[NLMSGERR_ATTR_MSG]));
}

/**
 * nl_ack - read an acknowledgment
 * @nl: the socket
 * @nlh: the acknowledgment; the message of an error is kept
 *
 * Return: its errno, 0 or negative.
 */
int nl_ack(struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*err);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err))
		return -EBADMSG;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		offset += err->msg.nlmsg_len - sizeof(err->msg);
	if (err->error)
		nl_keep_extack(nl, nlh, offset);

	return err->error;
}

/* The errno at the end of a dump, 0 or negative. */
static int nl_done(struct nl *nl, const struct nlmsghdr *nlh)
{
	int error;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(error))
		return 0;

	memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	if (error)
		nl_keep_extack(nl, nlh, sizeof(error));

	return error < 0 ? error : 0;
}

/*
 * Process the messages of one datagram. Return: 1 if more must follow, else the
 * outcome. It is up to the caller what to do about an inconsistent dump.
 */
static int nl_datagram(struct nl *nl, int len, nl_cb cb, void *arg)
{
	const struct nlmsghdr *nlh = &nl->buf.nlh;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != nl->seq ||
		    nlh->nlmsg_pid != nl->portid)
			continue;

		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			nl->torn = true;
		switch (nlh->nlmsg_type) {
		case NLMSG_ERROR:
			return nl_ack(nl, nlh);
		case NLMSG_DONE:
			return nl_done(nl, nlh);
		case NLMSG_NOOP:
		case NLMSG_OVERRUN:
			break;
		default:
			if (cb)
				cb(nlh, arg);
		}
	}

	return 1;
}

/**
 * nl_talk - send a request and wait for its end
 * @nl: the socket
 * @request: the request; its sequence number and flags are set here
 * @cb: called for each answer, may be NULL
 * @arg: passed to @cb
 *
 * Return: 0, or a negative errno, with the kernel's message in @nl->extack.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *request, nl_cb cb, void *arg)
{
	int len;
	int ret;

	nl->torn = false;
	nl->extack[0] = '\0';
	request->nlmsg_seq = ++nl->seq;
	request->nlmsg_flags |= NLM_F_REQUEST;
	if ((request->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		request->nlmsg_flags |= NLM_F_ACK;

	if (mnl_socket_sendto(nl->sock, request, request->nlmsg_len) < 0)
		return -errno;

	do {
		len = mnl_socket_recvfrom(nl->sock, &nl->buf,
					  sizeof(nl->buf));
		if (len < 0 && errno == EINTR)
			ret = 1;
		else
			ret = len < 0 ? -errno :
			      nl_datagram(nl, len, cb, arg);
	} while (ret > 0);

	return ret;
}

/**
 * nl_dump - request a dump, again if it was inconsistent
 * @nl: the socket
 * @request: the request
 * @cb: called for each answer
 * @forget: called before another try, to discard what @cb has collected; may be
 *	NULL
 * @arg: passed to both
 *
 * Return: 0, or a negative errno; -EINTR with @nl->torn: none was consistent.
 */
int nl_dump(struct nl *nl, struct nlmsghdr *request, nl_cb cb,
	    void (*forget)(void *arg), void *arg)
{
	int tries = NL_TRIES;
	int err;

	while (true) {
		err = nl_talk(nl, request, cb, arg);
		if (err || !nl->torn)
			return err;
		if (!--tries)
			return -EINTR;
		if (forget)
			forget(arg);
	}
}

/**
 * nl_fail - print why the kernel refused
 * @nl: the socket
 * @err: the negative errno of nl_talk()
 * @what: what was requested, in case the kernel gave no message
 *
 * Return: the enum status that belongs to @err.
 */
int nl_fail(const struct nl *nl, int err, const char *what)
{
	int status = err == -ENODEV || err == -ENOENT ? STATUS_ABSENT :
							STATUS_REFUSED;

	if (nl->extack[0] && !strncmp(nl->extack, "m6t: ", 5))
		return fail_plain(status, nl->extack);
	if (nl->extack[0])
		return fail(status, "%s", nl->extack);
	if (err == -EPERM)
		return fail(status,
			    "%s: not permitted, this needs CAP_NET_ADMIN in the netns of the device",
			    what);

	if (err == -EINTR && nl->torn)
		return fail(status,
			    "%s: it changed during each dump, try again",
			    what);

	return fail(status, "%s: %s", what, strerror(-err));
}
