/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family and its events. */
#ifndef M6T_NETLINK_H
#define M6T_NETLINK_H

#include "m6t_binding.h"
#include "m6t_mn.h"

struct m6t_dev;

int m6t_nl_init(void);
void m6t_nl_exit(void);
void m6t_nl_event_binding(struct m6t_dev *m6t, enum m6t_event event,
			  const struct m6t_binding *b);
void m6t_nl_event_endpoint(struct m6t_dev *m6t, enum m6t_event event,
			   const struct in6_addr *addr,
			   const struct m6t_endpoint *ep);
void m6t_nl_event_attachment(struct m6t_dev *m6t, enum m6t_event event,
			     const struct m6t_attachment *att);
void m6t_nl_lost_init(struct m6t_dev *m6t);
void m6t_nl_lost_report(struct m6t_dev *m6t);
void m6t_nl_lost_exit(struct m6t_dev *m6t);

#endif /* M6T_NETLINK_H */
