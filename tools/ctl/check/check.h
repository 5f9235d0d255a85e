/* SPDX-License-Identifier: GPL-2.0 */
/*
 * m6tctl check: what its files share.
 *
 * Each check says one line, whatever it finds. Nothing is changed: no module
 * is loaded, no device touched, and what is sent comes from sockets of our
 * own and from fresh random addresses.
 */
#ifndef M6T_CHECK_H
#define M6T_CHECK_H

#include <sys/types.h>

#include "follow.h"
#include "m6tctl.h"

/* Room for whatever the text of a check names. */
#define CHECK_TEXT	256

/**
 * enum check_result - what came of a check
 * @CHECK_OK: nothing in the way
 * @CHECK_WARNING: something that may be, or is not best
 * @CHECK_FAILED: something stands in the way
 * @CHECK_SKIPPED: could not be looked at
 */
enum check_result {
	CHECK_OK,
	CHECK_WARNING,
	CHECK_FAILED,
	CHECK_SKIPPED,
};

/**
 * struct target - a gateway as one mobile node would use it
 * @self: its device; index 0: there is none
 * @node: how it gets to the gateway
 * @ports: ports of the gateway
 * @n_ports: how many
 * @to: who is to answer behind the gateway
 * @has_to: @to was given
 * @nat: measure the NAT, too
 * @keepalive: interval, s
 * @mtu: of the device
 */
struct target {
	struct device self;
	struct node node;
	uint16_t ports[M6T_MAX_PORTS];
	unsigned int n_ports;
	struct in6_addr to;
	bool has_to;
	bool nat;
	uint32_t keepalive;
	uint32_t mtu;
};

/**
 * struct gate - a gateway of this host
 * @self: its device
 * @open: its sockets are
 * @foreign: they are in another netns
 * @local: IPv4 address that it listens on; 0: any
 * @link: index of the underlay device; 0: any
 * @ports: ports that it listens on
 * @n_ports: how many
 * @prefixes: of its mobile nodes
 * @n_prefixes: how many
 * @agents: home agents
 * @n_agents: how many; 0: any
 */
struct gate {
	struct device self;
	bool open;
	bool foreign;
	struct in_addr local;
	uint32_t link;
	uint16_t ports[M6T_MAX_PORTS];
	unsigned int n_ports;
	struct m6t_prefix6 prefixes[M6T_MAX_PREFIXES];
	unsigned int n_prefixes;
	struct m6t_prefix6 agents[M6T_MAX_HOME_AGENTS];
	unsigned int n_agents;
};

/* check_report.c */
void report_about(const char *dev);
__printf(3, 4) void report(const char *check, enum check_result result,
			   const char *format, ...);
int report_verdict(void);

/* check_source.c */

/**
 * struct program - a program whose output is read
 * @out: its standard output
 * @pid: its process
 */
struct program {
	FILE *out;
	pid_t pid;
};

void source_prepare(void);
bool source_line(const char *path, char *buf, size_t size);
__printf(1, 2) long source_number(const char *format, ...);
bool source_program(struct program *program, const char *const *argv);
int source_finish(struct program *program);
int source_program_line(const char *const *argv, char *buf, size_t size);

/* check_module.c, check_kernel.c, check_boot.c */
bool check_module_is_loaded(void);
void check_module(void);
void check_kernel(void);
bool check_ipv6(const char *dev);
void check_boot(void);

/* check_firewall.c */

/**
 * struct traffic - what a firewall should let in
 * @gateway: the first packets of mobile nodes; else answers of a gateway
 * @ports: the UDP ports of the gateway, own or remote
 * @n_ports: how many
 */
struct traffic {
	bool gateway;
	const uint16_t *ports;
	unsigned int n_ports;
};

void check_firewall(const struct traffic *traffic);
bool check_output(const struct target *target);

/* check_rules.c */

/**
 * struct rules - the chains of a firewall
 * @chains: the chains
 * @used: how many
 * @failed: no memory for more
 */
struct rules {
	struct chain *chains;
	size_t used;
	bool failed;
};

/**
 * struct chain - a list of rules
 * @table: its table, with the family before it
 * @name: its name
 * @input: packets for this host come here
 * @drops: what no rule accepts
 * @lines: its rules
 * @used: how many
 */
struct chain {
	char table[64];
	char name[64];
	bool input;
	bool drops;
	char **lines;
	size_t used;
};

struct chain *rules_chain(struct rules *rules, const char *table,
			  const char *name);
void rules_add(struct rules *rules, struct chain *chain, const char *line);
bool rules_word(const char *text, const char *word);
bool rules_accept(const struct rules *rules, const struct chain *chain,
		  const struct traffic *traffic);
void rules_free(struct rules *rules);

/* check_route.c */
bool check_link(const char *check, const struct device *dev, uint32_t link);
bool check_route(const struct target *target, const struct device *devs,
		 size_t n_devs);
uint32_t route6_link(const struct in6_addr *addr, const struct in6_addr *from);

/* check_device.c */

/**
 * struct devices - the m6t devices of this netns
 * @devs: name and index of each
 * @used: how many
 * @failed: no memory for more
 */
struct devices {
	struct device *devs;
	size_t used;
	bool failed;
};

int devices_get(struct devices *devices);
bool device_target(const struct device *dev, struct target *target);
void check_attachment(const struct target *target);

/* check_own.c */
void check_own(const struct device *dev);

/* check_probe.c */

#define PROBE_NONCE	8
#define PROBE_MIN	(40 + 8 + PROBE_NONCE)
#define PROBE_ERROR	1280	/* an ICMPv6 error about it is no larger */
#define PROBE_MAX	1472

/**
 * struct probe - a mobile node of our own: a socket and an address
 * @fd: its socket
 * @src: its address, in the /80
 * @spread: each echo request comes from another address, @src with its
 *	number in the last byte, as each may be answered only once in a second
 * @dst: whom it asks
 * @hops: hop limit of what it asks
 * @id: of its echo requests
 * @nonce: content of its echo requests
 */
struct probe {
	int fd;
	struct in6_addr src;
	bool spread;
	struct in6_addr dst;
	uint8_t hops;
	uint16_t id;
	uint8_t nonce[PROBE_NONCE];
};

/**
 * enum answer_kind - what came back
 * @ANSWER_NONE: nothing, or what does not count
 * @ANSWER_ECHO: an echo reply
 * @ANSWER_KEEPALIVE: a reply to a keepalive
 * @ANSWER_ICMP6: an ICMPv6 error about an echo request, through the gateway
 * @ANSWER_ICMP: an ICMP error about a datagram
 */
enum answer_kind {
	ANSWER_NONE,
	ANSWER_ECHO,
	ANSWER_KEEPALIVE,
	ANSWER_ICMP6,
	ANSWER_ICMP,
};

/**
 * struct answer - what came back
 * @kind: what it is
 * @seq: number of the echo request
 * @size: bytes of IPv6
 * @type: of an ICMP or ICMPv6 error
 * @code: of it
 * @mtu: that it tells
 * @from: who says so, IPv4
 * @from6: who says so, IPv6
 */
struct answer {
	enum answer_kind kind;
	uint16_t seq;
	size_t size;
	uint8_t type;
	uint8_t code;
	uint32_t mtu;
	struct in_addr from;
	struct in6_addr from6;
};

int probe_open(struct probe *probe, const struct target *target,
	       uint16_t port);
void probe_close(struct probe *probe);
int probe_echo(struct probe *probe, uint16_t seq, size_t size);
int probe_keepalive(struct probe *probe);

/* check_wait.c */
typedef bool (*answer_cb)(unsigned int index, const struct answer *answer,
			  void *arg);

uint64_t wait_now(void);
void wait_answers(struct probe *probes, unsigned int n, uint64_t until,
		  answer_cb cb, void *arg);

/* check_answer.c */
bool answer_read(const struct probe *probe, const uint8_t *data, size_t len,
		 struct answer *answer);
uint16_t answer_checksum(const uint8_t *packet, size_t len);

/* check_gateway.c, check_mtu.c, check_nat.c */
unsigned int check_gateway(const struct target *target);
void check_mtu(const struct target *target, uint16_t port);
void check_nat(const struct target *target, uint16_t port);

#endif /* M6T_CHECK_H */
