// SPDX-License-Identifier: GPL-2.0
/*
 * Sends packets that no stack would send.
 *
 *	inject udp [-b IPV4] [-s PORT] [-e] [-w MS] [-c N] [-i MS] IPV4 PORT
 *		PACKET...
 *	inject raw [-b IPV4] [-s PORT] [-k SUM] [-f BYTES[,BYTES]] [-r] [-c N]
 *		[-i MS] IPV4 PORT PACKET...
 *	inject dev [-p PROTO] [-c N] [-i MS] IFNAME PACKET...
 *	inject ip PACKET...
 *
 * udp: each packet is the payload of one datagram, all from one socket. With
 *	-e each has a socket of its own: from PORT, PORT + 1, and so on. With
 *	-w, each is followed by a wait for one datagram from exactly there,
 *	printed as hex; "-" for none.
 * raw: likewise, but the headers of IPv4 and UDP are built here, so that the
 *	source port may be 0, its default. -k: the UDP checksum is "bad" or
 *	"zero" (none). -f: sent as fragments with this number of bytes each, a
 *	multiple of 8, or with one number for the first and one for each of the
 *	others; with -r the last one first.
 * dev: each packet is passed to the device by a packet socket, as one of the
 *	protocol PROTO (ETH_P_IPV6 by default).
 * ip:	each packet is sent by this host's stack, along its routes.
 * -c: all of them N times. -i: with a pause of MS ms after each time.
 *
 * PACKET is a list of WORD=VALUE, separated by commas, for an IPv6 packet:
 *	src=IPV6 dst=IPV6 nh=N hop=N	of its header (nh 59, hop 64)
 *	plen=N ver=N tc=N		instead of the right payload length, 6, 0
 *	pay=HEX				payload
 *	zero=N				N zero bytes of payload
 *	udp=SPORT:DPORT			before the payload, with its checksum
 *	echo=ID				before it: ICMPv6 echo request, likewise
 *	cut=N				only the first N bytes of it all
 *	pad=N				N more bytes behind it all
 * or hex=HEX for anything.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX	65536

struct packet {
	uint8_t data[MAX];
	size_t len;
};

/* The arguments of one PACKET. */
struct words {
	struct in6_addr src, dst;
	long nh, hop, plen, ver, tc, cut, pad, echo, sport, dport;
	uint8_t pay[MAX];
	size_t paylen;
	int is_hex;
};

static void die(const char *what, const char *which)
{
	fprintf(stderr, "inject: %s: %s\n", what, which);
	exit(2);
}

static size_t hex(uint8_t *out, const char *s)
{
	size_t n = 0;
	unsigned int byte;

	for (; *s; s += 2, n++) {
		if (sscanf(s, "%2x", &byte) != 1 || !s[1])
			die("bad hex", s);
		out[n] = byte;
	}
	return n;
}

static void word(struct words *w, const char *key, char *val)
{
	static const struct { const char *key; size_t at; } numbers[] = {
		{ "nh", offsetof(struct words, nh) },
		{ "hop", offsetof(struct words, hop) },
		{ "plen", offsetof(struct words, plen) },
		{ "ver", offsetof(struct words, ver) },
		{ "tc", offsetof(struct words, tc) },
		{ "cut", offsetof(struct words, cut) },
		{ "pad", offsetof(struct words, pad) },
		{ "echo", offsetof(struct words, echo) },
	};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		if (!strcmp(key, numbers[i].key)) {
			*(long *)((char *)w + numbers[i].at) = strtol(val, NULL, 0);
			return;
		}
	}
	if (!strcmp(key, "src") || !strcmp(key, "dst")) {
		if (inet_pton(AF_INET6, val, *key == 's' ? &w->src : &w->dst) != 1)
			die("bad address", val);
	} else if (!strcmp(key, "pay") || !strcmp(key, "hex")) {
		w->paylen = hex(w->pay, val);
		w->is_hex = *key == 'h';
	} else if (!strcmp(key, "zero")) {
		w->paylen = strtoul(val, NULL, 0);
	} else if (!strcmp(key, "udp")) {
		if (sscanf(val, "%ld:%ld", &w->sport, &w->dport) != 2)
			die("bad ports", val);
	} else {
		die("unknown word", key);
	}
}

static uint32_t sum(uint32_t s, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		s += i & 1 ? p[i] : p[i] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

/* A header of 8 bytes before the payload: UDP or ICMPv6 echo request. */
static size_t upper(struct words *w, uint8_t *out)
{
	size_t len = w->paylen + 8, check = w->sport ? 6 : 2;
	uint32_t s;

	memset(out, 0, 8);
	memcpy(out + 8, w->pay, w->paylen);
	if (w->sport) {
		w->nh = IPPROTO_UDP;
		out[0] = w->sport >> 8;
		out[1] = w->sport;
		out[2] = w->dport >> 8;
		out[3] = w->dport;
		out[4] = len >> 8;
		out[5] = len;
	} else {
		w->nh = IPPROTO_ICMPV6;
		out[0] = 128;
		out[4] = w->echo >> 8;
		out[5] = w->echo;
		out[7] = 1;
	}
	s = sum(0, w->src.s6_addr, 16);
	s = sum(s, w->dst.s6_addr, 16);
	s = ~sum(s + len + w->nh, out, len) & 0xffff;
	if (!s)
		s = 0xffff;
	out[check] = s >> 8;
	out[check + 1] = s;
	return len;
}

static void build(struct packet *p, char *spec)
{
	static struct words w;
	char *item, *val;
	long plen;

	memset(&w, 0, sizeof(w));
	w.nh = 59;
	w.hop = 64;
	w.ver = 6;
	w.plen = -1;
	w.cut = -1;
	w.echo = -1;
	while ((item = strsep(&spec, ","))) {
		val = strchr(item, '=');
		if (!val)
			die("not WORD=VALUE", item);
		*val++ = 0;
		word(&w, item, val);
	}
	if (w.is_hex) {
		memcpy(p->data, w.pay, w.paylen);
		p->len = w.paylen;
		return;
	}
	if (w.sport || w.echo >= 0) {
		plen = upper(&w, p->data + 40);
	} else {
		plen = w.paylen;
		memcpy(p->data + 40, w.pay, plen);
	}
	p->len = 40 + plen;
	if (w.plen >= 0)
		plen = w.plen;
	p->data[0] = w.ver << 4 | w.tc >> 4;
	p->data[1] = w.tc << 4;
	p->data[2] = 0;
	p->data[3] = 0;
	p->data[4] = plen >> 8;
	p->data[5] = plen;
	p->data[6] = w.nh;
	p->data[7] = w.hop;
	memcpy(p->data + 8, &w.src, 16);
	memcpy(p->data + 24, &w.dst, 16);
	if (w.cut >= 0 && (size_t)w.cut < p->len)
		p->len = w.cut;
	memset(p->data + p->len, 0xa5, w.pad);
	p->len += w.pad;
}

/* All the packets of a command line, so that each is built only once. */
static struct packet *build_all(int n, char **specs)
{
	struct packet *all = calloc(n, sizeof(*all));
	int i;

	if (!all)
		die("memory", strerror(errno));
	for (i = 0; i < n; i++)
		build(&all[i], specs[i]);
	return all;
}

static void await(int fd, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint8_t buf[MAX];
	ssize_t n = -1, i;

	if (poll(&pfd, 1, ms) > 0)
		n = recv(fd, buf, sizeof(buf), 0);
	if (n < 0)
		printf("-");
	for (i = 0; i < n; i++)
		printf("%02x", buf[i]);
	printf("\n");
}

static void pause_ms(long ms)
{
	if (ms)
		poll(NULL, 0, ms);
}

/* A socket that receives from any source, or only from its destination. */
static int udp_socket(const struct sockaddr_in *from,
		      const struct sockaddr_in *to, int only)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){ 1 }, sizeof(int));
	if (bind(fd, (const void *)from, sizeof(*from)))
		die("bind", strerror(errno));
	if (only && connect(fd, (const void *)to, sizeof(*to)))
		die("connect", strerror(errno));
	return fd;
}

static int udp(int argc, char **argv)
{
	struct sockaddr_in from = { .sin_family = AF_INET }, to = from;
	int fd = -1, opt, wait = 0, each = 0, i, n;
	long count = 1, interval = 0;
	struct packet *p;

	while ((opt = getopt(argc, argv, "b:s:ew:c:i:")) != -1) {
		switch (opt) {
		case 'b':
			inet_pton(AF_INET, optarg, &from.sin_addr);
			break;
		case 's':
			from.sin_port = htons(atoi(optarg));
			break;
		case 'e':
			each = 1;
			break;
		case 'w':
			wait = atoi(optarg);
			break;
		case 'c':
			count = atol(optarg);
			break;
		case 'i':
			interval = atol(optarg);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind < 3)
		die("usage", "udp [-b IPV4] [-s PORT] [-e] [-w MS] [-c N] [-i MS] IPV4 PORT PACKET...");
	to.sin_port = htons(atoi(argv[optind + 1]));
	if (inet_pton(AF_INET, argv[optind], &to.sin_addr) != 1)
		die("bad address", argv[optind]);
	n = argc - optind - 2;
	p = build_all(n, argv + optind + 2);
	for (; count--; pause_ms(interval)) {
		for (i = 0; i < n; i++) {
			if (fd < 0 || each) {
				close(fd);
				fd = udp_socket(&from, &to, wait);
				from.sin_port = htons(ntohs(from.sin_port) + 1);
			}
			if (sendto(fd, p[i].data, p[i].len, 0, (void *)&to,
				   sizeof(to)) < 0)
				die("send", strerror(errno));
			if (wait)
				await(fd, wait);
		}
	}
	return 0;
}

/* The options of one call of raw. */
struct raw {
	struct sockaddr_in from, to;
	int fd, bad_sum, no_sum, reverse;
	size_t first, rest;
	uint16_t id;
};

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = v >> 8;
	p[1] = v;
}

/* Part of a datagram in an IPv4 packet; the kernel does its checksum. */
static void raw_part(struct raw *raw, const uint8_t *data, size_t at,
		     size_t len, int more)
{
	static uint8_t ip[20 + 8 + MAX];

	memset(ip, 0, 20);
	ip[0] = 0x45;
	put16(ip + 2, 20 + len);
	put16(ip + 4, raw->id);
	put16(ip + 6, at / 8 | (more ? 0x2000 : 0));
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, &raw->from.sin_addr, 4);
	memcpy(ip + 16, &raw->to.sin_addr, 4);
	memcpy(ip + 20, data + at, len);
	if (sendto(raw->fd, ip, 20 + len, 0, (void *)&raw->to,
		   sizeof(raw->to)) < 0)
		die("send", strerror(errno));
}

static void raw_send(struct raw *raw, const struct packet *p)
{
	size_t len = p->len + 8, first = raw->first, rest = raw->rest;
	size_t parts = 1, i;
	static uint8_t data[8 + MAX];
	uint32_t s;

	put16(data, ntohs(raw->from.sin_port));
	put16(data + 2, ntohs(raw->to.sin_port));
	put16(data + 4, len);
	put16(data + 6, 0);
	memcpy(data + 8, p->data, p->len);
	s = sum(0, (uint8_t *)&raw->from.sin_addr, 4);
	s = sum(s, (uint8_t *)&raw->to.sin_addr, 4);
	s = ~sum(s + len + IPPROTO_UDP, data, len) & 0xffff;
	/* 0 means none; a wrong one is a constant other than the right one. */
	s = s ?: 0xffff;
	if (raw->bad_sum)
		s = s == 0x1234 ? 0x4321 : 0x1234;
	put16(data + 6, raw->no_sum ? 0 : s);

	raw->id++;
	if (!first || first >= len)
		first = len;
	else
		parts += (len - first + rest - 1) / rest;
	for (i = 0; i < parts; i++) {
		size_t n = raw->reverse ? parts - 1 - i : i;
		size_t at = n ? first + (n - 1) * rest : 0;
		size_t step = n ? rest : first;

		raw_part(raw, data, at, at + step < len ? step : len - at,
			 n + 1 < parts);
	}
}

/* The address that the kernel would send from. */
static void raw_source(struct raw *raw)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in from;
	socklen_t len = sizeof(from);

	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){ 1 }, sizeof(int));
	if (connect(fd, (void *)&raw->to, sizeof(raw->to)) ||
	    getsockname(fd, (void *)&from, &len))
		die("connect", strerror(errno));
	raw->from.sin_addr = from.sin_addr;
	close(fd);
}

static void raw_options(struct raw *raw, int argc, char **argv, long *count,
			long *interval)
{
	char *rest;
	int opt;

	while ((opt = getopt(argc, argv, "b:s:k:f:rc:i:")) != -1) {
		switch (opt) {
		case 'b':
			inet_pton(AF_INET, optarg, &raw->from.sin_addr);
			break;
		case 's':
			raw->from.sin_port = htons(atoi(optarg));
			break;
		case 'k':
			raw->bad_sum = !strcmp(optarg, "bad");
			raw->no_sum = !strcmp(optarg, "zero");
			break;
		case 'f':
			raw->first = strtoul(optarg, &rest, 0) & ~7UL;
			raw->rest = *rest ? strtoul(rest + 1, NULL, 0) & ~7UL :
					    raw->first;
			if (!raw->first || !raw->rest)
				die("bad fragments", optarg);
			break;
		case 'r':
			raw->reverse = 1;
			break;
		case 'c':
			*count = atol(optarg);
			break;
		case 'i':
			*interval = atol(optarg);
			break;
		default:
			exit(2);
		}
	}
}

static int raw(int argc, char **argv)
{
	struct raw raw = {
		.from.sin_family = AF_INET,
		.to.sin_family = AF_INET,
		.fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW),
		.id = getpid(),
	};
	long count = 1, interval = 0;
	struct packet *p;
	int i, n;

	raw_options(&raw, argc, argv, &count, &interval);
	if (argc - optind < 3)
		die("usage", "raw [-b IPV4] [-s PORT] [-k SUM] [-f BYTES[,BYTES]] [-r] [-c N] [-i MS] IPV4 PORT PACKET...");
	raw.to.sin_port = htons(atoi(argv[optind + 1]));
	if (inet_pton(AF_INET, argv[optind], &raw.to.sin_addr) != 1)
		die("bad address", argv[optind]);
	setsockopt(raw.fd, SOL_SOCKET, SO_BROADCAST, &(int){ 1 }, sizeof(int));
	if (!raw.from.sin_addr.s_addr)
		raw_source(&raw);
	n = argc - optind - 2;
	p = build_all(n, argv + optind + 2);
	for (; count--; pause_ms(interval)) {
		for (i = 0; i < n; i++)
			raw_send(&raw, &p[i]);
	}
	return 0;
}

static int dev(int argc, char **argv)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IPV6),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0), opt, i, n;
	long count = 1, interval = 0;
	struct packet *p;

	while ((opt = getopt(argc, argv, "p:c:i:")) != -1) {
		switch (opt) {
		case 'p':
			to.sll_protocol = htons(strtoul(optarg, NULL, 0));
			break;
		case 'c':
			count = atol(optarg);
			break;
		case 'i':
			interval = atol(optarg);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind < 2)
		die("usage", "dev [-p PROTO] [-c N] [-i MS] IFNAME PACKET...");
	to.sll_ifindex = if_nametoindex(argv[optind]);
	n = argc - optind - 1;
	p = build_all(n, argv + optind + 1);
	for (; count--; pause_ms(interval)) {
		for (i = 0; i < n; i++) {
			if (sendto(fd, p[i].data, p[i].len, 0, (void *)&to,
				   sizeof(to)) < 0 &&
			    errno != ENOBUFS && errno != EINVAL)
				die("send", strerror(errno));
		}
	}
	return 0;
}

static int ip(int argc, char **argv)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	int fd = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW), i;
	struct packet *p;

	if (argc < 2)
		die("usage", "ip PACKET...");
	p = build_all(argc - 1, argv + 1);
	for (i = 0; i < argc - 1; i++) {
		memcpy(&to.sin6_addr, p[i].data + 24, 16);
		if (sendto(fd, p[i].data, p[i].len, 0, (void *)&to,
			   sizeof(to)) < 0)
			die("send", strerror(errno));
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "udp"))
		return udp(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "raw"))
		return raw(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "dev"))
		return dev(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "ip"))
		return ip(argc - 1, argv + 1);
	die("usage", "udp|raw|dev|ip ...");
	return 2;
}
