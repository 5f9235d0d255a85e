// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of a firewall, as nft and iptables print them: would they accept UDP?
 * Rules are read word by word. What is not understood is assumed to accept, as
 * a false alarm does not help, and the probes show the truth anyway.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctl/check/rules.h"
#include "lib/macros.h"

#define RULES_DEPTH	8	/* of jumps */

/* Conditions that UDP from other hosts does not meet. */
static const char *const rules_others[] = {
	"tcp", "icmp", "icmpv6", "ipv6-icmp", "igmp", "esp", "ah", "sctp",
	"gre", "ip6", "lo", "established", "related", "invalid", "ct",
	"ctstate", "sport", "dport", "sports", "dports", "multicast",
	"broadcast",
};

static bool rules_in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Find a word, in upper or lower case; NULL if there is none. */
static const char *rules_find(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *at;

	for (at = text; *at; at++) {
		if (strncasecmp(at, word, len) || rules_in_word(at[len]))
			continue;
		if (at == text || !rules_in_word(at[-1]))
			return at;
	}

	return NULL;
}

/**
 * rules_word - does a rule contain this word?
 * @text: the rule
 * @word: the word, in upper or lower case
 *
 * Return: true if it has.
 */
bool rules_word(const char *text, const char *word)
{
	return rules_find(text, word);
}

/**
 * rules_chain - find a chain, or add one
 * @rules: the chains
 * @table: its table, with the family before it
 * @name: its name
 *
 * Return: the chain, valid until the next call, or NULL if out of memory.
 */
struct chain *rules_chain(struct rules *rules, const char *table,
			  const char *name)
{
	struct chain *chain;
	size_t i;

	for (i = 0; i < rules->used; i++) {
		chain = &rules->chains[i];
		if (!strcmp(chain->table, table) && !strcmp(chain->name, name))
			return chain;
	}

	chain = realloc(rules->chains, (rules->used + 1) * sizeof(*chain));
	if (!chain) {
		rules->failed = true;
		return NULL;
	}
	rules->chains = chain;
	chain += rules->used++;
	memset(chain, 0, sizeof(*chain));
	snprintf(chain->table, sizeof(chain->table), "%s", table);
	snprintf(chain->name, sizeof(chain->name), "%s", name);
	return chain;
}

/* Blank out quoted names and comments, but keep the loopback device. */
static void rules_unquote(char *line)
{
	char *from = strchr(line, '"');
	char *to;

	for (; from; from = strchr(to + 1, '"')) {
		to = strchr(from + 1, '"');
		if (!to)
			return;
		if (strncmp(from, "\"lo\"", 4))
			memset(from, '_', to - from);
	}
}

/**
 * rules_add - add a rule to a chain
 * @rules: the chains
 * @chain: one of them
 * @line: the rule
 */
void rules_add(struct rules *rules, struct chain *chain, const char *line)
{
	char **lines;
	char *copy;

	lines = realloc(chain->lines, (chain->used + 1) * sizeof(*lines));
	copy = strdup(line);
	if (lines)
		chain->lines = lines;
	if (!lines || !copy) {
		free(copy);
		rules->failed = true;
		return;
	}

	rules_unquote(copy);
	chain->lines[chain->used++] = copy;
}

/* Does a number, a range or a list of them contain the port? */
static bool rules_port_in(const char *text, uint16_t port)
{
	unsigned long low;
	unsigned long high;
	char *end;

	text += strspn(text, " {");
	/* A named set, or a negation. */
	if (!isdigit((unsigned char)*text))
		return true;
	do {
		low = strtoul(text, &end, 10);
		high = low;
		if (*end == '-' || *end == ':')
			high = strtoul(end + 1, &end, 10);
		if (port >= low && port <= high)
			return true;
		text = end + strspn(end, " ,");
	} while (isdigit((unsigned char)*text));

	return false;
}

/* Does a rule name all relevant ports? */
static bool rules_ports(const char *line, const struct traffic *traffic)
{
	const char *key = traffic->gateway ? "dport" : "sport";
	const char *at = rules_find(line, key);
	unsigned int i;

	if (!at)
		at = rules_find(line, traffic->gateway ? "dports" : "sports");
	if (!at || rules_word(line, "tcp"))
		return false;
	at += strcspn(at, " ");
	for (i = 0; i < traffic->n_ports; i++)
		if (!rules_port_in(at, traffic->ports[i]))
			return false;

	return true;
}

static bool rules_fits(const char *line, const struct traffic *traffic)
{
	size_t i;

	if (rules_ports(line, traffic))
		return true;
	if (!traffic->gateway && rules_word(line, "established"))
		return true;
	for (i = 0; i < ARRAY_SIZE(rules_others); i++)
		if (rules_word(line, rules_others[i]))
			return false;

	return true;
}

/* Does a rule match every packet? */
static bool rules_for_all(const char *line)
{
	line += strspn(line, " \t");
	if (!strncmp(line, "counter packets ", 16)) {
		line += 16;
		line += strcspn(line, " ");
		line += strspn(line, " bytes0123456789");
	}
	return !strncmp(line, "drop", 4) || !strncmp(line, "reject", 6) ||
	       !strcmp(line, "-j DROP") || !strncmp(line, "-j REJECT", 9);
}

static const struct chain *rules_target(const struct rules *rules,
					const struct chain *chain,
					const char *line)
{
	static const char *const jumps[] = { "jump", "goto", "-j", "-g" };
	const char *at = NULL;
	size_t len;
	size_t i;

	for (i = 0; !at && i < ARRAY_SIZE(jumps); i++) {
		at = strstr(line, jumps[i]);
		/* The whole word. */
		if (at && at != line && at[-1] != ' ')
			at = NULL;
		if (at)
			at += strlen(jumps[i]);
	}
	if (!at)
		return NULL;

	at += strspn(at, " ");
	len = strcspn(at, " ,}");
	for (i = 0; i < rules->used; i++)
		if (!strcmp(rules->chains[i].table, chain->table) &&
		    strlen(rules->chains[i].name) == len &&
		    !strncmp(rules->chains[i].name, at, len))
			return &rules->chains[i];

	return NULL;
}

/* 1: accepted; 0: dropped; -1: neither. */
static int rules_walk(const struct rules *rules, const struct chain *chain,
		      const struct traffic *traffic, int depth)
{
	const struct chain *target;
	const char *line;
	int verdict;
	size_t i;

	for (i = 0; i < chain->used; i++) {
		line = chain->lines[i];
		if (rules_for_all(line))
			return 0;
		if (rules_word(line, "accept")) {
			if (rules_fits(line, traffic))
				return 1;
			continue;
		}
		if ((rules_word(line, "drop") || rules_word(line, "reject")) &&
		    rules_ports(line, traffic))
			return 0;
		target = rules_target(rules, chain, line);
		if (!target || depth >= RULES_DEPTH)
			continue;
		verdict = rules_walk(rules, target, traffic, depth + 1);
		if (verdict >= 0)
			return verdict;
	}

	return -1;
}

/**
 * rules_accept - does a chain accept this?
 * @rules: the chains
 * @chain: one for incoming packets
 * @traffic: what should be accepted
 *
 * Return: false only if it seems to be dropped.
 */
bool rules_accept(const struct rules *rules, const struct chain *chain,
		  const struct traffic *traffic)
{
	int verdict = rules_walk(rules, chain, traffic, 0);

	return verdict < 0 ? !chain->drops : verdict;
}

/**
 * rules_free - free all chains
 * @rules: the chains
 */
void rules_free(struct rules *rules)
{
	size_t i;
	size_t j;

	for (i = 0; i < rules->used; i++) {
		for (j = 0; j < rules->chains[i].used; j++)
			free(rules->chains[i].lines[j]);
		free(rules->chains[i].lines);
	}
	free(rules->chains);
}
