// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_netlink COUNT SEED [IFNAME]...: send COUNT requests about m6t devices, by
 * rtnetlink and by generic netlink, most of them invalid in some way. The same
 * seed makes the same requests. They are about devices fz0 to fz3 of this
 * network namespace, and about each IFNAME.
 *
 * Prints how many were sent, accepted and refused, and how many of m6t's refusals
 * had no error message, with an example of each kind of those on stderr.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../include/uapi/linux/m6t.h"

#define SIZE	8192

struct message {
	union {
		struct nlmsghdr head;
		uint8_t data[SIZE + 64];
	};
	size_t len;
};

static uint64_t state;
static int route, generic;
static uint16_t family;
static char **victims;
static int n_victims;
static unsigned long accepted, refused, mute;

static void die(const char *what)
{
	fprintf(stderr, "fuzz_netlink: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint32_t rnd(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % below;
}

static int one_in(uint32_t n)
{
	return !rnd(n);
}

/* ---- building messages */

static struct nlattr *put(struct message *m, unsigned int type,
			  const void *data, size_t len)
{
	struct nlattr *a = (void *)(m->data + m->len);
	size_t have = len;

	/* Wrong widths, types and lengths. */
	if (one_in(24))
		len = rnd(len + 8);
	if (one_in(64))
		type = one_in(2) ? rnd(64) : rnd(65536);
	if (one_in(64))
		type ^= NLA_F_NESTED;
	if (m->len + NLA_HDRLEN + NLA_ALIGN(len) > SIZE)
		return NULL;
	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memset(a + 1, 0, NLA_ALIGN(len));
	if (data)
		memcpy(a + 1, data, have < len ? have : len);
	m->len += NLA_HDRLEN + NLA_ALIGN(len);
	if (one_in(200))
		a->nla_len = rnd(65536);
	return a;
}

static void close_nest(struct message *m, struct nlattr *a)
{
	if (a && !one_in(100))
		a->nla_len = m->data + m->len - (uint8_t *)a;
}

static struct nlattr *open_nest(struct message *m, unsigned int type)
{
	return put(m, type | (one_in(8) ? 0 : NLA_F_NESTED), NULL, 0);
}

static void put_u8(struct message *m, unsigned int type, uint8_t v)
{
	put(m, type, &v, 1);
}

static void put_be16(struct message *m, unsigned int type, uint16_t v)
{
	v = htons(v);
	put(m, type, &v, 2);
}

static void put_u32(struct message *m, unsigned int type, uint32_t v)
{
	put(m, type, &v, 4);
}

static uint32_t number(uint32_t usual)
{
	static const uint32_t odd[] = { 0, 1, 0x7fffffff, 0x80000000, 0xffffffff };

	return one_in(4) ? odd[rnd(5)] : one_in(4) ? rnd(100000) : usual;
}

static void prefix6(uint8_t *p, const char *usual, unsigned int len)
{
	inet_pton(AF_INET6, one_in(12) ? "2001:db8::" : usual, p);
	p[16] = one_in(8) ? rnd(256) : len;
	if (one_in(16))
		p[rnd(16)] = rnd(256);
	if (one_in(32))
		p[17 + rnd(3)] = 1;
}

/* A list of a few, or of too many. */
static void prefixes6(struct message *m, unsigned int type, const char *usual,
		      unsigned int len)
{
	struct nlattr *nest = open_nest(m, type);
	int n = one_in(24) ? rnd(300) : 1 + (one_in(3) ? rnd(18) : 0);
	uint8_t p[20] = { };

	while (n--) {
		prefix6(p, usual, len);
		put(m, 1, p, sizeof(p));
	}
	close_nest(m, nest);
}

static void ports(struct message *m)
{
	struct nlattr *nest = open_nest(m, IFLA_M6T_PORTS);
	int n = one_in(24) ? rnd(300) : 1 + (one_in(3) ? rnd(18) : 0);

	while (n--)
		put_be16(m, 1, one_in(8) ? rnd(65536) : 4000 + rnd(8));
	close_nest(m, nest);
}

static void prefixes4(struct message *m, unsigned int type)
{
	struct nlattr *nest = open_nest(m, type);
	int n = one_in(24) ? rnd(300) : 1 + (one_in(3) ? rnd(18) : 0);
	uint8_t p[8] = { 10 };

	while (n--) {
		p[1] = rnd(4);
		p[4] = one_in(8) ? rnd(256) : 16;
		put(m, 1, p, sizeof(p));
	}
	close_nest(m, nest);
}

static void weights(struct message *m)
{
	struct nlattr *nest = open_nest(m, IFLA_M6T_WEIGHTS);
	int n = one_in(24) ? rnd(300) : 1 + (one_in(3) ? rnd(18) : 0);
	struct m6t_weight4 w = { .len = 0 };

	while (n--) {
		w.addr = htonl(0x0a000000 | rnd(4) << 16);
		w.weight = one_in(8) ? number(1) : 1 + rnd(64);
		w.len = one_in(8) ? rnd(256) : 16;
		put(m, 1, &w, sizeof(w));
	}
	close_nest(m, nest);
}

static void ipv4(struct message *m, unsigned int type)
{
	static const char *const some[] = {
		"192.0.2.1", "127.0.0.1", "0.0.0.0", "224.0.0.1",
		"255.255.255.255", "10.0.0.2",
	};
	uint8_t p[4];

	inet_pton(AF_INET, some[one_in(3) ? rnd(6) : 0], p);
	put(m, type, p, 4);
}

static void setting(struct message *m, unsigned int type)
{
	switch (type) {
	case IFLA_M6T_PREFIXES:
		prefixes6(m, type, "fd00:6d:0:1:1::", one_in(2) ? 80 : 48);
		break;
	case IFLA_M6T_HOME_AGENTS:
		prefixes6(m, type, "2001:db8:1::2", 128);
		break;
	case IFLA_M6T_LOCAL:
	case IFLA_M6T_GATEWAY:
	case IFLA_M6T_HA4:
		ipv4(m, type);
		break;
	case IFLA_M6T_PORTS:
		ports(m);
		break;
	case IFLA_M6T_EXEMPTS:
	case IFLA_M6T_PREFIXES4:
		prefixes4(m, type);
		break;
	case IFLA_M6T_WEIGHTS:
		weights(m);
		break;
	case IFLA_M6T_PRESSURE:
		put_u8(m, type, one_in(8) ? rnd(256) : rnd(101));
		break;
	case IFLA_M6T_SPORT:
		put_be16(m, type, rnd(65536));
		break;
	case IFLA_M6T_MODE:
	case IFLA_M6T_HAIRPIN:
	case IFLA_M6T_KEEPALIVE_RETRIES:
	case IFLA_M6T_ROTATE:
	case IFLA_M6T_TTL:
	case IFLA_M6T_TOS:
	case IFLA_M6T_DF:
	case IFLA_M6T_UDP_CSUM:
	case IFLA_M6T_ENCAP:
	case IFLA_M6T_IPSEC:
		put_u8(m, type, one_in(8) ? rnd(256) : rnd(3));
		break;
	case IFLA_M6T_MAX_BINDINGS:
		put_u32(m, type, one_in(16) ? number(64) : 1 + rnd(5000));
		break;
	default:
		put_u32(m, type, number(2000));
	}
}

/* What a device of a mode must have. */
static void required(struct message *m, unsigned int mode)
{
	static const uint8_t len[] = {
		[M6T_MODE_GW] = 48, [M6T_MODE_MN] = 80,
		[M6T_MODE_DSMIP_HA] = 48, [M6T_MODE_DSMIP_MN] = 128,
	};

	put_u8(m, IFLA_M6T_MODE, mode);
	prefixes6(m, IFLA_M6T_PREFIXES, mode == M6T_MODE_DSMIP_MN ?
		  "fd00:6d:0:1:1::1" : "fd00:6d:0:1:1::", len[mode]);
	if (mode == M6T_MODE_MN)
		ipv4(m, IFLA_M6T_GATEWAY);
	if (mode < M6T_MODE_DSMIP_HA)
		return;
	prefixes6(m, IFLA_M6T_HOME_AGENTS, "2001:db8:1::2", 128);
	ipv4(m, IFLA_M6T_HA4);
}

/* A gateway, a mobile node, those of DSMIPv6, or something between. */
static void settings(struct message *m, int change)
{
	int n = rnd(change ? 4 : 6);

	if (!change && !one_in(16))
		required(m, 1 + rnd(M6T_MODE_DSMIP_MN));
	while (n--)
		setting(m, one_in(16) ? rnd(40) : 1 + rnd(IFLA_M6T_MAX));
}

static void header(struct message *m, unsigned int type, unsigned int flags)
{
	static uint32_t seq;

	memset(m, 0, sizeof(*m));
	m->head.nlmsg_type = type;
	m->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	m->head.nlmsg_seq = ++seq;
	m->len = NLMSG_HDRLEN;
}

static const char *name(void)
{
	static const char *const own[] = { "fz0", "fz1", "fz2", "fz3" };

	if (n_victims && one_in(2))
		return victims[rnd(n_victims)];
	return own[rnd(4)];
}

static void put_name(struct message *m, unsigned int type)
{
	char text[32] = "";

	snprintf(text, sizeof(text), "%s", name());
	put(m, type, text, one_in(32) ? rnd(20) : strlen(text) + 1);
}

static void about_link(struct message *m)
{
	static const unsigned int flags[] = {
		NLM_F_CREATE | NLM_F_EXCL, NLM_F_CREATE, 0, NLM_F_REPLACE,
	};
	unsigned int how = flags[rnd(4)];
	struct ifinfomsg info = { .ifi_family = one_in(32) ? rnd(256) : 0 };
	struct nlattr *link, *data;
	unsigned int type = RTM_NEWLINK;

	if (one_in(100))
		type = RTM_DELLINK;
	else if (one_in(16))
		type = RTM_GETLINK;
	else if (one_in(16))
		type = RTM_SETLINK;
	header(m, type, type == RTM_NEWLINK ? how :
			type == RTM_GETLINK && one_in(8) ? NLM_F_DUMP : 0);
	if (one_in(4)) {
		info.ifi_change = IFF_UP;
		info.ifi_flags = IFF_UP;
	}
	memcpy(m->data + m->len, &info, sizeof(info));
	m->len += NLMSG_ALIGN(sizeof(info));
	put_name(m, IFLA_IFNAME);
	if (one_in(8))
		put_u32(m, IFLA_MTU, one_in(2) ? number(1472) : 1280 + rnd(300));
	/* Another network namespace. */
	if (one_in(64))
		put_u32(m, one_in(2) ? IFLA_NET_NS_PID : IFLA_LINK_NETNSID,
			rnd(2));
	if (type != RTM_NEWLINK && type != RTM_SETLINK)
		return;
	link = open_nest(m, IFLA_LINKINFO);
	put(m, IFLA_INFO_KIND, "m6t", 4);
	data = open_nest(m, IFLA_INFO_DATA);
	settings(m, !(how & NLM_F_CREATE));
	close_nest(m, data);
	close_nest(m, link);
}

static void attribute(struct message *m, unsigned int type)
{
	uint8_t buf[40] = { };

	switch (type) {
	case M6T_A_IFINDEX:
		put_u32(m, type, one_in(8) ? number(1) : if_nametoindex(name()));
		break;
	case M6T_A_IFNAME:
		put_name(m, type);
		break;
	case M6T_A_ADDRESS:
		inet_pton(AF_INET6, "fd00:6d:0:1:1::1", buf);
		buf[15] = rnd(64);
		if (one_in(8))
			buf[rnd(16)] = rnd(256);
		put(m, type, buf, 16);
		break;
	case M6T_A_REMOTE:
	case M6T_A_LOCAL:
	case M6T_A_HOA4:
		ipv4(m, type);
		break;
	case M6T_A_PORT:
	case M6T_A_LOCAL_PORT:
		put_be16(m, type, rnd(65536));
		break;
	case M6T_A_STATE:
		put_u8(m, type, one_in(4) ? rnd(256) : rnd(5));
		break;
	case M6T_A_ENCAP:
		put_u8(m, type, one_in(4) ? rnd(256) : 1 + rnd(2));
		break;
	case M6T_A_EXPIRES:
	case M6T_A_LINGER:
		*(uint64_t *)buf = one_in(8) ? ~0ULL >> rnd(64) : rnd(2000);
		put(m, type, buf, 8);
		break;
	case M6T_A_LINK:
		put_u32(m, type, one_in(2) ? 0 : number(1));
		break;
	case M6T_A_PROVEN:
		put_u8(m, type, one_in(8) ? rnd(256) : rnd(2));
		break;
	case M6T_A_PREFIX:
		prefix6(buf, "fd00:6d::", 48);
		put(m, type, buf, 20);
		break;
	case M6T_A_ID:
		put(m, type, "\1\2\3\4\5\6", 6);
		break;
	default:
		put(m, type, buf, 1 << rnd(4));
	}
}

static void about_device(struct message *m)
{
	struct genlmsghdr genl = {
		.cmd = one_in(32) ? rnd(256) : 1 + rnd(M6T_CMD_COMMIT),
		.version = one_in(64) ? rnd(256) : 1,
	};
	int n = rnd(5);

	header(m, family, one_in(3) ? NLM_F_DUMP : 0);
	memcpy(m->data + m->len, &genl, sizeof(genl));
	m->len += GENL_HDRLEN;
	if (!one_in(8))
		attribute(m, one_in(8) ? M6T_A_IFNAME : M6T_A_IFINDEX);
	if ((genl.cmd == M6T_CMD_BINDING_ADD || genl.cmd == M6T_CMD_BIND) &&
	    !one_in(4)) {
		attribute(m, M6T_A_ADDRESS);
		attribute(m, M6T_A_REMOTE);
		attribute(m, M6T_A_PORT);
		attribute(m, M6T_A_EXPIRES);
	}
	if (genl.cmd == M6T_CMD_SLOT && !one_in(4))
		attribute(m, M6T_A_LOCAL);
	while (n--)
		attribute(m, one_in(8) ? rnd(48) : 1 + rnd(M6T_A_MAX));
}

/* The message as a whole: cut, padded, bits turned. */
static void mangle(struct message *m)
{
	int i;

	switch (rnd(32)) {
	case 0:
		m->len = NLMSG_HDRLEN + rnd(m->len - NLMSG_HDRLEN + 1);
		break;
	case 1:
		m->len += rnd(32);
		break;
	case 2:
		for (i = 1 + rnd(4); i; i--)
			m->data[NLMSG_HDRLEN + rnd(m->len - NLMSG_HDRLEN)] ^=
				1 << rnd(8);
		break;
	}
	m->head.nlmsg_len = m->len;
}

/* ---- answers */

/* An error contains the request, or its header; the end of a dump does not. */
static const char *sentence(const struct nlmsghdr *h)
{
	const uint8_t *end = (const uint8_t *)h + h->nlmsg_len;
	const struct nlmsgerr *e = NLMSG_DATA(h);
	const uint8_t *p = (const uint8_t *)e + sizeof(int);
	const struct nlattr *a;

	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (h->nlmsg_type == NLMSG_ERROR)
		p += h->nlmsg_flags & NLM_F_CAPPED ? NLMSG_HDRLEN :
		     NLMSG_ALIGN(e->msg.nlmsg_len);
	for (; p + NLA_HDRLEN <= end; p += NLA_ALIGN(a->nla_len)) {
		a = (const void *)p;
		if (a->nla_len < NLA_HDRLEN)
			break;
		if ((a->nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG)
			return (const char *)(a + 1);
	}
	return NULL;
}

/* The core refuses without a message what is too short for a command, for an unknown
 * family, or not permitted.
 */
static int is_ours(const struct message *m, int err)
{
	const struct genlmsghdr *genl = NLMSG_DATA(&m->head);

	if (m->head.nlmsg_type == family)
		return m->len >= NLMSG_HDRLEN + GENL_HDRLEN &&
		       err != -EPERM && err != -EOPNOTSUPP &&
		       genl->cmd >= 1 && genl->cmd <= M6T_CMD_COMMIT;
	return 0;
}

static void judge(const struct message *m, const struct nlmsghdr *h)
{
	static unsigned char told[256][64];
	const struct genlmsghdr *genl = NLMSG_DATA(&m->head);
	int error = *(const int *)NLMSG_DATA(h);

	if (!error) {
		accepted++;
		return;
	}
	refused++;
	if (sentence(h) || !is_ours(m, error))
		return;
	mute++;
	if (!told[genl->cmd][-error % 64]++)
		fprintf(stderr, "no sentence: command %u, flags %x: %s\n",
			genl->cmd, m->head.nlmsg_flags, strerror(-error));
}

static void answers(int fd, const struct message *m)
{
	static uint8_t buf[65536];
	struct nlmsghdr *h;
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		for (h = (void *)buf; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n))
			if (h->nlmsg_type == NLMSG_ERROR ||
			    h->nlmsg_type == NLMSG_DONE)
				judge(m, h);
	}
}

static int open_netlink(int protocol)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW, protocol), one = 1;

	if (fd < 0 || bind(fd, (void *)&to, sizeof(to)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one)))
		die("socket");
	return fd;
}

static uint16_t resolve(void)
{
	struct genlmsghdr genl = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	static struct message m;
	struct nlattr *a;
	ssize_t n;

	header(&m, GENL_ID_CTRL, 0);
	memcpy(m.data + m.len, &genl, sizeof(genl));
	m.len += GENL_HDRLEN;
	a = (void *)(m.data + m.len);
	a->nla_type = CTRL_ATTR_FAMILY_NAME;
	a->nla_len = NLA_HDRLEN + 4;
	memcpy(a + 1, "m6t", 4);
	m.len += NLA_HDRLEN + 4;
	m.head.nlmsg_len = m.len;
	if (send(generic, m.data, m.len, 0) < 0)
		die("send");
	n = recv(generic, m.data, SIZE, 0);
	for (a = (void *)(m.data + NLMSG_HDRLEN + GENL_HDRLEN);
	     (uint8_t *)a < m.data + n;
	     a = (void *)((uint8_t *)a + NLA_ALIGN(a->nla_len)))
		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(uint16_t *)(a + 1);
	die("no family m6t");
	return 0;
}

int main(int argc, char **argv)
{
	static struct message m;
	unsigned long count, i;
	int fd;

	if (argc < 3) {
		fprintf(stderr, "usage: fuzz_netlink COUNT SEED [IFNAME]...\n");
		return 2;
	}
	count = strtoul(argv[1], NULL, 0);
	state = strtoull(argv[2], NULL, 0) * 0x9e3779b97f4a7c15ULL | 1;
	victims = argv + 3;
	n_victims = argc - 3;
	route = open_netlink(NETLINK_ROUTE);
	generic = open_netlink(NETLINK_GENERIC);
	family = resolve();
	for (i = 0; i < count; i++) {
		fd = one_in(2) ? route : generic;
		if (fd == route)
			about_link(&m);
		else
			about_device(&m);
		mangle(&m);
		if (send(fd, m.data, m.len, 0) < 0 && errno != ENOBUFS &&
		    errno != EINVAL && errno != EMSGSIZE)
			die("send");
		answers(fd, &m);
		/* A clock that jumps moves only while processes sleep. */
		if (i % 64 == 0)
			usleep(300);
	}
	printf("%lu %lu %lu %lu\n", count, accepted, refused, mute);
	return 0;
}
