/* SPDX-License-Identifier: GPL-2.0 */
/* A mobile node of Dual Stack Mobile IPv6. */
#ifndef M6T_DMN_H
#define M6T_DMN_H

#include "m6t_role.h"
#include "dsmip/m6t_slot.h"

/**
 * struct m6t_dmn - DSMIPv6 mobile node part of a device
 * @slots: its care-of addresses
 */
struct m6t_dmn {
	struct m6t_slots slots;
};

extern const struct m6t_role m6t_dmn_role;

#endif /* M6T_DMN_H */
