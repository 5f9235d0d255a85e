/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mobile node on its home link (RFC 6275 11.5.5).
 */
#ifndef M6T_MIPD_HOMING_H
#define M6T_MIPD_HOMING_H

#include <stdint.h>
#include <netinet/in.h>

#include "mipd/mipd.h"

int homing_restore(struct mipd *mipd, const struct in6_addr *hoa,
		   struct in_addr hoa4);
void homing_begin(struct mipd *mipd, const struct in6_addr *hoa,
		  uint32_t link);
void homing_done(struct mipd *mipd, struct in_addr hoa4);
void homing_end(struct mipd *mipd);

#endif /* M6T_MIPD_HOMING_H */
