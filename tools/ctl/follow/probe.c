// SPDX-License-Identifier: GPL-2.0
/*
 * A ping through the device, which creates the binding; the answer activates
 * it. The answer itself is ignored: the kernel reports that the gateway was
 * heard.
 */
#include <string.h>
#include <unistd.h>
#include <netinet/icmp6.h>
#include <sys/socket.h>

#include "ctl/follow/follow.h"

static int probe_open(void)
{
	struct icmp6_filter none;
	int fd;

	fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    IPPROTO_ICMPV6);
	if (fd < 0)
		return socket(AF_INET6,
			      SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			      IPPROTO_ICMPV6);

	ICMP6_FILTER_SETBLOCKALL(&none);
	setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &none, sizeof(none));
	return fd;
}

/**
 * follow_probe - send a probe
 * @dev: a device that is attached and has a file
 *
 * A failure is treated like a lost packet.
 */
void follow_probe(const struct follow_dev *dev)
{
	struct icmp6_hdr echo = { .icmp6_type = ICMP6_ECHO_REQUEST };
	struct sockaddr_in6 from = {
		.sin6_family = AF_INET6, .sin6_addr = dev->facts.addr,
	};
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_addr = dev->facts.conf->probe,
	};
	int fd = probe_open();

	if (fd < 0)
		return;

	echo.icmp6_id = htons(getpid() & 0xffff);
	echo.icmp6_seq = htons(dev->facts.gateways.probes);
	/* Never through another device, where it would look like a packet of
	 * its own.
	 */
	if (!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, dev->dev.name,
			strlen(dev->dev.name)) &&
	    !bind(fd, (struct sockaddr *)&from, sizeof(from)))
		sendto(fd, &echo, sizeof(echo), 0, (struct sockaddr *)&to,
		       sizeof(to));
	close(fd);
}
