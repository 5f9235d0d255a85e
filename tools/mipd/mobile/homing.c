// SPDX-License-Identifier: GPL-2.0
/*
 * A mobile node on its home link (RFC 6275 11.5.5): it uses its home addresses there,
 * and the link instead of the device, also to deregister.
 */
#include <string.h>
#include <unistd.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <libmnl/libmnl.h>
#include <ell/ell.h>

#include "lib/netlink/nl_attr.h"
#include "mipd/home/home.h"
#include "mipd/mobile/homing.h"
#include "mipd/route.h"

/* MAX_NEIGHBOR_ADVERTISEMENT and RetransTimer of RFC 4861: multicast may be lost. */
#define HOMING_TELL	3
#define HOMING_AGAIN	1	/* s */

/**
 * struct homing - a mobile node on its home link
 * @hoa: its home address
 * @hoa4: its IPv4 home address there; 0.0.0.0: none
 * @left: number of remaining notifications to its neighbours
 * @timer: for that
 */
static struct {
	struct in6_addr hoa;
	struct in_addr hoa4;
	unsigned int left;
	struct l_timeout *timer;
} homing;

/* While the home agent defends the home address, no solicitation may be sent from it.
 * So the home agent is resolved before the link has that address.
 */
static int homing_find(struct mipd *mipd)
{
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;

	mipd->rtnl.what = "cannot look for the home agent on the home link";
	nlh = rtnl_request(&mipd->rtnl, RTM_NEWNEIGH, NLM_F_CREATE);
	ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));
	ndm->ndm_family = AF_INET6;
	ndm->ndm_flags = NTF_USE;
	ndm->ndm_ifindex = mipd->home;
	mnl_attr_put(nlh, NDA_DST, sizeof(mipd->ha), &mipd->ha);
	return rtnl_talk(&mipd->rtnl, NULL, NULL);
}

/**
 * homing_begin - use the home address on the home link
 * @mipd: the daemon
 * @hoa: the home address, which is added without duplicate address detection: the
 *	home agent would answer
 * @link: the home link
 */
void homing_begin(struct mipd *mipd, const struct in6_addr *hoa, uint32_t link)
{
	struct rtnl *rtnl = &mipd->rtnl;

	homing.hoa = *hoa;
	mipd->home = link;
	mipd_warn(mipd, route_host6(rtnl, mipd->ifindex, &mipd->ha, NULL,
				    false));
	mipd_warn(mipd, homing_find(mipd));
	mipd_warn(mipd, route_addr6(rtnl, link, hoa, true));
}

/**
 * struct homing_found - a link that has the home address
 * @hoa: the home address
 * @but: the device, which does not count
 * @link: the link; 0: none
 */
struct homing_found {
	const struct in6_addr *hoa;
	uint32_t but;
	uint32_t link;
};

static void homing_keep(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *tb[IFA_MAX + 1];
	struct homing_found *found = arg;
	const struct in6_addr *addr;

	nl_attrs(nlh, sizeof(*ifa), tb, IFA_MAX);
	addr = nl_bytes(tb[IFA_ADDRESS], sizeof(*addr));
	if (addr && ifa->ifa_index != found->but &&
	    !memcmp(addr, found->hoa, sizeof(*addr)))
		found->link = ifa->ifa_index;
}

/**
 * homing_restore - find out whether a predecessor was at home
 * @mipd: the daemon; its @home is set if so
 * @hoa: the home address
 * @hoa4: the IPv4 home address; 0.0.0.0: none
 *
 * Return: 0, or a negative errno for rtnl_fail().
 */
int homing_restore(struct mipd *mipd, const struct in6_addr *hoa,
		   struct in_addr hoa4)
{
	struct homing_found found = { .hoa = hoa, .but = mipd->ifindex };
	struct ifaddrmsg *ifa;
	struct nlmsghdr *nlh;
	int err;

	mipd->rtnl.what = "cannot list the addresses";
	nlh = rtnl_request(&mipd->rtnl, RTM_GETADDR, NLM_F_DUMP);
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = AF_INET6;
	err = rtnl_dump(&mipd->rtnl, homing_keep, NULL, &found);
	if (err || !found.link)
		return err;

	homing.hoa = *hoa;
	homing.hoa4 = hoa4;
	mipd->home = found.link;
	return 0;
}

/* Notify the neighbours, which until then send to the home agent. */
static void homing_tell(struct mipd *mipd)
{
	struct home_link home;
	char name[IFNAMSIZ];

	homing.left--;
	if (!if_indextoname(mipd->home, name) || home_attach(&home, name))
		return;
	home_advertise(&home, &homing.hoa);
	if (homing.hoa4.s_addr)
		home_announce(&home, homing.hoa4);
	close(home.fd);
}

static void homing_again(struct l_timeout *timeout, void *arg)
{
	homing_tell(arg);
	if (homing.left)
		l_timeout_modify(timeout, HOMING_AGAIN);
}

/**
 * homing_done - the home agent no longer defends the home addresses
 * @mipd: the daemon, after homing_begin()
 * @hoa4: the IPv4 home address; 0.0.0.0: none
 */
void homing_done(struct mipd *mipd, struct in_addr hoa4)
{
	homing.hoa4 = hoa4;
	if (hoa4.s_addr)
		mipd_warn(mipd, route_addr4(&mipd->rtnl, mipd->home, hoa4,
					    true));
	homing.left = HOMING_TELL;
	homing_tell(mipd);
	l_timeout_remove(homing.timer);
	homing.timer = l_timeout_create(HOMING_AGAIN, homing_again, mipd, NULL);
}

/**
 * homing_end - use the device again
 * @mipd: the daemon; nothing happens unless after homing_begin()
 */
void homing_end(struct mipd *mipd)
{
	struct rtnl *rtnl = &mipd->rtnl;

	if (!mipd->home)
		return;
	l_timeout_remove(homing.timer);
	homing.timer = NULL;
	if (homing.hoa4.s_addr)
		mipd_warn(mipd, route_addr4(rtnl, mipd->home, homing.hoa4,
					    false));
	homing.hoa4.s_addr = 0;
	mipd_warn(mipd, route_addr6(rtnl, mipd->home, &homing.hoa, false));
	mipd_warn(mipd, route_host6(rtnl, mipd->ifindex, &mipd->ha, NULL,
				    true));
	mipd->home = 0;
}
