/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules of a firewall, and what they should accept.
 */
#ifndef M6T_RULES_H
#define M6T_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct traffic - what a firewall should accept
 * @gateway: the first packets of mobile nodes; else answers of a gateway
 * @ports: the UDP ports of the gateway, own or remote
 * @n_ports: number of ports
 */
struct traffic {
	bool gateway;
	const uint16_t *ports;
	unsigned int n_ports;
};

/**
 * struct rules - the chains of a firewall
 * @chains: the chains
 * @used: number of chains
 * @failed: out of memory
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
 * @input: packets for this host pass it
 * @drops: its policy is to drop
 * @lines: its rules
 * @used: number of rules
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

#endif /* M6T_RULES_H */
