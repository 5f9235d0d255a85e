// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel parameters that a home agent needs.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <net/if.h>

#include "ctl/check/dsmip.h"
#include "ctl/check/report.h"
#include "ctl/check/source.h"
#include "lib/macros.h"

/**
 * enum host_of - which link a parameter belongs to
 * @HOST_ALL: none
 * @HOST_HOME: the home link
 * @HOST_SELF: the device
 */
enum host_of {
	HOST_ALL,
	HOST_HOME,
	HOST_SELF,
};

/**
 * struct host_row - a parameter of the kernel
 * @check: the check that it belongs to
 * @name: its name, with %s for the link
 * @of: which link that is
 * @only4: only with IPv4 home addresses
 * @low: lowest acceptable value
 * @high: highest acceptable value
 * @want: value to recommend
 * @result: result for any other value
 * @text: consequence of any other value
 */
struct host_row {
	const char *check;
	const char *name;
	enum host_of of;
	bool only4;
	long low;
	long high;
	long want;
	enum check_result result;
	const char *text;
};

static const struct host_row host_rows[] = {
	{ "forwarding", "net.ipv6.conf.all.forwarding", HOST_ALL, false,
	  1, LONG_MAX, 1, CHECK_FAILED, "IPv6 is not forwarded" },
	{ "forwarding", "net.ipv4.ip_forward", HOST_ALL, true,
	  1, LONG_MAX, 1, CHECK_FAILED, "IPv4 is not forwarded" },
	{ "home-link", "net.ipv6.conf.%s.proxy_ndp", HOST_HOME, false,
	  1, LONG_MAX, 1, CHECK_FAILED,
	  "neighbors on the home link cannot resolve mobile nodes that are away" },
	{ "home-link", "net.ipv6.neigh.%s.proxy_delay", HOST_HOME, false,
	  0, 0, 0, CHECK_WARNING,
	  "neighbors on the home link wait for the first answer about a mobile node" },
	{ "home-link", "net.ipv4.neigh.%s.proxy_delay", HOST_HOME, true,
	  0, 0, 0, CHECK_WARNING,
	  "neighbors on the home link wait for the first answer about an IPv4 home address" },
	{ "options", "net.ipv6.max_dst_opts_number", HOST_ALL, false,
	  1, LONG_MAX, 8, CHECK_FAILED,
	  "packets with unknown destination options are dropped, even binding updates" },
	{ "redirects", "net.ipv4.conf.all.send_redirects", HOST_ALL, true,
	  0, 0, 0, CHECK_WARNING,
	  "mobile nodes that send IPv4 to each other are redirected to unreachable next hops" },
	{ "redirects", "net.ipv4.conf.%s.send_redirects", HOST_SELF, true,
	  0, 0, 0, CHECK_WARNING,
	  "mobile nodes that send IPv4 to each other are redirected to unreachable next hops" },
};

/* The name of a link may contain dots, too, which are not separators. */
static void host_name(const struct host_row *row, const char *link, char dot,
		      char *name, size_t size)
{
	const char *at;
	size_t len = 0;

	for (at = row->name; *at && len + IFNAMSIZ < size; at++) {
		if (at[0] == '%' && at[1] == 's') {
			len += snprintf(name + len, size - len, "%s", link);
			at++;
		} else {
			name[len++] = *at == '.' ? dot : *at;
		}
	}
	name[len] = '\0';
}

/* Read the parameter, which may be negative; LONG_MIN: there is none. */
static long host_value(const struct host_row *row, const char *link)
{
	char name[CHECK_TEXT], path[CHECK_TEXT + 16], line[32];

	host_name(row, link, '/', name, sizeof(name));
	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	return source_line(path, line, sizeof(line)) ? strtol(line, NULL, 10) :
						       LONG_MIN;
}

/* Return: true if nothing was reported. */
static bool host_check(const struct host_row *row, const char *link)
{
	long value = host_value(row, link);
	char name[CHECK_TEXT];

	/* Older kernels do not have all of them. */
	if (value == LONG_MIN || (value >= row->low && value <= row->high))
		return true;
	host_name(row, link, '.', name, sizeof(name));
	report(row->check, row->result, "%s: sysctl -w %s=%ld", row->text,
	       name, row->want);
	return false;
}

/**
 * dsmip_host - check parameters of the kernel that a home agent needs
 * @dsmip: the home agent
 * @home_link: name of the home link; NULL: there is none
 */
void dsmip_host(const struct dsmip *dsmip, const char *home_link)
{
	const struct host_row *row;
	bool good = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(host_rows); i++) {
		row = &host_rows[i];
		if ((row->only4 && !dsmip->home4) ||
		    (row->of == HOST_HOME && !home_link))
			continue;
		good &= host_check(row, row->of == HOST_SELF ?
				   dsmip->self.name : home_link);
	}
	if (good)
		report("forwarding", CHECK_OK,
		       "the kernel forwards, and answers for mobile nodes");
}
