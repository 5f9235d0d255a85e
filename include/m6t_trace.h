/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: m6t:binding_new, binding_active, binding_proven,
 * binding_expired, binding_deleted, binding_evicted, and m6t:drop with the counter it incremented.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM m6t

#if !defined(M6T_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define M6T_TRACE_H

#include <linux/tracepoint.h>

#include "m6t.h"

DECLARE_EVENT_CLASS(m6t_binding,
	TP_PROTO(const struct m6t_dev *m6t, const struct m6t_binding *b),
	TP_ARGS(m6t, b),
	TP_STRUCT__entry(
		__array(char, dev, IFNAMSIZ)
		__array(u8, address, sizeof(struct in6_addr))
		__array(u8, remote, sizeof(struct in_addr))
		__array(u8, local, sizeof(struct in_addr))
		__field(u16, port)
		__field(u16, local_port)
	),
	TP_fast_assign(
		strscpy(__entry->dev, m6t->dev->name, IFNAMSIZ);
		memcpy(__entry->address, &b->obj.addr, sizeof(b->obj.addr));
		memcpy(__entry->remote, &b->ep.remote, sizeof(b->ep.remote));
		memcpy(__entry->local, &b->ep.local, sizeof(b->ep.local));
		__entry->port = ntohs(b->ep.port);
		__entry->local_port = ntohs(b->ep.local_port);
	),
	TP_printk("dev=%s address=%pI6c remote=%pI4:%u local=%pI4:%u",
		  __entry->dev, __entry->address, __entry->remote,
		  __entry->port, __entry->local, __entry->local_port)
);

#define M6T_BINDING_EVENT(name)						\
DEFINE_EVENT(m6t_binding, name,						\
	TP_PROTO(const struct m6t_dev *m6t, const struct m6t_binding *b), \
	TP_ARGS(m6t, b))

M6T_BINDING_EVENT(binding_new);
M6T_BINDING_EVENT(binding_active);
M6T_BINDING_EVENT(binding_proven);
M6T_BINDING_EVENT(binding_expired);
M6T_BINDING_EVENT(binding_deleted);
M6T_BINDING_EVENT(binding_evicted);

TRACE_EVENT(drop,
	TP_PROTO(const struct m6t_dev *m6t, const struct sk_buff *skb,
		 const char *counter),
	TP_ARGS(m6t, skb, counter),
	TP_STRUCT__entry(
		__array(char, dev, IFNAMSIZ)
		__array(char, counter, ETH_GSTRING_LEN)
		__field(const void *, skbaddr)
		__field(u32, len)
	),
	TP_fast_assign(
		strscpy(__entry->dev, m6t->dev->name, IFNAMSIZ);
		strscpy(__entry->counter, counter, ETH_GSTRING_LEN);
		__entry->skbaddr = skb;
		__entry->len = skb->len;
	),
	TP_printk("dev=%s counter=%s skbaddr=%p len=%u", __entry->dev,
		  __entry->counter, __entry->skbaddr, __entry->len)
);

#endif /* M6T_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE m6t_trace
#include <trace/define_trace.h>
