/* SPDX-License-Identifier: GPL-2.0 */
/*
 * m6tmipd: the protocol module of DSMIPv6, for one device.
 */
#ifndef M6T_MIPD_H
#define M6T_MIPD_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/conf/conf.h"
#include "lib/netlink/rtnl.h"
#include "mipd/kernel.h"
#include "mipd/seq.h"
#include "mipd/socket.h"

struct mipd;
struct xfrm_asked;

/**
 * struct role - what a home agent and a mobile node do differently
 * @start: begin; returns an enum status, with an error printed
 * @check: check whether another file can be applied; returns an enum status, with an
 *	error printed
 * @reload: apply it; returns an enum status, with an error printed and nothing
 *	changed
 * @packet: a mobility header was received by the device, or on the home link
 * @event: something happened to the device; NULL: perhaps anything, as some events
 *	were lost
 * @up: the device was down, and is up again
 * @stop: begin to end; calls mipd_quit() when it has ended
 * @free: free everything; undo what @start has done, if asked to
 */
struct role {
	int (*start)(struct mipd *mipd);
	int (*check)(struct mipd *mipd, const struct conf *conf);
	int (*reload)(struct mipd *mipd, struct conf *conf);
	void (*packet)(struct mipd *mipd, struct packet *packet);
	void (*event)(struct mipd *mipd, const struct kernel_event *event);
	void (*up)(struct mipd *mipd);
	void (*stop)(struct mipd *mipd);
	void (*free)(struct mipd *mipd, bool undo);
};

/**
 * struct mipd - the daemon
 * @conf: its file
 * @name: name of the device
 * @ifindex: its index
 * @up: it is up
 * @home: index of the home link: of a home agent, if it has one, or of a mobile node,
 *	while it is there; else 0
 * @ha: the home agent
 * @ipsec: mobility headers are protected
 * @kernel: the device
 * @rtnl: addresses, routes
 * @links: notifications about links
 * @fd: socket for mobility headers
 * @seq: sequence numbers
 * @role: what it does
 */
struct mipd {
	struct conf *conf;
	char name[IFNAMSIZ];
	uint32_t ifindex;
	bool up;
	uint32_t home;
	struct in6_addr ha;
	bool ipsec;
	struct kernel kernel;
	struct rtnl rtnl;
	struct nl links;
	int fd;
	struct seq_file seq;
	const struct role *role;
};

extern const struct role agent_role;
extern const struct role mobile_role;

int64_t mipd_now(void);
void mipd_quit(void);
void mipd_warn(struct mipd *mipd, int err);
int mipd_protected(const struct mipd *mipd, const struct conf *conf,
		   const struct xfrm_asked *asked);

/* report.c */
void report_known(const struct mn *mn);
void report_mobile(struct mipd *mipd, const struct mn *mn);
void report_refusal(struct mipd *mipd, const struct in6_addr *hoa,
		    const struct outer *outer, uint8_t status);

#endif /* M6T_MIPD_H */
