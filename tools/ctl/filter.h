/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Filters of bindings.
 */
#ifndef M6T_FILTER_H
#define M6T_FILTER_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/m6t.h>
#include <linux/netlink.h>

#include "ctl/command.h"
#include "ctl/endpoint.h"
#include "lib/names.h"

/**
 * struct filter - a filter of bindings
 * @dev: of this device only
 * @state: in this state only; 0: any
 * @prefix: with an address inside it only; length 0: any
 * @remote: with this endpoint only, if given
 */
struct filter {
	struct device dev;
	uint8_t state;
	struct m6t_prefix6 prefix;
	struct endpoint remote;
};

int filter_parse(const struct command *command, struct filter *filter,
		 bool need_dev, int argc, char **argv);
bool filter_is_open(const struct filter *filter);
void filter_put(struct nlmsghdr *nlh, const struct filter *filter);

#endif /* M6T_FILTER_H */
