// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin of ip(8) for links of type m6t: the help text.
 */
#include <stdio.h>

#include "ip/link_m6t.h"
#include "lib/setting.h"

#define LINK_USAGE_WIDTH	70
#define LINK_USAGE_INDENT	9	/* as long as "Defaults:" */

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
		len = snprintf(entry, sizeof(entry), " %s %s", set->word,
			       set->fallback);
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
	      "COMMON := [ dev IFNAME ] [ ttl { N | inherit } ]\n"
	      "          [ tos { N | inherit } ] [ df { unset | set | inherit } ]\n"
	      "          [ udpcsum { on | off } ] [ fwmark MARK ]\n"
	      "\n", fp);
	link_usage_defaults(fp);
	fputs("Reset with: ha none, exempt none, weight none, local any,\n"
	      "          sport 0, dev any, fwmark 0, mtu auto\n", fp);
}
