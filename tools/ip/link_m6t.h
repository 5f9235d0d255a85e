/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plugin's view of ip: the structure that ip looks up in a plugin, and the
 * functions of ip that the plugin calls. iproute2 has a header for neither;
 * link_check.c compares this view with the ip that loaded us.
 */
#ifndef M6T_LINK_M6T_H
#define M6T_LINK_M6T_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/**
 * struct link_util - a type of link; layout set by iproute2
 * @next: list that ip keeps
 * @id: the type
 * @maxattr: largest attribute that @print_opt reads
 * @parse_opt: add the attributes of "ip link { add | set } ... type ID"
 * @print_opt: print them for "ip -d link show"
 * @print_xstats: not used here
 * @print_help: answer "ip link help ID"
 * @parse_ifla_xstats: not used here
 * @print_ifla_xstats: not used here
 * @later: NULL, for members that a newer ip may read
 */
struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	int (*parse_opt)(struct link_util *lu, int argc, char **argv,
			 struct nlmsghdr *n);
	void (*print_opt)(struct link_util *lu, FILE *fp,
			  struct rtattr *tb[]);
	void (*print_xstats)(struct link_util *lu, FILE *fp,
			     struct rtattr *xstats);
	void (*print_help)(struct link_util *lu, int argc, char **argv,
			   FILE *fp);
	int (*parse_ifla_xstats)(struct link_util *lu, int argc, char **argv);
	int (*print_ifla_xstats)(struct nlmsghdr *n, void *arg);
	void *later[7];
};

/* Of iproute2's enum output_type: only in JSON. */
#define PRINT_JSON	2
/* Any colour: JSON has none. */
#define NO_COLOR	0

/*
 * Functions of ip: only a few, with the same meaning in all versions, and those
 * that print only for JSON. link_check.c has a list of their names.
 */
bool is_json_context(void);
void open_json_array(int type, const char *key);
void close_json_array(int type, const char *key);
int print_color_u64(int type, int color, const char *key, const char *fmt,
		    uint64_t value);
int print_color_string(int type, int color, const char *key, const char *fmt,
		       const char *value);
int print_color_bool(int type, int color, const char *key, const char *fmt,
		     bool value);
unsigned int ll_name_to_index(const char *name);
const char *ll_index_to_name(unsigned int idx);

int link_parse(struct link_util *lu, int argc, char **argv,
	       struct nlmsghdr *n);
void link_usage(FILE *fp);

extern struct link_util link_util_m6t;

#endif /* M6T_LINK_M6T_H */
