// SPDX-License-Identifier: GPL-2.0
/*
 * Signalling of DSMIPv6. It is distinguished from payload by its security association,
 * which is in transport mode between home address and home agent (D5), never by content
 * or timing. A destination option in front of ESP, which is never sent on the network,
 * carries the outer addresses and ports of a binding update to the protocol module, and
 * those of an acknowledgment from the protocol module (D6).
 */

#include <linux/skbuff.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "m6t.h"
#include "m6t_outer.h"
#include "dsmip/m6t_signal.h"
#include "outer/m6t_ext6.h"

/**
 * struct m6t_mark - destination options header with just %M6T_OPT_OUTER
 * @nexthdr: what follows
 * @hdrlen: units of 8 bytes after the first 8
 * @type: %M6T_OPT_OUTER
 * @len: bytes of @outer or @outer6
 * @outer: outer addresses and ports
 * @outer6: likewise, of IPv6
 */
struct m6t_mark {
	u8 nexthdr;
	u8 hdrlen;
	u8 type;
	u8 len;
	union {
		struct m6t_opt_outer outer;
		struct m6t_opt_outer6 outer6;
	};
} __packed;

#define M6T_MARK_LEN	offsetofend(struct m6t_mark, outer)
#define M6T_MARK6_LEN	offsetofend(struct m6t_mark, outer6)

static_assert(M6T_MARK_LEN == 16);
static_assert(M6T_MARK6_LEN == 40);

#ifdef CONFIG_XFRM
/* The SA may be of either direction; outbound ones are in the same table. Transport
 * mode does not compare addresses, so its source must be compared here (D9).
 */
static enum m6t_class m6t_signal_esp(struct m6t_dev *m6t,
				     const struct sk_buff *skb, __be32 spi)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	enum m6t_class class = M6T_CLASS_ESP;
	struct xfrm_state *x;

	x = xfrm_state_lookup(dev_net(m6t->dev), skb->mark,
			      (const xfrm_address_t *)&ip6h->daddr, spi,
			      IPPROTO_ESP, AF_INET6);
	if (!x)
		return class;
	if (x->props.mode == XFRM_MODE_TRANSPORT) {
		if (!ipv6_addr_equal((struct in6_addr *)&x->props.saddr,
				     &ip6h->saddr))
			class = M6T_CLASS_BAD_SA;
		else if (!x->sel.proto || x->sel.proto == IPPROTO_MH)
			class = M6T_CLASS_SIGNAL;
	}
	xfrm_state_put(x);
	return class;
}

/**
 * m6t_signal_sa() - find the source of a security association for payload (D3)
 * @m6t: device
 * @mark: mark of the packet
 * @daddr: destination of its packets
 * @spi: its SPI, network byte order
 * @saddr: set to its source, if there is one
 *
 * Context: softirq.
 * Return: true if there is one of IPv6 that is not in transport mode.
 */
bool m6t_signal_sa(struct m6t_dev *m6t, u32 mark, const struct in6_addr *daddr,
		   __be32 spi, struct in6_addr *saddr)
{
	struct xfrm_state *x;
	bool is_payload;

	x = xfrm_state_lookup(dev_net(m6t->dev), mark,
			      (const xfrm_address_t *)daddr, spi, IPPROTO_ESP,
			      AF_INET6);
	if (!x)
		return false;
	is_payload = x->props.mode != XFRM_MODE_TRANSPORT;
	*saddr = *(struct in6_addr *)&x->props.saddr;
	xfrm_state_put(x);
	return is_payload;
}

/* A mobility header that ESP has protected: XFRM has not compared its source, either
 * (D9).
 */
static enum m6t_class m6t_signal_verified(const struct m6t_dev *m6t,
					  const struct sk_buff *skb)
{
	const struct sec_path *sp = skb_sec_path(skb);
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct xfrm_state *x;

	if (!sp || sp->len != 1)
		return M6T_CLASS_UNPROTECTED;
	x = sp->xvec[0];
	if (x->id.proto != IPPROTO_ESP ||
	    x->props.mode != XFRM_MODE_TRANSPORT ||
	    !net_eq(xs_net(x), dev_net(m6t->dev)))
		return M6T_CLASS_UNPROTECTED;
	return ipv6_addr_equal((struct in6_addr *)&x->props.saddr,
			       &ip6h->saddr) ?
	       M6T_CLASS_SIGNAL : M6T_CLASS_BAD_SA;
}
#else
static enum m6t_class m6t_signal_verified(const struct m6t_dev *m6t,
					  const struct sk_buff *skb)
{
	return M6T_CLASS_UNPROTECTED;
}

static enum m6t_class m6t_signal_esp(struct m6t_dev *m6t,
				     const struct sk_buff *skb, __be32 spi)
{
	return M6T_CLASS_ESP;
}

bool m6t_signal_sa(struct m6t_dev *m6t, u32 mark, const struct in6_addr *daddr,
		   __be32 spi, struct in6_addr *saddr)
{
	return false;
}
#endif

/* ESP in the first of several fragments is never signalling, which fits into one packet;
 * after reassembly, it could no longer be marked.
 */
static enum m6t_class m6t_signal_fragment(struct m6t_dev *m6t,
					  const struct sk_buff *skb, int offset)
{
	enum m6t_class class;
	const __be32 *spi;
	__be32 buf;

	if (offset != sizeof(struct ipv6hdr) + sizeof(struct frag_hdr))
		return M6T_CLASS_BAD_HEADER;
	spi = skb_header_pointer(skb, skb_network_offset(skb) + offset,
				 sizeof(buf), &buf);
	if (!spi)
		return M6T_CLASS_BAD_HEADER;
	class = m6t_signal_esp(m6t, skb, *spi);
	return class == M6T_CLASS_SIGNAL ? M6T_CLASS_BAD_HEADER : class;
}

/* Only a fragment header may precede ESP, and nothing may precede a mobility header:
 * other headers could contain options that the protocol module trusts, or hide what
 * follows from policies (D9).
 */
static enum m6t_class m6t_signal_hidden(struct m6t_dev *m6t,
					const struct sk_buff *skb)
{
	u8 nexthdr = ipv6_hdr(skb)->nexthdr, first = nexthdr;
	__be16 frag = 0;
	int offset;

	offset = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &nexthdr, &frag);
	if (offset < 0)
		return nexthdr == NEXTHDR_NONE ? M6T_CLASS_PAYLOAD :
						 M6T_CLASS_BAD_HEADER;
	if (nexthdr == NEXTHDR_MOBILITY)
		return M6T_CLASS_UNPROTECTED;
	if (nexthdr == IPPROTO_COMP)
		return M6T_CLASS_BAD_HEADER;
	if (nexthdr != NEXTHDR_ESP)
		return M6T_CLASS_PAYLOAD;
	return first == NEXTHDR_FRAGMENT ?
	       m6t_signal_fragment(m6t, skb, offset) : M6T_CLASS_BAD_HEADER;
}

/**
 * m6t_signal_refusal() - get the reason to drop a packet that was received (D9)
 * @class: &enum m6t_class of the packet
 *
 * Return: the reason, or 0.
 */
enum m6t_stat m6t_signal_refusal(enum m6t_class class)
{
	switch (class) {
	case M6T_CLASS_UNPROTECTED:
		return M6T_STAT_RX_UNPROTECTED;
	case M6T_CLASS_BAD_SA:
		return M6T_STAT_RX_BAD_SA;
	case M6T_CLASS_BAD_HEADER:
		return M6T_STAT_RX_BAD_HEADER;
	default:
		return M6T_STAT_UNSPEC;
	}
}

/**
 * m6t_signal_class() - distinguish signalling from payload
 * @m6t: device
 * @cfg: settings
 * @skb: inner IPv6 packet between home address and home agent, its header is the
 *	network header
 *
 * Context: softirq, under RCU.
 * Return: &enum m6t_class
 */
enum m6t_class m6t_signal_class(struct m6t_dev *m6t,
				const struct m6t_config *cfg,
				const struct sk_buff *skb)
{
	enum m6t_class class = M6T_CLASS_PAYLOAD;
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;

	if (nexthdr == NEXTHDR_ESP)
		return m6t_signal_esp(m6t, skb, m6t_signal_spi(skb));
	if (nexthdr == NEXTHDR_MOBILITY)
		class = m6t_signal_verified(m6t, skb);
	else if (ipv6_ext_hdr(nexthdr))
		class = m6t_signal_hidden(m6t, skb);
	else if (nexthdr == IPPROTO_COMP)
		/* It could hold anything; legitimate IPComp is inside ESP. */
		class = M6T_CLASS_BAD_HEADER;
	if (class == M6T_CLASS_UNPROTECTED && !cfg->ipsec)
		return nexthdr == NEXTHDR_MOBILITY ? M6T_CLASS_SIGNAL :
						     M6T_CLASS_BAD_HEADER;
	return class;
}

/* Find a mobility header behind any headers. RFC 8200 forbids first fragments that lack
 * some, but the stack puts them together.
 */
static enum m6t_class m6t_signal_find(const struct sk_buff *skb)
{
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	__be16 frag = 0;
	int offset;

	offset = ipv6_skip_exthdr(skb, skb_network_offset(skb) +
				  sizeof(struct ipv6hdr), &nexthdr, &frag);
	if (offset < 0 && nexthdr != NEXTHDR_NONE)
		return M6T_CLASS_BAD_HEADER;
	return nexthdr == NEXTHDR_MOBILITY ? M6T_CLASS_SIGNAL :
					     M6T_CLASS_PAYLOAD;
}

/**
 * m6t_signal_vet() - check what IPsec of this host has let pass (D9)
 * @m6t: device
 * @cfg: settings
 * @skb: IPv6 packet for this host, between home address and home agent, its header is the
 *	network header; received by the device or by any other
 *
 * Policies may be missing, and XFRM compares no addresses in transport mode.
 *
 * Context: under RCU.
 * Return: 0 if a mobility header in it is protected, or need not be; the reason to drop
 * it; or %M6T_STAT_RX_NOT_GATEWAY if there is none.
 */
enum m6t_stat m6t_signal_vet(struct m6t_dev *m6t, const struct m6t_config *cfg,
			     const struct sk_buff *skb)
{
	enum m6t_class class = m6t_signal_find(skb);

	if (class == M6T_CLASS_PAYLOAD)
		return M6T_STAT_RX_NOT_GATEWAY;
	if (!cfg->ipsec)
		return M6T_STAT_UNSPEC;
	if (class == M6T_CLASS_SIGNAL)
		class = m6t_signal_verified(m6t, skb);
	return m6t_signal_refusal(class);
}

/**
 * m6t_signal_spi() - get the SPI of signalling
 * @skb: inner IPv6 packet, its header is the network header
 *
 * Return: network byte order; 0 if it is not ESP.
 */
__be32 m6t_signal_spi(const struct sk_buff *skb)
{
	const __be32 *spi;
	__be32 buf;

	if (ipv6_hdr(skb)->nexthdr != NEXTHDR_ESP)
		return 0;
	spi = skb_header_pointer(skb, skb_network_offset(skb) +
				      sizeof(struct ipv6hdr), sizeof(buf), &buf);
	return spi ? *spi : 0;
}

static void m6t_mark_write(struct m6t_mark *mark, unsigned int len,
			   const struct m6t_outer *from)
{
	mark->hdrlen = len / 8 - 1;
	mark->type = M6T_OPT_OUTER;
	mark->len = len - offsetof(struct m6t_mark, outer);
	if (from->encap == M6T_ENCAP_IP6) {
		mark->outer6.remote = from->v6.remote;
		mark->outer6.local = from->v6.local;
		mark->outer6.link = 0;
		return;
	}
	mark->outer.remote = from->v4.remote;
	mark->outer.port = from->v4.port;
	mark->outer.local = from->v4.local;
	mark->outer.local_port = from->v4.local_port;
}

/**
 * m6t_signal_mark() - add the origin of signalling, for the protocol module (D6)
 * @skb: inner IPv6 packet, its header at skb->data, without extension headers
 * @from: the outer headers it was received with
 *
 * Context: softirq.
 * Return: 0, or the reason to drop it.
 */
enum m6t_stat m6t_signal_mark(struct sk_buff *skb, const struct m6t_outer *from)
{
	unsigned int len = from->encap == M6T_ENCAP_IP6 ? M6T_MARK6_LEN :
							  M6T_MARK_LEN;
	struct m6t_mark *mark;

	if (ntohs(ipv6_hdr(skb)->payload_len) + len > IPV6_MAXPLEN)
		return M6T_STAT_RX_BAD_LENGTH;
	mark = m6t_ext6_push(skb, NEXTHDR_DEST, len);
	if (!mark)
		return M6T_STAT_RX_SHORT;
	skb->ip_summed = CHECKSUM_NONE;
	m6t_mark_write(mark, len, from);
	return M6T_STAT_UNSPEC;
}

static bool m6t_mark_is_well_formed(const struct m6t_mark *mark)
{
	unsigned int len = mark->len + offsetof(struct m6t_mark, outer);

	return mark->type == M6T_OPT_OUTER && (mark->hdrlen + 1) * 8 == len &&
	       (len == M6T_MARK_LEN || len == M6T_MARK6_LEN);
}

static void m6t_mark_read(const struct m6t_mark *mark, struct m6t_outer *to)
{
	if (mark->len == sizeof(mark->outer6)) {
		to->encap = M6T_ENCAP_IP6;
		to->v6.remote = mark->outer6.remote;
		to->v6.local = mark->outer6.local;
		to->link = ntohl(mark->outer6.link);
		return;
	}
	to->encap = M6T_ENCAP_UDP4;
	to->v4.remote = mark->outer.remote;
	to->v4.port = mark->outer.port;
	to->v4.local = mark->outer.local;
	to->v4.local_port = mark->outer.local_port;
}

/**
 * m6t_signal_is_marked() - check if a packet contains where to send it (D6)
 * @skb: inner IPv6 packet, its header is the network header
 * @to: set to the outer addresses and ports, if so
 *
 * Context: softirq.
 * Return: true if so.
 */
bool m6t_signal_is_marked(const struct sk_buff *skb, struct m6t_outer *to)
{
	int offset = skb_network_offset(skb) + sizeof(struct ipv6hdr);
	const struct m6t_mark *mark;
	struct m6t_mark buf;

	if (ipv6_hdr(skb)->nexthdr != NEXTHDR_DEST)
		return false;
	mark = skb_header_pointer(skb, offset, M6T_MARK_LEN, &buf);
	if (!mark || !m6t_mark_is_well_formed(mark))
		return false;
	mark = skb_header_pointer(skb, offset, (mark->hdrlen + 1) * 8, &buf);
	if (!mark)
		return false;
	m6t_mark_read(mark, to);
	return true;
}

/**
 * m6t_signal_unmark() - remove the destination option from a marked packet
 * @skb: inner IPv6 packet, its header at skb->data, for which
 *	m6t_signal_is_marked() is true
 * @to: what that has set
 *
 * Context: softirq.
 * Return: 0, or the reason to drop it.
 */
enum m6t_stat m6t_signal_unmark(struct sk_buff *skb, const struct m6t_outer *to)
{
	unsigned int len = to->encap == M6T_ENCAP_IP6 ? M6T_MARK6_LEN :
							M6T_MARK_LEN;

	return m6t_ext6_pull(skb, len) ? M6T_STAT_TX_NO_ROUTE :
					 M6T_STAT_UNSPEC;
}
