// SPDX-License-Identifier: GPL-2.0
/*
 * Does the kernel refuse modules without a trusted signature?
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/check/check.h"
#include "ctl/check/report.h"
#include "ctl/check/source.h"

#define SECURE_BOOT	"/sys/firmware/efi/efivars/SecureBoot-"		\
			"8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define DKMS_KEY	"/var/lib/dkms/mok.pub"
#define ENROL								\
	"mokutil --import " DKMS_KEY ", then restart and confirm"

/* 1 or 0, -1 without EFI or permission to read it. */
static int boot_is_secure(void)
{
	FILE *file = fopen(SECURE_BOOT, "re");
	unsigned char bytes[5];
	size_t len;

	if (!file)
		return -1;
	/* Four bytes of attributes come before the value. */
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return len == sizeof(bytes) ? bytes[4] == 1 : -1;
}

/* Does the file select anything but "none", in brackets? */
static bool boot_is_locked_down(void)
{
	char line[CHECK_TEXT];

	return source_line("/sys/kernel/security/lockdown", line,
			   sizeof(line)) && !strstr(line, "[none]");
}

static bool boot_enforces(void)
{
	char line[CHECK_TEXT];

	return source_line("/sys/module/module/parameters/sig_enforce", line,
			   sizeof(line)) && *line == 'Y';
}

/* Does a key of the kernel have this name? Only root sees all keys. */
static bool boot_knows(const char *signer)
{
	char line[1024];
	bool known = false;
	FILE *file;

	file = fopen("/proc/keys", "re");
	if (!file)
		return false;
	while (!known && fgets(line, sizeof(line), file))
		known = strstr(line, "asymmetri") && strstr(line, signer);
	fclose(file);
	return known;
}

static void boot_signature(const char *why)
{
	const char *const ask[] = { "modinfo", "-F", "signer", "m6t", NULL };
	char signer[CHECK_TEXT];

	if (source_program_line(ask, signer, sizeof(signer)))
		report("secureboot", CHECK_WARNING,
		       "%s: install the module by DKMS (apt install m6t-dkms, or make dkms-install), then %s",
		       why, ENROL);
	else if (!*signer)
		report("secureboot", CHECK_FAILED,
		       "%s, and the module is not signed: install it by DKMS (apt install m6t-dkms, or make dkms-install), then %s",
		       why, ENROL);
	else if (boot_knows(signer))
		report("secureboot", CHECK_OK,
		       "%s, and the module is signed by \"%s\", which the kernel trusts",
		       why, signer);
	else
		report("secureboot", CHECK_WARNING,
		       "%s, and it is not known whether it trusts \"%s\", the signer of the module: if modprobe m6t reports \"Key was rejected\", %s",
		       why, signer, ENROL);
}

/**
 * check_boot - may the module be loaded under Secure Boot?
 */
void check_boot(void)
{
	int secure = boot_is_secure();
	const char *why = NULL;

	if (boot_enforces())
		why = "the kernel loads signed modules only";
	else if (boot_is_locked_down())
		why = "the kernel is locked down and loads signed modules only";

	if (why && check_module_is_loaded())
		report("secureboot", CHECK_OK, "%s, and m6t is loaded", why);
	else if (why)
		boot_signature(why);
	else if (secure > 0)
		report("secureboot", CHECK_OK,
		       "Secure Boot is on, but the kernel loads unsigned modules");
	else
		report("secureboot", CHECK_OK,
		       "the kernel loads unsigned modules");
}
