// SPDX-License-Identifier: GPL-2.0
/*
 * The home link: the kernel answers for absent mobile nodes, as a proxy of
 * neighbor discovery and ARP (RFC 6275 10.4.1, RFC 5555 4.5).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/ip6.h>
#include <linux/if_packet.h>
#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <libmnl/libmnl.h>

#include "lib/netlink/nl_attr.h"
#include "lib/say.h"
#include "mipd/home/home.h"

/* Maximum number of advertisements read at once: other hosts on the link must not
 * keep us busy.
 */
#define HOME_BATCH	64

#define HOME_HOPS	255	/* of neighbor discovery */
#define HOME_NEIGHBOURS	0xff020000	/* ff02::1:ff00:0/104 and ff02::1 */

/**
 * struct home_conf - how a link is configured
 * @proxy: it is a proxy of neighbor discovery
 * @forwarding: it forwards
 */
struct home_conf {
	bool proxy;
	bool forwarding;
};

/* A proxy waits for a random time, by default up to 0.8 s, which makes sense only
 * if there are several.
 */
static int home_set_delay(struct rtnl *rtnl, const struct home_link *home,
			  const char *table, uint64_t ms)
{
	struct nlmsghdr *nlh;
	struct nlattr *parms;

	rtnl->what = "cannot set the proxy delay of the home link";
	nlh = rtnl_request(rtnl, RTM_SETNEIGHTBL, 0);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ndtmsg));
	mnl_attr_put_strz(nlh, NDTA_NAME, table);
	parms = mnl_attr_nest_start(nlh, NDTA_PARMS);
	mnl_attr_put_u32(nlh, NDTPA_IFINDEX, home->ifindex);
	mnl_attr_put_u64(nlh, NDTPA_PROXY_DELAY, ms);
	mnl_attr_nest_end(nlh, parms);
	return rtnl_talk(rtnl, NULL, NULL);
}

static void home_keep_delay(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndtmsg *ndtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[NDTA_MAX + 1], *parms[NDTPA_MAX + 1];
	struct home_link *home = arg;
	uint64_t *delay;

	nl_attrs(nlh, sizeof(*ndtm), tb, NDTA_MAX);
	if (!tb[NDTA_PARMS])
		return;
	nl_nested(tb[NDTA_PARMS], parms, NDTPA_MAX);
	if (nl_u32(parms[NDTPA_IFINDEX]) != home->ifindex)
		return;
	delay = ndtm->ndtm_family == AF_INET6 ? &home->before.delay6 :
						&home->before.delay4;
	*delay = nl_u64(parms[NDTPA_PROXY_DELAY]);
}

static int home_get_delays(struct rtnl *rtnl, struct home_link *home)
{
	rtnl->what = "cannot read the proxy delay of the home link";
	rtnl_request(rtnl, RTM_GETNEIGHTBL, NLM_F_DUMP);
	mnl_nlmsg_put_extra_header(&rtnl->req.nlh, sizeof(struct ndtmsg));
	return rtnl_dump(rtnl, home_keep_delay, NULL, home);
}

/* By netlink, as a service manager may hide /proc/sys. */
static void home_keep_conf(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[NETCONFA_MAX + 1];

	nl_attrs(nlh, sizeof(struct netconfmsg), tb, NETCONFA_MAX);
	((struct home_conf *)arg)->proxy = nl_u32(tb[NETCONFA_PROXY_NEIGH]);
	((struct home_conf *)arg)->forwarding =
		nl_u32(tb[NETCONFA_FORWARDING]);
}

static int home_get_conf(struct rtnl *rtnl, const struct home_link *home,
			 struct home_conf *conf)
{
	struct netconfmsg *ncm;
	struct nlmsghdr *nlh;

	rtnl->what = "cannot read the configuration of the home link";
	nlh = rtnl_request(rtnl, RTM_GETNETCONF, 0);
	ncm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ncm));
	ncm->ncm_family = AF_INET6;
	mnl_attr_put_u32(nlh, NETCONFA_IFINDEX, home->ifindex);
	return rtnl_talk(rtnl, home_keep_conf, conf);
}

static int home_set_proxy(const struct home_link *home, bool on)
{
	char path[128];
	int err = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/proxy_ndp",
		 home->name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, on ? "1" : "0", 1) != 1)
		err = errno;
	close(fd);
	return err;
}

static int home_find(struct home_link *home)
{
	struct ifreq ifr = { .ifr_ifindex = 0 };

	home->ifindex = if_nametoindex(home->name);
	if (!home->ifindex)
		return fail(STATUS_ABSENT,
			    "home-link \"%s\" is wrong: expected the name of an existing device",
			    home->name);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", home->name);
	if (ioctl(home->fd, SIOCGIFHWADDR, &ifr) ||
	    ifr.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return fail(STATUS_REFUSED,
			    "home-link %s is wrong: expected an Ethernet device",
			    home->name);

	memcpy(home->mac, ifr.ifr_hwaddr.sa_data, sizeof(home->mac));
	return STATUS_DONE;
}

/* Only advertisements, and only from the home link. */
static int home_socket(struct home_link *home)
{
	struct icmp6_filter filter;
	int hops = HOME_HOPS;
	int on = 1, off = 0;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_NEIGHBOR_ADVERT, &filter);
	if (setsockopt(home->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
		       sizeof(filter)) ||
	    setsockopt(home->fd, SOL_SOCKET, SO_BINDTODEVICE, home->name,
		       strlen(home->name) + 1) ||
	    setsockopt(home->fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops,
		       sizeof(hops)) ||
	    setsockopt(home->fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &off,
		       sizeof(off)) ||
	    setsockopt(home->fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on,
		       sizeof(on)))
		return fail(STATUS_REFUSED, "home-link %s: %s", home->name,
			    strerror(errno));

	return STATUS_DONE;
}

static int home_proxies(struct home_link *home, struct rtnl *rtnl)
{
	struct home_conf conf = { .proxy = false };
	int err;

	err = home_get_conf(rtnl, home, &conf) ?: home_get_delays(rtnl, home);
	if (err)
		return rtnl_fail(rtnl, err);
	if (!conf.forwarding)
		fail(STATUS_DONE,
		     "home-link %s: mobile nodes cannot be reached, as this host is not a router: expected net.ipv6.conf.all.forwarding=1",
		     home->name);
	home->before.proxy = conf.proxy;
	home->kept = before_keep(home->name, &home->before);
	err = conf.proxy ? 0 : home_set_proxy(home, true);
	if (err)
		return fail(STATUS_REFUSED,
			    "home-link %s: cannot become a proxy of neighbor discovery, %s: expected net.ipv6.conf.%s.proxy_ndp=1",
			    home->name, strerror(err), home->name);
	err = home_set_delay(rtnl, home, "ndisc_cache", 0) ?:
	      home_set_delay(rtnl, home, "arp_cache", 0);
	return err ? rtnl_fail(rtnl, err) : STATUS_DONE;
}

/* The link may have been removed: then there is nothing to restore. */
static void home_restore(const struct home_link *home, struct rtnl *rtnl)
{
	const struct before *before = &home->before;

	if (!before->proxy)
		home_set_proxy(home, false);
	home_set_delay(rtnl, home, "ndisc_cache", before->delay6);
	home_set_delay(rtnl, home, "arp_cache", before->delay4);
}

/**
 * home_close - restore a home link, unless another home agent uses it
 * @home: opened by home_open()
 * @rtnl: a connection
 */
void home_close(struct home_link *home, struct rtnl *rtnl)
{
	if (before_end(home->kept, home->name))
		home_restore(home, rtnl);
	if (home->kept >= 0)
		close(home->kept);
	close(home->fd);
}

/**
 * home_attach - prepare only to advertise addresses on a home link
 * @home: to be filled
 * @name: its name
 *
 * Return: an enum status; an error was printed.
 */
int home_attach(struct home_link *home, const char *name)
{
	int status;

	snprintf(home->name, sizeof(home->name), "%s", name);
	home->kept = -1;
	home->fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			  IPPROTO_ICMPV6);
	if (home->fd < 0)
		return fail(STATUS_REFUSED,
			    "cannot open a socket for neighbor discovery: %s",
			    strerror(errno));

	status = home_find(home) ?: home_socket(home);
	if (status)
		close(home->fd);
	return status;
}

/**
 * home_open - prepare a home link
 * @home: to be filled
 * @name: its name
 * @rtnl: a connection
 *
 * Return: an enum status; an error was printed.
 */
int home_open(struct home_link *home, const char *name, struct rtnl *rtnl)
{
	int status = home_attach(home, name);

	if (status)
		return status;
	status = home_proxies(home, rtnl);
	if (!status)
		return STATUS_DONE;
	if (home->kept >= 0)
		home_close(home, rtnl);
	else
		close(home->fd);
	return status;
}

/* To all neighbours that listen for @addr, or to all if it is NULL. */
static void home_multicast(struct in6_addr *to, const struct in6_addr *addr)
{
	memset(to, 0, sizeof(*to));
	to->s6_addr32[0] = htonl(HOME_NEIGHBOURS);
	to->s6_addr[15] = 1;
	if (!addr)
		return;
	to->s6_addr[11] = 1;
	to->s6_addr[12] = 0xff;
	memcpy(&to->s6_addr[13], &addr->s6_addr[13], 3);
}

/**
 * struct home_solicit - a neighbour solicitation for duplicate address detection
 * @ip6h: IPv6 header
 * @ns: the solicitation
 */
struct home_solicit {
	struct ip6_hdr ip6h;
	struct nd_neighbor_solicit ns;
};

/* The kernel adds no checksum to a packet that has its own IPv6 header. */
static uint16_t home_checksum(const struct home_solicit *solicit)
{
	const uint8_t *bytes = (const uint8_t *)&solicit->ip6h.ip6_src;
	size_t len = sizeof(*solicit) - offsetof(struct home_solicit,
						 ip6h.ip6_src);
	uint32_t sum = sizeof(solicit->ns) + IPPROTO_ICMPV6;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/**
 * home_ask - ask which host has an address, from the unspecified address
 * @home: the home link
 * @addr: the address
 *
 * If there is no answer within a second, no host has it.
 */
void home_ask(const struct home_link *home, const struct in6_addr *addr)
{
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_scope_id = home->ifindex,
	};
	struct home_solicit solicit = {
		.ip6h = { .ip6_nxt = IPPROTO_ICMPV6, .ip6_hlim = HOME_HOPS },
		.ns = { .nd_ns_type = ND_NEIGHBOR_SOLICIT,
			.nd_ns_target = *addr },
	};
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

	home_multicast(&to.sin6_addr, addr);
	solicit.ip6h.ip6_vfc = 0x60;
	solicit.ip6h.ip6_plen = htons(sizeof(solicit.ns));
	solicit.ip6h.ip6_dst = to.sin6_addr;
	solicit.ns.nd_ns_cksum = home_checksum(&solicit);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, home->name,
				 strlen(home->name) + 1) ||
	    sendto(fd, &solicit, sizeof(solicit), MSG_NOSIGNAL | MSG_DONTWAIT,
		   (struct sockaddr *)&to, sizeof(to)) < 0)
		fail(STATUS_DONE, "%s: duplicate address detection: %s",
		     home->name, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static int home_hops(struct msghdr *msg)
{
	struct cmsghdr *cmsg;
	int hops = -1;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg))
		if (cmsg->cmsg_level == IPPROTO_IPV6 &&
		    cmsg->cmsg_type == IPV6_HOPLIMIT)
			memcpy(&hops, CMSG_DATA(cmsg), sizeof(hops));

	return hops;
}

/**
 * home_receive - read some of the advertisements that have arrived
 * @home: the home link
 * @cb: called for the address of each that comes from a neighbour
 * @arg: passed to it
 */
void home_receive(const struct home_link *home, home_conflict_cb cb, void *arg)
{
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct nd_neighbor_advert na;
	struct iovec iov = { &na, sizeof(na) };
	struct msghdr msg;
	unsigned int i;
	ssize_t len;

	for (i = 0; i < HOME_BATCH; i++) {
		msg = (struct msghdr){
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control),
		};
		len = recvmsg(home->fd, &msg, MSG_DONTWAIT);
		if (len < 0)
			return;
		if (len == sizeof(na) && home_hops(&msg) == HOME_HOPS)
			cb(&na.nd_na_target, arg);
	}
}

static int home_proxy(const struct home_link *home, struct rtnl *rtnl,
		      uint8_t family, const void *addr, bool defend)
{
	size_t size = family == AF_INET6 ? sizeof(struct in6_addr) :
					   sizeof(struct in_addr);
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;
	int err;

	rtnl->what = "cannot defend a home address";
	nlh = rtnl_request(rtnl, defend ? RTM_NEWNEIGH : RTM_DELNEIGH,
			   defend ? NLM_F_CREATE : 0);
	ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));
	ndm->ndm_family = family;
	ndm->ndm_flags = NTF_PROXY;
	ndm->ndm_ifindex = home->ifindex;
	mnl_attr_put(nlh, NDA_DST, size, addr);
	err = rtnl_talk(rtnl, NULL, NULL);
	return !defend && err == -ENOENT ? 0 : err;
}

/**
 * home_advertise - make all neighbours that know an address send to this host
 * @home: the home link
 * @addr: the address
 *
 * O=1, S=0, R=0 (RFC 6275 10.4.1 and 11.5.5).
 */
void home_advertise(const struct home_link *home, const struct in6_addr *addr)
{
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_scope_id = home->ifindex,
	};
	struct {
		struct nd_neighbor_advert na;
		uint8_t option[8];
	} message = {
		.na = { .nd_na_type = ND_NEIGHBOR_ADVERT,
			.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE,
			.nd_na_target = *addr },
		.option = { ND_OPT_TARGET_LINKADDR, 1 },
	};

	memcpy(message.option + 2, home->mac, sizeof(home->mac));
	home_multicast(&to.sin6_addr, NULL);
	if (sendto(home->fd, &message, sizeof(message),
		   MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&to,
		   sizeof(to)) < 0)
		fail(STATUS_DONE, "%s: neighbor advertisement: %s",
		     home->name, strerror(errno));
}

/**
 * home_defend6 - begin or end to defend a home address
 * @home: the home link
 * @rtnl: a connection
 * @addr: the home address
 * @defend: begin
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int home_defend6(const struct home_link *home, struct rtnl *rtnl,
		 const struct in6_addr *addr, bool defend)
{
	int err = home_proxy(home, rtnl, AF_INET6, addr, defend);

	if (!err && defend)
		home_advertise(home, addr);
	return err;
}

/**
 * home_announce - the same for an IPv4 address
 * @home: the home link
 * @addr: the address
 *
 * In ARP, that is a request for the address, from the address.
 */
void home_announce(const struct home_link *home, struct in_addr addr)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = home->ifindex, .sll_halen = ETH_ALEN,
	};
	struct ether_arp arp = {
		.ea_hdr = { htons(ARPHRD_ETHER), htons(ETH_P_IP), ETH_ALEN,
			    sizeof(addr), htons(ARPOP_REQUEST) },
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memset(to.sll_addr, 0xff, ETH_ALEN);
	memcpy(arp.arp_sha, home->mac, ETH_ALEN);
	memcpy(arp.arp_spa, &addr, sizeof(addr));
	memcpy(arp.arp_tpa, &addr, sizeof(addr));
	if (fd < 0 || sendto(fd, &arp, sizeof(arp), MSG_DONTWAIT,
			     (struct sockaddr *)&to, sizeof(to)) < 0)
		fail(STATUS_DONE, "%s: ARP announcement: %s", home->name,
		     strerror(errno));
	if (fd >= 0)
		close(fd);
}

/**
 * home_defend4 - begin or end to defend an IPv4 home address
 * @home: the home link
 * @rtnl: a connection
 * @addr: the home address
 * @defend: begin
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int home_defend4(const struct home_link *home, struct rtnl *rtnl,
		 struct in_addr addr, bool defend)
{
	int err = home_proxy(home, rtnl, AF_INET, &addr, defend);

	if (!err && defend)
		home_announce(home, addr);
	return err;
}
