// SPDX-License-Identifier: GPL-2.0
/*
 * Add the security associations and policies for manual keys. Existing ones stay as
 * they are: a security association that was added again would start its sequence
 * numbers again, and recorded packets could be replayed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/xfrm.h>
#include <libmnl/libmnl.h>

#include "ctl/conf/conf.h"
#include "ctl/conf/conf_keys.h"
#include "lib/netlink/nl.h"
#include "lib/say.h"
#include "mipd/keys/keys.h"

/**
 * struct keys_adding - what is needed to add them
 * @nl: the connection
 * @agent: this is the home agent, not the mobile node
 * @ha: the home agent
 */
struct keys_adding {
	struct nl *nl;
	bool agent;
	struct in6_addr ha;
};

/**
 * struct keys_way - one direction
 * @src: source address
 * @dst: destination address
 * @spi: of its security association
 */
struct keys_way {
	struct in6_addr src;
	struct in6_addr dst;
	uint32_t spi;
};

static void keys_put_address(xfrm_address_t *to, const struct in6_addr *addr)
{
	memcpy(to, addr, sizeof(*addr));
}

static void keys_select(struct xfrm_selector *sel, const struct keys_way *way)
{
	sel->family = AF_INET6;
	sel->proto = IPPROTO_MH;
	if (!way)
		return;
	keys_put_address(&sel->saddr, &way->src);
	keys_put_address(&sel->daddr, &way->dst);
	sel->prefixlen_s = 128;
	sel->prefixlen_d = 128;
}

static void keys_unlimited(struct xfrm_lifetime_cfg *limits)
{
	limits->soft_byte_limit = XFRM_INF;
	limits->hard_byte_limit = XFRM_INF;
	limits->soft_packet_limit = XFRM_INF;
	limits->hard_packet_limit = XFRM_INF;
}

static struct nlmsghdr *keys_request(union nl_request *request, uint16_t type)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);

	nlh->nlmsg_type = type;
	return nlh;
}

static int keys_talk(const struct keys_adding *adding, struct nlmsghdr *nlh,
		     const char *what)
{
	int err = nl_talk(adding->nl, nlh, NULL, NULL);

	return !err || err == -EEXIST ? STATUS_DONE :
					nl_fail(adding->nl, err, what);
}

/* Convert hexadecimal digits, which were checked. Return: the number of bytes. */
static unsigned int keys_bytes(const char *hex, char *bytes)
{
	unsigned int i, digits = strlen(hex) - 2;
	char byte[3] = "";

	for (i = 0; i < digits; i += 2) {
		memcpy(byte, hex + 2 + i, 2);
		bytes[i / 2] = strtoul(byte, NULL, 16);
	}

	return digits / 2;
}

static void keys_put(struct nlmsghdr *nlh, const struct conf_keys *keys)
{
	union {
		struct xfrm_algo enc;
		struct xfrm_algo_auth auth;
		char room[sizeof(struct xfrm_algo_auth) + 32];
	} algo;
	unsigned int len;

	memset(&algo, 0, sizeof(algo));
	strcpy(algo.auth.alg_name, "hmac(sha256)");
	len = keys_bytes(keys->auth, algo.auth.alg_key);
	algo.auth.alg_key_len = 8 * len;
	algo.auth.alg_trunc_len = CONF_KEYS_TRUNC;
	mnl_attr_put(nlh, XFRMA_ALG_AUTH_TRUNC, sizeof(algo.auth) + len, &algo);

	memset(&algo, 0, sizeof(algo));
	strcpy(algo.enc.alg_name, "cbc(aes)");
	len = keys_bytes(keys->enc, algo.enc.alg_key);
	algo.enc.alg_key_len = 8 * len;
	mnl_attr_put(nlh, XFRMA_ALG_CRYPT, sizeof(algo.enc) + len, &algo);
	explicit_bzero(&algo, sizeof(algo));
}

static int keys_state(const struct keys_adding *adding,
		      const struct conf_keys *keys, const struct keys_way *way)
{
	struct xfrm_usersa_info *info;
	union nl_request request;
	struct nlmsghdr *nlh;
	int status;

	nlh = keys_request(&request, XFRM_MSG_NEWSA);
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	keys_select(&info->sel, way);
	keys_put_address(&info->saddr, &way->src);
	keys_put_address(&info->id.daddr, &way->dst);
	info->id.spi = htonl(way->spi);
	info->id.proto = IPPROTO_ESP;
	info->family = AF_INET6;
	info->mode = XFRM_MODE_TRANSPORT;
	info->reqid = keys->spi;
	keys_unlimited(&info->lft);
	keys_put(nlh, keys);
	status = keys_talk(adding, nlh, "cannot add a security association");
	explicit_bzero(&request, sizeof(request));
	return status;
}

/* @way: NULL: block what no other policy matches. */
static int keys_policy(const struct keys_adding *adding,
		       const struct keys_way *way, uint32_t reqid, bool in)
{
	struct xfrm_userpolicy_info *info;
	struct xfrm_user_tmpl tmpl = { .family = AF_INET6 };
	union nl_request request;
	struct nlmsghdr *nlh;

	nlh = keys_request(&request, XFRM_MSG_NEWPOLICY);
	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	keys_select(&info->sel, way);
	keys_unlimited(&info->lft);
	info->dir = in ? XFRM_POLICY_IN : XFRM_POLICY_OUT;
	info->priority = way ? CONF_KEYS_PRIORITY : CONF_KEYS_BLOCK;
	info->action = way ? XFRM_POLICY_ALLOW : XFRM_POLICY_BLOCK;
	if (way) {
		keys_put_address(&tmpl.saddr, &way->src);
		keys_put_address(&tmpl.id.daddr, &way->dst);
		tmpl.id.proto = IPPROTO_ESP;
		tmpl.mode = XFRM_MODE_TRANSPORT;
		tmpl.reqid = reqid;
		tmpl.aalgos = UINT32_MAX;
		tmpl.ealgos = UINT32_MAX;
		tmpl.calgos = UINT32_MAX;
		mnl_attr_put(nlh, XFRMA_TMPL, sizeof(tmpl), &tmpl);
	}
	return keys_talk(adding, nlh, "cannot add an IPsec policy");
}

static int keys_node(const struct conf_keys *keys, void *arg)
{
	const struct keys_adding *adding = arg;
	const struct keys_way up = { keys->hoa, adding->ha, keys->spi };
	const struct keys_way down = { adding->ha, keys->hoa, keys->spi + 1 };

	return keys_state(adding, keys, &up) ?:
	       keys_state(adding, keys, &down) ?:
	       keys_policy(adding, &up, keys->spi, adding->agent) ?:
	       keys_policy(adding, &down, keys->spi, !adding->agent);
}

/**
 * keys_add - add what is missing to protect the signalling of a device
 * @conf: the file of the device, which names the file of keys
 * @ha: the home agent
 *
 * Return: an enum status; an error was printed.
 */
int keys_add(const struct conf *conf, const struct in6_addr *ha)
{
	static struct nl nl;
	struct keys_adding adding = {
		.nl = &nl, .agent = conf->mode == M6T_MODE_DSMIP_HA, .ha = *ha,
	};
	int status = nl_open(&nl, NETLINK_XFRM);

	if (status)
		return status;
	status = keys_policy(&adding, NULL, 0, true) ?:
		 conf_keys_read(conf, conf->keys, keys_node, &adding);
	nl_close(&nl);
	return status;
}
