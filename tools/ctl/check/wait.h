/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Wait for answers to several probes at once.
 */
#ifndef M6T_WAIT_H
#define M6T_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/check/answer.h"
#include "ctl/check/probe.h"

typedef bool (*answer_cb)(unsigned int index, const struct answer *answer,
			  void *arg);

uint64_t wait_now(void);
void wait_answers(struct probe *probes, unsigned int n, uint64_t until,
		  answer_cb cb, void *arg);

#endif /* M6T_WAIT_H */
