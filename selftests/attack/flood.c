// SPDX-License-Identifier: GPL-2.0
/*
 * flood KIND IFNAME MAC SECONDS RATE [SEED [FILE]]: a flood of packets out of an
 * Ethernet interface to this MAC address, for SECONDS or until SIGTERM, RATE per
 * second or, if 0, as fast as possible. Prints the number of packets sent, and the
 * time in microseconds.
 *
 *   new      first packets: random IPv4 and IPv6 source, the latter inside the
 *            gateway's prefix, to the home agent
 *   echo     the same as echo requests, which the home agent answers
 *   ike      the same with the UDP datagram in FILE, its header included, a first
 *            message of IKE; its initiator's SPI is random
 *   plain    the same IPv6 packets, not in UDP, to be routed
 *   closed   the datagrams of "new", to a port that is closed
 *   version  the same, to the gateway's port, of another version of IP
 *   length   the same, longer than their length field
 *   source   the same, from outside the prefix
 *   destination  the same, to another destination than the home agent
 *   routed   the IPv6 packets of "echo", without UDP around them
 *   own      packets that a mobile node sends by its own m6t device; the IPv6
 *            source instead of the MAC address
 *
 * All have no outer UDP checksum and, but for "echo" and "ike", an inner packet
 * without a next header, which is not answered.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH	64
#define MOST	1024

enum { ETH, IP4 = 14, UDP = 34, IP6 = 42, ALL = IP6 + MOST };

static uint64_t seed = 0x6d36740001ULL;
static uint8_t frame[BATCH][ALL];
static unsigned int ip6_at = IP6;	/* where the inner header is */
static unsigned int inner = 40 + 24;	/* bytes of the inner packet */
static uint8_t next_header = 59;
static uint8_t payload[MOST];
static int stop;

static void on_term(int sig)
{
	__atomic_store_n(&stop, sig, __ATOMIC_RELAXED);
}

static void die(const char *what)
{
	fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int is_stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_RELAXED);
}

static uint64_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static void address(uint8_t *p, const char *text)
{
	if (inet_pton(AF_INET6, text, p) != 1)
		die(text);
}

/* Common to all packets of a kind. */
static void template(uint8_t *f, const char *kind, const char *mac)
{
	uint8_t *m = f, *ip6 = f + ip6_at;

	if (ip6_at && sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", m, m + 1,
			     m + 2, m + 3, m + 4, m + 5) != 6)
		die("bad MAC address");
	if (ip6_at) {
		m[6] = 2;
		put16(f + 12, ip6_at == IP4 ? ETH_P_IPV6 : ETH_P_IP);
	}
	if (ip6_at == IP6) {
		f[IP4] = 0x45;
		put16(f + IP4 + 2, IP6 - IP4 + inner);
		put16(f + IP4 + 6, 0x4000);
		f[IP4 + 8] = 64;
		f[IP4 + 9] = IPPROTO_UDP;
		inet_pton(AF_INET, "192.0.2.2", f + IP4 + 16);
		put16(f + UDP + 2, strcmp(kind, "closed") ? 3544 : 9);
		put16(f + UDP + 4, IP6 - UDP + inner);
	}
	ip6[0] = strcmp(kind, "version") ? 0x60 : 0x50;
	put16(ip6 + 4, strcmp(kind, "length") ? inner - 40 : inner - 41);
	ip6[6] = next_header;
	ip6[7] = 64;
	address(ip6 + 8, !ip6_at ? mac :
			 strcmp(kind, "source") ? "fd00:6d::" : "2001:db8:5::");
	address(ip6 + 24, strcmp(kind, "destination") ? "2001:db8:1::2" :
							"ff0e::2");
	memcpy(ip6 + 40, payload, inner - 40);
}

/* The checksum of ICMPv6 or UDP, @at bytes into the payload. */
static void upper_sum(uint8_t *ip6, unsigned int at)
{
	uint32_t s = inner - 40 + next_header;
	unsigned int i;

	put16(ip6 + 40 + at, 0);
	for (i = 8; i < inner; i += 2)
		s += ip6[i] << 8 | (i + 1 < inner ? ip6[i + 1] : 0);
	while (s >> 16)
		s = (s >> 16) + (s & 0xffff);
	put16(ip6 + 40 + at, ~s & 0xffff ? ~s : 0xffff);
}

/* The kernel drops packets with a wrong IPv4 checksum. */
static void ip_sum(uint8_t *ip)
{
	uint32_t s = 0;
	int i;

	put16(ip + 10, 0);
	for (i = 0; i < 20; i += 2)
		s += ip[i] << 8 | ip[i + 1];
	s = (s >> 16) + (s & 0xffff);
	put16(ip + 10, ~(s + (s >> 16)));
}

static void vary(uint8_t *f)
{
	uint64_t a = rnd(), b = rnd();

	if (!ip6_at)
		return;
	memcpy(f + ip6_at + 16, &a, 8);
	if (next_header == IPPROTO_UDP)
		memcpy(f + ip6_at + 48, &a, 8);
	if (next_header == IPPROTO_UDP)
		upper_sum(f + ip6_at, 6);
	else if (next_header == IPPROTO_ICMPV6)
		upper_sum(f + ip6_at, 2);
	if (ip6_at != IP6)
		return;
	memcpy(f + IP4 + 12, &b, 4);
	/* Neither 0/8, nor loopback, nor from 192/8 on. */
	f[IP4 + 12] = 11 + f[IP4 + 12] % 100;
	put16(f + UDP, 1024 + (b >> 32) % 60000);
	ip_sum(f + IP4);
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static int open_on(const char *ifname)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = ip6_at ? 0 : htons(ETH_P_IPV6),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), one = 1;

	to.sll_ifindex = if_nametoindex(ifname);
	if (fd < 0 || !to.sll_ifindex ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one,
		       sizeof(one)) ||
	    bind(fd, (void *)&to, sizeof(to)))
		die(ifname);
	return fd;
}

/* Ahead of its rate it sleeps, so that others can run. */
static uint64_t flood(int fd, int64_t us, double rate)
{
	static struct mmsghdr msg[BATCH];
	static struct iovec iov[BATCH];
	int64_t from = now_us(), now = from;
	uint64_t sent = 0;
	int i, n;

	for (i = 0; i < BATCH; i++) {
		iov[i].iov_base = frame[i];
		iov[i].iov_len = ip6_at + inner;
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	for (; !is_stopped() && now - from < us; now = now_us()) {
		if (rate && sent > (now - from) * rate / 1e6) {
			usleep(500);
			continue;
		}
		for (i = 0; i < BATCH; i++)
			vary(frame[i]);
		n = sendmmsg(fd, msg, BATCH, 0);
		if (n < 0 && errno != ENOBUFS)
			die("send");
		sent += n > 0 ? n : 0;
	}
	printf("%llu %lld\n", (unsigned long long)sent,
	       (long long)(now - from));
	return sent;
}

static void read_datagram(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t n;

	if (!file)
		die(path);
	n = fread(payload, 1, MOST - 40, file);
	if (n < 16)
		die(path);
	fclose(file);
	inner = 40 + n;
	next_header = IPPROTO_UDP;
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 6) {
		fprintf(stderr, "usage: flood KIND IFNAME MAC SECONDS RATE [SEED [FILE]]\n");
		return 2;
	}
	signal(SIGTERM, on_term);
	if (!strcmp(argv[1], "echo") || !strcmp(argv[1], "routed")) {
		next_header = IPPROTO_ICMPV6;
		payload[0] = 128;
	} else if (!strcmp(argv[1], "ike") && argc > 7) {
		read_datagram(argv[7]);
	}
	if (!strcmp(argv[1], "plain") || !strcmp(argv[1], "routed"))
		ip6_at = IP4;
	else if (!strcmp(argv[1], "own"))
		ip6_at = 0;
	if (argc > 6)
		seed = strtoull(argv[6], NULL, 0) | 1;
	for (i = 0; i < BATCH; i++)
		template(frame[i], argv[1], argv[3]);
	return !flood(open_on(argv[2]), atof(argv[4]) * 1e6, atof(argv[5]));
}
