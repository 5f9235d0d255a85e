// SPDX-License-Identifier: GPL-2.0
/*
 * Is the module installed or loaded, and of the version of m6tctl?
 */
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/utsname.h>

#include "ctl/check/check.h"
#include "ctl/check/report.h"
#include "ctl/check/source.h"

#define MODULES		"/lib/modules/"
#define WHERE		"/{updates,updates/dkms,extra,weak-updates,"	\
			"kernel/drivers/net/m6t}/m6t.ko*"

/**
 * check_module_is_loaded - is it loaded or built in?
 *
 * Return: true if it is.
 */
bool check_module_is_loaded(void)
{
	return !access("/sys/module/m6t", F_OK);
}

static bool module_matches(const char *pattern)
{
	glob_t found;
	bool any;

	any = !glob(pattern, GLOB_BRACE | GLOB_NOSORT, NULL, &found);
	globfree(&found);
	return any;
}

/* The kernels for which it is built, as many as fit. */
static void module_kernels(char *buf, size_t size)
{
	size_t used = 0;
	glob_t found;
	size_t i;

	buf[0] = '\0';
	if (glob(MODULES "*" WHERE, GLOB_BRACE, NULL, &found))
		return;
	for (i = 0; i < found.gl_pathc && used < size; i++) {
		const char *name = found.gl_pathv[i] + strlen(MODULES);

		used += snprintf(buf + used, size - used, "%s%.*s",
				 used ? ", " : "", (int)strcspn(name, "/"),
				 name);
	}
	globfree(&found);
}

static void module_loaded(void)
{
	char version[CHECK_TEXT];

	if (!source_line("/sys/module/m6t/version", version, sizeof(version)))
		report("module", CHECK_OK, "m6t is loaded");
	else if (!strcmp(version, M6T_VERSION))
		report("module", CHECK_OK, "m6t %s is loaded", version);
	else
		report("module", CHECK_WARNING,
		       "m6t %s is loaded, but m6tctl is %s: install both again, then rmmod m6t and modprobe m6t",
		       version, M6T_VERSION);
}

/* It is installed for this kernel. */
static void module_loadable(void)
{
	const char *const ask[] = { "modinfo", "-F", "version", "m6t", NULL };
	char version[CHECK_TEXT];

	if (!source_program_line(ask, version, sizeof(version)) &&
	    *version && strcmp(version, M6T_VERSION))
		report("module", CHECK_WARNING,
		       "m6t %s is installed, but m6tctl is %s: install both again",
		       version, M6T_VERSION);
	else
		report("module", CHECK_OK,
		       "m6t%s%s is installed for this kernel and is loaded with the first device",
		       *version ? " " : "", version);
}

static void module_missing(const char *release)
{
	char path[CHECK_TEXT];
	char kernels[CHECK_TEXT];

	snprintf(path, sizeof(path), MODULES "%s" WHERE, release);
	if (module_matches(path)) {
		report("module", CHECK_FAILED,
		       "m6t is installed for this kernel, but modprobe does not find it: depmod -a, then modprobe m6t");
		return;
	}

	module_kernels(kernels, sizeof(kernels));
	snprintf(path, sizeof(path), MODULES "%s/build/include", release);
	if (access(path, F_OK))
		report("module", CHECK_FAILED,
		       "m6t is not installed for this kernel, %s%s%s, and its headers are missing: apt install linux-headers-%s, and m6t-dkms (or make dkms-install)",
		       release, *kernels ? ", only for " : "", kernels,
		       release);
	else if (module_matches("/usr/src/m6t-*/dkms.conf"))
		report("module", CHECK_FAILED,
		       "m6t is not built for this kernel, %s%s%s: dkms autoinstall",
		       release, *kernels ? ", only for " : "", kernels);
	else
		report("module", CHECK_FAILED,
		       "m6t is not installed for this kernel, %s%s%s: apt install m6t-dkms, or make dkms-install",
		       release, *kernels ? ", only for " : "", kernels);
}

/**
 * check_module - is the module loaded or loadable, with m6tctl's version?
 */
void check_module(void)
{
	const char *const try[] = { "modprobe", "-n", "-q", "m6t", NULL };
	struct utsname uts;
	char line[CHECK_TEXT];

	if (check_module_is_loaded()) {
		module_loaded();
		return;
	}
	if (!source_program_line(try, line, sizeof(line))) {
		module_loadable();
		return;
	}
	uname(&uts);
	module_missing(uts.release);
}
