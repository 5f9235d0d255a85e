/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options of a file for the protocol module of DSMIPv6.
 */
#ifndef M6T_CONF_DSMIP_H
#define M6T_CONF_DSMIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <net/if.h>
#include <netinet/in.h>
#include <linux/m6t.h>

#define CONF_LINKS	16

/* s, lifetime of bindings: the minimum is one unit of the protocol, the maximum
 * is what its field can hold.
 */
#define CONF_LIFETIME		600
#define CONF_LIFETIME_MIN	4
#define CONF_LIFETIME_MAX	262140

/* Shortest prefix of a pool. */
#define CONF_POOL_LEN	8

struct conf;
struct conf_reader;

/**
 * struct conf_node - a mobile node of a home agent
 * @hoa: home address
 * @hoa4: IPv4 home address; 0.0.0.0: none, or from the pool
 * @pool: it gets an IPv4 home address from the pool
 * @lifetime: maximum, in seconds; 0: that of all
 */
struct conf_node {
	struct in6_addr hoa;
	struct in_addr hoa4;
	bool pool;
	uint32_t lifetime;
};

/**
 * struct conf_link - a link that a mobile node may use
 * @name: its name
 * @metric: lower values are preferred
 */
struct conf_link {
	char name[IFNAMSIZ];
	uint32_t metric;
};

/**
 * struct conf_dsmip - options for the protocol module
 * @nodes: home agent: its mobile nodes, by home address
 * @node_count: number of @nodes
 * @home_link: home agent: name of the home link; empty: none
 * @pool4: home agent: IPv4 home addresses to assign; length 0: none
 * @lifetime: s, lifetime of bindings: the maximum of a home agent, or what a
 *	mobile node requests
 * @links: mobile node: links that it may use, in any order; none: all
 * @link_count: number of @links
 */
struct conf_dsmip {
	struct conf_node *nodes;
	size_t node_count;
	char home_link[IFNAMSIZ];
	struct m6t_prefix4 pool4;
	uint32_t lifetime;
	struct conf_link links[CONF_LINKS];
	unsigned int link_count;
};

int conf_take_node(struct conf_reader *reader, struct conf *conf,
		   const char *arg);
int conf_take_node_file(struct conf_reader *reader, struct conf *conf,
			const char *arg);
int conf_take_home_link(struct conf_reader *reader, struct conf *conf,
			const char *arg);
int conf_take_pool4(struct conf_reader *reader, struct conf *conf,
		    const char *arg);
int conf_take_lifetime(struct conf_reader *reader, struct conf *conf,
		       const char *arg);
int conf_take_uplink(struct conf_reader *reader, struct conf *conf,
		     const char *arg);
int conf_check_agent(struct conf_reader *reader, struct conf *conf);
void conf_dsmip_free(struct conf *conf);

/* conf_node.c */
int conf_nodes_check(struct conf_reader *reader, struct conf *conf);

#endif /* M6T_CONF_DSMIP_H */
