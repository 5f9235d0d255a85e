/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The m6t devices of this host.
 */
#ifndef M6T_DEVICE_H
#define M6T_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/check/target.h"
#include "lib/names.h"

/**
 * struct devices - the m6t devices of this netns
 * @devs: name and index of each
 * @used: number of devices
 * @failed: out of memory
 */
struct devices {
	struct device *devs;
	size_t used;
	bool failed;
};

int devices_get(struct devices *devices);
bool device_target(const struct device *dev, struct target *target);

#endif /* M6T_DEVICE_H */
