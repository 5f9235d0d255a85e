// SPDX-License-Identifier: GPL-2.0
/*
 * Which address and port worked in which network: one line per network in
 * /var/lib/m6t/NAME, the most recent first. A line begins with the key of the
 * network: next hop and its link-layer address, or link and subnet.
 *
 *	10.0.0.1 52:54:00:12:34:56 192.0.2.1 4500
 *	wwan0 10.64.0.0/16 192.0.2.1 3544
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/stat.h>

#include "ctl/follow/follow.h"

#define NETWORK_DIR	"/var/lib/m6t"
#define NETWORK_LINES	64
#define NETWORK_LINE	(NETWORK_KEY + TEXT_ENDPOINT_MAX + 2)

/* States of a neighbour in which its address is, or was, correct. */
#define NETWORK_KNOWN	(NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | \
			 NUD_PERMANENT)

/* A link-layer address as text; longer ones, such as InfiniBand's, are
 * truncated.
 */
struct network_lladdr {
	char text[3 * 8];
};

static void network_keep_neighbour(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[NDA_MAX + 1];
	struct network_lladdr *lladdr = arg;
	const uint8_t *bytes;
	size_t len, i;

	nl_attrs(nlh, sizeof(*ndm), tb, NDA_MAX);
	if (!(ndm->ndm_state & NETWORK_KNOWN) || !tb[NDA_LLADDR])
		return;

	bytes = mnl_attr_get_payload(tb[NDA_LLADDR]);
	len = mnl_attr_get_payload_len(tb[NDA_LLADDR]);
	for (i = 0; i < len && 3 * i + 3 <= sizeof(lladdr->text); i++)
		snprintf(lladdr->text + 3 * i, 4, "%02x:", bytes[i]);
	if (i)
		lladdr->text[3 * i - 1] = '\0';
}

static struct nlmsghdr *network_request(struct rtnl *rtnl, uint16_t type,
					uint16_t flags,
					const struct path *path, uint8_t use)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, type, flags);
	struct ndmsg *ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));

	ndm->ndm_family = AF_INET;
	ndm->ndm_ifindex = path->link;
	ndm->ndm_flags = use;
	mnl_attr_put(nlh, NDA_DST, sizeof(struct in_addr), path->via);
	return nlh;
}

/**
 * network_ask - let the kernel resolve the next hop
 * @rtnl: the connection
 * @path: the path, which has a next hop
 */
void network_ask(struct rtnl *rtnl, const struct path *path)
{
	network_request(rtnl, RTM_NEWNEIGH, NLM_F_CREATE, path, NTF_USE);
	rtnl_talk(rtnl, NULL, NULL);
}

struct network_subnet {
	const struct path *path;
	uint8_t len;
};

static void network_keep_subnet(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	struct network_subnet *subnet = arg;

	nl_attrs(nlh, sizeof(*ifa), tb, IFA_MAX);
	if (ifa->ifa_index == subnet->path->link &&
	    nl_u32(tb[IFA_LOCAL]) == subnet->path->local.s_addr)
		subnet->len = ifa->ifa_prefixlen;
}

static void network_key_subnet(struct rtnl *rtnl, const struct path *path,
			       char *key)
{
	struct network_subnet subnet = { .path = path, .len = 32 };
	struct m6t_prefix4 prefix = { .len = 0 };
	char text[TEXT_PREFIX_MAX];
	struct ifaddrmsg *ifa;
	struct nlmsghdr *nlh;

	nlh = rtnl_request(rtnl, RTM_GETADDR, NLM_F_DUMP);
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = AF_INET;
	ifa->ifa_index = path->link;
	rtnl_dump(rtnl, network_keep_subnet, NULL, &subnet);

	prefix.len = subnet.len;
	prefix.addr = subnet.len ? path->local.s_addr &
				   htonl(~0u << (32 - subnet.len)) : 0;
	snprintf(key, NETWORK_KEY, "%s %s", path->name,
		 text_from_prefix4(&prefix, text, sizeof(text)));
}

/**
 * network_key - get the key of the network that a path begins in
 * @rtnl: the connection
 * @path: the path
 * @key: room for %NETWORK_KEY bytes: two words
 *
 * Return: 0, or -EAGAIN if the next hop is not resolved yet; then @key is the
 * second best.
 */
int network_key(struct rtnl *rtnl, const struct path *path, char *key)
{
	struct network_lladdr lladdr = { .text = "" };
	char via[INET_ADDRSTRLEN];

	if (path->family == AF_INET) {
		network_request(rtnl, RTM_GETNEIGH, 0, path, 0);
		rtnl_talk(rtnl, network_keep_neighbour, &lladdr);
	}
	if (lladdr.text[0]) {
		inet_ntop(AF_INET, path->via, via, sizeof(via));
		snprintf(key, NETWORK_KEY, "%s %s", via, lladdr.text);
		return 0;
	}

	network_key_subnet(rtnl, path, key);
	return path->family == AF_INET ? -EAGAIN : 0;
}

/* Parse a line: the key, and what has worked. Return: false if it
 * is invalid.
 */
static bool network_parse(const char *line, char *key,
			  struct endpoint *endpoint)
{
	char first[32], second[32], addr[INET_ADDRSTRLEN];
	unsigned int port;

	if (sscanf(line, "%31s %31s %15s %5u", first, second, addr,
		   &port) != 4 ||
	    inet_pton(AF_INET, addr, &endpoint->addr) != 1 || !port ||
	    port > UINT16_MAX)
		return false;

	snprintf(key, NETWORK_KEY, "%.31s %.31s", first, second);
	endpoint->port = port;
	return true;
}

static FILE *network_open(const char *name, const char *suffix,
			  const char *mode, char *path, size_t size)
{
	snprintf(path, size, NETWORK_DIR "/%s%s", name, suffix);
	return fopen(path, mode);
}

/**
 * network_recall - look up what has worked in a network
 * @name: name of the device
 * @key: the network
 * @endpoint: to be filled
 *
 * Return: true if something has.
 */
bool network_recall(const char *name, const char *key,
		    struct endpoint *endpoint)
{
	char line[NETWORK_LINE], path[64], known[NETWORK_KEY];
	bool found = false;
	FILE *file;

	file = network_open(name, "", "re", path, sizeof(path));
	if (!file)
		return false;

	while (!found && fgets(line, sizeof(line), file))
		found = network_parse(line, known, endpoint) &&
			!strcmp(known, key);
	fclose(file);
	return found;
}

/* Copy the lines of other networks, as far as there is room. */
static void network_copy(const char *name, const char *key, FILE *to)
{
	char line[NETWORK_LINE], path[64], known[NETWORK_KEY];
	char addr[INET_ADDRSTRLEN];
	struct endpoint endpoint;
	unsigned int lines = 1;
	FILE *file;

	file = network_open(name, "", "re", path, sizeof(path));
	if (!file)
		return;

	while (lines < NETWORK_LINES && fgets(line, sizeof(line), file)) {
		if (!network_parse(line, known, &endpoint) ||
		    !strcmp(known, key))
			continue;
		inet_ntop(AF_INET, &endpoint.addr, addr, sizeof(addr));
		fprintf(to, "%s %s %u\n", known, addr, endpoint.port);
		lines++;
	}
	fclose(file);
}

/* Check if this is the most recent line already. */
static bool network_is_first(const char *name, const char *key,
			     const struct endpoint *endpoint)
{
	char line[NETWORK_LINE], path[64], known[NETWORK_KEY];
	struct endpoint first;
	bool same;
	FILE *file;

	file = network_open(name, "", "re", path, sizeof(path));
	if (!file)
		return false;

	same = fgets(line, sizeof(line), file) &&
	       network_parse(line, known, &first) && !strcmp(known, key) &&
	       first.addr.s_addr == endpoint->addr.s_addr &&
	       first.port == endpoint->port;
	fclose(file);
	return same;
}

/**
 * network_remember - save what works in a network
 * @name: name of the device
 * @key: the network
 * @endpoint: what works
 *
 * Failures are ignored, as nothing depends on it.
 */
void network_remember(const char *name, const char *key,
		      const struct endpoint *endpoint)
{
	char path[64], new[64], addr[INET_ADDRSTRLEN];
	bool failed;
	FILE *file;

	if (network_is_first(name, key, endpoint))
		return;

	mkdir(NETWORK_DIR, 0755);
	snprintf(path, sizeof(path), NETWORK_DIR "/%s", name);
	file = network_open(name, ":new", "we", new, sizeof(new));
	if (!file)
		return;

	inet_ntop(AF_INET, &endpoint->addr, addr, sizeof(addr));
	fprintf(file, "%s %s %u\n", key, addr, endpoint->port);
	network_copy(name, key, file);
	failed = fflush(file) || fsync(fileno(file));
	if (fclose(file) || failed || rename(new, path))
		unlink(new);
}
