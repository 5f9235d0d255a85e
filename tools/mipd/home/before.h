/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The settings of a home link before home agents changed them.
 */
#ifndef M6T_MIPD_BEFORE_H
#define M6T_MIPD_BEFORE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct before - settings of a home link
 * @proxy: it was a proxy of neighbor discovery
 * @delay6: its proxy delay of neighbor discovery, ms
 * @delay4: its proxy delay of ARP, ms
 */
struct before {
	bool proxy;
	uint64_t delay6;
	uint64_t delay4;
};

int before_keep(const char *link, struct before *before);
bool before_end(int fd, const char *link);

#endif /* M6T_MIPD_BEFORE_H */
