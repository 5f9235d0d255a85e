/* SPDX-License-Identifier: GPL-2.0 */
/* A gateway. */
#ifndef M6T_GW_H
#define M6T_GW_H

#include <linux/siphash.h>

#include "gw/m6t_limit.h"
#include "m6t_role.h"
#include "m6t_state.h"

/**
 * struct m6t_gw - gateway part of a device
 * @state: its bindings
 * @limit: its rate limiter (G11)
 * @secret: key of the nonces of proofs (G17)
 * @told: the pressure that was last reported
 * @sk: sockets, in the order of &m6t_config.port; under RTNL
 * @n_sks: used entries of @sk; 0 while closed; under RTNL
 */
struct m6t_gw {
	struct m6t_state state;
	struct m6t_limit *limit;
	siphash_key_t secret;
	int told;
	struct sock *sk[M6T_MAX_PORTS];
	u8 n_sks;
};

extern const struct m6t_role m6t_gw_role;

#endif /* M6T_GW_H */
