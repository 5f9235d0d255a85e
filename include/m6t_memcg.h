/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that packets make a device allocate (G19). It is charged to the memory
 * cgroup of the process that created the device, not to that of the interrupted one.
 */
#ifndef M6T_MEMCG_H
#define M6T_MEMCG_H

#include <linux/gfp.h>
#include <linux/memcontrol.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

/* For use between set_active_memcg() calls. Not GFP_ATOMIC, which may exceed the limit
 * of a memory cgroup and uses up the kernel's reserves for emergencies.
 */
#define M6T_GFP_PACKET	(GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT)

/**
 * m6t_memcg_get() - get the memory cgroup of the current process
 *
 * Context: process.
 * Return: a reference for m6t_memcg_put(), or NULL.
 */
static inline struct mem_cgroup *m6t_memcg_get(void)
{
	return get_mem_cgroup_from_mm(current->mm);
}

/**
 * m6t_memcg_put() - release a memory cgroup
 * @memcg: the memory cgroup or NULL
 *
 * Context: process.
 */
static inline void m6t_memcg_put(struct mem_cgroup *memcg)
{
	mem_cgroup_put(memcg);
}

#endif /* M6T_MEMCG_H */
