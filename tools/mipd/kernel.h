/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device: its bindings and care-of addresses.
 */
#ifndef M6T_MIPD_KERNEL_H
#define M6T_MIPD_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>

#include "lib/names.h"
#include "lib/netlink/genl.h"
#include "mipd/ha.h"
#include "mipd/mn.h"

/**
 * struct kernel - connections to the m6t family, for one device
 * @genl: for requests
 * @events: for events
 * @dev: the device
 */
struct kernel {
	struct genl genl;
	struct genl events;
	struct device dev;
};

/**
 * struct kernel_binding - a binding of a home agent
 * @hoa: home address
 * @hoa4: IPv4 home address; 0.0.0.0: none
 * @expires: ms until it ends
 */
struct kernel_binding {
	struct in6_addr hoa;
	struct in_addr hoa4;
	uint64_t expires;
};

/**
 * struct kernel_slots - care-of addresses of a mobile node
 * @active: the active one, if @has_active
 * @has_active: there is one
 * @has_pending: there is a pending one
 */
struct kernel_slots {
	struct mn_coa active;
	bool has_active;
	bool has_pending;
};

/**
 * struct kernel_event - what happened to a device
 * @ifindex: the device
 * @event: enum m6t_event
 * @hoa: a home address, or ::
 */
struct kernel_event {
	uint32_t ifindex;
	uint8_t event;
	struct in6_addr hoa;
};

/**
 * struct kernel_report - an event of the protocol module
 * @event: enum m6t_event
 * @hoa: a home address; NULL: none
 * @outer: where a binding update came from; NULL: nowhere
 * @coa: a care-of address; NULL: none
 * @status: enum mh_status; 0: none
 * @expires: ms until the binding ends; 0: it does not matter
 */
struct kernel_report {
	enum m6t_event event;
	const struct in6_addr *hoa;
	const struct outer *outer;
	const struct mn_coa *coa;
	uint8_t status;
	uint64_t expires;
};

typedef void (*kernel_binding_cb)(const struct kernel_binding *binding,
				  void *arg);
typedef void (*kernel_event_cb)(const struct kernel_event *event, void *arg);

int kernel_open(struct kernel *kernel, const char *name, uint32_t ifindex);
void kernel_close(struct kernel *kernel);
int kernel_bind(struct kernel *kernel, const struct in6_addr *hoa,
		const struct ha_bind *bind, const struct outer *outer);
int kernel_unbind(struct kernel *kernel, const struct in6_addr *hoa);
int kernel_linger(struct kernel *kernel, const struct in6_addr *hoa,
		  uint64_t ms);
int kernel_is_bound(struct kernel *kernel, const struct in6_addr *hoa,
		    bool *bound);
int kernel_bindings(struct kernel *kernel, kernel_binding_cb cb, void *arg);
int kernel_slot(struct kernel *kernel, const struct mn_coa *coa, uint8_t encap);
int kernel_commit(struct kernel *kernel, uint8_t encap, uint32_t linger);
int kernel_slots(struct kernel *kernel, struct kernel_slots *slots);
void kernel_report(struct kernel *kernel, const struct kernel_report *report);
bool kernel_events(struct kernel *kernel, kernel_event_cb cb, void *arg);
int kernel_fail(const struct kernel *kernel, int err, const char *what);

#endif /* M6T_MIPD_KERNEL_H */
