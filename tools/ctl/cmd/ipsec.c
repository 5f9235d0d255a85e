// SPDX-License-Identifier: GPL-2.0
/*
 * m6tctl ipsec: what protects the signalling of a DSMIPv6 device. Only prints.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "ctl/cmd/cmd.h"
#include "ctl/command.h"
#include "ctl/conf/conf.h"
#include "ctl/conf/conf_file.h"
#include "ctl/conf/conf_keys.h"
#include "lib/say.h"
#include "lib/text.h"

/* Block all other mobility headers; another device may have added this policy. */
#define IPSEC_BLOCK							\
	"ip xfrm policy update dir in src ::/0 dst ::/0 proto 135 "	\
	"action block priority 9000"

/* Offset of the reqids for charon, which itself assigns them from 1 on. */
#define IPSEC_REQID	0x40000000

/**
 * struct ipsec - a device whose signalling is to be protected
 * @conf: its file
 * @agent: it is a home agent
 * @ha: address of the home agent
 * @ha4: IPv4 address of the home agent
 */
struct ipsec {
	const struct conf *conf;
	bool agent;
	char ha[INET6_ADDRSTRLEN];
	char ha4[INET_ADDRSTRLEN];
};

/**
 * struct ipsec_peer - a mobile node, for charon
 * @hoa: home address
 * @hoa4: IPv4 home address; empty: none that is known
 * @reqid: of its SAs and policies
 */
struct ipsec_peer {
	char hoa[INET6_ADDRSTRLEN];
	char hoa4[INET_ADDRSTRLEN];
	uint32_t reqid;
};

static void ipsec_state(const struct conf_keys *keys, const char *src,
			const char *dst, uint32_t spi)
{
	printf("ip xfrm state add src %s dst %s proto esp spi 0x%08x", src, dst,
	       spi);
	printf(" reqid %u mode transport", keys->spi);
	printf(" auth-trunc 'hmac(sha256)' %s %u", keys->auth, CONF_KEYS_TRUNC);
	printf(" enc 'cbc(aes)' %s", keys->enc);
	printf(" sel src %s dst %s proto 135\n", src, dst);
}

static void ipsec_policy(uint32_t reqid, const char *src, const char *dst,
			 const char *dir)
{
	printf("ip xfrm policy add src %s dst %s proto 135 dir %s priority %u",
	       src, dst, dir, CONF_KEYS_PRIORITY);
	printf(" tmpl src %s dst %s proto esp reqid %u mode transport\n", src,
	       dst, reqid);
}

/* The selector and the reqid keep a mobile node from impersonating another. */
static int ipsec_node(const struct conf_keys *keys, void *arg)
{
	const struct ipsec *ipsec = arg;
	char hoa[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &keys->hoa, hoa, sizeof(hoa));
	ipsec_state(keys, hoa, ipsec->ha, keys->spi);
	ipsec_state(keys, ipsec->ha, hoa, keys->spi + 1);
	ipsec_policy(keys->spi, hoa, ipsec->ha, ipsec->agent ? "in" : "out");
	ipsec_policy(keys->spi, ipsec->ha, hoa, ipsec->agent ? "out" : "in");
	return STATUS_DONE;
}

static int ipsec_manual(struct ipsec *ipsec, const char *path)
{
	int status = conf_keys_read(ipsec->conf, path, ipsec_node, ipsec);

	if (!status)
		puts(IPSEC_BLOCK);
	return status;
}

/* A number that charon does not assign itself, and that does not depend on the rest
 * of the file. Two home addresses may share one without harm: SAs and policies have
 * both addresses in their selectors.
 */
static uint32_t ipsec_reqid(const struct in6_addr *hoa)
{
	uint32_t hash = 2166136261;	/* FNV-1a */
	unsigned int i;

	for (i = 0; i < sizeof(*hoa); i++)
		hash = (hash ^ hoa->s6_addr[i]) * 16777619;

	return hash >> 2 | IPSEC_REQID;
}

/* Not left to charon, which would rewrite them and the SAs with each movement. */
static void ipsec_charon_policies(const struct ipsec *ipsec,
				  const struct ipsec_peer *peer)
{
	printf("# ");
	ipsec_policy(peer->reqid, peer->hoa, ipsec->ha,
		     ipsec->agent ? "in" : "out");
	printf("# ");
	ipsec_policy(peer->reqid, ipsec->ha, peer->hoa,
		     ipsec->agent ? "out" : "in");
}

/* Print the name of a section for a home address, in which a colon would have a
 * meaning.
 */
static void ipsec_section(const struct ipsec *ipsec,
			  const struct ipsec_peer *peer, const char *suffix)
{
	const char *at;

	printf("\tm6t-");
	for (at = peer->hoa; *at; at++)
		putchar(*at == ':' ? '-' : *at);
	printf("%s {\n\t\tversion = 2\n", suffix);
	printf("\t\tproposals = aes128gcm16-prfsha256-curve25519\n");
	printf("\t\tlocal {\n\t\t\tauth = psk\n\t\t\tid = %s\n\t\t}\n",
	       ipsec->agent ? ipsec->ha : peer->hoa);
	printf("\t\tremote {\n\t\t\tauth = psk\n\t\t\tid = %s\n\t\t}\n",
	       ipsec->agent ? peer->hoa : ipsec->ha);
}

/* Only a mobile node detects dead peers: it must notice a restart of the home agent,
 * which need not notice that a mobile node is out of reach.
 */
static void ipsec_dpd(const struct ipsec *ipsec)
{
	if (!ipsec->agent)
		printf("\t\tdpd_delay = 60s\n");
}

/* Its SAs are between addresses that never change, and it has no policies, so MOBIKE
 * moves only the IKE_SA.
 */
static void ipsec_signal(const struct ipsec *ipsec,
			 const struct ipsec_peer *peer)
{
	ipsec_section(ipsec, peer, "");
	printf("\t\tmobike = yes\n");
	if (!ipsec->agent)
		printf("\t\tremote_addrs = %s\n", ipsec->ha4);
	ipsec_dpd(ipsec);
	printf("\t\tchildren {\n\t\t\tsignal {\n");
	printf("\t\t\t\tmode = transport_proxy\n\t\t\t\tpolicies = no\n");
	printf("\t\t\t\treqid = %u\n", peer->reqid);
	printf("\t\t\t\tlocal_ts = %s/128[135]\n",
	       ipsec->agent ? ipsec->ha : peer->hoa);
	printf("\t\t\t\tremote_ts = %s/128[135]\n",
	       ipsec->agent ? peer->hoa : ipsec->ha);
	printf("\t\t\t\tesp_proposals = aes128gcm16\n\t\t\t\tstart_action = %s\n",
	       ipsec->agent ? "none" : "trap");
	printf("\t\t\t}\n\t\t}\n\t}\n");
}

/* By an IKE_SA through the device, between addresses that never change. */
static void ipsec_payload(const struct ipsec *ipsec,
			  const struct ipsec_peer *peer)
{
	const char *home = ipsec->agent ? "remote" : "local";
	const char *other = ipsec->agent ? "local" : "remote";

	ipsec_section(ipsec, peer, "-payload");
	printf("\t\tmobike = no\n");
	printf("\t\t%s_addrs = %s\n", home, peer->hoa);
	printf("\t\t%s_addrs = %s\n", other, ipsec->ha);
	ipsec_dpd(ipsec);
	printf("\t\tchildren {\n\t\t\tpayload {\n");
	printf("\t\t\t\t%s_ts = %s/128", home, peer->hoa);
	if (peer->hoa4[0])
		printf(", %s/32", peer->hoa4);
	printf("\n\t\t\t\t%s_ts = ::/0%s\n", other,
	       peer->hoa4[0] ? ", 0.0.0.0/0" : "");
	printf("\t\t\t\tesp_proposals = aes128gcm16\n");
	printf("\t\t\t\tstart_action = none\n");
	printf("\t\t\t}\n\t\t}\n\t}\n");
}

static void ipsec_peer_set(struct ipsec_peer *peer, const struct in6_addr *hoa,
			   struct in_addr hoa4)
{
	inet_ntop(AF_INET6, hoa, peer->hoa, sizeof(peer->hoa));
	peer->hoa4[0] = '\0';
	if (hoa4.s_addr)
		inet_ntop(AF_INET, &hoa4, peer->hoa4, sizeof(peer->hoa4));
	peer->reqid = ipsec_reqid(hoa);
}

static void ipsec_own(const struct ipsec *ipsec, struct ipsec_peer *peer)
{
	const struct conf *conf = ipsec->conf;
	struct m6t_prefix4 hoa4 = { .len = 0 };
	struct in_addr addr4 = { 0 };
	struct m6t_prefix6 hoa;
	size_t at = 0;

	conf_prefix(&conf->value[IFLA_M6T_PREFIXES], &at, &hoa);
	if (conf->value[IFLA_M6T_PREFIXES4].len) {
		memcpy(&hoa4, conf->value[IFLA_M6T_PREFIXES4].data + NLA_HDRLEN,
		       sizeof(hoa4));
		addr4.s_addr = hoa4.addr;
	}
	ipsec_peer_set(peer, &hoa.addr, addr4);
}

/* Call @act for each mobile node of a home agent, or for this mobile node. */
static void ipsec_each(const struct ipsec *ipsec,
		       void (*act)(const struct ipsec *ipsec,
				   const struct ipsec_peer *peer))
{
	const struct conf_dsmip *dsmip = &ipsec->conf->dsmip;
	struct ipsec_peer peer;
	size_t i;

	if (!ipsec->agent) {
		ipsec_own(ipsec, &peer);
		act(ipsec, &peer);
		return;
	}
	for (i = 0; i < dsmip->node_count; i++) {
		ipsec_peer_set(&peer, &dsmip->nodes[i].hoa,
			       dsmip->nodes[i].hoa4);
		act(ipsec, &peer);
	}
}

static void ipsec_connections(const struct ipsec *ipsec,
			      const struct ipsec_peer *peer)
{
	ipsec_signal(ipsec, peer);
	ipsec_payload(ipsec, peer);
}

static int ipsec_charon(const struct ipsec *ipsec)
{
	puts("# Policies that charon does not install; sed -n 's/^# ip //p' | ip -batch - does:");
	ipsec_each(ipsec, ipsec_charon_policies);
	puts("# " IPSEC_BLOCK);
	puts("# Secrets for the ids must be added. See \"IPsec by charon\" in dsmip.rst, also for");
	puts("# mobile nodes behind a NAT, where charon refuses the child over IPv4.");
	puts("connections {");
	ipsec_each(ipsec, ipsec_connections);
	puts("}");
	return STATUS_DONE;
}

static int ipsec_set(struct ipsec *ipsec, const struct conf *conf)
{
	struct m6t_prefix6 ha;
	size_t at = 0;

	if (conf->mode != M6T_MODE_DSMIP_HA && conf->mode != M6T_MODE_DSMIP_MN)
		return fail(STATUS_USAGE,
			    "%s: mode is wrong: expected dsmip-ha or dsmip-mn",
			    conf->path);
	ipsec->conf = conf;
	ipsec->agent = conf->mode == M6T_MODE_DSMIP_HA;
	conf_prefix(&conf->value[IFLA_M6T_HOME_AGENTS], &at, &ha);
	inet_ntop(AF_INET6, &ha.addr, ipsec->ha, sizeof(ipsec->ha));
	inet_ntop(AF_INET, conf->value[IFLA_M6T_HA4].data, ipsec->ha4,
		  sizeof(ipsec->ha4));
	return STATUS_DONE;
}

/**
 * cmd_ipsec - print what protects the signalling of a device
 * @command: the command
 * @argc: number of arguments
 * @argv: the arguments
 *
 * Return: an enum status.
 */
int cmd_ipsec(const struct command *command, int argc, char **argv)
{
	bool manual = argc == 3 && !strcmp(argv[1], "manual");
	static struct conf conf;
	struct ipsec ipsec;
	int status;

	if (!manual && (argc != 2 || strcmp(argv[1], "charon")))
		return command_wrong(command,
				     "%s needs \"NAME\" and either \"manual FILE\" or \"charon\"",
				     command->name);
	status = conf_load(argv[0], &conf) ?: ipsec_set(&ipsec, &conf);
	if (!status)
		status = manual ? ipsec_manual(&ipsec, argv[2]) :
				  ipsec_charon(&ipsec);
	conf_dsmip_free(&conf);
	return status;
}
