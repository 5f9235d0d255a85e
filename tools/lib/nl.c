// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink: send a request, hand out the answers, keep the kernel's sentence.
 */
#define _GNU_SOURCE		/* recvmmsg() */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "m6tctl.h"

#define NL_TRIES	10	/* of a dump */

/**
 * nl_open - open a netlink socket
 * @nl: to be filled
 * @bus: NETLINK_GENERIC or NETLINK_ROUTE
 *
 * Return: an enum status, with a sentence printed.
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

	/* Without these, older kernels only say less or filter less. */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl->sock, NETLINK_GET_STRICT_CHK, &one,
			      sizeof(one));
	nl->portid = mnl_socket_get_portid(nl->sock);

	return STATUS_DONE;
}

/**
 * nl_receive_room - let more wait to be received
 * @nl: the socket
 * @size: bytes; above the system's limit only with privilege
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
 * Return: an enum status, with a sentence printed.
 */
int nl_join(const struct nl *nl, int group)
{
	if (!mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &group,
				   sizeof(group)))
		return STATUS_DONE;
	if (errno == EPERM)
		return fail(STATUS_REFUSED,
			    "to listen to events CAP_NET_ADMIN in the netns is needed");

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

/* Keep the sentence of a refusal; its attributes start at @offset. */
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

/* The errno of an acknowledgment, 0 or negative. */
static int nl_ack(struct nl *nl, const struct nlmsghdr *nlh)
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
 * Hand out the messages of one datagram. Return: 1 when more must follow,
 * else the outcome. That a dump was torn is for the caller to judge.
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
 * @request: the request; its number and its wish for an end are set here
 * @cb: called for each answer, may be NULL
 * @arg: handed to @cb
 *
 * Return: 0, or a negative errno, with the kernel's sentence in @nl->extack.
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
 * nl_dump - ask for all there is, again where that has changed under way
 * @nl: the socket
 * @request: the request
 * @cb: called for each answer
 * @forget: called before another try, what @cb was told does not count; may
 *	be NULL
 * @arg: handed to both
 *
 * Return: 0, or a negative errno; -EINTR with @nl->torn: no try was without a
 * change.
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

/* What a refusal takes of the room to receive, with all that the kernel needs
 * for it; rather more.
 */
#define NL_REFUSAL	2048
/* What the kernel keeps of the room to send. */
#define NL_SEND_RESERVE	32

/* What an option that is a number says; 0: it cannot be asked for. */
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
 * nl_batch_begin - make ready to send requests together
 * @batch: to be filled
 * @nl: the socket
 *
 * All are answered before the first answer is read, so there must be room for as
 * many refusals.
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
 * nl_batch_put - one more request, to be sent with the others
 * @batch: where it is copied to
 * @request: the request
 *
 * Return: false where it does not fit: nl_batch_talk() makes room.
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

/* Return: 1 when more must follow, else the outcome. */
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

/* All answers that have come, each in its slot. Return: as nl_batch_answer(). */
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
 * nl_batch_talk - send the requests and wait for the end of the last one
 * @batch: the requests; none are left in it afterwards
 * @refused: called for each that is refused, with its place among them, a
 *	negative errno, and the kernel's sentence in the socket's extack; what is
 *	not 0 ends it, although the kernel has gone through all of them
 * @arg: handed to @refused
 *
 * Only the last one is to be acknowledged, as only refusals are of interest.
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

/**
 * nl_fail - print why the kernel refused
 * @nl: the socket
 * @err: the negative errno of nl_talk()
 * @what: what the refusal is about, for where the kernel gave no sentence
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
			    "%s: not permitted, CAP_NET_ADMIN in the netns of the device is needed",
			    what);

	if (err == -EINTR && nl->torn)
		return fail(status,
			    "%s: it changes faster than it can be read, try again",
			    what);

	return fail(status, "%s: %s", what, strerror(-err));
}

static int nl_collect(const struct nlattr *attr, const struct nlattr **tb,
		      unsigned int max)
{
	if (mnl_attr_get_type(attr) <= max)
		tb[mnl_attr_get_type(attr)] = attr;

	return MNL_CB_OK;
}

/**
 * nl_attrs - sort the attributes of a message by type
 * @nlh: the message
 * @offset: length of what precedes them
 * @tb: @max + 1 entries, NULL for those that are not there
 * @max: largest type; larger ones are from a newer kernel and left out
 */
void nl_attrs(const struct nlmsghdr *nlh, size_t offset,
	      const struct nlattr **tb, unsigned int max)
{
	const struct nlattr *attr;

	memset(tb, 0, sizeof(*tb) * (max + 1));
	mnl_attr_for_each(attr, nlh, offset)
		nl_collect(attr, tb, max);
}

/**
 * nl_nested - sort the attributes of a nest by type
 * @nest: the nest; NULL has none
 * @tb: @max + 1 entries, NULL for those that are not there
 * @max: largest type
 */
void nl_nested(const struct nlattr *nest, const struct nlattr **tb,
	       unsigned int max)
{
	const struct nlattr *attr;

	memset(tb, 0, sizeof(*tb) * (max + 1));
	if (!nest)
		return;
	mnl_attr_for_each_nested(attr, nest)
		nl_collect(attr, tb, max);
}

/**
 * nl_bytes - payload of an attribute of a known length
 * @attr: the attribute, may be NULL
 * @len: the length
 *
 * Return: the payload, or NULL where there is none of that length.
 */
const void *nl_bytes(const struct nlattr *attr, size_t len)
{
	if (!attr || mnl_attr_get_payload_len(attr) != len)
		return NULL;

	return mnl_attr_get_payload(attr);
}

/**
 * nl_u8 - value of an attribute of 1 byte
 * @attr: the attribute, may be NULL
 *
 * Return: the value, or 0.
 */
uint8_t nl_u8(const struct nlattr *attr)
{
	const uint8_t *value = nl_bytes(attr, sizeof(*value));

	return value ? *value : 0;
}

/**
 * nl_be16 - value of an attribute of 2 bytes in network order
 * @attr: the attribute, may be NULL
 *
 * Return: the value in host order, or 0.
 */
uint16_t nl_be16(const struct nlattr *attr)
{
	const uint16_t *value = nl_bytes(attr, sizeof(*value));

	return value ? ntohs(*value) : 0;
}

/**
 * nl_u32 - value of an attribute of 4 bytes
 * @attr: the attribute, may be NULL
 *
 * Return: the value, or 0.
 */
uint32_t nl_u32(const struct nlattr *attr)
{
	const uint32_t *value = nl_bytes(attr, sizeof(*value));

	return value ? *value : 0;
}

/**
 * nl_u64 - value of an attribute of 8 bytes, aligned or not
 * @attr: the attribute, may be NULL
 *
 * Return: the value, or 0.
 */
uint64_t nl_u64(const struct nlattr *attr)
{
	const void *bytes = nl_bytes(attr, sizeof(uint64_t));
	uint64_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

/**
 * nl_string - value of an attribute that is a string
 * @attr: the attribute, may be NULL
 *
 * Return: the string, or an empty one.
 */
const char *nl_string(const struct nlattr *attr)
{
	const char *text = attr ? mnl_attr_get_payload(attr) : "";

	if (attr && !memchr(text, '\0', mnl_attr_get_payload_len(attr)))
		return "";

	return text;
}
