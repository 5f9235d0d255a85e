// SPDX-License-Identifier: GPL-2.0
/*
 * A substitute for ip(8): load link_m6t.so, let it parse arguments into a
 * message and print that message again, without a kernel.
 *
 *   test_plugin PLUGIN text WORD...     print as "ip -d link show" does
 *   test_plugin PLUGIN json WORD...     and as JSON
 *   test_plugin PLUGIN fault FAULT      be an ip of another layout; exit status 3:
 *                                       the plugin is not used, and ip goes on
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <net/if.h>
#include <linux/m6t.h>

#include "ip/link_m6t.h"

#define TEST_GOES_ON	3

static bool json;
static bool follows;

static void test_comma(const char *key)
{
	if (follows)
		putchar(',');
	if (key)
		printf("\"%s\":", key);
	follows = true;
}

/* The functions of ip that the plugin calls. */
bool is_json_context(void)
{
	return json;
}

void open_json_array(int type, const char *key)
{
	(void)type;
	test_comma(key);
	putchar('[');
	follows = false;
}

void close_json_array(int type, const char *key)
{
	(void)type;
	(void)key;
	putchar(']');
	follows = true;
}

int print_color_u64(int type, int color, const char *key, const char *fmt,
		    uint64_t value)
{
	(void)type;
	(void)color;
	(void)fmt;
	test_comma(key);
	return printf("%llu", (unsigned long long)value);
}

int print_color_string(int type, int color, const char *key, const char *fmt,
		       const char *value)
{
	(void)type;
	(void)color;
	(void)fmt;
	test_comma(key);
	return printf("\"%s\"", value);
}

int print_color_bool(int type, int color, const char *key, const char *fmt,
		     bool value)
{
	(void)type;
	(void)color;
	(void)fmt;
	test_comma(key);
	return printf("%s", value ? "true" : "false");
}

unsigned int ll_name_to_index(const char *name)
{
	return if_nametoindex(name);
}

const char *ll_index_to_name(unsigned int idx)
{
	static char name[IFNAMSIZ];

	return if_indextoname(idx, name);
}

/* The built-in types with which the plugin compares itself. */
static int test_parse(struct link_util *lu, int argc, char **argv,
		      struct nlmsghdr *n)
{
	(void)lu;
	(void)argc;
	(void)argv;
	(void)n;
	return 0;
}

static void test_print(struct link_util *lu, FILE *fp, struct rtattr *tb[])
{
	(void)lu;
	(void)fp;
	(void)tb;
}

static void test_help(struct link_util *lu, int argc, char **argv, FILE *fp)
{
	(void)lu;
	(void)argc;
	(void)argv;
	(void)fp;
}

#define TEST_TYPE(name)							\
	struct link_util name##_link_util = {				\
		.id = #name, .maxattr = 20, .parse_opt = test_parse,	\
		.print_opt = test_print, .print_help = test_help,	\
	}

TEST_TYPE(vxlan);
TEST_TYPE(geneve);
TEST_TYPE(vlan);

static int test_fault(const char *fault)
{
	struct link_util *lu = &geneve_link_util;

	if (!strcmp(fault, "id"))
		lu->id = "vlan";
	else if (!strcmp(fault, "no-id"))
		lu->id = NULL;
	else if (!strcmp(fault, "number-as-id"))
		lu->id = (const char *)8;
	else if (!strcmp(fault, "maxattr"))
		lu->maxattr = 0;
	else if (!strcmp(fault, "parse"))
		lu->parse_opt = NULL;
	else if (!strcmp(fault, "print"))
		lu->print_opt = (void *)64;
	else if (strcmp(fault, "none"))
		return -1;

	return 0;
}

/* Parse the arguments, index the attributes, print them. */
static int test_round(struct link_util *lu, int argc, char **argv)
{
	union {
		struct nlmsghdr n;
		char bytes[2048];
	} req = { .n = { .nlmsg_len = NLMSG_HDRLEN } };
	struct rtattr *tb[IFLA_M6T_MAX + 1] = { NULL };
	struct rtattr *rta = (void *)(req.bytes + NLMSG_HDRLEN);
	int left;

	if (lu->parse_opt(lu, argc, argv, &req.n))
		return EXIT_FAILURE;

	for (left = req.n.nlmsg_len - NLMSG_HDRLEN; RTA_OK(rta, left);
	     rta = RTA_NEXT(rta, left))
		tb[rta->rta_type & NLA_TYPE_MASK] = rta;
	if (json)
		putchar('{');
	lu->print_opt(lu, stdout, tb);
	puts(json ? "}" : "");

	return EXIT_SUCCESS;
}

static struct link_util *test_load(const char *path)
{
	void *plugin = dlopen(path, RTLD_LAZY);

	if (!plugin) {
		fprintf(stderr, "%s\n", dlerror());
		exit(2);
	}

	return dlsym(plugin, "m6t_link_util");
}

int main(int argc, char **argv)
{
	struct link_util *lu;

	if (argc < 3 || (!strcmp(argv[2], "fault") &&
			 (argc != 4 || test_fault(argv[3]))))
		return 2;

	lu = test_load(argv[1]);
	/* As ip does, which asks again for each device. */
	if (!lu && !test_load(argv[1]))
		return TEST_GOES_ON;
	if (!lu || strcmp(lu->id, "m6t"))
		return 2;
	if (!strcmp(argv[2], "fault"))
		return EXIT_SUCCESS;

	json = !strcmp(argv[2], "json");
	return test_round(lu, argc - 3, argv + 3);
}
