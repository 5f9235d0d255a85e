/* SPDX-License-Identifier: GPL-2.0 */
/*
 * m6tctl: what its files share, grouped by the file that defines it.
 */
#ifndef M6T_M6TCTL_H
#define M6T_M6TCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <net/if.h>
#include <netinet/in.h>
#include <linux/m6t.h>
#include <libmnl/libmnl.h>

#include "macros.h"
#include "say.h"
#include "setting.h"
#include "text.h"

/**
 * struct command - a command, or one of the commands below it
 * @name: the word
 * @run: called with the words behind it; returns an enum status
 * @usage: what may follow the word
 * @help: what it does
 */
struct command {
	const char *name;
	int (*run)(const struct command *command, int argc, char **argv);
	const char *usage;
	const char *help;
};

/* command.c */
void command_help(const struct command *table, const char *prefix);
int command_run(const struct command *table, const char *prefix, int argc,
		char **argv);

/* words.c */

/**
 * struct word - a word of a command that is followed by a value
 * @name: the word; NULL: a value alone, which must be first in the table
 * @what: its value, as in the usage; empty: it has none
 * @parse: read the value into @to; an enum status, with a sentence printed
 * @to: where the value goes
 * @required: refuse a command without it
 * @given: set by words_parse()
 */
struct word {
	const char *name;
	const char *what;
	int (*parse)(const struct word *word, const char *arg);
	void *to;
	bool required;
	bool given;
};

/**
 * struct device - a device that a user named
 * @name: its own name
 * @typed: the name that was typed, which may be an alternative one
 * @ifindex: its index; 0 while no device is named
 */
struct device {
	char name[IFNAMSIZ];
	const char *typed;
	uint32_t ifindex;
};

/**
 * struct endpoint - an IPv4 address and a UDP port
 * @addr: the address
 * @port: the port, host order; 0: none given
 * @need_port: to be set before parsing: refuse an address alone
 * @may_be_any: to be set before parsing: take 0.0.0.0
 * @given: set by word_endpoint()
 */
struct endpoint {
	struct in_addr addr;
	uint16_t port;
	bool need_port;
	bool may_be_any;
	bool given;
};

int words_parse(const struct command *command, struct word *words, int argc,
		char **argv);
int word_device(const struct word *word, const char *arg);
int word_address(const struct word *word, const char *arg);
int word_prefix(const struct word *word, const char *arg);
int word_endpoint(const struct word *word, const char *arg);
int word_state(const struct word *word, const char *arg);
int word_u16(const struct word *word, const char *arg);
int word_metric(const struct word *word, const char *arg);
int word_id(const struct word *word, const char *arg);
int word_flag(const struct word *word, const char *arg);

/* nl.c */

/* As much as the kernel puts into one datagram of a dump. */
#define NL_BUFFER	32768
/* More than any request of ours. */
#define NL_REQUEST	2048

/* Memory for messages, as aligned as they must be. */
union nl_buffer {
	struct nlmsghdr nlh;
	char bytes[NL_BUFFER];
};

union nl_request {
	struct nlmsghdr nlh;
	char bytes[NL_REQUEST];
};

typedef void (*nl_cb)(const struct nlmsghdr *nlh, void *arg);
typedef int (*nl_refused_cb)(unsigned int i, int err, void *arg);

/**
 * struct nl - a netlink socket
 * @sock: the socket
 * @seq: number of the last request
 * @portid: our address
 * @torn: what the last dump is about has changed under way
 * @extack: the kernel's sentence about the last refusal, or empty
 * @buf: what is received
 */
struct nl {
	struct mnl_socket *sock;
	uint32_t seq;
	uint32_t portid;
	bool torn;
	char extack[256];
	union nl_buffer buf;
};

int nl_open(struct nl *nl, int bus);
void nl_receive_room(const struct nl *nl, int size);
int nl_join(const struct nl *nl, int group);
void nl_close(struct nl *nl);
int nl_ack(struct nl *nl, const struct nlmsghdr *nlh);
int nl_talk(struct nl *nl, struct nlmsghdr *request, nl_cb cb, void *arg);
int nl_dump(struct nl *nl, struct nlmsghdr *request, nl_cb cb,
	    void (*forget)(void *arg), void *arg);
int nl_fail(const struct nl *nl, int err, const char *what);

/* nl_batch.c */

/* Requests that are sent together. Their answers are received together, each into
 * an equal part of the buffer.
 */
#define NL_BATCH	64
#define NL_BATCH_BYTES	16384

/**
 * struct nl_batch - requests that are sent together
 * @nl: the socket
 * @n: how many there are
 * @max: most that there may be
 * @len: bytes of them
 * @room: most bytes that there may be
 * @buf: the requests
 */
struct nl_batch {
	struct nl *nl;
	unsigned int n;
	unsigned int max;
	size_t len;
	size_t room;
	union {
		struct nlmsghdr nlh;
		char bytes[NL_BATCH_BYTES];
	} buf;
};

void nl_batch_begin(struct nl_batch *batch, struct nl *nl);
bool nl_batch_put(struct nl_batch *batch, const struct nlmsghdr *request);
int nl_batch_talk(struct nl_batch *batch, nl_refused_cb refused, void *arg);

/* nl_attr.c */
void nl_attrs(const struct nlmsghdr *nlh, size_t offset,
	      const struct nlattr **tb, unsigned int max);
void nl_nested(const struct nlattr *nest, const struct nlattr **tb,
	       unsigned int max);
uint8_t nl_u8(const struct nlattr *attr);
uint16_t nl_be16(const struct nlattr *attr);
uint32_t nl_u32(const struct nlattr *attr);
uint64_t nl_u64(const struct nlattr *attr);
const char *nl_string(const struct nlattr *attr);
const void *nl_bytes(const struct nlattr *attr, size_t len);

/* genl.c */

/**
 * struct genl - a connection to the m6t family
 * @nl: the socket
 * @family: number of the family
 * @events: number of its multicast group
 * @req: the request being built
 */
struct genl {
	struct nl nl;
	uint16_t family;
	uint32_t events;
	union nl_request req;
};

int genl_open(struct genl *genl);
void genl_close(struct genl *genl);
struct nlmsghdr *genl_request(struct genl *genl, uint8_t cmd, bool dump);
int genl_talk(struct genl *genl, nl_cb cb, void *arg);
int genl_dump(struct genl *genl, nl_cb cb, void (*forget)(void *arg),
	      void *arg);
int genl_fail(const struct genl *genl, int err, const struct device *dev,
	      const char *what);
int genl_device_get(struct genl *genl, const struct device *dev, nl_cb cb,
		    void *arg);
void genl_attrs(const struct nlmsghdr *nlh, const struct nlattr **tb);
bool genl_prefix(const struct nlattr *nest, struct m6t_prefix6 *prefix);

/* node.c */

/**
 * struct node - a mobile node
 * @mode: enum m6t_mode; the rest holds for a mobile node only
 * @foreign: its socket is in another netns
 * @prefix: its /80
 * @gateway: IPv4 address of the gateway
 * @port: UDP port of the gateway
 * @local: IPv4 address that the socket is bound to; 0: none
 * @fixed_sport: UDP port that the socket is bound to; 0: a new one each time
 * @link: index of the underlay device; 0: any
 * @fwmark: mark of outer packets
 * @attached: it is
 * @addr: with this address
 * @sport: and this UDP port
 */
struct node {
	uint8_t mode;
	bool foreign;
	struct m6t_prefix6 prefix;
	struct in_addr gateway;
	uint16_t port;
	struct in_addr local;
	uint16_t fixed_sport;
	uint32_t link;
	uint32_t fwmark;
	bool attached;
	struct in6_addr addr;
	uint16_t sport;
};

int node_get(struct genl *genl, const struct device *dev, struct node *node);
int node_attach(struct genl *genl, const struct device *dev,
		const uint8_t *id, struct node *node);
int node_detach(struct genl *genl, const struct device *dev);
int node_keepalives(struct genl *genl, const struct device *dev,
		    uint64_t *count);

/* rtnl.c */

/* Of default routes: behind native IPv6, to which the kernel gives 1024 and
 * network managers give 100 to a little over 3000.
 */
#define RTNL_METRIC	4096

/**
 * struct rtnl - a connection to rtnetlink
 * @nl: the socket
 * @what: what is being tried, for a refusal without the kernel's sentence
 * @changed: the last change was one
 * @req: the request being built
 */
struct rtnl {
	struct nl nl;
	const char *what;
	bool changed;
	union nl_request req;
};

int rtnl_open(struct rtnl *rtnl);
void rtnl_close(struct rtnl *rtnl);
struct nlmsghdr *rtnl_request(struct rtnl *rtnl, uint16_t type,
			      uint16_t flags);
int rtnl_talk(struct rtnl *rtnl, nl_cb cb, void *arg);
int rtnl_dump(struct rtnl *rtnl, nl_cb cb, void (*forget)(void *arg),
	      void *arg);
int rtnl_fail(const struct rtnl *rtnl, int err);
int rtnl_change(struct rtnl *rtnl, int harmless);

/* rtnl_list.c */

/**
 * struct rtnl_item - an address, or a hop of a route
 * @addr: the address; of a hop, its gateway
 * @len: length of the address' prefix
 * @flags: of the address
 * @metric: of the route
 * @nexthop: the nexthop object of the route; 0: it has none
 * @protocol: of the route
 * @has_gateway: @addr is one
 */
struct rtnl_item {
	struct in6_addr addr;
	uint8_t len;
	uint32_t flags;
	uint32_t metric;
	uint32_t nexthop;
	uint8_t protocol;
	bool has_gateway;
};

/**
 * struct rtnl_list - what a dump found
 * @ifindex: of this device
 * @table: of routes, those in this table
 * @prefix: of addresses those in it, of routes those to it
 * @items: what was found
 * @used: how many
 * @failed: there was no memory for more
 */
struct rtnl_list {
	uint32_t ifindex;
	uint32_t table;
	const struct m6t_prefix6 *prefix;
	struct rtnl_item *items;
	size_t used;
	bool failed;
};

void rtnl_list_add(struct rtnl_list *list, const struct rtnl_item *item);
void rtnl_list_forget(void *arg);

/* rtnl_addr.c */
int rtnl_addr_list(struct rtnl *rtnl, struct rtnl_list *list);
int rtnl_addr_add(struct rtnl *rtnl, const struct rtnl_list *list,
		  const struct in6_addr *addr);
int rtnl_addr_clean(struct rtnl *rtnl, const struct rtnl_list *list,
		    const struct in6_addr *keep);

/* rtnl_route.c */
int rtnl_route_add(struct rtnl *rtnl, uint32_t ifindex, uint32_t metric);
int rtnl_route_clean(struct rtnl *rtnl, uint32_t ifindex);
int rtnl_metric(struct rtnl *rtnl, uint32_t ifindex, uint32_t from,
		uint32_t to);
int rtnl_has_route(struct rtnl *rtnl, uint32_t ifindex,
		   const struct m6t_prefix6 *to, bool *has);

/* rtnl_link.c */
int rtnl_link_table(struct rtnl *rtnl, uint32_t ifindex, uint32_t *table);
int rtnl_ifname(int32_t nsid, uint32_t ifindex, char *buf);

/* rtnl_attach.c */
int rtnl_attach(struct rtnl *rtnl, uint32_t ifindex,
		const struct in6_addr *addr, const struct m6t_prefix6 *prefix,
		uint32_t metric);
int rtnl_detach(struct rtnl *rtnl, uint32_t ifindex,
		const struct m6t_prefix6 *prefix);

/* names.c */

#define NAMES_MAX	128	/* of an alternative name, with its end */

uint32_t names_find(const char *name, char *own);
bool names_has(const struct nlmsghdr *nlh, const char *name);

/* json.c */
void json_begin(void);
void json_end(void);
bool json_begun(void);
void json_flush_line(void);
void json_open(const char *key, char bracket);
void json_close(char bracket);
void json_number(const char *key, uint64_t value);
void json_signed(const char *key, int64_t value);
void json_seconds(const char *key, uint64_t ns);
void json_boolean(const char *key, bool value);
void json_string(const char *key, const char *value);
void json_ipv4(const char *key, const struct nlattr *attr);
void json_ipv6(const char *key, const struct nlattr *attr);
void json_port(const char *key, const struct nlattr *attr);

/* print.c */
extern const char *const print_states[];

void print_duration(uint64_t ms, char *buf, size_t size);
void print_endpoint(const struct nlattr *addr, const struct nlattr *port,
		    char *buf, size_t size);
void print_ipv6(const struct nlattr *attr, char *buf, size_t size);
const char *print_state(uint8_t state);
void print_finish(int status);

/* print_device.c, print_binding.c: one object each, as text or JSON */
void print_device(const struct nlmsghdr *nlh, void *arg);
void print_binding(const struct nlmsghdr *nlh, void *arg);

/* filter.c */

/**
 * struct filter - which bindings are meant
 * @dev: of this device only
 * @state: in this state only; 0: any
 * @prefix: with an address in it only; length 0: any
 * @remote: from here only, where it was given
 */
struct filter {
	struct device dev;
	uint8_t state;
	struct m6t_prefix6 prefix;
	struct endpoint remote;
};

int filter_parse(const struct command *command, struct filter *filter,
		 bool need_dev, int argc, char **argv);
bool filter_is_open(const struct filter *filter);
void filter_put(struct nlmsghdr *nlh, const struct filter *filter);

/* stat_names.c: by enum m6t_stat */
extern const char *const stat_names[M6T_STAT_PAD];

/* cmd_*.c */
int cmd_show(const struct command *command, int argc, char **argv);
int cmd_binding(const struct command *command, int argc, char **argv);
int cmd_save(const struct command *command, int argc, char **argv);
int cmd_restore(const struct command *command, int argc, char **argv);
int cmd_count(const struct command *command, int argc, char **argv);
int cmd_attach(const struct command *command, int argc, char **argv);
int cmd_detach(const struct command *command, int argc, char **argv);
int cmd_follow(const struct command *command, int argc, char **argv);
int cmd_monitor(const struct command *command, int argc, char **argv);
int cmd_stats(const struct command *command, int argc, char **argv);
int cmd_check(const struct command *command, int argc, char **argv);
int cmd_metrics(const struct command *command, int argc, char **argv);
int cmd_prefix(const struct command *command, int argc, char **argv);
int cmd_up(const struct command *command, int argc, char **argv);
int cmd_down(const struct command *command, int argc, char **argv);

#endif /* M6T_M6TCTL_H */
