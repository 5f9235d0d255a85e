/* SPDX-License-Identifier: GPL-2.0 */
/* Events for generic netlink listeners. */
#ifndef M6T_EVENT_H
#define M6T_EVENT_H

#include <linux/in6.h>
#include <linux/m6t.h>

#include "m6t_proto.h"

struct m6t_attachment;
struct m6t_binding;
struct m6t_dev;
struct m6t_node;
struct m6t_outer;
struct m6t_slot;
struct m6t_state;
struct nlattr;

void m6t_event_binding(struct m6t_dev *m6t, enum m6t_event event,
		       const struct m6t_state *state,
		       const struct m6t_binding *b);
void m6t_event_pressure(struct m6t_dev *m6t, bool pressed);
void m6t_event_endpoint(struct m6t_dev *m6t, enum m6t_event event,
			const struct in6_addr *addr,
			const struct m6t_endpoint *ep);
void m6t_event_outer(struct m6t_dev *m6t, enum m6t_event event,
		     const struct in6_addr *hoa, const struct m6t_outer *outer);
void m6t_event_attachment(struct m6t_dev *m6t, enum m6t_event event,
			  const struct m6t_attachment *att);
void m6t_event_node(struct m6t_dev *m6t, enum m6t_event event,
		    const struct m6t_node *node);
void m6t_event_signal(struct m6t_dev *m6t, const struct in6_addr *hoa,
		      const struct m6t_outer *outer, __be32 spi);
void m6t_event_slot(struct m6t_dev *m6t, u8 state, const struct m6t_slot *slot);
void m6t_event_module(struct m6t_dev *m6t, enum m6t_event event,
		      struct nlattr **attrs);
void m6t_event_init(struct m6t_dev *m6t);
void m6t_event_report(struct m6t_dev *m6t);
void m6t_event_exit(struct m6t_dev *m6t);

#endif /* M6T_EVENT_H */
