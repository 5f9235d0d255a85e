// SPDX-License-Identifier: GPL-2.0
/*
 * Functions of the daemon that both roles use.
 */
#include <stdlib.h>
#include <time.h>
#include <ell/ell.h>

#include "lib/say.h"
#include "mipd/keys/keys.h"
#include "mipd/mipd.h"
#include "mipd/xfrm.h"

/**
 * mipd_now - get the time, which advances even while the host sleeps
 *
 * Return: the time, ms.
 */
int64_t mipd_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/**
 * mipd_quit - end the daemon
 */
void mipd_quit(void)
{
	l_main_quit();
}

/**
 * mipd_warn - print why an address or a route could not be changed
 * @daemon: the daemon
 * @err: a negative errno; 0: nothing is printed
 */
void mipd_warn(struct mipd *daemon, int err)
{
	if (err)
		rtnl_fail(&daemon->rtnl, err);
}

/**
 * mipd_protected - check that signalling is protected, after adding manual keys
 * @daemon: the daemon
 * @conf: its file, or one to be applied
 * @asked: what must be protected
 *
 * Return: an enum status; an error was printed.
 */
int mipd_protected(const struct mipd *daemon, const struct conf *conf,
		   const struct xfrm_asked *asked)
{
	int status = STATUS_DONE;

	if (!daemon->ipsec)
		return STATUS_DONE;
	/* The unit sets it, as nothing else would add them after a boot. */
	if (conf->keys[0] && getenv("M6T_ADD_KEYS"))
		status = keys_add(conf, &daemon->ha);
	return status ?: xfrm_check(asked);
}
