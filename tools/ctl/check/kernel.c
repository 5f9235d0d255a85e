// SPDX-License-Identifier: GPL-2.0
/*
 * Does the kernel have what m6t needs, and IPv6?
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/utsname.h>

#include "ctl/check/check.h"
#include "ctl/check/report.h"
#include "ctl/check/source.h"
#include "lib/macros.h"

#define IPV6_CONF	"/proc/sys/net/ipv6/conf/"

/* Options without which the module does not load. */
static const char *const kernel_needs[] = {
	"CONFIG_INET", "CONFIG_IPV6", "CONFIG_NET_UDP_TUNNEL",
	"CONFIG_GRO_CELLS",
};

#define KERNEL_NEEDS	ARRAY_SIZE(kernel_needs)

/* Remove the options that the kernel has from the list. */
static void kernel_read(FILE *file, const char **missing)
{
	char line[CHECK_TEXT];
	size_t i;

	while (fgets(line, sizeof(line), file)) {
		size_t len = strcspn(line, "=");

		if (line[len] != '=' ||
		    (line[len + 1] != 'y' && line[len + 1] != 'm'))
			continue;
		line[len] = '\0';
		for (i = 0; i < KERNEL_NEEDS; i++)
			if (!strcmp(line, kernel_needs[i]))
				missing[i] = NULL;
	}
}

static bool kernel_options(const char *release, const char **missing)
{
	const char *const unzip[] = {
		"gzip", "-dc", "/proc/config.gz", NULL
	};
	struct program program;
	char path[CHECK_TEXT];
	FILE *file;

	if (!access("/proc/config.gz", R_OK) &&
	    source_program(&program, unzip)) {
		kernel_read(program.out, missing);
		return !source_finish(&program);
	}

	snprintf(path, sizeof(path), "/boot/config-%s", release);
	file = fopen(path, "re");
	if (!file)
		return false;
	kernel_read(file, missing);
	fclose(file);
	return true;
}

/**
 * check_kernel - was the kernel built with what m6t needs?
 */
void check_kernel(void)
{
	const char *missing[KERNEL_NEEDS];
	char text[CHECK_TEXT];
	struct utsname uts;
	size_t used = 0;
	size_t i;

	uname(&uts);
	memcpy(missing, kernel_needs, sizeof(missing));
	if (!kernel_options(uts.release, missing)) {
		report("kernel", CHECK_SKIPPED,
		       "the configuration of %s is not known: there is neither /proc/config.gz nor /boot/config-%s",
		       uts.release, uts.release);
		return;
	}

	text[0] = '\0';
	for (i = 0; i < KERNEL_NEEDS && used < sizeof(text); i++)
		if (missing[i])
			used += snprintf(text + used, sizeof(text) - used,
					 "%s%s", used ? ", " : "", missing[i]);
	if (used)
		report("kernel", CHECK_FAILED,
		       "%s was built without %s: another kernel is needed",
		       uts.release, text);
	else
		report("kernel", CHECK_OK, "%s has what m6t needs",
		       uts.release);
}

static bool ipv6_is_off_at_boot(void)
{
	char line[4096];

	return source_line("/proc/cmdline", line, sizeof(line)) &&
	       strstr(line, "ipv6.disable=1");
}

/**
 * check_ipv6 - is IPv6 switched off?
 * @dev: on this device; NULL: on new ones
 *
 * Return: true if it is not.
 */
bool check_ipv6(const char *dev)
{
	long off = source_number(IPV6_CONF "%s/disable_ipv6",
				 dev ? dev : "default");

	if (off < 0 && access(IPV6_CONF, F_OK))
		report("ipv6", CHECK_FAILED,
		       "this kernel has no IPv6: %s",
		       ipv6_is_off_at_boot() ?
		       "remove ipv6.disable=1 from its command line" :
		       "load the module ipv6 or build it in");
	else if (off > 0)
		report("ipv6", CHECK_FAILED,
		       "IPv6 is off on %s: sysctl -w net.ipv6.conf.%s.disable_ipv6=0",
		       dev ? dev : "new devices", dev ? dev : "default");
	else if (off < 0)
		report("ipv6", CHECK_SKIPPED,
		       "whether IPv6 is on is not known");
	else
		report("ipv6", CHECK_OK, "IPv6 is on");
	return !off;
}
