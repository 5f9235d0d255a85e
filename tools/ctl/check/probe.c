// SPDX-License-Identifier: GPL-2.0
/*
 * A mobile node in user space: it needs neither module nor privilege. It sends
 * the same datagrams as any mobile node.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "ctl/check/answer.h"
#include "ctl/check/probe.h"
#include "ctl/check/target.h"
#include "ctl/node.h"
#include "lib/proto.h"

#define PROBE_HOPS	64

/*
 * An address outside all prefixes of the gateway: of the documentation prefix,
 * or of that for benchmarks if the former is in use. The gateway forwards no
 * packet to it.
 */
static const struct in6_addr probe_nobody = {
	.s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }
};

static const struct in6_addr probe_nobody_else = {
	.s6_addr = { 0x20, 0x01, 0x00, 0x02, [15] = 1 }
};

static int probe_set(const struct probe *probe, int level, int option,
		     int value)
{
	return setsockopt(probe->fd, level, option, &value, sizeof(value)) ?
	       -errno : 0;
}

/* The same route as the packets of the device. */
static int probe_follow(const struct probe *probe, const struct node *node)
{
	struct sockaddr_in local = {
		.sin_family = AF_INET, .sin_addr = node->local,
	};
	char name[IFNAMSIZ] = "";
	int err;

	if (node->link && !if_indextoname(node->link, name))
		return -ENODEV;
	if (node->link && setsockopt(probe->fd, SOL_SOCKET, SO_BINDTODEVICE,
				     name, strlen(name) + 1))
		return -errno;
	if (node->fwmark) {
		err = probe_set(probe, SOL_SOCKET, SO_MARK, node->fwmark);
		if (err)
			return err;
	}
	if (node->local.s_addr &&
	    bind(probe->fd, (struct sockaddr *)&local, sizeof(local)))
		return -errno;

	return 0;
}

static int probe_connect(const struct probe *probe,
			 const struct target *target, uint16_t port)
{
	struct sockaddr_in gateway = {
		.sin_family = AF_INET,
		.sin_addr = target->node.gateway,
		.sin_port = htons(port),
	};
	int err;

	err = probe_follow(probe, &target->node);
	if (err)
		return err;
	err = probe_set(probe, IPPROTO_IP, IP_RECVERR, 1);
	if (err)
		return err;
	/* A path that needs fragments must not cause an error. */
	err = probe_set(probe, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	if (err)
		return err;

	return connect(probe->fd, (struct sockaddr *)&gateway,
		       sizeof(gateway)) ? -errno : 0;
}

/* A new address, id and content. */
static bool probe_dice(struct probe *probe, const struct target *target)
{
	const struct m6t_prefix6 *prefix = &target->node.prefix;
	struct in6_addr src;

	if (getrandom(&src, sizeof(src), 0) != sizeof(src) ||
	    getrandom(&probe->id, sizeof(probe->id), 0) != sizeof(probe->id) ||
	    getrandom(probe->nonce, PROBE_NONCE, 0) != PROBE_NONCE)
		return false;

	/* Without a prefix, use any address: it will not be answered. */
	src.s6_addr[0] = 0xfd;
	memcpy(&src, &prefix->addr, prefix->len / 8);
	probe->src = src;
	return true;
}

/**
 * probe_open - open a new socket and choose a new address
 * @probe: to be filled
 * @target: the gateway
 * @port: its UDP port
 *
 * Return: 0 or a negative errno.
 */
int probe_open(struct probe *probe, const struct target *target,
	       uint16_t port)
{
	bool clash = !memcmp(&target->node.prefix.addr, &probe_nobody, 4);
	int err;

	memset(probe, 0, sizeof(*probe));
	if (!probe_dice(probe, target))
		return -EIO;
	probe->dst = clash ? probe_nobody_else : probe_nobody;
	probe->hops = 1;
	probe->spread = true;
	if (target->has_to) {
		probe->dst = target->to;
		probe->hops = PROBE_HOPS;
		probe->spread = false;
	}

	probe->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			   0);
	if (probe->fd < 0)
		return -errno;
	err = probe_connect(probe, target, port);
	if (err)
		probe_close(probe);
	return err;
}

/**
 * probe_close - close its socket
 * @probe: the probe
 */
void probe_close(struct probe *probe)
{
	close(probe->fd);
	probe->fd = -1;
}

static int probe_send(const struct probe *probe, const void *packet,
		      size_t len)
{
	socklen_t size = sizeof(int);
	int pending;

	/* A pending ICMP error does not concern this datagram. */
	getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &pending, &size);
	return send(probe->fd, packet, len, 0) < 0 ? -errno : 0;
}

static void probe_header(const struct probe *probe, struct ip6_hdr *ip6,
			 size_t payload)
{
	ip6->ip6_flow = htonl(6u << 28);
	ip6->ip6_plen = htons(payload);
	ip6->ip6_src = probe->src;
}

/**
 * probe_echo - send an echo request
 * @probe: the probe
 * @seq: its number
 * @size: bytes of IPv6, %PROBE_MIN to %PROBE_MAX
 *
 * Return: 0 or a negative errno.
 */
int probe_echo(struct probe *probe, uint16_t seq, size_t size)
{
	struct {
		struct ip6_hdr ip6;
		struct icmp6_hdr icmp6;
		uint8_t data[PROBE_MAX - 48];
	} packet;

	memset(&packet, 0, sizeof(packet));
	probe_header(probe, &packet.ip6, size - sizeof(packet.ip6));
	if (probe->spread)
		packet.ip6.ip6_src.s6_addr[15] ^= seq;
	packet.ip6.ip6_dst = probe->dst;
	packet.ip6.ip6_nxt = IPPROTO_ICMPV6;
	packet.ip6.ip6_hlim = probe->hops;
	packet.icmp6.icmp6_type = ICMP6_ECHO_REQUEST;
	packet.icmp6.icmp6_id = htons(probe->id);
	packet.icmp6.icmp6_seq = htons(seq);
	memcpy(packet.data, probe->nonce, PROBE_NONCE);
	packet.icmp6.icmp6_cksum = answer_checksum((uint8_t *)&packet, size);
	return probe_send(probe, &packet, size);
}

/**
 * probe_keepalive - send a keepalive
 * @probe: the probe
 *
 * Return: 0 or a negative errno.
 */
int probe_keepalive(struct probe *probe)
{
	static const struct in6_addr to = M6T_KEEPALIVE_ADDR;
	struct ip6_hdr ip6;

	memset(&ip6, 0, sizeof(ip6));
	probe_header(probe, &ip6, 0);
	ip6.ip6_dst = to;
	ip6.ip6_nxt = IPPROTO_NONE;
	ip6.ip6_hlim = PROBE_HOPS;
	return probe_send(probe, &ip6, sizeof(ip6));
}
