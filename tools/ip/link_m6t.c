// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin of ip(8) for links of type m6t: structure, show.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ip/link_m6t.h"
#include "lib/setting.h"

static void link_print_help(struct link_util *lu, int argc, char **argv,
			    FILE *fp)
{
	(void)lu;
	(void)argc;
	(void)argv;
	link_usage(fp);
}

static void link_json_number(void *arg, const char *key, uint64_t value)
{
	(void)arg;
	print_color_u64(PRINT_JSON, NO_COLOR, key, "%" PRIu64, value);
}

static void link_json_string(void *arg, const char *key, const char *value)
{
	(void)arg;
	print_color_string(PRINT_JSON, NO_COLOR, key, "%s",
			   value ? value : "");
}

static void link_json_boolean(void *arg, const char *key, bool value)
{
	(void)arg;
	print_color_bool(PRINT_JSON, NO_COLOR, key, "%s", value);
}

static void link_json_open(void *arg, const char *key)
{
	(void)arg;
	open_json_array(PRINT_JSON, key);
}

static void link_json_close(void *arg, const char *key)
{
	(void)arg;
	close_json_array(PRINT_JSON, key);
}

static const char *link_ifname(void *arg, uint32_t ifindex)
{
	(void)arg;
	return ll_index_to_name(ifindex);
}

static const struct setting_sink link_sink = {
	.number = link_json_number,
	.string = link_json_string,
	.boolean = link_json_boolean,
	.open = link_json_open,
	.close = link_json_close,
	.ifname = link_ifname,
};

static void link_print_opt(struct link_util *lu, FILE *fp,
			   struct rtattr *tb[])
{
	const struct setting *set;
	char buf[SETTING_TEXT_MAX];
	const struct rtattr *attr;
	uint8_t mode;
	size_t i;

	(void)lu;
	if (!tb)
		return;

	attr = tb[IFLA_M6T_MODE];
	mode = attr ? *(uint8_t *)RTA_DATA(attr) : M6T_MODE_UNSPEC;

	for (i = 0; i < setting_count; i++) {
		set = &setting_table[i];
		attr = tb[set->attr];
		if (!attr || set != setting_of(set->attr, mode) ||
		    !setting_is_set(set, RTA_DATA(attr), RTA_PAYLOAD(attr)))
			continue;

		if (is_json_context()) {
			setting_to_json(set, set->word,
					setting_is_single(set, mode),
					RTA_DATA(attr), RTA_PAYLOAD(attr),
					&link_sink);
			continue;
		}
		setting_to_text(set, RTA_DATA(attr), RTA_PAYLOAD(attr),
				&link_sink, buf, sizeof(buf));
		fprintf(fp, "%s %s ", set->word, buf);
	}
}

/* ip finds it by link_check.c, and writes to it (its list). */
struct link_util link_util_m6t = {
	.id = "m6t",
	.maxattr = IFLA_M6T_MAX,
	.parse_opt = link_parse,
	.print_opt = link_print_opt,
	.print_help = link_print_help,
};
