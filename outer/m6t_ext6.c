// SPDX-License-Identifier: GPL-2.0
/* Insert and remove the first extension header of an IPv6 packet. */

#include <linux/ipv6.h>
#include <net/ipv6.h>

#include "outer/m6t_ext6.h"

/**
 * m6t_ext6_push() - insert an extension header after the IPv6 header
 * @skb: IPv6 packet, its header at skb->data
 * @nexthdr: number of the extension header
 * @len: its length, bytes
 *
 * Context: softirq.
 * Return: the extension header, in which all but the next header is uninitialized; NULL
 * if there is no room for it.
 */
void *m6t_ext6_push(struct sk_buff *skb, u8 nexthdr, unsigned int len)
{
	unsigned int payload = ntohs(ipv6_hdr(skb)->payload_len);
	struct ipv6hdr *ip6h;

	if (payload + len > IPV6_MAXPLEN || skb_cow_head(skb, len))
		return NULL;
	ip6h = skb_push(skb, len);
	memmove(ip6h, (void *)ip6h + len, sizeof(*ip6h));
	skb_reset_network_header(skb);
	skb_reset_mac_header(skb);
	*(u8 *)(ip6h + 1) = ip6h->nexthdr;
	ip6h->nexthdr = nexthdr;
	ip6h->payload_len = htons(payload + len);
	return ip6h + 1;
}

/**
 * m6t_ext6_pull() - remove the first extension header
 * @skb: IPv6 packet, its header at skb->data, with an extension header
 * @len: length of that, bytes
 *
 * Context: softirq.
 * Return: 0 or an error.
 */
int m6t_ext6_pull(struct sk_buff *skb, unsigned int len)
{
	struct ipv6hdr *ip6h;

	if (!pskb_may_pull(skb, sizeof(*ip6h) + len) || skb_cow_head(skb, 0))
		return -EINVAL;
	ip6h = ipv6_hdr(skb);
	ip6h->nexthdr = *(u8 *)(ip6h + 1);
	ip6h->payload_len = htons(ntohs(ip6h->payload_len) - len);
	memmove((void *)ip6h + len, ip6h, sizeof(*ip6h));
	skb_pull(skb, len);
	skb_reset_network_header(skb);
	return 0;
}
