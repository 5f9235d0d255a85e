// SPDX-License-Identifier: GPL-2.0
/*
 * The device: its bindings and care-of addresses, by generic netlink.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <sys/socket.h>
#include <libmnl/libmnl.h>

#include "lib/macros.h"
#include "lib/netlink/nl_attr.h"
#include "lib/say.h"
#include "mipd/kernel.h"

/* The events of a home agent for some seconds, in case this process is not
 * scheduled.
 */
#define KERNEL_ROOM	(4 << 20)

/* Anyone can cause thousands of other events per second, which must not displace
 * those that matter. Without the filter, they only cost more.
 */
static void kernel_filter(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_IMM, NLMSG_HDRLEN + GENL_HDRLEN),
		BPF_STMT(BPF_LDX | BPF_IMM, M6T_A_EVENT),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 SKF_AD_OFF + SKF_AD_NLATTR),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, NLA_HDRLEN),
		BPF_JUMP(BPF_JMP | BPF_JEQ, M6T_EVENT_UNBOUND, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ, M6T_EVENT_SLOT, 1, 0),
		BPF_STMT(BPF_RET, 0),
		BPF_STMT(BPF_RET, UINT32_MAX),
	};
	const struct sock_fprog program = {
		.len = ARRAY_SIZE(code), .filter = code,
	};

	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

/**
 * kernel_open - connect to the m6t family
 * @kernel: to be filled
 * @name: name of the device
 * @ifindex: the device
 *
 * Return: an enum status; an error was printed.
 */
int kernel_open(struct kernel *kernel, const char *name, uint32_t ifindex)
{
	int status;

	kernel->dev.ifindex = ifindex;
	snprintf(kernel->dev.name, sizeof(kernel->dev.name), "%s", name);
	status = genl_open(&kernel->genl);
	if (status)
		return status;
	status = genl_open(&kernel->events);
	if (status)
		return status;

	nl_receive_room(&kernel->events.nl, KERNEL_ROOM);
	kernel_filter(mnl_socket_get_fd(kernel->events.nl.sock));
	return nl_join(&kernel->events.nl, kernel->events.events);
}

/**
 * kernel_close - end the connections
 * @kernel: opened by kernel_open()
 */
void kernel_close(struct kernel *kernel)
{
	genl_close(&kernel->genl);
	genl_close(&kernel->events);
}

/**
 * kernel_fail - print why a request was refused
 * @kernel: the device
 * @err: negative errno
 * @what: what was requested
 *
 * Return: an enum status.
 */
int kernel_fail(const struct kernel *kernel, int err, const char *what)
{
	return genl_fail(&kernel->genl, err, &kernel->dev, what);
}

static struct nlmsghdr *kernel_request(struct kernel *kernel, uint8_t cmd,
				       bool dump)
{
	struct nlmsghdr *nlh = genl_request(&kernel->genl, cmd, dump);

	mnl_attr_put_u32(nlh, M6T_A_IFINDEX, kernel->dev.ifindex);
	return nlh;
}

static void kernel_put_outer4(struct nlmsghdr *nlh,
			      const struct m6t_opt_outer *outer)
{
	mnl_attr_put_u32(nlh, M6T_A_REMOTE, outer->remote);
	mnl_attr_put_u16(nlh, M6T_A_PORT, outer->port);
	mnl_attr_put_u16(nlh, M6T_A_LOCAL_PORT, outer->local_port);
}

/**
 * kernel_bind - bind a home address
 * @kernel: the device
 * @hoa: the home address
 * @bind: its binding
 * @outer: outer addresses and ports
 *
 * Return: 0, or a negative errno for kernel_fail().
 */
int kernel_bind(struct kernel *kernel, const struct in6_addr *hoa,
		const struct ha_bind *bind, const struct outer *outer)
{
	struct nlmsghdr *nlh = kernel_request(kernel, M6T_CMD_BIND, false);

	mnl_attr_put(nlh, M6T_A_ADDRESS, sizeof(*hoa), hoa);
	if (bind->hoa4.s_addr)
		mnl_attr_put_u32(nlh, M6T_A_HOA4, bind->hoa4.s_addr);
	if (bind->encap == M6T_ENCAP_IP6)
		mnl_attr_put(nlh, M6T_A_REMOTE6, sizeof(bind->coa),
			     &bind->coa);
	else
		kernel_put_outer4(nlh, &outer->v4);
	mnl_attr_put_u8(nlh, M6T_A_ENCAP, bind->encap);
	mnl_attr_put_u64(nlh, M6T_A_EXPIRES, bind->ms);
	return genl_talk(&kernel->genl, NULL, NULL);
}

/**
 * kernel_unbind - end the binding of a home address
 * @kernel: the device
 * @hoa: the home address, which may not be bound
 *
 * Return: 0, or a negative errno for kernel_fail().
 */
int kernel_unbind(struct kernel *kernel, const struct in6_addr *hoa)
{
	struct nlmsghdr *nlh = kernel_request(kernel, M6T_CMD_UNBIND, false);
	int err;

	mnl_attr_put(nlh, M6T_A_ADDRESS, sizeof(*hoa), hoa);
	err = genl_talk(&kernel->genl, NULL, NULL);
	return err == -ENOENT ? 0 : err;
}

struct kernel_bound {
	struct ha_bind bind;
	struct outer outer;
};

static void kernel_keep_bound(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct kernel_bound *bound = arg;
	const struct in6_addr *coa;

	genl_attrs(nlh, tb);
	coa = nl_bytes(tb[M6T_A_REMOTE6], sizeof(*coa));
	if (coa)
		bound->bind.coa = *coa;
	bound->bind.hoa4.s_addr = nl_u32(tb[M6T_A_HOA4]);
	bound->bind.encap = nl_u8(tb[M6T_A_ENCAP]);
	bound->bind.ms = nl_u64(tb[M6T_A_EXPIRES]);
	bound->outer.v4.remote = nl_u32(tb[M6T_A_REMOTE]);
	bound->outer.v4.port = htons(nl_be16(tb[M6T_A_PORT]));
	bound->outer.v4.local_port = htons(nl_be16(tb[M6T_A_LOCAL_PORT]));
}

/**
 * kernel_linger - end the binding of a home address soon
 * @kernel: the device
 * @hoa: the home address
 * @ms: when, at the latest
 *
 * Return: 0, or a negative errno for kernel_fail().
 */
int kernel_linger(struct kernel *kernel, const struct in6_addr *hoa, uint64_t ms)
{
	struct nlmsghdr *nlh = kernel_request(kernel, M6T_CMD_BINDING_GET,
					      false);
	struct kernel_bound bound = { .bind.ms = 0 };
	int err;

	mnl_attr_put(nlh, M6T_A_ADDRESS, sizeof(*hoa), hoa);
	err = genl_talk(&kernel->genl, kernel_keep_bound, &bound);
	if (err)
		return err;
	if (bound.bind.ms > ms)
		bound.bind.ms = ms;
	return kernel_bind(kernel, hoa, &bound.bind, &bound.outer);
}

/**
 * kernel_is_bound - whether a home address is bound
 * @kernel: the device
 * @hoa: the home address
 * @bound: whether it is
 *
 * Return: 0, or a negative errno for kernel_fail().
 */
int kernel_is_bound(struct kernel *kernel, const struct in6_addr *hoa,
		    bool *bound)
{
	struct nlmsghdr *nlh = kernel_request(kernel, M6T_CMD_BINDING_GET,
					      false);
	int err;

	mnl_attr_put(nlh, M6T_A_ADDRESS, sizeof(*hoa), hoa);
	err = genl_talk(&kernel->genl, NULL, NULL);
	*bound = !err;
	return err == -ENOENT ? 0 : err;
}

struct kernel_dump {
	kernel_binding_cb cb;
	void *arg;
};

static void kernel_keep_binding(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct kernel_binding binding = { .expires = 0 };
	const struct kernel_dump *dump = arg;
	const struct in6_addr *hoa;

	genl_attrs(nlh, tb);
	hoa = nl_bytes(tb[M6T_A_ADDRESS], sizeof(*hoa));
	if (!hoa)
		return;
	binding.hoa = *hoa;
	binding.hoa4.s_addr = nl_u32(tb[M6T_A_HOA4]);
	binding.expires = nl_u64(tb[M6T_A_EXPIRES]);
	dump->cb(&binding, dump->arg);
}

/**
 * kernel_bindings - read all bindings
 * @kernel: the device
 * @cb: called for each, perhaps more than once; makes no requests
 * @arg: passed to it
 *
 * Return: 0, or a negative errno for kernel_fail().
 */
int kernel_bindings(struct kernel *kernel, kernel_binding_cb cb, void *arg)
{
	struct kernel_dump dump = { cb, arg };

	kernel_request(kernel, M6T_CMD_BINDING_GET, true);
	return genl_dump(&kernel->genl, kernel_keep_binding, NULL, &dump);
}

static void kernel_put_coa(struct nlmsghdr *nlh, const struct mn_coa *coa)
{
	mnl_attr_put_u32(nlh, M6T_A_LINK, coa->link);
	if (coa->kind == MN_IPV4)
		mnl_attr_put_u32(nlh, M6T_A_LOCAL, coa->addr.s_addr);
	if (coa->kind == MN_IPV6)
		mnl_attr_put(nlh, M6T_A_LOCAL6, sizeof(coa->addr6),
			     &coa->addr6);
}

/**
 * kernel_slot - send signalling from a care-of address
 * @kernel: the device
 * @coa: the care-of address; NULL: from the active one again
 * @encap: for an IPv4 address: enum m6t_encap that payload may have, besides UDP,
 *	until kernel_commit()
 *
 * Return: 0, or a negative errno for kernel_fail().
 */
int kernel_slot(struct kernel *kernel, const struct mn_coa *coa, uint8_t encap)
{
	struct nlmsghdr *nlh = kernel_request(kernel, M6T_CMD_SLOT, false);

	if (coa) {
		kernel_put_coa(nlh, coa);
		mnl_attr_put_u8(nlh, M6T_A_ENCAP, coa->kind == MN_IPV6 ?
						  M6T_ENCAP_IP6 : encap);
	}
	return genl_talk(&kernel->genl, NULL, NULL);
}

/**
 * kernel_commit - send payload from where signalling is sent
 * @kernel: the device
 * @encap: enum m6t_encap
 * @linger: ms for which the former care-of address still receives
 *
 * Return: 0, or a negative errno for kernel_fail().
 */
int kernel_commit(struct kernel *kernel, uint8_t encap, uint32_t linger)
{
	struct nlmsghdr *nlh = kernel_request(kernel, M6T_CMD_COMMIT, false);

	mnl_attr_put_u8(nlh, M6T_A_ENCAP, encap);
	/* The maximum that the kernel accepts. */
	mnl_attr_put_u64(nlh, M6T_A_LINGER, linger < 60000 ? linger : 60000);
	return genl_talk(&kernel->genl, NULL, NULL);
}

static void kernel_keep_slot(struct kernel_slots *slots,
			     const struct nlattr **slot)
{
	uint8_t state = nl_u8(slot[M6T_A_SLOT]);
	const struct in6_addr *addr6;

	slots->has_pending |= state == M6T_SLOT_PENDING;
	if (state != M6T_SLOT_ACTIVE)
		return;
	slots->has_active = true;
	slots->active.link = nl_u32(slot[M6T_A_LINK]);
	addr6 = nl_bytes(slot[M6T_A_LOCAL6], sizeof(*addr6));
	if (addr6) {
		slots->active.kind = MN_IPV6;
		slots->active.addr6 = *addr6;
	} else {
		slots->active.addr.s_addr = nl_u32(slot[M6T_A_LOCAL]);
	}
}

static void kernel_keep_slots(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[M6T_A_MAX + 1], *slot[M6T_A_MAX + 1];
	const struct nlattr *nest;

	genl_attrs(nlh, tb);
	if (!tb[M6T_A_SLOTS])
		return;
	mnl_attr_for_each_nested(nest, tb[M6T_A_SLOTS]) {
		nl_nested(nest, slot, M6T_A_MAX);
		kernel_keep_slot(arg, slot);
	}
}

/**
 * kernel_slots - read the care-of addresses
 * @kernel: the device
 * @slots: to be filled
 *
 * Return: 0, or a negative errno for kernel_fail().
 */
int kernel_slots(struct kernel *kernel, struct kernel_slots *slots)
{
	memset(slots, 0, sizeof(*slots));
	return genl_device_get(&kernel->genl, &kernel->dev, kernel_keep_slots,
			       slots);
}

static void kernel_put_source(struct nlmsghdr *nlh, const struct outer *outer)
{
	if (outer->ip6) {
		mnl_attr_put(nlh, M6T_A_REMOTE6, sizeof(outer->v6.remote),
			     &outer->v6.remote);
		return;
	}
	mnl_attr_put_u32(nlh, M6T_A_REMOTE, outer->v4.remote);
	mnl_attr_put_u16(nlh, M6T_A_PORT, outer->v4.port);
}

/**
 * kernel_report - send an event to "m6tctl monitor"
 * @kernel: the device
 * @report: what happened
 *
 * An older module does not support it, and the device may have been removed.
 */
void kernel_report(struct kernel *kernel, const struct kernel_report *report)
{
	struct nlmsghdr *nlh = kernel_request(kernel, M6T_CMD_REPORT, false);
	int err;

	mnl_attr_put_u8(nlh, M6T_A_EVENT, report->event);
	if (report->hoa)
		mnl_attr_put(nlh, M6T_A_ADDRESS, sizeof(*report->hoa),
			     report->hoa);
	if (report->outer)
		kernel_put_source(nlh, report->outer);
	if (report->coa)
		kernel_put_coa(nlh, report->coa);
	if (report->status)
		mnl_attr_put_u8(nlh, M6T_A_STATUS, report->status);
	if (report->expires)
		mnl_attr_put_u64(nlh, M6T_A_EXPIRES, report->expires);
	err = genl_talk(&kernel->genl, NULL, NULL);
	if (err && err != -EOPNOTSUPP && err != -ENODEV)
		kernel_fail(kernel, err, "cannot report an event");
}

static void kernel_keep_event(const struct nlmsghdr *nlh, kernel_event_cb cb,
			      void *arg)
{
	const struct genlmsghdr *genlh = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[M6T_A_MAX + 1];
	struct kernel_event event = { .event = 0 };
	const struct in6_addr *hoa;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*genlh) ||
	    genlh->cmd != M6T_CMD_EVENT)
		return;
	genl_attrs(nlh, tb);
	event.ifindex = nl_u32(tb[M6T_A_IFINDEX]);
	event.event = nl_u8(tb[M6T_A_EVENT]);
	hoa = nl_bytes(tb[M6T_A_ADDRESS], sizeof(*hoa));
	if (hoa)
		event.hoa = *hoa;
	cb(&event, arg);
}

/**
 * kernel_events - read the events that have arrived
 * @kernel: the device
 * @cb: called for each, of any device; makes no requests on @events
 * @arg: passed to it
 *
 * Return: false if some were lost.
 */
bool kernel_events(struct kernel *kernel, kernel_event_cb cb, void *arg)
{
	struct nl *nl = &kernel->events.nl;
	const struct nlmsghdr *nlh;
	bool whole = true;
	int len;

	while (true) {
		len = recv(mnl_socket_get_fd(nl->sock), &nl->buf,
			   sizeof(nl->buf), MSG_DONTWAIT);
		if (len < 0 && errno == ENOBUFS)
			whole = false;
		if (len < 0 && (errno == ENOBUFS || errno == EINTR))
			continue;
		if (len <= 0)
			return whole;
		for (nlh = &nl->buf.nlh; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			if (nlh->nlmsg_type == kernel->events.family)
				kernel_keep_event(nlh, cb, arg);
	}
}
