// SPDX-License-Identifier: GPL-2.0
/*
 * Batches of netlink requests.
 */
#define _GNU_SOURCE		/* recvmmsg() */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl.h"
#include "lib/netlink/nl_batch.h"

/* Upper bound of the receive buffer that an error takes, with the kernel's
 * overhead.
 */
#define NL_REFUSAL	2048
/* The part of the send buffer that the kernel reserves. */
#define NL_SEND_RESERVE	32

/* The value of a numeric socket option; 0 if it cannot be read. */
static size_t nl_option(const struct nl *nl, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	if (getsockopt(mnl_socket_get_fd(nl->sock), SOL_SOCKET, option, &value,
		       &len) || value < 0)
		return 0;

	return value;
}

static void nl_batch_empty(struct nl_batch *batch)
{
	batch->n = 0;
	batch->len = 0;
}

/**
 * nl_batch_begin - begin a batch of requests
 * @batch: to be filled
 * @nl: the socket
 *
 * All are answered before the first answer is read, so the receive buffer must
 * have room for as many errors.
 */
void nl_batch_begin(struct nl_batch *batch, struct nl *nl)
{
	size_t room;

	nl_receive_room(nl, NL_BATCH * NL_REFUSAL);
	room = nl_option(nl, SO_RCVBUF) / NL_REFUSAL;
	batch->max = room < 1 ? 1 : room < NL_BATCH ? room : NL_BATCH;
	room = nl_option(nl, SO_SNDBUF);
	room -= room < NL_SEND_RESERVE ? room : NL_SEND_RESERVE;
	batch->room = room < sizeof(batch->buf) ? room : sizeof(batch->buf);
	batch->nl = nl;
	nl_batch_empty(batch);
}

/**
 * nl_batch_put - add a request
 * @batch: the batch, to which it is copied
 * @request: the request
 *
 * Return: false if it does not fit: nl_batch_talk() makes room.
 */
bool nl_batch_put(struct nl_batch *batch, const struct nlmsghdr *request)
{
	size_t len = MNL_ALIGN(request->nlmsg_len);
	struct nlmsghdr *nlh;

	if (batch->n == batch->max ||
	    (batch->n && batch->len + len > batch->room))
		return false;

	nlh = (void *)(batch->buf.bytes + batch->len);
	memcpy(nlh, request, request->nlmsg_len);
	nlh->nlmsg_seq = ++batch->nl->seq;
	nlh->nlmsg_flags |= NLM_F_REQUEST;
	batch->len += len;
	batch->n++;
	return true;
}

/* Return: 1 if more must follow, else the outcome. */
static int nl_batch_answer(struct nl_batch *batch, const char *bytes, int len,
			   nl_refused_cb refused, void *arg)
{
	const struct nlmsghdr *nlh = (const void *)bytes;
	struct nl *nl = batch->nl;
	unsigned int i;
	int err;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		i = nlh->nlmsg_seq - (nl->seq - batch->n + 1);
		if (nlh->nlmsg_type != NLMSG_ERROR || i >= batch->n ||
		    nlh->nlmsg_pid != nl->portid)
			continue;

		nl->extack[0] = '\0';
		err = nl_ack(nl, nlh);
		if (err)
			err = refused(i, err, arg);
		if (err || i == batch->n - 1)
			return err;
	}

	return 1;
}

/* Receive answers, each in its slot. Return: as nl_batch_answer(). */
static int nl_batch_receive(struct nl_batch *batch, nl_refused_cb refused,
			    void *arg)
{
	const size_t slot = sizeof(batch->nl->buf) / NL_BATCH;
	struct mmsghdr msgs[NL_BATCH] = { 0 };
	struct iovec iov[NL_BATCH];
	int ret = 1;
	int n;
	int i;

	for (i = 0; i < NL_BATCH; i++) {
		iov[i].iov_base = batch->nl->buf.bytes + i * slot;
		iov[i].iov_len = slot;
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	batch->nl->extack[0] = '\0';
	n = recvmmsg(mnl_socket_get_fd(batch->nl->sock), msgs, NL_BATCH,
		     MSG_WAITFORONE, NULL);
	if (n < 0)
		return errno == EINTR ? 1 : -errno;

	for (i = 0; ret > 0 && i < n; i++)
		ret = nl_batch_answer(batch, iov[i].iov_base, msgs[i].msg_len,
				      refused, arg);
	return ret;
}

/**
 * nl_batch_talk - send the requests and wait for the last acknowledgment
 * @batch: the requests; empty afterwards
 * @refused: called for each error, with the index of the request, a negative
 *	errno, and the kernel's message in the socket's extack; a result other
 *	than 0 ends the wait, although the kernel has processed all requests
 * @arg: passed to @refused
 *
 * Only the last one requests an acknowledgment, as only errors matter.
 *
 * Return: 0, or a negative errno: the socket's, or what @refused returned.
 */
int nl_batch_talk(struct nl_batch *batch, nl_refused_cb refused, void *arg)
{
	struct nlmsghdr *nlh = &batch->buf.nlh;
	int ret = 1;
	unsigned int i;

	if (!batch->n)
		return 0;
	for (i = 1; i < batch->n; i++)
		nlh = (void *)((char *)nlh + MNL_ALIGN(nlh->nlmsg_len));
	nlh->nlmsg_flags |= NLM_F_ACK;

	batch->nl->extack[0] = '\0';
	if (mnl_socket_sendto(batch->nl->sock, &batch->buf, batch->len) < 0)
		return -errno;
	while (ret > 0)
		ret = nl_batch_receive(batch, refused, arg);
	nl_batch_empty(batch);
	return ret;
}
