// SPDX-License-Identifier: GPL-2.0
/*
 * Is the ip that loaded us the one that link_m6t.h describes? Compare with its
 * built-in types of links.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#include "ip/link_m6t.h"

/* The first object of the process: the program itself. */
static const void *link_check_program(void)
{
	const struct link_map *map = NULL;
	void *self = dlopen(NULL, RTLD_LAZY);

	if (!self || dlinfo(self, RTLD_DI_LINKMAP, &map) || !map)
		return NULL;

	return map->l_ld;
}

/*
 * Whether @pointer points into the program. To be called before dereferencing a
 * pointer that might be anything if our view is wrong.
 */
static bool link_check_inside(const void *pointer)
{
	struct link_map *map;
	Dl_info info;

	return pointer &&
	       dladdr1(pointer, &info, (void **)&map, RTLD_DL_LINKMAP) &&
	       map->l_ld == link_check_program();
}

/* Size of a variable of ip, from its symbol table; 0 if unknown. */
static size_t link_check_size(const void *variable)
{
	const ElfW(Sym) *symbol = NULL;
	Dl_info info;

	if (!dladdr1(variable, &info, (void **)&symbol, RTLD_DL_SYMENT) ||
	    !symbol)
		return 0;

	return symbol->st_size;
}

/* Compare with a built-in type: is every member where we expect it? */
static bool link_check_one(const char *id)
{
	const struct link_util *lu;
	char name[32];
	size_t size;

	snprintf(name, sizeof(name), "%s_link_util", id);
	lu = dlsym(RTLD_DEFAULT, name);
	if (!lu)
		return false;

	/* Larger than ours: ip would read past its end. */
	size = link_check_size(lu);
	if (size < offsetof(struct link_util, later) || size > sizeof(*lu))
		return false;

	return link_check_inside(lu->id) && !strcmp(lu->id, id) &&
	       lu->maxattr > 0 && lu->maxattr < 1024 &&
	       link_check_inside((void *)(uintptr_t)lu->parse_opt) &&
	       link_check_inside((void *)(uintptr_t)lu->print_opt) &&
	       link_check_inside((void *)(uintptr_t)lu->print_help);
}

static bool link_check_functions(void)
{
	static const char *const names[] = {
		"is_json_context", "open_json_array", "close_json_array",
		"print_color_u64", "print_color_string", "print_color_bool",
		"ll_name_to_index", "ll_index_to_name",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!dlsym(RTLD_DEFAULT, names[i]))
			return false;

	return true;
}

static bool link_check(void)
{
	if (link_check_one("vxlan") && link_check_one("geneve") &&
	    link_check_one("vlan") && link_check_functions())
		return true;

	fprintf(stderr,
		"m6t: link_m6t.so does not fit this ip, which has another plugin structure than the one it was built for: rebuild it or use another ip\n");
	return false;
}

/* Called by dlsym(), each time that ip looks for the structure: once for each device. */
static void (*link_choose(void))(void)
{
	static int fits = -1;

	if (fits < 0)
		fits = link_check();

	return fits ? (void (*)(void))&link_util_m6t : NULL;
}

/*
 * What ip looks up by name. To return a structure that it reads differently would let it
 * jump anywhere. Nothing here can make dlopen() fail, but what an indirect symbol
 * resolves to is our choice: without a structure, ip goes on as without a plugin.
 */
__attribute__((visibility("default"), ifunc("link_choose")))
void m6t_link_util(void);
