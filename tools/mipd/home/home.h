/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The home link: home addresses of absent mobile nodes are defended there.
 */
#ifndef M6T_MIPD_HOME_H
#define M6T_MIPD_HOME_H

#include <stdbool.h>
#include <stdint.h>
#include <net/if.h>
#include <netinet/in.h>

#include "lib/netlink/rtnl.h"
#include "mipd/home/before.h"

/**
 * struct home_link - a home link
 * @name: its name
 * @ifindex: its index; 0: there is none
 * @mac: its hardware address
 * @fd: socket of neighbor discovery
 * @before: what it was like
 * @kept: file of @before
 */
struct home_link {
	char name[IFNAMSIZ];
	uint32_t ifindex;
	uint8_t mac[6];
	int fd;
	struct before before;
	int kept;
};

typedef void (*home_conflict_cb)(const struct in6_addr *addr, void *arg);

int home_attach(struct home_link *home, const char *name);
int home_open(struct home_link *home, const char *name, struct rtnl *rtnl);
void home_close(struct home_link *home, struct rtnl *rtnl);
void home_ask(const struct home_link *home, const struct in6_addr *addr);
void home_receive(const struct home_link *home, home_conflict_cb cb,
		  void *arg);
int home_defend6(const struct home_link *home, struct rtnl *rtnl,
		 const struct in6_addr *addr, bool defend);
int home_defend4(const struct home_link *home, struct rtnl *rtnl,
		 struct in_addr addr, bool defend);

void home_advertise(const struct home_link *home, const struct in6_addr *addr);
void home_announce(const struct home_link *home, struct in_addr addr);

#endif /* M6T_MIPD_HOME_H */
