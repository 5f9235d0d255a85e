// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin of ip(8) for links of type m6t: the help text.
 */
#include <stdio.h>

#include "ip/link_m6t.h"
#include "lib/setting.h"

#define LINK_USAGE_WIDTH	70
#define LINK_USAGE_INDENT	9	/* as long as "Defaults:" */

/* Write a default, and its modes unless it is the option's only default. */
static int link_usage_default(const struct setting *set, char *buf, size_t size)
{
	int len = snprintf(buf, size, " %s %s", set->word, set->fallback);
	const char *before = " (";
	uint8_t mode;

	if (set->modes == setting_modes(set->word))
		return len;
	for (mode = M6T_MODE_GW; setting_mode_words[mode]; mode++) {
		if (!(set->modes & SETTING_MODE(mode)))
			continue;
		len += snprintf(buf + len, size - len, "%s%s", before,
				setting_mode_words[mode]);
		before = ", ";
	}

	return len + snprintf(buf + len, size - len, ")");
}

/* Print the defaults of the settings. */
static void link_usage_defaults(FILE *fp)
{
	int col = fprintf(fp, "Defaults:");
	const struct setting *set;
	const char *comma = "";
	char entry[64];
	int len;
	size_t i;

	for (i = 0; i < setting_count; i++) {
		set = &setting_table[i];
		/* Optional settings are unset by default. */
		if (!set->fallback || set->optional)
			continue;
		len = link_usage_default(set, entry, sizeof(entry));
		fputs(comma, fp);
		if (col + len > LINK_USAGE_WIDTH)
			col = fprintf(fp, "\n%*s", LINK_USAGE_INDENT, "") - 1;
		col += fprintf(fp, "%s", entry) + 1;
		comma = ",";
	}
	fputc('\n', fp);
}

/**
 * link_usage - print the options of "type m6t"
 * @fp: output stream
 */
void link_usage(FILE *fp)
{
	fputs("Usage: ... m6t mode gw  prefix IPV6/LEN[,...]\n"
	      "               [ ha IPV6[/LEN][,...] ] [ local IPV4 ]\n"
	      "               [ port PORT[,PORT...] ] [ max-bindings N ]\n"
	      "               [ temp-timeout MS ] [ active-timeout SEC ]\n"
	      "               [ rate N ] [ burst N ] [ exempt IPV4/LEN[,...] ]\n"
	      "               [ pressure PERCENT ] [ weight IPV4/LEN=N[,...] ]\n"
	      "               [ hairpin { on | off } ] [ COMMON ]\n"
	      "       ... m6t mode mn  prefix IPV6/80 gateway IPV4\n"
	      "               [ port PORT ] [ local IPV4 ] [ sport PORT ]\n"
	      "               [ keepalive SEC ] [ keepalive-retries N ]\n"
	      "               [ rotate { on | off } ] [ COMMON ]\n"
	      "       ... m6t mode dsmip-ha  ha IPV6 ha4 IPV4\n"
	      "               home IPV6/LEN[,...] [ home4 IPV4/LEN[,...] ]\n"
	      "               [ port PORT ] [ max-bindings N ]\n"
	      "               [ ipsec { on | off } ] [ COMMON ]\n"
	      "       ... m6t mode dsmip-mn  ha IPV6 ha4 IPV4\n"
	      "               hoa IPV6 [ hoa4 IPV4 ] [ encap { auto | udp } ]\n"
	      "               [ port PORT ] [ sport PORT ]\n"
	      "               [ ipsec { on | off } ] [ COMMON ]\n"
	      "COMMON := [ dev IFNAME ] [ ttl { N | inherit } ]\n"
	      "          [ tos { N | inherit } ] [ df { unset | set | inherit } ]\n"
	      "          [ udpcsum { on | off } ] [ fwmark MARK ]\n"
	      "\n", fp);
	link_usage_defaults(fp);
	fputs("Reset with: ha none, home4 none, hoa4 none, exempt none,\n"
	      "          weight none, local any, sport 0, dev any, fwmark 0,\n"
	      "          mtu auto\n", fp);
}
