// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of a large number of mobile nodes, as fast as one socket accepts them.
 *
 *	flows [-n N] [-d DEVICES] [-p PASSES | -t MS] [-w WINDOW] [-e] [-q]
 *		up|plain|down IFNAME MAC
 *
 * up: ICMPv6 echo requests to the home agent, in UDP/IPv4 to the gateway
 * plain: the same without UDP/IPv4
 * down: IPv6 packets from the home agent to the mobile nodes
 *
 * MAC is the next hop's. The addresses of the mobile nodes are
 * fd00:6d:D:0:1::I, of N in all, with I counted from 1 and D below DEVICES; the
 * gateway has a port for each D, 3544 + D. One pass is one packet of each,
 * in an order without neighbours in a row, starting anywhere.
 *
 * -p: number of passes, 1 by default. -t: repeat passes for this time in ms.
 * -w: maximum number of packets without an answer; any packet received by
 * IFNAME counts as one. -e: each mobile node has an IPv4 address and port
 * of its own; else 64 are shared. -q: packets that are not answered.
 *
 * Prints how many were sent, how many were received, and the ns from the first packet
 * to the last one of either.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH	64
#define FRAME	256
#define PORT	3544
/* An answer that takes longer is lost. */
#define PATIENCE	300000000ULL

#define INNER	48	/* IPv6 and what it carries */

static struct {
	const char *kind;
	uint32_t n, devices, passes, window;
	uint64_t ns;
	int own, quiet;
} opt = { .n = 1, .devices = 1, .passes = 1 };

static struct {
	int fd, counter;
	uint8_t *ring;		/* of BATCH slots of FRAME bytes */
	unsigned int ready;	/* slots that are filled */
	size_t inner;		/* where IPv6 begins in a frame */
	uint32_t ip_sum;	/* of the IPv4 header, but for its source */
	uint64_t sent, in, in_first, lost, begin, last;
} gen;

static void die(const char *what)
{
	fprintf(stderr, "flows: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint32_t sum(const uint8_t *p, size_t n, uint32_t s)
{
	for (; n; n -= 2, p += 2)
		s += p[0] << 8 | p[1];
	return s;
}

static uint32_t fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

/* The IPv4 and UDP headers; no UDP checksum, as it shall not be measured. */
static void outer(uint8_t *p)
{
	memset(p, 0, 28);
	p[0] = 0x45;
	put16(p + 2, 28 + INNER);
	p[8] = 64;
	p[9] = IPPROTO_UDP;
	inet_pton(AF_INET, "192.0.2.2", p + 16);
	put16(p + 24, 8 + INNER);
	gen.ip_sum = sum(p, 20, 0);
}

static void inner(uint8_t *p, int down)
{
	memset(p, 0, INNER);
	p[0] = 0x60;
	put16(p + 4, INNER - 40);
	p[6] = opt.quiet || down ? IPPROTO_NONE : IPPROTO_ICMPV6;
	p[7] = 64;
	inet_pton(AF_INET6, "fd00:6d:0:0:1::", p + (down ? 24 : 8));
	inet_pton(AF_INET6, "2001:db8:1::2", p + (down ? 8 : 24));
	p[40] = 128;
	/* As if id and seq were the complement of the fields still to be filled in:
	 * then its checksum is the same in all packets.
	 */
	put16(p + 42, ~fold(sum(p + 8, 32, 0) + 8 + IPPROTO_ICMPV6 + 0x8000 +
			    0xffff));
}

static struct tpacket2_hdr *slot(unsigned int i)
{
	return (void *)(gen.ring + i * FRAME);
}

/* The frame follows the header for the kernel. */
static struct virtio_net_hdr *slot_vnet(unsigned int i)
{
	return (void *)((uint8_t *)slot(i) + TPACKET2_HDRLEN -
			sizeof(struct sockaddr_ll));
}

static uint8_t *slot_frame(unsigned int i)
{
	return (uint8_t *)(slot_vnet(i) + 1);
}

static void frames_make(const char *mac)
{
	int is_up = !strcmp(opt.kind, "up"), is_down = !strcmp(opt.kind, "down");
	uint8_t *p = slot_frame(0);
	size_t len;
	int i;

	if (sscanf(mac, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", p, p + 1, p + 2,
		   p + 3, p + 4, p + 5) != 6) {
		errno = EINVAL;
		die(mac);
	}
	p[6] = 2;
	put16(p + 12, is_up ? ETH_P_IP : ETH_P_IPV6);
	gen.inner = ETH_HLEN;
	if (is_up) {
		outer(p + ETH_HLEN);
		gen.inner += 28;
	}
	inner(p + gen.inner, is_down);
	len = gen.inner + INNER;
	for (i = 0; i < BATCH; i++) {
		memmove(slot_frame(i), p, len);
		/* The kernel copies all of it, so the slot is free at once. */
		slot_vnet(i)->hdr_len = len;
		slot(i)->tp_len = sizeof(struct virtio_net_hdr) + len;
	}
}

/* Source and destination of a mobile node's datagrams. */
static void frame_endpoint(uint8_t *ip, uint32_t i, uint32_t device)
{
	uint32_t source = 0xc6120001;	/* 198.18.0.1 */
	uint32_t port = 1024;

	if (opt.own) {
		source += i / 60000;
		port += i % 60000;
	} else {
		source += i % 16;
		port += i / 16 % 4;
	}
	put32(ip + 12, source);
	put16(ip + 10, ~fold(gen.ip_sum + (source >> 16) + (source & 0xffff)));
	put16(ip + 20, port);
	put16(ip + 22, PORT + device);
}

static void frame_fill(uint8_t *frame, uint32_t i)
{
	uint32_t device = i % opt.devices, host = i + 1;
	uint8_t *ip6 = frame + gen.inner;
	uint8_t *addr = ip6 + (*opt.kind == 'd' ? 24 : 8);

	if (*opt.kind == 'u')
		frame_endpoint(frame + ETH_HLEN, i, device);
	put16(addr + 4, device);
	put32(addr + 12, host);
	if (ip6[6] == IPPROTO_ICMPV6) {
		put16(ip6 + 44, ~fold((host >> 16) + device));
		put16(ip6 + 46, ~host);
	}
}

static uint32_t gcd(uint32_t a, uint32_t b)
{
	return b ? gcd(b, a % b) : a;
}

/* Distance of packets that follow each other; a pass visits all. */
static uint32_t stride(void)
{
	uint32_t s = opt.n * 0.618;

	while (gcd(opt.n, s) != 1)
		s++;
	return s;
}

static void counter_read(void)
{
	char buf[32];
	ssize_t n = pread(gen.counter, buf, sizeof(buf) - 1, 0);
	uint64_t in;

	if (n <= 0)
		die("rx_packets");
	buf[n] = 0;
	in = strtoull(buf, NULL, 10) - gen.in_first;
	if (in != gen.in)
		gen.last = now();
	gen.in = in;
}

/* Wait until no more than @missing answers are missing. */
static void await(uint64_t missing)
{
	if (!opt.window)
		return;
	counter_read();
	while (gen.sent > gen.in + gen.lost + missing) {
		if (now() - gen.last > PATIENCE) {
			gen.lost = gen.sent - gen.in;
			return;
		}
		sched_yield();
		counter_read();
	}
}

static void batch_send(void)
{
	unsigned int i;

	for (i = 0; i < gen.ready; i++)
		slot(i)->tp_status = TP_STATUS_SEND_REQUEST;
	while (send(gen.fd, NULL, 0, 0) < 0)
		if (errno != ENOBUFS)
			die("send");
	gen.sent += gen.ready;
	gen.last = now();
	gen.ready = 0;
	if (opt.window)
		await(opt.window - BATCH);
}

/* Return: 0 once the time is over. */
static int pass(void)
{
	uint32_t i, at = gen.begin % opt.n, step = stride();

	for (i = 0; i < opt.n; i++) {
		frame_fill(slot_frame(gen.ready++), at);
		at = ((uint64_t)at + step) % opt.n;
		if (gen.ready < BATCH)
			continue;
		batch_send();
		if (opt.ns && gen.last - gen.begin >= opt.ns)
			return 0;
	}
	return 1;
}

static void ring_make(void)
{
	struct tpacket_req req = {
		.tp_block_size = BATCH * FRAME,
		.tp_block_nr = 1,
		.tp_frame_size = FRAME,
		.tp_frame_nr = BATCH,
	};

	if (setsockopt(gen.fd, SOL_PACKET, PACKET_VERSION,
		       &(int){ TPACKET_V2 }, sizeof(int)) ||
	    setsockopt(gen.fd, SOL_PACKET, PACKET_VNET_HDR, &(int){ 1 },
		       sizeof(int)) ||
	    setsockopt(gen.fd, SOL_PACKET, PACKET_QDISC_BYPASS, &(int){ 1 },
		       sizeof(int)) ||
	    setsockopt(gen.fd, SOL_PACKET, PACKET_TX_RING, &req, sizeof(req)))
		die("ring");
	gen.ring = mmap(NULL, BATCH * FRAME, PROT_READ | PROT_WRITE, MAP_SHARED,
			gen.fd, 0);
	if (gen.ring == MAP_FAILED)
		die("mmap");
}

static void sockets_open(const char *ifname)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	char path[128];

	to.sll_ifindex = if_nametoindex(ifname);
	gen.fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (!to.sll_ifindex || gen.fd < 0 ||
	    bind(gen.fd, (void *)&to, sizeof(to)))
		die(ifname);
	ring_make();
	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/rx_packets",
		 ifname);
	gen.counter = open(path, O_RDONLY);
	if (gen.counter < 0)
		die(path);
	counter_read();
	gen.in_first = gen.in;
	gen.in = 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: flows [-n N] [-d DEVICES] [-p PASSES | -t MS] [-w WINDOW] [-e] [-q] up|plain|down IFNAME MAC\n");
	return 2;
}

int main(int argc, char **argv)
{
	uint32_t passes = 0;
	int c;

	while ((c = getopt(argc, argv, "n:d:p:t:w:eq")) != -1) {
		switch (c) {
		case 'n':
			opt.n = strtoul(optarg, NULL, 0);
			break;
		case 'd':
			opt.devices = strtoul(optarg, NULL, 0);
			break;
		case 'p':
			opt.passes = strtoul(optarg, NULL, 0);
			break;
		case 't':
			opt.ns = strtoul(optarg, NULL, 0) * 1000000ULL;
			break;
		case 'w':
			opt.window = strtoul(optarg, NULL, 0);
			break;
		case 'e':
			opt.own = 1;
			break;
		case 'q':
			opt.quiet = 1;
			break;
		default:
			return usage();
		}
	}
	if (argc - optind != 3 || !opt.n || !opt.devices ||
	    (opt.window && opt.window < BATCH))
		return usage();
	opt.kind = argv[optind];
	if (!strchr("upd", *opt.kind))
		return usage();
	sockets_open(argv[optind + 1]);
	frames_make(argv[optind + 2]);

	gen.begin = now();
	gen.last = gen.begin;
	do
		passes++;
	while (pass() && (opt.ns || passes < opt.passes));
	if (gen.ready)
		batch_send();
	await(0);
	counter_read();
	printf("%llu %llu %llu\n", (unsigned long long)gen.sent,
	       (unsigned long long)gen.in,
	       (unsigned long long)(gen.last - gen.begin));
	return 0;
}
