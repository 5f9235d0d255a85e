// SPDX-License-Identifier: GPL-2.0
/*
 * Does the firewall of this host let the tunnel through?
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/check/check.h"
#include "ctl/check/probe.h"
#include "ctl/check/report.h"
#include "ctl/check/rules.h"
#include "ctl/check/source.h"
#include "ctl/check/target.h"

/* State of reading the output of nft. */
struct listing {
	struct rules *rules;
	char table[64];
	char chain[64];
	bool relevant;	/* IPv4 passes this table */
	unsigned int depth;
};

/* "table inet m6t {" or "chain input {" */
static void firewall_open(struct listing *listing, const char *line)
{
	char family[16];
	char name[48];

	listing->depth++;
	if (sscanf(line, "table %15s %47s {", family, name) == 2) {
		snprintf(listing->table, sizeof(listing->table), "%s %s",
			 family, name);
		listing->relevant = !strcmp(family, "ip") ||
				    !strcmp(family, "inet");
	} else if (sscanf(line, "chain %47s {", name) == 1) {
		snprintf(listing->chain, sizeof(listing->chain), "%s", name);
	}
}

static void firewall_rule(struct listing *listing, const char *line)
{
	struct chain *chain;

	chain = rules_chain(listing->rules, listing->table, listing->chain);
	if (!chain)
		return;
	if (strncmp(line, "type ", 5)) {
		rules_add(listing->rules, chain, line);
		return;
	}
	chain->input = strstr(line, "type filter hook input ");
	chain->drops = strstr(line, "policy drop");
}

/* Of the lines that end in a brace, only tables and chains matter. */
static void firewall_line(struct listing *listing, char *line)
{
	size_t len = strcspn(line, "\n");

	line[len] = '\0';
	line += strspn(line, " \t");
	len = strlen(line);
	if (len && line[len - 1] == '{') {
		firewall_open(listing, line);
	} else if (!strcmp(line, "}")) {
		listing->depth--;
		if (listing->depth < 2)
			listing->chain[0] = '\0';
	} else if (len && listing->chain[0] && listing->relevant) {
		firewall_rule(listing, line);
	}
}

/* Return: 0, or a negative errno if it could not be read. */
static int firewall_nft(struct rules *rules)
{
	const char *const ask[] = { "nft", "list", "ruleset", NULL };
	struct listing listing = { .rules = rules };
	struct program program;
	char *line = NULL;
	size_t size = 0;

	if (!source_program(&program, ask))
		return -ENOENT;
	while (getline(&line, &size, program.out) > 0)
		firewall_line(&listing, line);
	free(line);
	return source_finish(&program) ? -EPERM : 0;
}

/* "-P INPUT DROP", "-A INPUT -p udp --sport 3544 -j ACCEPT" */
static void firewall_legacy_line(struct rules *rules, char *line)
{
	struct chain *chain;
	char name[64];
	int at = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "-%*c %63s %n", name, &at) < 1 || !at)
		return;
	chain = rules_chain(rules, "iptables-legacy filter", name);
	if (!chain)
		return;
	if (line[1] == 'P') {
		chain->input = !strcmp(name, "INPUT");
		chain->drops = !strcmp(line + at, "DROP");
	} else if (line[1] == 'A') {
		rules_add(rules, chain, line + at);
	}
}

/* Only if it is in use: running it would load its modules. */
static void firewall_legacy(struct rules *rules)
{
	const char *const ask[] = { "iptables-legacy", "-S", NULL };
	struct program program;
	char line[1024];
	FILE *tables;
	bool used = false;

	tables = fopen("/proc/net/ip_tables_names", "re");
	if (!tables)
		return;
	while (fgets(line, sizeof(line), tables))
		used |= !strcmp(line, "filter\n");
	fclose(tables);
	if (!used || !source_program(&program, ask))
		return;
	while (fgets(line, sizeof(line), program.out))
		firewall_legacy_line(rules, line);
	source_finish(&program);
}

static void firewall_ports(const struct traffic *traffic, char *buf,
			   size_t size)
{
	size_t used = 0;
	unsigned int i;

	buf[0] = '\0';
	for (i = 0; i < traffic->n_ports && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%u",
				 used ? "," : "", traffic->ports[i]);
}

/* Return: the number of chains that drop it. */
static unsigned int firewall_judge(const struct rules *rules,
				   const struct traffic *traffic)
{
	const struct chain *chain;
	unsigned int dropping = 0;
	char ports[CHECK_TEXT];
	size_t i;

	firewall_ports(traffic, ports, sizeof(ports));
	for (i = 0; i < rules->used; i++) {
		chain = &rules->chains[i];
		if (!chain->input || rules_accept(rules, chain, traffic))
			continue;
		dropping++;
		if (traffic->gateway)
			report("firewall", CHECK_WARNING,
			       "table %s, chain %s seems to drop packets from mobile nodes: it needs a rule such as \"udp dport { %s } accept\"",
			       chain->table, chain->name, ports);
		else
			report("firewall", CHECK_WARNING,
			       "table %s, chain %s seems to drop answers of the gateway: it needs a rule such as \"ct state established accept\" or \"udp sport { %s } accept\"",
			       chain->table, chain->name, ports);
	}

	return dropping;
}

/**
 * check_firewall - do the rules for incoming packets accept the tunnel?
 * @traffic: what must be accepted
 */
void check_firewall(const struct traffic *traffic)
{
	struct rules rules = { .used = 0 };
	unsigned int dropping;
	int err;

	err = firewall_nft(&rules);
	if (!err || err == -ENOENT)
		firewall_legacy(&rules);
	dropping = firewall_judge(&rules, traffic);
	if (dropping)
		;
	else if (err == -ENOENT && !rules.used)
		report("firewall", CHECK_SKIPPED,
		       "the rules for incoming packets are not known: nft is not installed");
	else if (err || rules.failed)
		report("firewall", CHECK_SKIPPED,
		       "the rules for incoming packets are not known: reading them needs CAP_NET_ADMIN");
	else
		report("firewall", CHECK_OK,
		       "no rule for incoming packets drops them");
	rules_free(&rules);
}

/**
 * check_output - does the firewall accept outgoing datagrams to the gateway?
 * @target: the gateway
 *
 * Sends an empty datagram to each port, which a gateway ignores.
 *
 * Return: true if it accepts them.
 */
bool check_output(const struct target *target)
{
	bool passed = true;
	struct probe probe;
	unsigned int i;
	int err;

	for (i = 0; i < target->n_ports; i++) {
		err = probe_open(&probe, target, target->ports[i]);
		if (err)
			continue;
		err = probe_keepalive(&probe);
		probe_close(&probe);
		if (err != -EPERM)
			continue;
		passed = false;
		report("output", CHECK_FAILED,
		       "the firewall of this host drops packets to port %u: accept \"udp dport %u\" on output",
		       target->ports[i], target->ports[i]);
	}

	return passed;
}
