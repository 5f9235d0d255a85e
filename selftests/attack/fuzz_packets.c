// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_packets wire|dev IFNAME COUNT SEED NAME=VALUE...: send COUNT packets, most
 * of them invalid in some way. The same seed makes the same packets.
 *
 *   wire   IPv4 in Ethernet frames, out of this interface: datagrams with IPv6
 *          packets, whole or in fragments, bursts that can be merged, and
 *          ICMP errors about what the peer might have sent
 *   dev    IPv6 packets, into this m6t device, as the stack would pass them
 *
 * The names: mac (receiver of the frames), src4 sport dst4 dport (a known endpoint,
 * and the target), src6 (the address that is bound to it), dst6 (a valid
 * destination), prefix6 (64 bits of it count). With spi (that of signalling; the next
 * one is that of answers), packets are those of DSMIPv6: in UDP, or in IPv4 alone; of
 * IPv6, or of IPv4 between src44 and dst44; with ESP, mobility headers and the
 * destination option that no network may carry.
 *
 * A packet is built valid, and then changed; so most reach the code behind the
 * first checks.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH	32
#define MAX	2048

struct packet {
	size_t len;
	uint16_t proto;
	uint8_t data[MAX];
};

static uint64_t state;
static uint8_t mac[6], src4[4], dst4[4], src6[16], dst6[16], prefix6[16];
static uint8_t src44[4], dst44[4];
static unsigned int sport, dport, spi, tcp_seq;
static int wire, sock, ifindex;
static unsigned long sent, refused;

static struct packet queue[BATCH];
static unsigned int queued;

static void die(const char *what)
{
	fprintf(stderr, "fuzz_packets: %s: %s\n", what, strerror(errno));
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

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static void noise(uint8_t *p, size_t n)
{
	while (n--)
		*p++ = rnd(256);
}

static uint32_t sum(uint32_t s, const uint8_t *p, size_t n)
{
	for (; n > 1; n -= 2, p += 2)
		s += p[0] << 8 | p[1];
	if (n)
		s += p[0] << 8;
	while (s >> 16)
		s = (s >> 16) + (s & 0xffff);
	return s;
}

/* ---- the inner packet */

static void some_address(uint8_t *p, const uint8_t *good)
{
	static const char *const odd[] = {
		"::", "::1", "fe80::1", "fe80::2", "ff02::1", "ff0e::1",
		"::ffff:10.0.0.1", "2002:c000:201::1", "2001:db8:77::1",
		"::192.0.2.1",
	};

	memcpy(p, good, 16);
	switch (rnd(8)) {
	case 0:
		inet_pton(AF_INET6, odd[rnd(10)], p);
		break;
	case 1:
		memcpy(p, prefix6, 8);
		noise(p + 8, 8);
		break;
	case 2:
		memcpy(p, prefix6, 16);
		p[15] = rnd(64);
		break;
	}
}

/* The outer addresses, as only a home agent's device adds them. */
static size_t outer_option(uint8_t *p)
{
	memcpy(p, "\73\1\36\14", 4);
	memcpy(p + 4, src4, 4);
	put16(p + 8, sport);
	memcpy(p + 10, dst4, 4);
	put16(p + 14, dport);
	return 16;
}

/* Each of these writes a header, or all the rest, and returns its length; the
 * type of the next one is stored in *next.
 */
static size_t extension(uint8_t *p, uint8_t *type, uint8_t *next)
{
	static const uint8_t types[] = { 0, 43, 44, 60, 135, 140 };
	size_t len = 8 + (one_in(4) ? 8 * rnd(6) : 0);

	*type = types[rnd(6)];
	*next = 59;
	memset(p, 0, len);
	if (*type == 60 && spi && one_in(2))
		return outer_option(p);
	p[1] = len / 8 - 1;
	switch (*type) {
	case 43:
		p[2] = rnd(5);
		p[3] = rnd(3);
		break;
	case 44:
		len = 8;
		p[1] = 0;
		put16(p + 2, one_in(2) ? rnd(65536) : 1);
		put32(p + 4, rnd(8));
		break;
	default:
		/* Jumbo payload, router alert, padding, home address. */
		p[2] = "\xc2\x05\x01\xc9"[rnd(4)];
		p[3] = one_in(4) ? rnd(256) : len - 4;
		break;
	}
	return len;
}

/* A mobility header, or ESP; of @len bytes of noise. */
static size_t signalling(uint8_t *p, uint8_t *type, size_t len)
{
	if (one_in(2)) {
		*type = 50;
		put32(p, one_in(4) ? rnd(65536) : spi + rnd(2));
		put32(p + 4, rnd(100));
		return len;
	}
	*type = 135;
	p[0] = one_in(8) ? p[0] : 59;
	p[1] = one_in(8) ? p[1] : len / 8 - 1;
	p[2] = one_in(4) ? p[2] : 5 + rnd(2);
	return one_in(8) ? len : len & ~7;
}

static size_t upper(uint8_t *p, uint8_t *type)
{
	size_t len = 8 + rnd(one_in(16) ? 1300 : 64);

	noise(p, len);
	if (spi && one_in(2))
		return signalling(p, type, len);
	switch (rnd(7)) {
	case 0:
		*type = 17;
		put16(p + 4, one_in(8) ? rnd(65536) : len);
		break;
	case 1:
		*type = 6;
		len += 20;
		noise(p + len - 20, 20);
		p[12] = one_in(8) ? p[12] : 0x50;
		break;
	case 2:
		*type = 58;
		p[0] = one_in(2) ? 128 + rnd(2) : 1 + rnd(4);
		p[1] = one_in(2) ? 0 : rnd(4);
		/* The size of a proof. */
		len = one_in(2) ? 8 : len;
		break;
	case 3:
		*type = 58;
		p[0] = 133 + rnd(5);
		break;
	case 4:
		*type = 50;
		break;
	case 5:
		*type = 59;
		len = one_in(2) ? 0 : len;
		break;
	default:
		*type = rnd(256);
	}
	return len;
}

/* Most checksums are right. */
static void upper_sum(uint8_t *ip6, uint8_t *p, size_t len, uint8_t type)
{
	static const uint8_t where[256] = {
		[6] = 16, [17] = 6, [58] = 2, [135] = 4,
	};
	uint32_t s;

	if (!where[type] || len < where[type] + 2U || one_in(8))
		return;
	put16(p + where[type], 0);
	s = sum(len + type, ip6 + 8, 32);
	s = ~sum(s, p, len) & 0xffff;
	put16(p + where[type], s ? s : 0xffff);
}

static size_t inner(uint8_t *p)
{
	uint8_t *next = p + 6, type = 59;
	size_t len = 40, n;
	int more = one_in(3) ? 1 + rnd(3) : 0;

	memset(p, 0, 40);
	put32(p, 0x60000000 | rnd(256) << 20 | (one_in(4) ? rnd(1 << 20) : 0));
	p[7] = one_in(8) ? rnd(3) : 64;
	some_address(p + 8, src6);
	some_address(p + 24, dst6);
	if (one_in(8))
		inet_pton(AF_INET6, "fe80::1", p + 24);
	while (more--) {
		n = extension(p + len, next, &type);
		next = p + len;
		len += n;
	}
	n = one_in(12) ? 0 : upper(p + len, &type);
	*next = type;
	upper_sum(p, p + len, n, type);
	len += n;
	put16(p + 4, len - 40);
	return len;
}

static size_t inner4(uint8_t *p)
{
	size_t options = one_in(16) ? 4 * (1 + rnd(10)) : 0;
	size_t head = 20 + options;
	size_t len = head;
	uint8_t type = 59;

	memset(p, 0, head);
	noise(p + 20, options);
	if (!one_in(12))
		len += upper(p + head, &type);
	p[0] = 0x40 | head / 4;
	p[1] = rnd(256);
	put16(p + 2, len);
	put16(p + 6, one_in(8) ? rnd(65536) : 0x4000);
	p[8] = one_in(8) ? rnd(3) : 64;
	p[9] = type;
	memcpy(p + 12, src44, 4);
	memcpy(p + 16, dst44, 4);
	if (one_in(4))
		p[12 + rnd(8)] = rnd(256);
	if (one_in(4))
		p[15] = rnd(64);
	put16(p + 10, ~sum(0, p, head));
	return len;
}

static size_t any_inner(uint8_t *p)
{
	return spi && one_in(3) ? inner4(p) : inner(p);
}

/* Where the length is, by the version. */
static uint8_t *length_of(uint8_t *p)
{
	return p + (p[0] >> 4 == 4 ? 2 : 4);
}

/* Mostly no change; or one that a check must find. */
static size_t mangle(uint8_t *p, size_t len)
{
	int i;

	switch (rnd(16)) {
	case 0:
		p[0] = rnd(256);
		break;
	case 1:
		put16(length_of(p), rnd(65536));
		break;
	case 2:
		put16(length_of(p), len - (p[0] >> 4 == 4 ? 0 : 40) +
		      rnd(5) - 2);
		break;
	case 3:
		p[6] = rnd(256);
		break;
	case 4:
		return rnd(len + 1);
	case 5:
		i = rnd(32);
		noise(p + len, i);
		return len + i;
	case 6:
		for (i = 1 + rnd(4); i; i--)
			p[rnd(len)] ^= 1 << rnd(8);
		break;
	}
	return len;
}

/* ---- sending */

static void flush(void)
{
	struct sockaddr_ll to[BATCH] = { };
	struct mmsghdr msg[BATCH] = { };
	struct iovec iov[BATCH];
	unsigned int i;
	int n;

	for (i = 0; i < queued; i++) {
		iov[i].iov_base = queue[i].data;
		iov[i].iov_len = queue[i].len;
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
		if (wire)
			continue;
		to[i].sll_family = AF_PACKET;
		to[i].sll_protocol = htons(queue[i].proto);
		to[i].sll_ifindex = ifindex;
		msg[i].msg_hdr.msg_name = &to[i];
		msg[i].msg_hdr.msg_namelen = sizeof(to[i]);
	}
	for (i = 0; i < queued;) {
		n = sendmmsg(sock, msg + i, queued - i, 0);
		if (n > 0) {
			i += n;
			sent += n;
			continue;
		}
		/* An empty packet cannot be sent. */
		if (errno != EINVAL && errno != ENOBUFS && errno != EMSGSIZE)
			die("send");
		i++;
		refused++;
	}
	queued = 0;
	/* A clock that jumps moves only while processes sleep. */
	usleep(300);
}

static struct packet *fresh(void)
{
	if (queued == BATCH)
		flush();
	return &queue[queued++];
}

/* An IPv4 packet, or a fragment of one, in a frame. */
static void frame(const uint8_t *data, size_t at, size_t len, int more,
		  unsigned int id, uint8_t proto)
{
	struct packet *p = fresh();
	size_t options = one_in(64) ? 4 * (1 + rnd(3)) : 0, head = 20 + options;
	uint8_t *ip = p->data + ETH_HLEN;

	memcpy(p->data, mac, 6);
	memcpy(p->data + 6, "\2\0\0\0\0\1", 6);
	put16(p->data + 12, ETH_P_IP);
	memset(ip, options ? 1 : 0, head);
	ip[0] = 0x40 | head / 4;
	ip[1] = one_in(4) ? rnd(256) : 0;
	put16(ip + 2, one_in(200) ? rnd(65536) : head + len);
	put16(ip + 4, id);
	put16(ip + 6, at / 8 | (more ? 0x2000 : 0));
	ip[8] = one_in(16) ? rnd(256) : 64;
	ip[9] = proto;
	memcpy(ip + 12, src4, 4);
	memcpy(ip + 16, dst4, 4);
	if (one_in(16))
		noise(ip + 12 + 2, 2);
	put16(ip + 10, 0);
	put16(ip + 10, ~sum(0, ip, head));
	memcpy(ip + head, data + at, len);
	p->len = ETH_HLEN + head + len;
}

static void datagram(uint8_t *udp, size_t len)
{
	static uint8_t pseudo[12];
	uint32_t s;

	put16(udp, one_in(4) ? rnd(65536) : sport);
	put16(udp + 2, one_in(64) ? rnd(65536) : dport);
	put16(udp + 4, one_in(64) ? rnd(2 * len) : len);
	put16(udp + 6, 0);
	memcpy(pseudo, src4, 4);
	memcpy(pseudo + 4, dst4, 4);
	pseudo[9] = IPPROTO_UDP;
	put16(pseudo + 10, len);
	s = ~sum(sum(0, pseudo, 12), udp, len) & 0xffff;
	if (one_in(16))
		s = rnd(65536);
	if (!one_in(3))
		put16(udp + 6, s ? s : 0xffff);
}

static void whole_or_not(const uint8_t *data, size_t len, uint8_t proto)
{
	unsigned int id = rnd(65536);
	size_t cut, at;

	if (len < 24 || !one_in(8)) {
		frame(data, 0, len, 0, id, proto);
		return;
	}
	cut = 8 * (1 + rnd((len - 1) / 8));
	at = one_in(8) ? cut - 8 : cut;		/* some overlap */
	if (one_in(2))
		frame(data, 0, cut, 1, id, proto);
	if (!one_in(16))
		frame(data, at, len - at, 0, id, proto);
	if (one_in(2))
		frame(data, 0, cut, 1, id, proto);
}

/* Segments of one flow in a row, which GRO may merge. */
static void burst(void)
{
	uint8_t buf[MAX], *ip6 = buf + 8, *tcp = ip6 + 40;
	size_t len = 16 + rnd(1000);
	int n = 2 + rnd(20);

	while (n--) {
		if (!n && one_in(2))
			len = 1 + rnd(len);
		memset(ip6, 0, 60);
		ip6[0] = 0x60;
		ip6[6] = 6;
		ip6[7] = 64;
		memcpy(ip6 + 8, src6, 16);
		memcpy(ip6 + 24, dst6, 16);
		put16(ip6 + 4, 20 + len);
		put16(tcp, 4242);
		put16(tcp + 2, 4242);
		put32(tcp + 4, tcp_seq);
		tcp[12] = 0x50;
		tcp[13] = one_in(12) ? rnd(256) : 0x10;
		put16(tcp + 14, 512);
		memset(tcp + 20, n, len);
		upper_sum(ip6, tcp, 20 + len, 6);
		tcp_seq += len;
		if (one_in(20))
			ip6[rnd(60)] ^= 1 << rnd(8);
		datagram(buf, 48 + 20 + len);
		frame(buf, 0, 48 + 20 + len, 0, rnd(65536), IPPROTO_UDP);
	}
}

/* About a packet that the target might have sent. */
static void icmp_error(void)
{
	uint8_t buf[MAX], *ip = buf + 8, *udp = ip + 20;
	size_t len = 8 + 28 + rnd(60);

	noise(buf, len);
	buf[0] = one_in(2) ? 3 : rnd(16);
	buf[1] = one_in(2) ? 4 : rnd(16);
	put16(buf + 6, one_in(2) ? rnd(1600) : rnd(65536));
	ip[0] = 0x45;
	put16(ip + 2, one_in(8) ? rnd(65536) : 28 + 100);
	put16(ip + 6, 0x4000);
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, dst4, 4);
	memcpy(ip + 16, src4, 4);
	put16(udp, dport);
	put16(udp + 2, one_in(4) ? rnd(65536) : sport);
	put16(udp + 4, 108);
	/* Without UDP, what was in it begins earlier. */
	if (spi && one_in(2)) {
		ip[9] = one_in(2) ? 41 : 4;
		put16(ip + 2, 20 + 100);
		udp -= 8;
	}
	if (len >= 8 + 28 + 40 && !one_in(4)) {
		udp[8] = 0x60;
		some_address(udp + 16, dst6);
		some_address(udp + 32, src6);
	}
	if (one_in(8))
		len = rnd(len);
	put16(buf + 2, 0);
	put16(buf + 2, ~sum(0, buf, len));
	whole_or_not(buf, len, IPPROTO_ICMP);
}

static void on_wire(void)
{
	uint8_t buf[2 * MAX];
	size_t len;

	if (one_in(64)) {
		burst();
		return;
	}
	if (one_in(32)) {
		icmp_error();
		return;
	}
	len = mangle(buf + 8, any_inner(buf + 8));
	if (spi && one_in(3)) {
		whole_or_not(buf + 8, len, one_in(16) ? 4 + rnd(2) * 37 :
			     buf[8] >> 4 == 4 ? 4 : 41);
		return;
	}
	if (one_in(256))
		len = 0;
	datagram(buf, 8 + len);
	whole_or_not(buf, 8 + len, IPPROTO_UDP);
}

static void into_device(void)
{
	struct packet *p = fresh();

	p->len = any_inner(p->data);
	p->proto = one_in(32) || p->data[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP;
	p->len = mangle(p->data, p->len);
	if (p->len < 1000 && one_in(64)) {
		noise(p->data + p->len, 1000);
		p->len += rnd(1000);
	}
}

/* ---- arguments */

static void word(char *item)
{
	char *value = strchr(item, '=');
	int ok = 0;

	if (!value)
		die(item);
	*value++ = 0;
	if (!strcmp(item, "mac"))
		ok = sscanf(value, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac,
			    mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) == 6;
	else if (!strcmp(item, "src4"))
		ok = inet_pton(AF_INET, value, src4);
	else if (!strcmp(item, "dst4"))
		ok = inet_pton(AF_INET, value, dst4);
	else if (!strcmp(item, "src6"))
		ok = inet_pton(AF_INET6, value, src6);
	else if (!strcmp(item, "dst6"))
		ok = inet_pton(AF_INET6, value, dst6);
	else if (!strcmp(item, "prefix6"))
		ok = inet_pton(AF_INET6, value, prefix6);
	else if (!strcmp(item, "src44"))
		ok = inet_pton(AF_INET, value, src44);
	else if (!strcmp(item, "dst44"))
		ok = inet_pton(AF_INET, value, dst44);
	else if (!strcmp(item, "spi"))
		ok = !!(spi = strtoul(value, NULL, 0));
	else if (!strcmp(item, "sport"))
		ok = !!(sport = atoi(value));
	else if (!strcmp(item, "dport"))
		ok = !!(dport = atoi(value));
	if (!ok)
		die(item);
}

static void open_on(const char *ifname)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = wire ? 0 : htons(ETH_P_IPV6),
		.sll_ifindex = if_nametoindex(ifname),
	};

	ifindex = to.sll_ifindex;
	sock = socket(AF_PACKET, SOCK_RAW, 0);
	if (sock < 0 || !to.sll_ifindex ||
	    bind(sock, (void *)&to, sizeof(to)))
		die(ifname);
}

int main(int argc, char **argv)
{
	unsigned long count;
	int i;

	if (argc < 5) {
		fprintf(stderr, "usage: fuzz_packets wire|dev IFNAME COUNT SEED NAME=VALUE...\n");
		return 2;
	}
	wire = !strcmp(argv[1], "wire");
	count = strtoul(argv[3], NULL, 0);
	state = strtoull(argv[4], NULL, 0) * 0x9e3779b97f4a7c15ULL | 1;
	for (i = 5; i < argc; i++)
		word(argv[i]);
	open_on(argv[2]);
	while (sent + refused + queued < count) {
		if (wire)
			on_wire();
		else
			into_device();
	}
	flush();
	printf("%lu %lu\n", sent, refused);
	return 0;
}
